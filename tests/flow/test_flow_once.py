"""`watcher run --once --all` against fifty papers with faults: each named entry alerts once a channel, no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from papers import EVERY_MODE, READABLE, Installation, Mode, World, make_papers, running


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The world after the first run, and what the run said of itself."""

    world: World
    home: Installation
    said: dict[str, Any]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Done]:
    with running(make_papers(2025, EVERY_MODE)) as world:
        home = Installation(tmp_path_factory.mktemp("flow"), world)
        said = home.ask("run", "--once", "--all")
        yield Done(world=world, home=home, said=said)


def test_every_named_entry_has_one_alert_and_no_other_has_any(done: Done) -> None:
    raised = Counter((alert["watch"], alert["story"]["url"]) for alert in done.home.alert_files())
    assert len(done.world.truth) > 100
    assert raised == Counter(done.world.truth)


def test_files_webhooks_mails_and_command_tell_the_same_alerts(done: Done) -> None:
    files = {alert["id"]: (alert["watch"], alert["story"]["url"]) for alert in done.home.alert_files()}
    hooks = [(call.data["id"], (call.data["watch"], call.data["story"]["url"])) for call in done.world.calls]
    mails = [(mail["X-Watcher-Alert"], mail["X-Watcher-Watch"]) for mail in done.world.messages()]
    listed = [(one["id"], (one["watch"], one["story"]["url"])) for one in done.home.ask("alerts", "--limit", "1000")]
    assert sorted(hooks) == sorted(files.items())
    assert sorted(mails) == sorted((id_, watch) for id_, (watch, _) in files.items())
    assert sorted(listed) == sorted(files.items())


def test_every_mail_and_call_has_an_id_of_its_own(done: Done) -> None:
    expected = len(done.world.truth)
    assert len({call.id for call in done.world.calls}) == expected
    assert len({mail["Message-ID"] for mail in done.world.messages()}) == expected


def test_summary_counts_what_happened(done: Done) -> None:
    bad = sum(mode not in READABLE for _, mode in done.world.papers)
    expected = len(done.world.truth)
    said = done.said
    assert said["polls"] == {"due": 50, "changed": 50 - bad, "unchanged": 0, "failed": bad}
    assert said["entries"] == {"new": 300, "seen": 0}
    assert said["alerts"] == expected
    assert said["deliveries"] == {"delivered": 2 * expected, "deferred": 0, "dead": 0}


def test_no_mail_holds_a_fault_that_a_parser_finds(done: Done) -> None:
    assert [mail["Subject"] for mail in done.world.messages() if mail.defects] == []


def test_each_bad_feed_is_told_with_its_reason(done: Done) -> None:
    problems = {feed["name"]: feed["problem"] for feed in done.home.ask("feeds", "list")}
    for outlet, mode in done.world.papers:
        if mode in READABLE and mode is not Mode.MALFORMED:
            assert not problems[outlet.name], (mode, problems[outlet.name])
        elif mode not in READABLE:
            assert problems[outlet.name], mode


def test_a_second_run_is_answered_304_and_raises_nothing(done: Done) -> None:
    before = (len(done.world.calls), len(done.world.mails), len(done.home.alert_files()))
    done.world.polls.clear()
    said = done.home.ask("run", "--once", "--all")
    assert said["alerts"] == 0
    assert said["entries"]["new"] == 0
    assert (len(done.world.calls), len(done.world.mails), len(done.home.alert_files())) == before
    answered = {outlet: status for outlet, status in done.world.polls if status != 302}
    good = {outlet.slug for outlet, mode in done.world.papers if mode in READABLE}
    assert {answered[paper] for paper in good} == {304}
