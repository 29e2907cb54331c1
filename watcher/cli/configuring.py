"""init, check, schema, suggest: what a person does before anything runs."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from watcher.cli.say import AsJson, Call, counted, put_json, put_text, say


def add_to(command: typer.Typer) -> None:
    command.command()(init)
    command.command()(check)
    command.command()(schema)
    command.command()(suggest)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where; config/ is made in it.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Write a commented config/ to start from.

    The seed article is in it. A file that is there already is never overwritten.
    """
    from watcher.app.by_hand import write_config

    written, kept = write_config(folder)
    if as_json:
        put_json({"written": written, "kept": kept})
    for file in written:
        say(f"wrote {file}")
    for file in kept:
        say(f"kept  {file}", style="dim")
    config = folder / "config"
    say(f"\nEdit {config / 'watchlist.yaml'}, then: watcher --config {config} check")


def check(
    context: typer.Context,
    online: Annotated[bool, typer.Option("--online", help="Also ask each feed, and greet each channel.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell every fault of the configuration, with its line."""
    from watcher.app import compile_rules, read_config
    from watcher.app.by_hand import ask_online
    from watcher.model import ConfigError

    call: Call = context.obj
    try:
        config = read_config(call.config)
        compile_rules(config)
    except ConfigError as error:
        if as_json:
            put_json({"good": False, "faults": error.faults})
        raise
    watchlist = config.watchlist
    told = {
        "good": True,
        "faults": [],
        "feeds": len(watchlist.feeds),
        "watches": len(watchlist.watches),
        "channels": list(config.settings.channels),
    }
    troubles = asyncio.run(ask_online(config)) if online else ()
    if as_json:
        put_json({**told, "online": troubles} if online else told)
    for where, trouble in troubles:
        say(f"{where}: {trouble}", style="yellow")
    numbers = ((watchlist.feeds, "feed"), (watchlist.watches, "watch"), (config.settings.channels, "channel"))
    say("good: " + ", ".join(counted(len(found), noun) for found, noun in numbers))
    if not config.settings.channels:
        say("no channel is configured: alerts are kept as files only")
    if troubles:
        sys.exit(1)


def schema(
    which: Annotated[str, typer.Argument(help="watchlist or watcher; default: both in one document.")] = "",
) -> None:
    """Print the JSON Schemas of the two files, for editors."""
    from watcher.matching.schema import watchlist_schema
    from watcher.settings import settings_schema

    schemas = {"watchlist": watchlist_schema(), "watcher": settings_schema()}
    if which and which not in schemas:
        raise typer.BadParameter("watchlist and watcher are the two files")
    put_json(schemas[which] if which else schemas)


def suggest(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help="An article: text, HTML, or an address.")],
) -> None:
    """Write a watchlist for the names in an article.

    Its people and organisations, on standard output, to be read and edited.
    """
    from watcher.app.by_hand import good_config, read_article
    from watcher.matching.suggest import suggest as write_suggestion

    title, text = asyncio.run(read_article(source, config=good_config(context.obj.config)))
    put_text(write_suggestion(text, title=title))
