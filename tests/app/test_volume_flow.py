"""Digest, quiet hours, limit, silence and follow-ups through the flow and the store, by a clock that the test moves."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from watcher.app import Watcher, compile_rules, open_watcher, read_config
from watcher.daemon import Runner
from watcher.model import Answer, FetchError, FetchReason, HostPause, Message, MessageType, Outcome, Response

FEED = "https://wire.example/feed"
SECRET = "whsec_" + "A" * 32
MORNING = datetime(2026, 11, 23, 6, tzinfo=UTC)
HEADLINES = (
    "Elon Musk opens a lighthouse in Brest",
    "Elon Musk sells the last of his vineyards near Porto",
    "Court in Vilnius hears Elon Musk on satellite debris",
    "Choir of miners sings for Elon Musk at a tunnel",
)


class Clock:
    def __init__(self) -> None:
        self.time = MORNING

    def now(self) -> datetime:
        return self.time


class Web:
    """A feed with so many of the headlines, and no page that can be had."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.shown = clock, 0

    async def feed(self, url: str, *, etag: bytes | None, last_modified: bytes | None) -> Response:
        items = "".join(
            f"<item><guid>{number}</guid><title>{title}</title><link>https://wire.example/{number}</link>"
            f"<pubDate>Mon, 23 Nov 2026 05:00:00 GMT</pubDate></item>"
            for number, title in enumerate(HEADLINES[: self.shown])
        )
        body = f'<rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'.encode()
        return Response(url=url, status=200, headers={}, body=body, fetched_at=self.clock.now())

    async def page(self, url: str) -> Response:
        raise FetchError(FetchReason.NETWORK, "no page")

    def left_alone(self) -> tuple[HostPause, ...]:
        return ()

    async def aclose(self) -> None:
        pass


class Hook:
    def __init__(self) -> None:
        self.got: list[Message] = []

    async def send(self, message: Message, now: datetime) -> Outcome:
        self.got.append(message)
        return Outcome(answer=Answer.DELIVERED)

    async def greet(self) -> str | None:
        return None

    async def close(self) -> None:
        pass

    def told(self) -> list[tuple[MessageType, int]]:
        """(type, alerts in it) of each message."""
        bodies = [(one.type, json.loads(one.body)["data"]) for one in self.got]
        return [(type_, len(data.get("alerts", (1,)))) for type_, data in bodies]


class World:
    def __init__(self, watcher: Watcher) -> None:
        self.watcher, self.clock, self.hook = watcher, Clock(), Hook()
        self.web = Web(self.clock)
        pipeline = watcher.pipeline
        pipeline.clock, pipeline.fetcher, pipeline.channels = self.clock, self.web, {"hook": self.hook}

    async def come(self, number: int) -> None:
        """So many stories in all have come by now, and a round is run."""
        self.web.shown = number
        await Runner(self.watcher.pipeline).once(everything=True)

    async def at(self, **later: float) -> None:
        """A round without a poll, so much after the morning."""
        self.clock.time = MORNING + timedelta(**later)
        await Runner(self.watcher.pipeline).once(lanes=("capture", "deliver"))


