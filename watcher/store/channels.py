"""How each channel does -> what of its backlog may go out: four at a time while well, one probe while it fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from watcher.model import Answer, ChannelKind, Delivery, DeliveryState, Outcome
from watcher.store import claims
from watcher.store.dialect import upsert
from watcher.store.tables import channels, deliveries

IN_FLIGHT = 4  # sends at one endpoint: what a crash may repeat on the wire
FAILING = 3  # failures of different messages in a row: one may be the message's fault, three are the channel's
OTHER_PROBE = timedelta(minutes=30)  # a webhook may answer 500 to one body for ever: then another one is tried

_PENDING = deliveries.c.state == DeliveryState.PENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class _Health:
    failures: int = 0
    failed_id: str | None = None
    failed_at: datetime | None = None
    off: str | None = None


def claim(connection: Connection, *, owner: str, now: datetime, lease: timedelta, limit: int) -> tuple[str, ...]:
    """Ids of due deliveries, per channel the oldest first; of a channel that fails one alone, when it is due."""
    ids: list[str] = []
    for channel in connection.scalars(select(deliveries.c.channel).where(_PENDING).distinct()).all():
        health = _health(connection, channel)
        failing = health.failures >= FAILING
        room = (1 if failing else IN_FLIGHT) - _under_way(connection, channel, now)
        room = min(room, limit - len(ids))
        if room <= 0 or health.off is not None:
            continue
        due = _PENDING & (deliveries.c.channel == channel) & (deliveries.c.due_at <= now)
        if failing:
            due &= deliveries.c.id == _probe(connection, channel, health, now)
        ids += claims.claim(
            connection, deliveries, owner=owner, now=now, lease=lease, limit=room, due=due, order=deliveries.c.created
        )
    return tuple(ids)


def learn(connection: Connection, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    """Remembers how a try went. A channel that is well again takes its backlog at once, in order."""
    channel = delivery.message.channel
    health = _health(connection, channel)
    if outcome.switch_off:
        _put(connection, channel, _Health(off=outcome.reason))
    elif outcome.down:
        another = delivery.id != health.failed_id
        _put(connection, channel, _Health(failures=health.failures + another, failed_id=delivery.id, failed_at=now))
    elif health.failures:
        _put(connection, channel, _Health())
        if health.failures >= FAILING and outcome.answer is Answer.DELIVERED:
            waiting = _PENDING & (deliveries.c.channel == channel) & (deliveries.c.due_at > now)
            connection.execute(update(deliveries).where(waiting).values(due_at=now))


def switch_on(connection: Connection, channel: str) -> None:
    """It takes messages again: a person made sure."""
    _put(connection, channel, _Health())


def switched_off(connection: Connection) -> dict[str, str]:
    """Channels that were switched off, and why."""
    rows = connection.execute(select(channels.c.name, channels.c.off).where(channels.c.off.is_not(None)))
    return {name: off for name, off in rows}  # noqa: C416 - a Row is no pair to the types


def _under_way(connection: Connection, channel: str, now: datetime) -> int:
    held = _PENDING & (deliveries.c.channel == channel) & (deliveries.c.claimed_until > now)
    return connection.scalar(select(func.count()).select_from(deliveries).where(held)) or 0


def _probe(connection: Connection, channel: str, health: _Health, now: datetime) -> str | None:
    """The oldest message: order is kept. Where only a body may be refused, after a while the oldest that is due."""
    mine = select(deliveries.c.id, deliveries.c.kind).where(_PENDING, deliveries.c.channel == channel)
    mine = mine.order_by(deliveries.c.created, deliveries.c.id).limit(1)
    oldest = connection.execute(mine).one_or_none()
    waited = health.failed_at is not None and now - health.failed_at >= OTHER_PROBE
    if oldest is None or oldest.kind == ChannelKind.EMAIL or not waited:
        return oldest and oldest.id
    due = connection.execute(mine.where(deliveries.c.due_at <= now)).one_or_none()
    return due and due.id


def _health(connection: Connection, channel: str) -> _Health:
    row = connection.execute(select(channels).where(channels.c.name == channel)).one_or_none()
    if row is None:
        return _Health()
    return _Health(failures=row.failures, failed_id=row.failed_id, failed_at=row.failed_at, off=row.off)


def _put(connection: Connection, channel: str, health: _Health) -> None:
    row = {
        "name": channel,
        "failures": health.failures,
        "failed_id": health.failed_id,
        "failed_at": health.failed_at,
        "off": health.off,
    }
    upsert(connection, channels, [row], key=["name"], update=["failures", "failed_id", "failed_at", "off"])
