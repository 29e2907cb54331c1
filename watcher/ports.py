"""What the flow asks of the world, as protocols: Clock, Fetcher, Workshop, Archive, Channel, Store. No code, no world.

Every public method of a Store is one transaction. What a step learns is handed over in one record (PollRecord,
CaptureRecord), so that it is kept whole or not at all. A claim carries its owner and ends with its lease; a record of a
claim that is no longer the owner's raises LeaseLostError and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from watcher.model import (
    Alert,
    Delivery,
    Extraction,
    Feed,
    FeedSpec,
    Match,
    Message,
    NoAlert,
    Outcome,
    ParsedFeed,
    Rejection,
    Response,
    SeenEntry,
    Story,
    WarcRef,
)


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, aware and in UTC."""


class Fetcher(Protocol):
    async def feed(self, url: str, *, etag: bytes | None, last_modified: bytes | None) -> Response:
        """One conditional GET of a feed. Raises FetchError."""

    async def page(self, url: str) -> Response:
        """One GET of a story page, as robots.txt allows. Raises FetchError."""


class Workshop(Protocol):
    """Heavy pure work on hostile input, done where it can be stopped: a document that takes too long is a problem."""

    async def parse(self, body: bytes, *, url: str, content_type: str) -> ParsedFeed: ...

    async def extract(self, page: Response) -> Extraction: ...


class Archive(Protocol):
    """Files: each appears whole or not at all, and writing the same thing again changes nothing."""

    async def keep_page(self, page: Response) -> WarcRef: ...

    async def write_story(self, story: Story) -> None: ...

    async def write_alert(self, alert: Alert, deliveries: Sequence[Delivery]) -> None: ...


class Channel(Protocol):
    async def send(self, message: Message, now: datetime) -> Outcome:
        """One try. Never raises for what the other side does: that is an Outcome."""

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """What one poll found: the feed as it is now, its new and revised entries, and the keys of all it showed."""

    feed: Feed
    polled_at: datetime
    seen_keys: tuple[str, ...] = ()  # of every entry in the document, to keep `seen` alive
    entries: tuple[SeenEntry, ...] = ()  # new ones, and known ones whose text changed
    matches: Mapping[str, tuple[Match, ...]] | None = None  # entry id -> what was found
    rejections: Mapping[str, tuple[Rejection, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An entry that was seen before, as far as a poll needs it."""

    entry_id: str
    key: str
    text_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureJob:
    """An entry that waits for its story. tries: page fetches that failed before."""

    entry: SeenEntry
    feed: Feed
    matches: tuple[Match, ...]
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedStory:
    """A known story as the group index holds it."""

    id: str
    group: str
    site: str | None
    url: str
    canonical_url: str | None
    title: str
    lede: str
    text: str
    published: datetime | None
    indexed_at: datetime
    language: str | None = None
    is_seed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The known stories that a new one may belong to, with the state of the index that they were read from."""

    stories: tuple[IndexedStory, ...]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAlert:
    """An alert of the same watch and group that was raised before."""

    id: str
    story_id: str
    reason: str
    raised: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Silenced:
    """A match that raised no alert, and why."""

    watch: str
    reason: NoAlert
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRecord:
    """What one capture found. `version` is that of the Neighbours it was decided on."""

    entry_id: str
    story: Story | None  # None: the entry's story turned out not to match (read: page), or `never` in the full text
    keys: tuple[int, ...] = ()  # the story's keys in the group index, signed 64 bit
    version: int
    alerts: tuple[Alert, ...] = ()
    silenced: tuple[Silenced, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    retry_page_at: datetime | None = None  # the page could not be had: ask once more then


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfiled:
    """Stories and alerts whose files are not yet as their rows are."""

    stories: tuple[Story, ...] = ()
    alerts: tuple[tuple[Alert, tuple[Delivery, ...]], ...] = ()
    mark: int = 0  # the state of the rows that this was read from: what changes later is unfiled again


class Store(Protocol):
    # -- feeds and polls
    async def sync_feeds(self, specs: Sequence[FeedSpec], now: datetime) -> None:
        """Add new feeds (due at once), take over changed settings, mark those that left the watchlist REMOVED."""

    async def claim_feeds(
        self, *, owner: str, now: datetime, lease: timedelta, limit: int, everything: bool = False
    ) -> tuple[str, ...]:
        """Ids of feeds that are due (everything: of all that are polled), now the owner's. At most one claim a row."""

    async def feed(self, feed_id: str) -> Feed | None: ...

    async def known_entries(self, feed_id: str, keys: Sequence[str]) -> Mapping[str, Known]:
        """Those of the keys and aliases that were seen in this feed before, with the entry that each belongs to."""

    async def record_poll(self, record: PollRecord, *, owner: str) -> None: ...

    # -- captures
    async def claim_captures(self, *, owner: str, now: datetime, lease: timedelta, limit: int) -> tuple[str, ...]: ...

    async def capture_job(self, entry_id: str) -> CaptureJob | None: ...

    async def neighbours(self, *, urls: Sequence[str], keys: Sequence[int], since: datetime) -> Neighbours:
        """Stories indexed since then that share a URL (own or canonical) or a key with these; the best 50, and seeds."""

    async def past_alerts(self, *, watch: str, group: str) -> tuple[PastAlert, ...]: ...

    async def record_capture(self, record: CaptureRecord, *, owner: str, now: datetime) -> None:
        """Raises StaleIndexError when a story was recorded since `record.version`."""

    async def unfiled(self, limit: int) -> Unfiled: ...

    async def mark_filed(self, unfiled: Unfiled) -> None:
        """Their files are written; rows that changed since `unfiled` was read stay unfiled."""

    # -- deliveries
    async def claim_deliveries(self, *, owner: str, now: datetime, lease: timedelta, limit: int) -> tuple[str, ...]: ...

    async def delivery(self, delivery_id: str) -> Delivery | None: ...

    async def record_delivery(self, delivery: Delivery, outcome: Outcome, *, owner: str) -> None: ...


__all__ = [
    "Archive",
    "CaptureJob",
    "CaptureRecord",
    "Channel",
    "Clock",
    "Fetcher",
    "IndexedStory",
    "Known",
    "Neighbours",
    "PastAlert",
    "PollRecord",
    "Silenced",
    "Store",
    "Unfiled",
    "Workshop",
]
