"""Entries that wait, stories, alerts and why-nots <-> rows; a capture is one transaction, with its outbox in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, select, update

from watcher.model import (
    Alert,
    Capture,
    CaptureJob,
    CaptureRecord,
    NoAlert,
    PastAlert,
    Relation,
    Silenced,
    StaleIndexError,
    Story,
)
from watcher.store import claims, index, outbox, polls
from watcher.store.codec import ALERT, MATCHES, REJECTIONS, STORY, STRINGS
from watcher.store.dialect import insert_new, upsert
from watcher.store.numbers import address
from watcher.store.tables import alerts, decisions, entries, seen, stories

ALERTED = "alerted"  # the outcome of a match that raised an alert; every other outcome is a NoAlert


def claim(connection: Connection, *, owner: str, now: datetime, lease: timedelta, limit: int) -> tuple[str, ...]:
    due = (entries.c.capture == Capture.PENDING) & (entries.c.capture_at <= now)
    return claims.claim(
        connection, entries, owner=owner, now=now, lease=lease, limit=limit, due=due, order=entries.c.capture_at
    )


def job(connection: Connection, entry_id: str) -> CaptureJob | None:
    wanted = select(entries, seen.c.key, seen.c.text_hash).join(seen, seen.c.number == entries.c.number)
    row = connection.execute(wanted.where(entries.c.id == entry_id)).one_or_none()
    if row is None:
        return None
    feed = polls.feed(connection, row.feed_id)
    if feed is None:
        return None
    return CaptureJob(
        entry=polls.load_entry(row), feed=feed, matches=MATCHES.load(row.matches or "[]"), tries=row.tries
    )


def past_alerts(connection: Connection, *, watch: str, group: str) -> tuple[PastAlert, ...]:
    """Alerts of this watch and group, oldest first."""
    mine = (alerts.c.watch == watch) & (alerts.c.group_id == group)
    columns = (alerts.c.id, alerts.c.story_id, alerts.c.reason, alerts.c.raised, alerts.c.held_until)
    rows = connection.execute(select(*columns).where(mine).order_by(alerts.c.raised, alerts.c.id))
    return tuple(PastAlert(**row._mapping) for row in rows)


def record(connection: Connection, capture: CaptureRecord, owner: str, now: datetime) -> None:
    """Keeps what a capture came to and gives the entry back. Raises LeaseLostError and StaleIndexError."""
    wanted = select(entries.c.claimed_by, entries.c.tries).where(entries.c.id == capture.entry_id)
    entry = connection.execute(wanted).one_or_none()
    claims.check(entry and entry.claimed_by, owner, f"the entry {capture.entry_id}")
    if capture.story is not None:
        if index.version(connection) != capture.version:
            raise StaleIndexError("another story was recorded since the group index was read")
        _record_story(connection, capture.story, capture.keys, now)
        _record_decisions(connection, capture.story, capture.alerts, capture.silenced, now)
        _record_alerts(connection, capture.alerts)
        outbox.insert_all(connection, capture.deliveries)
        outbox.hold_all(connection, capture.holds)
    after: dict[str, Any] = {"capture": Capture.DONE}
    if capture.retry_page_at is not None:
        after = {"capture": Capture.PENDING, "capture_at": capture.retry_page_at, "tries": entries.c.tries + 1}
    after["story_rejections"] = REJECTIONS.dump(capture.rejections) if capture.rejections else None
    connection.execute(update(entries).where(entries.c.id == capture.entry_id).values(after | claims.FREE))


def record_seed(connection: Connection, story: Story, keys: Sequence[int], now: datetime) -> bool:
    """Puts a seed into the archive and the index; False if it was there."""
    if connection.scalar(select(stories.c.seq).where(stories.c.id == story.id)) is not None:
        return False
    _record_story(connection, story, keys, now, is_seed=True)
    return True


def load_story(row: Row[Any]) -> Story:
    """The story of a row of `stories`."""
    story = STORY.load(row.data)
    extraction = replace(story.extraction, lede=row.lede, text=row.text)
    return replace(story, extraction=extraction)


def load_alert(row: Row[Any], story: Story) -> Alert:
    """The alert of a row of `alerts`."""
    return replace(ALERT.load(row.data, story=STORY.dump(story)), copies=STRINGS.load(row.copies))


def site_of(story: Story) -> str:
    """What the story's site is called: its name, else its host."""
    return story.extraction.site or urlsplit(story.extraction.url).hostname or story.feed


def mark(connection: Connection) -> int:
    """A new mark for rows whose files are behind them."""
    return index.count(connection, "filing", 1)


def _record_story(
    connection: Connection, story: Story, keys: Sequence[int], now: datetime, *, is_seed: bool = False
) -> None:
    known = connection.execute(select(stories.c.seq, stories.c.group_id).where(stories.c.id == story.id)).one_or_none()
    if known is not None:
        index.remove(connection, [known.seq])
    extraction = story.extraction
    addresses = {address(url) for url in (extraction.url, extraction.canonical_url) if url}
    every_key = sorted({*keys, *addresses})
    row = _story_row(connection, story) | {"index_keys": index.pack(every_key), "indexed_at": now, "is_seed": is_seed}
    upsert(connection, stories, [row], key=["id"], update=[name for name in row if name not in ("id", "is_seed")])
    seq = connection.scalars(select(stories.c.seq).where(stories.c.id == story.id)).one()
    index.add(connection, seq, every_key)
    index.count(connection, "index", 1)
    if story.grouping.relation is Relation.COPY:
        _name_copy(connection, story, row["root"])


def _story_row(connection: Connection, story: Story) -> dict[str, Any]:
    extraction, grouping = story.extraction, story.grouping
    root = story.id
    if grouping.relation is Relation.COPY and grouping.of is not None:
        root = connection.scalar(select(stories.c.root).where(stories.c.id == grouping.of)) or grouping.of
    return {
        "id": story.id,
        "entry_id": story.entry_id,
        "feed": story.feed,
        "group_id": grouping.group,
        "relation": grouping.relation,
        "root": root,
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


def _record_decisions(
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


def _record_alerts(connection: Connection, raised: Sequence[Alert]) -> None:
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
