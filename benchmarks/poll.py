"""CPU milliseconds a feed for each stage of reading made-up news feeds: lxml alone, our readers, keys, feedparser.

    python benchmarks/poll.py [FEEDS]

Ratios hold from machine to machine, times do not.
"""

from __future__ import annotations

import hashlib
import io
import random
import sys
import time
from collections.abc import Callable, Sequence

import feedparser
from lxml import etree

from watcher.feeds import identity
from watcher.feeds.parse import parse_fast
from watcher.feeds.slow import parse_any

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


def main(feeds: int) -> None:
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


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
