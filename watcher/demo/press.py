"""An outlet and a moment in, the bytes of its feed and pages out: RSS 2.0, RSS 1.0, Atom, JSON Feed, HTML. Pure.

The same outlet, start and second give the same bytes, so that validators made of them hold.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined

from watcher.demo.outlets import Fault, Format, Outlet, Story

CONTENT_TYPES = {
    Format.RSS2: "application/rss+xml",
    Format.RSS1: "application/rdf+xml",
    Format.ATOM: "application/atom+xml",
    Format.JSON: "application/feed+json",
}
_PAGES = Environment(
    loader=PackageLoader("watcher.demo"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.filters["rfc822"] = lambda moment: format_datetime(moment, usegmt=True)
_PAGES.filters["iso"] = lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ")
_PAGES.filters["spoken"] = lambda moment: moment.strftime("%-d %B %Y, %H:%M")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An outlet as it stands so many seconds after the start of the newsroom. address: of its server."""

    outlet: Outlet
    address: str
    start: datetime
    seconds: float

    @property
    def stories(self) -> list[Story]:
        """The stories that are out, the newest first, each as it is worded now."""
        out = [story for story in self.outlet.stories if story.at <= self.seconds]
        return [story.after(self.seconds) for story in sorted(out, key=self.published, reverse=True)]

    def published(self, story: Story) -> datetime:
        return self.start + timedelta(seconds=story.at) - timedelta(hours=story.hours)

    def modified(self, story: Story) -> datetime:
        if story.update is None or self.seconds < story.update.at:
            return self.published(story)
        return self.start + timedelta(seconds=story.update.at)

    def link(self, story: Story) -> str:
        return f"{self.address}/{self.start:%Y/%m/%d}/{story.slug}.html"

    def feed_link(self) -> str:
        return f"{self.address}/feed.{'json' if self.outlet.format is Format.JSON else 'xml'}"


def feed(edition: Edition) -> bytes:
    """The feed of this edition in its outlet's format and charset."""
    outlet = edition.outlet
    if outlet.format is Format.JSON:
        return json.dumps(_json_feed(edition), ensure_ascii=False, indent=1).encode()
    text = _PAGES.get_template(f"{outlet.format}.xml.j2").render(edition=edition, outlet=outlet)
    if outlet.fault is Fault.MALFORMED:
        text = _damaged(text)
    return text.encode(outlet.encoding, "xmlcharrefreplace")


def page(edition: Edition, story: Story) -> bytes:
    """The page of one story, with the furniture that papers have: navigation, teasers, a footer."""
    facts = json.dumps(_json_ld(edition, story), ensure_ascii=False).replace("<", "\\u003c")
    shown = story.paragraphs[:1] if story.paywall else story.paragraphs
    template = _PAGES.get_template("page.html.j2")
    return template.render(
        edition=edition,
        outlet=edition.outlet,
        feed_type=CONTENT_TYPES[edition.outlet.format],
        story=story,
        paragraphs=shown,
        facts=facts,
    ).encode()


def front(edition: Edition) -> bytes:
    """The outlet's front page, which names its feed."""
    outlet = edition.outlet
    template = _PAGES.get_template("front.html.j2")
    return template.render(edition=edition, outlet=outlet, feed_type=CONTENT_TYPES[outlet.format]).encode()


def etag(body: bytes) -> str:
    return f'"{sha256(body).hexdigest()[:16]}"'


def _damaged(text: str) -> str:
    """A feed as careless scripts write it: bare ampersands, an undeclared entity, no end. Its entries can be told."""
    loose = text.replace("&amp;", "&").replace("</description>", "&hellip;</description>", 1)
    return loose[: loose.rindex("</channel>")]


def _json_feed(edition: Edition) -> dict[str, object]:
    items = [
        {
            "id": edition.link(story),
            "url": edition.link(story),
            "title": story.title,
            "summary": story.summary,
            "authors": [{"name": story.author}],
            "date_published": edition.published(story).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for story in edition.stories
    ]
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": edition.outlet.name,
        "home_page_url": f"{edition.address}/",
        "feed_url": edition.feed_link(),
        "language": edition.outlet.language,
        "items": items,
    }


def _json_ld(edition: Edition, story: Story) -> dict[str, object]:
    facts: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.title,
        "description": story.summary,
        "datePublished": edition.published(story).isoformat(timespec="seconds"),
        "dateModified": edition.modified(story).isoformat(timespec="seconds"),
        "author": [{"@type": "Person", "name": story.author}],
        "publisher": {"@type": "Organization", "name": edition.outlet.name},
        "mainEntityOfPage": edition.link(story),
        "isAccessibleForFree": not story.paywall,
    }
    if story.paywall:
        facts["hasPart"] = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywall"}
    return facts
