"""Dates as feeds write them, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from watcher.feeds.dates import from_tuple, parse_date


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mon, 23 Nov 2026 10:00:00 GMT", "2026-11-23 10:00:00"),
        ("Mon, 23 Nov 2026 10:00:00 +0530", "2026-11-23 04:30:00"),
        ("Mon,23 Nov 2026 10:00:00 -05:00", "2026-11-23 15:00:00"),
        ("23 Nov 2026 10:00:00 PST", "2026-11-23 18:00:00"),
        ("Monday, 23 November 2026 10:00:00 UTC", "2026-11-23 10:00:00"),
        ("Mon, 23 Nov 2026 10:00:60 GMT", "2026-11-23 10:00:59"),
        ("Mon, 23 Nov 2026 24:00:00 GMT", "2026-11-24 00:00:00"),
        ("Mon, 23 Nov 26 10:00:00 GMT", "2026-11-23 10:00:00"),
        ("Nov 23 2026 10:00:00 GMT", "2026-11-23 10:00:00"),
        ("  2026-11-23T10:00:00Z\n", "2026-11-23 10:00:00"),
        ("2026-11-23T10:00:00.123456+01:00", "2026-11-23 09:00:00"),
        ("2026-11-23T10:00:00+0100", "2026-11-23 09:00:00"),
        ("2026-11-23 10:00", "2026-11-23 10:00:00"),
        ("2026-11-23", "2026-11-23 00:00:00"),
        ("20261123T100000Z", "2026-11-23 10:00:00"),
        ("Δευ, 23 Νοε 2026 10:00:00 EST", "2026-11-23 15:00:00"),
        ("1990-01-01T00:00:00Z", "1990-01-01 00:00:00"),
    ],
)
def test_a_date_is_read(text: str, moment: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert found.tzinfo is UTC
    assert str(found.replace(tzinfo=None)) == moment


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "yesterday",
        "Mon, 31 Feb 2026 10:00:00 GMT",
        "2026-13-01",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "1989-12-31T23:59:59Z",
        "Mon, 23 Nov 2026 10:00:00 +9999",
        "Fri, 2006/13/15 08:19:53 EDT",
        "9" * 500,
        "23 Nov " + "2" * 70,
    ],
)
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize("parts", [None, (), (2026, 14, 1, 0, 0, 0), (10**9, 1, 1, 0, 0, 0), ("a",) * 6])
def test_nine_numbers_that_are_no_moment_are_none(parts: object) -> None:
    assert from_tuple(parts) is None


def test_nine_numbers_are_a_moment_in_utc() -> None:
    assert from_tuple((2026, 11, 23, 10, 0, 0, 0, 0, 0)) == datetime(2026, 11, 23, 10, tzinfo=UTC)
