"""A story x the known stories next to it -> its group, its relation to them, and the reason in words and a number.

The ladder, first that fits: the same article (same address: a revision, or the same again); a copy (the same text,
cut, re-headlined or wrapped, by shared runs of five words); a follow-up (the same event, by words weighted by rarity).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from watcher.model import Extraction, Grouping, IndexedStory, Relation
from watcher.stories.compare import (
    Near,
    about_of,
    foreign,
    grouping_with,
    host_of,
    near_to,
    numbers_changed,
    phrases,
    site_of,
    text_of,
)
from watcher.stories.copies import FOREIGN, MIN_SHINGLES, SAME_TEXT, find_copy
from watcher.stories.fingerprint import Outline, Shingles, cosine, keys_of, shingles, stem

DECLARED = 0.25  # of the text, where the page itself names the other as its original
COMPARED = 0.20  # cosine under which two stories have nothing to do with each other: copies are far above
TEXTS_COMPARED = 16  # of the nearest by what they are about, so many are compared word for word
EVENT = 0.36  # cosine of the lead-weighted vectors, less what the headlines do not know of each other
STRANGERS = 0.15  # of that: the same person in two affairs shares names and little of the headlines
EVENT_SHORT = 0.45  # with a title and a summary alone
EVENT_SHORT_WORDS = 60
EVENT_HEAD = 0.20  # of title and lead alone: a page with an older article below it is not about that one
EVENT_GROUP = 0.15  # to the rest of the group, on average: no chain of stories that each know the next alone
FILLING = 0.05  # of the cosine, from passages that stand in both: with more, both may be made from one form
EVENT_IN_FORM = 0.55  # without those passages: a form's other numbers and names tell of another event
EVENT_MANY = 0.17  # of the cosine, from other words than the two weightiest: one person is in many affairs
EVENT_SAME_SITE = 0.30  # one outlet's formats are alike: there the texts must overlap too
EVENT_SURE = 3.0  # deviations from chance: eight of eleven true pairs have it, none of 75 made of the same few words
EVENT_DAYS = timedelta(days=7)  # between two stories of one event; a seed is compared for ever

_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "ns_campaign", "ns_mchannel", "at_medium", "at_campaign")


def index_keys(extraction: Extraction) -> tuple[int, ...]:
    """The keys under which the story goes into the group index and finds its neighbours, signed 64 bit."""
    return keys_of(about_of(extraction), shingles(text_of(extraction)))


def group(*, story_id: str, extraction: Extraction, neighbours: Sequence[IndexedStory], now: datetime) -> Grouping:
    """How the story stands to those before it. now: when it is decided; neighbours may hold the story itself."""
    others = [known for known in neighbours if known.id != story_id and known.group != story_id]
    about = about_of(extraction)
    near = sorted((near_to(about, known) for known in others), key=lambda one: -one.alike)
    near = [one for one in near if one.alike >= COMPARED]
    return (
        _same_article(extraction, others)
        or find_copy(extraction, about, near[:TEXTS_COMPARED])
        or _follow_up(extraction, about, near, now)
        or Grouping(group=story_id, relation=Relation.FIRST, reason="no known story is near enough")
    )


def seed_similarity(extraction: Extraction, seeds: Sequence[IndexedStory]) -> float:
    """How near the story stands to the seed that it is nearest to, 0 to 1."""
    about = about_of(extraction)
    return round(max((near_to(about, seed).alike for seed in seeds), default=0.0), 3)


# -- the same article


def _same_article(extraction: Extraction, others: Sequence[IndexedStory]) -> Grouping | None:
    own, every = _addresses(extraction.url), _addresses(extraction.url, extraction.canonical_url)
    for known in others:
        if not every & _addresses(known.url, known.canonical_url):
            continue
        alike = _likeness(text_of(extraction), text_of(known))
        elsewhere = not own & _addresses(known.url) and host_of(extraction.url) != host_of(known.url)
        if elsewhere and alike < DECLARED:
            continue  # a careless page that names another's address as its own
        if elsewhere:
            reason = f"its page names the other as its original, {alike:.0%} of the text is the same"
            return grouping_with(known, Relation.COPY, alike, reason)
        if alike >= SAME_TEXT and extraction.title.split() == known.title.split():
            return grouping_with(known, Relation.COPY, alike, "the same article again: same address, same text")
        return grouping_with(known, Relation.REVISION, alike, f"the same address, {alike:.0%} of the text unchanged")
    return None


def _addresses(*urls: str | None) -> set[str]:
    """Addresses that name one article; a site's front page, which careless pages give as canonical, names none."""
    found = set()
    for url in urls:
        parts = urlsplit(url or "")
        asked = [(name, value) for name, value in parse_qsl(parts.query) if not name.startswith(_TRACKING)]
        if parts.path.strip("/") or asked:
            found.add(f"{host_of(url or '')}{parts.path.rstrip('/')}?{urlencode(asked)}")
    return found


