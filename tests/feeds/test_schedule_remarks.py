"""What of a poll a person hears of: entries that came and went unseen, guids that changed; and when it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watcher.feeds import schedule
from watcher.model import Entry, Feed, FeedSpec, FeedState, ParsedFeed, Response

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPEC = FeedSpec(url="https://news.example/feed")
FEED = Feed(
    spec=SPEC, state=FeedState.ACTIVE, url=SPEC.url, due_at=NOW, baseline_at=NOW, polled_at=NOW - timedelta(hours=1)
)


def after(before: Feed, *, shown: int | None, overlap: float, flood: bool = False, status: int = 200) -> Feed:
    """The feed after a poll that showed so many entries (None: a 304)."""
    response = Response(url=SPEC.url, status=status, headers={}, body=b"", fetched_at=NOW)
    parsed = None if shown is None else ParsedFeed(entries=tuple(Entry(title=str(place)) for place in range(shown)))
    return schedule.after_answer(
        before, response, parsed, body_hash=None if shown is None else "x", new=round((shown or 0) * (1 - overlap)),
        overlap=overlap, flood=flood, now=NOW, jitter=0.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("situation", "before", "shown", "overlap", "status", "missed"),
    [
        ("all is new", 10, 10, 0.0, 200, True),
        ("one was there before", 10, 10, 0.1, 200, False),
        ("a feed of one entry", 1, 1, 0.0, 200, False),
        ("a feed that was empty before", 0, 10, 0.0, 200, False),
        ("a delta, of which all is new", 10, 4, 0.0, 226, False),
        ("fewer than before, all new", 10, 2, 0.0, 200, True),
    ],
)
def test_entries_that_were_missed(
    situation: str, before: int, shown: int, overlap: float, status: int, missed: bool
) -> None:
    found = after(FEED.evolve(shown=before), shown=shown, overlap=overlap, status=status)
    assert bool(found.missed) is missed, situation


def test_a_first_poll_misses_nothing() -> None:
    assert not after(FEED.evolve(state=FeedState.NEW, baseline_at=None), shown=10, overlap=1.0).missed


def test_changed_guids_are_no_missed_entries() -> None:
    found = after(FEED.evolve(shown=10), shown=10, overlap=0.0, flood=True)
    assert (bool(found.rekeyed), found.missed) == (True, 0)


def test_it_is_over_after_three_polls_that_went_well_and_no_sooner() -> None:
    feed = after(FEED.evolve(shown=10), shown=10, overlap=0.0)
    over = []
    for shown in (10, None, 10, None):
        before, feed = feed, after(feed, shown=shown, overlap=0.9)
        over.append(feed.well_since(before))
    assert over == [False, False, True, False]
