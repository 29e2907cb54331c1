"""Words in, compiled once; for a search form, the numbers of those that stand in it out, whatever the list's length.

Every word of the text has a number (a polynomial over its bytes, modulo 2**64) that is had for all words at once from
one running sum over the text; a table leads from it to the word of the list. Two words may share a number, so what is
found is what may be there; who wants to be sure looks at the place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

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
_SLOTS_A_WORD = 8  # with so many hardly four words are ever in one slot: all of a slot are compared


def _powers(base: int) -> Hashes:
    factors = np.full(_PIECE, base, np.uint64)
    factors[0] = 1
    return np.multiply.accumulate(factors)


_POWERS = _powers(_BASE)
_INVERSES = _powers(pow(_BASE, -1, 1 << 64))


class Found(NamedTuple):
    """The words of a list that may stand in a text, in no order; those that are alike in the order of the text.

    numbers: their places in the list, some of them several times. nth: which of the text's parts between two spaces
    each of them is, counted from 0; None for a text that was read in pieces.
    """

    numbers: Numbers
    nth: NDArray[np.intp] | None


class Words:
    """The words of a list, each with its place in it."""

    __slots__ = ("_deepest", "_firsts", "_hashes", "_places", "_shift")

    def __init__(self, words: Sequence[bytes]) -> None:
        """words: no two alike, none longer than LONGEST, no space in them."""
        hashes = np.concatenate([_hashes(piece) for piece in _pieces(b" %b " % b" ".join(words))])
        bits = max(8, (len(words) * _SLOTS_A_WORD).bit_length())
        self._shift = np.uint64(64 - bits)
        slots = self._slots(hashes)
        order = np.argsort(slots, kind="stable")
        counts = np.bincount(slots, minlength=1 << bits)
        self._deepest = int(counts.max())
        self._firsts = (np.cumsum(counts) - counts).astype(np.int32)  # of each slot
        # behind the last word stand hashes of no word, for slots that end there
        self._hashes = np.concatenate((hashes[order], np.zeros(self._deepest, np.uint64)))
        self._places = order.astype(np.int32)

    def find(self, search: bytes) -> Found:
        """The words that may stand in a search form."""
        found = [self._find(_hashes(piece)) for piece in _pieces(search)]
        if len(found) == 1:
            return found[0]
        return Found(np.concatenate([numbers for numbers, _ in found]) if found else np.empty(0, np.int32), None)

    def _find(self, hashes: Hashes) -> Found:
        candidates = self._firsts.take(self._slots(hashes))
        found, order = [], []
        for depth in range(self._deepest):
            if depth:
                candidates += 1
            nth = (self._hashes.take(candidates) == hashes).nonzero()[0]
            found.append(candidates.take(nth))
            order.append(nth)
        return Found(self._places.take(np.concatenate(found)), np.concatenate(order))

    def _slots(self, hashes: Hashes) -> NDArray[np.int64]:
        return ((hashes * _MIX) >> self._shift).view(np.int64)


def counted(search: bytes) -> NDArray[np.intp]:
    """For each of the parts of a search form between two spaces which of its words it is, counted from 0.

    Nothing between two spaces is no word, and neither is a FIELD_BREAK.
    """
    codes = np.frombuffer(search, np.uint8)
    first = codes.take((codes == _SPACE).nonzero()[0][:-1] + 1)
    return np.cumsum((first != _SPACE) & (first != 0)) - 1


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
    spaces = (codes == _SPACE).nonzero()[0]
    sums = np.add.accumulate(codes * _POWERS[: len(codes)]).take(spaces)
    hashes: Hashes = (sums[1:] - sums[:-1]) * _INVERSES.take(spaces[:-1])
    return hashes
