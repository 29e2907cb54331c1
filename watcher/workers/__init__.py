"""Hostile documents -> what our pure readers make of them, in worker processes that can be killed.

Feeds and pages have workers of their own, so that a page that takes long delays no feed, and what a page's readers need
of memory is not given to a feed.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, cast

from watcher.model import Extraction, ParsedFeed, Problem, Response
from watcher.workers.pool import Budget, LostError, Pool

__all__ = ["INLINE_BYTES", "Budget", "Workers"]

# What of a feed is read in our own process, by the fast reader, at most: the event loop may not be held for longer than
# 50 ms, and it takes up to 50 ms for 512 KiB, however they are used. It declines those of too many entries itself.
INLINE_BYTES = 512 * 1024

# 5 s and 200 MB are what any document may cost: less what starting the program takes, and the libraries' own pages.
FEED_BUDGET = Budget(cpu_seconds=3.0, memory_bytes=180_000_000)
# The readers of pages take 115 MB before they have read anything, and twenty times a page's bytes for it.
PAGE_BUDGET = Budget(cpu_seconds=5.0, memory_bytes=400_000_000)


class FeedReader(Protocol):
    def __call__(self, body: bytes, *, url: str, content_type: str) -> ParsedFeed: ...


class FastFeedReader(Protocol):
    def __call__(self, body: bytes, *, url: str, content_type: str) -> ParsedFeed | None: ...


class Workers:
    """Reads documents where they can be stopped; implements ports.Workshop. Use it within one event loop, and close it.

    parse, extract: functions at the top of a module, so that a worker can import them; or their names as
    "module:function", so that nobody else has to. fast_parse: read in our own
    process before, if the document is small; None from it means that it declines. processes: workers at most for feeds,
    and as many for pages.
    """

    def __init__(
        self,
        *,
        parse: FeedReader | str,
        fast_parse: FastFeedReader | None,
        extract: Callable[[Response], Extraction] | str,
        processes: int = 1,
        feed_budget: Budget = FEED_BUDGET,
        page_budget: Budget = PAGE_BUDGET,
    ) -> None:
        self._parse, self._fast_parse, self._extract = parse, fast_parse, extract
        self._inline = asyncio.Lock()
        self._feeds = Pool(processes=processes, budget=feed_budget)
        self._pages = Pool(processes=processes, budget=page_budget)

    async def parse(self, body: bytes, *, url: str, content_type: str) -> ParsedFeed:
        """What a feed document says; a document that cannot be read in time gives the problem. Never raises for it."""
        if self._fast_parse is not None and len(body) <= INLINE_BYTES:
            async with self._inline:
                await asyncio.sleep(0)  # one document in a round of the event loop: a hundred may have arrived in one
                with suppress(Exception):  # what it stumbles over is for the other reader, in a worker, to name
                    if (parsed := self._fast_parse(body, url=url, content_type=content_type)) is not None:
                        return parsed
        try:
            return cast(ParsedFeed, await self._feeds.call(self._parse, body, url=url, content_type=content_type))
        except LostError as lost:
            return ParsedFeed(problem=str(lost))

    async def extract(self, page: Response) -> Extraction:
        """The story in a page; a page that cannot be read in time gives an empty one, with the reason in
        sources["problem"]. Never raises for it."""
        try:
            return cast(Extraction, await self._pages.call(self._extract, page))
        except LostError as lost:
            sha256 = hashlib.sha256(page.body).hexdigest()
            return Extraction(url=page.url, sha256=sha256, problem=Problem.EMPTY, sources={"problem": str(lost)})

    async def aclose(self) -> None:
        """Ends all workers; what they were at is lost."""
        await self._feeds.close()
        await self._pages.close()
