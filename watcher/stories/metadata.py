"""A page's head, JSON-LD and headings -> what it says of itself, each field with its source.

The head alone is read by BeautifulSoup (over lxml); what stands in the body (h1, bylines, times) comes from the page's
one lxml tree. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from htmldate import find_date
from lxml import html
from trafilatura.metadata import extract_author

from watcher.stories import jsonld
from watcher.stories.blocks import squash, words
from watcher.stories.dates import has_time, has_zone, parse_date
from watcher.stories.names import clean_names

_HEAD_END = re.compile(r"</head\s*>|<body\b", re.IGNORECASE)
_MAX_HEAD = 400_000  # characters; beyond it a "head" is a page without a body tag
_HEAVY = re.compile(r"<(script|style|noscript|svg)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_MAX_TITLE = 500
_MAX_LEDE = 2_000
_SEPARATORS = re.compile(r"\s+[|–—·•»:-]+\s+|\s*[|»]\s*")
_STANDFIRST_CLASSES = (
    "standfirst Standfirst article-summary article__summary article-dek -dek subheadline sub-headline article-lead "
    "article__lead chapo article__lede entradilla"
)
_STANDFIRST = (
    "//*[self::p or self::h2 or self::div or self::header or self::span][@itemprop='description' or "
    + " or ".join(f"contains(@class,'{name}')" for name in _STANDFIRST_CLASSES.split())
    + "]"
)
_AGREE = 0.5  # share of the smaller title's words that two titles share to confirm one another


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says of itself; sources: field -> where it came from. is_free: False where it says that it is sold."""

    title: str = ""
    authors: tuple[str, ...] = ()
    site: str | None = None
    published: datetime | None = None
    modified: datetime | None = None
    language: str | None = None
    lede: str = ""
    image: str | None = None
    canonical_url: str | None = None
    body: str = ""  # JSON-LD's articleBody
    types: frozenset[str] = frozenset()  # of JSON-LD and OpenGraph, in small letters
    is_free: bool | None = None
    description: str = ""
    page_title: str = ""  # <title>, as written
    robots: str = ""  # meta robots and its AI kin, as written
    sources: Mapping[str, str] = field(default_factory=dict)


class _Page:
    """The places of one page that fields are looked for in, each read once."""

    def __init__(self, source: str, tree: html.HtmlElement, url: str, now: datetime) -> None:
        self.tree, self.url, self.now = tree, url, now
        self.metas, self.links, self.page_title = _head(source)
        self.nodes = jsonld.nodes(source)
        self.article = jsonld.article(self.nodes, url=url)
        self.sources: dict[str, str] = {}

    def meta(self, *names: str) -> str:
        return next((value for name in names if (value := self.metas.get(name, ""))), "")

    def of_article(self, *keys: str) -> str:
        return self.article.text(*keys) if self.article else ""

    def pick(self, name: str, candidates: Iterator[tuple[str, str]]) -> str:
        """The first candidate with words; where it came from is noted under the field's name."""
        for origin, value in candidates:
            if value:
                self.sources[name] = origin
                return value
        return ""


def read_metadata(source: str, tree: html.HtmlElement, *, url: str, now: datetime) -> Metadata:
    """What the page says of itself. source: its text; tree: the same parsed; now: dates after it do not count."""
    page = _Page(source, tree, url, now)
    site = page.pick("site", _sites(page)) or None
    title = _title(page, site)
    description = _description(page)
    published, modified = _dates(page)
    return Metadata(
        title=title,
        authors=_authors(page, site),
        site=site,
        published=published,
        modified=modified,
        language=page.pick("language", _languages(page)) or None,
        lede=page.pick("lede", _ledes(page, description, title))[:_MAX_LEDE],
        image=_absolute(url, page.pick("image", _images(page))),
        canonical_url=_canonical(page),
        body=page.article.text("articlebody") if page.article else "",
        types=frozenset().union(*(node.types for node in page.nodes)) | {page.meta("og:type").lower()} - {""},
        is_free=_is_free(page),
        description=description,
        page_title=page.page_title,
        robots=", ".join(filter(None, (page.meta("robots"), page.meta("tdm-reservation") and "tdm-reservation"))),
        sources=page.sources,
    )


