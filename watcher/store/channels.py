"""How each channel does -> what of its backlog may go out: four at a time while well, one probe while it fails."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, fields, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from watcher.model import DeliveryState, Health, Outcome
from watcher.store import claims
from watcher.store.dialect import upsert
from watcher.store.tables import channels, deliveries

IN_FLIGHT = 4  # sends at one endpoint: what a crash may repeat on the wire

_PENDING = deliveries.c.state == DeliveryState.PENDING
_STATE = [field.name for field in fields(Health)]


def claim(connection: Connection, *, owner: str, now: datetime, lease: timedelta, limit: int) -> tuple[str, ...]:
    """Ids of due deliveries, per channel the oldest first; of a channel that fails one alone, when it is due."""
    ids: list[str] = []
    for channel in connection.scalars(select(deliveries.c.channel).where(_PENDING).distinct()).all():
        health = _health(connection, channel)
        room = (1 if health.failing else IN_FLIGHT) - _under_way(connection, channel, now)
        room = min(room, limit - len(ids))
        if room <= 0 or health.off is not None:
            continue
        if not health.failing:
            due = _PENDING & (deliveries.c.channel == channel) & (deliveries.c.due_at <= now)
        elif health.probe_at is None or health.probe_at <= now:
            due = deliveries.c.id == _probe(connection, channel, health)
        else:
            continue
        ids += claims.claim(
            connection, deliveries, owner=owner, now=now, lease=lease, limit=room, due=due, order=deliveries.c.created
        )
    return tuple(ids)


def learn(connection: Connection, channel: str, delivery_id: str, outcome: Outcome, now: datetime) -> Health:
    """Remembers how a try went. A channel that is well again takes its backlog at once, in order."""
    before = _health(connection, channel)
    after = before.after(delivery_id, outcome, now)
    if after != before:
        _put(connection, channel, after)
    if before.failing and after == Health():
        _all_due(connection, channel, now)
    return after


def switch_on(connection: Connection, channel: str, now: datetime) -> None:
    """It is well: a person made sure. All that waits for it is due."""
    _put(connection, channel, Health())
    _all_due(connection, channel, now)


def mended(connection: Connection, channel: str, now: datetime) -> None:
    """It may be well again, says a person: what waits is due; of a channel that failed, one probe."""
    before = _health(connection, channel)
    if before != Health():
        _put(connection, channel, replace(before, off=None, probes=0, probe_at=now if before.failing else None))
        _all_due(connection, channel, now)


def keep(connection: Connection, known: Collection[str]) -> None:
    """Forgets how those did that are not in the settings any more."""
    connection.execute(delete(channels).where(channels.c.name.not_in(known)))


def switched_off(connection: Connection) -> dict[str, str]:
    """Channels that were switched off, and why."""
    rows = connection.execute(select(channels.c.name, channels.c.off).where(channels.c.off.is_not(None)))
    return {name: off for name, off in rows}  # noqa: C416 - a Row is no pair to the types


def failing_since(connection: Connection) -> dict[str, datetime]:
    """Channels that have taken nothing since a try failed, and since when."""
    rows = connection.execute(select(channels.c.name, channels.c.since).where(channels.c.since.is_not(None)))
    return {name: since for name, since in rows}  # noqa: C416 - a Row is no pair to the types


def _all_due(connection: Connection, channel: str, now: datetime) -> None:
    waiting = _PENDING & (deliveries.c.channel == channel) & (deliveries.c.due_at > now)
    connection.execute(update(deliveries).where(waiting).values(due_at=now))


def _under_way(connection: Connection, channel: str, now: datetime) -> int:
    held = _PENDING & (deliveries.c.channel == channel) & (deliveries.c.claimed_until > now)
    return connection.scalar(select(func.count()).select_from(deliveries).where(held)) or 0


def _probe(connection: Connection, channel: str, health: Health) -> str | None:
    """The oldest message: order is kept. While it may be the messages' own fault, one that was never tried."""
    mine = select(deliveries.c.id).where(_PENDING, deliveries.c.channel == channel)
    mine = mine.order_by(deliveries.c.created, deliveries.c.id).limit(1)
    fresh = None if health.surely else connection.scalar(mine.where(deliveries.c.attempts == 0))
    return fresh or connection.scalar(mine)


def _health(connection: Connection, channel: str) -> Health:
    row = connection.execute(select(channels).where(channels.c.name == channel)).one_or_none()
    return Health() if row is None else Health(**{name: getattr(row, name) for name in _STATE})


def _put(connection: Connection, channel: str, health: Health) -> None:
    upsert(connection, channels, [{"name": channel} | asdict(health)], key=["name"], update=_STATE)
