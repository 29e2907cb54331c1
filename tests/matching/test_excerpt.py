"""The sentence around a hit."""

from __future__ import annotations

import random

import pytest

from watcher.matching.excerpt import LONGEST, Sentences


@pytest.mark.parametrize(
    ("why", "field", "hit", "expected"),
    [
        ("the sentence alone", "One. Two Musk three. Four.", "Musk", "Two Musk three."),
        ("the whole of a short title", "Musk flies to Mars", "Musk", "Musk flies to Mars"),
        ("a title of one word", "Musk", "Musk", "Musk"),
        ("an initial ends no sentence", "He met J. K. Rowling. Bye.", "Rowling", "He met J. K. Rowling."),
        (
            "a title before a name ends none",
            "Yes. Mr. Musk and Sen. Cruz met. No.",
            "Musk",
            "Mr. Musk and Sen. Cruz met.",
        ),
        (
            "an acronym with points ends none",
            "The U.S. President met Musk. Then.",
            "Musk",
            "The U.S. President met Musk.",
        ),
        ("a capital behind a full stop begins one", "It was approx. Musk and so. Then", "Musk", "Musk and so."),
        ("quotes belong to the sentence", 'A. "Go!" he said. "Musk is in." B', "Musk", '"Musk is in."'),
        ("a line break ends a sentence", "Head line\n\nMusk spoke\nNext", "Musk", "Musk spoke"),
        ("white space is one space", "So  Musk\t spoke", "Musk", "So Musk spoke"),
        (
            "but inside the hit, which is told as it was found",
            "So  Elon\u00a0\n Musk\t spoke",
            "Elon\u00a0\n Musk",
            "So Elon\u00a0\n Musk spoke",
        ),
        ("Chinese stops need no space", "第一句。马斯克说话。第三句。", "马斯克", "马斯克说话。"),
        ("a question and an exclamation", "Why? Musk! Who", "Musk", "Musk!"),
        ("figures are no ends", "It cost 3.5 to Musk in v2.0 today. X", "Musk", "It cost 3.5 to Musk in v2.0 today."),
    ],
)
def test_the_sentence_around_a_hit(why: str, field: str, hit: str, expected: str) -> None:
    start = field.index(hit)
    assert Sentences(field).around(start, start + len(hit)) == expected, why


@pytest.mark.parametrize("before", [0, 30, 90, 400, 3000])
@pytest.mark.parametrize("after", [0, 30, 90, 400, 3000])
def test_a_long_sentence_is_cut_between_words_around_the_hit(before: int, after: int) -> None:
    field = "word " * (before // 5) + "Elon Musk" + " word" * (after // 5)
    start = field.index("Elon")
    shown = Sentences(field).around(start, start + 9)
    assert "Elon Musk" in shown
    assert len(shown) <= LONGEST
    assert ("…" in shown) == (len(field) > LONGEST)
    assert set(shown.strip("…").split()) <= {"word", "Elon", "Musk"}


def test_a_hit_that_is_longer_than_an_excerpt_is_shown_whole() -> None:
    field = "x" * 1000
    assert Sentences(field).around(100, 900) == "…" + "x" * 800 + "…"


@pytest.mark.parametrize("seed", range(40))
def test_what_was_asked_before_changes_no_sentence(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  the same texts each time
    pieces = [
        "Mr. ",
        "U.S. ",
        "word ",
        "Word ",
        "a. ",
        "end. ",
        "End! ",
        "why?” ",
        "\n",
        "  ",
        "。",
        "…",
        "J. R. ",
        "a.m., ",
    ]
    field = "".join(chance.choice(pieces) for _ in range(120))
    asked = [(place, place + chance.randint(1, 12)) for place in chance.sample(range(len(field) - 12), 60)]
    sentences = Sentences(field)
    shown = [sentences.around(*place) for place in asked]
    assert shown == [Sentences(field).around(*place) for place in asked]
