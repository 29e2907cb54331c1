"""What is new in a document, what is rewritten, what may alert: situations of one feed between two polls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from watcher.feeds.identity import Sorted, keyed, sort_out
from watcher.model import Entry, Feed, FeedSpec, FeedState, Known

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
SPEC = FeedSpec(url="https://news.example/feed")
ACTIVE = Feed(spec=SPEC, url=SPEC.url, due_at=NOW, state=FeedState.ACTIVE)
NEW = ACTIVE.evolve(state=FeedState.NEW)


def entry(number: int, **changes: object) -> Entry:
    fields: dict[str, object] = {
        "guid": f"g{number}",
        "link": f"https://news.example/a/{number}",
        "title": f"Title {number}",
        "summary": f"Words {number}",
    }
    return Entry(**(fields | changes))  # type: ignore[arg-type]


def look(entries: Sequence[Entry], known: Mapping[str, Known] | None = None, feed: Feed = ACTIVE) -> Sorted:
    return sort_out(feed=feed, keyed=keyed(entries), known=known or {}, now=NOW, first_poll_alerts=DAY)


def remembered(result: Sorted, known: Mapping[str, Known] | None = None) -> dict[str, Known]:
    """What a store answers after it recorded this: every key and alias leads to its entry."""
    return dict(known or {}) | {
        name: Known(entry_id=one.id, key=one.key, text_hash=one.text_hash)
        for one in result.entries
        for name in (one.key, *one.aliases)
    }


FIVE = [entry(number) for number in range(5)]


def test_nothing_is_known_and_everything_is_new() -> None:
    result = look(FIVE)
    assert (result.new, result.overlap, result.flood, result.revised) == (5, 0.0, False, frozenset())
    assert [one.entry for one in result.entries] == FIVE
    assert result.seen_keys == ("g0", "g1", "g2", "g3", "g4")
    assert all(one.alertable and one.first_seen == NOW and one.feed_id == SPEC.id for one in result.entries)


def test_the_same_document_again_brings_nothing() -> None:
    result = look(FIVE, remembered(look(FIVE)))
    assert (result.entries, result.new, result.overlap) == ((), 0, 1.0)
    assert result.seen_keys == ("g0", "g1", "g2", "g3", "g4")


SAME = {
    "http for https": {"link": "http://news.example/a/0"},
    "tracking parameters": {"link": "https://news.example/a/0?utm_source=rss&utm_medium=feed"},
    "a fragment": {"link": "https://news.example/a/0#comments"},
    "the AMP edition": {"link": "https://news.example/a/0/amp/"},
    "white space and markup": {"summary": "<p>Words\n  0</p>"},
    "text moved from summary to content": {"summary": "", "content": ("Words 0",)},
    "another date": {"published": NOW},
    "another author": {"authors": ("Ann",)},
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_what_is_no_change_of_the_words_is_no_revision(change: dict[str, object]) -> None:
    result = look([entry(0, **change), *FIVE[1:]], remembered(look(FIVE)))
    assert (result.new, result.revised) == (0, frozenset())


REVISED = {
    "title": {"title": "Another title"},
    "summary": {"summary": "Other words"},
    "one more content": {"content": ("A correction",)},
    "title and link": {"title": "Another title", "link": "https://news.example/b/9"},
}


@pytest.mark.parametrize("change", REVISED.values(), ids=REVISED)
def test_other_words_under_the_same_guid_are_a_revision_with_the_same_id(change: dict[str, object]) -> None:
    before = look(FIVE)
    result = look([entry(0, **change), *FIVE[1:]], remembered(before))
    assert result.new == 0
    assert result.revised == {before.entries[0].id}
    assert [one.id for one in result.entries] == [before.entries[0].id]
    assert result.entries[0].text_hash != before.entries[0].text_hash


REKEYED = {
    "a guid that is the same address over https": (
        {"guid": "http://news.example/?p=1"},
        {"guid": "https://news.example/?p=1", "title": "Changed", "link": None},
    ),
    "a guid with a tracking parameter": (
        {"guid": "https://news.example/?p=1"},
        {"guid": "https://news.example/?p=1&utm_source=x", "link": None},
    ),
    "another guid, the same page and title": ({}, {"guid": "other"}),
    "a feed that begins to give guids": ({"guid": None}, {}),
    "a feed that stops giving guids": ({}, {"guid": None}),
}


@pytest.mark.parametrize(("before", "after"), REKEYED.values(), ids=REKEYED)
def test_one_entry_that_changes_its_key_is_known_again_and_stays_so(
    before: dict[str, object], after: dict[str, object]
) -> None:
    first = look([entry(0, **before), *FIVE[1:]])
    known = remembered(first)
    changed = [entry(0, **after), *FIVE[1:]]
    second = look(changed, known)
    assert (second.new, second.flood) == (0, False)
    assert second.revised <= {first.entries[0].id}
    third = look(changed, remembered(second, known))
    assert (third.new, third.entries) == (0, ())


def test_a_feed_with_other_guids_at_every_poll_is_not_recorded_again_at_every_poll() -> None:
    known = remembered(look(FIVE))
    for poll in range(3):
        result = look([entry(number, guid=f"session-{poll}-{number}") for number in range(5)], known)
        assert (result.new, result.entries) == (0, ())
        assert result.seen_keys == ("g0", "g1", "g2", "g3", "g4")


def test_one_entry_under_two_of_its_names_counts_once() -> None:
    first = look([entry(0, guid="http://news.example/?p=1")])
    twice = [entry(0, guid=f"{scheme}://news.example/?p=1", summary=scheme) for scheme in ("https", "http")]
    result = look(twice, remembered(first))
    assert [one.entry.summary for one in result.entries] == ["https"]
    assert result.revised == {first.entries[0].id}


OTHERS = {
    "another entry on the same page (a live blog)": {"guid": "new", "title": "Another post"},
    "another post of one page under one title": {"guid": "new", "summary": "More of it"},
    "another entry under the same title (a daily briefing)": {"guid": "new", "link": "https://news.example/b/1"},
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_an_entry_that_shares_only_page_or_title_is_new(change: dict[str, object]) -> None:
    result = look([entry(0, **change), *FIVE], remembered(look(FIVE)))
    assert [one.key for one in result.entries] == ["new"]
    assert result.new == 1


FLOODS = {
    "all guids": {"guid": "moved-{}"},
    "all guids, and the titles of known pages": {"guid": "moved-{}", "title": "Rewritten {}"},
    "all guids and pages, under the same titles": {"guid": "moved-{}", "link": "https://new.example/{}"},
}


@pytest.mark.parametrize("change", FLOODS.values(), ids=FLOODS)
def test_a_feed_that_changes_all_its_guids_at_once_raises_no_flood(change: dict[str, str]) -> None:
    known = remembered(look(FIVE))
    moved = [entry(n, **{name: value.format(n) for name, value in change.items()}) for n in range(5)]
    truly_new = entry(99)
    second = look([truly_new, *moved], known)
    assert [one.key for one in second.entries if one.id not in second.revised] == ["g99"]
    assert (second.new, len(second.revised), second.flood) == (1, 5, True) if "title" in change else second.new == 1
    third = look([entry(100), truly_new, *moved[:2]], remembered(second, known))
    assert [one.key for one in third.entries] == ["g100"]


def test_after_a_long_outage_everything_that_is_new_is_new() -> None:
    result = look([entry(number) for number in range(20, 40)], remembered(look(FIVE)))
    assert (result.new, result.flood, result.overlap) == (20, False, 0.0)
    assert all(one.alertable for one in result.entries)


def test_an_entry_that_was_cut_short_waits_for_the_whole_document() -> None:
    assert [one.key for one in look([entry(0), entry(1, guid="g", cut=True)]).entries] == ["g0"]


def test_two_entries_with_one_key_count_once_and_the_first_wins() -> None:
    result = look([entry(0), entry(0, summary="Later words")])
    assert [one.entry.summary for one in result.entries] == ["Words 0"]


def test_a_guid_that_all_entries_share_is_no_key() -> None:
    constant = [entry(number, guid="https://news.example/") for number in range(3)]
    first = look(constant)
    assert first.new == 3
    assert look(constant, remembered(first)).new == 0
    assert look([entry(7, guid="https://news.example/"), *constant], remembered(first)).new == 1


def test_entries_without_guid_that_share_one_page_are_told_apart_by_their_words() -> None:
    page = "https://news.example/status"
    posts = [entry(number, guid=None, link=page) for number in range(3)]
    first = look(posts)
    assert first.new == 3
    assert look([entry(3, guid=None, link=page), *posts[:2]], remembered(first)).new == 1


def test_an_entry_with_nothing_but_words_has_a_key() -> None:
    thought = Entry(summary="Just a thought")
    first = look([thought, Entry(summary="Another")])
    assert first.new == 2
    assert look([thought], remembered(first)).new == 0


BASELINE = [
    ("dated an hour ago", {"published": NOW - timedelta(hours=1)}, True),
    ("dated 23 hours ago", {"published": NOW - timedelta(hours=23)}, True),
    ("dated 25 hours ago", {"published": NOW - timedelta(hours=25)}, False),
    ("not dated", {}, False),
    ("updated an hour ago", {"updated": NOW - timedelta(hours=1)}, True),
    ("published long ago, updated now", {"published": NOW - 9 * DAY, "updated": NOW}, False),
    ("dated tomorrow (another time zone)", {"published": NOW + DAY}, True),
    ("dated next year", {"published": NOW + 365 * DAY}, False),
]


@pytest.mark.parametrize(("dates", "alerts"), [row[1:] for row in BASELINE], ids=[row[0] for row in BASELINE])
def test_of_a_baseline_only_what_is_dated_shortly_before_may_alert(dates: dict[str, object], alerts: bool) -> None:
    result = look([entry(0, **dates)], feed=NEW)
    assert [one.alertable for one in result.entries] == [alerts]
    assert (result.new, result.overlap) == (1, 1.0)
    assert [one.alertable for one in look([entry(0, **dates)]).entries] == [True]


def test_a_date_in_the_future_is_not_kept() -> None:
    (kept,) = look([entry(0, published=NOW + 3 * DAY, updated=NOW)]).entries
    assert (kept.entry.published, kept.entry.updated) == (None, NOW)


def test_what_was_known_at_a_baseline_counts_as_known() -> None:
    assert look(FIVE, remembered(look(FIVE, feed=NEW)), feed=NEW).new == 0
