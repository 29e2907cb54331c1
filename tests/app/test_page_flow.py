"""Entries whose pages are read: asked for once, again where they failed, within a budget, and judged as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from watcher.app import Watcher, open_watcher, read_config
from watcher.daemon import Runner
from watcher.model import FetchError, FetchReason, Field, HostPause, Response, Story

FEED = "https://wire.example/feed"
MORNING = datetime(2026, 11, 23, 6, tzinfo=UTC)
TITLE = "Town raises its sea wall"
STORY = (
    "The council of the harbour town voted on Tuesday evening to raise the sea wall by half a metre, after a debate "
    "that lasted nine hours and drew two hundred residents to the hall.",
    "Work on the wall of the town is to begin in April and to take two years, the mayor said, adding that the first "
    "stones would be laid at the western pier.",
    "The cost is put at 14 million, of which the province pays two thirds. The rest will come from a levy on moorings.",
)
NAMED = (
    "A company of Elon Musk had offered to dig a tunnel for the water, and was thanked & sent < home > by the mayor."
)
ASIDE = (
    "<aside><h3>Most read</h3><ul><li><a href=/m>Elon Musk buys an island</a></li></ul></aside>"
    "<div class=tags>Tags: <a href=/t>Elon Musk</a></div>"
    "<section><h2>More stories</h2><div><h3><a href=/r>Elon Musk offered asylum</a></h3><p>Elon Musk may "
    "have it.</p></div></section>"
)


class Clock:
    time = MORNING

    def now(self) -> datetime:
        return self.time


class Web:
    """A feed, the pages behind it by their paths (text and what stands besides), and how often each was asked for."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.titles: dict[str, str] = {}
        self.pages: dict[str, str] = {}
        self.down = False
        self.asked: Counter[str] = Counter()

    async def feed(self, url: str, *, etag: bytes | None, last_modified: bytes | None) -> Response:
        items = "".join(
            f"<item><guid>{path}</guid><title>{title}</title><link>https://wire.example{path}</link>"
            "<pubDate>Mon, 23 Nov 2026 05:00:00 GMT</pubDate></item>"
            for path, title in self.titles.items()
        )
        body = f'<rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'.encode()
        return Response(url=url, status=200, headers={}, body=body, fetched_at=self.clock.now())

    async def page(self, url: str) -> Response:
        path = url.removeprefix("https://wire.example")
        self.asked[path] += 1
        if self.down:
            raise FetchError(FetchReason.NETWORK, "out of order")
        body = self.pages[path].encode()
        headers = {"content-type": "text/html; charset=utf-8"}
        return Response(url=url, status=200, headers=headers, body=body, fetched_at=self.clock.now())

    def left_alone(self) -> tuple[HostPause, ...]:
        return ()

    async def aclose(self) -> None:
        pass

    def publish(self, path: str, *lines: str, title: str = TITLE, beside: str = "", standfirst: str = "") -> None:
        self.titles[path] = title
        prose = "".join(f"<p>{line.replace('&', '&amp;').replace('<', '&lt;')}</p>" for line in lines or STORY)
        dek = f'<header><div class="standfirst">{standfirst}</div></header>' if standfirst else ""
        body = f"<h1>{title}</h1>{dek}<article>{prose}</article>{beside}"
        self.pages[path] = f"<html><head><title>{title} - Wire</title></head><body>{body}</body></html>"


