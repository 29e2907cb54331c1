"""The rows: what is due, seen, decided and delivered."""

from watcher.store.sql import SqlStore

__all__ = ["SqlStore"]
