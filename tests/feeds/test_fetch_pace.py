"""Turns at a host, on a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import httpx
import pytest

from watcher.feeds.fetch import WebFetcher
from watcher.feeds.pace import HostPausedError, Pace
from watcher.feeds.transport import GuardedTransport
from watcher.model import FetchError


class Time:
    """A clock that stands until it is moved; then the sleepers whose time has come wake, in order."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, waiter))
        await waiter

    async def move_to(self, now: float) -> None:
        await settle()
        while due := sorted((entry for entry in self._sleepers if entry[0] <= now), key=lambda entry: entry[0]):
            self.now = due[0][0]
            self._sleepers.remove(due[0])
            if not due[0][1].cancelled():
                due[0][1].set_result(None)
            await settle()
        self.now = now


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


class Visits:
    """Visits to hosts that last until they are let go, in the order in which they began."""

    def __init__(self, pace: Pace, time: Time) -> None:
        self.pace, self.time = pace, time
        self.starts: list[tuple[str, float]] = []
        self._held: list[asyncio.Event] = []
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self, *hosts: str, stay: bool = False) -> None:
        self._tasks += [asyncio.create_task(self._visit(host, stay)) for host in hosts]

    async def _visit(self, host: str, stay: bool) -> None:
        async with self.pace.turn(host):
            self.starts.append((host, self.time.now))
            if stay:
                self._held.append(asyncio.Event())
                await self._held[-1].wait()

    def let_go(self) -> None:
        self._held.pop(0).set()

    async def end(self) -> list[BaseException | None]:
        for task in self._tasks:
            task.cancel()
        return list(await asyncio.gather(*self._tasks, return_exceptions=True))


def visits(*, per_host: int = 1, gap: float = 5.0) -> Visits:
    time = Time()
    return Visits(Pace(per_host=per_host, gap=gap, clock=time.clock, sleep=time.sleep), time)


async def test_starts_at_a_host_are_a_gap_apart_and_another_host_waits_for_none_of_it() -> None:
    v = visits()
    v.begin("a", "a", "a", "b")
    await v.time.move_to(0)
    assert v.starts == [("a", 0), ("b", 0)]
    await v.time.move_to(4.9)
    assert len(v.starts) == 2
    await v.time.move_to(60)
    assert v.starts[2:] == [("a", 5), ("a", 10)]
    v.begin("a")
    await settle()
    assert v.starts[-1] == ("a", 60)
    await v.end()


@pytest.mark.parametrize(("per_host", "at_first"), [(1, 1), (2, 2), (3, 3)])
async def test_no_more_than_so_many_under_way(per_host: int, at_first: int) -> None:
    v = visits(per_host=per_host, gap=1.0)
    v.begin(*"aaaa", stay=True)
    await v.time.move_to(100)
    assert len(v.starts) == at_first
    v.let_go()
    await v.time.move_to(101)
    assert len(v.starts) == at_first + 1
    await v.end()


async def test_a_visit_that_is_called_off_gives_its_place_back() -> None:
    v = visits()
    v.begin("a", "a")
    await settle()
    await v.end()
    v.begin("a")
    await v.time.move_to(20)
    assert len(v.starts) == 2
    await v.end()


async def test_who_waits_when_a_host_asks_to_be_left_alone_is_told_so_and_sends_nothing() -> None:
    v = visits()
    v.begin("a", "a", "a")
    await settle()
    v.pace.pause("a", 60, 429)
    await v.time.move_to(30)
    failures = await v.end()
    assert v.starts == [("a", 0)]
    assert [type(failure) for failure in failures[1:]] == [HostPausedError, HostPausedError]
    first = failures[1]
    assert isinstance(first, FetchError)
    assert (first.status, first.retry_after) == (429, 55.0)


async def test_a_pause_sends_the_whole_queue_home_without_another_wait() -> None:
    v = visits()
    v.begin("a", stay=True)
    await settle()
    v.begin("a", "a", "a")
    await settle()
    v.pace.pause("a", 60, 503)
    v.let_go()
    await settle()
    assert [type(failure) for failure in await v.end()] == [type(None), *[HostPausedError] * 3]


async def test_a_pause_ends_and_is_never_longer_than_a_day() -> None:
    v = visits()
    v.pace.pause("a", 10.0**9, 503)
    v.pace.pause("a", 5, 429)  # a shorter one does not end the longer
    v.time.now = 24 * 3600 - 1
    with pytest.raises(HostPausedError):
        async with v.pace.turn("a"):
            pass
    v.time.now = 24 * 3600
    async with v.pace.turn("a"):
        pass


