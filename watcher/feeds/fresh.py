"""Header fields of an answer -> the seconds for which the publisher asks not to be asked again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

MOST: Final = 24 * 3600.0  # a wish is followed for a day: a server that says "in 10 years" has a fault
_SECONDS: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]*)?(?: *, *[0-9]{1,12}(?:\.[0-9]*)?)*")


def fresh_for(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds by Retry-After and by Cache-Control or Expires, the longer of both, at most a day; 0 for no wish.

    headers: by name in small letters; now: when the answer came, for a server that does not tell its own time.
    """
    date = headers.get("date", "")
    fresh = _max_age(headers.get("cache-control", ""), headers.get("age", ""))
    if fresh is None:
        fresh = _until(headers.get("expires", ""), date, now)
    asked = retry_after(headers.get("retry-after"), date, now)
    return min(max(fresh or 0.0, asked or 0.0), MOST)


def retry_after(value: str | None, date: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After asks for, given as seconds or as a date; None without one that can be read.

    A date is compared with the server's own Date, since its clock may be wrong in both. Of several numbers, which a
    proxy may have joined, the largest.
    """
    text = (value or "").strip()
    if _SECONDS.fullmatch(text):
        return max(float(number) for number in text.split(","))
    return _until(text, date or "", now)


def _max_age(cache_control: str, age: str) -> float | None:
    """Seconds left by Cache-Control; None where it says nothing about it."""
    directives = []
    for part in cache_control.lower().split(","):
        name, _, value = part.strip().partition("=")
        directives.append((name.strip(), value.strip(' "')))
    if any(name in ("no-cache", "no-store") and not value for name, value in directives):
        return 0.0  # with a value it is said of that header field alone
    ages = [float(value[:9]) for name, value in directives if name == "max-age" and _is_number(value)]
    if not ages:
        return None
    spent = float(age.strip()[:9]) if _is_number(age.strip()) else 0.0
    return max(max(ages) - spent, 0.0)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _until(date: str, server_now: str, now: datetime) -> float | None:
    """Seconds from the server's own now to a date; None for no date (an Expires of 0 or -1 is one that is over)."""
    end = _http_date(date)
    return max((end - (_http_date(server_now) or now)).total_seconds(), 0.0) if end else None


def _http_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
