"""Patterns of the automaton in; how often each of them is probably present in a story, out. Only the order matters.

A wrong guess costs time, never a match: rules are looked at for their rarest terms, and evaluated whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# Words of a story of about 4 KB. What is in so many of them at its frequency is in every story.
_STORY = 700

# Frequency of a word that is in no list of common words (their rarest have 1e-6); the longer, the rarer.
_UNLISTED = 5e-7
_USUAL_LETTERS = 6


def weights(patterns: Iterable[bytes]) -> list[float]:
    """For each pattern a number that is the larger the more stories it is probably in."""
    import wordfreq  # it takes a tenth of a second to load, and plain names never need it

    common = wordfreq.get_frequency_dict("en", wordlist="small")
    return [_weight(pattern, common) for pattern in patterns]


def finds_in_a_story(words: Iterable[bytes]) -> float:
    """How often any of these words probably stands in a story."""
    import wordfreq

    common = wordfreq.get_frequency_dict("en", wordlist="small")
    return _STORY * sum(common.get(word.decode().strip(), _UNLISTED) for word in words)


def _weight(pattern: bytes, common: Mapping[str, float]) -> float:
    """As its rarest word, and much less if it has others beside it."""
    words = pattern.decode().split()
    rarest = min((common.get(word) or _unlisted(word) for word in words), default=1.0)
    return min(1.0, rarest * _STORY) / float(1 + 15 * (len(words) - 1))


def _unlisted(word: str) -> float:
    return _UNLISTED * 2.0 ** (_USUAL_LETTERS - min(len(word), 2 * _USUAL_LETTERS))
