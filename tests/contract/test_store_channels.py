"""What of a backlog may go out: four at a time while a channel is well, one probe while it fails; all in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from storeworld import LEASE, NOW, delivery

from watcher.model import Answer, DeliveryState, Outcome
from watcher.store import SqlStore

LATER = Outcome(answer=Answer.DEFERRED, reason="connection refused", left=("a@example.org", "b@example.org"))
DONE = Outcome(answer=Answer.DELIVERED)
GONE = Outcome(answer=Answer.REJECTED, reason="HTTP 410", switch_off=True)


async def backlog(store: SqlStore, number: int) -> None:
    """d0, d1, … made a minute apart, all due by NOW."""
    for place in range(number):
        made = NOW - timedelta(minutes=number - place)
        await store.put_delivery(replace(delivery(f"d{place}"), created=made, due_at=made))


async def claimed(store: SqlStore, now: datetime) -> list[str]:
    return list(await store.claim_deliveries(owner="me", now=now, lease=LEASE, limit=100))


async def tried(store: SqlStore, key: str, outcome: Outcome, now: datetime) -> None:
    found = await store.delivery(key)
    assert found is not None
    await store.record_delivery(found.after(outcome, now, 0.0), outcome, owner="me")


async def failing(store: SqlStore, number: int) -> datetime:
    """A backlog of a channel that has just refused three; returns the time."""
    await backlog(store, number)
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
