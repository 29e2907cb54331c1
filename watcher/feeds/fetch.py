"""An address -> the answer of the web: the one polite door, with limits, pace, address rule and redirects by hand.

Feeds and story pages go through here. Every host gets its requests one after another and seconds apart, no request
outlives its deadline, no body its limits, no redirect leads where a direct request could not go. What comes back is a
Response; what goes wrong is a FetchError, and nothing else.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlencode

import httpx

from watcher.feeds.address import AddressGuard
from watcher.feeds.body import Limits, read_body
from watcher.feeds.fresh import fresh_for, retry_after
from watcher.feeds.headers import Headers, joined, last, status_words, user_agent
from watcher.feeds.pace import Pace
from watcher.feeds.robots import Robots
from watcher.feeds.transport import GuardedTransport, check_guard, guarded_client, guarded_transport
from watcher.feeds.wire import AddressRefusedError
from watcher.model import FetchError, FetchReason, HostPause, Response

__all__ = ["Limits", "WebFetcher", "check_guard", "guarded_client", "guarded_transport"]

FEED_LIMITS = Limits(wire=5_000_000, decoded=10_000_000)
PAGE_LIMITS = Limits(wire=5_000_000, decoded=10_000_000)
# RFC 9309 2.5: at least 500 KiB of a robots.txt must be read; what lies beyond is left out.
ROBOTS_LIMITS = Limits(wire=512 * 1024, decoded=512 * 1024)
FORM_LIMITS = Limits(wire=64 * 1024, decoded=64 * 1024)  # nothing of the answer but its status is of use

MAX_REDIRECTS = 5
# Seconds for a connection, within the deadline: a host that does not pick up holds up its other feeds for no longer.
_CONNECT = 10.0
# Requests that begin in one round of the event loop, 0.15 ms each: a burst of them must not hold it.
_STARTS = 16
_TIMEOUTS = {"timeout": {"connect": _CONNECT}}
_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REFUSALS = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})  # they are the whole host's
_REPOSTS = frozenset({307, 308})

_FEED_ACCEPT = (
    b"application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    b"application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
_PAGE_ACCEPT = b"text/html, application/xhtml+xml, */*;q=0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What is asked for at each hop of a chain."""

    headers: Headers
    limits: Limits
    content: bytes | None = None  # what is posted; None: nothing is, it is a GET
    robots: bool = False  # robots.txt is asked before each hop
    cut: bool = False

    @property
    def method(self) -> str:
        return "GET" if self.content is None else "POST"

    @property
    def redirects(self) -> frozenset[int]:
        """The statuses that are followed; of a POST those after which it is still one (RFC 9110 15.4)."""
        return _REDIRECTS if self.content is None else _REPOSTS


