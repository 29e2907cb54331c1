"""Workers: what comes back, what a hostile document meets, and that nothing of a worker outlives its owner."""

from __future__ import annotations

import asyncio
import ctypes
import hashlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from watcher.model import Entry, Extraction, ParsedFeed, Problem, Response
from watcher.workers import INLINE_BYTES, Budget, Workers

PAGE = Response(
    url="http://a.test/1", status=200, headers={}, body=b"<p>", fetched_at=datetime(2026, 11, 23, tzinfo=UTC)
)


KEPT: list[bytearray] = []


def read(body: bytes, *, url: str, content_type: str) -> ParsedFeed:
    """A reader that does what the document says, as hostile documents make real ones do."""
    match body.partition(b" ")[0]:
        case b"spin":
            while True:
                pass
        case b"spin-in-C":
            sum(range(10**12))
        case b"eat":
            return ParsedFeed(title=str(len(bytearray(10**10))))
        case b"eat-bit-by-bit":
            kept = []
            while True:
                kept.append(bytes(100_000))
        case b"crash":
            ctypes.string_at(0)
        case b"leave":
            os._exit(3)
        case b"raise":
            raise RecursionError("too deep")
        case b"print":
            print("noise", flush=True)
        case b"long":
            return ParsedFeed(title="x" * 70_000_000)
        case b"grow":
            KEPT.append(bytearray(160_000_000))
        case b"keep":
            KEPT.append(bytearray(70_000_000))
        case b"need":
            bytearray(150_000_000)
        case b"pid":
            return ParsedFeed(title=str(os.getpid()))
        case b"environment":
            return ParsedFeed(title=" ".join(os.environ), site_url=str(Path.cwd() in map(Path, sys.path[:1])))
        case b"wait":
            time.sleep(60)
    return ParsedFeed(title=body[:40].decode(), site_url=url, language=content_type, entries=(Entry(title="é"),))


def read_fast(body: bytes, *, url: str, content_type: str) -> ParsedFeed | None:
    if body == b"stumble":
        raise ValueError("stumbled")
    return ParsedFeed(title="fast", site_url=url, language=content_type) if body.startswith(b"fast") else None


def extract(page: Response) -> Extraction:
    if page.body == b"spin":
        while True:
            pass
    return Extraction(url=page.url, title=page.headers.get("x-title", ""), text=page.body.decode())


@pytest.fixture
async def open_workers() -> AsyncIterator[Callable[..., Workers]]:
    made: list[Workers] = []

    def make(**settings: Any) -> Workers:
        # Ten seconds where it is not about them: only to touch the memory takes a busy machine long.
        budget = Budget(cpu_seconds=settings.pop("cpu_seconds", 10.0), memory_bytes=200_000_000)
        defaults = {"parse": read, "fast_parse": None, "extract": extract, "feed_budget": budget, "page_budget": budget}
        made.append(Workers(**{**defaults, **settings}))
        return made[-1]

    yield make
    for workers in made:
        await workers.aclose()


async def parse(workers: Workers, body: bytes) -> ParsedFeed:
    return await workers.parse(body, url="http://a.test/f", content_type="text/xml")


async def pid(workers: Workers) -> int:
    return int((await parse(workers, b"pid")).title or 0)


def alive(number: int) -> bool:
    try:
        return b"State:\tZ" not in Path(f"/proc/{number}/status").read_bytes()
    except FileNotFoundError:
        return False


async def test_documents_and_answers_pass_whole(open_workers: Callable[..., Workers]) -> None:
    workers = open_workers()
    parsed = await parse(workers, b"hello " + bytes(3_000_000))
    assert parsed == ParsedFeed(
        title="hello " + "\0" * 34, site_url="http://a.test/f", language="text/xml", entries=(Entry(title="é"),)
    )
    page = Response(
        url="http://a.test/1", status=200, headers={"x-title": "T"}, body=b"text", fetched_at=PAGE.fetched_at
    )
    assert await workers.extract(page) == Extraction(url="http://a.test/1", title="T", text="text")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"spin", "more than 0.3 s of CPU"),
        (b"spin-in-C", "more than 0.3 s of CPU"),
        (b"eat", "more than 200 MB of memory"),
        (b"eat-bit-by-bit", "more than 200 MB of memory"),
        (b"crash", "crashed (SIGSEGV)"),
        (b"leave", "ended by itself (exit code 3)"),
        (b"raise", "failed on it (RecursionError: too deep)"),
        (b"long", "takes more than 67 MB"),
    ],
)
async def test_what_a_document_does_to_its_reader_is_its_problem_alone(
    open_workers: Callable[..., Workers], body: bytes, words: str
) -> None:
    workers = open_workers(cpu_seconds=0.3) if b"spin" in body else open_workers()
    parsed = await parse(workers, body)
    assert words in (parsed.problem or "")
    assert parsed.entries == ()
    assert (await parse(workers, b"next")).title == "next"


