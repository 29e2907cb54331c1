"""alert -> what a person reads of it: why it came, what it is to earlier ones, sentences with found words marked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from watcher.model import Alert, Field, Hit, NoAlert, Problem, Relation, Tally

# Shown of one alert. A mail of five sentences is read, one of twenty is skimmed; what is left out is counted.
EXCERPTS_SHOWN = 5

_SAME_PLACE = 30  # characters that two places of one story hardly share

_BLOCK_MARK = re.compile(r"\A(?:#{1,6}|[->]) ")  # how a heading, an item or a quotation begins in a story's text

# Controls that are no white space, lone surrogates, and what turns the direction of the text after it, with which a
# headline can show another ending than it has.
_UNFIT = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")

PLACES = {Field.TITLE: "in the headline", Field.SUMMARY: "in the summary", Field.BODY: "in the text"}

RELATIONS = {
    Relation.FIRST: "",
    Relation.FOLLOW_UP: "This goes on from a story that you were told of before",
    Relation.REVISION: "The article was rewritten after you were told of it",
    Relation.COPY: "Another outlet carries a text that you were told of before",
}

NEAR_SEED = 0.30  # cosine from which a story is said to be about the affair of the seed; unlike stories have under 0.15


def relation(alert: Alert) -> str:
    """How the story stands to what was told before, and to the article that the archive starts from; may be empty."""
    told = RELATIONS[alert.reason]
    if alert.reason is Relation.FOLLOW_UP and not alert.thread:
        told = "This goes on from a story in the archive that you were not told of"
    if told:
        told += f" ({clean(alert.story.grouping.reason)})." if alert.story.grouping.reason else "."
    return " ".join(filter(None, (told, _seed(alert.story.seed_similarity))))


def _seed(near: float) -> str:
    """How near a story stands to the seed article; empty where there is none."""
    if near >= NEAR_SEED:
        return f"It is about the affair of the seed article ({near:.0%} alike)."
    return f"It has little to do with the seed article ({near:.0%} alike)." if near > 0 else ""


OUTCOMES: dict[str, tuple[str, str]] = {
    "alerted": ("alerted", "alerted"),
    NoAlert.COPY: ("copy", "copies"),
    NoAlert.REVISION: ("revision", "revisions"),
    NoAlert.FOLLOW_UP_HELD: ("follow-up held for the next message", "follow-ups held for the next message"),
    NoAlert.SILENCED: ("silenced", "silenced"),
    NoAlert.BASELINE: ("older than the watch", "older than the watch"),
    NoAlert.ALREADY: ("told before", "told before"),
}


def tally(counts: Tally, zone: tzinfo) -> str:
    """ "Since Mon 23 Nov 07:30: 12 matches, of them 9 alerted, 3 copies.": the numbers add up."""
    since = f"Since {moment(counts.since, zone)}" if counts.since else "So far"
    told = (f"{number} {OUTCOMES.get(name, (name, name))[number != 1]}" for name, number in counts.outcomes.items())
    return f"{since}: {counts.matched} {'match' if counts.matched == 1 else 'matches'}, of them {', '.join(told)}."


PROBLEMS = {
    Problem.PAYWALL: "the page is behind a paywall",
    Problem.CONSENT: "the page asks for consent first",
    Problem.NOT_AN_ARTICLE: "the page does not look like an article",
    Problem.EMPTY: "no text was found in the page",
    Problem.SCRIPT_ONLY: "the page shows its text only to a browser that runs its scripts",
    Problem.SOFT_404: "the page says that the article is not there",
    Problem.UNREACHABLE: "the page could not be fetched",
    Problem.NOT_FETCHED: "the page was not fetched",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text; found: it is the words that the watch found."""

    text: str
    found: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A sentence with the found words apart. place: where it stands, e.g. "in the text"."""

    place: str
    pieces: tuple[Piece, ...]


def clean(text: str) -> str:
    """The text on one line, fit for a header, a page and a terminal."""
    return " ".join(_UNFIT.sub("", text).split())


def printable(text: str) -> str:
    """The text with its white space as it is, and nothing that a terminal or a page would act on."""
    return _UNFIT.sub("", text)


def apart(text: str) -> str:
    """A name within a sentence of ours: one that runs from right to left must not draw the words around it along."""
    to_the_left = any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)
    return f"\u2068{text}\u2069" if to_the_left else text  # an isolate, as Unicode has it for this


def clip(text: str, limit: int) -> str:
    """The text in at most `limit` characters, cut between words and ended with an ellipsis where it was cut."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    between_words = head.rpartition(" ")[0]
    # A script without spaces, or one endless word, is cut where the room ends.
    return (between_words if len(between_words) > limit // 2 else head).rstrip(" ,;:-") + "…"


def moment(time: datetime, zone: tzinfo) -> str:
    """A time as a person writes it: 7 June 2025, 14:03 CEST."""
    local = time.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M %Z}"


