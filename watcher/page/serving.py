"""The web application and an address -> served until told to stop; on a TCP port or a Unix socket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator

import uvicorn
from starlette.applications import Starlette

from watcher.model import WatcherError


class PageError(WatcherError):
    """The page cannot listen where it is told to."""


class Window:
    """Where the page can be seen: it moves when its address does. It is a window, not the house: the watcher
    watches without it where it cannot listen."""

    def __init__(self, site: Starlette, listen: str | None) -> None:
        """listen: "host:port", the path of a Unix socket, or None for no page."""
        self._site, self._listen = site, listen
        self._moved = asyncio.Event()

    def move(self, listen: str | None) -> None:
        """Elsewhere from now on, or nowhere."""
        if listen != self._listen:
            self._listen = listen
            self._moved.set()

    async def show(self, stop: asyncio.Event, *, trouble: Callable[[PageError], None]) -> None:
        """Until stop. trouble: told when it cannot listen where it should."""
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: self._moved.set())
        while not stop.is_set():
            self._moved.clear()
            try:
                if self._listen is not None:
                    await serve(self._site, listen=self._listen, stop=self._moved)
            except PageError as error:
                trouble(error)
            if not stop.is_set():
                await self._moved.wait()


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the daemon's."""
        yield


async def serve(site: Starlette, *, listen: str, stop: asyncio.Event) -> None:
    """Serves on "host:port" or the path of a Unix socket until `stop`. Raises PageError if it cannot listen there."""
    host, _, port = listen.rpartition(":")
    path = listen.removeprefix("unix:")
    place = {"uds": path} if path.startswith("/") else {"host": host.strip("[]"), "port": int(port)}
    config = uvicorn.Config(site, log_config=None, access_log=False, lifespan="off", server_header=False, **place)
    server = _Server(config)
    serving = asyncio.create_task(_run(server, listen))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stopping.cancel()
    await serving


async def _run(server: uvicorn.Server, listen: str) -> None:
    try:
        await server.serve()
    except SystemExit:  # what uvicorn does when the address is taken; out of a task it would end the whole process
        message = f"the page cannot listen on {listen}: is another program there? `page: off` does without"
        raise PageError(message) from None
