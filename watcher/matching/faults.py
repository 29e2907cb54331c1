"""What is wrong inside one text that a person wrote in the watchlist: the place in that text, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.model import WatcherError


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryFault:
    """offset: code points into the query or the expression, from 0. message: for someone who does not program."""

    offset: int
    message: str


class QueryError(WatcherError):
    """A query or a regular expression that cannot be used, with every fault that was found, in order."""

    def __init__(self, *faults: QueryFault) -> None:
        super().__init__("; ".join(f"at {fault.offset + 1}: {fault.message}" for fault in faults))
        self.faults = faults
