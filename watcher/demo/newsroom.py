"""Outlets in, a running newsroom out: each outlet on its own port of loopback, publishing as the seconds go by.

The script's clock starts with the first request for a feed, so that a slow start of the daemon moves nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import partial
from http import HTTPStatus

from watcher.demo import press
from watcher.demo.outlets import Fault, Outlet, Story, last_event
from watcher.demo.press import Edition
from watcher.demo.server import Reply, Request, serve

ROBOTS = b"User-agent: *\nDisallow: /login\n"


class Newsroom:
    """The outlets while they are served. addresses: of their servers, by slug; polls: feed requests by our status."""

    def __init__(self, outlets: Sequence[Outlet], *, clock: Callable[[], float], start: datetime) -> None:
        self.outlets = tuple(outlets)
        self.addresses: dict[str, str] = {}
        self.polls: Counter[int] = Counter()
        self.last_polls: dict[str, float] = {}  # outlet -> the script's second of its last poll
        self.pages = 0
        self._clock = clock
        self._start = start.replace(microsecond=0)  # feeds know no fractions
        self._began: float | None = None
        self._roots = {(o.slug, s.slug): s.root for o in outlets for s in o.stories}

    @property
    def seconds(self) -> float:
        """Seconds since the first request for a feed; 0 before it."""
        return 0.0 if self._began is None else self._clock() - self._began

    @property
    def published(self) -> int:
        return sum(story.at <= self.seconds for outlet in self.outlets for story in outlet.stories)

    @property
    def all_told(self) -> bool:
        """Whether every feed has been asked for after the last story was published or rewritten."""
        last = last_event(self.outlets)
        return all(
            self.last_polls.get(outlet.slug, -1) > last for outlet in self.outlets if outlet.fault is not Fault.DOWN
        )

    def edition(self, outlet: Outlet) -> Edition:
        return Edition(outlet=outlet, address=self.addresses[outlet.slug], start=self._start, seconds=self.seconds)

    def root_of(self, url: str) -> str:
        """The story (its root, if a copy) that an address leads to; the address itself if it is none of ours."""
        for outlet, address in self.addresses.items():
            if url.startswith(f"{address}/"):
                slug = url.rsplit("/", 1)[1].removesuffix(".html")
                return self._roots.get((outlet, slug), url)
        return url

    def answer(self, outlet: Outlet, request: Request) -> Reply:
        """What this outlet's server says to a request."""
        path = request.path.partition("?")[0]
        if path in ("/feed.xml", "/feed.json"):
            return self._feed(outlet, request)
        if path == "/robots.txt":
            return Reply(headers={"Content-Type": "text/plain"}, body=ROBOTS)
        edition = self.edition(outlet)
        if path == "/":
            return _html(press.front(edition))
        story = _find(edition, path)
        if story is None:
            return Reply(
                status=HTTPStatus.NOT_FOUND, headers={"Content-Type": "text/plain"}, body=b"There is no such page.\n"
            )
        self.pages += 1
        return _html(press.page(edition, story))

    def _feed(self, outlet: Outlet, request: Request) -> Reply:
        if self._began is None:
            self._began = self._clock()
        edition = self.edition(outlet)
        reply = _out_of_order() if outlet.fault is Fault.DOWN else _conditional(edition, request)
        self.polls[reply.status] += 1
        self.last_polls[outlet.slug] = edition.seconds
        return reply


@contextlib.asynccontextmanager
async def open_newsroom(outlets: Sequence[Outlet]) -> AsyncIterator[Newsroom]:
    """The newsroom with all its servers, while the block runs."""
    newsroom = Newsroom(outlets, clock=asyncio.get_running_loop().time, start=datetime.now(UTC))
    async with contextlib.AsyncExitStack() as servers:
        for outlet in newsroom.outlets:
            newsroom.addresses[outlet.slug] = await servers.enter_async_context(serve(partial(newsroom.answer, outlet)))
        yield newsroom


def _find(edition: Edition, path: str) -> Story | None:
    return next((story for story in edition.stories if edition.link(story) == edition.address + path), None)


def _html(body: bytes) -> Reply:
    return Reply(headers={"Content-Type": "text/html; charset=utf-8"}, body=body)


def _out_of_order() -> Reply:
    return Reply(
        status=HTTPStatus.INTERNAL_SERVER_ERROR, headers={"Content-Type": "text/plain"}, body=b"The fuse went.\n"
    )


def _conditional(edition: Edition, request: Request) -> Reply:
    """The feed, or 304 when the client says that it has it (If-None-Match goes before If-Modified-Since)."""
    body = press.feed(edition)
    changed = max(edition.modified(story) for story in edition.stories)
    validators = {"ETag": press.etag(body), "Last-Modified": format_datetime(changed, usegmt=True)}
    theirs = request.headers.get("if-none-match")
    same = (
        theirs == validators["ETag"]
        if theirs
        else request.headers.get("if-modified-since") == validators["Last-Modified"]
    )
    if same:
        return Reply(status=HTTPStatus.NOT_MODIFIED, headers=validators)
    kind = f"{press.CONTENT_TYPES[edition.outlet.format]}; charset={edition.outlet.encoding}"
    return Reply(headers={"Content-Type": kind, **validators}, body=body)
