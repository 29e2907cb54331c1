"""What the newsroom serves: feeds that readers can read, pages as papers have them, and news as the seconds go by."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import feedparser
import httpx
import pytest
from lxml import etree

from watcher.demo import press
from watcher.demo.newsroom import Newsroom, open_newsroom
from watcher.demo.outlets import Fault, Format, Outlet, Story, read_outlets
from watcher.demo.press import Edition
from watcher.demo.server import Request

OUTLETS = {outlet.slug: outlet for outlet in read_outlets()}
START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def edition(outlet: Outlet, seconds: float = 0) -> Edition:
    return Edition(outlet=outlet, address="http://127.0.0.1:1", start=START, seconds=seconds)


def read(body: bytes, content_type: str) -> Any:
    return feedparser.parse(io.BytesIO(body), response_headers={"content-type": content_type})


class Wall:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.time = 100.0

    def __call__(self) -> float:
        return self.time


def newsroom_at(clock: Wall) -> Newsroom:
    newsroom = Newsroom(tuple(OUTLETS.values()), clock=clock, start=START)
    newsroom.addresses = {slug: f"http://127.0.0.1:{port}" for port, slug in enumerate(OUTLETS, 1)}
    return newsroom


def ask(newsroom: Newsroom, slug: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    reply = newsroom.answer(OUTLETS[slug], Request(method="GET", path=path, headers=names))
    return int(reply.status), dict(reply.headers), reply.body


@pytest.mark.parametrize("outlet", [o for o in OUTLETS.values() if o.format is not Format.JSON], ids=lambda o: o.slug)
def test_every_entry_of_an_xml_feed_is_read(outlet: Outlet) -> None:
    found = read(press.feed(edition(outlet)), f"application/xml; charset={outlet.encoding}")
    stories = edition(outlet).stories
    assert [entry.title.strip() for entry in found.entries] == [story.title for story in stories]
    assert [entry.link for entry in found.entries] == [edition(outlet).link(story) for story in stories]


def test_the_json_feed_names_its_stories() -> None:
    outlet = OUTLETS["orbit-post"]
    items = json.loads(press.feed(edition(outlet)))["items"]
    assert [item["title"] for item in items] == [story.title for story in edition(outlet).stories]


@pytest.mark.parametrize(("slug", "well"), [("harbour-times", True), ("reka-news", True), ("eastern-mirror", False)])
def test_only_the_broken_feed_is_refused_by_a_strict_parser(slug: str, well: bool) -> None:
    body = press.feed(edition(OUTLETS[slug]))
    if well:
        assert etree.fromstring(body).tag == "rss"
    else:
        with pytest.raises(etree.XMLSyntaxError):
            etree.fromstring(body)


def test_cyrillic_is_sent_in_its_own_charset() -> None:
    assert "Маск".encode("windows-1251") in press.feed(edition(OUTLETS["reka-news"]))


def test_full_text_is_in_the_agencys_feed_and_markup_in_it_stays_text() -> None:
    wire = OUTLETS["northern-wire"]
    odd = replace(wire, stories=(replace(wire.stories[0], text="a < b & c"),))
    (entry,) = read(press.feed(edition(odd)), "application/atom+xml").entries
    assert entry.content[0].value == "<p>a &lt; b &amp; c</p>"


def test_a_page_shows_its_story_and_its_furniture() -> None:
    outlet = OUTLETS["county-observer"]
    story = outlet.stories[0]
    html = press.page(edition(outlet), story).decode()
    assert all(paragraph.replace("'", "&#39;")[:40] in html for paragraph in story.paragraphs)
    assert "<aside" in html
    assert "Elon Musk" in html


def test_a_page_behind_a_paywall_holds_back_all_but_the_first_paragraph() -> None:
    outlet = OUTLETS["metro-globe"]
    story = next(story for story in outlet.stories if story.paywall)
    html = press.page(edition(outlet), story).decode()
    assert story.paragraphs[0][:40] in html
    assert story.paragraphs[1][:40] not in html
    assert '"isAccessibleForFree": false' in html


def test_a_headline_cannot_break_out_of_the_page_or_its_data() -> None:
    outlet = OUTLETS["harbour-times"]
    story = replace(outlet.stories[0], title="</script><script>alert(1)</script> & <b>")
    html = press.page(edition(outlet), story).decode()
    assert "<script>alert" not in html


def test_the_same_moment_gives_the_same_bytes() -> None:
    for outlet in OUTLETS.values():
        assert press.feed(edition(outlet, 5)) == press.feed(edition(outlet, 5))


def test_the_script_begins_with_the_first_poll() -> None:
    clock = Wall()
    newsroom = newsroom_at(clock)
    clock.time += 60
    assert newsroom.seconds == 0
    ask(newsroom, "harbour-times", "/feed.xml")
    clock.time += 2
    assert newsroom.seconds == 2


def test_a_feed_is_304_until_something_is_published() -> None:
    clock = Wall()
    newsroom = newsroom_at(clock)
    status, headers, _ = ask(newsroom, "harbour-times", "/feed.xml")
    assert status == 200
    assert ask(newsroom, "harbour-times", "/feed.xml", if_none_match=headers["ETag"])[0] == 304
    assert ask(newsroom, "harbour-times", "/feed.xml", if_modified_since=headers["Last-Modified"])[0] == 304
    clock.time += 5
    status, later, body = ask(newsroom, "harbour-times", "/feed.xml", if_none_match=headers["ETag"])
    assert status == 200
    assert later["ETag"] != headers["ETag"]
    assert b"contracts with SpaceX are under review" in body


def test_a_story_rewritten_in_place_keeps_its_page_and_changes_the_feeds_validators() -> None:
    clock = Wall()
    newsroom = newsroom_at(clock)
    first = ask(newsroom, "northern-wire", "/feed.xml")[1]
    page = "/2026/11/23/rocket-test-flight.html"
    assert b"by a day because of wind" in ask(newsroom, "northern-wire", page)[2]
    clock.time += 4
    assert ask(newsroom, "northern-wire", "/feed.xml")[1]["Last-Modified"] != first["Last-Modified"]
    assert b"for a second time because of wind" in ask(newsroom, "northern-wire", page)[2]


@pytest.mark.parametrize(
    ("slug", "path", "status"),
    [
        ("daily-static", "/feed.xml", 500),
        ("harbour-times", "/", 200),
        ("harbour-times", "/robots.txt", 200),
        ("harbour-times", "/most-read/1", 404),
        ("harbour-times", "/2026/11/23/contracts-under-review.html", 404),  # not yet published
    ],
)
def test_addresses(slug: str, path: str, status: int) -> None:
    assert ask(newsroom_at(Wall()), slug, path)[0] == status


def test_a_copy_leads_to_the_story_that_it_copies() -> None:
    newsroom = newsroom_at(Wall())
    copied = f"{newsroom.addresses['harbour-times']}/2026/11/23/asylum-if-he-asked.html"
    assert newsroom.root_of(copied) == "northern-wire/lawmaker-asylum-remark"
    assert newsroom.root_of("http://example.org/x") == "http://example.org/x"


def test_all_is_told_once_every_feed_was_asked_after_the_last_story() -> None:
    clock = Wall()
    newsroom = newsroom_at(clock)
    asked = [outlet for outlet in OUTLETS.values() if outlet.fault is not Fault.DOWN]
    for outlet in asked:
        ask(newsroom, outlet.slug, "/feed.xml")
    assert not newsroom.all_told
    clock.time += 60
    for outlet in asked[1:]:
        ask(newsroom, outlet.slug, "/feed.xml")
    assert not newsroom.all_told
    ask(newsroom, asked[0].slug, "/feed.xml")
    assert newsroom.all_told


async def test_it_answers_on_the_wire_and_keeps_the_connection() -> None:
    async with open_newsroom(tuple(OUTLETS.values())) as newsroom, httpx.AsyncClient(trust_env=False) as client:
        shown = newsroom.edition(OUTLETS["harbour-times"])
        first = await client.get(shown.feed_link())
        again = await client.get(shown.feed_link(), headers={"If-None-Match": first.headers["ETag"]})
        story: Story = shown.stories[0]
        page = await client.get(shown.link(story))
    assert (first.status_code, again.status_code, page.status_code) == (200, 304, 200)
    assert again.content == b""
    assert story.paragraphs[0][:30] in page.text
