"""What each rule cannot do without, in; for the patterns of a document, the rules that may match, out.

A rule is looked at where a pattern of its cheapest clause was found (the percolator of Luwak), and only if something of
its other clauses was found too. That is asked for all such rules at once, in numpy: one by one they lie so far apart
in memory that waiting for them would cost more than judging the story.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from watcher.matching.automaton import ALWAYS, NEVER, Trace

Numbers = NDArray[np.int32]

# Of the other clauses so many are asked, and of so many patterns each; what is wider or further back is left to the
# evaluation. Queries hardly have more, and every one is read for every rule that is looked at.
_MOST_CLAUSES = 3
_WIDEST = 16


class Plan:
    """Which rules are looked at for which patterns; places are those in the list of watches."""

    __slots__ = ("_always", "_counts", "_others", "_places", "_starts")

    def __init__(self, rules: Sequence[Sequence[frozenset[int]]], patterns: int) -> None:
        """rules: by place the clauses of each, the cheapest first; none if the rule must always be looked at."""
        self._always = frozenset(place for place, clauses in enumerate(rules) if not clauses)
        looked_for = [(pattern, place) for place, clauses in enumerate(rules) if clauses for pattern in clauses[0]]
        looked_for.sort()
        by_pattern = np.fromiter((pattern for pattern, _ in looked_for), np.int64, len(looked_for))
        self._places = np.fromiter((place for _, place in looked_for), np.int32, len(looked_for))
        self._counts = np.bincount(by_pattern, minlength=patterns)
        self._starts = np.cumsum(self._counts) - self._counts
        self._others = [self._clauses(rules, index) for index in range(1, 1 + _MOST_CLAUSES)]
        self._others = [clauses for clauses in self._others if (clauses != ALWAYS).any()]

    def _clauses(self, rules: Sequence[Sequence[frozenset[int]]], index: int) -> Numbers:
        """For each pattern and rule the rule's clause with this index, filled up to the same width."""
        chosen = [rules[place][index] if index < len(rules[place]) else frozenset() for place in self._places.tolist()]
        width = max((len(clause) for clause in chosen if len(clause) <= _WIDEST), default=0) or 1
        rows = np.full((len(chosen), width), NEVER, np.int32)
        for row, clause in zip(rows, chosen, strict=True):
            if 0 < len(clause) <= width:
                row[: len(clause)] = list(clause)
            else:
                row[0] = ALWAYS
        return rows

    @property
    def needs_finds(self) -> bool:
        """Whether no rule is looked at in a document in which nothing was found."""
        return not self._always

    def candidates(self, trace: Trace) -> list[int]:
        """The rules that may match, in the order of the list."""
        found = trace.numbers
        if not len(found):
            return sorted(self._always)
        counts = self._counts.take(found)
        among = np.flatnonzero(counts)
        if not len(among):
            return sorted(self._always)
        found, counts = found.take(among), counts.take(among)
        ends = np.cumsum(counts)
        rows = np.arange(ends[-1]) + np.repeat(self._starts.take(found) - ends + counts, counts)
        for clauses in self._others:
            rows = rows[trace.flags.take(clauses.take(rows, axis=0), mode="wrap").any(axis=1)]
        return sorted(self._always.union(self._places.take(rows).tolist()))
