"""The wiring: configuration in, a pipeline out; the only room that names the rim (web, files, mail, store, workers).

What few commands need (by_hand, reload, upkeep, backtest) is imported from its own module, so that the others start
without its libraries.
"""

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
