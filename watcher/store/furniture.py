"""Lines that sites repeat: in how many groups each stood, learnt with every story; forgotten when they stay away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, select

from watcher.store.dialect import upsert
from watcher.store.tables import site_lines

OWN = 3  # groups: a line of two can be background that two of them share
KEPT = timedelta(days=90)  # a site's own lines, after they were last met; others go with the index
_AT_ONCE = 500  # keys in one statement


def known(connection: Connection, lines: Collection[int]) -> frozenset[int]:
    """Those of the lines that are their sites' own."""
    keys = sorted(set(lines))
    found: set[int] = set()
    for start in range(0, len(keys), _AT_ONCE):
        found.update(connection.scalars(_OWN_AMONG, {"keys": keys[start : start + _AT_ONCE]}))
    return frozenset(found)


def learn(connection: Connection, lines: Sequence[int], group: str, now: datetime) -> None:
    """Counts the lines of a story of this group; a line counts once for groups that come one after the other."""
    met = {row.line: row for row in connection.execute(_AMONG, {"keys": sorted(set(lines))})}
    rows = [
        {
            "line": line,
            "stood_in": met[line].stood_in + (met[line].last_group != group) if line in met else 1,
            "last_group": group,
            "seen_at": now,
        }
        for line in sorted(set(lines))
    ]
    upsert(connection, site_lines, rows, key=["line"], update=["stood_in", "last_group", "seen_at"])


def forget(connection: Connection, *, before: datetime, now: datetime, step: int) -> int:
    """Removes lines not met since `before`, and sites' own after their time; how many, at most `step`."""
    old = (site_lines.c.seen_at < before) & ((site_lines.c.stood_in < OWN) | (site_lines.c.seen_at < now - KEPT))
    lines = connection.scalars(select(site_lines.c.line).where(old).order_by(site_lines.c.seen_at).limit(step)).all()
    connection.execute(delete(site_lines).where(site_lines.c.line.in_(lines)))
    return len(lines)


_AMONG = select(site_lines).where(site_lines.c.line.in_(bindparam("keys", expanding=True)))
_OWN_AMONG = select(site_lines.c.line).where(
    site_lines.c.line.in_(bindparam("keys", expanding=True)), site_lines.c.stood_in >= OWN
)
