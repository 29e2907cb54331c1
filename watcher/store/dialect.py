"""The few statements that databases write differently, in one place; each is built once for a dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Table
from sqlalchemy.dialects import sqlite


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts the rows; those whose key is taken are left as they are."""
    _insert(connection, table, rows, (), ())


def upsert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str],
    update: Sequence[str],
) -> None:
    """Inserts the rows; of those whose key is taken the columns in `update` take the new values."""
    _insert(connection, table, rows, tuple(key), tuple(update))


def upsert_plain(
    connection: Connection,
    table: Table,
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    *,
    key: tuple[str, ...],
    update: tuple[str, ...],
) -> None:
    """The same for many rows whose values are already as the database keeps them (`tables.micros`, bytes for ids).

    columns: the names of the values, in the table's own order.
    """
    if not rows:
        return
    made = _made(connection.dialect, table, columns, key, update)
    names = tuple(name for name, _ in made.places)
    if names != columns:
        raise ValueError(f"{columns} are not in the order of the table {table.name}")
    if made.by_name:
        connection.exec_driver_sql(made.sql, [dict(zip(names, one, strict=True)) for one in rows])
    else:
        connection.exec_driver_sql(made.sql, list(rows))


class Prepared:
    """A statement of bound parameters alone, for what every poll asks: SQLAlchemy reads it once, and not each time.

    Its values go in as the nouns have them; what comes out of the rows is as the database keeps it.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._made: dict[str, tuple[str, tuple[tuple[str, Callable[[Any], Any] | None], ...], bool]] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> CursorResult[Any]:
        """values: by parameter; others may be among them."""
        dialect = connection.dialect
        made = self._made.get(dialect.name)
        if made is None:
            compiled = self._statement.compile(dialect=dialect)
            kinds = ((name, compiled.binds[name].type.dialect_impl(dialect)) for name in self._order(compiled))
            places = tuple((name, kind.bind_processor(dialect)) for name, kind in kinds)
            made = self._made[dialect.name] = (str(compiled), places, compiled.positional)
        sql, places, positional = made
        given = [(name, values[name] if process is None else process(values[name])) for name, process in places]
        return connection.exec_driver_sql(sql, tuple(value for _, value in given) if positional else dict(given))

    @staticmethod
    def _order(compiled: Any) -> list[str]:
        return list(compiled.positiontup or compiled.params)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Insert:
    """A statement as the driver takes it. places: the columns in its order, each with what makes its values plain."""

    sql: str
    places: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    by_name: bool  # the driver wants mappings and not sequences


def _insert(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    key: tuple[str, ...],
    update: tuple[str, ...],
) -> None:
    """Straight to the driver: a poll inserts a hundred rows, and SQLAlchemy would spend more on each than SQLite."""
    if not rows:
        return
    made = _made(connection.dialect, table, tuple(rows[0]), key, update)
    values: list[Any] = [
        [row[name] if process is None else process(row[name]) for name, process in made.places] for row in rows
    ]
    if made.by_name:
        names = [name for name, _ in made.places]
        connection.exec_driver_sql(made.sql, [dict(zip(names, one, strict=True)) for one in values])
    else:
        connection.exec_driver_sql(made.sql, [tuple(one) for one in values])


def _insert_into(dialect: Dialect, table: Table) -> Any:
    if dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # its drivers take a while to load

        return postgresql.insert(table)
    return sqlite.insert(table)


@lru_cache(maxsize=256)
def _made(
    dialect: Dialect, table: Table, columns: tuple[str, ...], key: tuple[str, ...], update: tuple[str, ...]
) -> _Insert:
    statement: Any = _insert_into(dialect, table)
    if key:
        changed = {name: statement.excluded[name] for name in update}
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=changed)
    else:
        statement = statement.on_conflict_do_nothing()
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    order = compiled.positiontup or list(compiled.params)
    kinds = [table.c[name].type.dialect_impl(dialect) for name in order]
    processes = [kind.bind_processor(dialect) for kind in kinds]
    return _Insert(sql=str(compiled), places=tuple(zip(order, processes, strict=True)), by_name=not compiled.positional)
