"""Which hosts could be reached lately and which could not -> whether it is our network, and who was blamed for it.

One host that cannot be reached has its own trouble. When most cannot, at once, it is the network that we share: then
nobody is blamed, and who was before that came out is cleared. Remembered for minutes, in this process alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from watcher.feeds.schedule import after_outage
from watcher.model import Feed, host_of

T = TypeVar("T")

AT_ONCE: Final = timedelta(minutes=10)  # hosts that were asked within this are looked at together
PARTLY: Final = timedelta(minutes=30)  # for which it may be our network though some hosts answer; then it is theirs
FEWEST: Final = 3  # hosts: of fewer each may well have its own trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """The last look at a host. known: it was reached before, ever."""

    at: datetime
    reached: bool
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Blamed:
    """A feed as it was before it was blamed, and as it is since."""

    before: Feed
    after: Feed

    def innocent(self, feed: Feed) -> Feed:
        """The feed of now as it was before, unless something came between."""
        same = (feed.failures, feed.failing_since) == (self.after.failures, self.after.failing_since)
        return replace(self.before, spec=feed.spec, revision=feed.revision) if same else feed

    def taken_back(self, feed: Feed, *, now: datetime, jitter: float) -> Feed:
        """The feed of now without blame, to be asked again soon."""
        innocent = self.innocent(feed)
        return feed if innocent is feed else after_outage(innocent, now=now, jitter=jitter)


class Network:
    """To be told of every poll when it begins and when it ends. down: most hosts cannot be reached at present."""

    def __init__(self) -> None:
        self.down = False
        self._told_down = False
        self._out_since: datetime | None = None  # when most hosts were out of reach first
        self._looks: dict[str, _Look] = {}
        self._under_way: Counter[str] = Counter()
        self._blamed: dict[str, Blamed] = {}

    def begin(self, feed: Feed) -> None:
        self._under_way[host_of(feed.url)] += 1

    def end(self, feed: Feed, now: datetime, *, reached: bool | None) -> None:
        """reached: None for a poll that sent nothing, or that a fault of ours cut short."""
        host = host_of(feed.url)
        self._under_way[host] -= 1
        if not self._under_way[host]:
            del self._under_way[host]
        if reached:
            self._looks[host] = _Look(at=now, reached=True, known=True)
        elif reached is False and (self.down or not self.innocent(feed).failures):  # one that failed before is no news
            self._looks[host] = _Look(at=now, reached=False, known=feed.succeeded_at is not None)
        self._forget(now)
        if not self._most_are_out_of_reach():
            self.down, self._out_since = False, None
            return
        self._out_since = self._out_since or now
        some = any(look.reached for look in self._looks.values())
        self.down = not some or now - self._out_since < PARTLY

    def turned(self) -> bool | None:
        """True when it is back and False when it went down since this was last asked; None for neither."""
        if self.down is self._told_down:
            return None
        self._told_down = self.down
        return not self.down

    def blame(self, before: Feed, after: Feed) -> None:
        self._blamed[before.id] = Blamed(before=self.innocent(before), after=after)

    def innocent(self, feed: Feed) -> Feed:
        """The feed as it was before it was blamed, where that may turn out to be our network's fault."""
        blamed = self._blamed.get(feed.id)
        return blamed.innocent(feed) if blamed is not None else feed

    def cleared(self) -> list[Blamed]:
        """Who was blamed for what turned out to be our network; each once, and nobody while it is up."""
        if not self.down:
            return []
        cleared, self._blamed = list(self._blamed.values()), {}
        return cleared

    def _forget(self, now: datetime) -> None:
        self._looks = _recent(self._looks, lambda look: look.at, now)
        self._blamed = _recent(self._blamed, lambda blamed: blamed.after.polled_at or now, now)

    def _most_are_out_of_reach(self) -> bool:
        """Of the hosts that were reached before; where none was, all of them: a new list may be full of slips."""
        known = {host: look for host, look in self._looks.items() if look.known}
        looks = known or self._looks
        out = {host for host, look in looks.items() if not look.reached}
        asked = out | {host for host, look in looks.items() if look.reached} | set(self._under_way)
        if len(out) < FEWEST:
            return False
        return 2 * len(out) > len(asked) if known else out == asked


def _recent(rows: dict[str, T], at: Callable[[T], datetime], now: datetime) -> dict[str, T]:
    return {key: row for key, row in rows.items() if now - at(row) < AT_ONCE}
