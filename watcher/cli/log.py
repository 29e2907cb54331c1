"""What the log is told -> lines on standard error: one an event, its fields after it; for a journal, or as flat JSON.

A line never holds a line break, an escape or the value of a variable: what a feed says is cleaned, a fault is told by
its type, its words and the places that it came through.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watcher.cli.say import plain

if TYPE_CHECKING:
    from loguru import Message

_BARE = re.compile(r"[^\s\"=]+")  # a value that needs no quotes
PLACES = 6  # of a fault, the innermost first: where it was raised, and how the daemon came there


def set_up_log(*, verbose: bool, as_json: bool = False) -> None:
    """as_json: one flat object a line: time, level, event, and the event's own fields."""
    from loguru import logger

    # Standard error is asked for at each line: a moving bar takes it over, and lets the lines pass above itself.
    def write(message: Message) -> None:
        record = message.record
        print(json_line(record) if as_json else text_line(record), file=sys.stderr)

    logger.remove()
    logger.add(write, level="DEBUG" if verbose else "INFO", diagnose=False, backtrace=False)
    logging.basicConfig(handlers=[_Libraries()], level=logging.WARNING, force=True)


def text_line(record: Any) -> str:
    """`2026-11-23 09:12:00Z INFO    alert raised watch="Elon Musk" reason=first`."""
    moment = record["time"].astimezone(UTC)
    fields = "".join(f" {name}={_quoted(value)}" for name, value in _fields(record).items())
    return f"{moment:%Y-%m-%d %H:%M:%S}Z {record['level'].name: <7} {plain(record['message'])}{fields}"


def json_line(record: Any) -> str:
    """`{"time": "…Z", "level": "info", "event": "alert raised", "watch": "Elon Musk", "reason": "first"}`."""
    moment = record["time"].astimezone(UTC)
    head = {
        "time": f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z",
        "level": record["level"].name.lower(),
        "event": plain(record["message"]),
    }
    return json.dumps(head | _fields(record), ensure_ascii=True)


def _fields(record: Any) -> dict[str, str | int | float | bool]:
    found = {
        name: value if isinstance(value, (bool, int, float)) else plain(str(value))
        for name, value in record["extra"].items()
        if value is not None
    }
    fault = record["exception"]
    if fault is not None and fault.value is not None:
        found["error"] = plain(f"{type(fault.value).__name__}: {fault.value}")
        found["at"] = _places(fault.value)
    return found


def _places(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-PLACES:]
    return " < ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in reversed(frames))


def _quoted(value: object) -> str:
    text = str(value)
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


class _Libraries(logging.Handler):
    """What libraries warn of, as lines of this log; never their tracebacks' variables."""

    def emit(self, record: logging.LogRecord) -> None:
        from loguru import logger

        told = logger.opt(exception=record.exc_info)
        told.log("ERROR" if record.levelno >= logging.ERROR else "WARNING", "{}", record.getMessage(), by=record.name)
