"""The wiring: configuration in, a pipeline out; the only room that names the rim (web, files, mail, store, workers).

What few commands need (by_hand, reader, reload, upkeep, backtest) is imported from its own module, and each name here
is fetched from its module when it is first asked for: together they take a second of CPU.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from watcher.app.care import RoomTeller, look_after
    from watcher.app.config import Config, read_config, read_secret
    from watcher.app.wiring import (
        AlreadyRunningError,
        SystemClock,
        Watcher,
        build_channels,
        close_channels,
        compile_rules,
        hold_archive,
        open_store,
        open_watcher,
    )

__all__ = [
    "AlreadyRunningError",
    "Config",
    "RoomTeller",
    "SystemClock",
    "Watcher",
    "build_channels",
    "close_channels",
    "compile_rules",
    "hold_archive",
    "look_after",
    "open_store",
    "open_watcher",
    "read_config",
    "read_secret",
]

# Where each of the names above lives; a test compares.
_HOMES = {
    "watcher.app.care": ["RoomTeller", "look_after"],
    "watcher.app.config": ["Config", "read_config", "read_secret"],
    "watcher.app.wiring": [
        "AlreadyRunningError",
        "SystemClock",
        "Watcher",
        "build_channels",
        "close_channels",
        "compile_rules",
        "hold_archive",
        "open_store",
        "open_watcher",
    ],
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
