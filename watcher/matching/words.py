"""Words in, compiled once; for a search form, the numbers of those that stand in it out, whatever the list's length.

Every word of the text has a number (a polynomial over its bytes, modulo 2**64) that is had for all words at once from
one running sum over the text; a table leads from it to the word of the list. Two words may share a number, so what is
found is what may be there; who wants to be sure looks at the place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.int32]

# A text is read in pieces of so many bytes, as long as the powers of the base are kept: 1 MB for both tables.
_PIECE = 1 << 16
LONGEST = 1000  # bytes of a word that is looked up: the end of a piece may cut longer ones

_SPACE = 32
_BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse; 2**64 by the golden ratio
_MIX = np.uint64(0xD6E8FEB86659FD93)  # brings all bits of the sum into its upper ones
_SLOTS_A_WORD = 8
_MOST_TABLES = 8  # each takes the words that found their slot taken in the one before: about one in sixteen


def _powers(base: int) -> Hashes:
    factors = np.full(_PIECE, base, np.uint64)
    factors[0] = 1
    return np.multiply.accumulate(factors)


_POWERS = _powers(_BASE)
_INVERSES = _powers(pow(_BASE, -1, 1 << 64))


class Words:
    """The words of a list, each with its place in it."""

    __slots__ = ("_hashes", "_shift", "_tables")

    def __init__(self, words: Sequence[bytes]) -> None:
        """words: no two alike, none longer than LONGEST, no space in them."""
        found = [_hashes(piece) for piece in _pieces(b" %b " % b" ".join(words))]
        self._hashes = np.concatenate([*found, np.zeros(1, np.uint64)])  # the last is that of no word
        bits = max(8, (len(words) * _SLOTS_A_WORD).bit_length())
        self._shift = np.uint64(64 - bits)
        self._tables: list[Numbers] = []
        left = np.arange(len(words), dtype=np.int32)
        while len(left) and len(self._tables) < _MOST_TABLES:
            table = np.full(1 << bits, len(words), np.int32)
            slots = self._slots(self._hashes[left], len(self._tables))
            table[slots] = left
            self._tables.append(table)
            left = left[table[slots] != left]
        if len(left):
            raise ValueError("words with the same hash")  # eight in one slot of eight tables: 64 bits all alike

    def find(self, search: bytes) -> Numbers:
        """The numbers of the words that may stand in a search form, in no order, some of them several times."""
        found = [self._find(_hashes(piece)) for piece in _pieces(search)]
        return found[0] if len(found) == 1 else np.concatenate(found) if found else np.empty(0, np.int32)

    def _find(self, hashes: Hashes) -> Numbers:
        found = []
        for number, table in enumerate(self._tables):
            candidates = table.take(self._slots(hashes, number))
            found.append(candidates[self._hashes.take(candidates) == hashes])
        return np.concatenate(found) if found else np.empty(0, np.int32)

    def _slots(self, hashes: Hashes, table: int) -> NDArray[np.intp]:
        return ((hashes * (_MIX + np.uint64(2 * table))) >> self._shift).astype(np.intp)


def _pieces(search: bytes) -> Iterator[bytes]:
    """The text in pieces that begin and end at a space; without the words that are longer than a piece."""
    if len(search) <= _PIECE:
        yield search
        return
    start = 0
    while start < len(search) - 1:
        end = search.rfind(b" ", start + 1, start + _PIECE)
        if end >= 0:
            yield search[start : end + 1]
        else:
            end = search.find(b" ", start + _PIECE)
        start = end if end >= 0 else len(search)


def _hashes(piece: bytes) -> Hashes:
    """One for each word of a piece of search form, which begins and ends with a space."""
    codes = np.frombuffer(piece, np.uint8)
    spaces = np.flatnonzero(codes == _SPACE)
    sums = np.cumsum(codes * _POWERS[: len(codes)]).take(spaces)
    return (sums[1:] - sums[:-1]) * _INVERSES.take(spaces[:-1])
