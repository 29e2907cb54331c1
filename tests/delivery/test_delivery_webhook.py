"""Webhooks over real HTTP on loopback: what is sent, that it verifies, and what each answer means."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
from asyncio.subprocess import PIPE
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from watcher.delivery.webhook import WebhookChannel
from watcher.feeds.transport import guarded_client
from watcher.model import Answer, ChannelKind, Message, MessageType

OLD = "whsec_" + base64.b64encode(b"the old secret, 24 bytes").decode()
NEW = "whsec_" + base64.b64encode(b"the new secret, 24 bytes").decode()


def channel(url: str, *secrets: str, timeout: float = 5.0) -> WebhookChannel:
    return WebhookChannel(
        name="hook", url=url, secrets=secrets or (NEW,), client=httpx.AsyncClient(trust_env=False), timeout=timeout
    )


async def test_signs_as_the_public_test_vector_says(http_sink: Any) -> None:
    """The vector of the Standard Webhooks libraries."""
    message = Message(
        id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        channel="hook",
        kind=ChannelKind.WEBHOOK,
        type=MessageType.TEST,
        subject="",
        body=b'{"test": 2432232314}',
    )
    hook = channel(http_sink.url, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    await hook.send(message, datetime.fromtimestamp(1614265330, UTC))
    await hook.close()
    headers = http_sink.requests[0].headers
    assert headers["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_sends_the_bytes_of_the_message_again_under_the_same_id(
    http_sink: Any, hook_message: Message, now: datetime
) -> None:
    hook = channel(http_sink.url)
    http_sink.answer(503)
    assert (await hook.send(hook_message, now)).answer is Answer.DEFERRED
    http_sink.answer(200)
    assert (await hook.send(hook_message, now)).answer is Answer.DELIVERED
    await hook.close()
    first, second = http_sink.requests
    assert first.line == "POST /hook HTTP/1.1"
    assert first.body == second.body == hook_message.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == hook_message.id
    assert first.headers["content-type"] == "application/json"
    assert first.headers["user-agent"] == "watcher"


@pytest.mark.parametrize("receiver", [OLD, NEW])
async def test_with_two_secrets_both_receivers_verify(receiver: str, http_sink: Any, hook_message: Message) -> None:
    hook = channel(http_sink.url, OLD, NEW)
    await hook.send(hook_message, datetime.now(UTC))
    await hook.close()
    request = http_sink.requests[0]
    assert Webhook(receiver).verify(request.body, request.headers) == json.loads(hook_message.body)
    with pytest.raises(WebhookVerificationError):
        Webhook(receiver).verify(request.body.replace(b"Ada", b"Eve"), request.headers)


NODE_VERIFY = """
const {Webhook} = require("standardwebhooks");
const {secret, headers, body} = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(new Webhook(secret).verify(body, headers)));
"""


@pytest.fixture
def node() -> str:
    """Node with the public library. For this test: npm install standardwebhooks somewhere, and NODE_PATH to it."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed")
    if subprocess.run([found, "-e", 'require("standardwebhooks")'], capture_output=True, check=False).returncode:
        pytest.skip("node finds no standardwebhooks: npm install it, and set NODE_PATH to its node_modules")
    return found


async def test_verifies_with_the_npm_package(node: str, http_sink: Any, hook_message: Message) -> None:
    hook = channel(http_sink.url)
    await hook.send(hook_message, datetime.now(UTC))
    await hook.close()
    request = http_sink.requests[0]
    given = {"secret": NEW, "headers": request.headers, "body": request.body.decode()}
    done = await asyncio.create_subprocess_exec(node, "-e", NODE_VERIFY, stdin=PIPE, stdout=PIPE)
    out, _ = await done.communicate(json.dumps(given).encode())
    assert json.loads(out) == json.loads(hook_message.body)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ("retry-after: 120\r\n", 120.0),
        ("retry-after: Mon, 23 Nov 2026 20:13:29 GMT\r\n", 600.0),
        ("retry-after: Mon, 23 Nov 2020 20:13:29 GMT\r\n", 0.0),
        ("retry-after: 999999999999\r\n", 5 * 24 * 3600.0),
        ("retry-after: soon\r\n", None),
        ("retry-after: -5\r\n", None),
        ("", None),
    ],
)
async def test_waits_as_long_as_retry_after_says_in_either_form(
    headers: str, seconds: float | None, http_sink: Any, hook_message: Message, now: datetime
) -> None:
    http_sink.answer(429, headers=headers)
    hook = channel(http_sink.url)
    outcome = await hook.send(hook_message, now)
    await hook.close()
    assert outcome.answer is Answer.DEFERRED
    assert outcome.retry_after == seconds


