"""Servers on loopback that answer by script: HTTP written out by hand, SMTP by aiosmtpd; and messages for them."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from watcher.alerts.compose import ChannelFace, compose_test
from watcher.model import ChannelKind, Message

NOW = datetime(2026, 11, 23, 20, 3, 29, tzinfo=UTC)


# ----------------------------------------------------------------------------------------------------------------- HTTP


@dataclass(frozen=True, slots=True)
class Request:
    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HttpSink:
    """Answers the first request with the first answer and so on, the last one for ever. b"": hangs; b"cut": no more."""

    url: str = ""
    answers: list[bytes] = field(default_factory=lambda: [b"HTTP/1.1 204 No Content\r\n\r\n"])
    requests: list[Request] = field(default_factory=list)

    def answer(self, status: int, *, headers: str = "", body: bytes = b"") -> None:
        head = f"HTTP/1.1 {status} Said\r\ncontent-length: {len(body)}\r\n{headers}\r\n"
        self.answers = [head.encode() + body]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        line, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in rest)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.requests.append(Request(line, headers, body))
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        if answer == b"cut":
            return False
        writer.write(answer)
        await writer.drain()
        return True


@pytest.fixture
async def http_sink() -> AsyncIterator[HttpSink]:
    sink = HttpSink()
    server = await asyncio.start_server(sink.handle, "127.0.0.1", 0)
    sink.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    yield sink
    server.close()


# ----------------------------------------------------------------------------------------------------------------- SMTP


@dataclass
class SmtpSink:
    """What an SMTP server was given, and its answers other than 250: to MAIL and DATA in turn, to RCPT by name."""

    port: int = 0
    mails: list[tuple[str | None, list[str], bytes]] = field(default_factory=list)
    connections: int = 0
    goodbyes: int = 0
    to_mail: list[str] = field(default_factory=list)
    to_rcpt: dict[str, str] = field(default_factory=dict)
    to_data: list[str] = field(default_factory=list)  # "cut": hangs up, "hang": never answers
    open: list[SMTP] = field(default_factory=list)
    hanging: asyncio.Event = field(default_factory=asyncio.Event)  # a mail waits for an answer that will not come
    took: asyncio.Event = field(default_factory=asyncio.Event)  # a mail has come
    lost: asyncio.Event = field(default_factory=asyncio.Event)  # a connection has ended

    def seen(self, server: SMTP) -> SMTP:
        self.connections += 1
        self.open.append(server)
        return server

    def hang_up(self) -> None:
        """Closes every connection, as a server does with those that idle."""
        for server in self.open:
            if server.transport is not None:
                server.transport.close()

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.to_mail.pop(0) if self.to_mail else "250 OK"
        if answer.startswith("2"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.to_rcpt.get(address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.to_data.pop(0) if self.to_data else "250 OK queued as 4711"
        if answer == "hang":
            self.hanging.set()
            await asyncio.Event().wait()
        if answer == "cut":
            self.hang_up()
        elif answer.startswith("2"):
            content = envelope.original_content or b""
            self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), content))
            self.took.set()
        return answer


StartSmtp = Callable[..., Awaitable[SmtpSink]]


@pytest.fixture
async def start_smtp() -> AsyncIterator[StartSmtp]:
    """Starts servers: start_smtp(tls="none"|"starttls"|"implicit", login=("user", "password") or None)."""
    async with AsyncExitStack() as stack:

        async def start(
            *,
            tls: str = "none",
            login: tuple[str, str] | None = None,
            certificate: ssl.SSLContext | None = None,
        ) -> SmtpSink:
            sink = SmtpSink()

            def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
                given = (data.login.decode(), data.password.decode()) if data else None
                if given == login:
                    return AuthResult(success=True, handled=False)
                said = f"535 5.7.8 no such user or password {given}"
                return AuthResult(success=False, handled=False, message=said)

            def make() -> SMTP:
                extra: dict[str, Any] = {}
                if login is not None:
                    extra = {"authenticator": check, "auth_required": True, "auth_require_tls": False}
                if tls == "starttls":
                    extra |= {"tls_context": certificate, "require_starttls": True}
                with warnings.catch_warnings(action="ignore"):  # it does not know of TLS outside SMTP
                    return sink.seen(Server(sink, hostname="sink.example", **extra))

            class Server(SMTP):
                async def smtp_QUIT(self, arg: str) -> None:
                    sink.goodbyes += 1
                    await super().smtp_QUIT(arg)

                def connection_lost(self, error: Exception | None) -> None:
                    super().connection_lost(error)
                    sink.lost.set()

            implicit = certificate if tls == "implicit" else None
            server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0, ssl=implicit)
            sink.port = server.sockets[0].getsockname()[1]
            stack.callback(server.close)
            stack.callback(sink.hang_up)
            return sink

        yield start


@dataclass(frozen=True, slots=True)
class Certificates:
    """An authority that nobody else knows, and a server's context with its certificate for localhost."""

    ca_file: str
    chain_file: str  # the server's key and certificate
    server: ssl.SSLContext


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = authority.issue_cert("localhost")
    certificate.configure_cert(context)
    folder = tmp_path_factory.mktemp("ca")
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    certificate.private_key_and_cert_chain_pem.write_to_path(str(folder / "chain.pem"))
    return Certificates(str(folder / "ca.pem"), str(folder / "chain.pem"), context)


# ------------------------------------------------------------------------------------------------------------- messages


def _message(kind: ChannelKind, *recipients: str) -> Message:
    face = ChannelFace(
        name="desk", kind=kind, sender="Watcher <watcher@example.org>", recipients=recipients or ("ada@example.org",)
    )
    return compose_test(face, now=NOW)


@pytest.fixture
def mail() -> Callable[..., Message]:
    return lambda *recipients: _message(ChannelKind.EMAIL, *recipients)


@pytest.fixture
def hook_message() -> Message:
    return _message(ChannelKind.WEBHOOK)


@pytest.fixture
def chat_message() -> Message:
    return _message(ChannelKind.CHAT)


@pytest.fixture
def now() -> datetime:
    return NOW
