"""Nodes of the watchlist in; the texts they hold out, with a fault for each that cannot be used."""

from __future__ import annotations

import re

from watcher.marks import Kind, Node
from watcher.matching.terms import findable
from watcher.model import Fault

_OPERATOR = re.compile(r"(?:^|\s)(AND|OR|NOT|NEAR/\d+)(?=\s)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class Faults(list[Fault]):
    """The faults found so far."""

    def tell(self, node: Node, message: str, *, offset: int | None = None) -> None:
        if not node.hidden:
            self.append(node.fault(message, offset=offset))


def one_text(node: Node, setting: str, faults: Faults, *, key: Node | None = None) -> str | None:
    """The text of a setting that takes one; None if there is none. key: the setting's own node, for that fault."""
    if node.kind is not Kind.SCALAR:
        faults.tell(node, f'"{setting}" takes one text here, not {_what(node)}.')
        return None
    if not node.text.strip():
        faults.tell(node if node.quoted else key or node, f'there is nothing after "{setting}:".')
        return None
    return node.text.strip()


def text_nodes(node: Node | None, setting: str, faults: Faults) -> tuple[Node, ...]:
    """The scalars of a setting that takes a list, or one text for a list of one."""
    if node is None or not node.given:
        return ()
    if node.kind is Kind.SCALAR:
        problem = _no_brackets(node, setting)
        if problem is None:
            return (node,)
        faults.tell(node, problem)
        return ()
    if node.kind is Kind.MAPPING:
        faults.tell(node, f'"{setting}" takes a list of texts, not {_what(node)}.{_colon_hint(node)}')
        return ()
    kept = []
    for item in node.items:
        if item.kind is Kind.SCALAR:
            kept.append(item)
        else:
            faults.tell(item, f'in "{setting}" each entry is one text, not {_what(item)}.{_colon_hint(item)}')
    return tuple(kept)


def _no_brackets(node: Node, setting: str) -> str | None:
    """What is wrong if one text was meant to be a list."""
    text = node.text.strip()
    if node.quoted:
        return None
    if text.endswith("]") and "[" not in text:
        return f'the bracket "[" that opens this list is missing: write {setting}: [{text}'
    if ", " in text:
        return (
            f'several entries of "{setting}" go in brackets: {setting}: [{text}]. '
            f'If the comma is part of one name, put the name in quotes: "{text}".'
        )
    return None


def term(node: Node, faults: Faults) -> str | None:
    """A name or phrase to look for; None, and a fault, if it could never be found."""
    text = node.text.strip()
    problem = _comment_or_nothing(node) if not text else _curly_quotes(node) or term_problem(text)
    if problem is None:
        return text
    faults.tell(node, problem)
    return None


def terms(node: Node | None, setting: str, faults: Faults) -> tuple[str, ...]:
    """The terms of a setting."""
    found = (term(item, faults) for item in text_nodes(node, setting, faults))
    return tuple(text for text in found if text is not None)


def term_problem(text: str) -> str | None:
    """Why a term could never be found, or would be found everywhere; None if it is good."""
    if text.startswith("watch:"):
        return '"watch:" stands for another watch only in "all" and in a query.'
    operator = _OPERATOR.search(text)
    if operator and not text.isupper():
        return f'{operator[1]} works only in a query: write it after "query:", in single quotes.'
    if _CONTROL.search(text):
        return "double quotes turned a backslash into a character that cannot be seen; use single quotes: '…'."
    bare = text.strip("* ")
    if not bare:
        return '"*" alone would stand for any word at all. Write a name before it: Musk*'
    if text.startswith("*"):
        return f'a name cannot start with "*". For any further letters it stands at the end: write {bare}*'
    if re.search(r"\*\s", text):
        return f'"*" works only at the very end of a name. Write {text.replace("*", "")}, or its parts one by one.'
    if not findable(bare):
        return f'"{text}" has no letter and no figure in it: there is nothing to find.'
    return None


def _curly_quotes(node: Node) -> str | None:
    """Quotation marks as a word processor writes them are, to YAML, letters of the name."""
    text = node.text.strip()
    if node.quoted or text[0] not in "“”„" or text[-1] not in "“”":
        return None
    return f'curly quotation marks are taken for a part of the name. Use straight ones: "{text[1:-1]}"'


def _comment_or_nothing(node: Node) -> str:
    if node.quoted:
        return "there is nothing between the quotation marks. Write a name, or delete the entry."
    rest = node.source.line(node.line)[max(0, node.column - 1) :]
    comment = rest.find("#")
    if comment >= 0 and not rest[:comment].strip(" -") and rest[comment + 1 : comment + 2].strip():
        tag = rest[comment:].split()[0]
        return f'a "#" starts a comment, so nothing is left here. Put the name in quotes: "{tag}"'
    return "there is nothing here. Write a name, or delete the entry."


def _what(node: Node) -> str:
    return {Kind.SCALAR: "a text", Kind.SEQUENCE: "a list", Kind.MAPPING: "settings"}[node.kind]


def _colon_hint(node: Node) -> str:
    """For what YAML made a setting of, because of a colon and a space."""
    if node.kind is not Kind.MAPPING or len(node.pairs) != 1:
        return ""
    key, value = node.pairs[0]
    if value.kind is not Kind.SCALAR:
        return ""
    if key.text == "watch":
        return f" Write watch:{value.text} without a space after the colon."
    return f' A name with a colon in it goes in quotes: "{key.text}: {value.text}".'
