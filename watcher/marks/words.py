"""Words that a person wrote in; what they mean, or the nearest word that would have meant something, out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from difflib import get_close_matches

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = re.compile(r"(?:(\d{1,9})\s*([smhdw]))+", re.IGNORECASE)
_PART = re.compile(r"(\d+)\s*([smhdw])", re.IGNORECASE)
_LONGEST = 100 * 365 * 86400  # seconds; more than a hundred years is a slip, and timedelta ends at a few million

# Swapping two letters in a word of four ("wiht") leaves a likeness of 0.75, another word of the same length ("when"
# for "where" is 0.89, "lint" for "lang" 0.5) mostly less than 0.6.
_LIKENESS = 0.6


def closest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that looks most like the word, or None if none looks like it."""
    folded = {choice.casefold(): choice for choice in choices}
    found = get_close_matches(word.casefold().strip(), folded, n=1, cutoff=_LIKENESS)
    return folded[found[0]] if found else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """` Did you mean "with"?` with its leading space, or nothing."""
    found = closest(word, choices)
    return f' Did you mean "{found}"?' if found is not None else ""


def duration(text: str) -> timedelta | None:
    """30s, 10m, 2h, 1d, 2w or several of them (1h30m); None if it is no duration, or one of nothing or a century."""
    written = text.strip()
    if not _DURATION.fullmatch(written):
        return None
    seconds = sum(int(number) * _UNITS[unit.lower()] for number, unit in _PART.findall(written))
    return timedelta(seconds=seconds) if 0 < seconds <= _LONGEST else None


def duration_text(span: timedelta) -> str:
    """The shortest way to write a whole number of seconds that `duration` reads back: 600 s is 10m."""
    seconds = int(span.total_seconds())
    unit = next(unit for unit in ("d", "h", "m", "s") if seconds % _UNITS[unit] == 0)
    return f"{seconds // _UNITS[unit]}{unit}"