@pytest.fixture
async def world(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    volume = "".join(f"    {line}\n" for line in getattr(request, "param", ()))
    (tmp_path / "watchlist.yaml").write_text(f"feeds: [{FEED}]\nwatches: [Elon Musk]\n", encoding="utf-8")
    (tmp_path / "hook-secret").write_text(SECRET, encoding="utf-8")
    (tmp_path / "watcher.yaml").write_text(
        "archive: archive\npage: off\nchannels:\n  hook:\n"
        f"    webhook: {{url: 'https://hook.example/', secret_file: hook-secret}}\n{volume}",
        encoding="utf-8",
    )
    async with open_watcher(read_config(tmp_path), alone=True) as watcher:
        opened = World(watcher)
        await opened.come(0)  # the baseline
        yield opened


ALERT, DIGEST = MessageType.ALERT, MessageType.DIGEST


async def test_without_wishes_each_goes_out_at_once(world: World) -> None:
    await world.come(3)
    assert world.hook.told() == [(ALERT, 1)] * 3


@pytest.mark.parametrize("world", [('digest: "07:30"',)], indirect=True)
async def test_a_digest_waits_for_its_time_and_comes_in_one(world: World) -> None:
    await world.come(3)
    await world.at(minutes=89)
    assert world.hook.told() == []
    await world.at(minutes=90)
    assert world.hook.told() == [(DIGEST, 3)]
    await world.at(days=1)
    assert world.hook.told() == [(DIGEST, 3)]


@pytest.mark.parametrize("world", [('quiet: "22:00-07:00"',)], indirect=True)
async def test_one_message_after_the_quiet_hours(world: World) -> None:
    await world.come(2)
    assert world.hook.told() == []
    await world.at(hours=1)
    assert world.hook.told() == [(DIGEST, 2)]
    await world.come(3)
    assert world.hook.told() == [(DIGEST, 2), (ALERT, 1)]


@pytest.mark.parametrize("world", [("limit: 2/h",)], indirect=True)
async def test_beyond_the_limit_they_fold_into_one(world: World) -> None:
    for number in range(1, 5):
        await world.come(number)
    assert world.hook.told() == [(ALERT, 1), (ALERT, 1)]
    await world.at(minutes=61)
    assert world.hook.told() == [(ALERT, 1), (ALERT, 1), (DIGEST, 2)]


async def test_a_silence_ends_with_one_message_and_a_restart_forgets_none(world: World) -> None:
    await world.watcher.store.silence("Elon Musk", MORNING + timedelta(hours=2))
    await world.come(2)
    assert world.hook.told() == []
    assert len(await world.watcher.store.alerts()) == 2  # watched and archived all the same
    async with open_watcher(world.watcher.config, alone=True) as again:
        restarted = World(again)
        await restarted.at(hours=2)
        assert restarted.hook.told() == [(DIGEST, 2)]


async def test_a_silence_can_be_made_longer_and_ended(world: World) -> None:
    silence = world.watcher.store.silence
    await silence("Elon Musk", MORNING + timedelta(hours=2))
    await world.come(2)
    await silence("Elon Musk", MORNING + timedelta(hours=9))
    await world.at(hours=8)
    assert world.hook.told() == []
    await silence("Elon Musk", MORNING + timedelta(hours=8))
    await world.at(hours=8)
    assert world.hook.told() == [(DIGEST, 2)]


@pytest.mark.parametrize("world", [('digest: "07:30"',)], indirect=True)
async def test_a_silence_holds_back_what_waits_for_a_digest(world: World) -> None:
    await world.come(2)
    await world.watcher.store.silence("Elon Musk", MORNING + timedelta(hours=3))
    await world.at(hours=2)
    assert world.hook.told() == []
    await world.at(hours=3)
    assert world.hook.told() == [(DIGEST, 2)]


@pytest.mark.parametrize("world", [('quiet: "07:30-10:00"',)], indirect=True)
async def test_a_silence_that_is_ended_in_the_quiet_hours_goes_on_until_they_are_over(world: World) -> None:
    await world.watcher.store.silence("Elon Musk", MORNING + timedelta(hours=9))
    await world.come(2)
    await world.watcher.store.silence("Elon Musk", MORNING + timedelta(hours=2))
    await world.at(hours=2)
    assert world.hook.told() == []
    await world.at(hours=4)
    assert world.hook.told() == [(DIGEST, 2)]


@pytest.mark.parametrize("world", [("limit: 2/h",)], indirect=True)
async def test_the_alerts_of_one_story_count_for_the_limit_too(world: World) -> None:
    (world.watcher.config.folder / "watchlist.yaml").write_text(
        f"feeds: [{FEED}]\nwatches: [Elon Musk, Elon, Musk, lighthouse, Brest]\n", encoding="utf-8"
    )
    world.watcher.pipeline.rules = compile_rules(read_config(world.watcher.config.folder))
    await world.come(1)
    assert world.hook.told() == [(ALERT, 1), (ALERT, 1)]
    await world.at(hours=1)
    assert world.hook.told() == [(ALERT, 1), (ALERT, 1), (DIGEST, 3)]


@pytest.mark.parametrize("world", [("limit: 1/h",)], indirect=True)
async def test_what_comes_when_the_limit_has_room_again_makes_it_no_louder(world: World) -> None:
    await world.come(2)
    assert world.hook.told() == [(ALERT, 1)]
    world.clock.time = MORNING + timedelta(hours=1)
    await world.come(3)
    assert len(world.hook.told()) == 2
    await world.at(hours=2)
    assert sum(number for _, number in world.hook.told()) == 3


@pytest.mark.parametrize("world", [('digest: "07:30"',)], indirect=True)
async def test_two_processes_release_what_waited_once(world: World) -> None:
    await world.come(2)
    world.clock.time = MORNING + timedelta(hours=2)
    pipeline = world.watcher.pipeline
    delivery = await pipeline.release("hook")
    assert delivery is not None
    assert await pipeline.release("hook") is None
    await world.at(hours=2)
    assert world.hook.told() == [(DIGEST, 2)]
