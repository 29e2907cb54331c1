"""feedparser, at a cost that is bounded by the size of the document: bytes -> its own result.

Three of its habits are quadratic in what a stranger writes: it compares each category of an entry with all before it,
looks each attribute of an element up by walking through all, and searches an author's words for an address by a regular
expression that backtracks. Here each of them stops at a number that no real feed comes near.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final
from xml.sax.xmlreader import AttributesNSImpl

import feedparser
import feedparser.api

from watcher.feeds import expat
from watcher.feeds.fields import MAX_NAME, MAX_NAMES

MAX_ATTRIBUTES: Final = 500  # of one element; a root that declares every namespace there is has some 40
_NO_ATTRIBUTES: Final = AttributesNSImpl({}, {})


class _Bounds:
    """Put before feedparser's own classes; the names of the methods are feedparser's."""

    def _add_tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        context = self._get_context()  # type: ignore[attr-defined]
        if len(context.get("tags", ())) < MAX_NAMES:
            super()._add_tag(term, scheme, label)  # type: ignore[misc]

    def _sync_author_detail(self, key: str = "author") -> None:
        context = self._get_context()  # type: ignore[attr-defined]
        if len(words := context.get(key) or "") > MAX_NAME:
            context[key] = words[:MAX_NAME]
        super()._sync_author_detail(key)  # type: ignore[misc]

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:
        many = len(attrs) > MAX_ATTRIBUTES
        super().startElementNS(name, qname, _NO_ATTRIBUTES if many else attrs)  # type: ignore[misc]


feedparser.api.PREFERRED_XML_PARSERS[:] = [expat.__name__]
feedparser.api.StrictFeedParser = type("StrictFeedParser", (_Bounds, feedparser.api.StrictFeedParser), {})
feedparser.api.LooseFeedParser = type("LooseFeedParser", (_Bounds, feedparser.api.LooseFeedParser), {})


def parse_tamed(body: bytes, content_type: str) -> Mapping[str, Any]:
    """feedparser's result, HTML neither cleaned nor rewritten. Raises whatever feedparser's helpers raise.

    Given as BytesIO, never as bytes: feedparser takes bytes for the name of a file first.
    """
    headers = {"content-type": content_type} if content_type else {}
    result: Mapping[str, Any] = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    return result


__all__ = ["parse_tamed"]
