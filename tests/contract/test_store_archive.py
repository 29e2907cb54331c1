"""What every store must do beside the flow: search, why, judging again, pruning, grouping by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from storeworld import LEASE, MATCH, NOW, SPEC, alert, alerted, captured, entry, polled, story

from watcher.model import (
    Answer,
    Capture,
    CaptureRecord,
    Grouping,
    NoMatch,
    Outcome,
    PollRecord,
    Rejection,
    Relation,
    StoreError,
)
from watcher.model.reports import Retention, Why
from watcher.store import SqlStore

# -- search


SEARCHES = [
    ("a word of the text", "STORY", True),
    ("two words, anywhere", "lede whole", True),
    ("a phrase", '"whole story"', True),
    ("a phrase in another order", '"story whole"', False),
    ("the beginning of a word", "sto*", True),
    ("a word that is not there", "whole giraffe", False),
    ("without a word that is there", "story -whole", False),
    ("in Cyrillic, other case", "маск", True),
    ("signs that mean something to the index", 'story AND (NEAR "whole', False),
    ("a column's name and a colon", "text:story", False),
]


@pytest.mark.parametrize(("situation", "query", "found"), SEARCHES)
async def test_search(store: SqlStore, situation: str, query: str, found: bool) -> None:
    told, _, _ = await alerted(store)
    results = await store.search(query)
    assert [one.story.id for one in results] == ([told.id] if found else []), situation


async def test_a_search_marks_the_words_and_can_be_narrowed(store: SqlStore) -> None:
    await alerted(store)
    (result,) = await store.search("story", watch=MATCH.watch, site="a", since=NOW)
    assert result.snippet == (("The whole ", False), ("story", True), (".", False))
    assert await store.search("story", watch="another") == ()
    assert await store.search("story", site="B") == ()
    assert await store.search("story", since=NOW + LEASE) == ()
    assert await store.search("story", until=NOW) == ()
    assert len(await store.search("story", site="a.example")) == 1
    with pytest.raises(StoreError, match="no word"):
        await store.search(' "* ')


IN_ONE_RUN = [
    ("two letters of a Chinese text", "东京的警察在星期一逮捕了马斯克的助手。", "马斯克", True),
    ("letters in another order", "东京的警察在星期一逮捕了马斯克的助手。", "斯马克", False),
    ("one letter", "东京的警察。", "京", True),
    ("kana and kanji", "イーロン・マスク氏は東京で演説した。", "東京で", True),
    ("Thai, which has no spaces", "ตำรวจจับกุมชายคนหนึ่งในกรุงเทพเมื่อวันจันทร์", "กรุงเทพ", True),
    ("Thai that is not there", "ตำรวจจับกุมชายคนหนึ่งในกรุงเทพเมื่อวันจันทร์", "เชียงใหม่", False),
    ("Korean with an ending", "경찰은 서울에서 머스크를 만났다.", "머스크", True),
    ("Latin inside", "他说OpenAI很好", "openai", True),
]


@pytest.mark.parametrize(("situation", "words", "query", "found"), IN_ONE_RUN)
async def test_scripts_without_spaces_are_found_by_any_run_of_letters(
    store: SqlStore, situation: str, words: str, query: str, found: bool
) -> None:
    one = entry(capture=Capture.PENDING)
    await polled(store, one)
    await captured(store, one, story(one, text=words))
    results = await store.search(query)
    assert bool(results) is found, situation
    for result in results:
        assert "".join(piece for piece, _ in result.snippet).strip("…") in words
        assert [piece for piece, marked in result.snippet if marked]


@pytest.mark.parametrize(
    "query", ["a" * 10_000, '"' * 99 + "story", "story\0", "NEAR(story)", "story*-*", "^story", "{a}"]
)
async def test_a_query_is_words_whatever_signs_are_in_it(store: SqlStore, query: str) -> None:
    await alerted(store)
    assert len(await store.search(query)) <= 1
    with pytest.raises(StoreError, match="too many"):
        await store.search("story " * 100)


async def test_a_story_told_anew_is_found_by_its_new_words_alone(store: SqlStore) -> None:
    one = entry(capture=Capture.PENDING)
    await polled(store, one)
    await captured(store, one, story(one, text="Old giraffe."), retry_page_at=NOW)
    await captured(store, one, story(one, text="New okapi."))
    assert [len(await store.search(word)) for word in ("giraffe", "okapi")] == [0, 1]


# -- why, and judging again


@pytest.mark.parametrize(
    "url", ["https://a.example/guid-1", "http://a.example/guid-1/", "https://a.example/guid-1?canonical"]
)
async def test_why_tells_all_that_was_decided_about_an_address(store: SqlStore, url: str) -> None:
    told, raised, sent = await alerted(store)
    await store.claim_deliveries(owner="me", now=NOW, lease=LEASE, limit=1)
    outcome = Outcome(answer=Answer.DEFERRED, reason="451 busy", left=sent.message.recipients)
    await store.record_delivery(sent.after(outcome, NOW, 0.0), outcome, owner="me")
    why = await store.why(url)
    assert await store.why(why.stories[0].story.id) == why
    assert [(one.entry.key, one.matches, one.feed.spec) for one in why.entries] == [("guid-1", (MATCH,), SPEC)]
    (here,) = why.stories
    assert (here.story, [one.outcome for one in here.decisions], here.group) == (told, ["alerted"], (told,))
    ((alert_, (carried,)),) = here.alerts
    assert (alert_.id, carried.delivery.id, [one.reason for one in carried.attempts]) == (
        raised.id,
        sent.id,
        ["451 busy"],
    )


async def test_why_of_an_entry_that_came_to_nothing_tells_the_reason(store: SqlStore) -> None:
    one = entry(capture=Capture.PENDING)
    await polled(store, one)
    refused = Rejection(watch=MATCH.watch, reason=NoMatch.NEVER, detail="horoscope")
    await captured(store, one, None, rejections=[refused])
    why = await store.why("https://a.example/guid-1#comments")
    assert ([found.story_rejections for found in why.entries], why.stories) == ([(refused,)], ())
    assert await store.why("https://a.example/never") == Why(entries=(), stories=())
    assert await store.why("0" * 32) == Why(entries=(), stories=())


async def test_every_kept_entry_comes_once_for_judging_again(store: SqlStore) -> None:
    await alerted(store)
    await polled(store, *(entry(f"plain-{number}") for number in range(7)), matched=False)
    pages = [page async for page in store.entries_since(NOW, step=3)]
    assert [len(page) for page in pages] == [3, 3, 2]
    everything = [one for page in pages for one in page]
    assert len({one.entry.id for one in everything}) == 8
    (with_story,) = [one for one in everything if one.stories]
    assert (with_story.matches, [one.outcome for one in with_story.decisions]) == ((MATCH,), ["alerted"])
    assert [page async for page in store.entries_since(NOW + LEASE)] == []


async def test_what_was_read_of_a_page_that_nothing_matched_comes_for_judging_again(store: SqlStore) -> None:
    one = entry(capture=Capture.PENDING)
    await polled(store, one, matched=False)
    await store.claim_captures(owner="me", now=NOW, lease=LEASE, limit=1)
    read = story(one, text="Маск in the page \ud800 alone").extraction
    record = CaptureRecord(entry_id=one.id, story=None, unmatched=read, version=-1)
    await store.record_capture(record, owner="me", now=NOW)
    ((archived,),) = [page async for page in store.entries_since(NOW)]
    assert (archived.stories, archived.page) == ((), ("ru", "Маск in the page ? alone"))


# -- what outlived its time


POLICY = Retention(entries=timedelta(days=90), seen=timedelta(days=180), stories=timedelta(days=365))


async def pruned(store: SqlStore, now: datetime, policy: Retention = POLICY) -> list[str]:
    """Prunes in steps of one until nothing is left to do; the files that went."""
    files: list[str] = []
    for _ in range(50):
        step = await store.prune(now, policy, step=1)
        files += step.files
        if not step.more:
            return files
    raise AssertionError("it never ends")


@pytest.mark.parametrize(
    ("days", "entries", "known", "stories", "near"),
    [(1, 3, 3, 1, 1), (15, 3, 3, 1, 0), (91, 0, 3, 1, 0), (181, 0, 0, 1, 0), (366, 0, 0, 0, 0)],
)
async def test_what_is_kept_after(
    store: SqlStore, days: int, entries: int, known: int, stories: int, near: int
) -> None:
    await alerted(store)
    await polled(store, entry("guid-2"), entry("guid-3"), matched=False)
    files = await pruned(store, NOW + timedelta(days=days))
    status = await store.status(NOW)
    assert (status.entries, status.stories, status.alerts) == (entries, stories, stories)
    names = ["guid-1", "title:guid-1", "link:guid-2", "guid-3"]
    assert len(await store.known_entries(SPEC.id, names)) == (4 if known else 0)
    assert len((await store.neighbours(urls=[], keys=[1], since=NOW)).stories) == near
    assert len(await store.search("story")) == stories
    assert files == ([] if stories else ["stories/2026/11/23/x.md", "alerts/2026/11/23/x.md"])
    assert await store.integrity() == ()


async def test_a_key_that_its_feed_still_shows_is_not_forgotten(store: SqlStore) -> None:
    await polled(store, entry(), matched=False)
    later = NOW + timedelta(days=170)
    await store.claim_feeds(owner="poller", now=later, lease=LEASE, limit=1)
    feed = await store.feed(SPEC.id)
    assert feed is not None
    await store.record_poll(PollRecord(feed=feed, polled_at=later, seen_keys=("guid-1",)), owner="poller")
    await pruned(store, NOW + timedelta(days=200))
    assert set(await store.known_entries(SPEC.id, ["guid-1", "link:guid-1"])) == {"guid-1", "link:guid-1"}
    assert (await store.status(NOW)).entries == 0


async def test_a_seed_and_what_still_waits_are_never_pruned(store: SqlStore) -> None:
    await store.record_seed(story(entry("seed")), [1], now=NOW)
    await polled(store, entry(capture=Capture.PENDING))
    await pruned(store, NOW + timedelta(days=4000))
    status = await store.status(NOW)
    assert (status.seeds, status.pending_captures) == (1, 1)


# -- groups by hand, and rows from files


async def test_a_story_split_by_hand_takes_its_copies_along_and_stays_split(store: SqlStore) -> None:
    first, _, _ = await alerted(store)
    two, three = entry("guid-2", capture=Capture.PENDING), entry("guid-3", capture=Capture.PENDING)
    await polled(store, two, three)
    await store.release_all_claims()
    follow_up = story(two, relation=Relation.FOLLOW_UP, group=first.id, of=first.id)
    await captured(store, two, follow_up, alerts=[alert(follow_up)], retry_page_at=NOW + LEASE)
    await store.release_all_claims()
    copy = story(three, relation=Relation.COPY, group=first.id, of=follow_up.id, site="B")
    await captured(store, three, copy)
    alone = Grouping(group=follow_up.id, relation=Relation.FIRST, reason="split by hand")
    await store.regroup(follow_up.id, alone)
    for id_ in (follow_up.id, copy.id):
        found = await store.story(id_)
        assert found is not None
        assert found.grouping.group == follow_up.id
    assert [one.story_id for one in await store.past_alerts(watch=MATCH.watch, group=follow_up.id)] == [follow_up.id]
    await captured(store, two, follow_up, now=NOW + LEASE)
    again = await store.story(follow_up.id)
    assert again is not None
    assert again.grouping == alone
    with pytest.raises(StoreError, match="no story"):
        await store.regroup("f" * 32, alone)


async def test_stories_and_alerts_are_restored_from_their_files_without_sending(store: SqlStore) -> None:
    told = story(entry())
    raised = alert(told)
    assert await store.restore(told, [1], [raised], now=NOW) is True
    assert await store.restore(told, [1], [raised], now=NOW) is False
    assert (await store.alerts(), await store.outbox()) == ((raised,), ())
    unfiled = await store.unfiled(10)
    assert (unfiled.stories, unfiled.alerts) == ((), ())
    assert len((await store.neighbours(urls=[], keys=[1], since=NOW)).stories) == 1


async def test_a_baseline_entry_alerts_only_if_a_revision_brought_the_match(store: SqlStore) -> None:
    matched, plain = entry("guid-1"), entry("guid-2")
    await polled(store, replace(matched, alertable=False))
    await polled(store, replace(plain, alertable=False), matched=False)
    for one in (matched, plain):
        await polled(store, replace(one, text_hash="h2", alertable=True, capture=Capture.PENDING))
    jobs = [await store.capture_job(one.id) for one in (matched, plain)]
    assert [job and job.entry.alertable for job in jobs] == [False, True]
