"""The YAML parser's complaint about a file in; the slip that the person made, in words and at its place, out."""

from __future__ import annotations

import re
import unicodedata

import yaml
from yaml.reader import ReaderError

from watcher.marks.nodes import Source
from watcher.marks.slips_lines import KEY, Slip, block_slip, hiding, key_before, query_line, stray, without

_LEADING_TAB = re.compile(r"^( *(?:- *)*)\t", re.MULTILINE)
_BEGINS = re.compile(r"\s*(?:- |[\w-]+\s*:(?:\s|$))")  # a setting or an item, not the rest of a list in brackets
_LEADING_STRANGE_SPACE = re.compile(r"^ *(?:- *)?([^\S \t\r\n])", re.MULTILINE)
_TOKEN_END = re.compile(r"\s+#|$", re.MULTILINE)
_FLOW_TOKEN_END = re.compile(r"[,\]}]|\s+#|$", re.MULTILINE)
_COMMENT_IN_LIST = re.compile(r"[\[,]\s*#(?=[^\s\]])")
_LOOK_BACK = 40  # characters before a quotation mark that say whether it opens a text
_UNCLOSED = "this quotation mark is not closed. Put the same mark at the end of the text."
_OPENS_VALUE = re.compile(r"(?:^|[:\-,]\s|[\[{])\s*$")


def read_slip(error: yaml.YAMLError, source: Source) -> Slip:
    """What a person did, where, and what to write instead."""
    if isinstance(error, ReaderError):
        code = ord(error.character) if isinstance(error.character, str) else error.character
        return Slip(error.position, f"here stands a character that cannot be seen (U+{code:04X}); delete it.")
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Slip(0, f"this cannot be read as YAML: {error}.")
    at, problem, context = error.problem_mark.index, error.problem or "", error.context or ""
    began = error.context_mark.index if error.context_mark is not None else at
    indent = _tab(source, at, problem) or _strange_space(source, at)
    if indent is not None:
        return indent
    quote = _open_quote(source, at)
    if "alias" in problem or "alias" in context:
        return _unquoted(source, began if "alias" in context else at)
    if "cannot start any token" in problem or "anchor" in context or "block scalar" in context:
        return _unquoted(source, began if "anchor" in context or "block scalar" in context else at)
    if quote is not None and "flow" in context and _is_later_setting(source, began, quote):
        quote = None  # the bracket above it comes first
    if quote is not None:
        return hiding(Slip(quote, _UNCLOSED), source)
    if "quoted scalar" in context:
        return hiding(_quoted_scalar(source, began, at, problem), source)
    if "flow" in context:
        return hiding(_flow(source, began, at), source)
    return block_slip(source, began, at, problem)


def _is_later_setting(source: Source, began: int, at: int) -> bool:
    """Whether a place is in a line below, in which another setting starts."""
    number = source.place(at)[0]
    return number > source.place(began)[0] and KEY.match(source.line(number)) is not None


def _tab(source: Source, at: int, problem: str) -> Slip | None:
    """Tabs that stand where YAML wants spaces; all of them are mended at once."""
    if "tab" not in problem and source.text[at : at + 1] != "\t":
        return None
    mended = source.text
    while _LEADING_TAB.search(mended):
        mended = _LEADING_TAB.sub(lambda found: f"{found[1]} ", mended)
    if mended[at : at + 1] == "\t":
        mended = f"{mended[:at]} {mended[at + 1 :]}"
    told = "here stands a tab. Indent with spaces: YAML does not take tabs."
    tabs = [found.end() - 1 for found in _LEADING_TAB.finditer(source.text)]
    lines = {source.place(tab)[0]: tab for tab in tabs}
    again = [tab for number, tab in lines.items() if tab > at and _BEGINS.match(source.line(number))]
    return Slip(at, told, mended, doubtful=True, hides=lines, otherwise=without(source, lines), again=again)


def _strange_space(source: Source, at: int) -> Slip | None:
    """A no-break space or the like at the start of a line: it looks like a space, and is a letter to YAML."""
    found = _LEADING_STRANGE_SPACE.search(source.text, 0, at + 1)
    if found is None:
        return None
    name = unicodedata.name(found[1], "an unusual space").lower()
    mended = source.text[: found.start(1)] + " " + source.text[found.end(1) :]
    return Slip(found.start(1), f"here stands a space of another kind ({name}). Type it again.", mended, doubtful=True)


