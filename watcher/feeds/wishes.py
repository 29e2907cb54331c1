"""What a feed document asks of those who poll it -> seconds, hours and days; what makes no sense asks for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from watcher.feeds.fields import mended

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ITEM: Final = re.compile(rb"<(hour|day)>([^<]{0,40})<", re.IGNORECASE)
_LONGEST_LIST: Final = 4_000  # bytes of a list of hours or days: 24 hours take 700 with their tags


_PERIODS: Final = {"hourly": 3600.0, "daily": 86400.0, "weekly": 604800.0, "monthly": 2592000.0, "yearly": 31536000.0}


def asked_pause(*, ttl: str | None, period: str | None, frequency: str | None, generator: str | None) -> float | None:
    """Seconds that a feed asks to be left alone between polls, by RSS's ttl (minutes) and sy:updatePeriod/Frequency.

    WordPress writes "hourly, once" into every feed that nobody has set up: from it that says nothing.
    """
    pauses = []
    minutes = mended(ttl, 12)
    if minutes.isascii() and minutes.isdigit():
        pauses.append(int(minutes) * 60.0)
    times = mended(frequency, 12)
    often = int(times) if times.isascii() and times.isdigit() else 1
    length = _PERIODS.get(mended(period, 12).lower())
    default = (length, often) == (3600.0, 1) and "wordpress" in (generator or "").lower()
    if length and often and not default:
        pauses.append(length / often)
    return max(pauses, default=0.0) or None


def skipped_hours(texts: Iterable[str | None]) -> tuple[int, ...]:
    """The hours, 0 to 23 in UTC, of RSS's skipHours; none where it names all of them. 24 is midnight in RSS 0.91."""
    words = [mended(text, 12) for text in texts]
    hours = {int(word) % 24 for word in words if word.isascii() and word.isdigit() and int(word) <= 24}
    return tuple(sorted(hours)) if len(hours) < 24 else ()


def skipped_days(texts: Iterable[str | None]) -> tuple[int, ...]:
    """The days of RSS's skipDays, 0 is Monday, in UTC; none where it names all of them."""
    words = {mended(text, 12).lower() for text in texts}
    days = tuple(day for day, name in enumerate(_DAYS) if name in words)
    return days if len(days) < len(_DAYS) else ()


def skips_in(body: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(hours, days) by the lists in the bytes of a document, for a parser that keeps only the last of each list."""
    small = body.lower()
    hours, days = (
        [item[2].decode("ascii", "replace") for item in _ITEM.finditer(_between(small, name)) if item[1] == kind]
        for name, kind in ((b"skiphours", b"hour"), (b"skipdays", b"day"))
    )
    return skipped_hours(hours), skipped_days(days)


def _between(body: bytes, name: bytes) -> bytes:
    start = body.find(b"<" + name + b">")
    return body[start : body.find(b"</" + name, start, start + _LONGEST_LIST)] if start >= 0 else b""
