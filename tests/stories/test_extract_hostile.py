"""Hostile and broken pages in: an honest answer out, never an exception."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ending import ends
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watcher.model import Problem, Response
from watcher.stories.extract import extract

LD = b'<script type="application/ld+json">'

HOSTILE = {
    "nothing": b"",
    "white space": b" \n\t ",
    "zero bytes": b"\0" * 5000,
    "a PDF": b"%PDF-1.4 \x00\xff",
    "an image": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "depth": b"<div>" * 50_000,
    "brackets of JSON": LD + b"[" * 100_000 + b"</script><p>x",
    "half a million open tags": LD + b'{"@type":"Article","headline":"' + b"<a" * 250_000 + b'"}</script>',
    "scripts that never end": LD.replace(b">", b">{}") * 20_000,
    "script tags that never end": b"<script" * 100_000,
    "a head of scripts": b"<head>" + b"<script>" * 50_000,
    "a million less-than": b"<" * 500_000,
    "metas": b"<head>" + b"<meta name=a content=b>" * 20_000,
    "lone surrogates": b"<p>&#xD800; &#0; &#x110000;</p>",
    "a charset of its own": b"<meta charset=punycode>-" + b"a" * 5000,
    "an XML declaration without an end": b"<?xml " + b"a" * 500_000,
    "numbers that are no dates": b'<meta property="article:published_time" content="99999999999999-13-45T99:99"><p>x',
    "an address that is none": b'<link rel=canonical href="http://[::1"><meta property=og:image content="//[">',
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_page_is_answered_in_time(body: bytes, page: Callable[..., Response]) -> None:
    with ends():
        found = extract(page(body))
    assert found.problem is not None
    assert "failed" not in found.sources


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_to_a_page_is_survived(
    data: st.DataObject, page_cases: list[object], page: Callable[..., Response]
) -> None:
    case = data.draw(st.sampled_from(page_cases))
    body = bytearray(case.body)  # type: ignore[attr-defined]
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(body)))
        body[at : at + data.draw(st.integers(0, 60))] = data.draw(st.binary(max_size=30))
    found = extract(page(bytes(body)))
    assert "failed" not in found.sources
    found.text.encode()


@pytest.mark.parametrize(
    ("content_type", "problem"),
    [
        ("application/pdf", Problem.NOT_AN_ARTICLE),
        ("image/jpeg", Problem.NOT_AN_ARTICLE),
        ("application/json", Problem.NOT_AN_ARTICLE),
        ("text/html", Problem.EMPTY),
        ("", Problem.EMPTY),
    ],
)
def test_what_is_no_page_is_not_read_as_one(content_type: str, problem: Problem, page: Callable[..., Response]) -> None:
    found = extract(page(b"<p>short</p>", headers={"content-type": content_type, "x": "y"}))
    assert found.problem is problem
