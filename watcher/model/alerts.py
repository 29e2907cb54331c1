"""Alerts, and the messages and deliveries that carry them; the state of a delivery after each try."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from watcher.model.stories import Relation, Story
from watcher.model.watches import Hit


class NoAlert(StrEnum):
    """Why a match raised no alert."""

    BASELINE = "baseline"  # stood in the feed when it was first polled
    COPY = "copy"
    REVISION = "revision"
    FOLLOW_UP_HELD = "follow-up-held"  # one came within follow_up_every: it goes out with the next
    ALREADY = "already"  # this watch was already told of this very article
    SILENCED = "silenced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What a match means to a person. copies: sites that carry the same text, as known so far."""

    id: str
    raised: datetime
    watch: str
    reason: Relation  # first, follow-up or revision (or copy, where the owner wants copies told)
    story: Story
    hits: tuple[Hit, ...]
    copies: tuple[str, ...] = ()
    thread: tuple[str, ...] = ()  # alerts of the same watch and group before this one, oldest first
    channels: tuple[str, ...] = ()
    held_until: datetime | None = None  # a follow-up too soon after another: told with the next ones, then
    path: str  # relative to the archive


class ChannelKind(StrEnum):
    EMAIL = "email"
    WEBHOOK = "webhook"
    CHAT = "apprise"


class MessageType(StrEnum):
    ALERT = "alert.raised"
    DIGEST = "alert.digest"
    NOTICE = "notice.raised"
    TEST = "watcher.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message for one channel, written out once: body is what is sent, byte for byte, on every try.

    email: a whole RFC 5322 message. webhook: the JSON that is signed. chat: UTF-8 text under `subject`.
    """

    id: str  # the webhook-id; the Message-ID is made of it
    channel: str
    kind: ChannelKind
    type: MessageType
    subject: str
    body: bytes
    recipients: tuple[str, ...] = ()  # email addresses that are still to be reached; empty for other kinds


class Answer(StrEnum):
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one try. left: recipients to try again; refused: recipients that never will be, with the reason."""

    answer: Answer
    reason: str = ""
    retry_after: float | None = None  # seconds
    left: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    switch_off: bool = False  # the other side wants no message any more (410)
    down: bool = False  # it is the channel that failed, not this message: one probe says more than its whole backlog


class DeliveryState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    DROPPED = "dropped"  # by a person


# Standard Webhooks' schedule: the waits between one try and the next, then one a day until the fifth day is over.
RETRY_AFTER = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600)
RETRY_DAILY = 24 * 3600
GIVE_UP_AFTER = timedelta(days=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way over one channel."""

    message: Message
    alerts: tuple[str, ...] = ()  # the ids of the alerts that it tells of; none for a notice or a test
    state: DeliveryState = DeliveryState.PENDING
    created: datetime
    due_at: datetime
    attempts: int = 0
    tried_at: datetime | None = None
    delivered_at: datetime | None = None
    problem: str | None = None

    @property
    def id(self) -> str:
        return self.message.id

    def after(self, outcome: Outcome, now: datetime, jitter: float) -> Delivery:
        """This delivery once a try has ended so. jitter: 0 to 1, the share of a tenth that is added to the wait."""
        tried = replace(self, attempts=self.attempts + 1, tried_at=now, problem=_told(outcome) or None)
        if outcome.answer is Answer.DELIVERED:
            return replace(tried, state=DeliveryState.DELIVERED, delivered_at=now)
        if outcome.answer is Answer.REJECTED:
            return replace(tried, state=DeliveryState.DEAD)
        if outcome.left:
            tried = replace(tried, message=replace(self.message, recipients=outcome.left))
        wait = RETRY_AFTER[self.attempts] if self.attempts < len(RETRY_AFTER) else RETRY_DAILY
        due = now + timedelta(seconds=max(wait * (1 + jitter / 10), outcome.retry_after or 0))
        if due - self.created > GIVE_UP_AFTER:
            return replace(tried, state=DeliveryState.DEAD)
        return replace(tried, due_at=due)

    def retried(self, now: datetime) -> Delivery:
        """This delivery, given up before, put on its way again from the start of the schedule."""
        return replace(self, state=DeliveryState.PENDING, created=now, due_at=now, attempts=0)

    def dropped(self) -> Delivery:
        return replace(self, state=DeliveryState.DROPPED)


def _told(outcome: Outcome) -> str:
    refused = "; ".join(f"{recipient}: {reason}" for recipient, reason in outcome.refused)
    return "; ".join(part for part in (outcome.reason, refused) if part)
