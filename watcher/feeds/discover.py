"""A page -> the feeds that it offers, the likeliest first; and where a site's feed usually is if the page is silent."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning
from bs4.filter import SoupStrainer

from watcher.feeds.fields import absolute, mended

MAX_PAGE: Final = 2 * 1024 * 1024  # bytes: beyond it Beautiful Soup may take seconds, and heads stand at the top
MAX_LINKS: Final = 50
MAX_TITLE: Final = 200
MAX_PIECES: Final = 30  # texts and tags of one link: a page may put all of itself into each
_TYPES: Final = {
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/rdf+xml": "rdf",
    "application/feed+json": "json",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
_SURE: Final = re.compile(r"(?:application|text)/(?:x[-.])?(rss|atom|rdf)(?:\+xml)?|application/feed\+json")
_PATHS: Final = (  # in the order of how often they are right
    "/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json", "/feeds/posts/default",
    "/rss/index.xml", "/?feed=rss2", "/blog/feed", "/news/rss.xml",
)  # fmt: skip
_WORDS: Final = ("/rss", "/feed", "/atom", ".rss", ".rdf", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json")
_CALLED: Final = re.compile(r"\b(?:rss|atom|feeds?|newsfeed)\b", re.IGNORECASE)
_LINKS: Final = ["link", "a", "base"]
_LONGEST_CALL: Final = 40  # characters of a link that is called a feed; longer ones are about feeds
# What a blog calls the comments on it, which are not its feed.
_COMMENTS: Final = re.compile(
    r"comment|kommentar|comentari|comentári|commenti|reacties|komentar|коммент", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed that a page offers. type: rss, atom, rdf, json, xml, or "" where only the address looks like a feed."""

    url: str
    title: str
    type: str


def discover(html: bytes, url: str) -> tuple[FeedLink, ...]:
    """The feeds that a page names in its head, then links that look like feeds. url: where the page came from."""
    only = SoupStrainer(_LINKS)
    with warnings.catch_warnings(category=XMLParsedAsHTMLWarning, action="ignore"):  # XHTML says that it is XML
        soup = BeautifulSoup(html[:MAX_PAGE], "lxml", parse_only=only)
    base_tag = soup.find("base", href=True)
    base = (absolute(url, _attribute(base_tag, "href")) if isinstance(base_tag, Tag) else None) or url
    named = [link for tag in soup.find_all("link") if isinstance(tag, Tag) and (link := _named(tag, base))]
    guessed = [link for tag in soup.find_all("a", href=True) if isinstance(tag, Tag) and (link := _guessed(tag, base))]
    found: dict[str, FeedLink] = {}
    for link in (*sorted(named, key=_of_comments), *sorted(guessed, key=_of_comments)):
        found.setdefault(link.url, link)
    return tuple(found.values())[:MAX_LINKS]


def _of_comments(link: FeedLink) -> bool:
    return _COMMENTS.search(f"{link.title} {link.url}") is not None


def common_paths(url: str) -> tuple[str, ...]:
    """Addresses where the feed of a page's site, or of the part of the site that it lies in, usually is."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ()
    root = f"{parts.scheme}://{parts.netloc}"
    section = parts.path.rstrip("/")
    here = (
        [root + section + path for path in ("/feed", "/rss", "/rss.xml", "/feed.xml", "/index.xml")] if section else []
    )
    return tuple(dict.fromkeys((*here, *(urljoin(root, path) for path in _PATHS))))


def _named(tag: Tag, base: str) -> FeedLink | None:
    """A <link rel="alternate"> (or rel="feed") to a feed."""
    relations = _attribute(tag, "rel").lower().split()
    kind = _attribute(tag, "type").lower().partition(";")[0].strip()
    url = _web(base, _attribute(tag, "href"))
    if not url or "stylesheet" in relations or not ("alternate" in relations or "feed" in relations):
        return None
    sure = _SURE.fullmatch(kind)
    if sure or "feed" in relations:
        return _link(tag, url, (sure and sure[1]) or _TYPES.get(kind, ""))
    # WordPress offers its REST interface as an alternate of type application/json, others their pages in JSON
    if kind.endswith("/xml") or (_looks_like_feed(url) and (kind in _TYPES or not kind)):
        return _link(tag, url, _TYPES.get(kind, ""))
    return None


def _link(tag: Tag, url: str, kind: str) -> FeedLink:
    return FeedLink(url=url, title=_words(_attribute(tag, "title")), type=kind)


def _guessed(tag: Tag, base: str) -> FeedLink | None:
    url = _web(base, _attribute(tag, "href"))
    words = _words(_attribute(tag, "title") or _text(tag))
    called = len(words) <= _LONGEST_CALL and _CALLED.search(words)
    return FeedLink(url=url, title=words, type="") if url and (called or _looks_like_feed(url)) else None


def _text(link: Tag) -> str:
    """The beginning of a link's words; of all that stands outside links nothing was kept."""
    words = []
    for piece in islice(link.next_elements, MAX_PIECES):
        if isinstance(piece, Tag) and piece.name in _LINKS:
            break
        if not isinstance(piece, Tag):
            words.append(str(piece))
    return " ".join(words)


def _looks_like_feed(url: str) -> bool:
    parts = urlsplit(url)
    path, host = parts.path.lower().rstrip("/"), parts.netloc.lower()
    if path.endswith(_WORDS) or "feed=" in parts.query.lower() or host.startswith(("feeds.", "rss.")):
        return True
    return path.endswith(".xml") and any(word in path for word in ("rss", "feed", "atom"))


def _web(base: str, href: str) -> str | None:
    href = href.strip()
    if href.startswith("feed:"):  # feed://host/path, and feed:https://host/path
        href = href.removeprefix("feed:")
        href = "https:" + href if href.startswith("//") else href
    url = absolute(base, href.partition("#")[0])
    return url if url and url.startswith(("http://", "https://")) else None


def _attribute(tag: Tag, name: str) -> str:
    value = tag.get(name) or ""
    return value if isinstance(value, str) else " ".join(value)


def _words(text: str) -> str:
    return " ".join(mended(text, MAX_TITLE).split())


__all__ = ["FeedLink", "common_paths", "discover"]
