"""What a publisher sees of us on the wire, and what we take and refuse from it."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
import ssl
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme

from watcher.feeds import wire
from watcher.feeds.body import Limits
from watcher.feeds.fetch import WebFetcher
from watcher.feeds.fresh import retry_after
from watcher.feeds.headers import user_agent
from watcher.feeds.wire import Connection
from watcher.model import FetchError, FetchReason, HostPause, Response, host_of

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
BODY = b"<rss version='2.0'><channel><title>News</title></channel></rss>"


def answer(status: str, body: bytes = b"", *fields: bytes) -> bytes:
    head = [b"HTTP/1.1 " + status.encode(), *fields, b"Content-Length: %d" % len(body), b"", b""]
    return b"\r\n".join(head) + body


def redirect(status: int, to: str | bytes) -> bytes:
    return answer(f"{status} Elsewhere", b"", b"Location: " + (to if isinstance(to, bytes) else to.encode()))


async def get(fetcher: WebFetcher, url: str, **validators: bytes | None) -> Response:
    return await fetcher.feed(url, etag=validators.get("etag"), last_modified=validators.get("last_modified"))


async def fault(fetcher: WebFetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as failure:
        await get(fetcher, url)
    return failure.value


# -- what we say


async def test_a_first_request_says_who_asks_and_no_more(web: Any, fetcher: WebFetcher) -> None:
    web.answers["/f"] = answer("200 OK", BODY, b"Set-Cookie: id=1; Path=/")
    await get(fetcher, web.url("/f#part"))
    await get(fetcher, web.url("/f"))
    for asked in web.log:
        assert sorted(name for name, _ in asked.fields) == [
            *("a-im", "accept", "accept-encoding", "connection", "host", "user-agent")
        ]
        assert asked.path == "/f"
    fields = dict(web.log[0].fields)
    assert fields["user-agent"].startswith(b"watcher/")
    assert b"desk@example.org" in fields["user-agent"]
    assert (fields["accept-encoding"], fields["a-im"]) == (b"gzip", b"feed")


@pytest.mark.parametrize(
    ("etag", "last_modified"),
    [
        (b'"abc"', b"Mon, 23 Nov 2026 10:00:00 GMT"),
        (b'W/"abc, def"', None),
        (None, b"yesterday, more or less"),
        (b"\xc3\xa9\xff", b"0"),  # not ASCII, not UTF-8: whose business is it
        (b"unquoted", b"-1"),
    ],
)
async def test_validators_go_back_as_they_came(
    web: Any, fetcher: WebFetcher, etag: bytes | None, last_modified: bytes | None
) -> None:
    fields = [b"ETag: " + etag] if etag else []
    fields += [b"Last-Modified: " + last_modified] if last_modified else []
    web.answers["/f"] = answer("200 OK", BODY, *fields)
    first = await get(fetcher, web.url("/f"))
    assert (first.etag, first.last_modified) == (etag, last_modified)
    web.answers["/f"] = b"\r\n".join([b"HTTP/1.1 304 Not Modified", *fields, b"", b""])
    again = await get(fetcher, web.url("/f"), etag=first.etag, last_modified=first.last_modified)
    assert web.log[1].all("if-none-match") == ([etag] if etag else [])
    assert web.log[1].all("if-modified-since") == ([last_modified] if last_modified else [])
    assert (again.status, again.body, again.etag, again.last_modified) == (304, b"", etag, last_modified)


@pytest.mark.parametrize(
    ("contact", "told"),
    [
        ("", b"(news monitor)"),
        ("desk@example.org", b"(news monitor; contact: desk@example.org)"),
        ("a\r\nX-Evil: 1 (ü)", b"(news monitor; contact: aX-Evil: 1)"),
    ],
)
def test_a_contact_is_made_fit_for_a_header(contact: str, told: bytes) -> None:
    assert user_agent(contact).partition(b" ")[2] == told


async def test_credentials_in_an_address_stay_with_its_origin(web: Any, fetcher: WebFetcher) -> None:
    web.answers |= {
        "/a": redirect(302, "/b"),
        "/b": redirect(302, web.url("/c", host="user:other@127.0.0.2")),
        "/c": answer("200 OK", BODY),
    }
    response = await get(fetcher, f"http://me:secret@127.0.0.1:{web.port}/a")
    assert [asked.all("authorization") for asked in web.log] == [[b"Basic bWU6c2VjcmV0"], [b"Basic bWU6c2VjcmV0"], []]
    assert response.url == web.url("/c", host="127.0.0.2")
    assert "secret" not in str(await fault(fetcher, f"http://me:secret@127.0.0.1:{web.port}/none"))


# -- what we take


async def test_an_answer_as_it_came(web: Any, open_fetcher: Callable[..., WebFetcher]) -> None:
    web.answers["/f"] = answer("200 OK", BODY, b"X-Name: J\xfcrgen", b"Link: <a>", b"LINK: <b>")
    response = await get(open_fetcher(now=lambda: NOW), web.url("/f"))
    assert (response.url, response.status, response.body) == (web.url("/f"), 200, BODY)
    assert (response.headers["x-name"], response.headers["link"]) == ("Jürgen", "<a>, <b>")
    assert (b"LINK", b"<b>") in response.raw_headers
    assert (response.fetched_at, response.moved_to) == (NOW, None)


@pytest.mark.parametrize(
    "sent",
    [
        answer("200 OK", gzip.compress(BODY), b"Content-Encoding: gzip"),
        answer("200 OK", gzip.compress(BODY), b"Content-Encoding: X-GZIP, identity"),
        answer("200 OK", gzip.compress(BODY[:9]) + gzip.compress(BODY[9:]), b"Content-Encoding: gzip"),
        answer("200 OK", gzip.compress(BODY) + b"\0\0\0", b"Content-Encoding: gzip"),
        answer("226 IM Used", BODY, b"IM: feed"),
        b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n" + answer("200 OK", BODY),
        b"HTTP/1.0 200 OK\r\n\r\n" + BODY,  # ends with the connection
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    ],
)
async def test_ways_to_send_a_body(web: Any, fetcher: WebFetcher, sent: bytes) -> None:
    web.answers["/f"] = sent
    assert (await get(fetcher, web.url("/f"))).body == BODY


async def test_an_empty_body_that_claims_to_be_packed(web: Any, fetcher: WebFetcher) -> None:
    web.answers["/f"] = answer("200 OK", b"", b"Content-Encoding: gzip")
    assert (await get(fetcher, web.url("/f"))).body == b""
    web.answers["/f"] = b"HTTP/1.1 304 Not Modified\r\nContent-Encoding: br\r\n\r\n"
    assert (await get(fetcher, web.url("/f"))).status == 304


async def test_of_two_validators_the_last_counts(web: Any, fetcher: WebFetcher) -> None:
    web.answers["/f"] = answer("200 OK", BODY, b'ETag: "proxy"', b'etag: "server"')
    assert (await get(fetcher, web.url("/f"))).etag == b'"server"'


async def test_a_validator_without_a_value_is_none(web: Any, fetcher: WebFetcher) -> None:
    web.answers["/f"] = answer("200 OK", BODY, b"ETag:", b"Last-Modified: ")
    response = await get(fetcher, web.url("/f"), etag=b"", last_modified=b"")
    assert (response.etag, response.last_modified) == (None, None)
    assert not web.log[0].all("if-none-match") + web.log[0].all("if-modified-since")


# -- what we refuse

MILLION = bytes(1_000_000)


@pytest.mark.parametrize(
    ("sent", "reason", "words"),
    [
        (answer("200 OK", b"x", b"Content-Encoding: br"), FetchReason.ENCODING, "'br'"),
        (answer("200 OK", zlib.compress(BODY), b"Content-Encoding: deflate"), FetchReason.ENCODING, "'deflate'"),
        (
            answer("200 OK", gzip.compress(gzip.compress(MILLION)), b"Content-Encoding: gzip, gzip"),
            FetchReason.ENCODING,
            "'gzip, gzip'",
        ),
        (
            answer("200 OK", b"x", b"Content-Encoding: gzip", b"Content-Encoding: gzip"),
            FetchReason.ENCODING,
            "'gzip, gzip'",
        ),
        (answer("200 OK", b"not gzip", b"Content-Encoding: gzip"), FetchReason.ENCODING, "damaged"),
        (answer("200 OK", gzip.compress(BODY)[:-9], b"Content-Encoding: gzip"), FetchReason.ENCODING, "in the middle"),
        (answer("200 OK", gzip.compress(b"") * 101, b"Content-Encoding: gzip"), FetchReason.ENCODING, "100 pieces"),
        (answer("200 OK", gzip.compress(MILLION), b"Content-Encoding: gzip"), FetchReason.TOO_LARGE, "once unpacked"),
        (answer("200 OK", bytes(60_000)), FetchReason.TOO_LARGE, "on the wire"),
        (b"HTTP/1.0 200 OK\r\n\r\n" + bytes(60_000), FetchReason.TOO_LARGE, "on the wire"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"1;" + b"x" * 9000 + b"\r\na\r\n") * 30,
            FetchReason.TOO_LARGE,
            "on the wire",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf", FetchReason.NETWORK, "99"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", FetchReason.NETWORK, "incomplete"),
        (b"", FetchReason.NETWORK, "without an answer"),
        (b"220 mail.example.org ESMTP\r\n", FetchReason.NETWORK, ""),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 20_000 + b"\r\n", FetchReason.NETWORK, ""),
        (answer("404 Not Found"), FetchReason.STATUS, "answered 404 Not Found"),
        (answer("999 Go away"), FetchReason.STATUS, "answered 999$"),
        (answer("300 Choose"), FetchReason.STATUS, "answered 300"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", FetchReason.STATUS, "answered 302"),
    ],
)
async def test_refused(
    web: Any, open_fetcher: Callable[..., WebFetcher], sent: bytes, reason: FetchReason, words: str
) -> None:
    web.answers["/f"] = sent
    error = await fault(open_fetcher(feed_limits=Limits(wire=50_000, decoded=100_000)), web.url("/f"))
    assert error.reason is reason
    assert re.search(words, error.detail)


async def test_a_server_that_sends_a_byte_now_and_then_is_left(
    web: Any, open_fetcher: Callable[..., WebFetcher]
) -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0)

    web.answers["/f"] = drip
    error = await fault(open_fetcher(deadline=0.15), web.url("/f"))
    assert (error.reason, error.detail) == (FetchReason.TIMEOUT, "127.0.0.1 took longer than 0.15 s to answer in full")


async def test_the_deadline_is_for_the_whole_chain(web: Any, open_fetcher: Callable[..., WebFetcher]) -> None:
    now = [0.0]

    async def slow(writer: asyncio.StreamWriter) -> None:
        now[0] += 20
        writer.write(redirect(302, "/g" if now[0] < 40 else "/h"))

    web.answers |= {"/f": slow, "/g": slow}
    error = await fault(open_fetcher(deadline=30.0, clock=lambda: now[0]), web.url("/f"))
    assert (error.reason, len(web.log)) == (FetchReason.TIMEOUT, 2)


class Socket(asyncio.Transport):
    """The asyncio side of a connection, as far as it is told to wait."""

    waits = False

    def pause_reading(self) -> None:
        self.waits = True

    def resume_reading(self) -> None:
        self.waits = False


async def test_a_server_that_sends_faster_than_we_read_is_told_to_wait() -> None:
    connection, socket_ = Connection(), Socket()
    connection.connection_made(socket_)
    for _ in range(5):
        connection.data_received(bytes(64 * 1024))
    assert socket_.waits
    while connection.received and socket_.waits:
        assert len(await connection.read(None)) <= 16 * 1024
    assert not socket_.waits


async def test_nobody_listens(web: Any, fetcher: WebFetcher) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        error = await fault(fetcher, f"http://127.0.0.1:{taken.getsockname()[1]}/")
    assert error.reason is FetchReason.NETWORK


async def test_one_byte_chunks_hold_the_loop_only_briefly(web: Any, fetcher: WebFetcher) -> None:
    web.answers["/f"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 60_000 + b"0\r\n\r\n"
    loop, longest, last = asyncio.get_running_loop(), 0.0, 0.0

    async def watch() -> None:
        nonlocal longest, last
        last = loop.time()
        while True:
            await asyncio.sleep(0)
            longest, last = max(longest, loop.time() - last), loop.time()

    watching = asyncio.create_task(watch())
    error = await fault(fetcher, web.url("/f"))
    watching.cancel()
    assert error.reason is FetchReason.TOO_LARGE
    assert longest < 0.5  # measured 0.02; the margin is for a machine with other work


# -- redirects


@pytest.mark.parametrize(
    ("chain", "moved"),
    [
        ([301], "/1"),
        ([308, 301], "/2"),
        ([302], None),
        ([301, 302], "/1"),
        ([307, 301], None),
        ([303], None),
        ([301, 301, 301, 301, 301], "/5"),
        ([301, 308, 307, 301], "/2"),
    ],
)
async def test_a_feed_moves_as_far_as_its_redirects_are_permanent(
    web: Any, fetcher: WebFetcher, chain: list[int], moved: str | None
) -> None:
    for at, status in enumerate(chain):
        web.answers[f"/{at}"] = redirect(status, f"{at + 1}#part")
    end = web.url(f"/{len(chain)}")
    web.answers[f"/{len(chain)}"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    response = await get(fetcher, web.url("/0"), etag=b'"x"')
    assert (response.url, response.status, response.moved_to) == (end, 304, moved and web.url(moved))
    assert all(asked.all("if-none-match") == [b'"x"'] and not asked.all("referer") for asked in web.log)


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("/f", FetchReason.REDIRECTS),  # for ever: once is enough
        ("file:///etc/passwd", FetchReason.ADDRESS),
        ("http://10.0.0.1/", FetchReason.ADDRESS),
        ("//169.254.169.254/latest/meta-data/", FetchReason.ADDRESS),
        ("http://[::ffff:10.0.0.1]/", FetchReason.ADDRESS),
        ("http://example.org:port/", FetchReason.REDIRECTS),
    ],
)
async def test_where_a_redirect_must_not_lead(web: Any, fetcher: WebFetcher, to: str, reason: FetchReason) -> None:
    web.answers["/f"] = redirect(301, to)
    assert (await fault(fetcher, web.url("/f"))).reason is reason
    assert len(web.log) == 1


async def test_a_circle_is_gone_round_once(web: Any, fetcher: WebFetcher) -> None:
    web.answers |= {"/a": redirect(301, "/b"), "/b": redirect(302, "/a#again")}
    error = await fault(fetcher, web.url("/a"))
    assert (error.reason, "circle" in error.detail, web.paths) == (FetchReason.REDIRECTS, True, ["/a", "/b"])


async def test_a_chain_that_goes_on_and_on_ends_after_five(web: Any, fetcher: WebFetcher) -> None:
    web.answers |= {f"/{at}": redirect(302, f"/{at + 1}") for at in range(20)}
    assert (await fault(fetcher, web.url("/0"))).reason is FetchReason.REDIRECTS
    assert len(web.log) == 6


@pytest.mark.parametrize(
    ("location", "path"),
    [(b"/n\xc3\xa4chste", "/n%C3%A4chste"), (b"/n\xe4chste", "/n%C3%A4chste"), (b" ?page=2 ", "/f?page=2")],
)
async def test_odd_locations(web: Any, fetcher: WebFetcher, location: bytes, path: str) -> None:
    web.answers |= {"/f": redirect(302, location), path: answer("200 OK", BODY)}
    assert (await get(fetcher, web.url("/f"))).body == BODY


# -- left alone


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", None, 120.0),
        (" 1.5 ", None, 1.5),
        ("Mon, 23 Nov 2026 10:10:00 GMT", None, 600.0),
        ("Mon, 23 Nov 2026 20:10:00 GMT", "Mon, 23 Nov 2026 20:00:00 GMT", 600.0),  # a server ten hours ahead
        ("Mon, 23 Nov 2026 09:00:00 GMT", None, 0.0),
        ("Monday, 23-Nov-26 10:00:30 GMT", None, 30.0),
        ("Mon Nov 23 10:00:30 2026", None, 30.0),
        ("120, 60", None, 120.0),
        ("soon", None, None),
        ("-5", None, None),
        ("", None, None),
        (None, None, None),
        ("1e400", None, None),
        ("Mon, 99 Nov 2026 10:10:00 GMT", None, None),
    ],
)
def test_retry_after_in_both_forms(value: str | None, date: str | None, seconds: float | None) -> None:
    assert retry_after(value, date, NOW) == seconds


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        (b"Retry-After: 3600", 3600),
        (b"Retry-After: 999999999", 86400),
        (b"Retry-After: soon", 300),
        (b"Retry-After: 0", 300),
        (b"Retry-After: Thu, 01 Jan 1970 00:00:00 GMT", 300),
        (b"X-Nothing: said", 300),
    ],
)
async def test_a_host_that_refuses_is_left_alone_as_a_whole(
    web: Any, fetcher: WebFetcher, status: int, asked: bytes, seconds: int
) -> None:
    web.answers |= {"/busy": answer(f"{status} Busy", b"", asked), "/f": answer("200 OK", BODY)}
    first = await fault(fetcher, web.url("/busy"))
    assert first.status == status
    assert first.retry_after == pytest.approx(seconds, abs=60)
    second = await fault(fetcher, web.url("/f"))
    assert (second.reason, second.status) == (FetchReason.PAUSED, status)
    assert second.retry_after == pytest.approx(seconds, abs=60)
    assert web.paths == ["/busy"]
    assert (await get(fetcher, web.url("/f", host="127.0.0.2"))).body == BODY
    (pause,) = fetcher.left_alone()
    assert (pause.host, pause.status) == (host_of(web.url()), status)
    assert fetcher.left_alone() == ()


async def test_a_pause_that_was_remembered_is_kept_to(web: Any, fetcher: WebFetcher) -> None:
    web.answers["/f"] = answer("200 OK", BODY)
    until = datetime.now(UTC) + timedelta(hours=1)
    fetcher.leave_alone([HostPause(host=host_of(web.url()), until=until, status=429, bare=2)])
    error = await fault(fetcher, web.url("/f"))
    assert error.reason is FetchReason.PAUSED
    assert error.retry_after == pytest.approx(3600, abs=60)
    assert web.log == []


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "403 No"])
async def test_a_failure_may_ask_for_time_too(web: Any, fetcher: WebFetcher, status: str) -> None:
    web.answers["/f"] = answer(status, b"", b"Cache-Control: max-age=600")
    assert (await fault(fetcher, web.url("/f"))).retry_after == 600.0


@pytest.mark.parametrize("sent", [answer("500 Oops", b"", b"Retry-After: 60"), answer("410 Gone")])
async def test_other_failures_are_one_feeds_own(web: Any, fetcher: WebFetcher, sent: bytes) -> None:
    web.answers |= {"/bad": sent, "/f": answer("200 OK", BODY)}
    await fault(fetcher, web.url("/bad"))
    assert (await get(fetcher, web.url("/f"))).body == BODY


# -- over TLS


async def test_tls_goes_by_the_name(
    web: Any, open_fetcher: Callable[..., WebFetcher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "getaddrinfo", lambda *_: [(0, 0, 0, "", ("127.0.0.1", 0))])
    authority = trustme.CA()
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(served)
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    web.answers["/f"] = answer("200 OK", BODY)
    server = await asyncio.start_server(web.serve, "127.0.0.1", 0, ssl=served)
    port = server.sockets[0].getsockname()[1]
    fetcher = open_fetcher(tls=trusted)
    for host in ("localhost", "localhost."):
        assert (await get(fetcher, f"https://{host}:{port}/f")).body == BODY
    wrong_name = await fault(fetcher, f"https://127.0.0.1:{port}/f")
    assert (wrong_name.reason, "certificate" in wrong_name.detail) == (FetchReason.NETWORK, True)
    untrusted = await fault(open_fetcher(), f"https://localhost:{port}/f")
    assert (untrusted.reason, "certificate" in untrusted.detail) == (FetchReason.NETWORK, True)
    server.close()


async def test_a_server_that_does_not_speak_tls(fetcher: WebFetcher) -> None:
    async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer("400 Bad Request"))
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    error = await fault(fetcher, f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    assert (error.reason, "no secure connection" in error.detail) == (FetchReason.NETWORK, True)
    server.close()
