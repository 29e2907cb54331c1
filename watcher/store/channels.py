"""How each channel does -> what of its backlog may go out: four at a time while well, one probe while it fails."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from watcher.model import Answer, Delivery, DeliveryState, Outcome
from watcher.store import claims
from watcher.store.dialect import upsert
from watcher.store.tables import channels, deliveries

IN_FLIGHT = 4  # sends at one endpoint: what a crash may repeat on the wire
FAILING = 3  # tries in a row that failed: one may be the message's fault, three are the channel's

_PENDING = deliveries.c.state == DeliveryState.PENDING


def claim(connection: Connection, *, owner: str, now: datetime, lease: timedelta, limit: int) -> tuple[str, ...]:
    """Ids of due deliveries, per channel the oldest first; of a channel that fails only the oldest, when it is due."""
    ids: list[str] = []
    for channel in connection.scalars(select(deliveries.c.channel).where(_PENDING).distinct()).all():
        room = min(_room(connection, channel, now), limit - len(ids))
        if room <= 0:
            continue
        due = _PENDING & (deliveries.c.channel == channel) & (deliveries.c.due_at <= now)
        if _failures(connection, channel) >= FAILING:
            due &= deliveries.c.id == _oldest(connection, channel)
        ids += claims.claim(
            connection, deliveries, owner=owner, now=now, lease=lease, limit=room, due=due, order=deliveries.c.created
        )
    return tuple(ids)


def learn(connection: Connection, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    """Remembers how a try went. A channel that is well again takes its backlog at once, in order."""
    channel = delivery.message.channel
    failures = _failures(connection, channel)
    if outcome.switch_off:
        _put(connection, channel, failures=failures, off=outcome.reason)
    elif outcome.answer is Answer.DEFERRED:
        _put(connection, channel, failures=failures + 1, off=None)
    elif outcome.answer is Answer.DELIVERED and failures:
        _put(connection, channel, failures=0, off=None)
        if failures >= FAILING:
            waiting = _PENDING & (deliveries.c.channel == channel) & (deliveries.c.due_at > now)
            connection.execute(update(deliveries).where(waiting).values(due_at=now))


def switch_on(connection: Connection, channel: str) -> None:
    """It takes messages again: a person made sure."""
    _put(connection, channel, failures=0, off=None)


def switched_off(connection: Connection) -> dict[str, str]:
    """Channels that were switched off, and why."""
    rows = connection.execute(select(channels.c.name, channels.c.off).where(channels.c.off.is_not(None)))
    return {name: off for name, off in rows}  # noqa: C416 - a Row is no pair to the types


def _room(connection: Connection, channel: str, now: datetime) -> int:
    if connection.scalar(select(channels.c.off).where(channels.c.name == channel)) is not None:
        return 0
    held = _PENDING & (deliveries.c.channel == channel) & (deliveries.c.claimed_until > now)
    under_way = connection.scalar(select(func.count()).select_from(deliveries).where(held)) or 0
    return (1 if _failures(connection, channel) >= FAILING else IN_FLIGHT) - under_way


def _failures(connection: Connection, channel: str) -> int:
    return connection.scalar(select(channels.c.failures).where(channels.c.name == channel)) or 0


def _oldest(connection: Connection, channel: str) -> str | None:
    mine = _PENDING & (deliveries.c.channel == channel)
    return connection.scalar(
        select(deliveries.c.id).where(mine).order_by(deliveries.c.created, deliveries.c.id).limit(1)
    )


def _put(connection: Connection, channel: str, *, failures: int, off: str | None) -> None:
    upsert(
        connection,
        channels,
        [{"name": channel, "failures": failures, "off": off}],
        key=["name"],
        update=["failures", "off"],
    )
