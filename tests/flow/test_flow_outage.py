"""The life of an outbox with real servers and a clock that the test moves: outages of days, odd answers, notices."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from post import EMAIL, WEBHOOK, raise_alert, write_config

from watcher.app import Watcher, look_after, open_watcher, read_config
from watcher.daemon import Runner
from watcher.model import RETRY_AFTER, DeliveryState, Message, Outcome

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
RECIPIENTS = ("a@example.org", "b@example.org", "c@example.org")
MINUTE = timedelta(minutes=1)
STEP = timedelta(minutes=10)
AT_FIRST = 6  # tries, until three have failed and the three that are under way by then have ended


@dataclass
class Clock:
    time: datetime = START

    def now(self) -> datetime:
        return self.time


@dataclass
class Server:
    """Answers as `answer` says; keeps when it was asked and what it took, by the moved clock."""

    clock: Clock
    answer: Callable[[str], str] = lambda _: ""  # to an SMTP line, or to a webhook-id; empty: that is good
    port: int = 0
    asked: list[datetime] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)  # id of the message, recipient
    bodies: dict[str, set[bytes]] = field(default_factory=dict)
    at_once: int = 0
    most_at_once: int = 0

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        id_ = re.findall(rb"webhook-id: (\w+)", head)[0].decode()
        (length,) = re.findall(rb"(?i)content-length: (\d+)", head)
        body = await reader.readexactly(int(length))
        self.asked.append(self.clock.now())
        self.bodies.setdefault(id_, set()).add(body)
        said = self.answer(id_) or "204 No Content\r\n"
        if said.startswith("2"):
            self.taken.append((id_, ""))
        writer.write(f"HTTP/1.1 {said}connection: close\r\ncontent-length: 0\r\n\r\n".encode())

    async def smtp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append(self.clock.now())
        reached: list[str] = []
        line = "greeting"
        while line:
            said = self.answer(line) or ("220 hello" if line == "greeting" else "250 OK")
            if line.startswith("RCPT") and said.startswith("2"):
                reached.append(line.partition("<")[2].rstrip(">"))
            elif line == "DATA":
                writer.write(b"354 go on\r\n")
                mail = await reader.readuntil(b"\r\n.\r\n")
                said = self.answer("content") or said
                if said.startswith("2"):
                    id_ = re.findall(rb"Message-ID: <(\w+)@", mail)[0].decode()
                    self.bodies.setdefault(id_, set()).add(mail)
                    self.taken += [(id_, one) for one in reached]
                reached = []
            writer.write(f"{said}\r\n".encode())
            if said.startswith(("421", "554")) or line == "QUIT":
                return
            line = (await reader.readline()).decode().strip()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, mail: bool) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            await (self.smtp if mail else self.http)(reader, writer)
        self.at_once -= 1
        writer.close()


class World:
    """A watcher with a mail channel `desk` and a webhook `hook`; alerts go where the test says."""

    def __init__(self, watcher: Watcher, clock: Clock, desk: Server, hook: Server) -> None:
        self.watcher, self.clock, self.desk, self.hook = watcher, clock, desk, hook
        watcher.pipeline.clock = clock
        self.made: dict[str, list[str]] = {"desk": [], "hook": []}

    async def raise_(self, channel: str, number: int = 1) -> None:
        for _ in range(number):
            count = len(self.made[channel])
            made = await raise_alert(self.watcher, channel, count, self.clock.now() + timedelta(milliseconds=count))
            self.made[channel].append(made.id)

    async def until(self, end: datetime, *, step: timedelta) -> None:
        """Lets the clock go, with a round of delivery at each step, and a look for troubles."""
        while self.clock.time < end:
            self.clock.time = min(self.clock.time + step, end)
            await Runner(self.watcher.pipeline).once(lanes=("deliver",))
            await look_after(self.watcher.pipeline)

    async def states(self) -> Counter[DeliveryState]:
        some = await self.watcher.store.outbox(limit=1000)
        return Counter(one.state for one in some if one.id in (*self.made["desk"], *self.made["hook"]))

    async def notices(self) -> list[str]:
        some = await self.watcher.store.outbox(limit=1000)
        return [one.message.subject for one in reversed(some) if one.message.type == "notice.raised"]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    clock = Clock()
    desk, hook = Server(clock), Server(clock)
    servers = []
    for server, mail in ((desk, True), (hook, False)):

        async def handle(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, server: Server = server, mail: bool = mail
        ) -> None:
            await server.serve(reader, writer, mail=mail)

        listening = await asyncio.start_server(handle, "127.0.0.1", 0)
        server.port = listening.sockets[0].getsockname()[1]
        servers.append(listening)
    folder = write_config(tmp_path, desk=EMAIL.format(port=desk.port), hook=WEBHOOK.format(port=hook.port))
    with (folder / "watcher.yaml").open("a") as file:
        file.write("notices: [hook]\n")
    async with open_watcher(read_config(folder), alone=True) as watcher:
        yield World(watcher, clock, desk, hook)
    for listening in servers:
        listening.close()


def each_once(ids: list[str], recipients: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(id_, one) for id_ in ids for one in recipients]


@pytest.mark.parametrize(
    ("step", "says"),
    [("greeting", "421 too busy"), ("RCPT", "451 try again"), ("content", "452 no room on the disk")],
    ids=["greeting", "recipients", "text"],
)
async def test_a_mail_server_away_for_three_days_has_all_in_order_once(step: str, says: str, world: World) -> None:
    world.desk.answer = lambda line: says if line.startswith(step) else ""
    await world.raise_("desk", 6)
    for _ in range(12):
        await world.until(world.clock.time + timedelta(hours=6), step=STEP)
        await world.raise_("desk")
    assert world.desk.taken == []
    assert len(world.desk.asked) <= AT_FIRST + len(RETRY_AFTER)
    waits = [later - earlier for earlier, later in pairwise(sorted(set(world.desk.asked)))]
    for wait, planned in zip(waits, RETRY_AFTER, strict=False):  # as if it were one message, to a step of the clock
        assert timedelta(seconds=planned) <= wait <= timedelta(seconds=planned * 1.1) + STEP
    world.desk.answer = lambda _: ""
    await world.until(START + timedelta(days=4, hours=12), step=timedelta(minutes=30))
    assert world.desk.taken == each_once(world.made["desk"], RECIPIENTS)
    assert await world.states() == {DeliveryState.DELIVERED: 18}
    assert await world.notices() == ["[watcher] the channel desk: in trouble", "[watcher] well again"]


async def test_a_hook_that_answers_500_for_a_day_and_a_half_gets_no_more_than_probes(world: World) -> None:
    world.hook.answer = lambda _: "500 Oops\r\n"
    await world.raise_("hook", 30)
    await world.until(START + timedelta(hours=36), step=timedelta(minutes=10))
    assert len(world.hook.asked) <= AT_FIRST + len(RETRY_AFTER)  # then one at a time
    first = len(world.hook.asked)
    world.hook.answer = lambda _: ""
    await world.until(START + timedelta(hours=60), step=timedelta(minutes=30))
    alerts = [id_ for id_, _ in world.hook.taken if id_ in world.made["hook"]]
    assert sorted(alerts) == sorted(world.made["hook"])
    assert alerts[0] == world.made["hook"][0]  # the probe is the oldest
    places = [world.made["hook"].index(id_) for id_ in alerts]
    assert all(later > earlier - 4 for earlier, later in pairwise(places))  # four at a time, in their order
    assert len(world.hook.asked) - first == len(world.hook.taken)
    assert all(len(same) == 1 for same in world.hook.bodies.values())
    assert 1 < world.hook.most_at_once <= 4


async def test_one_refused_recipient_of_three_is_a_dead_letter_and_is_told(world: World) -> None:
    world.desk.answer = lambda line: "550 no such user" if line.startswith("RCPT TO:<b@") else ""
    await world.raise_("desk", 2)
    await world.until(START + timedelta(minutes=30), step=MINUTE)
    assert world.desk.taken == each_once(world.made["desk"], ("a@example.org", "c@example.org"))
    dead = await world.watcher.store.outbox(state=DeliveryState.DEAD)
    assert [one.message.recipients for one in dead] == [("b@example.org",)] * 2
    assert await world.notices() == ["[watcher] the outbox: in trouble"]
    world.desk.answer = lambda _: ""
    for one in dead:
        await world.watcher.store.retry_delivery(one.id, world.clock.now())
    await world.until(START + timedelta(hours=2), step=MINUTE)
    assert sorted(world.desk.taken) == sorted(each_once(world.made["desk"], RECIPIENTS))
    assert await world.notices() == ["[watcher] the outbox: in trouble", "[watcher] well again"]


async def test_one_recipient_who_takes_nothing_now_holds_up_no_mail_to_the_others(world: World) -> None:
    world.desk.answer = lambda line: "452 mailbox full" if line.startswith("RCPT TO:<c@") else ""
    await world.raise_("desk", 5)
    await world.until(START + timedelta(hours=4), step=MINUTE * 10)
    await world.raise_("desk")
    await world.until(START + timedelta(hours=4, minutes=1), step=MINUTE)
    assert world.desk.taken == each_once(world.made["desk"], ("a@example.org", "b@example.org"))
    assert await world.states() == {DeliveryState.PENDING: 6}


async def test_451_for_one_and_then_250_reaches_each_once(world: World) -> None:
    greylisted = ["451 come back later"] * 2
    world.desk.answer = lambda line: greylisted.pop() if line.startswith("RCPT TO:<c@") and greylisted else ""
    await world.raise_("desk", 1)
    await world.until(START + timedelta(hours=1), step=timedelta(seconds=30))
    assert sorted(world.desk.taken) == sorted(each_once(world.made["desk"], RECIPIENTS))
    assert await world.states() == {DeliveryState.DELIVERED: 1}


async def test_a_hook_that_asks_for_time_until_a_date_is_left_alone_until_then(world: World) -> None:
    until = START + timedelta(hours=7)
    asks = f"429 Slow\r\nRetry-After: {format_datetime(until, usegmt=True)}\r\n"
    world.hook.answer = lambda _: asks if world.clock.now() < until else ""
    await world.raise_("hook", 8)
    await world.until(START + timedelta(hours=8), step=timedelta(minutes=5))
    assert all(at <= START + 5 * MINUTE or at >= until for at in world.hook.asked)
    assert sorted(id_ for id_, _ in world.hook.taken) == sorted(world.made["hook"])


async def test_a_hook_that_is_gone_is_left_alone_and_what_waits_is_kept(world: World) -> None:
    world.hook.answer = lambda _: "410 Gone\r\n"
    await world.raise_("hook", 6)
    await world.until(START + timedelta(days=6), step=timedelta(hours=3))
    asked = len(world.hook.asked)
    assert asked <= 4
    assert await world.states() == {DeliveryState.DEAD: asked, DeliveryState.PENDING: 6 - asked}
    world.hook.answer = lambda _: ""
    for one in await world.watcher.store.outbox(state=DeliveryState.DEAD):
        await world.watcher.store.retry_delivery(one.id, world.clock.now())  # a person's word switches it on
    await world.until(START + timedelta(days=7), step=timedelta(hours=3))
    assert await world.states() == {DeliveryState.DELIVERED: 6}


async def test_a_channel_down_for_good_ends_in_dead_letters_and_one_notice_each(world: World) -> None:
    world.desk.answer = lambda line: "421 no" if line == "greeting" else ""
    await world.raise_("desk", 9)
    await world.until(START + timedelta(days=6), step=timedelta(hours=1))
    assert await world.states() == {DeliveryState.DEAD: 9}
    assert len(world.desk.asked) <= AT_FIRST + len(RETRY_AFTER) + 2  # daily ones
    told = ["[watcher] the channel desk: in trouble", "[watcher] the outbox: in trouble"]
    assert await world.notices() == told
    world.desk.answer = lambda _: ""
    await world.raise_("desk", 1)
    await world.until(START + timedelta(days=8), step=timedelta(hours=1))
    assert await world.notices() == [*told, "[watcher] well again"]  # the channel; what was given up still is


class Stumbling:
    """A channel with a fault of its own."""

    async def send(self, message: Message, now: datetime) -> Outcome:
        raise KeyError("s3cret")

    async def greet(self) -> str | None:
        return None

    async def close(self) -> None: ...


async def test_a_fault_of_our_own_is_on_the_schedule_like_any_other_failure(world: World) -> None:
    world.watcher.pipeline.channels = {"desk": Stumbling()}
    await world.raise_("desk")
    runner = Runner(world.watcher.pipeline)
    await runner.once(lanes=("deliver",))
    await world.watcher.store.release_forgotten(world.watcher.pipeline.owner, [])
    await runner.once(lanes=("deliver",))
    (one,) = await world.watcher.store.outbox()
    assert (one.attempts, runner.summary.broken) == (1, 1)
    assert "KeyError" in (one.problem or "")
    assert "s3cret" not in (one.problem or "")


async def test_what_waits_for_a_channel_that_was_taken_out_goes_out_when_it_is_back(world: World) -> None:
    channels = world.watcher.pipeline.channels
    world.watcher.pipeline.channels = {}
    await world.raise_("desk", 3)
    await world.until(START + timedelta(days=2), step=timedelta(hours=1))
    assert "[watcher] the channel desk: in trouble" in await world.notices()
    world.watcher.pipeline.channels = channels
    await world.watcher.store.channel_mended("desk", world.clock.now())  # as reading the settings anew does
    await world.until(START + timedelta(days=2, hours=1), step=timedelta(hours=1))
    assert world.desk.taken == each_once(world.made["desk"], RECIPIENTS)
