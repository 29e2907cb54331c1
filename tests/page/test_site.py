"""The page and the feed of alerts over a real store: what a feed smuggles in goes out as text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest
from one_alert import record
from prometheus_client.parser import text_string_to_metric_families

from watcher.model import Alert, Answer, Outcome, PollReport, PollResult, StatusReport
from watcher.page import Metrics, make_site
from watcher.store import CONFIG_FAULT, SqlStore

NOW = datetime(2026, 11, 23, tzinfo=UTC)
WELL = StatusReport(
    feeds={}, troubled=(), entries=0, baseline=0, stories=0, seeds=0, matches=0, outcomes={}, alerts=0,
    pending_captures=0, deliveries={}, due_feeds=0, due_captures=0, due_deliveries=0, last_poll=None, size=0,
)  # fmt: skip


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Alert]]:
    store = await SqlStore.open(tmp_path / "watcher.db")
    alert = await record(store)
    transport = httpx.ASGITransport(app=make_site(store, metrics=Metrics(config="abc"), moving=lambda: True))
    async with httpx.AsyncClient(transport=transport, base_url="http://page.example") as opened:
        yield opened, alert
    await store.close()


async def test_every_page_shows_the_alert_as_text(client: tuple[httpx.AsyncClient, Alert]) -> None:
    web, alert = client
    for path in (
        "/",
        "/?watch=Elon%20%3Cb%3EMusk%3C/b%3E",
        f"/alerts/{alert.id}",
        "/stories",
        f"/stories/{alert.story.id}",
    ):
        answer = await web.get(path)
        assert answer.status_code == 200, path
        assert "&lt;script&gt;" in answer.text, path
        assert "<script" not in answer.text
        assert "<img" not in answer.text
        assert 'href="javascript:' not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_the_alerts_are_an_atom_feed(client: tuple[httpx.AsyncClient, Alert]) -> None:
    web, alert = client
    root = ET.fromstring((await web.get("/feed.xml")).text)  # noqa: S314  our own words
    atom = {"a": "http://www.w3.org/2005/Atom"}
    assert [one.text for one in root.findall("a:entry/a:updated", atom)] == ["2026-11-23T12:00:00Z"]
    links = [one.get("href") for one in root.findall("a:entry/a:link", atom)]
    assert links == [f"http://page.example/alerts/{alert.id}"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/status", 200),
        ("/healthz", 200),
        ("/readyz", 200),
        ("/alerts/none", 404),
        ("/stories/none", 404),
        ("/etc/passwd", 404),
    ],
)
async def test_other_pages(client: tuple[httpx.AsyncClient, Alert], path: str, status: int) -> None:
    web, _ = client
    assert (await web.get(path)).status_code == status


async def test_the_page_only_reads(client: tuple[httpx.AsyncClient, Alert]) -> None:
    web, _ = client
    assert (await web.post("/")).status_code == 405


async def test_the_numbers_are_there_for_prometheus(client: tuple[httpx.AsyncClient, Alert]) -> None:
    web, _ = client
    text = (await web.get("/metrics")).text
    for line in ('watcher_config{sha256="abc"} 1.0', "watcher_config_good 1.0", 'watcher_due{step="poll"} 1.0'):
        assert line in text.splitlines()


async def test_a_daemon_that_is_stuck_or_runs_on_an_old_configuration_is_not_well(tmp_path: Path) -> None:
    store = await SqlStore.open(tmp_path / "watcher.db")
    moving = True
    site = make_site(store, metrics=Metrics(config="abc"), moving=lambda: moving)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=site), base_url="http://page.example") as web:
        await store.set_meta(CONFIG_FAULT, "watchlist.yaml:3:5: there is no such setting")
        assert [(await web.get(path)).status_code for path in ("/healthz", "/readyz")] == [200, 503]
        moving = False
        assert (await web.get("/healthz")).status_code == 503
    await store.close()


def test_what_steps_came_to_is_counted() -> None:
    metrics = Metrics(config="abc")
    metrics.told(PollReport(result=PollResult.CHANGED, new=3, seen=2, matches=1))
    metrics.told(Outcome(answer=Answer.DEFERRED))
    lines = metrics.text(WELL).decode().splitlines()
    for line in (
        'watcher_polls_total{result="changed"} 1.0',
        'watcher_entries_total{seen="new"} 3.0',
        "watcher_matches_total 1.0",
        'watcher_deliveries_total{answer="deferred"} 1.0',
    ):
        assert line in lines


def test_every_number_is_there_and_a_prometheus_parser_reads_them() -> None:
    metrics = Metrics(config="abc")
    metrics.told(PollReport(result=PollResult.CHANGED, new=3, seen=4, matches=2))
    metrics.told(Outcome(answer=Answer.DELIVERED, reason="250"))
    metrics.reloaded(config="def", good=False, at=1_700_000_000.0)
    families = text_string_to_metric_families(metrics.text(WELL).decode())
    found = {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}
    wanted = {
        ("watcher_polls_total", "changed"): 1,
        ("watcher_entries_total", "new"): 3,
        ("watcher_entries_total", "before"): 4,
        ("watcher_matches_total",): 2,
        ("watcher_deliveries_total", "delivered"): 1,
        ("watcher_alert_lag_seconds_count",): 0,
        ("watcher_due", "poll"): 0,
        ("watcher_config", "def"): 1,
        ("watcher_config_good",): 1,
        ("watcher_last_reload_good",): 0,
        ("watcher_last_reload_timestamp_seconds",): 1_700_000_000.0,
    }
    assert {key: found[key] for key in wanted} == wanted
    assert ("watcher_config", "abc") not in found


async def test_the_status_page_shows_what_was_told_as_text(tmp_path: Path) -> None:
    store = await SqlStore.open(tmp_path / "watcher.db")
    await store.raise_notice("feed:x:gone", "<b>Wire</b> is gone", NOW)
    transport = httpx.ASGITransport(app=make_site(store, metrics=Metrics(config="abc"), moving=lambda: True))
    async with httpx.AsyncClient(transport=transport, base_url="http://page.example") as web:
        assert "&lt;b&gt;Wire&lt;/b&gt; is gone" in (await web.get("/status")).text
    await store.close()


async def test_a_disk_that_takes_nothing_is_not_ready(tmp_path: Path) -> None:
    store, full = await SqlStore.open(tmp_path / "watcher.db"), ["the disk is full"]
    site = make_site(store, metrics=Metrics(config="abc"), moving=lambda: True, waits=lambda: full[0])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=site), base_url="http://page.example") as web:
        assert ((await web.get("/healthz")).status_code, (await web.get("/readyz")).status_code) == (200, 503)
        full[0] = ""
        assert (await web.get("/readyz")).json() == {"good": True, "config_fault": None, "waits": None}
    await store.close()
