"""Chat through the real Apprise to an HTTP server on loopback: what arrives, what is cut, and what never gets out."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from watcher.delivery import chat as chat_module
from watcher.delivery.chat import ChatChannel, cut, fit
from watcher.model import Answer, Message

SECRET = "s3cr3tt0ken"


def channel(url: str, timeout: float = 10.0) -> ChatChannel:
    return ChatChannel(name="chat", url=f"{url.replace('http:', 'json:')}/{SECRET}", timeout=timeout)


async def test_title_and_text_arrive(http_sink: Any, chat_message: Message, now: datetime) -> None:
    chat = channel(http_sink.url)
    outcome = await chat.send(chat_message, now)
    await chat.close()
    assert outcome.answer is Answer.DELIVERED
    given = json.loads(http_sink.requests[0].body)
    assert given["title"] == chat_message.subject
    assert given["message"] == chat_message.body.decode()


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, Answer.DELIVERED),
        (400, Answer.REJECTED),
        (403, Answer.REJECTED),
        (410, Answer.REJECTED),
        (429, Answer.DEFERRED),
        (503, Answer.DEFERRED),
    ],
)
async def test_the_status_behind_apprises_no_counts(
    status: int, answer: Answer, http_sink: Any, chat_message: Message, now: datetime
) -> None:
    http_sink.answer(status)
    chat = channel(http_sink.url)
    outcome = await chat.send(chat_message, now)
    await chat.close()
    assert outcome.answer is answer
    assert not outcome.switch_off
    assert status == 200 or str(status) in outcome.reason


async def test_a_redirect_is_not_followed(http_sink: Any, chat_message: Message, now: datetime) -> None:
    moved = f"HTTP/1.1 302 Found\r\nlocation: {http_sink.url}\r\ncontent-length: 0\r\n\r\n".encode()
    http_sink.answers = [moved, *http_sink.answers]
    chat = channel(http_sink.url)
    outcome = await chat.send(chat_message, now)
    await chat.close()
    assert (outcome.answer, len(http_sink.requests)) == (Answer.DEFERRED, 1)


async def test_no_more_of_an_answer_is_read_than_there_is_room_for(
    http_sink: Any, chat_message: Message, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_module, "ANSWER_READ", 1000)
    http_sink.answers = [b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n" + b"x" * 3000]  # and no more comes
    chat = channel(http_sink.url)
    outcome = await chat.send(chat_message, now)
    await chat.close()
    assert outcome.answer is Answer.DELIVERED


class Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def logged() -> Iterator[list[logging.LogRecord]]:
    """What reaches a program that listens to everything; caplog would listen where nothing is passed on as well."""
    listener, root = Listener(), logging.getLogger()
    level = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    yield listener.records
    root.removeHandler(listener)
    root.setLevel(level)


async def test_nothing_of_the_address_is_logged_or_told(
    http_sink: Any,
    chat_message: Message,
    now: datetime,
    logged: list[logging.LogRecord],
    capfd: pytest.CaptureFixture[str],
) -> None:
    http_sink.answer(404)
    chat = channel(http_sink.url)
    outcome = await chat.send(replace(chat_message, subject=f"They wrote {SECRET}"), now)
    await chat.close()
    with pytest.raises(ValueError, match="Apprise"):
        ChatChannel(name="chat", url=f"slack://{SECRET}")
    assert [record.getMessage() for record in logged if record.name.startswith(("apprise", "urllib3"))] == []
    assert SECRET not in outcome.reason + "".join(capfd.readouterr())


async def test_no_part_of_the_address_is_in_a_reason(chat_message: Message, now: datetime) -> None:
    """Apprise names the host that it could not reach, which for some services is a token."""
    outcome = await ChatChannel(name="chat", url=f"json://{SECRET}.localhost:1").send(chat_message, now)
    assert outcome.answer is Answer.DEFERRED
    assert "Connection error" in outcome.reason
    assert SECRET not in outcome.reason


async def test_a_service_that_hangs_is_tried_later(http_sink: Any, chat_message: Message, now: datetime) -> None:
    http_sink.answers = [b""]
    chat = channel(f"{http_sink.url}?rto=0.5&x=", timeout=0.2)
    outcome = await chat.send(chat_message, now)
    await chat.close()
    assert outcome.answer is Answer.DEFERRED


@pytest.mark.parametrize("url", ["", "nothing", "foo://bar", "https://", "slack://x"])
def test_refuses_an_address_that_apprise_does_not_know(url: str) -> None:
    with pytest.raises(ValueError, match="Apprise"):
        ChatChannel(name="chat", url=url)


TEXT = "The first sentence is here. The second one is longer, by far. A third (of them) ends it."


@pytest.mark.parametrize(
    ("text", "limit", "result"),
    [
        (TEXT, 200, TEXT),
        (TEXT, 88, TEXT),
        (TEXT, 87, "The first sentence is here. The second one is longer, by far. …"),
        (TEXT, 64, "The first sentence is here. The second one is longer, by far. …"),
        (TEXT, 62, "The first sentence is here. …"),
        ("He said “No.” Then he left the room for good.", 30, "He said “No.” …"),
        ("第一句话。第二句话很长很长很长。", 10, "第一句话。 …"),
        ("no sentence ends in here at all whatever happens", 20, "no sentence ends…"),
        ("x" * 50, 10, "xxxxxxxx…"),
        ("Version 2.5 of it is out. More follows now", 30, "Version 2.5 of it is out. …"),
    ],
)
def test_cuts_at_a_sentence(text: str, limit: int, result: str) -> None:
    assert cut(text, limit) == result
    assert len(cut(text, limit)) <= limit


@pytest.mark.parametrize(
    ("title_limit", "text_limit", "title_length", "most"),
    [(250, 2000, 10, 1900), (5, 2000, 4, 1900), (0, 2000, 10, 1889)],
)
def test_a_title_that_goes_into_the_text_takes_its_room(
    title_limit: int, text_limit: int, title_length: int, most: int
) -> None:
    title, text = fit("t" * 10, "word " * 1000, title_limit, text_limit)
    assert len(title) == title_length
    assert most - 10 < len(text) <= most
