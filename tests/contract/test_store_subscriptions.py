"""What every store must do for subscriptions to hubs: one for each feed that names some, changed in one piece."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from storeworld import LEASE, NOW, SPEC, entry, polled

from watcher.feeds import websub
from watcher.model import (
    Feed,
    FeedSpec,
    FeedState,
    PollRecord,
    StaleFeedError,
    Subscription,
    SubscriptionState,
)
from watcher.store import SqlStore

BASE = "https://w.example/websub/"
HUB = "https://hub.example/"
OTHER = FeedSpec(url="https://other.example/rss")


def offering(feed: Feed, *hubs: str) -> Feed:
    state = FeedState.ACTIVE if feed.state is FeedState.NEW else feed.state
    return feed.evolve(hubs=hubs, topic=feed.url, state=state, baseline_at=NOW)


async def sync(store: SqlStore, base: str | None = BASE) -> tuple[str, ...]:
    leave, again = partial(websub.left, now=NOW), partial(websub.wanted_again, now=NOW)
    return await store.sync_subscriptions(base, NOW, leave=leave, again=again)


async def subscribed(store: SqlStore) -> Subscription:
    """The feed names a hub, and its subscription works."""
    await store.sync_feeds([SPEC, OTHER], NOW)
    await store.change_feed(SPEC.id, lambda feed: offering(feed, HUB))
    assert await sync(store) == ()
    (made,) = await store.subscriptions()
    until = NOW + timedelta(days=10)
    verified = replace(made, state=SubscriptionState.VERIFIED, verified_at=NOW, until=until, ask_at=until)
    assert await store.change_subscription(made.id, lambda _: verified) == (made, verified)
    return verified


async def test_a_feed_that_names_a_hub_gets_a_subscription_with_secrets_of_its_own(store: SqlStore) -> None:
    one = await subscribed(store)
    await store.change_feed(OTHER.id, lambda feed: offering(feed, HUB))
    await sync(store)
    other = next(made for made in await store.subscriptions() if made.id != one.id)
    assert (other.topic, other.hub, other.due_at) == (OTHER.url, HUB, NOW)
    assert other.callback == BASE + other.token
    assert len({one.token, other.token, one.secret, other.secret}) == 4
    assert one.secret not in repr(one)
    assert one.token not in repr(one)
    assert await store.subscription_at(other.token) == other
    assert await store.subscription_at("guessed") is None


async def test_it_is_due_when_it_says_so_and_a_few_of_each_hub_at_once(store: SqlStore) -> None:
    specs = [FeedSpec(url=f"https://f{number}.example/") for number in range(8)]
    await store.sync_feeds(specs, NOW)
    for number, spec in enumerate(specs):
        await store.change_feed(spec.id, partial(_offering_of, hub=f"https://h{number // 6}.example/"))
    await sync(store)
    due = await store.due_subscriptions(NOW, 100)
    assert sorted(one.hub for one in due) == ["https://h0.example/"] * 2 + ["https://h1.example/"] * 2
    assert await store.due_subscriptions(NOW - timedelta(seconds=1), 100) == ()


def _offering_of(feed: Feed, hub: str) -> Feed:
    return offering(feed, hub)


@pytest.mark.parametrize("how", ["removed", "no hub", "another hub"])
async def test_what_is_no_longer_wanted_is_left_and_may_be_wanted_again(store: SqlStore, how: str) -> None:
    before = await subscribed(store)
    if how == "removed":
        await store.sync_feeds([OTHER], NOW)
    else:
        named = ["https://b.example/"] if how == "another hub" else []
        await store.change_feed(SPEC.id, lambda feed: offering(feed, *named))
    assert await sync(store) == (SPEC.id,)
    assert await sync(store) == ()
    after = await store.subscription(before.id)
    assert after is not None
    assert after.state is SubscriptionState.LEAVING
    await store.sync_feeds([SPEC, OTHER], NOW)
    await store.change_feed(SPEC.id, lambda feed: offering(feed, HUB))
    await sync(store)
    again = await store.subscription(before.id)
    assert again is not None
    assert (again.state, again.token) == (SubscriptionState.WANTED, before.token)


@pytest.mark.parametrize("base", [None, "https://moved.example/websub/"])
async def test_callbacks_that_lead_nowhere_are_forgotten(store: SqlStore, base: str | None) -> None:
    before = await subscribed(store)
    assert await sync(store, base) == (SPEC.id,)
    left = [one.callback.startswith(base or "-") for one in await store.subscriptions()]
    assert left == ([] if base is None else [True])
    assert await store.subscription_at(before.token) is None


async def test_an_end_forgets_it(store: SqlStore) -> None:
    before = await subscribed(store)
    assert await store.change_subscription(before.id, lambda _: None) == (before, None)
    assert await store.change_subscription(before.id, lambda one: one) == (None, None)


async def test_the_clock_moves_leases_with_it(store: SqlStore) -> None:
    before = await subscribed(store)
    await store.shift(timedelta(hours=1))
    after = await store.subscription(before.id)
    assert before.until is not None
    assert after == replace(before, ask_at=before.ask_at + timedelta(hours=1), until=before.until + timedelta(hours=1))
    assert await store.due_subscriptions(before.until, 10) == ()


async def test_status_counts_them(store: SqlStore) -> None:
    await subscribed(store)
    assert (await store.status(NOW)).subscriptions == {SubscriptionState.VERIFIED: 1}


# -- a poll and a push of one feed


async def test_of_a_poll_and_a_push_that_were_decided_on_the_same_feed_one_is_decided_again(store: SqlStore) -> None:
    await polled(store)
    (feed_id,) = await store.claim_feeds(owner="poller", now=NOW, lease=LEASE, limit=1, everything=True)
    feed = await store.feed(feed_id)
    assert feed is not None
    await store.record_push(PollRecord(feed=feed, polled_at=NOW, entries=(entry(),)))
    with pytest.raises(StaleFeedError):
        await store.record_push(PollRecord(feed=feed, polled_at=NOW, entries=(entry(),)))
    with pytest.raises(StaleFeedError):
        await store.record_poll(PollRecord(feed=feed, polled_at=NOW, entries=(entry(),)), owner="poller")
    now = await store.feed(feed_id)
    assert now is not None
    assert now.revision > feed.revision
    await store.record_poll(PollRecord(feed=now.evolve(title="T"), polled_at=NOW), owner="poller")  # it held its claim
    after = await store.feed(feed_id)
    assert after is not None
    assert after.title == "T"
