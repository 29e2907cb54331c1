"""Two stories -> what they have in common: a known one beside the new one, what their headlines know of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import pairwise
from math import sqrt
from urllib.parse import urlsplit

from watcher.model import Extraction, Grouping, IndexedStory, Relation
from watcher.stories.fingerprint import BEGINNING, Outline, Shingles, cosine, outline, words_of

PHRASE_WORDS = 250  # who, what and where stand at the top
LONG = 4  # letters: shorter words are mostly grammar
HEAVY, MENTIONED = 16, 3  # 124 of 124 pairs on one event share four of the sixteen, 94 of 100 others fewer than three
REFILLED = 2  # figures that differ: one is a slip or a later count
VARIED = 0.5  # different ones among the long words: news has 0.7 and more, what repeats itself more is no prose


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A known story that has to do with the new one."""

    known: IndexedStory
    about: Outline
    alike: float  # cosine of what they are about


def near_to(about: Outline, known: IndexedStory) -> Near:
    theirs = about_of(known)
    return Near(known=known, about=theirs, alike=cosine(about.vector, theirs.vector))


def heaviest(about: Outline) -> tuple[str, ...]:
    """The stems that say most of what the story is about."""
    return tuple(nlargest(HEAVY, about.vector, key=about.vector.__getitem__))


def mentions(known: IndexedStory, heavy: Sequence[str]) -> bool:
    """Whether a story has so many of these stems anywhere that it is worth an outline, which costs much more."""
    folded = f"{known.title}\n{text_of(known)[:BEGINNING]}".casefold()
    return sum(stem in folded for stem in heavy) >= (MENTIONED if len(heavy) == HEAVY else 1)


def about_of(story: Extraction | IndexedStory) -> Outline:
    return outline(story.title, text_of(story), story.language)


def text_of(story: Extraction | IndexedStory) -> str:
    """The text, or the lede where there is none."""
    return story.text or story.lede


def site_of(story: Extraction | IndexedStory) -> str:
    return (story.site or host_of(story.url)).casefold()


def host_of(url: str) -> str:
    return urlsplit(url).netloc.casefold().removeprefix("www.")


def grouping_with(known: IndexedStory, relation: Relation, similarity: float, reason: str) -> Grouping:
    return Grouping(group=known.group, relation=relation, of=known.id, similarity=round(similarity, 3), reason=reason)


def foreign(about: Outline, other: Outline, of: frozenset[str] | None = None) -> float:
    """The share of a headline's weight that its own text bears out and the other story does not know. of: a few."""
    borne_out = about.headline & about.body
    whole = sum(about.head.get(word, 0.0) for word in borne_out)
    lacking = (borne_out if of is None else borne_out & of) - other.body - other.headline
    return sum(about.head.get(word, 0.0) for word in lacking) / whole if whole else 0.0


def phrases(about: Extraction | IndexedStory, other: Extraction | IndexedStory) -> float:
    """How far the pairs of long words that stand side by side in both stories exceed chance, in standard deviations.

    Two articles on one event say "political asylum" and "State Duma"; texts that only draw on the same few words, as
    filler and lists do, are as alike by their words, and share such pairs no oftener than chance has it.
    """
    mine, theirs = (words_of(f"{one.title}\n{text_of(one)}")[:PHRASE_WORDS] for one in (about, other))
    varied = [[word for word in words if len(word) >= LONG] for words in (mine, theirs)]
    if any(len(set(words)) < VARIED * len(words) for words in varied):
        return 0.0
    here, there = _long_pairs(mine), _long_pairs(theirs)
    by_chance = len(here) * len(there) / max(len(set(varied[0])) * len(set(varied[1])), 1)
    return (len(here & there) - by_chance) / sqrt(by_chance + 1)


def _long_pairs(words: Sequence[str]) -> set[tuple[str, str]]:
    return {(one, next_) for one, next_ in pairwise(words) if len(one) >= LONG and len(next_) >= LONG}


def numbers_changed(about: Outline, other: Outline) -> bool:
    """ "83 injured" -> "96 injured": the same headline with another number is news."""
    return bool(about.numbers and other.numbers and about.numbers != other.numbers)


def figures_apart(mine: Shingles, theirs: Shingles) -> tuple[int, int]:
    """In how many places the same words stand around other figures, and of how many in all that the two share."""
    common = mine.figures.keys() & theirs.figures.keys()
    return sum(not mine.figures[place] & theirs.figures[place] for place in common), len(common)


def refilled(mine: Shingles, theirs: Shingles) -> bool:
    """Whether the same words stand around other figures in most places: one form, for two days, matches or draws."""
    apart, common = figures_apart(mine, theirs)
    return apart >= REFILLED and 2 * apart > common
