"""What the light reader of saved documents brings along, and what it makes of them."""

from __future__ import annotations

import subprocess
import sys

from watcher.app.reader import parse_document

FEED = b"<rss version='2.0'><channel><item><title>One</title><link>/1</link></item></channel></rss>"


async def test_a_saved_feed_is_read_with_the_address_that_it_came_from() -> None:
    parsed = await parse_document(FEED, url="https://news.example/feed")
    assert [(entry.title, entry.link) for entry in parsed.entries] == [("One", "https://news.example/1")]


async def test_a_document_that_is_no_feed_has_its_problem() -> None:
    assert (await parse_document(b"")).problem == "the answer is empty"


def test_the_reader_loads_neither_the_store_nor_the_settings() -> None:
    """They take a second of CPU, of the five that a hostile document may cost in all."""
    heavy = "{'sqlalchemy', 'pydantic', 'httpx', 'numpy', 'bs4'}"
    ask = f"import sys, watcher.app.reader; print(*sorted({heavy} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout == "\n"
