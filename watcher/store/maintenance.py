"""Upkeep: what has outlived its time goes in small steps; a check, a copy, notices, facts about the service itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from watcher.model import Capture, Delivery, DeliveryState
from watcher.model.reports import Pruned, Retention
from watcher.store import furniture, index, outbox, search
from watcher.store.codec import ALERT, STORY
from watcher.store.dialect import upsert
from watcher.store.rows import load_story
from watcher.store.tables import (
    alerts,
    aliases,
    attempts,
    decisions,
    deliveries,
    delivery_alerts,
    entries,
    holds,
    meta,
    notices,
    seen,
    stories,
)

SWEPT = 20_000  # rows of `seen` that one step looks at: about 10 ms
CURSOR = "prune-cursor"  # where in `seen` the next step goes on
LOWEST, HIGHEST = -(1 << 63), (1 << 63) - 1


def meta_value(connection: Connection, key: str) -> str | None:
    return connection.scalar(select(meta.c.value).where(meta.c.key == key))


def set_meta(connection: Connection, key: str, value: str) -> None:
    upsert(connection, meta, [{"key": key, "value": value}], key=["key"], update=["value"])


def raise_notice(
    connection: Connection,
    key: str,
    text: str,
    now: datetime,
    told: Sequence[Delivery],
    worse_at: datetime | None,
) -> bool:
    """Keeps that something is wrong; False if it was told already, and not before it became worse."""
    last = connection.scalar(select(notices.c.raised).where(notices.c.key == key))
    if last is not None and (worse_at is None or last >= worse_at):
        return False
    upsert(connection, notices, [{"key": key, "text": text, "raised": now}], key=["key"], update=["text", "raised"])
    outbox.insert_all(connection, told)
    return True


def clear_notice(connection: Connection, key: str, told: Sequence[Delivery] = ()) -> bool:
    """Forgets it; True if it was wrong before, so that it is told once that all is well."""
    cleared = connection.execute(delete(notices).where(notices.c.key == key)).rowcount > 0
    if cleared:
        outbox.insert_all(connection, told)
    return cleared


def integrity(connection: Connection) -> tuple[str, ...]:
    """What is wrong with the file and the references in it, in sentences; nothing if all is well."""
    found = []
    if connection.dialect.name == "sqlite":
        said = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
        found += [f"the file: {one}" for one in said if one != "ok"]
    for name, column, other in (
        ("alerts whose story is missing", alerts.c.story_id, stories.c.id),
        ("decisions whose story is missing", decisions.c.story_id, stories.c.id),
        ("entries that are not among those seen", entries.c.number, seen.c.number),
    ):
        missing = connection.scalar(select(func.count()).where(column.not_in(select(other)))) or 0
        found += [f"{missing} {name}"] if missing else []
    return tuple(found)


def prune(connection: Connection, now: datetime, policy: Retention, step: int) -> Pruned:
    """Removes at most `step` rows of each kind of what has outlived its time."""
    indexed = _prune_index(connection, now - policy.index, step)
    lines = furniture.forget(connection, before=now - policy.index, now=now, step=step)
    gone = _prune_entries(connection, now - policy.entries, step) if policy.entries is not None else 0
    bodies = _prune_bodies(connection, now - policy.entries, step) if policy.entries is not None else 0
    swept, unfinished = _prune_seen(connection, now - policy.seen) if policy.seen is not None else (0, False)
    files, old = _prune_stories(connection, now - policy.stories, step) if policy.stories is not None else ((), 0)
    more = unfinished or step in (indexed, lines, gone, bodies, old)
    return Pruned(entries=gone, seen=swept, stories=old, indexed=indexed, bodies=bodies, files=files, more=more)


def _prune_index(connection: Connection, before: datetime, step: int) -> int:
    old = stories.c.index_keys.is_not(None) & (stories.c.indexed_at < before)
    seqs = connection.scalars(select(stories.c.seq).where(old).order_by(stories.c.indexed_at).limit(step)).all()
    index.remove(connection, seqs)
    return len(seqs)


def _prune_entries(connection: Connection, before: datetime, step: int) -> int:
    old = (entries.c.first_seen < before) & (entries.c.capture != Capture.PENDING)
    numbers = connection.scalars(select(entries.c.number).where(old).order_by(entries.c.first_seen).limit(step)).all()
    return _remove(connection, entries.c.number, numbers)


def _prune_bodies(connection: Connection, before: datetime, step: int) -> int:
    over = deliveries.c.state.in_((DeliveryState.DELIVERED, DeliveryState.DROPPED))
    old = over & (deliveries.c.created < before) & (func.length(deliveries.c.body) > 0)
    ids = connection.scalars(select(deliveries.c.id).where(old).limit(step)).all()
    connection.execute(update(deliveries).where(deliveries.c.id.in_(ids)).values(body=b""))
    return len(ids)


def _prune_seen(connection: Connection, before: datetime) -> tuple[int, bool]:
    """How many keys went, and whether the sweep has not come round yet."""
    start = int(meta_value(connection, CURSOR) or LOWEST)
    numbers = select(seen.c.number).where(seen.c.number >= start).order_by(seen.c.number).offset(SWEPT).limit(1)
    end = connection.scalar(numbers)
    last = HIGHEST if end is None else end - 1
    kept = select(entries.c.number)  # an entry outlives its key in no case
    old = seen.c.number.between(start, last) & (seen.c.last_seen < before) & seen.c.number.not_in(kept)
    removed = connection.execute(delete(seen).where(old)).rowcount
    if removed:
        loose = aliases.c.number.between(start, last) & aliases.c.seen.not_in(select(seen.c.number))
        connection.execute(delete(aliases).where(loose))
    set_meta(connection, CURSOR, str(LOWEST if end is None else end))
    return removed, end is not None


def _prune_stories(connection: Connection, before: datetime, step: int) -> tuple[tuple[str, ...], int]:
    """The files of what went, and how many stories."""
    old = (stories.c.fetched < before) & ~stories.c.is_seed
    rows = connection.execute(select(stories).where(old).order_by(stories.c.fetched).limit(step)).all()
    if not rows:
        return (), 0
    ids, seqs = [row.id for row in rows], [row.seq for row in rows]
    told = connection.execute(select(alerts).where(alerts.c.story_id.in_(ids))).all()
    by_id = {row.id: load_story(row) for row in rows}
    files = [STORY.load(row.data).path for row in rows]
    files += [ALERT.load(row.data, story=STORY.dump(by_id[row.story_id])).path for row in told]
    alert_ids = [row.id for row in told]
    index.remove(connection, seqs)
    search.remove(connection, seqs)
    _remove(connection, holds.c.alert_id, alert_ids)
    carried = connection.scalars(
        select(delivery_alerts.c.delivery_id).where(delivery_alerts.c.alert_id.in_(alert_ids))
    ).all()
    _remove(connection, delivery_alerts.c.alert_id, alert_ids)
    over = deliveries.c.id.in_(carried) & (deliveries.c.state != DeliveryState.PENDING)
    empty = connection.scalars(
        select(deliveries.c.id).where(over, deliveries.c.id.not_in(select(delivery_alerts.c.delivery_id)))
    ).all()
    _remove(connection, attempts.c.delivery_id, empty)
    _remove(connection, deliveries.c.id, empty)
    _remove(connection, alerts.c.id, alert_ids)
    _remove(connection, decisions.c.story_id, ids)
    _remove(connection, stories.c.id, ids)
    return tuple(files), len(rows)


def _remove(connection: Connection, column: Any, values: Sequence[Any]) -> int:
    return connection.execute(delete(column.table).where(column.in_(values))).rowcount if values else 0
