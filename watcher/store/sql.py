"""SqlStore: ports.Store and the reads of the commands over one database; each method is one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Self

from sqlalchemy import Connection

from watcher.model import (
    Alert,
    CaptureJob,
    CaptureRecord,
    Delivery,
    DeliveryState,
    Feed,
    FeedSpec,
    Grouping,
    Hold,
    HostPause,
    Known,
    Neighbours,
    Outcome,
    PastAlert,
    PollRecord,
    Story,
    Subscription,
    Unfiled,
)
from watcher.model.reports import Archived, Attempt, Found, Pruned, Retention, StatusReport, Tally, Why
from watcher.store import (
    captures,
    channels,
    claims,
    filing,
    furniture,
    holds,
    index,
    maintenance,
    outbox,
    polls,
    reads,
    search,
    stories,
    subscriptions,
    why,
)
from watcher.store.engine import Database
from watcher.store.subscriptions import Change


class SqlStore:
    """The rows of one archive. May be used by several processes at once; every method may raise StoreError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @classmethod
    async def open(cls, place: str | Path, *, read_only: bool = False) -> Self:
        """Opens the database at a path or an SQLAlchemy address, checks it, and brings its schema up to date (`kept`).

        Raises StoreError: no database there (read_only), not a database of watcher, damaged, or of a newer version.
        """
        database = Database(place, read_only=read_only)
        await asyncio.to_thread(database.prepare)
        return cls(database)

    @property
    def kept(self) -> Path | None:
        """The copy that was made before an older database was brought to this version, if it was."""
        return self._database.kept

    async def close(self) -> None:
        """Ends once all that waits is written."""
        await self._database.close()

    # -- feeds and polls

    async def sync_feeds(self, specs: Sequence[FeedSpec], now: datetime) -> None:
        await self._database.write(lambda db: polls.sync(db, specs, now))

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
        return await self._database.write(
            lambda db: polls.claim(db, owner=owner, now=now, lease=lease, limit=limit, everything=everything, only=only)
        )

    async def feed(self, feed_id: str) -> Feed | None:
        return await self._database.read(lambda db: polls.feed(db, feed_id))

    async def known_entries(self, feed_id: str, keys: Sequence[str]) -> Mapping[str, Known]:
        return await self._database.read(lambda db: polls.known_entries(db, feed_id, keys))

    async def record_poll(self, record: PollRecord, *, owner: str) -> None:
        await self._database.write(lambda db: polls.record(db, record, owner))

    async def pauses(self, now: datetime) -> tuple[HostPause, ...]:
        """Hosts that asked to be left alone, with those that did within the last day."""
        return await self._database.read(lambda db: polls.pauses(db, now))

    async def record_pauses(self, pauses: Sequence[HostPause], now: datetime) -> None:
        await self._database.write(lambda db: polls.record_pauses(db, pauses, now))

    async def record_push(self, record: PollRecord) -> None:
        """Keeps what a hub pushed of a feed, whoever polls it meanwhile. Raises StaleFeedError."""
        await self._database.write(lambda db: polls.record(db, record, None))

    async def change_feed(self, feed_id: str, change: Callable[[Feed], Feed]) -> None:
        await self._database.write(lambda db: polls.change(db, feed_id, change))

    # -- subscriptions

    async def sync_subscriptions(
        self, callbacks: str | None, now: datetime, *, leave: Change, again: Change
    ) -> tuple[str, ...]:
        return await self._database.write(lambda db: subscriptions.sync(db, callbacks, now, leave=leave, again=again))

    async def due_subscriptions(self, now: datetime, limit: int) -> tuple[Subscription, ...]:
        return await self._database.read(lambda db: subscriptions.due(db, now, limit))

    async def subscription(self, subscription_id: str) -> Subscription | None:
        return await self._database.read(lambda db: subscriptions.get(db, subscription_id))

    async def subscription_at(self, token: str) -> Subscription | None:
        return await self._database.read(lambda db: subscriptions.at(db, token))

    async def subscriptions(self, limit: int | None = None) -> tuple[Subscription, ...]:
        return await self._database.read(lambda db: subscriptions.every(db, limit))

    async def change_subscription(
        self, subscription_id: str, change: Change
    ) -> tuple[Subscription | None, Subscription | None]:
        return await self._database.write(lambda db: subscriptions.change(db, subscription_id, change))

    # -- captures

    async def claim_captures(self, *, owner: str, now: datetime, lease: timedelta, limit: int) -> tuple[str, ...]:
        return await self._database.write(lambda db: captures.claim(db, owner=owner, now=now, lease=lease, limit=limit))

    async def capture_job(self, entry_id: str) -> CaptureJob | None:
        return await self._database.read(lambda db: captures.job(db, entry_id))

    async def neighbours(self, *, urls: Sequence[str], keys: Sequence[int], since: datetime) -> Neighbours:
        return await self._database.read(lambda db: index.neighbours(db, urls=urls, keys=keys, since=since))

    async def furniture(self, lines: Collection[int]) -> frozenset[int]:
        return await self._database.read(lambda db: furniture.known(db, lines))

    async def past_alerts(self, *, watch: str, group: str) -> tuple[PastAlert, ...]:
        return await self._database.read(lambda db: captures.past_alerts(db, watch=watch, group=group))

    async def record_capture(self, record: CaptureRecord, *, owner: str, now: datetime) -> None:
        await self._database.write(lambda db: captures.record(db, record, owner, now))

    async def record_seed(self, story: Story, keys: Sequence[int], *, now: datetime) -> bool:
        """Puts a seed into the archive and the group index; False, and nothing changed, if it is there already."""
        return await self._database.write(lambda db: stories.record_seed(db, story, keys, now))

    async def unfiled(self, limit: int) -> Unfiled:
        return await self._database.read(lambda db: filing.unfiled(db, limit))

    async def mark_filed(self, unfiled: Unfiled) -> None:
        await self._database.write(lambda db: filing.mark_filed(db, unfiled))

    # -- what waits on a channel, and deliveries

    async def tally(self, channel: str, watches: Collection[str]) -> Tally:
        return await self._database.read(lambda db: holds.tally(db, channel, watches))

    async def sent(self, channel: str, since: datetime) -> tuple[datetime, ...]:
        return await self._database.read(lambda db: holds.sent(db, channel, since))

    async def silence(self, watch: str, until: datetime) -> None:
        """Delivers nothing of this watch until then; a time that is over ends it. What waits for it follows."""
        await self._database.write(lambda db: holds.silence(db, watch, until))

    async def silenced_until(self, watch: str, now: datetime) -> datetime | None:
        return await self._database.read(lambda db: holds.silenced_until(db, watch, now))

    async def held_until(self, channel: str, cause: str) -> datetime | None:
        return await self._database.read(lambda db: holds.held_until(db, channel, cause))

    async def put_off(self, some: Sequence[Hold]) -> None:
        await self._database.write(lambda db: holds.put_off(db, some))

    async def due_channels(self, now: datetime) -> tuple[str, ...]:
        return await self._database.read(lambda db: holds.due_channels(db, now))

    async def held(self, channel: str, now: datetime) -> tuple[tuple[Alert, Hold], ...]:
        return await self._database.read(lambda db: holds.held(db, channel, now))

    async def record_release(self, delivery: Delivery) -> None:
        await self._database.write(lambda db: holds.record_release(db, delivery))

    async def claim_deliveries(self, *, owner: str, now: datetime, lease: timedelta, limit: int) -> tuple[str, ...]:
        return await self._database.write(lambda db: channels.claim(db, owner=owner, now=now, lease=lease, limit=limit))

    async def delivery(self, delivery_id: str) -> Delivery | None:
        return await self._database.read(lambda db: outbox.get(db, delivery_id))

    async def record_delivery(
        self, delivery: Delivery, outcome: Outcome, *, owner: str, dead_letters: Sequence[Delivery] = ()
    ) -> None:
        await self._database.write(lambda db: outbox.record(db, delivery, outcome, owner, dead_letters))

    async def switch_on(self, channel: str, now: datetime) -> None:
        """A channel that was switched off, or that failed, takes its backlog now: a person made sure that it can."""
        await self._database.write(lambda db: channels.switch_on(db, channel, now))

    async def keep_channels(self, known: Collection[str]) -> None:
        """Forgets how channels did that are not in the settings any more."""
        await self._database.write(lambda db: channels.keep(db, known))

    async def channel_mended(self, channel: str, now: datetime) -> None:
        """A person changed its settings: whether that helped is tried now, with one message if it failed before."""
        await self._database.write(lambda db: channels.mended(db, channel, now))

    async def put_delivery(self, delivery: Delivery) -> None:
        """Puts a delivery on its way that no capture made: a notice, a test, a digest. The same id twice is once."""
        await self._database.write(lambda db: outbox.insert_all(db, [delivery]))

    async def find_delivery(self, key: str) -> Delivery:
        """The delivery whose id is or begins with `key`. Raises StoreError where that is none or several."""
        return await self._database.read(lambda db: outbox.find(db, key))

    async def retry_delivery(self, key: str, now: datetime) -> Delivery:
        """Puts a delivery on its way again, due now; the delivery as it then is. Raises StoreError if it arrived."""
        return await self._database.write(lambda db: outbox.retry(db, key, now))

    async def drop_delivery(self, key: str) -> Delivery:
        """Gives a delivery up for good; the delivery as it then is."""
        return await self._database.write(lambda db: outbox.drop(db, key))

    async def outbox(self, *, state: DeliveryState | None = None, limit: int = 100) -> tuple[Delivery, ...]:
        """Deliveries, newest first."""
        return await self._database.read(lambda db: outbox.listed(db, state=state, limit=limit))

    async def tries(self, delivery_ids: Sequence[str]) -> Mapping[str, tuple[Attempt, ...]]:
        """The tries of each of these deliveries, oldest first."""
        return await self._database.read(lambda db: outbox.tries_of(db, delivery_ids))

    async def told(self, channel: str, group: str) -> Mapping[str, tuple[str, ...]]:
        return await self._database.read(lambda db: outbox.told(db, channel, group))

    async def deliveries_of(self, alert_ids: Sequence[str]) -> Mapping[str, tuple[Delivery, ...]]:
        """The deliveries of each of these alerts, in the order in which they were made."""
        return await self._database.read(lambda db: outbox.of_alerts(db, alert_ids))

    # -- what the commands show

    async def feeds(self) -> tuple[Feed, ...]:
        """All feeds that were ever in the watchlist, by name."""
        return await self._database.read(reads.every_feed)

    async def alerts(
        self, *, watch: str | None = None, since: datetime | None = None, limit: int = 100
    ) -> tuple[Alert, ...]:
        """Alerts, newest first."""
        return await self._database.read(lambda db: reads.some_alerts(db, watch=watch, since=since, limit=limit))

    async def alert(self, alert_id: str) -> Alert | None:
        return await self._database.read(lambda db: reads.alert(db, alert_id))

    async def stories(
        self, *, site: str | None = None, since: datetime | None = None, limit: int = 100
    ) -> tuple[Story, ...]:
        """Stories, newest first; seeds last."""
        return await self._database.read(lambda db: reads.some_stories(db, site=site, since=since, limit=limit))

    async def search(
        self,
        query: str,
        *,
        watch: str | None = None,
        site: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 20,
    ) -> tuple[Found, ...]:
        """Stories that hold every word, nearest first: "a phrase", a begin*, -not. Raises StoreError without a word."""
        return await self._database.read(
            lambda db: search.search(db, query, watch=watch, site=site, since=since, until=until, limit=limit)
        )

    async def why(self, url: str) -> Why:
        """Everything that was decided about an address."""
        return await self._database.read(lambda db: why.why(db, url))

    async def entries_since(self, since: datetime, *, step: int = 1000) -> AsyncIterator[tuple[Archived, ...]]:
        """Every kept entry first seen since then, oldest first, at most `step` at a time, for judging them anew."""
        some = await self._database.read(lambda db: why.archived(db, since, None, step))
        while some:
            yield some
            last = (some[-1].entry.first_seen, some[-1].entry.id)
            some = await self._database.read(partial(why.archived, since=since, after=last, limit=step))

    async def story(self, story_id: str) -> Story | None:
        return await self._database.read(lambda db: reads.story(db, story_id))

    async def status(self, now: datetime) -> StatusReport:
        return await self._database.read(lambda db: reads.status(db, now))

    # -- upkeep

    async def shift(self, step: timedelta) -> None:
        """The clock was set by so much: what waits is due as long from now as before, and leases last as long."""

        def shift(db: Connection) -> None:
            claims.shift(db, step)
            subscriptions.shift(db, step)

        await self._database.write(shift)

    async def release_forgotten(self, owner: str, under_way: Collection[str]) -> int:
        """Gives back what the owner holds and is not at work on, since its step failed; how many rows."""
        return await self._database.write(lambda db: claims.release_forgotten(db, owner, under_way))

    async def release_all_claims(self) -> int:
        """Gives back every claimed row; how many there were. Only for the one daemon of an archive, when it starts."""
        return await self._database.write(claims.release_all)

    async def regroup(self, story_id: str, grouping: Grouping) -> None:
        """Puts a story and the copies of its text into a group by hand; that is remembered. Raises StoreError."""
        await self._database.write(lambda db: stories.regroup(db, story_id, grouping))

    async def restore(
        self, story: Story, keys: Sequence[int], alerts: Sequence[Alert], *, now: datetime, is_seed: bool = False
    ) -> bool:
        """Takes over a story and its alerts from their files, sending nothing; False if the story was there."""
        return await self._database.write(lambda db: stories.restore(db, story, keys, alerts, now, is_seed=is_seed))

    async def prune(self, now: datetime, policy: Retention, *, step: int = 200) -> Pruned:
        """One step of removing what has outlived its time; to be called again while `more`."""
        return await self._database.write(lambda db: maintenance.prune(db, now, policy, step))

    async def integrity(self) -> tuple[str, ...]:
        """What is wrong with the database, in sentences; nothing if all is well. Reads all of it."""
        return await self._database.read(maintenance.integrity)

    async def raise_notice(
        self,
        key: str,
        text: str,
        now: datetime,
        told: Sequence[Delivery] = (),
        *,
        worse_at: datetime | None = None,
    ) -> bool:
        """Keeps that something is wrong, and tells it; False, and nothing is told, if that was known.

        worse_at: what was told before this is not enough.
        """
        return await self._database.write(lambda db: maintenance.raise_notice(db, key, text, now, told, worse_at))

    async def clear_notice(self, key: str, told: Sequence[Delivery] = ()) -> bool:
        """All is well again, which is told; False, and nothing is told, if nothing was wrong."""
        return await self._database.write(lambda db: maintenance.clear_notice(db, key, told))

    async def meta(self, key: str) -> str | None:
        return await self._database.read(lambda db: maintenance.meta_value(db, key))

    async def set_meta(self, key: str, value: str) -> None:
        await self._database.write(lambda db: maintenance.set_meta(db, key, value))
