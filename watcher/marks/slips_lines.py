"""A line that YAML cannot read on from in; what is missing or too much in it, in words and at its place, out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from watcher.marks.nodes import HIDDEN, Source

KEY = re.compile(r"^\s*(?:- +)?([\w-]+)\s*:(?:\s+|$)")
_KEY_WITHOUT_SPACE = re.compile(r"^(\s*(?:- +)?)([A-Za-z_]+):(?=[^\s:/])")
_WORD_ALONE = re.compile(r"(?:- +)?[a-z_]+")
_DASH_AFTER_KEY = re.compile(r"^\s*(?:- +)?([\w-]+)\s*:\s+(- +)(.*?)\s*$")
_SEVERAL = re.compile(r"""^(["']).*?\1\s*,""")
_COMMENT = re.compile(r"\s+#")
_COMMENT_LINE = re.compile(r"(?:^|\s)#.*")


@dataclass(frozen=True, slots=True)
class Slip:
    """A fault of form. mended: the text of the same length that can be read on; doubtful: only if it reads well.

    hides: the lines that were taken out of sight for reading on; what is wrong in them now is not told.
    """

    offset: int
    message: str
    mended: str | None = None
    doubtful: bool = False
    hides: range = range(0)


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
    start = source.offset(number, len(line) - len(line.lstrip()) + 1) if line.strip() else at
    return Slip(start, "this line is not lined up with the lines that it belongs to. Check the spaces at its start.")


def key_before(before: str) -> str | None:
    """The setting whose value the text before an error has begun."""
    found = KEY.match(before)
    return found[1] if found else None


def query_line(value: str) -> str:
    """The query in single quotes, with no single quote left inside: a query knows double ones alone."""
    inner = value[1:-1] if len(value) > 1 and value[0] == value[-1] == "'" else value
    return "query: '" + inner.replace("'", '"') + "'"
