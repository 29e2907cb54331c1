"""A story -> the keys of its lines that may be its site's own furniture; the story without those that are. Pure.

A line that an outlet prints under one story after the other ("Sign up for our newsletter", who the agency is, what the
company does) says nothing about any of them. It stands at the top or at the end, and is learnt by being met again.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from watcher.model import Extraction, IndexedStory
from watcher.stories.compare import site_of
from watcher.stories.fingerprint import SHINGLE, key_of

FIRST_LINES, LAST_LINES = 3, 5
_LEAST = SHINGLE  # words: a shorter line makes no two texts alike

Told = TypeVar("Told", Extraction, IndexedStory)


def lines_of(story: Extraction | IndexedStory) -> tuple[int, ...]:
    """Keys of the lines at the top and the end of its text, each with its site in it, signed 64 bit; none without."""
    site = site_of(story)
    return tuple(_edge_lines(site, story.text).values()) if site else ()


def without_furniture(story: Told, furniture: frozenset[int]) -> Told:
    """The story without those of its lines whose keys these are."""
    if not furniture:
        return story
    dropped = {line for line, key in _edge_lines(site_of(story), story.text).items() if key in furniture}
    if not dropped:
        return story
    return replace(story, text="\n".join(line for line in story.text.splitlines() if line.strip() not in dropped))


@lru_cache(maxsize=512)  # neighbours come again with every story of a busy hour
def _edge_lines(site: str, text: str) -> dict[str, int]:
    lines = [stripped for line in text.splitlines() if (stripped := line.strip())]
    edges = lines if len(lines) <= FIRST_LINES + LAST_LINES else lines[:FIRST_LINES] + lines[-LAST_LINES:]
    return {line: key_of(f"line\x1f{site}\x1f{line}") for line in edges if len(line.split()) >= _LEAST}
