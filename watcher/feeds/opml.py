"""OPML -> the feeds in it, folders as tags; feeds -> OPML for other readers. What goes out comes in again the same."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from watcher.feeds.fields import MAX_ENTRIES, MAX_NAME, absolute
from watcher.feeds.mend import mended_references, outside_cdata
from watcher.feeds.prolog import as_utf8, is_wide, mostly_utf8
from watcher.model import FeedSpec

_PARSER: Final = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
    recover=True,  # lists exported by other readers are not always XML
)
_ROOT: Final = re.compile(rb"<(?:[A-Za-z][\w.-]{0,30}:)?opml(?=[\s>/])", re.IGNORECASE)
_FEED_TYPES: Final = frozenset(("rss", "rss1", "rss2", "atom", "rdf", "feed", "json"))
_FEED_SCHEME: Final = re.compile(r"^feed:(?://)?(https?://)?", re.IGNORECASE)  # what browsers once put before feeds


def read_opml(document: bytes) -> tuple[FeedSpec, ...]:
    """The feeds of an OPML list, each address once, tagged with the names of the folders they lie in.

    A feed that lies in several folders gets the tags of all. Raises ValueError for what is no OPML.
    """
    try:
        root = etree.fromstring(_sound(document), _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"not an OPML list: {error}") from error
    if root is None or _kind(root) not in ("opml", "body", "outline"):
        raise ValueError("not an OPML list: there is no <opml> in it")
    found: dict[str, FeedSpec] = {}
    for outline in filter(_is_outline, root.iter()):
        spec = _spec(outline)
        if spec is None or len(found) >= MAX_ENTRIES:
            continue
        before = found.get(spec.url)
        tags = (*(before.tags if before else ()), *spec.tags)
        found[spec.url] = FeedSpec(url=spec.url, name=before.name if before else spec.name, tags=_once(tags))
    return tuple(found.values())


def write_opml(specs: tuple[FeedSpec, ...], *, title: str = "Feeds") -> str:
    """An OPML 2.0 list: each tag of a feed is a folder, the second inside the first."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], etree._Element] = {(): body}
    for spec in specs:
        for depth, tag in enumerate(spec.tags, start=1):
            if spec.tags[:depth] not in folders:
                outside = folders[spec.tags[: depth - 1]]
                folders[spec.tags[:depth]] = etree.SubElement(outside, "outline", text=_xml(tag), title=_xml(tag))
        place = folders[spec.tags]
        name = _xml(spec.name or spec.address)
        outline = etree.SubElement(place, "outline", type="rss", text=name, xmlUrl=_xml(spec.address))
        if spec.name:
            outline.set("title", name)
    etree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + etree.tostring(root, encoding="unicode") + "\n"


def _sound(document: bytes) -> bytes:
    """The list in UTF-8 from its root on, with references that XML knows; one in UTF-16 as it is."""
    if is_wide(document):
        return document
    document = mostly_utf8(as_utf8(document, ""))
    try:
        document.decode()
    except UnicodeDecodeError:  # neither what it says nor UTF-8: then what browsers take it for
        document = document.decode("cp1252", "replace").encode()
    root = _ROOT.search(document)
    return outside_cdata(document[root.start() if root else 0 :], mended_references)


def _kind(element: etree._Element) -> str:
    """The name of an element in small letters, without its namespace."""
    return str(element.tag).rpartition("}")[2].lower()


def _is_outline(element: etree._Element) -> bool:
    return _kind(element) == "outline"


def _said(outline: etree._Element) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in outline.attrib.items()}


def _spec(outline: etree._Element) -> FeedSpec | None:
    """The feed of an outline; None for a folder, and for an address that is not of the web."""
    said = _said(outline)
    address = said.get("xmlurl") or (said.get("url", "") if said.get("type", "").lower() in _FEED_TYPES else "")
    url = absolute("", _FEED_SCHEME.sub(lambda found: found[1] or "http://", address.strip()))
    if not url or not url.startswith(("http://", "https://")):
        return None
    name = _words(said.get("title") or said.get("text"))
    own = [part.strip("/ ") for part in said.get("category", "").split(",")]
    url = url.replace(" ", "%20")  # as browsers send it
    return FeedSpec(url=url, name=name if name and name != url else None, tags=_once((*_folders(outline), *own)))


def _folders(outline: etree._Element) -> list[str]:
    """Names of the folders around an outline, the outermost first."""
    around = [_said(one) for one in outline.iterancestors() if _is_outline(one)]
    return [_words(one.get("title") or one.get("text")) for one in reversed(around) if "xmlurl" not in one]


def _words(text: str | None) -> str:
    return " ".join((text or "")[:MAX_NAME].split())


def _once(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _xml(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return "".join(
        c for c in text if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )


__all__ = ["read_opml", "write_opml"]
