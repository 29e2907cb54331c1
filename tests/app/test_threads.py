"""Mails about one story stand in one thread, under whatever watch they come: In-Reply-To is what went out first."""

from __future__ import annotations

import email
from collections.abc import AsyncIterator
from dataclasses import replace
from email import policy
from pathlib import Path

import pytest
from post import EMAIL, WEBHOOK, write_config
from storeworld import NOW, alerted, captured, entry, polled, story
from storeworld import alert as raise_alert

from watcher import outgoing
from watcher.app import compile_rules, read_config
from watcher.model import Answer, Capture, Delivery, Hold, Outcome, derive_id
from watcher.rules import Rules
from watcher.store import SqlStore


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await SqlStore.open(tmp_path / "watcher.db")
    yield opened
    await opened.close()


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    channels = {"desk": EMAIL.format(port=1), "boss": EMAIL.format(port=1), "hook": WEBHOOK.format(port=1)}
    return compile_rules(read_config(write_config(tmp_path / "config", **channels)))


def headers(delivery: Delivery) -> tuple[str | None, str | None, str]:
    mail = email.message_from_bytes(delivery.message.body, policy=policy.strict)
    return mail["In-Reply-To"], mail["References"], mail["Message-ID"]


async def test_a_story_under_two_watches_is_one_thread_on_each_channel(store: SqlStore, rules: Rules) -> None:
    _, alert, _ = await alerted(store)
    alert = replace(alert, thread=())
    alert = replace(alert, channels=("desk", "boss", "hook"))
    other = replace(alert, id=derive_id("alert", "another"), watch="Another")
    made, _ = await outgoing.address((alert, other), store=store, rules=rules, now=NOW)
    desk, boss, _, desk_too, boss_too, _ = made
    for first, second in ((desk, desk_too), (boss, boss_too)):
        assert headers(first)[:2] == (None, None)
        assert headers(second)[:2] == (headers(first)[2], headers(first)[2])


async def test_what_follows_later_under_another_watch_answers_the_first_mail_that_went_out(
    store: SqlStore, rules: Rules
) -> None:
    _, alert, _ = await alerted(store)
    alert = replace(alert, thread=())
    later = replace(alert, id=derive_id("alert", "later"), watch="Another", channels=("desk",))
    (before,), _ = await outgoing.address((later,), store=store, rules=rules, now=NOW)
    assert headers(before)[0] is None  # the first alert was not told over this channel
    (first,), _ = await outgoing.address((replace(alert, channels=("desk",)),), store=store, rules=rules, now=NOW)
    await store.put_delivery(first)
    (after,), _ = await outgoing.address((later,), store=store, rules=rules, now=NOW)
    assert headers(after)[0] == headers(first)[2]


async def test_what_follows_on_a_story_that_came_in_a_digest_answers_the_digest(store: SqlStore, rules: Rules) -> None:
    for key in ("guid-1", "guid-2"):
        one = entry(key, capture=Capture.PENDING)
        await polled(store, one)
        alert = raise_alert(story(one))
        waits = Hold(alert_id=alert.id, channel="boss", until=NOW, cause="quiet")
        await captured(store, one, alert.story, alerts=[alert], holds=[waits])
    later = replace(alert, id=derive_id("alert", "later"), thread=(alert.id,), channels=("boss",))
    (before,), _ = await outgoing.address((later,), store=store, rules=rules, now=NOW)
    assert headers(before)[:2] == (None, None)  # the first waits still: there is no mail to answer
    digest = await outgoing.release("boss", store=store, rules=rules, now=NOW)
    assert digest is not None
    (refused,) = digest.dead_letters(Outcome(answer=Answer.DELIVERED, refused=(("b@example.org", "550 no"),)), NOW)
    await store.put_delivery(refused)
    (after,), _ = await outgoing.address((later,), store=store, rules=rules, now=NOW)
    assert headers(after)[:2] == (headers(digest)[2], headers(digest)[2])
