"""The archive as a whole: removing what has outlived its time, bringing it to this version, checking it, regrouping."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from watcher.app.config import Config
from watcher.app.wiring import Watcher, open_store
from watcher.model import Alert, Fault, Grouping, Relation, StoreError, Story
from watcher.model.reports import Retention
from watcher.store import SqlStore
from watcher.stories import group
from watcher.stories.archive import FileArchive
from watcher.stories.files import ROOM

PAGE_FILE = "%Y-%m-%d"  # what the name of a day's WARC file begins with

_EVERYTHING = 1_000_000_000  # rows


async def prune_archive(config: Config, store: SqlStore, now: datetime) -> dict[str, int]:
    """Removes what has outlived `retention`, rows in small steps, then files; how many of each. Raises StoreError."""
    kept = config.settings.retention
    policy = Retention(entries=kept.entries, stories=kept.stories)
    removed: Counter[str] = Counter()
    while True:
        step = await store.prune(now, policy)
        removed.update(entries=step.entries, stories=step.stories, seen=step.seen, indexed=step.indexed)
        await asyncio.to_thread(_remove, config.archive, step.files)
        if not step.more:
            break
        await asyncio.sleep(0)
    if kept.pages is not None:
        removed["page files"] = await asyncio.to_thread(_remove_pages, config.archive, now - kept.pages)
    return dict(removed)


def room_trouble(archive: Path) -> str | None:
    """Why the disk of the archive takes nothing, as a sentence; None if it does."""
    try:
        disk = os.statvfs(archive)
    except OSError as error:
        return f"the archive {archive} cannot be looked at: {error.strerror}"
    if disk.f_flag & os.ST_RDONLY:
        return f"the disk of the archive {archive} may only be read: nothing is polled or sent"
    if disk.f_bavail * disk.f_frsize < ROOM:
        return f"the disk of the archive {archive} is full: nothing is polled or sent until there is room"
    return None


def _remove(archive: Path, files: tuple[str, ...]) -> None:
    for file in files:
        path = (archive / file).resolve()
        if path.is_relative_to(archive):
            path.unlink(missing_ok=True)


def _remove_pages(archive: Path, before: datetime) -> int:
    """Removes whole days of pages; how many files."""
    removed = 0
    for file in (archive / "pages").glob("*.warc.gz"):
        try:
            day = datetime.strptime(file.name[:10], PAGE_FILE).replace(tzinfo=UTC)
        except ValueError:
            continue  # not one of ours
        if day + timedelta(days=1) <= before:
            file.unlink()
            removed += 1
    return removed


async def migrate_archive(config: Config, *, rebuild: bool) -> list[str]:
    """What was done, in sentences. Raises StoreError."""
    database = config.archive / "watcher.db"
    said = []
    if rebuild and database.exists():
        aside = database.with_name(f"watcher-{datetime.now(UTC):%Y%m%d-%H%M%S}.db")
        await asyncio.to_thread(_move_aside, database, aside)
        said.append(f"the database as it was: {aside}")
    elif not rebuild and not database.exists():
        raise StoreError(f"there is no database at {database}: `watcher run` makes one, --rebuild reads the files")
    async with open_store(config, read_only=False) as store:
        if store.kept is not None:
            said.append(f"a copy of the database as it was: {store.kept}")
        said.append("the database is of this version")
        if rebuild:
            said += await _rebuild(config, store)
    return said


def _move_aside(database: Path, aside: Path) -> None:
    database.rename(aside)
    for ending in ("-wal", "-shm"):
        beside = database.with_name(database.name + ending)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + ending))


async def _rebuild(config: Config, store: SqlStore) -> list[str]:
    archive, now = FileArchive(root=config.archive), datetime.now(UTC)
    alerts: dict[str, list[Alert]] = {}
    faults: list[str] = []
    for alert in await asyncio.to_thread(lambda: list(archive.read_alerts())):
        if isinstance(alert, Fault):
            faults.append(str(alert))
        else:
            alerts.setdefault(alert.story.id, []).append(alert)
    stories: list[Story] = []
    for story in await asyncio.to_thread(lambda: list(archive.read_stories())):
        if isinstance(story, Fault):
            faults.append(str(story))
        else:
            stories.append(story)
    for story in sorted(stories, key=lambda one: one.fetched):
        await store.restore(story, group.index_keys(story.extraction), alerts.get(story.id, ()), now=now)
    number = sum(map(len, alerts.values()))
    return [f"{len(stories)} stories and {number} alerts were read back from their files", *faults]


async def verify_archive(config: Config) -> list[str]:
    """Everything in the archive that does not agree, a sentence each. Raises StoreError."""
    archive = FileArchive(root=config.archive)
    kept = config.settings.retention.pages
    pages_since = datetime.now(UTC) - kept if kept is not None else None
    faults = [str(fault) for fault in await asyncio.to_thread(archive.verify, pages_since=pages_since)]
    async with open_store(config) as store:
        waiting = await store.unfiled(_EVERYTHING)  # their files are written when the disk takes them again
        late = {one.id for one in waiting.stories} | {one.id for one, _ in waiting.alerts}
        stories = [one for one in await store.stories(limit=_EVERYTHING) if one.id not in late]
        alerts = [one for one in await store.alerts(limit=_EVERYTHING) if one.id not in late]
        faults += map(str, await asyncio.to_thread(archive.compare, stories, alerts))
        return [*faults, *await store.integrity()]


async def regroup(watcher: Watcher, story_id: str, group_id: str | None) -> tuple[str, Grouping]:
    """Takes a story out of its group (None), or puts it into another story's; its title, and where it is now."""
    story = await watcher.store.story(story_id)
    if story is None:
        raise StoreError(f'there is no story "{story_id}"')
    if group_id is None:
        grouping = Grouping(group=story.id, relation=Relation.FIRST, reason="split off by hand")
    else:
        other = await watcher.store.story(group_id)
        if other is None:
            raise StoreError(f'there is no story or group "{group_id}"')
        grouping = Grouping(
            group=other.grouping.group,
            relation=Relation.FOLLOW_UP,
            of=other.id,
            similarity=1.0,
            reason="joined by hand",
        )
    await watcher.store.regroup(story.id, grouping)
    await watcher.pipeline.file()
    return story.extraction.title, grouping
