"""Work that must come to an end: stopped, and failed, where it takes minutes; no measure of how long it takes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 30.0  # of CPU: ten times what any of it takes on a busy machine; what grows by squares takes minutes


class EndlessError(Exception):
    """It did not end."""


@contextmanager
def ends() -> Iterator[None]:
    """Raises EndlessError inside where that takes more than SECONDS of CPU. To be used in the main thread."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise EndlessError(f"more than {SECONDS:.0f} s of CPU")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
