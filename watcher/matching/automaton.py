"""Patterns in, compiled once; for a search form, which of them stand in it, and where, out.

Long lists are mostly of single words (surnames, the words of queries). Beyond some thousands of them it is cheaper to
look each word of a text up than to have the automaton report them all; it then reads for the other patterns alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import ahocorasick_rs

# Parting a story of 4 KB into its words costs as much as the automaton needs for so many words more.
MANY_WORDS = 4000


class Automaton:
    """The patterns by number; behind them their forms with genitive, which count as the pattern that they are of."""

    __slots__ = ("_as_words", "_base", "_edges", "_find", "_numbers", "_plain", "_texts", "_words")

    def __init__(
        self, patterns: Sequence[bytes], genitives: Mapping[bytes, int], *, many_words: int = MANY_WORDS
    ) -> None:
        """genitives: form -> the number of its pattern. A space at an end of a pattern is the edge of a word."""
        self._texts = [*patterns, *genitives]
        self._plain = len(patterns)
        self._base = [*range(len(patterns)), *genitives.values()]
        self._edges = [(text[:1] == b" ", text[-1:] == b" ") for text in self._texts]
        self._words: dict[bytes, int] = {}  # word -> its pattern
        self._as_words: dict[int, list[int]] = {}  # pattern -> the texts of it that are looked up
        self._numbers = list(range(len(self._texts)))  # what the automaton calls i is text _numbers[i]
        single = [number for number, text in enumerate(self._texts) if _is_word(text, self._edges[number])]
        if len(single) > many_words:
            self._look_up(single)
        self._find = ahocorasick_rs.BytesAhoCorasick(
            [self._texts[number] for number in self._numbers]
        ).find_matches_as_indexes

    def _look_up(self, single: Sequence[int]) -> None:
        looked_up = set()
        for number in single:
            word = self._texts[number][1:-1]
            if word not in self._words:  # Merkels the name, and the genitive of Merkel: the second stays behind
                self._words[word] = self._base[number]
                self._as_words.setdefault(self._base[number], []).append(number)
                looked_up.add(number)
        self._numbers = [number for number in self._numbers if number not in looked_up]

    def read(self, search: bytes) -> Trace:
        """One pass over a search form."""
        matches = self._find(search, overlapping=True)
        numbers, base = self._numbers, self._base
        present = {base[numbers[match[0]]] for match in matches}
        if self._words:
            known = map(self._words.get, set(search.split()))
            present.update([pattern for pattern in known if pattern is not None])
        return Trace(self, search, matches, present)

    def places(self, pattern: int, search: bytes, matches: Sequence[Match]) -> Iterator[tuple[int, int, bool]]:
        """Where a pattern stands, from byte to byte without its edges, and whether with genitive, in no order.

        matches: what the automaton itself found of the pattern.
        """
        for name, start, end in matches:
            number = self._numbers[name]
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
            pattern = self._base[self._numbers[match[0]]]
            if pattern in sorted_out:
                sorted_out[pattern].append(match)
            else:
                sorted_out[pattern] = [match]
        return sorted_out


Match = tuple[int, int, int]  # the automaton's number of a text, from byte, to byte


class Trace:
    """What was found in one search form. present: the numbers of the patterns."""

    __slots__ = ("_automaton", "_by_pattern", "_matches", "_search", "present")

    def __init__(self, automaton: Automaton, search: bytes, matches: Sequence[Match], present: set[int]) -> None:
        self._automaton = automaton
        self._search = search
        self._matches = matches
        self._by_pattern: dict[int, list[Match]] | None = None
        self.present = present

    def places(self, pattern: int) -> Iterator[tuple[int, int, bool]]:
        """Where a pattern stands, from byte to byte without its edges, and whether with genitive, in no order."""
        if self._by_pattern is None:
            self._by_pattern = self._automaton.by_pattern(self._matches)
        return self._automaton.places(pattern, self._search, self._by_pattern.get(pattern, ()))


def _is_word(text: bytes, edges: tuple[bool, bool]) -> bool:
    return all(edges) and b" " not in text[1:-1]
