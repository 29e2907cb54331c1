"""poll, capture, deliver: the whole flow on one page; read me first.

    poll(feed)         GET the feed -> parse -> what is new -> judge by the watches
                       -> entries and matches recorded with the feed's validators and its next due time
    capture(entry)     GET the page -> extract -> judge the whole text -> group -> decide -> compose
                       -> story, group, alerts and their deliveries recorded together: the outbox
    file()             what was recorded -> files in the archive
    release(channel)   what waited on the channel -> one message, on its way
    deliver(delivery)  send -> delivered, later or never, recorded

Each step takes an id and is: read (store), one effect, pure decisions, one recording transaction. A step that a crash
cuts short is done again from its row, with the same ids.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from watcher import outgoing
from watcher.alerts.data import alert_data
from watcher.alerts.decide import alert_id, decide
from watcher.alerts.markdown import alert_text
from watcher.feeds import identity, schedule, websub
from watcher.feeds.answer import FeedAnswer, answered
from watcher.feeds.network import Network
from watcher.matching.judging import judge_poll, judge_story
from watcher.model import (
    Alert,
    CaptureJob,
    CaptureRecord,
    CaptureReport,
    Delivery,
    Extraction,
    Feed,
    FetchError,
    FetchReason,
    Match,
    Outcome,
    ParsedFeed,
    PollRecord,
    PollReport,
    PollResult,
    Problem,
    Rejection,
    Response,
    Silenced,
    StaleFeedError,
    StaleIndexError,
    Story,
    WarcRef,
)
from watcher.ports import Archive, Channel, Clock, Fetcher, Store, Workshop
from watcher.rules import Rules
from watcher.stories import again, behind, group
from watcher.stories.budget import PageBudget
from watcher.stories.feedwords import from_entry, merged
from watcher.stories.lines import lines_of
from watcher.stories.naming import alert_path, story_path

GROUP_WINDOW = timedelta(days=14)  # two thirds of copies come within the day; after two weeks it is another story


class Pipeline:
    def __init__(
        self,
        *,
        store: Store,
        fetcher: Fetcher,
        workshop: Workshop,
        archive: Archive,
        channels: Mapping[str, Channel],
        rules: Rules,
        clock: Clock,
        owner: str,
        chance: random.Random,
    ) -> None:
        self.store, self.fetcher, self.workshop, self.archive = store, fetcher, workshop, archive
        self.channels, self.rules, self.clock, self.owner, self.chance = channels, rules, clock, owner, chance
        self._recording = asyncio.Lock()  # one capture decides at a time, so that it sees what the one before recorded
        self._filing = asyncio.Lock()
        self._network = Network()
        self._budget = PageBudget()

    # ------------------------------------------------------------------------------------------------------------ poll

    async def poll(self, feed_id: str) -> PollReport:
        """Asks one feed and records what it said. Raises LeaseLostError when somebody else has it by then."""
        answer: FeedAnswer | FetchError | None = None
        while True:
            feed = await self.store.feed(feed_id)
            if feed is None:
                return PollReport(result=PollResult.FAILED, problem="no such feed")
            if answer is None:
                answer = await self._ask(feed)
            try:
                return replace(await self._poll_answered(feed, answer), network=self._network.turned())
            except StaleFeedError:
                continue  # its hub pushed something meanwhile: decide again, on what is known now

    async def _ask(self, feed: Feed) -> FeedAnswer | FetchError:
        """What the feed says; or why it says nothing."""
        etag, last_modified = schedule.validators(feed, self.clock.now())
        reached = None
        self._network.begin(feed)
        try:
            response = await self.fetcher.feed(feed.url, etag=etag, last_modified=last_modified)
            reached = True
        except FetchError as error:
            reached = None if error.reason is FetchReason.PAUSED else error.reached
            return error
        finally:
            self._network.end(feed, self.clock.now(), reached=reached)
        return await answered(feed, response, self.workshop.parse)

    async def _poll_answered(self, feed: Feed, answer: FeedAnswer | FetchError) -> PollReport:
        if isinstance(answer, FetchError):
            return await self._poll_failed(feed, answer)
        if answer.problem is not None:
            return await self._poll_failed(feed, answer.problem, answer.response)
        if answer.parsed is None or answer.body_hash is None:
            return await self._poll_unchanged(feed, answer.response, answer.body_hash)
        return await self._poll_changed(feed, answer.response, answer.parsed, answer.body_hash)

    async def _poll_failed(self, feed: Feed, problem: FetchError | str, answer: Response | None = None) -> PollReport:
        await self._heed()
        now, jitter = self.clock.now(), self.chance.random()
        result = PollResult.FAILED
        unreached = isinstance(problem, FetchError) and not problem.reached
        if isinstance(problem, FetchError) and problem.reason is FetchReason.PAUSED:
            result, after = PollResult.PAUSED, schedule.after_pause(feed, problem, now=now, jitter=jitter)
        elif unreached and self._network.down:
            innocent = self._network.innocent(feed)
            result, after = PollResult.OFFLINE, schedule.after_outage(innocent, now=now, jitter=jitter)
        else:
            after = schedule.after_failure(feed, problem, now=now, jitter=jitter, answer=answer)
        await self.store.record_poll(PollRecord(feed=after, polled_at=now), owner=self.owner)
        if unreached and result is PollResult.FAILED:
            self._network.blame(feed, after)
        for one in self._network.cleared():
            change = partial(one.taken_back, now=now, jitter=self.chance.random())
            await self.store.change_feed(one.after.id, change)
        return PollReport(result=result, feed=feed.name, failures=after.failures, problem=str(problem))

    async def _heed(self) -> None:
        """Remembers which hosts asked to be left alone: the feeds of such a host are not due meanwhile."""
        pauses = self.fetcher.left_alone()
        if pauses:
            await self.store.record_pauses(pauses, self.clock.now())

    async def _poll_unchanged(self, feed: Feed, response: Response, body_hash: str | None) -> PollReport:
        now = self.clock.now()
        after = schedule.after_answer(
            feed, response, None, body_hash=body_hash, new=0, overlap=1.0, now=now, jitter=self.chance.random()
        )
        after, _ = await self._put_off(after, new=0, now=now)
        await self.store.record_poll(PollRecord(feed=after, polled_at=now), owner=self.owner)
        moved = after.url not in (feed.url, feed.spec.url)
        return PollReport(result=PollResult.UNCHANGED, feed=feed.name, moved=moved, well=after.well_since(feed))

    async def _poll_changed(self, feed: Feed, response: Response, parsed: ParsedFeed, body_hash: str) -> PollReport:
        now = self.clock.now()
        news = await self.sort_out(feed, parsed, now)
        feed = websub.offered(feed, response, parsed)
        after = schedule.after_answer(
            feed, response, parsed, body_hash=body_hash, new=news.new, overlap=news.overlap, flood=news.flood,
            now=now, jitter=self.chance.random(),
        )  # fmt: skip
        after, missed = await self._put_off(after, new=news.new, now=now)
        record = await self.judged(after, parsed, news, now)
        await self.store.record_poll(record, owner=self.owner)
        if missed is not None:
            await self.store.change_subscription(missed, partial(websub.missed, now=now))
        return PollReport(
            result=PollResult.CHANGED, feed=after.name, new=news.new, seen=news.seen, matches=record.matched,
            pending=record.pending, flood=news.flood, missed=after.missed > feed.missed,
            moved=after.url not in (feed.url, feed.spec.url), well=after.well_since(feed), problem=parsed.warning,
        )  # fmt: skip

    async def _put_off(self, feed: Feed, *, new: int, now: datetime) -> tuple[Feed, str | None]:
        """The feed with its next poll put off while its hub tells what is new.

        What is new all the same the hub did not tell: then the id of the subscription that missed it.
        """
        offered = feed.subscription_id
        subscription = await self.store.subscription(offered) if offered else None
        if subscription is None:
            return feed, None
        if new and subscription.streak:
            return feed, subscription.id
        return websub.put_off(feed, subscription, now=now, jitter=self.chance.random()), None

    async def sort_out(self, feed: Feed, parsed: ParsedFeed, now: datetime) -> identity.Sorted:
        """What of a document is new, by what is known now."""
        keyed = identity.keyed(parsed.entries)
        names = [name for one in keyed for name in (one.key, *one.aliases)]
        known = await self.store.known_entries(feed.id, names) if feed.baseline_at else {}
        return identity.sort_out(
            feed=feed, keyed=keyed, known=known, now=now, first_poll_alerts=self.rules.first_poll_alerts
        )

    async def judged(self, feed: Feed, parsed: ParsedFeed, news: identity.Sorted, now: datetime) -> PollRecord:
        """What a poll or a push found, judged by the watches, to be recorded with the feed as it is then."""
        record = PollRecord(feed=feed, polled_at=now, seen_keys=news.seen_keys, entries=news.entries)
        return await judge_poll(self.rules.matcher, record, language=parsed.language)

    # --------------------------------------------------------------------------------------------------------- capture

    async def capture(self, entry_id: str) -> CaptureReport:
        """Fetches, judges, groups and records the story behind one entry. Raises LeaseLostError."""
        job = await self.store.capture_job(entry_id)
        if job is None:
            return CaptureReport()
        turn = self._budget.turn(job, limit=self.rules.pages_per_hour, now=self.clock.now())
        if turn is not None:
            return await self._without_story(entry_id, later=turn, asked=False)
        response, extraction, failure = await self._story_text(job)
        matches, rejections = judge_story(self.rules.matcher, job.entry, job.feed, job.matches, extraction)
        if not matches:
            later, asked = again.retry_page_at(job, failure, self.clock.now()), again.was_asked(failure)
            read = extraction if response is not None else None
            return await self._without_story(entry_id, rejections=rejections, read=read, later=later, asked=asked)
        warc = await self.archive.keep_page(response) if response is not None else None
        async with self._recording:
            alerts = await self._record_story(job, extraction, warc, matches, rejections, failure)
        await self.file()
        failed = extraction.problem is Problem.UNREACHABLE
        return CaptureReport(captured=True, incomplete=not extraction.complete, failed=failed, alerts=alerts)

    async def _without_story(
        self,
        entry_id: str,
        *,
        rejections: tuple[Rejection, ...] = (),
        read: Extraction | None = None,
        later: datetime | None,
        asked: bool,
    ) -> CaptureReport:
        """Of the entry only the words are kept, for judging it again; its page is asked for (again) at that time."""
        record = CaptureRecord(
            entry_id=entry_id,
            story=None,
            unmatched=read,
            version=-1,
            rejections=rejections,
            retry_page_at=later,
            asked=asked,
        )
        await self.store.record_capture(record, owner=self.owner, now=self.clock.now())
        return CaptureReport()

    async def _story_text(self, job: CaptureJob) -> tuple[Response | None, Extraction, FetchError | None]:
        """The page as it came or why not, and the story in it; the feed's own words where the page gives none."""
        entry = behind.own_link(job.entry.entry)
        url = entry.link or ""  # an entry without a link shares no address with any other
        if entry.link is None or not job.feed.spec.scrape:
            return None, from_entry(entry, url=url, problem=Problem.NOT_FETCHED), None
        try:
            response = await self.fetcher.page(entry.link)
            if (own := behind.forwarded(response)) is not None:
                entry, url = replace(entry, link=own), own
                response = await self.fetcher.page(own)
        except FetchError as error:
            await self._heed()
            return None, from_entry(entry, url=url, problem=again.problem_of(error)), error
        return response, behind.settled(merged(await self.workshop.extract(response), entry)), None

    async def _record_story(
        self,
        job: CaptureJob,
        extraction: Extraction,
        warc: WarcRef | None,
        matches: tuple[Match, ...],
        rejections: tuple[Rejection, ...],
        failure: FetchError | None,
    ) -> tuple[Alert, ...]:
        # In a thread: the first time, and with each new language, it loads how common words are.
        keys, lines = await asyncio.to_thread(group.index_keys, extraction), lines_of(extraction)
        urls = tuple(filter(None, (extraction.url, extraction.canonical_url, job.entry.entry.link)))
        while True:
            now = self.clock.now()
            neighbours = await self.store.neighbours(urls=urls, keys=keys, since=now - GROUP_WINDOW)
            repeated = frozenset(lines).union(*map(lines_of, neighbours.stories))
            story_id = job.entry.story_id
            grouping = group.group(
                story_id=story_id,
                extraction=extraction,
                neighbours=neighbours.stories,
                now=now,
                furniture=await self.store.furniture(repeated),
            )
            seeds = [one for one in neighbours.stories if one.is_seed]
            story = Story(
                id=story_id,
                entry_id=job.entry.id,
                feed=job.feed.name,
                fetched=now,
                extraction=extraction,
                warc=warc,
                grouping=grouping,
                matches=matches,
                path=story_path(extraction.title, story_id, now.date()),
                seed_similarity=group.seed_similarity(extraction, seeds),
            )
            alerts, silenced = await self._decide(story, job, now)
            deliveries, holds = await outgoing.address(alerts, store=self.store, rules=self.rules, now=now)
            record = CaptureRecord(
                entry_id=job.entry.id,
                story=story,
                keys=keys,
                lines=lines,
                version=neighbours.version,
                alerts=alerts,
                silenced=silenced,
                rejections=rejections,
                deliveries=deliveries,
                holds=holds,
                retry_page_at=again.retry_page_at(job, failure, now),
                asked=again.was_asked(failure),
            )
            try:
                await self.store.record_capture(record, owner=self.owner, now=now)
            except StaleIndexError:
                continue  # another process recorded a story meanwhile: look again, decide again
            return alerts

    async def _decide(
        self, story: Story, job: CaptureJob, now: datetime
    ) -> tuple[tuple[Alert, ...], tuple[Silenced, ...]]:
        alerts, silenced = [], []
        for match in story.matches:
            decision = decide(
                match=match,
                story=story,
                alertable=job.entry.alertable,
                past=await self.store.past_alerts(watch=match.watch, group=story.grouping.group),
                channels=self.rules.channels_of.get(match.watch, ()),
                policy=self.rules.policy,
                path=alert_path(story.extraction.title, alert_id(match.watch, story.id), now.date()),
                now=now,
            )
            if isinstance(decision, Alert):
                alerts.append(decision)
            else:
                silenced.append(decision)
        return tuple(alerts), tuple(silenced)

    # --------------------------------------------------------------------------------------- file, release and deliver

    async def file(self) -> int:
        """Writes the files of stories and alerts whose rows are newer; how many it wrote."""
        written = 0
        async with self._filing:
            while True:
                unfiled = await self.store.unfiled(100)
                if not unfiled.stories and not unfiled.alerts:
                    return written
                for story in unfiled.stories:
                    await self.archive.write_story(story)
                for alert, deliveries in unfiled.alerts:
                    channels = [delivery.message.channel for delivery in deliveries]
                    await self.archive.write_alert(alert.path, alert_data(alert, channels), alert_text(alert))
                await self.store.mark_filed(unfiled)
                written += len(unfiled.stories) + len(unfiled.alerts)

    async def due_channels(self) -> list[str]:
        """Channels on which something has waited long enough, and that are still in watcher.yaml."""
        due = await self.store.due_channels(self.clock.now())
        return [channel for channel in due if channel in self.rules.faces]

    async def release(self, channel: str) -> Delivery | None:
        """What waited on the channel goes out in one message. Raises LeaseLostError when another process was first."""
        return await outgoing.release(channel, store=self.store, rules=self.rules, now=self.clock.now())

    async def deliver(self, delivery_id: str) -> Outcome | None:
        """One try of one delivery. Raises LeaseLostError."""
        delivery = await self.store.delivery(delivery_id)
        if delivery is None:
            return None
        channel = self.channels.get(delivery.message.channel)
        outcome, fault = delivery.homeless(), None
        if channel is not None:
            try:
                outcome = await channel.send(delivery.message, self.clock.now())
            except Exception as error:  # noqa: BLE001  raised below, once it is on the schedule like any failure
                outcome, fault = delivery.stumbled(error), error
        now = self.clock.now()
        after, dead = delivery.after(outcome, now, self.chance.random()), delivery.dead_letters(outcome, now)
        await self.store.record_delivery(after, outcome, owner=self.owner, dead_letters=dead)
        if fault is not None:
            raise fault
        return outcome
