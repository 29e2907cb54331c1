"""A story x the known stories next to it -> its group, its relation to them, and the reason in words and a number.

The ladder, first that fits: the same article (same address: a revision, or the same again); a copy (the same text,
cut, re-headlined or wrapped, by shared runs of five words); a follow-up (the same event, by words weighted by rarity).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from watcher.model import Extraction, Grouping, IndexedStory, Relation
from watcher.stories.compare import about_of, grouping_with, heaviest, host_of, mentions, near_to, text_of
from watcher.stories.copies import SAME_TEXT, find_copy
from watcher.stories.event import find_event
from watcher.stories.fingerprint import keys_of, shingles
from watcher.stories.lines import without_furniture

DECLARED = 0.25  # of the text, where the page itself names the other as its original
COMPARED = 0.20  # cosine under which two stories have nothing to do with each other: copies are far above
TEXTS_COMPARED = 16  # of the nearest by what they are about, so many are compared word for word

_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "ns_campaign", "ns_mchannel", "at_medium", "at_campaign")


def index_keys(extraction: Extraction) -> tuple[int, ...]:
    """The keys under which the story goes into the group index and finds its neighbours, signed 64 bit."""
    return keys_of(about_of(extraction), shingles(text_of(extraction)))


def group(
    *,
    story_id: str,
    extraction: Extraction,
    neighbours: Sequence[IndexedStory],
    now: datetime,
    furniture: frozenset[int] = frozenset(),
) -> Grouping:
    """How the story stands to those before it.

    now: when it is decided; neighbours may hold the story itself; furniture: keys of the lines (lines.lines_of) that
    are their sites' own, and are left out of what is compared.
    """
    others = [
        without_furniture(known, furniture) for known in neighbours if known.id != story_id and known.group != story_id
    ]
    extraction = without_furniture(extraction, furniture)
    about = about_of(extraction)
    heavy = heaviest(about)
    near = sorted((near_to(about, known) for known in others if mentions(known, heavy)), key=lambda one: -one.alike)
    near = [one for one in near if one.alike >= COMPARED]
    return (
        _same_article(extraction, others)
        or find_copy(extraction, about, near[:TEXTS_COMPARED])
        or find_event(extraction, about, near, now)
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


def _likeness(text: str, other: str) -> float:
    """The share of the larger text that stands in the smaller."""
    mine, theirs = shingles(text).all, shingles(other).all
    if mine == theirs:
        return 1.0
    return len(mine & theirs) / max(len(mine), len(theirs))
