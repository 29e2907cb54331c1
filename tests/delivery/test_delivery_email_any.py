"""Whatever an SMTP server answers, at whatever step: nothing is raised, and nobody is both had and left or refused."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.alerts.compose import ChannelFace, compose_test
from watcher.delivery.email import EmailChannel
from watcher.model import Answer, ChannelKind, Outcome

NOW = datetime(2026, 11, 23, 20, 3, 29, tzinfo=UTC)
RECIPIENTS = ("a@example.org", "b@example.org", "c@example.org")
MESSAGE = compose_test(
    ChannelFace(name="c", kind=ChannelKind.EMAIL, sender="w@example.org", recipients=RECIPIENTS), now=NOW
)

GOOD = {
    "greeting": 220,
    "EHLO": 250,
    "HELO": 250,
    "MAIL": 250,
    "RCPT": 250,
    "DATA": 354,
    "text": 250,
    "QUIT": 221,
    "RSET": 250,
}
STEPS = 10  # greeting, EHLO, perhaps HELO, MAIL, three RCPT, DATA, its text, QUIT
ODD = st.one_of(
    st.sampled_from([b"", b"\r\n", b"250\r\n", b"250-\r\n", b"\xff\xfe\r\n", b"999 what\r\n", b"HTTP/1.1 200\r\n"]),
    st.builds(lambda code: b"%d so\r\n" % code, st.sampled_from([250, 251, 252, 354, 421, 450, 452, 550, 552, 554])),
)
SCRIPTS = st.dictionaries(
    st.integers(0, STEPS - 1), ODD, max_size=4
)  # step -> what it says there; else as it should be


@dataclass
class Server:
    """Answers step by step by script; b"" hangs up. Keeps which recipients it said yes to, with the text."""

    script: list[bytes | None]
    had: list[str] = field(default_factory=list)

    def reply(self, step: str) -> bytes:
        said = self.script.pop(0) if self.script else None
        return b"%d fine\r\n" % GOOD.get(step, 500) if said is None else said

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipients: list[str] = []
        said = self.reply("greeting")
        while said:
            writer.write(said)
            line = (await reader.readline()).decode()
            if not line:
                return
            step = line[:4].upper()
            said = self.reply(step)
            if step == "RCPT" and said.startswith(b"25"):
                recipients.append(line.partition("<")[2].partition(">")[0])
            if step == "DATA" and said.startswith(b"354"):
                writer.write(said)
                await reader.readuntil(b"\r\n.\r\n")
                said = self.reply("text")
                if said.startswith(b"25") and not said.startswith(b"250-"):
                    self.had += recipients


async def send(script: list[bytes | None]) -> tuple[Server, Outcome]:
    server = Server(script)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await server.talk(reader, writer)
        writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    channel = EmailChannel(name="c", host="127.0.0.1", port=port, tls="none", timeout=0.1, local_hostname="x")
    outcome = await channel.send(MESSAGE, NOW)
    await channel.close()
    listening.close()
    return server, outcome


@settings(deadline=None, max_examples=300)
@given(SCRIPTS)
def test_whatever_the_server_answers(script: dict[int, bytes]) -> None:
    server, outcome = asyncio.run(send([script.get(step) for step in range(STEPS)]))
    left, refused = set(outcome.left), {recipient for recipient, _ in outcome.refused}
    assert left.isdisjoint(refused)
    assert left | refused <= set(RECIPIENTS)
    assert len(server.had) == len(set(server.had))
    if outcome.answer is Answer.DELIVERED:
        assert not left
        assert set(server.had) == set(RECIPIENTS) - refused
    elif outcome.answer is Answer.REJECTED:
        assert refused == set(RECIPIENTS)
        assert server.had == []
    elif left:
        assert set(server.had) == set(RECIPIENTS) - refused - left
    else:
        assert outcome.down  # to everybody again, since it is not known who has it


@pytest.mark.parametrize(("said", "had"), [(b"502 what is that\r\n", RECIPIENTS), (b"451 not now\r\n", ())])
def test_a_server_too_old_for_ehlo_is_greeted_as_it_knows(said: bytes, had: tuple[str, ...]) -> None:
    server, _ = asyncio.run(send([None, said]))
    assert tuple(server.had) == had
