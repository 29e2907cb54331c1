"""A newsroom of made-up words: each story in 2 to 12 papers, up to three sentences in ten rewritten, in any order."""

from __future__ import annotations

import random

import pytest

from watcher.model import Relation
from watcher.stories.collection import Collection

SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstv" for vowel in "aeiou"]
STORIES = 30

Carried = tuple[int, str, str]  # the story, its headline there, its text there


def newsroom(chance: random.Random, words: int, sentences: tuple[int, int]) -> list[Carried]:
    vocabulary = sorted({"".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(words)})

    def sentence() -> str:
        return " ".join(chance.choices(vocabulary, k=chance.randint(8, 16))).capitalize() + "."

    carried = []
    for story in range(STORIES):
        original = [sentence() for _ in range(chance.randint(*sentences))]
        title = " ".join(chance.choices(vocabulary, k=7)).capitalize()
        for paper in range(chance.randint(2, 12)):
            text = original.copy()
            for place in chance.sample(range(len(text)), round(len(text) * chance.uniform(0, 0.3)) if paper else 0):
                text[place] = sentence()
            carried.append((story, title, "\n\n".join(text)))
    chance.shuffle(carried)
    return carried


@pytest.mark.parametrize(
    ("situation", "words", "sentences"),
    [("long texts of many words", 3000, (8, 14)), ("of few words", 80, (8, 14)), ("short texts", 300, (4, 6))],
)
def test_each_story_is_told_once_and_no_two_are_one(situation: str, words: int, sentences: tuple[int, int]) -> None:
    carried = newsroom(random.Random(4), words, sentences)  # noqa: S311 - the same newsroom each time
    collection = Collection()
    told: list[int] = []
    for number, (story, title, text) in enumerate(carried):
        grouping = collection.add(
            str(number), title=title, text=text, lede=None, site=f"Paper {number}", published=None, url=None
        )
        if grouping.relation is not Relation.COPY:
            told.append(story)
        else:
            assert carried[int(grouping.of or -1)][0] == story, (situation, grouping)
    assert sorted(told) == list(range(STORIES)), situation
