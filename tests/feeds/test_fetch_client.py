"""The client that webhooks use: ordinary httpx in front of the guarded transport."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from watcher.feeds.fetch import guarded_client, guarded_transport

LOOPBACK = ["127.0.0.0/8"]


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with guarded_client(allow_private=LOOPBACK, timeout=0.2) as made:
        yield made


async def test_a_body_larger_than_every_buffer_arrives_whole() -> None:
    got = asyncio.get_running_loop().create_future()

    async def hook(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        got.set_result(await reader.readexactly(8_000_000))
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 4\r\n\r\nkept")
        writer.close()

    server = await asyncio.start_server(hook, "127.0.0.1", 0)
    body = bytes(range(250)) * 32_000
    async with guarded_client(allow_private=LOOPBACK, timeout=20) as client:
        answer = await client.post(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", content=body)
    assert (answer.status_code, answer.content, await got) == (202, b"kept", body)
    server.close()


async def test_a_stream_goes_out_in_chunks(web: Any, client: httpx.AsyncClient) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    web.answers["/"] = b"HTTP/1.1 204 No Content\r\n\r\n"
    assert (await client.post(web.url(), content=parts())).status_code == 204
    assert web.log[0].all("transfer-encoding") == [b"chunked"]


async def test_a_redirect_is_an_answer(web: Any, client: httpx.AsyncClient) -> None:
    web.answers["/"] = b"HTTP/1.1 307 Elsewhere\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    assert (await client.post(web.url(), content=b"{}")).status_code == 307


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        (b"", httpx.RemoteProtocolError),
        (b"SSH-2.0-OpenSSH\r\n\r\n", httpx.RemoteProtocolError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", httpx.RemoteProtocolError),
    ],
)
async def test_faults_are_httpx_s_own(
    web: Any, client: httpx.AsyncClient, sent: bytes, fault: type[httpx.HTTPError]
) -> None:
    web.answers["/"] = sent
    with pytest.raises(fault):
        await client.post(web.url(), content=b"{}")


async def test_a_server_that_keeps_silent_is_a_read_timeout(web: Any, client: httpx.AsyncClient) -> None:
    silence = asyncio.Event()

    async def say_nothing(_: asyncio.StreamWriter) -> None:
        await silence.wait()

    web.answers["/"] = say_nothing
    with pytest.raises(httpx.ReadTimeout):
        await client.post(web.url(), content=b"{}")
    silence.set()


async def test_a_header_that_breaks_the_line_is_not_sent(web: Any, client: httpx.AsyncClient) -> None:
    with pytest.raises(httpx.LocalProtocolError):
        await client.post(web.url(), content=b"{}", headers={"x": "a\r\nb: c"})
    assert web.log == []


async def test_the_transport_alone_knows_http_only() -> None:
    transport = guarded_transport(allow_private=LOOPBACK)
    with pytest.raises(httpx.UnsupportedProtocol):
        await transport.handle_async_request(httpx.Request("GET", "ftp://127.0.0.1/"))
