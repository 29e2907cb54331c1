"""Mail over a real SMTP server on loopback: TLS, login, what becomes of each recipient, and of the connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import pytest

from watcher.delivery.email import EmailChannel, Tls
from watcher.model import Answer, Message

Mail = Callable[..., Message]


def channel(port: int, *, tls: Tls = "none", host: str = "127.0.0.1", **more: Any) -> EmailChannel:
    return EmailChannel(name="desk", host=host, port=port, tls=tls, local_hostname="watcher.example", **more)


async def test_the_bytes_of_the_message_arrive_as_they_are(start_smtp: Any, mail: Mail, now: datetime) -> None:
    sink, message = await start_smtp(), mail("ada@example.org", "b@example.org")
    desk = channel(sink.port)
    outcome = await desk.send(message, now)
    await desk.close()
    assert outcome.answer is Answer.DELIVERED
    assert "queued as 4711" in outcome.reason
    assert sink.mails == [("watcher@example.org", ["ada@example.org", "b@example.org"], message.body)]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_logs_in_over_verified_tls(
    tls: Tls, start_smtp: Any, mail: Mail, now: datetime, certificates: Any
) -> None:
    sink = await start_smtp(tls=tls, login=("watcher", "sésame"), certificate=certificates.server)
    desk = channel(
        sink.port, tls=tls, host="localhost", user="watcher", password="sésame", ca_file=certificates.ca_file
    )
    outcome = await desk.send(mail(), now)
    await desk.close()
    assert outcome.answer is Answer.DELIVERED, outcome
    assert len(sink.mails) == 1


@pytest.mark.parametrize(
    ("server", "tls", "host", "trusted", "login", "reason"),
    [
        ("none", "starttls", "localhost", True, None, "STARTTLS"),  # no falling back to clear text
        ("none", "implicit", "localhost", True, None, "SSL"),
        ("starttls", "starttls", "localhost", False, None, "CERTIFICATE_VERIFY_FAILED"),
        ("implicit", "implicit", "localhost", False, None, "CERTIFICATE_VERIFY_FAILED"),
        ("implicit", "implicit", "127.0.0.1", True, None, "CERTIFICATE_VERIFY_FAILED"),  # made out to another name
        ("starttls", "starttls", "localhost", True, ("watcher", "s3same"), "535"),
        ("implicit", "none", "localhost", True, None, ""),
    ],
)
async def test_a_connection_that_is_not_as_asked_sends_nothing_and_is_tried_later(
    server: str,
    tls: Tls,
    host: str,
    trusted: bool,
    login: tuple[str, str] | None,
    reason: str,
    start_smtp: Any,
    mail: Mail,
    now: datetime,
    certificates: Any,
) -> None:
    expected_login = ("watcher", "right") if login else None
    sink = await start_smtp(tls=server, login=expected_login, certificate=certificates.server)
    user, password = login or (None, None)
    desk = channel(
        sink.port,
        tls=tls,
        host=host,
        user=user,
        password=password,
        timeout=0.5,
        ca_file=certificates.ca_file if trusted else None,
    )
    outcome = await desk.send(mail(), now)
    greeting = await desk.greet()
    await desk.close()
    assert outcome.answer is Answer.DEFERRED
    assert reason in outcome.reason
    assert greeting is not None
    assert reason in greeting
    assert "s3same" not in outcome.reason
    assert sink.mails == []


def test_a_password_never_goes_in_clear_text() -> None:
    with pytest.raises(ValueError, match="without TLS"):
        channel(25, user="watcher", password="secret")


@pytest.mark.parametrize(
    ("mail_answers", "rcpt_answers", "data_answers", "answer", "left", "refused", "reached"),
    [
        ([], {}, [], Answer.DELIVERED, "", "", "abc"),
        ([], {"b": "550 no such user"}, [], Answer.DELIVERED, "", "b", "ac"),
        ([], {"b": "451 greylisted"}, [], Answer.DEFERRED, "b", "", "ac"),
        ([], {"b": "252 cannot verify, will try"}, [], Answer.DELIVERED, "", "", "abc"),
        ([], {"b": "552 too many recipients"}, [], Answer.DEFERRED, "b", "", "ac"),
        ([], {"a": "451 later", "b": "550 no", "c": "450 busy"}, [], Answer.DEFERRED, "ac", "b", ""),
        ([], {"a": "550 no", "b": "551 no", "c": "553 no"}, [], Answer.REJECTED, "", "abc", ""),
        ([], {"a": "550 no"}, ["451 try again"], Answer.DEFERRED, "bc", "a", ""),
        ([], {"a": "451 later"}, ["554 spam"], Answer.DEFERRED, "a", "bc", ""),
        ([], {}, ["451 try again"], Answer.DEFERRED, "abc", "", ""),
        ([], {}, ["554 looks like spam"], Answer.REJECTED, "", "abc", ""),
        (["451 busy"], {}, [], Answer.DEFERRED, "abc", "", ""),
        (["550 sender unknown"], {}, [], Answer.REJECTED, "", "abc", ""),
        (["530 log in first"], {}, [], Answer.DEFERRED, "abc", "", ""),
    ],
)
async def test_each_recipient_has_its_own_outcome(
    mail_answers: list[str],
    rcpt_answers: dict[str, str],
    data_answers: list[str],
    answer: Answer,
    left: str,
    refused: str,
    reached: str,
    start_smtp: Any,
    mail: Mail,
    now: datetime,
) -> None:
    def addresses(letters: str) -> tuple[str, ...]:
        return tuple(f"{letter}@example.org" for letter in letters)

    sink = await start_smtp()
    sink.to_mail, sink.to_data = list(mail_answers), list(data_answers)
    sink.to_rcpt = {f"{letter}@example.org": words for letter, words in rcpt_answers.items()}
    desk = channel(sink.port)
    outcome = await desk.send(mail(*addresses("abc")), now)
    again = await desk.send(mail("d@example.org"), now)  # what came of one mail does not hold up the next
    await desk.close()
    assert outcome.answer is answer
    assert outcome.down == (answer is Answer.DEFERRED and not reached)
    assert outcome.blameless == (bool(mail_answers) and outcome.down)
    assert set(outcome.left) == set(addresses(left))
    assert {recipient for recipient, _ in outcome.refused} == set(addresses(refused))
    assert all(reason[:3].isdigit() for _, reason in outcome.refused)
    assert again.answer is Answer.DELIVERED
    assert [recipients for _, recipients, _ in sink.mails] == [list(addresses(one)) for one in (reached, "d") if one]


async def test_many_mails_share_one_connection(start_smtp: Any, mail: Mail, now: datetime) -> None:
    sink = await start_smtp()
    desk = channel(sink.port)
    answers = await asyncio.gather(*(desk.send(mail(f"r{n}@example.org"), now) for n in range(20)))
    await desk.close()
    assert {outcome.answer for outcome in answers} == {Answer.DELIVERED}
    assert [mail[1] for mail in sink.mails] == [[f"r{n}@example.org"] for n in range(20)]
    assert sink.connections == 1


async def test_a_waiting_connection_that_the_server_closed_is_opened_again(
    start_smtp: Any, mail: Mail, now: datetime
) -> None:
    sink = await start_smtp()
    desk = channel(sink.port)
    for _ in range(3):
        assert (await desk.send(mail(), now)).answer is Answer.DELIVERED
        sink.hang_up()
    await desk.close()
    assert len(sink.mails) == 3
    assert sink.connections == 3


async def test_goodbye_of_the_server_in_between_is_no_failure_of_the_mail(
    start_smtp: Any, mail: Mail, now: datetime
) -> None:
    sink = await start_smtp()
    desk = channel(sink.port)
    await desk.send(mail(), now)
    sink.to_mail = ["421 too long idle, closing"]
    assert (await desk.send(mail(), now)).answer is Answer.DELIVERED
    await desk.close()
    assert sink.connections == 2


async def test_an_idle_connection_is_closed_after_a_while(start_smtp: Any, mail: Mail, now: datetime) -> None:
    sink = await start_smtp()
    desk = channel(sink.port, idle=0.0)
    await desk.send(mail(), now)
    async with asyncio.timeout(5):
        await sink.lost.wait()
    assert sink.goodbyes == 1
    assert (await desk.send(mail(), now)).answer is Answer.DELIVERED
    await desk.close()
    assert sink.connections == 2


@pytest.mark.parametrize("trouble", ["cut", "hang"])
async def test_a_connection_that_breaks_in_the_text_is_tried_later_not_at_once(
    trouble: str, start_smtp: Any, mail: Mail, now: datetime
) -> None:
    sink = await start_smtp()
    desk = channel(sink.port, timeout=0.3)
    await desk.send(mail(), now)
    sink.to_data = [trouble]
    outcome = await desk.send(mail(), now)
    assert outcome.answer is Answer.DEFERRED
    assert outcome.left == ()  # to all of them again: whether it had them, the server did not say
    assert len(sink.mails) == 1
    assert (await desk.send(mail(), now)).answer is Answer.DELIVERED
    await desk.close()


async def test_a_send_that_is_cancelled_in_the_middle_leaves_no_half_mail_behind(
    start_smtp: Any, mail: Mail, now: datetime
) -> None:
    sink = await start_smtp()
    sink.to_data = ["hang"]
    desk = channel(sink.port)
    sending = asyncio.create_task(desk.send(mail("a@example.org"), now))
    await sink.hanging.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    async with asyncio.timeout(5):
        assert (await desk.send(mail("b@example.org"), now)).answer is Answer.DELIVERED
    await desk.close()
    assert [recipients for _, recipients, _ in sink.mails] == [["b@example.org"]]
    assert sink.connections == 2


async def test_a_server_that_drips_ends_at_the_whole_time(mail: Mail, now: datetime) -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while True:
                writer.write(b"220-and so on\r\n")
                await writer.drain()
                await asyncio.sleep(0)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    desk = channel(server.sockets[0].getsockname()[1], timeout=0.05)
    outcome = await desk.send(mail(), now)
    await desk.close()
    server.close()
    assert outcome.answer is Answer.DEFERRED


async def test_mails_that_wait_while_the_server_is_found_away_cost_no_probe_each(
    start_smtp: Any, mail: Mail, now: datetime
) -> None:
    sink = await start_smtp()
    sink.to_data = ["hang"] * 4
    desk = channel(sink.port, timeout=0.3)
    answers = await asyncio.gather(*(desk.send(mail(f"r{n}@example.org"), now) for n in range(4)))
    assert {outcome.answer for outcome in answers} == {Answer.DEFERRED}
    assert sink.connections == 1
    sink.to_data = []
    assert (await desk.send(mail(), now)).answer is Answer.DELIVERED  # the next probe is a real one
    await desk.close()


@pytest.mark.parametrize("greeting", [b"", b"554 go away\r\n", b"421 too busy\r\n", b"220 hello\r\n"])
async def test_a_server_that_hangs_up_is_asked_once_a_try(greeting: bytes, mail: Mail, now: datetime) -> None:
    connections = []

    def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        writer.write(greeting)
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    desk = channel(server.sockets[0].getsockname()[1])
    outcome = await desk.send(mail(), now)
    await desk.close()
    server.close()
    assert outcome.answer is Answer.DEFERRED
    assert len(connections) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "a..b"])
async def test_a_server_that_is_not_there_is_tried_later(host: str, mail: Mail, now: datetime) -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    outcome = await channel(port, host=host).send(mail(), now)
    assert outcome.answer is Answer.DEFERRED
    assert host in outcome.reason


async def test_a_ca_file_that_cannot_be_read_is_a_reason_not_a_crash(mail: Mail, now: datetime) -> None:
    outcome = await channel(1, tls="implicit", ca_file="/no/such/ca.pem").send(mail(), now)
    assert outcome.answer is Answer.DEFERRED
    assert "No such file" in outcome.reason
