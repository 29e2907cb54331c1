"""The feeds that pages offer."""

from __future__ import annotations

import pytest

from watcher.feeds.discover import FeedLink, common_paths, discover

URL = "https://news.example/world/"


def page(head: str = "", body: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    ("head", "body", "found"),
    [
        ('<link rel="alternate" type="application/rss+xml" title="World" href="/rss">', "", [("/rss", "World", "rss")]),
        ("<LINK REL=alternate TYPE='application/atom+xml' HREF=a.xml>", "", [("/world/a.xml", "", "atom")]),
        ('<link rel="alternate" type="application/feed+json" href="/f.json">', "", [("/f.json", "", "json")]),
        ('<link rel="feed" href="/all">', "", [("/all", "", "")]),
        ('<link rel="alternate" type="application/json" href="/wp-json/1">', "", []),
        ('<link rel="alternate" type="text/xml" href="/rss.xml">', "", [("/rss.xml", "", "xml")]),
        ('<link rel="alternate" hreflang="de" href="/de/">', "", []),
        ('<link rel="stylesheet" type="text/css" href="/feed.css">', "", []),
        ('<base href="https://cdn.example/x/"><link rel=alternate type=application/rss+xml href=r>', "",
         [("https://cdn.example/x/r", "", "rss")]),
        ("", '<a href="/feeds/world.rss">World <b>RSS</b></a>', [("/feeds/world.rss", "World RSS", "")]),
        ("", '<a href="feed://feeds.example/x">x</a>', [("https://feeds.example/x", "x", "")]),
        ("", '<a href="/feedback">write us</a><a href="javascript:rss()">x</a><a href="/">home</a>', []),
        ('<link rel=alternate type=application/rss+xml title="Comments" href=/comments/feed>'
         '<link rel=alternate type=application/rss+xml title="News" href=/feed>', '<a href="/feed">again</a>',
         [("/feed", "News", "rss"), ("/comments/feed", "Comments", "rss")]),
        ('<link rel=alternate type="application/rss" href="/r"><link rel=alternate type="text/x-atom+xml" href=/a>', "",
         [("/r", "", "rss"), ("/a", "", "atom")]),
        ('<link rel=alternate type="text/xml" href="/latest">', "", [("/latest", "", "xml")]),
        ('<link rel=alternate type="text/xml+oembed" href="/rss">', "", []),
        ('<link rel=alternate title=RSS href="/feed.xml"><link rel=alternate href="/de/">', "",
         [("/feed.xml", "RSS", "")]),
        ('<link rel=alternate type=application/rss+xml title="Kommentare" href=/k>'
         '<link rel=alternate type=application/rss+xml title="Artikel" href=/a>', "",
         [("/a", "Artikel", "rss"), ("/k", "Kommentare", "rss")]),
        ("", '<a href="/rss/world.xml">World</a><a href="/sitemap.xml">Sitemap</a>', [("/rss/world.xml", "World", "")]),
        ("", '<a href="/12">RSS feed</a><a href="/13">What is an RSS feed, and how do you read one?</a>',
         [("/12", "RSS feed", "")]),
        ('<link rel=alternate type=application/rss+xml href="javascript:x">', "", []),
        ('<link rel=alternate type=application/rss+xml href="http://[broken">', "", []),
    ],
)  # fmt: skip
def test_a_page_names_its_feeds(head: str, body: str, found: list[tuple[str, str, str]]) -> None:
    wanted = [
        FeedLink(url=url if url.startswith("http") else f"https://news.example{url}", title=title, type=type_)
        for url, title, type_ in found
    ]
    assert list(discover(page(head, body), URL)) == wanted


def test_a_page_that_says_that_it_is_xml_is_no_reason_to_warn(recwarn: pytest.WarningsRecorder) -> None:
    assert discover(b'<?xml version="1.0"?>' + page('<link rel="feed" href="/f"/>'), URL)
    assert not recwarn.list


def test_of_a_link_that_holds_half_the_page_only_the_beginning_is_read() -> None:
    (found,) = discover(page(body='<a href="/rss">' + "<b>x</b>" * 60 + '<a href="/rss">end'), URL)
    assert found.title == " ".join("x" * 15)


@pytest.mark.parametrize("html", [b"", b"\x00\xff", b"<" * 50_000, b"<link" * 20_000])
def test_rubbish_offers_none(html: bytes) -> None:
    assert discover(html, URL) == ()


def test_the_usual_places_are_tried_in_the_section_first() -> None:
    paths = common_paths("https://news.example/world/?page=2")
    assert paths[0] == "https://news.example/world/feed"
    assert "https://news.example/rss.xml" in paths
    assert len(set(paths)) == len(paths)
    assert common_paths("ftp://news.example/") == ()
