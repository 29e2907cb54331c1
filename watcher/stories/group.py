"""A story x the known stories next to it -> its group, its relation to them, and the reason in words and a number.

The ladder, first that fits: the same article (same address: a revision, or the same again); a copy (the same text,
cut, re-headlined or wrapped, by shared runs of five words); a follow-up (the same event, by words weighted by rarity).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from watcher.model import Extraction, Grouping, IndexedStory, Relation
from watcher.stories.fingerprint import Outline, Shingles, cosine, jaccard, keys_of, outline, shingles, stem

MIN_SHINGLES = 25  # fewer shared runs of five words can be a template, a quotation or a byline
SAME_TEXT = 0.95  # above it two versions of an article differ in nothing that a reader would notice
COPY = 0.60  # of the smaller text in the larger: a fifth of the sentences may be rewritten
COPY_WITH_LEAD = 0.50  # where half of the beginning is the same as well
COPY_WITH_TITLE = 0.40  # where the headlines agree and a fifth of the beginning is the same: a third may be rewritten
COPY_SAME_SITE = 0.80  # one outlet's articles share background with each other
COPY_SURE = 0.80  # with it one beginning of the two is enough, if the headlines agree
COPY_LEAD = 0.20  # of a text's beginning in the first half of the other: a new article begins with what is new
LEAD_KEPT = 0.50
TITLES_AGREE = 0.50
TITLES_SAME = 0.80  # the headline was taken over: then the beginning may be written anew
FOREIGN = 0.15  # of a headline's weight: who, what and where of its own make a text no copy, whatever fills the rest
NUMBERS_AGREE = 0.34  # of the numbers at the top: results, prices and draws are told in the same words each time
NEWS = 0.05  # of the weight of either headline: a text that only lost words of the other's tells nothing new
SHORT_WORDS = 12  # a summary under this is no evidence at all
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
EVENT_DAYS = timedelta(days=7)  # between two stories of one event; a seed is compared for ever
FURNITURE_ANYWHERE = 3  # other groups, whatever their sites: an agency's background, a form that many fill in
FURNITURE = 2  # other groups of its site in which a line stands: it belongs to the site, not to the story

_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "ns_campaign", "ns_mchannel", "at_medium", "at_campaign")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Near:
    """A known story that has to do with the new one."""

    known: IndexedStory
    about: Outline
    alike: float  # cosine of what they are about


def index_keys(extraction: Extraction) -> tuple[int, ...]:
    """The keys under which the story goes into the group index and finds its neighbours, signed 64 bit."""
    return keys_of(_about(extraction), shingles(_text(extraction)))


def group(*, story_id: str, extraction: Extraction, neighbours: Sequence[IndexedStory], now: datetime) -> Grouping:
    """How the story stands to those before it. now: when it is decided; neighbours may hold the story itself."""
    others = [known for known in neighbours if known.id != story_id and known.group != story_id]
    about = _about(extraction)
    near = sorted((_near(about, known) for known in others), key=lambda one: -one.alike)
    near = [one for one in near if one.alike >= COMPARED]
    return (
        _same_article(extraction, others)
        or _copy(extraction, about, near[:TEXTS_COMPARED])
        or _follow_up(extraction, about, near, now)
        or Grouping(group=story_id, relation=Relation.FIRST, reason="no known story is near enough")
    )


def seed_similarity(extraction: Extraction, seeds: Sequence[IndexedStory]) -> float:
    """How near the story stands to the seed that it is nearest to, 0 to 1."""
    about = _about(extraction)
    return round(max((_near(about, seed).alike for seed in seeds), default=0.0), 3)


# -- the same article


def _same_article(extraction: Extraction, others: Sequence[IndexedStory]) -> Grouping | None:
    own, every = _addresses(extraction.url), _addresses(extraction.url, extraction.canonical_url)
    for known in others:
        if not every & _addresses(known.url, known.canonical_url):
            continue
        alike = _likeness(_text(extraction), _text(known))
        elsewhere = not own & _addresses(known.url) and _host(extraction.url) != _host(known.url)
        if elsewhere and alike < DECLARED:
            continue  # a careless page that names another's address as its own
        if elsewhere:
            reason = f"its page names the other as its original, {alike:.0%} of the text is the same"
            return _grouping(known, Relation.COPY, alike, reason)
        if alike >= SAME_TEXT and extraction.title.split() == known.title.split():
            return _grouping(known, Relation.COPY, alike, "the same article again: same address, same text")
        return _grouping(known, Relation.REVISION, alike, f"the same address, {alike:.0%} of the text unchanged")
    return None


def _addresses(*urls: str | None) -> set[str]:
    """Addresses that name one article; a site's front page, which careless pages give as canonical, names none."""
    found = set()
    for url in urls:
        parts = urlsplit(url or "")
        asked = [(name, value) for name, value in parse_qsl(parts.query) if not name.startswith(_TRACKING)]
        if parts.path.strip("/") or asked:
            found.add(f"{_host(url or '')}{parts.path.rstrip('/')}?{urlencode(asked)}")
    return found


