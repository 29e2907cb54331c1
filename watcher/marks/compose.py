"""The text of a YAML file in; its root node and the faults of its form out."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

import yaml

from watcher.marks.nodes import Kind, Node, Source
from watcher.marks.slips import read_slip
from watcher.marks.slips_lines import Slip
from watcher.model import ConfigError, Fault

_DEEPEST = 100  # levels; a watchlist needs 5, and the C composer overflows its stack at some ten thousand
_MOST_NODES = 2_000_000  # with aliases written out; 10,000 watches of a person are 200,000
_MOST_REPAIRS = 30  # slips of one file that are told at once; the file is read anew after each
_BRACKETS = re.compile(r"[\[\]{}]")
_BLOCK_LEAD = re.compile(r"^[ \-?:]*", re.MULTILINE)
_TEXT = "tag:yaml.org,2002:str"
_ANCHOR = re.compile(r"&([\w-]*)")
_STRAY_ITEM = re.compile(r"-(?:\s|\w)")


def compose(text: str, *, file: str) -> Node:
    """The root node of the file. Raises ConfigError with all faults of its form, and for a file with nothing in it."""
    root, faults = survey(text, file=file)
    if faults or root is None:
        raise ConfigError(*faults)
    return root


def survey(text: str, *, file: str) -> tuple[Node | None, tuple[Fault, ...]]:
    """The root node as far as the file can be read, and the faults of its form in file order.

    A slip that can be mended without doubt (an unquoted @ or * at the start of a word) is mended for reading on, so
    the faults behind it are told too. The node is None when nothing could be read; then there is at least one fault.
    """
    source = Source(file, text.removeprefix("\ufeff"))
    slips: list[Slip] = []
    composed = _compose(source, slips)
    faults = [source.fault(slip.message, slip.offset) for slip in slips]
    if composed is None:
        if not faults:
            faults.append(source.fault("the file is empty.", 0))
        return None, _ordered(faults)
    builder = _Builder(source)
    root = builder.build(composed)
    return root, _ordered(faults + builder.faults)


def _ordered(faults: list[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(dict.fromkeys(faults), key=lambda fault: (fault.line, fault.column)))


def _compose(source: Source, slips: list[Slip]) -> yaml.Node | None:
    """PyYAML's node graph of the text; the slips met on the way are added to the list."""
    text, doubtful = source.text, False
    hidden: Collection[int] = ()
    otherwise: str | None = None
    for _ in range(_MOST_REPAIRS):
        try:
            if _too_deep(text):
                slips.append(Slip(0, f"lists and settings stand inside one another more than {_DEEPEST} levels deep."))
                return None
            return _one_document(text)
        except yaml.YAMLError as error:
            if otherwise is not None:
                text, otherwise, doubtful = otherwise, None, False
                continue
            slip = read_slip(error, Source(source.file, text))
            if doubtful or source.place(slip.offset)[0] in hidden:
                return None  # what follows from a mended tab, or from what was hidden, may be no fault of the person's
            slips += [slip, *(replace(slip, offset=offset) for offset in slip.again[:_MOST_REPAIRS])]
            if slip.mended is None:
                return None
            text, doubtful, hidden, otherwise = slip.mended, slip.doubtful, slip.hides, slip.otherwise
        except UnicodeEncodeError as error:
            slips.append(Slip(error.start, "here stands half a character (a lone surrogate); type the name again."))
            return None
    return None


class _WordsOnly(yaml.CSafeLoader):
    """Takes every scalar as text: what it might be in YAML 1.1 (NO is false, 1:30 is 90) need not be found out."""

    def resolve(self, *_: object) -> str:
        return _TEXT


def _one_document(text: str) -> yaml.Node | None:
    root: yaml.Node | None = yaml.compose(text, Loader=_WordsOnly)
    return root


def _too_deep(text: str) -> bool:
    """Whether nodes are nested too deep to compose: a cheap upper bound first, and the parser's events in doubt."""
    balance = highest = 0
    for found in _BRACKETS.finditer(text):
        balance += 1 if found[0] in "[{" else -1
        highest = max(highest, balance)
    if highest + max(len(lead) for lead in _BLOCK_LEAD.findall(text)) <= _DEEPEST:
        return False
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            return True
    return False


