"""The tree of faults; each says what it holds and who can mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class WatcherError(Exception):
    """The root of all faults that this program raises itself.

    WatcherError
    ├── ConfigError      what a person wrote cannot be used: one or more Faults with file, line and column
    ├── FetchError       the web did not give what was asked for (reason, status, retry_after)
    ├── StaleFeedError   something else was recorded of the feed since it was read: decide again
    ├── StaleIndexError  another story was recorded since the group index was read: decide again
    ├── LeaseLostError   a claim ran out and somebody else has the row: what was done is not recorded
    └── StoreError       the store cannot be used (locked, damaged, of a newer version)
        └── NoRoomError  the disk takes nothing: it is full or read-only
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a file that a person wrote; line and column count from 1 (0: the file as a whole)."""

    file: str
    line: int
    column: int
    message: str
    source: str = ""  # the line as written, for the caret

    def __str__(self) -> str:
        head = f"{self.file}:{self.line}:{self.column}: {self.message}" if self.line else f"{self.file}: {self.message}"
        if not self.source.strip():
            return head
        number = str(self.line)
        lead = "".join("\t" if c == "\t" else " " for c in self.source[: self.column - 1])
        return f"{head}\n  {number} | {self.source}\n  {' ' * len(number)} | {lead}^"


class ConfigError(WatcherError):
    """A configuration that cannot be used; holds every fault that was found, in file order."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class FetchReason(StrEnum):
    """Why a fetch gave nothing to read."""

    ADDRESS = "address"  # not http(s), not a public address, or no such host name
    NETWORK = "network"  # refused, reset, unreachable, TLS
    TIMEOUT = "timeout"
    STATUS = "status"  # an answer that is neither 2xx nor 304
    TOO_LARGE = "too-large"
    ENCODING = "encoding"  # an unknown or stacked Content-Encoding, or one that does not decode
    REDIRECTS = "redirects"
    ROBOTS = "robots"
    PAUSED = "paused"  # its host asked to be left alone, and that time is not over: nothing was sent


PASSING = (408, 425, 429)  # 4xx of the moment: slow, too early, too many


class FetchError(WatcherError):
    """One fetch that failed. status: the HTTP status if there was an answer.

    retry_after: seconds for which the publisher asked not to be asked again, None if it did not. reached: whether
    there was anybody at the other end; False for a name or a connection that could not be had.
    """

    def __init__(
        self,
        reason: FetchReason,
        detail: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        reached: bool = True,
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.status, self.retry_after = reason, detail, status, retry_after
        self.reached = reached

    @property
    def passes(self) -> bool:
        """Whether the same request may well succeed later: not after "there is no such page" or "not for you"."""
        if self.reason is FetchReason.STATUS and self.status is not None:
            return self.status >= 500 or self.status in PASSING
        if self.reason is FetchReason.ROBOTS:  # told by the rules, or for want of them: then for so long
            return self.retry_after is not None
        return self.reason in (FetchReason.NETWORK, FetchReason.TIMEOUT, FetchReason.PAUSED)


class StaleIndexError(WatcherError):
    """The group index moved on between reading and recording."""


class StaleFeedError(WatcherError):
    """The feed that a record was decided on is not as it was."""


class LeaseLostError(WatcherError):
    """The lease of a claim ended before its result was recorded."""


class StoreError(WatcherError):
    """The store cannot do what was asked."""


class NoRoomError(StoreError):
    """The disk takes nothing: it is full, or it may only be read. It may well take something again later."""
