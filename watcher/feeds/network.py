"""Which hosts could be reached lately and which could not -> whether it is our network, and who was blamed for it.

One host that cannot be reached has its own trouble. When most cannot, at once, it is the network that we share: then
nobody is blamed, and who was before that came out is cleared. Remembered for minutes, in this process alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from watcher.feeds.schedule import after_outage
from watcher.model import Feed, host_of

AT_ONCE: Final = timedelta(minutes=10)  # hosts that were asked within this are looked at together
PARTLY: Final = timedelta(minutes=30)  # for which it may be our network though some hosts answer; then it is theirs
FEWEST: Final = 3  # hosts: of fewer each may well have its own trouble


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
    """To be told of every poll when it begins and when it ends. down: most hosts cannot be reached at present.

    A poll costs the same however many hosts there are.
    """

    def __init__(self) -> None:
        self.down = False
        self._told_down = False
        self._out_since: datetime | None = None  # when most hosts were out of reach first
        self._under_way: Counter[str] = Counter()
        # When each host was asked last, by what came of it; in order of time.
        self._reached: dict[str, datetime] = {}
        self._out: dict[str, datetime] = {}  # cannot be reached, and was before
        self._never: dict[str, datetime] = {}  # cannot be reached, and never was
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
            self._look(self._reached, host, now)
        elif reached is False and (self.down or not self.innocent(feed).failures):  # one that failed before is no news
            self._look(self._out if feed.succeeded_at is not None else self._never, host, now)
        self._forget(now)
        if not self._most_are_out_of_reach():
            self.down, self._out_since = False, None
            return
        self._out_since = self._out_since or now
        self.down = not self._reached or now - self._out_since < PARTLY

    def turned(self) -> bool | None:
        """True when it is back and False when it went down since this was last asked; None for neither."""
        if self.down is self._told_down:
            return None
        self._told_down = self.down
        return not self.down

    def blame(self, before: Feed, after: Feed) -> None:
        innocent = self.innocent(before)
        self._blamed.pop(before.id, None)
        self._blamed[before.id] = Blamed(before=innocent, after=after)

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

    def _look(self, kind: dict[str, datetime], host: str, now: datetime) -> None:
        for looks in (self._reached, self._out, self._never):
            looks.pop(host, None)
        kind[host] = now

    def _forget(self, now: datetime) -> None:
        for looks in (self._reached, self._out, self._never):
            while looks and now - looks[first := next(iter(looks))] >= AT_ONCE:
                del looks[first]
        while self._blamed:
            first = next(iter(self._blamed))
            if now - (self._blamed[first].after.polled_at or now) < AT_ONCE:
                break
            del self._blamed[first]

    def _most_are_out_of_reach(self) -> bool:
        """Of the hosts that were reached before; where none was, all of them: a new list may be full of slips."""
        if not self._out and not self._reached:
            return len(self._never) >= FEWEST and all(host in self._never for host in self._under_way)
        out, asked = len(self._out), len(self._out) + len(self._reached)
        if out < FEWEST or 2 * out <= asked:
            return False
        return 2 * out > asked + sum(host not in self._out and host not in self._reached for host in self._under_way)