async def test_a_site_may_ask_for_more_room() -> None:
    v = visits()
    v.pace.widen("a", 30)
    v.begin("a", "a")
    await v.time.move_to(29)
    assert len(v.starts) == 1
    await v.time.move_to(30)
    assert v.starts[1] == ("a", 30)
    await v.end()


async def test_hosts_of_the_past_are_forgotten_but_no_pause_and_no_visit() -> None:
    v = visits()
    v.begin("busy", stay=True)
    await settle()
    v.pace.pause("paused", 10**6, 503)
    for number in range(10_000):
        v.time.now += 6
        async with v.pace.turn(f"host{number}"):
            pass
    assert len(v.pace._hosts) < 5_000
    with pytest.raises(HostPausedError):
        async with v.pace.turn("paused"):
            pass
    v.begin("busy")
    await v.time.move_to(v.time.now + 60)
    assert len(v.starts) == 1
    await v.end()


# -- through the door


async def _feeds(fetcher: WebFetcher, *urls: str) -> None:
    await asyncio.gather(*(fetcher.feed(url, etag=None, last_modified=None) for url in urls))


async def test_feeds_pages_redirects_and_robots_share_the_pace_of_a_host(
    web: Any, open_fetcher: Callable[..., WebFetcher]
) -> None:
    time = Time()
    at: list[tuple[str, float]] = []

    def told(path: str, sent: bytes) -> None:
        async def tell(writer: asyncio.StreamWriter) -> None:
            at.append((path, time.now))
            writer.write(sent)

        web.answers[path] = tell

    ok = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    told("/old", b"HTTP/1.1 301 Moved\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n")
    told("/new", ok)
    told("/robots.txt", ok)
    told("/page", ok)
    fetcher = open_fetcher(gap=5.0, clock=time.clock, sleep=time.sleep)
    asked = asyncio.gather(_feeds(fetcher, web.url("/old")), fetcher.page(web.url("/page")))
    while not asked.done():
        await asyncio.sleep(0)
        await time.move_to(time.now + 0.5)
    await asked
    assert sorted(path for path, _ in at) == ["/new", "/old", "/page", "/robots.txt"]
    times = [when for _, when in at]
    assert all(later - earlier >= 5 for earlier, later in pairwise(times))
    assert web.most_under_way == 1


async def test_a_host_that_hangs_delays_no_other(web: Any, open_fetcher: Callable[..., WebFetcher]) -> None:
    hung = asyncio.Event()

    async def hang(_: asyncio.StreamWriter) -> None:
        await hung.wait()

    web.answers |= {"/slow": hang, "/f": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}
    fetcher = open_fetcher()
    slow = [asyncio.create_task(_feeds(fetcher, web.url("/slow"))) for _ in range(50)]
    await _feeds(fetcher, *(web.url("/f", host=f"127.0.0.{number}") for number in range(2, 22)))
    assert web.paths.count("/slow") == 1
    hung.set()
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)


async def test_one_host_is_asked_one_thing_at_a_time(web: Any, fetcher: WebFetcher) -> None:
    web.answers["/f"] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    await _feeds(fetcher, *[web.url("/f")] * 30)
    assert (len(web.log), web.most_under_way) == (30, 1)


async def test_a_burst_of_requests_does_not_begin_in_one_round_of_the_loop(
    web: Any, fetcher: WebFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.answers["/f"] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    rounds_at: list[int] = []
    rounds = 0

    async def count() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    send = GuardedTransport.handle_async_request

    async def begin(transport: GuardedTransport, request: httpx.Request) -> httpx.Response:
        rounds_at.append(rounds)
        return await send(transport, request)

    monkeypatch.setattr(GuardedTransport, "handle_async_request", begin)
    counting = asyncio.create_task(count())
    await _feeds(fetcher, *(web.url("/f", host=f"127.0.1.{number}") for number in range(1, 101)))
    counting.cancel()
    assert max(rounds_at.count(one) for one in rounds_at) <= 16


async def test_so_many_in_all(web: Any, open_fetcher: Callable[..., WebFetcher]) -> None:
    web.answers["/f"] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    await _feeds(open_fetcher(in_flight=3), *(web.url("/f", host=f"127.0.0.{number}") for number in range(1, 40)))
    assert (len(web.log), web.most_under_way) == (39, 3)
