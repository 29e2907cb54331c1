"""What a reader sees of a field (R1)."""

from __future__ import annotations

import pytest
from ending import ends

from watcher.matching.text import display_text


@pytest.mark.parametrize(
    ("why", "raw", "shown"),
    [
        ("plain text stays as it is, white space too", "  Elon\n  Musk ", "  Elon\n  Musk "),
        ("inline tags leave nothing behind", "<b>El</b>on <a href='x'>Musk</a>", "Elon Musk"),
        ("blocks and breaks part words", "<p>One</p><p>Two<br/>Three</p>", "One\nTwo\nThree\n"),
        ("but only where nothing else does", "<li>One </li><li>Two</li>", "One Two\n"),
        ("cells are parted", "<td>One</td><td>Two</td>", "One\nTwo\n"),
        ("attributes may hold brackets", '<img alt="a > b < c">Musk', "Musk"),
        ("tags over several lines", "<a\n href='x'\n>Musk</a>", "Musk"),
        ("tags with a prefix of their own", "<o:p>Musk</o:p><my-tag>x</my-tag>", "Muskx"),
        ("what is no tag is text", "1 < 2, a<b, <3, <Musk>, x>y", "1 < 2, a<b, <3, <Musk>, x>y"),
        ("a tag that never ends is text", "Musk <a href='x", "Musk <a href='x"),
        ("comments, doctypes and instructions", "<!DOCTYPE html><?xml v?>a<!-- <b>x</b> -->b", "ab"),
        ("a comment that never ends hides the rest, as in a browser", "a<!-- b", "a"),
        ("what CDATA holds is text", "<![CDATA[Elon & ]]>Musk", "Elon & Musk"),
        ("scripts and styles are not seen", "a<script>if (a<b) x()</script >b<STYLE>c</STYLE>d", "abd"),
        ("entities by name, number and hexadecimal number", "&eacute;&#233;&#xE9;&amp;", "ééé&"),
        ("numbers of Windows-1252", "&#8217;&#146;", "’’"),
        ("what has no semicolon is none", "?a=1&copy=2 AT&T R&D;", "?a=1&copy=2 AT&T R&D;"),
        ("escaped twice", "Tom &amp;amp; Jerry&amp;#8217;s", "Tom & Jerry’s"),
        ("escaped twice, with tags", "&lt;p&gt;Elon &lt;b&gt;Musk&lt;/b&gt;&lt;/p&gt;", "Elon Musk\n"),
        ("but not three times", "&amp;amp;amp;", "&amp;"),
        ("composed", "e\u0301", "é"),
        ("Hangul is composed, too", "\u1112\u1161\u11ab", "한"),
        ("half a character is replaced", "a\ud800b", "a\ufffdb"),
        ("and so is NUL", "a\0b", "a\ufffdb"),
    ],
)
def test_display_text(why: str, raw: str, shown: str) -> None:
    assert display_text(raw) == shown, why


@pytest.mark.parametrize(
    "piece",
    ["<", "<a ", "<a '", '<a "x', "</", "<!--", "<![CDATA[", "<?", "<?x ", "<!x ", "&", "&#", "<p>", "<script>"],
)
def test_hostile_markup_takes_linear_time(piece: str) -> None:
    with ends():
        display_text(piece * 100_000)
