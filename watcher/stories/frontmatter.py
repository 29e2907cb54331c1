"""A mapping and a text <-> one Markdown file with YAML front matter; and stories <-> such mappings,
and alerts from them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import yaml

from watcher.model import Alert, Extraction, Grouping, Hit, Match, Relation, Story, WarcRef
from watcher.model.stories import Problem
from watcher.model.watches import Field

_LINE = "---"
_SURROGATE = re.compile("[\ud800-\udfff]")  # JSON can bring a lone one; no file can hold it ...
_UNKNOWN = "\ufffd"  # ... so this stands for it
_WIDE = 1 << 20  # characters a line: PyYAML would fold long titles otherwise, which grep does not like


class FrontMatterError(ValueError):
    """A file that is not front matter and text, or whose keys do not make a story or alert."""


def join(head: Mapping[str, Any], text: str) -> str:
    """`---`, the mapping as YAML (keys in its order), `---`, a blank line, the text."""
    body = yaml.dump(
        _plain(head),
        Dumper=yaml.CSafeDumper,
        allow_unicode=True,
        sort_keys=False,
        width=_WIDE,
        default_flow_style=False,
    )
    return f"{_LINE}\n{body}{_LINE}\n\n{_SURROGATE.sub(_UNKNOWN, text).strip()}\n"


def split(content: str) -> tuple[dict[str, Any], str]:
    """The mapping and the text of such a file. Raises FrontMatterError."""
    lines = content.replace("\r\n", "\n").removeprefix("\ufeff")
    opened, _, rest = lines.partition("\n")
    head, closed, text = rest.partition(f"\n{_LINE}\n")
    if opened.rstrip() != _LINE or not closed:
        raise FrontMatterError("the file does not begin with front matter between two lines of ---")
    try:
        found = yaml.load(head, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise FrontMatterError(f"the front matter is not YAML: {error}") from error
    if not isinstance(found, dict):
        raise FrontMatterError("the front matter is not a list of keys and values")
    return found, text.strip()


def story_head(story: Story) -> dict[str, Any]:
    """The front matter of a story; keys as in INTERFACES, and besides what a rebuild needs."""
    page = story.extraction
    return {
        "id": story.id,
        "url": page.url,
        "canonical_url": page.canonical_url,
        "via": page.via.value if page.via else None,
        "title": page.title,
        "authors": list(page.authors),
        "site": page.site,
        "feed": story.feed,
        "published": _rfc3339(page.published),
        "modified": _rfc3339(page.modified),
        "fetched": _rfc3339(story.fetched),
        "language": page.language,
        "lede": page.lede,
        "image": page.image,
        "sha256": page.sha256,
        "warc": {"file": story.warc.file, "record": story.warc.record} if story.warc else None,
        "group": _group_head(story.grouping),
        "matches": [_match_head(match) for match in story.matches],
        "complete": page.complete,
        "problem": page.problem.value if page.problem else None,
        "extracted_by": page.extracted_by,
        "reservations": page.sources.get("reservations"),
        "sources": {name: source for name, source in page.sources.items() if name != "reservations"},
        "entry": story.entry_id,
        "seed_similarity": round(story.seed_similarity, 4),
    }


def read_story(head: Mapping[str, Any], text: str, *, path: str) -> Story:
    """The story that story_head and its text were made of. Raises FrontMatterError."""
    try:
        return Story(
            id=str(head["id"]),
            entry_id=head.get("entry"),
            feed=str(head.get("feed") or ""),
            fetched=_needed_time(head["fetched"]),
            extraction=_read_extraction(head, text),
            warc=WarcRef(file=head["warc"]["file"], record=head["warc"]["record"]) if head.get("warc") else None,
            grouping=_read_group(head["group"]),
            matches=tuple(
                Match(
                    watch=m["watch"],
                    hits=tuple(_read_hit(hit) for hit in m.get("hits") or ()),
                    beside=tuple(m.get("beside") or ()),
                )
                for m in head.get("matches") or ()
            ),
            path=path,
            seed_similarity=float(head.get("seed_similarity") or 0.0),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FrontMatterError(f"the front matter does not make a story: {error!r}") from error


def read_alert(head: Mapping[str, Any], story: Story, *, path: str) -> Alert:
    """The alert whose file has this front matter (alerts.data writes it), with its story. Raises FrontMatterError."""
    try:
        return Alert(
            id=str(head["id"]),
            raised=_needed_time(head["raised"]),
            watch=str(head["watch"]),
            reason=Relation(head["reason"]),
            story=story,
            hits=tuple(_read_hit(hit) for hit in head.get("hits") or ()),
            beside=tuple(head.get("beside") or ()),
            copies=tuple(head["group"].get("copies") or ()),
            thread=tuple(head.get("thread") or ()),
            channels=tuple(head.get("deliveries") or ()),
            path=path,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FrontMatterError(f"the front matter does not make an alert: {error!r}") from error


def _read_extraction(head: Mapping[str, Any], text: str) -> Extraction:
    return Extraction(
        url=str(head["url"]),
        canonical_url=head.get("canonical_url"),
        title=str(head.get("title") or ""),
        authors=tuple(str(author) for author in head.get("authors") or ()),
        site=head.get("site"),
        published=_time(head.get("published")),
        modified=_time(head.get("modified")),
        language=head.get("language"),
        lede=str(head.get("lede") or ""),
        text=text,
        image=head.get("image"),
        sha256=str(head.get("sha256") or ""),
        extracted_by=str(head.get("extracted_by") or ""),
        sources=_sources(head),
        problem=Problem(head["problem"]) if head.get("problem") else None,
    )


def _sources(head: Mapping[str, Any]) -> dict[str, str]:
    reserved = head.get("reservations")
    return dict(head.get("sources") or {}) | ({"reservations": str(reserved)} if reserved else {})


def _group_head(grouping: Grouping) -> dict[str, Any]:
    return {
        "id": grouping.group,
        "relation": grouping.relation.value,
        "of": grouping.of,
        "similarity": round(grouping.similarity, 4),
        "reason": grouping.reason,
    }


def _read_group(head: Mapping[str, Any]) -> Grouping:
    return Grouping(
        group=str(head["id"]),
        relation=Relation(head["relation"]),
        of=head.get("of"),
        similarity=float(head.get("similarity") or 0.0),
        reason=str(head.get("reason") or ""),
    )


def _match_head(match: Match) -> dict[str, Any]:
    return {
        "watch": match.watch,
        "terms": list(dict.fromkeys(hit.term for hit in match.hits)),
        "beside": list(match.beside),
        "hits": [hit.plain() for hit in match.hits],
    }


def _read_hit(head: Mapping[str, Any]) -> Hit:
    return Hit(
        field=Field(head["field"]),
        term=str(head["term"]),
        text=str(head["text"]),
        start=int(head["start"]),
        end=int(head["end"]),
        excerpt=str(head.get("excerpt") or ""),
    )


def _rfc3339(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def _time(value: object) -> datetime | None:
    return _needed_time(value) if value else None


def _needed_time(value: object) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _plain(value: Any) -> Any:
    """The value with nothing in it that no file can hold, and no object twice (YAML would write an anchor)."""
    if isinstance(value, str):
        return _SURROGATE.sub(_UNKNOWN, value)
    if isinstance(value, Mapping):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
