"""alerts, stories: what was found."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli.say import AsJson, Call, Limit, cards, put_json, since

if TYPE_CHECKING:
    from watcher.model import Alert, Delivery, Story

Since = Annotated[str | None, typer.Option("--since", help="Only what is newer: 30d, 6h, or 2026-11-01.")]


def add_to(command: typer.Typer) -> None:
    command.command()(alerts)
    command.command()(stories)


def alerts(
    context: typer.Context,
    watch: Annotated[str | None, typer.Option(help="Only of this watch.")] = None,
    since_: Since = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """The alerts that were raised, newest first."""
    asyncio.run(_alerts(context.obj, watch, since(since_, now=datetime.now(UTC)), limit, as_json))


async def _alerts(call: Call, watch: str | None, newer: datetime | None, limit: int, as_json: bool) -> None:
    from watcher.app import open_store, read_config

    async with open_store(read_config(call.config)) as store:
        found = await store.alerts(watch=watch, since=newer, limit=limit)
        carried = await store.deliveries_of([one.id for one in found])
    if as_json:
        put_json([alert_json(one, carried[one.id]) for one in found])
        return
    cards(
        (
            (one.story.extraction.title, (one.raised, one.watch, one.story.extraction.site, one.reason, one.path))
            for one in found
        ),
        empty="no alert was raised yet",
    )


def alert_json(alert: Alert, deliveries: tuple[Delivery, ...]) -> dict[str, Any]:
    from watcher.stories.frontmatter import alert_head

    return {**alert_head(alert, deliveries), "path": alert.path}


def stories(
    context: typer.Context,
    site: Annotated[str | None, typer.Option(help="Only of this site.")] = None,
    since_: Since = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """The stories that were kept, newest first."""
    asyncio.run(_stories(context.obj, site, since(since_, now=datetime.now(UTC)), limit, as_json))


async def _stories(call: Call, site: str | None, newer: datetime | None, limit: int, as_json: bool) -> None:
    from watcher.app import open_store, read_config

    async with open_store(read_config(call.config)) as store:
        found = await store.stories(site=site, since=newer, limit=limit)
    if as_json:
        put_json([story_json(one) for one in found])
        return
    cards(
        ((one.extraction.title, (one.fetched, one.extraction.site, one.grouping.relation, one.path)) for one in found),
        empty="no story is kept yet",
    )


def story_json(story: Story) -> dict[str, Any]:
    from watcher.stories.frontmatter import story_head

    return {**story_head(story), "path": story.path}
