"""What is told, and where: data on standard output as JSON, words for people on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
AsJsonl = Annotated[bool, typer.Option("--jsonl", help="One JSON object a line on standard output.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")]

CONTROL = dict.fromkeys((*range(0x09), *range(0x0B, 0x20), 0x7F, *range(0x80, 0xA0)))
BIDI = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was said before the verb."""

    config: Path
    verbose: bool


def plain(text: str) -> str:
    """Text of a feed made fit for a terminal: no control characters, no bidi overrides, one line."""
    return " ".join(text.translate({**CONTROL, **BIDI}).split())


def say(text: str = "", *, style: str = "", end: str = "\n") -> None:
    """Words for people, on standard error. style: a rich style, or "none" for text that is printed as it stands."""
    if style == "none" or not sys.stderr.isatty():
        print(text, file=sys.stderr, end=end)
        return
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True, highlight=False, soft_wrap=True).print(Text(text, style=style), end=end)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A table for people, on standard error; the first column never breaks, the last takes what room there is."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for number, column in enumerate(columns):
        made.add_column(column, no_wrap=number == 0, overflow="fold")
    for row in rows:
        made.add_row(*(Text(plain(shown(cell))) for cell in row))
    if made.row_count:
        Console(stderr=True, highlight=False).print(made)
    else:
        say(empty)


def cards(items: Iterable[tuple[str, Sequence[object], str | None]], *, empty: str) -> None:
    """A list for people, on standard error, pleasant at any width: a headline each, and under it what is known.

    The third of an item is its address or path: a line of its own that never breaks, so that it can be copied.
    """
    from rich.console import Console
    from rich.text import Text

    console, count = Console(stderr=True, highlight=False), 0
    for headline, about, place in items:
        known = " · ".join(plain(shown(part)) for part in about if part not in (None, "", ()))
        console.print(Text(plain(headline), style="bold"))
        for line in Text(known, style="dim").wrap(console, max(console.width - 2, 20)):
            line.rstrip()
            console.print(Text("  ").append_text(line), soft_wrap=True)
        if place:
            console.print(Text("  " + plain(place), style="dim"), soft_wrap=True)
        count += 1
    if not count:
        say(empty)


def counted(number: int, noun: str) -> str:
    """`1 feed`, `2 feeds`, `3 watches`, `4 stories`."""
    many = f"{noun}es" if noun.endswith("ch") else f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number} {noun if number == 1 else many}"


def as_written(path: Path) -> str:
    """A path as it can be opened from here: short where it lies below this folder."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def file_fault(error: OSError) -> str:
    """What the system said of a file, as a sentence: `notes.txt: No such file or directory`."""
    said = error.strerror or str(error) or type(error).__name__
    return f"{plain(str(error.filename))}: {said}" if error.filename is not None else said


def shown(value: object) -> str:
    """A value as a person reads it in a table."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M}Z"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(shown, value)) if isinstance(value, (tuple, list)) else str(value)


def as_plain(value: object) -> Any:
    """A noun as JSON has it: names of fields as keys, RFC 3339 times in UTC, bytes left out."""
    if is_dataclass(value) and not isinstance(value, type):
        named = ((one.name.rstrip("_"), getattr(value, one.name)) for one in fields(value))
        return {name: as_plain(one) for name, one in named if not isinstance(one, bytes)}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): as_plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [as_plain(one) for one in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def put_json(value: object) -> None:
    """One JSON document on standard output."""
    _put(json.dumps(as_plain(value), ensure_ascii=False, indent=2))


def put_line(value: object) -> None:
    """One JSON object as a line on standard output."""
    _put(json.dumps(as_plain(value), ensure_ascii=False, separators=(",", ":")))


def put_text(text: str) -> None:
    """Text for a file or a pipe on standard output, told at once if it cannot be written."""
    _put(text.removesuffix("\n"))


def _put(text: str) -> None:
    # A lone surrogate, which JSON text may smuggle in, has no UTF-8: it goes out as an escape, never as a crash.
    sys.stdout.buffer.write(text.encode("utf-8", errors="backslashreplace") + b"\n")
    sys.stdout.buffer.flush()


def since(text: str | None, *, now: datetime) -> datetime | None:
    """`30d`, `6h` before now, or a date `2026-11-01`. Raises typer.BadParameter."""
    from watcher.settings import duration

    if text is None:
        return None
    try:
        return (
            datetime.fromisoformat(text).astimezone(UTC) if text[:4].isdigit() and "-" in text else now - duration(text)
        )
    except (ValueError, OverflowError):
        raise typer.BadParameter(f'"{text}" is no time. Write 30d, 6h or 2026-11-01') from None
