"""Words -> stories that hold them, with the place marked: SQLite's FTS5 over words of our own cutting.

Scripts that write no spaces between words (Chinese, Japanese, Thai, ...) are cut into their letters, so that any run
of letters is found as a phrase; Korean too, whose words carry their endings. The index keeps no texts: they are in the
stories' rows, and the few that were found are marked in memory. Against FTS5's trigrams, which miss words of two
letters: 0.8 of the text's bytes instead of 3.4 (Chinese: 1.6 instead of 4.2), and 0.13 ms a story instead of 0.37.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    func,
    literal_column,
    or_,
    select,
    text,
)

from watcher.model import StoreError, Story
from watcher.model.reports import Found
from watcher.store.rows import load_story
from watcher.store.tables import decisions, stories

# As the index of the first migration is made, but for keeping the texts.
_MARKING = "CREATE VIRTUAL TABLE found USING fts5(title, lede, text, tokenize='unicode61 remove_diacritics 2')"
WEIGHTS = "10.0, 4.0, 1.0"  # a word in the headline says more than ten in the text
SNIPPET_WORDS = 24
SNIPPET_LETTERS = 60  # where each letter is a word of the index; FTS5 takes 64 at most
MOST_TERMS = 64  # of a query: FTS5's parser is not made for more

_OPEN, _CLOSE = "\x02", "\x03"  # no text holds them: control characters are cleaned away where a page is read
_CUT = "\x01"  # stands between letters of the scripts without spaces, and ends a word as a space does
_LETTER = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\uf900-\ufaff\U00020000-\U0003ffff])"
)
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
_WORDS = select(stories.c.seq, stories.c.title, stories.c.lede, stories.c.text)
_ADD = text("INSERT INTO story_search (rowid, title, lede, text) VALUES (:seq, :title, :lede, :text)")
_REMOVE = text(
    "INSERT INTO story_search (story_search, rowid, title, lede, text) VALUES ('delete', :seq, :title, :lede, :text)"
)


def remove(connection: Connection, seqs: Sequence[int]) -> None:
    """Takes stories out, while their rows are still as they were put in."""
    rows = _cut_rows(connection, seqs)
    if rows:
        connection.execute(_REMOVE, rows)


def add(connection: Connection, seq: int) -> None:
    """Puts a story in, in the transaction that records it."""
    rows = _cut_rows(connection, [seq])
    if rows:
        connection.execute(_ADD, rows)


def cut(words: str) -> str:
    """The text with the letters of scripts without spaces kept apart."""
    return words if words.isascii() else _LETTER.sub(_CUT + r"\1" + _CUT, words).replace(_CUT + _CUT, _CUT)


def search(
    connection: Connection,
    query: str,
    *,
    watch: str | None,
    site: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> tuple[Found, ...]:
    """Stories that hold every word of the query, the nearest first. Raises StoreError for a query without a word.

    site: the name of a site, or its host.
    """
    if connection.dialect.name != "sqlite":
        raise StoreError("full-text search is there for SQLite only, as yet")
    asked = expression(query)
    wanted: Any = (
        select(stories)
        .select_from(_index.join(stories, stories.c.seq == _index.c.rowid))
        .where(_index.c.story_search.op("MATCH")(asked))
        .order_by(literal_column(f"bm25(story_search, {WEIGHTS})", Float), stories.c.seq.desc())
        .limit(limit)
    )
    if watch is not None:
        wanted = wanted.where(stories.c.id.in_(select(decisions.c.story_id).where(decisions.c.watch == watch)))
    if site is not None:
        host, url = site.lower(), func.lower(stories.c.url)
        there = (func.instr(url, f"{lead}{host}/") > 0 for lead in ("://", "."))
        wanted = wanted.where(or_(func.lower(stories.c.site) == host, *there))
    if since is not None:
        wanted = wanted.where(stories.c.fetched >= since)
    if until is not None:
        wanted = wanted.where(stories.c.fetched < until)
    return _marked([load_story(row) for row in connection.execute(wanted)], asked)


def expression(query: str) -> str:
    """What a person types, as FTS5 wants it: words and "phrases" must all be there, a* begins one, -a must not be."""
    wanted: list[str] = []
    unwanted: list[str] = []
    terms = _TERM.findall(query.replace("\0", " "))
    if len(terms) > MOST_TERMS:
        raise StoreError(f"{len(terms)} words are too many to search for: {MOST_TERMS} is the most")
    for term in terms:
        words = term.removeprefix("-").strip('"*')
        if not any(character.isalnum() for character in words):
            continue
        star = "*" if term.endswith("*") else ""
        quoted = '"' + cut(words).replace(_CUT, " ").replace('"', " ") + '"' + star
        (unwanted if term.startswith("-") and len(term) > 1 else wanted).append(quoted)
    if not wanted:
        raise StoreError(f'there is no word to search for in "{query}"')
    return " NOT ".join([" AND ".join(wanted), *unwanted])


def _cut_rows(connection: Connection, seqs: Sequence[int]) -> list[dict[str, Any]]:
    if connection.dialect.name != "sqlite" or not seqs:
        return []
    rows = connection.execute(_WORDS.where(stories.c.seq.in_(seqs)))
    return [{"seq": row.seq, "title": cut(row.title), "lede": cut(row.lede), "text": cut(row.text)} for row in rows]


def _marked(found: Sequence[Story], asked: str) -> tuple[Found, ...]:
    """Each with the piece of it that says most about what was asked for."""
    marked: list[Found] = []
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute(_MARKING)
        for place, story in enumerate(found):
            extraction = story.extraction
            words = [cut(one) for one in (extraction.title, extraction.lede, extraction.text)]
            memory.execute("INSERT INTO found (rowid, title, lede, text) VALUES (?, ?, ?, ?)", (place, *words))
            length = SNIPPET_LETTERS if words[2].count(_CUT) > len(words[2]) // 4 else SNIPPET_WORDS
            snippet = f"snippet(found, -1, '{_OPEN}', '{_CLOSE}', '…', {length})"
            row = memory.execute(f"SELECT {snippet} FROM found WHERE found MATCH ? AND rowid = ?", (asked, place))  # noqa: S608
            piece_of = row.fetchone()
            pieces = _MARKED.split((piece_of[0] if piece_of else "").replace(_CUT, ""))
            marks = tuple((piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece)
            marked.append(Found(story=story, snippet=marks))
    return tuple(marked)
