"""What the flow asks of the world, as protocols: Clock, Fetcher, Workshop, Archive, Channel, Store. No code, no world.

Every public method of a Store is one transaction. What a step learns is handed over in one record (PollRecord,
CaptureRecord), so that it is kept whole or not at all. A claim carries its owner and ends with its lease; a record of a
claim that is no longer the owner's raises LeaseLostError and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from watcher.model import (
    Alert,
    CaptureJob,
    CaptureRecord,
    Delivery,
    Extraction,
    Feed,
    FeedSpec,
    Hold,
    HostPause,
    Known,
    Message,
    Neighbours,
    Outcome,
    ParsedFeed,
    PastAlert,
    PollRecord,
    Response,
    StatusReport,
    Story,
    Subscription,
    Tally,
    Unfiled,
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

    def left_alone(self) -> tuple[HostPause, ...]:
        """Hosts that have asked to be left alone since this was last called, for remembering."""

    async def aclose(self) -> None: ...


class Door(Protocol):
    """What hubs take, beside what is fetched."""

    async def post(self, url: str, form: Mapping[str, str]) -> Response:
        """One POST of a form. Raises FetchError."""

    async def prepare(self, url: str) -> None:
        """Reads the robots.txt that a page at this site would have to wait for. Raises FetchError."""

    async def rest(self, url: str, *, at_most: float) -> None:
        """Waits until a page of this site could be asked for at once, so many seconds at most. Raises FetchError."""


class Workshop(Protocol):
    """Heavy pure work on hostile input, done where it can be stopped: a document that takes too long is a problem."""

    async def parse(self, body: bytes, *, url: str, content_type: str) -> ParsedFeed: ...

    async def extract(self, page: Response) -> Extraction: ...


class Archive(Protocol):
    """Files: each appears whole or not at all, and writing the same thing again changes nothing."""

    async def keep_page(self, page: Response) -> WarcRef: ...

    async def write_story(self, story: Story) -> None: ...

    async def write_alert(self, path: str, head: Mapping[str, Any], text: str) -> None:
        """head: its front matter; text: what a person reads."""

    async def try_room(self) -> None:
        """Writes a little, and takes it away again. Raises OSError while the disk takes nothing."""


class Channel(Protocol):
    async def send(self, message: Message, now: datetime) -> Outcome:
        """One try. Never raises for what the other side does: that is an Outcome."""

    async def greet(self) -> str | None:
        """Asks the other side without sending anything: what stands in the way, as a sentence, or None."""

    async def close(self) -> None: ...


class Store(Protocol):
    # -- feeds and polls
    async def sync_feeds(self, specs: Sequence[FeedSpec], now: datetime) -> None:
        """Add new feeds (due at once), take over changed settings, mark those that left the watchlist REMOVED."""

    async def claim_feeds(
        self,
        *,
        owner: str,
        now: datetime,
        lease: timedelta,
        limit: int,
        everything: bool = False,
        only: Sequence[str] = (),
    ) -> tuple[str, ...]:
        """Ids of feeds that are due (everything: of all that are polled; only: of these), now the owner's.

        None that asked to be left alone for now (`quiet_until`), or whose host did.
        """

    async def feed(self, feed_id: str) -> Feed | None: ...

    async def known_entries(self, feed_id: str, keys: Sequence[str]) -> Mapping[str, Known]:
        """Those of the keys and aliases that were seen in this feed before, with the entry that each belongs to."""

    async def record_poll(self, record: PollRecord, *, owner: str) -> None:
        """Raises StaleFeedError when something else was recorded of the feed since it was read."""

    async def record_push(self, record: PollRecord) -> None:
        """Keeps what a hub pushed of a feed, whoever polls it meanwhile. Raises StaleFeedError."""

    async def change_feed(self, feed_id: str, change: Callable[[Feed], Feed]) -> None:
        """Another due time, say; a poll that is under way will have to decide again."""

    # -- subscriptions to hubs
    async def sync_subscriptions(
        self,
        callbacks: str | None,
        now: datetime,
        *,
        leave: Callable[[Subscription], Subscription | None],
        again: Callable[[Subscription], Subscription | None],
    ) -> tuple[str, ...]:
        """A subscription for each polled feed that names hubs, and none besides; the ids of feeds that lost theirs.

        callbacks: what each callback's address begins with; None while none may be. leave: what becomes of one that is
        no longer wanted; again: of one that was about to be left and is wanted.
        """

    async def due_subscriptions(self, now: datetime, limit: int) -> tuple[Subscription, ...]:
        """Those with something to do, a few of each hub. Nobody claims them: a change that begins it moves its time."""

    async def subscription(self, subscription_id: str) -> Subscription | None: ...

    async def subscriptions(self, limit: int | None = None) -> tuple[Subscription, ...]: ...

    async def subscription_at(self, token: str) -> Subscription | None: ...

    async def change_subscription(
        self, subscription_id: str, change: Callable[[Subscription], Subscription | None]
    ) -> tuple[Subscription | None, Subscription | None]:
        """It before and after the change, which is pure; after it None: it is over, and forgotten."""

    async def record_pauses(self, pauses: Sequence[HostPause], now: datetime) -> None:
        """Hosts that asked to be left alone: none of their feeds is claimed before their time is over."""

    # -- captures
    async def claim_captures(self, *, owner: str, now: datetime, lease: timedelta, limit: int) -> tuple[str, ...]: ...

    async def capture_job(self, entry_id: str) -> CaptureJob | None: ...

    async def neighbours(self, *, urls: Sequence[str], keys: Sequence[int], since: datetime) -> Neighbours:
        """Stories indexed since then that share an address or a key with these; the best 50, and every seed."""

    async def furniture(self, lines: Collection[int]) -> frozenset[int]:
        """Those of the lines that stood in stories of several groups of their site."""

    async def past_alerts(self, *, watch: str, group: str) -> tuple[PastAlert, ...]: ...

    async def record_capture(self, record: CaptureRecord, *, owner: str, now: datetime) -> None:
        """Raises StaleIndexError when a story was recorded since `record.version`."""

    async def unfiled(self, limit: int) -> Unfiled: ...

    async def mark_filed(self, unfiled: Unfiled) -> None:
        """Their files are written; rows that changed since `unfiled` was read stay unfiled."""

    # -- what waits on a channel, and deliveries
    async def told(self, channel: str, group: str) -> Mapping[str, tuple[str, ...]]:
        """The deliveries that told of a group over a channel, oldest first: id -> the alerts that it tells of."""

    async def tally(self, channel: str, watches: Collection[str]) -> Tally:
        """What became of the matches of these watches since the channel's last digest."""

    async def sent(self, channel: str, since: datetime) -> tuple[datetime, ...]:
        """When messages about alerts were made for this channel."""

    async def silenced_until(self, watch: str, now: datetime) -> datetime | None: ...

    async def held_until(self, channel: str, cause: str) -> datetime | None:
        """Until when what waits on the channel for this cause waits; None where nothing does."""

    async def put_off(self, holds: Sequence[Hold]) -> None:
        """These go on waiting, as they now say."""

    async def due_channels(self, now: datetime) -> tuple[str, ...]:
        """Channels on which something has waited long enough."""

    async def held(self, channel: str, now: datetime) -> tuple[tuple[Alert, Hold], ...]:
        """What is to go out over this channel in one message now, oldest first."""

    async def record_release(self, delivery: Delivery) -> None:
        """Its alerts wait no longer on its channel, and it is on its way. Raises LeaseLostError if one did not wait."""

    async def claim_deliveries(self, *, owner: str, now: datetime, lease: timedelta, limit: int) -> tuple[str, ...]: ...

    async def delivery(self, delivery_id: str) -> Delivery | None: ...

    async def record_delivery(
        self, delivery: Delivery, outcome: Outcome, *, owner: str, dead_letters: Sequence[Delivery] = ()
    ) -> None:
        """dead_letters: of recipients that were refused while others were or may be reached."""

    async def release_forgotten(self, owner: str, under_way: Collection[str]) -> int:
        """Gives back what the owner holds and is not at work on, since its step failed; how many rows."""

    async def shift(self, step: timedelta) -> None:
        """The clock was set by so much: what is due, and what is held, moves with it."""

    # -- the watcher about itself
    async def feeds(self) -> tuple[Feed, ...]: ...

    async def status(self, now: datetime) -> StatusReport: ...

    async def raise_notice(
        self,
        key: str,
        text: str,
        now: datetime,
        told: Sequence[Delivery] = (),
        *,
        worse_at: datetime | None = None,
    ) -> bool:
        """Keeps that something is wrong, and puts what tells of it on its way; False, and nothing, if it was known.

        worse_at: what was told before this is not enough.
        """

    async def clear_notice(self, key: str, told: Sequence[Delivery] = ()) -> bool: ...
