"""A page -> what it says of itself: title, authors, site, dates, language, lede, image; each with its source. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from htmldate import find_date
from lxml import html
from trafilatura.metadata import extract_author

from watcher.stories import headline, jsonld
from watcher.stories.blocks import squash
from watcher.stories.dates import has_time, has_zone, parse_date
from watcher.stories.head import Head, absolute
from watcher.stories.names import clean_names

_MAX_LEDE = 2_000
_MIN_STANDFIRST = 40  # characters; a shorter one is a label ("Analysis")
_STANDFIRST_CLASSES = (
    "standfirst Standfirst article-summary article__summary article-dek -dek subheadline sub-headline article-lead "
    "article__lead chapo article__lede entradilla"
)
_STANDFIRST = (
    "//*[self::p or self::h2 or self::div or self::header or self::span][@itemprop='description' or "
    + " or ".join(f"contains(@class,'{name}')" for name in _STANDFIRST_CLASSES.split())
    + "]"
)
_AUTHOR_METAS = "author byl dc.creator parsely-author sailthru.author article:author citation_author".split()  # noqa: SIM905
_PUBLISHED_METAS = (
    ("article:published_time", "og:published_time", "og:article:published_time", "article:published", "datepublished"),
    ("parsely-pub-date", "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date", "pubdate", "publish_date"),
    ("date", "article.published", "citation_publication_date", "cxenseparse:recs:publishtime"),
)
_DESCRIPTION_METAS = ("og:description", "description", "twitter:description")
_MODIFIED_METAS = (
    "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "lastmod", "last-modified",
)  # fmt: skip
_DAY = 86_400  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page says of itself; sources: field -> where it came from. is_free: False where it says it is sold."""

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
    article_types: frozenset[str] = frozenset()  # of the page's own article, in small letters; "article" from OpenGraph
    page_types: frozenset[str] = frozenset()  # of everything that the page describes
    is_free: bool | None = None
    description: str = ""
    page_title: str = ""  # <title>, as written
    reservations: str = ""  # meta robots and tdm-reservation, as written
    sources: Mapping[str, str] = field(default_factory=dict)


def read_metadata(source: str, tree: html.HtmlElement, *, url: str, now: datetime) -> Metadata:
    """What the page says of itself. source: its text; tree: the same parsed; now: dates after it do not count."""
    head = Head(source, tree, url=url, now=now)
    site = head.pick("site", _sites(head)) or None
    title = _title(head, site)
    descriptions = [head.of_article("description"), *(jsonld.plain(head.meta(name)) for name in _DESCRIPTION_METAS)]
    description = next((text for text in descriptions if len(text) >= _MIN_STANDFIRST), max(descriptions, key=len))
    published, modified = _dates(head)
    own_types = (head.article.types if head.article else frozenset()) | ({head.meta("og:type").lower()} & {"article"})
    return Metadata(
        title=title,
        authors=_authors(head, site),
        site=site,
        published=published,
        modified=modified,
        language=head.pick("language", _languages(head)) or None,
        lede=head.pick("lede", _ledes(head, description, title))[:_MAX_LEDE],
        image=absolute(url, head.pick("image", _images(head))),
        canonical_url=head.canonical(),
        body=head.article.text("articlebody") if head.article else "",
        article_types=own_types,
        page_types=frozenset().union(*(node.types for node in head.nodes)),
        is_free=_is_free(head),
        description=description,
        page_title=head.page_title,
        reservations=_reservations(head),
        sources=head.sources,
    )


def _sites(head: Head) -> Iterator[tuple[str, str]]:
    yield "og", head.meta("og:site_name")
    yield "json-ld", head.of_article("publisher")
    yield "meta", head.meta("application-name", "apple-mobile-web-app-title", "cre", "dc.publisher")
    for node in head.nodes:
        if node.types & {"website", "newsmediaorganization"}:
            yield "json-ld", node.text("name")
    yield "host", (urlsplit(head.url).hostname or "").removeprefix("www.")


def _title(head: Head, site: str | None) -> str:
    stated = (
        ("json-ld", head.of_article("headline", "name")),
        ("og", head.meta("og:title")),
        ("meta", head.meta("twitter:title", "parsely-title", "sailthru.title", "dc.title")),
        ("title", head.page_title),
    )
    headings = [text for h1 in head.tree.iter("h1") if (text := squash(h1.text_content()))][:10]
    origin, title = headline.choose(stated, headings, site=site, url=head.url)
    return head.pick("title", [(origin, title)])


def _ledes(head: Head, description: str, title: str) -> Iterator[tuple[str, str]]:
    for place in head.tree.xpath(_STANDFIRST)[:5]:
        text = squash(place.text_content())
        if _MIN_STANDFIRST <= len(text) <= _MAX_LEDE and not headline.agree(text, title):
            yield "standfirst", text
    yield "description", "" if headline.agree(description, title) else " ".join(description.split())


