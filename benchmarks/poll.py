"""CPU seconds to poll many feeds: a first time, again unchanged, and again with one in twenty changed.

    python benchmarks/poll.py [FEEDS] [--light] [--alone]

The whole of `watcher run --once --all` in a process of its own, with everything stored and matched, against a newsroom
in another process on loopback, one address a feed; in the same run the shortest script that fetches and parses the same
with httpx and feedparser and keeps nothing but the ETags (--alone: without it). Then how long the event loop is held at
most, and the memory; then what each stage of reading a feed costs. Ratios hold, times do not. The feeds cost feedparser
what those of news sites do, some 32 ms each; --light: feeds without much HTML, for which it takes half of that.

December 2026, on two cores whose speed changes twofold with what else they do, in pairs: cold 0.22 to 0.30 of the
script (a fifth is what is wanted), unchanged 0.77 to 0.96; 10,000 feeds cost as much a thousand, with 230, 136 and
157 MB. The event loop is held for 45 ms of its own CPU at most, with 10,000 feeds too. Of a first poll reading the
feed takes a quarter, judging and keys as much together, the store a sixth, HTTP a fifteenth, the start a tenth. Of an
unchanged round 45% are imports: SQLAlchemy, pydantic, numpy, and 170 dataclasses at 1 ms or less.
What helped an unchanged round: no look at all entries without an index, no reading through of a database that is as
it was left, compiled modules, reads that are answered together. What helped a first poll: tags taken out once for the
hash and the watches, the tree asked instead of the bytes, ids derived once.
What did not help: 32 rows an INSERT (a tenth more: SQLite keeps a journal for each such statement), pages of 8 or 16
KiB, waiting a quarter of a second to commit more polls at once, no collector at all, patterns in the place of
`str.partition` for tags, fewer calls in the fast reader; uvloop (a fourteenth of an unchanged round, less than two
rounds differ), making pydantic's codecs when they are first used. Two threads that want the interpreter cost a
twentieth: it is saved by letting each have it for 50 ms and not 5, for which the event loop would be held.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import hashlib
import io
import json
import math
import multiprocessing
import random
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from xml.sax.saxutils import escape

import feedparser
import httpx
from lxml import etree

from watcher.app import open_watcher, read_config
from watcher.daemon import Runner
from watcher.feeds import identity
from watcher.feeds.parse import parse_fast
from watcher.feeds.slow import parse_any

PORT = 18_765
DISTINCT = 240
CHANGED_SHARE = 20  # one feed in so many has news in the last round
NAMED_SHARE = 1000  # one entry in so many names somebody on the watchlist: it is captured from the feed's own words
NAMES = ["Elon Musk", "Donald Trump", "Dmitry Peskov", "Edward Snowden", "SpaceX", "State Duma", "TASS", "Ada Example"]

ENTRIES = 35  # of a usual news feed
_YESTERDAY = datetime.now(UTC) - timedelta(days=1)  # a feed that was silent for longer is told of
DAY, RFC_DAY = f"{_YESTERDAY:%Y-%m-%d}", f"{_YESTERDAY:%a, %d %b %Y}"
WORDS = (
    "asylum", "minister", "court", "markets", "officials", "said", "Moscow", "Washington", "talks", "sanctions",
    "company", "report", "storm", "vote", "the", "a", "of", "that", "was", "over", "government", "billion", "people",
    "Parliament", "spokeswoman", "year", "Tuesday", "city", "café", "police", "told", "would", "against", "more",
)  # fmt: skip
PLACES = (*WORDS, "<em>live</em>", '<a href="/topic/world?ref=rss">world</a>', "<strong>first</strong>", "it’s", "–")


def news_feed(seed: int, *, rich: bool = True) -> bytes:
    """A feed of ENTRIES entries as news sites write them.

    rich: whole texts in HTML with links, pictures and lists (RSS), short summaries with captions, and Atom, in turn;
    else a summary and two paragraphs each.
    """
    chance = random.Random(seed)
    return _RICH[seed % len(_RICH)](seed, chance) if rich else _light_feed(seed, chance)


def _words(chance: random.Random, count: int, among: Sequence[str] = WORDS) -> str:
    return " ".join(chance.choices(among, k=count))


def _paragraphs(chance: random.Random, count: int) -> str:
    """A story's text as content systems put it out."""
    parts = [
        '<figure class="wp-block-image size-large"><img loading="lazy" decoding="async" width="1024" height="683" '
        f'src="/uploads/{chance.randrange(10**6)}.jpg" alt="{_words(chance, 8)}" srcset="/u/1.jpg 1024w, /u/2.jpg 3w" '
        f'style="width:100%" /><figcaption>{_words(chance, 12)}</figcaption></figure>'
    ]
    for number in range(count):
        said, told = _words(chance, 40, PLACES), _words(chance, 12, PLACES)
        parts.append(f'<p class="body">{said}, “{_words(chance, 8)}”, {told}.</p>\n')
        if number % 3 == 2:
            points = f"<li>{_words(chance, 9)}</li><li>{_words(chance, 9)}</li>"
            parts.append(f"<h2>{_words(chance, 6)}</h2><ul>{points}</ul>")
    return "".join(parts)


