"""Lists of feeds, from other readers and back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.feeds.opml import read_opml, write_opml
from watcher.model import FeedSpec

OTHER_READER = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>My feeds</title></head><body>
<outline text="News" title="News">
  <outline text="Russia"><outline type="rss" text="Wire" title="The Wire" xmlUrl="https://wire.example/rss?a=1&b=2"/></outline>
  <outline text="BBC" type="rss" xmlUrl="http://bbc.example/rss.xml" htmlUrl="http://bbc.example/"/>
</outline>
<outline text="Blog" XMLURL="https://blog.example/feed" category="/Tech/Linux,News"/>
<outline text="BBC again" xmlUrl="http://bbc.example/rss.xml"/>
<outline text="Bad" xmlUrl="javascript:alert(1)"/><outline text="Empty folder"/>
</body></opml>"""


def test_another_readers_list_is_read_with_its_folders_as_tags() -> None:
    assert read_opml(OTHER_READER) == (
        FeedSpec(url="https://wire.example/rss?a=1&b=2", name="The Wire", tags=("News", "Russia")),
        FeedSpec(url="http://bbc.example/rss.xml", name="BBC", tags=("News",)),
        FeedSpec(url="https://blog.example/feed", name="Blog", tags=("Tech/Linux", "News")),
    )


ONE = '<opml version="2.0"><body><outline text="Zürich" type="rss" xmlUrl="http://a.example/f"/></body></opml>'


@pytest.mark.parametrize(
    "document",
    [
        ONE.encode(),
        b"\xef\xbb\xbf\n" + ONE.encode(),
        ONE.encode("utf-16"),
        ONE.encode("latin-1"),
        b'<?xml version="1.0" encoding="utf-8"?>' + ONE.encode("latin-1"),
        b'<?xml version="1.0" encoding="iso-8859-1"?>' + ONE.encode("latin-1"),
        b'<?xml version="1.0" encoding="utf-16"?>' + ONE.encode(),
        b"Warning: something in list.php\n" + ONE.encode(),
        ONE.replace("<opml", '<opml xmlns="http://opml.org/spec2"').encode(),
        ONE.replace("opml", "OPML").replace("body", "BODY").replace("outline", "OUTLINE").encode(),
        ONE.replace("xmlUrl", "url").encode(),
    ],
)
def test_lists_in_odd_shapes_say_the_same(document: bytes) -> None:
    assert read_opml(document) == (FeedSpec(url="http://a.example/f", name="Zürich"),)


def test_a_page_is_no_list() -> None:
    with pytest.raises(ValueError, match="not an OPML list"):
        read_opml(b"<html><body><p>hello</p></body></html>")


@pytest.mark.parametrize("document", [b"", b"hello", b"<rss/>", b"{}", b"<opml"])
def test_what_is_no_list_is_told(document: bytes) -> None:
    if document == b"<opml":
        assert read_opml(document) == ()
        return
    with pytest.raises(ValueError, match="not an OPML list"):
        read_opml(document)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("feed://a.example/f", "http://a.example/f"),
        ("feed:https://a.example/f", "https://a.example/f"),
        (" Feed://https://a.example/f ", "https://a.example/f"),
        ("https://a.example/feed:b", "https://a.example/feed:b"),
        ("https://a.example/my feed", "https://a.example/my%20feed"),
        ("ftp://a.example/f", None),
        ("", None),
    ],
)
def test_addresses_that_say_feed_for_web(address: str, url: str | None) -> None:
    document = f'<opml><body><outline xmlUrl="{address}"/></body></opml>'.encode()
    assert [spec.url for spec in read_opml(document)] == ([url] if url else [])


def test_an_entity_that_is_a_file_is_not_read() -> None:
    document = b"""<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<opml><body><outline text="&x;" xmlUrl="https://a.example/"/></body></opml>"""
    assert "root:" not in repr(read_opml(document))


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Z", "Cn", "Co")), min_size=1, max_size=20)
specs = st.lists(
    st.builds(
        FeedSpec,
        url=st.integers(0, 99).map("https://news.example/?a=1&b=<{}>".format),
        name=st.one_of(st.none(), words),
        tags=st.lists(words, max_size=3, unique=True).map(tuple),
    ),
    max_size=8,
    unique_by=lambda spec: spec.url,
)


@given(specs)
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_what_goes_out_comes_in_again_the_same(feeds: list[FeedSpec]) -> None:
    again = read_opml(write_opml(tuple(feeds)).encode())
    assert sorted(again, key=lambda spec: spec.url) == sorted(feeds, key=lambda spec: spec.url)
