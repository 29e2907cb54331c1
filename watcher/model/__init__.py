"""The nouns in the order of the flow, their states and their faults; frozen, and free of the world.

feed -> entry -> document x watch -> hit -> match -> page -> story -> group -> alert -> message -> delivery

Times are aware and in UTC, offsets are code points into the display text of a field (end exclusive), ids are derived
from content (`derive_id`), so that work which a crash rolled back gives the same ids when it is done again.
"""

from watcher.model.alerts import (
    GIVE_UP_AFTER,
    RETRY_AFTER,
    RETRY_DAILY,
    Alert,
    Answer,
    ChannelKind,
    Delivery,
    DeliveryState,
    Message,
    MessageType,
    NoAlert,
    Outcome,
)
from watcher.model.faults import (
    ConfigError,
    Fault,
    FetchError,
    FetchReason,
    LeaseLostError,
    StaleIndexError,
    StoreError,
    WatcherError,
)
from watcher.model.feeds import Capture, Entry, Feed, FeedSpec, FeedState, ParsedFeed, Read, SeenEntry
from watcher.model.ids import derive_id
from watcher.model.records import (
    CaptureJob,
    CaptureRecord,
    Hold,
    IndexedStory,
    Known,
    Neighbours,
    PastAlert,
    PollRecord,
    Silenced,
    Unfiled,
)
from watcher.model.reports import CaptureReport, PollReport, PollResult, StatusReport
from watcher.model.stories import Extraction, Grouping, Problem, Relation, Response, Story, WarcRef
from watcher.model.watches import Document, Field, Hit, Match, NoMatch, Rejection, Verdict, Watch, Watchlist

__all__ = [
    "GIVE_UP_AFTER",
    "RETRY_AFTER",
    "RETRY_DAILY",
    "Alert",
    "Answer",
    "Capture",
    "CaptureJob",
    "CaptureRecord",
    "CaptureReport",
    "ChannelKind",
    "ConfigError",
    "Delivery",
    "DeliveryState",
    "Document",
    "Entry",
    "Extraction",
    "Fault",
    "Feed",
    "FeedSpec",
    "FeedState",
    "FetchError",
    "FetchReason",
    "Field",
    "Grouping",
    "Hit",
    "Hold",
    "IndexedStory",
    "Known",
    "LeaseLostError",
    "Match",
    "Message",
    "MessageType",
    "Neighbours",
    "NoAlert",
    "NoMatch",
    "Outcome",
    "ParsedFeed",
    "PastAlert",
    "PollRecord",
    "PollReport",
    "PollResult",
    "Problem",
    "Read",
    "Rejection",
    "Relation",
    "Response",
    "SeenEntry",
    "Silenced",
    "StaleIndexError",
    "StatusReport",
    "StoreError",
    "Story",
    "Unfiled",
    "Verdict",
    "WarcRef",
    "Watch",
    "WatcherError",
    "Watchlist",
    "derive_id",
]
