"""What of a backlog may go out: four at a time while a channel is well, one probe while it fails; all in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from storeworld import LEASE, NOW, delivery

from watcher.model import Answer, ChannelKind, DeliveryState, Outcome
from watcher.store import SqlStore

LEFT = ("a@example.org", "b@example.org")
LATER = Outcome(answer=Answer.DEFERRED, reason="connection refused", left=LEFT, down=True)
BUSY = Outcome(answer=Answer.DEFERRED, reason="451 greylisted", left=LEFT)
DONE = Outcome(answer=Answer.DELIVERED)
GONE = Outcome(answer=Answer.REJECTED, reason="HTTP 410", switch_off=True)


async def backlog(store: SqlStore, number: int, kind: ChannelKind = ChannelKind.EMAIL) -> None:
    """d0, d1, … made a minute apart, all due by NOW."""
    for place in range(number):
        made, one = NOW - timedelta(minutes=number - place), delivery(f"d{place}")
        message = replace(one.message, kind=kind)
        await store.put_delivery(replace(one, message=message, created=made, due_at=made))


async def claimed(store: SqlStore, now: datetime) -> list[str]:
    return list(await store.claim_deliveries(owner="me", now=now, lease=LEASE, limit=100))


async def tried(store: SqlStore, key: str, outcome: Outcome, now: datetime) -> None:
    found = await store.delivery(key)
    assert found is not None
    await store.record_delivery(found.after(outcome, now, 0.0), outcome, owner="me")


async def failing(store: SqlStore, number: int, kind: ChannelKind = ChannelKind.EMAIL) -> datetime:
    """A backlog of a channel that has just refused three; returns the time."""
    await backlog(store, number, kind)
    for key in (await claimed(store, NOW))[:3]:
        await tried(store, key, LATER, NOW)
    await store.release_all_claims()
    return NOW


async def test_a_channel_that_is_well_gets_four_at_a_time_oldest_first(store: SqlStore) -> None:
    await backlog(store, 6)
    assert await claimed(store, NOW) == ["d0", "d1", "d2", "d3"]
    assert await claimed(store, NOW) == []
    await tried(store, "d0", DONE, NOW)
    assert await claimed(store, NOW) == ["d4"]


async def test_one_failure_stops_nobody_else(store: SqlStore) -> None:
    await backlog(store, 6)
    await claimed(store, NOW)
    await tried(store, "d0", LATER, NOW)
    assert await claimed(store, NOW) == ["d4"]


async def test_a_message_that_is_put_off_says_nothing_of_its_channel(store: SqlStore) -> None:
    await backlog(store, 8)
    await claimed(store, NOW)
    for key in ("d0", "d1", "d2", "d3"):
        await tried(store, key, BUSY, NOW)
    assert await claimed(store, NOW) == ["d4", "d5", "d6", "d7"]


async def test_one_message_that_fails_again_and_again_holds_up_no_other(store: SqlStore) -> None:
    await backlog(store, 1)
    now = NOW
    for _ in range(5):
        while not await claimed(store, now):
            now += timedelta(minutes=1)
        await tried(store, "d0", LATER, now)
    await store.put_delivery(replace(delivery("d1"), created=now, due_at=now))
    assert await claimed(store, now) == ["d1"]


async def test_where_a_body_may_be_refused_another_is_tried_after_a_while(store: SqlStore) -> None:
    now = await failing(store, 5, kind=ChannelKind.WEBHOOK) + timedelta(seconds=5)
    assert await claimed(store, now) == ["d0"]
    await tried(store, "d0", LATER, now)
    assert await claimed(store, now + timedelta(minutes=4)) == []
    now += timedelta(minutes=6)
    assert await claimed(store, now) == ["d0"]
    await tried(store, "d0", LATER, now)
    now += timedelta(minutes=30)
    assert await claimed(store, now) == ["d0"]
    await tried(store, "d0", LATER, now)  # due again in two hours
    assert await claimed(store, now + timedelta(minutes=29)) == []
    now += timedelta(minutes=30)
    assert await claimed(store, now) == ["d1"]
    await tried(store, "d1", DONE, now)
    assert len(await claimed(store, now)) == 4


async def test_a_channel_that_fails_gets_one_probe_on_its_schedule(store: SqlStore) -> None:
    now = await failing(store, 20)
    assert await claimed(store, now) == []  # 17 wait that were never tried
    assert await claimed(store, now + timedelta(seconds=5)) == ["d0"]
    await tried(store, "d0", LATER, now + timedelta(seconds=5))
    assert await claimed(store, now + timedelta(minutes=5)) == []
    assert await claimed(store, now + timedelta(minutes=6)) == ["d0"]


async def test_once_it_is_well_all_go_out_in_order(store: SqlStore) -> None:
    now = await failing(store, 7) + timedelta(seconds=5)
    assert await claimed(store, now) == ["d0"]
    await tried(store, "d0", DONE, now)
    assert await claimed(store, now) == ["d1", "d2", "d3", "d4"]
    for key in ("d1", "d2", "d3", "d4"):
        await tried(store, key, DONE, now)
    assert await claimed(store, now) == ["d5", "d6"]


async def test_a_channel_down_for_three_days_loses_nothing(store: SqlStore) -> None:
    now = await failing(store, 30)
    up_again = NOW + timedelta(days=3)
    order: list[str] = []
    while len(order) < 30:
        now += timedelta(minutes=1)
        for key in await claimed(store, now):
            down = now < up_again
            await tried(store, key, LATER if down else DONE, now)
            order += [] if down else [key]
    assert order == [f"d{place}" for place in range(30)]
    states = {one.state for one in await store.outbox()}
    assert states == {DeliveryState.DELIVERED}


async def test_a_channel_that_wants_no_more_is_switched_off_until_a_person_tried_it(store: SqlStore) -> None:
    await backlog(store, 2)
    await claimed(store, NOW)
    await tried(store, "d0", GONE, NOW)
    await store.release_all_claims()
    assert await claimed(store, NOW) == []
    assert (await store.status(NOW)).off_channels == {"desk": "HTTP 410"}
    await store.switch_on("desk")
    assert await claimed(store, NOW) == ["d1"]


async def test_one_channel_does_not_wait_for_another(store: SqlStore) -> None:
    await failing(store, 5)
    other = delivery("other")
    await store.put_delivery(replace(other, message=replace(other.message, channel="hook")))
    assert await claimed(store, NOW) == ["other"]
