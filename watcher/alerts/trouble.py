"""feeds + the state of the service + now -> what a person has to see to, a sentence each, under a key that stays.

A trouble is told once, and once when it is over; the keys are how it is known again. What was given up is told again
when more of it is: each alert that nobody got has somebody told of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
    """key: what it is about; what: its name; sentence: what is wrong and what to do; worse_at: when more came to it."""

    key: str
    what: str
    sentence: str
    worse_at: datetime | None = None

    def to_tell(self, told_at: datetime | None, now: datetime) -> bool:
        """Whether a person is to be told. told_at: when that was done last; None: never, or it was over since."""
        if told_at is None:
            return True
        return self.worse_at is not None and self.worse_at > told_at and now - told_at >= TELL_AGAIN


def troubles(feeds: Iterable[Feed], report: StatusReport, *, now: datetime) -> tuple[Trouble, ...]:
    """Everything that needs a person now, the gravest first. Where most feeds fail, it is our network: one trouble."""
    polled = [feed for feed in feeds if feed.state is not FeedState.REMOVED]
    failing = [feed for feed in polled if feed.failing_since is not None]
    if len(failing) >= MANY and 2 * len(failing) > len(polled):
        sentence = f"{len(failing)} of {len(polled)} feeds fail at once: is this machine's network well?"
        return (*_service(report, now), Trouble(key="network", what="the network", sentence=sentence))
    return (*_service(report, now), *(trouble for feed in polled for trouble in _feed(feed, now)))


def _service(report: StatusReport, now: datetime) -> Iterator[Trouble]:
    if report.config_fault:
        sentence = f"the configuration on disk has a fault, so the last good one stays in force: {report.config_fault}"
        yield Trouble(key="config", what="the configuration", sentence=sentence)
    dead = report.deliveries.get(DeliveryState.DEAD, 0)
    if dead:
        number = "1 delivery was" if dead == 1 else f"{dead} deliveries were"
        sentence = f"{number} given up: see `watcher outbox --dead`, then --retry or --drop"
        yield Trouble(key="dead", what="the outbox", sentence=sentence, worse_at=report.dead_at)
    for channel, why in report.off_channels.items():
        sentence = f"the channel {channel} is switched off ({why}): mend it, then `watcher send-test {channel}`"
        yield Trouble(key=f"off:{channel}", what=f"the channel {channel}", sentence=sentence)
    for channel, since in (report.failing_channels or {}).items():
        if now - since >= AFTER:
            sentence = f"the channel {channel} has taken nothing since {_day(since)}: see `watcher outbox`"
            yield Trouble(key=f"channel:{channel}", what=f"the channel {channel}", sentence=sentence)


def _feed(feed: Feed, now: datetime) -> Iterator[Trouble]:
    key = f"feed:{feed.id}"
    if feed.state is FeedState.GONE:
        sentence = f"{feed.name} is gone for good ({feed.url}): take it out of the watchlist, or give its new address"
        yield Trouble(key=key, what=feed.name, sentence=sentence)
    elif feed.failing_since is not None and now - feed.failing_since >= AFTER:
        sentence = f"{feed.name} has failed since {_day(feed.failing_since)}: {feed.problem}"
        yield Trouble(key=key, what=feed.name, sentence=sentence)
    elif _silent(feed, now) and feed.changed_at is not None:
        sentence = f"{feed.name} answers, but has brought nothing new since {_day(feed.changed_at)}"
        yield Trouble(key=key, what=feed.name, sentence=sentence)


def _silent(feed: Feed, now: datetime) -> bool:
    if feed.gap is None or feed.changed_at is None:
        return False
    return now - feed.changed_at > max(timedelta(seconds=feed.gap * SILENT_GAPS), SILENT_AT_LEAST)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z"
