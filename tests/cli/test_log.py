"""A line of the log: one an event, flat, and nothing of a feed in it that a terminal or a journal would obey."""

from __future__ import annotations

import json
import re

import pytest
from loguru import logger

from watcher.cli.log import set_up_log

WICKED = "Breaking\x1b[2J\n2026-01-01 CRITICAL forged\u202eline"


@pytest.mark.parametrize("as_json", [True, False])
def test_a_line_an_event(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    set_up_log(verbose=False, as_json=as_json)
    logger.debug("too much")
    logger.info("alert raised", watch="Elon Musk", title=WICKED, number=3, nothing=None)
    (line,) = capsys.readouterr().err.splitlines()
    if as_json:
        told = json.loads(line)
        moment = told.pop("time")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", moment)
        title = "Breaking[2J 2026-01-01 CRITICAL forgedline"
        assert told == {"level": "info", "event": "alert raised", "watch": "Elon Musk", "title": title, "number": 3}
    else:
        words = 'INFO    alert raised watch="Elon Musk" title="Breaking[2J 2026-01-01 CRITICAL forgedline" number=3'
        assert line.endswith(words)


def test_a_fault_is_one_line_without_the_values_of_variables(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_log(verbose=False, as_json=True)
    password = "hunter2"
    try:
        int("x" * len(password))
    except ValueError as error:
        logger.opt(exception=error).error("a step failed")
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert told["error"].startswith("ValueError: invalid literal")
    assert "test_log.py:" in told["at"]
    assert password not in line