class _Builder:
    """Makes Nodes of PyYAML's nodes, and notes doubled keys, tags, circles and bombs of aliases."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.faults: list[Fault] = []
        self._built: dict[int, tuple[Node, int]] = {}  # by id of PyYAML's node: the node, and its size written out
        self._open: set[int] = set()
        self._told_size = False

    def build(self, composed: yaml.Node) -> Node:
        return self._node(composed)[0]

    def _node(self, composed: yaml.Node) -> tuple[Node, int]:
        known = self._built.get(id(composed))
        if known is not None:
            return known
        start, end = composed.start_mark.index, composed.end_mark.index
        if isinstance(composed, yaml.ScalarNode):
            built = self._scalar(composed, start, end), 1
        elif id(composed) in self._open:
            self._tell("this list holds itself; an alias (*) cannot stand inside what it names.", start)
            return self._nothing(start), 1
        else:
            self._open.add(id(composed))
            built = self._collection(composed, start, end)
            self._open.discard(id(composed))
        self._built[id(composed)] = built
        return built

    def _scalar(self, composed: yaml.ScalarNode, start: int, end: int) -> Node:
        quoted = bool(composed.style)  # the C composer says '' of a plain scalar
        node = Node(kind=Kind.SCALAR, source=self.source, start=start, end=end, text=composed.value, quoted=quoted)
        written = self.source.text[start:end]
        if (written.startswith("!") and not written.startswith("!!str ")) or self._is_stray_anchor(written):
            self._tell(f'a name that starts with "{written[0]}" must be in quotes: write "{written}"', start)
        if not quoted and composed.end_mark.line > composed.start_mark.line:
            self._stray_item(node)
        return node

    def _is_stray_anchor(self, written: str) -> bool:
        """A name like &Co is, to YAML, an anchor that an alias *Co would stand for: without one it is a slip."""
        anchor = _ANCHOR.match(written)
        return anchor is not None and f"*{anchor[1]}" not in self.source.text

    def _stray_item(self, node: Node) -> None:
        """A list item that is indented more than the item before it is, to YAML, the rest of that item."""
        first, last = node.line, self.source.place(node.end)[0]
        for number in range(first + 1, last + 1):
            line = self.source.line(number)
            column = len(line) - len(line.lstrip()) + 1
            if _STRAY_ITEM.match(line.lstrip()):
                self._tell(
                    'this line belongs to the one above it as it stands. Line up the "-" with the "-" of the other '
                    "items, and write a space after it.",
                    self.source.offset(number, column),
                )

    def _collection(self, composed: yaml.Node, start: int, end: int) -> tuple[Node, int]:
        size = 1
        items: list[Node] = []
        pairs: tuple[tuple[Node, Node], ...] = ()
        if isinstance(composed, yaml.MappingNode):
            pairs, size = self._pairs(composed)
        else:
            for child in composed.value:
                node, child_size = self._node(child)
                items.append(node)
                size += child_size
        if size > _MOST_NODES:
            if not self._told_size:
                self._tell("aliases (*) multiply this list to more than two million entries.", start)
            self._told_size = True
            return self._nothing(start), 1
        kind = Kind.MAPPING if isinstance(composed, yaml.MappingNode) else Kind.SEQUENCE
        made = Node(kind=kind, source=self.source, start=start, end=end, items=tuple(items), pairs=pairs)
        return made, size

    def _pairs(self, composed: yaml.MappingNode) -> tuple[tuple[tuple[Node, Node], ...], int]:
        size = 1
        pairs: dict[str, tuple[Node, Node]] = {}
        merged: list[tuple[Node, Node]] = []
        for written_key, written_value in composed.value:
            key, (value, value_size) = self._node(written_key)[0], self._node(written_value)
            size += value_size + 1
            if key.kind is not Kind.SCALAR:
                self._tell("the name of a setting must be a word, not a list.", key.start)
            elif key.text == "<<" and not key.quoted:
                merged += self._merged(value)
            elif key.text in pairs:
                first = pairs[key.text][0].line
                self._tell(f'"{key.text}" is given twice here; the first is in line {first}. Keep one.', key.start)
            else:
                pairs[key.text] = (key, value)
        for key, value in merged:
            pairs.setdefault(key.text, (key, value))
        return tuple(pairs.values()), size

    def _merged(self, value: Node) -> list[tuple[Node, Node]]:
        """The settings that `<<: *name` takes over."""
        sources = value.items if value.kind is Kind.SEQUENCE else (value,)
        if any(source.kind is not Kind.MAPPING for source in sources):
            self._tell('"<<" takes over the settings of another entry; it needs the alias (*name) of one.', value.start)
        return [pair for source in sources for pair in source.pairs]

    def _nothing(self, start: int) -> Node:
        return Node(kind=Kind.SCALAR, source=self.source, start=start, end=start)

    def _tell(self, message: str, offset: int) -> None:
        self.faults.append(self.source.fault(message, offset))
