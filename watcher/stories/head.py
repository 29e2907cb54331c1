"""A page's source and tree -> its metas, links, <title>, JSON-LD and canonical address: where fields are found. Pure.

The head alone is read by BeautifulSoup (over lxml): reading the whole page with it costs ten times as much.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from lxml import html

from watcher.stories import jsonld
from watcher.stories.blocks import squash

_HEAD_END = re.compile(r"</head\s*>|<body\b", re.IGNORECASE)
_MAX_HEAD = 400_000  # characters; beyond it a "head" is a page without a body tag
_MAX_TAGS = 500
_HEAVY = ("script", "style", "noscript", "svg")


class Head:
    """The places of one page that its fields are looked for in, each read once. sources: field -> where it was found.

    metas: the first content of each property, name, itemprop and http-equiv, names in small letters.
    article: the JSON-LD node of the page's own article.
    """

    def __init__(self, source: str, tree: html.HtmlElement, *, url: str, now: datetime) -> None:
        self.tree, self.url, self.now = tree, url, now
        self.metas, self.links, self.page_title = _read(source)
        self.nodes = jsonld.nodes(source)
        self.article = jsonld.article(self.nodes, url=url)
        self.sources: dict[str, str] = {}

    def meta(self, *names: str) -> str:
        """The first of the metas that the page has, or ""."""
        return next((value for name in names if (value := self.metas.get(name, ""))), "")

    def of_article(self, *keys: str) -> str:
        """The first of the keys that the page's JSON-LD article has, as plain text, or ""."""
        return self.article.text(*keys) if self.article else ""

    def item(self, name: str) -> str:
        """What microdata says under this itemprop, or ""."""
        for place in self.tree.xpath("//*[@itemprop=$name]", name=name)[:1]:
            return str(place.get("content") or place.get("datetime") or squash(place.text_content()))
        return ""

    def pick(self, field: str, candidates: Iterable[tuple[str, str]]) -> str:
        """The first candidate with words; where it came from is noted under the field's name."""
        for origin, value in candidates:
            if value:
                self.sources[field] = origin
                return value
        return ""

    def canonical(self) -> str | None:
        """rel=canonical, else og:url; never a home page for a page that has a path of its own."""
        path = urlsplit(self.url).path.strip("/")
        stated = [("link", href) for rel, href in self.links if "canonical" in rel.split()]
        for origin, href in [*stated, ("og", self.meta("og:url"))]:
            address = absolute(self.url, href)
            if address and (urlsplit(address).path.strip("/") or not path):
                self.sources["canonical_url"] = origin
                return address
        return None


def absolute(base: str, href: str) -> str | None:
    """The http(s) address that a link on a page leads to, or None."""
    try:
        address = urljoin(base, href.strip())
        parts = urlsplit(address)
        return address if href.strip() and parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def _read(source: str) -> tuple[dict[str, str], list[tuple[str, str]], str]:
    end = _HEAD_END.search(source)
    head = source[: end.start() if end else _MAX_HEAD][:_MAX_HEAD]
    for name in _HEAVY:
        head = _without(head, name)
    soup = BeautifulSoup(head, "lxml")
    metas: dict[str, str] = {}
    for tag in soup.find_all("meta", limit=_MAX_TAGS):
        content = squash(str(tag.get("content") or ""))
        for key in ("property", "name", "itemprop", "http-equiv"):
            if content and tag.get(key):
                metas.setdefault(str(tag.get(key)).strip().lower(), content)
    links = [
        (" ".join(tag.get_attribute_list("rel")).lower(), str(tag.get("href") or ""))
        for tag in soup.find_all("link", rel=True, limit=_MAX_TAGS)
    ]
    return metas, links, squash(soup.title.get_text()) if soup.title else ""


def _without(source: str, name: str) -> str:
    """The source without elements of this name, nor what follows one that never ends. A regex would be quadratic."""
    small, kept, place = source.lower(), [], 0
    while (start := small.find(f"<{name}", place)) >= 0:
        kept.append(source[place:start])
        end = small.find(f"</{name}", start)
        place = end + len(name) + 3 if end >= 0 else len(source)
    return "".join(kept) + source[place:]
