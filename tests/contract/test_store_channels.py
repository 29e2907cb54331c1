"""What of a backlog may go out: four at a time while a channel is well, one probe while it fails; all in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from storeworld import LEASE, NOW, delivery

from watcher.model import Answer, ChannelKind, DeliveryState, Outcome, StoreError
from watcher.model.alerts import retry_wait
from watcher.store import SqlStore

LEFT = ("a@example.org", "b@example.org")
LATER = Outcome(answer=Answer.DEFERRED, reason="connection refused", left=LEFT, down=True)
BUSY = Outcome(answer=Answer.DEFERRED, reason="451 greylisted", left=LEFT)
PAUSE = replace(LATER, busy=True)
REFUSED = Outcome(answer=Answer.REJECTED, reason="HTTP 404")
NOBODY = replace(LATER, blameless=True)
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


async def failing(
    store: SqlStore, number: int, kind: ChannelKind = ChannelKind.EMAIL, why: Outcome = LATER
) -> datetime:
    """A backlog of a channel that has just refused three; returns the time."""
    await backlog(store, number, kind)
    for key in (await claimed(store, NOW))[:3]:
        await tried(store, key, why, NOW)
    await store.release_all_claims()
    return NOW


async def probed(store: SqlStore, why: Outcome, *, days: int) -> datetime:
    """Tries a channel that goes on failing from NOW on: each time one message, at its time; when the last was."""
    now = NOW
    for wait in (timedelta(seconds=retry_wait(number)) for number in range(20)):
        if now + wait > NOW + timedelta(days=days):
            break
        assert await claimed(store, now + wait - timedelta(seconds=1)) == []
        now += wait
        (key,) = await claimed(store, now)
        await tried(store, key, why, now)
    return now


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


async def test_what_is_left_of_the_recipients_is_no_channel_that_fails_but_a_probe_that_does(store: SqlStore) -> None:
    rest = replace(LATER, rest=True)
    await backlog(store, 8)
    for key in await claimed(store, NOW):
        await tried(store, key, rest, NOW)
    assert await claimed(store, NOW) == ["d4", "d5", "d6", "d7"]
    for key in ("d4", "d5", "d6"):
        await tried(store, key, LATER, NOW)
    await tried(store, "d7", rest, NOW)
    assert await claimed(store, NOW + timedelta(seconds=5)) == ["d0"]
    await tried(store, "d0", rest, NOW + timedelta(seconds=5))
    assert await claimed(store, NOW + timedelta(minutes=5)) == []


async def test_one_message_that_fails_again_and_again_holds_up_no_other(store: SqlStore) -> None:
    await backlog(store, 1)
    now = NOW
    for _ in range(5):
        while not await claimed(store, now):
            now += timedelta(minutes=1)
        await tried(store, "d0", LATER, now)
    await store.put_delivery(replace(delivery("d1"), created=now, due_at=now))
    assert await claimed(store, now) == ["d1"]


async def test_three_bad_messages_are_told_from_a_bad_channel_by_a_fourth(store: SqlStore) -> None:
    now = await failing(store, 5, kind=ChannelKind.WEBHOOK) + timedelta(seconds=5)
    assert await claimed(store, now) == ["d3"]  # never tried
    await tried(store, "d3", DONE, now)
    assert await claimed(store, now) == ["d0", "d1", "d2", "d4"]


async def test_where_a_fourth_fails_the_oldest_keeps_its_place(store: SqlStore) -> None:
    now = await failing(store, 6, kind=ChannelKind.WEBHOOK) + timedelta(seconds=5)
    assert await claimed(store, now) == ["d3"]
    await tried(store, "d3", LATER, now)
    now += timedelta(minutes=5)
    assert await claimed(store, now) == ["d0"]


async def test_where_the_message_cannot_be_at_fault_one_failure_is_enough(store: SqlStore) -> None:
    await backlog(store, 3)
    await claimed(store, NOW)
    await tried(store, "d0", NOBODY, NOW)
    await store.release_all_claims()
    assert await claimed(store, NOW) == []
    assert await claimed(store, NOW + timedelta(seconds=5)) == ["d0"]


@pytest.mark.parametrize("why", [LATER, NOBODY], ids=["each failed", "nobody there"])
async def test_a_channel_that_fails_gets_one_probe_on_its_schedule(store: SqlStore, why: Outcome) -> None:
    """With thirty messages as with one, and also when the oldest are given up."""
    await failing(store, 30, why=why)
    last = await probed(store, why, days=4)
    assert {one.state for one in await store.outbox()} == {DeliveryState.PENDING}
    await store.put_delivery(replace(delivery("late"), created=last, due_at=last))
    last += timedelta(days=1)
    assert await claimed(store, last) == ["d0"]
    await tried(store, "d0", why, last)  # the next time is after its fifth day, and after that of the others
    dead = await store.outbox(state=DeliveryState.DEAD)
    assert len(dead) == 30
    assert all("refused" in (one.problem or "") for one in dead)
    assert await claimed(store, last + timedelta(hours=23)) == []  # for "late" the schedule does not begin anew
    assert await claimed(store, last + timedelta(days=1)) == ["late"]


async def test_who_is_asked_for_time_is_given_it(store: SqlStore) -> None:
    await backlog(store, 5)
    await claimed(store, NOW)
    await tried(store, "d0", replace(NOBODY, retry_after=7200.0), NOW)
    await store.release_all_claims()
    assert await claimed(store, NOW + timedelta(hours=2, seconds=-1)) == []
    assert await claimed(store, NOW + timedelta(hours=2)) == ["d0"]


async def test_what_was_under_way_when_it_failed_does_not_end_the_pause(store: SqlStore) -> None:
    await backlog(store, 6)
    assert await claimed(store, NOW) == ["d0", "d1", "d2", "d3"]
    await tried(store, "d0", replace(PAUSE, retry_after=7200.0), NOW)
    await tried(store, "d1", DONE, NOW + timedelta(seconds=1))
    await store.release_all_claims()
    assert await claimed(store, NOW + timedelta(hours=2, seconds=-1)) == []
    assert len(await claimed(store, NOW + timedelta(hours=2))) == 1


async def test_a_message_that_alone_is_answered_busy_holds_up_no_other(store: SqlStore) -> None:
    await backlog(store, 5)
    await claimed(store, NOW)
    await tried(store, "d0", PAUSE, NOW)
    await store.release_all_claims()
    assert await claimed(store, NOW) == []
    now = NOW + timedelta(seconds=5)
    assert await claimed(store, now) == ["d1"]
    await tried(store, "d1", DONE, now)
    assert await claimed(store, now) == ["d0", "d2", "d3", "d4"]


@pytest.mark.parametrize("answer", [DONE, REFUSED], ids=["delivered", "rejected"])
async def test_a_probe_that_is_answered_sets_the_backlog_free(answer: Outcome, store: SqlStore) -> None:
    await failing(store, 6, why=NOBODY)
    now = await probed(store, NOBODY, days=1) + timedelta(days=1)
    assert await claimed(store, now) == ["d0"]
    await tried(store, "d0", answer, now)
    assert await claimed(store, now) == ["d1", "d2", "d3", "d4"]


async def test_since_when_it_fails_is_kept_until_something_arrives(store: SqlStore) -> None:
    await failing(store, 4, why=NOBODY)
    for place in range(4):
        await store.drop_delivery(f"d{place}")
    assert (await store.status(NOW)).failing_channels == {"desk": NOW}  # nothing waits, and nothing is well
    await store.put_delivery(delivery("next"))
    now = NOW + timedelta(hours=1)
    assert await claimed(store, now) == ["next"]
    await tried(store, "next", DONE, now)
    assert (await store.status(now)).failing_channels == {}


async def test_a_channel_that_was_taken_out_of_the_settings_is_no_trouble_any_more(store: SqlStore) -> None:
    await failing(store, 4, why=NOBODY)
    await store.keep_channels({"desk", "hook"})
    assert (await store.status(NOW)).failing_channels == {"desk": NOW}
    await store.keep_channels({"hook"})
    assert (await store.status(NOW)).failing_channels == {}


async def test_a_clock_that_is_set_moves_the_next_probe_with_it(store: SqlStore) -> None:
    now = await failing(store, 4, why=NOBODY) - timedelta(days=30)
    await store.shift(timedelta(days=-30))
    assert await claimed(store, now + timedelta(seconds=4)) == []
    assert await claimed(store, now + timedelta(seconds=5)) == ["d0"]


async def test_settings_that_a_person_changed_are_tried_at_once_with_one_message(store: SqlStore) -> None:
    await failing(store, 6, why=NOBODY)
    now = await probed(store, NOBODY, days=1) + timedelta(minutes=1)
    assert await claimed(store, now) == []
    await store.channel_mended("desk", now)
    assert await claimed(store, now) == ["d0"]
    await tried(store, "d0", DONE, now)
    assert await claimed(store, now) == ["d1", "d2", "d3", "d4"]


async def test_once_it_is_well_all_go_out_in_order(store: SqlStore) -> None:
    now = await failing(store, 7, why=NOBODY) + timedelta(seconds=5)
    assert await claimed(store, now) == ["d0"]
    await tried(store, "d0", DONE, now)
    assert await claimed(store, now) == ["d1", "d2", "d3", "d4"]
    for key in ("d1", "d2", "d3", "d4"):
        await tried(store, key, DONE, now)
    assert await claimed(store, now) == ["d5", "d6"]


async def test_a_channel_down_for_three_days_loses_nothing(store: SqlStore) -> None:
    now = await failing(store, 30, why=NOBODY)
    up_again = NOW + timedelta(days=3)
    order: list[str] = []
    while len(order) < 30:
        now += timedelta(minutes=1)
        for key in await claimed(store, now):
            down = now < up_again
            await tried(store, key, NOBODY if down else DONE, now)
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
    await store.switch_on("desk", NOW)
    assert await claimed(store, NOW) == ["d1"]


@pytest.mark.parametrize("after", [DONE, LATER, BUSY])
async def test_what_was_under_way_when_it_was_switched_off_does_not_switch_it_on(
    store: SqlStore, after: Outcome
) -> None:
    await backlog(store, 6)
    assert await claimed(store, NOW) == ["d0", "d1", "d2", "d3"]
    await tried(store, "d0", GONE, NOW)
    await tried(store, "d1", after, NOW)
    await store.release_all_claims()
    assert await claimed(store, NOW) == []


async def test_one_channel_does_not_wait_for_another(store: SqlStore) -> None:
    await failing(store, 5)
    other = delivery("other")
    await store.put_delivery(replace(other, message=replace(other.message, channel="hook")))
    assert await claimed(store, NOW) == ["other"]


async def test_a_time_asked_for_that_is_longer_than_the_schedule_costs_no_message_its_last_try(store: SqlStore) -> None:
    await backlog(store, 3)
    await claimed(store, NOW)
    await tried(store, "d0", replace(NOBODY, retry_after=5 * 86400.0), NOW)
    await store.release_all_claims()
    assert {one.state for one in await store.outbox()} == {DeliveryState.PENDING}
    assert await claimed(store, NOW + timedelta(days=5)) == ["d0"]


async def test_each_refused_recipient_is_a_dead_letter_of_its_own_that_can_be_sent_again(store: SqlStore) -> None:
    await store.put_delivery(delivery("d"))
    await claimed(store, NOW)
    found = await store.delivery("d")
    assert found is not None
    outcome = Outcome(answer=Answer.DELIVERED, reason="250 queued", refused=((LEFT[1], "550 no such user"),))
    dead_letters = found.dead_letters(outcome, NOW)
    await store.record_delivery(found.after(outcome, NOW, 0.0), outcome, owner="me", dead_letters=dead_letters)
    arrived = await store.delivery("d")
    assert arrived is not None
    assert (arrived.state, arrived.message.recipients) == (DeliveryState.DELIVERED, LEFT[:1])
    (dead,) = await store.outbox(state=DeliveryState.DEAD)
    assert (dead.message.recipients, dead.problem, dead.alerts) == (LEFT[1:], "550 no such user", found.alerts)
    assert dead.message.body == found.message.body
    again = await store.retry_delivery(dead.id, NOW)
    assert await claimed(store, NOW) == [again.id]


@pytest.mark.parametrize("act", ["retry", "drop"])
async def test_what_arrived_is_neither_sent_again_nor_dropped(store: SqlStore, act: str) -> None:
    await store.put_delivery(delivery("d"))
    await claimed(store, NOW)
    await tried(store, "d", DONE, NOW)
    with pytest.raises(StoreError, match="has been delivered"):
        await (store.retry_delivery("d", NOW) if act == "retry" else store.drop_delivery("d"))


async def test_a_delivery_under_way_is_not_sent_twice_by_asking_for_it(store: SqlStore) -> None:
    await store.put_delivery(delivery("d"))
    assert await claimed(store, NOW) == ["d"]
    await store.retry_delivery("d", NOW)
    assert await claimed(store, NOW) == []
