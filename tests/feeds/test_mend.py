"""Damage of the usual kinds, and the same words after mending."""

from __future__ import annotations

import pytest

from watcher.feeds.mend import mend, outside_cdata
from watcher.feeds.prolog import as_utf8, bare

RSS = b"<rss><channel><item><title>%s</title></item></channel></rss>"


def title(inside: bytes) -> bytes:
    """What stands in the title after mending."""
    mended = mend(RSS % inside, "")
    assert mended is not None
    return mended.partition(b"<title>")[2].partition(b"</title>")[0]


@pytest.mark.parametrize(
    ("broken", "sound"),
    [
        (b"Fish & chips", b"Fish &amp; chips"),
        (b"Fish &amp; chips", b"Fish &amp; chips"),
        (b"&nbsp;&eacute;&lt;&apos;", b"&#160;&#233;&lt;&apos;"),
        (b"&nosuch; AT&T; &", b"&amp;nosuch; AT&amp;T; &amp;"),
        (b"&#65; &#x41; &#X41;", b"&#65; &#65; &#65;"),
        (b"&#xD800;&#0;&#x110000;ok", b"ok"),
        (b"a\x00b\x0bc\td", b"ab c\td"),
        (b"<![CDATA[Fish & chips &nbsp;]]> & co", b"<![CDATA[Fish & chips &nbsp;]]> &amp; co"),
        (b"<![CDATA[never closed & so on", b"<![CDATA[never closed &amp; so on"),
    ],
)
def test_the_usual_damage_is_mended(broken: bytes, sound: bytes) -> None:
    assert title(broken) == sound


@pytest.mark.parametrize(
    ("around", "wanted"),
    [
        (b"\n\n  %s\n", b"%s"),
        (b"<br/>Warning: <b>x</b> %s", b"%s"),
        (b"%s<!-- 0.3 s --><script>1 && 2</script>", b"%s"),
        (
            b'<?xml version="1.0" encoding="koi8-r"?>\n<?xml-stylesheet href="x"?><!-- c -->%s',
            b'encoding="koi8-r"?>\n%s',
        ),
        (b'<!DOCTYPE rss [\n<!ENTITY name "words">]>%s', b"%s"),
        (b"%s<item>stray</item>", b"%s<item>stray</item>"),
        (b"<item>stray</item>%s", b"<item>stray</item>%s"),
    ],
)
def test_what_stands_around_a_feed_goes_unless_it_holds_entries(around: bytes, wanted: bytes) -> None:
    feed = RSS % b"x"
    assert bare(around % feed).endswith(wanted % feed)


def test_declared_entities_are_written_out_if_they_are_harmless() -> None:
    head = b'<!DOCTYPE rss [<!ENTITY me "Ann"><!ENTITY it SYSTEM "file:///etc/passwd"><!ENTITY all "&me;&me;">]>'
    assert b"<title>Ann &it; &all;</title>" in bare(head + RSS % b"&me; &it; &all;")


def test_entities_are_written_out_until_they_make_a_document_huge() -> None:
    head = b'<!DOCTYPE rss [<!ENTITY me "' + b"x" * 900 + b'">]>'
    body = head + RSS % (b"&me;" * 2000)
    assert len(bare(body)) < len(body) + 1_000_000


def test_prefixes_that_nobody_declared_are_declared() -> None:
    mended = mend(b"<rss><channel><item><dc:creator>Ann</dc:creator><x:y>z</x:y></item></channel></rss>", "")
    assert mended is not None
    assert mended.startswith(b'<rss xmlns:dc="http://purl.org/dc/elements/1.1/">')


@pytest.mark.parametrize("body", [b"<html><p>no feed</p></html>", b"", b"\xff\xfe<\x00r\x00s\x00s\x00>\x00"])
def test_what_is_no_feed_is_not_mended(body: bytes) -> None:
    assert mend(body, "") is None


def test_a_change_is_made_outside_cdata_only() -> None:
    assert outside_cdata(b"a<![CDATA[a]]>a<![CDATA[]]>a", lambda part: part.upper()) == b"A<![CDATA[a]]>A<![CDATA[]]>A"


@pytest.mark.parametrize(
    ("title", "read"),
    [
        (b"caf\xe9 au lait", "café au lait"),
        (b"it\x92s \x93here\x94", "it’s “here”"),
        ("Zürich, cut of".encode() + b"f Z\xc3", "Zürich, cut off Z\N{REPLACEMENT CHARACTER}"),
        ("cut Маск".encode()[:-1], "cut Мас\N{REPLACEMENT CHARACTER}"),
        ("so “it".encode() + b" \xe2\x80", "so “it \N{REPLACEMENT CHARACTER}"),
        (b"one\x0btwo\x0cthree\x01", "one two three"),
    ],
)
def test_a_few_bytes_of_another_encoding_do_not_damage_the_rest(title: bytes, read: str) -> None:
    mended = mend(b"<rss><channel><title>%s</title><item>%s</item></channel></rss>" % (title, RUSSIAN.encode() * 9), "")
    assert mended is not None
    assert f"<title>{read}</title>" in mended.decode()


RUSSIAN = "Маск"


@pytest.mark.parametrize(
    ("declared", "charset", "codec", "certain"),
    [
        ("windows-1251", "", "cp1251", True),
        ("windows-1251", "windows-1251", "cp1251", True),
        ("utf-8", "windows-1251", "utf-8", True),
        ("", "windows-1251", "cp1251", True),
        ("", "koi8-r", "koi8-r", True),
        ("x-unknown", "", "cp1251", False),
        ("utf-8", "", "cp1251", False),
    ],
)
def test_a_document_becomes_utf8_where_its_encoding_is_certain(
    declared: str, charset: str, codec: str, certain: bool
) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = (head + f"<rss>{RUSSIAN}</rss>").encode(codec)
    content_type = f'text/xml; charset="{charset}"' if charset else "text/xml"
    assert (f"<rss>{RUSSIAN}</rss>".encode() in as_utf8(body, content_type)) is certain
