"""Time that cannot be set: what is done every so often, and by how much somebody set the clock of the machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

STEP_AT_LEAST = timedelta(seconds=60)  # less is neither early nor late by anybody's manners


def since_boot() -> float:
    """Seconds that nobody sets; a suspended machine's sleep counts, since feeds went on meanwhile."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


async def every(seconds: float, chore: Callable[[], Awaitable[object]], stop: asyncio.Event) -> None:
    """Waits, does the chore, and so on until stop; counted by a clock that nobody sets."""
    while not stop.is_set():
        try:
            async with asyncio.timeout(seconds):
                await stop.wait()
        except TimeoutError:
            await chore()


class ClockWatch:
    """Compares the clock that is set with one that is not."""

    def __init__(self, now: datetime, steady: Callable[[], float] = since_boot) -> None:
        self._steady = steady
        self._now, self._at = now, steady()

    def step(self, now: datetime) -> timedelta:
        """By how much the clock was set, and nobody took it in yet; zero for what is too little to matter."""
        step = now - self._now - timedelta(seconds=self._steady() - self._at)
        return step if abs(step) >= STEP_AT_LEAST else timedelta(0)  # small ones add up until they matter

    def took(self, step: timedelta) -> None:
        """All that waits has been moved by this step."""
        self._now += step
