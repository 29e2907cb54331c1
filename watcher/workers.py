"""Hostile documents -> what our pure readers make of them, in worker processes that can be killed.

A worker gets pickled calls on a pipe and answers in kind. It has a CPU timer and a memory limit kept by the kernel, so
that no document can outlive them; the next one gets a fresh worker. It is not forked, so it holds none of our sockets,
locks and secrets, and it dies with us, however we die.
"""

from __future__ import annotations

import asyncio
import ctypes
import hashlib
import json
import os
import pickle
import resource
import signal
import struct
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO, Protocol, cast

from watcher.model import Extraction, ParsedFeed, Problem, Response

_LENGTH = struct.Struct(">Q")

# Bytes of a document that are read in our own process, by the fast reader: 512 KiB take it about 20 ms, and the event
# loop may not be held for longer than 50.
INLINE_BYTES = 512 * 1024
# Bytes that an answer may have; what the readers keep of a document is far smaller.
_MAX_ANSWER = 64 * 1024 * 1024
# Documents after which a worker is replaced, and the share of its memory: libxml2 and Python never give all back.
_MAX_JOBS = 2_000
_TIRED_AT = 0.75
# What a worker is told of our environment, which may hold secrets and the service manager's socket.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
# Seconds on the clock for one document, as a multiple of its CPU seconds: a busy machine gives a process less than one.
_WALL = 8
# Seconds that a worker has to start (its imports take about one) and to end when asked.
_START, _END = 60.0, 2.0


class FeedReader(Protocol):
    def __call__(self, body: bytes, *, url: str, content_type: str) -> ParsedFeed: ...


class FastFeedReader(Protocol):
    def __call__(self, body: bytes, *, url: str, content_type: str) -> ParsedFeed | None: ...


class _Lost(Exception):
    """A worker did not finish its work; says why in words."""


class _NoMemory(_Lost):
    """It ran out of memory, which may be the fault of documents before this one."""


class Workers:
    """Reads documents where they can be stopped; implements ports.Workshop. Use it within one event loop, and close it.

    parse, extract: functions at the top of a module, so that a worker can import them. fast_parse: read in our own
    process before, if the document is small; None from it means that it declines. processes: workers at most; they
    start with the first document that needs one. cpu_seconds: for one document. memory_bytes: of a worker in all.
    """

    def __init__(
        self,
        *,
        parse: FeedReader,
        fast_parse: FastFeedReader | None,
        extract: Callable[[Response], Extraction],
        processes: int = 1,
        cpu_seconds: float = 5.0,
        memory_bytes: int = 400_000_000,
    ) -> None:
        self._parse, self._fast_parse, self._extract = parse, fast_parse, extract
        self._cpu_seconds, self._memory_bytes = cpu_seconds, memory_bytes
        self._free = asyncio.Semaphore(processes)
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()

    async def parse(self, body: bytes, *, url: str, content_type: str) -> ParsedFeed:
        """What a feed document says; a document that cannot be read in time gives the problem. Never raises for it."""
        if self._fast_parse is not None and len(body) <= INLINE_BYTES:
            with suppress(Exception):  # what it stumbles over is for the other reader, in a worker, to name
                if (parsed := self._fast_parse(body, url=url, content_type=content_type)) is not None:
                    return parsed
        try:
            return cast(ParsedFeed, await self._call(self._parse, body, url=url, content_type=content_type))
        except _Lost as lost:
            return ParsedFeed(problem=str(lost))

    async def extract(self, page: Response) -> Extraction:
        """The story in a page; a page that cannot be read in time gives an empty one, with the reason in
        sources["problem"]. Never raises for it."""
        try:
            return cast(Extraction, await self._call(self._extract, page))
        except _Lost as lost:
            sha256 = hashlib.sha256(page.body).hexdigest()
            return Extraction(url=page.url, sha256=sha256, problem=Problem.EMPTY, sources={"problem": str(lost)})

    async def aclose(self) -> None:
        """Ends all workers; what they were at is lost."""
        await asyncio.gather(*(worker.end() for worker in list(self._all)))
        self._all.clear()
        self._idle.clear()

    async def _call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        job = pickle.dumps((function, args, kwargs), protocol=pickle.HIGHEST_PROTOCOL)
        async with self._free:
            if self._idle:
                worker = self._idle.pop()
                try:
                    return await self._do(worker, job)
                except _NoMemory:
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
        worker = _Worker(await _spawn(self._cpu_seconds, self._memory_bytes), self._cpu_seconds, self._memory_bytes)
        self._all.add(worker)
        return worker


