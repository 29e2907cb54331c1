"""run, poll, capture, deliver: the daemon and its steps by hand."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli.log import set_up_log
from watcher.cli.say import AsJson, Call, counted, plain, put_json, say, shown

if TYPE_CHECKING:
    from watcher.app import Config
    from watcher.app.reload import Reloaded
    from watcher.daemon import Summary
    from watcher.model import Feed

NAMED = 5  # feeds that are left alone, by name; of more their number
LANES = ("poll", "capture", "deliver")


def add_to(command: typer.Typer) -> None:
    for verb in (run, poll, capture, deliver):
        command.command()(verb)


def run(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Poll what is due, capture, deliver, and end.")] = False,
    everything: Annotated[
        bool,
        typer.Option("--all", help="With --once: poll every feed, due or not, that may be asked now."),
    ] = False,
    as_json: AsJson = False,
    log_json: Annotated[bool, typer.Option("--log-json", help="The log as JSON, one object a line.")] = False,
) -> None:
    """Watch until stopped; with --once, one round and its summary."""
    if everything and not once:
        raise typer.BadParameter("--all goes with --once", param_hint="--all")
    call: Call = context.obj
    set_up_log(verbose=call.verbose, as_json=log_json)
    if once:
        _tell(asyncio.run(_once(call, everything=everything, alone=True)), as_json)
    else:
        asyncio.run(_serve(call))


def poll(
    context: typer.Context,
    feeds: Annotated[list[str] | None, typer.Argument(help="Addresses or names; default: every due feed.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask feeds now, and record what is new.

    What matched is fetched and sent by the daemon, or by `capture` and `deliver`.
    """
    _tell(asyncio.run(_once(context.obj, lanes=("poll",), feeds=feeds or [])), as_json, lanes=("poll",))


def capture(context: typer.Context, as_json: AsJson = False) -> None:
    """Fetch and record the stories that matched."""
    _tell(asyncio.run(_once(context.obj, lanes=("capture",))), as_json, lanes=("capture",))


def deliver(context: typer.Context, as_json: AsJson = False) -> None:
    """Send what is due in the outbox."""
    _tell(asyncio.run(_once(context.obj, lanes=("deliver",))), as_json, lanes=("deliver",))


async def _once(
    call: Call,
    *,
    everything: bool = False,
    alone: bool = False,
    lanes: tuple[str, ...] = LANES,
    feeds: list[str] | None = None,
) -> Summary:
    from contextlib import nullcontext

    from watcher.app import hold_archive, look_after, open_watcher, read_config
    from watcher.app.door import left_alone
    from watcher.cli.progress import Progress
    from watcher.daemon import Runner

    config = read_config(call.config)
    with hold_archive(config.archive) if alone else nullcontext():
        async with open_watcher(config, alone=alone) as watcher:
            only = []
            for wanted in feeds or []:
                found = [feed.id for feed in await watcher.store.feeds() if wanted in (feed.spec.url, feed.name)]
                if not found:
                    raise typer.BadParameter(f'there is no feed "{wanted}" in the watchlist')
                only += found
            if everything or only:
                _say_who_is_left_alone([feed for feed in await left_alone(watcher) if everything or feed.id in only])
            with Progress() as progress:
                runner = Runner(watcher.pipeline, told=progress.told)
                progress.follow(runner.summary)
                gc.freeze()  # what is wired lives as long as the process
                if "capture" in lanes:
                    await watcher.pipeline.file()
                summary = await runner.once(everything=everything, lanes=lanes, only=only)
                if alone and not runner.no_room and await look_after(watcher.pipeline):
                    await runner.once(lanes=("deliver",))
                return summary


async def _serve(call: Call) -> None:
    from loguru import logger

    from watcher.app import RoomTeller, hold_archive, look_after, open_watcher, read_config
    from watcher.app.reload import follow
    from watcher.app.upkeep import prune_archive
    from watcher.daemon import Runner
    from watcher.hubs import PATH
    from watcher.page import Metrics, Window, hub_routes, make_site

    config = read_config(call.config)
    stop, hangup = asyncio.Event(), asyncio.Event()
    for number, event in ((signal.SIGTERM, stop), (signal.SIGINT, stop), (signal.SIGHUP, hangup)):
        asyncio.get_running_loop().add_signal_handler(number, event.set)
    with hold_archive(config.archive):
        async with open_watcher(config, alone=True) as watcher:
            logger.info(
                "watching",
                feeds=len(config.watchlist.feeds), watches=len(config.watchlist.watches), archive=str(config.archive),
            )  # fmt: skip
            gc.collect()
            gc.freeze()  # what is wired lives as long as the process
            metrics = Metrics(config=config.sha256)
            runner = Runner(watcher.pipeline, told=metrics.told, subscriber=watcher.subscriber)
            site = make_site(
                watcher.store,
                metrics=metrics,
                moving=lambda: runner.moving,
                waits=lambda: runner.no_room,
                callbacks=hub_routes(watcher.subscriber, PATH),
            )
            window = Window(site, _listen(config))

            def reloaded(now: Reloaded) -> None:
                nonlocal config
                config = now.config
                metrics.reloaded(config=config.sha256, good=now.good, at=now.at)
                window.move(_listen(config))

            beside = asyncio.gather(
                window.show(stop, trouble=lambda error: logger.warning("no page", problem=str(error))),
                follow(watcher, stop=stop, hangup=hangup, told=reloaded),
            )
            await runner.serve(
                stop,
                look_after=lambda: look_after(watcher.pipeline),
                nightly=lambda: prune_archive(config, watcher.store, watcher.pipeline.clock.now()),
                tell_room=RoomTeller(watcher.pipeline).tell,
            )
            await beside
            logger.info("stopped: what was under way is done or still due")


def _listen(config: Config) -> str | None:
    return config.settings.page.listen if config.settings.page else None


def _say_who_is_left_alone(feeds: list[Feed]) -> None:
    """Those that were asked for by hand, and are not asked all the same."""
    for feed in feeds[:NAMED]:
        say(f"{plain(feed.name)} asked to be left alone until {shown(feed.quiet_until)}", style="yellow")
    if len(feeds) > NAMED:
        say(f"and {counted(len(feeds) - NAMED, 'more feed')}", style="yellow")


def _tell(summary: Summary, as_json: bool, *, lanes: tuple[str, ...] = LANES) -> None:
    if as_json:
        put_json(summary.as_json())
    else:
        for lane in lanes:
            _tell_lane(summary.as_json(), lane)
        say(f"           in {summary.as_json()['seconds']} s")
    if summary.broken:
        say(counted(summary.broken, "step") + " failed; see above", style="red")
        sys.exit(1)


def _tell_lane(told: dict[str, Any], lane: str) -> None:
    polls, entries, stories, sent = told["polls"], told["entries"], told["stories"], told["deliveries"]
    if lane == "poll":
        say(f"feeds      {polls['due']} asked: {polls['changed']} changed, {polls['unchanged']} unchanged, "
            f"{polls['failed']} failed")  # fmt: skip
        say(f"entries    {entries['new']} new, {entries['seen']} seen before; {told['matches']} matches")
    elif lane == "capture":
        say(f"stories    {stories['captured']} kept, {stories['incomplete']} of them incomplete")
        say(f"alerts     {told['alerts']}")
    else:
        say(f"deliveries {sent['delivered']} delivered, {sent['deferred']} to be tried again, {sent['dead']} given up")
