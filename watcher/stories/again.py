"""A page that could not be had -> when to ask for it once more, or never."""

from __future__ import annotations

from datetime import datetime, timedelta

from watcher.model import CaptureJob, FetchError, FetchReason, Problem

RETRIES = (timedelta(minutes=10), timedelta(hours=2))  # a page that failed is asked for twice more, then left
WANTED = timedelta(days=2)  # a page whose host is left alone again and again is old news by then


def retry_page_at(job: CaptureJob, failure: FetchError | None, now: datetime) -> datetime | None:
    """When to ask for the page once more; None where it came, or where nothing says that it ever will."""
    if failure is None or not failure.passes:
        return None
    asked = timedelta(seconds=failure.retry_after or 0.0)
    if failure.reason is FetchReason.PAUSED:
        return now + asked if now - job.entry.first_seen < WANTED else None
    return now + max(RETRIES[job.tries], asked) if job.tries < len(RETRIES) else None


def problem_of(failure: FetchError) -> Problem:
    """What the story without its page is told to lack."""
    return Problem.NOT_FETCHED if failure.reason is FetchReason.ROBOTS else Problem.UNREACHABLE


def was_asked(failure: FetchError | None) -> bool:
    """Whether the page was asked for at all: a host that is left alone costs no try."""
    return failure is None or failure.reason is not FetchReason.PAUSED
