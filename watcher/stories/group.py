"""A story x the known stories next to it -> its group, its relation to them, and the reason in words and a number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from watcher.model import Extraction, Grouping, IndexedStory, Relation
from watcher.stories.fingerprint import Fingerprint, cosine, fingerprint, jaccard, keys_of

MIN_SHINGLES = 25  # fewer shared runs of five words can be a template, a quotation or a byline
SAME_TEXT = 0.95  # above it two versions of an article differ in nothing that a reader would notice
COPY = 0.80  # of the smaller text in the larger
COPY_LEAD = 0.20  # of the first 40 words, in the first half of the other: a new article begins with what is new
TITLES_AGREE = 0.50
SHORT_WORDS = 12  # a summary under this is no evidence at all
EVENT = 0.45  # cosine of the lead-weighted vectors
EVENT_HEAD = 0.25  # of title and lead alone: a page with an older article below it is not about that one
EVENT_SAME_SITE = 0.30  # one outlet's formats are alike: there the texts must overlap too


def index_keys(extraction: Extraction) -> tuple[int, ...]:
    """The keys under which the story goes into the group index and finds its neighbours, signed 64 bit."""
    return keys_of(_print(extraction))


def group(*, story_id: str, extraction: Extraction, neighbours: Sequence[IndexedStory], now: datetime) -> Grouping:
    """How the story stands to those before it. now is when it is decided; neighbours may hold the story itself."""
    others = [known for known in neighbours if known.id != story_id and known.group != story_id]
    others = [known for known in others if known.indexed_at <= now]
    mine = _print(extraction)
    prints = {known.id: _print(known) for known in others}
    return (
        _same_article(extraction, mine, others, prints)
        or _copy(mine, others, prints)
        or _follow_up(extraction.site, mine, others, prints)
        or Grouping(group=story_id, relation=Relation.FIRST, reason="no known story is near enough")
    )


def seed_similarity(extraction: Extraction, seeds: Sequence[IndexedStory]) -> float:
    """How near the story stands to the seed that it is nearest to, 0 to 1."""
    mine = _print(extraction)
    return round(max((cosine(mine.vector, _print(seed).vector) for seed in seeds), default=0.0), 3)


def _same_article(
    extraction: Extraction, mine: Fingerprint, others: Sequence[IndexedStory], prints: dict[str, Fingerprint]
) -> Grouping | None:
    addresses = _addresses(extraction.url, extraction.canonical_url)
    for known in others:
        if not addresses & _addresses(known.url, known.canonical_url):
            continue
        theirs = prints[known.id]
        alike = _likeness(mine, theirs)
        if alike >= SAME_TEXT and mine.title == theirs.title:
            return _grouping(known, Relation.COPY, alike, "the same article again: same address, same text")
        return _grouping(known, Relation.REVISION, alike, f"the same address, {_percent(alike)} of the text unchanged")
    return None


def _copy(mine: Fingerprint, others: Sequence[IndexedStory], prints: dict[str, Fingerprint]) -> Grouping | None:
    best: Grouping | None = None
    for known in others:
        found = _copy_of(mine, prints[known.id], known)
        if found is not None and (best is None or found.similarity > best.similarity):
            best = found
    return best


def _copy_of(mine: Fingerprint, theirs: Fingerprint, known: IndexedStory) -> Grouping | None:
    shared = len(mine.shingles & theirs.shingles)
    smaller = min(len(mine.shingles), len(theirs.shingles))
    if shared < MIN_SHINGLES:
        return _short_copy(mine, theirs, known)
    contained = shared / smaller
    if contained < COPY:
        return None
    if mine.numbers != theirs.numbers and contained < SAME_TEXT:
        return None
    lead = len(mine.lead & theirs.first_half) / max(len(mine.lead), 1)
    titles = jaccard(mine.title, theirs.title)
    if lead < COPY_LEAD and titles < TITLES_AGREE:
        return None
    reason = f"{_percent(contained)} of the shorter text stands in the other, {_percent(lead)} of its beginning"
    return _grouping(known, Relation.COPY, contained, reason)


def _short_copy(mine: Fingerprint, theirs: Fingerprint, known: IndexedStory) -> Grouping | None:
    if not mine.title or mine.title != theirs.title or min(len(mine.words), len(theirs.words)) < SHORT_WORDS:
        return None
    alike = _likeness(mine, theirs)
    if alike < SAME_TEXT:
        return None
    return _grouping(known, Relation.COPY, alike, "the same headline over the same short text")


def _follow_up(
    site: str | None, mine: Fingerprint, others: Sequence[IndexedStory], prints: dict[str, Fingerprint]
) -> Grouping | None:
    best: IndexedStory | None = None
    nearest = 0.0
    for known in others:
        theirs = prints[known.id]
        near = cosine(mine.vector, theirs.vector)
        if near < EVENT or near <= nearest or cosine(mine.head, theirs.head) < EVENT_HEAD:
            continue
        if site and site == known.site and not _overlap_enough(mine, theirs):
            continue
        best, nearest = known, near
    if best is None:
        return None
    return _grouping(best, Relation.FOLLOW_UP, nearest, f"another article about the same event: {nearest:.2f} alike")


def _overlap_enough(mine: Fingerprint, theirs: Fingerprint) -> bool:
    shared = len(mine.shingles & theirs.shingles)
    return shared >= MIN_SHINGLES and _likeness(mine, theirs) >= EVENT_SAME_SITE


def _grouping(known: IndexedStory, relation: Relation, similarity: float, reason: str) -> Grouping:
    return Grouping(group=known.group, relation=relation, of=known.id, similarity=round(similarity, 3), reason=reason)


def _likeness(mine: Fingerprint, theirs: Fingerprint) -> float:
    """The share of the larger text that stands in the smaller."""
    if mine.words == theirs.words:
        return 1.0
    if not mine.shingles or not theirs.shingles:
        return jaccard(mine.words, theirs.words)
    return len(mine.shingles & theirs.shingles) / max(len(mine.shingles), len(theirs.shingles))


def _addresses(*urls: str | None) -> set[str]:
    """Addresses that name one article; a site's front page, which careless pages give as canonical, names none."""
    found = set()
    for url in urls:
        parts = urlsplit(url or "")
        if parts.path.strip("/") or parts.query:
            found.add(f"{parts.netloc.casefold()}{parts.path}?{parts.query}")
    return found


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _print(story: Extraction | IndexedStory) -> Fingerprint:
    return fingerprint(story.title, story.lede, story.text, story.language)
