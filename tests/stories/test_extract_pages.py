"""Pages in, stories out: each page of tests/data/pages states in its last comment what is expected of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from watcher.stories.extract import extract

# Who is named in the furniture of the pages (teasers, tags, most read, captions, comments) and in no story.
STRANGERS = ("Musk", "SpaceX", "Trump", "Маск", "マスク", "马斯克", "ماسك")
# A paragraph more or less of furniture on one page; the mean is held higher in test_extract_floor.
LEAST = 0.97


def test_a_page_gives_what_it_states(page_case: Any, alike: Callable[[str, str], float]) -> None:
    found = extract(page_case.response())
    expect = page_case.expect
    assert (found.problem and found.problem.value) == expect["problem"], expect["reason"]
    assert found.complete is (expect["problem"] is None)
    assert not [source for source in found.sources if source.startswith("failed")]
    assert found.sha256 == hashlib.sha256(page_case.body).hexdigest()
    assert (found.published.isoformat() if found.published else None) == _utc(expect["published"])
    assert list(found.authors) == expect["authors"]
    assert found.language == expect["language"]
    if expect["title"] is not None:
        assert found.title == expect["title"]
    for field in {"canonical_url", "lede"} & expect.keys():
        assert getattr(found, field) == expect[field]
    if found.complete:
        paragraphs = [block for block in found.text.split("\n\n") if block != found.lede]
        assert alike("\n\n".join(paragraphs), page_case.story()) >= LEAST


def test_nobody_who_stands_in_the_furniture_alone_stands_in_the_story(page_case: Any) -> None:
    found = extract(page_case.response())
    assert not [name for name in STRANGERS if name in f"{found.title} {found.lede} {found.text}"]


def test_a_page_without_its_story_is_told(page_case: Any) -> None:
    if page_case.expect["problem"] is None:
        found = extract(page_case.response(page_case.without_story()))
        assert found.problem is not None
        assert not [name for name in STRANGERS if name in f"{found.lede} {found.text}"]


def _utc(stated: str | None) -> str | None:
    return stated.replace("Z", "+00:00") if stated else None
