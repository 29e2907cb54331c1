"""The words of `with` and `needs` that bore a match out are told with it."""

from __future__ import annotations

import pytest

from watcher.matching.match import Matcher
from watcher.model import Document, Watch


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("Musk spoke about Tesla and the asylum. Tesla said nothing.", ("Tesla", "asylum")),
        ("Elon Musk spoke about asylum.", ("asylum",)),
        ("Musk and SpaceX spoke, and nobody asked for asylum.", ("SpaceX", "asylum")),
    ],
)
def test_what_stands_beside_a_hit(text: str, beside: tuple[str, ...]) -> None:
    watch = Watch(name="Elon Musk", short=("Musk",), with_=("Tesla", "SpaceX"), needs=("asylum",))
    (match,) = Matcher([watch]).judge(Document(id="1", body=text)).matches
    assert match.beside == beside


def test_a_watch_without_such_words_has_nothing_beside() -> None:
    (match,) = Matcher([Watch(name="Elon Musk")]).judge(Document(id="1", body="Elon Musk spoke about Tesla.")).matches
    assert match.beside == ()
