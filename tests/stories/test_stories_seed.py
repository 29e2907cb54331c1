"""The seed's form in, a story out, and back."""

from __future__ import annotations

import hashlib

import pytest

from watcher.stories.seed import read_seed, write_seed

HEAD = "Lawmaker offers asylum to tech boss amid feud"
LEDE = "A senior lawmaker has suggested that he could be offered asylum."
TEXT = f" date 2025-06-07 {HEAD} {LEDE}\n\nWashington:\n\nAmid growing  tensions.\n\n\nLast one.\n"


def test_the_title_given_splits_headline_from_lede() -> None:
    found = read_seed(TEXT, file_name="000.txt", title=HEAD, site="Paper", url="https://p.example/a")
    assert (found.title, found.lede) == (HEAD, LEDE)
    assert found.text == "Washington:\n\nAmid growing tensions.\n\nLast one."
    assert found.published is not None
    assert found.published.isoformat() == "2025-06-07T00:00:00+00:00"
    assert (found.site, found.url, found.problem) == ("Paper", "https://p.example/a", None)
    assert found.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()


@pytest.mark.parametrize(
    ("first", "title", "headline", "lede"),
    [
        (f" date 2025-06-07 {HEAD} {LEDE}", HEAD.upper(), HEAD, LEDE),
        (f" date 2025-06-07 {HEAD} {LEDE}", "Another title", "Another title", f"{HEAD} {LEDE}"),
        (" date 2025-06-07 It rained. The river rose.", None, "It rained.", "The river rose."),
        ("No date here. And a lede.", None, "No date here.", "And a lede."),
        (" date 2025-13-07 A headline. A lede.", None, "A headline.", "A lede."),
    ],
)
def test_the_first_line_in_its_forms(first: str, title: str | None, headline: str, lede: str) -> None:
    found = read_seed(f"{first}\r\n\r\nText.", file_name="x.txt", title=title, site=None, url=None)
    assert (found.title, found.lede, found.text) == (headline, lede, "Text.")
    assert (found.published is not None) is ("2025-06-07" in first)
    assert found.url == "seed:x.txt"


def test_a_story_in_the_seeds_form_reads_back() -> None:
    found = read_seed(TEXT, file_name="000.txt", title=HEAD, site=None, url=None)
    again = read_seed(write_seed(found), file_name="000.txt", title=HEAD, site=None, url=None)
    assert (again.title, again.lede, again.text, again.published) == (
        found.title,
        found.lede,
        found.text,
        found.published,
    )
