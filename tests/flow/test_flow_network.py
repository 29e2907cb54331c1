"""Our network goes down and comes back: no feed is blamed, it is told once, and polling goes on soon."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from newsroom import Newsroom, with_fields

import watcher.app.wiring
from watcher.app import Watcher, open_watcher, read_config
from watcher.daemon import Runner
from watcher.model import Feed, PollReport

PAPERS = 8


class Later:
    ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


async def _round(opened: Watcher, *, everything: bool = True) -> tuple[list[PollReport], dict[str, Feed]]:
    reports: list[PollReport] = []

    def told(report: object) -> None:
        if isinstance(report, PollReport):
            reports.append(report)

    await Runner(opened.pipeline, told=told).once(everything=everything)
    return reports, {feed.spec.url: feed for feed in await opened.store.feeds()}


def _as_it_was(feed: Feed) -> Feed:
    """Without what an outage may move: when it is asked, and that it could not be."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return replace(feed, due_at=moment, offline_since=None, revision=0)


async def test_when_most_hosts_cannot_be_reached_nobody_is_blamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Later()
    monkeypatch.setattr(watcher.app.wiring, "SystemClock", lambda: clock)
    room = Newsroom(clock.now)
    for number in range(PAPERS):
        room.add(f"paper {number}", with_fields())
    config = tmp_path / "config"
    config.mkdir()
    polling = {"gap": "0s", "contact": "desk@example.org"}
    settings = {"archive": "../archive", "polling": polling, "allow_private": ["127.0.0.0/8"]}
    (config / "watcher.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    with socket.socket() as taken:  # the same port when it is back
        taken.bind(("0.0.0.0", 0))
        room.port = taken.getsockname()[1]
    (config / "watchlist.yaml").write_text(yaml.safe_dump({"feeds": room.feeds, "watches": ["Nobody At All"]}), "utf-8")
    async with open_watcher(read_config(config), alone=True) as opened:
        async with room.open():
            _, well = await _round(opened)
        for _ in range(3):
            reports, after = await _round(opened)
            assert {url: _as_it_was(feed) for url, feed in after.items()} == {
                url: _as_it_was(feed) for url, feed in well.items()
            }
            assert all(feed.due_at <= clock.now() + timedelta(minutes=3) for feed in after.values())
            assert all(feed.offline_since for feed in after.values())
            told = [report.network for report in reports if report.network is not None]
            assert told == ([False] if clock.ahead == timedelta(0) else [])
            clock.ahead += timedelta(minutes=4)
        async with room.open():
            reports, back = await _round(opened, everything=False)
    assert [report.network for report in reports if report.network is not None] == [True]
    assert len(reports) == PAPERS
    assert all(feed.offline_since is None and feed.failures == 0 for feed in back.values())
