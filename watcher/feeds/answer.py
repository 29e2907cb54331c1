"""What a feed's server answered -> what it says: nothing new, a document, or nothing that can be used."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Final, Protocol

from watcher.model import Feed, FeedState, ParsedFeed, Response

NOTHING_YET: Final = "it answers 304 (nothing new) to one who has nothing of it yet"


class Parse(Protocol):
    """Feed bytes -> what they say, wherever that is found out."""

    def __call__(self, body: bytes, *, url: str, content_type: str) -> Awaitable[ParsedFeed]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAnswer:
    """What a feed said. body_hash: None for a 304; parsed: None for that, and for the same body as before."""

    response: Response
    body_hash: str | None = None
    parsed: ParsedFeed | None = None
    problem: str | None = None  # why nothing of it can be used


async def answered(feed: Feed, response: Response, parse: Parse) -> FeedAnswer:
    """Only a body that changed is parsed."""
    body_hash = None if response.status == 304 else hashlib.sha256(response.body).hexdigest()
    if body_hash is None and feed.state is FeedState.NEW:
        problem = feed.problem if feed.unread and feed.problem else NOTHING_YET
        return FeedAnswer(response=response, problem=problem)
    if body_hash is None or body_hash == feed.body_hash:
        return FeedAnswer(response=response, body_hash=body_hash)
    parsed = await parse(response.body, url=response.url, content_type=response.headers.get("content-type", ""))
    if parsed.problem and not parsed.entries:
        return FeedAnswer(response=response, problem=parsed.problem)
    return FeedAnswer(response=response, body_hash=body_hash, parsed=parsed)
