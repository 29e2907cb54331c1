"""Words -> stories that hold them, with the place marked: SQLite's FTS5 over the stories' own rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Float, Integer, MetaData, String, Table, func, literal_column, select, text

from watcher.model import StoreError, Story
from watcher.model.reports import Found
from watcher.store.rows import load_story
from watcher.store.tables import decisions, stories

CREATE = """
CREATE VIRTUAL TABLE story_search USING fts5(
    title, lede, text, content='stories', content_rowid='seq', tokenize='unicode61 remove_diacritics 2'
)
"""
WEIGHTS = "10.0, 4.0, 1.0"  # a word in the headline says more than ten in the text
SNIPPET_WORDS = 24

_OPEN, _CLOSE = "\x02", "\x03"  # no text holds them: control characters are cleaned away where a page is read
_TERM = re.compile(r'-?(?:"[^"]*"|\S+)')
_MARKED = re.compile(f"{_OPEN}(.*?){_CLOSE}", re.DOTALL)

# Not in `tables.metadata`: a virtual table is made by the migration alone.
_index = Table(
    "story_search",
    MetaData(),
    Column("rowid", Integer),
    Column("story_search", String),
    Column("rank", Float),
)
_ADD = text(
    "INSERT INTO story_search (rowid, title, lede, text) SELECT seq, title, lede, text FROM stories WHERE seq = :seq"
)
_REMOVE = text(
    "INSERT INTO story_search (story_search, rowid, title, lede, text) "
    "SELECT 'delete', seq, title, lede, text FROM stories WHERE seq = :seq"
)


def remove(connection: Connection, seqs: Sequence[int]) -> None:
    """Takes stories out, while their rows are still as they were put in."""
    if connection.dialect.name == "sqlite" and seqs:
        connection.execute(_REMOVE, [{"seq": seq} for seq in seqs])


def add(connection: Connection, seq: int) -> None:
    """Puts a story in, in the transaction that records it."""
    if connection.dialect.name == "sqlite":
        connection.execute(_ADD, {"seq": seq})


def search(
    connection: Connection, query: str, *, watch: str | None, site: str | None, since: datetime | None, limit: int
) -> tuple[Found, ...]:
    """Stories that hold every word of the query, the nearest first. Raises StoreError for a query without a word."""
    if connection.dialect.name != "sqlite":
        raise StoreError("full-text search is there for SQLite only, as yet")
    snippet = literal_column(f"snippet(story_search, -1, '{_OPEN}', '{_CLOSE}', '…', {SNIPPET_WORDS})", String)
    rank = literal_column(f"bm25(story_search, {WEIGHTS})", Float)
    wanted: Any = (
        select(stories, snippet.label("snippet"))
        .select_from(_index.join(stories, stories.c.seq == _index.c.rowid))
        .where(_index.c.story_search.op("MATCH")(expression(query)))
        .order_by(rank, stories.c.seq.desc())
        .limit(limit)
    )
    if watch is not None:
        wanted = wanted.where(stories.c.id.in_(select(decisions.c.story_id).where(decisions.c.watch == watch)))
    if site is not None:
        wanted = wanted.where(func.lower(stories.c.site) == site.lower())
    if since is not None:
        wanted = wanted.where(stories.c.fetched >= since)
    return tuple(_found(load_story(row), row.snippet) for row in connection.execute(wanted))


def expression(query: str) -> str:
    """What a person types, as FTS5 wants it: words and "phrases" must all be there, a* begins one, -a must not be."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for term in _TERM.findall(query):
        words = term.removeprefix("-").strip('"*')
        if not any(character.isalnum() for character in words):
            continue
        star = "*" if term.endswith("*") else ""
        quoted = '"' + words.replace('"', " ") + '"' + star
        (unwanted if term.startswith("-") and len(term) > 1 else wanted).append(quoted)
    if not wanted:
        raise StoreError(f'there is no word to search for in "{query}"')
    return " NOT ".join([" AND ".join(wanted), *unwanted])


def _found(story: Story, snippet: str) -> Found:
    pieces = _MARKED.split(snippet)
    marked = tuple((piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece)
    return Found(story=story, snippet=marked)
