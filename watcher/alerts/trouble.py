"""feeds + the state of the service + now -> what a person has to see to, a sentence each, under a key that stays.

A trouble is told once, and once when it is over; the keys are how it is known again. What was given up is told again
when more of it is: each alert that nobody got has somebody told of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watcher.model import DeliveryState, Feed, FeedState, StatusReport

TELL_AGAIN = timedelta(
    hours=1
)  # nobody waits longer to hear of an alert that was given up, nor is told each one by one
MANY = 5  # feeds: of fewer, most may well fail for reasons of their own
AFTER = timedelta(days=1)  # what fails for an hour mends itself more often than not
SILENT_GAPS = 10  # times its usual gap between entries without a new one: no holiday explains that
SILENT_AT_LEAST = timedelta(days=3)  # a busy feed may well rest over a weekend


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """key: what it is about, then what is wrong; what: its name; sentence: what is wrong and what to do.

    worse_at: when more came to it; quiet: not told while a greater trouble explains it; if it was told before, it is
    not over either.
    """

    key: str
    what: str
    sentence: str
    worse_at: datetime | None = None
    quiet: bool = False

    def to_tell(self, told_at: datetime | None, now: datetime) -> bool:
        """Whether a person is to be told. told_at: when that was done last; None: never, or it was over since."""
        if self.quiet:
            return False
        if told_at is None:
            return True
        return self.worse_at is not None and self.worse_at > told_at and now - told_at >= TELL_AGAIN


def about(key: str) -> str:
    """What the trouble with this key is about."""
    return key.rpartition(":")[0]


def troubles(feeds: Iterable[Feed], report: StatusReport, *, now: datetime) -> tuple[Trouble, ...]:
    """Everything that needs a person now, the gravest first. Where most feeds fail, it is our network: one trouble."""
    polled = [feed for feed in feeds if feed.state is not FeedState.REMOVED]
    failing = [feed for feed in polled if feed.failing_since is not None or feed.offline_since is not None]
    found = sorted((ranked for feed in polled for ranked in _feed(feed, now)), key=lambda ranked: ranked[0])
    told = [trouble for _, trouble in found]
    if len(failing) >= MANY and 2 * len(failing) > len(polled):
        sentence = f"{len(failing)} of {len(polled)} feeds fail at once: is this machine's network well?"
        theirs = {_key(feed, "failing") for feed in failing}
        network = Trouble(key="network:down", what="the network", sentence=sentence)
        told = [network, *(replace(one, quiet=True) if one.key in theirs else one for one in told)]
    return (*_service(report, now), *told)


def _service(report: StatusReport, now: datetime) -> Iterator[Trouble]:
    if report.config_fault:
        sentence = f"the configuration on disk has a fault, so the last good one stays in force: {report.config_fault}"
        fault = hashlib.sha256(report.config_fault.encode()).hexdigest()[:16]  # another fault is told anew
        yield Trouble(key=f"config:{fault}", what="the configuration", sentence=sentence)
    dead = report.deliveries.get(DeliveryState.DEAD, 0)
    if dead:
        number = "1 delivery was" if dead == 1 else f"{dead} deliveries were"
        sentence = f"{number} given up: see `watcher outbox --dead`, then --retry or --drop"
        yield Trouble(key="outbox:dead", what="the outbox", sentence=sentence, worse_at=report.dead_at)
    for channel, why in report.off_channels.items():
        sentence = f"the channel {channel} is switched off ({why}): mend it, then `watcher send-test {channel}`"
        yield Trouble(key=f"channel:{channel}:off", what=f"the channel {channel}", sentence=sentence)
    for channel, since in (report.failing_channels or {}).items():
        if now - since >= AFTER:
            sentence = f"the channel {channel} has taken nothing since {_day(since)}: see `watcher outbox`"
            yield Trouble(key=f"channel:{channel}:failing", what=f"the channel {channel}", sentence=sentence)


def _key(feed: Feed, wrong: str) -> str:
    return f"feed:{feed.id}:{wrong}"


def _feed(feed: Feed, now: datetime) -> Iterator[tuple[int, Trouble]]:
    """What is wrong with a feed, each with its rank: the worst is 0."""
    for rank, (wrong, sentence) in enumerate(
        (
            ("gone", _gone(feed)),
            ("failing", _failing(feed, now)),
            ("missed", _missed(feed)),
            ("silent", _silent(feed, now)),
            ("rekeyed", _rekeyed(feed)),
            ("moved", _moved(feed)),
        )
    ):
        if sentence:
            yield rank, Trouble(key=_key(feed, wrong), what=feed.name, sentence=f"{feed.name} {sentence}")


def _gone(feed: Feed) -> str:
    if feed.state is not FeedState.GONE:
        return ""
    return f"is gone for good ({feed.address}): take it out of the watchlist, or give its new address"


def _failing(feed: Feed, now: datetime) -> str:
    if feed.state is FeedState.GONE or feed.failing_since is None or now - feed.failing_since < AFTER:
        return ""
    return f"has failed since {_day(feed.failing_since)}: {feed.problem}"


def _missed(feed: Feed) -> str:
    if not feed.missed:
        return ""
    shorter = "" if feed.spec.every is None else ": give it a shorter `every`, or none"
    return f"had nothing in common with the poll before: entries were missed{shorter}"


def _rekeyed(feed: Feed) -> str:
    return (
        "changed all its guids at once: what was known by its address or title is not told again"
        if feed.rekeyed
        else ""
    )


def _moved(feed: Feed) -> str:
    if feed.state is FeedState.GONE or feed.url == feed.spec.url:
        return ""
    return f"moved for good: it is asked for at {feed.address}, the watchlist says {feed.spec.address}"


def _silent(feed: Feed, now: datetime) -> str:
    if feed.state is FeedState.GONE or feed.failing_since is not None or feed.gap is None or feed.changed_at is None:
        return ""
    due = max(timedelta(seconds=feed.gap * SILENT_GAPS), SILENT_AT_LEAST)
    return f"answers, but has brought nothing new since {_day(feed.changed_at)}" if now - feed.changed_at > due else ""


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z"
