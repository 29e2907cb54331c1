"""Entries whose pages are to be read -> whether each may be asked for now, by what its host was asked before. Pure."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from watcher.model import CaptureJob

_HOUR = timedelta(hours=1)


class PageBudget:
    """The pages that feeds with `read: page` ask of each host within any hour; more of them wait for their turn.

    It lives as long as the process: after a restart a host may be asked for its pages of the hour once more.
    """

    def __init__(self) -> None:
        self._turns: dict[str, deque[datetime]] = {}  # by host: of the last hour, and those given for later, in order
        self._given: dict[str, datetime] = {}  # by entry: a turn that has not come yet

    def turn(self, job: CaptureJob, *, limit: int, now: datetime) -> datetime | None:
        """None: ask for the entry's page now. Else the time at which to come again; that turn is then the entry's own.

        What the feed's own words matched waits for nothing, nor does what was asked for before.
        """
        link = job.entry.entry.link
        if link is None or job.matches or job.tries or not job.feed.spec.scrape:
            return None
        given = self._given.pop(job.entry.id, None)
        if given is None:
            turns = self._turns.setdefault(_host(link), deque())
            while turns and turns[0] <= now - _HOUR:
                turns.popleft()
            given = max(now, turns[-limit] + _HOUR) if len(turns) >= limit else now
            turns.append(given)
        if given <= now:
            return None
        self._given[job.entry.id] = given
        return given


def _host(link: str) -> str:
    try:
        return urlsplit(link).netloc.rpartition("@")[2].lower()
    except ValueError:  # no address at all: the door says so
        return link
