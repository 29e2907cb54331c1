"""Pages that state what is expected of them, and stories to lay in an archive."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from watcher.model import Extraction, Field, Grouping, Hit, Match, Relation, Response, Story
from watcher.stories.archive import story_path
from watcher.stories.charset import decode

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PAGES = Path(__file__).parent.parent / "data" / "pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCase:
    """A page of tests/data/pages: its bytes without the expectation, the expectation, and its story as marked in it."""

    name: str
    body: bytes
    expect: dict[str, Any]

    def response(self, body: bytes | None = None) -> Response:
        headers = {"content-type": self.expect["content_type"]}
        return respond(self.body if body is None else body, url=self.expect["url"], headers=headers)

    def tree(self) -> html.HtmlElement:
        source, _ = decode(self.body, self.expect["content_type"])
        return html.document_fromstring(source)

    def story(self) -> str:
        """The text of the elements that carry data-story."""
        return "\n".join(place.text_content() for place in self.tree().xpath("//*[@data-story]"))

    def without_story(self) -> bytes:
        """The page as UTF-16, which its mark tells, with the elements of the story taken out."""
        tree = self.tree()
        for place in tree.xpath("//*[@data-story]"):
            place.drop_tree()
        return str(html.tostring(tree, encoding="unicode")).encode("utf-16")


def load_pages() -> list[PageCase]:
    cases = []
    for path in sorted(PAGES.glob("*.html")):
        body, _, expectation = path.read_bytes().rpartition(b"<!--expect")
        expect = json.loads(expectation.partition(b"-->")[0])
        cases.append(PageCase(name=path.stem, body=body, expect=expect))
    return cases


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "page_case" in metafunc.fixturenames:
        metafunc.parametrize("page_case", load_pages(), ids=lambda case: case.name)


@pytest.fixture(scope="session")
def page_cases() -> list[PageCase]:
    return load_pages()


def respond(
    body: bytes, *, url: str = "https://paper.example/a/story", headers: dict[str, str] | None = None
) -> Response:
    return Response(url=url, status=200, headers=headers or {"content-type": "text/html"}, body=body, fetched_at=NOW)


@pytest.fixture
def page() -> Callable[..., Response]:
    """respond(body, url=, headers=): a page as the door hands it over."""
    return respond


@pytest.fixture
def alike() -> Callable[[str, str], float]:
    """F1 of two texts by their runs of four words, as the public benchmarks of extraction score it."""

    def runs(text: str) -> Counter[tuple[str, ...]]:
        words = re.findall(r"\w+", text)
        return Counter(tuple(words[n : n + 4]) for n in range(max(1, len(words) - 3))) if words else Counter()

    def score(one: str, other: str) -> float:
        some, others = runs(one), runs(other)
        total = some.total() + others.total()
        return 2 * (some & others).total() / total if total else 1.0

    return score


@pytest.fixture
def story() -> Callable[..., Story]:
    """make(id=, title=, text=, fetched=, warc=, sha256=): a story with a match, at its own path."""

    def make(
        *,
        id: str = "a" * 32,
        title: str = "Storm closes harbours",
        text: str = "One.\n\nTwo.",
        fetched: datetime = NOW,
        **extraction: Any,
    ) -> Story:
        warc = extraction.pop("warc", None)
        hit = Hit(field=Field.BODY, term="Musk*", text="Musk", start=4, end=8, excerpt="And Musk <said> *so*.")
        return Story(
            id=id,
            entry_id="e1",
            feed="Desk",
            fetched=fetched,
            extraction=Extraction(url="https://paper.example/a", title=title, text=text, **extraction),
            warc=warc,
            grouping=Grouping(group=id, relation=Relation.FIRST, reason="nothing like it in 7 days"),
            matches=(Match(watch="Elon Musk", hits=(hit,)),),
            path=story_path(title, id, fetched.date()),
        )

    return make
