"""Places of two things in a text in; the places where both stand near each other out (Q3)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from watcher.matching.fold import FREE_RANGE
from watcher.matching.terms import Span

# A word is letters, marks and digits, also across an apostrophe or a point (don't, 3.5, U.S.); where words are not
# parted each character counts as one. What follows the left hit directly may be its possessive, which is no word.
_WORD = regex.compile(
    rf"[{FREE_RANGE}]|[\p{{L}}\p{{M}}\p{{Nd}}--[{FREE_RANGE}]]+(?:['’ʼ.][\p{{L}}\p{{Nd}}]+)*", regex.V1
)
_POSSESSIVE = regex.compile(r"['’ʼ][sS]?(?![\p{L}\p{M}\p{Nd}])")


_SMALL = np.uint32(0x20)  # set in the small ASCII letters


class Place(NamedTuple):
    """From where to where, and the hits that stand in it."""

    start: int
    end: int
    spans: tuple[Span, ...]


def sure_words(text: str, starts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Of some starts of words, how many up to each of them are surely starts of what `near` counts as words.

    Those behind a space that begin with an ASCII letter or figure: no word that is counted has a space in it.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    first = codes.take(starts)
    plain = ((first | _SMALL) - ord("a") < 26) | (first - ord("0") < 10)  # what is below wraps around
    return np.cumsum(plain & (codes.take(starts - 1) == ord(" ")))


def may_be_near(left: Sequence[int], right: Sequence[int], *, words: int) -> bool:
    """Whether one of each may have no more than `words` words between; both as numbered by `sure_words`."""
    if len(left) > len(right):
        left, right = right, left
    right = sorted(right)
    for count in left:
        nearest = bisect_left(right, count - words - 1)
        if nearest < len(right) and right[nearest] <= count + words + 1:
            return True
    return False


def near(
    left: Sequence[Place], right: Sequence[Place], *, words: int, text: str, field_at: Callable[[int], int]
) -> list[Place]:
    """Each place of either with the nearest of the other on both sides, if no more than `words` words lie between."""
    pairs: dict[tuple[Place, Place], None] = {}
    if len(left) == 1 or len(right) == 1:  # nearly always: each is the nearest of all others
        for one in left:
            for other in right:
                pairs[(one, other) if one.end <= other.start else (other, one)] = None
    else:
        for ones, others in ((sorted(left), sorted(right)), (sorted(right), sorted(left))):
            starts = [other.start for other in others]
            by_end = sorted(others, key=lambda place: place.end)
            ends = [other.end for other in by_end]
            for one in ones:
                after = bisect_left(starts, one.end)
                if after < len(others):
                    pairs[one, others[after]] = None
                before = bisect_right(ends, one.start)
                if before:
                    pairs[by_end[before - 1], one] = None
    found: set[Place] = set()
    for first, second in pairs:
        if first.end <= second.start:
            _join(first, second, words, text, field_at, found)
    return sorted(found)


def _join(
    first: Place, second: Place, words: int, text: str, field_at: Callable[[int], int], found: set[Place]
) -> None:
    if field_at(first.start) != field_at(second.start):
        return
    start = first.end
    if possessive := _POSSESSIVE.match(text, start, second.start):
        start = possessive.end()
    if len(list(islice(_WORD.finditer(text, start, second.start), words + 1))) > words:
        return
    found.add(Place(first.start, second.end, (*first.spans, *second.spans)))
