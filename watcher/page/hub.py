"""Calls of hubs in, what the subscriber says to them out: the one part of the page that the internet may reach."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from watcher.model import PushAnswer, StoreError

MAX_BODY = 10_000_000  # bytes of a push, as it comes and unpacked: what a feed may have that is polled
MAX_CHALLENGE = 4096  # characters that are echoed; hubs send some 40
AT_ONCE = 4  # pushes that are read at once: each may take three times MAX_BODY of memory
PATIENCE = 30.0  # seconds for a push to arrive in full
_STATUS = {
    PushAnswer.TAKEN: HTTPStatus.ACCEPTED,
    PushAnswer.UNKNOWN: HTTPStatus.NOT_FOUND,
    PushAnswer.GONE: HTTPStatus.GONE,
}
_KINDS = ("application/", "text/")  # what a feed may call itself; nothing said is a feed too


class Hubs(Protocol):
    """What is asked of the subscriber."""

    async def verify(self, token: str, query: Mapping[str, str]) -> str | None: ...

    async def expects(self, token: str) -> PushAnswer: ...

    async def push(self, token: str, body: bytes, *, signature: str, wire: bytes, content_type: str) -> PushAnswer: ...


def hub_routes(hubs: Hubs, path: str) -> list[Route]:
    """The route of all callbacks. path: what stands before their tokens."""
    callbacks = _Callbacks(hubs)
    return [
        Route(path + "{token}", _discreet(callbacks.verify), methods=["GET"]),
        Route(path + "{token}", _discreet(callbacks.push), methods=["POST"]),
    ]


def _discreet(answer: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """What is wrong with the store is nothing for the internet to know: the hub is to come again."""

    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except StoreError:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE) from None

    return answered


class _Callbacks:
    def __init__(self, hubs: Hubs) -> None:
        self._hubs = hubs
        self._places = asyncio.Semaphore(AT_ONCE)

    async def verify(self, request: Request) -> Response:
        """The challenge back where the hub verifies a request of ours."""
        query = request.query_params
        if request.method != "GET" or len(query.get("hub.challenge", "")) > MAX_CHALLENGE:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        answer = await self._hubs.verify(request.path_params["token"], query)
        if answer is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return PlainTextResponse(answer)

    async def push(self, request: Request) -> Response:
        """Takes a push once it is kept; what is not signed as agreed is taken and forgotten."""
        token = request.path_params["token"]
        content_type = request.headers.get("content-type", "")
        if content_type and not content_type.strip().lower().startswith(_KINDS):
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        answer = await self._hubs.expects(token)
        if answer is PushAnswer.TAKEN:
            async with self._places:
                wire = await _read(request)
                body = await asyncio.to_thread(_unpacked, wire, request.headers.get("content-encoding", ""))
                signature = request.headers.get("x-hub-signature", "")
                answer = await self._hubs.push(token, body, signature=signature, wire=wire, content_type=content_type)
        return PlainTextResponse(f"{answer}\n", _STATUS[answer])


async def _read(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for piece in request.stream():
                body += piece
                if len(body) > MAX_BODY:
                    raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except TimeoutError:
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from None
    except ClientDisconnect:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None
    return bytes(body)


def _unpacked(wire: bytes, coding: str) -> bytes:
    """The body of a push that may be gzip, never more than MAX_BODY of it."""
    coding = coding.strip().lower()
    if coding in ("", "identity"):
        return wire
    if coding not in ("gzip", "x-gzip"):
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)  # 16: gzip's header and checksum, nothing else
    try:
        body = inflate.decompress(wire, MAX_BODY + 1)
    except zlib.error:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None
    if len(body) > MAX_BODY:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if not inflate.eof:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    return body
