"""The inside of a worker process: pickled calls on standard input -> pickled answers on standard output.

The kernel keeps its CPU timer and its memory limit, so that no document can outlive them.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import resource
import signal
import struct
import sys
from pkgutil import resolve_name
from typing import BinaryIO

LENGTH = struct.Struct(">Q")  # before each call and each answer: its bytes
EXIT_NO_MEMORY = 77  # the exit code that says so; any that Python and shells leave alone

# Bytes that an answer may have; what the readers keep of a document is far smaller.
_MAX_ANSWER = 64 * 1024 * 1024
# The share of its memory from which on a worker asks to be replaced.
_TIRED_AT = 0.75
_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


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
        answers.write(LENGTH.pack(len(answer)))
        answers.write(answer)
        answers.flush()


def _answer(job: bytes, cpu_seconds: float, memory_bytes: int) -> bytes:
    try:
        function, args, kwargs = pickle.loads(job)  # noqa: S301 - from the process that started us
        if isinstance(function, str):
            function = resolve_name(function)
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
        os._exit(EXIT_NO_MEMORY)
    except Exception as error:  # noqa: BLE001 - whatever a document provokes is told as its problem
        answer = pickle.dumps((False, f"its reader failed on it ({type(error).__name__}: {str(error)[:200]})", False))
    return answer


def _received(calls: BinaryIO) -> bytes | None:
    head = calls.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
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
