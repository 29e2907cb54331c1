"""match, extract, group, feeds show: documents that did not come from a feed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from calling import Watcher

WATCHLIST = """\
watches:
  - name: Elon Musk
    short: [Musk]
    with: [Tesla, SpaceX]
    ignore: [musk deer]
  - name: Kim
    case: x
"""


@pytest.fixture
def watchlist(tmp_path: Path) -> Path:
    file = tmp_path / "watchlist.yaml"
    file.write_text(WATCHLIST.split("  - name: Kim")[0], encoding="utf-8")
    return file


def lines(*documents: object) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


def test_match_takes_the_source_for_the_feed(watcher: Watcher, tmp_path: Path) -> None:
    file = tmp_path / "watchlist.yaml"
    feed = "{url: https://a.example/rss, name: Al Jazeera, tags: [world]}"
    watches = "[{name: Elon Musk, feeds: [world]}, {name: Tesla, feeds: [Al Jazeera, Elsewhere]}]"
    file.write_text(f"feeds: [{feed}, https://b.example/rss]\nwatches: {watches}\n", encoding="utf-8")
    given = lines(*({"id": n, "title": "Elon Musk, Tesla", "source": n} for n in ("Al Jazeera", "Elsewhere", "Other")))
    told = watcher("match", "--jsonl", "--why", "--watchlist", file, stdin=given).out.splitlines()
    assert [
        ([one["watch"] for one in line["matches"]], [(one["watch"], one["reason"]) for one in line["not"]])
        for line in map(json.loads, told)
    ] == [
        (["Elon Musk", "Tesla"], []),
        (["Tesla"], [("Elon Musk", "feed")]),
        ([], [("Elon Musk", "feed"), ("Tesla", "feed")]),
    ]


def test_match_answers_a_line_a_document_in_order(watcher: Watcher, watchlist: Path) -> None:
    given = lines(
        {"id": "d1", "title": "Elon Musk in Moscow"},
        {"id": 2, "title": "Musk alone", "summary": "and nothing beside it"},
        {"id": "d3", "title": "The weather"},
    )
    done = watcher("match", "--jsonl", "--why", "--watchlist", watchlist, stdin=given)
    assert done.code == 0, done.err
    first, second, third = map(json.loads, done.out.splitlines())
    assert first["id"] == "d1"
    assert first["matches"] == [
        {
            "watch": "Elon Musk",
            "hits": [
                {
                    "field": "title",
                    "term": "Elon Musk",
                    "text": "Elon Musk",
                    "start": 0,
                    "end": 9,
                    "excerpt": "Elon Musk in Moscow",
                }
            ],
        }
    ]
    assert second["id"] == 2
    assert second["matches"] == []
    assert [(one["watch"], one["reason"]) for one in second["not"]] == [("Elon Musk", "no-context")]
    assert third == {"id": "d3", "matches": [], "not": []}


def test_not_is_told_only_when_asked_for(watcher: Watcher, watchlist: Path) -> None:
    done = watcher("match", "--jsonl", "--watchlist", watchlist, stdin=lines({"id": "d", "title": "Musk"}))
    assert json.loads(done.out) == {"id": "d", "matches": []}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "no JSON"),
        ("[1]", "JSON object"),
        ('{"title": "x"}', 'no "id"'),
        ('{"id": 1, "title": 5}', '"title" is int'),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_a_line_that_is_no_document(watcher: Watcher, watchlist: Path, line: str, words: str) -> None:
    done = watcher("match", "--jsonl", "--watchlist", watchlist, stdin=f'{{"id": 0}}\n{line}\n')
    assert done.code == 2
    assert "-:2:" in done.err
    assert words in done.err
    assert len(done.out.splitlines()) == 1  # what came before it was answered


def test_group_folds_a_copy(watcher: Watcher) -> None:
    text = " ".join(f"Sentence {n} says that something new happened at place {n * 7}." for n in range(30))
    given = lines(
        {"id": "a", "title": "A lawmaker offers asylum", "text": text, "site": "one.example"},
        {"id": "b", "title": "Lawmaker offers asylum", "text": text, "site": "two.example"},
        {"id": "c", "title": "The weather", "text": "Rain, then sun, then rain again over the hills.", "site": "x"},
    )
    done = watcher("group", "--jsonl", stdin=given)
    assert done.code == 0, done.err
    told = [json.loads(line) for line in done.out.splitlines()]
    assert [(one["id"], one["group"], one["relation"], one["of"]) for one in told] == [
        ("a", "a", "first", None),
        ("b", "a", "copy", "a"),
        ("c", "c", "first", None),
    ]
    assert all(one["reason"] for one in told)


def test_group_refuses_an_id_given_twice(watcher: Watcher) -> None:
    done = watcher("group", "--jsonl", stdin=lines({"id": "a"}, {"id": "a"}))
    assert done.code == 2
    assert "given before" in done.err


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ({"id": "b", "published": "yesterday"}, "-:2: Invalid isoformat string"),
        ({"id": "b", "title": 7}, '-:2: "title" is int, text is wanted'),
        ({"title": "no id"}, '-:2: the document has no "id"'),
    ],
)
def test_group_names_the_line_that_is_no_document(watcher: Watcher, line: dict[str, object], fault: str) -> None:
    done = watcher("group", "--jsonl", stdin=lines({"id": "a", "lang": "en"}, line))
    assert (done.code, len(done.out.splitlines())) == (2, 1)
    assert fault in done.err


def test_extract_reads_a_saved_page(watcher: Watcher, tmp_path: Path) -> None:
    paragraphs = "".join(
        f"<p>Paragraph {n} of the story tells what the lawmaker said on day {n}.</p>" for n in range(8)
    )
    page = tmp_path / "page.html"
    page.write_text(
        f"<html lang=en><head><title>Asylum - Wire</title></head><body><article><h1>Asylum offered</h1>{paragraphs}"
        "</article></body></html>",
        encoding="utf-8",
    )
    done = watcher("extract", page, "--url", "https://wire.example/1", "--json")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["title"] == "Asylum offered"
    assert told["text"].count("\n\n") == 7
    assert told["complete"]
    assert told["problem"] is None
    assert {
        "url",
        "canonical_url",
        "authors",
        "site",
        "published",
        "modified",
        "language",
        "lede",
        "image",
        "sha256",
    } <= set(told)


def test_a_file_that_is_not_there(watcher: Watcher, tmp_path: Path) -> None:
    done = watcher("extract", tmp_path / "none.html", "--json")
    assert done.code == 1
    assert "No such file" in done.err


def test_feeds_show_reads_a_file(watcher: Watcher, tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(
        '<rss version="2.0"><channel><title>Wire</title><item><title>One</title><link>https://w.example/1</link>'
        "<guid>g1</guid></item></channel></rss>",
        encoding="utf-8",
    )
    told = json.loads(watcher("feeds", "show", feed, "--json").out)
    assert told["title"] == "Wire"
    assert told["problem"] is None
    assert told["entries"][0]["guid"] == "g1"
    assert set(told["entries"][0]) == {
        "guid", "link", "title", "summary", "content", "authors", "categories", "published", "updated",
    }  # fmt: skip


def test_a_page_is_no_feed(watcher: Watcher, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html><body>Hello</body></html>", encoding="utf-8")
    done = watcher("feeds", "show", page, "--json")
    assert done.code == 1
    assert json.loads(done.out)["problem"]
