"""A file that a person wrote in; its text, or the watchlist that it states, out, or ConfigError with its name.

Apart from the rest of the configuration, which loads half the house: judging texts by hand needs the watchlist alone.
"""

from __future__ import annotations

from pathlib import Path

from watcher.matching.watchlist import read_watchlist
from watcher.model import ConfigError, Fault, Watchlist

LARGEST = 10_000_000  # bytes of one file: 100,000 watches have room, and it is read within seconds


def read_written(file: Path) -> Watchlist:
    """The watchlist that one file states. Raises ConfigError."""
    return read_watchlist(read_text(file), file=shown(file))


def shown(file: Path) -> str:
    """The file's path as a person would write it from here."""
    try:
        return str(file.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(file)


def _home(folder: Path) -> Path:
    """What to tell `watcher init`, which makes a config/ in the folder that it is given."""
    return folder.parent if folder.name == "config" else folder


def read_text(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST:
            message = f"this is larger than {LARGEST // 1_000_000} MB, which nobody writes: is it the right file?"
            raise ConfigError(Fault(file=shown(file), line=1, column=1, message=message))
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        message = f"there is no such file. `watcher init {_home(file.parent)}` writes a config/ there to start from"
        raise ConfigError(Fault(file=shown(file), line=0, column=0, message=message)) from None
    except UnicodeDecodeError as error:
        lines = error.object[: error.start].decode("utf-8").split("\n")
        message = "this is not UTF-8 text. Save the file as UTF-8"
        raise ConfigError(
            Fault(file=shown(file), line=len(lines), column=len(lines[-1]) + 1, message=message)
        ) from None
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise ConfigError(Fault(file=shown(file), line=0, column=0, message=message)) from None
