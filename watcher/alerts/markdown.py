"""An alert -> the Markdown that a person reads in its file: the headline, the sentences, why, its relation. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from watcher.alerts import words
from watcher.alerts.view import view
from watcher.alerts.words import Piece
from watcher.model import Alert

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_ZONE = ZoneInfo("UTC")  # a file is read anywhere, and for years
_TO_THE_ARCHIVE = "../../../../"  # from alerts/YYYY/MM/DD/


def alert_text(alert: Alert) -> str:
    """The readable part of an alert's file; nothing that a feed or page wrote can act as Markdown or HTML in it."""
    shown, page = view(alert, _ZONE), alert.story.extraction
    authors = words.clean(", ".join(page.authors))
    address = _address(page.canonical_url or page.url)
    blocks = [
        f"# [{_marked(shown.headline)}](<{address}>)" if address else f"# {_marked(shown.headline)}",
        " · ".join(_escaped(part) for part in (shown.site, shown.published, authors) if part),
        *(f"> {_marked(excerpt.pieces)}" for excerpt in shown.excerpts),
        f"and {shown.more} more {'sentence' if shown.more == 1 else 'sentences'}" if shown.more else "",
        _escaped(shown.lede),
        _escaped(f"Why: {shown.why}") if shown.why else "",
        _escaped(shown.relation),
        _escaped(shown.incomplete),
        _escaped(f"Also at {words.listed(shown.copies)}.") if shown.copies else "",
        f"Kept at [{_escaped(alert.story.path)}](<{_TO_THE_ARCHIVE}{_address(alert.story.path)}>)",
    ]
    return "\n\n".join(filter(None, blocks))


def _marked(pieces: Iterable[Piece]) -> str:
    return "".join(f"**{_escaped(piece.text)}**" if piece.found else _escaped(piece.text) for piece in pieces)


def _escaped(line: str) -> str:
    """Text on one line that stands for itself in Markdown."""
    return _SPECIAL.sub(r"\\\1", line)


def _address(url: str) -> str:
    """A link's target between < and >: nothing that would end it."""
    return "".join(f"%{ord(c):02X}" if c in "<> \\\n\r\t" else c for c in url)
