"""An address -> the middleman whose it is (Google News, AMP), and the publisher's own where that is written in it."""

from __future__ import annotations

import base64
import binascii
import re
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

_GOOGLE: Final = re.compile(r"(?:(?:www|news)\.)?google\.[a-z.]{2,6}")
_ARTICLE: Final = re.compile(r"/(?:__i/)?(?:rss/)?(?:rd/)?(?:articles|read)/([\w-]{16,4000})")
_CONSENT: Final = re.compile(r"consent\.google\.[a-z.]{2,6}")  # asks Europeans before it leads on
_AMP_CACHE: Final = re.compile(r"(?:[\w-]+\.)?cdn\.ampproject\.org")
_CACHES_OWN: Final = re.compile(r"(?:^|&)(?:amp_\w{1,20}|usqp|aoh|ampshare)=[^&]*")  # what a cache adds to an address
_CACHED: Final = re.compile(r"/(?:amp|[a-z]{1,2})/(s/)?([^/]+\.[^/]+)(/.*)?")  # /c/s/host/path; s: by https
_ADDRESS: Final = re.compile(rb"https?://[\x21-\x7e]{4,2000}")


class Middleman(StrEnum):
    """Whose address stands before a publisher's page."""

    GOOGLE_NEWS = "google-news"
    AMP = "amp"


def middleman(url: str) -> Middleman | None:
    """Whose address it is, where it is not the publisher's own page. AMP editions are the publisher's, but no page."""
    try:
        parts = urlsplit(url)
        host, path = parts.hostname or "", parts.path.rstrip("/")
    except ValueError:
        return None
    if _GOOGLE.fullmatch(host):
        if path.startswith("/amp/"):
            return Middleman.AMP
        return Middleman.GOOGLE_NEWS if _ARTICLE.match(path) or path == "/url" else None
    if _CONSENT.fullmatch(host):
        return Middleman.GOOGLE_NEWS
    own = host.startswith("amp.") or path.startswith("/amp/") or path.endswith(("/amp", ".amp", ".amp.html"))
    asked = parse_qs(parts.query, keep_blank_values=True, max_num_fields=100) if "amp" in parts.query.lower() else {}
    own = own or asked.get("amp") in ([""], ["1"], ["true"]) or asked.get("outputType") == ["amp"]
    return Middleman.AMP if own or _AMP_CACHE.fullmatch(host) else None


def publisher_in(url: str) -> str | None:
    """The address behind a middleman's, where that is written in it; None where it is not, or there is none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if _GOOGLE.fullmatch(host) and parts.path == "/url":
            asked = parse_qs(parts.query, max_num_fields=100)
            return _web((asked.get("url") or asked.get("q") or [""])[0])
        if _CONSENT.fullmatch(host):
            asked = parse_qs(parts.query, max_num_fields=100)
            return publisher_in((asked.get("continue") or [""])[0].partition("#")[0])
    except ValueError:
        return None
    if _GOOGLE.fullmatch(host) and (article := _ARTICLE.match(parts.path)):
        return _in_id(article[1])
    if (_GOOGLE.fullmatch(host) or _AMP_CACHE.fullmatch(host)) and (cached := _CACHED.fullmatch(parts.path)):
        query = _CACHES_OWN.sub("", parts.query).lstrip("&") if _AMP_CACHE.fullmatch(host) else ""
        scheme, path = "https" if cached[1] else "http", cached[3] or "/"
        return f"{scheme}://{unquote(cached[2])}{path}{'?' + query if query else ''}"
    return None


def _in_id(text: str) -> str | None:
    """The address in the older ids of Google News, which are a record in base64; the newer ones hold none."""
    try:
        record = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    start = record.find(b"http")
    if start < 2:
        return None
    low, high = record[start - 2], record[start - 1]  # the length before it, in one byte or in two of seven bits each
    length = (high << 7) | (low & 0x7F) if low & 0x80 else high
    found = _ADDRESS.match(record, start, start + length)
    return _web(found[0].decode("ascii")) if found else None


def _web(text: str) -> str | None:
    return text if text.startswith(("https://", "http://")) and middleman(text) is not Middleman.GOOGLE_NEWS else None