class WebFetcher:
    """The door to the web; implements ports.Fetcher. Open one, inside the running loop, and close it.

    contact: how a publisher reaches us, told with every request. allow_private: CIDR networks besides the public
    internet. per_host: requests under way at one host. gap: seconds between two starts at one host. deadline: seconds
    for one answer, its redirects included, waiting for the host's turn left out. in_flight: requests under way in all.
    tls: certificates to trust. now, clock and sleep: the time. Raises ValueError for a network that is not one.
    """

    def __init__(
        self,
        *,
        contact: str,
        allow_private: Sequence[str] = (),
        per_host: int = 1,
        gap: float = 5.0,
        feed_limits: Limits = FEED_LIMITS,
        page_limits: Limits = PAGE_LIMITS,
        deadline: float = 30.0,
        in_flight: int = 400,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._transport = GuardedTransport(AddressGuard(allow_private), tls=tls)
        self._pace = Pace(per_host=per_host, gap=gap, clock=clock, sleep=sleep)
        self._robots = Robots(fetch=self._robots_txt, clock=clock, slow=self._slow)
        self._places = asyncio.Semaphore(in_flight)
        self._starts = asyncio.Semaphore(_STARTS)
        self._deadline, self._now, self._clock = deadline, now, clock
        agent = (b"User-Agent", user_agent(contact))
        gzip = (b"Accept-Encoding", b"gzip")
        self._feed_headers: Headers = (agent, (b"Accept", _FEED_ACCEPT), gzip, (b"A-IM", b"feed"))
        self._page = _Request(headers=(agent, (b"Accept", _PAGE_ACCEPT), gzip), limits=page_limits, robots=True)
        self._robots_request = _Request(headers=(agent, gzip), limits=ROBOTS_LIMITS, cut=True)
        form = (b"Content-Type", b"application/x-www-form-urlencoded")
        self._form = _Request(headers=(agent, gzip, form), limits=FORM_LIMITS, cut=True)
        self._feed_limits = feed_limits
        self._pauses: list[HostPause] = []  # that nobody has been told of yet

    async def feed(self, url: str, *, etag: bytes | None, last_modified: bytes | None) -> Response:
        """One conditional GET of a feed; the validators go back as they came. Raises FetchError."""
        headers = self._feed_headers
        if etag:
            headers = (*headers, (b"If-None-Match", etag))
        if last_modified:
            headers = (*headers, (b"If-Modified-Since", last_modified))
        return await self._get(_parsed(url), _Request(headers=headers, limits=self._feed_limits))

    async def page(self, url: str) -> Response:
        """One GET of a story page, as robots.txt allows at every hop. Raises FetchError."""
        return await self._get(_parsed(url), self._page)

    async def post(self, url: str, form: Mapping[str, str]) -> Response:
        """One POST of a form; it follows those redirects alone that say where to post it. Raises FetchError."""
        return await self._get(_parsed(url), replace(self._form, content=urlencode(form).encode()))

    async def prepare(self, url: str) -> None:
        """Reads the site's robots.txt, so that no page has to wait for it. Raises FetchError."""
        await self._robots.check(_parsed(url))

    async def rest(self, url: str, *, at_most: float) -> None:
        """Waits until a page of this site could be asked for at once, so many seconds at most. Raises FetchError."""
        await self._pace.rest(_site(_parsed(url)), at_most)

    def leave_alone(self, pauses: Iterable[HostPause]) -> None:
        """Keeps to pauses that were remembered, by this process before it was started again or by another."""
        for pause in pauses:
            left = (pause.until - self._now()).total_seconds()
            self._pace.pause(pause.host, left, pause.status, bare=pause.bare)

    def left_alone(self) -> tuple[HostPause, ...]:
        """Hosts that have asked to be left alone since this was last called, for remembering."""
        pauses, self._pauses = tuple(self._pauses), []
        return pauses

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def _robots_txt(self, url: httpx.URL) -> bytes | None:
        try:
            return (await self._get(url, self._robots_request)).body
        except FetchError as error:
            gone = error.status is not None and 400 <= error.status < 500 and error.status not in _REFUSALS
            if gone or error.reason is FetchReason.REDIRECTS:  # RFC 9309 2.3.1.2 and 2.3.1.3: then there is none
                return None
            raise

    def _slow(self, url: httpx.URL, seconds: float) -> None:
        self._pace.widen(_site(url), seconds)

    async def _get(self, first: httpx.URL, request: _Request) -> Response:
        """The answer at the end of the chain of redirects; it moved to where those that are permanent lead at first."""
        url, left = _bare(first), self._deadline
        visited, moved_to = [url], url
        for _ in range(MAX_REDIRECTS + 1):
            if request.robots:
                await self._robots.check(url)
            credentials = _credentials(first) if _origin(url) == _origin(first) else ()
            async with self._pace.turn(_site(url)), self._places:
                async with self._starts:
                    await asyncio.sleep(0)
                started = self._clock()
                answer = await self._exchange(url, request, credentials, left)
                left -= self._clock() - started
            if isinstance(answer, Response):
                return answer if moved_to == visited[0] else replace(answer, moved_to=str(moved_to))
            status, url = answer
            if url in visited:
                raise FetchError(FetchReason.REDIRECTS, f"{first.host} leads round in a circle, back to {url}")
            if status in _PERMANENT and moved_to == visited[-1]:
                moved_to = url
            visited.append(url)
        raise FetchError(FetchReason.REDIRECTS, f"{first.host} leads on and on, over {MAX_REDIRECTS} redirects")

    async def _exchange(
        self, url: httpx.URL, request: _Request, credentials: Headers, seconds: float
    ) -> Response | tuple[int, httpx.URL]:
        """One request on the wire: the answer, or the status and the next address of a redirect."""
        headers = [(b"Host", url.netloc), *request.headers, *credentials]
        try:
            async with asyncio.timeout(seconds):
                reply = await self._transport.handle_async_request(
                    httpx.Request(request.method, url, headers=headers, content=request.content, extensions=_TIMEOUTS)
                )
                try:
                    if reply.status_code not in _REFUSALS:
                        self._pace.answered(_site(url))
                    return await self._read(url, reply, request)
                finally:
                    await reply.aclose()
        except AddressRefusedError as error:
            raise FetchError(FetchReason.ADDRESS, _told(url, error), reached=False) from error
        except httpx.ConnectTimeout as error:
            words = f"{url.host} did not pick up within {_CONNECT:g} s"
            raise FetchError(FetchReason.TIMEOUT, words, reached=False) from error
        except TimeoutError as error:
            words = f"{url.host} took longer than {self._deadline:g} s to answer in full"
            raise FetchError(FetchReason.TIMEOUT, words) from error
        except httpx.TransportError as error:
            reached = not isinstance(error, httpx.ConnectError)
            raise FetchError(FetchReason.NETWORK, _told(url, error), reached=reached) from error

    async def _read(self, url: httpx.URL, reply: httpx.Response, request: _Request) -> Response | tuple[int, httpx.URL]:
        status = reply.status_code
        if status in request.redirects and "location" in reply.headers:
            onward = _next(url, reply)
            if request.content is not None and (url.scheme, onward.scheme) == ("https", "http"):
                raise FetchError(FetchReason.REDIRECTS, f"{url.host} leads from https to http, where others could read")
            return status, onward
        if status != HTTPStatus.NOT_MODIFIED and not 200 <= status < 300:
            raise self._status_error(url, reply)
        empty = status in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT)
        raw = tuple(reply.headers.raw)
        return Response(
            url=str(url),
            status=status,
            headers=joined(raw),
            body=b"" if empty else await read_body(reply, request.limits, cut=request.cut),
            etag=last(raw, b"etag"),
            last_modified=last(raw, b"last-modified"),
            fetched_at=self._now(),
            raw_headers=raw,
        )

    def _status_error(self, url: httpx.URL, reply: httpx.Response) -> FetchError:
        status, now = reply.status_code, self._now()
        headers = joined(tuple(reply.headers.raw))
        wait = fresh_for(headers, now) or None
        if status in _REFUSALS:
            asked = retry_after(headers.get("retry-after"), headers.get("date"), now)
            seconds, bare = self._pace.refused(_site(url), asked, status)
            until = now + timedelta(seconds=seconds)
            self._pauses.append(HostPause(host=_site(url), until=until, status=status, bare=bare))
            wait = max(wait or 0.0, seconds)
        detail = f"{url.host} answered {status} {status_words(status)}".rstrip()
        return FetchError(FetchReason.STATUS, detail, status=status, retry_after=wait)


