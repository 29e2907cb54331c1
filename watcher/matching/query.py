"""The text of a one-line query in; its tree out, or every fault that can be told, each with its place (Q1 to Q5)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cache, lru_cache
from typing import cast

from lark import Lark, Token, UnexpectedInput
from lark.visitors import Transformer, v_args

from watcher.marks import did_you_mean
from watcher.matching import tree
from watcher.matching.faults import QueryError, QueryFault
from watcher.matching.query_slips import DOUBLE_QUOTES, check_tokens
from watcher.matching.terms import check_regex, findable
from watcher.matching.watchlist_words import LANGUAGES, no_language
from watcher.model import Field, Watch

__all__ = ["QueryError", "QueryFault", "check_query", "parse_query", "references"]

REFERENCE = "watch:"

_FIELDS = {field.value: field for field in Field}
_META = {key.value: key for key in tree.MetaKey}


@lru_cache(maxsize=20_000)  # the checker reads every query, then the compiler; 10,000 of a list and those of its edit
def parse_query(text: str) -> tree.Node:
    """The tree of a query. Raises QueryError with the faults; does not know which watches there are."""
    reading = _reader().parse_interactive(text)  # parses the tokens that were checked: nothing is read twice
    try:
        tokens: list[Token] = list(reading.lexer_thread.lex(reading.parser_state))  # type: ignore[no-untyped-call]
    except UnexpectedInput as error:  # every character is a word's, a quote's or a bracket's, so this is not expected
        raise QueryError(QueryFault(offset=error.pos_in_stream or 0, message="this cannot be read.")) from error
    faults = sorted(check_tokens(tokens), key=lambda fault: fault.offset)
    if faults:
        raise QueryError(*faults)
    try:
        for token in tokens:
            reading.feed_token(token)
        # the transformer turns lark's tree into ours on the way
        parsed = cast(tree.Node, reading.feed_eof(tokens[-1] if tokens else None))  # type: ignore[no-untyped-call]
    except UnexpectedInput as error:
        raise QueryError(QueryFault(offset=error.pos_in_stream or 0, message="this cannot be read.")) from error
    faults = [*_shape_faults(parsed), *_leaf_faults(parsed)]
    if faults:
        raise QueryError(*sorted(faults, key=lambda fault: fault.offset))
    return parsed


def check_query(text: str, *, watches: Collection[str]) -> tuple[QueryFault, ...]:
    """Everything that is wrong with a query, in its order; `watches` are the names that watch: may stand for."""
    try:
        parsed = parse_query(text)
    except QueryError as error:
        return error.faults
    return tuple(
        QueryFault(
            offset=leaf.offset,
            message=f'there is no watch with the name "{leaf.watch}".{did_you_mean(leaf.watch, tuple(watches))}',
        )
        for leaf in leaves(parsed)
        if isinstance(leaf, tree.Reference) and leaf.watch not in watches
    )


def references(watch: Watch) -> tuple[str, ...]:
    """The names of the watches that this one stands upon, in the order written, each once.

    A query that cannot be read refers to nothing: its faults are told by `check_query`.
    """
    found = [term.removeprefix(REFERENCE).strip() for line in watch.all_ for term in line if term.startswith(REFERENCE)]
    if watch.query is not None:
        try:
            parsed = parse_query(watch.query)
        except QueryError:
            return tuple(dict.fromkeys(found))
        found += [leaf.watch for leaf in leaves(parsed) if isinstance(leaf, tree.Reference)]
    return tuple(dict.fromkeys(found))


def leaves(node: tree.Node) -> tuple[tree.Node, ...]:
    """The leaves under a node, from left to right."""
    below = tree.children(node)
    return (node,) if not below else tuple(leaf for child in below for leaf in leaves(child))


@v_args(inline=True)
class _Builder(Transformer[Token, tree.Node]):
    """Builds the tree while the parser goes along, so that no depth of brackets costs stack."""

    def leaf(self, token: Token) -> tree.Node:
        offset = token.start_pos or 0
        if token.type == "REGEX":
            pattern, _, flags = token[1:].rpartition("/")
            return tree.Pattern(text=pattern.replace("\\/", "/"), flags=flags, offset=offset)
        text = token.strip(DOUBLE_QUOTES).strip() if token.type == "PHRASE" else str(token)
        return tree.Word(text=text, offset=offset)

    def group(self, inner: tree.Node) -> tree.Node:
        return inner

    def prefixed(self, prefix: Token, inner: tree.Node) -> tree.Node:
        key, offset = prefix[:-1], prefix.start_pos or 0
        if key in _FIELDS:
            return _under(inner, _FIELDS[key])
        value = _value(inner)
        if value is None:
            message = f"{prefix} takes one word, or words in double quotes, and no bracket."
            raise QueryError(QueryFault(offset=offset, message=message))
        if key in _META:
            return tree.Meta(key=_META[key], value=value, offset=offset)
        return tree.Reference(watch=value, offset=offset)

    def negation(self, word: Token, part: tree.Node) -> tree.Node:
        return tree.Not(part=part, offset=word.start_pos or 0)

    def near(self, first: tree.Node, *rest: tree.Node | Token) -> tree.Node:
        node = first
        for sign, right in zip(rest[::2], rest[1::2], strict=True):
            if isinstance(sign, Token) and not isinstance(right, Token):
                words = int(sign.removeprefix("NEAR/"))
                node = tree.Near(left=node, right=right, words=words, offset=sign.start_pos or 0)
        return node

    def chain(self, first: tree.Node, *rest: tree.Node | Token) -> tree.Node:
        if not rest:
            return first
        signs = [sign for sign in rest if isinstance(sign, Token)]
        parts = (first, *(part for part in rest if not isinstance(part, Token)))
        kind = tree.And if signs[0] == "AND" else tree.Or
        return kind(parts=parts, offset=signs[0].start_pos or 0)


def _value(inner: tree.Node) -> str | None:
    match inner:
        case tree.Word(text=text, field=None):
            return text
        case tree.Pattern(text=text, flags=flags, field=None):  # url:/world/ is no regular expression
            return f"/{text}/{flags}"
        case _:
            return None


def _under(node: tree.Node, field: Field) -> tree.Node:
    """The tree with every leaf that has no prefix of its own looked for in this field alone."""
    match node:
        case tree.Word() | tree.Pattern():
            return node if node.field is not None else replace(node, field=field)
        case tree.And() | tree.Or():
            return replace(node, parts=tuple(_under(part, field) for part in node.parts))
        case tree.Not():
            return replace(node, part=_under(node.part, field))
        case tree.Near():
            return replace(node, left=_under(node.left, field), right=_under(node.right, field))
        case _:
            message = f"{field.value}: goes before words, not before another prefix."
            raise QueryError(QueryFault(offset=node.offset, message=message))


def _shape_faults(parsed: tree.Node) -> Iterator[QueryFault]:
    if not _asks_for_something(parsed):
        message = "a query of NOT alone would match every other story. Write what must be found, then AND NOT."
        yield QueryFault(offset=0, message=message)
    yield from _near_faults(parsed)


def _asks_for_something(node: tree.Node, *, wanted: bool = True) -> bool:
    if isinstance(node, tree.Not):
        return _asks_for_something(node.part, wanted=not wanted)
    below = tree.children(node)
    return any(_asks_for_something(part, wanted=wanted) for part in below) if below else wanted


def _near_faults(node: tree.Node, *, inside: bool = False) -> Iterator[QueryFault]:
    if inside and not isinstance(node, tree.Word | tree.Pattern | tree.Or | tree.Near):
        message = "beside NEAR stand words, or words with OR in brackets: (asylum OR refuge) NEAR/5 Musk."
        yield QueryFault(offset=node.offset, message=message)
        return
    for part in tree.children(node):
        yield from _near_faults(part, inside=inside or isinstance(node, tree.Near))


def _leaf_faults(parsed: tree.Node) -> Iterator[QueryFault]:
    for leaf in leaves(parsed):
        if isinstance(leaf, tree.Pattern):
            unknown = next((flag for flag in leaf.flags if flag not in "ims"), None)
            if unknown is not None:
                message = f'there is no flag "{unknown}" after the last "/". "i" stands for any case.'
                yield QueryFault(offset=leaf.offset + 1 + len(leaf.text) + 1, message=message)
            if (fault := check_regex(leaf.text)) is not None:
                yield QueryFault(offset=leaf.offset + 1 + fault.offset, message=fault.message)
        elif isinstance(leaf, tree.Meta) and leaf.key is tree.MetaKey.LANG:
            if leaf.value.casefold() in LANGUAGES and (wrong := no_language(leaf.value)) is not None:
                yield QueryFault(offset=leaf.offset + len("lang:"), message=wrong)
        elif isinstance(leaf, tree.Word) and not findable(leaf.text):
            message = f'"{leaf.text}" has no letter and no figure in it: there is nothing to find.'
            yield QueryFault(offset=leaf.offset, message=message)


@cache  # made for the first query: most watchlists have none
def _reader() -> Lark:
    return Lark.open("query.lark", rel_to=__file__, parser="lalr", lexer="basic", transformer=_Builder())
