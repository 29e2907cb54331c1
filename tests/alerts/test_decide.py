"""When a match raises an alert, and the named reason when it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watcher.alerts.decide import AlertPolicy, alert_id, decide
from watcher.model import Alert, Extraction, Grouping, Hit, Match, NoAlert, PastAlert, Relation, Silenced, Story
from watcher.model import Field as Place

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def story(relation: Relation) -> Story:
    return Story(
        id="s2",
        entry_id="e2",
        feed="Wire",
        fetched=NOW,
        extraction=Extraction(url="https://example.org/2", title="Musk in Moscow"),
        grouping=Grouping(group="s1", relation=relation, of="s1", similarity=0.9, reason="alike"),
        path="stories/x.md",
    )


def told(story_id: str = "s1", *, reason: Relation = Relation.FIRST, ago: timedelta = HOUR) -> PastAlert:
    return PastAlert(id=f"alert of {story_id}", story_id=story_id, reason=reason, raised=NOW - ago)


def decision(
    relation: Relation, past: tuple[PastAlert, ...], policy: AlertPolicy, *, alertable: bool = True
) -> Alert | Silenced:
    hit = Hit(field=Place.TITLE, term="Musk", text="Musk", start=0, end=4, excerpt="Musk in Moscow")
    return decide(
        match=Match(watch="Elon Musk", hits=(hit,)),
        story=story(relation),
        alertable=alertable,
        past=past,
        channels=("desk",),
        policy=policy,
        path="alerts/x.md",
        now=NOW,
    )


DEFAULT = AlertPolicy()
ALL = AlertPolicy(revisions=True, fold_copies=False)


@pytest.mark.parametrize(
    ("situation", "relation", "past", "policy", "expected"),
    [
        ("a story of its own", Relation.FIRST, (), DEFAULT, Relation.FIRST),
        ("a copy of what was told", Relation.COPY, (told(),), DEFAULT, NoAlert.COPY),
        ("a copy, and copies are wanted", Relation.COPY, (told(),), ALL, Relation.COPY),
        ("a copy of what this watch was not told of", Relation.COPY, (), DEFAULT, Relation.FIRST),
        ("a rewritten story that was told", Relation.REVISION, (told(),), DEFAULT, NoAlert.REVISION),
        ("a rewritten story, and revisions are wanted", Relation.REVISION, (told(),), ALL, Relation.REVISION),
        ("rewritten so that the watch is in it only now", Relation.REVISION, (), DEFAULT, Relation.FIRST),
        ("the first follow-up", Relation.FOLLOW_UP, (told(),), DEFAULT, Relation.FOLLOW_UP),
        (
            "the very article, judged again once its page could be had",
            Relation.FIRST,
            (told("s2"),),
            ALL,
            NoAlert.ALREADY,
        ),
    ],
)
def test_decisions(
    situation: str, relation: Relation, past: tuple[PastAlert, ...], policy: AlertPolicy, expected: object
) -> None:
    assert decision(relation, past, policy).reason == expected, situation


def held(story_id: str, *, ago: timedelta, until: datetime) -> PastAlert:
    return replace(told(story_id, reason=Relation.FOLLOW_UP, ago=ago), held_until=until)


@pytest.mark.parametrize(
    ("situation", "past", "until"),
    [
        ("the first follow-up", (told(),), None),
        ("another an hour later", (told(), told("s3", reason=Relation.FOLLOW_UP)), NOW + 5 * HOUR),
        ("a follow-up after six hours", (told(), told("s3", reason=Relation.FOLLOW_UP, ago=6 * HOUR)), None),
        (
            "a third: it waits together with the second",
            (told("s3", reason=Relation.FOLLOW_UP, ago=2 * HOUR), held("s4", ago=HOUR, until=NOW + 4 * HOUR)),
            NOW + 4 * HOUR,
        ),
        (
            "an hour after those that waited were told",
            (told("s3", reason=Relation.FOLLOW_UP, ago=7 * HOUR), held("s4", ago=6 * HOUR, until=NOW - HOUR)),
            NOW + 5 * HOUR,
        ),
    ],
)
def test_follow_ups_come_in_one(situation: str, past: tuple[PastAlert, ...], until: datetime | None) -> None:
    found = decision(Relation.FOLLOW_UP, past, DEFAULT)
    assert isinstance(found, Alert)
    assert found.held_until == until, situation


def test_nobody_waits_for_a_follow_up_that_may_be_none() -> None:
    doubtful = replace(story(Relation.FOLLOW_UP), grouping=replace(story(Relation.FOLLOW_UP).grouping, sure=False))
    found = decide(
        match=Match(watch="Elon Musk", hits=()),
        story=doubtful,
        alertable=True,
        past=(told("s3", reason=Relation.FOLLOW_UP),),
        channels=(),
        policy=DEFAULT,
        path="",
        now=NOW,
    )
    assert isinstance(found, Alert)
    assert found.held_until is None


def test_what_stood_in_a_new_feed_raises_nothing() -> None:
    found = decision(Relation.FIRST, (), ALL, alertable=False)
    assert found.reason is NoAlert.BASELINE


def test_an_alert_names_those_before_it_oldest_first() -> None:
    found = decision(Relation.FOLLOW_UP, (told("s9", ago=HOUR), told("s1", ago=9 * HOUR)), DEFAULT)
    assert isinstance(found, Alert)
    assert found.thread == ("alert of s1", "alert of s9")
    assert found.id == alert_id("Elon Musk", "s2")
    assert found.channels == ("desk",)
