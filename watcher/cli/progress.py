"""Reports of steps -> a line that moves while they run, where somebody looks on."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from watcher.pipeline import PollReport

if TYPE_CHECKING:
    from watcher.daemon import Summary


class Progress:
    """A bar of feeds polled, with the alerts so far; silent where standard error is no terminal."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._bar = Bar(
            TextColumn("[bold]polling"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("{task.fields[words]}"),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task("polls", total=None, words="")
        self._summary: Summary | None = None

    def follow(self, summary: Summary) -> None:
        self._summary = summary

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def told(self, report: object) -> None:
        summary = self._summary
        if summary is None:
            return
        if isinstance(report, PollReport):
            self._bar.update(self._task, total=summary.due, advance=1)
        self._bar.update(self._task, words=f"{summary.alerts} alerts, {summary.delivered} delivered")


class Counter:
    """A bar for work whose size is known; silent where standard error is no terminal."""

    def __init__(self, verb: str, *, total: int) -> None:
        self._bar = Bar(
            TextColumn(f"[bold]{verb}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task(verb, total=total)

    def __enter__(self) -> Counter:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def advance(self, number: int) -> None:
        self._bar.advance(self._task, number)
