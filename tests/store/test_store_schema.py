"""The schema: what the migrations make is what tables.py says, on SQLite, and PostgreSQL could be told the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, bindparam, create_engine, create_mock_engine, inspect, select
from sqlalchemy.schema import CreateIndex, CreateTable

from watcher.store import SqlStore, dialect
from watcher.store.migrate import _SCRIPTS, HEAD
from watcher.store.tables import metadata

POSTGRESQL = create_mock_engine("postgresql+psycopg://", lambda *_: None).dialect
OWN_OF_SEARCH = "story_search"  # the tables that FTS5 keeps for itself


async def test_the_migrations_make_what_the_tables_say(tmp_path: Path) -> None:
    """Where this fails, a column was added to tables.py and not to a revision in watcher/store/migrations."""
    await (await SqlStore.open(tmp_path / "watcher.db")).close()

    def ours(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return not (kind == "table" and (name or "").startswith(OWN_OF_SEARCH))

    with create_engine(f"sqlite:///{tmp_path / 'watcher.db'}").connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD
        partial = {one["name"]: one["dialect_options"] for one in inspect(connection).get_indexes("stories")}
        assert partial["stories_seeds"] != {}


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_postgresql_could_be_told_the_same(table: Table) -> None:
    assert table.name in str(CreateTable(table).compile(dialect=POSTGRESQL))
    for index in table.indexes:
        assert str(index.name) in str(CreateIndex(index).compile(dialect=POSTGRESQL))


def test_an_insert_for_postgresql_goes_by_name_and_makes_values_plain() -> None:
    table = metadata.tables["entries"]
    made = dialect._made(POSTGRESQL, table, ("number", "id"), ("number",), ("id",))
    assert made.by_name
    assert "ON CONFLICT (number) DO UPDATE" in made.sql
    process = dict(made.places)["id"]
    assert process is not None
    assert process("00ff" * 8) == b"\x00\xff" * 8


def plan(connection: Connection, sql: str, *values: object) -> str:
    return " ".join(str(row) for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + sql, values))


@pytest.mark.parametrize(
    ("what", "sql", "values"),
    [
        ("feeds that are due", "SELECT id FROM feeds WHERE due_at <= ? ORDER BY due_at", (5,)),
        ("seeds", "SELECT id FROM stories WHERE is_seed = 1", ()),
        ("stories without a file", "SELECT id FROM stories WHERE unfiled IS NOT NULL ORDER BY unfiled", ()),
        ("entries of an address", "SELECT id FROM entries WHERE page IN (?, ?)", (1, 2)),
        ("stories of a text", "SELECT id FROM stories WHERE root = ?", ("a",)),
        ("entries that somebody holds", "UPDATE entries SET claimed_by = NULL WHERE claimed_by IS NOT NULL", ()),
        (
            "entries that one holds",
            "UPDATE entries SET claimed_by = NULL WHERE claimed_by = ? AND id <> ?",
            ("a", b"b"),
        ),
        ("entries of first polls", "SELECT count(*) FROM entries WHERE alertable = 0", ()),
        ("old entries", "SELECT number FROM entries WHERE first_seen < ? ORDER BY first_seen", (5,)),
        ("hubs to be asked", "SELECT id FROM subscriptions WHERE due_at <= ? ORDER BY due_at", (5,)),
        ("a callback", "SELECT id FROM subscriptions WHERE token = ?", ("a",)),
        ("feeds that name hubs", "SELECT subscription FROM feeds WHERE subscription IS NOT NULL", ()),
        ("a key of the index", "SELECT story FROM group_index WHERE key = ? ORDER BY story DESC LIMIT 5", (5,)),
    ],
)
async def test_no_look_up_of_the_flow_reads_a_whole_table(
    tmp_path: Path, what: str, sql: str, values: tuple[object, ...]
) -> None:
    store = await SqlStore.open(tmp_path / "watcher.db")
    told = await store._database.read(lambda db: plan(db, sql, *values))
    await store.close()
    assert "INDEX" in told or "PRIMARY KEY" in told, (what, told)
    assert "TEMP B-TREE" not in told, (what, told)


def test_a_prepared_statement_goes_by_name_to_postgresql_and_by_place_to_sqlite() -> None:
    order = dialect.Prepared._order
    feeds = metadata.tables["feeds"]
    statement = select(feeds.c.due_at).where(feeds.c.id == bindparam("feed"), feeds.c.due_at <= bindparam("now"))
    assert set(order(statement.compile(dialect=POSTGRESQL))) == {"feed", "now"}
    assert order(statement.compile(dialect=create_mock_engine("sqlite://", lambda *_: None).dialect)) == ["feed", "now"]


def put(connection: Connection, table: str, **values: object) -> None:
    """A row of an older schema: these values, and nothing much in what must not be empty."""
    columns = inspect(connection).get_columns(table)
    row = {one["name"]: 0 if "INT" in str(one["type"]) else "" for one in columns if not one["nullable"]} | values
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))  # noqa: S608


def left_over(folder: Path) -> list[Path]:
    return list(folder.glob("*.part"))


async def test_a_database_of_the_first_version_is_brought_to_this_one(tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    with create_engine(f"sqlite:///{tmp_path / 'watcher.db'}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        put(connection, "feeds", id="f", url="https://a.example/feed")
        put(connection, "channels", name="desk", failures=3, failed_at=7)
        put(connection, "channels", name="hook", failures=0)
        put(connection, "stories", seq=4, id="s", title="東京で会談", text="The mayor spoke.")

    store = await SqlStore.open(tmp_path / "watcher.db")
    asked = {
        "SELECT revision, quiet_until FROM feeds": [(0, None)],
        "SELECT name, since, probes, probe_at FROM channels ORDER BY name": [
            ("desk", 7, 0, 7),
            ("hook", None, 0, None),
        ],
        "SELECT rowid FROM story_search WHERE story_search MATCH 'mayor'": [(4,)],
        "SELECT rowid FROM story_search WHERE story_search MATCH '\"会 談\"'": [(4,)],
    }
    for sql, rows in asked.items():
        found = await store._database.read(lambda db, sql=sql: db.exec_driver_sql(sql).fetchall())  # type: ignore[misc]
        assert [tuple(row) for row in found] == rows, sql
    assert store.kept == tmp_path / "watcher-0001.db"
    with create_engine(f"sqlite:///{store.kept}").connect() as connection:
        assert connection.exec_driver_sql("SELECT name, failed_at FROM channels WHERE failures").fetchall() == [
            ("desk", 7)
        ]
    await store.close()
    again = await SqlStore.open(tmp_path / "watcher.db")
    assert again.kept is None
    await again.close()
    assert left_over(tmp_path) == []
