"""alerts, stories, export: what was found, and for those who work on with it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli.say import AsJson, Call, Limit, as_written, cards, counted, put_json, say, since

if TYPE_CHECKING:
    from watcher.model import Alert, Delivery, Story

EVERYTHING = 10_000_000
Since = Annotated[str | None, typer.Option("--since", help="Only what is newer: 30d, 6h, or 2026-11-01.")]


def add_to(command: typer.Typer) -> None:
    command.command()(alerts)
    command.command()(stories)
    command.command()(export)


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
    from watcher.app import open_store
    from watcher.app.by_hand import reading_config

    config = reading_config(call.config)
    async with open_store(config) as store:
        found = await store.alerts(watch=watch, since=newer, limit=limit)
        carried = await store.deliveries_of([one.id for one in found])
    if as_json:
        put_json([alert_json(one, carried[one.id]) for one in found])
        return
    cards(
        (
            (
                one.story.extraction.title,
                (one.raised, one.watch, one.story.extraction.site, one.reason),
                as_written(config.archive / one.path),
            )
            for one in found
        ),
        empty="no alert was raised yet",
    )


def alert_json(alert: Alert, deliveries: tuple[Delivery, ...]) -> dict[str, Any]:
    from watcher.alerts.data import alert_data

    channels = [delivery.message.channel for delivery in deliveries]
    return {**alert_data(alert, channels), "path": alert.path}


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
    from watcher.app import open_store
    from watcher.app.by_hand import reading_config

    config = reading_config(call.config)
    async with open_store(config) as store:
        found = await store.stories(site=site, since=newer, limit=limit)
    if as_json:
        put_json([story_json(one) for one in found])
        return
    cards(
        (
            (
                one.extraction.title,
                (one.fetched, one.extraction.site, one.grouping.relation),
                as_written(config.archive / one.path),
            )
            for one in found
        ),
        empty="no story is kept yet",
    )


def story_json(story: Story) -> dict[str, Any]:
    from watcher.stories.frontmatter import story_head

    return {**story_head(story), "path": story.path}


def export(
    context: typer.Context,
    form: Annotated[str, typer.Option("--format", help="jsonl, csv, zip, ninjs, or seed: a ZIP of plain texts.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; default: standard output.")] = None,
    watch: Annotated[str | None, typer.Option(help="Only stories that this watch matched.")] = None,
    since_: Since = None,
) -> None:
    """Write the stories for other programs, oldest first."""
    asyncio.run(_export(context.obj, form, output, watch, since(since_, now=datetime.now(UTC))))


async def _export(call: Call, form: str, output: Path | None, watch: str | None, newer: datetime | None) -> None:
    from watcher.app import open_store
    from watcher.app.by_hand import reading_config
    from watcher.stories.export import Format
    from watcher.stories.export import export as write

    try:
        wanted = Format(form)
    except ValueError:
        raise typer.BadParameter(f'"{form}" is not one of {", ".join(Format)}') from None
    async with open_store(reading_config(call.config)) as store:
        found = await store.stories(since=newer, limit=EVERYTHING)
    chosen = [one for one in reversed(found) if watch is None or watch in (match.watch for match in one.matches)]
    with output.open("wb") if output else contextlib.nullcontext(sys.stdout.buffer) as file:
        for piece in write(chosen, format=wanted):
            file.write(piece)
        file.flush()
    say(counted(len(chosen), "story"))
