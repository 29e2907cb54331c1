"""Patterns in, compiled once; for a search form, which of them stand in it, and where, out.

A pattern is a piece of search form; a space at an end of it is the edge of a word. Long lists are mostly of single
words (surnames, the words of queries). Beyond some of them it is cheaper to look up all words of a text at once than to
have the automaton report them; it then reads for the other patterns alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import ahocorasick_rs
import numpy as np
from numpy.typing import NDArray

from watcher.matching.weights import finds_in_a_story
from watcher.matching.words import LONGEST, Found, Words, counted

# Looking up the words of a story of 4 KB costs as much as the automaton needs for so many words more, or for so many
# finds more: it reports every "the".
MANY_WORDS = 4000
_MANY_FINDS = 200
_SOME_WORDS = 500  # not so many: not worth loading the word frequencies for

Match = tuple[int, int, int]  # the automaton's number of a text, from byte, to byte
Numbers = NDArray[np.int32]


class Automaton:
    """The patterns by number; behind them their forms with genitive, which count as the pattern that they are of."""

    __slots__ = (
        "_as_words",
        "_base",
        "_edges",
        "_find",
        "_nothing",
        "_numbers",
        "_plain",
        "_texts",
        "_words",
        "with_genitive",
    )

    def __init__(
        self, patterns: Sequence[bytes], genitives: Mapping[bytes, int], *, many_words: int = MANY_WORDS
    ) -> None:
        """genitives: form -> the number of its pattern. A space at an end of a pattern is the edge of a word."""
        self._texts = [*patterns, *genitives]
        self._plain = len(patterns)
        self._base = np.fromiter([*range(len(patterns)), *genitives.values()], np.int32)
        self.with_genitive = frozenset(genitives.values())
        self._edges = [(text[:1] == b" ", text[-1:] == b" ") for text in self._texts]
        self._words: tuple[Words, Numbers] | None = None  # and the texts that they are
        self._as_words: dict[int, list[int]] = {}  # pattern -> the texts of it that are looked up
        self._numbers = np.arange(len(self._texts), dtype=np.int32)  # what the automaton calls i is text _numbers[i]
        single = [number for number, text in enumerate(self._texts) if _is_word(text)]
        if len(single) > many_words or (len(single) > _SOME_WORDS and self._cost(single, many_words) > 1):
            self._look_up(single)
        self._find = ahocorasick_rs.BytesAhoCorasick(
            [self._texts[number] for number in self._numbers.tolist()]
        ).find_matches_as_indexes
        self._nothing = Trace(self, b"", (), self._base[:0], self._plain, None)

    def _cost(self, single: Sequence[int], many_words: int) -> float:
        """What the automaton needs for these words, in what looking up all words of a story costs."""
        return len(single) / many_words + finds_in_a_story(self._texts[number] for number in single) / _MANY_FINDS

    def _look_up(self, single: Sequence[int]) -> None:
        texts: dict[bytes, int] = {}
        for number in single:
            # Merkels the name, and the genitive of Merkel: the second stays behind
            if texts.setdefault(self._texts[number], number) == number:
                self._as_words.setdefault(int(self._base[number]), []).append(number)
        looked_up = np.fromiter(texts.values(), np.int32)
        self._words = Words([text[1:-1] for text in texts]), looked_up
        self._numbers = np.setdiff1d(self._numbers, looked_up)

    def read(self, search: bytes) -> Trace:
        """One pass over a search form."""
        matches = self._find(search, overlapping=True) if len(self._numbers) else ()
        if not matches and self._words is None:
            return self._nothing
        found = self._numbers.take([match[0] for match in matches]) if matches else self._numbers[:0]
        looked_up: Found | None = None
        if self._words is not None:
            words, texts = self._words
            numbers, nth = words.find(search)
            texts = texts.take(numbers)
            looked_up = Found(self._base.take(texts), nth)
            found = np.concatenate((found, texts)) if len(found) else texts
        return Trace(self, search, matches, self._base.take(found), self._plain, looked_up)

    def finds_any(self, search: bytes) -> bool:
        """Whether `read` would find anything."""
        if len(self._numbers) and self._find(search):
            return True
        return self._words is not None and len(self._words[0].find(search).numbers) > 0

    def places(self, pattern: int, search: bytes, matches: Sequence[Match]) -> Iterator[tuple[int, int, bool]]:
        """Where a pattern stands, from byte to byte without its edges, and whether with genitive, in no order.

        matches: what the automaton itself found of the pattern.
        """
        for name, start, end in matches:
            number = int(self._numbers[name])
            left, right = self._edges[number]
            yield start + left, end - right, number >= self._plain
        for number in self._as_words.get(pattern, ()):
            text = self._texts[number]
            start = search.find(text)
            while start >= 0:
                yield start + 1, start + len(text) - 1, number >= self._plain
                start = search.find(text, start + len(text) - 1)

    def by_pattern(self, matches: Sequence[Match]) -> dict[int, list[Match]]:
        """What the automaton found, by pattern."""
        sorted_out: dict[int, list[Match]] = {}
        for match in matches:
            pattern = int(self._base[self._numbers[match[0]]])
            if pattern in sorted_out:
                sorted_out[pattern].append(match)
            else:
                sorted_out[pattern] = [match]
        return sorted_out


class Trace:
    """What was found in one search form.

    numbers: the patterns, in no order, some of them several times. present: 1 for each of them by its number; behind
    all patterns a 0 and a 1 (NEVER and ALWAYS count from the end). A pattern that is a word may be there without
    having a place: `places` is sure. with_genitive: the patterns that may have been found with -s.
    """

    __slots__ = (
        "_automaton",
        "_by_pattern",
        "_looked_up",
        "_matches",
        "_search",
        "flags",
        "numbers",
        "present",
        "with_genitive",
    )

    def __init__(
        self,
        automaton: Automaton,
        search: bytes,
        matches: Sequence[Match],
        numbers: Numbers,
        patterns: int,
        looked_up: Found | None,
    ) -> None:
        self._automaton = automaton
        self._search = search
        self.with_genitive = automaton.with_genitive
        self._matches = matches
        self._looked_up = looked_up
        self._by_pattern: dict[int, list[Match]] | None = None
        self.numbers = numbers
        self.present = bytearray(patterns + 2)
        self.flags = np.frombuffer(self.present, np.uint8)
        self.flags[numbers] = 1
        self.present[ALWAYS] = 1

    def words(self) -> tuple[Numbers, NDArray[np.intp]] | None:
        """The patterns that were looked up, and which word of the text each may be; None if that is not known."""
        found = self._looked_up
        if found is None or found.nth is None:
            return None
        return found.numbers, counted(self._search).take(found.nth)

    def places(self, pattern: int) -> Iterator[tuple[int, int, bool]]:
        """Where a pattern stands, from byte to byte without its edges, and whether with genitive, in no order."""
        if self._by_pattern is None:
            self._by_pattern = self._automaton.by_pattern(self._matches)
        return self._automaton.places(pattern, self._search, self._by_pattern.get(pattern, ()))


NEVER, ALWAYS = -2, -1


def _is_word(text: bytes) -> bool:
    return text[:1] == b" " == text[-1:] and b" " not in text[1:-1] and len(text) <= LONGEST
