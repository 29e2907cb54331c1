"""A story x the known stories that it has to do with -> the one whose text it carries: cut, re-headlined, wrapped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from watcher.model import Extraction, Grouping, IndexedStory, Relation
from watcher.stories.compare import Near, figures_apart, foreign, grouping_with, refilled, site_of, text_of
from watcher.stories.fingerprint import Outline, Shingles, jaccard, shingles

MIN_SHINGLES = 25  # fewer shared runs of five words can be a template, a quotation or a byline
MIN_SHINGLES_TITLE = 10  # under the same headline
SAME_TEXT = 0.95  # above it two versions of an article differ in nothing that a reader would notice
COPY = 0.60  # of the smaller text in the larger: a fifth of the sentences may be rewritten
COPY_WITH_LEAD = 0.50  # where half of the beginning is the same as well
COPY_WITH_TITLE = 0.40  # where the headlines agree and a fifth of the beginning is the same: a third may be rewritten
COPY_SAME_SITE = 0.80  # one outlet's articles share background with each other
COPY_SURE = 0.80  # with it one beginning of the two is enough, if the headlines agree
COPY_LEAD = 0.20  # of a text's beginning in the first half of the other: a new article begins with what is new
LEAD_KEPT = 0.50
LEAD_TAKEN = 0.80  # the beginning was taken over: it is as good as the headline
TITLES_AGREE = 0.50
TITLES_SAME = 0.80  # the headline was taken over: then the beginning may be written anew
COPY_SAME_TITLE = 0.45  # of a text under the same headline: three sentences in ten may be rewritten, the longest too
COPY_SAME_HEADLINE = 0.25  # word for word: two papers may each have rewritten three sentences in ten, other ones
TITLES_ALIKE, COPY_NOTHING_NEW = 0.40, 0.50  # and no news in either headline: both beginnings may be written anew
HEADLINE_WORDS = 5  # different ones: "Morning briefing" is no headline
CUT = 0.70  # of the longer text's words: a shorter one was cut
FOREIGN = 0.15  # of a headline's weight: who, what and where of its own make a text no copy, whatever fills the rest
NEWS = 0.05  # of the weight of either headline: a text that only lost words of the other's tells nothing new
HEADLINE_NEWS = 0.10  # of a headline's weight, over a beginning that is new too: 99 of 100 denials, 3 of 100 copies
LEAD_OLD = 0.45
SHORT_WORDS = 12  # a summary under this is no evidence at all
NUMBERS_AGREE = 0.34  # of the numbers at the top: results, prices and draws are told in the same words each time
FURNITURE_ANYWHERE = 3  # other groups, whatever their sites: an agency's background, a form that many fill in
FURNITURE = 2  # other groups of its site in which a line stands: it belongs to the site, not to the story


def find_copy(extraction: Extraction, about: Outline, near: Sequence[Near]) -> Grouping | None:
    furniture = _furniture(extraction, [one.known for one in near])
    site = site_of(extraction)  # that two documents name none does not make them one outlet's
    mine = shingles(_without(text_of(extraction), furniture[site]))
    best: Grouping | None = None
    for one in near:
        theirs = shingles(_without(text_of(one.known), furniture[site_of(one.known)]))
        found = _copy_of(mine, theirs, about, one, same_site=bool(site) and site == site_of(one.known))
        if found is not None and (best is None or found.similarity > best.similarity):
            best = found
    return best


def _copy_of(mine: Shingles, theirs: Shingles, about: Outline, one: Near, *, same_site: bool) -> Grouping | None:
    titles = jaccard(about.title, one.about.title)
    leads = (_share(mine.lead, theirs.first_half), _share(theirs.lead, mine.first_half))
    contained = _contained(mine.all, theirs.all)
    if not same_site and _says_nothing_new(mine, theirs, about, one.about):
        reason = f"{contained:.0%} of its text stands in the other, which says all that it says"
        return grouping_with(one.known, Relation.COPY, contained, reason)
    if len(mine.all & theirs.all) < (MIN_SHINGLES_TITLE if titles >= TITLES_SAME else MIN_SHINGLES):
        return _short_copy(mine, theirs, about, one)
    quoted = mine.quoted | theirs.quoted
    if min(len(mine.all - quoted), len(theirs.all - quoted)) >= MIN_SHINGLES:
        contained = min(contained, _contained(mine.all - quoted, theirs.all - quoted))  # a long quotation is no copy
    if not (
        _enough(contained, titles, leads, same_site=same_site)
        or (not same_site and _under_one_headline(contained, titles, about, one.about))
    ):
        return None
    same_headline = titles >= TITLES_AGREE  # but for a number: "83 injured" over the old text
    if (contained < SAME_TEXT or same_headline) and _headline_numbers_changed(mine, theirs, about, one.about):
        return None
    if contained < SAME_TEXT and _other_numbers(mine, theirs):
        return None
    if titles < TITLES_SAME and _no_number_in_common(mine, theirs):
        return None
    if _names_differ(about, one.about) or (contained < SAME_TEXT and _begins_with_news(about, one.about, leads)):
        return None
    reason = f"{contained:.0%} of the shorter text stands in the other, {min(leads):.0%} of its beginning"
    return grouping_with(one.known, Relation.COPY, contained, reason)


def _says_nothing_new(mine: Shingles, theirs: Shingles, about: Outline, other: Outline) -> bool:
    """A text cut to its beginning, however short: all of it stands in the other from the top, its headline with it."""
    if (
        mine.size < SHORT_WORDS
        or _share(mine.all, theirs.all) < SAME_TEXT
        or _share(mine.lead, theirs.lead) < LEAD_KEPT
    ):
        return False
    return not about.numbers - theirs.every_number - other.numbers and not _names_differ(about, other)


def _headline_numbers_changed(mine: Shingles, theirs: Shingles, about: Outline, other: Outline) -> bool:
    """ "83 injured" -> "96 injured": the same headline with a number that the other story does not know is news.

    A text that was cut need not have kept the number in the headline of the whole.
    """
    if not about.numbers or not other.numbers or about.numbers == other.numbers:
        return False
    lacking = (about.numbers - other.numbers - theirs.every_number, other.numbers - about.numbers - mine.every_number)
    if min(mine.size, theirs.size) < CUT * max(mine.size, theirs.size):
        return bool(lacking[0] if mine.size < theirs.size else lacking[1])
    return any(lacking)


def _begins_with_news(about: Outline, other: Outline, leads: tuple[float, float]) -> bool:
    """A denial, a verdict, a lawsuit over an old text: the headline and the beginning of either are its own."""
    return any(
        foreign(*pair) >= HEADLINE_NEWS and lead < LEAD_OLD
        for pair, lead in zip(((about, other), (other, about)), leads, strict=True)
    )


def _names_differ(about: Outline, other: Outline) -> bool:
    """A name in one headline that the other story does not know, or any such word in both; each tells something new."""
    named = max(foreign(about, other, about.names), foreign(other, about, other.names))
    new = min(foreign(about, other), foreign(other, about))
    return new >= FOREIGN or (named >= FOREIGN and new >= NEWS)


def _under_one_headline(contained: float, titles: float, about: Outline, other: Outline) -> bool:
    """A headline that was taken over, or kept in part with nothing new in either, over texts written anew in places."""
    if titles >= SAME_TEXT and len(set(about.title)) >= HEADLINE_WORDS:
        return contained >= COPY_SAME_HEADLINE
    if titles < TITLES_ALIKE or contained < COPY_NOTHING_NEW:
        return False
    return max(foreign(about, other), foreign(other, about)) < NEWS


def _enough(contained: float, titles: float, leads: tuple[float, float], *, same_site: bool) -> bool:
    """Whether so much shared text, with headlines and beginnings so much alike, can be one text."""
    agreed = titles >= TITLES_AGREE
    if same_site:
        return contained >= (COPY_SAME_SITE if agreed else SAME_TEXT) and min(leads) >= COPY_LEAD
    if titles >= TITLES_SAME and contained >= COPY_SAME_TITLE:
        return True
    if min(leads) < COPY_LEAD:
        return agreed and contained >= COPY_SURE and max(leads) >= COPY_LEAD
    if agreed or min(leads) >= LEAD_TAKEN:
        return contained >= COPY_WITH_TITLE
    return contained >= (COPY_WITH_LEAD if min(leads) >= LEAD_KEPT else COPY)


def _short_copy(mine: Shingles, theirs: Shingles, about: Outline, one: Near) -> Grouping | None:
    """With a title and a summary alone both must be the same."""
    if not about.title or about.title != one.about.title or min(about.size, one.about.size) < SHORT_WORDS:
        return None
    alike = len(mine.all & theirs.all) / max(len(mine.all | theirs.all), 1)
    if alike < SAME_TEXT:
        return None
    return grouping_with(one.known, Relation.COPY, alike, "the same headline over the same short text")


def _other_numbers(mine: Shingles, theirs: Shingles) -> bool:
    """Two draws of a lottery, two closing prices: the same words around other numbers, several of them.

    Where the sentences with the numbers were written anew, nothing stands around them that both have.
    """
    if refilled(mine, theirs):
        return True
    enough = min(len(mine.numbers), len(theirs.numbers)) >= 2 and figures_apart(mine, theirs)[0] > 0
    return enough and max(_known_numbers(mine, theirs), _known_numbers(theirs, mine)) < NUMBERS_AGREE


def _no_number_in_common(mine: Shingles, theirs: Shingles) -> bool:
    if (
        not (mine.numbers and theirs.numbers)
        or mine.numbers & theirs.every_number
        or theirs.numbers & mine.every_number
    ):
        return False
    return figures_apart(mine, theirs)[0] > 0 or _contained(mine.all, theirs.all) < COPY


def _known_numbers(mine: Shingles, theirs: Shingles) -> float:
    """The share of the numbers at the top of one text that the other has anywhere."""
    return _share(mine.numbers, theirs.every_number)


def _furniture(extraction: Extraction, known: Iterable[IndexedStory]) -> defaultdict[str, frozenset[str]]:
    """For each site the lines that stand in several stories which have nothing else to do with each other."""
    of_site: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    anywhere: defaultdict[str, set[str]] = defaultdict(set)
    every: list[tuple[Extraction | IndexedStory, str]] = [(extraction, ""), *((one, one.group) for one in known)]
    for one, group_ in every:
        for line in set(_lines(text_of(one))):
            of_site[site_of(one), line].add(group_)
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


def _contained(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(min(len(one), len(other)), 1)


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / max(len(part), 1)
