"""The wiring: configuration in, a pipeline out; the only room that names the rim (web, files, mail, store, workers)."""

from watcher.app.by_hand import (
    add_feed,
    ask_online,
    discover_feeds,
    fetch_page,
    good_config,
    import_feeds,
    known_feeds,
    read_article,
    read_feed,
    read_source,
    read_watches,
    reading_config,
    write_config,
)
from watcher.app.care import RoomTeller, look_after
from watcher.app.config import Config, read_config, read_secret
from watcher.app.reload import Reloaded, follow
from watcher.app.upkeep import migrate_archive, prune_archive, regroup, verify_archive
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
    "Reloaded",
    "RoomTeller",
    "SystemClock",
    "Watcher",
    "add_feed",
    "ask_online",
    "build_channels",
    "close_channels",
    "compile_rules",
    "discover_feeds",
    "fetch_page",
    "follow",
    "good_config",
    "hold_archive",
    "import_feeds",
    "known_feeds",
    "look_after",
    "migrate_archive",
    "open_store",
    "open_watcher",
    "prune_archive",
    "read_article",
    "read_config",
    "read_feed",
    "read_secret",
    "read_source",
    "read_watches",
    "reading_config",
    "regroup",
    "verify_archive",
    "write_config",
]
