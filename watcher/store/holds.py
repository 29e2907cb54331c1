"""Alerts that wait on a channel <-> rows; what waited long enough becomes one delivery in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from watcher.model import Alert, Delivery, Hold, LeaseLostError, MessageType
from watcher.model.reports import Tally
from watcher.store import outbox
from watcher.store.dialect import upsert
from watcher.store.rows import load_alert, load_story
from watcher.store.tables import alerts, decisions, deliveries, holds, silences, stories

SILENCE = "silence"  # the cause (alerts.view.Cause) that begins and ends with a person's word
ABOUT_ALERTS = (MessageType.ALERT, MessageType.DIGEST)


def sent(connection: Connection, channel: str, since: datetime) -> tuple[datetime, ...]:
    """When messages about alerts were made for the channel, oldest first."""
    made = select(deliveries.c.created).where(
        deliveries.c.channel == channel, deliveries.c.created > since, deliveries.c.type.in_(ABOUT_ALERTS)
    )
    return tuple(connection.scalars(made.order_by(deliveries.c.created)))


def tally(connection: Connection, channel: str, watches: Collection[str]) -> Tally:
    """What was decided on these watches' matches since the channel's last digest."""
    before = select(func.max(deliveries.c.created)).where(
        deliveries.c.channel == channel, deliveries.c.type == MessageType.DIGEST
    )
    since = connection.scalar(before)
    counts = select(decisions.c.outcome, func.count().label("number")).where(decisions.c.watch.in_(sorted(watches)))
    if since is not None:
        counts = counts.where(decisions.c.decided_at > since)
    found = connection.execute(counts.group_by(decisions.c.outcome).order_by(decisions.c.outcome)).all()
    return Tally(since=since, outcomes={row.outcome: row.number for row in found})


def held_until(connection: Connection, channel: str, cause: str) -> datetime | None:
    waiting = (holds.c.channel == channel) & (holds.c.cause == cause)
    return connection.scalar(select(holds.c.until).where(waiting).order_by(holds.c.until.desc()).limit(1))


def put_off(connection: Connection, some: Sequence[Hold]) -> None:
    for one in some:
        mine = (holds.c.alert_id == one.alert_id) & (holds.c.channel == one.channel)
        connection.execute(update(holds).where(mine).values(until=one.until, cause=one.cause))


def due_channels(connection: Connection, now: datetime) -> tuple[str, ...]:
    return tuple(connection.scalars(select(holds.c.channel).where(holds.c.until <= now).distinct()))


def held(connection: Connection, channel: str, now: datetime) -> tuple[tuple[Alert, Hold], ...]:
    """What has waited long enough on the channel, oldest alert first."""
    due = (
        select(holds, alerts)
        .join(alerts, alerts.c.id == holds.c.alert_id)
        .where(holds.c.channel == channel, holds.c.until <= now)
        .order_by(alerts.c.raised, alerts.c.id)
    )
    rows = connection.execute(due).all()
    wanted = select(stories).where(stories.c.id.in_({row.story_id for row in rows}))
    told = {row.id: load_story(row) for row in connection.execute(wanted)}
    return tuple(
        (
            load_alert(row, told[row.story_id]),
            Hold(alert_id=row.alert_id, channel=row.channel, until=row.until, cause=row.cause),
        )
        for row in rows
    )


def record_release(connection: Connection, delivery: Delivery) -> None:
    """Raises LeaseLostError when another process released one of the alerts first."""
    mine = (holds.c.channel == delivery.message.channel) & holds.c.alert_id.in_(delivery.alerts)
    if connection.execute(delete(holds).where(mine)).rowcount != len(delivery.alerts):
        raise LeaseLostError(f"what waited on {delivery.message.channel} was released by another process")
    outbox.insert_all(connection, [delivery])


def silence(connection: Connection, watch: str, until: datetime) -> None:
    upsert(connection, silences, [{"watch": watch, "until": until}], key=["watch"], update=["until"])
    mine = holds.c.alert_id.in_(select(alerts.c.id).where(alerts.c.watch == watch))
    connection.execute(update(holds).where(mine, holds.c.cause == SILENCE).values(until=until))


def silenced_until(connection: Connection, watch: str, now: datetime) -> datetime | None:
    return connection.scalar(select(silences.c.until).where(silences.c.watch == watch, silences.c.until > now))
