"""The rows: what is due, seen, decided and delivered."""

from watcher.store.reads import CONFIG_FAULT, WATCHLIST
from watcher.store.sql import SqlStore

__all__ = ["CONFIG_FAULT", "WATCHLIST", "SqlStore"]
