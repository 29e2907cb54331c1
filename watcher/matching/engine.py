"""All terms of all watches in, compiled once; for a document, every place where each of them stands, out.

One pass of one automaton over the search form finds what may be a term. What is not needed is not checked: a find is
looked up in the display text only when somebody asks for the finds of its term.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from watcher.matching.automaton import Automaton
from watcher.matching.folded import Folded
from watcher.matching.near import sure_words
from watcher.matching.terms import Case, Found, Mode, Span, Term, check, compile_term
from watcher.model import Field

FIELDS = (Field.TITLE, Field.SUMMARY, Field.BODY)

# The languages that write a genitive -s on to a name without an apostrophe (R5).
GENITIVE_LANGUAGES = frozenset({"de", "nl", "sv", "da", "no", "nb"})

_BREAK = re.compile(b"\0")
_SMALL = regex.compile(r"[\p{Ll}\p{Lt}\p{Lo}]")


_NONE: frozenset[int] = frozenset()


class Lexicon:
    """Collects the terms of all watches; the same words by the same rule are one term, with one number."""

    def __init__(self) -> None:
        self.terms: list[Term] = []
        self.term_patterns: list[tuple[int, ...]] = []  # by term: the numbers of its patterns
        self.patterns: dict[bytes, int] = {}
        self.genitives: dict[bytes, int] = {}  # with -s -> the pattern without
        self._numbers: dict[tuple[str, Mode], int] = {}

    def number(self, text: str, mode: Mode) -> int:
        """The number of a term. Raises ValueError if there is nothing to find in it."""
        known = self._numbers.get((text, mode))
        if known is not None:
            return known
        term = compile_term(text, mode)
        number = self._numbers[text, mode] = len(self.terms)
        patterns = tuple(map(self.pattern, term.patterns))
        self.terms.append(term)
        self.term_patterns.append(patterns)
        self.genitives.update(zip(term.genitives, patterns, strict=False))
        return number

    def numbers(self, texts: Sequence[str], mode: Mode) -> frozenset[int]:
        return frozenset([self.number(text, mode) for text in texts]) if texts else _NONE

    def pattern(self, search_form: bytes) -> int:
        """The number of a piece of search form, wherever it stands; without spaces at its ends also within words."""
        return self.patterns.setdefault(search_form, len(self.patterns))

    def patterns_of(self, numbers: Iterable[int]) -> frozenset[int]:
        """The patterns of these terms."""
        return frozenset([pattern for number in numbers for pattern in self.term_patterns[number]])


class Engine:
    """The compiled terms; holds nothing of any document."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.terms = lexicon.terms
        self.term_patterns = lexicon.term_patterns
        self.patterns = tuple(lexicon.patterns)
        self._genitives = lexicon.genitives
        self._plain = Automaton(self.patterns, {})
        self._germanic: Automaton | None = None

    def automaton(self, language: str | None) -> Automaton:
        """The one for a language; that with genitives is built when its first document comes."""
        if language not in GENITIVE_LANGUAGES or not self._genitives:
            return self._plain
        if self._germanic is None:
            self._germanic = Automaton(self.patterns, self._genitives)
        return self._germanic


class Stands(NamedTuple):
    """Where a term stands in one document: with its case right (R7), and with it wrong."""

    right: Sequence[Span]
    wrong: Sequence[Span]


_NOWHERE = Stands((), ())


def _is_word(pattern: str) -> bool:
    return pattern[:1] == " " == pattern[-1:] and " " not in pattern[1:-1]


