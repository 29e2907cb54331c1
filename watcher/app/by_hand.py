"""What commands do by hand with the rim: a page or feed asked for once, an edited watchlist, a new configuration."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from watcher.app.config import Config, read_config
from watcher.app.door import FeedDoor, open_door, open_feed_door
from watcher.app.reader import extract_page, read_source
from watcher.app.wiring import build_channels, close_channels, open_store
from watcher.app.written import read_text, shown
from watcher.feeds.opml import read_opml
from watcher.marks import compose
from watcher.matching import edit
from watcher.matching.watchlist import read_watchlist
from watcher.matching.watchlist_feeds import address_problem, same_address
from watcher.model import (
    ConfigError,
    Fault,
    Feed,
    FeedSpec,
    FeedState,
    ParsedFeed,
    Response,
    Subscription,
    WatcherError,
    Watchlist,
)
from watcher.settings import read_settings
from watcher.store import WATCHLIST, SqlStore

# -------------------------------------------------------------------------------------------------------------- the web


def good_config(folder: Path) -> Config | None:
    """The configuration where there is a good one; what can do without takes only the manners of fetching from it."""
    try:
        return read_config(folder)
    except (ConfigError, OSError):
        return None


def reading_config(folder: Path) -> Config:
    """The configuration for those who only read the archive: a fault of the watchlist is not in their way.

    Raises ConfigError where watcher.yaml, which names the archive, cannot be read.
    """
    try:
        return read_config(folder)
    except ConfigError:
        file = folder / "watcher.yaml"
        text = read_text(file)
        settings, node = read_settings(text, file=shown(file)), compose(text, file=shown(file))
        return Config(folder=folder, settings=settings, settings_node=node, watchlist=Watchlist(), templates={})


async def fetch_page(url: str, *, config: Config | None = None) -> Response:
    """One page, asked for by hand. Raises FetchError."""
    async with open_door(config) as door:
        return await door.page(url)


async def ask_feed(url: str, *, config: Config | None = None) -> tuple[str, ParsedFeed]:
    """The address at which a feed answered, and what it says. Raises FetchError."""
    async with open_feed_door(config) as door:
        response, parsed = await door.ask(url)
        return response.url, parsed


async def read_article(source: str, *, config: Config | None = None) -> tuple[str, str]:
    """(title, text) of an article: an address, HTML, or plain text such as a seed. Raises FetchError, WatcherError."""
    if source.startswith(("http://", "https://")):
        extraction = await extract_page(await fetch_page(source, config=config))
        return extraction.title, extraction.text
    body = read_source(source)
    if b"<html" in body[:2000].lower() or b"<!doctype html" in body[:200].lower():
        extraction = await extract_page(
            Response(url="", status=200, headers={}, body=body, fetched_at=datetime.now(UTC))
        )
        return extraction.title, extraction.text
    if b"\0" in body:
        raise WatcherError(f"{source}: this is neither text nor HTML")
    return "", body.decode("utf-8", errors="replace")


async def ask_online(config: Config) -> tuple[tuple[str, str], ...]:
    """(what, trouble) for each feed that does not answer well and each channel that cannot be built."""
    troubles: list[tuple[str, str]] = []

    async def ask(door: FeedDoor, spec: FeedSpec) -> None:
        trouble = await door.trouble(spec)
        if trouble is not None:
            troubles.append((spec.address, trouble))

    async with open_feed_door(config) as door:
        await asyncio.gather(*(ask(door, spec) for spec in config.watchlist.feeds))
    channels = build_channels(config)
    for name, channel in channels.items():
        trouble = await channel.greet()
        if trouble is not None:
            troubles.append((f"channel {name}", trouble))
    await close_channels(channels)
    return tuple(sorted(troubles))


# ------------------------------------------------------------------------------------------------- the watchlist's file


async def watchlist_in_force(store: SqlStore) -> Watchlist | None:
    """The one that a daemon or a round took over last; None where there was none yet. Raises ConfigError."""
    text = await store.meta(WATCHLIST)
    return read_watchlist(text, file="the watchlist in force") if text else None


async def known_feeds(config: Config) -> tuple[Feed, ...]:
    """Every feed of the watchlist as the store knows it, those in trouble first."""
    stored: dict[str, Feed] = {}
    if (config.archive / "watcher.db").exists():  # else nothing was polled yet
        async with open_store(config) as store:
            stored = {feed.id: feed for feed in await store.feeds()}
    now = datetime.now(UTC)
    listed = [stored.get(spec.id) or Feed(spec=spec, url=spec.url, due_at=now) for spec in config.watchlist.feeds]
    order = (FeedState.GONE, FeedState.FAILING, FeedState.NEW, FeedState.ACTIVE, FeedState.REMOVED)
    return tuple(sorted(listed, key=lambda feed: (order.index(feed.state), feed.name.casefold())))


async def known_subscriptions(config: Config) -> dict[str, Subscription]:
    """How it stands with the hubs that feeds name, by the id of the subscription."""
    if not (config.archive / "watcher.db").exists():
        return {}
    async with open_store(config) as store:
        return {one.id: one for one in await store.subscriptions()}


def import_feeds(config: Config, file: Path) -> tuple[list[FeedSpec], int, list[tuple[FeedSpec, str]]]:
    """(added, how many were there before, what was left out and why) of an OPML file. Raises ConfigError, OSError."""
    try:
        specs = read_opml(file.read_bytes())
    except ValueError as error:
        raise ConfigError(Fault(file=shown(file), line=0, column=0, message=str(error))) from None
    judged = [(spec, address_problem(spec.url)) for spec in specs]
    faulty = [(spec, problem) for spec, problem in judged if problem]
    sound = [spec for spec, problem in judged if not problem]
    return *add_to_watchlist(config, sound), faulty


def add_to_watchlist(config: Config, specs: Sequence[FeedSpec]) -> tuple[list[FeedSpec], int]:
    """(added, how many were there before): watchlist.yaml is edited in place, comments kept.

    The file is replaced whole, and only by one that reads well.
    """
    file = config.folder / "watchlist.yaml"
    text = read_text(file)
    known = {same_address(spec.url) for spec in config.watchlist.feeds}
    fresh: dict[str, FeedSpec] = {}
    for spec in specs:
        if (same := same_address(spec.url)) not in known:
            fresh.setdefault(same, spec)
    if fresh:
        _replace(file, edit.add_feeds(text, tuple(fresh.values()), file=shown(file)))
    return list(fresh.values()), len(specs) - len(fresh)


def _replace(file: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, prefix=".", delete=False) as new:
        try:
            new.write(text)
            new.flush()
            os.fsync(new.fileno())
            Path(new.name).chmod(file.stat().st_mode & 0o777)
            Path(new.name).replace(file)
        except OSError:
            Path(new.name).unlink(missing_ok=True)
            raise


# ------------------------------------------------------------------------------------------------- a new configuration


def write_config(folder: Path) -> tuple[list[Path], list[Path]]:
    """(written, kept): the files of a first config/ in this folder; none is ever overwritten. Raises OSError."""
    written: list[Path] = []
    kept: list[Path] = []
    _lay(files("watcher") / "starter", folder / "config", written, kept)
    return written, kept


def _lay(source: Traversable, target: Path, written: list[Path], kept: list[Path]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for one in sorted(source.iterdir(), key=lambda one: one.name):
        place = target / one.name
        if one.is_dir():
            _lay(one, place, written, kept)
        elif place.exists():
            kept.append(place)
        else:
            place.write_bytes(one.read_bytes())
            written.append(place)
