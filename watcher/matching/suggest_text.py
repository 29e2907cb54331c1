"""The text of an article in; its sentences, and their words with what stands between them, out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from watcher.matching.suggest_words import FUNCTION

# The article that French and Italian write on to the next word is none of the name: l'OTAN, d'Emmanuel Macron
_ELIDED = re.compile(r"(?:[ldnsj]|qu|dell|all|nell|sull|dall)['’](?=[A-ZÀ-Þ])")
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\w+(?:['’\-]\w+)*")
_END = re.compile(r"[.!?…]+[\"”’'»)\]]*\s+(?=[\"“‘'«(\[]*\S)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“])(?:[^\W\d_]|Mr|Mrs|Ms|Dr|Prof|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Capt|Maj|Adm|Rev|Hon|St|Jr|Sr|No|vs|etc|Inc"
    r"|Corp|Ltd|Co|Jan|Feb|Aug|Sept|Oct|Nov|Dec|(?:[^\W\d_]\.)+[^\W\d_])$"
)
_SEED_HEAD = re.compile(r"^\s*date \d{4}-\d\d-\d\d ")
# BELÉM, Brazil (Reuters) - …; MOSCOW, June 7. /TASS/. …
_DATELINE = re.compile(r"^(?=\D)[^a-z:]{3,40}?(?:, [^—–:]{1,30})?(?: \([^)]{2,20}\))?\s*(?:[—–]|-(?=\s)|/TASS/\.)\s*")
_OPENING = re.compile(r"[\"“‘«(:—–]\s*$")
_LOOK = 12  # characters around a full stop that say whether it ends a sentence
_LONGEST_HEADING = 15  # words; a longer line without a full stop is a sentence whose stop was lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a sentence. gap: what stands before it; first: whether a capital says nothing there."""

    text: str  # without a possessive 's
    gap: str
    first: bool
    possessive: bool

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()

    @property
    def joined(self) -> bool:
        """Whether only a space, or the dot of an initial or abbreviation, stands before it."""
        return self.gap in {" ", "\u00a0", ". "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """heading: a headline or a line between paragraphs, where capitals say little."""

    text: str
    words: tuple[Word, ...]
    heading: bool


def sentences(text: str, *, title: str = "") -> tuple[Sentence, ...]:
    """The sentences of an article, its title as a heading in front; also of the seed's form with its date."""
    text = unicodedata.normalize("NFC", text).replace("’", "'")  # in a name either is found by the other
    head = _SEED_HEAD.match(text)
    found = [_sentence(" ".join(title.split()), heading=True)] if title.strip() else []
    for block in (text[head.end() :] if head else text).splitlines():
        line = _DATELINE.sub("", " ".join(block.split()))
        if line:
            heading = _is_heading(line)
            found += [_sentence(part, heading=heading) for part in _split(line)]
    if all(sentence.heading for sentence in found):  # a note of a line or two, not an article
        found = [_sentence(one.text, heading=False) for one in found]
    return tuple(found)


def _split(line: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(line):
        following = line[end.end() : end.end() + _LOOK].lstrip("\"“‘'«([")[:1]
        stop = line[max(start, end.start() - _LOOK) : end.start()]
        if following.islower() or (line[end.start()] == "." and _ABBREVIATION.search(stop)):
            continue
        yield line[start : end.end()].strip()
        start = end.end()
    if line[start:].strip():
        yield line[start:].strip()


def _sentence(text: str, *, heading: bool) -> Sentence:
    words: list[Word] = []
    end = 0
    for found in _WORD.finditer(text):
        start = found.start()
        in_name = bool(words) and words[-1].capital and not words[-1].first  # Giscard d'Estaing
        if not in_name and (elided := _ELIDED.match(found[0])):
            start += elided.end()
        gap, written = text[end:start], text[start : found.end()]
        bare = re.sub(r"'s$", "", written.rstrip("."))
        possessive = bare != written.rstrip(".") or (bare.endswith("s") and text[found.end() : found.end() + 1] == "’")
        first = not words or bool(_OPENING.search(gap))
        words.append(Word(text=bare, gap=_gap(gap, words), first=first, possessive=possessive))
        end = found.end()
    return Sentence(text=text, words=tuple(words), heading=heading or _shouted(text) or _title_case(words))


def _gap(gap: str, before: list[Word]) -> str:
    """A full stop joins only after an initial or an abbreviated title."""
    if gap == ". " and before and not _ABBREVIATION.search(before[-1].text):
        return "."
    return gap


def _is_heading(line: str) -> bool:
    return line.rstrip("\"”’')")[-1:] not in {".", "!", "?", "…"} and len(line.split()) <= _LONGEST_HEADING


def _shouted(text: str) -> bool:
    """Whether it is all in capitals, so that they say nothing."""
    letters = [character for character in text if character.isalpha()]
    return len(letters) > 8 and sum(letter.isupper() for letter in letters) > 0.7 * len(letters)


def _title_case(words: list[Word]) -> bool:
    """Whether it is a headline in capitals: only words like "of" and "is" begin with a small letter."""
    letters = [word for word in words if word.text[:1].isalpha()]
    small = [word.text for word in letters if not word.capital]
    telling = [word for word in letters if word.capital and word.text.lower() not in FUNCTION]
    return len(letters) > 2 and len(telling) > 1 and all(len(word) < 5 and word in FUNCTION for word in small)
