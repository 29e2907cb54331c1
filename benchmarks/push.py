"""Seconds from a hub's push to the webhook of its alert, through the real daemon; and what hubs cost at rest.

    python benchmarks/push.py [PUSHES]

The daemon is the command itself; hub, paper and webhook are on loopback. The first push comes right after the hub has
verified. Seconds on the clock include the page that is fetched, grouped and kept, and whatever else the machine does.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from hub import open_hub, open_paper
from pushed import free_port, write_config

from watcher.demo.server import Reply, Request, serve
from watcher.feeds import websub
from watcher.model import Feed, FeedSpec, FeedState
from watcher.store import SqlStore

PUSHES = 20
FEEDS, OFFERED = 10_000, 12  # every twelfth names a hub, as 17 of 202 real ones do
LOOKS = 50
PLACES = ("Brest", "Porto", "Oslo", "Riga", "Turin", "Ghent", "Lviv", "Split", "Cork", "Graz")


async def push_to_hook(pushes: int, gap: str) -> list[float]:
    """Seconds from each push to its webhook. gap: between two starts at one host, which a push must keep to as well."""
    arrived: asyncio.Queue[float] = asyncio.Queue()

    def answer(request: Request) -> Reply:
        json.loads(request.body)
        arrived.put_nowait(time.monotonic())
        return Reply(status=204)

    seconds = []
    with tempfile.TemporaryDirectory() as place:
        async with open_hub() as hub, open_paper(hub.address) as paper, serve(answer) as hook:
            folder, paper.titles = Path(place), ["A quiet day in the harbour"]
            channel = {"webhook": {"url": f"{hook}/hook", "secret_file": "hook-secret"}}
            feeds, polling = [paper.address + "/feed"], {"gap": gap}
            write_config(folder, port=free_port(), feeds=feeds, channels={"hook": channel}, polling=polling)
            (folder / "hook-secret").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", encoding="ascii")
            command = (sys.executable, "-m", "watcher", "--config", place, "run")
            daemon = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
            callback = await hub.until(1)
            for number in range(pushes):
                title = f"Elon Musk in {PLACES[number % 10]}: item {number} about {chr(97 + number % 26) * 9}"
                paper.titles.insert(0, title)
                start = time.monotonic()
                await hub.push(callback, paper.feed(title))
                seconds.append(await asyncio.wait_for(arrived.get(), 60) - start)
                await asyncio.sleep(float(gap.removesuffix("s")) + 0.2)  # the next page may be asked for at once
            daemon.terminate()
            await daemon.wait()
    return seconds


async def at_rest() -> tuple[int, float]:
    """How many subscriptions 10,000 feeds have, and CPU milliseconds of the look at them that is due every 2 s."""
    with tempfile.TemporaryDirectory() as place:
        store, now = await SqlStore.open(Path(place) / "watcher.db"), datetime.now(UTC)
        specs = [FeedSpec(url=f"https://f{number}.example/") for number in range(FEEDS)]
        await store.sync_feeds(specs, now)
        await asyncio.gather(*(store.change_feed(one.id, _offering) for one in specs[::OFFERED]))
        leave, again = partial(websub.left, now=now), partial(websub.wanted_again, now=now)
        look = partial(store.sync_subscriptions, "https://w.example/websub/", now, leave=leave, again=again)
        for _ in range(3):  # they are made a few hundred at a time
            await look()
        start = time.process_time()
        for _ in range(LOOKS):
            await look()
            await store.due_subscriptions(now - timedelta(days=1), 16)
        looked = (time.process_time() - start) * 1000 / LOOKS
        number = len(await store.subscriptions())
        await store.close()
    return number, looked


def _offering(feed: Feed) -> Feed:
    return feed.evolve(state=FeedState.ACTIVE, hubs=("https://hub.example/",), topic=feed.url)


async def main(pushes: int) -> None:
    for gap in ("0s", "5s"):
        seconds = await push_to_hook(pushes if gap == "0s" else 4, gap)
        rest = seconds[1:]
        print(f"gap {gap}: first push {seconds[0]:.2f} s, then median {median(rest):.2f} s, worst {max(rest):.2f} s")
    number, looked = await at_rest()
    print(f"{FEEDS:,} feeds, {number} subscriptions: {looked:.1f} ms CPU a look, {looked / 20:.2f}% of one core")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else PUSHES))
