"""httpx requests -> HTTP/1.1 answers over checked connections: the transport of the fetcher, and of webhooks.

httpx's own transport costs twice as much CPU a request and lets nobody choose the address that is connected to;
h11, the parser inside it, is used here directly. A connection serves one request: two to one host lie seconds apart.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Sequence
from functools import cache
from typing import Any

import h11
import httpx

from watcher.feeds.address import AddressGuard
from watcher.feeds.heads import mended_head
from watcher.feeds.wire import Connection, Dialer

_PORTS = {"http": 80, "https": 443}
# Bytes of a status line with its headers; real ones stay under 16 KB.
_MAX_HEAD = 100 * 1024


class GuardedTransport(httpx.AsyncBaseTransport):
    """httpx's door to the network behind the address rule. No proxies, no environment, no HTTP/2."""

    def __init__(self, guard: AddressGuard, *, tls: ssl.SSLContext | None = None) -> None:
        self._dialer = Dialer(guard, tls or _usual_certificates())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange. extensions of the answer: `connection`, the Connection it came over. Raises httpx's faults."""
        url = request.url
        port = url.port or _PORTS.get(url.scheme)
        if port is None:
            raise httpx.UnsupportedProtocol(f"{url.scheme or 'an address without a scheme'} is neither http nor https")
        timeouts: dict[str, float | None] = request.extensions.get("timeout", {})
        host = url.raw_host.decode("ascii")
        connection = await self._dialer.connect(
            host, port, secure=url.scheme == "https", timeout=timeouts.get("connect")
        )
        exchange = _Exchange(connection, read=timeouts.get("read"), write=timeouts.get("write"))
        try:
            await exchange.ask(request)
            head = await exchange.head()
        except BaseException:
            connection.close()
            raise
        return httpx.Response(
            status_code=head.status_code,
            headers=head.headers.raw_items(),
            stream=_Body(exchange),
            extensions={"reason_phrase": head.reason, "http_version": b"HTTP/1.1", "connection": connection},
        )


@cache  # reading them takes 20 ms, and every channel that is a webhook has a transport of its own
def _usual_certificates() -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    context.set_alpn_protocols(["http/1.1"])
    return context


class _Exchange:
    """One request and its answer on one connection; h11 keeps the rules of HTTP/1.1. read, write: seconds a step."""

    def __init__(self, connection: Connection, *, read: float | None, write: float | None) -> None:
        self.connection = connection
        self._read, self._write = read, write
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD)
        self._head = bytearray()  # what came of the head that is being read

    async def ask(self, request: httpx.Request) -> None:
        headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"connection"]
        headers.append((b"Connection", b"close"))
        try:
            data = self._http.send(
                h11.Request(method=request.method.encode(), target=request.url.raw_path, headers=headers)
            )
            async for chunk in request.stream:  # type: ignore[union-attr] # an async client makes async streams
                data = (data or b"") + (self._http.send(h11.Data(data=chunk)) or b"")
            data = (data or b"") + (self._http.send(h11.EndOfMessage()) or b"")
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        try:
            await self.connection.write(data, self._write)
        except httpx.WriteError:
            return  # a server may answer and close before it has read all: see what it says

    async def head(self) -> h11.Response:
        while True:
            event = await self._next()
            if isinstance(event, h11.Response):
                self._head.clear()
                return event
            self._head[:] = self._http.trailing_data[0]  # after one that only says that it goes on (1xx)

    async def body(self) -> AsyncIterator[bytes]:
        while True:
            event = await self._next()
            if not isinstance(event, h11.Data):
                return
            yield bytes(event.data)

    async def _next(self) -> Any:
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                data = await self.connection.read(self._read)
                if self._http.their_state is h11.SEND_RESPONSE:
                    self._head += data
                    if not data:
                        raise httpx.RemoteProtocolError("the other side closed the connection without an answer")
                self._http.receive_data(data)
        except h11.RemoteProtocolError as error:
            if not self._mended():
                raise httpx.RemoteProtocolError(str(error)) from error
            return await self._next()
        return event

    def _mended(self) -> bool:
        """Whether a head that h11 refuses can be read without the lines that are wrong in it; then it is read anew."""
        mended = mended_head(bytes(self._head))
        self._head.clear()  # once is enough
        if mended is None:
            return False
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD)
        self._http.send(h11.Request(method=b"GET", target=b"/", headers=[(b"Host", b""), (b"Connection", b"close")]))
        self._http.send(h11.EndOfMessage())
        self._http.receive_data(mended)
        return True


class _Body(httpx.AsyncByteStream):
    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._exchange.body()

    async def aclose(self) -> None:
        self._exchange.connection.close()


def guarded_transport(*, allow_private: Sequence[str] = (), tls: ssl.SSLContext | None = None) -> GuardedTransport:
    """A transport for `httpx.AsyncClient(transport=…)`: public addresses, and those in allow_private (CIDR), no others.

    tls: what to trust; None for the usual certificates. A refused address is an httpx.ConnectError. Raises ValueError
    for a network that is not one.
    """
    return GuardedTransport(AddressGuard(allow_private), tls=tls)


def guarded_client(*, allow_private: Sequence[str] = (), timeout: float = 20.0) -> httpx.AsyncClient:
    """A client behind the same address rule, for webhooks: no redirects, no environment; timeout in seconds a step."""
    transport = guarded_transport(allow_private=allow_private)
    return httpx.AsyncClient(transport=transport, timeout=timeout, trust_env=False, follow_redirects=False)


async def check_guard() -> None:
    """Self-test: an address of this machine must be refused when no network is allowed. Raises RuntimeError."""
    refused = Dialer(AddressGuard(), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    for literal in ("127.0.0.1", "::ffff:127.0.0.1", "169.254.169.254"):
        try:
            connection = await refused.connect(literal, 9, secure=False, timeout=1)
        except httpx.ConnectError as error:
            if "not a public address" in str(error):
                continue
            raise RuntimeError(f"the address guard let a connection to {literal} through") from error
        connection.close()
        raise RuntimeError(f"the address guard let a connection to {literal} through")
