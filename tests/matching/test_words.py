"""Words of a list that stand in a text, also in one that is read in several pieces."""

from __future__ import annotations

import random

import pytest

from watcher.matching.words import Words

LIST = [f"w{number}".encode() for number in range(5000)]
LONG = b"q" * 70_000  # longer than a piece


@pytest.mark.parametrize("count", [0, 1, 200, 50_000])
@pytest.mark.parametrize("long_at", [(), (0,), (1, 3000, 3001)])
def test_the_words_of_the_list_are_found_wherever_they_stand(count: int, long_at: tuple[int, ...]) -> None:
    chance = random.Random(count)  # noqa: S311  the same texts each time
    text = [chance.choice(LIST) if chance.random() < 0.3 else b"z%d" % chance.randrange(10**6) for _ in range(count)]
    for place in long_at:
        text.insert(place, LONG)
    found = Words(LIST).find(b" " + b" ".join(text) + b" ")
    assert {LIST[number] for number in found.numbers.tolist()} == {*text}.intersection(LIST)
