"""The dates that feeds write -> aware UTC times; what is no date, or one from before there were feeds, -> None."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Final

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)  # what is older is the zero date of some CMS
_ENGLISH_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS: Final = {name.lower(): number for number, name in enumerate(_ENGLISH_MONTHS, start=1)}
_ZONES: Final = {
    "gmt": 0, "ut": 0, "utc": 0, "z": 0, "": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7, "met": 1, "mest": 2, "cet": 1, "cest": 2, "bst": 1, "msk": 3, "ist": 5.5, "jst": 9, "eet": 2,
    "eest": 3,
}  # fmt: skip
_RFC822: Final = re.compile(
    r"(?:[A-Za-z]{3,9}\.?(?:,\s*|\s+))?(\d{1,2})[\s-]+([A-Za-z]{3})[a-z]{0,6}\.?[\s-]+(\d{4})\s+"
    r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(?:\s*(?:([+-])(\d\d):?(\d\d)|([A-Za-z]{1,4})))?$"
)
_ISO: Final = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[Tt\s]\s*(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d{1,12})?)?\s*(?:([+-])(\d\d):?(\d\d)?|([Zz]))?)?$"
)
_MAX_DATE: Final = 80  # characters; the longest form that is known has 40


def parse_date(text: str | None) -> datetime | None:
    """The moment that a feed's date means, to the second; a date without a zone is taken as UTC."""
    text = text.strip() if text else ""
    return _read(text) if 0 < len(text) <= _MAX_DATE else None


@lru_cache(maxsize=1024)  # of texts that are short: entries of one document share dates, and documents share entries
def _read(text: str) -> datetime | None:
    try:
        return believable(_rfc822(text) or _iso(text) or _odd(text))
    except (ValueError, OverflowError, LookupError):  # the 31st of February; an offset of 99 hours; a 13th month
        return None


def from_tuple(parts: Any) -> datetime | None:
    """feedparser's nine numbers in UTC -> the moment; None for None and for what is no moment."""
    if not parts:
        return None
    try:
        return believable(datetime.fromtimestamp(timegm(parts), UTC))
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def believable(when: datetime | None) -> datetime | None:
    """The moment in UTC, or None if it is before 1990. (That it is not to come can only be told with a clock.)"""
    if when is None:
        return None
    try:
        when = when.astimezone(UTC)
    except OverflowError:  # year 1 in a zone east of Greenwich
        return None
    return when if when >= EARLIEST else None


def _rfc822(text: str) -> datetime | None:
    found = _RFC822.match(text)
    if not found:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes, name = found.groups()
    number = _MONTHS.get(month.lower())
    zone = _offset(sign, hours, minutes) if sign else _named(name)
    if number is None or zone is None:
        return None
    return _moment(int(year), number, int(day), int(hour), int(minute), int(second or 0), zone)


def _iso(text: str) -> datetime | None:
    found = _ISO.match(text)
    if not found:
        return None
    year, month, day, hour, minute, second, sign, hours, minutes, _ = found.groups()
    zone = _offset(sign, hours, minutes) if sign else UTC
    return _moment(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), zone)


def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int, zone: timezone) -> datetime:
    """Midnight as 24:00 and leap seconds are written by real feeds: both are taken as the moment they mean."""
    extra = timedelta(hours=24) if (hour, minute) == (24, 0) else timedelta(0)
    return datetime(year, month, day, hour % 24 if extra else hour, minute, min(second, 59), tzinfo=zone) + extra


def _offset(sign: str, hours: str, minutes: str | None) -> timezone:
    size = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-size if sign == "-" else size)


def _named(name: str | None) -> timezone | None:
    hours = _ZONES.get((name or "").lower())
    return None if hours is None else timezone(timedelta(hours=hours))


def _odd(text: str) -> datetime | None:
    """By feedparser's own list of odd forms (Greek, Hungarian, Korean, asctime); its public face reads whole feeds."""
    from feedparser.datetimes import _parse_date  # most documents need nothing of it

    return from_tuple(_parse_date(text))
