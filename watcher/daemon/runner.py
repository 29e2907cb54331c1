"""The steps as they come due, a bounded number of each at a time; once, or until it is told to stop.

Rows are the truth, so nothing here needs to be remembered: whoever starts asks again. The store is asked every second,
and at once when a step ends that made another one due or left a place that was waited for. All that is done every so
often is timed by a clock that nobody sets; only the nightly work, which has a time of day, is APScheduler's.
"""

from __future__ import annotations

import asyncio
import errno
import os
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any

import sdnotify
from loguru import logger

from watcher.daemon.lanes import Lane
from watcher.daemon.log import log_report
from watcher.daemon.summary import Summary
from watcher.daemon.ticks import ClockWatch, every
from watcher.hubs import Subscriber
from watcher.model import LeaseLostError, NoRoomError, PollReport, StoreError, WatcherError
from watcher.pipeline import Pipeline

LEASE = timedelta(minutes=10)  # well over the longest step: a page behind a full host queue, then 20 s of reading
ONCE_LEASE = timedelta(hours=1)  # `run --once` claims all its feeds at the start
POLLS_IN_FLIGHT = 200  # most of them wait for their host's turn; one costs about 50 kB
CAPTURES_IN_FLIGHT = 16
DELIVERIES_IN_FLIGHT = 64  # of all channels; the store gives out at most four of each
HUBS_IN_FLIGHT = 16  # requests to hubs, at most two to each
GRACE = 5.0  # seconds that steps under way get to end well after SIGTERM
ASK_EVERY = 1.0  # seconds
STUCK_AFTER = 60.0  # seconds without an answer of the store; the unit's WatchdogSec is twice that
LANE_STUCK_AFTER = 300.0  # seconds in which none of a lane's steps ended: each has deadlines far below that
WATCHDOG_EVERY = 10.0
TAKE_UP_EVERY = 30.0
HUBS_EVERY = 2.0  # nothing waits for a subscription: the feed is polled until it works
PREPARE_EVERY = 5.0  # sites that push; costs a millisecond while their robots.txt is remembered
FILE_EVERY = 60.0  # files that a full disk left behind
LOOK_EVERY = 300.0
ROOM_EVERY = 5.0  # a full disk is asked for room so often: it writes a megabyte each time
NIGHTLY = (3, 17)  # hour and minute, UTC
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)

Chore = Callable[[], Awaitable[object]]


async def _nobody(_trouble: str | None) -> None:
    """Nobody wants to hear of a full disk but the log."""


