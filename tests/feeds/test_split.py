"""Large documents with tags in disorder: what is whole is read whole, and feedparser is given the damage alone."""

from __future__ import annotations

import pytest

from watcher.feeds.parse import LARGE, parse
from watcher.feeds.split import split

URL = "https://news.example/feed"
TEXT = b"Words that a story is told in, more of them than a headline has. " * 20
MANY = LARGE // len(TEXT) + 50
SHELLS = {
    "rss": (
        b"<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>Wire</title>",
        b"item",
        b"</channel></rss>",
    ),
    "atom": (b"<feed xmlns='http://www.w3.org/2005/Atom'><title>Wire</title>", b"entry", b"</feed>"),
    "rdf": (
        b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
        b"<channel rdf:about='x'><title>Wire</title></channel>",
        b"item",
        b"</rdf:RDF>",
    ),
}


def entries(tag: bytes) -> list[bytes]:
    summary = b"summary" if tag == b"entry" else b"description"
    return [
        b"<%s><title>Story %d</title><%s>%s</%s></%s>" % (tag, number, summary, TEXT, summary, tag)
        for number in range(MANY)
    ]


def titles(body: bytes) -> list[str]:
    return [entry.title for entry in parse(body, url=URL).entries]


STORIES = [f"Story {number}" for number in range(MANY)]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("damage", ["no end", "cut in an entry", "a wrong end tag", "a tag that never ends"])
def test_a_large_damaged_feed_loses_no_whole_entry(shell: str, damage: str) -> None:
    head, tag, end = SHELLS[shell]
    all_ = entries(tag)
    if damage == "a wrong end tag":
        all_[7] = all_[7].replace(b"</title>", b"</titel>")
    if damage == "a tag that never ends":
        all_[7] = all_[7].replace(b"</title>", b"</title><b>")
    body = head + b"\n".join(all_) + end
    if damage == "no end":
        body = body.removesuffix(end)
    if damage == "cut in an entry":
        body = body[: body.rindex(b"more of them")]
    feed = parse(body, url=URL)
    assert feed.title == "Wire"
    assert feed.problem is None
    assert feed.warning
    whole = [title for title in STORIES if title != "Story 7"]
    assert [entry.title for entry in feed.entries if entry.title in whole] == whole
    assert len(feed.entries) == MANY
    assert [entry.title for entry in feed.entries if entry.cut] == (STORIES[-1:] if damage == "cut in an entry" else [])


def test_feedparser_sees_the_damage_alone() -> None:
    head, tag, end = SHELLS["rss"]
    all_ = entries(tag)
    all_[3] = all_[3].replace(b"</title>", b"</titel>")
    parts = split(head + b"".join(all_) + end)
    assert parts is not None
    assert parts.rest == head + all_[3] + end
    assert parts.headed.count(b"<item>") == parts.bare.count(b"<item>") == MANY - 1


@pytest.mark.parametrize(
    ("situation", "head", "inside", "expected"),
    [
        ("a damaged head", b"<rss><channel><title>Wire</titel>", b"", STORIES),
        ("an entry in a comment", SHELLS["rss"][0], b"<!-- <item><title>Old</title></item> --></b>", STORIES),
        (
            "an entry in a text",
            SHELLS["rss"][0],
            b"<item><title>HTML</title><description><![CDATA[<item>x</item>]]></description></item></b>",
            ["HTML", *STORIES],
        ),
    ],
)
def test_what_only_looks_like_an_entry_is_none(situation: str, head: bytes, inside: bytes, expected: list[str]) -> None:
    body = head + inside + b"".join(entries(b"item"))
    assert sorted(titles(body)) == sorted(expected), situation


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel><item><title>x</titel></item>",
        b"<item><title>no root</title></item>",
        b"<rss><channel><title>no entries</titel>",
        b"<rss><item>" * 5000,
        b"<rss>" + b"<item></b></item>" * 5000,
        b"<rss><item><![CDATA[" * 2000,
        b"",
    ],
)
def test_where_nothing_is_whole_nothing_is_split(body: bytes) -> None:
    assert split(body) is None
