"""What a person has to see to: each trouble has a key that stays and a sentence that helps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watcher.alerts.trouble import Trouble, troubles
from watcher.model import DeliveryState, Feed, FeedSpec, FeedState, StatusReport

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPEC = FeedSpec(url="https://wire.example/feed", name="Wire")
FEED = Feed(spec=SPEC, url=SPEC.url, due_at=NOW, state=FeedState.ACTIVE)
WELL = StatusReport(
    feeds={}, troubled=(), entries=0, baseline=0, stories=0, seeds=0, matches=0, outcomes={}, alerts=0,
    pending_captures=0, deliveries={}, due_feeds=0, due_captures=0, due_deliveries=0, last_poll=None, size=0,
)  # fmt: skip


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("situation", "changes", "words"),
    [
        ("a feed that is well", {}, None),
        ("a feed that failed for an hour", {"state": FeedState.FAILING, "failing_since": ago(hours=1)}, None),
        (
            "a feed that failed for a day",
            {"state": FeedState.FAILING, "failing_since": ago(days=1), "problem": "timeout"},
            "has failed since 2026-11-22 12:00Z: timeout",
        ),
        ("a feed that is gone", {"state": FeedState.GONE}, "gone for good"),
        ("a feed that left the watchlist", {"state": FeedState.REMOVED, "failing_since": ago(days=9)}, None),
        ("an hourly feed silent over a weekend", {"gap": 3600.0, "changed_at": ago(days=2)}, None),
        ("an hourly feed silent for four days", {"gap": 3600.0, "changed_at": ago(days=4)}, "nothing new since"),
        ("a weekly feed silent for a month", {"gap": 7 * 86400.0, "changed_at": ago(days=30)}, None),
    ],
)
def test_feeds(situation: str, changes: dict[str, object], words: str | None) -> None:
    found = troubles([FEED.evolve(**changes)], WELL, now=NOW)
    assert [one.key for one in found] == ([] if words is None else [f"feed:{FEED.id}"]), situation
    assert words is None or words in found[0].sentence


@pytest.mark.parametrize(
    ("number", "failing", "keys"), [(4, 4, []), (10, 5, []), (10, 6, ["network"]), (6, 6, ["network"])]
)
def test_where_most_feeds_fail_it_is_our_network(number: int, failing: int, keys: list[str]) -> None:
    feeds = [
        FEED.evolve(
            spec=FeedSpec(url=f"https://{place}.example/"), failing_since=ago(hours=1) if place < failing else None
        )
        for place in range(number)
    ]
    assert [one.key for one in troubles(feeds, WELL, now=NOW)] == keys


@pytest.mark.parametrize(
    ("report", "keys"),
    [
        (WELL, []),
        (replace(WELL, deliveries={DeliveryState.DEAD: 2}), ["dead"]),
        (replace(WELL, failing_channels={"desk": ago(hours=3)}), []),
        (replace(WELL, failing_channels={"desk": ago(hours=25)}), ["channel:desk"]),
        (replace(WELL, off_channels={"hook": "HTTP 410"}), ["off:hook"]),
        (replace(WELL, config_fault="watchlist.yaml:3:5: …"), ["config"]),
    ],
)
def test_the_service(report: StatusReport, keys: list[str]) -> None:
    assert [one.key for one in troubles([], report, now=NOW)] == keys


@pytest.mark.parametrize(
    ("situation", "worse", "told", "again"),
    [
        ("never told", None, None, True),
        ("told, and as it was", None, ago(hours=30), False),
        ("given up before it was told", ago(hours=31), ago(hours=30), False),
        ("more was given up since, two hours after it was told", ago(minutes=1), ago(hours=2), True),
        ("more was given up since, but it was told just now", ago(minutes=1), ago(minutes=9), False),
    ],
)
def test_what_was_told_is_told_again_where_more_was_given_up(
    situation: str, worse: datetime | None, told: datetime | None, again: bool
) -> None:
    trouble = Trouble(key="dead", what="the outbox", sentence="…", worse_at=worse)
    assert trouble.to_tell(told, NOW) is again, situation
