"""status: how the watcher does, at a glance; exit 1 when something needs a person."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from watcher.cli.say import AsJson, Call, plain, put_json, say, shown

if TYPE_CHECKING:
    from watcher.model import StatusReport


def add_to(command: typer.Typer) -> None:
    command.command()(status)


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Health at a glance; exit 1 when something needs a person."""
    asyncio.run(_status(context.obj, as_json))


async def _status(call: Call, as_json: bool) -> None:
    from watcher.alerts.trouble import troubles
    from watcher.app import open_store
    from watcher.app.by_hand import good_config, reading_config
    from watcher.app.upkeep import room_trouble
    from watcher.cli.feeds import feed_json

    config = reading_config(call.config)
    now = datetime.now(UTC)
    async with open_store(config) as store:
        report = await store.status(now)
        feeds = await store.feeds()
        pushes = {one.id: one for one in await store.subscriptions()}
        wanted = [one.sentence for one in troubles(feeds, report, now=now) if not one.quiet]
    no_room = room_trouble(config.archive)
    wanted = [no_room, *wanted] if no_room else wanted
    if report.config_fault is None and good_config(call.config) is None:
        wanted.insert(0, "the configuration on disk has a fault: see `watcher check`")
    if as_json:
        told = {
            "troubled": [feed_json(feed, pushes) for feed in report.troubled],
            "warned": [feed_json(feed, pushes) for feed in feeds if feed.warning],  # read, though something was wrong
            "needs": wanted,
        }
        put_json({**_plain(report), **told})
    else:
        _tell(report, wanted)
    if wanted:
        sys.exit(1)


def _plain(report: StatusReport) -> dict[str, object]:
    from watcher.cli.say import as_plain

    plain_report: dict[str, object] = as_plain(report)
    return plain_report


def _tell(report: StatusReport, wanted: list[str]) -> None:
    def line(name: str, text: str) -> None:
        say(f"{name:<11}{text}")

    def counted(counts: dict[str, int]) -> str:
        return ", ".join(f"{number} {name}" for name, number in counts.items() if number) or "none"

    feeds = {state.value: number for state, number in report.feeds.items()}
    line("feeds", f"{counted(feeds)}; last poll {shown(report.last_poll)}, {report.due_feeds} due now")
    if report.subscriptions:
        line("push", counted({state.value: number for state, number in report.subscriptions.items()}))
    line("entries", f"{report.entries} seen, {report.baseline} of them at a first poll: kept quietly, not alerted")
    line("matches", f"{report.matches}: {counted(dict(report.outcomes))}")
    line("stories", f"{report.stories} kept ({report.seeds} seeds), {report.pending_captures} waiting for their page")
    line("alerts", str(report.alerts))
    deliveries = {state.value: number for state, number in report.deliveries.items()}
    line("deliveries", f"{counted(deliveries)}; {report.due_deliveries} due now")
    line("database", f"{report.size / 1_000_000:.1f} MB")
    for watch, until in report.silences.items():
        line("silence", f"{plain(watch)} until {shown(until)}")
    for channel, failing in (report.failing_channels or {}).items():
        say(f"  {plain(channel)}: takes nothing (since {shown(failing)})", style="yellow")
    for feed in report.troubled:
        say(f"  {feed.name}: {feed.problem or feed.state} (since {shown(feed.failing_since)})", style="yellow")
    for sentence in wanted:
        say(f"! {plain(sentence)}", style="bold red")
    if not wanted:
        say("all is well", style="green")
