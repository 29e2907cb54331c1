"""how loud a channel may be + now -> whether an alert goes out at once, or until when it waits, and for what.

What waits on a channel goes out in one message when its time has come: at the next digest time, after the quiet hours,
when the limit has room again, when a silence or the pause between follow-ups ends. The latest of these counts, and none
ends in the quiet hours. Times of day are the channel's own; an hour that a change of clock leaves out begins after it,
one that comes twice counts the first time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from watcher.alerts.view import Cause

_LIMIT = re.compile(r"(\d+)\s*/\s*(\d*)\s*([smhd])\Z")
_UNIT = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """digest: times of day ("07:30") or cron lines; quiet: from and to; limit: so many messages in so much time."""

    digest: tuple[str, ...] = ()
    quiet: tuple[time, time] | None = None
    limit: tuple[int, timedelta] | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Until when an alert waits on a channel, and for what."""

    until: datetime
    cause: Cause


def read_quiet(text: str) -> tuple[time, time]:
    """ "22:00-07:00" -> both times. Raises ValueError."""
    start, _, end = text.partition("-")
    return _clock(start.strip()), _clock(end.strip())


def read_limit(text: str) -> tuple[int, timedelta]:
    """ "20/h", "5/10m" -> how many in what time. Raises ValueError."""
    found = _LIMIT.match(text.strip())
    if not found:
        raise ValueError(f'"{text}" is no limit')
    return int(found[1]), int(found[2] or 1) * _UNIT[found[3]]


def wait(volume: Volume, *, now: datetime, sent: Sequence[datetime] = (), waits: Sequence[Wait] = ()) -> Wait | None:
    """None: it goes out now. sent: when messages went out over the channel; waits: what else holds this alert back."""
    asked = [*waits]
    if volume.digest:
        asked.append(Wait(until=next_digest(volume, now), cause=Cause.DIGEST))
    if volume.limit is not None:
        many, span = volume.limit
        recent = sorted(moment for moment in sent if moment > now - span)
        if len(recent) >= many:
            asked.append(Wait(until=recent[-many] + span, cause=Cause.LIMIT))
    last = max(asked, key=lambda one: one.until, default=None)
    quiet_end = _end_of_quiet(volume, last.until if last else now)
    if quiet_end is not None:
        return Wait(until=quiet_end, cause=last.cause if last else Cause.QUIET)
    return last


def next_digest(volume: Volume, now: datetime) -> datetime:
    """The first digest time after now. Raises ValueError for a volume without digest times."""
    return min(_next(text, now, ZoneInfo(volume.zone)) for text in volume.digest)


def _next(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    if not _CLOCK.match(text):
        return next(CronSim(text, now.astimezone(zone))).astimezone(UTC)
    return next(at for at in _days(_clock(text), now, zone) if at > now)


def _days(clock: time, now: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """This time of day yesterday, today, tomorrow and the day after, in UTC."""
    today = now.astimezone(zone).date()
    return tuple(_at(datetime.combine(today + timedelta(days=day), clock), zone) for day in (-1, 0, 1, 2))


def _at(local: datetime, zone: ZoneInfo) -> datetime:
    """A local time in UTC; one that a change of clock leaves out is as long after the change as it was meant to be."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _end_of_quiet(volume: Volume, moment: datetime) -> datetime | None:
    """When the quiet hours end that this moment lies in; None outside them."""
    if volume.quiet is None:
        return None
    start, end = volume.quiet
    zone = ZoneInfo(volume.zone)
    for began in _days(start, moment, zone):
        local = began.astimezone(zone)
        day = local.date() + timedelta(days=1 if end <= start else 0)
        ended = _at(datetime.combine(day, end), zone)
        if began <= moment < ended:
            return ended
    return None


def _clock(text: str) -> time:
    found = _CLOCK.match(text)
    if not found:
        raise ValueError(f'"{text}" is no time of day')
    return time(int(found[1]), int(found[2]))
