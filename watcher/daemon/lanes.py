"""One of the steps: what is due for it, what of it is under way, and whether it gets on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable


class Lane:
    """claim: ids that are due, at most so many; step: does one; limit: how many at once; clock: seconds."""

    def __init__(
        self,
        *,
        name: str,
        claim: Callable[[int], Awaitable[Iterable[str]]],
        step: Callable[[str], Awaitable[object]],
        limit: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name, self.claim, self.step, self.limit, self._clock = name, claim, step, limit, clock
        self.under_way: set[asyncio.Task[None]] = set()
        self._moved_at = clock()  # when a step ended, or the first was started

    @property
    def free(self) -> int:
        return self.limit - len(self.under_way)

    def start(self, task: asyncio.Task[None]) -> None:
        if not self.under_way:
            self._moved_at = self._clock()
        self.under_way.add(task)

    def end(self, task: asyncio.Task[None]) -> None:
        self.under_way.discard(task)
        self._moved_at = self._clock()

    def hangs(self, after: float) -> bool:
        """Whether there is work under way of which nothing ended for so many seconds."""
        return bool(self.under_way) and self._clock() - self._moved_at > after
