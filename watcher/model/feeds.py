"""Feeds and their entries: what the watchlist says of a feed, what is remembered of it, what it says itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from watcher.model.ids import derive_id

_LOGIN = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@")


class Read(StrEnum):
    """What of a feed's entries is judged: what the feed says, or the whole page of every new entry."""

    ENTRY = "entry"
    PAGE = "page"


class FeedState(StrEnum):
    NEW = "new"  # never polled well: its first good poll is the baseline
    ACTIVE = "active"
    FAILING = "failing"
    GONE = "gone"  # 410, confirmed: not polled any more
    REMOVED = "removed"  # no longer in the watchlist; its history stays


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """A feed as the watchlist states it. every: None for a pace adapted to the feed."""

    url: str
    name: str | None = None
    every: timedelta | None = None
    read: Read = Read.ENTRY
    tags: tuple[str, ...] = ()
    scrape: bool = True

    @property
    def id(self) -> str:
        return derive_id("feed", self.url)

    @property
    def address(self) -> str:
        """As the watchlist has it, as it may be shown and logged."""
        return without_password(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed with all that is remembered of it between two polls."""

    spec: FeedSpec
    state: FeedState = FeedState.NEW
    url: str  # where it is asked for: the spec's, or the address that it moved to for good
    title: str | None = None
    site_url: str | None = None
    language: str | None = None  # of its last document, as that says
    etag: bytes | None = None  # as received, to be sent back verbatim
    last_modified: bytes | None = None
    body_hash: str | None = None  # SHA-256 (hex) of the last decoded body
    due_at: datetime
    quiet_until: datetime | None = None  # so long its publisher asked not to be asked at all, whoever wants to
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None  # the last poll that gave a readable feed or a 304
    changed_at: datetime | None = None  # the last poll that brought a new entry
    baseline_at: datetime | None = None
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    offline_since: datetime | None = None  # it could not be asked, through no fault of its own: our network
    problem: str | None = None
    moved_to: str | None = None  # where a permanent redirect points ...
    moved_count: int = 0  # ... and how many polls in a row said so
    gap: float | None = None  # seconds between new entries, smoothed
    ttl: float | None = None  # what its last document asked for, as in ParsedFeed ...
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    told_to: str | None = None  # ... and where it says that the feed is now
    warning: str | None = None  # what was wrong with its last document, though it could be read
    whole_at: datetime | None = None  # the last poll that gave a whole body instead of a 304
    unread: bool = False  # it never gave a readable body yet, and its validators are those of an unreadable one
    shown: int = 0  # entries in its last document
    missed: int = 0  # polls that must still go well until entries that were missed are over ...
    rekeyed: int = 0  # ... and until a change of all its guids is
    distrusted: bool = False  # it was caught answering 304 though it had news: it is asked without validators
    hubs: tuple[str, ...] = ()  # what it named last as its hubs (WebSub) ...
    topic: str | None = None  # ... and as its own address
    plain_due: datetime | None = None  # when it would be asked if no hub told what is new; none: that is due_at
    revision: int = 0  # counts what was recorded of it: a decision on an older one is made again

    @property
    def id(self) -> str:
        return self.spec.id

    @property
    def subscription_id(self) -> str | None:
        """The id of the subscription to what its publisher offers; None where nothing is offered."""
        return derive_id("subscription", self.id, self.topic, *self.hubs) if self.topic and self.hubs else None

    @property
    def name(self) -> str:
        return self.spec.name or self.title or self.spec.address

    @property
    def address(self) -> str:
        """Where it is asked for, as it may be shown and logged."""
        return without_password(self.url)

    def well_since(self, before: Feed) -> bool:
        """Whether with this poll something is over that a person may have been told of."""
        failed_long = (
            before.failing_since is not None
            and self.polled_at is not None
            and (self.polled_at - before.failing_since >= timedelta(days=1))
        )
        calm = (before.missed and not self.missed) or (before.rekeyed and not self.rekeyed)
        return bool(calm) or (failed_long and self.failing_since is None)

    def evolve(self, **changes: object) -> Feed:
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPause:
    """A host that asked to be left alone. bare: how many times in a row it did so without saying for how long."""

    host: str  # as host_of gives it
    until: datetime
    status: int  # 429 or 503
    bare: int = 0


def without_password(url: str) -> str:
    """An address without the name and password that may stand before its host."""
    return _LOGIN.sub(r"\1", url)


def host_of(url: str) -> str:
    """What is asked one thing at a time: the host, and its port where that is not the usual one."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        if not host.isascii():
            host = host.encode("idna").decode()
    except ValueError:
        return url  # no address at all: the door says so at every poll
    return host if port in (None, 80, 443) else f"{host}:{port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed as the feed gives it; title, summary and content may hold HTML."""

    guid: str | None = None
    link: str | None = None
    title: str = ""
    summary: str = ""
    content: tuple[str, ...] = ()  # every content element, in order
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    language: str | None = None
    cut: bool = False  # the document broke off within it: it is shown, but not taken for what it will be


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed document says. ttl: seconds that the feed asks to be left alone between two polls.

    skip_hours, skip_days: when it asks not to be asked, in UTC (0 to 23; 0 is Monday); moved_to: its new address.
    problem: why nothing can be used of it (there are no entries then); warning: what was wrong, though some were read.
    """

    title: str | None = None
    site_url: str | None = None
    language: str | None = None
    entries: tuple[Entry, ...] = ()
    ttl: float | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    moved_to: str | None = None
    hubs: tuple[str, ...] = ()  # that push its news (WebSub)
    own_url: str | None = None  # the address that it gives as its own: rel=self, feed_url
    problem: str | None = None
    warning: str | None = None


class Capture(StrEnum):
    """Where an entry stands between its poll and its story."""

    NONE = "none"  # nothing matched and its feed is read by entry: seen, kept, never fetched
    PENDING = "pending"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEntry:
    """An entry with what is known of it: its key within its feed, when it was first seen, whether it may alert."""

    key: str  # what makes it this entry within its feed: the guid, else the canonical link, else a hash of its words
    aliases: tuple[str, ...]  # other keys under which the same entry may come back
    text_hash: str  # of title, summary and content: another hash under the same key is a revision
    feed_id: str
    entry: Entry
    first_seen: datetime
    alertable: bool  # False for what stood in a feed at its baseline and is older than first_poll_alerts
    capture: Capture = Capture.NONE

    @property
    def id(self) -> str:
        return derive_id("entry", self.feed_id, self.key)

    @property
    def story_id(self) -> str:
        """The id of the story behind this version of the entry: a rewritten text is another story."""
        return derive_id("story", self.id, self.text_hash)
