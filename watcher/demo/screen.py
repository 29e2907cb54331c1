"""What the demo has to show, on a terminal of any width or none.

On a terminal a panel with the state of things is kept up to date below the lines; elsewhere there are only the lines.
"""

from __future__ import annotations

import contextlib
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from watcher.demo.desk import Raised
from watcher.demo.outlets import Story
from watcher.demo.sinks import Call, Mail
from watcher.demo.verdict import Verdict

WIDEST = 120  # longer lines are hard to read, however wide the terminal
FULL_LINE = 72  # columns for which mails are broken into lines
_PLACES = {"title": "headline", "summary": "summary", "body": "text"}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The numbers of the panel."""

    seconds: float
    published: int
    stories: int
    polls: int
    unchanged: int
    failed: int
    pages: int
    alerts: int
    expected: int
    mails: int
    calls: int


class Screen:
    """Prints to a rich Console."""

    def __init__(self, console: Console) -> None:
        console.width = min(console.width, WIDEST)
        self._console = console
        self._live: Live | None = None

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """The panel is there while the block runs, if there is a terminal to show it on."""
        if not self._console.is_terminal:
            yield
            return
        with Live(console=self._console, refresh_per_second=8, transient=True) as live:
            self._live = live
            try:
                yield
            finally:
                self._live = None

    def show(self, state: State) -> None:
        if self._live is not None:
            self._live.update(_panel(state))

    def head(self, *, feeds: int, stories: int, expected: int, folder: Path) -> None:
        self._rule("watcher: a newsroom on loopback, and the real daemon")
        self._say(
            f"{feeds} feeds in four formats, one broken and one out of order; {stories} stories, some published "
            f"during the run. {expected} alerts are to come, each once by mail and once by webhook, and no other."
        )
        self._say(f"Everything is kept in {folder}\n")

    def alert(self, seconds: float, alert: Raised) -> None:
        """One alert: when, which watch, the paper and where the names stand; then the headline."""
        head = Text.assemble((alert.watch, "bold green"), (f" {_why(alert)}", "dim"))
        self._row(Text(f"{seconds:5.1f}s", style="dim"), head)
        self._indented(Text.assemble(alert.title, (f" · {alert.site}" if alert.site else "", "cyan")))

    def silent(self, stories: Sequence[Story]) -> None:
        """The stories that were to raise nothing, with the reason that each has."""
        self._rule("what raised nothing, and was not to")
        for story in stories:
            self._row(Text("  -", style="dim"), Text.assemble(story.title, (f": {story.special}", "dim")))

    def mail(self, mail: Mail | None) -> None:
        self._rule("one of the mails that the SMTP server received")
        if mail is None:
            self._say("none came")
            return
        text = Text("\n".join(f"{name}: {mail.message[name]}" for name in ("From", "To", "Subject")), style="cyan")
        self._console.print(
            Panel(
                Group(text, Text(), Text(_fitted(mail.text.strip(), self._console.width - 4))),
                box=box.ROUNDED,
                style="default",
            )
        )

    def hooks(self, calls: Sequence[Call]) -> None:
        self._rule("webhooks")
        bad = [call for call in calls if call.problem]
        ids = Counter(call.id for call in calls)
        self._say(
            f"{len(calls)} calls under {len(ids)} ids; signature good on {len(calls) - len(bad)}, bad on {len(bad)}."
        )
        for call in bad:
            self._say(f"refused: {call.id}: {call.problem}")

    def archive(self, folder: Path) -> None:
        self._rule("the archive")
        tree = Tree(Text(str(folder), style="bold"), guide_style="dim")
        _grow(tree, folder)
        self._console.print(tree)

    def verdict(self, verdict: Verdict, *, expected: int, seconds: float) -> None:
        self._rule("the end")
        for title, lines in (("Missing", verdict.missing), ("Too much", verdict.surplus)):
            if lines:
                self._say(f"{title}:", style="bold red")
                for line in lines:
                    self._indented(Text(line))
        if verdict.good:
            self._say(
                f"All {expected} alerts came, once on every channel, and no other: "
                f"files, mail, webhook, command and page agree. {seconds:.0f} seconds.",
                style="bold green",
            )

    def kept(self, config: Path, *, page: str, paper: str) -> None:
        """What can be done while daemon and newsroom go on."""
        self._say("\nThe daemon and the papers go on until Ctrl-C.")
        self._row(Text("  -"), Text(f"in another terminal: watcher --config {config} status"))
        self._row(Text("  -"), Text(f"one of the papers: {paper}/"))
        self._row(Text("  -"), Text(f"the daemon's page: {page}/"))

    def trouble(self, text: str, log: str) -> None:
        self._say(text, style="bold red")
        self._indented(Text(log))

    def _rule(self, title: str) -> None:
        self._console.print()
        self._console.rule(Text(title, style="bold"), align="left")

    def _say(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style))

    def _indented(self, text: Text) -> None:
        self._row(Text(), text)

    def _row(self, mark: Text, text: Text) -> None:
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(width=6)
        grid.add_column(overflow="fold")
        grid.add_row(mark, text)
        self._console.print(grid)


def _panel(state: State) -> Panel:
    grid = Table.grid(padding=(0, 2))
    for label, value in (
        ("time", f"{state.seconds:.0f} s"),
        ("papers", f"{state.published} of {state.stories} stories published"),
        ("polls", f"{state.polls}: {state.unchanged} answered 304, {state.failed} answered 500"),
        ("pages", f"{state.pages} fetched"),
        ("sent", f"{state.mails} mails, {state.calls} webhooks"),
    ):
        grid.add_row(Text(label, style="dim"), Text(value))
    bar = Table.grid(padding=(0, 2), expand=True)
    bar.add_column(width=6)
    bar.add_column(width=9)
    bar.add_column(ratio=1)
    done = min(state.alerts, state.expected)
    bar.add_row(Text("alerts", style="dim"), f"{state.alerts} of {state.expected}", ProgressBar(state.expected, done))
    return Panel(Group(grid, bar), box=box.ROUNDED, title="running", title_align="left", border_style="blue")


def _why(alert: Raised) -> str:
    """Where the names stand, and how often: `headline, text ×2; a follow-up`."""
    places = Counter(field for field, _ in alert.hits)
    spoken = [f"{_PLACES.get(field, field)}{f' ×{count}' if count > 1 else ''}" for field, count in places.items()]
    relation = "" if alert.reason == "first" else f"; a {alert.reason}"
    return ", ".join(spoken) + relation


def _fitted(text: str, width: int) -> str:
    """A mail's text, whose lines were broken for 72 columns, broken for this width if that is less."""
    if width >= FULL_LINE:
        return text
    joined: list[str] = []
    full = False
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        goes_on = full and line.strip() and joined and indent == len(joined[-1]) - len(joined[-1].lstrip())
        if goes_on:
            joined[-1] += " " + line.strip()
        else:
            joined.append(line)
        full = len(line) > FULL_LINE - 12  # the next word, about, did not fit any more
    return "\n".join(_wrapped(line, width) for line in joined)


def _wrapped(line: str, width: int) -> str:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.fill(line, width, initial_indent="", subsequent_indent=indent) if line.strip() else ""


def _grow(tree: Tree, folder: Path, few: int = 3) -> None:
    """Add what is in the folder; of many files the first few stand for all."""
    entries = sorted(folder.iterdir(), key=lambda path: (path.is_file(), path.name)) if folder.is_dir() else []
    files = [path for path in entries if path.is_file()]
    for path in entries:
        if path.is_dir():
            _grow(tree.add(Text(f"{path.name}/", style="blue")), path)
    for path in files[:few]:
        tree.add(Text(path.name, overflow="ellipsis", no_wrap=True))
    if len(files) > few:
        tree.add(Text(f"and {len(files) - few} more", style="dim"))
