"""Patterns in, compiled once; for a search form, which of them stand in it, and where, out.

A pattern is a piece of search form; a space at an end of it is the edge of a word. Long lists are mostly of single
words (surnames, the words of queries). Beyond some thousands of them it is cheaper to part the text into its words than
to have the automaton report them all; it then reads for the other patterns alone, and the cost of the words no longer
grows with the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ahocorasick_rs

# Parting a story of 4 KB into its words costs as much as the automaton needs for so many words more.
MANY_WORDS = 4000

_INSIDE = b"\xff"  # stands in no UTF-8

Match = tuple[int, int, int]  # the automaton's number of a text, from byte, to byte


def key(pattern: bytes) -> bytes:
    """What a pattern is called: a whole word by itself, so that the words of a text are the names of what it has."""
    if pattern[:1] == b" ":
        return pattern[1:-1] if pattern[-1:] == b" " and b" " not in pattern[1:-1] else pattern
    return pattern if b" " in pattern else _INSIDE + pattern


def text_of(name: bytes) -> bytes:
    """The pattern that a key names."""
    if name[:1] == _INSIDE:
        return name[1:]
    return name if b" " in name else b" %b " % name


class Automaton:
    """The patterns by their keys, and their forms with genitive, which count as the pattern that they are of."""

    __slots__ = ("_find", "_genitive_words", "_keys", "_looks_up", "_texts", "genitive_forms")

    def __init__(
        self, patterns: Sequence[bytes], genitives: Mapping[bytes, bytes], *, many_words: int = MANY_WORDS
    ) -> None:
        """patterns: their keys. genitives: form with -s, with its spaces -> the key of the pattern."""
        self._looks_up = sum(map(_is_word, patterns)) > many_words
        self.genitive_forms: dict[bytes, bytes] = {name: form for form, name in genitives.items()}
        self._genitive_words = (
            {key(form): name for form, name in genitives.items() if _is_word(name)} if self._looks_up else {}
        )
        read = [name for name in patterns if not (self._looks_up and _is_word(name))]
        read_genitives = [form for form, name in genitives.items() if not (self._looks_up and _is_word(name))]
        self._keys = [*read, *(genitives[form] for form in read_genitives)]
        self._texts = [*map(text_of, read), *read_genitives]
        self._find = ahocorasick_rs.BytesAhoCorasick(self._texts).find_matches_as_indexes

    def read(self, search: bytes) -> Trace:
        """One pass over a search form."""
        matches = self._find(search, overlapping=True) if self._texts else ()
        keys = self._keys
        present = {keys[match[0]] for match in matches}
        if self._looks_up:
            present.update(search.split())
            for word in self._genitive_words.keys() & present:
                present.add(self._genitive_words[word])
        return Trace(self, search, matches, present)

    def places(self, pattern: bytes, search: bytes, matches: Sequence[Match]) -> list[tuple[int, int, bool]]:
        """Where a pattern stands, from byte to byte without its edges, and whether with genitive, in no order.

        matches: what the automaton itself found of the pattern.
        """
        found = []
        plain = text_of(pattern)
        for number, start, end in matches:
            text = self._texts[number]
            found.append((start + (text[0] == _SPACE), end - (text[-1] == _SPACE), text != plain))
        if self._looks_up and _is_word(pattern):
            for text in filter(None, (plain, self.genitive_forms.get(pattern))):
                start = search.find(text)
                while start >= 0:
                    found.append((start + 1, start + len(text) - 1, text != plain))
                    start = search.find(text, start + len(text) - 1)
        return found

    def by_pattern(self, matches: Sequence[Match]) -> dict[bytes, list[Match]]:
        """What the automaton found, by pattern."""
        sorted_out: dict[bytes, list[Match]] = {}
        for match in matches:
            pattern = self._keys[match[0]]
            if pattern in sorted_out:
                sorted_out[pattern].append(match)
            else:
                sorted_out[pattern] = [match]
        return sorted_out


_SPACE = 32


class Trace:
    """What was found in one search form. present: the keys of the patterns, and perhaps other words of the text."""

    __slots__ = ("_automaton", "_by_pattern", "_matches", "_search", "present")

    def __init__(self, automaton: Automaton, search: bytes, matches: Sequence[Match], present: set[bytes]) -> None:
        self._automaton = automaton
        self._search = search
        self._matches = matches
        self._by_pattern: dict[bytes, list[Match]] | None = None
        self.present = present

    def places(self, pattern: bytes) -> list[tuple[int, int, bool]]:
        """Where a pattern stands, from byte to byte without its edges, and whether with genitive, in no order."""
        if self._by_pattern is None:
            self._by_pattern = self._automaton.by_pattern(self._matches)
        return self._automaton.places(pattern, self._search, self._by_pattern.get(pattern, ()))

    def has_genitive(self, pattern: bytes) -> bool:
        """Whether the pattern may have been found with -s."""
        return pattern in self._automaton.genitive_forms


def _is_word(name: bytes) -> bool:
    return b" " not in name and name[:1] != _INSIDE
