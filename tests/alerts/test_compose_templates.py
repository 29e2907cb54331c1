"""A user's own templates: in force where they are given, told of when they are faulty, never the loss of an alert."""

from __future__ import annotations

import email
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from email import policy

import pytest

from watcher.alerts.checking import check_templates
from watcher.alerts.compose import ChannelFace, compose_alert, compose_test
from watcher.alerts.rendering import FRAMES, NAMES, Templates
from watcher.model import Alert, ChannelKind

MakeAlert = Callable[..., Alert]


def bodies(body: bytes) -> tuple[str, str]:
    mail = email.message_from_bytes(body, policy=policy.SMTP)
    return tuple(part.get_content() for part in mail.iter_parts())


def test_the_shipped_templates_have_no_faults() -> None:
    assert check_templates({}, folder="templates") == ()


def test_own_templates_take_the_place_of_the_shipped(make_alert: MakeAlert, desk: ChannelFace, now: datetime) -> None:
    own = {
        "alert.txt.j2": "{{ alert.watch }}: {{ alert.headline|starred }}\n",
        "frame.html.j2": "<p>{% block content %}{% endblock %}</p><script>{{ subject }}</script>",
    }
    assert check_templates(own, folder="templates") == ()
    message = compose_alert(make_alert(title="Elon Musk <b>"), desk, now=now, templates=Templates(own))
    text, html = bodies(message.body)
    assert text == "Elon Musk: *Elon Musk* <b>\r\n"
    assert html.startswith("<p>")
    assert "<b>" not in html.partition("<script>")[2]  # what is theirs stays, what a page says is escaped


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("one\n{% if alert.url %}\n", 2, "endif"),
        ("one\ntwo {{ alert.nonsense }}\n", 2, 'there is no "nonsense" here. There are id, watch, headline'),
        ("{{ alert.headlines }}", 1, 'Did you mean "headline"?'),
        ("{% for one in alert.excerpts %}{{ one.text }}{% endfor %}", 1, "There are place and pieces"),
        ("{{ nothing }}", 1, "'nothing' is undefined"),
        ("\n\n  {{ alert.url|shout }}", 3, "shout"),
        ("{{ 1 / 0 }}", 1, "division by zero"),
        ("{{ alert.excerpts[7].pieces }}", 1, "has no element 7"),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("{% include 'elsewhere' %}", 1, 'there is no template "elsewhere"'),
        ("{{ alert.copies.append('x') }}", 1, "append"),
        ("\n{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", 2, "turns"),
        ("{{ 'x' * 9999999999 }}", 1, "larger"),
        ("\n{{ 9 ** 999999999 }}", 2, "larger"),
        ("{{ '%999999999s' % 1 }}", 1, "width"),
        ("{{ '%*s'|format(999999999, 1) }}", 1, "larger"),
        ("{{ '{:>999999999}'.format(1) }}", 1, "width"),
        ("{{ 'x'.ljust(999999999) }}", 1, "larger"),
        ("{{ 'x'|center(999999999) }}", 1, "larger"),
        ("{{ lipsum(99999) }}", 1, "larger"),
        ("{% set n = namespace(x='xy') %}\n{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}", 2, "longer"),
        ("{% set x %}{{ 'x' * 999999 }}{{ 'x' * 999999 }}{{ 'x' * 999999 }}{% endset %}", 1, "longer"),
        ("{% for i in range(99) %}{{ 'x' * 99999 }}{% endfor %}", 0, "characters"),
        ("\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", 2, "recursion"),
        ("{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}", 1, "recursive"),
        ("{% for i in [1] %}" * 30 + "{% endfor %}" * 30, 0, "nested"),
    ],
)
def test_a_fault_is_told_by_file_and_line_and_costs_no_alert(
    source: str, line: int, message: str, make_alert: MakeAlert, desk: ChannelFace, now: datetime
) -> None:
    own = {"alert.txt.j2": source}
    faults = check_templates(own, folder="config/templates")
    assert [(fault.file, fault.line) for fault in faults] == [("config/templates/alert.txt.j2", line)]
    assert message in faults[0].message
    text, _ = bodies(compose_alert(make_alert(), desk, now=now, templates=Templates(own)).body)
    assert text.startswith("https://www.ndtv.com/story-1")
    assert "Your own template alert.txt.j2" in " ".join(text.split())


def test_a_template_that_fails_says_so_once(make_alert: MakeAlert, desk: ChannelFace, now: datetime) -> None:
    templates, alert = Templates({"alert.txt.j2": "{{ 1 / 0 }}"}), make_alert()
    other = replace(alert, id="0" * 32)
    said = [
        "Your own template" in bodies(compose_alert(one, desk, now=now, templates=templates).body)[0]
        for one in (alert, alert, other)
    ]
    assert said == [True, True, False]  # the same message, composed again, has the same bytes


def test_a_file_that_no_message_uses_is_told() -> None:
    (fault,) = check_templates({"alerts.html.j2": ""}, folder="templates")
    assert fault.file == "templates/alerts.html.j2"
    assert all(name in fault.message for name in (*NAMES, *FRAMES))


def test_a_fault_in_a_part_is_told_there() -> None:
    own = {"parts.html.j2": "{% macro headline(a) %}\n{{ a.nope }}{% endmacro %}{% macro sentences(e) %}{% endmacro %}"}
    faults = check_templates(own, folder="templates")
    assert {(fault.file, fault.line) for fault in faults} == {("templates/parts.html.j2", 2)}


@pytest.mark.parametrize("kind", list(ChannelKind))
def test_a_test_message_says_so_and_is_another_one_each_time(
    kind: ChannelKind, desk: ChannelFace, now: datetime
) -> None:
    face = replace(desk, kind=kind)
    first, again = compose_test(face, now=now), compose_test(face, now=now.replace(second=30))
    assert first.id != again.id
    assert first.subject.startswith("[test] [Ada Example] Sample: ")
    shown = first.body.decode() if kind is not ChannelKind.EMAIL else "".join(bodies(first.body))
    assert "watcher.test" in shown if kind is ChannelKind.WEBHOOK else "This is a test" in shown
