"""What is asked for by hand: nothing that asked to be left alone, and nothing that was asked a minute ago."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from newsroom import HTML, Newsroom, always, reply, with_fields

from watcher.app import Config, open_store, open_watcher, read_config
from watcher.app.by_hand import ask_feed, ask_online, fetch_page
from watcher.app.door import left_alone
from watcher.daemon import Runner
from watcher.model import FetchError, FetchReason

QUIET = ("fresh", "busy", "gone")


@pytest.fixture
async def room() -> AsyncIterator[Newsroom]:
    made = Newsroom(lambda: datetime.now(UTC))
    made.add("fresh", with_fields(b"Cache-Control: max-age=600"))
    made.add("busy", always(reply("429 Too Many Requests", b"", b"Retry-After: 600")))
    made.add("gone", always(reply("410 Gone")))
    made.add("plain", with_fields())
    made.add("page", always(reply("200 OK", HTML)))
    async with made.open():
        yield made


@pytest.fixture
async def config(room: Newsroom, tmp_path: Path) -> Config:
    """A configuration that was in use for one round."""
    (tmp_path / "watchlist.yaml").write_text(yaml.safe_dump({"feeds": room.feeds, "watches": ["Nobody"]}), "utf-8")
    settings = {"archive": "archive", "polling": {"gap": "0s"}, "allow_private": ["127.0.0.0/8"]}
    (tmp_path / "watcher.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    config = read_config(tmp_path)
    async with open_watcher(config) as watcher:
        await Runner(watcher.pipeline).once()
        assert {feed.url for feed in await left_alone(watcher)} == {room.papers[name].url() for name in QUIET}
    room.log.clear()
    return config


@pytest.mark.parametrize("name", QUIET)
async def test_who_asked_to_be_left_alone_is(room: Newsroom, config: Config, name: str) -> None:
    with pytest.raises(FetchError) as failure:
        await ask_feed(room.papers[name].url(), config=config)
    assert failure.value.reason is FetchReason.PAUSED
    assert room.log == []


async def test_another_feed_may_be_looked_at_at_any_time(room: Newsroom, config: Config) -> None:
    _, parsed = await ask_feed(room.papers["plain"].url(), config=config)
    assert len(parsed.entries) == 10


async def test_a_check_asks_no_feed_that_was_asked_just_now_and_tells_what_it_said(
    room: Newsroom, config: Config
) -> None:
    troubles = dict(await ask_online(config))
    assert set(troubles) == {room.papers[name].url() for name in ("busy", "gone", "page")}
    assert room.log == []


async def test_what_a_page_by_hand_learns_is_kept_to_by_all(room: Newsroom, config: Config) -> None:
    room.also(room.papers["plain"], "/story", always(reply("503 Down", b"", b"Retry-After: 600")))
    with pytest.raises(FetchError):
        await fetch_page(room.papers["plain"].url("/story"), config=config)
    async with open_store(config) as store:
        pauses = await store.pauses(datetime.now(UTC))
    assert {pause.status for pause in pauses} == {429, 503}
    room.log.clear()
    with pytest.raises(FetchError):
        await ask_feed(room.papers["plain"].url(), config=config)
    assert room.log == []
