"""The daemon over a real store when the world does not play along: a full disk, a step that hangs, a clock set."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from watcher.app import RoomTeller, Watcher, look_after, open_watcher, read_config
from watcher.daemon import Runner, runner
from watcher.daemon.ticks import ClockWatch
from watcher.model import MessageType, PollRecord, PollReport, PollResult

SETTINGS = """\
archive: archive
page: off
notices: [desk]
channels:
  desk:
    email: {to: [d@example.org], from: w@example.org, host: 127.0.0.1, port: 1, tls: none}
"""


@pytest.fixture
async def watcher(tmp_path: Path) -> AsyncIterator[Watcher]:
    (tmp_path / "watcher.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "watchlist.yaml").write_text("feeds: [https://one.example/feed]\nwatches: [A B]\n", encoding="utf-8")
    async with open_watcher(read_config(tmp_path), alone=True) as opened:
        yield opened


class Disk:
    """The archive's disk; and who was told of it."""

    def __init__(self, watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = True
        monkeypatch.setattr(watcher.pipeline.archive, "try_room", self.try_room)

    async def try_room(self) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")

    async def poll(self, _feed: str) -> PollReport:
        await self.try_room()
        return PollReport(result=PollResult.UNCHANGED)


async def settled(running: Runner) -> None:
    """Until every step has ended."""
    while running.under_way:  # noqa: ASYNC110  a step ends with a turn of the loop
        await asyncio.sleep(0)


async def test_on_a_full_disk_nothing_is_claimed_until_there_is_room(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, running = Disk(watcher, monkeypatch), Runner(watcher.pipeline)
    monkeypatch.setattr(running.polls, "step", disk.poll)
    monkeypatch.setattr(runner, "ROOM_EVERY", 0.0)
    assert await running.ask() == 1
    await settled(running)
    assert "No space left" in running.no_room
    assert [await running.ask() for _ in range(3)] == [0, 0, 0]
    assert running.moving  # a restart would not help
    disk.full = False
    assert await running.ask() == 1  # the same feed, without waiting for its lease
    assert running.no_room == ""


async def test_a_full_disk_is_told_past_the_outbox_and_over_it_when_it_is_over(watcher: Watcher) -> None:
    teller = RoomTeller(watcher.pipeline)
    for _ in range(2):
        await teller.tell("the disk is full")  # its mail server cannot be reached either: that is no fault
    assert await watcher.store.outbox() == ()
    await teller.tell(None)
    told = [one.message for one in await watcher.store.outbox()]
    assert [(one.type, one.subject) for one in told] == [(MessageType.NOTICE, "[watcher] well again")]
    assert await look_after(watcher.pipeline) == 0


async def test_the_watchdog_is_not_answered_while_a_lane_hangs(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, never = Runner(watcher.pipeline), asyncio.Event()

    async def hang(_feed: str) -> None:
        await never.wait()

    monkeypatch.setattr(running.polls, "step", hang)
    assert await running.ask() == 1
    assert running.moving
    monkeypatch.setattr(runner, "LANE_STUCK_AFTER", -1.0)
    assert await running.ask() == 0  # the store answers, and the other lanes are well
    assert not running.moving
    never.set()
    await settled(running)
    assert running.moving


async def test_the_watchdog_is_not_answered_while_the_store_is_not(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = Runner(watcher.pipeline)
    monkeypatch.setattr(runner, "STUCK_AFTER", -1.0)
    assert not running.moving


@pytest.mark.parametrize("hours", [1, -1])
async def test_what_is_due_moves_with_the_clock(watcher: Watcher, monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    running, store, step = Runner(watcher.pipeline), watcher.store, timedelta(hours=hours)
    start = datetime.now(UTC)
    await store.shift(timedelta(minutes=10))  # so long no feed is due
    due = (await store.feeds())[0].due_at
    monkeypatch.setattr(running, "_clock", ClockWatch(start, lambda: 0.0))
    monkeypatch.setattr(watcher.pipeline.clock, "now", lambda: start + step)
    assert await running.ask() == 0
    assert (await store.feeds())[0].due_at == due + step


async def test_a_clock_that_was_set_back_while_nobody_watched_keeps_no_feed_waiting(watcher: Watcher) -> None:
    store, now = watcher.store, datetime.now(UTC)
    (feed,) = await store.feeds()
    await store.claim_feeds(owner="me", now=now, lease=timedelta(minutes=1), limit=1, everything=True)
    ahead = now + timedelta(hours=1)
    polled = feed.evolve(polled_at=ahead, due_at=ahead + timedelta(minutes=5))
    await store.record_poll(PollRecord(feed=polled, polled_at=ahead), owner="me")
    await store.sync_feeds([feed.spec], now)
    (after,) = await store.feeds()
    assert after.due_at == now + timedelta(minutes=5)
