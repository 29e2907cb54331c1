"""Messages for webhook and chat, and digests for every channel."""

from __future__ import annotations

import email
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email import policy
from typing import Any

import pytest

from watcher.alerts.compose import Cause, ChannelFace, compose_alert, compose_digest, compose_notice
from watcher.alerts.data import alert_data
from watcher.model import Alert, ChannelKind, Message, MessageType, NoAlert, Problem, Relation, Tally

MakeAlert = Callable[..., Alert]


@pytest.fixture
def hook(desk: ChannelFace) -> ChannelFace:
    return replace(desk, name="hook", kind=ChannelKind.WEBHOOK)


@pytest.fixture
def chat(desk: ChannelFace) -> ChannelFace:
    return replace(desk, name="chat", kind=ChannelKind.CHAT)


def part(message: Message, kind: str) -> str:
    found = email.message_from_bytes(message.body, policy=policy.SMTP).get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def plain(message: Message) -> str:
    return part(message, "plain")


def html(message: Message) -> str:
    return part(message, "html")


# -------------------------------------------------------------------------------------------------------------- webhook


def test_a_webhook_tells_what_the_file_of_the_alert_tells_and_the_lede(
    make_alert: MakeAlert, hook: ChannelFace, now: datetime
) -> None:
    alert = make_alert(lede="So it begins.", copies=["BBC"], thread=["a1"], problem=Problem.PAYWALL)
    message = compose_alert(alert, hook, now=now)
    body = json.loads(message.body)
    assert (body["type"], body["timestamp"]) == ("alert.raised", "2026-11-23T20:03:29Z")
    data = body["data"]
    assert data == alert_data(alert)
    assert (data["lede"], data["complete"], data["problem"]) == ("So it begins.", False, "paywall")
    assert message.recipients == ()


@pytest.mark.parametrize("title", ["\ud800", "\x00\x1b", "</script>", "Илон Маск", '"\\'])
def test_any_title_is_json_and_utf_8(title: str, make_alert: MakeAlert, hook: ChannelFace, now: datetime) -> None:
    body = compose_alert(make_alert(title=title), hook, now=now).body
    assert json.loads(body.decode())["data"]["story"]["title"] == title.replace("\ud800", "?")


# ----------------------------------------------------------------------------------------------------------------- chat


def test_a_chat_message_has_the_link_first_and_says_why(
    make_alert: MakeAlert, chat: ChannelFace, now: datetime
) -> None:
    message = compose_alert(make_alert(copies=["BBC"], relation=Relation.FOLLOW_UP, thread=["earlier"]), chat, now=now)
    assert message.subject.startswith("[Elon Musk] Taking swipe at US")
    assert (
        message.body.decode()
        == """\
https://www.ndtv.com/story-1

Russian lawmaker Dmitry Novikov has suggested that *Musk* could seek political asylum in Russia.

Why: “Elon Musk” is in the headline and once in the text.
This goes on from a story that you were told of before (alike).
Also at BBC."""
    )


# --------------------------------------------------------------------------------------------------------------- digest


@pytest.fixture
def several(make_alert: MakeAlert) -> list[Alert]:
    """Two watches; a story with its follow-up, one that both watches found, one that is incomplete."""
    return [
        make_alert(1, title="Asylum offered", minutes=0),
        make_alert(2, title="Peskov declines", minutes=10, group=1, relation=Relation.FOLLOW_UP),
        make_alert(3, title="Rocket starts", minutes=5, copies=["BBC"]),
        make_alert(3, title="Rocket starts", watch="SpaceX", minutes=5),
        make_alert(4, title="Budget passes", watch="State Duma", minutes=20, hits=[], problem=Problem.UNREACHABLE),
    ]


def test_a_digest_is_by_watch_then_story_newest_first_with_counts(
    several: list[Alert], desk: ChannelFace, now: datetime
) -> None:
    message = compose_digest(several, desk, now=now, cause=Cause.QUIET)
    assert message.type is MessageType.DIGEST
    assert message.subject == "[watcher] 3 stories: State Duma 1, Elon Musk 2, SpaceX 1"
    text = plain(message)
    assert text.startswith("What came during your quiet hours. 3 stories: State Duma 1, Elon Musk 2,\nSpaceX 1.\n\n")
    outline = [
        "\n== State Duma: 1 story\n",
        "\nBudget passes\n",
        "\n== Elon Musk: 2 stories\n",
        "\nPeskov declines\n",
        "\n  before: Asylum offered - NDTV\n",
        "\nRocket starts\n",
        "\nAlso at BBC.\n",
        "\n== SpaceX: 1 story\n",
    ]
    assert [text.count(line) for line in outline] == [1, 1, 1, 1, 1, 2, 1, 1]
    assert sorted(outline, key=text.index) == outline
    for title in ("Budget passes", "Peskov declines", "Asylum offered", "Rocket starts"):
        assert title in html(message)
    mail = email.message_from_bytes(message.body, policy=policy.SMTP)
    assert mail["List-Id"] == "Digests of watcher <digest.watcher.example.org>"
    assert set(mail["X-Watcher-Alert"].split(", ")) == {alert.id for alert in several}
    assert mail["X-Watcher-Watch"] == "State Duma, Elon Musk, SpaceX"


