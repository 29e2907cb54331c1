"""A scanned document in; the finds of some terms, told apart by what stands against them, out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from itertools import accumulate
from typing import NamedTuple

from watcher.matching.engine import FIELDS, Scan
from watcher.model import Field


class Span(NamedTuple):
    """A find: code points of the joined fields, and the term as the watchlist writes it."""

    start: int
    end: int
    term: str


class Sorted(NamedTuple):
    """The finds of some terms, by what stands against them."""

    good: list[Span]
    ignored: list[Span]
    wrong_case: list[Span]


class Finds:
    """What stands where in one document."""

    def __init__(self, scan: Scan) -> None:
        self.scan = scan

    def of(self, numbers: frozenset[int]) -> Iterator[Span]:
        """The finds of these terms whose case is right."""
        for number in numbers:
            for found in self.scan.finds(number):
                if found.case_holds:
                    yield Span(found.start, found.end, self.scan.terms[number].text)

    def first(self, numbers: frozenset[int]) -> Span | None:
        return min(self.of(numbers), default=None)

    def sorted(self, numbers: frozenset[int], ignore: frozenset[int]) -> Sorted:
        """All finds of these terms."""
        right: list[Span] = []
        wrong: list[Span] = []
        for number in numbers:
            finds = self.scan.finds(number)
            text = self.scan.terms[number].text
            for found in finds:
                (right if found.case_holds else wrong).append(Span(found.start, found.end, text))
        if len(numbers) > 1:
            right.sort()
            wrong.sort()
        return Sorted(*self.outside(right, ignore), wrong)

    def outside(self, spans: list[Span], ignore: frozenset[int]) -> tuple[list[Span], list[Span]]:
        """Finds outside every phrase of `ignore`, and those inside one (R8)."""
        phrases = sorted(self.of(ignore)) if ignore else []
        if not phrases:
            return spans, []
        starts = [phrase.start for phrase in phrases]
        reach = list(accumulate((phrase.end for phrase in phrases), max))
        good: list[Span] = []
        ignored: list[Span] = []
        for span in spans:
            before = bisect_right(starts, span.start)
            inside = before > 0 and reach[before - 1] >= span.end
            (ignored if inside else good).append(span)
        return good, ignored

    def within(self, spans: Iterable[Span], where: Collection[Field]) -> list[Span]:
        return [span for span in spans if self.field(span) in where] if len(where) < len(FIELDS) else list(spans)

    def field(self, span: Span) -> Field:
        return FIELDS[self.scan.field_at(span.start)]

    def text(self, span: Span) -> str:
        """As the document writes it, on one line."""
        return " ".join(self.scan.folded.display[span.start : span.end].split())


def one_a_place(spans: Iterable[Span]) -> tuple[Span, ...]:
    """One hit at each place: leftmost, then longest (R9)."""
    kept: list[Span] = []
    end = -1
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if span.start >= end:
            kept.append(span)
            end = span.end
    return tuple(kept)
