"""Two stories -> what they have in common: a known one beside the new one, what their headlines know of each other."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from watcher.model import Extraction, Grouping, IndexedStory, Relation
from watcher.stories.fingerprint import Outline, cosine, outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A known story that has to do with the new one."""

    known: IndexedStory
    about: Outline
    alike: float  # cosine of what they are about


def near_to(about: Outline, known: IndexedStory) -> Near:
    theirs = about_of(known)
    return Near(known=known, about=theirs, alike=cosine(about.vector, theirs.vector))


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


def numbers_changed(about: Outline, other: Outline) -> bool:
    """ "83 injured" -> "96 injured": the same headline with another number is news."""
    return bool(about.numbers and other.numbers and about.numbers != other.numbers)
