"""Answers that are not as HTTP has them, which browsers and other readers read all the same."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from watcher.feeds.body import Limits
from watcher.feeds.fetch import WebFetcher
from watcher.model import FetchError, FetchReason

BODY = b"<rss version='2.0'><channel><title>News</title></channel></rss>"


def answer(body: bytes, *fields: bytes) -> bytes:
    head = [b"HTTP/1.1 200 OK", *fields, b"Content-Length: %d" % len(body), b"", b""]
    return b"\r\n".join(head) + body


@pytest.mark.parametrize(
    "sent",
    [
        answer(gzip.compress(BODY)),
        answer(gzip.compress(BODY), b"Content-Encoding: identity"),
        answer(BODY, b"Content-Encoding: utf-8"),
        answer(b"\xef\xbb\xbf\r\n" + BODY, b"Content-Encoding: none"),
    ],
)
async def test_a_packing_that_is_not_told_and_one_that_is_none(web: Any, fetcher: WebFetcher, sent: bytes) -> None:
    web.answers["/f"] = sent
    found = await fetcher.feed(web.url("/f"), etag=None, last_modified=None)
    assert found.body.lstrip(b"\xef\xbb\xbf\r\n") == BODY


CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)


@pytest.mark.parametrize(
    ("line", "body"),
    [
        (b"Name With Space: x", BODY),
        (b"Name-Before-Space : x", BODY),
        (b"a warning that a script printed", BODY),
        (b": a value without a name", BODY),
        (b"X-Null: a\0b\r\n  and more of it", BODY),
        ("X-Ünicode: x".encode(), BODY),
        (b"Transfer-Encoding: identity", BODY),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", CHUNKED),
    ],
)
async def test_a_line_that_is_no_header_field_costs_that_line(
    web: Any, fetcher: WebFetcher, line: bytes, body: bytes
) -> None:
    for first in (
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1  200 OK\r\n folded\r\n",
    ):
        web.answers["/f"] = first + line + b'\r\nETag: "a"\r\nX-Folded: b\r\n c\r\n\r\n' + body
        found = await fetcher.feed(web.url("/f"), etag=None, last_modified=None)
        assert (found.body, found.etag, found.headers["x-folded"]) == (BODY, b'"a"', "b c")


async def test_a_packed_body_that_says_nothing_of_it_has_the_same_limits(
    web: Any, open_fetcher: Callable[..., WebFetcher]
) -> None:
    web.answers["/f"] = answer(gzip.compress(bytes(100_000)))  # fewer than 200 bytes on the wire
    with pytest.raises(FetchError) as failure:
        await open_fetcher(feed_limits=Limits(wire=50_000, decoded=90_000)).feed(
            web.url("/f"), etag=None, last_modified=None
        )
    assert failure.value.reason is FetchReason.TOO_LARGE
