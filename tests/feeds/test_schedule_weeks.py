"""Two weeks in the life of a feed: how often it is asked, how late its entries are found, and that none is missed."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from watcher.feeds import schedule
from watcher.model import Entry, Feed, FeedSpec, FeedState, ParsedFeed, Response

START = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 14
URL = "https://news.example/feed"


def times(per_hour: Callable[[datetime], float]) -> list[datetime]:
    """When entries appear, from a month before the start on: at random, so many an hour."""
    chance = random.Random(2026)  # noqa: S311 - the same weeks in every run
    minutes = (START - timedelta(days=30) + timedelta(minutes=n) for n in range((30 + DAYS) * 24 * 60))
    return [minute for minute in minutes if chance.random() < per_hour(minute) / 60]


@dataclass
class Weeks:
    polls_a_day: float
    late: list[float]  # minutes from the appearance of an entry to the poll that found it
    missed: int


def live(items: list[datetime], shown: int) -> Weeks:
    """Polls when due; the document shows the latest so many entries, and a 304 comes when there is none new."""
    chance = random.Random(1)  # noqa: S311 - jitter
    feed = Feed(spec=FeedSpec(url=URL), url=URL, due_at=START)
    now, seen, polls, missed = START, START - timedelta(days=99), 0, 0
    late: list[float] = []
    while now < START + timedelta(days=DAYS):
        polls += 1
        there = bisect_right(items, now)
        document, first = items[max(there - shown, 0) : there], feed.state is FeedState.NEW
        new = [item for item in document if item > seen]
        answer = Response(url=URL, status=200 if new or first else 304, headers={}, body=b"", fetched_at=now)
        parsed = ParsedFeed(entries=tuple(Entry(published=item) for item in document)) if new or first else None
        if not first:
            late += [(now - item) / timedelta(minutes=1) for item in new]
            missed += there - bisect_right(items, seen) - len(new)
        overlap = 1.0 if first or not document else 1 - len(new) / len(document)
        seen = max([seen, *new])
        feed = schedule.after_answer(
            feed, answer, parsed, body_hash=str(now) if parsed else None, new=len(new), overlap=overlap, now=now,
            jitter=chance.random(),
        )  # fmt: skip
        now = feed.due_at
    return Weeks(polls / DAYS, sorted(late), missed)


FEEDS = {
    # name: (entries an hour, shown at once), polls a day at most, median and worst minutes late at most
    "an agency": (lambda _: 60.0, 50, 300, 4, 6),
    "a newspaper that sleeps at night": (lambda t: 6.0 if 7 <= t.hour < 23 else 0.3, 30, 230, 5, 45),
    "a regional paper": (lambda t: 1.0 if 7 <= t.hour < 23 else 0.0, 30, 110, 20, 90),
    "a blog": (lambda _: 1 / 24, 10, 8, 400, 900),
    "a blog that fell silent": (lambda t: 1.0 if t < START - timedelta(days=20) else 0.0, 10, 4, 0, 0),
}


@pytest.mark.parametrize(("entries", "shown", "polls", "median", "worst"), FEEDS.values(), ids=FEEDS)
def test_a_feed_is_asked_as_often_as_it_is_worth(
    entries: Callable[[datetime], float], shown: int, polls: int, median: int, worst: int
) -> None:
    weeks = live(times(entries), shown)
    assert weeks.missed == 0
    assert weeks.polls_a_day <= polls
    assert (weeks.late or [0])[len(weeks.late) // 2] <= median
    assert max(weeks.late, default=0) <= worst
