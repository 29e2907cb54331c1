"""The demo is readable on a narrow terminal, on a wide one, and in a file."""

from __future__ import annotations

import io
from email import message_from_string, policy
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from watcher.demo.desk import Raised
from watcher.demo.screen import Screen, State
from watcher.demo.sinks import Call, Mail
from watcher.demo.verdict import Verdict

ALERT = Raised(
    id="1",
    watch="Dmitry Novikov",
    reason="follow-up",
    title="Дмитрий Новиков: Россия могла бы предоставить убежище, сообщает очень длинный заголовок этой новости",
    site="Вести реки",
    root="reka-news/novikov",
    hits=(("title", "Дмитрий Новиков"), ("body", "Новиков"), ("body", "Новиков")),
    path=Path("a.md"),
)
STATE = State(
    seconds=7.2, published=48, stories=51, polls=40, unchanged=22, failed=4, pages=30, alerts=20, expected=33, mails=19,
    calls=20,
)  # fmt: skip
MAIL = "From: w@example.org\nTo: d@example.org\nSubject: [Elon Musk] A headline\n\nThe text of the mail.\n"


def shown(width: int, folder: Path, *, terminal: bool) -> str:
    out = io.StringIO()
    screen = Screen(Console(file=out, width=width, force_terminal=terminal, highlight=False, color_system=None))
    screen.head(feeds=10, stories=51, expected=33, folder=Path("/tmp/w"))  # noqa: S108  only words
    with screen.running():
        screen.show(STATE)
        screen.alert(3.4, ALERT)
    screen.mail(Mail(message=message_from_string(MAIL, policy=policy.default), alert="1"))
    screen.hooks([Call(id="a", type="alert.raised", alert="1", problem=None)])
    screen.archive(folder)
    screen.verdict(Verdict(missing=("mail: SpaceX in orbit-post/lettuce-comes-home",)), expected=33, seconds=11)
    screen.kept(Path("/tmp/w/config"), page="http://127.0.0.1:8642", paper="http://127.0.0.1:1")  # noqa: S108
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_place_for_it(width: int, tmp_path: Path) -> None:
    lines = shown(width, tmp_path, terminal=False).splitlines()
    assert max(cell_len(line) for line in lines) <= width
    assert len(lines) > 20


def test_without_a_terminal_there_are_no_control_characters(tmp_path: Path) -> None:
    text = shown(80, tmp_path, terminal=False)
    assert "\x1b" not in text
    assert "\r" not in text
    assert "running" not in text  # the panel is only for a terminal


def test_on_a_terminal_the_state_is_shown_while_it_runs(tmp_path: Path) -> None:
    assert "48 of 51 stories published" in shown(80, tmp_path, terminal=True)


def test_an_alert_says_why(tmp_path: Path) -> None:
    text = " ".join(shown(120, tmp_path, terminal=False).split())
    assert "Dmitry Novikov headline, text ×2; a follow-up" in text


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert "mail: SpaceX in orbit-post/lettuce-comes-home" in shown(120, tmp_path, terminal=False)


def test_a_mail_is_broken_into_lines_for_the_width_of_the_screen() -> None:
    first = "  A sentence of a mail that was broken into lines of seventy-two columns as"
    sentence = f"{first}\n  mails are, so that it is read anywhere."
    message = message_from_string(f"Subject: s\n\nWhy: short.\n\n{sentence}\n\n--\nWatch: w\n", policy=policy.default)
    out = io.StringIO()
    Screen(Console(file=out, width=60)).mail(Mail(message=message, alert="1"))
    lines = [line.strip("│ \n") for line in out.getvalue().splitlines()]
    assert "A sentence of a mail that was broken into lines of" in lines
    assert "seventy-two columns as mails are, so that it is read" in lines
    assert lines[lines.index("--") + 1] == "Watch: w"


def test_of_many_files_a_few_are_shown(tmp_path: Path) -> None:
    (tmp_path / "stories").mkdir()
    for number in range(9):
        (tmp_path / "stories" / f"{number}.md").touch()
    text = shown(80, tmp_path, terminal=False)
    assert "0.md" in text
    assert "8.md" not in text
    assert "and 6 more" in text
