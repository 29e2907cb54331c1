"""Names and addresses -> signed 64-bit numbers, so that an index holds eight bytes for each and not the text."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

# The upper 20 bits are the feed's, so that what one poll touches lies together; the lower 44 are the name's: among the
# 10,000 names of a very large feed two are the same with a chance of 1 in 350,000.
_FEED_BITS, _NAME_BITS = 20, 44
_TOP = 1 << 63


def names_of(feed_id: str) -> Callable[[str], int]:
    """The numbering of the keys and aliases of one feed. feed_id: 32 hexadecimal figures."""
    feed = (int(feed_id[: _FEED_BITS // 4], 16) << _NAME_BITS) - _TOP
    salt = bytes.fromhex(feed_id)[:16]

    def number(name: str) -> int:
        figures = blake2b(name.encode("utf-8", "replace"), digest_size=8, salt=salt).digest()
        return feed | (int.from_bytes(figures, "big") >> (64 - _NAME_BITS))

    return number


def address(url: str) -> int:
    """The number of an address."""
    figures = blake2b(b"url\x1f" + url.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(figures, "big", signed=True)
