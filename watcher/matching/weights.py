"""Compiled terms in; how often each of them is probably present in a story, out. Only the order matters."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.matching.terms import Term


def weights(terms: Sequence[Term | None]) -> list[float]:
    """For each term a number that is the larger the more stories it is probably in."""
    return [_weight(term) for term in terms]


def _weight(term: Term | None) -> float:
    if term is None:
        return 1.0  # a literal, which may also stand within words
    longest = max(term.keeps, key=len)
    words = longest.count(" ") + 1
    letters = len(longest.encode()) / words
    return float(2.0 ** -min(letters, 12.0)) / words**4
