"""Pages, the stories in them, and how a story stands to those before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from watcher.model.middlemen import Middleman, middleman
from watcher.model.watches import Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer of the web: 2xx, 226 or 304, body inflated and within its limits; header names in small letters."""

    url: str  # where the body came from, after redirects
    status: int
    headers: Mapping[str, str]
    body: bytes
    etag: bytes | None = None
    last_modified: bytes | None = None
    moved_to: str | None = None  # the end of a chain of permanent redirects alone
    fetched_at: datetime
    raw_headers: tuple[tuple[bytes, bytes], ...] = ()  # as received, for the WARC record


class Problem(StrEnum):
    """Why what was extracted is not the whole story."""

    PAYWALL = "paywall"
    CONSENT = "consent"
    NOT_AN_ARTICLE = "not-an-article"
    EMPTY = "empty"
    SCRIPT_ONLY = "script-only"
    SOFT_404 = "soft-404"
    UNREACHABLE = "unreachable"  # the page could not be fetched; the feed's own words are kept
    NOT_FETCHED = "not-fetched"  # the feed says `scrape: false`, or the entry has no link


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """The story in a page. extracted_by: which reader gave the text; sources: where each other field came from."""

    url: str
    canonical_url: str | None = None
    title: str = ""
    authors: tuple[str, ...] = ()
    site: str | None = None
    published: datetime | None = None
    modified: datetime | None = None
    language: str | None = None
    lede: str = ""
    text: str = ""  # paragraphs with a blank line between them; headings, lists and quotations as Markdown
    image: str | None = None
    sha256: str = ""  # of the page's bytes
    extracted_by: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    problem: Problem | None = None

    @property
    def complete(self) -> bool:
        return self.problem is None

    @property
    def via(self) -> Middleman | None:
        """Whose address `url` is, where nobody told the publisher's own."""
        return middleman(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcRef:
    """Where the bytes of a page lie: the file, relative to the archive, and the record's id."""

    file: str
    record: str


class Relation(StrEnum):
    FIRST = "first"
    COPY = "copy"  # the same text at another outlet
    REVISION = "revision"  # the same article rewritten in place
    FOLLOW_UP = "follow-up"  # another article about the same event


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """How a story stands to those before it. of: the story that it is a copy, revision or follow-up of."""

    group: str  # the id of the group: that of its first story
    relation: Relation
    of: str | None = None
    similarity: float = 0.0
    sure: bool = True  # False for a follow-up on whose evidence nobody should be kept waiting
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article that is kept."""

    id: str
    entry_id: str | None  # None for a seed
    feed: str  # the name of its feed
    fetched: datetime
    extraction: Extraction
    warc: WarcRef | None = None
    grouping: Grouping
    matches: tuple[Match, ...] = ()
    path: str  # relative to the archive
    seed_similarity: float = 0.0  # how near it stands to the seed it is nearest to
