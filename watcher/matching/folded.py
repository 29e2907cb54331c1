"""A display text in; its search form as UTF-8 bytes, and the way back from any place in it to the display text, out.

Three texts, each with the letters of the one before in the same order:
  display  what a reader sees (code points)
  plain    every character folded, all else spaces; nearly always as long as the display text
  search   the plain text between two spaces, with one space between words: what the automaton reads
Search and plain differ in spaces alone, so the number of other bytes before a place leads from one to the other, and
nothing is written down for it while folding. Only where a character became none or several (ß, æ, a soft hyphen) is
there a list.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple
from unicodedata import normalize

from watcher.matching.fold import (
    FREE_RANGE,
    HANGUL_RANGE,
    KATAKANA_RANGE,
    RIGHT_TO_LEFT_RANGE,
    VOICED,
    Kind,
    kind,
    searched,
)

FIELD_BREAK = "\0"  # between the fields of a document; no phrase reaches over it

_ASCII = bytes(range(128))
_LATER_BYTES = bytes(range(0x80, 0xC0))  # the second and later bytes of a character in UTF-8
_TABLE = bytes(
    ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else code if code >= 128 or not code else 32
    for code in range(256)
)

# Above this many kinds of character to replace, one pass by table is cheaper than a pass for each.
_MANY = 48

# One count over this many bytes costs about as much as the call itself, so finer steps would gain nothing.
_STEP = 256

# "Latin beside Han is an edge": runs of one kind are set apart from what is of another; the free scripts need no edge.
_APART = re.compile(
    f"[{RIGHT_TO_LEFT_RANGE}]+|[{HANGUL_RANGE}]+|[^ \0{FREE_RANGE}{KATAKANA_RANGE}{HANGUL_RANGE}{RIGHT_TO_LEFT_RANGE}]+"
)
_VOICINGS = ("\uff9e".encode(), "\uff9f".encode())
_SET_APART = frozenset({Kind.FREE, Kind.KATAKANA, Kind.HANGUL, Kind.RIGHT_TO_LEFT})


class _Character(NamedTuple):
    before: bytes
    after: bytes
    even: bool  # one character stays one
    apart: bool  # of a script whose runs must be set apart from others
    sign: bool  # a word of its own


class _Characters(dict[str, _Character]):
    """What folding does to each character, worked out once."""

    def __missing__(self, character: str) -> _Character:
        folded = searched(character)
        kinds = {kind(part) for part in folded}
        entry = _Character(
            character.encode(), folded.encode(), len(folded) == 1, not kinds.isdisjoint(_SET_APART), Kind.SIGN in kinds
        )
        self[character] = entry
        return entry


_CHARACTERS = _Characters()


class _Table(dict[int, str]):
    """For str.translate, where a text holds very many kinds of character."""

    def __missing__(self, code: int) -> str:
        folded = FIELD_BREAK if not code else searched(chr(code))
        self[code] = folded
        return folded


_WHOLE_TABLE = _Table()


class Folded:
    """A display text, folded. `search` is its search form; `span` leads back."""

    __slots__ = ("_ascii", "_breaks", "_characters", "_plain", "_uneven", "_words", "display", "search")

    def __init__(self, display: str) -> None:
        self.display = display
        self._ascii = display.isascii()
        self._uneven = ""
        self._words: list[int] | None = None
        self._characters: list[int] | None = None
        self._breaks: list[tuple[int, int, int, int]] | None = None
        raw = display.encode()
        if self._ascii:
            self._plain = search = raw.translate(_TABLE)
        else:
            self._plain, search = self._fold(raw)
        search = b" %b " % search.replace(b"\0", b" \0 ")
        while b"  " in search:
            search = search.replace(b"  ", b" ")
        self.search = search

    def _fold(self, raw: bytes) -> tuple[bytes, bytes]:
        """The plain text, and the same with spaces where scripts meet."""
        others = [_CHARACTERS[character] for character in set(raw.translate(None, _ASCII).decode())]
        changed = [one for one in others if one.before != one.after]
        self._uneven = "".join(sorted(one.before.decode() for one in changed if not one.even))
        if any(one.before in _VOICINGS for one in changed):
            joined = VOICED.sub(lambda match: normalize("NFKC", match[0]), self.display)
            plain = joined.translate(_WHOLE_TABLE).encode()
            self._uneven += "".join(voicing.decode() for voicing in _VOICINGS)
        elif len(changed) > _MANY:
            plain = self.display.translate(_WHOLE_TABLE).encode()
        else:
            plain = raw.translate(_TABLE)
            for one in changed:
                plain = plain.replace(one.before, one.after)
        search = plain
        if any(one.apart for one in others):
            search = _APART.sub(r" \g<0> ", search.decode()).encode()
        for one in others:
            if one.sign:
                search = search.replace(one.after, b" %b " % one.after)
        return plain, search

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where bytes start to end of the search form, both at a letter, stand in the display text."""
        before = start - self.search.count(b" ", 0, start)
        within = (end - start) - self.search.count(b" ", start, end)
        first, last = self._after(before + 1) - 1, self._after(before + within)
        if self._ascii:
            return first, last
        first, last = self._character(first), self._character(last)
        if not self._uneven:
            return first, last
        return self._shown(first)[0], self._shown(last - 1)[1]

    def _after(self, count: int) -> int:
        """The place in the plain text just behind its count-th byte that is no space."""
        words, plain = self._words, self._plain
        if words is None:
            steps = range(0, len(plain), _STEP)
            parts = (min(_STEP, len(plain) - step) - plain.count(b" ", step, step + _STEP) for step in steps)
            words = self._words = [0, *accumulate(parts)]
        step = bisect_right(words, count - 1) - 1
        place, left = step * _STEP, count - words[step]
        while left:
            following = place + left
            left = plain.count(b" ", place, following)
            place = following
        return place

    def _character(self, place: int) -> int:
        """The number of characters before a byte of the plain text."""
        characters, plain = self._characters, self._plain
        if characters is None:
            steps = range(0, len(plain), _STEP)
            characters = self._characters = [
                0,
                *accumulate(len(plain[step : step + _STEP].translate(None, _LATER_BYTES)) for step in steps),
            ]
        step = place // _STEP
        return characters[step] + len(plain[step * _STEP : place].translate(None, _LATER_BYTES))

    def _shown(self, place: int) -> tuple[int, int]:
        """From where to where the character at a place of the plain text stands in the display text."""
        breaks = self._breaks
        if breaks is None:
            breaks = self._breaks = self._find_breaks()
        index = bisect_right(breaks, place, key=_plain_end)
        if index < len(breaks) and place >= breaks[index][0]:
            return breaks[index][2], breaks[index][3]
        at = place if not index else breaks[index - 1][3] + place - breaks[index - 1][1]
        return at, at + 1

    def _find_breaks(self) -> list[tuple[int, int, int, int]]:
        """Every uneven character: from where to where it stands in the plain text, and in the display text."""
        among = "".join(map(re.escape, sorted(set(self._uneven))))
        found = re.compile(f"{VOICED.pattern}|[{among}]")
        breaks, grown = [], 0
        for match in found.finditer(self.display):
            length = 1 if len(match[0]) == 2 else len(searched(match[0]))
            start = match.start() + grown
            grown += length - len(match[0])
            breaks.append((start, start + length, match.start(), match.end()))
        return breaks


def _plain_end(entry: tuple[int, int, int, int]) -> int:
    return entry[1]