def _head(source: str) -> tuple[dict[str, str], list[tuple[str, str]], str]:
    """The first value of each meta (by property, name, itemprop or http-equiv), the links by rel, the <title>."""
    end = _HEAD_END.search(source)
    head = _HEAVY.sub("", source[: end.start() if end else _MAX_HEAD][:_MAX_HEAD])
    soup = BeautifulSoup(head, "lxml")
    metas: dict[str, str] = {}
    for tag in soup.find_all("meta", limit=500):
        content = squash(str(tag.get("content") or ""))
        for key in ("property", "name", "itemprop", "http-equiv"):
            if content and tag.get(key):
                metas.setdefault(str(tag.get(key)).strip().lower(), content)
    links = [
        (" ".join(tag.get_attribute_list("rel")).lower(), str(tag.get("href") or ""))
        for tag in soup.find_all("link", limit=500)
    ]
    return metas, links, squash(soup.title.get_text()) if soup.title else ""


def _sites(page: _Page) -> Iterator[tuple[str, str]]:
    yield "og", page.meta("og:site_name")
    yield "json-ld", page.of_article("publisher")
    yield "meta", page.meta("application-name", "apple-mobile-web-app-title", "cre", "dc.publisher")
    for node in page.nodes:
        if node.types & {"website", "newsmediaorganization"}:
            yield "json-ld", node.text("name")
    yield "host", (urlsplit(page.url).hostname or "").removeprefix("www.")


def _title(page: _Page, site: str | None) -> str:
    """The h1 that JSON-LD, OpenGraph or the title bear out; else what these say; without the site's name."""
    stated = [
        ("json-ld", page.of_article("headline", "name")),
        ("og", page.meta("og:title")),
        ("meta", page.meta("twitter:title", "parsely-title", "sailthru.title", "dc.title")),
        ("title", page.page_title),
    ]
    stated = [(origin, _without_site(" ".join(value.split()), site, page.url)) for origin, value in stated if value]
    headings = [text for h1 in page.tree.iter("h1") if (text := squash(h1.text_content()))][:10]
    for heading in headings:
        if any(_agree(heading, value) for _, value in stated):
            page.sources["title"] = "h1"
            return heading[:_MAX_TITLE]
    return page.pick("title", iter([*stated, ("h1", headings[0] if headings else "")]))[:_MAX_TITLE]


def _agree(one: str, other: str) -> bool:
    some, others = set(words(one)), set(words(other))
    return bool(some and others) and len(some & others) >= max(1, _AGREE * max(len(some), len(others)))


