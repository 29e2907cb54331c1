"""A scanned document in; the finds of some terms, told apart by what stands against them, out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from watcher.matching.engine import FIELDS, Scan
from watcher.matching.near import may_be_near
from watcher.matching.plain import Pair, Plain
from watcher.matching.terms import Span
from watcher.model import Field


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
            yield from self.scan.stands(number).right

    def together(self, plain: Plain) -> list[Span] | None:
        """The finds of the words that a query asks for; None if it does not hold."""
        stands = self.scan.stands
        spans: list[Span] = []
        for clause in plain.clauses:
            before = len(spans)
            for number in clause:
                spans += stands(number).right
            if len(spans) == before:
                return None
        for number in plain.without:
            if stands(number).right:
                return None
        return spans

    def may_be_near(self, pair: Pair) -> bool:
        """Whether one of these words may stand near one of the others; False only where that is sure."""
        left, right = self._counts(pair.left), self._counts(pair.right)
        return left is None or right is None or may_be_near(left, right, words=pair.words)

    def _counts(self, numbers: Sequence[int]) -> list[int] | None:
        counts = [self.scan.counts(number) for number in numbers]
        if len(counts) == 1:
            return counts[0]
        return None if None in counts else [count for one in counts for count in one or ()]

    def first(self, numbers: frozenset[int]) -> Span | None:
        return min(self.of(numbers), default=None)

    def sorted(self, numbers: frozenset[int], ignore: frozenset[int]) -> Sorted:
        """All finds of these terms."""
        right: list[Span] = []
        wrong: list[Span] = []
        for number in numbers:
            stands = self.scan.stands(number)
            right.extend(stands.right)
            wrong.extend(stands.wrong)
        if len(numbers) > 1:
            right.sort()
            wrong.sort()
        return Sorted(*self.outside(right, ignore), wrong)

    def outside(self, spans: Sequence[Span], ignore: frozenset[int]) -> tuple[list[Span], list[Span]]:
        """Finds outside every phrase of `ignore`, and those inside one (R8)."""
        phrases = sorted(self.of(ignore)) if ignore else []
        if not phrases:
            return list(spans), []
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
    start = end = -1
    for span in sorted(spans):
        if span.start >= end:
            kept.append(span)
        elif span.start == start and span.end > end:
            kept[-1] = span
        else:
            continue
        start, end = span.start, span.end
    return tuple(kept)
