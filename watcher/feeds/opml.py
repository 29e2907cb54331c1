"""OPML -> the feeds in it, folders as tags; feeds -> OPML for other readers. What goes out comes in again the same."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from watcher.feeds.fields import MAX_ENTRIES, MAX_NAME, absolute
from watcher.feeds.mend import mended_references, outside_cdata
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
_FEED_SCHEME: Final = re.compile(r"^feed:(?://)?(https?://)?", re.IGNORECASE)  # what browsers once put before feeds


def read_opml(document: bytes) -> tuple[FeedSpec, ...]:
    """The feeds of an OPML list, each address once, tagged with the names of the folders they lie in.

    A feed that lies in several folders gets the tags of all. Raises ValueError for what is no OPML.
    """
    try:
        root = etree.fromstring(outside_cdata(document.strip(), mended_references), _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"not an OPML list: {error}") from error
    if root is None or str(root.tag).lower() not in ("opml", "body", "outline"):
        raise ValueError("not an OPML list: there is no <opml> in it")
    found: dict[str, FeedSpec] = {}
    for outline in root.iter("outline"):
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


def _spec(outline: etree._Element) -> FeedSpec | None:
    """The feed of an outline; None for a folder, and for an address that is not of the web."""
    attributes = {str(name).lower(): str(value) for name, value in outline.attrib.items()}
    url = absolute("", _FEED_SCHEME.sub(lambda found: found[1] or "http://", attributes.get("xmlurl", "").strip()))
    if not url or not url.startswith(("http://", "https://")):
        return None
    name = _words(attributes.get("title") or attributes.get("text"))
    own = [part.strip("/ ") for part in attributes.get("category", "").split(",")]
    return FeedSpec(url=url, name=name if name and name != url else None, tags=_once((*_folders(outline), *own)))


def _folders(outline: etree._Element) -> list[str]:
    """Names of the folders around an outline, the outermost first."""
    folders = [folder for folder in outline.iterancestors("outline") if folder.get("xmlUrl") is None]
    return [_words(one.get("title") or one.get("text")) for one in reversed(folders)]


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