def _host(url: str) -> str:
    return urlsplit(url).netloc.casefold().removeprefix("www.")


# -- the same text


def _copy(extraction: Extraction, about: Outline, near: Sequence[_Near]) -> Grouping | None:
    furniture = _furniture(extraction, [one.known for one in near])
    mine = shingles(_without(_text(extraction), furniture[_site(extraction)]))
    best: Grouping | None = None
    for one in near:
        theirs = shingles(_without(_text(one.known), furniture[_site(one.known)]))
        found = _copy_of(mine, theirs, about, one, same_site=_site(extraction) == _site(one.known))
        if found is not None and (best is None or found.similarity > best.similarity):
            best = found
    return best


def _copy_of(mine: Shingles, theirs: Shingles, about: Outline, one: _Near, *, same_site: bool) -> Grouping | None:
    if len(mine.all & theirs.all) < MIN_SHINGLES:
        return _short_copy(mine, theirs, about, one)
    contained = _contained(mine.all, theirs.all)
    if (
        min(len(mine.plain), len(theirs.plain)) >= MIN_SHINGLES
    ):  # two articles may share a long quotation and little else
        contained = min(contained, _contained(mine.plain, theirs.plain))
    titles = jaccard(about.title, one.about.title)
    leads = (_share(mine.lead, theirs.first_half), _share(theirs.lead, mine.first_half))
    if not _enough(contained, titles, leads, same_site=same_site):
        return None
    if contained < SAME_TEXT and (_numbers_changed(about, one.about) or _tells_other_numbers(mine, theirs)):
        return None
    if titles < TITLES_SAME and mine.numbers and theirs.numbers and not mine.numbers & theirs.numbers:
        return None
    if _names_differ(about, one.about):
        return None
    reason = f"{contained:.0%} of the shorter text stands in the other, {min(leads):.0%} of its beginning"
    return _grouping(one.known, Relation.COPY, contained, reason)


def _enough(contained: float, titles: float, leads: tuple[float, float], *, same_site: bool) -> bool:
    """Whether so much shared text, with headlines and beginnings so much alike, can be one text."""
    agreed = titles >= TITLES_AGREE
    if same_site:
        return contained >= SAME_TEXT or (contained >= COPY_SAME_SITE and agreed and min(leads) >= COPY_LEAD)
    if titles >= TITLES_SAME and contained >= COPY:
        return True
    if min(leads) < COPY_LEAD:
        return agreed and contained >= COPY_SURE and max(leads) >= COPY_LEAD
    bar = COPY_WITH_TITLE if agreed else COPY_WITH_LEAD if min(leads) >= LEAD_KEPT else COPY
    return contained >= bar


def _short_copy(mine: Shingles, theirs: Shingles, about: Outline, one: _Near) -> Grouping | None:
    """With a title and a summary alone both must be the same."""
    if not about.title or about.title != one.about.title or min(about.size, one.about.size) < SHORT_WORDS:
        return None
    alike = len(mine.all & theirs.all) / max(len(mine.all | theirs.all), 1)
    if alike < SAME_TEXT:
        return None
    return _grouping(one.known, Relation.COPY, alike, "the same headline over the same short text")


def _numbers_changed(about: Outline, other: Outline) -> bool:
    """ "83 injured" -> "96 injured": the same headline with another number is news."""
    return bool(about.numbers and other.numbers and about.numbers != other.numbers)


def _tells_other_numbers(mine: Shingles, theirs: Shingles) -> bool:
    """Two draws of a lottery, two closing prices: the same words around other numbers, several of them."""
    enough = min(len(mine.numbers), len(theirs.numbers)) >= 2
    return enough and jaccard(mine.numbers, theirs.numbers) < NUMBERS_AGREE


def _names_differ(about: Outline, other: Outline) -> bool:
    """A name in one headline that the other story does not know, or any such word in both; each tells something new."""
    named = max(_foreign(about, other, about.names), _foreign(other, about, other.names))
    new = min(_foreign(about, other), _foreign(other, about))
    return new >= FOREIGN or (named >= FOREIGN and new >= NEWS)


