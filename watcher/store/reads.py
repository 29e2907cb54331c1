"""Filters -> what the commands show: feeds, alerts, stories, health; reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func, select

from watcher.model import Alert, Capture, DeliveryState, Feed, FeedState, MessageType, Story
from watcher.model.reports import StatusReport
from watcher.store import channels, polls, subscriptions
from watcher.store.rows import load_alert, load_story
from watcher.store.tables import alerts, decisions, deliveries, entries, feeds, meta, notices, silences, stories

WATCHLIST = "watchlist"  # in meta: the text of the watchlist in force
CONFIG_FAULT = "config_fault"  # in meta: empty while the configuration on disk is in force
TROUBLED = 50  # feeds named in the status; more than that is one trouble, not fifty


def every_feed(connection: Connection) -> tuple[Feed, ...]:
    """All feeds that were ever in the watchlist, by name."""
    return tuple(map(polls.load, connection.execute(select(feeds).order_by(feeds.c.name, feeds.c.url))))


def some_alerts(connection: Connection, *, watch: str | None, since: datetime | None, limit: int) -> tuple[Alert, ...]:
    """Alerts, newest first."""
    query = select(alerts).order_by(alerts.c.raised.desc(), alerts.c.id).limit(limit)
    if watch is not None:
        query = query.where(alerts.c.watch == watch)
    if since is not None:
        query = query.where(alerts.c.raised >= since)
    return _alerts(connection, connection.execute(query).all())


def alert(connection: Connection, alert_id: str) -> Alert | None:
    found = _alerts(connection, connection.execute(select(alerts).where(alerts.c.id == alert_id)).all())
    return found[0] if found else None


def some_stories(connection: Connection, *, site: str | None, since: datetime | None, limit: int) -> tuple[Story, ...]:
    """Stories, newest first; seeds last."""
    query = select(stories).order_by(stories.c.is_seed, stories.c.fetched.desc(), stories.c.seq.desc()).limit(limit)
    if site is not None:
        query = query.where(stories.c.site == site)
    if since is not None:
        query = query.where(stories.c.fetched >= since)
    return tuple(map(load_story, connection.execute(query)))


def story(connection: Connection, story_id: str) -> Story | None:
    row = connection.execute(select(stories).where(stories.c.id == story_id)).one_or_none()
    return None if row is None else load_story(row)


def status(connection: Connection, now: datetime) -> StatusReport:
    """Health at a glance."""
    outcomes = _by(connection, select(decisions.c.outcome, func.count()).group_by(decisions.c.outcome))
    by_feed = _by(connection, select(feeds.c.state, func.count()).group_by(feeds.c.state))
    by_delivery = _by(connection, select(deliveries.c.state, func.count()).group_by(deliveries.c.state))
    pending = entries.c.capture == Capture.PENDING
    on_the_way = deliveries.c.state == DeliveryState.PENDING
    told = connection.execute(select(notices).order_by(notices.c.raised)).all()
    return StatusReport(
        feeds={FeedState(state): number for state, number in by_feed.items()},
        troubled=_troubled(connection),
        entries=_count(connection, entries),
        baseline=_count(connection, entries, ~entries.c.alertable),
        stories=_count(connection, stories),
        seeds=_count(connection, stories, stories.c.is_seed),
        matches=sum(outcomes.values()),
        outcomes=outcomes,
        alerts=_count(connection, alerts),
        pending_captures=_count(connection, entries, pending),
        deliveries={DeliveryState(state): number for state, number in by_delivery.items()},
        due_feeds=_count(connection, feeds, feeds.c.due_at <= now, feeds.c.state.not_in(polls.UNPOLLED)),
        due_captures=_count(connection, entries, pending, entries.c.capture_at <= now),
        due_deliveries=_count(connection, deliveries, on_the_way, deliveries.c.due_at <= now),
        last_poll=connection.scalar(select(feeds.c.polled_at).order_by(feeds.c.polled_at.desc()).limit(1)),
        size=_size(connection),
        notices=tuple((row.key, row.text) for row in told),
        told_at={row.key: row.raised for row in told},
        dead_at=_dead_at(connection),
        failing_channels=channels.failing_since(connection),
        off_channels=channels.switched_off(connection),
        config_fault=connection.scalar(select(meta.c.value).where(meta.c.key == CONFIG_FAULT)) or None,
        silences={row.watch: row.until for row in connection.execute(select(silences).where(silences.c.until > now))},
        subscriptions=subscriptions.counted(connection),
    )


def _dead_at(connection: Connection) -> datetime | None:
    """Notices are left out: one that cannot be sent is not told by another."""
    dead = (deliveries.c.state == DeliveryState.DEAD) & (deliveries.c.type != MessageType.NOTICE)
    last = select(deliveries.c.tried_at).where(dead).order_by(deliveries.c.tried_at.desc()).limit(1)
    return connection.scalar(last)


def _troubled(connection: Connection) -> tuple[Feed, ...]:
    """Gone ones first, then those that fail, the longest first."""
    bad = select(feeds).where(feeds.c.state.in_((FeedState.FAILING, FeedState.GONE)) | feeds.c.problem.is_not(None))
    bad = bad.where(feeds.c.state != FeedState.REMOVED)
    ranked = bad.order_by(feeds.c.state.desc(), feeds.c.failing_since, feeds.c.name).limit(TROUBLED)
    return tuple(map(polls.load, connection.execute(ranked)))


def _alerts(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Alert, ...]:
    wanted = select(stories).where(stories.c.id.in_({row.story_id for row in rows}))
    told = {row.id: load_story(row) for row in connection.execute(wanted)}
    return tuple(load_alert(row, told[row.story_id]) for row in rows)


def _by(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {name: number for name, number in connection.execute(query)}  # noqa: C416 - a Row is no pair to the types


def _count(connection: Connection, table: Table, *where: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(*where)) or 0


def _size(connection: Connection) -> int:
    if connection.dialect.name != "sqlite":
        return connection.scalar(select(func.pg_database_size(func.current_database()))) or 0
    pages: int = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    size: int = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    return pages * size
