"""The address of a site -> the feeds that it offers, asked where that is a guess; the first into the watchlist."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from watcher.app.by_hand import add_to_watchlist
from watcher.app.config import Config
from watcher.app.door import FeedDoor, open_feed_door
from watcher.feeds.discover import FeedLink, common_paths, discover
from watcher.model import FeedSpec, FetchError, ParsedFeed, Response, WatcherError

MOST_ASKED = 15  # links of a page, and of those that list feeds, asked one after another, seconds apart
_NO_PAGE = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.NOT_ACCEPTABLE)


class NoFeedError(WatcherError):
    """An address that is no feed and offers none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """What an address gave. itself: the feed that it is; linked: what its page links to; failure: why there is none."""

    url: str
    itself: FeedLink | None = None
    linked: tuple[FeedLink, ...] = ()
    failure: FetchError | None = None


def _nobody(_url: str) -> None:
    """Nobody wants to hear what is asked."""


async def discover_feeds(
    url: str, *, config: Config | None = None, told: Callable[[str], None] = _nobody
) -> tuple[FeedLink, ...]:
    """The feeds that a site offers: the address itself, those that its page names, else whatever proves to be one.

    told: called with each further address before it is asked, which may be a dozen, seconds apart.
    """
    async with open_feed_door(config) as door:
        looked = await _look(door, url)
        if looked.itself is not None:
            return (looked.itself,)
        if any(link.type for link in looked.linked):
            return looked.linked
        if found := [good async for good in _good(door, looked.linked, told)]:
            return tuple(found)
        usual = await _usual(door, looked, told)
        return (usual,) if usual else ()


async def _first_feed(url: str, *, config: Config | None, told: Callable[[str], None]) -> FeedLink | None:
    """The first feed that a site offers and that is one."""
    async with open_feed_door(config) as door:
        looked = await _look(door, url)
        if looked.itself is not None:
            return looked.itself
        async for good in _good(door, looked.linked, told):
            return good
        return await _usual(door, looked, told)


async def add_feed(
    config: Config, url: str, *, name: str | None, tags: tuple[str, ...], told: Callable[[str], None] = _nobody
) -> FeedSpec:
    """Adds a feed, or the first that a site offers, to watchlist.yaml. Raises ConfigError, FetchError, NoFeedError."""
    if any(spec.url == url for spec in config.watchlist.feeds):
        raise NoFeedError(f"{url} is in the watchlist already")
    found = await _first_feed(url, config=config, told=told)
    if found is None:
        raise NoFeedError(f"{url} is no feed, and offers none")
    spec = FeedSpec(url=found.url, name=name, tags=tags)
    added, _ = add_to_watchlist(config, [spec])
    if not added:
        raise NoFeedError(f"{spec.address} is in the watchlist already")
    return spec


async def _look(door: FeedDoor, url: str) -> _Looked:
    """Raises FetchError where there is no site at all; a site may have no page at its door, and a feed."""
    try:
        response, parsed = await door.ask(url)
    except FetchError as error:
        names_a_page = urlsplit(url).path.strip("/")  # whoever does is told that it is none
        if names_a_page or error.status not in _NO_PAGE:
            raise
        return _Looked(url=url, failure=error)
    itself = _itself(url, response, parsed) if _is_feed(parsed) else None
    return _Looked(url=response.url, itself=itself, linked=() if itself else discover(response.body, response.url))


async def _good(door: FeedDoor, links: Iterable[FeedLink], told: Callable[[str], None]) -> AsyncIterator[FeedLink]:
    """Those that are feeds, and the feeds on pages that they lead to: many sites list theirs on a page of its own."""
    waiting, asked = [(link, False) for link in links], 0
    met = {link.url for link, _ in waiting}
    while waiting and asked < MOST_ASKED:
        (link, listed), asked = waiting.pop(0), asked + 1
        found = await _asked(door, link, told)
        if isinstance(found, FeedLink):
            yield found
        elif found is not None and not listed:
            more = [one for one in discover(found.body, found.url) if one.url not in met]
            met |= {one.url for one in more}
            waiting[:0] = [(one, True) for one in more]


async def _usual(door: FeedDoor, looked: _Looked, told: Callable[[str], None]) -> FeedLink | None:
    """The first feed at the usual places of a site: what lies at the others is the same in another form."""
    for guess in common_paths(looked.url):
        found = await _asked(door, FeedLink(url=guess, title="", type=""), told)
        if isinstance(found, FeedLink):
            return found
    if looked.failure is not None:
        raise looked.failure
    return None


async def _asked(door: FeedDoor, link: FeedLink, told: Callable[[str], None]) -> FeedLink | Response | None:
    """The link if it is one to a feed, else the page that it leads to; None for neither."""
    told(link.url)
    try:
        response, parsed = await door.ask(link.url)
    except FetchError:
        return None  # most guesses are no pages at all, and a page may name what is long gone
    if not _is_feed(parsed):
        return response
    found = _itself(link.url, response, parsed)
    return FeedLink(url=found.url, title=link.title or found.title, type=link.type or found.type)


def _is_feed(parsed: ParsedFeed) -> bool:
    return bool(parsed.entries) or parsed.problem is None  # some have nothing to tell today


def _itself(url: str, response: Response, parsed: ParsedFeed) -> FeedLink:
    """The feed at an address: where that moved for good, there; a redirect for now leads elsewhere tomorrow."""
    return FeedLink(url=response.moved_to or url, title=parsed.title or "", type="feed")


__all__ = ["NoFeedError", "add_feed", "discover_feeds"]
