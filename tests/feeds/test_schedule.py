"""What a poll told us, and when the feed is asked again: a table of situations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from watcher.feeds import schedule
from watcher.model import Entry, Feed, FeedSpec, FeedState, FetchError, FetchReason, ParsedFeed, Response

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SPEC = FeedSpec(url="https://news.example/feed")


def feed(**changes: object) -> Feed:
    """A feed that was polled well an hour ago, has an entry an hour, and had the last one at that poll."""
    usual = Feed(
        spec=SPEC,
        state=FeedState.ACTIVE,
        url=SPEC.url,
        title="News",
        etag=b'"1"',
        last_modified=b"Mon, 23 Nov 2026 10:00:00 GMT",
        body_hash="old",
        due_at=NOW,
        polled_at=NOW - HOUR,
        succeeded_at=NOW - HOUR,
        changed_at=NOW - HOUR,
        baseline_at=NOW - 9 * DAY,
        whole_at=NOW - HOUR,
        gap=3600.0,
    )
    return usual.evolve(**changes)


NEVER_POLLED = Feed(spec=SPEC, url=SPEC.url, due_at=NOW)


def response(status: int = 200, *, moved_to: str | None = None, headers: dict[str, str] | None = None) -> Response:
    return Response(
        url=SPEC.url,
        status=status,
        headers={name.replace("_", "-"): value for name, value in (headers or {}).items()},
        body=b"",
        etag=b'"2"',
        moved_to=moved_to,
        fetched_at=NOW,
    )


def entries(*ages: timedelta) -> tuple[Entry, ...]:
    return tuple(Entry(title=str(age), published=NOW - age) for age in ages)


def changed(
    before: Feed,
    answer: Response | None = None,
    *,
    parsed: ParsedFeed | None = None,
    new: int = 1,
    overlap: float = 0.9,
    jitter: float = 0.0,
) -> Feed:
    return schedule.after_answer(
        before, answer or response(), parsed or ParsedFeed(), body_hash="new", new=new, overlap=overlap, now=NOW,
        jitter=jitter,
    )  # fmt: skip


def unchanged(before: Feed, answer: Response | None = None, *, body_hash: str | None = None) -> Feed:
    return schedule.after_answer(
        before, answer or response(304), None, body_hash=body_hash, new=0, overlap=1.0, now=NOW, jitter=0.0
    )


def wait(after: Feed) -> timedelta:
    return after.due_at - NOW


PACE = {
    "an entry an hour: a quarter of that": ({}, 15 * MINUTE),
    "an entry a minute: never under five minutes": ({"gap": 60.0}, 5 * MINUTE),
    "an entry a month: never over six hours": ({"gap": 30 * 86400.0}, 6 * HOUR),
    "nobody knows: as if it were an entry an hour": ({"gap": None}, 15 * MINUTE),
    "silent for 16 hours: every hour": ({"changed_at": NOW - 16 * HOUR}, HOUR),
    "silent for a month: four times a day": ({"changed_at": NOW - 30 * DAY}, 6 * HOUR),
    "every: two minutes": ({"spec": FeedSpec(url=SPEC.url, every=2 * MINUTE)}, 2 * MINUTE),
    "every: two days": ({"spec": FeedSpec(url=SPEC.url, every=2 * DAY)}, 2 * DAY),
}


@pytest.mark.parametrize(("state", "expected"), PACE.values(), ids=PACE)
def test_the_pace_follows_the_feed_or_its_owner(state: dict[str, object], expected: timedelta) -> None:
    assert wait(unchanged(feed(**state))) == expected


WISHES = {
    "max-age of an hour": ({"cache_control": "public, max-age=3600"}, None, HOUR),
    "max-age, half of it spent on the way": ({"cache_control": "max-age=7200", "age": "3600"}, None, HOUR),
    "max-age under our own pace": ({"cache_control": "max-age=60"}, None, 15 * MINUTE),
    "max-age of a year is followed for a day": ({"cache_control": "max-age=31536000"}, None, DAY),
    "no-cache beats max-age": ({"cache_control": "no-cache, max-age=3600"}, None, 15 * MINUTE),
    "no-cache of one header field": ({"cache_control": 'max-age=3600, no-cache="set-cookie"'}, None, HOUR),
    "nonsense": ({"cache_control": "max-age=soon, =, ,;"}, None, 15 * MINUTE),
    "Expires in two hours": ({"expires": "Mon, 23 Nov 2026 14:00:00 GMT"}, None, 2 * HOUR),
    "Expires by a clock that is an hour fast": (
        {"expires": "Mon, 23 Nov 2026 15:00:00 GMT", "date": "Mon, 23 Nov 2026 13:00:00 GMT"},
        None,
        2 * HOUR,
    ),
    "max-age beats Expires": (
        {"cache_control": "max-age=3600", "expires": "Mon, 23 Nov 2026 18:00:00 GMT"},
        None,
        HOUR,
    ),
    "Expires long ago": ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None, 15 * MINUTE),
    "Expires: 0": ({"expires": "0"}, None, 15 * MINUTE),
    "Retry-After on a good answer": ({"retry_after": "7200"}, None, 2 * HOUR),
    "Retry-After as a date": ({"retry_after": "Mon, 23 Nov 2026 13:30:00 GMT"}, None, 90 * MINUTE),
    "ttl of 40 minutes": ({}, 2400.0, 40 * MINUTE),
    "ttl of a month is followed for a day": ({}, 30 * 86400.0, DAY),
    "the longest of several": ({"cache_control": "max-age=1800"}, 2400.0, 40 * MINUTE),
}


@pytest.mark.parametrize(("headers", "ttl", "expected"), WISHES.values(), ids=WISHES)
def test_never_sooner_than_the_publisher_asks(headers: dict[str, str], ttl: float | None, expected: timedelta) -> None:
    after = changed(feed(), response(headers=headers), parsed=ParsedFeed(ttl=ttl))
    assert wait(after) == expected


def test_the_documents_wish_holds_for_the_304s_after_it() -> None:
    after = changed(feed(), parsed=ParsedFeed(ttl=3600.0))
    assert wait(unchanged(after)) == HOUR
    assert wait(changed(after)) < HOUR


def test_the_publishers_wish_goes_before_the_owners() -> None:
    every = feed(spec=FeedSpec(url=SPEC.url, every=MINUTE))
    assert wait(changed(every, response(headers={"cache_control": "max-age=600"}))) == 10 * MINUTE


SKIPS = {  # NOW is a Monday, 12:00
    "an hour that is to be skipped": ({"skip_hours": (12, 13)}, 2 * HOUR),
    "another hour": ({"skip_hours": (13, 14)}, 15 * MINUTE),
    "a day": ({"skip_days": (0,)}, 12 * HOUR),
    "days and hours": ({"skip_days": (0, 1), "skip_hours": (0, 1, 2)}, 39 * HOUR),
    "all but one hour of the week": (
        {"skip_days": (0, 1, 2, 3, 4, 5), "skip_hours": tuple(range(23))}, timedelta(days=6, hours=11),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("skips", "expected"), SKIPS.values(), ids=SKIPS)
def test_hours_and_days_that_a_feed_asks_to_skip(skips: dict[str, tuple[int, ...]], expected: timedelta) -> None:
    document = ParsedFeed(**skips)  # type: ignore[arg-type]
    after = changed(feed(), parsed=document)
    assert wait(after) == expected
    assert wait(unchanged(after)) == expected
    assert wait(failed(after)) >= (expected if expected > HOUR else timedelta(0))
    assert after.quiet_until is None


def test_after_skipped_hours_feeds_do_not_come_back_in_one_minute() -> None:
    after = changed(feed(), parsed=ParsedFeed(skip_hours=(12,)), jitter=0.5)
    assert wait(after) == HOUR + 5 * MINUTE


@pytest.mark.parametrize(
    ("url", "told", "adopted"),
    [
        ("https://old.example/f", "https://new.example/f", True),
        ("http://old.example/f", "http://new.example/f", True),
        ("https://old.example/f", "http://new.example/f", False),
        ("https://old.example/f", "ftp://new.example/f", False),
        ("https://old.example/f", "https://old.example/f", False),
        ("https://old.example/f", SPEC.url, False),
    ],
    ids=["said three times", "of http", "to http", "to what is no web", "to itself", "back to where we were sent from"],
)
def test_a_new_address_in_the_document_is_adopted_after_three_polls(url: str, told: str, adopted: bool) -> None:
    after = changed(feed(url=url), parsed=ParsedFeed(moved_to=told))
    after = unchanged(after)
    assert after.url == url
    after = unchanged(after)
    assert after.url == (told if adopted else url)
    assert ((after.etag, after.last_modified) == (None, None)) is adopted
    assert schedule.validators(unchanged(after), NOW)[0] == b'"2"'


def test_the_warning_of_the_last_document_is_kept() -> None:
    after = changed(feed(), parsed=ParsedFeed(warning="damaged XML"))
    assert unchanged(after).warning == "damaged XML"
    assert changed(after).warning is None


CROWDS = {
    "its first poll, with all others'": (NEVER_POLLED, 22.5),
    "due hours ago: nobody watched": (feed(due_at=NOW - 9 * HOUR), 22.5),
    "due a moment ago": (feed(due_at=NOW - MINUTE), 16.5),
}


@pytest.mark.parametrize(("before", "latest"), CROWDS.values(), ids=CROWDS)
def test_feeds_that_were_due_all_at_once_do_not_meet_again(before: Feed, latest: float) -> None:
    assert wait(changed(before, jitter=0.0)) == 15 * MINUTE
    assert wait(changed(before, jitter=1.0)) == timedelta(minutes=latest)


@pytest.mark.parametrize(("jitter", "expected"), [(0.0, 15.0), (0.5, 15.75), (1.0, 16.5)])
def test_jitter_only_makes_it_later(jitter: float, expected: float) -> None:
    assert wait(changed(feed(), jitter=jitter)) == timedelta(minutes=expected)


@pytest.mark.parametrize(
    ("overlap", "expected"),
    [(0.9, 2 * HOUR), (0.5, 2 * HOUR), (0.4, 24 * MINUTE), (0.0, 15 * MINUTE)],
    ids=["plenty", "half", "thin: a part of the last wait", "torn: a quarter of it"],
)
def test_a_document_that_turned_over_too_fast_is_asked_for_sooner(overlap: float, expected: timedelta) -> None:
    assert wait(changed(feed(gap=8 * 3600.0, changed_at=NOW - 8 * HOUR), new=1, overlap=overlap)) == expected


def test_a_delta_is_no_torn_document() -> None:
    slow = feed(gap=8 * 3600.0, changed_at=NOW - 8 * HOUR)
    assert wait(changed(slow, response(226), new=1, overlap=0.0)) == 2 * HOUR


def test_the_usual_gap_is_smoothed() -> None:
    after = changed(feed(gap=3600.0, changed_at=NOW - 2 * HOUR), new=1)
    assert after.gap == pytest.approx(3600 + 0.3 * 3600)
    assert after.changed_at == NOW
    assert unchanged(feed()).gap == 3600.0


def test_the_first_good_poll_is_the_baseline_and_tells_the_gap_by_its_dates() -> None:
    after = changed(NEVER_POLLED, parsed=ParsedFeed(title="News", entries=entries(HOUR, 3 * HOUR, 5 * HOUR)), new=3)
    assert (after.state, after.baseline_at, after.gap, after.changed_at) == (FeedState.ACTIVE, NOW, 7200.0, NOW - HOUR)
    assert wait(after) == 30 * MINUTE


def test_a_changed_answer_replaces_both_validators_and_the_hash() -> None:
    after = changed(feed(), parsed=ParsedFeed(title="New name", site_url="https://news.example/"))
    assert (after.etag, after.last_modified, after.body_hash) == (b'"2"', None, "new")
    assert (after.title, after.site_url) == ("New name", "https://news.example/")
    assert (after.polled_at, after.succeeded_at, after.whole_at) == (NOW, NOW, NOW)


def test_the_same_body_replaces_the_validators_too() -> None:
    after = unchanged(feed(), response(200), body_hash="old")
    assert (after.etag, after.last_modified, after.title, after.whole_at) == (b'"2"', None, "News", NOW)


def test_a_304_refreshes_what_it_says_and_keeps_the_rest() -> None:
    after = unchanged(feed())
    assert (after.etag, after.last_modified) == (b'"2"', feed().last_modified)
    assert (after.body_hash, after.whole_at, after.succeeded_at) == ("old", NOW - HOUR, NOW)


UNREADABLE = {
    "a new feed's: asked by its validators, so that the same page does not come again": (NEVER_POLLED, (b'"2"', None)),
    "a known feed's: asked by those of what was read": (feed(), (feed().etag, feed().last_modified)),
}


@pytest.mark.parametrize(("before", "sent"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_cannot_be_read(before: Feed, sent: tuple[bytes | None, bytes | None]) -> None:
    page = response(headers={"cache_control": "max-age=600"})
    after = schedule.after_failure(before, "an HTML page", now=NOW, jitter=0.0, answer=page)
    assert schedule.validators(after, NOW + HOUR) == sent
    assert (wait(after), after.quiet_until) == (10 * MINUTE, NOW + 10 * MINUTE)
    assert (after.body_hash, after.baseline_at) == (before.body_hash, before.baseline_at)


def test_the_validators_of_an_unreadable_body_are_no_promise_for_ever() -> None:
    after = schedule.after_failure(NEVER_POLLED, "an HTML page", now=NOW, jitter=0.0, answer=response())
    again = schedule.after_failure(after, "an HTML page", now=NOW + 9 * HOUR, jitter=0.0, answer=response(304))
    assert schedule.validators(again, NOW + 9 * HOUR) == (b'"2"', None)
    assert schedule.validators(again, NOW + 11 * HOUR) == (None, None)
    assert changed(again).unread is False


QUIET_UNTIL = {
    "freshness": (lambda: changed(feed(), response(headers={"cache_control": "max-age=3600"})), HOUR),
    "no wish": (lambda: changed(feed()), None),
    "a wish of the document is no wish of the server": (lambda: changed(feed(), parsed=ParsedFeed(ttl=3600.0)), None),
    "Retry-After": (lambda: failed(feed(), status(503, retry_after=7200)), 2 * HOUR),
    "an error": (lambda: failed(feed(), status(500)), None),
    "410": (lambda: failed(feed(), status(410)), 20 * HOUR),
}


@pytest.mark.parametrize(("make", "expected"), QUIET_UNTIL.values(), ids=QUIET_UNTIL)
def test_until_when_nobody_may_ask(make: Callable[[], Feed], expected: timedelta | None) -> None:
    assert make().quiet_until == (NOW + expected if expected else None)


def test_a_feed_whose_host_is_left_alone_is_due_after_that_and_no_worse() -> None:
    refusal = FetchError(FetchReason.PAUSED, "left alone", status=429, retry_after=1800.0)
    after = schedule.after_pause(feed(), refusal, now=NOW, jitter=0.0)
    assert after == feed().evolve(due_at=NOW + 30 * MINUTE, quiet_until=NOW + 30 * MINUTE)


def test_a_good_answer_ends_a_failure() -> None:
    failing = feed(state=FeedState.FAILING, failures=7, failing_since=NOW - DAY, problem="status: 500")
    after = unchanged(failing)
    assert (after.state, after.failures, after.failing_since, after.problem) == (FeedState.ACTIVE, 0, None, None)


def test_what_was_removed_meanwhile_stays_removed() -> None:
    removed = feed(state=FeedState.REMOVED)
    assert changed(removed).state is FeedState.REMOVED
    assert schedule.after_failure(removed, "broken", now=NOW, jitter=0).state is FeedState.REMOVED


# ---------------------------------------------------------------------------------------------------------- failures


def failed(before: Feed, problem: FetchError | str = "damaged XML", now: datetime = NOW) -> Feed:
    return schedule.after_failure(before, problem, now=now, jitter=0.0)


def status(code: int, retry_after: float | None = None) -> FetchError:
    return FetchError(FetchReason.STATUS, f"HTTP {code}", status=code, retry_after=retry_after)


def test_a_failure_changes_nothing_of_what_is_known() -> None:
    before = feed()
    after = failed(before)
    kept = ("title", "etag", "last_modified", "body_hash", "succeeded_at", "changed_at", "whole_at", "gap", "url")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert (after.state, after.failures, after.problem) == (FeedState.FAILING, 1, "damaged XML")
    assert (after.failing_since, after.polled_at) == (NOW, NOW)
    assert failed(after, now=NOW + HOUR).failing_since == NOW


def test_a_feed_that_never_worked_stays_new_so_that_its_first_good_poll_is_the_baseline() -> None:
    assert failed(NEVER_POLLED).state is FeedState.NEW


BACK_OFF = [(0, 5), (1, 10), (2, 20), (5, 160), (8, 1280), (9, 1440), (500, 1440)]


@pytest.mark.parametrize(("failures", "minutes"), BACK_OFF)
def test_failures_are_tried_again_later_and_later_but_at_least_daily(failures: int, minutes: int) -> None:
    assert wait(failed(feed(failures=failures))) == minutes * MINUTE


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (status(503, retry_after=7200), 2 * HOUR),
        (status(429, retry_after=10), 5 * MINUTE),
        (status(429, retry_after=1e9), DAY),
        (FetchError(FetchReason.TIMEOUT, "no answer in 30 s"), 5 * MINUTE),
    ],
)
def test_retry_after_is_kept_to(problem: FetchError, expected: timedelta) -> None:
    assert wait(failed(feed(), problem)) == expected


def test_a_feed_that_is_wanted_daily_is_not_asked_more_often_because_it_fails() -> None:
    assert wait(failed(feed(spec=FeedSpec(url=SPEC.url, every=DAY)))) == DAY


def test_410_is_confirmed_a_day_later() -> None:
    first = failed(feed(), status(410))
    assert (first.state, wait(first)) == (FeedState.FAILING, DAY)
    soon = failed(first, status(410), now=NOW + HOUR)
    assert soon.state is FeedState.FAILING
    assert failed(soon, status(410), now=NOW + DAY).state is FeedState.GONE


def test_410_that_ends_is_forgotten() -> None:
    back = schedule.after_answer(
        failed(feed(), status(410)),
        response(),
        ParsedFeed(),
        body_hash="x",
        new=0,
        overlap=1.0,
        now=NOW + DAY,
        jitter=0,
    )
    assert (back.state, back.problem) == (FeedState.ACTIVE, None)
    assert failed(back, status(410), now=NOW + 2 * DAY).state is FeedState.FAILING


def test_410_after_other_failures_still_gets_its_day() -> None:
    broken = feed(state=FeedState.FAILING, failures=9, failing_since=NOW - 9 * DAY, problem="status: 500")
    first = failed(broken, status(410))
    assert failed(first, status(410), now=NOW + HOUR).state is FeedState.FAILING


# ------------------------------------------------------------------------------------------------------------- moves

NEW_HOME = "https://moved.example/feed"


def test_a_permanent_redirect_is_adopted_when_it_was_seen_three_times() -> None:
    one = unchanged(feed(), response(304, moved_to=NEW_HOME))
    two = changed(one, response(moved_to=NEW_HOME))
    assert [(one.url, one.moved_count), (two.url, two.moved_count)] == [(SPEC.url, 1), (SPEC.url, 2)]
    three = unchanged(two, response(304, moved_to=NEW_HOME))
    assert (three.url, three.moved_to, three.moved_count) == (NEW_HOME, None, 0)
    assert (three.id, three.spec.url) == (feed().id, SPEC.url)


@pytest.mark.parametrize(
    "between",
    [
        lambda one: unchanged(one),
        lambda one: failed(one),
        lambda one: unchanged(one, response(304, moved_to="https://x/")),
    ],
    ids=["no redirect", "a failure", "another redirect"],
)
def test_the_three_must_be_in_a_row(between: object) -> None:
    two = feed(moved_to=NEW_HOME, moved_count=2)
    assert callable(between)
    after = unchanged(between(two), response(304, moved_to=NEW_HOME))
    assert (after.url, after.moved_count) == (SPEC.url, 1)


def test_a_redirect_from_https_to_http_is_never_adopted() -> None:
    assert unchanged(feed(moved_count=2), response(304, moved_to="http://news.example/feed")).moved_count == 0


def test_an_adopted_address_that_fails_is_given_up_for_the_listed_one() -> None:
    after = failed(feed(url=NEW_HOME, failures=4))
    assert (after.url, after.etag, after.last_modified) == (SPEC.url, None, None)


# --------------------------------------------------------------------------------------------------------- wrong 304

QUIET = {"gap": 3600.0, "changed_at": NOW - 12 * HOUR, "whole_at": NOW - 11 * HOUR, "succeeded_at": NOW - HOUR}


@pytest.mark.parametrize(
    ("state", "sent"),
    [
        ({}, True),
        (QUIET, False),
        (QUIET | {"whole_at": NOW - 9 * HOUR}, True),
        (QUIET | {"gap": 60.0, "whole_at": NOW - 2 * HOUR}, True),
        (QUIET | {"gap": 60.0, "whole_at": NOW - 4 * HOUR}, False),
        (QUIET | {"whole_at": None}, True),
        (QUIET | {"succeeded_at": NOW - 11 * HOUR}, True),
        ({"distrusted": True}, False),
    ],
    ids=[
        "a usual feed",
        "nothing but 304 for eleven of its gaps",
        "for nine",
        "a busy feed, quiet for two hours",
        "a busy feed, quiet for four",
        "nobody knows since when",
        "its last good answer was whole, what came since failed",
        "caught once",
    ],
)
def test_validators_are_sent_unless_304_may_be_wrong(state: dict[str, object], sent: bool) -> None:
    before = feed(**state)
    expected = (before.etag, before.last_modified) if sent else (None, None)
    assert schedule.validators(before, NOW) == expected


def test_a_whole_answer_is_asked_for_once_in_ten_gaps() -> None:
    after = unchanged(feed(**QUIET), response(200), body_hash="old")
    assert schedule.validators(after, NOW + HOUR) != (None, None)


LIES = {
    "news from before the last 304": ((5 * HOUR, 30 * HOUR), True),
    "news from after it": ((timedelta(minutes=10), 30 * HOUR), False),
    "news without dates": ((), False),
}


@pytest.mark.parametrize(("ages", "lied"), LIES.values(), ids=LIES)
def test_a_304_is_distrusted_when_a_whole_answer_shows_what_it_hid(ages: tuple[timedelta, ...], lied: bool) -> None:
    after = changed(feed(**QUIET), parsed=ParsedFeed(entries=entries(*ages)), new=1)
    assert after.distrusted is lied
    assert (schedule.validators(after, NOW) == (None, None)) is lied
