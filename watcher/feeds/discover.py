"""A page -> the feeds that it offers, the likeliest first; and where a site's feed usually is if the page is silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer

from watcher.feeds.fields import absolute, mended

MAX_PAGE: Final = 2 * 1024 * 1024  # bytes: beyond it Beautiful Soup may take seconds, and heads stand at the top
MAX_LINKS: Final = 50
MAX_TITLE: Final = 200
_TYPES: Final = {
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/rdf+xml": "rdf",
    "application/feed+json": "json",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
_SURE: Final = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")
_PATHS: Final = (  # in the order of how often they are right
    "/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json", "/feeds/posts/default",
    "/rss/index.xml", "/?feed=rss2", "/blog/feed", "/news/rss.xml",
)  # fmt: skip
_WORDS: Final = ("/rss", "/feed", "/atom", ".rss", ".rdf", "feed.xml", "rss.xml", "atom.xml", "index.xml", "feed.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed that a page offers. type: rss, atom, rdf, json, xml, or "" where only the address looks like a feed."""

    url: str
    title: str
    type: str


def discover(html: bytes, url: str) -> tuple[FeedLink, ...]:
    """The feeds that a page names in its head, then links that look like feeds. url: where the page came from."""
    only = SoupStrainer(["link", "a", "base"])
    soup = BeautifulSoup(html[:MAX_PAGE], "lxml", parse_only=only)
    base_tag = soup.find("base", href=True)
    base = (absolute(url, _attribute(base_tag, "href")) if isinstance(base_tag, Tag) else None) or url
    named = [link for tag in soup.find_all("link") if isinstance(tag, Tag) and (link := _named(tag, base))]
    guessed = [link for tag in soup.find_all("a", href=True) if isinstance(tag, Tag) and (link := _guessed(tag, base))]
    named.sort(key=lambda link: "comment" in f"{link.title} {link.url}".lower())  # a blog's comments are not its feed
    found: dict[str, FeedLink] = {}
    for link in (*named, *guessed):
        found.setdefault(link.url, link)
    return tuple(found.values())[:MAX_LINKS]


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
    sure = kind in _SURE or "feed" in relations
    if not sure and not (kind in _TYPES and _looks_like_feed(url)):
        return None  # WordPress offers its REST interface as an alternate of type application/json
    return FeedLink(url=url, title=_words(_attribute(tag, "title")), type=_TYPES.get(kind, ""))


def _guessed(tag: Tag, base: str) -> FeedLink | None:
    url = _web(base, _attribute(tag, "href"))
    if not url or not _looks_like_feed(url):
        return None
    return FeedLink(url=url, title=_words(_attribute(tag, "title") or tag.get_text(" ")), type="")


def _looks_like_feed(url: str) -> bool:
    parts = urlsplit(url)
    path = parts.path.lower().rstrip("/")
    return (
        path.endswith(_WORDS) or "feed=" in parts.query.lower() or parts.netloc.lower().startswith(("feeds.", "rss."))
    )


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
