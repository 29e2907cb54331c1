"""Subscriptions to hubs <-> rows; each change is read, made and kept in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, delete, func, select

from watcher.model import FeedState, Subscription, SubscriptionState
from watcher.store import polls
from watcher.store.codec import SUBSCRIPTION
from watcher.store.dialect import upsert
from watcher.store.tables import feeds, subscriptions

TOKEN = 24  # random bytes: nobody guesses an address with 192 bits in it
SECRET = 32  # random bytes, as 64 figures: the Recommendation allows 200
OF_ONE_HUB = 2  # due at once for each hub, so that a slow one holds up no other
AT_ONCE = 500  # changed in one transaction: some 20 ms

Change = Callable[[Subscription], Subscription | None]


def sync(
    connection: Connection, callbacks: str | None, now: datetime, *, leave: Change, again: Change
) -> tuple[str, ...]:
    """A subscription for each polled feed that names hubs, and none besides; the ids of feeds that lost theirs.

    callbacks: what each callback's address begins with; None while none may be. leave: what becomes of one that is no
    longer wanted; again: of one that was about to be left and is wanted.
    """
    # No hub could verify that we leave at a callback that leads nowhere any more: those are forgotten.
    lost = _change_all(connection, subscriptions.c.callbacks != (callbacks or ""), lambda _: None)
    if callbacks is None:
        return lost
    offered = select(feeds.c.subscription).where(
        feeds.c.subscription.is_not(None), feeds.c.state.in_((FeedState.ACTIVE, FeedState.FAILING))
    )
    leaving = subscriptions.c.state == SubscriptionState.LEAVING
    lost += _change_all(connection, ~leaving & subscriptions.c.id.not_in(offered), leave)
    _change_all(connection, leaving & subscriptions.c.id.in_(offered), again)
    known = select(subscriptions.c.id)
    bare = select(feeds).where(feeds.c.subscription.in_(offered), feeds.c.subscription.not_in(known)).limit(AT_ONCE)
    for row in connection.execute(bare).all():
        feed, token = polls.load(row), secrets.token_urlsafe(TOKEN)
        made = Subscription(
            id=row.subscription,
            feed_id=feed.id,
            topic=feed.topic or feed.url,
            site=feed.site_url,
            hubs=feed.hubs,
            callback=callbacks + token,
            token=token,
            secret=secrets.token_hex(SECRET),
            ask_at=now,
        )
        _keep(connection, made)
    return lost


def due(connection: Connection, now: datetime, limit: int) -> tuple[Subscription, ...]:
    """Those with something to do, the longest due first, a few of each hub."""
    place = func.row_number().over(partition_by=subscriptions.c.host, order_by=subscriptions.c.due_at)
    ranked = select(subscriptions.c.id, place.label("place")).where(subscriptions.c.due_at <= now).subquery()
    some = select(ranked.c.id).where(ranked.c.place <= OF_ONE_HUB)
    rows = select(subscriptions).where(subscriptions.c.id.in_(some)).order_by(subscriptions.c.due_at).limit(limit)
    return tuple(map(_load, connection.execute(rows)))


def get(connection: Connection, subscription_id: str) -> Subscription | None:
    return _one(connection, subscriptions.c.id == subscription_id)


def at(connection: Connection, token: str) -> Subscription | None:
    return _one(connection, subscriptions.c.token == token)


def every(connection: Connection, limit: int | None = None) -> tuple[Subscription, ...]:
    return tuple(map(_load, connection.execute(select(subscriptions).limit(limit))))


def change(
    connection: Connection, subscription_id: str, made: Change
) -> tuple[Subscription | None, Subscription | None]:
    """The subscription before and after the change; after it None: it is over, and its row is gone."""
    before = get(connection, subscription_id)
    if before is None:
        return None, None
    after = made(before)
    if after is None:
        connection.execute(delete(subscriptions).where(subscriptions.c.id == before.id))
    elif after != before:
        _keep(connection, after)
    return before, after


def counted(connection: Connection) -> dict[SubscriptionState, int]:
    """How many there are in each state."""
    rows = connection.execute(select(subscriptions.c.state, func.count()).group_by(subscriptions.c.state))
    return {SubscriptionState(state): number for state, number in rows}


def shift(connection: Connection, step: timedelta) -> None:
    """Moves what is due, and the ends of leases, with a clock that was set by so much."""
    for one in every(connection):
        until = None if one.until is None else one.until + step
        _keep(connection, replace(one, ask_at=one.ask_at + step, until=until))


def _change_all(connection: Connection, where: ColumnElement[bool], made: Change) -> tuple[str, ...]:
    rows = connection.execute(select(subscriptions.c.id, subscriptions.c.feed_id).where(where).limit(AT_ONCE)).all()
    for row in rows:
        change(connection, row.id, made)
    return tuple(row.feed_id for row in rows)


def _one(connection: Connection, where: ColumnElement[bool]) -> Subscription | None:
    row = connection.execute(select(subscriptions).where(where)).one_or_none()
    return None if row is None else _load(row)


def _load(row: Any) -> Subscription:
    return SUBSCRIPTION.load(row.data)


def _keep(connection: Connection, subscription: Subscription) -> None:
    row = {
        "id": subscription.id,
        "feed_id": subscription.feed_id,
        "token": subscription.token,
        "callbacks": subscription.callback.removesuffix(subscription.token),
        "host": urlsplit(subscription.hub).netloc,
        "state": subscription.state,
        "due_at": subscription.due_at,
        "data": SUBSCRIPTION.dump(subscription),
    }
    upsert(connection, subscriptions, [row], key=["id"], update=["host", "state", "due_at", "data"])
