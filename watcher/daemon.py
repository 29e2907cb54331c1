"""The clock: asks the store what is due, and hands each id to its step, a bounded number at a time.

Rows are the truth, so nothing here needs to be remembered: whoever starts asks again. APScheduler asks every second,
and a step that ends asks at once, since it may have made the next one due.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sdnotify
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from loguru import logger

from watcher.model import (
    Answer,
    CaptureReport,
    LeaseLostError,
    Outcome,
    PollReport,
    PollResult,
    StoreError,
    WatcherError,
)
from watcher.pipeline import Pipeline

LEASE = timedelta(minutes=10)  # well over the longest step: a page behind a full host queue, then 20 s of reading
ONCE_LEASE = timedelta(hours=1)  # `run --once` claims all its feeds at the start
POLLS_IN_FLIGHT = 200  # most of them wait for their host's turn; one costs about 50 kB
CAPTURES_IN_FLIGHT = 16
DELIVERIES_IN_FLIGHT = 64  # of all channels; the store gives out at most four of each
GRACE = 5.0  # seconds that steps under way get to end well after SIGTERM
ASK_EVERY = 1  # second
STUCK_AFTER = 60.0  # seconds without an answer of the store; the unit's WatchdogSec is twice that
TAKE_UP_EVERY = IntervalTrigger(seconds=30)
FILE_EVERY = IntervalTrigger(minutes=1)  # files that a full disk left behind
LOOK_EVERY = IntervalTrigger(minutes=5)
NIGHTLY = CronTrigger(hour=3, minute=17, timezone="UTC")


@dataclass(slots=True)
class Summary:
    """What a run came to; `as_json` is the shape of `watcher run --once --json`."""

    due: int = 0
    changed: int = 0
    unchanged: int = 0
    poll_failed: int = 0
    new: int = 0
    seen: int = 0
    matches: int = 0
    captured: int = 0
    incomplete: int = 0
    page_failed: int = 0
    alerts: int = 0
    delivered: int = 0
    deferred: int = 0
    dead: int = 0
    broken: int = 0  # steps that ended in a fault of this program or of the store
    started: float = field(default_factory=time.monotonic)

    def add(self, report: object) -> None:
        if isinstance(report, PollReport):
            self._add_poll(report)
        elif isinstance(report, CaptureReport):
            self.captured += report.captured
            self.incomplete += report.incomplete
            self.page_failed += report.failed
            self.alerts += len(report.alerts)
        elif isinstance(report, Outcome):
            self.delivered += report.answer is Answer.DELIVERED
            self.deferred += report.answer is Answer.DEFERRED
            self.dead += report.answer is Answer.REJECTED

    def _add_poll(self, report: PollReport) -> None:
        self.changed += report.result is PollResult.CHANGED
        self.unchanged += report.result is PollResult.UNCHANGED
        self.poll_failed += report.result is PollResult.FAILED
        self.new += report.new
        self.seen += report.seen
        self.matches += report.matches

    def as_json(self) -> dict[str, Any]:
        return {
            "polls": {
                "due": self.due,
                "changed": self.changed,
                "unchanged": self.unchanged,
                "failed": self.poll_failed,
            },
            "entries": {"new": self.new, "seen": self.seen},
            "matches": self.matches,
            "stories": {"captured": self.captured, "incomplete": self.incomplete, "failed": self.page_failed},
            "alerts": self.alerts,
            "deliveries": {"delivered": self.delivered, "deferred": self.deferred, "dead": self.dead},
            "seconds": round(time.monotonic() - self.started, 3),
        }


Chore = Callable[[], Awaitable[object]]


class Lane:
    """One of the steps: what is due for it, and what of it is under way."""

    def __init__(
        self,
        *,
        name: str,
        claim: Callable[[int], Awaitable[Iterable[str]]],
        step: Callable[[str], Awaitable[object]],
        limit: int,
    ) -> None:
        self.name, self.claim, self.step, self.limit = name, claim, step, limit
        self.under_way: set[asyncio.Task[None]] = set()

    @property
    def free(self) -> int:
        return self.limit - len(self.under_way)


class Runner:
    """Runs the steps as they come due. told: called with the report of each step as it ends, for progress."""

    def __init__(self, pipeline: Pipeline, *, told: Callable[[object], None] | None = None) -> None:
        self.pipeline, self.told = pipeline, told
        self.summary = Summary()
        self._moved_at = time.monotonic()  # when the store was last asked and answered
        self._asking = asyncio.Lock()
        self._again = asyncio.Event()
        self._store_fault = ""
        store = pipeline.store
        self.polls = Lane(
            name="poll", claim=self._claimer(store.claim_feeds), step=pipeline.poll, limit=POLLS_IN_FLIGHT
        )
        self.captures = Lane(
            name="capture", claim=self._claimer(store.claim_captures), step=pipeline.capture, limit=CAPTURES_IN_FLIGHT
        )
        self.releases = Lane(name="release", claim=self._due_channels, step=pipeline.release, limit=1)
        self.deliveries = Lane(
            name="deliver",
            claim=self._claimer(store.claim_deliveries),
            step=pipeline.deliver,
            limit=DELIVERIES_IN_FLIGHT,
        )

    def _claimer(self, claim: Callable[..., Awaitable[Iterable[str]]]) -> Callable[[int], Awaitable[Iterable[str]]]:
        async def due(limit: int) -> Iterable[str]:
            pipeline = self.pipeline
            return await claim(owner=pipeline.owner, now=pipeline.clock.now(), lease=LEASE, limit=limit)

        return due

    async def _due_channels(self, _limit: int) -> Iterable[str]:
        return await self.pipeline.due_channels()

    async def ask(self, *lanes: Lane) -> int:
        """Asks what is due for the lanes, and starts it; how many steps were started."""
        async with self._asking:
            try:
                started = await self._start_due(lanes)
            except StoreError as error:
                if str(error) != self._store_fault:
                    logger.error("nothing is started while the store cannot be used: {}", error)
                self._store_fault = str(error)
                return 0
        if self._store_fault:
            logger.info("the store can be used again")
        self._store_fault = ""
        self._moved_at = time.monotonic()
        return started

    async def _start_due(self, lanes: tuple[Lane, ...]) -> int:
        started = 0
        for lane in lanes or (self.polls, self.captures, self.releases, self.deliveries):
            if lane.free <= 0:
                continue
            for id_ in list(await lane.claim(lane.free))[: lane.free]:
                self._start(lane, id_)
                started += 1
        return started

    def _start(self, lane: Lane, id_: str) -> None:
        task = asyncio.create_task(self._run(lane, id_), name=f"{lane.name} {id_}")
        lane.under_way.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            lane.under_way.discard(task)
            self._again.set()

        task.add_done_callback(ended)

    async def _run(self, lane: Lane, id_: str) -> None:
        try:
            report = await lane.step(id_)
        except LeaseLostError as lost:
            logger.debug("{} {}: somebody else has it by now: {}", lane.name, id_, lost)
            return
        except StoreError as error:
            self.summary.broken += 1
            logger.error("{} {} is taken up again soon: {}", lane.name, id_, error)
            return
        except Exception:  # noqa: BLE001  a fault in one step never ends the others; its row comes back with its lease
            self.summary.broken += 1
            logger.opt(exception=True).error("{} {} failed; it is tried again when its lease ends", lane.name, id_)
            return
        self.summary.add(report)
        _log(report, id_)
        if self.told is not None:
            self.told(report)

    @property
    def under_way(self) -> set[asyncio.Task[None]]:
        lanes = (self.polls, self.captures, self.releases, self.deliveries)
        return {task for lane in lanes for task in lane.under_way}

    # ------------------------------------------------------------------------------------------------------------ once

    async def once(
        self,
        *,
        everything: bool = False,
        lanes: tuple[str, ...] = ("poll", "capture", "deliver"),
        only: Iterable[str] = (),
    ) -> Summary:
        """Every due feed (everything: every feed; only: these), then all that becomes due by it, until nothing is."""
        rest = [self.captures] if "capture" in lanes else []
        rest += [self.releases, self.deliveries] if "deliver" in lanes else []
        queue = await self._claim_polls(everything, tuple(only)) if "poll" in lanes else []
        self.summary.due = len(queue)
        queue.reverse()
        while True:
            while queue and self.polls.free > 0:
                self._start(self.polls, queue.pop())
            self._again.clear()
            started = await self.ask(*rest) if rest else 0
            if self.under_way:
                await self._again.wait()
            elif not started and not queue and not self._again.is_set():  # set: a step ended while we asked
                return self.summary

    async def _claim_polls(self, everything: bool, only: tuple[str, ...]) -> list[str]:
        pipeline = self.pipeline
        claimed = await pipeline.store.claim_feeds(
            owner=pipeline.owner,
            now=pipeline.clock.now(),
            lease=ONCE_LEASE,
            limit=1_000_000,
            everything=everything,
            only=only,
        )
        return list(claimed)

    # ---------------------------------------------------------------------------------------------------------- daemon

    async def serve(self, stop: asyncio.Event, *, look_after: Chore, nightly: Chore) -> None:
        """Runs until `stop` is set; then steps under way get a few seconds, and what is not done stays due.

        look_after: tells of troubles; nightly: removes what has outlived its time.
        """
        systemd = sdnotify.SystemdNotifier()
        scheduler = AsyncIOScheduler(timezone="UTC")
        scheduler.add_job(self.ask, "interval", seconds=ASK_EVERY, max_instances=1, coalesce=True, id="ask")
        scheduler.add_job(self._answer_watchdog, "interval", args=[systemd], seconds=10, id="watchdog")
        chores = (
            (self._take_up, TAKE_UP_EVERY),
            (self.pipeline.file, FILE_EVERY),
            (look_after, LOOK_EVERY),
            (nightly, NIGHTLY),
        )
        for chore, trigger in chores:
            scheduler.add_job(_do, trigger, args=[chore], max_instances=1, coalesce=True)
        scheduler.start()
        systemd.notify("READY=1")
        try:
            await self._follow(stop)
        finally:
            systemd.notify("STOPPING=1")
            scheduler.shutdown(wait=False)
            await self._wind_down()

    async def _take_up(self) -> None:
        """Steps that failed, on a full disk say, are due again soon, not when their lease ends."""
        ids = [task.get_name().partition(" ")[2] for task in self.under_way]
        await self.pipeline.store.release_forgotten(self.pipeline.owner, ids)

    @property
    def moving(self) -> bool:
        """Whether the store is asked and answers: polling and delivering get on."""
        return time.monotonic() - self._moved_at < STUCK_AFTER

    def _answer_watchdog(self, systemd: Any) -> None:
        if self.moving:
            systemd.notify("WATCHDOG=1")

    async def _follow(self, stop: asyncio.Event) -> None:
        stopping = asyncio.create_task(stop.wait())
        while not stop.is_set():
            self._again.clear()
            again = asyncio.create_task(self._again.wait())
            await asyncio.wait({stopping, again}, return_when=asyncio.FIRST_COMPLETED)
            again.cancel()
            if not stop.is_set():
                await self.ask()

    async def _wind_down(self) -> None:
        if not self.under_way:
            return
        _, late = await asyncio.wait(self.under_way, timeout=GRACE)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


def _log(report: object, id_: str) -> None:
    """A normal day is quiet: alerts, the first failure of a feed, and deliveries that did not arrive."""
    if isinstance(report, PollReport):
        failed_first = report.result is PollResult.FAILED and report.failures == 1
        level = "WARNING" if failed_first else "DEBUG"
        if report.flood:
            logger.warning(
                "poll {}: its guids changed all at once; what was known by link or title is no news", report.feed
            )
        logger.log(level, "poll {}: {} {}", report.feed, report.result, report.problem or f"{report.new} new")
    elif isinstance(report, CaptureReport):
        for alert in report.alerts:
            extraction = alert.story.extraction
            logger.info("alert {}: {} ({}) {}", alert.watch, extraction.title, alert.reason, extraction.url)
    elif isinstance(report, Outcome) and report.answer is not Answer.DELIVERED:
        level = "INFO" if report.answer is Answer.DEFERRED else "WARNING"
        logger.log(level, "delivery {}: {} {}", id_, report.answer, report.reason)


async def _do(chore: Chore) -> None:
    try:
        await chore()
    except (WatcherError, OSError) as error:
        logger.error("a chore failed, and is done again next time: {}", error)
