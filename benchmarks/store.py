"""CPU of the store alone for a round of polls: cold (every entry new), unchanged, and one new entry each.

python benchmarks/store.py [FEEDS] [ENTRIES]        (default: 1000 feeds of 35 entries)
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from watcher.model import Entry, FeedSpec, FeedState, PollRecord, SeenEntry
from watcher.store import SqlStore

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)
IN_FLIGHT = 32  # polls at once, as the daemon has them


def entries(feed_id: str, numbers: range) -> tuple[SeenEntry, ...]:
    return tuple(
        SeenEntry(
            key=f"https://paper.example/{feed_id}/{number}",
            aliases=(f"url:paper.example/{feed_id}/{number}", f"title:{number:064x}"),
            text_hash=f"{number:064x}",
            feed_id=feed_id,
            entry=Entry(
                guid=f"https://paper.example/{feed_id}/{number}",
                link=f"https://paper.example/{feed_id}/{number}",
                title="Eight words make up the usual headline today",
                summary="Some forty words make up the usual summary. " * 5,
                published=NOW,
            ),
            first_seen=NOW,
            alertable=False,
        )
        for number in numbers
    )


async def poll(store: SqlStore, feed_id: str, now: datetime, shown: range, new: range) -> None:
    feed = await store.feed(feed_id)
    if feed is None:
        raise KeyError(feed_id)
    found = entries(feed_id, shown)
    await store.known_entries(feed_id, [name for one in found for name in (one.key, *one.aliases)])
    after = feed.evolve(due_at=now + HOUR, polled_at=now, baseline_at=NOW, state=FeedState.ACTIVE)
    record = PollRecord(
        feed=after, polled_at=now, seen_keys=tuple(one.key for one in found), entries=entries(feed_id, new)
    )
    await store.record_poll(record, owner="bench")


async def round_of_polls(store: SqlStore, name: str, now: datetime, shown: range, new: range) -> None:
    cpu, wall, done, limit = time.process_time(), time.perf_counter(), 0, asyncio.Semaphore(IN_FLIGHT)

    async def one(feed_id: str) -> None:
        async with limit:
            await poll(store, feed_id, now, shown, new)

    while ids := await store.claim_feeds(owner="bench", now=now, lease=HOUR, limit=200):
        await asyncio.gather(*map(one, ids))
        done += len(ids)
    spent = time.process_time() - cpu
    took = time.perf_counter() - wall
    print(f"{name:<12}{done:>7,} polls  {spent:6.2f} s CPU  {spent / done * 1000:5.2f} ms each  {took:6.1f} s")


async def main(feeds: int, each: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = await SqlStore.open(Path(folder) / "watcher.db")
        await store.sync_feeds([FeedSpec(url=f"https://paper-{one}.example/rss") for one in range(feeds)], NOW)
        await round_of_polls(store, "cold", NOW, range(each), range(each))
        await round_of_polls(store, "unchanged", NOW + HOUR, range(0), range(0))
        await round_of_polls(store, "one new", NOW + 2 * HOUR, range(1, each + 1), range(each, each + 1))
        await store.close()
        print(f"{(Path(folder) / 'watcher.db').stat().st_size / feeds / each:,.0f} bytes an entry")


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    asyncio.run(main(*(given + [1_000, 35][len(given) :])))
