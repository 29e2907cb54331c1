"""HTTP requests in, replies out: a small HTTP/1.1 server on loopback, enough for a newsroom and a webhook sink.

It exists so that the demo needs no web framework and can see each request as it came. It is no server for the internet.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

LOOPBACK = "127.0.0.1"
MAX_BODY = 1024 * 1024  # a webhook's JSON has some KB; more is a fault of the sender


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request; header names in small letters, path with its query."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def stays(self) -> bool:
        """Whether the client keeps the connection for another request."""
        return self.headers.get("connection", "").lower() != "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply; Content-Length is added when it is encoded."""

    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def head(self) -> bytes:
        lines = [f"HTTP/1.1 {int(self.status)} {HTTPStatus(self.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if (
            self.status != HTTPStatus.NOT_MODIFIED
        ):  # a 304 has no body, and a length there would be that of the whole feed
            lines.append(f"Content-Length: {len(self.body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request on a connection; None when the client has gone or speaks no HTTP."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    words = first.split(" ")
    if len(words) != 3:  # method, path, version
        return None
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MAX_BODY:
        return None
    try:
        body = await reader.readexactly(int(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return Request(method=words[0], path=words[1], headers=headers, body=body)


@contextlib.asynccontextmanager
async def serve(answer: Callable[[Request], Reply]) -> AsyncIterator[str]:
    """A server on a free port of loopback while the block runs; gives its address, `http://127.0.0.1:PORT`."""
    talks: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await read_request(reader):
                reply = answer(request)
                writer.write(reply.head() + (b"" if request.method == "HEAD" else reply.body))
                await writer.drain()
                if not request.stays:
                    break
        except ConnectionError:
            pass  # a client that hangs up in the middle has its own reasons
        finally:
            writer.close()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(talk(reader, writer))
        talks[task] = writer
        task.add_done_callback(lambda done: talks.pop(done))

    server = await asyncio.start_server(connected, LOOPBACK, 0)
    try:
        yield f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in talks.values():  # clients that keep their connections would hold the loop
            writer.transport.abort()
        await asyncio.gather(*talks)
