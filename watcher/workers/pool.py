"""A function and what it is given -> what it returns, called in a worker process that can be killed.

A worker gets pickled calls on a pipe and answers in kind. It is not forked, so it holds none of our sockets, locks and
secrets, and it dies with us, however we die.
"""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from watcher.workers.inside import EXIT_NO_MEMORY, LENGTH

# Calls after which a worker is replaced: libxml2 and Python never give all memory back.
_MAX_JOBS = 2_000
# Bytes of an answer that are unpacked at once (10 ms); a longer one goes to a thread, so that the loop is not held.
_INLINE_ANSWER = 512 * 1024
# What a worker is told of our environment, which may hold secrets and the service manager's socket.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
# Seconds on the clock for one call, as a multiple of its CPU seconds: a busy machine gives a process less than one.
_WALL = 8
# Seconds that a worker has to start (its imports take about one) and to end when asked.
_START, _END = 60.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one document may cost: seconds of CPU, and bytes of memory that its worker has in all."""

    cpu_seconds: float
    memory_bytes: int


class LostError(Exception):
    """A worker did not finish its work; says why in words."""


class NoMemoryError(LostError):
    """It ran out of memory, which may be the fault of documents before this one."""


class Pool:
    """Worker processes with one budget; they start with the first call. processes: how many at most."""

    def __init__(self, *, processes: int, budget: Budget) -> None:
        self._budget = budget
        self._free = asyncio.Semaphore(processes)
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()

    async def call(self, function: Callable[..., Any] | str, *args: Any, **kwargs: Any) -> Any:
        """What the function, which must be importable (or its name, "module:function"), returns in a worker.

        Raises LostError.
        """
        job = pickle.dumps((function, args, kwargs), protocol=pickle.HIGHEST_PROTOCOL)
        async with self._free:
            if self._idle:
                worker = self._idle.pop()
                try:
                    return await self._do(worker, job)
                except NoMemoryError:
                    pass  # a fresh worker tells whether the document is to blame
            return await self._do(await self._start(), job)

    async def _do(self, worker: _Worker, job: bytes) -> Any:
        try:
            answer, tired = await worker.do(job)
        except BaseException:
            self._all.discard(worker)
            await worker.kill()
            raise
        if tired:
            self._all.discard(worker)
            await worker.end()
        else:
            self._idle.append(worker)
        return answer

    async def _start(self) -> _Worker:
        worker = _Worker(await _spawn(self._budget), self._budget)
        self._all.add(worker)
        return worker

    async def close(self) -> None:
        """Ends all workers; what they were at is lost."""
        await asyncio.gather(*(worker.end() for worker in list(self._all)))
        self._all.clear()
        self._idle.clear()


class _Worker:
    """Our end of one worker process."""

    def __init__(self, process: Process, budget: Budget) -> None:
        self._process, self._budget = process, budget
        self._jobs = 0

    async def do(self, job: bytes) -> tuple[Any, bool]:
        """The answer, and whether the worker is to be replaced. Raises LostError."""
        seconds = self._budget.cpu_seconds * _WALL + (0 if self._jobs else _START)
        self._jobs += 1
        try:
            async with asyncio.timeout(seconds):
                answer = await self._exchange(job)
        except TimeoutError:
            raise LostError(f"reading it took longer than {seconds:.0f} s and was stopped") from None
        except (OSError, asyncio.IncompleteReadError):
            raise await self._cause() from None
        if len(answer) <= _INLINE_ANSWER:
            done, value, tired = pickle.loads(answer)  # noqa: S301 - from our own worker
        else:
            done, value, tired = await asyncio.to_thread(pickle.loads, answer)
        if not done:
            raise LostError(value)
        return value, tired or self._jobs >= _MAX_JOBS

    async def _exchange(self, job: bytes) -> bytes:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise ConnectionResetError("a worker without pipes")
        stdin.write(LENGTH.pack(len(job)))
        stdin.write(job)
        await stdin.drain()
        (length,) = LENGTH.unpack(await stdout.readexactly(LENGTH.size))
        return await stdout.readexactly(length)

    async def _cause(self) -> LostError:
        """Why the process ended."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_END):
                await self._process.wait()
        code = self._process.returncode
        if code == -signal.SIGPROF:
            return LostError(f"reading it took more than {self._budget.cpu_seconds:g} s of CPU and was stopped")
        if code == EXIT_NO_MEMORY:
            return NoMemoryError(
                f"reading it took more than {self._budget.memory_bytes / 1e6:.0f} MB of memory and was stopped"
            )
        if code is not None and code < 0:
            return LostError(f"its reader crashed ({signal.Signals(-code).name})")
        return LostError(f"its reader ended by itself (exit code {code})")

    async def end(self) -> None:
        """Ends the process: it leaves when its pipe does, and is killed if it takes longer."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_END):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


async def _spawn(budget: Budget) -> Process:
    setup = json.dumps({"path": sys.path, "parent": os.getpid(), **asdict(budget)})
    start = "import json, sys; setup = json.loads(sys.argv[1]); sys.path[:] = setup.pop('path'); "
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",  # nothing from the folder that we happen to be in, nor from the environment
        "-c",
        start + "from watcher.workers.inside import serve; serve(**setup)",
        setup,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
    )
