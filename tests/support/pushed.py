"""A paper, its hub and a watcher that the hub can call, all on loopback; the clock is moved by hand."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from bench import Bench
from hub import Hub, Paper, open_hub, open_paper

from watcher.app import Watcher, open_watcher, read_config
from watcher.daemon import Runner
from watcher.hubs import PATH, Subscriber
from watcher.model import Feed, Subscription
from watcher.page import Metrics, hub_routes, make_site, serve


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def move(self, **time: float) -> None:
        self.ahead += timedelta(**time)


@dataclass(kw_only=True)
class World:
    hub: Hub
    paper: Paper
    watcher: Watcher
    clock: Clock = field(default_factory=Clock)

    @property
    def subscriber(self) -> Subscriber:
        return self.watcher.subscriber

    async def round(self) -> None:
        """What is due is polled, captured and delivered."""
        await Runner(self.watcher.pipeline).once()

    async def poll(self) -> None:
        """Every feed, due or not, then the rest of the round."""
        await Runner(self.watcher.pipeline).once(everything=True)

    async def ask(self) -> None:
        """What is due at hubs is done, and hubs have answered."""
        for one in await self.subscriber.due(16):
            await self.subscriber.ask(one)

    async def subscribed(self) -> str:
        """The first poll, and all until the hub has verified; the callback."""
        await self.poll()
        await self.ask()
        return await self.hub.until(1)

    async def feed(self) -> Feed:
        return (await self.watcher.store.feeds())[0]

    async def subscription(self) -> Subscription | None:
        return next(iter(await self.watcher.store.subscriptions()), None)

    async def alerted(self) -> list[str]:
        return sorted(one.story.extraction.title for one in await self.watcher.store.alerts())


def write_config(folder: Path, *, port: int, feeds: list[str], **more: object) -> None:
    settings = {
        "archive": "archive",
        "page": {"listen": f"127.0.0.1:{port}"},
        "websub": {"public_url": f"http://127.0.0.1:{port}"},
        "polling": {"gap": "0s"},
        "allow_private": ["127.0.0.0/8"],
        **more,
    }
    (folder / "watcher.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    watchlist = {"feeds": feeds, "watches": ["Elon Musk"]}
    (folder / "watchlist.yaml").write_text(yaml.safe_dump(watchlist), encoding="utf-8")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def pushed_world(folder: Path, *, by_header: bool = False, feed: str = "/feed") -> AsyncIterator[World]:
    """A watcher whose page is served, and nothing else goes by itself."""
    port, stop = free_port(), asyncio.Event()
    async with open_hub() as hub, open_paper(hub.address, by_header=by_header) as paper:
        paper.titles = ["A quiet day in the harbour"]
        write_config(folder, port=port, feeds=[paper.address + feed])
        async with open_watcher(read_config(folder), alone=True) as watcher:
            world = World(hub=hub, paper=paper, watcher=watcher)
            watcher.pipeline.clock, watcher.pipeline.workshop = world.clock, Bench()
            callbacks = hub_routes(watcher.subscriber, PATH)
            site = make_site(watcher.store, metrics=Metrics(config=""), moving=lambda: True, callbacks=callbacks)
            serving = asyncio.create_task(serve(site, listen=f"127.0.0.1:{port}", stop=stop))
            try:
                yield world
            finally:
                stop.set()
                await serving
