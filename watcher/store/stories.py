"""Stories, what was decided on them, the alerts they raised -> rows; seeds, what files gave back, grouping by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, select, update

from watcher.model import Alert, Grouping, NoAlert, Relation, Silenced, StoreError, Story
from watcher.store import index, search
from watcher.store.codec import ALERT, STORY, STRINGS
from watcher.store.dialect import insert_new, upsert
from watcher.store.numbers import address
from watcher.store.rows import load_story
from watcher.store.tables import alerts, decisions, stories

ALERTED = "alerted"  # the outcome of a match that raised an alert; every other outcome is a NoAlert


def record_story(
    connection: Connection, story: Story, keys: Sequence[int], now: datetime, *, is_seed: bool = False
) -> None:
    known = connection.execute(select(stories).where(stories.c.id == story.id)).one_or_none()
    if known is not None:
        index.remove(connection, [known.seq])
        search.remove(connection, [known.seq])
        if known.by_hand:
            story = replace(story, grouping=STORY.load(known.data).grouping)
        told = update(alerts).where(alerts.c.story_id == story.id)
        connection.execute(told.values(group_id=story.grouping.group, unfiled=mark(connection)))
    extraction = story.extraction
    addresses = {address(url) for url in (extraction.url, extraction.canonical_url) if url}
    every_key = sorted({*keys, *addresses})
    row = _story_row(connection, story) | {"index_keys": index.pack(every_key), "indexed_at": now, "is_seed": is_seed}
    upsert(connection, stories, [row], key=["id"], update=[name for name in row if name not in ("id", "is_seed")])
    seq = connection.scalars(select(stories.c.seq).where(stories.c.id == story.id)).one()
    index.add(connection, seq, every_key)
    search.add(connection, seq)
    index.count(connection, "index", 1)
    if story.grouping.relation is Relation.COPY:
        _name_copy(connection, story, row["root"])


def _story_row(connection: Connection, story: Story) -> dict[str, Any]:
    extraction, grouping = story.extraction, story.grouping
    return {
        "id": story.id,
        "entry_id": story.entry_id,
        "feed": story.feed,
        "group_id": grouping.group,
        "relation": grouping.relation,
        "root": _root(connection, story.id, grouping),
        "url": extraction.url,
        "canonical_url": extraction.canonical_url,
        "site": extraction.site,
        "title": extraction.title,
        "lede": extraction.lede,
        "text": extraction.text,
        "language": extraction.language,
        "published": extraction.published,
        "fetched": story.fetched,
        "unfiled": mark(connection),
        "data": STORY.dump(replace(story, extraction=replace(extraction, lede="", text=""))),
    }


def _name_copy(connection: Connection, story: Story, root: str) -> None:
    """Adds the copy's site to the alerts that told of the same text, and has their files written again."""
    same_text = select(stories.c.id).where(stories.c.root == root)
    told = select(alerts, stories.c.site.label("own_site")).join(stories, stories.c.id == alerts.c.story_id)
    site = site_of(story)
    for row in connection.execute(told.where(alerts.c.story_id.in_(same_text))).all():
        copies = STRINGS.load(row.copies)
        if row.story_id == story.id or site in (row.own_site, *copies):
            continue
        changed = {"copies": STRINGS.dump((*copies, site)), "unfiled": mark(connection)}
        connection.execute(update(alerts).where(alerts.c.id == row.id).values(changed))


def record_decisions(
    connection: Connection, story: Story, raised: Sequence[Alert], silenced: Sequence[Silenced], now: datetime
) -> None:
    key, update_ = ["story_id", "watch"], ["outcome", "detail", "decided_at"]
    told = [(one.watch, str(NoAlert.FOLLOW_UP_HELD) if one.held_until else ALERTED, one.id) for one in raised]
    told += [(one.watch, str(one.reason), one.detail) for one in silenced]
    rows = [
        {"story_id": story.id, "watch": watch, "outcome": outcome, "detail": detail, "decided_at": now}
        for watch, outcome, detail in told
    ]
    # A story judged again, because its page could be had at last: the decision that was carried out stands.
    insert_new(connection, decisions, [row for row in rows if row["outcome"] == NoAlert.ALREADY])
    upsert(connection, decisions, [row for row in rows if row["outcome"] != NoAlert.ALREADY], key=key, update=update_)


