"""The few statements that databases write differently, in one place; each is built once for a dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts the rows; those whose key is taken are left as they are."""
    if rows:
        connection.execute(_insert(connection.dialect.name, table, (), ()), rows)


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str],
    update: Sequence[str],
) -> None:
    """Inserts the rows; of those whose key is taken the columns in `update` take the new values."""
    if rows:
        connection.execute(_insert(connection.dialect.name, table, tuple(key), tuple(update)), rows)


@lru_cache(maxsize=256)
def _insert(dialect: str, table: Table, key: tuple[str, ...], update: tuple[str, ...]) -> Executable:
    statement: Any = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    if not key:
        return statement.on_conflict_do_nothing()  # type: ignore[no-any-return]
    changed = {name: statement.excluded[name] for name in update}
    return statement.on_conflict_do_update(index_elements=list(key), set_=changed)  # type: ignore[no-any-return]
