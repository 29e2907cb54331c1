"""An edited configuration -> in force in one step, or the last good one stays and the fault is told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sdnotify
from loguru import logger
from watchfiles import awatch

from watcher.app.care import look_after
from watcher.app.config import Config, read_config
from watcher.app.wiring import (
    Watcher,
    build_channels,
    close_channels,
    compile_rules,
    feed_specs,
    make_fetcher,
    put_in_force,
)
from watcher.app.written import shown
from watcher.model import ConfigError, Fault, WatcherError
from watcher.store import CONFIG_FAULT

SETTLE_MS = 500  # an editor writes, renames and syncs within this; a half written file is refused all the same
LOOK_MS = 5_000  # what no event tells of (a network's folder, a folder put in the place of another) is seen by then
REST = 2.0  # seconds that a fault, or what takes something away, must stay as it is: it may be half of a file
TOLD = 5  # faults in a notice: whoever has more has one cause
AGAIN_AFTER = 10.0  # seconds until what the store could not take is tried once more
RETIRED_AFTER = 150.0  # seconds until what was replaced is closed; the longest mail ends within 120
BESIDE = ("~", ".swp", ".swx", ".tmp")  # endings of what an editor lays beside a file
FOLDERS = ("", "secrets", "templates", "seed")

Places = dict[str, tuple[int, int, int] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloaded:
    """What a reading came to. good: what is on disk is in force; at: Unix time."""

    config: Config
    good: bool
    at: float


async def follow(
    watcher: Watcher, *, stop: asyncio.Event, hangup: asyncio.Event, told: Callable[[Reloaded], None]
) -> None:
    """Reads the configuration again when a file of it changes, and on SIGHUP (hangup), until stop.

    told: called after each reading, with the configuration that is then in force.
    """
    reloader, edited = Reloader(watcher), asyncio.Event()
    watching = asyncio.create_task(_watch(watcher.config.folder, stop, edited))
    waiting = asyncio.create_task(stop.wait())
    while not stop.is_set():
        either = [asyncio.create_task(one.wait()) for one in (hangup, edited)]
        await asyncio.wait({waiting, *either}, return_when=asyncio.FIRST_COMPLETED)
        for one in either:
            one.cancel()
        if stop.is_set():
            break
        patient = not hangup.is_set()
        hangup.clear()
        edited.clear()
        try:
            good = await reloader.reload(patient=patient)
        except Exception as error:  # noqa: BLE001  whatever it is, the last good configuration stays in force
            fault = None if isinstance(error, (WatcherError, OSError)) else error
            told_of = logger.opt(exception=fault)
            told_of.error("the configuration could not be taken over, and is read again soon", problem=str(error))
            good = False
            asyncio.get_running_loop().call_later(AGAIN_AFTER, edited.set)
        told(Reloaded(config=reloader.config, good=good, at=time.time()))
    await watching
    await reloader.close()


# ----------------------------------------------------------------------------------------------------------- the folder


async def _watch(folder: Path, stop: asyncio.Event, edited: asyncio.Event) -> None:
    """Sets edited when anything that the configuration is made of has changed, however it was put there."""
    before = await asyncio.to_thread(_look, folder)
    while not stop.is_set():
        try:
            async for _ in awatch(
                folder,
                watch_filter=None,
                debounce=SETTLE_MS,
                rust_timeout=LOOK_MS,
                yield_on_timeout=True,
                stop_event=stop,
            ):
                now = await asyncio.to_thread(_look, folder)
                if now != before:
                    before = now
                    edited.set()
        except (OSError, RuntimeError) as error:  # the folder itself is gone, or its disk
            logger.warning("the folder of the configuration cannot be watched just now", problem=str(error))
            await asyncio.sleep(LOOK_MS / 1000)


def _look(folder: Path) -> Places:
    """The files of the configuration, with what changes whenever they do; None for what cannot be seen."""
    seen: Places = {}
    for place in (folder / name for name in FOLDERS):
        try:
            files = list(place.iterdir())
        except OSError:
            seen[str(place)] = None
            continue
        for file in files:
            if not file.name.startswith(".") and not file.name.endswith(BESIDE):
                seen[str(file)] = _trace(file)
    return seen


def _trace(file: Path) -> tuple[int, int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, max(status.st_mtime_ns, status.st_ctime_ns), status.st_size


# -------------------------------------------------------------------------------------------------------------- reading


class Reloader:
    """Holds what is in force. reload: True when what is on disk is now in force; False when it has a fault."""

    def __init__(self, watcher: Watcher) -> None:
        self._pipeline, self._store, self.config = watcher.pipeline, watcher.store, watcher.config
        self._subscriber = watcher.subscriber
        self._retiring: set[asyncio.Task[None]] = set()

    async def reload(self, *, patient: bool = False) -> bool:
        """patient: wait where a file may still be half written. Raises StoreError, OSError."""
        systemd = sdnotify.SystemdNotifier()
        systemd.notify(f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")
        try:
            await self._swap(await self._read(patient=patient))
        except ConfigError as error:
            await self._refuse(error)
            return False
        finally:
            systemd.notify("READY=1")
        await look_after(self._pipeline)
        return True

    async def close(self) -> None:
        """At the end nothing is under way any more."""
        for task in self._retiring:
            task.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)

    async def _read(self, *, patient: bool) -> Config:
        """What is on disk. patient: a fault, or what takes something away, counts once it has stayed as it is."""
        before = ""
        while True:
            try:
                config = await asyncio.to_thread(_read, self.config.folder)
            except ConfigError as error:
                if not patient or before == str(error):
                    raise
                before = str(error)
            else:
                if not patient or before == config.sha256 or not _takes_away(self.config, config):
                    _refuse_nothing(self.config, config)
                    return config
                before = config.sha256
            await asyncio.sleep(REST)

    async def _refuse(self, error: ConfigError) -> None:
        told = "; ".join(str(fault).splitlines()[0] for fault in error.faults[:TOLD])
        if told == await self._store.meta(CONFIG_FAULT):
            return  # the same fault once more
        for fault in error.faults:
            logger.error("the configuration stays as it was", fault=str(fault).splitlines()[0])
        await self._store.set_meta(CONFIG_FAULT, told)
        await look_after(self._pipeline)

    async def _swap(self, config: Config) -> None:
        """All that can fail comes first; then everything changes between two turns of the loop."""
        pipeline, old, new = self._pipeline, self.config.settings, config.settings
        rules = await asyncio.to_thread(compile_rules, config)
        channels = build_channels(config)
        try:
            await self._store.sync_feeds(feed_specs(config), pipeline.clock.now())
            pauses = await self._store.pauses(pipeline.clock.now())
            await self._store.keep_channels(new.channels)
            for name, settings in new.channels.items():
                if old.channels.get(name) != settings:
                    await self._store.channel_mended(name, pipeline.clock.now())
        except WatcherError:
            await close_channels(channels)
            raise
        self._retire(close_channels(pipeline.channels))
        pipeline.rules, pipeline.channels = rules, channels
        if (old.polling, old.allow_private) != (new.polling, new.allow_private):
            self._retire(pipeline.fetcher.aclose())
            pipeline.fetcher = self._subscriber.door = make_fetcher(config)
            pipeline.fetcher.leave_alone(pauses)
        self._subscriber.public_url = new.websub.public_url
        self.config = config
        await put_in_force(self._store, config)
        logger.info(
            "configuration read again",
            feeds=len(config.watchlist.feeds),
            watches=len(config.watchlist.watches),
            channels=len(channels),
        )
        if old.archive != new.archive:
            logger.warning("another archive takes a restart")

    def _retire(self, closing: Coroutine[Any, Any, None]) -> None:
        """Closes in a while what was replaced: requests and mails under way end as they began."""

        async def later() -> None:
            try:
                await asyncio.sleep(RETIRED_AFTER)
            finally:
                await closing

        task = asyncio.create_task(later(), name="retire")
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)


def _read(folder: Path) -> Config:
    """Raises ConfigError for whatever is wrong with it, also for what nobody thought of."""
    try:
        return read_config(folder)
    except (ConfigError, OSError):
        raise
    except Exception as error:
        logger.opt(exception=error).error("reading the configuration failed")
        message = f"this cannot be read ({type(error).__name__})"
        raise ConfigError(Fault(file=str(folder), line=0, column=0, message=message)) from error


def _refuse_nothing(old: Config, new: Config) -> None:
    """A watcher that runs is not left without anything to watch: that is the other half of a file, or a slip."""
    for what, before, after in (
        ("feed", old.watchlist.feeds, new.watchlist.feeds),
        ("watch", old.watchlist.watches, new.watchlist.watches),
    ):
        if before and not after:
            message = f"no {what} is left in it. If that is meant, stop the watcher"
            raise ConfigError(Fault(file=shown(new.folder / "watchlist.yaml"), line=1, column=1, message=message))


def _takes_away(old: Config, new: Config) -> bool:
    watches = {watch.name for watch in old.watchlist.watches} - {watch.name for watch in new.watchlist.watches}
    return bool(watches or {feed.url for feed in old.watchlist.feeds} - {feed.url for feed in new.watchlist.feeds})
