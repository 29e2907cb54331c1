"""The two ways of finding a pattern, and what regular expressions give to the automaton."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from watcher.matching.automaton import Automaton
from watcher.matching.folded import Folded
from watcher.matching.literals import required_literals

PATTERNS = [
    b" elon musk ",
    b" musk ",
    b" merkels ",
    b" merkel ",
    b" us",
    b"li",
    b" li ",
    "маск".encode(),
    " é ".encode(),
]
GENITIVES = {b" musks ": 1, b" merkels ": 3}
WORDS = st.sampled_from(["elon", "musk", "musks", "merkels", "merkel", "us", "use", "li", "alien", "маска", "é", "\0"])


@given(st.lists(WORDS, max_size=12))
def test_words_that_are_looked_up_are_found_as_by_the_automaton(words: list[str]) -> None:
    search = f" {' '.join(words)} ".encode()
    searched, looked_up = (
        Automaton(PATTERNS, GENITIVES, many_words=many).read(search) for many in (len(PATTERNS) * 2, 0)
    )
    assert searched.present == looked_up.present
    assert set(searched.numbers.tolist()) == set(looked_up.numbers.tolist())
    for pattern in searched.numbers.tolist():
        assert sorted(searched.places(pattern)) == sorted(looked_up.places(pattern))


def test_a_name_may_be_the_genitive_of_another() -> None:
    trace = Automaton(PATTERNS, GENITIVES).read(b" merkels ")
    assert set(trace.numbers.tolist()) == {2, 3}
    assert list(trace.places(2)) == [(1, 8, False)]
    assert list(trace.places(3)) == [(1, 8, True)]


@pytest.mark.parametrize(
    ("expression", "literals"),
    [
        (r"\bSU\d{3,4}\b", ("SU",)),
        (r"flight (?:SU|FV)\d+ to Moscow", (" to Moscow",)),
        (r"Boeing|Airbus", ("Boeing", "Airbus")),
        (r"(?i)tesla", ("tesla",)),
        (r"colou?r", ("colo",)),
        (r"abc+d", ("abc",)),
        (r"ab{2}cd", ("cd",)),
        (r"x*abc", ("abc",)),
        (r"[Tt]esla", ("esla",)),
        (r"a\.b\-c", ("a.b-c",)),
        (r"\d+", ()),
        (r"abc|\d", ()),
        (r"(abc)?", ()),
        (r"(?:musk){e<=1}", ()),
        (r"(?x) a b c", ()),
        (r"(?=abc)def", ()),
        (r"\p{Lu}abc", ()),
        (r"[[a-z]--[b]]abc", ()),
        (r"a\1b", ()),
    ],
)
def test_what_an_expression_cannot_do_without(expression: str, literals: tuple[str, ...]) -> None:
    assert required_literals(expression) == literals


PARTS = st.sampled_from(
    ["ab", "c", "[ab]", "(?:ab|c)", "b?", "c*", "a+", r"\d", ".", "|", "(c)", "a{2}", "b{0,1}", r"\.", "é"]
)


@given(st.lists(PARTS, min_size=1, max_size=6).map("".join), st.text(alphabet="abcé.1 ", max_size=12))
def test_wherever_an_expression_is_found_one_of_its_literals_stands(expression: str, text: str) -> None:
    literals = required_literals(expression)
    if literals and (found := regex.search(expression, text)) and found[0]:
        search = Folded((text,)).search
        pieces = [max(Folded((literal,)).search.split(), key=len, default=b"") for literal in literals]
        assert any(piece in search for piece in pieces)
