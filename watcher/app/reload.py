"""An edited configuration -> in force in one step, or the last good one stays and the fault is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import sdnotify
from loguru import logger
from watchfiles import Change, awatch

from watcher.app.care import look_after
from watcher.app.config import Config, read_config
from watcher.app.wiring import Watcher, build_channels, close_channels, compile_rules, feed_specs, make_fetcher
from watcher.model import ConfigError
from watcher.store import CONFIG_FAULT

FILES = ("watcher.yaml", "watchlist.yaml")
SETTLE_MS = 500  # an editor writes, renames and syncs within this; a half written file is refused all the same
TOLD = 5  # faults in a notice: whoever has more has one cause


def _ours(_change: Change, path: str) -> bool:
    return Path(path).name in FILES or path.endswith(".j2")


async def follow(
    watcher: Watcher, *, stop: asyncio.Event, hangup: asyncio.Event, in_force: Callable[[str], None]
) -> None:
    """Reads the configuration again when a file of it changes, and on SIGHUP (hangup), until stop.

    in_force: told the SHA-256 of the watchlist after each reading.
    """
    edited = asyncio.create_task(_watch(watcher.config.folder, stop, hangup))
    stopping = asyncio.create_task(stop.wait())
    while not stop.is_set():
        asked = asyncio.create_task(hangup.wait())
        await asyncio.wait({asked, stopping}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if stop.is_set():
            break
        hangup.clear()
        watcher = await reload(watcher)
        in_force(watcher.config.watchlist.sha256)
    await edited


async def _watch(folder: Path, stop: asyncio.Event, hangup: asyncio.Event) -> None:
    async for _ in awatch(folder, watch_filter=_ours, debounce=SETTLE_MS, stop_event=stop):
        hangup.set()


async def reload(watcher: Watcher) -> Watcher:
    """The watcher with what is on disk now; with a fault there, as it was."""
    systemd = sdnotify.SystemdNotifier()
    systemd.notify("RELOADING=1")
    try:
        config = await asyncio.to_thread(read_config, watcher.config.folder)
        return await _swap(watcher, config)
    except ConfigError as error:
        for fault in error.faults:
            logger.error("the configuration stays as it was: {}", str(fault).splitlines()[0])
        told = "; ".join(str(fault).splitlines()[0] for fault in error.faults[:TOLD])
        await watcher.store.set_meta(CONFIG_FAULT, told)
        return watcher
    finally:
        systemd.notify("READY=1")
        await look_after(watcher.pipeline)


async def _swap(watcher: Watcher, config: Config) -> Watcher:
    """All that can fail comes first; then everything changes between two turns of the loop."""
    pipeline, old = watcher.pipeline, watcher.config.settings
    rules = await asyncio.to_thread(compile_rules, config)
    channels = build_channels(config)
    await watcher.store.sync_feeds(feed_specs(config), pipeline.clock.now())
    before, fetcher = pipeline.channels, pipeline.fetcher
    pipeline.rules, pipeline.channels = rules, channels
    if (old.polling, old.allow_private) != (config.settings.polling, config.settings.allow_private):
        pipeline.fetcher = make_fetcher(config)
        logger.info("the settings of polling changed; requests under way end as they began")
        await fetcher.aclose()
    for name, settings in config.settings.channels.items():
        if old.channels.get(name) != settings:
            await watcher.store.channel_mended(name, pipeline.clock.now())
    await close_channels(before)
    await watcher.store.set_meta(CONFIG_FAULT, "")
    logger.info(
        "configuration read again: {} feeds, {} watches, {} channels",
        len(config.watchlist.feeds),
        len(config.watchlist.watches),
        len(channels),
    )
    if (old.archive, old.page, old.retention) != (
        config.settings.archive,
        config.settings.page,
        config.settings.retention,
    ):
        logger.warning("another archive, page or retention takes a restart")
    return replace(watcher, config=config)
