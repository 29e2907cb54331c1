"""Deliveries and their tries <-> rows: what is due, what came of it, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from watcher.model import (
    GIVE_UP_AFTER,
    Answer,
    ChannelKind,
    Delivery,
    DeliveryState,
    Hold,
    Message,
    MessageType,
    Outcome,
    StoreError,
)
from watcher.model.alerts import retry_wait
from watcher.model.reports import Attempt, Sent
from watcher.store import channels, claims
from watcher.store.codec import STRINGS
from watcher.store.dialect import insert_new
from watcher.store.index import count
from watcher.store.tables import alerts, attempts, deliveries, delivery_alerts, holds


def get(connection: Connection, delivery_id: str) -> Delivery | None:
    found = load(connection, connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).all())
    return found[0] if found else None


def find(connection: Connection, prefix: str) -> Delivery:
    """The delivery whose id is or begins so. Raises StoreError where there is none or more than one."""
    begins = deliveries.c.id.startswith(prefix, autoescape=True)
    rows = connection.execute(select(deliveries).where(begins).limit(2)).all()
    exact = [row for row in rows if row.id == prefix]
    if len(exact or rows) == 1:
        return load(connection, exact or rows)[0]
    raise StoreError(f'there is {"more than one" if rows else "no"} delivery whose key begins with "{prefix}"')


def listed(connection: Connection, *, state: DeliveryState | None, limit: int) -> tuple[Delivery, ...]:
    """Deliveries, newest first."""
    query = select(deliveries).order_by(deliveries.c.created.desc(), deliveries.c.id).limit(limit)
    if state is not None:
        query = query.where(deliveries.c.state == state)
    return load(connection, connection.execute(query).all())


def of_alerts(connection: Connection, alert_ids: Sequence[str]) -> dict[str, tuple[Delivery, ...]]:
    """The deliveries of each of these alerts, in the order in which they were made."""
    mine = (
        select(delivery_alerts.c.alert_id, deliveries)
        .join(deliveries, deliveries.c.id == delivery_alerts.c.delivery_id)
        .where(delivery_alerts.c.alert_id.in_(alert_ids))
        .order_by(deliveries.c.created, deliveries.c.channel)
    )
    rows = connection.execute(mine).all()
    by_id = {one.id: one for one in load(connection, rows)}
    found: dict[str, tuple[Delivery, ...]] = dict.fromkeys(alert_ids, ())
    for row in rows:
        found[row.alert_id] += (by_id[row.id],)
    return found


def told(connection: Connection, channel: str, group: str) -> dict[str, tuple[str, ...]]:
    """The deliveries that told of a group over a channel, oldest first: id -> the alerts that it tells of."""
    mine = (
        select(deliveries.c.id)
        .join(delivery_alerts, delivery_alerts.c.delivery_id == deliveries.c.id)
        .join(alerts, alerts.c.id == delivery_alerts.c.alert_id)
        .where(alerts.c.group_id == group, deliveries.c.channel == channel)
        .order_by(deliveries.c.created, deliveries.c.id)
    )
    return _alerts_of(connection, list(dict.fromkeys(connection.scalars(mine))))


def insert_all(connection: Connection, some: Sequence[Delivery]) -> None:
    """Puts deliveries on their way; one that is there already stays as it is."""
    insert_new(connection, deliveries, [_row(one) for one in some])
    told = [
        {"delivery_id": one.id, "alert_id": alert_id, "place": place}
        for one in some
        for place, alert_id in enumerate(one.alerts)
    ]
    insert_new(connection, delivery_alerts, told)


def hold_all(connection: Connection, some: Sequence[Hold]) -> None:
    """Has alerts wait on their channels; one that waits already goes on waiting as it did."""
    rows = [{"alert_id": one.alert_id, "channel": one.channel, "until": one.until, "cause": one.cause} for one in some]
    insert_new(connection, holds, rows)


def record(
    connection: Connection, delivery: Delivery, outcome: Outcome, owner: str, dead_letters: Sequence[Delivery]
) -> None:
    """Keeps what came of one try and gives the delivery back. Raises LeaseLostError."""
    held = connection.scalar(select(deliveries.c.claimed_by).where(deliveries.c.id == delivery.id))
    claims.check(held, owner, f"the delivery {delivery.id}")
    replace_row(connection, delivery)
    insert_all(connection, dead_letters)
    tries = [_try(delivery, outcome.answer, outcome.retry_after)]
    tries += [_try(one, Answer.REJECTED, None) for one in dead_letters]
    connection.execute(insert(attempts), tries)
    channel, now = delivery.message.channel, delivery.tried_at or delivery.created
    health = channels.learn(connection, channel, delivery.id, outcome, now)
    if health.failing:  # whoever asked for more time than the schedule takes costs no message its last try
        _give_up(connection, channel, now, now + timedelta(seconds=retry_wait(health.probes - 1)), outcome.told)


def _try(delivery: Delivery, answer: Answer, seconds: float | None) -> dict[str, Any]:
    return {
        "delivery_id": delivery.id,
        "tried_at": delivery.tried_at or delivery.created,
        "answer": answer,
        "reason": delivery.problem or "",
        "seconds": seconds,
    }


def _give_up(connection: Connection, channel: str, now: datetime, next_probe: datetime, reason: str) -> None:
    """What will be too old when its channel is next tried is given up with it, as if each had been tried now."""
    old = (deliveries.c.channel == channel) & (deliveries.c.created < next_probe - GIVE_UP_AFTER)
    pending = select(deliveries).where(old, deliveries.c.state == DeliveryState.PENDING)
    for one in load(connection, connection.execute(pending.order_by(deliveries.c.created)).all()):
        replace_row(connection, one.given_up(f"its channel took nothing for {GIVE_UP_AFTER.days} days: {reason}", now))


def retry(connection: Connection, key: str, now: datetime) -> Delivery:
    """Puts a delivery on its way, from the start of its schedule if it was given up; one that waits is due now.

    Raises StoreError where there is nothing to send.
    """
    found = find(connection, key)
    if found.state is DeliveryState.DELIVERED:
        raise StoreError(f"{found.id} has been delivered; a message is not sent to anybody twice")
    if not found.message.body:
        raise StoreError(f"{found.id} was dropped so long ago that its text is gone")
    if found.state is DeliveryState.PENDING:  # perhaps under way this moment: its claim stays
        again = replace(found, due_at=now)
        connection.execute(update(deliveries).where(deliveries.c.id == found.id).values(due_at=now))
    else:
        again = found.retried(now)
        replace_row(connection, again)
    channels.mended(connection, again.message.channel, now)
    return again


def drop(connection: Connection, key: str) -> Delivery:
    """Gives a delivery up for good. Raises StoreError where it has arrived."""
    found = find(connection, key)
    if found.state is DeliveryState.DELIVERED:
        raise StoreError(f"{found.id} has been delivered: there is nothing to drop")
    dropped = found.dropped()
    replace_row(connection, dropped)
    return dropped


def tries_of(connection: Connection, delivery_ids: Sequence[str]) -> dict[str, tuple[Attempt, ...]]:
    """The tries of each of these deliveries, oldest first."""
    tries: dict[str, tuple[Attempt, ...]] = dict.fromkeys(delivery_ids, ())
    mine = select(attempts).where(attempts.c.delivery_id.in_(delivery_ids)).order_by(attempts.c.seq)
    for row in connection.execute(mine):
        tries[row.delivery_id] += (Attempt(tried_at=row.tried_at, answer=Answer(row.answer), reason=row.reason),)
    return tries


def with_tries(connection: Connection, some: Sequence[Delivery]) -> tuple[Sent, ...]:
    tries = tries_of(connection, [one.id for one in some])
    return tuple(Sent(delivery=one, attempts=tries[one.id]) for one in some)


def replace_row(connection: Connection, delivery: Delivery) -> None:
    """The row as the delivery is now, held by nobody; files of its alerts are behind where its state says news."""
    state = {name: value for name, value in _row(delivery).items() if name not in ("id", "body")}
    connection.execute(update(deliveries).where(deliveries.c.id == delivery.id).values(state | claims.FREE))
    if delivery.alerts and delivery.state is not DeliveryState.PENDING:
        behind = update(alerts).where(alerts.c.id.in_(delivery.alerts))
        connection.execute(behind.values(unfiled=count(connection, "filing", 1)))


def load(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Delivery, ...]:
    """The deliveries of these rows of `deliveries`, in their order."""
    told_of = _alerts_of(connection, list(dict.fromkeys(row.id for row in rows)))
    return tuple(_load(row, told_of[row.id]) for row in rows)


def _alerts_of(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Of each of these deliveries the alerts that it tells of."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(ids, ())
    query = select(delivery_alerts).where(delivery_alerts.c.delivery_id.in_(ids)).order_by(delivery_alerts.c.place)
    for row in connection.execute(query) if ids else ():
        found[row.delivery_id] += (row.alert_id,)
    return found


def _load(row: Row[Any], told_of: tuple[str, ...]) -> Delivery:
    message = Message(
        id=row.id,
        channel=row.channel,
        kind=ChannelKind(row.kind),
        type=MessageType(row.type),
        subject=row.subject,
        body=row.body,
        recipients=STRINGS.load(row.recipients),
    )
    return Delivery(
        message=message,
        alerts=told_of,
        state=DeliveryState(row.state),
        created=row.created,
        due_at=row.due_at,
        attempts=row.attempts,
        tried_at=row.tried_at,
        delivered_at=row.delivered_at,
        problem=row.problem,
    )


def _row(delivery: Delivery) -> dict[str, Any]:
    message = delivery.message
    return {
        "id": message.id,
        "channel": message.channel,
        "kind": message.kind,
        "type": message.type,
        "subject": message.subject,
        "body": message.body,
        "recipients": STRINGS.dump(message.recipients),
        "state": delivery.state,
        "created": delivery.created,
        "due_at": delivery.due_at,
        "attempts": delivery.attempts,
        "tried_at": delivery.tried_at,
        "delivered_at": delivery.delivered_at,
        "problem": delivery.problem,
    }
