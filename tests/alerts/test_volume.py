"""Digest times, quiet hours and limits: when an alert goes out, in the channel's own zone and over changes of clock."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from watcher.alerts.view import Cause
from watcher.alerts.volume import Volume, Wait, next_digest, read_limit, read_quiet, wait

BERLIN = "Europe/Berlin"  # 2026: summer time from 29 March 01:00Z to 25 October 01:00Z


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("situation", "digest", "zone", "now", "expected"),
    [
        ("later today", ("07:30",), BERLIN, "2026-11-23T05:00", "2026-11-23T06:30"),
        ("passed today", ("07:30",), BERLIN, "2026-11-23T07:00", "2026-11-24T06:30"),
        ("this very minute is over", ("07:30",), BERLIN, "2026-11-23T06:30", "2026-11-24T06:30"),
        ("the nearer of two", ("07:30", "18:00"), BERLIN, "2026-11-23T07:00", "2026-11-23T17:00"),
        ("the day summer time begins", ("07:30",), BERLIN, "2026-03-28T20:00", "2026-03-29T05:30"),
        ("the day summer time ends", ("07:30",), BERLIN, "2026-10-24T20:00", "2026-10-25T06:30"),
        ("an hour that is left out", ("02:30",), BERLIN, "2026-03-28T20:00", "2026-03-29T01:30"),
        ("an hour that comes twice, first time", ("02:30",), BERLIN, "2026-10-24T20:00", "2026-10-25T00:30"),
        ("an hour that comes twice, not again", ("02:30",), BERLIN, "2026-10-25T00:40", "2026-10-26T01:30"),
        ("a cron line: Mondays", ("0 9 * * 1",), BERLIN, "2026-11-24T00:00", "2026-11-30T08:00"),
        ("east of Greenwich by a day", ("07:30",), "Pacific/Auckland", "2026-11-23T20:00", "2026-11-24T18:30"),
    ],
)
def test_next_digest(situation: str, digest: tuple[str, ...], zone: str, now: str, expected: str) -> None:
    assert next_digest(Volume(digest=digest, zone=zone), at(now)) == at(expected), situation


QUIET = (time(22), time(7))


@pytest.mark.parametrize(
    ("situation", "volume", "now", "sent", "expected"),
    [
        ("nothing asked for", Volume(), "2026-11-23T03:00", (), None),
        ("in the quiet night", Volume(quiet=QUIET), "2026-11-23T03:00", (), ("2026-11-23T07:00", Cause.QUIET)),
        (
            "the quiet night before midnight",
            Volume(quiet=QUIET),
            "2026-11-23T23:00",
            (),
            ("2026-11-24T07:00", Cause.QUIET),
        ),
        ("as the quiet begins", Volume(quiet=QUIET), "2026-11-23T22:00", (), ("2026-11-24T07:00", Cause.QUIET)),
        ("as the quiet ends", Volume(quiet=QUIET), "2026-11-23T07:00", (), None),
        (
            "quiet at noon",
            Volume(quiet=(time(12), time(14))),
            "2026-11-23T13:00",
            (),
            ("2026-11-23T14:00", Cause.QUIET),
        ),
        ("after the noon quiet", Volume(quiet=(time(12), time(14))), "2026-11-23T15:00", (), None),
        (
            "quiet over the night that is an hour longer",
            Volume(quiet=QUIET, zone=BERLIN),
            "2026-10-25T02:00",
            (),
            ("2026-10-25T06:00", Cause.QUIET),
        ),
        ("room left", Volume(limit=(2, timedelta(hours=1))), "2026-11-23T10:00", ("2026-11-23T09:30",), None),
        (
            "limit reached: until the older one is an hour old",
            Volume(limit=(2, timedelta(hours=1))),
            "2026-11-23T10:00",
            ("2026-11-23T09:30", "2026-11-23T09:50"),
            ("2026-11-23T10:30", Cause.LIMIT),
        ),
        (
            "what was sent long ago does not count",
            Volume(limit=(1, timedelta(hours=1))),
            "2026-11-23T10:00",
            ("2026-11-23T08:59",),
            None,
        ),
        (
            "a digest that falls in the quiet hours waits for their end",
            Volume(digest=("23:00",), quiet=QUIET),
            "2026-11-23T10:00",
            (),
            ("2026-11-24T07:00", Cause.DIGEST),
        ),
    ],
)
def test_wait(
    situation: str, volume: Volume, now: str, sent: tuple[str, ...], expected: tuple[str, Cause] | None
) -> None:
    found = wait(volume, now=at(now), sent=tuple(map(at, sent)))
    assert (found and (found.until, found.cause)) == (expected and (at(expected[0]), expected[1])), situation


def test_the_latest_reason_to_wait_counts() -> None:
    silence = Wait(until=at("2026-11-23T12:00"), cause=Cause.SILENCE)
    volume = Volume(limit=(1, timedelta(hours=1)))
    assert wait(volume, now=at("2026-11-23T10:00"), sent=(at("2026-11-23T09:59"),), waits=(silence,)) == silence


def test_reading() -> None:
    assert read_limit("20/h") == (20, timedelta(hours=1))
    assert read_limit("5 / 10m") == (5, timedelta(minutes=10))
    assert read_quiet("22:00-07:00") == (time(22), time(7))
    with pytest.raises(ValueError, match="no limit"):
        read_limit("many")
