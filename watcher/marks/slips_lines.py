"""A line that YAML cannot read on from in; what is missing or too much in it, in words and at its place, out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from watcher.marks.nodes import HIDDEN, Source

KEY = re.compile(r"^\s*(?:- +)?([\w-]+)\s*:(?:\s+|$)")
_KEY_WITHOUT_SPACE = re.compile(r"^(\s*(?:- +)?)([A-Za-z_]+):(?=[^\s:/])")
_ENTRY = re.compile(r"^(\s*- +)((\S+)(?: +(\S.*?))?)\s*$")
_NAMES = frozenset({"name", "url"})  # what an entry cannot do without
_WORD_ALONE = re.compile(r"(?:- +)?[a-z_]+")
_DASH_AFTER_KEY = re.compile(r"^\s*(?:- +)?([\w-]+)\s*:\s+(- +)(.*?)\s*$")
_SEVERAL = re.compile(r"""^(["']).*?\1\s*,""")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_COMMENT = re.compile(r"\s+#")
_COMMENT_LINE = re.compile(r"(?:^|\s)#.*")


@dataclass(frozen=True, slots=True)
class Slip:
    """A fault of form. mended: the text of the same length that can be read on; doubtful: only if it reads well.

    hides: the lines that were taken out of sight for reading on; what is wrong in them now is not told.
    otherwise: what to read on where a doubtful mending does not read well. again: other places of the same slip.
    """

    offset: int
    message: str
    mended: str | None = None
    doubtful: bool = False
    hides: Collection[int] = ()
    otherwise: str | None = None
    again: Sequence[int] = ()


def hiding(slip: Slip, source: Source) -> Slip:
    """The slip, with the value in its line, and what goes on from it in the next ones, taken out of sight."""
    number = first_line = source.place(slip.offset)[0]
    line = source.line(number)
    key = KEY.match(line)
    lead = len(line) - len(line.lstrip())
    start = source.offset(number, 1) + (key.end() if key else lead + 2 * line.lstrip().startswith("- "))
    before = source.text[:start]
    written = _COMMENT_LINE.sub("", before)
    if sum(map(written.count, "[{")) != sum(map(written.count, "]}")):
        return slip  # inside a bracket that goes on: what would be left of it is anybody's guess
    end = source.offset(number, len(line) + 1)
    mended = before + HIDDEN * (end - start) + source.text[end:]
    while number < len(source.starts) and _goes_on(source.line(number + 1)):
        number += 1
        first, last = source.offset(number, 1), source.offset(number, len(source.line(number)) + 1)
        mended = f"{mended[:first]}{' ' * (last - first)}{mended[last:]}"
    return replace(slip, mended=mended, hides=range(first_line, number + 1)) if end > start else slip


def without(source: Source, numbers: Iterable[int], *, can_do_without: Collection[str] = ()) -> str | None:
    """The text with these lines blank, if they hold settings that an entry can do without, and what is below them."""
    text = source.text
    blank: set[int] = set()
    for number in numbers:
        line = source.line(number)
        key = KEY.match(line)
        below = line.lstrip().startswith("-") and number - 1 in blank
        if not below and (key is None or key[1] in _NAMES.difference(can_do_without) or line.lstrip().startswith("-")):
            return None
        blank.add(number)
        start = source.offset(number, 1)
        text = f"{text[:start]}{' ' * len(line)}{text[start + len(line) :]}"
    return text if blank else None


def _with_what_is_below(source: Source, number: int, *, least: int) -> range:
    """The line, and those that follow it with at least so much space before them."""
    last = number
    while last < len(source.starts):
        line = source.line(last + 1)
        if line.strip() and len(line) - len(line.lstrip()) < least:
            break
        last += 1
    while not source.line(last).strip() and last > number:
        last -= 1
    return range(number, last + 1)


def _goes_on(line: str) -> bool:
    return bool(line.strip()) and not KEY.match(line) and not line.lstrip().startswith(("-", "#"))


def stray(source: Source, at: int) -> Slip:
    sign = source.text[at : at + 1]
    if sign in {"]", "}"}:
        return Slip(at, f'this "{sign}" closes a bracket that was never opened.')
    if sign == ",":
        return Slip(at, "there is nothing before this comma. Write a name there, or delete the comma.")
    return Slip(at, "here a name or a list is expected.")


def block_slip(source: Source, began: int, at: int, problem: str) -> Slip:
    line_number, column = source.place(at)
    line = source.line(line_number)
    before = line[: column - 1]
    if "another document" in problem or "<document start>" in problem:
        return Slip(at, 'a second document starts here. The file must be one: delete the line with "---" or "...".')
    if "node content" in problem:
        return stray(source, at)
    if "could not find expected ':'" in problem:
        rest = source.line(source.place(began)[0])[source.place(began)[1] - 1 :].split()
        word = rest[0] if rest else "name"
        key, colon, value = word.partition(":")
        if colon and value:
            return Slip(began, f'a space is missing after the colon: write "{key}: {value}".')
        return Slip(began, f"a colon and a space are missing after the name of the setting: write {word}: …")
    if before.strip() and key_before(before) is not None and "mapping values" in problem:
        return hiding(_needs_quotes(source, line_number, "has a colon in it"), source)
    if before.rstrip().endswith(('"', "'", "]", "}")):
        return hiding(_needs_quotes(source, line_number, "goes on after its closing mark"), source)
    return _badly_indented(source, line_number, at)


def _needs_quotes(source: Source, number: int, why: str) -> Slip:
    """A value that YAML cut short: the whole of it must be quoted."""
    line = source.line(number)
    key = KEY.match(line)
    lead = len(line) - len(line.lstrip())
    start = key.end() if key else lead + (2 if line.lstrip().startswith("- ") else 0)
    value = _COMMENT.split(line[start:])[0].rstrip()
    offset = source.offset(number, start + 1)
    if key and key[1] == "query":
        return Slip(offset, f"YAML cuts this query short. Put the whole of it in single quotes: {query_line(value)}")
    if value.startswith("[") and value.count("]") > value.count("["):
        return Slip(source.offset(number, line.rindex("]") + 1), 'there is one "]" too many here. Delete it.')
    if _SEVERAL.match(value):
        return Slip(offset, f"several entries go in brackets: {key[1] + ': ' if key else ''}[{value}]")
    quoted = '"' + value + '"' if '"' not in value else "'" + value.replace("'", "''") + "'"
    head = f"{key[1]}: " if key else ""
    return Slip(offset, f"this text {why}, so the whole of it must be in quotes: {head}{quoted}")


def _badly_indented(source: Source, number: int, at: int) -> Slip:
    above = number - 1
    while above > 0 and not source.line(above).strip():
        above -= 1
    for candidate in (number, above):
        joined = _KEY_WITHOUT_SPACE.match(source.line(candidate))
        if joined and not KEY.match(source.line(candidate)):
            return Slip(
                source.offset(candidate, joined.end()),
                f'a space is missing after the colon: write "{joined[2]}: …".',
            )
    line = source.line(number)
    word = source.line(above).strip()
    belongs = not word.startswith("-") or (KEY.match(line) and not line.lstrip().startswith("-"))
    if _WORD_ALONE.fullmatch(word) and number != above and belongs:
        place = source.offset(above, len(source.line(above)) - len(source.line(above).lstrip()) + 1)
        return Slip(place, f'a colon is missing after "{word}": write {word}:')
    dashed = _DASH_AFTER_KEY.match(line)
    if dashed:
        return Slip(
            source.offset(number, dashed.start(2) + 1),
            f'a list with "- " starts in the line below "{dashed[1]}:". Or use brackets: {dashed[1]}: [{dashed[3]}]',
        )
    indent = len(line) - len(line.lstrip())
    entry = _ENTRY.match(source.line(above)) if KEY.match(line) else None
    if entry and len(entry[1]) == indent and not KEY.match(source.line(above)):
        return _entry_without_key(source, above, entry, _with_what_is_below(source, number, least=indent))
    start = source.offset(number, indent + 1) if line.strip() else at
    told = "this line is not lined up with the lines that it belongs to. Check the spaces at its start."
    over = source.line(above)
    too_far = indent > len(over) - len(over.lstrip(" -"))  # as the lines below it with the same indent probably are
    hidden = _with_what_is_below(source, number, least=indent if too_far else indent + 1)
    return Slip(start, told, without(source, hidden), doubtful=True, hides=hidden)


def _entry_without_key(source: Source, number: int, entry: re.Match[str], below: range) -> Slip:
    """`- Elon Musk`, and settings below it."""
    written, first, rest = entry[2], entry[3], entry[4]
    if first in _NAMES and rest:
        told = f'a colon is missing after "{first}": write {first}: {rest}'
    else:
        key = "url" if "://" in first else "name"
        told = f'an entry that has settings below it starts with "{key}:": write {key}: {written}'
    place = source.offset(number, len(entry[1]) + 1)
    return Slip(place, told, without(source, below, can_do_without=_NAMES), doubtful=True, hides=below)


def key_before(before: str) -> str | None:
    """The setting whose value the text before an error has begun."""
    found = KEY.match(before)
    return found[1] if found else None


def query_line(value: str) -> str:
    """The query in single quotes. A query knows double quotes alone, so single ones inside are made such, but for
    apostrophes, which are doubled as YAML wants them."""
    inner = value[1:-1] if len(value) > 1 and value[0] == value[-1] == "'" else value
    if len(inner) > 1 and inner[0] == inner[-1] == '"' and (inner[1:2] == '"' or inner[-2:-1] == '"'):
        inner = inner[1:-1]
    inner = _APOSTROPHE.sub("\0", inner).replace("'", '"').replace("\0", "''")
    return f"query: '{inner}'"
