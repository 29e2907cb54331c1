"""Links of Google News and AMP -> the publisher's own where the link or the page tells; else they stay, and say so."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from watcher.app import open_watcher, read_config
from watcher.daemon import Runner
from watcher.model import (
    Entry,
    Extraction,
    HostPause,
    Middleman,
    Response,
    middleman,
    publisher_in,
)
from watcher.stories.behind import forwarded, own_link, settled

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OWN = "https://news.example/world/story-1"
OPAQUE = "https://news.google.com/rss/articles/CBMiY0FVX3lxTFBQUVJTVFVWV1hZWjAxMjM0NTY3ODk?oc=5"


def google(own: str) -> str:
    """A link of Google News as it was written until 2024."""
    size = len(own)
    length = bytes((size,)) if size < 128 else bytes((size & 0x7F | 0x80, size >> 7))
    record = b"\x08\x13\x22" + length + own.encode() + b"\xd2\x01\x00"
    return f"https://news.google.com/rss/articles/{base64.urlsafe_b64encode(record).decode().rstrip('=')}?oc=5"


LONG = OWN + "/" + "a" * 150
LINKS = {
    "the publisher's": (OWN, None, None),
    "Google News, with the address in its id": (google(OWN), Middleman.GOOGLE_NEWS, OWN),
    "and a long one": (google(LONG), Middleman.GOOGLE_NEWS, LONG),
    "Google News, with an id that tells nothing": (OPAQUE, Middleman.GOOGLE_NEWS, None),
    "Google News within Google News": (google(OPAQUE), Middleman.GOOGLE_NEWS, None),
    "an alert's link": (f"https://www.google.com/url?rct=j&url={OWN}&ct=ga", Middleman.GOOGLE_NEWS, OWN),
    "an alert's link to a script": ("https://www.google.com/url?url=javascript:x", Middleman.GOOGLE_NEWS, None),
    "Google's AMP viewer": ("https://www.google.com/amp/s/news.example/a", Middleman.AMP, "https://news.example/a"),
    "an AMP cache": (
        "https://news-example.cdn.ampproject.org/c/s/news.example/a?p=1", Middleman.AMP, "https://news.example/a?p=1",
    ),
    "an AMP cache under its own name, with what it adds": (
        "https://cdn.ampproject.org/v/s/news.example/a?usqp=mq33&p=1&amp_js_v=0.1", Middleman.AMP,
        "https://news.example/a?p=1",
    ),
    "Google without www": ("https://google.com/url?q=" + OWN, Middleman.GOOGLE_NEWS, OWN),
    "Google News as its readers once linked it": (
        google(OWN).replace("/rss/", "/__i/rss/rd/"), Middleman.GOOGLE_NEWS, OWN,
    ),
    "Google that asks for consent first": (
        "https://consent.google.com/ml?gl=DE&continue=" + quote(google(OWN), safe=""), Middleman.GOOGLE_NEWS, OWN,
    ),
    "and tells no more": ("https://consent.google.com/ml?continue=" + OPAQUE, Middleman.GOOGLE_NEWS, None),
    "an AMP edition": (OWN + "/amp/", Middleman.AMP, None),
    "an AMP edition by a parameter": (OWN + "?outputType=amp", Middleman.AMP, None),
    "Google itself": ("https://www.google.com/search?q=x", None, None),
    "what is no address": ("https://[", None, None),
}  # fmt: skip


@pytest.mark.parametrize(("link", "whose", "behind"), LINKS.values(), ids=LINKS)
def test_whose_a_link_is_and_what_is_written_in_it(link: str, whose: Middleman | None, behind: str | None) -> None:
    assert (middleman(link), publisher_in(link)) == (whose, behind)
    assert own_link(Entry(link=link)).link == (behind or link)


def page(body: str, url: str = OPAQUE) -> Response:
    return Response(url=url, status=200, headers={}, body=body.encode(), fetched_at=NOW)


GOOGLES = '<link rel="canonical" href="https://news.google.com/x"><a href="https://support.google.com/" rel="nofollow">'
PAGES = {
    "data on the page": (f'<c-wiz data-n-au="{OWN}">', OWN),
    "a refresh": (f"<meta http-equiv='refresh' content='0;url={OWN}'>", OWN),
    "a script": ('<script>window.location.replace("https:\\/\\/news.example\\/a?b\\x3dc")</script>', "https://news.example/a?b=c"),
    "a canonical address": (f'<link href="{OWN}" rel="canonical">', OWN),
    "a link for who has no script": (f'<noscript><a href="{OWN}?a=1&amp;b=2" rel="nofollow">', OWN + "?a=1&b=2"),
    "only Google's own": (GOOGLES, None),
    "Google's own first": (GOOGLES + f'<a href="{OWN}" rel="nofollow">', OWN),
    "nothing": ("<p>Opening…</p>", None),
    "a script for an address": ('<meta http-equiv=refresh content="0;url=javascript:alert(1)">', None),
}  # fmt: skip


@pytest.mark.parametrize(("body", "behind"), PAGES.values(), ids=PAGES)
def test_where_a_page_that_only_forwards_leads(body: str, behind: str | None) -> None:
    assert forwarded(page(body)) == behind
    assert forwarded(page(body, url=OWN)) is None


@pytest.mark.parametrize(
    ("url", "canonical", "settled_url", "via"),
    [
        (OWN + "/amp", OWN, OWN, None),
        (OWN + "/amp", OWN + "/amp", OWN + "/amp", Middleman.AMP),
        (OWN + "/amp", None, OWN + "/amp", Middleman.AMP),
        (OPAQUE, None, OPAQUE, Middleman.GOOGLE_NEWS),
        (OWN, "https://other.example/a", OWN, None),
    ],
)
def test_a_story_stands_under_its_publishers_address(
    url: str, canonical: str | None, settled_url: str, via: Middleman | None
) -> None:
    found = settled(Extraction(url=url, canonical_url=canonical))
    assert (found.url, found.via) == (settled_url, via)


class Web:
    """A feed of four links, and the pages behind them."""

    def __init__(self) -> None:
        self.pages: list[str] = []

    async def feed(self, url: str, *, etag: bytes | None, last_modified: bytes | None) -> Response:
        links = (google(OWN + "-id"), OPAQUE, OPAQUE.replace("?", "A?"), OWN + "-edition/amp")
        items = "".join(
            f"<item><guid>{link}</guid><link>{link}</link><title>Anna Bell opens school number {number}</title>"
            f"<pubDate>{datetime.now(UTC):%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for number, link in enumerate(links)
        )
        body = f'<rss version="2.0"><channel><title>Links</title>{items}</channel></rss>'.encode()
        return Response(url=url, status=200, headers={}, body=body, fetched_at=NOW)

    async def page(self, url: str) -> Response:
        self.pages.append(url)
        if url == OPAQUE:
            return page(f'<c-wiz data-n-au="{OWN}-told">', url)
        if middleman(url) is Middleman.GOOGLE_NEWS:
            return page("<p>Opening…</p>", url)
        text = "".join(f"<p>Anna Bell opened school {url[-9:]} with part {n} of a speech.</p>" for n in range(9))
        canonical = f'<link rel="canonical" href="{url.removesuffix("/amp")}">'
        return page(f"<html><head>{canonical}<title>Anna Bell {url[-9:]}</title></head><article>{text}</article>", url)

    def left_alone(self) -> tuple[HostPause, ...]:
        return ()

    async def aclose(self) -> None:
        pass


async def test_stories_and_alerts_name_the_publisher_or_who_stands_before_it(tmp_path: Path) -> None:
    (tmp_path / "watchlist.yaml").write_text("feeds: [https://feeds.example/rss]\nwatches: [Anna Bell]\n", "utf-8")
    (tmp_path / "watcher.yaml").write_text("archive: archive\n", "utf-8")
    web = Web()
    async with open_watcher(read_config(tmp_path)) as watcher:
        await watcher.pipeline.fetcher.aclose()
        watcher.pipeline.fetcher = web
        await Runner(watcher.pipeline).once()
    heads = [
        yaml.safe_load(file.read_text("utf-8").split("---\n", 2)[1])
        for file in (tmp_path / "archive" / "stories").rglob("*.md")
    ]
    kept = OPAQUE.replace("?", "A?")
    assert {(head["url"], head["via"]) for head in heads} == {
        (OWN + "-id", None), (OWN + "-told", None), (kept, "google-news"), (OWN + "-edition", None),
    }  # fmt: skip
    assert sorted(web.pages) == sorted([OWN + "-id", OPAQUE, OWN + "-told", kept, OWN + "-edition/amp"])
