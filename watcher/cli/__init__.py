"""The verbs: command line in, exit code out; the only room that prints.

0 is good, 1 trouble in the world, 2 a fault in the configuration or the call.

A room is imported by the verb that needs it, so that `watcher --help` answers at once.
"""

from __future__ import annotations

import contextlib
import gc
import os
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from watcher import __version__
from watcher.cli import asking, configuring, documents, feeds, health, reading, running, sending, upkeep
from watcher.cli.log import set_up_log
from watcher.cli.say import Call, file_fault, say
from watcher.model import ConfigError, FetchError, WatcherError

SYSTEM_WIDE = Path("/etc/watcher")
_LOOSE = re.compile("[\udc80-\udcff]")  # bytes of a call that are no UTF-8, as Python hands them on

command = typer.Typer(
    name="watcher",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Reads news feeds, looks for the people and things on your watchlist, keeps the stories and tells you.",
)
for room in (configuring, running, health, reading, asking, documents, sending, upkeep):
    room.add_to(command)
command.add_typer(feeds.command, name="feeds")


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"watcher {__version__}")
        raise typer.Exit


def _default_config() -> Path:
    named = os.environ.get("WATCHER_CONFIG")
    if named:
        return Path(named)
    if not Path("config").is_dir() and SYSTEM_WIDE.is_dir():
        return SYSTEM_WIDE
    return Path("config")  # also where there is none: what is told then, how to make one, is for here


@command.callback()
def every_call(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="The configuration. Default: $WATCHER_CONFIG, else ./config, else /etc/watcher."
        ),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell more on standard error.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    context.obj = Call(config=config or _default_config(), verbose=verbose)
    set_up_log(verbose=verbose)


def _open_closed() -> None:
    """A stream that the caller closed (`<&-`) is None in Python: it reads as empty, and takes what is written."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  for the whole call


def _drop_output() -> None:
    """What is left to be written goes nowhere: the interpreter would fail once more as it ends."""
    with contextlib.suppress(OSError, ValueError):  # a stream without a file below it has nothing to fail
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> None:
    """The entry point of the `watcher` command."""
    # Usually 700, 10, 10. Loading and polling make many objects and hardly ever a circle: a tenth of their time.
    gc.set_threshold(5_000, 20, 20)
    _open_closed()
    try:
        try:
            command()
        finally:
            sys.stdout.flush()  # what cannot be written is told here, not by the interpreter as it ends
    except ConfigError as error:
        say(str(error), style="none")
        sys.exit(2)
    except FetchError as error:
        say(f"watcher: nothing could be fetched: {error.detail}", style="none")
        sys.exit(1)
    except WatcherError as error:
        say(f"watcher: {error}", style="none")
        sys.exit(1)
    except BrokenPipeError:
        _drop_output()  # whoever read us has enough
        sys.exit(0)
    except OSError as error:  # a file or folder that is not there, or not ours to read or write
        _drop_output()
        say(f"watcher: {file_fault(error)}", style="none")
        sys.exit(1)
    except UnicodeEncodeError:
        if not _LOOSE.search("".join(sys.argv)):
            raise
        say("watcher: a word of this call is not UTF-8 text", style="none")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
