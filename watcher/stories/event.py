"""A story x the known stories near it -> the one that tells of the same event, and how surely.

Two articles on one event are alike by the rare words of their headlines and beginnings. What many affairs near them
have in common (the name that all of them are about) counts for less, and so does what each headline alone knows; and
beside the one name or phrase that weighs most, there must be more that both tell.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import sqrt

from watcher.model import Extraction, Grouping, IndexedStory, Relation
from watcher.stories.compare import (
    Near,
    foreign,
    grouping_with,
    numbers_changed,
    phrases,
    refilled,
    site_of,
    text_of,
)
from watcher.stories.copies import FOREIGN, MIN_SHINGLES
from watcher.stories.fingerprint import Outline, Shingles, cosine, shingles, stem

COSINE = 0.34  # of the lead-weighted vectors; of 124 pairs on one event all but one in Arabic have more
EVENT = 0.30  # of that, less what the headlines do not know of each other
STRANGERS = 0.30  # of that: the same person in two affairs shares names and little of the headlines
FIRST_SENTENCE = 0.9  # of that, where a first sentence stands for the headline: with 0.8 the first other events join
EVENT_SHORT = 0.45  # with a title and a summary alone
EVENT_SHORT_WORDS = 60
EVENT_HEAD = 0.20  # of title and lead alone: a page with an older article below it is not about that one
EVENT_GROUP = 0.15  # to the rest of the group, on average: no chain of stories that each know the next alone
BESIDE = 0.13  # of the cosine, from other words than the name or phrase that weighs most: it may be in many affairs
BESIDE_ALIKE, ALIKE = 0.05, 0.38  # so little will do where the two are so much alike for all that
SPREAD = 0.70  # a word in two groups near the story counts by 1/1.7, in three by 1/2.4: half and all do no worse
FORM = 0.15  # of the shorter text in runs of five words: with less in common two texts are not made from one form
FILLING = 0.05  # of the cosine, from passages that stand in both: with more, both may be made from one form
EVENT_IN_FORM = 0.55  # without those passages: a form's other numbers and names tell of another event
EVENT_SAME_SITE = 0.30  # one outlet's formats are alike: there the texts must overlap too
EVENT_SURE = 3.0  # deviations from chance: eight of eleven true pairs have it, none of 75 made of the same few words
EVENT_DAYS = timedelta(days=7)  # between two stories of one event; a seed is compared for ever


def find_event(extraction: Extraction, about: Outline, near: Sequence[Near], now: datetime) -> Grouping | None:
    """The nearest known story on the same event as a follow-up of it, if there is one. near: what it may have to do."""
    members: defaultdict[str, list[Near]] = defaultdict(list)
    for one in near:
        members[one.known.group].append(one)
    counts = _counts(about, members.values())
    ranked = sorted(((_alike(about, one.about, counts), one) for one in near), key=lambda pair: -pair[0])
    for alike, one in ranked:
        if alike < EVENT:
            return None
        if not one.known.is_seed and _apart(extraction, one.known, now) > EVENT_DAYS:
            continue
        every = [member.alike for member in members[one.known.group]]
        if sum(every) / len(every) >= EVENT_GROUP and _same_event(extraction, about, one, alike):
            reason = f"another article about the same event: {alike:.2f} alike"
            found = grouping_with(one.known, Relation.FOLLOW_UP, alike, reason)
            return replace(found, sure=phrases(extraction, one.known) >= EVENT_SURE)
    return None


def _counts(about: Outline, groups: Iterable[Sequence[Near]]) -> dict[str, float]:
    """For each word of the story that several groups near it have, by how much it counts, 0 to 1."""
    having: Counter[str] = Counter()
    for group in groups:
        words: set[str] = set()
        for one in group:
            words |= one.about.vector.keys() & about.vector.keys()
        having.update(words)
    return {word: 1 / (1 + SPREAD * (number - 1)) for word, number in having.items() if number > 1}


def _alike(about: Outline, other: Outline, counts: Mapping[str, float]) -> float:
    """The cosine of the two, each word by how much it counts, less what their headlines do not know of each other."""
    alike = cosine(about.vector, other.vector)
    if alike < COSINE:  # words that count for less make no pair more alike that has little else
        return 0.0
    shared = sum(
        weight * other.vector[word] * counts.get(word, 1.0)
        for word, weight in about.vector.items()
        if word in other.vector
    )
    alike = shared / (_length(about, counts) * _length(other, counts))
    return min(alike, 1.0) - STRANGERS * (_strange(about, other) + _strange(other, about))


def _strange(about: Outline, other: Outline) -> float:
    return foreign(about, other) * (FIRST_SENTENCE if about.untitled else 1.0)


def _length(about: Outline, counts: Mapping[str, float]) -> float:
    """Of its vector, 1 where every word counts in full; never 0, since no word counts for nothing."""
    lost = sum(about.vector[word] ** 2 * (1 - factor) for word, factor in counts.items() if word in about.vector)
    return sqrt(1 - lost) if lost < 1 else 1.0


def _same_event(extraction: Extraction, about: Outline, one: Near, alike: float) -> bool:
    known = one.known
    short = min(about.size, one.about.size) < EVENT_SHORT_WORDS
    if alike < (EVENT_SHORT if short else EVENT) or cosine(about.head, one.about.head) < EVENT_HEAD:
        return False
    if _beside_the_first(about, one.about, frozenset()) < (BESIDE if alike < ALIKE else BESIDE_ALIKE):
        return False
    mine, theirs = shingles(text_of(extraction)), shingles(text_of(known))
    if _one_form(about, one, mine, theirs):
        return False
    if site_of(extraction) and site_of(extraction) == site_of(known):
        shared = len(mine.all & theirs.all)
        return shared >= MIN_SHINGLES and shared / max(len(mine.all), len(theirs.all)) >= EVENT_SAME_SITE
    return True


def _one_form(about: Outline, one: Near, mine: Shingles, theirs: Shingles) -> bool:
    """Whether the two are one form that was filled in twice, for two events."""
    if len(mine.all & theirs.all) < FORM * min(len(mine.all), len(theirs.all)):
        return False
    passages = _passages(mine, theirs, about, one.about)
    filling = sum(about.vector.get(word, 0.0) * one.about.vector.get(word, 0.0) for word in passages)
    other_numbers = mine.numbers and theirs.numbers and not mine.numbers & theirs.numbers
    strange = (
        _estranged(about, one.about) or other_numbers or numbers_changed(about, one.about) or refilled(mine, theirs)
    )
    beside = _beside_the_first(about, one.about, passages)
    return bool(filling >= FILLING and strange and (beside < BESIDE or one.alike - filling < EVENT_IN_FORM))


def _apart(extraction: Extraction, known: IndexedStory, now: datetime) -> timedelta:
    """The time between the two, by when they came to us where one does not say."""
    if extraction.published is None or known.published is None:
        return abs(now - known.indexed_at)
    return abs(extraction.published - known.published)


def _estranged(about: Outline, other: Outline) -> bool:
    """Neither headline's own words are known to the other story."""
    return max(foreign(about, other), foreign(other, about)) >= FOREIGN


def _passages(mine: Shingles, theirs: Shingles, about: Outline, other: Outline) -> frozenset[str]:
    """The stems of what both have word for word, but for those of the headlines.

    Such passages are forms, boilerplate and background: they say how the stories were made, not what happened.
    """
    passages = {stem(word) for run in mine.all & theirs.all for word in run.split(" ")}
    return frozenset(passages - about.headline - other.headline)


def _beside_the_first(about: Outline, other: Outline, without: frozenset[str]) -> float:
    """What the words beside the weightiest name or phrase, and beside those `without`, add to the likeness.

    Words that stand side by side in both stories, a name among them, are one ("Kremlin spokesman Dmitry Peskov").
    """
    first: dict[str, str] = {word: word for word in about.vector if word in other.vector and word not in without}

    def head_of(word: str) -> str:
        while first[word] != word:
            word = first[word]
        return word

    for one, next_ in about.name_pairs & other.name_pairs:
        if one in first and next_ in first:
            first[head_of(one)] = head_of(next_)
    weights: defaultdict[str, float] = defaultdict(float)
    for word in first:
        weights[head_of(word)] += about.vector[word] * other.vector[word]
    return sum(weights.values()) - max(weights.values(), default=0.0)
