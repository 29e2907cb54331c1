"""A page's address -> may we fetch it: robots.txt by protego, as RFC 9309 has it, remembered for a day."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx
from protego import Protego

from watcher.feeds.pace import HostPausedError
from watcher.model import FetchError, FetchReason

ROBOT = "watcher"  # the product token that a robots.txt names us by

_KEPT = 24 * 3600.0  # RFC 9309 2.4: a copy should not be used for longer than a day
_RETRY = 600.0  # seconds until a robots.txt that a server could not give is asked for again
_MOST = 1000  # robots.txt files remembered; the longest unused goes first
_MOST_DELAY = 60.0  # seconds between two starts that a Crawl-delay can ask for; more would hold up the site's own feed
_INLINE = 32 * 1024  # bytes that are parsed at once (3 ms); more goes to a thread

_AGENT = re.compile(r"[ \t]*user[- ]?agent\b[ \t]*:?[ \t]*([^#]*)", re.IGNORECASE)


@dataclass(slots=True)
class _Site:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: Protego | None = None  # None: everything may be fetched
    known: bool = False
    until: float = 0.0
    trouble: FetchError | None = None  # the server could not give it, and there is no older copy


class Robots:
    """The robots.txt of each site. fetch: address -> its bytes, None where there is none; it raises FetchError.

    clock: seconds. slow: is told the site's Crawl-delay, in seconds.
    """

    def __init__(
        self,
        *,
        fetch: Callable[[httpx.URL], Awaitable[bytes | None]],
        clock: Callable[[], float],
        slow: Callable[[httpx.URL, float], None],
    ) -> None:
        self._fetch, self._clock, self._slow = fetch, clock, slow
        self._sites: dict[str, _Site] = {}

    async def check(self, url: httpx.URL) -> None:
        """Returns if the page may be fetched. Raises FetchError: ROBOTS, or why robots.txt could not be asked for."""
        site = self._site(f"{url.scheme}://{url.netloc.decode('ascii')}")
        async with site.lock:
            if self._clock() >= site.until:
                await self._read(site, url)
        if site.trouble is not None:
            raise site.trouble
        if site.rules is not None and not site.rules.can_fetch(str(url), ROBOT):
            raise FetchError(FetchReason.ROBOTS, f"robots.txt of {url.host} does not allow {url.path}")

    def _site(self, name: str) -> _Site:
        site = self._sites.pop(name, None) or _Site()
        self._sites[name] = site  # last in the order of use
        if len(self._sites) > _MOST:
            del self._sites[next(iter(self._sites))]
        return site

    async def _read(self, site: _Site, url: httpx.URL) -> None:
        try:
            text = await self._fetch(url.copy_with(raw_path=b"/robots.txt"))
        except HostPausedError:
            raise
        except FetchError as error:
            if not site.known and error.reason is not FetchReason.STATUS:
                raise FetchError(error.reason, f"robots.txt: {error.detail}", retry_after=error.retry_after) from error
            site.until = self._clock() + _RETRY
            if not site.known:  # RFC 9309 2.3.1.4: a site whose robots.txt is out of reach is closed
                wait = max(error.retry_after or 0.0, _RETRY)
                detail = f"its robots.txt cannot be read ({error.detail}), so its pages are left alone"
                site.trouble = FetchError(FetchReason.ROBOTS, detail, status=error.status, retry_after=wait)
            return
        site.rules = None if text is None else await _rules(text)
        site.known, site.trouble, site.until = True, None, self._clock() + _KEPT
        delay = site.rules.crawl_delay(ROBOT) if site.rules is not None else None
        self._slow(url, min(delay or 0.0, _MOST_DELAY))


async def _rules(text: bytes) -> Protego:
    if len(text) <= _INLINE:
        return _parse(text)
    return await asyncio.to_thread(_parse, text)


def _parse(text: bytes) -> Protego:
    return Protego.parse(ours_alone(text.decode("utf-8-sig", "replace")))


def ours_alone(text: str) -> str:
    """The robots.txt with every robot that we are not under one name.

    protego keeps the rules of a group once for each robot that the group names: half a megabyte of names over half a
    megabyte of rules would take all memory.
    """
    return "\n".join(_under_one_name(line) for line in text.splitlines())


def _under_one_name(line: str) -> str:
    found = _AGENT.match(line)
    if found is None:
        return line
    name = found[1].strip().lower()
    ours = name == "*" or (name.replace("*", "") or "-") in ROBOT
    return f"User-agent: {name if ours else 'another'}"
