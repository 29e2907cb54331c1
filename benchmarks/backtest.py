"""CPU of judging an archive anew by two watchlists, and of what of it is reading the rows.

python benchmarks/backtest.py [ENTRIES] [WATCHES]        (default: 20000 entries, 100 watches on each side)

Measured (2 shared cores, Python 3.11): 9,300 entries a second with 100 watches on each side, 7,500 with 2,000; reading
the rows alone 28,000. The two watchlists cost one judging each.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from watcher.alerts.decide import AlertPolicy
from watcher.app.backtest import Backtest
from watcher.matching.watchlist import read_watchlist
from watcher.model import Entry, FeedSpec, FeedState, PollRecord, SeenEntry
from watcher.store import SqlStore

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SPEC = FeedSpec(url="https://paper.example/feed")
SHARE = 50  # of the entries one in so many names somebody who is watched


def _watchlist(watches: int, also: str) -> str:
    names = "".join(f"  - Name{number} Surname{number}\n" for number in range(watches))
    return f"feeds: [{SPEC.url}]\nwatches:\n{names}  - {also}\n"


def _entries(number: int, watches: int) -> list[SeenEntry]:
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvw", k=chance.randint(2, 9))) for _ in range(4000)]
    made = []
    for place in range(number):
        named = chance.randrange(watches)
        name = f" Name{named} Surname{named}" if place % SHARE == 0 else ""
        made.append(
            SeenEntry(
                key=str(place),
                aliases=(),
                text_hash=f"{place:040x}",
                feed_id=SPEC.id,
                entry=Entry(
                    guid=str(place),
                    link=f"https://paper.example/{place}",
                    title=" ".join(chance.choices(words, k=8)).capitalize() + name,
                    summary=" ".join(chance.choices(words, k=40)),
                    published=NOW,
                ),
                first_seen=NOW + timedelta(seconds=place),
                alertable=True,
            )
        )
    return made


async def main(number: int, watches: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = await SqlStore.open(Path(folder) / "watcher.db")
        await store.sync_feeds([SPEC], NOW)
        await store.claim_feeds(owner="bench", now=NOW, lease=timedelta(hours=1), limit=1)
        feed = await store.feed(SPEC.id)
        if feed is None:
            raise KeyError(SPEC.id)
        polled = feed.evolve(state=FeedState.ACTIVE, baseline_at=NOW)
        found = PollRecord(feed=polled, polled_at=NOW, entries=tuple(_entries(number, watches)))
        await store.record_poll(found, owner="bench")
        cpu = time.process_time()
        async for _ in store.entries_since(NOW):
            pass
        reading = time.process_time() - cpu
        disk, in_force = (read_watchlist(_watchlist(watches, one), file="bench") for one in ("Some One", "Any Other"))
        cpu = time.process_time()
        test = Backtest(disk=disk, in_force=in_force, policy=AlertPolicy())
        async for some in store.entries_since(NOW):
            test.add(some)
        report = test.report()
        whole = time.process_time() - cpu
        await store.close()
    alerts = sum(sum(changes.values()) for changes in report.counts.values())
    print(f"{number} entries, {watches} watches on each side, {alerts} alerts")
    print(f"reading    {reading:6.2f} s CPU  {number / reading:8.0f} entries/s")
    print(f"backtest   {whole:6.2f} s CPU  {number / whole:8.0f} entries/s")


if __name__ == "__main__":
    asyncio.run(main(*(int(word) for word in (*sys.argv[1:], *("20000", "100")[len(sys.argv) - 1 :]))))
