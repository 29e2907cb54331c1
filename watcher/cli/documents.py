"""match, extract, group: the rooms by hand, on documents that did not come from a feed."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watcher.cli.say import AsJson, AsJsonl, Call, plain, put_json, put_line, say

if TYPE_CHECKING:
    from watcher.matching.match import Matcher
    from watcher.model import Document, Extraction, Grouping, Verdict
    from watcher.stories.collection import Collection

Files = Annotated[list[Path] | None, typer.Argument(help="Files of JSON lines; default: standard input.")]


class LineError(ValueError):
    """A line of input that is no document; says which and why."""


def add_to(command: typer.Typer) -> None:
    command.command()(match)
    command.command()(extract)
    command.command()(group)


# --------------------------------------------------------------------------------------------------------------- input


def _lines(files: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """(place, line) of every line that is not blank; a file named - is standard input."""
    with ExitStack() as stack:
        for file in list(files) or [Path("-")]:
            if str(file) == "-" and sys.stdin.isatty():
                say("reading JSON lines from the keyboard; Ctrl-D ends them", style="dim")
            source = sys.stdin.buffer if str(file) == "-" else stack.enter_context(file.open("rb"))
            for number, line in enumerate(source, start=1):
                if line.strip():
                    yield f"{file}:{number}", line


def _objects(files: Iterable[Path]) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, line in _lines(files):
        try:
            value = json.loads(line.decode("utf-8-sig"))
        except (UnicodeDecodeError, ValueError, RecursionError) as error:
            raise LineError(f"{place}: this line is no JSON: {_said(error)}") from None
        if not isinstance(value, dict):
            raise LineError(f'{place}: a JSON object like {{"id": "1", "title": "…"}} is wanted')
        if not isinstance(value.get("id"), (str, int)):
            raise LineError(f'{place}: the document has no "id"')
        yield place, value


def _said(error: Exception) -> str:
    return "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)


def _text(place: str, value: dict[str, Any], key: str) -> str | None:
    found = value.get(key)
    if found is None or isinstance(found, str):
        return found
    raise LineError(f'{place}: "{key}" is {type(found).__name__}, text is wanted')


def _document(place: str, value: dict[str, Any], feeds: Mapping[str, tuple[str, ...]]) -> Document:
    """feeds: by the name of a feed its name and tags; a document is from the feed that its source names."""
    from watcher.model import Document

    source = _text(place, value, "source")
    feed = value.get("feed") or (feeds.get(source, (source,)) if source else ())
    return Document(
        id=str(value["id"]),
        title=_text(place, value, "title") or "",
        summary=_text(place, value, "summary") or "",
        body=_text(place, value, "body") or "",
        lang=_text(place, value, "lang"),
        source=source,
        author=_text(place, value, "author"),
        url=_text(place, value, "url"),
        feed=(feed,) if isinstance(feed, str) else tuple(map(str, feed)),
    )


# --------------------------------------------------------------------------------------------------------------- match


def match(
    context: typer.Context,
    files: Files = None,
    watchlist: Annotated[Path | None, typer.Option(help="Judge by this file instead of the configured one.")] = None,
    why: Annotated[bool, typer.Option("--why", help="Also tell why a watch that was hit did not match.")] = False,
    as_jsonl: AsJsonl = False,
) -> None:
    """Judge documents by the watchlist, without the daemon."""
    call: Call = context.obj
    matcher, feeds = _matcher(watchlist or call.config / "watchlist.yaml")
    try:
        for place, value in _objects(files or []):
            document = _document(place, value, feeds)
            verdict = matcher.judge(document, why=why)
            if as_jsonl:
                put_line(_verdict_json(value["id"], verdict, why=why))
            else:
                _tell_verdict(document, verdict, why=why)
    except ValueError as error:
        say(f"watcher: {error}")
        raise typer.Exit(2) from None


def _matcher(file: Path) -> tuple[Matcher, dict[str, tuple[str, ...]]]:
    """The compiled watches of a file, and by name its feeds as a document that is from one knows it."""
    from watcher.app.written import read_written
    from watcher.matching.match import compile_watches

    written = read_written(file)
    feeds = {spec.name: (spec.name, *spec.tags) for spec in written.feeds if spec.name}
    return compile_watches(written.watches), feeds


def _verdict_json(id_: str | int, verdict: Verdict, *, why: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"id": id_, "matches": [{"watch": one.watch, "hits": one.hits} for one in verdict.matches]}
    return {**told, "not": verdict.rejections} if why else told


def _tell_verdict(document: Document, verdict: Verdict, *, why: bool) -> None:
    say(f"{document.id}: " + (", ".join(one.watch for one in verdict.matches) or "no match"), style="bold")
    for one in verdict.matches:
        for hit in one.hits:
            say(f"  {one.watch}: {hit.field} {hit.start}-{hit.end} “{plain(hit.text)}”: {plain(hit.excerpt)}")
    if why:
        for rejection in verdict.rejections:
            say(f"  not {rejection.watch} ({rejection.reason}): {plain(rejection.detail)}", style="dim")


# ------------------------------------------------------------------------------------------------------------- extract


def extract(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FILE|URL", help="A saved page, or the address of one.")],
    url: Annotated[str | None, typer.Option(help="The address that the file came from.")] = None,
    as_json: AsJson = False,
) -> None:
    """The story in a page."""
    extraction = asyncio.run(_extraction(context.obj, source, url))
    if as_json:
        put_json(_extraction_json(extraction))
    else:
        _tell_extraction(extraction)
    if not extraction.complete:
        say(f"this is not the whole story: {extraction.problem}", style="yellow")


async def _extraction(call: Call, source: str, url: str | None) -> Extraction:
    from watcher.app.reader import extract_page, read_source
    from watcher.model import Response

    if source.startswith(("http://", "https://")):
        from watcher.app.by_hand import fetch_page, good_config

        return await extract_page(await fetch_page(source, config=good_config(call.config)))
    body = read_source(source)
    return await extract_page(Response(url=url or "", status=200, headers={}, body=body, fetched_at=datetime.now(UTC)))


def _extraction_json(extraction: Extraction) -> dict[str, Any]:
    keys = (
        "url", "canonical_url", "title", "authors", "site", "published", "modified", "language", "lede", "text",
        "image", "sha256", "extracted_by", "complete", "problem", "via",
    )  # fmt: skip
    told = {key: getattr(extraction, key) for key in keys}
    return {**told, "url": extraction.url or None, "sources": extraction.sources}


def _tell_extraction(extraction: Extraction) -> None:
    say(plain(extraction.title) or "(no title)", style="bold")
    about = (extraction.site, ", ".join(extraction.authors), extraction.published, extraction.language)
    known = " · ".join(plain(str(part)) for part in about if part)
    if known:
        say(known, style="dim")
    if extraction.lede:
        say(plain(extraction.lede), style="italic")
    for paragraph in filter(None, extraction.text.split("\n\n")):
        say("\n" + plain(paragraph))


# --------------------------------------------------------------------------------------------------------------- group


def group(files: Files = None, as_jsonl: AsJsonl = False) -> None:
    """Find copies and follow-ups among documents, each compared with those before it.

    A document is a JSON object with "id", "title", "text", "lede", "site", "published", "url" and "lang".
    """
    from watcher.cli.progress import Counter
    from watcher.stories.collection import Collection

    collection = Collection()
    try:
        with Counter("grouping", total=_how_many(files or [])) as counter:
            for place, value in _objects(files or []):
                _tell_grouping(value["id"], _grouped(collection, place, value), as_jsonl=as_jsonl)
                counter.advance(1)
    except ValueError as error:
        say(f"watcher: {error}")
        raise typer.Exit(2) from None


def _how_many(files: Sequence[Path]) -> int | None:
    """Lines with a document in them; None where they come from a pipe and can be read but once."""
    if not files or not all(file.is_file() for file in files):
        return None
    return sum(1 for _ in _lines(files))


def _grouped(collection: Collection, place: str, value: dict[str, Any]) -> Grouping:
    texts = {key: _text(place, value, key) for key in ("title", "text", "lede", "site", "published", "url", "lang")}
    try:
        return collection.add(str(value["id"]), **texts)
    except ValueError as error:
        raise LineError(f"{place}: {error}") from None


def _tell_grouping(id_: str | int, grouping: Grouping, *, as_jsonl: bool) -> None:
    if not as_jsonl:
        of = f" of {grouping.of}" if grouping.of else ""
        return say(f"{id_}: {grouping.relation}{of} ({grouping.reason})")
    told = {
        "id": id_,
        "group": grouping.group,
        "relation": grouping.relation,
        "of": grouping.of,
        "similarity": round(grouping.similarity, 3),
        "reason": grouping.reason,
    }
    return put_line(told)
