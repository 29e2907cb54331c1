"""CPU seconds to poll many feeds: a first time, again unchanged, and again with one in twenty changed.

    python benchmarks/poll.py [FEEDS]

The whole of `watcher run --once --all` in a process of its own, with everything stored and matched, against a newsroom
in another process on loopback, one address a feed; beside it the shortest script that fetches and parses the same with
httpx and feedparser and keeps nothing; then what each stage of reading a feed costs. Ratios hold, times do not.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import feedparser
import httpx
from lxml import etree

from watcher.feeds import identity
from watcher.feeds.parse import parse_fast
from watcher.feeds.slow import parse_any

PORT = 18_765
CHANGED_SHARE = 20  # one feed in so many has news in the last round
NAMES = ["Elon Musk", "Donald Trump", "Dmitry Peskov", "Edward Snowden", "SpaceX", "State Duma", "TASS", "Ada Example"]

ENTRIES = 35  # of a usual news feed
WORDS = (
    "asylum", "minister", "court", "markets", "officials", "said", "Moscow", "Washington", "talks", "sanctions",
    "company", "report", "storm", "vote",
)  # fmt: skip


def news_feed(seed: int) -> bytes:
    """An RSS 2.0 feed of some 60 kB as news sites write them: media, dc:creator, categories, a summary in HTML."""
    chance = random.Random(seed)

    def words(count: int) -> str:
        return " ".join(chance.choices(WORDS, k=count))

    items = "\n".join(
        f"""<item><title><![CDATA[{words(10)} {seed}-{number}]]></title>
<link>https://news{seed}.example/a/{number}?utm_source=rss</link>
<guid isPermaLink="false">https://news{seed}.example/?p={number}</guid><dc:creator><![CDATA[{words(2)}]]></dc:creator>
<pubDate>Mon, 23 Nov 2026 {number % 24:02}:30:00 +0000</pubDate>
<category>{words(1)}</category><category>{words(1)}</category>
<description>&lt;p&gt;{words(50)} “{words(5)}”&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>{words(60)}</p><p>{words(60)}</p>]]></content:encoded>
<media:content url="https://img.example/{number}.jpg" medium="image"><media:credit>{words(2)}</media:credit>
<media:description>{words(20)}</media:description></media:content></item>"""
        for number in range(ENTRIES)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>News {seed}</title>
<link>https://news{seed}.example/</link><atom:link href="https://news{seed}.example/feed" rel="self"/>
<language>en</language>
{items}</channel></rss>""".encode()


