"""What anybody may send to a callback: nothing of it changes what is kept, and none of it is an alert."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from pushed import World, pushed_world

NEWS = "Elon Musk opens a lighthouse in Brest"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One for all: each of these tests leaves it as it was."""
    async with pushed_world(tmp_path_factory.mktemp("pushed")) as opened:
        await opened.subscribed()
        yield opened


@pytest.mark.parametrize(
    ("situation", "headers"),
    [
        ("another secret", None),
        ("no signature", {"X-Hub-Signature": ""}),
        ("a method of no standing", {"X-Hub-Signature": "md5=00"}),
        ("not figures", {"X-Hub-Signature": "sha256=ü"}),
    ],
)
async def test_what_is_not_signed_is_taken_and_forgotten(
    world: World, situation: str, headers: dict[str, str] | None
) -> None:
    callback = await world.hub.until(1)
    sent = {name: value.encode() for name, value in (headers or {}).items()}
    pushed = await world.hub.push(callback, world.paper.feed(NEWS), secret="guessed", headers=sent)  # type: ignore[arg-type]
    assert pushed.status_code == 202, situation
    await world.round()
    assert await world.alerted() == []
    after = await world.subscription()
    assert after is not None
    assert after.pushed_at is None


@pytest.mark.parametrize(
    ("situation", "call"),
    [
        ("the verification once more", {"mode": "subscribe", "challenge": "c", "lease": 9_999_999}),
        ("for another topic", {"mode": "subscribe", "topic": "http://other.example/", "challenge": "c"}),
        ("to leave, which nobody asked for", {"mode": "unsubscribe", "challenge": "c"}),
        ("a mode of no standing", {"mode": "publish", "challenge": "c"}),
        ("a denial for another topic", {"mode": "denied", "topic": "http://other.example/"}),
        ("a challenge as long as a book", {"mode": "denied", "challenge": "c" * 5000}),
    ],
)
async def test_what_was_not_asked_for_changes_nothing(world: World, situation: str, call: dict[str, object]) -> None:
    callback = await world.hub.until(1)
    before = await world.subscription()
    answer = await world.hub.ask(callback, **{"topic": world.paper.topic, **call})  # type: ignore[arg-type]
    assert answer.status_code == 404, situation
    assert await world.subscription() == before


BODIES: list[tuple[str, dict[str, str], bytes, int]] = [
    ("too much", {}, b"x" * 10_000_001, 413),
    ("too much once unpacked", {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 10_000_001), 413),
    ("damaged gzip", {"Content-Encoding": "gzip"}, b"\x1f\x8b\x08nothing", 400),
    ("gzip that ends in the middle", {"Content-Encoding": "gzip"}, gzip.compress(b"x" * 999)[:-9], 400),
    ("packed in another way", {"Content-Encoding": "br"}, b"x", 415),
    ("a picture", {"Content-Type": "image/png"}, b"x", 415),
    ("no feed, though signed", {}, b"<html>no</html>", 202),
    ("nothing", {}, b"", 202),
]


@pytest.mark.parametrize(("situation", "headers", "body", "status"), BODIES, ids=[row[0] for row in BODIES])
async def test_bodies_that_cannot_be_read(
    world: World, situation: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    callback = await world.hub.until(1)
    assert (await world.hub.push(callback, body, headers=headers)).status_code == status, situation
    assert (await world.feed()).problem is None


async def test_nobody_else_has_a_callback(world: World) -> None:
    callback = await world.hub.until(1)
    async with httpx.AsyncClient() as web:
        stranger = callback[:-1] + ("a" if callback[-1] != "a" else "b")
        query = {"hub.mode": "subscribe", "hub.topic": world.paper.topic, "hub.challenge": "c"}
        assert (await web.get(stranger, params=query)).status_code == 404
        assert (await web.head(callback, params=query)).status_code == 404
        assert (await web.put(callback)).status_code == 405
        assert (await web.get(callback.rsplit("/", 1)[0])).status_code == 404