def record_alerts(connection: Connection, raised: Sequence[Alert]) -> None:
    rows = [
        {
            "id": one.id,
            "raised": one.raised,
            "watch": one.watch,
            "reason": one.reason,
            "story_id": one.story.id,
            "group_id": one.story.grouping.group,
            "held_until": one.held_until,
            "copies": STRINGS.dump(one.copies),
            "unfiled": mark(connection),
            "data": ALERT.dump(one),
        }
        for one in raised
    ]
    insert_new(connection, alerts, rows)


def record_seed(connection: Connection, story: Story, keys: Sequence[int], now: datetime) -> bool:
    """Puts a seed into the archive and the index; False if it was there."""
    if connection.scalar(select(stories.c.seq).where(stories.c.id == story.id)) is not None:
        return False
    record_story(connection, story, keys, now, is_seed=True)
    return True


def restore(
    connection: Connection, story: Story, keys: Sequence[int], raised: Sequence[Alert], now: datetime, *, is_seed: bool
) -> bool:
    """Takes over a story and its alerts from their files; False if the story was there. Nothing is sent."""
    if connection.scalar(select(stories.c.seq).where(stories.c.id == story.id)) is not None:
        return False
    record_story(connection, story, keys, now, is_seed=is_seed)
    record_decisions(connection, story, raised, (), now)
    record_alerts(connection, raised)
    connection.execute(update(stories).where(stories.c.id == story.id).values(unfiled=None))
    connection.execute(update(alerts).where(alerts.c.story_id == story.id).values(unfiled=None))
    return True


def regroup(connection: Connection, story_id: str, grouping: Grouping) -> None:
    """Puts a story, and the copies of its text with it, into a group by hand; that is remembered. Raises StoreError."""
    story = connection.execute(select(stories).where(stories.c.id == story_id)).one_or_none()
    if story is None:
        raise StoreError(f"there is no story {story_id}")
    copies = connection.execute(select(stories).where(stories.c.root == story_id, stories.c.id != story_id)).all()
    _regroup(connection, load_story(story), grouping, root=_root(connection, story_id, grouping))
    for row in copies:
        copy = load_story(row)
        _regroup(connection, copy, replace(copy.grouping, group=grouping.group), root=row.root)
    index.count(connection, "index", 1)


def _regroup(connection: Connection, story: Story, grouping: Grouping, *, root: str) -> None:
    bare = replace(story.extraction, lede="", text="")
    changed = {
        "group_id": grouping.group,
        "relation": grouping.relation,
        "root": root,
        "by_hand": True,
        "unfiled": mark(connection),
        "data": STORY.dump(replace(story, grouping=grouping, extraction=bare)),
    }
    connection.execute(update(stories).where(stories.c.id == story.id).values(changed))
    told = update(alerts).where(alerts.c.story_id == story.id)
    connection.execute(told.values(group_id=grouping.group, unfiled=mark(connection)))


def _root(connection: Connection, story_id: str, grouping: Grouping) -> str:
    """The story whose text it carries: itself, unless it is a copy."""
    if grouping.relation is not Relation.COPY or grouping.of is None:
        return story_id
    return connection.scalar(select(stories.c.root).where(stories.c.id == grouping.of)) or grouping.of


def site_of(story: Story) -> str:
    """What the story's site is called: its name, else its host."""
    return story.extraction.site or urlsplit(story.extraction.url).hostname or story.feed


def mark(connection: Connection) -> int:
    """A new mark for rows whose files are behind them."""
    return index.count(connection, "filing", 1)
