"""Reports of steps -> a line that moves while they run, where somebody looks on."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from watcher.model import PollReport

if TYPE_CHECKING:
    from watcher.daemon import Summary


class _Live:
    """A bar that moves on standard error while the block runs; silent where that is no terminal."""

    def __init__(self, verb: str, *columns: ProgressColumn, total: int | None) -> None:
        self._bar = Bar(
            TextColumn(f"[bold]{verb}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            *columns,
            TimeElapsedColumn(),
            console=Console(stderr=True, highlight=False),
            transient=True,
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task(verb, total=total, words="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()


class Progress(_Live):
    """Feeds polled, with the alerts so far."""

    def __init__(self) -> None:
        super().__init__("polling", TextColumn("{task.fields[words]}"), total=None)
        self._summary: Summary | None = None

    def follow(self, summary: Summary) -> None:
        self._summary = summary

    def told(self, report: object) -> None:
        summary = self._summary
        if summary is None:
            return
        if isinstance(report, PollReport):
            self._bar.update(self._task, total=summary.due, advance=1)
        self._bar.update(self._task, words=f"{summary.alerts} alerts, {summary.delivered} delivered")


class Counter(_Live):
    """Work in pieces, whose number is mostly known."""

    def __init__(self, verb: str, *, total: int | None) -> None:
        super().__init__(verb, total=total)

    def advance(self, number: int) -> None:
        self._bar.advance(self._task, number)
