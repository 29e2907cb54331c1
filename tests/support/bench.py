"""The work of the workers, done in this process: theirs take seconds to start, and have tests of their own."""

from __future__ import annotations

from watcher.feeds.parse import parse
from watcher.model import Extraction, ParsedFeed, Response
from watcher.stories.extract import extract


class Bench:
    async def parse(self, body: bytes, *, url: str, content_type: str) -> ParsedFeed:
        return parse(body, url=url, content_type=content_type)

    async def extract(self, page: Response) -> Extraction:
        return extract(page)
