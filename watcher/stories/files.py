"""A path and its bytes -> a file that is there whole or not at all, even after a power cut. RIM: the disk."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

_TEMPORARY = ".watcher-tmp-"
ROOM = 1 << 20  # bytes: a story, its page and what the database writes about it
_TRIES = 3  # a sweep at the same moment can take a temporary file away before it is locked; never three times in a row


def write_whole(path: Path, content: bytes) -> None:
    """Write the file through a temporary one beside it: written, synced, renamed, the folder synced.

    The same content again leaves the file as it is. Raises OSError (disk full, read-only) and leaves nothing behind.
    """
    if path.is_file() and path.read_bytes() == content:
        return
    make_folder(path.parent)
    for attempt in range(1, _TRIES + 1):
        try:
            _write_once(path, content)
        except FileNotFoundError:
            if attempt == _TRIES:
                raise
        else:
            return


def try_room(folder: Path) -> None:
    """Write ROOM bytes to the disk, and remove them. Raises OSError (disk full, read-only)."""
    temporary = folder / f"{_TEMPORARY}{secrets.token_hex(8)}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.write(bytes(ROOM))
        os.fsync(handle)
    finally:
        temporary.unlink(missing_ok=True)
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make the folder and those above it, and sync what holds them: the names of new folders last a power cut too."""
    missing = [folder, *folder.parents]
    for place in reversed(missing[: next(n for n, at in enumerate(missing) if at.is_dir())]):
        place.mkdir(exist_ok=True)
        sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """Bring the folder's own entries (new names, renames) to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep_temporary(root: Path) -> int:
    """Remove the temporary files that a crash left anywhere below the folder; how many they were.

    A file that another process is just writing is locked by it, and stays.
    """
    return sum(_remove_if_left(path) for path in _temporary_files(root))


def _write_once(path: Path, content: bytes) -> None:
    temporary = path.parent / f"{_TEMPORARY}{secrets.token_hex(8)}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.write(content)
        os.fsync(handle)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)
    sync_folder(path.parent)


def _temporary_files(root: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(root):
        for name in names:
            if name.startswith(_TEMPORARY):
                yield Path(folder) / name


def _remove_if_left(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:  # renamed to its place in the meantime
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
