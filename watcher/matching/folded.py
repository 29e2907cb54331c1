"""The fields of a document in; their display texts, their search form, and the way back from it, out.

Four texts, each with the letters of the one before in the same order:
  display  what a reader sees: the fields with FIELD_BREAK between (code points)
  plain    every character folded, all that is no word a space; nearly always as long as the display text
  search   the plain text, with one space around every word: UTF-8, what the automaton reads
Folding is one look-up for the whole text in a table (numpy) that fills itself as characters are met. Search and plain
differ in spaces alone, so the number of letters before a place leads from one to the other; these counts are only made
for a document in which something was found.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from watcher.matching.fold import VOICED, Kind, is_dropped_mark, kind, searched
from watcher.matching.text import composed, shown_text

FIELD_BREAK = "\0"  # no phrase reaches over it; display texts hold none

_SPACE = 32
_ASCII_TABLE = bytes(
    ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else _SPACE if code else 0 for code in range(256)
)

# An entry of the table is a folded character with these bits above it.
_CHARACTER = 0x1FFFFF
_UNEVEN = 1 << 21  # becomes none or several: the entry holds a space in its stead
_APART = 1 << 22  # of a script whose words are set apart from those of others
_UNSETTLED = 1 << 23  # the text may have to be composed (NFC) first
_WIDE = 1 << 24  # the folded character is not ASCII
_UNMET = 1 << 25  # not worked out yet
_TABLE = np.full(0x110000, _UNMET, np.uint32)
_TABLE[0] = 0  # FIELD_BREAK

# Kinds that need no edge between them share a group; between two groups there is an edge. A sign is apart from all.
_GROUPS = {
    Kind.APART: 0,
    Kind.LETTER: 1,
    Kind.FREE: 2,
    Kind.KATAKANA: 2,
    Kind.HANGUL: 3,
    Kind.RIGHT_TO_LEFT: 4,
    Kind.SIGN: 5,
}
_SIGN = _GROUPS[Kind.SIGN]
_NO_GROUP = 255  # not worked out yet
_GROUP_TABLE = np.full(0x110000, _NO_GROUP, np.uint8)

# What becomes of the characters that become one ASCII character whatever stands around them: typographic quotes and
# dashes, é. Most texts hold no others, and a table of bytes is read in half the time.
_NOT_EASY = 255  # of another kind, or not met yet
_EASY_TABLE = np.full(0x10000, _NOT_EASY, np.uint8)
_EASY_TABLE[:128] = np.frombuffer(_ASCII_TABLE, np.uint8)[:128]

Codes = NDArray[np.uint32]
Numbers = NDArray[np.intp]
Text = NDArray[np.uint8] | Codes  # a byte a character where all are ASCII


class Folded:
    """The display texts of a document, joined and folded. `search` is the search form; `span` leads back."""

    __slots__ = ("_apart", "_letters", "_origin", "_plain", "_ranks", "display", "fields", "search")

    def __init__(self, raw: Sequence[str]) -> None:
        """raw: the fields as the feed or page gives them."""
        joined = FIELD_BREAK.join(raw)
        self.fields: Sequence[str] = raw
        if "<" in joined or "&" in joined or any(FIELD_BREAK in field for field in raw):
            self.fields = [shown_text(field) for field in raw]
            joined = FIELD_BREAK.join(self.fields)
        self._origin: Numbers | None = None  # of each character of the plain text, where they differ in length
        self._ranks: NDArray[np.int64] | None = None
        self._letters: Numbers | None = None
        bits = 0
        plain: Text | None = _easily(joined)
        if plain is None:
            entries, bits = _entries(joined)
            if bits & _UNSETTLED:
                self.fields = [composed(field) for field in self.fields]
                joined = FIELD_BREAK.join(self.fields)
                entries, bits = _entries(joined)
            plain = entries & np.uint32(_CHARACTER) if bits & (_WIDE | _UNEVEN) else entries.astype(np.uint8)
            if bits & _UNEVEN:
                plain, self._origin = _spread(joined, entries, plain)
        self.display = joined
        self._apart = bool(bits & _APART)
        self._plain = plain
        self.search = _search_form(_set_apart(plain) if bits & _APART else plain)

    def right_to_left(self) -> bool:
        """Whether Arabic or Hebrew letters are in it."""
        return self._apart and bool((_groups(self._plain) == _GROUPS[Kind.RIGHT_TO_LEFT]).any())

    def flat(self) -> str:
        """The plain text with a space at both ends and for each FIELD_BREAK, if folding moved nothing; else nothing.

        A word with its spaces stands in it where the word stands in the display text, which is found faster than the
        places of all letters are counted.
        """
        if self._origin is not None or self._apart:
            return ""
        plain = self._plain
        text = plain.tobytes().decode("ascii" if plain.dtype == np.uint8 else "utf-32-le")
        return f" {text.replace(FIELD_BREAK, ' ')} "

    def word_starts(self) -> Numbers:
        """Where each word of the search form begins in the display text, of a text that is `flat`."""
        letters = (self._plain != _SPACE) & (self._plain != 0)
        letters[1:] &= ~letters[:-1].copy()
        starts: Numbers = letters.nonzero()[0]
        return starts

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where bytes start to end of the search form, both at a letter, stand in the display text."""
        ranks, letters = self._ranks, self._letters
        if ranks is None or letters is None:
            found = np.frombuffer(self.search, np.uint8)
            # the first byte of every character that is no space; later bytes in UTF-8 are 10xxxxxx
            ranks = self._ranks = np.cumsum((found != _SPACE) & ((found & 0xC0) != 0x80))
            letters = self._letters = np.flatnonzero(self._plain != _SPACE)
        first, last = int(letters[ranks[start] - 1]), int(letters[ranks[end - 1] - 1])
        if self._origin is None:
            return first, last + 1
        first, last = int(self._origin[first]), int(self._origin[last]) + 1
        if VOICED.match(self.display, last - 1):
            last += 1
        while last < len(self.display) and is_dropped_mark(self.display[last]):
            last += 1  # the marks of the last letter are a part of it
        return first, last


