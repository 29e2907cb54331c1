"""prune, migrate, verify, split, join: what keeps the archive in order."""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext
from typing import Annotated

import typer

from watcher.cli.say import AsJson, Call, as_plain, plain, put_json, say

PRUNED = {"seen": "traces of old entries", "indexed": "traces of old stories"}  # a count's name -> what a person reads


def add_to(command: typer.Typer) -> None:
    command.command()(prune)
    command.command()(migrate)
    command.command()(verify)
    command.command()(split)
    command.command()(join)


def prune(context: typer.Context, as_json: AsJson = False) -> None:
    """Remove what has outlived `retention`.

    The daemon does it too, at night and in small steps.
    """
    asyncio.run(_prune(context.obj, as_json))


async def _prune(call: Call, as_json: bool) -> None:
    from watcher.app import SystemClock, open_store, read_config
    from watcher.app.upkeep import prune_archive

    config = read_config(call.config)
    async with open_store(config, read_only=False) as store:
        told = await prune_archive(config, store, SystemClock().now())
    if as_json:
        put_json(told)
    else:
        removed = ", ".join(f"{number} {PRUNED.get(what, what)}" for what, number in told.items() if number)
        say(f"removed: {removed}" if removed else "nothing has outlived its time")


def migrate(
    context: typer.Context,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read stories and alerts back from their files.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the database to this version, or build it anew.

    A copy of it is kept first.
    """
    from watcher.app import hold_archive, read_config
    from watcher.app.upkeep import migrate_archive

    config = read_config(context.obj.config)
    with hold_archive(config.archive) if rebuild else nullcontext():  # a daemon would write on into the old one
        done = asyncio.run(migrate_archive(config, rebuild=rebuild))
    if as_json:
        put_json({"done": done})
    for sentence in done:
        say(plain(sentence))


def verify(context: typer.Context, as_json: AsJson = False) -> None:
    """Check the stories against their pages, and the database."""
    from watcher.app import read_config
    from watcher.app.upkeep import verify_archive

    faults = asyncio.run(verify_archive(read_config(context.obj.config)))
    if as_json:
        put_json({"good": not faults, "faults": faults})
    for fault in faults:
        say(plain(fault))
    if not faults:
        say("every story agrees with its page, and the database with itself")
    else:
        sys.exit(1)


def split(
    context: typer.Context,
    story: Annotated[str, typer.Argument(help="The id of a story.")],
    as_json: AsJson = False,
) -> None:
    """Take a story out of its group; that is remembered."""
    asyncio.run(_regroup(context.obj, story, None, as_json))


def join(
    context: typer.Context,
    story: Annotated[str, typer.Argument(help="The id of a story.")],
    group: Annotated[str, typer.Argument(help="The id of a group, or of a story in it.")],
    as_json: AsJson = False,
) -> None:
    """Put a story into a group; that is remembered."""
    asyncio.run(_regroup(context.obj, story, group, as_json))


async def _regroup(call: Call, story: str, group: str | None, as_json: bool) -> None:
    from watcher.app import open_watcher, read_config
    from watcher.app.upkeep import regroup

    async with open_watcher(read_config(call.config)) as watcher:
        title, grouping = await regroup(watcher, story, group)
    if as_json:
        put_json({"id": story, "title": title, **as_plain(grouping)})
    say(f"{plain(title)}: {grouping.reason}, in the group {grouping.group}")