def _named(seed: int, number: int) -> str:
    place = seed * ENTRIES + number
    return f" {NAMES[place // NAMED_SHARE % len(NAMES)]}" if place % NAMED_SHARE == 0 else ""


def _rss(seed: int, items: str) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>News {seed}</title>
<link>https://news{seed}.example/</link><atom:link href="https://news{seed}.example/feed" rel="self"/>
<language>en</language>
{items}</channel></rss>""".encode()


def _light_feed(seed: int, chance: random.Random) -> bytes:
    """RSS 2.0 with media, dc:creator, categories, a summary in HTML and two plain paragraphs: some 75 kB."""
    return _rss(seed, "\n".join(
        f"""<item><title><![CDATA[{_words(chance, 10)} {seed}-{number}]]></title>
<link>{address(seed)}/a/{number}?utm_source=rss</link>
<guid isPermaLink="false">https://news{seed}.example/?p={number}</guid>
<dc:creator><![CDATA[{_words(chance, 2)}]]></dc:creator><pubDate>{RFC_DAY} {number % 24:02}:30:00 +0000</pubDate>
<category>{_words(chance, 1)}</category><category>{_words(chance, 1)}</category>
<description>&lt;p&gt;{_words(chance, 50)} “{_words(chance, 5)}”&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>{_words(chance, 60)}{_named(seed, number)}</p>
<p>{_words(chance, 60)}</p>]]></content:encoded>
<media:content url="https://img.example/{number}.jpg"><media:credit>{_words(chance, 2)}</media:credit>
<media:description>{_words(chance, 20)}</media:description></media:content></item>"""
        for number in range(ENTRIES)
    ))  # fmt: skip


def _whole_feed(seed: int, chance: random.Random) -> bytes:
    """RSS 2.0 of a content system that puts out its whole texts."""
    return _rss(seed, "\n".join(
        f"""<item><title>{_words(chance, 10)} {seed}-{number}</title>
