"""kill -9 between two bytes of a send, counted at the other side: it arrives after all, as the same message."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from post import EMAIL, WEBHOOK, deliver_once, raise_alert, write_config

from watcher.app import open_watcher, read_config
from watcher.model import DeliveryState

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
IN_FLIGHT = 4  # sends at one endpoint at a time, as the runner bounds them: what one kill can repeat
SHARES = (0.08, 0.5, 0.999)  # of the bytes of a conversation: in the head, the body, and the answer
GIVEN_UP_AFTER = 60.0  # seconds in which a round of delivery ends, also on a slow machine
SPAWN = multiprocessing.get_context("forkserver")
SPAWN.set_forkserver_preload(["watcher.app", "watcher.daemon"])  # what takes long to import, once


@dataclass
class Sink:
    """Counts every byte of a connection in both directions, and kills the sender after so many of one that is told."""

    kill_after: int | None = None
    sender: int = 0
    port: int = 0
    taken: dict[str, list[bytes]] = field(default_factory=dict)  # id of the message -> what came under it
    longest: int = 0  # bytes of the longest conversation that ended well

    def serve(self, listener: socket.socket, speak: type[Talk]) -> None:
        with suppress(OSError):  # the test has closed the listener
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._talk, args=(connection, speak), daemon=True).start()

    def _talk(self, connection: socket.socket, speak: type[Talk]) -> None:
        talk = speak(self, connection)
        with connection, suppress(ConnectionError, EOFError):
            talk.run()
            self.longest = max(self.longest, talk.bytes)


class Talk:
    def __init__(self, sink: Sink, connection: socket.socket) -> None:
        self.sink, self.connection, self.bytes = sink, connection, 0
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # byte by byte, and no wait between two
        self.kill_after, sink.kill_after = sink.kill_after, None  # this one, and then no other

    def _count(self) -> None:
        self.bytes += 1
        if self.bytes == self.kill_after:
            os.kill(self.sink.sender, signal.SIGKILL)
            raise EOFError

    def read(self, length: int) -> bytes:
        got = b""
        while len(got) < length:
            byte = self.connection.recv(1)
            if not byte:
                raise EOFError
            got += byte
            self._count()
        return got

    def until(self, end: bytes) -> bytes:
        got = b""
        while not got.endswith(end):
            got += self.read(1)
        return got

    def say(self, answer: bytes) -> None:
        for place in range(len(answer)):
            self.connection.sendall(answer[place : place + 1])
            self._count()

    def took(self, id_: bytes, body: bytes) -> None:
        self.sink.taken.setdefault(id_.decode(), []).append(body)

    def run(self) -> None:
        raise NotImplementedError


class HttpTalk(Talk):
    def run(self) -> None:
        head = self.until(b"\r\n\r\n").split(b"\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in head[1:])}
        self.took(headers[b"webhook-id"], self.read(int(headers[b"content-length"])))
        self.say(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")


class SmtpTalk(Talk):
    def run(self) -> None:
        self.say(b"220 mail.example\r\n")
        while True:
            line = self.until(b"\r\n")
            if line.startswith(b"DATA"):
                self.say(b"354 go on\r\n")
                mail = self.until(b"\r\n.\r\n")
                self.took(mail.split(b"Message-ID: <")[1].split(b"@")[0], mail)
            self.say(b"221 bye\r\n" if line.startswith(b"QUIT") else b"250 OK\r\n")
            if line.startswith(b"QUIT"):
                return


def _deliver(folder: str) -> None:
    asyncio.run(deliver_once(Path(folder)))


@contextmanager
def listening(speak: type[Talk]) -> Iterator[Sink]:
    sink = Sink()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sink.port = listener.getsockname()[1]
        threading.Thread(target=sink.serve, args=(listener, speak), daemon=True).start()
        yield sink


async def _put(folder: Path, number: int) -> tuple[str, bytes]:
    async with open_watcher(read_config(folder), alone=True) as watcher:
        made = await raise_alert(watcher, "c", number, NOW + timedelta(seconds=number))
    return made.id, made.message.body


async def _states(folder: Path) -> set[DeliveryState]:
    async with open_watcher(read_config(folder), alone=True) as watcher:
        return {one.state for one in await watcher.store.outbox(limit=1000)}


def run(folder: Path, sink: Sink, kill_after: int | None) -> int | None:
    """One process that delivers what is due, killed after so many bytes; its exit code."""
    process = SPAWN.Process(target=_deliver, args=(str(folder),))
    process.start()
    sink.sender, sink.kill_after = process.pid or 0, kill_after
    process.join(GIVEN_UP_AFTER)
    return process.exitcode


@pytest.mark.parametrize(("line", "speak"), [(WEBHOOK, HttpTalk), (EMAIL, SmtpTalk)], ids=["webhook", "email"])
def test_killed_at_any_byte_it_arrives_under_one_id_with_the_same_bytes(
    line: str, speak: type[Talk], tmp_path: Path
) -> None:
    """A message for each place; what was cut is sent again by the process after it."""
    with listening(speak) as sink:
        folder = write_config(tmp_path / "config", c=line.format(port=sink.port))
        made = dict([asyncio.run(_put(folder, 0))])
        assert run(folder, sink, None) == 0
        killed = 0
        for number, share in enumerate(SHARES, 1):
            id_, body = asyncio.run(_put(folder, number))
            made[id_] = body
            killed += run(folder, sink, max(1, int(sink.longest * share))) == -signal.SIGKILL
        assert run(folder, sink, None) == 0
        assert killed >= len(SHARES) - 1, "a kill that comes after all is recorded kills nothing"
        assert asyncio.run(_states(folder)) == {DeliveryState.DELIVERED}
        assert set(sink.taken) == set(made)
        for id_, bodies in sink.taken.items():
            sent = {body.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.") for body in bodies}
            assert sent == {made[id_]}
        assert sum(map(len, sink.taken.values())) <= len(made) + killed * IN_FLIGHT
