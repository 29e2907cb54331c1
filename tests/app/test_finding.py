"""The feeds of a site, found by hand: what a page names is asked before it stands in the watchlist."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from newsroom import Newsroom, always, redirect, reply

from watcher.app import Config, read_config
from watcher.app.finding import NoFeedError, add_feed, discover_feeds
from watcher.model import FetchError

FEED = b"<rss version='2.0'><channel><title>News</title><item><title>One</title><guid>1</guid></item></channel></rss>"
EMPTY = b"<rss version='2.0'><channel><title>Nothing yet</title></channel></rss>"
NAMED = '<link rel=alternate type="application/rss+xml" href="{}">'
GUESSED = '<a href="{}">RSS</a>'

SITES: dict[str, tuple[dict[str, str | bytes], list[str], str | None]] = {
    # what it answers, what is found, what is added
    "a feed itself": ({"/": FEED}, ["/"], "/"),
    "a feed without entries": ({"/": EMPTY}, ["/"], "/"),
    "moved for now": ({"/": "302 /today", "/today": FEED}, ["/"], "/"),
    "moved for good": ({"/": "301 /new", "/new": FEED}, ["/new"], "/new"),
    "names what is gone": ({"/": NAMED.format("/old") + NAMED.format("/f"), "/f": FEED}, ["/old", "/f"], "/f"),
    "names only what is gone": ({"/": NAMED.format("/old"), "/feed": FEED}, ["/old"], "/feed"),
    "links to no feed": ({"/": GUESSED.format("/rss"), "/atom.xml": FEED}, ["/atom.xml"], "/atom.xml"),
    "links to a list": ({"/": GUESSED.format("/rss"), "/rss": GUESSED.format("/w"), "/w": FEED}, ["/w"], "/w"),
    "one feed at two places": ({"/": "hello", "/feed": "301 /rss", "/rss": FEED}, ["/rss"], "/rss"),
    "no page at the door": ({"/rss.xml": FEED}, ["/rss.xml"], "/rss.xml"),
    "none": ({"/": "hello"}, [], None),
}


@pytest.fixture
async def room() -> AsyncIterator[Newsroom]:
    made = Newsroom(lambda: datetime.now(UTC))
    for name, (answers, _, _) in SITES.items():
        paper = made.add(name, always(reply("404 Not Found")), feeds=())
        for path, said in answers.items():
            if isinstance(said, str) and said.startswith("30"):
                made.also(paper, path, redirect(f"{said[:3]} Elsewhere", said[4:]))
            else:
                made.also(paper, path, always(reply("200 OK", said if isinstance(said, bytes) else said.encode())))
    async with made.open():
        yield made


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "watchlist.yaml").write_text("feeds: []\nwatches: [Nobody]\n", "utf-8")
    settings = {"archive": "archive", "polling": {"gap": "0s"}, "allow_private": ["127.0.0.0/8"]}
    (tmp_path / "watcher.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    return read_config(tmp_path)


async def test_a_site_without_a_page_and_without_a_feed_is_told(room: Newsroom, config: Config) -> None:
    with pytest.raises(FetchError, match="404"):
        await discover_feeds(room.papers["none"].url("/nowhere"), config=config)
    assert len(room.log) == 1


@pytest.mark.parametrize("name", SITES)
async def test_the_feeds_of_a_site(room: Newsroom, config: Config, name: str) -> None:
    paper, (_, found, added) = room.papers[name], SITES[name]
    links = await discover_feeds(paper.url("/"), config=config)
    assert [link.url for link in links] == [paper.url(path) for path in found]
    if added is None:
        with pytest.raises(NoFeedError):
            await add_feed(config, paper.url("/"), name=None, tags=())
        return
    spec = await add_feed(config, paper.url("/"), name=None, tags=())
    assert spec.url == paper.url(added)
    assert [one.url for one in read_config(config.folder).watchlist.feeds] == [spec.url]


async def test_each_further_address_is_told_before_it_is_asked(room: Newsroom, config: Config) -> None:
    paper, told = room.papers["links to no feed"], list[str]()
    await discover_feeds(paper.url("/"), config=config, told=told.append)
    assert told[0] == paper.url("/rss")
    assert told[-1] == paper.url("/atom.xml")
    assert len(told) == len(room.log) - 1  # the address itself is what was asked for
