"""Stories -> bytes for those who work on: JSON lines, CSV, ZIP of Markdown, ninjs 3, the seed's own form. Pure."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from watcher.model import Story
from watcher.stories.frontmatter import join, story_head
from watcher.stories.naming import file_name
from watcher.stories.seed import write_seed


class Format(StrEnum):
    JSONL = "jsonl"  # one object a line: the front matter's keys and the text
    CSV = "csv"
    ZIP = "zip"  # the archive's Markdown files under their own paths
    NINJS = "ninjs"  # IPTC News in JSON 3.0, one object a line
    SEED = "seed"  # a ZIP with one .txt a story, in the form of the seed article


_COLUMNS = (
    "id", "published", "fetched", "site", "feed", "title", "authors", "lede", "text", "language", "url",
    "canonical_url", "group", "relation", "watches", "terms", "complete", "problem", "sha256",
)  # fmt: skip
# What a spreadsheet would take for a formula: a headline such as =HYPERLINK(...) must stay text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NINJS = {
    "name": "ninjs",
    "version": "3.0",
    "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json",
}
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # ZIP knows no time before it


def export(stories: Iterable[Story], *, format: Format) -> Iterator[bytes]:
    """The stories in the format, in their order: pieces that joined are the file. One story is held at a time."""
    return _WRITERS[format](stories)


def _jsonl(stories: Iterable[Story]) -> Iterator[bytes]:
    for story in stories:
        yield _line({**story_head(story), "text": story.extraction.text})


def _ninjs(stories: Iterable[Story]) -> Iterator[bytes]:
    for story in stories:
        yield _line(_ninjs_item(story))


def _csv(stories: Iterable[Story]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"  # without this mark Excel reads UTF-8 as Latin-1
    yield _row(_COLUMNS)
    for story in stories:
        head = story_head(story)
        cells = {
            **head,
            "authors": "; ".join(head["authors"]),
            "text": story.extraction.text,
            "group": head["group"]["id"],
            "relation": head["group"]["relation"],
            "watches": "; ".join(match["watch"] for match in head["matches"]),
            "terms": "; ".join(dict.fromkeys(term for match in head["matches"] for term in match["terms"])),
            "complete": "yes" if head["complete"] else "no",
        }
        yield _row(_safe(cells[name]) for name in _COLUMNS)


def _zip(stories: Iterable[Story]) -> Iterator[bytes]:
    return _zipped((story.path, join(story_head(story), story.extraction.text), story.fetched) for story in stories)


def _seeds(stories: Iterable[Story]) -> Iterator[bytes]:
    for_each = ((story, file_name(story.extraction.title, story.id, fallback="story")) for story in stories)
    return _zipped(
        (name.removesuffix(".md") + ".txt", write_seed(story.extraction), story.fetched) for story, name in for_each
    )


_WRITERS: Mapping[Format, Callable[[Iterable[Story]], Iterator[bytes]]] = {
    Format.JSONL: _jsonl,
    Format.CSV: _csv,
    Format.ZIP: _zip,
    Format.NINJS: _ninjs,
    Format.SEED: _seeds,
}


class _Pipe(io.RawIOBase):
    """A file that can only be written on: what was written is taken out at the other end."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _zipped(files: Iterable[tuple[str, str, datetime]]) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content, moment in files:
            stamp = moment.astimezone(UTC).timetuple()[:6]
            entry = zipfile.ZipInfo(path, date_time=max(stamp, _ZIP_EPOCH))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content.encode(errors="replace"))
            yield pipe.taken()
    yield pipe.taken()


def _ninjs_item(story: Story) -> dict[str, Any]:
    page = story.extraction
    moments = {"firstCreated": page.published, "versionCreated": page.modified or page.published or story.fetched}
    body = {"role": "main", "contentType": "text/markdown", "value": page.text}
    counts = {"wordCount": len(page.text.split()), "charCount": len(page.text)}
    item: dict[str, Any] = {
        "uri": _uri(story.id),
        "standard": _NINJS,
        "type": "text",
        "representationType": "full" if page.complete else "partial",
        **{name: _time(moment) for name, moment in moments.items() if moment},
        "pubStatus": "usable",
        "language": page.language,
        "title": page.title,
        "headlines": [{"role": "main", "value": page.title}],
        "by": ", ".join(page.authors),
        "descriptions": [{"role": "summary", "value": page.lede}] if page.lede else [],
        "bodies": [{**body, **counts}] if page.text else [],
        "infoSources": [{"name": page.site or story.feed}],
        "altIds": [
            {"role": role, "value": value}
            for role, value in (("url", page.url), ("canonical", page.canonical_url))
            if value
        ],
        "subjects": [{"name": match.watch, "creator": "watcher"} for match in story.matches],
        "renditions": [{"name": "main", "href": page.image}] if page.image else [],
        "edNote": f"Incomplete: {page.problem.value}" if page.problem else "",
    }
    return {key: value for key, value in item.items() if value}


def _uri(id_: str) -> str:
    try:
        return UUID(hex=id_).urn
    except ValueError:  # an id that somebody else gave
        return f"urn:watcher:story:{id_}"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _line(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode(errors="replace") + b"\n"


def _row(cells: Iterable[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode(errors="replace")


def _safe(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
