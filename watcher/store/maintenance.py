"""Upkeep of the database: small facts about the service itself."""

from __future__ import annotations

from sqlalchemy import Connection, select

from watcher.store.dialect import upsert
from watcher.store.tables import meta


def meta_value(connection: Connection, key: str) -> str | None:
    return connection.scalar(select(meta.c.value).where(meta.c.key == key))


def set_meta(connection: Connection, key: str, value: str) -> None:
    upsert(connection, meta, [{"key": key, "value": value}], key=["key"], update=["value"])
