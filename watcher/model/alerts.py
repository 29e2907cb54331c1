"""Alerts, and the messages and deliveries that carry them; the state of a delivery after each try."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from watcher.model.ids import derive_id
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
    beside: tuple[str, ...] = ()  # as in Match
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
    down: bool = (
        False  # it may be the channel that failed, not this message: one probe says more than its whole backlog
    )
    blameless: bool = False  # with down: it surely is the channel, since of the message it saw nothing
    busy: bool = False  # with down: it asked for a pause, which may be for this message alone, so another one probes it
    rest: bool = False  # with down: others have the mail, so it rather is those that are left than the channel

    @property
    def told(self) -> str:
        """What the other side said, of every recipient."""
        refused = "; ".join(f"{recipient}: {reason}" for recipient, reason in self.refused)
        return "; ".join(part for part in (self.reason, refused) if part)


class DeliveryState(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    DROPPED = "dropped"  # by a person


# Standard Webhooks' schedule: the waits between one try and the next, then one a day until the fifth day is over.
RETRY_AFTER = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600)
RETRY_DAILY = 24 * 3600
GIVE_UP_AFTER = timedelta(days=5)


def retry_wait(failures: int) -> int:
    """Seconds from one try to the next after so many that failed before it."""
    return RETRY_AFTER[failures] if failures < len(RETRY_AFTER) else RETRY_DAILY


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
        tried = replace(self, attempts=self.attempts + 1, tried_at=now, problem=outcome.told or None)
        if outcome.answer is Answer.REJECTED:
            return replace(tried, state=DeliveryState.DEAD)
        if outcome.answer is Answer.DELIVERED:
            never = {recipient for recipient, _ in outcome.refused}
            reached = tuple(one for one in self.message.recipients if one not in never)
            tried = replace(tried, message=replace(self.message, recipients=reached))
            return replace(tried, state=DeliveryState.DELIVERED, delivered_at=now)
        if outcome.left:
            tried = replace(tried, message=replace(self.message, recipients=outcome.left))
        end = self.created + GIVE_UP_AFTER
        due = now + timedelta(seconds=retry_wait(self.attempts) * (1 + jitter / 10))
        if due > end:
            return replace(tried, state=DeliveryState.DEAD)
        asked = now + timedelta(seconds=outcome.retry_after or 0)
        return replace(tried, due_at=max(due, min(asked, end)))  # who asks for more than is left gets one more try

    def dead_letters(self, outcome: Outcome, now: datetime) -> tuple[Delivery, ...]:
        """One for each recipient that was refused while others were, or may be, reached: to be seen to on its own.

        Where all were refused, this delivery itself is dead.
        """
        if outcome.answer is Answer.REJECTED:
            return ()
        return tuple(
            replace(
                self,
                message=replace(
                    self.message, id=derive_id("delivery", self.id, recipient), recipients=(recipient,)
                ),
                state=DeliveryState.DEAD,
                attempts=self.attempts + 1,
                tried_at=now,
                problem=reason,
            )
            for recipient, reason in outcome.refused
        )  # fmt: skip

    def homeless(self) -> Outcome:
        """What comes of a try where nobody knows the channel any more: it may come back."""
        reason = f'there is no channel "{self.message.channel}" in watcher.yaml any more'
        return Outcome(answer=Answer.DEFERRED, reason=reason, down=True, blameless=True)

    def stumbled(self, error: Exception) -> Outcome:
        """What comes of a try that failed by a fault of this program. Its words may hold a secret."""
        reason = f"a fault of the watcher itself: {type(error).__name__}; its log says more"
        return Outcome(answer=Answer.DEFERRED, reason=reason, down=True)

    def given_up(self, reason: str, now: datetime) -> Delivery:
        """This delivery when its time is over, though it was not tried again: the channel was, and failed."""
        return replace(self, state=DeliveryState.DEAD, tried_at=now, problem=reason)

    def retried(self, now: datetime) -> Delivery:
        """This delivery, given up before, put on its way again from the start of the schedule."""
        return replace(self, state=DeliveryState.PENDING, created=now, due_at=now, attempts=0)

    def dropped(self) -> Delivery:
        return replace(self, state=DeliveryState.DROPPED)
