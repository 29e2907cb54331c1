"""What a new story costs in the group index, by the stories in it: CPU of a look-up and a decision, bytes a story.

    python benchmarks/group.py [STORIES ...]        (default: 1000 100000; 1000000 takes some minutes and 6 GB of disk)

Texts are made of words as frequent as in English (wordfreq). The keys of the indexed stories follow the law of real
ones: a third are a story's own, the others are drawn from two million so that few are common and most are rare.

Measured in November 2026 on two busy cores, ms of CPU a new story, medians: 3.1 at 1,000 stories, 4.2 at 1,000,000
(look-up 2.5, keys and decision 1.6; 95%: 5.3); 5,160 bytes a story. In December on slower ones 3.0 at 1,000, 4.5 at
100,000, and beside other work 7.8 at 1,000,000 (look-up 5.0). It was 11.7 at 1,000,000 (look-up 5.5, decision
6.2) with 500 stories a key and an outline of every neighbour. What helped: 64 of the newest a key (a million stories
fill the common keys), statements built once (half of the look-up), an outline only of what mentions three of the
sixteen heaviest words (nine tenths of the decision). What did not: stems and rarities from a cache (a tenth).
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from bisect import bisect
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import wordfreq

from watcher.model import Extraction, derive_id
from watcher.store import SqlStore, index
from watcher.stories import group
from watcher.stories.lines import lines_of

NOW = datetime(2026, 11, 23, tzinfo=UTC)
WORDS = 300  # in a text
SAMPLE = 200  # new stories that are measured
BATCH = 20_000
TEXTS = 1_000  # of them the indexed stories carry one each, to be compared with
LINES = 8  # at the edges of a story
OWN, DRAWN = 13, 23  # keys of a story, as fingerprint.keys_of makes them
TERMS = 2_000_000
COLUMNS = [
    "seq",
    "id",
    "feed",
    "group_id",
    "relation",
    "root",
    "url",
    "site",
    "title",
    "lede",
    "text",
    "language",
    "published",
    "fetched",
    "indexed_at",
    "is_seed",
    "index_keys",
    "data",
]


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

    def lines(self) -> tuple[int, ...]:
        return tuple(self.chance.getrandbits(63) for _ in range(LINES))

    def _sentence(self, length: int) -> str:
        total = self._weights[-1]
        words = [self._words[bisect(self._weights, self.chance.random() * total)] for _ in range(length - 1)]
        words.insert(length // 2, self.chance.choice(self._words[5_000:]).capitalize())
        return " ".join(words).capitalize() + "."


def row(room: Newsroom, seq: int, keys: tuple[int, ...]) -> tuple[object, ...]:
    id_, moment = derive_id("story", str(seq)), int(NOW.timestamp()) * 1_000_000
    values: dict[str, object] = {
        "seq": seq,
        "id": id_,
        "feed": "bench",
        "group_id": id_,
        "relation": "first",
        "root": id_,
        "url": f"https://paper-{seq % 300}.example/{seq}",
        "site": f"Paper {seq % 300}",
        "title": room.texts[seq % TEXTS][:60],
        "lede": "",
        "text": room.texts[seq % TEXTS],
        "language": "en",
        "published": moment,
        "fetched": moment,
        "indexed_at": moment,
        "is_seed": False,
        "index_keys": index.pack(keys),
        "data": "{}",
    }
    return tuple(values[name] for name in COLUMNS)


def fill(file: Path, room: Newsroom, known: int, wanted: int) -> None:
    """Puts stories in past the store, and their keys in the order of the index: one by one a million take an hour."""
    stories = f"INSERT INTO stories ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;"
            "CREATE TEMP TABLE keys (key, story); CREATE TEMP TABLE lines (line);"
        )
        for first in range(known + 1, wanted + 1, BATCH):
            some = [(seq, room.keys()) for seq in range(first, min(first + BATCH, wanted + 1))]
            database.execute("BEGIN")
            database.executemany(stories, (row(room, seq, keys) for seq, keys in some))
            database.executemany(
                "INSERT INTO keys VALUES (?, ?)", ((key, seq) for seq, keys in some for key in set(keys))
            )
            database.executemany("INSERT INTO lines VALUES (?)", ((line,) for _ in some for line in room.lines()))
            database.execute("COMMIT")
        database.execute("INSERT INTO group_index SELECT key, story FROM keys ORDER BY key, story")
        database.execute("INSERT OR IGNORE INTO site_lines SELECT line, 1, 'g', 0 FROM lines ORDER BY line")
        database.execute("PRAGMA journal_mode=WAL")


async def measure(store: SqlStore, room: Newsroom, known: int, size: int) -> None:
    """CPU of what a capture does with the index: look-up, with the lines of sites, and keys and decision."""
    looks, decisions, found = [], [], 0
    for number in range(SAMPLE):
        extraction = Extraction(
            url=f"https://new.example/{number}", title=room.title(), text=room.text(), site="New", language="en"
        )
        keys = room.keys()
        start = time.process_time()
        near = await store.neighbours(urls=(extraction.url,), keys=keys, since=NOW - timedelta(days=14))
        lines = frozenset(lines_of(extraction)).union(*map(lines_of, near.stories))
        furniture = await store.furniture(lines)
        middle = time.process_time()
        group.index_keys(extraction)
        group.group(story_id=str(number), extraction=extraction, neighbours=near.stories, now=NOW, furniture=furniture)
        looks.append((middle - start) * 1000)
        decisions.append((time.process_time() - middle) * 1000)
        found += len(near.stories)
    every = sorted(look + decision for look, decision in zip(looks, decisions, strict=True))
    half, most = SAMPLE // 2, SAMPLE * 95 // 100
    print(
        f"{known:>9,} stories: {every[half]:.2f} ms CPU a new story (95%: {every[most]:.2f}); look-up "
        f"{sorted(looks)[half]:.2f}, keys and decision {sorted(decisions)[half]:.2f}; {found / SAMPLE:.1f} neighbours, "
        f"{size / known:,.0f} bytes a story in the database, of them {WORDS * 6:,} or so its text"
    )


async def main(sizes: list[int]) -> None:
    room = Newsroom()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "watcher.db"
        known = empty = 0
        for size in (0, *sorted(sizes)):
            if size:
                fill(file, room, known, size)
            known = size
            store = await SqlStore.open(file)
            used = (await store.status(NOW)).size
            if size:
                await measure(store, room, known, used - empty)
            else:
                empty = used
            await store.close()


if __name__ == "__main__":
    asyncio.run(main([int(one) for one in sys.argv[1:]] or [1_000, 100_000]))