def _open_quote(source: Source, at: int) -> int | None:
    """The first quotation mark, up to the line of the error, that opens a text and is not closed in its line."""
    for number in range(1, source.place(at)[0] + 1):
        line = source.line(number)
        place = 0
        while place < len(line):
            mark = line[place]
            if mark == "#" and (place == 0 or line[place - 1].isspace()):
                break
            if mark in "\"'" and _OPENS_VALUE.search(line, max(0, place - _LOOK_BACK), place):
                end = _closing(line, place)
                if end is None and not _closed_later(source, number, mark):
                    return source.offset(number, place + 1)
                if end is None:
                    break
                place = end
            place += 1
    return None


def _closing(line: str, opening: int) -> int | None:
    """Where the quotation that opens there ends in its line."""
    mark, place = line[opening], opening + 1
    while place < len(line):
        if mark == '"' and line[place] == "\\":
            place += 1
        elif line[place] == mark:
            if mark == "'" and line[place + 1 : place + 2] == "'":
                place += 1
            else:
                return place
        place += 1
    return None


def _closed_later(source: Source, number: int, mark: str) -> bool:
    """Whether a quotation over several lines ends as one would end it: at the end of one of the next lines."""
    for later in range(number + 1, len(source.starts) + 1):
        line = source.line(later)
        if KEY.match(line) or line.lstrip().startswith("- "):
            return False
        if line.rstrip(" ,]}").endswith(mark):
            return True
    return False


def _unquoted(source: Source, at: int) -> Slip:
    """A word that starts with a sign that means something else to YAML."""
    line_start = source.starts[source.place(at)[0] - 1]
    before = source.text[line_start:at]
    in_flow = before.count("[") + before.count("{") > before.count("]") + before.count("}")
    end = (_FLOW_TOKEN_END if in_flow else _TOKEN_END).search(source.text, at)
    word = source.text[at : end.start() if end else len(source.text)].strip()
    mark = word[:1]
    mended = f"{source.text[:at]}x{source.text[at + 1 :]}"
    if key_before(before) == "query":
        return Slip(at, f"put the query in single quotes: {query_line(word)}", mended)
    if mark == "*":
        rest = word.strip("* ")
        if not rest:
            return Slip(at, '"*" alone would stand for any word at all. Write a name before it: Musk*', mended)
        told = f'a name cannot start with "*". For any further letters it stands at the end: write {rest}*'
        return Slip(at, told, mended)
    quoted = '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return Slip(at, f'a name that starts with "{mark}" must be in quotes: write {quoted}', mended)


def _quoted_scalar(source: Source, began: int, at: int, problem: str) -> Slip:
    if "escape" in problem:
        line = source.line(source.place(began)[0])
        end = _closing(line, source.place(began)[1] - 1)
        inner = line[source.place(began)[1] : end] if end is not None else "…"
        single = "'" + inner.replace("'", "''") + "'"
        return Slip(at, f"in double quotes a backslash means something else; use single quotes: {single}")
    return Slip(began, _UNCLOSED)


def _flow(source: Source, began: int, at: int) -> Slip:
    """A list in brackets, or settings in braces, that do not end well."""
    if not source.text[at:].strip() or source.text[at] not in ",]}":
        unclosed = _last_open(source.text[:at])
        began = began if unclosed is None else unclosed
    began_line, at_line = source.place(began)[0], source.place(at)[0]
    opening = source.text[began : began + 1]
    closing = {"[": "]", "{": "}"}.get(opening)
    comment = _comment_in_list(source, at)
    if comment is not None:
        return Slip(comment, 'a "#" starts a comment. A name with "#" before it must be in quotes: write "#…"')
    if closing is None:
        return stray(source, at)
    same_line = began_line == at_line and source.text[at:].strip() != ""
    if same_line and source.text[at] in "{[" and closing in source.text[at:].partition("\n")[0]:
        return Slip(at, f'a name with "{source.text[at]}" in it must be in quotes, in a list in brackets.')
    if same_line and closing in source.text[at:].partition("\n")[0]:
        return Slip(at, 'a comma is missing before this, or the whole name must be in quotes: ["…", "…"].')
    return Slip(began, f'the bracket "{opening}" is never closed. Put "{closing}" at the end of the list.')


def _last_open(text: str) -> int | None:
    """The bracket that is still open at the end of the text."""
    closed = 0
    for place in range(len(text) - 1, -1, -1):
        if text[place] in "]}":
            closed += 1
        elif text[place] in "[{":
            if not closed:
                return place
            closed -= 1
    return None


def _comment_in_list(source: Source, at: int) -> int | None:
    """Where a # right after a bracket or comma has turned the rest of the list into a comment."""
    for number in range(source.place(at)[0], 0, -1):
        found = _COMMENT_IN_LIST.search(source.line(number))
        if found:
            return source.offset(number, found.end())
        if KEY.match(source.line(number)):
            return None
    return None
