"""message -> one mail over SMTP, told apart by recipient -> outcome; one connection for many mails in a row.

TLS is verified or the mail stays here: there is no falling back to clear text, and no password without TLS.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parseaddr
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPStatus,
)

from watcher.delivery import outcomes
from watcher.model import Answer, Message, Outcome

Tls = Literal["none", "starttls", "implicit"]

TIMEOUT = 20.0  # seconds for one command and its reply; RFC 5321 asks for minutes, but a probe must not block a channel
WHOLE = 6  # times the timeout, for one mail from connect to the reply to DATA: a server that drips ends there
IDLE = 5.0  # seconds that a connection waits for the next mail; servers close theirs after minutes


class EmailChannel:
    """Mail over one SMTP server. ca_file: further authorities to trust, PEM; local_hostname: what EHLO says.

    Raises ValueError for a login that would go in clear text.
    """

    def __init__(
        self,
        *,
        name: str,
        host: str,
        port: int,
        tls: Tls,
        user: str | None = None,
        password: str | None = None,
        timeout: float = TIMEOUT,
        ca_file: str | None = None,
        local_hostname: str | None = None,
        idle: float = IDLE,
    ) -> None:
        if user is not None and tls == "none":
            raise ValueError("a password is never sent without TLS")
        self.name, self._host, self._port, self._tls = name, host, port, tls
        self._user, self._password = user, password
        self._timeout, self._idle, self._ca_file = timeout, idle, ca_file
        self._local_hostname = local_hostname or socket.gethostname()  # getfqdn would ask the name server, and wait
        self._lock = asyncio.Lock()
        self._connection: SMTP | None = None
        self._hang_up: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._broken: Outcome | None = None  # what the last try came to, if it was the connection that failed
        self._ended = 0  # tries so far

    async def send(self, message: Message, now: datetime) -> Outcome:  # noqa: ARG002 - every channel is given it
        """One mail to those of its recipients that are left. Raises nothing for what the server does."""
        ended = self._ended
        async with self._lock:
            if self._broken is not None and self._ended != ended:
                return self._broken  # another mail found the server away while this one waited: one probe is enough
            self._broken = None
            done = False
            try:
                async with asyncio.timeout(self._timeout * WHOLE):
                    outcome = await self._send(message)
                done = True
            except TimeoutError:
                outcome = self._broken = outcomes.of_silence(f"not done within {self._timeout * WHOLE:g} s")
            finally:
                if not done:  # too slow, or cancelled by a stop of the daemon: in the middle of who knows what
                    self._drop()
                self._ended += 1
                self._hang_up_later()
            return outcome

    async def greet(self) -> str | None:
        """What stands in the way of sending: connection, TLS, login. Sends nothing."""
        async with self._lock:
            try:
                async with asyncio.timeout(self._timeout * WHOLE):
                    await self._connected()
            except (SMTPException, OSError, ValueError) as error:  # TimeoutError is an OSError
                self._drop()
                return self._no_way(error).reason
            finally:
                self._hang_up_later()
            return None

    async def close(self) -> None:
        """Says goodbye to the server, if there is a connection, and waits no longer than a second for its answer."""
        async with self._lock:
            if self._hang_up is not None:
                self._hang_up.cancel()
            self._leave()
            if self._leaving is not None:
                await self._leaving

    # ------------------------------------------------------------------------------------------------------ connection

    async def _send(self, message: Message) -> Outcome:
        reused = self._connection is not None and self._connection.is_connected
        outcome, untouched = await self._try(message)
        if untouched and reused:  # the server had closed the waiting connection: that says nothing about the mail
            self._broken = None
            outcome, _ = await self._try(message)
        return outcome

    async def _try(self, message: Message) -> tuple[Outcome, bool]:
        """The outcome, and whether the connection failed before any of the mail's text was on its way."""
        try:
            connection = await self._connected()
        except (SMTPException, OSError, ValueError) as error:  # ValueError: a host name that cannot be one
            self._broken = self._no_way(error)
            return self._broken, True
        transaction = _Transaction(connection, message)
        try:
            outcome = await transaction.run()
        except (SMTPException, OSError) as error:
            self._drop()
            self._broken = outcomes.of_silence(_words_of(error), blameless=not transaction.offered)
            return self._broken, not transaction.offered
        if not transaction.done:  # the next mail starts afresh rather than in whatever state this one left
            self._connection = None
            await _say_goodbye(connection)
        return outcome, False

    def _no_way(self, error: Exception) -> Outcome:
        said = _words_of(error)
        if self._password:  # a server may say it back
            said = said.replace(self._password, "…")
        return outcomes.of_silence(f"{self._host}:{self._port}: {said}", blameless=True)

    async def _connected(self) -> SMTP:
        """The open connection, or a new one: greeted, encrypted as asked, logged in."""
        if self._hang_up is not None:
            self._hang_up.cancel()
        if self._connection is not None and self._connection.is_connected:
            return self._connection
        # A new object each time: aiosmtplib's own is locked to one connection until that is closed in its order.
        connection = SMTP(
            hostname=self._host,
            port=self._port,
            local_hostname=self._local_hostname,
            timeout=self._timeout,
            use_tls=self._tls == "implicit",
            start_tls=self._tls == "starttls",  # True fails where the server offers none
            tls_context=None if self._tls == "none" else await asyncio.to_thread(self._tls_context),
            username=self._user,
            password=self._password,
        )
        await connection.connect()
        if connection.is_ehlo_or_helo_needed:  # now, so that a refusal is not taken for one of the mail
            await _introduce(connection)
        self._connection = connection
        return connection

    def _tls_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._ca_file is not None:
            context.load_verify_locations(cafile=self._ca_file)
        return context

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _hang_up_later(self) -> None:
        if self._hang_up is not None:
            self._hang_up.cancel()
        if self._connection is not None:
            self._hang_up = asyncio.get_running_loop().call_later(self._idle, self._leave)

    def _leave(self) -> None:
        """Says goodbye to the server in the background: no mail has come for a while."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._leaving = asyncio.create_task(_say_goodbye(connection))


async def _introduce(connection: SMTP) -> None:
    try:
        await connection.ehlo()
    except SMTPHeloError as error:
        if error.code < 500:
            raise
        await connection.helo()  # RFC 5321, 3.2: a server may be too old for EHLO, and is no worse for it


async def _say_goodbye(connection: SMTP) -> None:
    with contextlib.suppress(SMTPException, OSError):  # nothing left to say; TimeoutError is an OSError
        async with asyncio.timeout(1):
            await connection.quit()
    connection.close()


class _Transaction:
    """MAIL, RCPT for each recipient, DATA. offered: the text may have been on its way; done: the server has it."""

    def __init__(self, connection: SMTP, message: Message) -> None:
        self._connection, self._message = connection, message
        self._later: dict[str, str] = {}  # recipient -> the server's words
        self._never: dict[str, str] = {}
        self.offered = self.done = False

    async def run(self) -> Outcome:
        """Raises SMTPException or OSError where the connection breaks."""
        taken: list[str] = []
        said = ""
        known = False  # the server knows of this mail: what it says from then on is about it
        try:
            await self._connection.mail(_sender(self._message))
            known = True
            taken = [recipient for recipient in self._message.recipients if await self._takes(recipient)]
            if taken:
                self.offered = True
                said = (await self._connection.data(self._message.body)).message
                self.done = True
        except SMTPResponseException as error:  # to MAIL or DATA: it is about all who are not sorted yet
            for recipient in self._message.recipients:
                if recipient not in self._later and recipient not in self._never:
                    self._sort(recipient, error, to_rcpt=False)
            taken = []
        rest = len(_named_in(self._message)) > len(self._message.recipients)
        return outcomes.of_smtp(taken=taken, later=self._later, never=self._never, said=said, known=known, rest=rest)

    async def _takes(self, recipient: str) -> bool:
        try:
            await self._connection.rcpt(recipient)
        except SMTPRecipientRefused as error:
            if outcomes.answer_of_smtp(error.code) is Answer.DELIVERED:  # 252, for one
                return True
            self._sort(recipient, error, to_rcpt=True)
            return False
        return True

    def _sort(self, recipient: str, error: SMTPResponseException, *, to_rcpt: bool) -> None:
        if error.code == SMTPStatus.domain_unavailable or not 400 <= error.code < 600:
            # 421: the server hangs up, whatever it was asked. Or what came is out of step, or no SMTP at all.
            raise SMTPServerDisconnected(_words_of(error))
        rejected = outcomes.answer_of_smtp(error.code, to_rcpt=to_rcpt) is Answer.REJECTED
        (self._never if rejected else self._later)[recipient] = _words_of(error)


def _sender(message: Message) -> str:
    """The envelope's sender: the address of the mail's own From, so that a bounce comes to who runs the watcher."""
    return parseaddr(str(BytesHeaderParser().parsebytes(message.body)["From"]))[1]


def _named_in(message: Message) -> set[str]:
    """The addresses of the mail's own To: all that it was made for, whoever has it by now."""
    return {address for _, address in getaddresses([str(BytesHeaderParser().parsebytes(message.body)["To"])])}


def _words_of(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error) or type(error).__name__
