"""A database file -> whether it is as its last writer left it: then it need not be read through at every start.

Reading it through (`PRAGMA quick_check`) takes longer than to poll a hundred feeds that have nothing new. Who closes
the file as the last one leaves a note beside it: its size, when it was written, and when it was last read through. A
file that was written to, copied or put back since does not fit the note, and after a crash the log still lies there.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

TRUSTED = 24 * 3600.0  # seconds; disks lose bits without a word


def checked_at(path: Path) -> float | None:
    """When the file was last read through (seconds since 1970), if nothing happened to it since; else None."""
    try:
        size, written, checked = _note(path).read_text(encoding="ascii").split()
        as_left = (int(size), int(written)) == _state(path)
        when = float(checked)
    except (OSError, ValueError):
        return None
    return when if as_left and not _is_logged(path) and 0 <= time.time() - when < TRUSTED else None


def leave(path: Path, checked: float) -> None:
    """Leaves the note, once the file is closed; not while another process has it open."""
    if _is_logged(path):
        return
    with suppress(OSError):  # no room for it, or no right: then the file is read through next time
        _note(path).write_text(f"{' '.join(map(str, _state(path)))} {checked}\n", encoding="ascii")


def _note(path: Path) -> Path:
    return path.with_name(path.name + "-checked")


def _is_logged(path: Path) -> bool:
    """Whether something stands in its log that is not in the file; who only reads leaves an empty log behind."""
    try:
        return path.with_name(path.name + "-wal").stat().st_size > 0
    except OSError:
        return False


def _state(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns
