"""An answer that is under way -> its body, inflated, within limits on the wire and in memory, whatever it claims."""

from __future__ import annotations

import asyncio
import re
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
_GZIP = b"\x1f\x8b\x08"
# What servers put where a packing belongs and is none: how letters are written, or that nothing is packed.
_NO_PACKING = re.compile(r"|identity|none|[78]bit|binary|utf-?8|us-ascii|iso-8859-\d{1,2}|windows-125\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bytes that a body may have: wire as it comes, decoded once inflated."""

    wire: int
    decoded: int


async def read_body(response: httpx.Response, limits: Limits, *, cut: bool = False) -> bytes:
    """The body. cut: what lies beyond the limits is left out instead of being a fault (robots.txt).

    Raises FetchError (TOO_LARGE, ENCODING) and httpx's faults.
    """
    if not cut and _claimed(response) > limits.wire:
        raise _too_large(_claimed(response), limits.wire, "on the wire")
    packing = _Packing(_codings(response))
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
        if not await _filled(body, packing, packing.feed(piece), limits):
            break
    else:
        await _filled(body, packing, packing.end(), limits)
    if len(body) > limits.decoded and not cut:
        raise _too_large(len(body), limits.decoded, "once unpacked" if packing.inflates else "")
    return bytes(body[: limits.decoded])


async def _filled(body: bytearray, packing: _Packing, parts: Iterator[bytes], limits: Limits) -> bool:
    """Adds what comes out of a piece to the body; False once that is more than it may have."""
    for part in parts:
        body += part
        if len(body) > limits.decoded:
            return False
        if packing.inflates:
            await asyncio.sleep(0)
    return True


class _Packing:
    """How a body is packed: as its server says, and where that says nothing, as its first bytes do; by gzip, once.

    codings: what the server says. Raises FetchError(ENCODING) for any other packing.
    """

    def __init__(self, codings: list[str]) -> None:
        self._inflater: _Inflater | None = None
        self._start: bytes | None = b""  # None: it is known how it is packed
        if codings in (["gzip"], ["x-gzip"]):
            self._inflater, self._start = _Inflater(), None
        elif codings:
            named = ", ".join(codings)[:60]
            raise FetchError(FetchReason.ENCODING, f"it is packed as {named!r}, though only gzip was offered")

    @property
    def inflates(self) -> bool:
        return self._inflater is not None

    def feed(self, piece: bytes) -> Iterator[bytes]:
        if self._start is not None:
            piece = self._start + piece
            if len(piece) < len(_GZIP):
                self._start = piece
                return
            self._start = None
            self._inflater = _Inflater() if piece.startswith(_GZIP) else None
        if self._inflater is None:
            yield piece
        else:
            yield from self._inflater.feed(piece)

    def end(self) -> Iterator[bytes]:
        """What is left when all has come."""
        if self._start:
            yield self._start
        if self._inflater is not None:
            self._inflater.check_end()


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


def _codings(response: httpx.Response) -> list[str]:
    """What the server says that the body is packed with, in the order in which it was."""
    said = response.headers.get_list("content-encoding", split_commas=True)
    return [coding for value in said if not _NO_PACKING.fullmatch(coding := value.strip().lower())]


def _claimed(response: httpx.Response) -> int:
    length = response.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _too_large(size: int, limit: int, where: str) -> FetchError:
    return FetchError(FetchReason.TOO_LARGE, f"{_mb(size)} or more{' ' if where else ''}{where}; {_mb(limit)} are read")


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size} bytes"