def _foreign(about: Outline, other: Outline, of: frozenset[str] | None = None) -> float:
    """The share of a headline's weight that its own text bears out and the other story does not know. of: a few."""
    borne_out = about.headline & about.body
    whole = sum(about.head.get(word, 0.0) for word in borne_out)
    lacking = (borne_out if of is None else borne_out & of) - other.body - other.headline
    return sum(about.head.get(word, 0.0) for word in lacking) / whole if whole else 0.0


def _furniture(extraction: Extraction, known: Iterable[IndexedStory]) -> defaultdict[str, frozenset[str]]:
    """For each site the lines that stand in several stories which have nothing else to do with each other."""
    of_site: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    anywhere: defaultdict[str, set[str]] = defaultdict(set)
    every: list[tuple[Extraction | IndexedStory, str]] = [(extraction, ""), *((one, one.group) for one in known)]
    for one, group_ in every:
        for line in set(_lines(_text(one))):
            of_site[_site(one), line].add(group_)
            anywhere[line].add(group_)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for (site, line), groups in of_site.items():
        if len(anywhere[line]) > FURNITURE_ANYWHERE or (site and len(groups) > FURNITURE):
            found[site].add(line)
    return defaultdict(frozenset, {site: frozenset(lines) for site, lines in found.items()})


def _without(text: str, furniture: frozenset[str]) -> str:
    return "\n".join(line for line in _lines(text) if line not in furniture) if furniture else text


def _lines(text: str) -> list[str]:
    return [stripped for line in text.splitlines() if (stripped := line.strip())]


# -- the same event


def _follow_up(extraction: Extraction, about: Outline, near: Sequence[_Near], now: datetime) -> Grouping | None:
    members: defaultdict[str, list[float]] = defaultdict(list)
    for one in near:
        members[one.known.group].append(one.alike)
    for one in near:  # the nearest first
        alike = one.alike - STRANGERS * (_foreign(about, one.about) + _foreign(one.about, about))
        if not one.known.is_seed and _apart(extraction, one.known, now) > EVENT_DAYS:
            continue
        every = members[one.known.group]
        if sum(every) / len(every) >= EVENT_GROUP and _same_event(extraction, about, one, alike):
            reason = f"another article about the same event: {alike:.2f} alike"
            return _grouping(one.known, Relation.FOLLOW_UP, alike, reason)
    return None


def _same_event(extraction: Extraction, about: Outline, one: _Near, alike: float) -> bool:
    known = one.known
    short = min(about.size, one.about.size) < EVENT_SHORT_WORDS
    if alike < (EVENT_SHORT if short else EVENT) or cosine(about.head, one.about.head) < EVENT_HEAD:
        return False
    mine, theirs = shingles(_text(extraction)), shingles(_text(known))
    if _borne_by_many(about, one.about, set()) < EVENT_MANY:
        return False
    passages = _passages(mine, theirs, about, one.about)
    filling = sum(about.vector.get(word, 0.0) * one.about.vector.get(word, 0.0) for word in passages)
    other_numbers = mine.numbers and theirs.numbers and not mine.numbers & theirs.numbers
    strange = _estranged(about, one.about) or other_numbers or _numbers_changed(about, one.about)
    beside = _borne_by_many(about, one.about, passages)
    if filling >= FILLING and strange and (beside < EVENT_MANY or one.alike - filling < EVENT_IN_FORM):
        return False
    if _site(extraction) and _site(extraction) == _site(known):
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
    return max(_foreign(about, other), _foreign(other, about)) >= FOREIGN


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


# -- small parts


def _near(about: Outline, known: IndexedStory) -> _Near:
    theirs = _about(known)
    return _Near(known=known, about=theirs, alike=cosine(about.vector, theirs.vector))


def _about(story: Extraction | IndexedStory) -> Outline:
    return outline(story.title, _text(story), story.language)


def _text(story: Extraction | IndexedStory) -> str:
    """The text, or the lede where there is none."""
    return story.text or story.lede


def _site(story: Extraction | IndexedStory) -> str:
    return (story.site or _host(story.url)).casefold()


def _grouping(known: IndexedStory, relation: Relation, similarity: float, reason: str) -> Grouping:
    return Grouping(group=known.group, relation=relation, of=known.id, similarity=round(similarity, 3), reason=reason)


def _likeness(text: str, other: str) -> float:
    """The share of the larger text that stands in the smaller."""
    mine, theirs = shingles(text).all, shingles(other).all
    if mine == theirs:
        return 1.0
    return len(mine & theirs) / max(len(mine), len(theirs))


def _contained(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(min(len(one), len(other)), 1)


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / max(len(part), 1)
