"""The rows: what is due, seen, decided and delivered."""

from watcher.store.reads import CONFIG_FAULT
from watcher.store.sql import SqlStore

__all__ = ["CONFIG_FAULT", "SqlStore"]