def _images(head: Head) -> Iterator[tuple[str, str]]:
    yield "og", head.meta("og:image", "og:image:url", "og:image:secure_url")
    if head.article:
        image = head.article.values.get("image") or head.article.values.get("thumbnailurl")
        first = image[0] if isinstance(image, list) and image else image
        if isinstance(first, dict):
            first = first.get("url") or first.get("contentUrl")
        yield "json-ld", first if isinstance(first, str) else ""
    yield "meta", head.meta("twitter:image", "twitter:image:src", "thumbnail")


def _languages(head: Head) -> Iterator[tuple[str, str]]:
    root = head.tree.getroottree().getroot()
    for origin, value in (
        ("html", str(root.get("lang") or root.get("xml:lang") or "")),
        ("json-ld", head.of_article("inlanguage")),
        ("meta", head.meta("content-language", "language", "dc.language", "og:locale")),
    ):
        found = re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", value.strip())
        yield origin, found[0].lower() if found else ""


def _authors(head: Head, site: str | None) -> tuple[str, ...]:
    node = head.article
    stated = list(jsonld.strings(node.values.get("author") or node.values.get("creator"))) if node else []
    by_id = {str(one.values.get("@id")): one.text("name") for one in head.nodes if one.values.get("@id")}
    stated = [by_id.get(byline, byline) for byline in stated]  # some name the author in a node of her own
    for origin, bylines in (("json-ld", stated), ("meta", [head.meta(*_AUTHOR_METAS)])):
        if names := clean_names(
            [byline for byline in bylines if "://" not in byline and not byline.startswith("#")], site=site
        ):
            head.sources["authors"] = origin
            return names
    if names := clean_names([extract_author(head.tree) or ""], site=site):
        head.sources["authors"] = "byline"
    return names


def _dates(head: Head) -> tuple[datetime | None, datetime | None]:
    published = _date(head, "published", _published(head))
    modified = _date(head, "modified", _modified(head))
    if published is None:
        day = find_date(head.tree, original_date=True, url=head.url, max_date=head.now) or ""
        # The first of January is what it makes of a bare year, and the year is that of the copyright.
        published = None if day.endswith("-01-01") else parse_date(day, now=head.now)
        if published:
            head.sources["published"] = "htmldate"
            published = _with_time(head, published)
    return published, modified if modified and (published is None or modified > published) else None


def _with_time(head: Head, day: datetime) -> datetime:
    """The day with the time of the first <time> of the page that is of it, if one is."""
    for time in head.tree.xpath("//time[@datetime]")[:10]:
        text = str(time.get("datetime"))
        moment = parse_date(text, now=head.now)
        if moment and has_time(text) and abs((moment - day).total_seconds()) < _DAY:
            head.sources["published"] = "time"
            return moment
    return day


def _published(head: Head) -> Iterator[tuple[str, str]]:
    yield "json-ld", head.of_article("datepublished", "datecreated", "uploaddate")
    yield "meta", head.meta(*_PUBLISHED_METAS[0])
    yield "itemprop", head.item("datePublished")
    yield from (("meta", head.meta(*names)) for names in _PUBLISHED_METAS[1:])
    for node in head.nodes:
        yield "json-ld", node.text("datepublished", "uploaddate")
    yield "time", next((str(time.get("datetime")) for time in head.tree.xpath("//time[@datetime][@pubdate]")), "")


def _modified(head: Head) -> Iterator[tuple[str, str]]:
    yield "json-ld", head.of_article("datemodified")
    yield "meta", head.meta(*_MODIFIED_METAS)
    yield "itemprop", head.item("dateModified")


def _date(head: Head, name: str, candidates: Iterator[tuple[str, str]]) -> datetime | None:
    """The first that is a date; another within a day of it that knows its time and zone better is preferred."""
    dated = ((origin, text, parse_date(text, now=head.now)) for origin, text in candidates if text)
    good = [(origin, text, moment) for origin, text, moment in dated if moment]
    if not good:
        return None
    first = good[0][2]
    near = [found for found in good if abs((found[2] - first).total_seconds()) < _DAY]
    origin, _, moment = max(near, key=lambda found: (has_time(found[1]) + has_zone(found[1]), found is good[0]))
    head.sources[name] = origin
    return moment.astimezone(UTC)


def _is_free(head: Head) -> bool | None:
    stated = head.article.values.get("isaccessibleforfree") if head.article else None
    stated = stated if stated is not None else (head.meta("article:content_tier") or None)
    if stated is None:
        return None
    return str(stated).strip().lower() not in ("false", "0", "no", "locked", "metered")


def _reservations(head: Head) -> str:
    """What the publisher asks of machines: the words of meta robots, and a reservation against mining."""
    mining = head.meta("tdm-reservation")
    return ", ".join(part for part in (head.meta("robots"), f"tdm-reservation: {mining}" if mining else "") if part)
