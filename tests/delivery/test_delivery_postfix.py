"""Mail through a real Postfix, which runs as a process of its own on a free port and passes the mail on to our sink."""

from __future__ import annotations

import asyncio
import email
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from email import policy
from pathlib import Path
from typing import Any

import pytest

from watcher.delivery.email import EmailChannel
from watcher.model import Answer, Message

MASTER = "/usr/lib/postfix/sbin/master"
QUEUES = (
    *("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming"),
    *("maildrop", "private", "public", "saved", "trace"),
)

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example
mydestination =
alias_maps =
local_recipient_maps =
mynetworks = 127.0.0.0/8
relay_domains = example.org
relay_transport = smtp:[127.0.0.1]:{sink}
relay_recipient_maps = inline:{{ada@example.org=x b@example.org=x}}
smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = {chain}
smtp_host_lookup = native
smtp_tls_security_level = none
"""

SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
error unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
"""


def prepare(folder: Path, *, port: int, sink: int, chain: str) -> None:
    """The configuration and the folders of one Postfix, as `postfix check` would set them up where it may."""
    folder.chmod(0o755)
    for name in ("data", *(f"queue/{name}" for name in QUEUES)):
        (folder / name).mkdir(parents=True)
        shutil.chown(folder / name, "postfix")
    (folder / "queue" / "pid").mkdir()
    (folder / "master.cf").write_text(SERVICES.format(port=port))
    (folder / "main.cf").write_text(MAIN.format(folder=folder, sink=sink, chain=chain))


@pytest.fixture
def postfix_folder() -> Iterator[Path]:
    if not Path(MASTER).exists():
        pytest.skip("Debian's postfix is not installed")
    if os.geteuid() != 0:
        pytest.skip("Postfix's master runs as root only")
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))  # not tmp_path: its processes are another user's
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def postfix(postfix_folder: Path, start_smtp: Any, certificates: Any) -> AsyncIterator[tuple[int, Any]]:
    """The port of a Postfix that asks for TLS, and the sink that it relays to."""
    sink = await start_smtp()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    prepare(postfix_folder, port=port, sink=sink.port, chain=certificates.chain_file)
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(MASTER, "-c", postfix_folder, "-d", stdout=quiet, stderr=quiet)
    try:
        await reachable(port)
        yield port, sink
    finally:
        process.terminate()
        await process.wait()


async def reachable(port: int) -> None:
    """Waits until the port is open: whether another program is ready can only be asked."""
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


async def test_postfix_takes_it_and_passes_it_on_whole(
    postfix: tuple[int, Any], mail: Callable[..., Message], now: datetime, certificates: Any
) -> None:
    port, sink = postfix
    message = mail("ada@example.org", "nobody@example.org", "b@example.org")
    desk = EmailChannel(
        name="desk",
        host="localhost",
        port=port,
        tls="starttls",
        ca_file=certificates.ca_file,
        local_hostname="watcher.example",
    )
    outcome = await desk.send(message, now)
    await desk.close()
    assert outcome.answer is Answer.DELIVERED, outcome
    assert [(recipient, reason[:3]) for recipient, reason in outcome.refused] == [("nobody@example.org", "550")]
    async with asyncio.timeout(10):
        await sink.took.wait()
    sender, recipients, content = sink.mails[0]
    assert sender == "watcher@example.org"
    assert sorted(recipients) == ["ada@example.org", "b@example.org"]
    sent, got = (email.message_from_bytes(one, policy=policy.SMTP) for one in (message.body, content))
    assert [part.get_content() for part in got.iter_parts()] == [part.get_content() for part in sent.iter_parts()]
    assert {name: got[name] for name in sent} == dict(sent.items())
