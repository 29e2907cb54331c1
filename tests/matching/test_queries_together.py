"""Hundreds of random queries about hundreds of random texts hold exactly where reading them word by word says so."""

from __future__ import annotations

import random

import pytest

from watcher.matching.automaton import MANY_WORDS
from watcher.matching.match import compile_watches
from watcher.model import Document, Watch

WORDS = [f"w{letter}" for letter in "abcdefghijklmnop"]
TEXTS = 150
QUERIES = 300


def grown(chance: random.Random, depth: int) -> object:
    kind = chance.choice(["word", "word", "AND", "AND", "OR", "NOT", "NEAR"]) if depth else "word"
    if kind == "NOT":
        return ("AND", grown(chance, depth - 1), ("NOT", grown(chance, depth - 1)))
    if kind in {"AND", "OR"}:
        return (kind, grown(chance, depth - 1), grown(chance, depth - 1))
    if kind == "NEAR":
        return ("NEAR", *chance.sample(WORDS, 2))
    return ("word", chance.choice(["title:", "", "", ""]), chance.choice(WORDS))


def written(tree: object) -> str:
    match tree:
        case ("NOT", part):
            return f"NOT ({written(part)})"
        case ("NEAR", left, right):
            return f"({left} NEAR/1 {right})"
        case ("word", prefix, word):
            return f"{prefix}{word}"
        case (sign, left, right):
            return f"(({written(left)}) {sign} ({written(right)}))"
    raise AssertionError(tree)


def holds(tree: object, fields: list[list[str]]) -> bool:
    match tree:
        case ("NOT", part):
            return not holds(part, fields)
        case ("AND", left, right):
            return holds(left, fields) and holds(right, fields)
        case ("OR", left, right):
            return holds(left, fields) or holds(right, fields)
        case ("NEAR", left, right):
            return any(
                {one, other} == {left, right}
                for field in fields
                for step in (1, 2)
                for one, other in zip(field, field[step:], strict=False)
            )
        case ("word", prefix, word):
            return any(word in field for field in (fields[:1] if prefix else fields))
    raise AssertionError(tree)


@pytest.mark.parametrize("others", [0, MANY_WORDS + 1], ids=["by the automaton", "by looking the words up"])
def test_queries_hold_where_their_words_say(others: int) -> None:
    chance = random.Random(20261123)  # noqa: S311  the same queries each time
    trees = [grown(chance, 3) for _ in range(QUERIES)]
    watches = [Watch(name=str(number), query=written(tree)) for number, tree in enumerate(trees)]
    matcher = compile_watches([*watches, *(Watch(name=f"x{number}x") for number in range(others))])
    for _ in range(TEXTS):
        fields = [chance.choices(WORDS, k=chance.randint(0, 4)) for _ in range(3)]
        title, summary, body = map(" ".join, fields)
        verdict = matcher.judge(Document(id="d", title=title, summary=summary, body=body))
        expected = {str(number) for number, tree in enumerate(trees) if holds(tree, fields)}
        assert {match.watch for match in verdict.matches} == expected
