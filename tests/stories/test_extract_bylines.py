"""Bylines and dates in the forms that pages have them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.model import Response
from watcher.stories.extract import extract
from watcher.stories.names import clean_names

PROSE = "".join(
    f"<p>The council voted on the sea wall, after debate {n} of its members had lasted an hour.</p>" for n in "12345"
)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Submitted on Mon, 21 January", ()),
        ("Reed, Anna (anna@paper.example)", ("Anna Reed",)),
        ("Anna Reed, Kim Ferris", ("Anna Reed", "Kim Ferris")),
        ("Anna Reed, Berlin", ("Anna Reed",)),
        ("Sophie Lambert (avec AFP)", ("Sophie Lambert",)),
        ("AFP, DPA", ("AFP", "DPA")),
        ("John Smith, Jr.", ("John Smith Jr",)),
    ],
)
def test_names_in_a_byline(byline: str, names: tuple[str, ...]) -> None:
    assert clean_names([byline]) == names


def _page(head: str, body: str) -> bytes:
    title = "Town raises sea wall"
    article = f"<article><h1>{title}</h1>{body}{PROSE}</article>"
    return f"<html><head><title>{title}</title>{head}</head><body>{article}</body></html>".encode()


def test_an_author_in_a_node_of_her_own(page: Callable[..., Response]) -> None:
    graph = (
        '{"@graph": [{"@type": "Person", "@id": "#a", "name": "Anna Reed"}, {"@type": "NewsArticle", '
        '"headline": "Town raises sea wall", "author": {"@id": "#a"}}]}'
    )
    assert extract(page(_page(f'<script type="application/ld+json">{graph}</script>', ""))).authors == ("Anna Reed",)


def test_a_time_on_the_page_tells_the_hour_with_its_zone(page: Callable[..., Response]) -> None:
    found = extract(page(_page("", '<time datetime="2026-02-20T08:00:00+01:00">20 February 2026</time>')))
    assert found.published is not None
    assert found.published.isoformat() == "2026-02-20T07:00:00+00:00"
