"""The text of a watchlist and feeds in; the text with them added, all else byte for byte as it was, out.

Only the lines of the new entries are written (by ruamel.yaml, which knows when a word needs quotes); dumping the whole
file would move comments and refold lists. The result is read again: it must say what was said, and the new entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

from watcher.marks import Kind, Node, compose, duration_text
from watcher.matching.watchlist import read_watchlist
from watcher.model import ConfigError, FeedSpec, Field, Read, Watch, Watchlist

_FILE = "watchlist.yaml"
_ENDLESS = 1_000_000  # characters; an entry is never folded


def add_feeds(text: str, specs: Sequence[FeedSpec], *, file: str = _FILE) -> str:
    """The watchlist with the feeds at the end of `feeds`. Raises ConfigError for faults, or if it has one of them."""
    before = _read(text, file)
    after = _add(text, "feeds", [_feed_entry(spec) for spec in specs], file)
    return _checked(text, after, Watchlist(feeds=(*before.feeds, *specs), watches=before.watches), file)


def watch_lines(watch: Watch) -> list[str]:
    """The watch as the lines of one item of `watches`, indented by two."""
    return _items([_watch_entry(watch)], "  ", "\n").splitlines()


def _read(text: str, file: str) -> Watchlist:
    return read_watchlist(text, file=file) if _says_something(text) else Watchlist()


def _says_something(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


def _checked(text: str, after: str, expected: Watchlist, file: str) -> str:
    """The text with its addition, if it then says what is expected, and nothing else."""
    twice = len({spec.url for spec in expected.feeds}) < len(expected.feeds)
    try:
        found = read_watchlist(after, file=file)
    except ConfigError:
        if twice:
            raise
        found = None  # its lines are not those that somebody wrote: they would only puzzle
    if found is None or (found.feeds, found.watches) != (expected.feeds, expected.watches):
        fault = compose(text, file=file).fault("this list is written in a way that cannot be added to; add it by hand.")
        raise ConfigError(fault)
    return after


def _add(text: str, part: str, entries: Sequence[object], file: str) -> str:
    """The text with entries at the end of one of its two lists."""
    newline = "\r\n" if "\r\n" in text else "\n"
    root = compose(text, file=file) if _says_something(text) else None
    held = root.get(part) if root is not None else None
    if root is None or held is None:
        lead = text if not text or text.endswith("\n") else text + newline
        return lead + (newline if lead.strip() else "") + _block(part, entries, newline)
    if held.kind is Kind.SEQUENCE and held.items:
        if text[_at(text, held.start)] == "[":
            return _into_brackets(text, held, entries)
        return _after_last(text, held, entries, newline)
    return _instead_of_nothing(text, root, held, part, entries, newline)


def _at(text: str, offset: int) -> int:
    """An offset of a node (which does not count a byte order mark) as one of the text."""
    return offset + text.startswith("\ufeff")


def _block(part: str, entries: Sequence[object], newline: str) -> str:
    return f"{part}:{newline}{_items(entries, '  ', newline)}"


def _items(entries: Sequence[object], indent: str, newline: str) -> str:
    lines: list[str] = []
    for entry in entries:
        first, *rest = _dump(entry).splitlines()
        lines += [f"{indent}- {first}", *(f"{indent}  {line}" for line in rest)]
    return newline.join([*lines, ""])


def _after_last(text: str, held: Node, entries: Sequence[object], newline: str) -> str:
    """Below the last line of the last item, before the comments that follow the list."""
    last = held.items[-1]
    end = _at(text, max((place for place in _ends(last) if place <= held.end), default=last.start))
    line_start = text.rfind("\n", 0, end) + 1
    if text[line_start:end].strip():
        line_end = text.find("\n", end)
        end = len(text) if line_end < 0 else line_end + 1
    indent = " " * (held.column - 1)
    lead = text[:end] if text[:end].endswith("\n") else text[:end] + newline
    return lead + _items(entries, indent, newline) + text[end:]


def _ends(node: Node) -> Iterator[int]:
    """Where the written parts of an item end; those that an alias brings in from elsewhere end before it starts."""
    if node.kind is Kind.SCALAR or node.source.text[node.start : node.start + 1] in {"[", "{"}:
        yield node.end
    for item in node.items:
        yield from _ends(item)
    for key, value in node.pairs:
        yield key.end
        yield from _ends(value)


def _into_brackets(text: str, held: Node, entries: Sequence[object]) -> str:
    """After the last item, before what follows it there: a comma, a comment with a bracket of its own."""
    end = _at(text, max(_ends(held.items[-1])))
    written = "".join(f", {_dump(entry, flow=True).strip()}" for entry in entries)
    return text[:end] + written + text[end:]


def _instead_of_nothing(text: str, root: Node, held: Node, part: str, entries: Sequence[object], newline: str) -> str:
    """In the place of `feeds: []`, or below `feeds:` with nothing after it."""
    key = _at(text, root.key_at((part,)).end)
    colon = text.index(":", key) + 1
    if held.kind is Kind.SEQUENCE:
        start, end = _at(text, held.start), _at(text, held.end)
        text = text[:start].rstrip(" ") + text[end:]
    line_end = text.find("\n", colon)
    end = len(text) if line_end < 0 else line_end + 1
    lead = text[:end] if text[:end].endswith("\n") else text[:end] + newline
    return lead + _items(entries, "  ", newline) + text[end:]


def _dump(entry: object, *, flow: bool = False) -> str:
    writer = YAML()
    writer.width = _ENDLESS
    writer.allow_unicode = True
    writer.indent(mapping=2, sequence=4, offset=2)
    if flow and isinstance(entry, CommentedMap):
        entry.fa.set_flow_style()
    out = StringIO()
    writer.dump(entry, out)
    return out.getvalue().removesuffix("...\n")  # that is how a document of one word ends


def _feed_entry(spec: FeedSpec) -> object:
    settings: dict[str, object] = {"url": spec.url, "name": spec.name, "tags": _line(spec.tags)}
    if spec.every is not None:
        settings["every"] = duration_text(spec.every)
    if spec.read is not Read.ENTRY:
        settings["read"] = spec.read.value
    if not spec.scrape:
        settings["scrape"] = False
    return _entry(settings, "url")


def _watch_entry(watch: Watch) -> object:
    where = () if watch.where == tuple(Field) else tuple(field.value for field in watch.where)
    lines = CommentedSeq([_line(line) for line in watch.all_])
    return _entry(
        {
            "name": watch.name,
            "also": _line(watch.also),
            "short": _line(watch.short),
            "with": _line(watch.with_),
            "needs": _line(watch.needs),
            "ignore": _line(watch.ignore),
            "never": _line(watch.never),
            "all": lines,
            "query": SingleQuotedScalarString(watch.query) if watch.query else None,
            "regex": _line(tuple(SingleQuotedScalarString(one) for one in watch.regex)),
            "where": _line(where),
            "lang": _line(watch.lang),
            "feeds": _line(watch.feeds),
            "channels": _line(watch.channels),
        },
        "name",
    )


def _entry(settings: dict[str, Any], only: str) -> object:
    """The settings that say something; a single word if that is all."""
    kept = {key: value for key, value in settings.items() if value not in (None, [], "")}
    return kept[only] if list(kept) == [only] else CommentedMap(kept)


def _line(words: Sequence[str]) -> CommentedSeq:
    """A list in brackets; libyaml, which will read it, takes :0 and ?0 there for something else than words."""
    made = CommentedSeq([DoubleQuotedScalarString(word) if word.startswith((":", "?")) else word for word in words])
    made.fa.set_flow_style()
    return made
