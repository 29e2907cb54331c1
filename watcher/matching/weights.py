"""Patterns of the automaton in; how often each of them is probably present in a story, out. Only the order matters."""

from __future__ import annotations

from collections.abc import Iterable


def weights(patterns: Iterable[bytes]) -> list[float]:
    """For each pattern a number that is the larger the more stories it is probably in."""
    return [_weight(pattern) for pattern in patterns]


def _weight(pattern: bytes) -> float:
    """Half as often for each letter more, up to twelve; far more seldom for each word more."""
    words = pattern.strip().split()
    longest = max(map(len, words), default=0)
    return float(2.0 ** -min(longest, 12)) / (1 + 15 * (len(words) - 1))
