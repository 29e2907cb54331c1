"""a user's own templates -> the faults in them, by file and line, as far as rendering examples can tell."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import jinja2

from watcher.alerts.face import ChannelFace
from watcher.alerts.rendering import FRAMES, NAMES, TEMPLATE_FAULTS, Templates
from watcher.alerts.sample import bare_alert, sample_alert
from watcher.alerts.view import (
    AlertView,
    Cause,
    DigestView,
    NoticeView,
    Paragraph,
    StoryView,
    WatchView,
    digest,
    notice,
    view,
)
from watcher.alerts.words import Excerpt, Piece, listed
from watcher.marks import did_you_mean
from watcher.model import ChannelKind, Fault

_LACKING = re.compile(r"'watcher\.alerts\.\w+\.(\w+) object' has no attribute '(\w+)'")  # as Jinja2 says it
_VIEWS = {
    one.__name__: one for one in (AlertView, DigestView, NoticeView, WatchView, StoryView, Paragraph, Excerpt, Piece)
}


def check_templates(own: Mapping[str, str], *, folder: str) -> tuple[Fault, ...]:
    """Every fault in the templates (file name -> source) of this folder; one for each template that fails."""
    faults: dict[tuple[str, int], Fault] = {}
    for name in own:
        if name not in (*NAMES, *FRAMES):
            message = f"there is no message that uses this template; the names are {', '.join((*NAMES, *FRAMES))}"
            faults[name, 0] = Fault(file=f"{folder}/{name}", line=0, column=0, message=message)
    templates = Templates(own)
    for name in NAMES:
        for context in _examples(name):
            try:
                templates.render_strictly(name, context)
            except TEMPLATE_FAULTS as error:
                file, line = _place(error, own, name)
                faults.setdefault((file, line), _fault(f"{folder}/{file}", line, error, own.get(file, "")))
    return tuple(faults[place] for place in sorted(faults))


def _fault(file: str, line: int, error: Exception, source: str) -> Fault:
    lines = source.splitlines()
    shown = lines[line - 1] if 0 < line <= len(lines) else ""
    column = len(shown) - len(shown.lstrip()) + 1 if shown else 0
    return Fault(file=file, line=line if shown else 0, column=column, message=_words(error), source=shown)


def _words(error: Exception) -> str:
    if isinstance(error, jinja2.TemplateNotFound):
        return f'there is no template "{error.name}"'
    if isinstance(error, RecursionError):
        return "endless recursion: it includes or calls itself"
    if not isinstance(error, jinja2.TemplateError):
        return f"{type(error).__name__}: {error}"
    lacking = _LACKING.fullmatch(str(error))
    if lacking is None or lacking[1] not in _VIEWS:
        return str(error)
    names = [field.name for field in fields(_VIEWS[lacking[1]])]
    return f'there is no "{lacking[2]}" here.{did_you_mean(lacking[2], names)} There are {listed(names)}'


def _place(error: Exception, own: Mapping[str, str], rendered: str) -> tuple[str, int]:
    """The user's template and the line in it that the error came through last."""
    if isinstance(error, jinja2.TemplateSyntaxError) and error.name is not None and error.name in own:
        return error.name, error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in own]
    return (frames[-1].filename, frames[-1].lineno or 0) if frames else (rendered, 0)


def _examples(name: str) -> Iterator[dict[str, Any]]:
    """What a template of this name may meet: all that there can be, and as little as there can be."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    zone = ChannelFace(name="example", kind=ChannelKind.EMAIL).zone
    full, bare = sample_alert(now), bare_alert(now)
    later = replace(bare, story=replace(bare.story, grouping=replace(bare.story.grouping, group=full.story.id)))
    kind = name.partition(".")[0]
    for test in (False, True):
        common = {"subject": "[watch] headline - site", "test": test}
        if kind == "alert":
            yield common | {"alert": view(full, zone)}
            yield common | {"alert": view(bare, zone)}
        elif kind == "digest":
            yield common | {"digest": digest([full, later], zone, Cause.DIGEST)}
        else:
            yield common | {"notice": notice("Example", "One.\n\n  1 | two\n    | ^", now, zone)}
