"""What every store must do, whatever database lies under it: ports.Store, situation by situation."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from storeworld import LEASE, MATCH, NOW, SPEC, alert, alerted, captured, delivery, entry, polled, story

from watcher.model import (
    Answer,
    Capture,
    CaptureRecord,
    DeliveryState,
    FeedSpec,
    FeedState,
    HostPause,
    LeaseLostError,
    NoAlert,
    NoMatch,
    Outcome,
    PollRecord,
    Rejection,
    Relation,
    Silenced,
    StaleIndexError,
    derive_id,
)
from watcher.store import SqlStore

# -- feeds


async def test_the_feeds_of_one_host_do_not_hold_up_all_others(store: SqlStore) -> None:
    many = [FeedSpec(url=f"https://busy.example/{number}") for number in range(10)]
    port = FeedSpec(url="https://busy.example:8443/feed")
    await store.sync_feeds([*many, SPEC, port], NOW)
    first = await store.claim_feeds(owner="me", now=NOW, lease=LEASE, limit=100)
    assert len(first) == 6
    assert {SPEC.id, port.id} < set(first)
    assert await store.claim_feeds(owner="me", now=NOW, lease=LEASE, limit=100) == ()
    assert len(await store.claim_feeds(owner="me", now=NOW, lease=LEASE, limit=100, everything=True)) == 6


async def test_what_is_held_and_not_worked_on_is_given_back(store: SqlStore) -> None:
    other = FeedSpec(url="https://other.example/feed")
    await store.sync_feeds([SPEC, other], NOW)
    await store.claim_feeds(owner="me", now=NOW, lease=LEASE, limit=10)
    assert await store.release_forgotten("somebody", []) == 0
    assert await store.release_forgotten("me", [SPEC.id]) == 1
    assert await store.claim_feeds(owner="you", now=NOW, lease=LEASE, limit=10) == (other.id,)


async def test_a_new_feed_is_due_at_once_and_comes_back_as_it_was_given(store: SqlStore) -> None:
    await store.sync_feeds([SPEC], NOW)
    assert await store.claim_feeds(owner="me", now=NOW, lease=LEASE, limit=10) == (SPEC.id,)
    feed = await store.feed(SPEC.id)
    assert feed is not None
    assert (feed.spec, feed.state, feed.due_at, feed.url) == (SPEC, FeedState.NEW, NOW, SPEC.url)


async def test_an_edited_feed_keeps_what_is_remembered_of_it(store: SqlStore) -> None:
    await polled(store)
    edited = FeedSpec(url=SPEC.url, name="B", tags=("politics",))
    await store.sync_feeds([edited], NOW)
    feed = await store.feed(SPEC.id)
    assert feed is not None
    assert (feed.spec, feed.name, feed.etag, feed.polled_at) == (edited, "B", b'"\xff\xfe"', NOW)


async def test_a_feed_that_leaves_the_watchlist_is_not_polled_and_can_return(store: SqlStore) -> None:
    await polled(store)
    await store.sync_feeds([], NOW)
    assert [feed.state for feed in await store.feeds()] == [FeedState.REMOVED]
    assert await store.claim_feeds(owner="me", now=NOW, lease=LEASE, limit=1, everything=True) == ()
    await store.sync_feeds([SPEC], NOW)
    assert await store.claim_feeds(owner="me", now=NOW, lease=LEASE, limit=1) == (SPEC.id,)
    feed = await store.feed(SPEC.id)
    assert feed is not None
    assert feed.etag == b'"\xff\xfe"'


async def test_an_edit_while_the_feed_is_asked_is_not_undone_by_the_poll(store: SqlStore) -> None:
    await store.sync_feeds([SPEC], NOW)
    await store.claim_feeds(owner="me", now=NOW, lease=LEASE, limit=1)
    before = await store.feed(SPEC.id)
    assert before is not None
    edited = FeedSpec(url=SPEC.url, name="B")
    await store.sync_feeds([edited], NOW)
    await store.record_poll(PollRecord(feed=before.evolve(title="T"), polled_at=NOW), owner="me")
    after = await store.feed(SPEC.id)
    assert after is not None
    assert (after.spec, after.title) == (edited, "T")


# -- claims


async def test_a_claimed_feed_is_nobody_elses_until_the_lease_ends(store: SqlStore) -> None:
    await store.sync_feeds([SPEC], NOW)
    assert await store.claim_feeds(owner="a", now=NOW, lease=LEASE, limit=10) == (SPEC.id,)
    assert await store.claim_feeds(owner="b", now=NOW + LEASE / 2, lease=LEASE, limit=10) == ()
    assert await store.claim_feeds(owner="b", now=NOW + LEASE, lease=LEASE, limit=10) == (SPEC.id,)


async def test_a_poll_whose_claim_was_taken_over_is_not_recorded(store: SqlStore) -> None:
    await store.sync_feeds([SPEC], NOW)
    await store.claim_feeds(owner="a", now=NOW, lease=LEASE, limit=1)
    await store.claim_feeds(owner="b", now=NOW + LEASE, lease=LEASE, limit=1)
    feed = await store.feed(SPEC.id)
    assert feed is not None
    record = PollRecord(feed=feed, polled_at=NOW, entries=(entry(),))
    with pytest.raises(LeaseLostError):
        await store.record_poll(record, owner="a")
    assert await store.known_entries(SPEC.id, ["guid-1"]) == {}
    await store.record_poll(record, owner="b")


async def test_what_is_not_due_is_claimed_only_when_everything_is_asked_for(store: SqlStore) -> None:
    await polled(store)
    assert await store.claim_feeds(owner="a", now=NOW, lease=LEASE, limit=1) == ()
    assert await store.claim_feeds(owner="a", now=NOW, lease=LEASE, limit=1, everything=True) == (SPEC.id,)


HOST = HostPause(host="a.example", until=NOW + LEASE, status=429, bare=1)


async def test_no_feed_of_a_host_that_is_left_alone_is_claimed_whoever_asks(store: SqlStore) -> None:
    other = FeedSpec(url="https://a.example:8443/rss")
    await store.sync_feeds([SPEC, other], NOW)
    await store.record_pauses([HOST], NOW)
    asked = [{}, {"everything": True}, {"only": (SPEC.id, other.id)}]
    for number, how in enumerate(asked):
        claimed = await store.claim_feeds(owner=f"{number}", now=NOW, lease=timedelta(0), limit=9, **how)  # type: ignore[arg-type]
        assert claimed == (other.id,)
    later = await store.claim_feeds(owner="me", now=HOST.until, lease=LEASE, limit=9)
    assert set(later) == {SPEC.id, other.id}


async def test_of_two_pauses_of_a_host_the_longer_goes_on_and_both_are_forgotten_after_a_day(store: SqlStore) -> None:
    await store.record_pauses([replace(HOST, until=NOW + 3 * LEASE, bare=2), replace(HOST, host="b.example")], NOW)
    await store.record_pauses([replace(HOST, status=503, bare=3)], NOW)
    kept = replace(HOST, until=NOW + 3 * LEASE, status=503, bare=3)
    assert await store.pauses(NOW) == (kept, replace(HOST, host="b.example"))
    assert await store.pauses(kept.until) == (kept, replace(HOST, host="b.example"))
    assert await store.pauses(kept.until + timedelta(days=1)) == ()


async def test_a_feed_that_asked_for_quiet_is_claimed_by_nobody_before_even_if_it_was_removed_and_is_back(
    store: SqlStore,
) -> None:
    await store.sync_feeds([SPEC], NOW)
    await store.claim_feeds(owner="me", now=NOW, lease=LEASE, limit=1)
    feed = await store.feed(SPEC.id)
    assert feed is not None
    until = NOW + 2 * LEASE
    await store.record_poll(PollRecord(feed=feed.evolve(quiet_until=until), polled_at=NOW), owner="me")
    await store.sync_feeds([], NOW)
    await store.sync_feeds([SPEC], NOW)
    assert await store.claim_feeds(owner="me", now=NOW + LEASE, lease=LEASE, limit=1, everything=True) == ()
    assert await store.claim_feeds(owner="me", now=NOW + LEASE, lease=LEASE, limit=1, only=(SPEC.id,)) == ()
    assert await store.claim_feeds(owner="me", now=until, lease=LEASE, limit=1) == (SPEC.id,)


async def test_release_all_claims_gives_back_what_a_crash_held(store: SqlStore) -> None:
    await alerted(store)
    await polled(store, entry("guid-2", capture=Capture.PENDING))
    later = NOW + timedelta(hours=1)
    for claim in (store.claim_feeds, store.claim_captures, store.claim_deliveries):
        assert len(await claim(owner="crashed", now=later, lease=LEASE, limit=5)) == 1
    assert await store.release_all_claims() == 3
    for claim in (store.claim_feeds, store.claim_captures, store.claim_deliveries):
        assert len(await claim(owner="next", now=later, lease=LEASE, limit=5)) == 1


async def test_the_longest_due_comes_first(store: SqlStore) -> None:
    specs = [FeedSpec(url=f"https://a.example/{number}") for number in range(3)]
    for delay, spec in zip((2, 0, 1), specs, strict=True):
        await store.sync_feeds([one for one in specs if one.url <= spec.url], NOW + timedelta(seconds=delay))
    first = await store.claim_feeds(owner="a", now=NOW + LEASE, lease=LEASE, limit=2)
    assert first == (specs[1].id, specs[2].id)


# -- polls


async def test_an_entry_is_known_by_its_key_and_its_aliases(store: SqlStore) -> None:
    await polled(store, entry())
    known = await store.known_entries(SPEC.id, ["guid-1", "link:guid-1", "title:other"])
    assert set(known) == {"guid-1", "link:guid-1"}
    assert {one.entry_id for one in known.values()} == {entry().id}
    assert known["link:guid-1"].text_hash == "h1"
    assert await store.known_entries(derive_id("feed", "another"), ["guid-1"]) == {}


async def test_a_revision_changes_the_text_and_keeps_when_it_was_first_seen(store: SqlStore) -> None:
    await polled(store, entry())
    revised = entry(text_hash="h2", title="Маск, new", capture=Capture.PENDING)
    later = NOW + timedelta(hours=1)
    await polled(
        store,
        replace(revised, first_seen=later),
        now=later,
    )
    job = await store.capture_job(revised.id)
    assert job is not None
    assert (job.entry.entry.title, job.entry.first_seen, job.entry.text_hash) == ("Маск, new", NOW, "h2")
    assert (await store.known_entries(SPEC.id, ["guid-1"]))["guid-1"].text_hash == "h2"


async def test_only_a_pending_entry_waits_for_its_story(store: SqlStore) -> None:
    await polled(store, entry("guid-1"), entry("guid-2", capture=Capture.PENDING))
    assert await store.claim_captures(owner="a", now=NOW, lease=LEASE, limit=5) == (entry("guid-2").id,)
    job = await store.capture_job(entry("guid-2").id)
    assert job is not None
    assert (job.matches, job.tries, job.feed.spec) == ((MATCH,), 0, SPEC)
    assert job.entry == replace(entry("guid-2", capture=Capture.PENDING), aliases=())


async def test_a_revision_takes_the_entry_from_whoever_captures_the_old_text(store: SqlStore) -> None:
    one = entry(capture=Capture.PENDING)
    await polled(store, one)
    await store.claim_captures(owner="slow", now=NOW, lease=LEASE, limit=1)
    await polled(store, entry(text_hash="h2"), matched=False)
    with pytest.raises(LeaseLostError):
        await store.record_capture(CaptureRecord(entry_id=one.id, story=None, version=-1), owner="slow", now=NOW)
    assert await store.claim_captures(owner="next", now=NOW, lease=LEASE, limit=1) == (one.id,)


async def test_half_a_surrogate_pair_in_a_feed_does_not_stop_its_poll(store: SqlStore) -> None:
    await polled(store, entry(title="a\ud800b", capture=Capture.PENDING))
    job = await store.capture_job(entry().id)
    assert job is not None
    assert job.entry.entry.title == "a?b"


# -- captures


async def test_a_story_and_its_alert_come_back_as_they_were_given(store: SqlStore) -> None:
    told, raised, sent = await alerted(store)
    assert await store.story(told.id) == told
    assert await store.alerts() == (raised,)
    assert await store.alert(raised.id) == raised
    assert await store.delivery(sent.id) == sent
    assert await store.deliveries_of([raised.id, "other"]) == {raised.id: (sent,), "other": ()}
    assert await store.past_alerts(watch=MATCH.watch, group=told.id) != ()
    assert await store.past_alerts(watch="another", group=told.id) == ()


async def test_the_outbox_is_in_the_transaction_of_the_alert(store: SqlStore) -> None:
    one = entry(capture=Capture.PENDING)
    await polled(store, one)
    told = story(one)
    record = CaptureRecord(
        entry_id=one.id, story=told, version=99, alerts=(alert(told),), deliveries=(delivery("d", alert(told)),)
    )
    await store.claim_captures(owner="me", now=NOW, lease=LEASE, limit=1)
    with pytest.raises(StaleIndexError):
        await store.record_capture(record, owner="me", now=NOW)
    with pytest.raises(LeaseLostError):
        await store.record_capture(record, owner="another", now=NOW)
    assert (await store.stories(), await store.alerts(), await store.outbox()) == ((), (), ())


async def test_a_capture_done_twice_raises_nothing_twice(store: SqlStore) -> None:
    one = entry(capture=Capture.PENDING)
    await polled(store, one)
    told = story(one)
    raised, sent = alert(told), delivery("d", alert(told))
    await captured(store, one, told, alerts=[raised], deliveries=[sent], retry_page_at=NOW)
    await captured(store, one, told, alerts=[raised], deliveries=[sent])
    assert (await store.alerts(), len(await store.outbox()), len(await store.stories())) == ((raised,), 1, 1)


async def test_a_story_judged_again_takes_its_alert_to_its_new_group(store: SqlStore) -> None:
    first, _, _ = await alerted(store)
    one = entry("guid-2", capture=Capture.PENDING)
    await polled(store, one)
    told = story(one)
    await captured(store, one, told, alerts=[alert(told)], retry_page_at=NOW)
    again = Silenced(watch=MATCH.watch, reason=NoAlert.ALREADY, detail="told")
    whole = story(one, relation=Relation.COPY, group=first.id, of=first.id, text="The page at last.")
    await captured(store, one, whole, silenced=[again])
    assert len(await store.past_alerts(watch=MATCH.watch, group=first.id)) == 2
    assert (await store.status(NOW)).outcomes == {"alerted": 2}


async def test_the_same_text_under_a_new_key_is_not_captured_again(store: SqlStore) -> None:
    await alerted(store)
    renamed = replace(entry(capture=Capture.PENDING), aliases=("new-guid",))
    await polled(store, renamed)
    assert await store.claim_captures(owner="me", now=NOW + LEASE, lease=LEASE, limit=1) == ()
    assert set(await store.known_entries(SPEC.id, ["new-guid"])) == {"new-guid"}


async def test_an_entry_whose_text_does_not_match_is_done_without_a_story(store: SqlStore) -> None:
    one = entry(capture=Capture.PENDING)
    await polled(store, one)
    refused = Rejection(watch=MATCH.watch, reason=NoMatch.NEVER, detail="horoscope")
    await captured(store, one, None, rejections=[refused])
    assert await store.claim_captures(owner="a", now=NOW + LEASE * 2, lease=LEASE, limit=1) == ()
    assert await store.stories() == ()


async def test_a_page_that_failed_is_asked_for_again_later(store: SqlStore) -> None:
    one = entry(capture=Capture.PENDING)
    await polled(store, one)
    later = NOW + timedelta(minutes=10)
    await captured(store, one, story(one), retry_page_at=later)
    assert await store.claim_captures(owner="a", now=NOW, lease=LEASE, limit=1) == ()
    job = await store.capture_job(one.id)
    assert job is not None
    assert job.tries == 1
    better = story(one, text="The page at last.")
    await captured(store, one, better, now=later)
    found = await store.story(better.id)
    assert found is not None
    assert found.extraction.text == "The page at last."


async def test_the_version_of_the_index_moves_with_every_story(store: SqlStore) -> None:
    before = (await store.neighbours(urls=(), keys=(), since=NOW)).version
    await alerted(store)
    assert (await store.neighbours(urls=(), keys=(), since=NOW)).version > before


@pytest.mark.parametrize(
    ("situation", "urls", "keys", "since", "found"),
    [
        ("a key is shared", [], [3, 77], NOW, True),
        ("the address is the same", ["https://a.example/guid-1"], [], NOW, True),
        ("the canonical address is the same", ["https://a.example/guid-1?canonical"], [], NOW, True),
        ("nothing is shared", ["https://a.example/other"], [77], NOW, False),
        ("it is too old", [], [3], NOW + timedelta(days=14), False),
    ],
)
async def test_neighbours(
    store: SqlStore, situation: str, urls: list[str], keys: list[int], since: datetime, found: bool
) -> None:
    told, _, _ = await alerted(store)
    near = await store.neighbours(urls=urls, keys=keys, since=since)
    assert [one.id for one in near.stories] == ([told.id] if found else []), situation


async def test_neighbours_come_nearest_first_with_the_words_to_compare(store: SqlStore) -> None:
    one, two = entry("guid-1", capture=Capture.PENDING), entry("guid-2", capture=Capture.PENDING)
    await polled(store, one, two)
    await captured(store, one, story(one), keys=[1, 2, -(2**63)])
    assert await store.release_all_claims() == 1
    await captured(store, two, story(two, text="Other words."), keys=[1, 5])
    near = await store.neighbours(urls=[], keys=[1, 2, -(2**63)], since=NOW)
    assert [known.text for known in near.stories] == ["The whole story.", "Other words."]
    known = near.stories[0]
    assert (known.site, known.lede, known.language, known.published) == ("A", "The lede.", "ru", NOW)


async def test_a_seed_is_laid_once_and_is_always_a_neighbour(store: SqlStore) -> None:
    seed = story(entry("seed"))
    assert await store.record_seed(seed, [1, 2], now=NOW) is True
    assert await store.record_seed(seed, [1, 2], now=NOW) is False
    near = await store.neighbours(urls=[], keys=[], since=NOW + timedelta(days=400))
    assert [(one.id, one.is_seed) for one in near.stories] == [(seed.id, True)]


async def test_a_copy_adds_its_site_to_the_alert_of_the_same_text_alone(store: SqlStore) -> None:
    told, raised, _ = await alerted(store)
    await store.mark_filed(await store.unfiled(10))
    one = entry("guid-2", capture=Capture.PENDING)
    await polled(store, one)
    silenced = Silenced(watch=MATCH.watch, reason=NoAlert.COPY, detail="the same text")
    copy = story(one, relation=Relation.COPY, group=told.id, of=told.id, site="B")
    await captured(store, one, copy, silenced=[silenced])
    found = await store.alert(raised.id)
    assert found is not None
    assert found.copies == ("B",)
    assert [filed.id for filed, _ in (await store.unfiled(10)).alerts] == [raised.id]


# -- files


async def test_what_is_recorded_is_unfiled_until_its_file_is_written(store: SqlStore) -> None:
    told, raised, sent = await alerted(store)
    unfiled = await store.unfiled(10)
    assert (unfiled.stories, unfiled.alerts) == ((told,), ((raised, (sent,)),))
    await store.mark_filed(unfiled)
    after = await store.unfiled(10)
    assert (after.stories, after.alerts) == ((), ())


async def test_a_change_while_the_file_is_written_is_not_lost(store: SqlStore) -> None:
    _, raised, sent = await alerted(store)
    unfiled = await store.unfiled(10)
    await store.claim_deliveries(owner="me", now=NOW, lease=LEASE, limit=1)
    outcome = Outcome(answer=Answer.DELIVERED)
    await store.record_delivery(sent.after(outcome, NOW, 0.0), outcome, owner="me")
    await store.mark_filed(unfiled)
    ((filed, deliveries),) = (await store.unfiled(10)).alerts
    assert (filed.id, deliveries[0].state) == (raised.id, DeliveryState.DELIVERED)


# -- deliveries


@pytest.mark.parametrize(
    ("outcome", "state", "due"),
    [
        (Outcome(answer=Answer.DELIVERED), DeliveryState.DELIVERED, False),
        (Outcome(answer=Answer.REJECTED, reason="550 no such user"), DeliveryState.DEAD, False),
        (Outcome(answer=Answer.DEFERRED, reason="451 busy", left=("b@example.org",)), DeliveryState.PENDING, True),
    ],
)
async def test_what_a_try_came_to_is_kept(store: SqlStore, outcome: Outcome, state: DeliveryState, due: bool) -> None:
    _, _, sent = await alerted(store)
    assert await store.claim_deliveries(owner="me", now=NOW, lease=LEASE, limit=5) == (sent.id,)
    after = sent.after(outcome, NOW, 0.0)
    await store.record_delivery(after, outcome, owner="me")
    assert await store.delivery(sent.id) == after
    assert [one.id for one in await store.outbox(state=state)] == [sent.id]
    assert await store.claim_deliveries(owner="me", now=NOW, lease=LEASE, limit=5) == ()
    later = await store.claim_deliveries(owner="me", now=NOW + timedelta(days=1), lease=LEASE, limit=5)
    assert later == ((sent.id,) if due else ())


async def test_a_try_whose_claim_was_taken_over_is_not_recorded(store: SqlStore) -> None:
    _, _, sent = await alerted(store)
    await store.claim_deliveries(owner="a", now=NOW, lease=LEASE, limit=1)
    await store.claim_deliveries(owner="b", now=NOW + LEASE, lease=LEASE, limit=1)
    outcome = Outcome(answer=Answer.DELIVERED)
    with pytest.raises(LeaseLostError):
        await store.record_delivery(sent.after(outcome, NOW, 0.0), outcome, owner="a")
    assert await store.delivery(sent.id) == sent


async def test_a_delivery_without_an_alert_can_be_put_and_is_there_once(store: SqlStore) -> None:
    notice = delivery("notice-1")
    await store.put_delivery(notice)
    await store.put_delivery(notice)
    assert await store.outbox() == (notice,)
    assert await store.find_delivery("notice") == notice


async def test_a_dead_delivery_is_retried_or_dropped_by_the_beginning_of_its_key(store: SqlStore) -> None:
    _, _, sent = await alerted(store)
    outcome = Outcome(answer=Answer.REJECTED, reason="no")
    await store.claim_deliveries(owner="me", now=NOW, lease=LEASE, limit=1)
    await store.record_delivery(sent.after(outcome, NOW, 0.0), outcome, owner="me")
    later = NOW + timedelta(days=2)
    assert (await store.retry_delivery("d-g", later)).due_at == later
    assert await store.claim_deliveries(owner="me", now=later, lease=LEASE, limit=1) == (sent.id,)
    assert (await store.drop_delivery("d-g")).state is DeliveryState.DROPPED
    assert await store.claim_deliveries(owner="me", now=later + LEASE, lease=LEASE, limit=1) == ()


# -- health


async def test_status_adds_up(store: SqlStore) -> None:
    told, _, _ = await alerted(store)
    one = entry("guid-2", capture=Capture.PENDING)
    await polled(store, one, entry("guid-3", capture=Capture.PENDING))
    await store.release_all_claims()
    silenced = Silenced(watch=MATCH.watch, reason=NoAlert.COPY, detail="the same text")
    claimed = await store.claim_captures(owner="capturer", now=NOW, lease=LEASE, limit=10)
    assert len(claimed) == 2
    await store.release_all_claims()
    await captured(store, one, story(one, relation=Relation.COPY, group=told.id, of=told.id), silenced=[silenced])
    status = await store.status(NOW)
    assert (status.entries, status.stories, status.alerts, status.matches) == (3, 2, 1, 2)
    assert status.outcomes == {"alerted": 1, "copy": 1}
    assert (status.pending_captures, status.deliveries) == (1, {DeliveryState.PENDING: 1})
    assert (status.due_deliveries, status.due_feeds, status.last_poll) == (1, 0, NOW)
    assert status.size > 0


async def test_meta_keeps_small_facts(store: SqlStore) -> None:
    assert await store.meta("config") is None
    await store.set_meta("config", "a")
    await store.set_meta("config", "b")
    assert await store.meta("config") == "b"


async def test_a_notice_is_raised_once_and_cleared_once(store: SqlStore) -> None:
    assert await store.raise_notice("feed:a", "A is silent", NOW) is True
    assert await store.raise_notice("feed:a", "A is still silent", NOW) is False
    assert (await store.status(NOW)).notices == (("feed:a", "A is silent"),)
    assert await store.clear_notice("feed:a") is True
    assert await store.clear_notice("feed:a") is False
