"""Feeds and watches added to a watchlist: the new entry is there, and every other byte is where it was."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from watcher.matching.edit import add_feeds, watch_lines
from watcher.matching.terms import findable
from watcher.matching.watchlist import read_watchlist
from watcher.model import ConfigError, FeedSpec, Field, Read, Watch

SHIPPED = Path(__file__).parents[2] / "config" / "watchlist.yaml"
PLAIN = FeedSpec(url="https://example.org/rss")
FULL = FeedSpec(
    url="https://example.org/rss",
    name="NO: news",
    every=timedelta(minutes=90),
    read=Read.PAGE,
    tags=("world", "a, b", "1984"),
    scrape=False,
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "feeds:\n  - https://example.org/rss\n"),
        ("# mine\n", "# mine\n\nfeeds:\n  - https://example.org/rss\n"),
        ("watches: [A1]", "watches: [A1]\n\nfeeds:\n  - https://example.org/rss\n"),
        ("feeds:\nwatches: [A1]\n", "feeds:\n  - https://example.org/rss\nwatches: [A1]\n"),
        ("feeds: []  # none\nwatches: [A1]\n", "feeds:  # none\n  - https://example.org/rss\nwatches: [A1]\n"),
        ("feeds: [https://a.org/1]  # one\n", "feeds: [https://a.org/1, https://example.org/rss]  # one\n"),
        ("feeds: [\n  https://a.org/1,\n]\n", "feeds: [\n  https://a.org/1, https://example.org/rss,\n]\n"),
        (
            "feeds: [\n  https://a.org/1  # [1]\n  # no more\n]\n",
            "feeds: [\n  https://a.org/1, https://example.org/rss  # [1]\n  # no more\n]\n",
        ),
        ("feeds:\n- https://a.org/1", "feeds:\n- https://a.org/1\n- https://example.org/rss\n"),
        (
            "feeds:\n    - https://a.org/1  # first\n\n# the names\nwatches: [A1]\n",
            "feeds:\n    - https://a.org/1  # first\n    - https://example.org/rss\n\n# the names\nwatches: [A1]\n",
        ),
        (
            "feeds:\n  - url: https://a.org/1\n    tags: [a,\n      b]\n    # of a\n",
            "feeds:\n  - url: https://a.org/1\n    tags: [a,\n      b]\n  - https://example.org/rss\n    # of a\n",
        ),
        ("feeds:\r\n  - https://a.org/1\r\n", "feeds:\r\n  - https://a.org/1\r\n  - https://example.org/rss\r\n"),
        ("\ufefffeeds:\n  - https://a.org/1\n", "\ufefffeeds:\n  - https://a.org/1\n  - https://example.org/rss\n"),
    ],
)
def test_a_feed_is_added_in_the_style_of_the_file(before: str, after: str) -> None:
    assert add_feeds(before, [PLAIN]) == after


@pytest.mark.parametrize("text", ["feeds: &mine\n  - https://a.org/1\n", "---\nwatches: [A1]\n...\n"])
def test_a_list_that_cannot_be_added_to_is_told_in_its_own_lines(text: str) -> None:
    with pytest.raises(ConfigError, match="add it by hand") as fault:
        add_feeds(text, [PLAIN])
    assert "example.org" not in str(fault.value)


def test_all_settings_of_a_feed_are_written_and_read_back() -> None:
    after = add_feeds(SHIPPED.read_text(), [FULL])
    assert read_watchlist(after, file="w.yaml").feeds[-1] == FULL


def test_several_feeds_are_added_at_once() -> None:
    more = FeedSpec(url="https://b.org/2", name="B")
    assert add_feeds("feeds:\n- https://a.org/1 # a\n", [PLAIN, more]) == (
        "feeds:\n- https://a.org/1 # a\n- https://example.org/rss\n- url: https://b.org/2\n  name: B\n"
    )
    assert add_feeds("feeds: [https://a.org/1]", [PLAIN, more]) == (
        "feeds: [https://a.org/1, https://example.org/rss, {url: https://b.org/2, name: B}]"
    )


def test_the_shipped_file_loses_no_line() -> None:
    before = SHIPPED.read_text().splitlines()
    after = add_feeds(SHIPPED.read_text(), [FULL]).splitlines()
    kept = iter(after)
    assert all(line in kept for line in before)  # in order
    assert len(after) == len(before) + 6


def written_and_read(first: str, watch: Watch) -> Watch:
    text = "\n".join(["watches:", f"  - {first}", *watch_lines(watch)])
    return read_watchlist(text, file="w.yaml").watches[-1]


def test_all_settings_of_a_watch_are_written_and_read_back() -> None:
    watch = Watch(
        name='@a: "b"',
        also=("c, d", "[e]", "O'Neill", "NO", "Маск*", "#MeToo"),
        short=("Musk",),
        with_=("Tesla",),
        needs=("x1",),
        ignore=("musk deer",),
        never=("horoscope",),
        all_=(("watch:Elon Musk", "x, y"), ("z1",)),
        query='"Elon Musk" AND (asylum OR refuge)',
        regex=(r"\bSU\d{3,4}\b", r"it's"),
        where=(Field.TITLE,),
        lang=("no", "en"),
        feeds=("world",),
        channels=("desk",),
    )
    assert written_and_read("Elon Musk", watch) == watch


@settings(deadline=None)  # the first example loads what the others have
@example(":0")
@example("?0")
@given(st.text(max_size=40).filter(str.isprintable))  # a suggested name is made of words
def test_any_name_survives_being_written(name: str) -> None:
    name = name.strip()
    watch = Watch(name=name, also=(name,))
    try:
        read = written_and_read("Elon Musk", watch)
    except ConfigError:  # no name that could be found, or not one that YAML can hold
        assert not findable(name) or "*" in name or name == "Elon Musk"
    else:
        assert read == watch


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("feeds:\n  - https://example.org/rss\n", "this feed is in the list twice"),
        ("feeds:\n  - https://a.org/1\nwatchs: []\n", 'Did you mean "watches"?'),
        ("feeds: [", "is never closed"),
    ],
)
def test_a_file_that_would_not_be_accepted_is_not_made(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told.replace("?", r"\?")):
        add_feeds(text, [PLAIN])
