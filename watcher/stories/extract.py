"""A page as it came -> the story in it, with an honest word where it is not the whole story. Pure, and never raises."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

from watcher.model import Extraction, Problem, Response
from watcher.stories import vote
from watcher.stories.asides import asides as find_asides
from watcher.stories.blocks import markdown
from watcher.stories.charset import decode
from watcher.stories.feedwords import parsed
from watcher.stories.furniture import pruned
from watcher.stories.honesty import Judgement, Sight, before_wall, judge
from watcher.stories.language import language_of
from watcher.stories.metadata import Metadata, read_metadata
from watcher.stories.short import sentences
from watcher.stories.signals import measure
from watcher.stories.voices import Beside

_MAX_BODY = 5_000_000  # bytes; what lies behind is furniture on every page that was seen, and costs memory and time
_MAX_TEXT = 400_000  # characters of a story: a book; nobody writes to a person about more
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
# No tree can hold these, and no page means them; an image or archive under a page's Content-Type is full of them.
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")
_SNIFFED = 4_096
_SNIFFED_CONTROLS = 40
_MARKUP = re.compile(r"text/html|xhtml|xml", re.IGNORECASE)


def extract(page: Response) -> Extraction:
    """The story in the page, or what can be said of it with the problem named. sha256 is that of page.body.

    With a problem other than a paywall or a live blog the text is empty: what was found is somebody else's.
    """
    sha256 = hashlib.sha256(page.body).hexdigest()
    try:
        found = _extract(page)
    except Exception as error:  # noqa: BLE001 - hostile input reaches every line of five libraries; the reason is kept
        reason = f"{type(error).__name__}: {error}"[:300]
        found = Extraction(url=page.url, problem=Problem.EMPTY, sources={"failed": reason})
    return replace(found, sha256=sha256)


def _extract(page: Response) -> Extraction:
    content_type = page.headers.get("content-type", "")
    blank = Extraction(url=page.url, problem=Problem.EMPTY)
    if not page.body.strip():
        return blank
    if (content_type and not _MARKUP.search(content_type)) or page.body.startswith(b"%PDF"):
        return replace(blank, problem=Problem.NOT_AN_ARTICLE, sources={"problem": f"content-type {content_type}"})
    source, charset = decode(page.body[:_MAX_BODY], content_type)
    controls = len(_CONTROL.findall(source[:_SNIFFED]))
    if controls > _SNIFFED_CONTROLS:
        return replace(blank, problem=Problem.NOT_AN_ARTICLE, sources={"problem": "not text"})
    source = _XML_DECLARATION.sub("", _CONTROL.sub("", source))
    tree = parsed(source)
    if tree is None:
        return blank
    meta = read_metadata(source, tree, url=page.url, now=page.fetched_at)
    sight = Sight(tree)
    asides = find_asides(tree, title=meta.title)
    bare = pruned(tree, asides, title=meta.title)
    reading = vote.read(vote.PageTree(tree=bare, title=meta.title, authors=meta.authors, body=meta.body))
    reading = replace(reading, blocks=before_wall(reading.blocks, sight))
    beside = Beside(asides, tree, meta)
    signals = measure(
        reading.blocks, meta, tree, bare=bare, beside=beside, support=reading.support, opinions=reading.opinions
    )
    judgement = judge(reading.blocks, meta, sight, signals, url=_address(page, meta))
    if judgement.is_short:
        reading = replace(reading, blocks=sentences(reading.blocks, asides))
    reserved = _reservations(page, meta)
    sources = {
        **meta.sources,
        **reserved,
        "charset": charset,
        **{f"failed {name}": why for name, why in reading.failed.items()},
    }
    return _story(page.url, meta, reading, judgement, sources)


def _story(
    url: str, meta: Metadata, reading: vote.Reading, judgement: Judgement, sources: dict[str, str]
) -> Extraction:
    keeps = judgement.keeps_text
    text = markdown(reading.blocks)[:_MAX_TEXT] if keeps else ""
    language = language_of(text, meta.language)
    if language and language != meta.language:
        sources["language"] = "text"
    return Extraction(
        url=url,
        canonical_url=meta.canonical_url,
        title=meta.title,
        authors=meta.authors,
        site=meta.site,
        published=meta.published,
        modified=meta.modified,
        language=language,
        lede=meta.lede if keeps else "",
        text=text,
        image=meta.image,
        extracted_by=reading.reader if keeps else "",
        sources=sources,
        problem=judgement.problem,
    )


def _reservations(page: Response, meta: Metadata) -> dict[str, str]:
    """What the publisher reserves against machines, by its headers and its metas, as written."""
    headers = [
        f"{name}: {page.headers[name]}" for name in ("x-robots-tag", "tdm-reservation") if page.headers.get(name)
    ]
    told = ", ".join(part for part in (*headers, meta.reservations) if part)
    return {"reservations": told} if told else {}


def _address(page: Response, meta: Metadata) -> str:
    """Where the page is on the web, for what its address tells: a page read from a file has only its own word."""
    return page.url if page.url.startswith(("http://", "https://")) else meta.canonical_url or ""
