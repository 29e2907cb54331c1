"""Stories and alerts whose files are behind their rows -> what to write; and the note that it was written."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table, select, update

from watcher.model import Unfiled
from watcher.store import outbox
from watcher.store.index import count
from watcher.store.rows import load_alert, load_story
from watcher.store.tables import alerts, stories


def unfiled(connection: Connection, limit: int) -> Unfiled:
    """At most `limit` stories and alerts, those that wait longest first."""
    behind = select(stories).where(stories.c.unfiled.is_not(None)).order_by(stories.c.unfiled).limit(limit)
    some = tuple(load_story(row) for row in connection.execute(behind))
    behind = select(alerts).where(alerts.c.unfiled.is_not(None)).order_by(alerts.c.unfiled).limit(limit)
    rows = connection.execute(behind).all()
    wanted = select(stories).where(stories.c.id.in_({row.story_id for row in rows}))
    told = {row.id: load_story(row) for row in connection.execute(wanted)}
    carried = outbox.of_alerts(connection, [row.id for row in rows])
    return Unfiled(
        stories=some,
        alerts=tuple((load_alert(row, told[row.story_id]), carried[row.id]) for row in rows),
        mark=count(connection, "filing"),
    )


def mark_filed(connection: Connection, done: Unfiled) -> None:
    """Rows that changed after `done` was read carry a later mark and stay unfiled."""
    _mark(connection, stories, [story.id for story in done.stories], done.mark)
    _mark(connection, alerts, [alert.id for alert, _ in done.alerts], done.mark)


def _mark(connection: Connection, table: Table, ids: Sequence[str], mark: int) -> None:
    if ids:
        written = table.c.id.in_(ids) & (table.c.unfiled <= mark)
        connection.execute(update(table).where(written).values(unfiled=None))
