"""The text of a seed article -> the story in it; the form is ` date YYYY-MM-DD <headline> <lede>`, then paragraphs."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

from watcher.model import Extraction

_FIRST_LINE = re.compile(r"\s*date\s+(?P<day>\d{4}-\d{2}-\d{2})\s+(?P<rest>\S.*)", re.DOTALL)
# Without the title's help a headline ends where a sentence ends, or after as many words as headlines have at most.
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»]?\s+(?=[^\W\d_a-z])")
_HEADLINE_WORDS = 20


def read_seed(text: str, *, file_name: str, title: str | None, site: str | None, url: str | None) -> Extraction:
    """The story that a seed file holds.

    title: where the headline ends on the first line (compared word by word); without it the first sentence, 20 words at
    most, is taken for the headline. url: where it was published, else `seed:<file_name>` stands for it. sha256: of the
    text's UTF-8 bytes. A first line without a date gives published None; no text is refused: there is nothing that
    cannot be read as a seed.
    """
    first, *rest = [block for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")) if block.strip()] or [""]
    found = _FIRST_LINE.match(first)
    headline, lede = _split(" ".join((found["rest"] if found else first).split()), title)
    paragraphs = [" ".join(block.split()) for block in rest]
    return Extraction(
        url=url or f"seed:{file_name}",
        title=headline,
        site=site,
        published=_day(found["day"]) if found else None,
        lede=lede,
        text="\n\n".join(paragraphs),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        extracted_by="seed",
        sources={"title": "settings" if title else "seed", "published": "seed"},
    )


def write_seed(story: Extraction) -> str:
    """A story in the seed's own form; read_seed with its title gives title, lede, day and text back."""
    day = story.published.astimezone(UTC).date().isoformat() if story.published else ""
    first = " ".join(part for part in ("date" if day else "", day, story.title, story.lede) if part)
    text = "\n\n".join(" ".join(block.split()) for block in story.text.split("\n\n") if block.strip())
    return f" {first}\n\n{text}\n" if text else f" {first}\n"


def _split(line: str, title: str | None) -> tuple[str, str]:
    if title:
        words, wanted = line.split(), title.split()
        if [word.casefold() for word in words[: len(wanted)]] == [word.casefold() for word in wanted]:
            return " ".join(words[: len(wanted)]), " ".join(words[len(wanted) :])
        return " ".join(wanted), line
    end = _SENTENCE_END.search(line)
    words = (line[: end.end()] if end else line).split()[:_HEADLINE_WORDS]
    headline = " ".join(words)
    return headline, line[len(headline) :].strip()


def _day(day: str) -> datetime | None:
    try:
        return datetime.fromisoformat(day).replace(tzinfo=UTC)
    except ValueError:  # a thirteenth month: the seed has no date then
        return None
