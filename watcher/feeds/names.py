"""The name of an XML element -> what it means in a feed, whatever namespace, prefix or capitals it was written with."""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache
from typing import Final

ALTERNATE: Final = "http://www.iana.org/assignments/relation/alternate"  # the long spelling of a link's rel


class Role(Enum):
    """What an element says of its entry or feed."""

    __hash__ = object.__hash__  # members are single; Enum's own hash of the name is a call in Python for each look-up

    TITLE = auto()
    OTHER_TITLE = auto()
    LINK = auto()
    GUID = auto()
    SUMMARY = auto()
    CONTENT = auto()
    CAPTION = auto()
    PUBLISHED = auto()
    CREATED = auto()
    UPDATED = auto()
    AUTHOR = auto()
    CATEGORY = auto()
    KEYWORDS = auto()
    LANGUAGE = auto()
    BOX = auto()  # media:group and media:content: what is inside counts for the entry
    TTL = auto()
    PERIOD = auto()
    FREQUENCY = auto()
    GENERATOR = auto()
    SKIP_HOURS = auto()
    SKIP_DAYS = auto()
    HOUR = auto()
    DAY = auto()
    NEW_ADDRESS = auto()
    CHANNEL = auto()
    ENTRY = auto()
    NAME = auto()
    EMAIL = auto()


# In small letters. "": the formats themselves, which share their words.
_PREFIXES: Final = {
    **dict.fromkeys(
        (
            "",
            "http://backend.userland.com/rss",
            "http://backend.userland.com/rss2",
            "http://blogs.law.harvard.edu/tech/rss",
            "http://purl.org/rss/1.0/",
            "http://my.netscape.com/rdf/simple/0.9/",
            "http://purl.org/rss/1.0/modules/rss091#",
            "http://purl.org/atom/ns#",
            "http://www.w3.org/2005/atom",
        ),
        "",
    ),
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
}

_ROLES: Final = {
    "title": Role.TITLE,
    "dc:title": Role.TITLE,
    "media:title": Role.OTHER_TITLE,
    "itunes:title": Role.OTHER_TITLE,
    "link": Role.LINK,
    "guid": Role.GUID,
    "id": Role.GUID,
    "description": Role.SUMMARY,
    "summary": Role.SUMMARY,
    "abstract": Role.SUMMARY,
    "dc:description": Role.SUMMARY,
    "itunes:summary": Role.SUMMARY,
    "content": Role.CONTENT,
    "content:encoded": Role.CONTENT,
    "body": Role.CONTENT,
    "xhtml:body": Role.CONTENT,
    "fullitem": Role.CONTENT,
    "media:description": Role.CAPTION,
    "media:text": Role.CAPTION,
    "pubdate": Role.PUBLISHED,
    "published": Role.PUBLISHED,
    "issued": Role.PUBLISHED,
    "dcterms:issued": Role.PUBLISHED,
    "created": Role.CREATED,
    "dcterms:created": Role.CREATED,
    "updated": Role.UPDATED,
    "modified": Role.UPDATED,
    "dc:date": Role.UPDATED,
    "dcterms:modified": Role.UPDATED,
    "author": Role.AUTHOR,
    "dc:creator": Role.AUTHOR,
    "dc:author": Role.AUTHOR,
    "itunes:author": Role.AUTHOR,
    "category": Role.CATEGORY,
    "dc:subject": Role.CATEGORY,
    "media:category": Role.CATEGORY,
    "itunes:category": Role.CATEGORY,
    "keywords": Role.CATEGORY,
    "itunes:keywords": Role.KEYWORDS,
    "media:keywords": Role.KEYWORDS,
    "language": Role.LANGUAGE,
    "dc:language": Role.LANGUAGE,
    "media:group": Role.BOX,
    "media:content": Role.BOX,
    "ttl": Role.TTL,
    "sy:updateperiod": Role.PERIOD,
    "sy:updatefrequency": Role.FREQUENCY,
    "generator": Role.GENERATOR,
    "skiphours": Role.SKIP_HOURS,
    "skipdays": Role.SKIP_DAYS,
    "hour": Role.HOUR,
    "day": Role.DAY,
    "itunes:new-feed-url": Role.NEW_ADDRESS,
    "channel": Role.CHANNEL,
    "item": Role.ENTRY,
    "entry": Role.ENTRY,
    "name": Role.NAME,
    "email": Role.EMAIL,
}


@lru_cache(maxsize=512)  # real feeds have some 200 names in all; libxml2 takes names of up to 50,000 letters
def role_of(tag: str) -> Role | str | None:
    """The role of an element by lxml's name for it, None for one that does not matter.

    A name in a namespace that nobody registered comes back as its local part in small letters, for `role_by_prefix`:
    what counts then is the prefix that the feed wrote, since misspelt namespaces are common.
    """
    namespace, _, local = tag[1:].rpartition("}") if tag.startswith("{") else ("", "", tag)
    prefix = _PREFIXES.get(namespace.lower())
    if prefix is None:
        if "backend.userland.com/rss" not in namespace.lower():
            return local.lower()
        prefix = ""
    return _ROLES.get(f"{prefix}:{local.lower()}" if prefix else local.lower())


def role_by_prefix(prefix: str | None, local: str) -> Role | None:
    """The role of an element of an unregistered namespace by the prefix it was written with."""
    return _ROLES.get(f"{prefix.lower()}:{local}" if prefix else local)
