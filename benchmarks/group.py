"""What a new story costs in the group index, by the stories in it: CPU of a look-up and a decision, bytes a story.

    python benchmarks/group.py [STORIES ...]        (default: 1000 100000; 1000000 takes some minutes and 3 GB)

Texts are made of words as frequent as in English (wordfreq). The keys of the indexed stories follow the law of real
ones: a third are a story's own, the others are drawn from two million so that few are common and most are rare.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from bisect import bisect
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import wordfreq
from sqlalchemy import Connection, insert

from watcher.model import Extraction, derive_id
from watcher.store import SqlStore, index
from watcher.store.tables import group_index, stories
from watcher.stories import group

NOW = datetime(2026, 11, 23, tzinfo=UTC)
WORDS = 300  # in a text
SAMPLE = 200  # new stories that are measured
BATCH = 20_000
TEXTS = 1_000  # of them the indexed stories carry one each, to be compared with
OWN, DRAWN = 13, 23  # keys of a story, as fingerprint.keys_of makes them
TERMS = 2_000_000


class Newsroom:
    """Texts with names of their own among the common words of English, and keys."""

    def __init__(self) -> None:
        self.chance = random.Random(1)
        self._words = [word for word in wordfreq.top_n_list("en", 30_000) if word.isalpha()]
        self._weights = list(accumulate(wordfreq.word_frequency(word, "en") for word in self._words))
        self.texts = [self.text() for _ in range(TEXTS)]

    def text(self) -> str:
        return "\n\n".join(self._sentence(15) for _ in range(WORDS // 15))

    def title(self) -> str:
        return self._sentence(8)

    def keys(self) -> tuple[int, ...]:
        own = [self.chance.getrandbits(63) for _ in range(OWN)]
        return (*own, *(int(TERMS * self.chance.random() ** 3) for _ in range(DRAWN)))

    def _sentence(self, length: int) -> str:
        total = self._weights[-1]
        words = [self._words[bisect(self._weights, self.chance.random() * total)] for _ in range(length - 1)]
        words.insert(length // 2, self.chance.choice(self._words[5_000:]).capitalize())
        return " ".join(words).capitalize() + "."


def row(room: Newsroom, seq: int, keys: tuple[int, ...]) -> dict[str, Any]:
    return {
        "seq": seq,
        "id": derive_id("story", str(seq)),
        "feed": "bench",
        "group_id": derive_id("story", str(seq)),
        "relation": "first",
        "root": derive_id("story", str(seq)),
        "url": f"https://paper-{seq % 300}.example/{seq}",
        "site": f"Paper {seq % 300}",
        "title": room.texts[seq % TEXTS][:60],
        "lede": "",
        "text": room.texts[seq % TEXTS],
        "language": "en",
        "published": NOW,
        "fetched": NOW,
        "indexed_at": NOW,
        "is_seed": False,
        "index_keys": index.pack(keys),
        "data": "{}",
    }


async def fill(store: SqlStore, room: Newsroom, known: int, wanted: int) -> None:
    """Puts stories in, and their postings in the order of the index: a million one by one would take an hour."""
    postings: list[tuple[int, int]] = []

    def put_stories(connection: Connection, first: int, last: int) -> None:
        rows = []
        for seq in range(first, last):
            keys = room.keys()
            postings.extend((key, seq) for key in set(keys))
            rows.append(row(room, seq, keys))
        connection.execute(insert(stories), rows)

    def put_postings(connection: Connection, some: list[tuple[int, int]]) -> None:
        connection.execute(insert(group_index), [{"key": key, "story": seq} for key, seq in some])

    database = store._database
    for first in range(known + 1, wanted + 1, BATCH):
        last = min(first + BATCH, wanted + 1)
        await database.write(lambda db, first=first, last=last: put_stories(db, first, last))  # type: ignore[misc]
    postings.sort()
    for first in range(0, len(postings), BATCH * 10):
        some = postings[first : first + BATCH * 10]
        await database.write(lambda db, some=some: put_postings(db, some))  # type: ignore[misc]


async def measure(store: SqlStore, room: Newsroom, known: int, size: int) -> None:
    """CPU of what a capture does with the index, without and with the decision; medians and 95th of a hundred."""
    looks, decisions, found = [], [], 0
    for number in range(SAMPLE):
        extraction = Extraction(
            url=f"https://new.example/{number}", title=room.title(), text=room.text(), language="en"
        )
        keys = room.keys()
        start = time.process_time()
        near = await store.neighbours(urls=(extraction.url,), keys=keys, since=NOW - timedelta(days=14))
        middle = time.process_time()
        group.index_keys(extraction)
        group.group(story_id=str(number), extraction=extraction, neighbours=near.stories, now=NOW)
        looks.append((middle - start) * 1000)
        decisions.append((time.process_time() - middle) * 1000)
        found += len(near.stories)
    half, most = SAMPLE // 2, SAMPLE * 95 // 100
    looks.sort()
    decisions.sort()
    print(
        f"{known:>9,} stories: look-up {looks[half]:.2f} ms (95%: {looks[most]:.2f}), keys and decision "
        f"{decisions[half]:.2f} ms (95%: {decisions[most]:.2f}), {found / SAMPLE:.1f} neighbours, "
        f"{size / known:,.0f} bytes a story in the database, of them {WORDS * 6:,} or so its text"
    )


async def main(sizes: list[int]) -> None:
    room = Newsroom()
    with tempfile.TemporaryDirectory() as folder:
        store = await SqlStore.open(Path(folder) / "watcher.db")
        empty = (await store.status(NOW)).size
        known = 0
        for size in sorted(sizes):
            await fill(store, room, known, size)
            known = size
            await measure(store, room, known, (await store.status(NOW)).size - empty)
        await store.close()


if __name__ == "__main__":
    asyncio.run(main([int(one) for one in sys.argv[1:]] or [1_000, 100_000]))