class World:
    def __init__(self, watcher: Watcher) -> None:
        self.watcher, self.clock = watcher, Clock()
        self.web = Web(self.clock)
        watcher.pipeline.clock, watcher.pipeline.fetcher = self.clock, self.web

    async def at(self, **later: float) -> None:
        """A round, so much after the morning."""
        self.clock.time = MORNING + timedelta(**later)
        await Runner(self.watcher.pipeline).once(everything=True)

    async def stories(self) -> list[Story]:
        files = sorted((self.watcher.config.archive / "stories").rglob("*.md"))
        assert all(file.name.startswith("town-raises") or file.name.startswith("elon") for file in files)
        return [one for one in self.watcher.archive.read_stories() if isinstance(one, Story)]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / "watchlist.yaml").write_text(
        f"feeds:\n  - url: {FEED}\n    read: page\nwatches:\n  - Elon Musk\n  - name: Musk at sea\n"
        "    all: [[Elon Musk], [sea wall]]\n  - name: Musk on land\n    all: [[Elon Musk]]\n    never: [moorings]\n",
        encoding="utf-8",
    )
    (tmp_path / "watcher.yaml").write_text(
        "archive: archive\npage: off\npolling: {pages_per_hour: 3}\n", encoding="utf-8"
    )
    async with open_watcher(read_config(tmp_path), alone=True) as watcher:
        opened = World(watcher)
        await opened.at()  # the baseline
        yield opened


async def test_a_page_is_asked_for_once_and_judged_as_a_whole(world: World) -> None:
    world.web.publish("/1", *STORY, NAMED, beside=ASIDE)
    await world.at(minutes=1)
    (story,) = await world.stories()
    assert [match.watch for match in story.matches] == ["Elon Musk", "Musk at sea"]
    (hit,) = story.matches[0].hits
    assert (hit.field, story.extraction.text[hit.start : hit.end]) == (Field.BODY, "Elon Musk")
    assert hit.excerpt == NAMED
    assert world.web.asked == {"/1": 1}


async def test_a_name_beside_the_story_is_none_of_it(world: World) -> None:
    world.web.publish("/1", beside=ASIDE)
    await world.at(minutes=1)
    assert await world.stories() == []


async def test_a_name_in_the_standfirst_is_found(world: World) -> None:
    world.web.publish("/1", standfirst="A tunnel that Elon Musk had offered to the town will not be dug after all.")
    await world.at(minutes=1)
    (story,) = await world.stories()
    assert [hit.field for hit in story.matches[0].hits] == [Field.SUMMARY]


async def test_a_page_that_failed_is_asked_for_again_and_then_left(world: World) -> None:
    world.web.publish("/1", *STORY, NAMED)
    world.web.down = True
    for minutes in (1, 5, 12, 60, 140, 600, 1200):
        await world.at(minutes=minutes)
    assert world.web.asked == {"/1": 3}
    world.web.publish("/2", *STORY, NAMED)
    await world.at(minutes=1300)
    world.web.down = False
    await world.at(minutes=1311)
    assert len(await world.stories()) == 1
    assert world.web.asked == {"/1": 3, "/2": 2}


async def test_further_pages_of_the_hour_wait_for_their_turn(world: World) -> None:
    for number in range(7):
        world.web.publish(f"/{number}", *STORY, NAMED)
    await world.at(minutes=1)
    assert world.web.asked.total() == 3
    await world.at(minutes=59)
    assert world.web.asked.total() == 3
    world.web.publish("/at-once", *STORY, title="Elon Musk wants no wall")
    await world.at(minutes=60)
    assert world.web.asked["/at-once"] == 1
    await world.at(minutes=62)
    assert world.web.asked.total() == 7
    await world.at(minutes=122)
    assert world.web.asked.total() == 8
    assert max(world.web.asked.values()) == 1


async def test_hits_in_the_headline_are_places_in_the_headline_that_is_kept(world: World) -> None:
    world.web.publish("/1", *STORY, title="Elon Musk wants no wall")
    world.web.titles["/1"] = "BREAKING: a wall, and no Elon Musk"
    await world.at(minutes=1)
    (story,) = await world.stories()
    (hit,) = [hit for hit in story.matches[0].hits if hit.field is Field.TITLE]
    assert story.extraction.title[hit.start : hit.end] == "Elon Musk"


async def test_what_the_feed_said_counts_though_the_page_says_it_elsewhere(world: World) -> None:
    world.web.publish("/1", *STORY[:2])
    world.web.titles["/1"] = "Elon Musk wants no sea wall"
    await world.at(minutes=1)
    (story,) = await world.stories()
    assert {match.watch for match in story.matches} == {"Elon Musk", "Musk at sea", "Musk on land"}
