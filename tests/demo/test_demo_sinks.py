"""The sinks and the server under them: what they keep, and what they refuse."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
import pytest
from rich.console import Console
from standardwebhooks import Webhook

from watcher.demo.desk import Desk
from watcher.demo.runner import run_demo
from watcher.demo.screen import Screen
from watcher.demo.server import MAX_BODY, Reply, Request, serve
from watcher.demo.sinks import open_hook_sink, open_mail_sink

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = json.dumps({"type": "alert.raised", "timestamp": "2026-11-23T12:00:00Z", "data": {"id": "a1"}})


def signed(body: str, secret: str = SECRET) -> dict[str, str]:
    now = datetime.now(UTC)
    signature = Webhook(secret).sign("msg_1", now, body)
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


@pytest.mark.parametrize(
    ("situation", "secret", "status", "alerts"),
    [
        ("signed with the secret", SECRET, 204, ["a1"]),
        ("signed with another", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 401, []),
    ],
)
async def test_a_webhook_counts_only_with_its_signature(
    situation: str, secret: str, status: int, alerts: list[str]
) -> None:
    async with open_hook_sink(SECRET) as sink, httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(sink.address, content=BODY, headers=signed(BODY, secret))
    assert answer.status_code == status, situation
    assert sink.alerts == alerts
    assert len(sink.calls) == 1
    assert (sink.calls[0].problem is None) == bool(alerts)


async def test_a_mail_is_kept_with_the_alert_that_it_names() -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Größe"
    message["X-Watcher-Alert"] = "a1"
    message.set_content("The text.\n")
    message.add_alternative("<p>The text.</p>", subtype="html")
    async with open_mail_sink() as sink:
        await aiosmtplib.send(message, hostname="127.0.0.1", port=sink.port, start_tls=False)
    (mail,) = sink.mails
    assert (mail.alert, mail.message["Subject"], mail.text) == ("a1", "Größe", "The text.\r\n")


@pytest.mark.parametrize(
    "said",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        f"POST / HTTP/1.1\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n".encode(),
        b"GET / HTTP/1.1\r\n",  # and then nothing more
        b"",
    ],
)
async def test_what_is_no_request_is_hung_up_on(said: bytes) -> None:
    def never(_request: Request) -> Reply:
        raise AssertionError("it was taken for a request")

    async with serve(never) as address:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        writer.write(said)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()


async def test_head_is_answered_without_a_body_and_close_is_honoured() -> None:
    async with serve(lambda request: Reply(body=request.method.encode())) as address:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        writer.write(b"HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n")
        head, get, end = (await reader.read()).split(b"\r\n\r\n")
        writer.close()
    assert b"Content-Length: 4" in head
    assert b"Content-Length: 3" in get
    assert end == b"GET"


async def test_a_daemon_that_ends_by_itself_is_told_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "print('the disk is full'); raise SystemExit(3)"
    monkeypatch.setattr(Desk, "_command", lambda self, *words: [sys.executable, "-c", script])
    out = io.StringIO()
    assert await run_demo(tmp_path, Screen(Console(file=out, width=80)), keep=False) == 1
    assert "ended by itself with exit code 3" in out.getvalue()
    assert "the disk is full" in out.getvalue()
