"""The `watches` of a watchlist in; watches out, with a fault for each setting that could not do what was meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

from watcher.marks import Kind, Node, did_you_mean, query_line
from watcher.matching.query import check_query, references
from watcher.matching.terms import check_regex
from watcher.matching.watchlist_terms import Faults, one_text, term, term_problem, terms, text_nodes
from watcher.matching.watchlist_words import (
    PLACES,
    RULE_SETTINGS,
    WATCH_SETTINGS,
    means_name,
    no_language,
    unknown_in_watch,
)
from watcher.model import Field, Watch

REFERENCE = "watch:"
_HASHTAG = re.compile(r"[ \t]+#\S[^\r\n]*")
_OPEN_END = re.compile(r"(?:^|\s|\()(?:AND|OR|NOT|NEAR/\d+|\()$")

_JOINED_SETTING = re.compile(rf"({'|'.join(WATCH_SETTINGS)})[:：]\s*(\S.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenWatch:
    """A watch, and the nodes that it was read from."""

    watch: Watch
    node: Node
    name_node: Node


def read_watches(node: Node | None, faults: Faults) -> tuple[WrittenWatch, ...]:
    """The watches of the list in order; those without a usable name are left out."""
    if node is None or not node.given:
        return ()
    if node.kind is not Kind.SEQUENCE:
        faults.tell(node, _no_list(node))
        return ()
    written = (_entry(item, faults) for item in node.items)
    return tuple(watch for watch in written if watch is not None)


def check_queries(written: tuple[WrittenWatch, ...], names: frozenset[str], faults: Faults) -> None:
    """The faults of all one-line queries, at their places."""
    unreadable = any(one.name_node.hidden for one in written)
    for one in written:
        if one.watch.query is None:
            continue
        node = one.node.at(("query",))
        if (whole := _cut_short(node)) is not None:
            faults.tell(node, f"YAML cuts this query short. Put the whole of it in single quotes: {query_line(whole)}")
            continue
        known = names.union(references(one.watch)) if unreadable else names
        for fault in check_query(node.text, watches=known):
            faults.tell(node, fault.message, offset=fault.offset)


def _cut_short(node: Node) -> str | None:
    """The whole of a query of which YAML takes the rest, from a hashtag on, for a comment; None if it does not.

    Only where the query cannot end there: behind a word a comment is a comment.
    """
    rest = _HASHTAG.match(node.source.text, node.end)
    if node.quoted or rest is None or _OPEN_END.search(node.text) is None:
        return None
    return node.text + rest[0].rstrip()


def _no_list(node: Node) -> str:
    if node.kind is Kind.MAPPING:
        first = node.pairs[0][0].text if node.pairs else "Elon Musk"
        return f'"watches" is a list: write each watch after a "- ", like "- name: {first}".'
    if node.text.startswith("-"):
        return '"watches" is a list, and a space is missing after the "-".'
    return f'"watches" is a list: write each name in a line of its own, after "- ", like "- {node.text}".'


def _entry(node: Node, faults: Faults) -> WrittenWatch | None:
    if node.kind is Kind.SCALAR:
        joined = _JOINED_SETTING.match(node.text) if not node.quoted else None
        if joined:
            faults.tell(node, f'a colon and a space belong after "{joined[1]}": write "{joined[1]}: {joined[2]}".')
            return None
        name = term(node, faults)
        return None if name is None else WrittenWatch(watch=Watch(name=name), node=node, name_node=node)
    if node.kind is Kind.SEQUENCE:
        faults.tell(node, 'a watch is a name, or settings that start with "name:", not a list.')
        return None
    _unknown_settings(node, faults)
    rules = [setting for setting in RULE_SETTINGS if node.get(setting) is not None]
    name_node = node.get("name")
    name = _name(node, name_node, is_label=bool(rules), faults=faults)
    watch = Watch(
        name=name or "",
        also=terms(node.get("also"), "also", faults),
        short=terms(node.get("short"), "short", faults),
        with_=terms(node.get("with"), "with", faults),
        needs=terms(node.get("needs"), "needs", faults),
        ignore=terms(node.get("ignore"), "ignore", faults),
        never=terms(node.get("never"), "never", faults),
        all_=_all(node.get("all"), node.key_at(("all",)), faults),
        query=one_text(node.at(("query",)), "query", faults, key=node.key_at(("query",))) if "query" in rules else None,
        regex=_regex(node.get("regex"), node.key_at(("regex",)), faults),
        where=_where(node.get("where"), faults),
        lang=tuple(code for item in text_nodes(node.get("lang"), "lang", faults) if (code := _language(item, faults))),
        feeds=_references(node.get("feeds"), "feeds", faults),
        channels=_references(node.get("channels"), "channels", faults),
    )
    if name is None or name_node is None:
        return None
    return WrittenWatch(watch=watch, node=node, name_node=name_node)


def _unknown_settings(node: Node, faults: Faults) -> None:
    for position, (key, value) in enumerate(node.pairs):
        if key.text in WATCH_SETTINGS:
            continue
        message = unknown_in_watch(key.text)
        if position == 0 and node.get("name") is None and not value.given and " " in key.text:
            message = f'a watch starts with its name: write "name: {key.text}", and the settings below it.'
        faults.tell(key, message)


def _name(node: Node, name_node: Node | None, *, is_label: bool, faults: Faults) -> str | None:
    if name_node is None:
        meant = any(
            key.text not in WATCH_SETTINGS and (means_name(key.text) or " " in key.text) for key, _ in node.pairs
        )
        if not meant:
            faults.tell(node, 'this watch has no name: write "name: …" first.')
        return None
    name = one_text(name_node, "name", faults, key=node.key_at(("name",)))
    if name is None:
        return None
    problem = None if is_label else term_problem(name)
    if "\n" in name:
        problem = "a name stands in one line."
    if problem is not None:
        faults.tell(name_node, problem)
        return None
    return name


def _all(node: Node | None, key: Node, faults: Faults) -> tuple[tuple[str, ...], ...]:
    if node is None:
        return ()
    if not node.given or (node.kind is Kind.SEQUENCE and not node.items):
        faults.tell(key, 'there is nothing in "all". Write a list of words in each line, or delete it.')
        return ()
    if node.kind is Kind.MAPPING:
        return (terms(node, "all", faults),)
    lines = []
    for item in node.items if node.kind is Kind.SEQUENCE else (node,):
        if item.kind is Kind.SEQUENCE and not item.items:
            faults.tell(item, "there is nothing in this line, so it could never be found.")
        lines.append(tuple(text for one in text_nodes(item, "all", faults) if (text := _term_or_watch(one, faults))))
    return tuple(lines)


def _term_or_watch(node: Node, faults: Faults) -> str | None:
    text = node.text.strip()
    if not text.startswith(REFERENCE):
        return term(node, faults)
    name = text.removeprefix(REFERENCE).strip()
    if not name:
        faults.tell(node, 'the name of a watch is missing after "watch:".')
        return None
    return REFERENCE + name


def _regex(node: Node | None, key: Node, faults: Faults) -> tuple[str, ...]:
    if node is None:
        return ()
    nodes = text_nodes(node, "regex", faults)
    if not nodes and (not node.given or node.kind is Kind.SEQUENCE) and not node.items:
        faults.tell(key, 'there is nothing in "regex". Write an expression in single quotes, or delete it.')
    kept = []
    for item in nodes:
        problem = "there is nothing here. Write an expression, or delete the entry." if not item.text else None
        offset = None
        if problem is None and (found := check_regex(item.text)) is not None:
            problem, offset = found.message, found.offset
        if problem is not None:
            faults.tell(item, problem, offset=offset)
        else:
            kept.append(item.text)
    return tuple(kept)


def _where(node: Node | None, faults: Faults) -> tuple[Field, ...]:
    places = {field.value: field for field in Field}
    kept = []
    for item in text_nodes(node, "where", faults):
        text = item.text.strip()
        if text in places:
            kept.append(places[text])
            continue
        known = PLACES.get(text.casefold())
        hint = f' Write "{known}".' if known else did_you_mean(text, places)
        faults.tell(item, f'"{text}" is not a place to look in: the places are title, summary and body.{hint}')
    return tuple(dict.fromkeys(kept)) or tuple(Field)


def _language(node: Node, faults: Faults) -> str | None:
    text = node.text.strip()
    wrong = no_language(text)
    if wrong is None:
        return text
    faults.tell(node, wrong)
    return None


def _references(node: Node | None, setting: str, faults: Faults) -> tuple[str, ...]:
    """Names of feeds or channels."""
    kept = []
    for item in text_nodes(node, setting, faults):
        if item.text.strip():
            kept.append(item.text.strip())
        else:
            faults.tell(item, "there is nothing here. Write a name, or delete the entry.")
    return tuple(dict.fromkeys(kept))
