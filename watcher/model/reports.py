"""What the archive tells when it is asked: frozen answers for the commands and the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from watcher.model.alerts import Alert, Answer, Delivery, DeliveryState
from watcher.model.feeds import Feed, FeedState, SeenEntry
from watcher.model.stories import Story
from watcher.model.subscriptions import SubscriptionState
from watcher.model.watches import Match, Rejection


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
    told_at: Mapping[str, datetime] = field(default_factory=dict)  # key of a notice -> when it was told last
    dead_at: datetime | None = None  # when a message about alerts was given up last, of those that still are
    silences: Mapping[str, datetime] = field(default_factory=dict)  # watch -> until when
    failing_channels: Mapping[str, datetime] | None = None  # channel -> since when it has taken nothing
    off_channels: Mapping[str, str] = field(default_factory=dict)  # channel -> why it was switched off
    config_fault: str | None = None  # why the configuration on disk is not in force
    subscriptions: Mapping[SubscriptionState, int] = field(default_factory=dict)  # hubs that were asked to push


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of the matches of a channel's watches since its digest before. outcomes: as in StatusReport."""

    since: datetime | None  # None: this is its first digest
    outcomes: Mapping[str, int]

    @property
    def matched(self) -> int:
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A story that a search found. snippet: pieces of its text, each with whether it is one of the words asked for."""

    story: Story
    snippet: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided on a match of a story. outcome: "alerted" or a NoAlert; detail: the alert's id or the reason."""

    watch: str
    outcome: str
    detail: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try of a delivery."""

    tried_at: datetime
    answer: Answer
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A delivery with its tries, oldest first."""

    delivery: Delivery
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyEntry:
    """An entry at the address, and what its words alone came to. tries: fetches of its page that failed."""

    entry: SeenEntry
    feed: Feed
    tries: int
    matches: tuple[Match, ...]
    rejections: tuple[Rejection, ...]
    story_rejections: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyStory:
    """A story at the address: its group, what was decided on each match, and what became of its alerts."""

    story: Story
    is_seed: bool
    decisions: tuple[Decision, ...]
    alerts: tuple[tuple[Alert, tuple[Sent, ...]], ...]
    group: tuple[Story, ...]  # the stories of its group, itself among them, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Everything that was decided about an address; both empty: it was never seen."""

    entries: tuple[WhyEntry, ...]
    stories: tuple[WhyStory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """An entry as it was judged, for judging it again. stories: the versions of its story, oldest first."""

    entry: SeenEntry
    feed: Feed
    stories: tuple[Story, ...]
    matches: tuple[Match, ...]  # what the poll found
    decisions: tuple[Decision, ...]  # what was decided on its story, in every version of it
    page: tuple[str | None, str] | None = None  # language and text of its page, where that was read and nothing matched


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long things are kept; None: for ever. index: how long a story can gain copies and follow-ups."""

    entries: timedelta | None = timedelta(days=90)
    seen: timedelta | None = timedelta(days=180)  # after it was last in its feed
    stories: timedelta | None = None
    index: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What one step of pruning removed. files: of stories and alerts whose rows are gone, relative to the archive."""

    entries: int = 0
    seen: int = 0
    stories: int = 0
    indexed: int = 0
    bodies: int = 0  # messages that were delivered long ago: the row stays, the bytes go
    files: tuple[str, ...] = ()
    more: bool = False  # there is more to remove: call again


class PollResult(StrEnum):
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    OFFLINE = "offline"  # most hosts cannot be reached at once: it is our network, and nobody is to blame
    PAUSED = "paused"  # its host asked to be left alone: nothing was sent, and nobody is to blame
    PUSHED = "pushed"  # nobody asked: the feed's hub told


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What one poll came to. failures: of this feed in a row; flood: nearly all its keys changed at once.

    missed: it had nothing in common with the poll before, so entries came and went unseen; moved: to another address;
    well: something is over that a person may have been told of.
    pending: entries that wait for their story since.
    """

    result: PollResult
    feed: str = ""
    failures: int = 0
    flood: bool = False
    missed: bool = False
    moved: bool = False
    well: bool = False
    new: int = 0
    seen: int = 0
    matches: int = 0
    pending: int = 0
    problem: str | None = None
    network: bool | None = None  # with this poll our network went down (False), or came back (True)

    @property
    def remarkable(self) -> bool:
        """Whether a person should hear of it now."""
        return self.flood or self.missed or self.moved or self.well


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureReport:
    """What one capture came to. failed: the page could not be had and the feed's own words stand in for it."""

    captured: bool = False
    incomplete: bool = False
    failed: bool = False
    alerts: tuple[Alert, ...] = ()
