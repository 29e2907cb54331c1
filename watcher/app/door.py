"""The web for commands by hand, with the daemon's manners: what it was asked to leave alone, they leave alone too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from watcher.app.config import Config
from watcher.app.reader import make_workers
from watcher.app.wiring import Watcher, make_fetcher, open_store
from watcher.feeds import schedule
from watcher.feeds.fetch import WebFetcher
from watcher.model import Feed, FeedSpec, FeedState, FetchError, FetchReason, HostPause, ParsedFeed, Response, host_of
from watcher.workers import Workers


@asynccontextmanager
async def open_door(config: Config | None = None) -> AsyncIterator[WebFetcher]:
    """The door alone, for pages. Hosts that ask to be left alone are remembered where there is an archive."""
    fetcher = make_fetcher(config)
    archive = config if config is not None and (config.archive / "watcher.db").exists() else None
    try:
        fetcher.leave_alone(await _pauses(archive))
        try:
            yield fetcher
        finally:
            await _remember(archive, fetcher.left_alone())
    finally:
        await fetcher.aclose()


async def _pauses(config: Config | None) -> tuple[HostPause, ...]:
    if config is None:
        return ()
    async with open_store(config) as store:
        return await store.pauses(datetime.now(UTC))


async def _remember(config: Config | None, pauses: tuple[HostPause, ...]) -> None:
    if config is None or not pauses:
        return
    async with open_store(config, read_only=False) as store:
        await store.record_pauses(pauses, datetime.now(UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDoor:
    """Feeds, asked for and parsed. known: what the daemon knows of them, by every address that they have."""

    door: WebFetcher
    workers: Workers
    known: Mapping[str, Feed]

    async def ask(self, url: str) -> tuple[Response, ParsedFeed]:
        """What came from the address in the end, and what it says as a feed. Raises FetchError."""
        if (feed := self.known.get(url)) is not None:
            _mind(feed, datetime.now(UTC))
        response = await self.door.feed(url, etag=None, last_modified=None)
        content_type = response.headers.get("content-type", "")
        return response, await self.workers.parse(response.body, url=response.url, content_type=content_type)

    async def trouble(self, spec: FeedSpec) -> str | None:
        """What is wrong with a feed of the watchlist; one that was asked and is not due yet tells what it did then."""
        feed, now = self.known.get(spec.url), datetime.now(UTC)
        try:
            if feed is None or feed.polled_at is None:
                return (await self.ask(spec.url))[1].problem
            _mind(feed, now)
            if feed.due_at > now:
                return feed.problem
            etag, last_modified = schedule.validators(feed, now)
            response = await self.door.feed(feed.url, etag=etag, last_modified=last_modified)
            if response.status == 304:
                return feed.problem if feed.unread else None
            content_type = response.headers.get("content-type", "")
            return (await self.workers.parse(response.body, url=response.url, content_type=content_type)).problem
        except FetchError as error:
            return feed.problem if feed is not None and error.reason is FetchReason.PAUSED else str(error)


@asynccontextmanager
async def open_feed_door(config: Config | None = None) -> AsyncIterator[FeedDoor]:
    known: dict[str, Feed] = {}
    if config is not None and (config.archive / "watcher.db").exists():
        async with open_store(config) as store:
            for feed in await store.feeds():
                known |= {feed.url: feed, feed.spec.url: feed}
    workers = make_workers()
    try:
        async with open_door(config) as door:
            yield FeedDoor(door=door, workers=workers, known=known)
    finally:
        await workers.aclose()


async def left_alone(watcher: Watcher) -> list[Feed]:
    """Feeds that nobody may ask now, because they or their hosts said so; quiet_until: until when."""
    now = watcher.pipeline.clock.now()
    hosts = {pause.host: pause.until for pause in await watcher.store.pauses(now) if pause.until > now}
    found = []
    for feed in await watcher.store.feeds():
        until = max(filter(None, (feed.quiet_until, hosts.get(host_of(feed.url)))), default=now)
        if until > now and feed.state not in (FeedState.GONE, FeedState.REMOVED):
            found.append(feed.evolve(quiet_until=until))
    return found


def _mind(feed: Feed, now: datetime) -> None:
    """Raises FetchError for a feed that is gone, or that asked for time which is not over."""
    if feed.state is FeedState.GONE:
        raise FetchError(FetchReason.STATUS, f"{feed.address} is {feed.problem}", status=410)
    if feed.quiet_until is not None and feed.quiet_until > now:
        left = (feed.quiet_until - now).total_seconds()
        why = f" ({feed.problem})" if feed.problem else ""
        words = f"{feed.address} asked not to be asked before {feed.quiet_until:%Y-%m-%d %H:%M:%S}Z{why}"
        raise FetchError(FetchReason.PAUSED, words, retry_after=left)
