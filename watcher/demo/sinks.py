"""Mail and webhooks in, what they say out: an SMTP and an HTTP server on loopback that keep what they are sent."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from http import HTTPStatus
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session
from standardwebhooks import Webhook, WebhookVerificationError

from watcher.demo.server import LOOPBACK, Reply, Request, serve


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message as it came, with the alert that it says it is of (none: a notice or a test)."""

    message: EmailMessage
    alert: str | None

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        return "" if part is None else str(part.get_content())


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One webhook call. problem: why its signature did not hold."""

    id: str
    type: str
    alert: str | None
    problem: str | None


class MailSink:
    """What came by SMTP."""

    def __init__(self) -> None:
        self.port = 0
        self.mails: list[Mail] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        message = message_from_bytes(cast(bytes, envelope.content), policy=policy.default)
        self.mails.append(Mail(message=message, alert=message["X-Watcher-Alert"]))
        return "250 kept"

    @property
    def alerts(self) -> list[str]:
        return [mail.alert for mail in self.mails if mail.alert]


class HookSink:
    """What came by webhook, verified with the secret that both sides have."""

    def __init__(self, secret: str) -> None:
        self.address = ""
        self.calls: list[Call] = []
        self._webhook = Webhook(secret)

    def answer(self, request: Request) -> Reply:
        problem = None
        try:
            self._webhook.verify(request.body, dict(request.headers))
        except WebhookVerificationError as error:
            problem = str(error)
        said: dict[str, Any] = json.loads(request.body)
        alert = said["data"].get("id") if said["type"] == "alert.raised" else None
        name = request.headers.get("webhook-id", "")
        self.calls.append(Call(id=name, type=said["type"], alert=alert, problem=problem))
        return Reply(status=HTTPStatus.NO_CONTENT if problem is None else HTTPStatus.UNAUTHORIZED)

    @property
    def alerts(self) -> list[str]:
        return [call.alert for call in self.calls if call.alert and call.problem is None]


@contextlib.asynccontextmanager
async def open_mail_sink() -> AsyncIterator[MailSink]:
    """An SMTP server on a free port of loopback, while the block runs."""
    sink = MailSink()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="demo.invalid", loop=loop), LOOPBACK, 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()


@contextlib.asynccontextmanager
async def open_hook_sink(secret: str) -> AsyncIterator[HookSink]:
    """A webhook receiver on a free port of loopback, while the block runs."""
    sink = HookSink(secret)
    async with serve(sink.answer) as address:
        sink.address = f"{address}/hooks/watcher"
        yield sink
