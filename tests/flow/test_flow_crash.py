"""A crash between any two: the flow stops dead after a call to the world, starts again, and ends the same."""

from __future__ import annotations

import asyncio
import inspect
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import Bench
from papers import Installation, Mode, World, make_papers, running

from watcher.app import open_watcher, read_config
from watcher.daemon import Runner

EVERY = 3  # of a run's calls one in so many is tried as its last: each costs a third of a second
MOST_CALLS = 400  # the small world of these tests takes about a hundred


class Crash(BaseException):
    """The process is no more. Not an Exception, so that no part of the flow can think it was a fault of its own."""


class Fate:
    """Counts the calls to the world; after the chosen one nothing is done any more."""

    def __init__(self, last: int) -> None:
        self.last, self.calls = last, 0
        self.dead = asyncio.Event()

    def wrap(self, thing: object) -> Any:
        return _Mortal(thing, self)

    def before(self) -> None:
        if self.dead.is_set():
            raise Crash

    def after(self) -> None:
        self.calls += 1
        if self.calls >= self.last:
            self.dead.set()
            raise Crash


class _Mortal:
    def __init__(self, thing: object, fate: Fate) -> None:
        self._thing, self._fate = thing, fate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._thing, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*words: Any, **named: Any) -> Any:
            self._fate.before()
            result = await found(*words, **named)
            self._fate.after()
            return result

        return call


async def run_once(home: Installation, last: int) -> int:
    """One run that stops dead after its call number `last`; how many calls it made."""
    fate = Fate(last)
    asyncio.get_running_loop().set_exception_handler(_but_for_crashes)
    async with open_watcher(read_config(home.config), alone=True) as watcher:
        pipeline = watcher.pipeline
        pipeline.store, pipeline.archive = fate.wrap(pipeline.store), fate.wrap(pipeline.archive)
        pipeline.channels = {name: fate.wrap(channel) for name, channel in pipeline.channels.items()}
        pipeline.workshop = Bench()
        runner = Runner(pipeline)

        async def filed_and_run() -> None:  # as `watcher run --once` does it
            await pipeline.file()
            await runner.once(everything=True)

        run = asyncio.ensure_future(filed_and_run())
        dead = asyncio.ensure_future(fate.dead.wait())
        await asyncio.wait({run, dead}, return_when=asyncio.FIRST_COMPLETED)
        tasks = [run, dead, *runner.under_way]
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert not [error for error in ended if isinstance(error, Exception)], ended
    return fate.calls


def _but_for_crashes(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """The steps that a crash cut short belong to nobody any more."""
    if not isinstance(context.get("exception"), Crash):
        loop.default_exception_handler(context)


def wire(calls: Sequence[Any], mails: Sequence[Any]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The ids under which each alert went out by webhook, and by mail."""
    hooks, letters = defaultdict(set), defaultdict(set)
    for call in calls:
        hooks[call.data["id"]].add(call.id)
    for mail in mails:
        letters[mail["X-Watcher-Alert"]].add(mail["Message-ID"])
    return hooks, letters


def small_world() -> list[Any]:
    """Two papers with four articles; by this seed one has one watch, and one has two."""
    return make_papers(12, [Mode.GOOD, Mode.GOOD], articles=4)


def settled(home: Installation, world: World, where: object) -> None:
    files = home.alert_files()
    assert Counter((alert["watch"], alert["story"]["url"]) for alert in files) == Counter(world.truth), where
    hooks, letters = wire(world.calls, world.messages())
    assert set(hooks) == set(letters) == {alert["id"] for alert in files}
    assert all(len(ids) == 1 for ids in (*hooks.values(), *letters.values()))


async def test_the_flow_stopped_dead_after_any_call_ends_the_same(tmp_path: Path) -> None:
    with running(small_world()) as world:
        assert len(world.truth) == 3
        whole = Installation(tmp_path / "whole", world)
        total = await run_once(whole, MOST_CALLS)
        assert 30 < total < MOST_CALLS
        settled(whole, world, "never stopped")
        for last in range(1, total + 1, EVERY):
            world.calls.clear()
            world.mails.clear()
            home = Installation(tmp_path / str(last), world)
            await run_once(home, last)
            await run_once(home, MOST_CALLS)
            settled(home, world, f"stopped after call {last}")
            repeats = len(world.calls) + len(world.mails) - 2 * len(world.truth)
            assert repeats <= 4, f"stopped after call {last}, {repeats} messages were sent again"


async def test_stopped_dead_twice(tmp_path: Path) -> None:
    """A crash while a crash is being mended."""
    with running(small_world()) as world:
        for number, (one, other) in enumerate([(9, 4), (20, 9), (31, 14), (38, 5)]):
            world.calls.clear()
            world.mails.clear()
            home = Installation(tmp_path / str(number), world)
            for last in (one, other, MOST_CALLS):
                await run_once(home, last)
            settled(home, world, f"stopped after call {one}, then {other}")