def test_a_digest_says_what_became_of_all_that_matched(
    several: list[Alert], desk: ChannelFace, hook: ChannelFace, chat: ChannelFace, now: datetime
) -> None:
    outcomes = {"alerted": 5, NoAlert.COPY: 2, NoAlert.FOLLOW_UP_HELD: 1, NoAlert.REVISION: 1}
    tally = Tally(since=now - timedelta(days=1), outcomes=outcomes)
    told = "9 matches, of them 5 alerted, 2 copies, 1 follow-up held for the next message, 1 revision."
    assert told in " ".join(plain(compose_digest(several, desk, now=now, tally=tally)).split())
    assert told in html(compose_digest(several, desk, now=now, tally=tally))
    assert told in compose_digest(several, chat, now=now, tally=tally).body.decode()
    data = json.loads(compose_digest(several, hook, now=now, tally=tally).body)["data"]["matched"]
    assert (data["total"], data["outcomes"]) == (9, outcomes)


def test_the_same_alerts_in_any_order_are_the_same_digest(
    several: list[Alert], desk: ChannelFace, now: datetime
) -> None:
    for face in (desk, replace(desk, kind=ChannelKind.WEBHOOK), replace(desk, kind=ChannelKind.CHAT)):
        assert compose_digest(several, face, now=now) == compose_digest(several[::-1], face, now=now)
    assert compose_digest(several[1:], desk, now=now).id != compose_digest(several, desk, now=now).id


def test_a_digest_over_a_webhook_holds_every_alert(several: list[Alert], hook: ChannelFace, now: datetime) -> None:
    body = json.loads(compose_digest(several, hook, now=now, cause=Cause.LIMIT).body)
    assert body["type"] == "alert.digest"
    assert body["data"]["cause"] == "limit"
    assert body["data"]["watches"] == {"State Duma": 1, "Elon Musk": 2, "SpaceX": 1}
    assert {alert["id"] for alert in body["data"]["alerts"]} == {alert.id for alert in several}


def test_a_digest_over_chat_is_a_list(several: list[Alert], chat: ChannelFace, now: datetime) -> None:
    text = compose_digest(several, chat, now=now).body.decode()
    assert "Elon Musk (2)\n- Peskov declines - NDTV\n  https://www.ndtv.com/story-2\n  before: Asylum offered" in text


def test_a_digest_of_a_thousand_stories_names_them_all_and_stays_small(
    make_alert: MakeAlert, desk: ChannelFace, now: datetime
) -> None:
    alerts = [make_alert(number, title=f"Story {number}.") for number in range(1000)]
    alerts = [replace(alert, watch=f"Наблюдение {number % 300}") for number, alert in enumerate(alerts)]
    message = compose_digest(alerts, desk, now=now)
    text, page = plain(message), html(message)
    assert all(f"Story {number}." in text and f"Story {number}." in page for number in range(1000))
    assert len(message.body) < 1_000_000
    assert message.body.index(b"\r\n\r\n") < 32_000  # of headers
    assert max(map(len, message.body.split(b"\r\n"))) < 998


def test_a_digest_of_nothing_is_refused(desk: ChannelFace, now: datetime) -> None:
    with pytest.raises(ValueError, match="no alerts"):
        compose_digest([], desk, now=now)


# --------------------------------------------------------------------------------------------------------------- notice


def test_a_notice_over_webhook_and_chat(hook: ChannelFace, chat: ChannelFace, now: datetime) -> None:
    given: dict[str, Any] = {"key": "feed:bbc", "now": now}
    data = json.loads(compose_notice("BBC is silent", "One.\n\nTwo.", hook, **given).body)
    assert data["type"] == "notice.raised"
    assert data["data"] == {"key": "feed:bbc", "subject": "BBC is silent", "text": "One.\n\nTwo."}
    assert compose_notice("BBC is silent", "One.\n\nTwo.", chat, **given).body == b"One.\n\nTwo."
