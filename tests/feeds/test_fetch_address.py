"""Which addresses may be connected to, and that no name, redirect or second answer of a name server leads around it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from watcher.feeds import fetch, wire
from watcher.feeds.address import AddressGuard
from watcher.feeds.fetch import WebFetcher, check_guard, guarded_client
from watcher.model import FetchError, FetchReason, Response


@pytest.mark.parametrize(
    "literal",
    [
        "93.184.216.34",
        "8.8.8.8",
        "168.63.129.15",
        "192.88.98.1",
        "2606:2800:220:1::1",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_public_addresses_are_let_through(literal: str) -> None:
    assert AddressGuard().refusal(literal) is None


@pytest.mark.parametrize(
    "literal",
    [
        *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254"),
        *("168.63.129.16", "172.16.0.1", "172.31.255.255", "192.0.0.9", "192.0.2.1", "192.88.99.1", "192.168.1.1"),
        *("198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
        *("255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1"),
        *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::"),
        *("2002:808:808::", "3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1"),
        *("localhost", "", "127.1", "not an address"),
    ],
)
def test_everything_else_is_refused(literal: str) -> None:
    assert AddressGuard().refusal(literal) is not None


@pytest.mark.parametrize(
    ("allowed", "literal", "passes"),
    [
        (["127.0.0.0/8"], "127.0.0.1", True),
        (["127.0.0.0/8"], "::ffff:127.0.0.1", True),
        (["127.0.0.0/8"], "10.0.0.1", False),
        (["127.0.0.0/8"], "::1", False),
        (["::1/128"], "::1", True),
        (["10.1.2.3/8"], "10.200.0.1", True),  # host bits are overlooked
        (["192.168.0.0/16", "fe80::/10"], "fe80::1%eth0", True),
    ],
)
def test_the_owner_may_let_networks_through(allowed: list[str], literal: str, passes: bool) -> None:
    assert (AddressGuard(allowed).refusal(literal) is None) is passes


def test_a_network_that_is_none_is_a_fault() -> None:
    with pytest.raises(ValueError, match="home"):
        AddressGuard(["home"])


async def test_the_self_test_passes() -> None:
    await check_guard()


async def test_the_self_test_notices_a_guard_that_lets_all_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AddressGuard, "refusal", lambda _self, _literal: None)
    with pytest.raises(RuntimeError, match="let a connection"):
        await check_guard()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "[::1]"]
)
async def test_no_spelling_of_this_machine_is_connected_to(
    web: Any, open_fetcher: Callable[..., WebFetcher], host: str
) -> None:
    fetcher = open_fetcher(allow_private=[])
    with pytest.raises(FetchError) as failure:
        await fetcher.feed(web.url(host=host), etag=None, last_modified=None)
    assert failure.value.reason is FetchReason.ADDRESS
    assert web.log == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://127.0.0.1/",
        "feed",
        "//example.org/x",
        "http://",
        "http://[::1",
        "",
    ],
)
async def test_what_is_not_a_web_address_is_refused(fetcher: WebFetcher, url: str) -> None:
    with pytest.raises(FetchError) as failure:
        await fetcher.feed(url, etag=None, last_modified=None)
    assert failure.value.reason is FetchReason.ADDRESS


def _names(monkeypatch: pytest.MonkeyPatch, *answers: list[str] | OSError) -> list[str]:
    """A name server that gives these answers one after another; returns the names that it is asked for."""
    asked: list[str] = []

    def answer(host: str, port: int, *_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        given = answers[min(len(asked), len(answers)) - 1]
        if isinstance(given, OSError):
            raise given
        return [(0, 0, 0, "", (literal, port)) for literal in given]

    monkeypatch.setattr(wire, "getaddrinfo", answer)
    return asked


async def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    web: Any, fetcher: WebFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.answers["/"] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    asked = _names(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    response = await fetcher.feed(web.url(host="rebound.test"), etag=None, last_modified=None)
    assert response.body == b"ok"
    assert asked == ["rebound.test"]
    assert web.log[0].host == f"rebound.test:{web.port}"


@pytest.mark.parametrize(
    ("answer", "reason", "words"),
    [
        (["10.0.0.1", "192.168.0.1"], FetchReason.ADDRESS, "10.0.0.1 is not a public address"),
        (socket.gaierror(socket.EAI_NONAME, "unknown"), FetchReason.ADDRESS, "no host named"),
        (socket.gaierror(socket.EAI_AGAIN, "try again"), FetchReason.NETWORK, "name server did not answer"),
    ],
)
async def test_a_name_without_a_usable_address(
    web: Any,
    fetcher: WebFetcher,
    monkeypatch: pytest.MonkeyPatch,
    answer: list[str] | OSError,
    reason: FetchReason,
    words: str,
) -> None:
    _names(monkeypatch, answer)
    with pytest.raises(FetchError, match=words) as failure:
        await fetcher.feed(web.url(host="name.test"), etag=None, last_modified=None)
    assert failure.value.reason is reason


async def test_a_host_with_private_addresses_too_is_reached_over_its_other_one(
    web: Any, fetcher: WebFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.answers["/"] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    _names(monkeypatch, ["::1", "10.0.0.1", "127.0.0.1"])
    assert (await fetcher.feed(web.url(host="both.test"), etag=None, last_modified=None)).status == 200


async def test_where_one_address_does_not_answer_the_next_is_tried(
    web: Any, open_fetcher: Callable[..., WebFetcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    web.answers["/"] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    _names(monkeypatch, ["::1", "127.0.0.1"])
    fetcher = open_fetcher(allow_private=["::1/128", "127.0.0.0/8"])  # nobody listens on ::1
    assert (await fetcher.feed(web.url(host="both.test"), etag=None, last_modified=None)).status == 200


async def test_names_are_looked_up_a_few_at_a_time_and_all_have_their_turn(
    web: Any, open_fetcher: Callable[..., WebFetcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "_LOOKUPS", 2)
    asked = _names(monkeypatch, ["127.0.0.1"])
    web.answers["/"] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    fetcher = open_fetcher()
    urls = [web.url(host=f"name{number}.test") for number in range(20)]
    await asyncio.gather(*(fetcher.feed(url, etag=None, last_modified=None) for url in urls))
    assert len(asked) == 20


async def test_a_name_server_that_keeps_silent_costs_its_own_host_alone(
    web: Any, fetcher: WebFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    silence = threading.Event()
    monkeypatch.setattr(wire, "getaddrinfo", lambda *_: silence.wait() and [])
    monkeypatch.setattr(fetch, "_TIMEOUTS", {"timeout": {"connect": 0.1}})
    web.answers["/"] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    asked = [fetcher.feed(f"http://silent{number}.test/", etag=None, last_modified=None) for number in range(50)]
    asked.append(fetcher.feed(web.url(), etag=None, last_modified=None))
    *silent, heard = await asyncio.gather(*asked, return_exceptions=True)
    silence.set()
    assert {error.reason for error in silent if isinstance(error, FetchError)} == {FetchReason.TIMEOUT}
    assert isinstance(heard, Response)


async def test_a_connection_that_ends_up_elsewhere_is_dropped(
    web: Any, fetcher: WebFetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire.Connection, "peer", lambda _self: "10.0.0.1")
    with pytest.raises(FetchError, match=r"ended up at 10\.0\.0\.1") as failure:
        await fetcher.feed(web.url(), etag=None, last_modified=None)
    assert failure.value.reason is FetchReason.ADDRESS
    assert web.log == []


async def test_a_webhook_goes_by_the_same_rule(web: Any) -> None:
    web.answers["/hook"] = b"HTTP/1.1 204 No Content\r\n\r\n"
    async with guarded_client() as closed:
        with pytest.raises(httpx.ConnectError, match="not a public address"):
            await closed.post(web.url("/hook"), content=b"{}")
    assert web.log == []
    async with guarded_client(allow_private=["127.0.0.0/8"]) as client:
        answer = await client.post(web.url("/hook"), content=b"{}")
    assert answer.status_code == 204
    assert (web.log[0].all("content-length"), web.log[0].all("connection")) == ([b"2"], [b"close"])
