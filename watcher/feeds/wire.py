"""A host name and a port -> a TCP or TLS connection to an address of it that was checked.

The name is resolved once, each of its addresses is checked, and the connection goes to a checked address itself, so
that a second answer of the name server (DNS rebinding) never comes into play. TLS still goes by the name. Failures are
httpx's.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from contextlib import suppress
from ipaddress import ip_address
from socket import AF_UNSPEC, EAI_NODATA, EAI_NONAME, SOCK_STREAM, gaierror, getaddrinfo
from typing import cast

import httpx

from watcher.feeds.address import AddressGuard

# Bytes that may lie unread before the other side is told to wait.
_READ_AHEAD = 128 * 1024
# Bytes handed on at a time. A body sent in chunks of one byte costs the HTTP parser some 8 µs a chunk of 6 bytes, so
# 16 KiB hold the event loop for about 25 ms even then.
_READ_PIECE = 16 * 1024
# Seconds for an address while the host has others left to try: what a machine without working IPv6 loses.
_TRY_NEXT_AFTER = 2.0
# Names that are looked up at once. Each takes a thread, and one that a dead name server holds may last half a minute.
_LOOKUPS = 64


class AddressRefusedError(httpx.ConnectError):
    """The host has no address that may be connected to, or does not exist."""


class Connection(asyncio.Protocol):
    """One connection. received: bytes that came in, the framing of HTTP included."""

    def __init__(self) -> None:
        self.received = 0
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._ended = False
        self._paused = False
        self._failure: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    # -- asyncio calls these
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        self._buffer += data
        if len(self._buffer) > _READ_AHEAD and not self._paused and self._transport is not None:
            self._transport.pause_reading()
            self._paused = True
        _wake(self._reader)

    def eof_received(self) -> bool:
        self._ended = True
        _wake(self._reader)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = True
        self._failure = exc
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        self._writer = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        _wake(self._writer)
        self._writer = None

    # -- the transport calls these
    async def read(self, timeout: float | None) -> bytes:
        """The next bytes, b"" at the end. timeout in seconds. Raises httpx.ReadError or ReadTimeout."""
        if not self._buffer and not self._ended:
            self._reader = asyncio.get_running_loop().create_future()
            await _within(timeout, self._reader, httpx.ReadTimeout("the other side sends nothing"))
        if not self._buffer and self._failure is not None:
            raise httpx.ReadError(_words(self._failure)) from self._failure
        piece = bytes(self._buffer[:_READ_PIECE])
        del self._buffer[:_READ_PIECE]
        if self._paused and len(self._buffer) <= _READ_AHEAD and not self._ended and self._transport is not None:
            self._transport.resume_reading()
            self._paused = False
        return piece

    async def write(self, data: bytes, timeout: float | None) -> None:
        """Send data; timeout in seconds. Raises httpx.WriteError or WriteTimeout."""
        if self._transport is None or self._failure is not None:
            raise httpx.WriteError(_words(self._failure) if self._failure else "the connection is closed")
        self._transport.write(data)
        if self._writer is not None:
            await _within(timeout, self._writer, httpx.WriteTimeout("the other side takes nothing"))

    def close(self) -> None:
        if self._transport is not None:  # abort: a TLS goodbye could keep the socket for half a minute
            self._transport.abort()

    def peer(self) -> str | None:
        """The address at the other end."""
        name = self._transport.get_extra_info("peername") if self._transport is not None else None
        return str(name[0]) if name else None


class Dialer:
    """Opens connections to addresses that the guard lets through, and to no others."""

    def __init__(self, guard: AddressGuard, tls: ssl.SSLContext) -> None:
        self._guard, self._tls = guard, tls
        self._lookups = asyncio.Semaphore(_LOOKUPS)

    async def connect(self, host: str, port: int, *, secure: bool, timeout: float | None) -> Connection:
        """A connection to the first address of host that answers; timeout in seconds, name and connection together.

        Raises AddressRefusedError, or httpx's ConnectError and ConnectTimeout.
        """
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._addresses(host, port)
                for literal in addresses[:-1]:
                    with suppress(OSError):  # TimeoutError is one. The last address tells its failure
                        async with asyncio.timeout(_TRY_NEXT_AFTER):
                            return await self._open(literal, port, host if secure else None)
                return await self._open(addresses[-1], port, host if secure else None)
        except TimeoutError as error:
            raise httpx.ConnectTimeout("no connection in time") from error
        except OSError as error:
            raise httpx.ConnectError(_words(error)) from error

    async def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = await self._resolve(host, port)
        except ValueError as error:  # too long a label, a zero byte
            raise AddressRefusedError(f"{host!r} is not a host name") from error
        except gaierror as error:
            if error.errno in (EAI_NONAME, EAI_NODATA):
                raise AddressRefusedError(f"there is no host named {host}") from error
            raise httpx.ConnectError(f"the name server did not answer for {host} ({error.strerror})") from error
        refusals = {literal: self._guard.refusal(literal) for literal in found}
        allowed = [literal for literal, refusal in refusals.items() if refusal is None]
        if not allowed:
            raise AddressRefusedError("; ".join(text for text in refusals.values() if text))
        return allowed

    async def _resolve(self, host: str, port: int) -> list[str]:
        """The addresses of a host, in the system's order of preference. Raises OSError or ValueError.

        A thread for each question that nothing waits for: a pool's threads would keep the program from ending.
        """
        try:
            return [str(ip_address(host))]
        except ValueError:
            pass  # a name
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def settle(found: list[str], failure: Exception | None) -> None:
            self._lookups.release()
            if answer.done():  # nobody waits any more
                return
            if failure is not None:
                answer.set_exception(failure)
            else:
                answer.set_result(found)

        def ask() -> None:
            found: list[str] = []
            failure: Exception | None = None
            try:
                found = list(dict.fromkeys(str(row[4][0]) for row in getaddrinfo(host, port, AF_UNSPEC, SOCK_STREAM)))
            except (OSError, ValueError) as error:
                failure = error
            with suppress(RuntimeError):  # the loop has closed meanwhile: there is nobody to tell
                loop.call_soon_threadsafe(settle, found, failure)

        await self._lookups.acquire()
        try:
            threading.Thread(target=ask, name=f"resolve {host[:40]}", daemon=True).start()
        except RuntimeError as error:  # the system has no thread left
            self._lookups.release()
            raise OSError(str(error)) from error
        return await answer

    async def _open(self, literal: str, port: int, tls_name: str | None) -> Connection:
        loop = asyncio.get_running_loop()
        if tls_name is None:
            _, connection = await loop.create_connection(Connection, literal, port)
        else:
            # example.org. and example.org are one host, but certificates are for the latter
            _, connection = await loop.create_connection(
                Connection, literal, port, ssl=self._tls, server_hostname=tls_name.rstrip(".")
            )
        peer = connection.peer()
        if peer is None or self._guard.refusal(peer) is not None:
            connection.close()
            raise AddressRefusedError(f"the connection to {literal} ended up at {peer}")
        return connection


async def _within(timeout: float | None, waiter: asyncio.Future[None], late: httpx.TimeoutException) -> None:
    if timeout is None:
        await waiter
        return
    try:
        async with asyncio.timeout(timeout):
            await waiter
    except TimeoutError as error:
        raise late from error


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)


def _words(error: Exception) -> str:
    """What the operating system says, without its numbers where there are words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"no secure connection: {error.reason or error}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
