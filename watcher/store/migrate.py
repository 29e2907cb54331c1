"""A connection -> its schema brought to this program's version by Alembic; a newer one is refused in a sentence.

Alembic is loaded only where there is something to bring up to date: it takes longer than all else at a usual start.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, text

from watcher.model import StoreError

HEAD = "0003"  # the newest revision in migrations/versions: the schema that this program works with
_SCRIPTS = Path(__file__).parent / "migrations"


def version(connection: Connection) -> str | None:
    """The version of the schema that the database has; None for an empty one."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def check_version(connection: Connection, name: str) -> None:
    """Raises StoreError unless the schema is the one that this program works with."""
    with connection.begin():
        found = version(connection)
    if found == HEAD:
        return
    if found is not None and not _known(found):
        raise _newer(name, found)
    raise StoreError(f"the database {name} is of an older version: run `watcher migrate`, or start the daemon once")


def upgrade(connection: Connection, name: str, *, keep: Callable[[str], None]) -> None:
    """Brings the schema to this program's version, in one transaction; two processes may try at once.

    keep: called before with the version that an older database has, while nobody can write to it.
    """
    connection.execution_options(immediate=True)
    with connection.begin():
        found = version(connection)
        if found == HEAD:
            return
        if found is not None and not _known(found):
            raise _newer(name, found)
        if found is not None:
            keep(found)
        _run_scripts(connection)


def _run_scripts(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _known(revision: str) -> bool:
    from alembic.script import ScriptDirectory

    return any(script.revision == revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions())


def _newer(name: str, found: str) -> StoreError:
    return StoreError(f"the database {name} was written by a newer version of watcher (schema {found}): update watcher")
