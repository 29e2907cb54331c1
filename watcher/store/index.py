"""The group index: a story's keys -> the stories that share them; its version moves with every story that is recorded.

An address is a key like any other, so that one table answers both questions. What a look-up costs does not depend on
how many stories there are: each key gives its newest stories, and one that gives all it may says little.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from heapq import nsmallest
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, delete, select, text, update

from watcher.model import IndexedStory, Neighbours
from watcher.store.dialect import insert_new, upsert
from watcher.store.numbers import address
from watcher.store.tables import counters, group_index, stories

NEWEST = 64  # stories that a key gives: an agency's text in hundreds of papers is found by its newest copies
COMMON_WEIGHT = 0.25  # of a key with as many: a phrase of the trade, or that text, which shares a dozen such keys
NEIGHBOURS = 50
LOOSE = 15  # of them that may share one key alone: nearly always that is chance, and each is read and compared
ADDRESS_WEIGHT = 1_000  # the same address outranks any number of shared words

_WANTED = "seq id group_id site url canonical_url title lede text published indexed_at language is_seed"
_COLUMNS = tuple(stories.c[name] for name in _WANTED.split())
# Built once: building one costs more than running it.
_RECENT = select(*_COLUMNS).where(
    stories.c.seq.in_(bindparam("nearest", expanding=True)), stories.c.indexed_at >= bindparam("since")
)
_SEEDS = select(*_COLUMNS).where(stories.c.is_seed)
_COUNTER = select(counters.c.value).where(counters.c.name == bindparam("name"))


def neighbours(connection: Connection, *, urls: Sequence[str], keys: Sequence[int], since: datetime) -> Neighbours:
    """The stories indexed since then that share an address or a key, nearest first, and every seed."""
    addresses = {address(url) for url in urls}
    ranks: defaultdict[int, float] = defaultdict(float)
    for key, sharing in _postings(connection, [*addresses, *keys]).items():
        weight = ADDRESS_WEIGHT if key in addresses else 1 if len(sharing) < NEWEST else COMMON_WEIGHT
        for seq in sharing:
            ranks[seq] += weight
    ranked = nsmallest(NEIGHBOURS, ranks.items(), key=lambda one: (-one[1], -one[0]))
    nearest = [seq for place, (seq, weight) in enumerate(ranked) if weight > 1 or place < LOOSE]
    found = {row.seq: row for row in connection.execute(_RECENT, {"nearest": nearest, "since": since}).all()}
    seeds = {row.seq: row for row in connection.execute(_SEEDS).all()}
    every = {**{seq: found[seq] for seq in nearest if seq in found}, **seeds}
    return Neighbours(stories=tuple(map(_indexed, every.values())), version=version(connection))


def add(connection: Connection, seq: int, keys: Iterable[int]) -> None:
    """Puts a story under its keys."""
    insert_new(connection, group_index, [{"key": key, "story": seq} for key in set(keys)])


def remove(connection: Connection, seqs: Sequence[int]) -> None:
    """Takes stories out of the index."""
    rows = connection.execute(select(stories.c.seq, stories.c.index_keys).where(stories.c.seq.in_(seqs)))
    postings = [{"key_": key, "story_": row.seq} for row in rows for key in unpack(row.index_keys)]
    if postings:
        connection.execute(_REMOVE, postings)
    connection.execute(update(stories).where(stories.c.seq.in_(seqs)).values(index_keys=None))


def version(connection: Connection) -> int:
    """The number that moves whenever a story is recorded."""
    return count(connection, "index")


def count(connection: Connection, name: str, step: int = 0) -> int:
    """The counter's value, moved on by `step`."""
    now: int = connection.scalar(_COUNTER, {"name": name}) or 0
    if step:
        upsert(connection, counters, [{"name": name, "value": now + step}], key=["name"], update=["value"])
    return now + step


def pack(keys: Sequence[int]) -> bytes:
    return struct.pack(f">{len(keys)}q", *keys)


def unpack(keys: bytes | None) -> tuple[int, ...]:
    return struct.unpack(f">{len(keys) // 8}q", keys) if keys else ()


_REMOVE = delete(group_index).where(group_index.c.key == text(":key_"), group_index.c.story == text(":story_"))


def _postings(connection: Connection, keys: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    distinct = list(dict.fromkeys(keys))
    for start in range(0, len(distinct), 100):  # a compound SELECT may have 500 parts in SQLite
        some = distinct[start : start + 100]
        values = {f"key{place}": key for place, key in enumerate(some)}
        for key, seq in connection.execute(_postings_query(len(some)), values).all():
            found.setdefault(key, []).append(seq)
    return found


@lru_cache(maxsize=128)
def _postings_query(number: int) -> TextClause:
    """One look-up of `number` keys, newest stories first; as text, since building it costs more than running it."""
    newest = "SELECT key, story FROM group_index WHERE key = :key{0} ORDER BY story DESC LIMIT {1}"
    parts = (newest.format(place, NEWEST) for place in range(number))
    return text(" UNION ALL ".join(f"SELECT * FROM ({part}) AS s" for part in parts))  # noqa: S608 - names of our own


def _indexed(row: Any) -> IndexedStory:
    return IndexedStory(
        id=row.id,
        group=row.group_id,
        site=row.site,
        url=row.url,
        canonical_url=row.canonical_url,
        title=row.title,
        lede=row.lede,
        text=row.text,
        published=row.published,
        indexed_at=row.indexed_at,
        language=row.language,
        is_seed=row.is_seed,
    )
