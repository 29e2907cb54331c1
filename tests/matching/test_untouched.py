"""Documents of which nothing has to be judged are told from the others all at once: never one that has a hit."""

from __future__ import annotations

import random

import pytest

from watcher.matching.match import compile_watches
from watcher.model import Document, Verdict, Watch

TEXTS = (
    "Elon Musk", "ELON MUSK", "musk deer", "Tesla", "Илон Маск", "Маска", "马斯克", "マスク", "머스크는", "ואילון",
    "ماسك", "café", "cafe\N{COMBINING ACUTE ACCENT}", "\ud800", "\0", "&amp;", "<p>", "</p>", "SU1234", "’s",
    "it’s over", "", " ", "€", "№", "the court said", "Merkels Rede", "Elon&nbsp;Musk", "E\N{SOFT HYPHEN}lon",
    "1984", "\N{EN DASH}",
)  # fmt: skip
LISTS = {
    "names": [
        Watch(
            name="Elon Musk", also=("Илон Маск*", "马斯克"), short=("Musk",), with_=("Tesla",), ignore=("musk deer",)
        ),
        Watch(name="Merkel"),
        Watch(name="café"),
        Watch(name="אילון"),
        Watch(name="머스크"),
    ],
    "queries": [
        Watch(name="court", query="court AND NOT title:over"),
        Watch(name="flights", regex=(r"\bSU\d{3,4}\b",)),
    ],
    "always looked at": [Watch(name="figures", regex=(r"\d+",))],
}


def documents(chance: random.Random, count: int) -> list[Document]:
    def text() -> str:
        return " ".join(chance.choices(TEXTS, k=chance.randrange(4)))

    languages = (None, "en", "de")
    return [
        Document(id=str(number), title=text(), summary=text(), body=text(), lang=chance.choice(languages))
        for number in range(count)
    ]


@pytest.mark.parametrize("watches", LISTS.values(), ids=LISTS)
def test_what_is_untouched_has_an_empty_verdict_whatever_stands_beside_it(watches: list[Watch]) -> None:
    matcher, chance, quiet = compile_watches(watches), random.Random(3), 0  # noqa: S311  the same documents each time
    for _ in range(150):
        some = documents(chance, chance.randrange(1, 8))
        untouched = matcher.untouched(some)
        assert untouched == [matcher.untouched([one])[0] for one in some]
        for document, is_quiet in zip(some, untouched, strict=True):
            quiet += is_quiet
            assert not is_quiet or matcher.judge(document, why=True) == Verdict(), document
    assert (quiet > 0) == (watches is not LISTS["always looked at"])


def test_a_long_list_is_asked_for_each_document() -> None:
    matcher = compile_watches([Watch(name=f"Somebody Known{number}") for number in range(600)])
    assert matcher.untouched(documents(random.Random(1), 3)) == [False] * 3  # noqa: S311
