"""What the steps and the store hand each other: work to do, what is known, and the record of what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from watcher.model.alerts import Alert, Delivery, NoAlert
from watcher.model.feeds import Capture, Feed, SeenEntry
from watcher.model.stories import Extraction, Story
from watcher.model.watches import Match, Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """What one poll found: the feed as it is now, its new and revised entries, and the keys of all it showed."""

    feed: Feed
    polled_at: datetime
    seen_keys: tuple[str, ...] = ()  # of every entry in the document, to keep `seen` alive
    entries: tuple[SeenEntry, ...] = ()  # new ones, and known ones whose text changed
    matches: Mapping[str, tuple[Match, ...]] | None = None  # entry id -> what was found
    rejections: Mapping[str, tuple[Rejection, ...]] | None = None

    @property
    def matched(self) -> int:
        """How many matches were found."""
        return sum(map(len, (self.matches or {}).values()))

    @property
    def pending(self) -> int:
        """How many of the entries wait for their story."""
        return sum(1 for entry in self.entries if entry.capture is Capture.PENDING)


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
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Silenced:
    """A match that raised no alert, and why."""

    watch: str
    reason: NoAlert
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """An alert that waits on a channel: until when, and for what (the value of alerts.view.Cause)."""

    alert_id: str
    channel: str
    until: datetime
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRecord:
    """What one capture found. `version` is that of the Neighbours it was decided on."""

    entry_id: str
    story: Story | None  # None: the entry's story turned out not to match (read: page), or `never` in the full text
    unmatched: Extraction | None = None  # what was read where there is no story: kept for judging it again
    keys: tuple[int, ...] = ()  # the story's keys in the group index, signed 64 bit
    lines: tuple[int, ...] = ()  # keys of those of its lines that may be its site's furniture, signed 64 bit
    version: int
    alerts: tuple[Alert, ...] = ()
    silenced: tuple[Silenced, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    holds: tuple[Hold, ...] = ()
    retry_page_at: datetime | None = None  # the page could not be had: ask once more then
    asked: bool = True  # whether the page was asked for: a host that is left alone costs no try


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfiled:
    """Stories and alerts whose files are not yet as their rows are."""

    stories: tuple[Story, ...] = ()
    alerts: tuple[tuple[Alert, tuple[Delivery, ...]], ...] = ()
    mark: int = 0  # the state of the rows that this was read from: what changes later is unfiled again
