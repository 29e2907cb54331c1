"""The page and the feed of alerts over a real store: what a feed smuggles in goes out as text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree as ET

import httpx
import pytest
from one_alert import record

from watcher.model import Alert
from watcher.page import make_site
from watcher.store import SqlStore


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Alert]]:
    store = await SqlStore.open(tmp_path / "watcher.db")
    alert = await record(store)
    transport = httpx.ASGITransport(app=make_site(store))
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
    [("/status", 200), ("/healthz", 200), ("/alerts/none", 404), ("/stories/none", 404), ("/etc/passwd", 404)],
)
async def test_other_pages(client: tuple[httpx.AsyncClient, Alert], path: str, status: int) -> None:
    web, _ = client
    assert (await web.get(path)).status_code == status


async def test_the_page_only_reads(client: tuple[httpx.AsyncClient, Alert]) -> None:
    web, _ = client
    assert (await web.post("/")).status_code == 405