def _easily(text: str) -> NDArray[np.uint8] | None:
    """The plain text, if that is had without a closer look."""
    if text.isascii():
        return np.frombuffer(text.encode().translate(_ASCII_TABLE), np.uint8)
    plain = _EASY_TABLE.take(np.frombuffer(text.encode("utf-16-le", "surrogatepass"), np.uint16))
    return plain if plain.max() != _NOT_EASY else None


def _entries(text: str) -> tuple[Codes, int]:
    """The entry of every character, and all their bits together; those that were not met before are worked out."""
    codes: Codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    entries = _TABLE.take(codes)
    bits = int(np.bitwise_or.reduce(entries))
    if bits & _UNMET:
        for code in np.unique(codes[entries == _UNMET]):
            entry = _TABLE[code] = _entry(chr(code))
            if entry <= _CHARACTER and code < len(_EASY_TABLE):
                _EASY_TABLE[code] = entry
        entries = _TABLE.take(codes)
        bits = int(np.bitwise_or.reduce(entries))
    return entries, bits


def _entry(character: str) -> int:
    folded = searched(character)
    bits = 0 if _is_settled(character) else _UNSETTLED
    if any(_GROUPS[kind(part)] > 1 for part in folded):
        bits |= _APART
    if len(folded) != 1 or VOICED.match(f"\uff76{character}") or VOICED.match(f"\uff8a{character}"):
        return bits | _UNEVEN | _SPACE
    return bits | ord(folded) | (0 if folded.isascii() else _WIDE)


def _is_settled(character: str) -> bool:
    """Whether NFC leaves the character as it is, whatever stands around it."""
    if unicodedata.category(character)[0] == "M" or "\u1160" <= character <= "\u11ff":
        return False  # marks, and the vowels and finals of Hangul, join what stands before them
    return not "\ud800" <= character <= "\udfff" and unicodedata.normalize("NFC", character) == character


def _spread(text: str, entries: Codes, plain: Text) -> tuple[Text, Numbers]:
    """The plain text with the uneven characters as what they become, and where each of its characters comes from."""
    uneven = np.flatnonzero(entries & np.uint32(_UNEVEN))
    lengths = np.ones(len(plain), np.intp)
    becomes: dict[int, str] = {}
    for place in uneven.tolist():
        pair = VOICED.match(text, place - 1) if place else None
        if pair:
            becomes[place - 1], becomes[place] = unicodedata.normalize("NFKC", pair[0]), ""
        else:
            becomes[place] = searched(text[place])
    for place, folded in becomes.items():
        lengths[place] = len(folded)
    origin = np.repeat(np.arange(len(plain), dtype=np.intp), lengths)
    spread = plain[origin]
    starts = np.cumsum(lengths) - lengths
    for place, folded in becomes.items():
        start = int(starts[place])
        spread[start : start + len(folded)] = [ord(part) for part in folded]
    return spread, origin


def _set_apart(plain: Text) -> Codes:
    """A space where one script meets another that is an edge to it, and around every sign."""
    groups = _groups(plain)
    left, right = groups[:-1], groups[1:]
    edges = (left > 0) & (right > 0) & ((left != right) | (left == _SIGN))
    return np.insert(plain.astype(np.uint32), np.flatnonzero(edges) + 1, _SPACE)


def _groups(plain: Text) -> NDArray[np.uint8]:
    """The group of every character; those of characters that were not met before are worked out."""
    groups = _GROUP_TABLE.take(plain)
    unmet = groups == _NO_GROUP
    if unmet.any():
        for code in np.unique(plain[unmet]):
            _GROUP_TABLE[code] = _GROUPS[kind(chr(code))]
        groups = _GROUP_TABLE.take(plain)
    return groups


def _search_form(plain: Text) -> bytes:
    """UTF-8 with one space around every word and every FIELD_BREAK."""
    letters = plain != _SPACE
    keep = np.empty(len(plain), np.bool_)
    keep[:1] = True
    np.logical_or(letters[1:], letters[:-1], out=keep[1:])
    words = plain[keep]
    if words.dtype == np.uint8:
        form = words.tobytes()
    elif not len(words) or int(words.max()) < 128:
        form = words.astype(np.uint8).tobytes()
    else:
        form = words.tobytes().decode("utf-32-le").encode()
    return b" %b " % form.replace(b"\0", b" \0 ")
