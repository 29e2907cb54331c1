"""The `feeds` of a watchlist in; feed specs out, with a fault for each that cannot be polled."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

from watcher.marks import Kind, Node, did_you_mean, duration
from watcher.matching.watchlist_terms import Faults, one_text, text_nodes
from watcher.matching.watchlist_words import FEED_SETTINGS, unknown_in_feed
from watcher.model import FeedSpec, Read

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.\-]*):")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_ANY_UNIT = re.compile(r"(\d+)\s*([smhdw])[a-z]*\.?", re.IGNORECASE)


def read_feeds(node: Node | None, faults: Faults) -> tuple[FeedSpec, ...]:
    """The feeds of the list, each once."""
    if node is None or not node.given:
        return ()
    if node.kind is not Kind.SEQUENCE:
        faults.tell(node, f'"feeds" is a list: write each address in a line of its own, after "- ".{_dash_hint(node)}')
        return ()
    specs = []
    first_line: dict[str, int] = {}
    for item in node.items:
        spec, address = _feed(item, faults)
        if spec is None or address is None:
            continue
        same = same_address(spec.url)
        if same in first_line:
            faults.tell(address, f"this feed is in the list twice; the first is in line {first_line[same]}. Keep one.")
            continue
        first_line[same] = address.line
        specs.append(spec)
    return tuple(specs)


def same_address(url: str) -> str:
    """A form of a valid address that is equal for two ways of writing the same one."""
    parts = urlsplit(url)
    scheme, port = parts.scheme.lower(), parts.port
    host = (parts.hostname or "") + (f":{port}" if port is not None and port != _DEFAULT_PORTS.get(scheme) else "")
    return f"{scheme}://{host}{parts.path or '/'}?{parts.query}"


def address_problem(url: str) -> str | None:
    """Why this is no address of a feed; None if it is one."""
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        return "there is a space in this address."
    scheme = _SCHEME.match(url)
    name = scheme[1].lower() if scheme else ""
    if name == "feed":
        rest = url[5:].removeprefix("//")
        return f'"feed:" is not an address of the web; write {rest if "://" in rest else "https://" + rest}'
    if name in {"url", "link"}:
        return f'a space is missing after "{name}:": write "url: {url[len(name) + 1 :]}".'
    if name not in _DEFAULT_PORTS:
        if "://" in url:
            return f'an address starts with "https://" or "http://", not "{url.partition("://")[0]}://".'
        looks_right = "." in url.partition("/")[0]
        return f'an address starts with "https://"{f": write https://{url}" if looks_right else "."}'
    try:
        parts = urlsplit(url)
        if not parts.hostname or parts.port == 0:
            return "this address has no host name."
    except ValueError:
        return "this address cannot be read: look at its host name and port."
    return None


def _feed(node: Node, faults: Faults) -> tuple[FeedSpec | None, Node | None]:
    """One entry of the list, and the node of its address."""
    if node.kind is Kind.SCALAR:
        url = _url(node, faults)
        return (FeedSpec(url=url) if url is not None else None), node
    if node.kind is Kind.SEQUENCE:
        faults.tell(node, 'a feed is an address, or settings that start with "url:", not a list.')
        return None, None
    for key, _ in node.pairs:
        if key.text not in FEED_SETTINGS:
            faults.tell(key, unknown_in_feed(key.text))
    address = node.get("url")
    if address is None:
        if all(key.text in FEED_SETTINGS for key, _ in node.pairs):
            faults.tell(node, 'this feed has no address: write "url: https://…".')
        url = None
    else:
        url = _url(address, faults, key=node.key_at(("url",)))
    spec = FeedSpec(
        url=url or "",
        name=_optional(node, "name", faults),
        every=_every(node.get("every"), faults),
        read=_read(node.get("read"), faults),
        tags=tuple(tag.text.strip() for tag in text_nodes(node.get("tags"), "tags", faults) if _is_tag(tag, faults)),
        scrape=_scrape(node.get("scrape"), faults),
    )
    return (spec if url is not None else None), address


def _url(node: Node, faults: Faults, *, key: Node | None = None) -> str | None:
    url = one_text(node, "url", faults, key=key)
    if url is None:
        return None
    problem = address_problem(url)
    if problem is not None:
        faults.tell(node, problem)
        return None
    return url


def _optional(node: Node, setting: str, faults: Faults) -> str | None:
    value = node.get(setting)
    return one_text(value, setting, faults) if value is not None and value.given else None


def _is_tag(node: Node, faults: Faults) -> bool:
    if node.text.strip():
        return True
    faults.tell(node, "there is nothing here. Write a tag, or delete the entry.")
    return False


def _every(node: Node | None, faults: Faults) -> timedelta | None:
    if node is None or not node.given:
        return None
    text = one_text(node, "every", faults)
    if text is None or text == "auto":
        return None
    found = duration(text)
    if found is None:
        faults.tell(node, f'"{text}" is no length of time. {_time_hint(text)}')
    return found


def _time_hint(text: str) -> str:
    if text.isdigit() and int(text):
        return f"Write {text}m for minutes, {text}s for seconds or {text}h for hours."
    written = _ANY_UNIT.fullmatch(text)
    if written and int(written[1]):
        return f"Write {written[1]}{written[2].lower()}."
    return "Write a number and s, m, h or d: 30s, 10m, 2h, 1d; or auto."


def _read(node: Node | None, faults: Faults) -> Read:
    if node is None or not node.given:
        return Read.ENTRY
    text = one_text(node, "read", faults)
    if text is not None and text not in {read.value for read in Read}:
        faults.tell(
            node,
            f'"read" is "entry" (judge what the feed says) or "page" (judge the whole story), not "{text}".'
            + did_you_mean(text, (read.value for read in Read)),
        )
        return Read.ENTRY
    return Read(text) if text is not None else Read.ENTRY


def _scrape(node: Node | None, faults: Faults) -> bool:
    if node is None or not node.given:
        return True
    text = one_text(node, "scrape", faults)
    if text is not None and text not in {"true", "false"}:
        faults.tell(node, f'"scrape" is true or false, not "{text}".')
    return text != "false"


def _dash_hint(node: Node) -> str:
    if node.kind is Kind.SCALAR and node.text.startswith("-"):
        return ' A space is missing after the "-".'
    return ""