# -- the same event


def _follow_up(extraction: Extraction, about: Outline, near: Sequence[Near], now: datetime) -> Grouping | None:
    members: defaultdict[str, list[float]] = defaultdict(list)
    for one in near:
        members[one.known.group].append(one.alike)
    for one in near:  # the nearest first
        alike = one.alike - STRANGERS * (foreign(about, one.about) + foreign(one.about, about))
        if not one.known.is_seed and _apart(extraction, one.known, now) > EVENT_DAYS:
            continue
        every = members[one.known.group]
        if sum(every) / len(every) >= EVENT_GROUP and _same_event(extraction, about, one, alike):
            reason = f"another article about the same event: {alike:.2f} alike"
            found = grouping_with(one.known, Relation.FOLLOW_UP, alike, reason)
            return replace(found, sure=phrases(extraction, one.known) >= EVENT_SURE)
    return None


def _same_event(extraction: Extraction, about: Outline, one: Near, alike: float) -> bool:
    known = one.known
    short = min(about.size, one.about.size) < EVENT_SHORT_WORDS
    if alike < (EVENT_SHORT if short else EVENT) or cosine(about.head, one.about.head) < EVENT_HEAD:
        return False
    mine, theirs = shingles(text_of(extraction)), shingles(text_of(known))
    if _borne_by_many(about, one.about, set()) < EVENT_MANY:
        return False
    passages = _passages(mine, theirs, about, one.about)
    filling = sum(about.vector.get(word, 0.0) * one.about.vector.get(word, 0.0) for word in passages)
    other_numbers = mine.numbers and theirs.numbers and not mine.numbers & theirs.numbers
    strange = _estranged(about, one.about) or other_numbers or numbers_changed(about, one.about)
    beside = _borne_by_many(about, one.about, passages)
    if filling >= FILLING and strange and (beside < EVENT_MANY or one.alike - filling < EVENT_IN_FORM):
        return False
    if site_of(extraction) and site_of(extraction) == site_of(known):
        shared = len(mine.all & theirs.all)
        return shared >= MIN_SHINGLES and shared / max(len(mine.all), len(theirs.all)) >= EVENT_SAME_SITE
    return True


def _apart(extraction: Extraction, known: IndexedStory, now: datetime) -> timedelta:
    """The time between the two, by when they came to us where one does not say."""
    if extraction.published is None or known.published is None:
        return abs(now - known.indexed_at)
    return abs(extraction.published - known.published)


def _estranged(about: Outline, other: Outline) -> bool:
    """Neither headline's own words are known to the other story."""
    return max(foreign(about, other), foreign(other, about)) >= FOREIGN


def _passages(mine: Shingles, theirs: Shingles, about: Outline, other: Outline) -> set[str]:
    """The stems of what both have word for word, but for those of the headlines.

    Such passages are forms, boilerplate and background: they say how the stories were made, not what happened.
    """
    passages = {stem(word) for run in mine.all & theirs.all for word in run.split(" ")}
    return passages - about.headline - other.headline


def _borne_by_many(about: Outline, other: Outline, without: set[str]) -> float:
    """What the words beside the two weightiest and those `without` add to the likeness.

    A name and a place may be in two affairs; an event is told with more words than these.
    """
    shared = sorted(
        (weight * other.vector[word], word) for word, weight in about.vector.items() if word in other.vector
    )
    return sum(weight for weight, word in shared[:-2] if word not in without)


def _likeness(text: str, other: str) -> float:
    """The share of the larger text that stands in the smaller."""
    mine, theirs = shingles(text).all, shingles(other).all
    if mine == theirs:
        return 1.0
    return len(mine & theirs) / max(len(mine), len(theirs))
