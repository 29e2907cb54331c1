"""What a person has to see to: each trouble has a key that stays and a sentence that helps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watcher.alerts.trouble import Trouble, about, troubles
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
    ("situation", "changes", "wrong", "words"),
    [
        ("a feed that is well", {}, None, ""),
        ("a feed that failed for an hour", {"state": FeedState.FAILING, "failing_since": ago(hours=1)}, None, ""),
        (
            "a feed that failed for a day",
            {"state": FeedState.FAILING, "failing_since": ago(days=1), "problem": "timeout"},
            "failing",
            "has failed since 2026-11-22 12:00Z: timeout",
        ),
        ("a feed that is gone", {"state": FeedState.GONE}, "gone", "gone for good"),
        ("a feed that left the watchlist", {"state": FeedState.REMOVED, "failing_since": ago(days=9)}, None, ""),
        ("an hourly feed silent over a weekend", {"gap": 3600.0, "changed_at": ago(days=2)}, None, ""),
        (
            "an hourly feed silent for four days",
            {"gap": 3600.0, "changed_at": ago(days=4)},
            "silent",
            "nothing new since",
        ),
        ("a weekly feed silent for a month", {"gap": 7 * 86400.0, "changed_at": ago(days=30)}, None, ""),
        ("a feed whose polls had nothing in common", {"missed": 3}, "missed", "entries were missed"),
        ("a feed that changed its guids", {"rekeyed": 1}, "rekeyed", "changed all its guids"),
        ("a feed that moved", {"url": "https://new.example/feed"}, "moved", "asked for at https://new.example/feed"),
    ],
)
def test_feeds(situation: str, changes: dict[str, object], wrong: str | None, words: str) -> None:
    found = troubles([FEED.evolve(**changes)], WELL, now=NOW)
    assert [one.key for one in found] == ([] if wrong is None else [f"feed:{FEED.id}:{wrong}"]), situation
    assert all(words in one.sentence for one in found)


def test_the_worst_comes_first() -> None:
    wrong: list[dict[str, object]] = [
        {"url": "https://new.example/feed"}, {"rekeyed": 1}, {"gap": 3600.0, "changed_at": ago(days=9)}, {"missed": 1},
        {"state": FeedState.FAILING, "failing_since": ago(days=2)}, {"state": FeedState.GONE}, {}, {},
    ]  # fmt: skip
    feeds = [
        FEED.evolve(spec=FeedSpec(url=SPEC.url, name=str(place)), **changes) for place, changes in enumerate(wrong)
    ]
    assert [one.what for one in troubles(feeds, WELL, now=NOW)] == ["5", "4", "3", "2", "1", "0"]


@pytest.mark.parametrize(
    ("number", "failing", "keys"), [(4, 4, []), (10, 5, []), (10, 6, ["network:down"]), (6, 6, ["network:down"])]
)
def test_where_most_feeds_fail_it_is_our_network(number: int, failing: int, keys: list[str]) -> None:
    feeds = [
        FEED.evolve(
            spec=FeedSpec(url=f"https://{place}.example/"),
            url=f"https://{place}.example/",
            failing_since=ago(hours=1) if place < failing else None,
        )
        for place in range(number)
    ]
    assert [one.key for one in troubles(feeds, WELL, now=NOW)] == keys


def test_what_the_network_explains_is_neither_told_nor_over() -> None:
    feeds = [
        FEED.evolve(spec=FeedSpec(url=url), url=url, failing_since=ago(days=2))
        for url in (f"https://{place}.example/" for place in range(6))
    ]
    found = troubles(feeds, WELL, now=NOW)
    assert [one.quiet for one in found] == [False, *[True] * 6]


@pytest.mark.parametrize(
    ("report", "keys"),
    [
        (WELL, []),
        (replace(WELL, deliveries={DeliveryState.DEAD: 2}), ["outbox:dead"]),
        (replace(WELL, failing_channels={"desk": ago(hours=3)}), []),
        (replace(WELL, failing_channels={"desk": ago(hours=25)}), ["channel:desk:failing"]),
        (replace(WELL, off_channels={"hook": "HTTP 410"}), ["channel:hook:off"]),
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
    trouble = Trouble(key="outbox:dead", what="the outbox", sentence="…", worse_at=worse)
    assert trouble.to_tell(told, NOW) is again, situation


def test_another_fault_of_the_configuration_is_another_trouble_about_it() -> None:
    one, other = (troubles([], replace(WELL, config_fault=fault), now=NOW)[0].key for fault in ("a:1:2: …", "a:3:4: …"))
    assert one != other
    assert about(one) == about(other) == "config"