<link>{address(seed)}/a/{number}?utm_source=rss</link><comments>https://news{seed}.example/a/{number}#respond</comments>
<dc:creator><![CDATA[{_words(chance, 2)}]]></dc:creator><pubDate>{RFC_DAY} {number % 24:02}:30:00 +0000</pubDate>
<category><![CDATA[{_words(chance, 1)}]]></category><category><![CDATA[{_words(chance, 1)}]]></category>
<guid isPermaLink="false">https://news{seed}.example/?p={number}</guid>
<description><![CDATA[<p>{_words(chance, 40)} [&#8230;]</p> <p>The post <a href="https://news{seed}.example/a/{number}">
{_words(chance, 8)}</a> appeared first on <a href="https://news{seed}.example">News</a>.</p>]]></description>
<content:encoded><![CDATA[{_paragraphs(chance, 5)}{_named(seed, number)}]]></content:encoded></item>"""
        for number in range(ENTRIES)
    ))  # fmt: skip


def _short_feed(seed: int, chance: random.Random) -> bytes:
    """RSS 2.0 of a newspaper: a summary in HTML, pictures with their captions."""
    return _rss(seed, "\n".join(
        f"""<item><title><![CDATA[{_words(chance, 10)} ‘{_words(chance, 2)}’ {seed}-{number}]]></title>
<link>{address(seed)}/a/{number}</link><guid>https://news{seed}.example/a/{number}</guid>
<pubDate>{RFC_DAY} {number % 24:02}:30:00 GMT</pubDate><dc:creator>{_words(chance, 2)}</dc:creator>
<category domain="https://news{seed}.example/tags">{_words(chance, 1)}</category>
<description>&lt;p&gt;{_words(chance, 30)}&lt;/p&gt;&lt;p&gt;{_words(chance, 40)}{_named(seed, number)}
&lt;a href=&quot;https://news{seed}.example/a/{number}&quot;&gt;Continue reading...&lt;/a&gt;&lt;/p&gt;</description>
<media:content width="460" url="https://img.example/{number}.jpg"><media:credit scheme="urn:ebu">{_words(chance, 3)}
</media:credit><media:description>{_words(chance, 20)}</media:description></media:content></item>"""
        for number in range(ENTRIES)
    ))  # fmt: skip


def _atom_feed(seed: int, chance: random.Random) -> bytes:
    """Atom with escaped HTML."""
    items = "\n".join(
        f"""<entry><author><name>{_words(chance, 2)}</name></author>
<published>{DAY}T{number % 24:02}:30:00-05:00</published>
<updated>{DAY}T{number % 24:02}:40:00-05:00</updated>
<title type="html">{_words(chance, 10)} {seed}-{number}</title><category term="{_words(chance, 1)}"/>
<content type="html">{escape(_paragraphs(chance, 4))}{_named(seed, number)}</content>
<link rel="alternate" type="text/html" href="{address(seed)}/a/{number}"/><id>https://news{seed}.example/?p={number}</id>
<summary type="html">{escape(f"<p>{_words(chance, 40)}</p>")}</summary></entry>"""
        for number in range(ENTRIES)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-US">
<title>News {seed}</title><link rel="alternate" type="text/html" href="https://news{seed}.example/"/>
<updated>{DAY}T10:30:00-05:00</updated><id>https://news{seed}.example/feed</id>{items}</feed>""".encode()


_RICH = (_whole_feed, _short_feed, _atom_feed)


def host(number: int) -> str:
    """An address of its own for each feed, so that the pace kept with one host does not count."""
    return f"127.{number // 62_500 + 1}.{number // 250 % 250}.{number % 250 + 1}"


def address(number: int) -> str:
    return f"http://{host(number)}:{PORT}/{number}.xml"


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


def print_stages(feeds: int, *, rich: bool) -> None:
    """What each stage of reading a feed costs, in this process."""
    bodies = [news_feed(seed, rich=rich) for seed in range(feeds)]
    print(f"{feeds} feeds of {ENTRIES} entries, {sum(map(len, bodies)) // feeds // 1000} kB each; CPU ms a feed")
    stages: list[tuple[str, Callable[[bytes], object], int]] = [
        ("SHA-256 of the body", lambda body: hashlib.sha256(body).hexdigest(), feeds),
        ("lxml.etree.fromstring alone", etree.fromstring, feeds),
        ("fast reader", lambda body: parse_fast(body, url="https://news.example/feed"), feeds),
        ("fast reader and keys", read_and_key, feeds),
        (
            "feedparser as the slow reader runs it",
            lambda body: parse_any(body, url="", content_type=""),
            min(feeds, 12),
        ),
        ("feedparser by default", lambda body: feedparser.parse(io.BytesIO(body)), min(feeds, 12)),
    ]
    for name, work, count in stages:
        print(f"{milliseconds(work, bodies[:count]):9.3f}  {name}")


def _served(number: int, *, rich: bool) -> bytes:
    """The feed of that number, made of one of DISTINCT texts: ten thousand of their own would not fit into memory."""
    like = number % DISTINCT
    body = _text(like, rich=rich)
    if number != like:
        body = body.replace(f"news{like}.example".encode(), f"news{number}.example".encode())
        body = body.replace(address(like).encode(), address(number).encode())
    return body


@cache
def _text(number: int, *, rich: bool) -> bytes:
    return news_feed(number, rich=rich)


def newsroom(news: Synchronized[int], rich: bool) -> None:
    """Serves the feeds with ETags, and no page. news: the round; from 1 on one feed in twenty has another body."""

    def answered(head: bytes) -> bytes:
        path = head.split(b" ", 2)[1]
        if not path.endswith(b".xml"):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        number = int(path.strip(b"/").removesuffix(b".xml"))
        fresh = news.value if number % CHANGED_SHARE == 0 else 0
        etag = b'"%d-%d"' % (number, fresh)
        if etag in head:
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n"
        body = _served(number, rich=rich)
        if fresh:
            mark = b"<entry>" if b"<entry>" in body else b"<item>"
            link = f"<link>{address(number)}/n{fresh}</link>" if mark == b"<item>" else ""
            entry = f"<title>News {fresh}</title><id>new-{fresh}-{number}</id>{link}".encode()
            body = body.replace(mark, mark + entry + mark.replace(b"<", b"</") + mark, 1)
        told = f"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\nETag: "
        return told.encode() + etag + b"\r\n\r\n" + body

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(answered(head))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went away, as clients do
        finally:
            writer.close()

    async def serve() -> None:
        async with await asyncio.start_server(answer, "0.0.0.0", PORT, backlog=1024) as server:
            await server.serve_forever()

    for number in range(DISTINCT):
        _text(number, rich=rich)
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


def plain_script(feeds: int, memory: Path) -> None:
    """What one would write in ten minutes: httpx, feedparser, the ETags in a file, nothing kept but the count."""
    etags: dict[str, str] = json.loads(memory.read_text()) if memory.exists() else {}

    async def poll(client: httpx.AsyncClient, limit: asyncio.Semaphore, url: str) -> int:
        async with limit:
            response = await client.get(url, headers={"If-None-Match": etags[url]} if url in etags else {})
        etags[url] = response.headers["etag"]
        return 0 if response.status_code == 304 else len(feedparser.parse(io.BytesIO(response.content)).entries)

    async def poll_all() -> int:
        limit = asyncio.Semaphore(50)
        async with httpx.AsyncClient(timeout=120) as client:  # on a busy machine
            return sum(await asyncio.gather(*(poll(client, limit, address(number)) for number in range(feeds))))

    print(asyncio.run(poll_all()), "entries")
    memory.write_text(json.dumps(etags))


def memory() -> tuple[float, float]:
    """MB of this process: now, and at most."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


async def watch_loop(folder: Path) -> None:
    """Polls every feed in this process, and prints how long the event loop was held at most, and the memory taken."""
    gc.set_threshold(5_000, 20, 20)  # as the command does
    worst = worst_cpu = 0.0

    async def beat() -> None:
        nonlocal worst, worst_cpu
        clock, cpu = time.perf_counter(), time.thread_time()
        while True:
            await asyncio.sleep(0)
            clock_now, cpu_now = time.perf_counter(), time.thread_time()
            worst, worst_cpu = max(worst, clock_now - clock), max(worst_cpu, cpu_now - cpu)
            clock, cpu = clock_now, cpu_now

    async with open_watcher(read_config(folder), alone=True) as watcher:
        gc.freeze()
        beating = asyncio.create_task(beat())
        summary = await Runner(watcher.pipeline).once(everything=True)
        beating.cancel()
        rss, most = memory()
    print(
        f"{summary.changed} changed, {summary.unchanged} unchanged; the loop held for {worst * 1000:.0f} ms at most "
        f"({worst_cpu * 1000:.0f} ms of its own CPU); RSS {rss:.0f} MB, at most {most:.0f} MB"
    )


def main(feeds: int, *, rich: bool, script: bool) -> None:
    news = multiprocessing.Value("i", 0)
    server = multiprocessing.Process(target=newsroom, args=(news, rich), daemon=True)
    server.start()
    while True:  # it makes up its feeds first
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", PORT)):
            break
        time.sleep(0.2)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config"
        config.mkdir()
        write_config(config, feeds)
        watcher = [sys.executable, "-m", "watcher", "--config", str(config), "run", "--once", "--all", "--json"]
        plain = [sys.executable, __file__, "--plain", str(feeds), str(Path(folder) / "etags.json")]
        print(f"{feeds} feeds; seconds of CPU (and on the clock), a thousand feeds: watcher, the plain script, ratio")
        for name, round_ in (("cold", 0), ("unchanged", 0), ("5% changed", 1)):
            news.value = round_
            ours, clock, printed = cpu_of(watcher)
            theirs = cpu_of(plain)[0] if script else math.nan
            told = json.loads(printed)
            print(
                f"{ours / feeds * 1000:8.2f} ({clock / feeds * 1000:6.2f}) {theirs / feeds * 1000:8.2f} "
                f"{ours / theirs:6.2f}  {name:12} {told['polls']} {told['entries']} {told['matches']} matches",
                flush=True,
            )
        for name, round_ in (("unchanged", 1), ("5% changed", 2)):
            news.value = round_
            print(f"{name:10}", cpu_of([sys.executable, __file__, "--loop", str(config)])[2].strip())
        shutil.rmtree(Path(folder) / "archive")
        print("cold      ", cpu_of([sys.executable, __file__, "--loop", str(config)])[2], flush=True)
    server.kill()
    print_stages(min(feeds, 99), rich=rich)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--plain"]:
        plain_script(int(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1:2] == ["--loop"]:
        asyncio.run(watch_loop(Path(sys.argv[2])))
    else:
        flags = [one for one in sys.argv[1:] if one.startswith("-")]
        numbers = [int(one) for one in sys.argv[1:] if one not in flags]
        main(numbers[0] if numbers else 1000, rich="--light" not in flags, script="--alone" not in flags)
