"""A host -> its turn: how many requests it gets at once, how far apart they start, and when it is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from watcher.model import FetchError, FetchReason

# No host is left alone for longer than a day: a server that says "in 10 years" has a fault.
MAX_PAUSE = 24 * 3600.0
# Seconds for a host that refuses without saying for how long; doubled with each refusal in a row, up to a day.
BARE_PAUSE = 5 * 60.0
# Hosts remembered before those with nothing to remember are dropped; each takes about a kilobyte.
_SWEEP_AT = 2048


class HostPausedError(FetchError):
    """The host asked to be left alone (429 or 503), and that time is not over: nothing was sent."""


@dataclass(slots=True)
class _Host:
    places: asyncio.Semaphore
    guests: int = 0  # waiting or under way
    next_start: float = 0.0
    paused_until: float = 0.0
    status: int = 0
    bare: int = 0  # refusals in a row that did not say for how long
    least_gap: float = 0.0  # what its robots.txt asks for


class Pace:
    """Turns by host. per_host: requests under way at once; gap: seconds between two starts; clock, sleep: seconds."""

    def __init__(
        self,
        *,
        per_host: int,
        gap: float,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]],
    ) -> None:
        self._per_host, self._gap, self._clock, self._sleep = per_host, gap, clock, sleep
        self._hosts: dict[str, _Host] = {}
        self._sweep_at = _SWEEP_AT

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Waits for a turn at this host and holds it. Raises HostPausedError; another host's wait is never felt."""
        host = self._host(name)
        host.guests += 1
        try:
            self._raise_if_paused(name, host)
            async with host.places:
                self._raise_if_paused(name, host)
                start = max(self._clock(), host.next_start)
                host.next_start = start + max(self._gap, host.least_gap)
                while (wait := start - self._clock()) > 0:
                    await self._sleep(wait)
                self._raise_if_paused(name, host)
                yield
        finally:
            host.guests -= 1

    def refused(self, name: str, seconds: float | None, status: int) -> tuple[float, int]:
        """The host answered with this status: it is left alone for so many seconds, None if it did not say.

        How many seconds that comes to, and how many such answers in a row did not say.
        """
        host = self._host(name)
        if not seconds:
            host.bare += 1
            seconds = BARE_PAUSE * 2 ** min(host.bare - 1, 10)
        self.pause(name, seconds, status, bare=host.bare)
        return host.paused_until - self._clock(), host.bare

    def pause(self, name: str, seconds: float, status: int, *, bare: int = 0) -> None:
        """Leaves the host alone for so many seconds from now, at most a day; a longer pause goes on."""
        host = self._host(name)
        host.paused_until = max(host.paused_until, self._clock() + min(seconds, MAX_PAUSE))
        host.status, host.bare = status, bare

    def answered(self, name: str) -> None:
        """The host has begun to answer, and not by sending us away: the next start is a gap from now at the earliest.

        Else what the name server or the connection took would bring two requests nearer to one another.
        """
        host = self._host(name)
        host.bare = 0
        host.next_start = max(host.next_start, self._clock() + max(self._gap, host.least_gap))

    async def rest(self, name: str, at_most: float) -> None:
        """Waits until a request to this host could start at once, so many seconds at most; takes no turn."""
        await self._sleep(min(max(self._host(name).next_start - self._clock(), 0.0), at_most))

    def widen(self, name: str, seconds: float) -> None:
        """From now on at least so many seconds between two starts at this host."""
        self._host(name).least_gap = seconds

    def _raise_if_paused(self, name: str, host: _Host) -> None:
        left = host.paused_until - self._clock()
        if left > 0:
            raise HostPausedError(
                FetchReason.PAUSED,
                f"{name} answered {host.status}: it is left alone for another {left:.0f} s",
                status=host.status,
                retry_after=left,
            )

    def _host(self, name: str) -> _Host:
        host = self._hosts.get(name)
        if host is None:
            if len(self._hosts) >= self._sweep_at:
                self._sweep()
            host = self._hosts[name] = _Host(places=asyncio.Semaphore(self._per_host))
        return host

    def _sweep(self) -> None:
        now = self._clock()
        for name, host in list(self._hosts.items()):
            remembered_until = host.paused_until + (MAX_PAUSE if host.bare else 0.0)
            if not host.guests and not host.least_gap and max(host.next_start, remembered_until) <= now:
                del self._hosts[name]
        self._sweep_at = max(_SWEEP_AT, 2 * len(self._hosts))