def milliseconds(work: Callable[[bytes], object], bodies: Sequence[bytes], rounds: int = 3) -> float:
    """CPU milliseconds a body, the best of some rounds."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for body in bodies:
            work(body)
        best = min(best, time.process_time() - start)
    return best / len(bodies) * 1000


def read_and_key(body: bytes) -> object:
    feed = parse_fast(body, url="https://news.example/feed")
    return identity.keyed(feed.entries) if feed else None


def read_slowly(body: bytes) -> object:
    return parse_any(body, url="https://news.example/feed", content_type="")


def print_stages(feeds: int) -> None:
    """What each stage of reading a feed costs, in this process."""
    bodies = [news_feed(seed) for seed in range(feeds)]
    print(f"{feeds} feeds of {ENTRIES} entries, {sum(map(len, bodies)) // feeds // 1000} kB each; CPU ms a feed")
    stages: list[tuple[str, Callable[[bytes], object], int]] = [
        ("SHA-256 of the body", lambda body: hashlib.sha256(body).hexdigest(), feeds),
        ("lxml.etree.fromstring alone", etree.fromstring, feeds),
        ("fast reader", lambda body: parse_fast(body, url="https://news.example/feed"), feeds),
        ("fast reader and keys", read_and_key, feeds),
        (
            "feedparser as the slow reader runs it",
            lambda body: parse_any(body, url="", content_type=""),
            min(feeds, 10),
        ),
        ("feedparser by default", lambda body: feedparser.parse(io.BytesIO(body)), min(feeds, 10)),
    ]
    for name, work, count in stages:
        print(f"{milliseconds(work, bodies[:count]):9.3f}  {name}")


def host(number: int) -> str:
    """An address of its own for each feed, so that the pace kept with one host does not count."""
    return f"127.{number // 62_500 + 1}.{number // 250 % 250}.{number % 250 + 1}"


def address(number: int) -> str:
    return f"http://{host(number)}:{PORT}/{number}.xml"


def newsroom(feeds: int, news: Synchronized[int]) -> None:
    """Serves the feeds with ETags. news: the round; from 1 on one feed in twenty has another body."""
    bodies = {number: news_feed(number) for number in range(feeds)}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                number = int(request.split(b" ", 2)[1].strip(b"/").removesuffix(b".xml"))
                body = bodies[number]
                if news.value and number % CHANGED_SHARE == 0:
                    fresh = f"<item><title>News {news.value}</title><guid>new-{news.value}-{number}</guid></item><item>"
                    body = body.replace(b"<item>", fresh.encode(), 1)
                etag = b'"' + hashlib.sha256(body).hexdigest()[:16].encode() + b'"'
                if etag in request:
                    writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n")
                else:
                    head = (
                        f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\nETag: "
                    )
                    writer.write(head.encode() + etag + b"\r\n\r\n" + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away, as clients do
        finally:
            writer.close()

    async def serve() -> None:
        async with await asyncio.start_server(answer, "0.0.0.0", PORT, backlog=1024) as server:
            await server.serve_forever()

    asyncio.run(serve())


def write_config(folder: Path, feeds: int) -> None:
    (folder / "watchlist.yaml").write_text(
        "feeds:\n" + "".join(f"  - {address(number)}\n" for number in range(feeds))
        + "watches:\n" + "".join(f"  - {name}\n" for name in NAMES)
    )  # fmt: skip
    (folder / "watcher.yaml").write_text(
        "archive: ../archive\nallow_private: [127.0.0.0/8]\npolling: {gap: 0s, contact: bench@example.org}\n"
    )


def cpu_of(command: list[str]) -> tuple[float, float, str]:
    """User and system seconds of a command and its children, seconds on the clock, and what it printed."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - start, done.stdout


def plain_script(feeds: int) -> None:
    """What one would write in ten minutes: httpx, feedparser, nothing kept but the count."""

    async def poll(client: httpx.AsyncClient, limit: asyncio.Semaphore, number: int) -> int:
        async with limit:
            response = await client.get(address(number))
        return len(feedparser.parse(io.BytesIO(response.content)).entries)

    async def poll_all() -> int:
        limit = asyncio.Semaphore(50)
        async with httpx.AsyncClient() as client:
            return sum(await asyncio.gather(*(poll(client, limit, number) for number in range(feeds))))

    print(asyncio.run(poll_all()))


def main(feeds: int) -> None:
    news = multiprocessing.Value("i", 0)
    server = multiprocessing.Process(target=newsroom, args=(feeds, news), daemon=True)
    server.start()
    time.sleep(1 + feeds / 500)  # it makes up its feeds first
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config"
        config.mkdir()
        write_config(config, feeds)
        watcher = [sys.executable, "-m", "watcher", "--config", str(config), "run", "--once", "--all", "--json"]
        print(f"{feeds} feeds; seconds of CPU (and on the clock), a thousand feeds")
        for name, round_ in (("cold", 0), ("unchanged", 0), ("5% changed", 1)):
            with news.get_lock():
                news.value = round_
            cpu, clock, printed = cpu_of(watcher)
            told = json.loads(printed)
            print(
                f"{cpu / feeds * 1000:8.2f} ({clock / feeds * 1000:6.2f})  {name:12} {told['polls']} {told['entries']}"
            )
    cpu, clock, _ = cpu_of([sys.executable, __file__, "--plain", str(feeds)])
    print(f"{cpu / feeds * 1000:8.2f} ({clock / feeds * 1000:6.2f})  the plain script, cold\n")
    server.kill()
    print_stages(min(feeds, 100))


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    if sys.argv[1:2] == ["--plain"]:
        plain_script(int(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
