"""The JSON-LD of a page, in whatever shape and state of repair -> what it says of the article. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

_OPEN = re.compile(r"<script\b([^>]{0,1000})>", re.IGNORECASE)
_CLOSE = re.compile(r"</script\s*>", re.IGNORECASE)
_JSON_LD = "application/ld+json"
# CDATA and comment fences around the JSON, with or without a JavaScript comment before them.
_FENCE = re.compile(r"(?://|/\*)?\s*(?:<!\[CDATA\[|\]\]>|<!--|-->)\s*(?:\*/)?")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_TAG = re.compile(r"<[a-zA-Z/!][^>]{0,2000}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h\d)\b[^>]{0,200}>", re.IGNORECASE)
_MAX_SCRIPT = 2_000_000  # characters: an articleBody of the longest live blog, with room
_MAX_SCRIPTS = 40
_MAX_NODES = 5_000
_MAX_DEPTH = 12

ARTICLES = frozenset(
    {
        "article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle",
        "reviewnewsarticle", "backgroundnewsarticle", "askpublicnewsarticle", "advertisercontentarticle",
        "satiricalarticle", "blogposting", "liveblogposting", "report", "scholarlyarticle", "techarticle",
        "socialmediaposting", "review", "interview", "podcastepisode",
    }
)  # fmt: skip
# Nodes under these keys are other articles.
_OTHERS = frozenset(
    {"itemlistelement", "relatedlink", "hasparts", "haspart", "citation", "isrelatedto", "mentions", "about"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One thing that JSON-LD describes; keys and types in small letters, without their namespace."""

    types: frozenset[str]
    values: dict[str, Any]

    def text(self, *keys: str) -> str:
        """The first of the keys that has words, as plain text."""
        for key in keys:
            if found := next(iter(strings(self.values.get(key))), ""):
                return found
        return ""


def nodes(source: str) -> list[Node]:
    """Every described thing of the page, in its order; scripts that cannot be read are passed over."""
    found: list[Node] = []
    for script in _scripts(source):
        for document in _documents(script[:_MAX_SCRIPT]):
            found.extend(_walk(document, 0))
    return found[:_MAX_NODES]


def article(found: Sequence[Node], *, url: str) -> Node | None:
    """The node of the page's own article: one that names the page's address, else the first with a headline."""
    articles = [
        node for node in found if node.types & ARTICLES and (node.text("headline", "name") or node.text("articlebody"))
    ]
    page = _bare(url)
    for node in articles:
        own = [
            *strings(node.values.get("url")),
            *strings(node.values.get("mainentityofpage")),
            *strings(node.values.get("@id")),
        ]
        if page and any(_bare(address) == page for address in own):
            return node
    news = [node for node in articles if "review" not in node.types]
    return next(iter(news or articles), None)


def strings(value: Any, depth: int = 0) -> Iterator[str]:
    """The texts in a value that may be a text, a thing with a name, or a list of these."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, str):
        if text := plain(value):
            yield text
    elif isinstance(value, dict):
        small = {_small(key): item for key, item in value.items()}
        for key in ("name", "@value", "url", "@id"):
            if key in small:
                yield from strings(small[key], depth + 1)
                break
    elif isinstance(value, list):
        for item in value:
            yield from strings(item, depth + 1)


def plain(text: str) -> str:
    """Text of JSON-LD without markup and entities (twice where they were escaped twice), paragraphs kept."""
    for _ in range(2):
        if "<" in text:
            text = _TAG.sub(" ", _BREAK.sub("\n", text))
        if "&" not in text:
            break
        text = unescape(text)
    return "\n".join(line for line in (" ".join(part.split()) for part in text.splitlines()) if line)


def _scripts(source: str) -> list[str]:
    """What stands in the JSON-LD scripts; one that never ends is not one, and nothing behind it is looked at."""
    found: list[str] = []
    place = 0
    while len(found) < _MAX_SCRIPTS and (opened := _OPEN.search(source, place)):
        closed = _CLOSE.search(source, opened.end())
        if not closed:
            break
        if _JSON_LD in opened[1].lower():
            found.append(source[opened.end() : closed.start()])
        place = closed.end()
    return found


def _documents(script: str) -> list[Any]:
    text = _FENCE.sub("", script).strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text), unescape(text) if "&quot;" in text else ""):
        if attempt and (found := _loaded(attempt)):
            return found
    return []


def _loaded(text: str) -> list[Any]:
    """The JSON documents that stand one after another in the text; those before a fault count."""
    decoder = json.JSONDecoder(strict=False)
    found, place = [], 0
    while place < len(text):
        try:
            document, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        found.append(document)
        place = end + len(text[end:]) - len(text[end:].lstrip(" \t\r\n;,"))
    return found


def _walk(value: Any, depth: int) -> Iterator[Node]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value[:_MAX_NODES]:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        small = {_small(key): item for key, item in value.items()}
        if types := frozenset(_small(name) for name in _listed(small.get("@type")) if isinstance(name, str)):
            yield Node(types=types, values=small)
        for key, item in small.items():
            if key not in _OTHERS and isinstance(item, (dict, list)):
                yield from _walk(item, depth + 1)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _small(name: Any) -> str:
    """`https://schema.org/NewsArticle` and `schema:NewsArticle` as `newsarticle`."""
    text = str(name)
    return re.split(r"[/#:]", text)[-1].lower() if not text.startswith("@") else text.lower()


def _bare(url: str) -> str:
    """An address for comparison: no scheme, no www, no query, no slash at its end."""
    return re.sub(r"^(?:https?:)?//(?:www\.|m\.|amp\.)?|[?#].*$|/+$", "", url.strip().lower())
