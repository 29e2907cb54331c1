"""A web on loopback that answers as a test says, byte for byte, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from watcher.feeds.fetch import WebFetcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came. fields: names in small letters."""

    path: str
    host: str
    fields: tuple[tuple[str, bytes], ...]

    def all(self, name: str) -> list[bytes]:
        return [value for key, value in self.fields if key == name]


Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Web:
    """answers: path -> what is sent for it, or a coroutine that sends it. 127.0.0.1, 127.0.0.2 … are its hosts."""

    port: int = 0
    answers: dict[str, bytes | Answer] = field(default_factory=dict)
    log: list[Asked] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.log]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
            fields = tuple(
                (name.decode().lower(), value.strip())
                for name, _, value in (line.partition(b":") for line in head[1:] if line)
            )
            path = head[0].split(b" ")[1].decode()
            self.log.append(Asked(path=path, host=dict(fields)["host"].decode(), fields=fields))
            answer = self.answers.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone, as it may
        finally:
            self.under_way -= 1
            writer.close()


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    made = Web()
    server = await asyncio.start_server(made.serve, "0.0.0.0", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


@pytest.fixture
async def open_fetcher() -> AsyncIterator[Callable[..., WebFetcher]]:
    """Makes fetchers that may use loopback and wait for nothing, unless told otherwise; closes them."""
    made: list[WebFetcher] = []

    def make(**settings: object) -> WebFetcher:
        defaults: dict[str, object] = {"contact": "desk@example.org", "allow_private": ["127.0.0.0/8"], "gap": 0.0}
        made.append(WebFetcher(**{**defaults, **settings}))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for fetcher in made:
        await fetcher.aclose()


@pytest.fixture
def fetcher(open_fetcher: Callable[..., WebFetcher]) -> WebFetcher:
    return open_fetcher()