class _Worker:
    """Our end of one worker process."""

    def __init__(self, process: Process, cpu_seconds: float, memory_bytes: int) -> None:
        self._process, self._cpu_seconds, self._memory_bytes = process, cpu_seconds, memory_bytes
        self._jobs = 0

    async def do(self, job: bytes) -> tuple[Any, bool]:
        """The answer, and whether the worker is to be replaced. Raises _Lost."""
        seconds = self._cpu_seconds * _WALL + (0 if self._jobs else _START)
        self._jobs += 1
        try:
            async with asyncio.timeout(seconds):
                answer = await self._exchange(job)
        except TimeoutError:
            raise _Lost(f"reading it took longer than {seconds:.0f} s and was stopped") from None
        except (OSError, asyncio.IncompleteReadError):
            raise await self._cause() from None
        done, value, tired = pickle.loads(answer)  # noqa: S301 - from our own worker
        if not done:
            raise _Lost(value)
        return value, tired or self._jobs >= _MAX_JOBS

    async def _exchange(self, job: bytes) -> bytes:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise ConnectionResetError("a worker without pipes")
        stdin.write(_LENGTH.pack(len(job)))
        stdin.write(job)
        await stdin.drain()
        (length,) = _LENGTH.unpack(await stdout.readexactly(_LENGTH.size))
        return await stdout.readexactly(length)

    async def _cause(self) -> _Lost:
        """Why the process ended."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_END):
                await self._process.wait()
        code = self._process.returncode
        if code == -signal.SIGPROF:
            return _Lost(f"reading it took more than {self._cpu_seconds:g} s of CPU and was stopped")
        if code == _EXIT_NO_MEMORY:
            return _NoMemory(f"reading it took more than {self._memory_bytes / 1e6:.0f} MB of memory and was stopped")
        if code is not None and code < 0:
            return _Lost(f"its reader crashed ({signal.Signals(-code).name})")
        return _Lost(f"its reader ended by itself (exit code {code})")

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


async def _spawn(cpu_seconds: float, memory_bytes: int) -> Process:
    setup = json.dumps(
        {"path": sys.path, "parent": os.getpid(), "cpu_seconds": cpu_seconds, "memory_bytes": memory_bytes}
    )
    start = "import json, sys; setup = json.loads(sys.argv[1]); sys.path[:] = setup.pop('path'); "
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",  # nothing from the folder that we happen to be in, nor from the environment
        "-c",
        start + "from watcher.workers import serve; serve(**setup)",
        setup,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
    )


# -- inside a worker

_EXIT_NO_MEMORY = 77  # the exit code that says so; any that Python and shells leave alone
_PR_SET_PDEATHSIG = 1


def serve(*, parent: int, cpu_seconds: float, memory_bytes: int) -> None:
    """The life of a worker: calls from standard input, answers to standard output, until either ends."""
    _die_with(parent)
    for number in (signal.SIGINT, signal.SIGTERM):  # meant for the daemon, which then ends us in order
        signal.signal(number, signal.SIG_IGN)
    calls = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints does not disturb the answers
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while (job := _received(calls)) is not None:
        answer = _answer(job, cpu_seconds, memory_bytes)
        answers.write(_LENGTH.pack(len(answer)))
        answers.write(answer)
        answers.flush()


def _answer(job: bytes, cpu_seconds: float, memory_bytes: int) -> bytes:
    try:
        function, args, kwargs = pickle.loads(job)  # noqa: S301 - from the process that started us
        # The signal of this timer is left at its default: the kernel ends the process, even inside a library's C code.
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        try:
            result = (True, function(*args, **kwargs), _data_bytes() > _TIRED_AT * memory_bytes)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        answer = pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)
        if len(answer) > _MAX_ANSWER:
            answer = pickle.dumps((False, f"what was read from it takes more than {_MAX_ANSWER / 1e6:.0f} MB", True))
    except MemoryError:
        os._exit(_EXIT_NO_MEMORY)
    except Exception as error:  # noqa: BLE001 - whatever a document provokes is told as its problem
        answer = pickle.dumps((False, f"its reader failed on it ({type(error).__name__}: {str(error)[:200]})", False))
    return answer


def _received(calls: BinaryIO) -> bytes | None:
    head = calls.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    return calls.read(length)


def _data_bytes() -> int:
    """Memory of this process as RLIMIT_DATA counts it; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123
            return int(statm.read().split()[5]) * resource.getpagesize()
    except OSError:
        return 0


def _die_with(parent: int) -> None:
    """Has the kernel kill this process when the one that started it is gone, even while it is at work."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it went before the kernel was asked
        os._exit(1)