class Runner:
    """Runs the steps as they come due. told: called with the report of each step as it ends, for progress.

    subscriber: looks after the hubs that push, while the daemon serves.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        *,
        told: Callable[[object], None] | None = None,
        subscriber: Subscriber | None = None,
    ) -> None:
        self.pipeline, self.told, self.subscriber = pipeline, told, subscriber
        self.summary = Summary()
        self.no_room = ""  # why the disk takes nothing, while it does not: nothing is claimed then
        self._moved_at = time.monotonic()  # when the store was last asked and answered
        self._asking = asyncio.Lock()
        self._again = asyncio.Event()
        self._fresh = True  # a step that ended may have made another one due since the store was asked
        self._look = asyncio.Event()
        self._store_fault = ""
        self._room_asked_at = 0.0
        self._clock: ClockWatch | None = None
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
        self.lanes = (self.polls, self.captures, self.releases, self.deliveries)
        self.hubs: Lane | None = None  # asked by itself, since no step makes it due

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
                if self.no_room and not await self._room_again():
                    started = 0
                else:
                    await self._mind_the_clock()
                    started = await self._start_due(lanes)
            except NoRoomError as error:
                self._out_of_room(error)
                started = 0
            except StoreError as error:
                if str(error) != self._store_fault:
                    logger.error("nothing is started while the store cannot be used", problem=str(error))
                self._store_fault = str(error)
                return 0
        if self._store_fault:
            logger.info("the store can be used again")
        self._store_fault = ""
        self._moved_at = time.monotonic()
        return started

    async def _start_due(self, lanes: tuple[Lane, ...]) -> int:
        started = 0
        for lane in lanes or self.lanes:
            if lane.free <= 0:
                continue
            for id_ in list(await lane.claim(lane.free))[: lane.free]:
                self._start(lane, id_)
                started += 1
        return started

    def _start(self, lane: Lane, id_: str) -> None:
        task = asyncio.create_task(self._run(lane, id_), name=f"{lane.name} {id_}")
        lane.start(task)

        def ended(task: asyncio.Task[None]) -> None:
            waited_for = lane.free <= 0
            lane.end(task)
            if self._fresh or waited_for or not self.under_way:  # most polls find nothing, and nobody waits for them
                self._again.set()

        task.add_done_callback(ended)

    async def _run(self, lane: Lane, id_: str) -> None:
        report: object = None
        try:
            async with asyncio.timeout(LEASE.total_seconds()) as deadline:
                report = await lane.step(id_)
        except LeaseLostError as lost:
            logger.debug("somebody else has it by now", step=lane.name, id=id_, reason=str(lost))
        except StoreError as error:
            self._failed(lane, id_, error)
        except Exception as error:  # noqa: BLE001  a fault in one step never ends the others; its row comes back
            late = isinstance(error, TimeoutError) and deadline.expired()
            self._failed(lane, id_, StoreError("it outlived its lease, and was stopped") if late else error)
        else:
            self._tell(report, id_)
        self._fresh |= not (isinstance(report, PollReport) and report.pending == 0)

    def _tell(self, report: object, id_: str) -> None:
        self.summary.add(report)
        log_report(report, id_)
        if isinstance(report, PollReport) and report.remarkable:
            self._look.set()
        if self.told is not None:
            self.told(report)

    def _pushed(self, report: PollReport) -> None:
        """A hub told what is new: its story is asked for at once."""
        self._tell(report, "")
        self._fresh = True
        self._again.set()

    def _failed(self, lane: Lane, id_: str, error: Exception) -> None:
        self.summary.broken += 1
        if _is_no_room(error):
            self._out_of_room(error)
        elif isinstance(error, StoreError):
            logger.error("a step failed and is taken up again soon", step=lane.name, id=id_, problem=str(error))
        else:
            logger.opt(exception=error).error("a step failed and is taken up again soon", step=lane.name, id=id_)

    @property
    def under_way(self) -> set[asyncio.Task[None]]:
        hubs = (self.hubs,) if self.hubs is not None else ()
        return {task for lane in (*self.lanes, *hubs) for task in lane.under_way}

    # ---------------------------------------------------------------------------------------- a full disk, a set clock

    def _out_of_room(self, error: Exception) -> None:
        """From now on nothing is claimed until the disk takes something again."""
        if not self.no_room:
            logger.error("the disk takes nothing: nothing is started until it does", problem=str(error))
            self._look.set()
        self.no_room = str(error)
        self._room_asked_at = time.monotonic()

    async def _room_again(self) -> bool:
        if time.monotonic() - self._room_asked_at < ROOM_EVERY:
            return False
        self._room_asked_at = time.monotonic()
        try:
            await self.pipeline.archive.try_room()
        except OSError:
            return False
        await self.pipeline.store.release_forgotten(self.pipeline.owner, self._ids_under_way())
        logger.info("the disk takes something again: all goes on")
        self.no_room = ""
        self._look.set()
        return True

    async def _mind_the_clock(self) -> None:
        """Where somebody set the clock, what waits goes on waiting for as long as it had to: none early, none late."""
        if self._clock is None:
            return
        step = self._clock.step(self.pipeline.clock.now())
        if step:
            await self.pipeline.store.shift(step)
            self._clock.took(step)
            logger.warning("the clock of this machine was set; what is due moves with it", seconds=step.total_seconds())

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
        self.summary.due += len(queue)
        queue.reverse()
        while True:
            while queue and self.polls.free > 0 and not self.no_room:
                self._start(self.polls, queue.pop())
            self._again.clear()
            started = 0
            if rest and (self._fresh or not self.under_way):
                self._fresh = False
                started = await self.ask(*rest)
            if self.under_way:
                await self._again.wait()
            elif self.no_room or (not started and not queue and not self._again.is_set()):  # set: one ended meanwhile
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

    async def serve(
        self,
        stop: asyncio.Event,
        *,
        look_after: Chore,
        nightly: Chore,
        tell_room: Callable[[str | None], Awaitable[object]] = _nobody,
    ) -> None:
        """Runs until `stop` is set; then steps under way get a few seconds, and what is not done stays due.

        look_after: tells of troubles; nightly: removes what has outlived its time; tell_room: told why the disk takes
        nothing, again and again while that is so, and None when it is over.
        """
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # `run --once` does without
        from apscheduler.triggers.cron import CronTrigger

        systemd = sdnotify.SystemdNotifier()
        self._clock = ClockWatch(self.pipeline.clock.now())
        scheduler = AsyncIOScheduler(timezone="UTC")
        night = CronTrigger(hour=NIGHTLY[0], minute=NIGHTLY[1], timezone="UTC")
        scheduler.add_job(self._do, night, args=[nightly], max_instances=1, coalesce=True, misfire_grace_time=None)
        scheduler.start()
        beside = [
            asyncio.create_task(every(ASK_EVERY, self._ask_again, stop)),
            asyncio.create_task(every(_watchdog_every(), lambda: self._answer_watchdog(systemd), stop)),
            asyncio.create_task(every(TAKE_UP_EVERY, lambda: self._do(self._take_up), stop)),
            asyncio.create_task(every(FILE_EVERY, lambda: self._do(self.pipeline.file), stop)),
            asyncio.create_task(self._look_around(look_after, tell_room, stop)),
            *self._look_after_hubs(stop),
        ]
        systemd.notify("READY=1")
        try:
            await self._follow(stop)
        finally:
            systemd.notify("STOPPING=1")
            scheduler.shutdown(wait=False)
            await _end(beside)
            await self._wind_down()

    async def _ask_again(self) -> None:
        self._again.set()

    def _look_after_hubs(self, stop: asyncio.Event) -> Iterable[asyncio.Task[None]]:
        subscriber = self.subscriber
        if subscriber is None:
            return
        subscriber.told = self._pushed
        lane = self.hubs = Lane(name="subscribe", claim=subscriber.due, step=subscriber.ask, limit=HUBS_IN_FLIGHT)
        yield asyncio.create_task(self._do(subscriber.resume))
        yield asyncio.create_task(every(HUBS_EVERY, lambda: self.ask(lane), stop))
        yield asyncio.create_task(every(PREPARE_EVERY, lambda: self._do(subscriber.prepare), stop))

    async def _take_up(self) -> None:
        """Steps that failed are due again soon, not when their lease ends."""
        await self.pipeline.store.release_forgotten(self.pipeline.owner, self._ids_under_way())

    def _ids_under_way(self) -> list[str]:
        return [task.get_name().partition(" ")[2] for task in self.under_way]

    async def _look_around(
        self, look_after: Chore, tell_room: Callable[[str | None], Awaitable[object]], stop: asyncio.Event
    ) -> None:
        """Tells of troubles every few minutes, and at once after something remarkable."""
        told = False
        while not stop.is_set():
            self._look.clear()
            if self.no_room or told:
                told = bool(self.no_room)
                await _try(lambda: tell_room(self.no_room or None))
            await self._do(look_after)
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._look.wait()
            except TimeoutError:
                continue

    async def _do(self, chore: Chore) -> None:
        """A chore that fails is done again next time; on a full disk none is begun."""
        error = None if self.no_room else await _try(chore)
        if error is not None and _is_no_room(error):
            self._out_of_room(error)
        elif isinstance(error, (WatcherError, OSError)):
            logger.error("a chore failed, and is done again next time", problem=str(error))
        elif error is not None:
            logger.opt(exception=error).error("a chore failed, and is done again next time")

    @property
    def moving(self) -> bool:
        """Whether the store is asked and answers, and no lane hangs: polling and delivering get on."""
        answered = time.monotonic() - self._moved_at < STUCK_AFTER
        return answered and not any(lane.hangs(LANE_STUCK_AFTER) for lane in self.lanes)

    async def _answer_watchdog(self, systemd: Any) -> None:
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
                self._fresh = False
                await self.ask()

    async def _wind_down(self) -> None:
        if not self.under_way:
            return
        _, late = await asyncio.wait(self.under_way, timeout=GRACE)
        await _end(late)


def _watchdog_every() -> float:
    """Twice in the time that systemd gives, where it gives less than the unit of this project."""
    given = os.environ.get("WATCHDOG_USEC", "")
    return min(WATCHDOG_EVERY, int(given) / 2_000_000) if given.isdigit() else WATCHDOG_EVERY


async def _try(chore: Chore) -> Exception | None:
    try:
        await chore()
    except Exception as error:  # noqa: BLE001  whatever it is, the daemon outlives it: who calls tells of it
        return error
    return None


def _is_no_room(error: Exception) -> bool:
    return isinstance(error, NoRoomError) or (isinstance(error, OSError) and error.errno in NO_ROOM)


async def _end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