async def test_410_switches_the_channel_off(http_sink: Any, hook_message: Message, now: datetime) -> None:
    http_sink.answer(410)
    hook = channel(http_sink.url)
    outcome = await hook.send(hook_message, now)
    await hook.close()
    assert outcome.answer is Answer.REJECTED
    assert outcome.switch_off


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_never_follows_a_redirect(status: int, http_sink: Any, hook_message: Message, now: datetime) -> None:
    http_sink.answer(status, headers=f"location: {http_sink.url}\r\n")
    hook = channel(http_sink.url)
    outcome = await hook.send(hook_message, now)
    await hook.close()
    assert outcome.answer is Answer.DEFERRED
    assert http_sink.url in outcome.reason  # so that the owner can mend the address
    assert len(http_sink.requests) == 1


async def test_reads_only_the_start_of_an_answer(http_sink: Any, hook_message: Message, now: datetime) -> None:
    """A body without end would otherwise hold the channel until the timeout."""
    head = b"HTTP/1.1 500 Oops\r\ncontent-type: text/plain\r\ncontent-length: 1000000000\r\n\r\n"
    http_sink.answers = [head + b"the disk is full\x1b[31m\r\n" + b"x" * 100_000]
    hook = channel(http_sink.url, timeout=5)
    outcome = await hook.send(hook_message, now)
    await hook.close()
    assert outcome.reason.startswith("HTTP 500: the disk is full[31m xxx")
    assert len(outcome.reason) <= 300


async def test_does_not_inflate_an_answer(http_sink: Any, hook_message: Message, now: datetime) -> None:
    http_sink.answer(500, headers="content-encoding: gzip\r\n", body=b"\x1f\x8b\x08no gzip at all")
    hook = channel(http_sink.url)
    outcome = await hook.send(hook_message, now)
    await hook.close()
    assert outcome.reason == "HTTP 500"


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\n", b"cut", b"NONSENSE\r\n\r\n"])
async def test_no_answer_is_tried_later(answer: bytes, http_sink: Any, hook_message: Message, now: datetime) -> None:
    http_sink.answers = [answer]
    hook = channel(http_sink.url, timeout=0.2)
    outcome = await hook.send(hook_message, now)
    await hook.close()
    assert outcome.answer is Answer.DEFERRED
    assert outcome.reason


@pytest.mark.parametrize("secrets", [(), ("",), ("whsec_",), ("whsec_!!!",), (NEW, "whsec_é")])
def test_refuses_a_secret_that_is_none_without_showing_it(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="secret") as told:
        WebhookChannel(name="hook", url="http://127.0.0.1:1/", secrets=secrets, client=httpx.AsyncClient())
    assert not any(secret in str(told.value) for secret in secrets if secret not in ("", "whsec_"))


async def test_behind_the_address_guard_only_allowed_networks_are_reached(
    http_sink: Any, hook_message: Message, now: datetime
) -> None:
    answers = []
    for allowed in ((), ("127.0.0.0/8",)):
        client = guarded_client(allow_private=allowed)
        hook = WebhookChannel(name="hook", url=http_sink.url, secrets=[NEW], client=client, timeout=5)
        answers.append(await hook.send(hook_message, now))
        await hook.close()
    assert [outcome.answer for outcome in answers] == [Answer.DEFERRED, Answer.DELIVERED]
    assert "public address" in answers[0].reason
    assert len(http_sink.requests) == 1
    assert http_sink.requests[0].body == hook_message.body


@pytest.mark.parametrize("trouble", [b"", b"HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n", b"cut"])
async def test_behind_the_guard_a_hook_that_was_down_delivers_again(
    trouble: bytes, http_sink: Any, hook_message: Message, now: datetime
) -> None:
    client = guarded_client(allow_private=["127.0.0.0/8"])
    hook = WebhookChannel(name="hook", url=http_sink.url, secrets=[NEW], client=client, timeout=0.2)
    good = http_sink.answers[0]
    http_sink.answers = [good, trouble, good]
    answers = [(await hook.send(hook_message, now)).answer for _ in range(3)]
    await hook.close()
    assert answers == [Answer.DELIVERED, Answer.DEFERRED, Answer.DELIVERED]