class Scan:
    """One document, read once by the automaton. present: for each pattern whether it was found."""

    def __init__(self, engine: Engine, raw: Sequence[str], language: str | None) -> None:
        """raw: title, summary and body as they came; language: primary tag."""
        self.folded = Folded(raw)
        self.fields = self.folded.fields
        self._starts: tuple[int, ...] | None = None
        self.terms = engine.terms
        self._patterns = engine.patterns
        self._term_patterns = engine.term_patterns
        self.trace = engine.automaton(language).read(self.folded.search)
        self.present = self.trace.present
        self._stands: dict[int, Stands] = {}
        self._shouting: dict[int, int] = {}  # by field: how many letters, if all of them are capitals
        self._strict: bool | None = None

    @cached_property
    def _flat(self) -> str:
        return self.folded.flat()

    @property
    def starts(self) -> tuple[int, ...]:
        """Where each field starts in the joined ones."""
        if self._starts is None:
            self._starts = (0, *accumulate(len(field) + 1 for field in self.fields[:-1]))
        return self._starts

    def stands(self, number: int) -> Stands:
        """Every place where a term stands, in the order of the text, in code points of the joined fields."""
        known = self._stands.get(number)
        if known is None:
            present = self.present
            patterns = [pattern for pattern in self._term_patterns[number] if present[pattern]]
            if not patterns:
                known = _NOWHERE
            elif self._is_read(number):
                known = Stands(self._word(self.terms[number].text, self._patterns[patterns[0]].decode()), ())
            else:
                known = self._checked(number, patterns)
            self._stands[number] = known
        return known

    def counts(self, number: int) -> list[int] | None:
        """How many words surely begin up to where a term stands, for each place; None if that is not known."""
        patterns = self._term_patterns[number]
        if not any(self.present[pattern] for pattern in patterns):
            return []
        if not self._is_read(number) or self._sure is None:
            return None
        looked_up, counts = self._sure
        return counts[looked_up == patterns[0]].tolist() or None

    @cached_property
    def _sure(self) -> tuple[NDArray[np.int32], NDArray[np.intp]] | None:
        """The patterns that were looked up as words, and for each place of theirs how many words surely begin there."""
        found = self.trace.words()
        if found is None:
            return None
        patterns, nth = found
        return patterns, sure_words(self.folded.display, self.folded.word_starts()).take(nth)

    def _is_read(self, number: int) -> bool:
        """Whether all that has to be known of a term's places is where its pattern stands in the flat text."""
        simple = self.terms[number].simple and self._term_patterns[number][0] not in self.trace.with_genitive
        return simple and bool(self._flat)

    def _word(self, text: str, word: str) -> list[Span]:
        """Where a word stands in a text whose folding moved nothing. word: with the spaces around it."""
        flat, length = self._flat, len(word) - 2
        right: list[Span] = []
        start = flat.find(word)
        while start >= 0:
            right.append(Span(start, start + length, text))
            start = flat.find(word, start + 1)
        return right

    def field_at(self, place: int) -> int:
        return bisect_right(self.starts, place) - 1

    def fields_of(self, patterns: frozenset[int]) -> frozenset[int]:
        """The fields in which one of these patterns stands."""
        breaks = [match.start() for match in _BREAK.finditer(self.folded.search)]
        places = (place for pattern in patterns if self.present[pattern] for place in self.trace.places(pattern))
        return frozenset(bisect_right(breaks, start) for start, _, _ in places)

    def _checked(self, number: int, patterns: Sequence[int]) -> Stands:
        term, display = self.terms[number], self.folded.display
        right: list[Span] = []
        wrong: list[Span] = []
        if term.simple and not self._is_strict():
            return Stands([Span(*place[:2], term.text) for place in self._places(patterns[0])], wrong)
        for start, end, genitive in {place for pattern in patterns for place in self._places(pattern)}:
            found = check(term, display, start, end, genitive=genitive)
            if found is not None:
                holds = found.case_holds and not (term.case is Case.EXACT and self._is_shouted(found))
                (right if holds else wrong).append(Span(found.start, found.end, term.text))
        return Stands(sorted(set(right)), sorted(set(wrong)))

    def _places(self, pattern: int) -> list[tuple[int, int, bool]]:
        """Where a pattern stands in the display text, and whether with genitive."""
        text = self._patterns[pattern].decode()
        if self._flat and pattern not in self.trace.with_genitive and _is_word(text):
            return [(*span[:2], False) for span in self._word("", text)]
        return [(*self.folded.span(start, end), genitive) for start, end, genitive in self.trace.places(pattern)]

    def _is_strict(self) -> bool:
        """Arabic and Hebrew letters may touch a Latin name, which is no edge, though the search form parts them."""
        if self._strict is None:
            self._strict = self.folded.right_to_left()
        return self._strict

    def _is_shouted(self, found: Found) -> bool:
        """Whether a find stands among other words in a field of capitals (R7); letters without case are no capitals."""
        number = self.field_at(found.start)
        if number not in self._shouting:
            field = self.fields[number]
            self._shouting[number] = 0 if _SMALL.search(field) else sum(map(str.isalpha, field))
        return self._shouting[number] > sum(map(str.isalpha, self.folded.display[found.start : found.end]))
