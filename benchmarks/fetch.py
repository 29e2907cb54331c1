"""CPU milliseconds a request of our door to the web, beside httpx as it comes; and 10,000 hosts asked at once.

    python benchmarks/fetch.py [REQUESTS]

The server is a process of its own on loopback. Ratios hold from machine to machine, times do not.
"""

from __future__ import annotations

import asyncio
import gc
import gzip
import multiprocessing
import random
import resource
import ssl
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

import httpx
import trustme

from watcher.feeds.fetch import WebFetcher

ROUNDS = 5
AT_ONCE = 10  # requests, as the client of the comparison keeps that many connections
HOSTS = 10_000
POLLS = 200

HEAD = b'Date: Mon, 23 Nov 2026 10:00:00 GMT\r\nServer: nginx\r\nCache-Control: max-age=300\r\nETag: "abc"\r\n'
FEED = bytes(random.Random(1).choices(b"news of the day and of the week <item></item>", k=64_000))
PACKED = gzip.compress(FEED)
ANSWERS = {
    b"/304": b"HTTP/1.1 304 Not Modified\r\n" + HEAD + b"\r\n",
    b"/200": b"HTTP/1.1 200 OK\r\n" + HEAD + b"Content-Length: %d\r\n\r\n" % len(FEED) + FEED,
    b"/gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
    + HEAD
    + b"Content-Length: %d\r\n\r\n" % len(PACKED)
    + PACKED,
}


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers until the other side closes or asks to."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(ANSWERS[head.split(b" ", 2)[1]])
            await writer.drain()
            if b"onnection: close" in head:
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


def newsroom(certificate: str, ports: multiprocessing.Queue[int]) -> None:
    async def run() -> None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        for context in (None, tls):
            server = await asyncio.start_server(serve, "0.0.0.0", 0, ssl=context, backlog=4096)
            ports.put(server.sockets[0].getsockname()[1])
        await asyncio.Event().wait()

    asyncio.run(run())


async def cost(ask: Callable[[], Awaitable[object]], requests: int) -> float:
    """CPU milliseconds a request."""
    left = iter(range(requests))

    async def work() -> None:
        for _ in left:
            await ask()

    started = time.process_time()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return (time.process_time() - started) / requests * 1000


async def compare(url: str, requests: int, ours: WebFetcher, plain: httpx.AsyncClient, tls: ssl.SSLContext) -> None:
    """plain: httpx as it comes. floor: the least that httpx can be set to cost, without any of our guards."""
    bare = httpx.AsyncHTTPTransport(verify=tls, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))

    async def by_us() -> None:
        await ours.feed(url, etag=b'"abc"', last_modified=None)

    async def by_httpx() -> None:
        await plain.get(url, headers={"If-None-Match": '"abc"'})

    async def by_its_transport() -> None:
        headers = {"Host": "127.0.0.1", "Accept-Encoding": "gzip", "If-None-Match": '"abc"'}
        answer = await bare.handle_async_request(httpx.Request("GET", url, headers=headers))
        await answer.aread()
        await answer.aclose()

    ways = (by_httpx, by_its_transport, by_us)
    rounds = [[await cost(way, requests) for way in ways] for _ in range(ROUNDS)]
    theirs, floor, own = (median(row[column] for row in rounds) for column in range(len(ways)))
    await bare.aclose()
    scheme, path = url.partition(":")[0], url.rpartition("/")[2]
    print(
        f"{scheme:5} {path:5}  httpx {theirs:.3f} ms  its floor {floor:.3f}  ours {own:.3f}  ratio {own / theirs:.2f}"
    )


async def many_hosts(port: int) -> None:
    """One request to each of 10,000 hosts, as many at once as the daemon has polls under way."""
    fetcher = WebFetcher(contact="", allow_private=["127.0.0.0/8"])
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        last = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            longest, last = max(longest, now - last), now

    left, good = iter(range(HOSTS)), 0

    async def poll() -> None:
        nonlocal good
        for number in left:
            url = f"http://127.1.{number // 250}.{number % 250 + 1}:{port}/304"
            answer = await fetcher.feed(url, etag=b'"abc"', last_modified=None)
            good += answer.status == 304

    gc.collect()
    gc.freeze()  # or looking through all that was imported is what holds the loop, for 50 ms
    before = resource.getrusage(resource.RUSAGE_SELF)
    watching = asyncio.create_task(watch())
    await asyncio.gather(*(poll() for _ in range(POLLS)))
    watching.cancel()
    after = resource.getrusage(resource.RUSAGE_SELF)
    grown = (after.ru_maxrss - before.ru_maxrss) / 1000
    print(
        f"{HOSTS} hosts: {good} answers, {grown:.0f} MB more, the loop held for {longest * 1000:.0f} ms of CPU at most"
    )
    await fetcher.aclose()


async def measure(plain_port: int, tls_port: int, authority: trustme.CA, requests: int) -> None:
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    ours = WebFetcher(contact="", allow_private=["127.0.0.0/8"], gap=0, per_host=AT_ONCE, tls=trusted)
    async with httpx.AsyncClient(verify=trusted) as plain:
        for path in ("304", "200", "gzip"):
            await compare(f"http://127.0.0.1:{plain_port}/{path}", requests, ours, plain, trusted)
    # No server keeps a connection until the next poll, so that each begins with a handshake, whoever asks.
    async with httpx.AsyncClient(verify=trusted, limits=httpx.Limits(max_keepalive_connections=0)) as plain:
        await compare(f"https://127.0.0.1:{tls_port}/304", requests, ours, plain, trusted)
    await ours.aclose()
    await many_hosts(plain_port)


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    authority = trustme.CA()
    ports: multiprocessing.Queue[int] = multiprocessing.Queue()
    with tempfile.TemporaryDirectory() as folder:
        certificate = Path(folder, "certificate.pem")
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
        server = multiprocessing.Process(target=newsroom, args=(str(certificate), ports), daemon=True)
        server.start()
        asyncio.run(measure(ports.get(timeout=20), ports.get(timeout=20), authority, requests))
        server.terminate()


if __name__ == "__main__":
    main()
