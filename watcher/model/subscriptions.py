"""A feed whose publisher names a hub -> the subscription by which the hub pushes what is new (W3C WebSub)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class SubscriptionState(StrEnum):
    WANTED = "wanted"  # the hub is to be asked
    ASKED = "asked"  # the hub was asked, and is to verify that it was us
    VERIFIED = "verified"  # the hub pushes until its lease ends
    FAILED = "failed"  # the hub could not be reached, refused, or never verified: asked again later
    DENIED = "denied"  # the hub or the publisher says no: asked again much later
    LEAVING = "leaving"  # no longer wanted: the hub is to be told


class PushAnswer(StrEnum):
    """What a hub that pushes is told."""

    TAKEN = "taken"
    UNKNOWN = "unknown"  # nobody verified this subscription yet
    GONE = "gone"  # it is over: the hub may stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a hub was asked for, and how that stands. Its token and secret are nobody else's business."""

    id: str
    feed_id: str
    topic: str  # the feed's own address, as its publisher names it to the hub
    site: str | None = None  # where its stories are, as the feed says
    hubs: tuple[str, ...]  # as the feed names them; asked one after the other until one verifies
    turn: int = 0  # which of them
    callback: str = field(repr=False)  # where the hub calls us; its last part is the token
    token: str = field(repr=False)
    secret: str = field(repr=False)  # what its pushes are signed with
    state: SubscriptionState = SubscriptionState.WANTED
    ask_at: datetime  # when the hub is to be asked next; of one that was asked: how long it has to verify
    asked_at: datetime | None = None  # the request whose verification may still come
    verified_at: datetime | None = None
    until: datetime | None = None  # the end of the lease; kept while a renewal is under way
    tries: int = 0  # failures in a row
    problem: str | None = None
    pushed_at: datetime | None = None  # the last push that was what it said
    streak: int = 0  # pushes that brought news since a poll last found what no push had brought

    @property
    def hub(self) -> str:
        return self.hubs[self.turn % len(self.hubs)]

    @property
    def due_at(self) -> datetime:
        """When something is to be done: the hub to be asked, or the end of the lease to be noted."""
        return self.ask_at if self.until is None else min(self.ask_at, self.until)
