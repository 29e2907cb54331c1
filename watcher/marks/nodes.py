"""What a YAML file says, as frozen nodes; each knows where it stands, and can say that it is at fault."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from watcher.model import Fault

_LINE_BREAK = re.compile(r"\r\n|\n|\r")  # YAML 1.2 has no others (NEL and the Unicode separators are text)


HIDDEN = "\ue000"  # stands for what a slip makes unreadable; a private character, which no keyboard writes

_WIDEST = 160  # characters of a line that a fault quotes; a terminal shows about as many


class Kind(StrEnum):
    MAPPING = "mapping"
    SEQUENCE = "sequence"
    SCALAR = "scalar"


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The text of a file, and where its lines start. Offsets count characters from 0."""

    file: str
    text: str
    starts: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        starts = (0, *(found.end() for found in _LINE_BREAK.finditer(self.text)))
        object.__setattr__(self, "starts", starts)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset."""
        line = bisect_right(self.starts, max(0, min(offset, len(self.text))))
        return line, offset - self.starts[line - 1] + 1

    def line(self, number: int) -> str:
        """A line as written, numbered from 1, without its line break; empty for a line that is not there."""
        if not 1 <= number <= len(self.starts):
            return ""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].rstrip("\r\n")

    def offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column - 1

    def fault(self, message: str, offset: int) -> Fault:
        line, column = self.place(offset)
        quoted = self.line(line)[: max(_WIDEST, column + _WIDEST // 4)]
        return Fault(file=self.file, line=line, column=column, message=message, source=quoted)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Node:
    """One value of the file: a mapping (pairs), a sequence (items) or a scalar (text, always as a string).

    start and end are offsets into the file's text; quoted says whether a scalar stood in quotes or in a block.
    """

    kind: Kind
    source: Source
    start: int
    end: int
    text: str = ""
    quoted: bool = False
    items: tuple[Node, ...] = ()
    pairs: tuple[tuple[Node, Node], ...] = ()

    @property
    def line(self) -> int:
        return self.source.place(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.place(self.start)[1]

    @property
    def hidden(self) -> bool:
        """Whether a slip of form made this unreadable; that was told, and what it says is not known."""
        return HIDDEN in self.text

    @property
    def given(self) -> bool:
        """False where nothing was written: `also:` with an empty rest of the line."""
        return self.kind is not Kind.SCALAR or self.quoted or self.text != ""

    def plain(self) -> Any:
        """str, list and dict as they were written; a setting with nothing after its colon is left out."""
        if self.kind is Kind.SCALAR:
            return self.text
        if self.kind is Kind.SEQUENCE:
            return [item.plain() for item in self.items]
        return {key.text: value.plain() for key, value in self.pairs if value.given}

    def get(self, key: str) -> Node | None:
        """The value of a key of this mapping."""
        return next((value for name, value in self.pairs if name.text == key), None)

    def at(self, path: tuple[str | int, ...]) -> Node:
        """The node at a path of keys and indexes; where the path ends too early, the last node that is there."""
        node = self
        for step in path:
            found = node._step(step)
            if found is None:
                return node
            node = found
        return node

    def key_at(self, path: tuple[str | int, ...]) -> Node:
        """The key that the path ends with, for a fault of the setting itself; else as `at`."""
        holder = self.at(path[:-1])
        return next((name for name, _ in holder.pairs if path and name.text == path[-1]), self.at(path))

    def scalars(self) -> Iterator[Node]:
        """Every scalar value below this node, in file order."""
        if self.kind is Kind.SCALAR:
            yield self
        for item in self.items:
            yield from item.scalars()
        for _, value in self.pairs:
            yield from value.scalars()

    def fault(self, message: str, *, offset: int | None = None) -> Fault:
        """A fault at this node; offset: characters into the text of a scalar, when only a part of it is at fault.

        Where nothing was written, the place is the dash or colon that something should follow.
        """
        place = self.start if offset is None else self._written(offset)
        if self.start == self.end:
            place = max(0, len(self.source.text[: self.start].rstrip()) - 1)
        return self.source.fault(message, place)

    def _step(self, step: str | int) -> Node | None:
        if isinstance(step, int):
            return self.items[step] if 0 <= step < len(self.items) else None
        return self.get(step)

    def _written(self, offset: int) -> int:
        """Where in the file the character stands that is at an offset of the scalar's text.

        Quotes, doubled quotes, folded lines and indentation make the written form longer: both are walked side by side,
        and what is only in the written form is passed over.
        """
        raw = self.source.text[self.start : self.end]
        place = raw.find("\n") + 1 if self.quoted and raw[:1] in {"|", ">"} else int(self.quoted)
        for character in self.text[:offset]:
            if character.isspace():
                continue
            found = raw.find(character, place)
            if found < 0:
                return self.start
            place = found + (2 if character == "'" and raw[0] == "'" else 1)
        while place < len(raw) - 1 and raw[place].isspace():
            place += 1
        return self.start + place