def _told(url: httpx.URL, error: Exception) -> str:
    """The fault in a line that a status page can hold; some quote what the other side sent."""
    words = str(error)[:200]
    return words if url.host in words else f"{url.host[:100]}: {words}"


def _parsed(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise FetchError(FetchReason.ADDRESS, f"{text[:200]!r} is not an address ({error})") from error
    return _checked(url)


def _checked(url: httpx.URL) -> httpx.URL:
    if url.scheme not in ("http", "https"):
        scheme = f"{url.scheme}: " if url.scheme else "it "
        raise FetchError(FetchReason.ADDRESS, f"{scheme}is neither http nor https ({str(_bare(url))[:200]!r})")
    if not url.host:
        raise FetchError(FetchReason.ADDRESS, f"{str(_bare(url))[:200]!r} names no host")
    return url


def _next(url: httpx.URL, reply: httpx.Response) -> httpx.URL:
    """Where a redirect leads, without fragment and credentials."""
    raw = last(tuple(reply.headers.raw), b"location") or b""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    try:
        return _bare(_checked(url.join(text.strip())))
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError(
            FetchReason.REDIRECTS, f"{url.host} leads to {text[:200]!r}, which is not an address ({error})"
        ) from error


def _bare(url: httpx.URL) -> httpx.URL:
    if not url.fragment and not url.userinfo:
        return url
    return url.copy_with(fragment=None, userinfo=b"")


def _credentials(url: httpx.URL) -> Headers:
    if not url.userinfo:
        return ()
    pair = f"{url.username}:{url.password}".encode()
    return ((b"Authorization", b"Basic " + base64.b64encode(pair)),)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _site(url: httpx.URL) -> str:
    """The host as model.host_of gives it: with the port where that is not the scheme's own."""
    host = url.raw_host.decode("ascii").rstrip(".")  # example.org. and example.org are one
    return host if url.port is None else f"{host}:{url.port}"
