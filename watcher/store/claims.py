"""Due rows -> their ids, claimed for an owner until the lease ends; and the check that a claim still holds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Connection, Table, case, or_, select, true, type_coerce, update

from watcher.model import Capture, DeliveryState, LeaseLostError
from watcher.store.tables import channels, deliveries, entries, feeds, hosts

FREE = {"claimed_by": None, "claimed_until": None}


def claim(
    connection: Connection,
    table: Table,
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    limit: int,
    due: ColumnElement[bool],
    order: ColumnElement[datetime],
) -> tuple[str, ...]:
    """Ids of at most `limit` due rows that nobody holds, the longest due first; from now on the owner's."""
    free = or_(table.c.claimed_until.is_(None), table.c.claimed_until <= now)
    wanted = select(table.c.id).where(due, free).order_by(order).limit(limit).with_for_update(skip_locked=True)
    ids = tuple(connection.scalars(wanted))
    if ids:
        held = {"claimed_by": owner, "claimed_until": now + lease}
        connection.execute(update(table).where(table.c.id.in_(ids)).values(held))
    return ids


def check(holder: str | None, owner: str, what: str) -> None:
    """Raises LeaseLostError unless the owner holds the row; a lease that ended holds until somebody else claims."""
    if holder != owner:
        raise LeaseLostError(f"{what} is not held by {owner} any more")


def release_forgotten(connection: Connection, owner: str, under_way: Collection[str]) -> int:
    """Gives back what the owner holds and is not at work on: its step failed, or was never begun; how many rows."""
    return sum(
        connection.execute(
            update(table).where(table.c.claimed_by == owner, table.c.id.not_in(under_way)).values(FREE)
        ).rowcount
        for table in (feeds, entries, deliveries)
    )


def release_all(connection: Connection) -> int:
    """Gives back every claimed row, and says how many there were: for the only daemon of an archive, when it starts."""
    return sum(
        connection.execute(update(table).where(table.c.claimed_by.is_not(None)).values(FREE)).rowcount
        for table in (feeds, entries, deliveries)
    )


def shift(connection: Connection, step: timedelta) -> None:
    """Moves what is due, and what is held, with a clock that was set by so much."""
    for table, due, where in (
        (feeds, feeds.c.due_at, true()),
        (entries, entries.c.capture_at, entries.c.capture == Capture.PENDING),
        (deliveries, deliveries.c.due_at, deliveries.c.state == DeliveryState.PENDING),
    ):
        held = case((table.c.claimed_until.is_(None), None), else_=_moved(table.c.claimed_until, step))
        moved = {due.name: _moved(due, step), "claimed_until": held}
        connection.execute(update(table).where(where).values(moved))
    asked = feeds.c.quiet_until.is_not(None)
    connection.execute(update(feeds).where(asked).values(quiet_until=_moved(feeds.c.quiet_until, step)))
    connection.execute(update(hosts).values(until=_moved(hosts.c.until, step)))
    failing = channels.c.probe_at.is_not(None)
    connection.execute(update(channels).where(failing).values(probe_at=_moved(channels.c.probe_at, step)))


def _moved(column: ColumnElement[datetime], step: timedelta) -> ColumnElement[datetime]:
    """A column of times and a length of time, added up as the whole microseconds that they are kept as."""
    return type_coerce(type_coerce(column, BigInteger) + step // timedelta(microseconds=1), column.type)
