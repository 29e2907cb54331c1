"""An answer that is under way -> its body, inflated, within limits on the wire and in memory, whatever it claims."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from watcher.model import FetchError, FetchReason

# Bytes inflated in one go: 2 to 3 ms of CPU, so that a bomb does not hold the event loop.
_STEP = 1 << 20
# A gzip stream may have several members; each costs a new decompressor, and real ones have one.
_MAX_MEMBERS = 100
# Pieces of a body between two chances for others to run, and in all: 8 µs each, so that a body in one-byte chunks ends
# after half a second of CPU.
_YIELD_EVERY = 256
_MAX_PIECES = 50_000
# Bytes of head and chunk framing beside the body, as a multiple of its own limit and in addition.
_FRAMING = 128 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bytes that a body may have: wire as it comes, decoded once inflated."""

    wire: int
    decoded: int


async def read_body(response: httpx.Response, limits: Limits, *, cut: bool = False) -> bytes:
    """The body. cut: what lies beyond the limits is left out instead of being a fault (robots.txt).

    Raises FetchError (TOO_LARGE, ENCODING) and httpx's faults.
    """
    inflater = _inflater(response)
    if not cut and _claimed(response) > limits.wire:
        raise _too_large(_claimed(response), limits.wire, "on the wire")
    body, wire, pieces = bytearray(), 0, 0
    async for piece in response.stream:  # type: ignore[union-attr] # the transport makes async streams
        wire += len(piece)
        pieces += 1
        framing = response.extensions["connection"].received - wire
        if wire > limits.wire or pieces > _MAX_PIECES or framing > limits.wire + _FRAMING:
            if cut:
                return bytes(body)
            raise _too_large(max(wire, framing), limits.wire, "on the wire")
        if pieces % _YIELD_EVERY == 0:
            await asyncio.sleep(0)
        if inflater is None:
            body += piece
        else:
            for part in inflater.feed(piece):
                body += part
                if len(body) > limits.decoded:
                    break
                await asyncio.sleep(0)
        if len(body) > limits.decoded:
            if cut:
                return bytes(body[: limits.decoded])
            raise _too_large(len(body), limits.decoded, "once unpacked" if inflater else "")
    if inflater is not None:
        inflater.check_end()
    return bytes(body)


class _Inflater:
    """gzip, a bounded step at a time. Raises FetchError(ENCODING) for what is not gzip."""

    def __init__(self) -> None:
        self._members = 0
        self._fed = False
        self._stream = self._next_member()

    def _next_member(self) -> zlib._Decompress:
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise FetchError(FetchReason.ENCODING, f"its gzip is in more than {_MAX_MEMBERS} pieces")
        return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)  # 16: gzip's header and checksum, nothing else

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._fed = True
        while data:
            if self._stream.eof:
                if not data.startswith(b"\x1f\x8b"):
                    return  # padding after the end, which every browser overlooks
                self._stream = self._next_member()
            try:
                yield self._stream.decompress(data, _STEP)
            except zlib.error as error:
                raise FetchError(FetchReason.ENCODING, f"its gzip is damaged ({error})") from error
            data = self._stream.unconsumed_tail or self._stream.unused_data

    def check_end(self) -> None:
        if self._fed and not self._stream.eof:
            raise FetchError(FetchReason.ENCODING, "its gzip ends in the middle")


def _inflater(response: httpx.Response) -> _Inflater | None:
    codings = [
        coding
        for value in response.headers.get_list("content-encoding", split_commas=True)
        if (coding := value.strip().lower()) not in ("", "identity")
    ]
    if not codings:
        return None
    if codings in (["gzip"], ["x-gzip"]):
        return _Inflater()
    named = ", ".join(codings)[:60]
    raise FetchError(FetchReason.ENCODING, f"it is packed as {named!r}, though only gzip was offered")


def _claimed(response: httpx.Response) -> int:
    length = response.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _too_large(size: int, limit: int, where: str) -> FetchError:
    return FetchError(FetchReason.TOO_LARGE, f"{_mb(size)} or more{' ' if where else ''}{where}; {_mb(limit)} are read")


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size} bytes"
