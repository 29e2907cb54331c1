"""Hosts that can be reached and hosts that cannot, on the way to "it is our network": a table of situations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watcher.feeds.network import Network
from watcher.feeds.schedule import after_failure, after_outage
from watcher.model import Feed, FeedSpec, FeedState

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def feed(name: str, **changes: object) -> Feed:
    """A feed of its own host that was well an hour ago."""
    url = f"https://{name}.example/feed"
    before = NOW - timedelta(hours=1)
    known = Feed(
        spec=FeedSpec(url=url), url=url, due_at=NOW, state=FeedState.ACTIVE, succeeded_at=before, polled_at=before
    )
    return known.evolve(**changes)


def asked(network: Network, one: Feed, reached: bool | None, *, minutes: float = 0.0) -> None:
    network.begin(one)
    network.end(one, NOW + timedelta(minutes=minutes), reached=reached)


SITUATIONS = {
    "one host of three": ("-++", False),
    "two of three": ("--+", False),
    "three of five": ("---++", True),
    "three of six": ("---+++", False),
    "three of three": ("---", True),
    "two of two: too few to tell": ("--", False),
    "three of seven, three of which are not back yet": ("---+???", False),
    "what was paused tells nothing": ("---..", True),
    "what failed before is no news": ("ff-f", False),
    "new ones beside known ones that answer: slips of the pen": ("nnn+", False),
    "new ones beside known ones that do not": ("nnn---", True),
    "nothing but new ones, none of which can be reached": ("nnnn", True),
    "nothing but new ones, one of which is not back yet": ("nnn?", False),
    "a reached one of a new list": ("nnnN", False),
}


@pytest.mark.parametrize(("hosts", "down"), SITUATIONS.values(), ids=SITUATIONS)
def test_when_it_is_our_network(hosts: str, down: bool) -> None:
    """+ answers, - does not, f does not and did not before, n is new, N as well but answers, ? is under way."""
    network = Network()
    feeds = [
        feed(f"h{number}", **({"succeeded_at": None} if kind in "nN" else {}), failures=3 if kind == "f" else 0)
        for number, kind in enumerate(hosts)
    ]
    for one in feeds:
        network.begin(one)
    for one, kind in zip(feeds, hosts, strict=True):
        if kind != "?":
            network.end(one, NOW, reached={"+": True, "N": True, ".": None}.get(kind, False))
    assert network.down is down


def test_what_was_long_ago_does_not_count() -> None:
    network = Network()
    for minutes, name in ((0, "a"), (6, "b"), (12, "c")):
        asked(network, feed(name), False, minutes=minutes)
    assert not network.down
    asked(network, feed("d"), False, minutes=13)
    assert network.down


def test_it_is_told_once_and_it_is_back_when_most_answer() -> None:
    network = Network()
    turns = []
    for reached in (False, True):
        for name in "abcd":
            asked(network, feed(name), reached)
            turns.append(network.turned())
    assert turns == [None, None, False, None, None, True, None, None]


def test_some_hosts_that_answer_for_half_an_hour_are_no_broken_network() -> None:
    network = Network()
    for minutes in range(0, 60, 2):
        for name in "abc":
            asked(network, feed(name), False, minutes=minutes)
        asked(network, feed("d"), True, minutes=minutes)
        assert network.down is (minutes < 30)
    for minutes in range(60, 600, 2):
        for name in "abcd":
            asked(network, feed(name), False, minutes=minutes)
    assert network.down  # now none does


def test_who_was_blamed_at_first_is_as_before() -> None:
    network, now = Network(), NOW + timedelta(minutes=1)
    blamed = {}
    for name in "ab":
        before = feed(name)
        asked(network, before, False)
        blamed[name] = after_failure(before, "network: down", now=NOW, jitter=0.0)
        network.blame(before, blamed[name])
    assert network.cleared() == []
    asked(network, feed("c"), False)
    cleared = network.cleared()
    back = [one.taken_back(one.after.evolve(revision=7), now=now, jitter=0.0) for one in cleared]
    assert back == [after_outage(feed(name), now=now, jitter=0.0).evolve(revision=7) for name in "ab"]
    assert network.cleared() == []
    polled_since = blamed["a"].evolve(failures=0, failing_since=None)
    assert cleared[0].taken_back(polled_since, now=now, jitter=0.0) is polled_since


def test_after_an_outage_nothing_moved_but_the_time_to_ask() -> None:
    before = feed("a", failures=2, problem="status: 500")
    after = after_outage(before, now=NOW, jitter=0.0)
    assert after == before.evolve(due_at=NOW + timedelta(minutes=2), offline_since=NOW)
