"""A saved page or feed -> what is in it, read where it can be stopped. Light to import: for single commands."""

from __future__ import annotations

import sys
from pathlib import Path

from watcher.feeds.parse import parse_fast
from watcher.model import Extraction, ParsedFeed, Response, WatcherError
from watcher.workers import Workers

# By their names: loading the readers takes longer than reading a page, and the worker alone needs them.
_PARSE, _EXTRACT = "watcher.feeds.parse:parse", "watcher.stories.extract:extract"


def read_source(source: str) -> bytes:
    """The bytes of a file, or of standard input for "-". Raises WatcherError."""
    try:
        return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise WatcherError(f"{source}: {error.strerror}") from None


def make_workers() -> Workers:
    return Workers(parse=_PARSE, extract=_EXTRACT, fast_parse=parse_fast)


async def parse_document(body: bytes, *, url: str = "") -> ParsedFeed:
    """What a saved feed says, read as the daemon does: one that takes too long has the reason as its problem.

    url: the address that it came from, for relative links.
    """
    workers = make_workers()
    try:
        return await workers.parse(body, url=url, content_type="")
    finally:
        await workers.aclose()


async def extract_page(page: Response) -> Extraction:
    """The story in one page, read as the daemon does: one that takes too long is empty, with the reason."""
    workers = make_workers()
    try:
        return await workers.extract(page)
    finally:
        await workers.aclose()
