"""Edits of the configuration while the watcher runs: a good one is in force at once, a bad one changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from watcher.app import Watcher, look_after, open_watcher, read_config
from watcher.app.reload import Reloaded, Reloader, follow
from watcher.model import Document, FeedState, MessageType

GOOD = "feeds: [https://one.example/feed]\nwatches: [Elon Musk]\n"
SETTINGS = """\
archive: archive
page: off
notices: [desk]
channels:
  desk:
    email: {to: [d@example.org], from: w@example.org, host: 127.0.0.1, port: 1, tls: none}
"""


@pytest.fixture
async def watcher(tmp_path: Path) -> AsyncIterator[Watcher]:
    (tmp_path / "watcher.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "watchlist.yaml").write_text(GOOD, encoding="utf-8")
    async with open_watcher(read_config(tmp_path), alone=True) as opened:
        yield opened


def finds(watcher: Watcher, title: str) -> list[str]:
    verdict = watcher.pipeline.rules.matcher.judge(Document(id="d", title=title))
    return [match.watch for match in verdict.matches]


def edit(watcher: Watcher, text: str, *, file: str = "watchlist.yaml") -> None:
    (watcher.config.folder / file).write_text(text, encoding="utf-8")


async def notices(watcher: Watcher) -> list[str]:
    return [one.message.subject for one in await watcher.store.outbox() if one.message.type is MessageType.NOTICE]


async def test_a_good_edit_is_in_force_at_once(watcher: Watcher) -> None:
    edit(watcher, "feeds: [https://two.example/feed]\nwatches: [Steve Bannon]\n")
    assert await Reloader(watcher).reload()
    assert finds(watcher, "Steve Bannon and Elon Musk") == ["Steve Bannon"]
    states = {feed.spec.url: feed.state for feed in await watcher.store.feeds()}
    assert states == {"https://one.example/feed": FeedState.REMOVED, "https://two.example/feed": FeedState.NEW}
    assert await notices(watcher) == []


@pytest.mark.parametrize(
    ("situation", "file", "text"),
    [
        ("a slip", "watchlist.yaml", "watches:\n  - name: A B\n    whith: [x]\n"),
        ("emptied", "watchlist.yaml", ""),
        ("half written", "watchlist.yaml", 'feeds: [https://one.example/feed]\nwatches: [Elon Musk, "Donald'),
        ("nothing left to watch for", "watchlist.yaml", "feeds: [https://one.example/feed]\n"),
        ("far too large", "watchlist.yaml", "#" * 10_000_001),
        ("settings with a slip", "watcher.yaml", "archiv: x\n"),
        ("a secret that is not there", "watcher.yaml", "channels: {c: {apprise: {url_file: none}}}\n"),
    ],
)
async def test_a_bad_edit_changes_nothing_and_is_told_once(
    watcher: Watcher, situation: str, file: str, text: str
) -> None:
    before = watcher.pipeline.rules
    edit(watcher, text, file=file)
    reloader = Reloader(watcher)
    for _ in range(2):
        assert not await reloader.reload()
    assert watcher.pipeline.rules is before, situation
    told = await watcher.store.status(watcher.pipeline.clock.now())
    assert told.config_fault is not None
    assert f"{file}:" in told.config_fault
    assert await notices(watcher) == ["[watcher] the configuration: in trouble"]


async def test_a_mended_file_is_told_once_too(watcher: Watcher) -> None:
    reloader = Reloader(watcher)
    edit(watcher, "watches: [\n")
    assert not await reloader.reload()
    edit(watcher, GOOD)
    for _ in range(2):
        assert await reloader.reload()
    assert sorted(await notices(watcher)) == ["[watcher] the configuration: in trouble", "[watcher] well again"]
    assert (await watcher.store.status(watcher.pipeline.clock.now())).config_fault is None
    assert await look_after(watcher.pipeline) == 0


async def test_the_files_are_followed(watcher: Watcher) -> None:
    stop, hangup = asyncio.Event(), asyncio.Event()
    told: list[Reloaded] = []
    following = asyncio.create_task(follow(watcher, stop=stop, hangup=hangup, told=told.append))
    before = watcher.pipeline.rules
    edit(watcher, GOOD + "  # as it was\n")
    hangup.set()  # as SIGHUP does
    edit(watcher, GOOD.replace("Elon Musk", "Steve Bannon"))
    async with asyncio.timeout(20):
        while watcher.pipeline.rules is before:
            await asyncio.to_thread(lambda: None)
    assert finds(watcher, "Steve Bannon") == ["Steve Bannon"]
    stop.set()
    await following
    assert told[-1].good
    assert told[-1].config.sha256 != watcher.config.sha256


async def test_a_file_moved_into_place_is_seen_without_a_signal(watcher: Watcher) -> None:
    stop, hangup = asyncio.Event(), asyncio.Event()
    told: list[Reloaded] = []
    following = asyncio.create_task(follow(watcher, stop=stop, hangup=hangup, told=told.append))
    before = watcher.pipeline.rules
    new = watcher.config.folder / "new.tmp"
    async with asyncio.timeout(20):
        while watcher.pipeline.rules is before:  # the watch of the folder begins in its own time
            new.write_text(GOOD.replace("Elon Musk", "Steve Bannon"), encoding="utf-8")
            await asyncio.to_thread(new.replace, watcher.config.folder / "watchlist.yaml")
    assert finds(watcher, "Steve Bannon") == ["Steve Bannon"]
    stop.set()
    await following


async def test_another_fault_is_told_anew_and_what_it_took_the_place_of_is_not_over(watcher: Watcher) -> None:
    reloader = Reloader(watcher)
    for text in ("watches: [\n", "watches: [A, 'B]\n", GOOD):
        edit(watcher, text)
        await reloader.reload()
    assert sorted(await notices(watcher)) == [*["[watcher] the configuration: in trouble"] * 2, "[watcher] well again"]


@pytest.mark.parametrize(
    ("situation", "first", "second", "good"),
    [
        (
            "a file in two writes",
            GOOD.replace("Elon Musk]\n", 'Elon Musk, "Ste'),
            GOOD.replace("Musk]", "Musk, A B]"),
            True,
        ),
        ("a file that lost its watches for a moment", "feeds: [https://one.example/feed]\n", GOOD, True),
        ("a fault that stays", "watches: [\n", "watches: [\n", False),
    ],
)
async def test_a_file_that_may_be_half_written_is_waited_for(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch, situation: str, first: str, second: str, good: bool
) -> None:
    edit(watcher, first)

    async def rest(_seconds: float) -> None:
        edit(watcher, second)

    monkeypatch.setattr("watcher.app.reload.asyncio.sleep", rest)
    assert await Reloader(watcher).reload(patient=True) is good, situation
    assert finds(watcher, "Elon Musk") == ["Elon Musk"]
    assert len(await notices(watcher)) == (0 if good else 1)


async def test_the_line_and_column_of_what_is_no_utf_8(watcher: Watcher) -> None:
    (watcher.config.folder / "watchlist.yaml").write_bytes(GOOD.encode() + b"  # caf\xe9\n")
    assert not await Reloader(watcher).reload()
    told = (await watcher.store.status(watcher.pipeline.clock.now())).config_fault or ""
    assert "watchlist.yaml:3:8: this is not UTF-8 text" in told
