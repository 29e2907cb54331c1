"""What the archive tells when it is asked: frozen answers for the commands and the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from watcher.model.alerts import DeliveryState
from watcher.model.feeds import Feed, FeedState


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """Health at a glance. outcomes: matches by what was decided, "alerted" or a NoAlert; they add up to matches."""

    feeds: Mapping[FeedState, int]
    troubled: tuple[Feed, ...]  # failing or gone, worst first
    entries: int
    baseline: int  # entries recorded as seen at a first poll, not alerted
    stories: int
    seeds: int
    matches: int
    outcomes: Mapping[str, int]
    alerts: int
    pending_captures: int
    deliveries: Mapping[DeliveryState, int]
    due_feeds: int  # due and waiting at this moment
    due_captures: int
    due_deliveries: int
    last_poll: datetime | None
    size: int  # bytes of the database
    notices: tuple[tuple[str, str], ...] = ()  # key and text of what is wrong now and was told
    silences: Mapping[str, datetime] = field(default_factory=dict)  # watch -> until when
