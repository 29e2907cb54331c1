"""A day and more at a newsroom where every paper has a fault: all is read, and its log shows no breach of manners."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from newsroom import CONTACT, Ask, Newsroom, misdeeds, open_papers, reply, with_fields

import watcher.app.wiring
from watcher.app import Watcher, open_watcher, read_config
from watcher.daemon import Runner
from watcher.feeds.fetch import WebFetcher
from watcher.model import Feed, FeedState, PollReport

HOURS = 30
SHOWN_BEFORE = 2  # of the twelve items of the day before that no document showed any more
RESTARTS = 2
AT_LEAST = timedelta(minutes=80)  # between two rounds: more of them show nothing new, and take their time


class Days:
    """A clock that can be put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def seconds(self) -> float:
        return time.monotonic() + self.ahead.total_seconds()

    def leap_to(self, moment: datetime) -> None:
        self.ahead += max(moment - self.now(), timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lived:
    room: Newsroom
    feeds: dict[str, Feed]
    new: Counter[str]  # entries that were new, by the name of the feed


def _write(home: Path, room: Newsroom) -> Path:
    config = home / "config"
    config.mkdir()
    feeds = [{"url": url, "every": "1h"} for url in room.feeds]
    watches = ["of robots", "of pages are refused", "of pages are gone"]
    (config / "watchlist.yaml").write_text(yaml.safe_dump({"feeds": feeds, "watches": watches}), "utf-8")
    polling = {"gap": "0s", "contact": CONTACT}
    settings = {"archive": "../archive", "polling": polling, "allow_private": ["127.0.0.0/8"]}
    (config / "watcher.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    return config


async def _live(watcher: Watcher, days: Days, until: datetime, new: Counter[str], *, everything: bool) -> None:
    def told(report: object) -> None:
        if isinstance(report, PollReport):
            new[report.feed] += report.new

    pipeline = watcher.pipeline
    await pipeline.fetcher.aclose()
    fetcher = WebFetcher(
        contact=CONTACT, allow_private=["127.0.0.0/8"], gap=0.0, now=days.now, clock=days.seconds
    )  # fmt: skip
    fetcher.leave_alone(await watcher.store.pauses(days.now()))
    pipeline.fetcher = fetcher
    while days.now() < until:
        await Runner(pipeline, told=told).once(everything=everything)
        polled = [feed for feed in await watcher.store.feeds() if feed.state is not FeedState.GONE]
        days.leap_to(max(min(feed.due_at for feed in polled), days.now() + AT_LEAST))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return asyncio.run(_days_at_the_newsroom(tmp_path_factory.mktemp("manners")))


async def _days_at_the_newsroom(home: Path) -> Lived:
    days = Days()
    room = Newsroom(days.now)
    open_papers(room)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watcher.app.wiring, "SystemClock", lambda: days)
        async with room.open():
            config = _write(home, room)
            start, new = days.now(), Counter[str]()
            for restart in range(1, RESTARTS + 1):
                async with open_watcher(read_config(config), alone=True) as opened:
                    until = start + timedelta(hours=HOURS * restart / RESTARTS)
                    await _live(opened, days, until, new, everything=restart == RESTARTS)
                    feeds = {feed.spec.url: feed for feed in await opened.store.feeds()}
    return Lived(room=room, feeds=feeds, new=new)


def test_nobody_has_reason_to_complain(lived: Lived) -> None:
    assert len(lived.room.papers) > 50
    assert misdeeds(lived.room) == []


def test_every_paper_that_can_be_read_is_read_and_no_other(lived: Lived) -> None:
    for paper in lived.room.papers.values():
        for path in paper.feeds:
            feed = lived.feeds[paper.url(path)]
            assert (feed.baseline_at is not None) is paper.readable, (paper.name, feed)
            assert paper.readable or feed.problem, paper.name


@pytest.mark.parametrize(
    "name", ["guids change at once", "deltas", "a new etag each time", "wrong charset", "no-cache"]
)
def test_an_entry_is_new_once(lived: Lived, name: str) -> None:
    last = max(ask.at for ask in lived.room.asked(name))
    assert lived.new[name] == len({guid for guid, _ in lived.room.papers[name].items(last, shown=10**6)}) - SHOWN_BEFORE


@pytest.mark.parametrize(
    ("name", "state", "asked"),
    [
        ("410", FeedState.GONE, 2),
        ("301 for good", FeedState.ACTIVE, 3),
        ("a new address", FeedState.ACTIVE, 3),
    ],
)
def test_how_often_an_address_is_asked_that_says_it_is_over(
    lived: Lived, name: str, state: FeedState, asked: int
) -> None:
    paper = lived.room.papers[name]
    assert (lived.feeds[paper.url()].state, len(lived.room.asked(name))) == (state, asked)


def test_a_page_is_asked_for_as_often_as_it_may_still_come(lived: Lived) -> None:
    pages = [ask for ask in lived.room.log if ask.path.startswith("/story/")]
    by = {name: [ask for ask in pages if ask.host == paper.host] for name, paper in lived.room.papers.items()}
    assert by["robots"] == []
    gone = [ask.path for ask in by["pages are gone"]]
    assert len(gone) == len(set(gone)) > 5
    assert len(by["pages are refused"]) > 5


# -- the judge


def _log(answers: list[tuple[float, bytes, dict[str, bytes]]]) -> list[str]:
    """What the judge says of requests for one feed at these minutes, with these answers and fields."""
    start = datetime(2026, 11, 23, tzinfo=UTC)
    room = Newsroom(lambda: start)
    paper = room.add("paper", with_fields())
    polite = {"user-agent": f"watcher/1 ({CONTACT})".encode(), "accept-encoding": b"gzip"}
    for minutes, answer, fields in answers:
        at = start + timedelta(minutes=minutes)
        sent = tuple((polite | fields).items())
        room.log.append(Ask(host=paper.host, path="/feed", fields=sent, at=at, ended=at, answer=answer))
    return misdeeds(room)


OK = reply("200 OK", b"x", b'ETag: "1"')
SAME: dict[str, bytes] = {"if-none-match": b'"1"'}
JUDGED = {
    "asked as it should be": ([(0, OK, {}), (60, OK, SAME)], ""),
    "without its validator": ([(0, OK, {}), (60, OK, SAME), (90, OK, {}), (120, OK, {})], "without validators"),
    "with another": ([(0, OK, {}), (60, OK, {"if-none-match": b"1"})], "sends"),
    "while it is fresh": ([(0, reply("200 OK", b"x", b"Cache-Control: max-age=600"), {}), (5, OK, {})], "too soon"),
    "in a pause": ([(0, reply("429 No", b"", b"Retry-After: 600"), {}), (9, OK, {})], "end of a pause"),
    "in a pause that was not told": ([(0, reply("503 No"), {}), (4, OK, {})], "end of a pause"),
    "what is gone": ([(0, reply("410 Gone"), {}), (60, reply("410 Gone"), {})], "gone"),
    "with a cookie": ([(0, OK, {"cookie": b"a=b"})], "cookie"),
    "by nobody": ([(0, OK, {"user-agent": b"curl"})], "who asks"),
}


@pytest.mark.parametrize(("answers", "told"), JUDGED.values(), ids=JUDGED)
def test_the_judge(answers: list[tuple[float, bytes, dict[str, bytes]]], told: str) -> None:
    said = _log(answers)
    assert (told in said[0]) if told else said == []