def _without_site(title: str, site: str | None, url: str) -> str:
    """The title up to the last separator, where what follows is the site's name or its host's."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    own = {_letters(site or ""), _letters(host), _letters(host.rpartition(".")[0])} - {""}
    parts = list(_SEPARATORS.finditer(title))
    for cut in reversed(parts):
        after = _letters(title[cut.end() :])
        if after and any(after == name or (len(after) > 3 and (after in name or name in after)) for name in own):
            title = title[: cut.start()]
    for cut in parts:
        if cut.end() <= len(title) and _letters(title[: cut.start()]) in own:
            return title[cut.end() :]
    return title


def _letters(text: str) -> str:
    return "".join(words(text))


def _description(page: _Page) -> str:
    return page.of_article("description") or page.meta("og:description", "description", "twitter:description")


def _ledes(page: _Page, description: str, title: str) -> Iterator[tuple[str, str]]:
    for place in page.tree.xpath(_STANDFIRST)[:5]:
        text = squash(place.text_content())
        if 40 <= len(text) <= _MAX_LEDE and not _agree(text, title):
            yield "standfirst", text
    yield "description", "" if _agree(description, title) else " ".join(description.split())


def _images(page: _Page) -> Iterator[tuple[str, str]]:
    yield "og", page.meta("og:image", "og:image:url", "og:image:secure_url")
    if page.article:
        image = page.article.values.get("image") or page.article.values.get("thumbnailurl")
        first = image[0] if isinstance(image, list) and image else image
        yield (
            "json-ld",
            str(first.get("url") or first.get("contentUrl") or "") if isinstance(first, dict) else str(first or ""),
        )
    yield "meta", page.meta("twitter:image", "twitter:image:src", "thumbnail")


def _languages(page: _Page) -> Iterator[tuple[str, str]]:
    root = page.tree.getroottree().getroot()
    for origin, value in (
        ("html", str(root.get("lang") or root.get("xml:lang") or "")),
        ("json-ld", page.of_article("inlanguage")),
        ("meta", page.meta("content-language", "language", "dc.language", "og:locale")),
    ):
        found = re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", value.strip())
        yield origin, found[0].lower() if found else ""


def _authors(page: _Page, site: str | None) -> tuple[str, ...]:
    node = page.article
    stated = list(jsonld.strings(node.values.get("author") or node.values.get("creator"))) if node else []
    candidates = (
        ("json-ld", stated),
        (
            "meta",
            [
                page.meta(
                    "author",
                    "byl",
                    "dc.creator",
                    "parsely-author",
                    "sailthru.author",
                    "article:author",
                    "citation_author",
                )
            ],
        ),
    )
    for origin, bylines in candidates:
        if names := clean_names([byline for byline in bylines if "://" not in byline], site=site):
            page.sources["authors"] = origin
            return names
    if names := clean_names([extract_author(page.tree) or ""], site=site):
        page.sources["authors"] = "byline"
    return names


def _dates(page: _Page) -> tuple[datetime | None, datetime | None]:
    published = _date(page, "published", _published(page))
    modified = _date(page, "modified", _modified(page))
    if published is None:
        day = find_date(page.tree, original_date=True, url=page.url, max_date=page.now) or ""
        published = parse_date(day, now=page.now)
        if published:
            page.sources["published"] = "htmldate"
    return published, modified if modified and (published is None or modified > published) else None


def _published(page: _Page) -> Iterator[tuple[str, str]]:
    yield "json-ld", page.of_article("datepublished", "datecreated", "uploaddate")
    yield (
        "meta",
        page.meta("article:published_time", "og:published_time", "og:article:published_time", "article:published"),
    )
    yield "itemprop", _item(page, "datePublished")
    names = "datepublished parsely-pub-date sailthru.date dc.date.issued dcterms.created dc.date pubdate publish_date"
    yield (
        "meta",
        page.meta(
            *names.split(), "date", "article.published", "citation_publication_date", "cxenseparse:recs:publishtime"
        ),
    )
    for node in page.nodes:
        yield "json-ld", node.text("datepublished")
    yield "time", next((str(time.get("datetime")) for time in page.tree.xpath("//time[@datetime][@pubdate]")), "")


def _modified(page: _Page) -> Iterator[tuple[str, str]]:
    yield "json-ld", page.of_article("datemodified")
    yield (
        "meta",
        page.meta(
            "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "lastmod", "last-modified"
        ),
    )
    yield "itemprop", _item(page, "dateModified")


def _item(page: _Page, name: str) -> str:
    for place in page.tree.xpath(f"//*[@itemprop='{name}']")[:1]:
        return str(place.get("content") or place.get("datetime") or squash(place.text_content()))
    return ""


def _date(page: _Page, name: str, candidates: Iterator[tuple[str, str]]) -> datetime | None:
    """The first that is a date; another one of the same day that knows its time and zone better is preferred."""
    good = [
        (origin, text, moment) for origin, text in candidates if text and (moment := parse_date(text, now=page.now))
    ]
    if not good:
        return None
    first = good[0][2]
    near = [found for found in good if abs((found[2] - first).total_seconds()) < 86_400]
    origin, _, moment = max(near, key=lambda found: (has_time(found[1]) + has_zone(found[1]), found is good[0]))
    page.sources[name] = origin
    return moment.astimezone(UTC)


def _canonical(page: _Page) -> str | None:
    """rel=canonical, else og:url; never a home page for a page that has a path."""
    path = urlsplit(page.url).path.strip("/")
    stated = [("link", href) for rel, href in page.links if "canonical" in rel.split()]
    for origin, href in [*stated, ("og", page.meta("og:url"))]:
        address = _absolute(page.url, href)
        if address and (urlsplit(address).path.strip("/") or not path):
            page.sources["canonical_url"] = origin
            return address
    return None


def _absolute(base: str, href: str) -> str | None:
    try:
        address = urljoin(base, href.strip())
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if href.strip() and parts.scheme in ("http", "https") and parts.hostname else None


def _is_free(page: _Page) -> bool | None:
    stated = page.article.values.get("isaccessibleforfree") if page.article else None
    stated = stated if stated is not None else (page.meta("article:content_tier").lower() or None)
    if stated is None:
        return None
    return str(stated).strip().lower() not in ("false", "0", "no", "locked", "metered")
