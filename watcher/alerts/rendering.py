"""template + view -> text; the shipped templates, or a user's own in their place, in Jinja2's sandbox.

A user's own are files of the same names in config/templates/. In a name that ends in .html.j2 everything is escaped. A
template sees `alert` (AlertView), `digest` (DigestView) or `notice` (NoticeView), `subject`, `test` (true in a test
message), `trouble`, and the filters `starred` (found words between asterisks), `bold` (in <b>), `plain`,
`wrapped(indent)` (lines of 72 characters), `listed` (a, b and c) and `direction` (rtl or ltr).

The sandbox bounds what a template can reach, and how much it can do (alerts/bounds.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from unicodedata import east_asian_width

import jinja2
from markupsafe import Markup, escape

from watcher.alerts import words
from watcher.alerts.bounds import BoundedEnvironment
from watcher.alerts.words import Piece

NAMES = (
    "alert.txt.j2",
    "alert.html.j2",
    "alert.chat.j2",
    "digest.txt.j2",
    "digest.html.j2",
    "digest.chat.j2",
    "notice.txt.j2",
    "notice.html.j2",
    "notice.chat.j2",
)
FRAMES = ("frame.html.j2", "parts.html.j2")  # what those extend and import; may be replaced as well

_WIDE = "\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60"  # two columns each
_CLOSING = "、。，．」』）！？：；"  # never at the beginning of a line
# What stays on one line, with the space before it: a word, or one Chinese, Japanese or Korean sign.
_ATOM = re.compile(f" ?(?:[{_WIDE}][{_CLOSING}]*|[^ {_WIDE}]+)| ")
_HELD = "\xa0"  # a no-break space; texts that come here have none of their own (words.clean)

LINE = 72  # characters, so that a mail that was answered twice still fits into 80 columns

# What a template that somebody wrote can raise when it meets data that it did not expect.
TEMPLATE_FAULTS = (
    jinja2.TemplateError,
    TypeError,
    ValueError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RuntimeError,  # endless recursion, for one
    SyntaxError,  # more loops in one another than Python takes
    MemoryError,
)


class Templates:
    """The templates in force: a user's own (file name -> source) before the shipped ones."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        self._own = _environment(jinja2.ChoiceLoader([_loader(dict(own)), _SHIPPED])) if own else None
        self._told: dict[str, str] = {}  # template that failed -> the message that says so

    def render(self, name: str, context: Mapping[str, Any], *, message_id: str) -> str:
        """The template filled in. Where a user's own fails, the shipped one stands in: no alert is lost.

        The first message to which that happens says so, also when it is composed again.
        """
        if self._own is None:
            return self.render_strictly(name, context)
        try:
            return self.render_strictly(name, context)
        except TEMPLATE_FAULTS as error:
            trouble = f"Your own template {name} failed ({type(error).__name__}: {error}); this is the shipped one."
            first = self._told.setdefault(name, message_id) == message_id
            return _shipped().fill_in(name, {**context, "trouble": trouble if first else ""})

    def render_strictly(self, name: str, context: Mapping[str, Any]) -> str:
        """The template filled in. Raises one of TEMPLATE_FAULTS."""
        return (self._own or _shipped()).fill_in(name, {**context, "trouble": ""})


_SHIPPED = jinja2.PackageLoader("watcher.alerts", "templates")


def _loader(own: Mapping[str, str]) -> jinja2.FunctionLoader:
    """The sources under their names, so that a traceback names the template that it went through."""
    return jinja2.FunctionLoader(lambda name: (own[name], name, None) if name in own else None)


@cache
def _shipped() -> BoundedEnvironment:
    return _environment(_SHIPPED)


def _environment(loader: jinja2.BaseLoader) -> BoundedEnvironment:
    environment = BoundedEnvironment(
        loader=loader,
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        listed=words.listed, starred=_starred, bold=_bold, plain=_plain, wrapped=_wrapped, direction=_direction
    )
    return environment


def _plain(pieces: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _starred(pieces: Iterable[Piece]) -> str:
    return "".join(f"*{piece.text}*" if piece.found else piece.text for piece in pieces)


def _bold(pieces: Iterable[Piece]) -> Markup:
    return Markup().join(
        Markup('<b class="found">{}</b>').format(piece.text) if piece.found else escape(piece.text) for piece in pieces
    )


def _direction(text: str | Iterable[Piece]) -> str:
    """rtl or ltr, by the first letter that has a direction; `dir="auto"` is not known to every mail reader."""
    strong = (unicodedata.bidirectional(char) for char in (text if isinstance(text, str) else _plain(text)))
    return "rtl" if next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L" else "ltr"


def _wrapped(text: str | Iterable[Piece], indent: str = "") -> str:
    """A text, or starred pieces, in lines; found words stay together on one line."""
    if not isinstance(text, str):
        text = _starred(Piece(text=one.text.replace(" ", _HELD), found=True) if one.found else one for one in text)
    lines = [indent]
    for atom in _ATOM.findall(text):
        if lines[-1] != indent and _columns(lines[-1]) + _columns(atom) > LINE:
            lines.append(indent)
        lines[-1] += atom.removeprefix(" ") if lines[-1] == indent else atom
    return "\n".join(lines).replace(_HELD, " ") if text else ""


def _columns(text: str) -> int:
    return len(text) if text.isascii() else sum(2 if width in "WF" else 1 for width in map(east_asian_width, text))