def listed(parts: Sequence[str]) -> str:
    """a; a and b; a, b and c."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def incomplete(problem: Problem | None) -> str:
    """Why less than the whole story was read, as a sentence; empty if all of it was."""
    if problem is None:
        return ""
    return f"Not the whole story: {PROBLEMS[problem]}. What stands here is what its feed says."


# ------------------------------------------------------------------------------------------------------------------ why


def why(watch: str, hits: Sequence[Hit], context: Sequence[str] = ()) -> str:
    """Where the words were found: “Elon Musk” is in the headline and 5 times in the text, beside “SpaceX”.

    context: words of `with` and `needs` that stand in the story.
    """
    if not hits:
        return ""
    main = _main_term(watch, hits)
    own = [hit for hit in hits if _same_name(hit.term, main)]
    counts = {field: sum(hit.field is field for hit in own) for field in PLACES}
    places = [_place(field, count) for field, count in counts.items() if count]
    terms = [*(hit.term for hit in hits), *context]
    others = list(dict.fromkeys(_term(term) for term in terms if not _same_name(term, main)))
    named = [f"“{apart(term)}”" for term in others[:4]] + ([f"{len(others) - 4} more"] if len(others) > 4 else [])
    beside = f", beside {listed(named)}" if named else ""
    topic = "" if main.casefold() == watch.casefold() else f"{apart(clean(watch))}: "
    return f"{topic}“{apart(_term(main))}” is {listed(places)}{beside}."


def _place(field: Field, count: int) -> str:
    if field is Field.TITLE and count == 1:
        return PLACES[field]
    return f"{times(count)} {PLACES[field]}"


def _term(term: str) -> str:
    return clean(term).rstrip("*")


def _main_term(watch: str, hits: Sequence[Hit]) -> str:
    """The watch's own name if it was found, else what was found first."""
    return next((hit.term for hit in hits if hit.term.casefold() == watch.casefold()), hits[0].term)


def _same_name(term: str, main: str) -> bool:
    """A short name goes with the full one: the words of “Musk” are among those of “Elon Musk”."""
    return set(_term(term).casefold().split()) <= set(_term(main).casefold().split())


# ------------------------------------------------------------------------------------------------------------- excerpts


def marked(text: str, found: Iterable[str]) -> tuple[Piece, ...]:
    """The text in pieces, the found words apart, longest first.

    Where a word stands on its own somewhere, only such places count; else any (after an Arabic prefix, in Chinese).
    """
    text = clean(text)
    words = sorted({clean(word) for word in found} - {""}, key=lambda word: (-len(word), word))
    patterns = [_alone(word) if stands_in(word, text) else re.escape(word) for word in words]
    pieces, end = [], 0
    for match in re.finditer("|".join(patterns), text) if patterns else ():
        pieces += [Piece(text=text[end : match.start()]), Piece(text=match.group(), found=True)]
        end = match.end()
    pieces.append(Piece(text=text[end:]))
    return tuple(piece for piece in pieces if piece.text)


def stands_in(word: str, text: str) -> bool:
    """Whether the word stands on its own somewhere in the text."""
    return bool(word) and re.search(_alone(word), text) is not None


def _alone(word: str) -> str:
    return rf"(?<!\w){re.escape(word)}(?!\w)"


def excerpts(alert: Alert) -> tuple[tuple[Excerpt, ...], int]:
    """The sentences to show, in the order of the story, and how many sentences more had a hit.

    A sentence with several hits is shown once. Each term gets its first sentence before any term gets its second.
    The headline is not repeated: it stands above. Nor is a summary that the text goes on from.
    """
    sentences = _without_repeats(_sentences(alert.hits, clean(alert.story.extraction.title)))
    known: set[str] = set()
    brings_new = {}
    for sentence, hits in sentences.items():
        brings_new[sentence] = not {hit.term for hit in hits} <= known
        known |= {hit.term for hit in hits}
    chosen = sorted(sentences, key=lambda sentence: not brings_new[sentence])[:EXCERPTS_SHOWN]
    shown = tuple(
        Excerpt(place=PLACES[hits[0].field], pieces=marked(sentence, [hit.text for hit in hits]))
        for sentence, hits in sentences.items()
        if sentence in chosen
    )
    return shown, len(sentences) - len(shown)


def _sentences(hits: Sequence[Hit], headline: str) -> dict[str, list[Hit]]:
    """The sentences beside the headline, each with its hits; a long one's windows count as one where they overlap."""
    sentences: dict[str, list[Hit]] = {}
    last = ""
    for hit in hits:
        sentence = _BLOCK_MARK.sub("", clean(hit.excerpt), count=1) if hit.field is Field.BODY else clean(hit.excerpt)
        if not sentence or (hit.field is Field.TITLE and sentence.strip("…") in headline):
            continue
        if sentence not in sentences and last and _shows(last, sentence, hit) and sentences[last][0].field is hit.field:
            sentence = last
        sentences.setdefault(sentence, []).append(hit)
        last = sentence
    return sentences


def _without_repeats(sentences: Mapping[str, list[Hit]]) -> dict[str, list[Hit]]:
    """Without the summary's sentences that stand in one of the text, whole or up to where the feed cut them."""
    kept = {sentence: list(hits) for sentence, hits in sentences.items()}
    for sentence, hits in sentences.items():
        words = sentence.rstrip("[]()….。 ").lstrip("…")
        if hits[0].field is not Field.SUMMARY or len(words) < _SAME_PLACE:
            continue
        whole = next((one for one in kept if kept[one][0].field is Field.BODY and words in one), None)
        if whole is not None:
            kept[whole] += kept.pop(sentence)
    return kept


def _shows(last: str, sentence: str, hit: Hit) -> bool:
    """Whether the last window shows the hit and half of this one: a long sentence is cut around each of its hits."""
    begins = last.find(sentence.strip("…")[:_SAME_PLACE])
    return begins >= 0 and len(last) - begins >= len(sentence) // 2 and clean(hit.text) in last[begins:]
