"""Calls that wait -> run together in one thread, as many as there are; each caller is told what became of its own.

While one batch runs the next gathers; nothing waits on purpose. A thread is woken, and an event loop told, once a batch
and not once a call: of a poll that finds nothing, that was a tenth.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")

BATCH = 500  # calls in one batch: the first of them waits at most a few hundred milliseconds
SETTLED_AT_ONCE = 16  # of them are told in one turn of the event loop: up to half a millisecond each


@dataclass(slots=True)
class Job(Generic[T]):
    """One call: what is to be run, and what came of it."""

    run: Callable[[Connection], T]
    future: asyncio.Future[T]
    loop: asyncio.AbstractEventLoop
    result: T | None = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.future.done():  # told before, or cancelled by its caller; what was asked for is done all the same
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]


class Batches:
    """A thread with its queue. work: runs a batch, in that thread, and leaves in each job its result or its error.

    stop: called in the thread when it ends. Calls may come from any event loop.
    """

    def __init__(self, name: str, *, work: Callable[[list[Job[Any]]], None], stop: Callable[[], None]) -> None:
        self._work, self._stop = work, stop
        self._jobs: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)
        self._thread.start()

    async def run(self, call: Callable[[Connection], T]) -> T:
        """What `call` returns. Raises what the batch left as its error."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(Job(run=call, future=future, loop=loop))
        return await future

    async def close(self) -> None:
        """Ends the thread once all that waits is done."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _live(self) -> None:
        while (jobs := self._gather()) is not None:
            self._work(jobs)
            settle(jobs)
        self._stop()

    def _gather(self) -> list[Job[Any]] | None:
        """The jobs that wait, at least one; None when it is time to end."""
        first = self._jobs.get()
        if first is None:
            return None
        jobs = [first]
        while len(jobs) < BATCH:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)  # end, but only after these
                break
            jobs.append(job)
        return jobs


def settle(jobs: Sequence[Job[Any]]) -> None:
    """Tells the callers; from the thread of the batch."""
    loops: dict[asyncio.AbstractEventLoop, list[Job[Any]]] = {}
    for job in jobs:
        loops.setdefault(job.loop, []).append(job)
    for loop, its in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle_all, its)


def _settle_all(jobs: list[Job[Any]]) -> None:
    """A few in each turn of the loop: whoever waited goes on at once, and hundreds of them would hold it."""
    for job in jobs[:SETTLED_AT_ONCE]:
        job.settle()
    if len(jobs) > SETTLED_AT_ONCE:
        asyncio.get_running_loop().call_soon(_settle_all, jobs[SETTLED_AT_ONCE:])
