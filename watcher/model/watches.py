"""Watches and what they find: a document x all watches -> matches, each with the hits that say why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from watcher.model.feeds import FeedSpec


class Field(StrEnum):
    TITLE = "title"
    SUMMARY = "summary"
    BODY = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A named question from the watchlist, checked; what each key means is in its rules (R1 to R11, Q1 to Q5)."""

    name: str
    also: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    with_: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    all_: tuple[tuple[str, ...], ...] = ()
    query: str | None = None
    regex: tuple[str, ...] = ()
    where: tuple[Field, ...] = (Field.TITLE, Field.SUMMARY, Field.BODY)
    lang: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    """What the watchlist file says, and the SHA-256 (hex) of its bytes."""

    feeds: tuple[FeedSpec, ...] = ()
    watches: tuple[Watch, ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is judged: an entry, a story, or a line given to `watcher match`. Texts may hold HTML."""

    id: str
    title: str = ""
    summary: str = ""
    body: str = ""
    lang: str | None = None
    source: str | None = None
    author: str | None = None
    url: str | None = None
    feed: tuple[str, ...] = ()  # the name and tags of its feed, for a watch's `feeds`


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One term found in one field at one place of its display text."""

    field: Field
    term: str  # as the watchlist writes it
    text: str  # as the document writes it
    start: int
    end: int
    excerpt: str

    def plain(self) -> dict[str, str | int]:
        """The hit as files, webhooks and commands carry it."""
        return {
            "field": self.field.value,
            "term": self.term,
            "text": self.text,
            "start": self.start,
            "end": self.end,
            "excerpt": self.excerpt,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One watch found in one document."""

    watch: str
    hits: tuple[Hit, ...]
    beside: tuple[str, ...] = ()  # words of `with` and `needs` that stand in the document, as the watchlist writes them


class NoMatch(StrEnum):
    """Why a watch that had a hit did not match."""

    NO_CONTEXT = "no-context"
    IGNORED = "ignored"
    NEVER = "never"
    PLACE = "place"
    LANGUAGE = "language"
    FEED = "feed"
    CASE = "case"
    QUERY = "query"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    watch: str
    reason: NoMatch
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All that the watchlist says of one document, watches in the order of the list."""

    matches: tuple[Match, ...] = ()
    rejections: tuple[Rejection, ...] = ()
