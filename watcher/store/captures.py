"""Entries that wait, stories, alerts and why-nots <-> rows; a capture is one transaction, with its outbox in it."""

from __future__ import annotations

import json
import zlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from watcher.model import (
    Capture,
    CaptureJob,
    CaptureRecord,
    Extraction,
    PastAlert,
    StaleIndexError,
)
from watcher.store import claims, furniture, index, outbox, polls, stories
from watcher.store.codec import MATCHES, REJECTIONS
from watcher.store.tables import alerts, entries, seen

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
        stories.record_story(connection, capture.story, capture.keys, now)
        furniture.learn(connection, capture.lines, capture.story.grouping.group, now)
        stories.record_decisions(connection, capture.story, capture.alerts, capture.silenced, now)
        stories.record_alerts(connection, capture.alerts)
        outbox.insert_all(connection, capture.deliveries)
        outbox.hold_all(connection, capture.holds)
    after: dict[str, Any] = {"capture": Capture.DONE}
    if capture.retry_page_at is not None:
        after = {"capture": Capture.PENDING, "capture_at": capture.retry_page_at}
        after["tries"] = entries.c.tries + (1 if capture.asked else 0)
    after["page_text"] = None if capture.unmatched is None else pack_page(capture.unmatched)
    after["story_rejections"] = REJECTIONS.dump(capture.rejections) if capture.rejections else None
    connection.execute(update(entries).where(entries.c.id == capture.entry_id).values(after | claims.FREE))


def pack_page(read: Extraction) -> bytes:
    """The words of a page as they are kept with an entry that nothing matched."""
    text = read.text.encode("utf-8", "replace").decode()
    return zlib.compress(json.dumps([read.language, text], ensure_ascii=False).encode())


def unpack_page(kept: bytes | None) -> tuple[str | None, str] | None:
    """Language and text of the page."""
    if kept is None:
        return None
    language, text = json.loads(zlib.decompress(kept))
    return language, text
