"""Dates as pages write them -> an aware time in UTC, or None. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # no page is older than the web
_AHEAD = timedelta(days=2)  # past the date line, and clocks that go wrong; embargoed stories are dated no further
_ISO = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})"
    r"(?:[T ]+(\d{1,2}):?(\d{2})(?::?(\d{2}))?(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")


def parse_date(text: str, *, now: datetime) -> datetime | None:
    """ISO 8601 in the forms that occur, RFC 2822, or a Unix time. Without a zone it is taken as UTC.

    None for what is no date, is before 1990, or lies more than two days after now.
    """
    moment = _parsed(text.strip())
    return moment if moment and _EARLIEST <= moment <= now + _AHEAD else None


def has_zone(text: str) -> bool:
    """Whether a date says what its clock time is relative to."""
    found = _ISO.match(text.strip())
    return bool(found[7]) if found else bool(re.search(r"[+-]\d{4}\b|\b(?:GMT|UTC|[ECMP][SD]T)\b", text))


def has_time(text: str) -> bool:
    """Whether a date says more than the day."""
    return bool(re.search(r"\d{1,2}:\d{2}|T\d{4}|^\d{10}", text))


def _parsed(text: str) -> datetime | None:
    try:
        if _EPOCH.fullmatch(text):
            return datetime.fromtimestamp(int(text[:10]), UTC)
        if found := _ISO.match(text):
            return _iso(found)
        moment = parsedate_to_datetime(text[:100])
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _iso(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    moment = datetime(year, month, day, hour % 24, minute, min(second, 59), tzinfo=UTC)
    zone = (found[7] or "").replace(":", "")
    if zone[:1] in ("+", "-"):
        away = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5] or 0))
        moment -= away if zone[0] == "+" else -away
    return moment
