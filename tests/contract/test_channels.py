"""What every channel promises: one table of what the other side does and what comes of it; the life of a delivery."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx
import pytest

from watcher.alerts.compose import ChannelFace, compose_test
from watcher.delivery.chat import ChatChannel
from watcher.delivery.email import EmailChannel
from watcher.delivery.webhook import WebhookChannel
from watcher.model import (
    GIVE_UP_AFTER,
    RETRY_AFTER,
    Answer,
    ChannelKind,
    Delivery,
    DeliveryState,
    Message,
    Outcome,
)
from watcher.ports import Channel

NOW = datetime(2026, 11, 23, 20, 3, 29, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TIMEOUT = 0.3  # seconds that the channels of these tests wait for an answer


@dataclass
class Sink:
    """The other side: answers each message by the next of `script` (the last for ever) and keeps what it took.

    A number is a status or reply code; "hang" never answers, "wait" answers well when it may, "cut" hangs up,
    "nonsense" speaks another protocol.
    """

    port: int = 0
    script: list[int | str] = field(default_factory=lambda: [200])
    taken: list[bytes] = field(default_factory=list)  # what makes a message that message: webhook-id, title, Message-ID
    tries: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)  # what the answer "wait", which is good, waits for

    async def answer(self) -> int | str:
        said = self.next()
        self.asked.set()
        if said == "hang":
            await asyncio.Event().wait()
        if said == "wait":
            await self.go_on.wait()
            return 200
        return said

    def next(self) -> int | str:
        self.tries += 1
        return self.script[0] if len(self.script) == 1 else self.script.pop(0)


async def speak_http(sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if head.startswith(b"HEAD"):
        writer.write(b"HTTP/1.1 405 Only POST\r\nconnection: close\r\n\r\n")
        return
    length = next(
        int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    body = await reader.readexactly(length)
    said = await sink.answer()
    if said == "nonsense":
        writer.write(b"220 mail.example ESMTP\r\n")
    if not isinstance(said, int):
        return
    if 200 <= said < 300:
        sink.taken.append(body)
    writer.write(b"HTTP/1.1 %d Said\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % said)


async def speak_smtp(sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example ESMTP\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb != b"DATA":
            writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n")
            continue
        writer.write(b"354 go on\r\n")
        content = await reader.readuntil(b"\r\n.\r\n")
        said = await sink.answer()
        if said == "nonsense":
            writer.write(b"HTTP/1.1 200 OK\r\n")
        if not isinstance(said, int):
            return
        if said == 200:
            sink.taken.append(content)
        writer.write(b"%d said\r\n" % (250 if said == 200 else said))


@asynccontextmanager
async def serve(kind: ChannelKind) -> AsyncIterator[Sink]:
    sink = Sink()
    speak = speak_smtp if kind is ChannelKind.EMAIL else speak_http

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await speak(sink, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()


def make_channel(kind: ChannelKind, port: int, *, timeout: float = TIMEOUT) -> Channel:
    if kind is ChannelKind.EMAIL:
        return EmailChannel(name="c", host="127.0.0.1", port=port, tls="none", timeout=timeout, local_hostname="x")
    if kind is ChannelKind.WEBHOOK:
        client = httpx.AsyncClient(trust_env=False)
        url = f"http://127.0.0.1:{port}/"
        return WebhookChannel(name="c", url=url, secrets=[SECRET], client=client, timeout=timeout)
    return ChatChannel(name="c", url=f"json://127.0.0.1:{port}/?rto={timeout}", timeout=max(5.0, timeout))


def make_message(kind: ChannelKind, number: int = 0) -> Message:
    face = ChannelFace(name="c", kind=kind, sender="w@example.org", recipients=("a@example.org", "b@example.org"))
    return compose_test(face, now=NOW + timedelta(minutes=number))


async def outcome_of(kind: ChannelKind, script: Sequence[int | str]) -> Outcome:
    async with serve(kind) as sink:
        sink.script = list(script)
        channel = make_channel(kind, sink.port)
        outcome = await channel.send(make_message(kind), NOW)
        await channel.close()
        assert sink.tries == 1  # whatever came, one try is one try
        return outcome


HTTP = (ChannelKind.WEBHOOK, ChannelKind.CHAT)
EVERY = tuple(ChannelKind)
ANSWERS: list[tuple[Sequence[ChannelKind], int | str, Answer]] = [
    (EVERY, 200, Answer.DELIVERED),
    (HTTP, 201, Answer.DELIVERED),
    (HTTP, 202, Answer.DELIVERED),
    (HTTP, 204, Answer.DELIVERED),
    (HTTP, 302, Answer.DEFERRED),
    (HTTP, 400, Answer.REJECTED),
    (HTTP, 401, Answer.REJECTED),
    (HTTP, 403, Answer.REJECTED),
    (HTTP, 404, Answer.REJECTED),
    (HTTP, 408, Answer.DEFERRED),
    (HTTP, 410, Answer.REJECTED),
    (HTTP, 422, Answer.REJECTED),
    (HTTP, 425, Answer.DEFERRED),
    (HTTP, 429, Answer.DEFERRED),
    (HTTP, 500, Answer.DEFERRED),
    (HTTP, 502, Answer.DEFERRED),
    (HTTP, 503, Answer.DEFERRED),
    ((ChannelKind.EMAIL,), 421, Answer.DEFERRED),
    ((ChannelKind.EMAIL,), 451, Answer.DEFERRED),
    ((ChannelKind.EMAIL,), 452, Answer.DEFERRED),
    ((ChannelKind.EMAIL,), 550, Answer.REJECTED),
    ((ChannelKind.EMAIL,), 554, Answer.REJECTED),
    (EVERY, "cut", Answer.DEFERRED),
    (EVERY, "hang", Answer.DEFERRED),
    (EVERY, "nonsense", Answer.DEFERRED),
]


@pytest.mark.parametrize(
    ("kind", "said", "answer"), [(kind, said, answer) for kinds, said, answer in ANSWERS for kind in kinds]
)
async def test_the_table_of_answers(kind: ChannelKind, said: int | str, answer: Answer) -> None:
    outcome = await outcome_of(kind, [said])
    assert outcome.answer is answer
    told = outcome.reason + "".join(reason for _, reason in outcome.refused)
    assert bool(told) or answer is Answer.DELIVERED
    assert outcome.down == (answer is Answer.DEFERRED)
    assert outcome.switch_off == (said == 410 and kind is ChannelKind.WEBHOOK)


@pytest.mark.parametrize("kind", EVERY)
async def test_nobody_there_is_later(kind: ChannelKind) -> None:
    async with serve(kind) as sink:
        port = sink.port
    channel = make_channel(kind, port)
    outcome = await channel.send(make_message(kind), NOW)
    await channel.close()
    assert outcome.answer is Answer.DEFERRED
    assert outcome.reason


@pytest.mark.parametrize("kind", EVERY)
async def test_a_channel_that_was_down_delivers_again_without_being_made_anew(kind: ChannelKind) -> None:
    async with serve(kind) as sink:
        sink.script = ["cut", "hang", 200]
        channel = make_channel(kind, sink.port)
        answers = [(await channel.send(make_message(kind), NOW)).answer for _ in range(3)]
        await channel.close()
    assert answers == [Answer.DEFERRED, Answer.DEFERRED, Answer.DELIVERED]
    assert len(sink.taken) == 1


@pytest.mark.parametrize("kind", EVERY)
async def test_a_channel_that_is_closed_while_it_sends_ends_that_first(kind: ChannelKind) -> None:
    """As when its settings are read anew: what the other side has taken is not sent again."""
    async with serve(kind) as sink:
        sink.script, sink.go_on = ["wait"], asyncio.Event()
        channel = make_channel(kind, sink.port, timeout=20.0)
        sending = asyncio.create_task(channel.send(make_message(kind), NOW))
        await sink.asked.wait()
        closing = asyncio.create_task(channel.close())
        await asyncio.sleep(0)
        sink.go_on.set()
        await closing
        assert (await sending).answer is Answer.DELIVERED
    assert len(sink.taken) == 1


@pytest.mark.parametrize("kind", EVERY)
async def test_a_greeting_sends_nothing_and_does_not_stand_in_the_way(kind: ChannelKind) -> None:
    async with serve(kind) as sink:
        channel = make_channel(kind, sink.port)
        assert await channel.greet() is None
        assert sink.taken == []
        assert (await channel.send(make_message(kind), NOW)).answer is Answer.DELIVERED
    assert len(sink.taken) == 1
    await channel.close()


@pytest.mark.parametrize("kind", [ChannelKind.EMAIL, ChannelKind.WEBHOOK])
async def test_a_greeting_tells_that_nobody_is_there(kind: ChannelKind) -> None:
    async with serve(kind) as sink:
        port = sink.port
    channel = make_channel(kind, port)
    assert await channel.greet()
    await channel.close()


@pytest.mark.parametrize("kind", EVERY)
async def test_a_secret_is_in_no_reason(kind: ChannelKind) -> None:
    for said in (500, 404, "cut", "nonsense"):
        if isinstance(said, int) and kind is ChannelKind.EMAIL:
            continue
        assert SECRET not in (await outcome_of(kind, [said])).reason


# ------------------------------------------------------------------------------------------------- a life of a delivery


def temporary(kind: ChannelKind) -> int:
    return 451 if kind is ChannelKind.EMAIL else 503


async def live(
    channel: Channel, message: Message, *, jitter: float = 0.0, until: Callable[[Delivery], bool]
) -> tuple[Delivery, list[float]]:
    """The delivery when `until` says so, and the seconds after the start at which it was tried; no time passes."""
    delivery = Delivery(message=message, created=NOW, due_at=NOW)
    tried = []
    while not until(delivery):
        now = delivery.due_at
        tried.append((now - NOW).total_seconds())
        delivery = delivery.after(await channel.send(delivery.message, now), now, jitter)
    return delivery, tried


@pytest.mark.parametrize("kind", EVERY)
async def test_a_server_that_is_down_for_three_days_gets_the_same_message_in_the_end(kind: ChannelKind) -> None:
    def due(delivery: Delivery) -> bool:
        return delivery.state is not DeliveryState.PENDING or delivery.due_at - NOW > timedelta(days=3)

    async with serve(kind) as sink:
        sink.script = [temporary(kind)]
        channel = make_channel(kind, sink.port)
        message = make_message(kind)
        waiting, tried = await live(channel, message, until=due)
        assert waiting.state is DeliveryState.PENDING
        assert tried == [0.0, 5.0, 305.0, 2105.0, 9305.0, 27305.0, 63305.0, 113705.0, 185705.0]
        sink.script = [200]
        outcome = await channel.send(waiting.message, waiting.due_at)
        await channel.close()
    assert waiting.after(outcome, waiting.due_at, 0.0).state is DeliveryState.DELIVERED
    assert waiting.message.body == message.body
    assert waiting.message.id == message.id
    assert len(sink.taken) == 1


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("jitter", [0.0, 1.0])
async def test_what_never_arrives_is_dead_after_five_days_and_can_be_retried(kind: ChannelKind, jitter: float) -> None:
    async with serve(kind) as sink:
        sink.script = [temporary(kind)]
        channel = make_channel(kind, sink.port)

        def over(delivery: Delivery) -> bool:
            return delivery.state is not DeliveryState.PENDING

        dead, tried = await live(channel, make_message(kind), jitter=jitter, until=over)
        assert dead.state is DeliveryState.DEAD
        assert str(temporary(kind)) in (dead.problem or "")
        assert tried[-1] <= GIVE_UP_AFTER.total_seconds()
        waits = [later - earlier for earlier, later in pairwise(tried)]
        for wait, planned in zip(waits, RETRY_AFTER, strict=False):
            assert planned <= wait <= planned * 1.1
        sink.script = [200]
        alive, _ = await live(channel, dead.retried(NOW + GIVE_UP_AFTER).message, until=over)
        await channel.close()
    assert alive.state is DeliveryState.DELIVERED


async def test_one_recipient_that_is_refused_does_not_stop_the_rest() -> None:
    """451 for b, then 550 for b: a has the mail once, b never, and both are told."""
    replies = {b"b@": [b"451 greylisted\r\n", b"550 no such user\r\n"]}
    got: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example\r\n")
        while line := await reader.readline():
            if line.startswith(b"RCPT"):
                reply = replies[b"b@"].pop(0) if b"<b@" in line else b"250 OK\r\n"
                got.extend([line] if reply.startswith(b"250") else [])
                writer.write(reply)
            elif line.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 queued\r\n")
            else:
                writer.write(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 OK\r\n")
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    channel = make_channel(ChannelKind.EMAIL, server.sockets[0].getsockname()[1])
    delivery = Delivery(message=make_message(ChannelKind.EMAIL), created=NOW, due_at=NOW)
    delivery = delivery.after(await channel.send(delivery.message, NOW), NOW, 0.0)
    assert delivery.message.recipients == ("b@example.org",)
    delivery = delivery.after(await channel.send(delivery.message, NOW), NOW, 0.0)
    await channel.close()
    server.close()
    assert [line.strip() for line in got] == [b"RCPT TO:<a@example.org>"]
    assert delivery.state is DeliveryState.DEAD
    assert "b@example.org: 550 no such user" in (delivery.problem or "")


async def test_retry_after_holds_a_delivery_back_but_never_for_good() -> None:
    delivery = Delivery(message=make_message(ChannelKind.WEBHOOK), created=NOW, due_at=NOW)
    asked = Outcome(answer=Answer.DEFERRED, reason="HTTP 429", retry_after=3600.0)
    assert delivery.after(asked, NOW, 1.0).due_at == NOW + timedelta(hours=1)
    longest = replace(asked, retry_after=GIVE_UP_AFTER.total_seconds())  # the most that a channel passes on
    later = NOW + timedelta(days=1)
    put_off = delivery.after(longest, later, 0.0)
    assert put_off.due_at == NOW + GIVE_UP_AFTER  # one more try before it is too late
    assert put_off.after(longest, put_off.due_at, 0.0).state is DeliveryState.DEAD
