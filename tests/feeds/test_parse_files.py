"""Every file in tests/data/feeds states what is to be read from it, and which reader reads it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from watcher.feeds.parse import AT_ONCE, parse, parse_fast
from watcher.feeds.slow import parse_any

FOLDER = Path(__file__).parent.parent / "data" / "feeds"
URL = "https://news.example/feeds/main.xml"


@dataclass(frozen=True)
class Case:
    name: str
    body: bytes
    reader: str
    expect: dict[str, Any]

    def __str__(self) -> str:
        return self.name


def read_case(path: Path) -> Case:
    body = path.read_bytes()
    if path.suffix == ".json":
        expect, _ = json.JSONDecoder().raw_decode(body.decode(), body.index(b'"_expect": ') + len('"_expect": '))
        return Case(path.name, body, "mended" if "warned" in expect else "fast", expect)
    codec = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else None
    said = re.search(rb"encoding: (\S+)", body)
    text = body.decode(codec or (said[1].decode() if said else "utf-8"), "replace")
    block = re.search(r"<!--\n(situation:.*?)\n-->", text, re.DOTALL)
    assert block, f"{path.name} states no expectation"
    stated = yaml.safe_load(block[1])
    return Case(path.name, body, stated["reader"], stated["expect"])


CASES = [read_case(path) for path in sorted(FOLDER.iterdir())]


def plain(value: Any) -> Any:
    """Dates as text, tuples as lists: as the files write them."""
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return str(value) if hasattr(value, "isoformat") else value


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_file_is_read_as_it_says(case: Case) -> None:
    feed = parse(case.body, url=URL)
    expect = dict(case.expect)
    entries = expect.pop("entries")
    if expect.pop("problem", None):
        assert feed.problem
    else:
        assert feed.problem is None
    if expect.pop("warned", False):
        assert feed.warning
    assert {name: plain(getattr(feed, name)) for name in expect} == plain_values(expect)
    assert len(feed.entries) == len(entries)
    for found, wanted in zip(feed.entries, entries, strict=True):
        assert {name: plain(getattr(found, name)) for name in wanted} == plain_values(wanted)


def plain_values(stated: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in stated.items()}


@pytest.mark.parametrize("case", [case for case in CASES if case.reader != "either"], ids=str)
def test_a_file_is_read_by_the_reader_that_it_names(case: Case) -> None:
    fast = parse_fast(case.body, url=URL)
    assert case.reader == ("slow" if fast is None else "mended" if fast.warning else "fast")


@pytest.mark.parametrize("case", [case for case in CASES if case.reader == "fast" and "json" not in case.name], ids=str)
def test_both_readers_find_the_same_titles_links_and_ids(case: Case) -> None:
    fast, slow = parse_fast(case.body, url=URL), parse_any(case.body, url=URL, content_type="")
    assert fast is not None
    assert [(one.title, one.link, one.guid) for one in fast.entries] == [
        (one.title, one.link, one.guid) for one in slow.entries
    ]
    assert (fast.title, fast.site_url, fast.language, fast.ttl) == (slow.title, slow.site_url, slow.language, slow.ttl)


RSS = '<rss version="2.0"><channel><title>T</title>{}</channel></rss>'


@pytest.mark.parametrize(
    ("shell", "item", "between"),
    [
        (RSS, "<item><guid>a{}</guid></item>", ""),
        (RSS, "<item><guid>a{}</guid><title>M & S</title></item>", ""),  # mended first
        ('<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{}</feed>', "<entry><id>a{}</id></entry>", ""),
        ('{{"title": "T", "items": [{}]}}', '{{"id": "a{}"}}', ","),
    ],
)
def test_the_fast_reader_leaves_a_document_of_very_many_entries_to_a_worker(
    shell: str, item: str, between: str
) -> None:
    few, many = (
        shell.format(between.join(map(item.format, range(count)))).encode() for count in (AT_ONCE, AT_ONCE + 1)
    )
    fast = parse_fast(few, url=URL)
    assert fast is not None
    assert len(fast.entries) == AT_ONCE
    assert parse_fast(many, url=URL) is None
    assert len(parse(many, url=URL).entries) == AT_ONCE + 1