async def test_a_document_that_only_waits_is_given_up_by_the_clock(
    open_workers: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.workers.pool._START", 0.5)
    workers = open_workers(cpu_seconds=0.05)
    assert "took longer than" in ((await parse(workers, b"wait")).problem or "")


async def test_a_page_that_cannot_be_read_is_an_empty_story(open_workers: Callable[..., Workers]) -> None:
    page = Response(url="http://a.test/1", status=200, headers={}, body=b"spin", fetched_at=PAGE.fetched_at)
    found = await open_workers(cpu_seconds=0.3).extract(page)
    assert (found.url, found.problem, found.text) == ("http://a.test/1", Problem.EMPTY, "")
    assert found.sha256 == hashlib.sha256(b"spin").hexdigest()
    assert "0.3 s of CPU" in found.sources["problem"]


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (b"fast", "fast"),
        (b"declined", "declined"),
        (b"stumble", "stumble"),
        (b"fast" + b"x" * INLINE_BYTES, "fast" + "x" * 36),  # too long for our own process
    ],
)
async def test_small_plain_documents_are_read_without_a_worker(
    open_workers: Callable[..., Workers], body: bytes, title: str
) -> None:
    workers = open_workers(fast_parse=read_fast)
    assert (await parse(workers, body)).title == title
    assert bool(workers._feeds._all) is (title != "fast")


async def test_others_have_their_turn_between_two_documents(open_workers: Callable[..., Workers]) -> None:
    workers = open_workers(fast_parse=read_fast)
    rounds = 0

    async def count() -> None:
        nonlocal rounds
        while True:
            rounds += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await asyncio.gather(*(parse(workers, b"fast") for _ in range(50)))
    counting.cancel()
    assert rounds >= 50


async def test_a_worker_is_kept_for_the_next_document_and_what_it_prints_does_no_harm(
    open_workers: Callable[..., Workers],
) -> None:
    workers = open_workers()
    first = await pid(workers)
    assert (await parse(workers, b"print")).title == "print"
    assert await pid(workers) == first


async def test_a_worker_that_has_served_long_is_replaced(
    open_workers: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watcher.workers.pool._MAX_JOBS", 2)
    workers = open_workers()
    assert len({await pid(workers) for _ in range(4)}) == 2


async def test_a_worker_that_has_grown_is_replaced(open_workers: Callable[..., Workers]) -> None:
    workers = open_workers()
    first = await pid(workers)
    assert (await parse(workers, b"grow")).title == "grow"
    assert await pid(workers) != first


async def test_a_document_does_not_pay_for_the_memory_of_those_before_it(
    open_workers: Callable[..., Workers],
) -> None:
    workers = open_workers()
    first = await pid(workers)
    await parse(workers, b"keep")
    assert await pid(workers) == first
    parsed = await parse(workers, b"need")
    assert (parsed.title, parsed.problem) == ("need", None)
    assert await pid(workers) != first


async def test_documents_share_the_workers_there_are(open_workers: Callable[..., Workers]) -> None:
    workers = open_workers(processes=2)
    numbers = await asyncio.gather(*(pid(workers) for _ in range(12)))
    assert len(set(numbers)) == 2


async def test_a_call_that_is_given_up_leaves_no_half_answer_behind(open_workers: Callable[..., Workers]) -> None:
    workers = open_workers()
    first = await pid(workers)
    call = asyncio.create_task(parse(workers, b"wait"))
    await asyncio.wait([call], timeout=0.05)  # it is under way
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert not alive(first)
    assert (await parse(workers, b"next")).title == "next"


async def test_workers_know_nothing_of_our_environment(
    open_workers: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/watcher")
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/systemd/notify")
    told = (await parse(open_workers(), b"environment")).title or ""
    assert {"CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET"}.isdisjoint(told.split())


async def test_a_stop_that_is_meant_for_the_daemon_does_not_end_its_workers(
    open_workers: Callable[..., Workers],
) -> None:
    workers = open_workers()
    number = await pid(workers)
    for stop in (signal.SIGINT, signal.SIGTERM):
        os.kill(number, stop)
    assert await pid(workers) == number


async def test_closing_ends_them(open_workers: Callable[..., Workers]) -> None:
    workers = open_workers(processes=2)
    numbers = await asyncio.gather(pid(workers), pid(workers))
    await workers.aclose()
    assert not any(alive(number) for number in numbers)


OWNER = """
import asyncio, sys
sys.path[:0] = [{tests!r}]
from test_workers import extract, read
from watcher.workers import Budget, Workers
budget = Budget(cpu_seconds=60, memory_bytes=10**9)
async def main():
    workers = Workers(parse=read, fast_parse=None, extract=extract, feed_budget=budget)
    print((await workers.parse(b"pid", url="", content_type="")).title, flush=True)
    await workers.parse({body!r}, url="", content_type="")
    await asyncio.Event().wait()
asyncio.run(main())
"""


@pytest.mark.parametrize("body", [b"idle", b"spin", b"wait"])
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM])
def test_no_worker_outlives_an_owner_that_was_killed(body: bytes, stop: signal.Signals) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER.format(tests=str(Path(__file__).parent), body=body)], stdout=subprocess.PIPE
    )
    assert owner.stdout is not None
    worker = os.pidfd_open(int(owner.stdout.readline()))
    gone = select.poll()
    gone.register(worker, select.POLLIN)
    assert not gone.poll(0)
    owner.send_signal(stop)
    owner.wait()
    owner.stdout.close()
    assert gone.poll(5_000)  # milliseconds at most
    os.close(worker)
