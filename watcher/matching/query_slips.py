"""The words of a query, or the parser's complaint, in; what a person most likely meant and should write, out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from lark import Token

from watcher.marks import closest
from watcher.matching.faults import QueryFault

DOUBLE_QUOTES = '"“”„‟«»＂〝〞'
PREFIXES = ("title", "summary", "body", "source", "author", "url", "lang", "watch")

# Deeper than any hand writes; what walks the tree is recursive, and Python's own limit lies at 1,000.
DEEPEST = 50

_OPERATOR_WORDS = {"and": "AND", "or": "OR", "not": "NOT", "near": "NEAR/5"}
_SIGNS = {"&&": "AND", "&": "AND", "+": "AND", "||": "OR", "|": "OR", "!": "AND NOT", "-": "AND NOT", ",": "OR"}
_NEAR = re.compile(r"near(?:[/~:]?(\d+)|[/~:].*)?", re.IGNORECASE)
_COLON = re.compile(r"([^\W\d_]+):(.*)")
_SINGLE_QUOTES = "'‘’‚‛`´"
_ENDS = {"$END", "RPAR"}


# What may follow what: after the end of something stands an operator, after an operator something begins.
_ENDS_SOMETHING = {"WORD", "PHRASE", "REGEX", "OPEN_QUOTE", "OPEN_REGEX", "RPAR"}
_BEGINS_SOMETHING = {"WORD", "PHRASE", "REGEX", "OPEN_QUOTE", "OPEN_REGEX", "LPAR", "PREFIX"}
_TAKES_NO_NOT = {"NEAR", "PREFIX"}

_MIXED = (
    "AND and OR are mixed here without brackets. Put brackets around what belongs together: "
    "a AND (b OR c), or (a AND b) OR c."
)


def check_tokens(tokens: Sequence[Token]) -> Iterator[QueryFault]:
    """Every slip that shows in the words and their order, before the grammar is asked, in no order."""
    if not tokens:
        yield QueryFault(offset=0, message="the query is empty. Write what to find.")
        return
    yield from _brackets(tokens)
    yield from _mixed(tokens)
    slips: set[int] = set()
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        message = _slip(token, before, tokens[index + 1 :])
        if message is not None:
            slips.add(index)
            yield QueryFault(offset=_at(token), message=message)
    if not any(tokens[index][0] in _SINGLE_QUOTES for index in slips):  # whose words are not told apart from others
        yield from _out_of_order(tokens, slips)
    if sum(token.type in {"NEAR", "NOT"} for token in tokens) > DEEPEST:
        yield QueryFault(offset=0, message=f"more than {DEEPEST} NEARs and NOTs in one query: make several watches.")


def _mixed(tokens: Sequence[Token]) -> Iterator[QueryFault]:
    """AND and OR beside each other in the same bracket, told once in each."""
    signs: list[str | None] = [None]
    for before, token in zip((None, *tokens), tokens, strict=False):
        if token.type == "LPAR":
            signs.append(None)
        elif token.type == "RPAR" and len(signs) > 1:
            signs.pop()
        elif token.type == "OPERATOR" and (before is None or before.type != "OPERATOR"):
            if signs[-1] not in {None, "", str(token)}:
                yield QueryFault(offset=_at(token), message=_MIXED)
                signs[-1] = ""
            elif signs[-1] is None:
                signs[-1] = str(token)


def _out_of_order(tokens: Sequence[Token], slips: AbstractSet[int]) -> Iterator[QueryFault]:
    """Every token that cannot stand behind the one before it; not beside a slip, which may be the reason."""
    for index in range(len(tokens) + 1):
        if any(near in slips for near in (index - 2, index - 1, index)):
            continue
        before = tokens[index - 1].type if index else None
        here = tokens[index].type if index < len(tokens) else "$END"
        if before in _ENDS_SOMETHING:
            fits = here in {"OPERATOR", "NEAR", *_ENDS}
        else:
            fits = here in _BEGINS_SOMETHING or (here == "NOT" and before not in _TAKES_NO_NOT)
        if not fits:
            yield _explain(index, tokens)


def _explain(index: int, tokens: Sequence[Token]) -> QueryFault:
    """The token with this number, which does not fit behind the one before it, in words; behind the last: the end."""
    before = tokens[index - 1] if index else None
    token = tokens[index] if index < len(tokens) else Token("$END", "")
    offset = _at(token)
    if before is None or before.type == "LPAR":
        if token.type in _ENDS:
            return QueryFault(offset=_at(before) if before else 0, message="there is nothing between these brackets.")
        return QueryFault(offset=offset, message=f"{token} needs something before it, as in a {_sample(token)} b.")
    if before.type in {"OPERATOR", "NEAR", "NOT", "PREFIX"}:
        place = _at(before)
        if token.type in _ENDS:
            return QueryFault(offset=place, message=f"there is nothing after {before}.")
        if token.type == "NOT":
            return QueryFault(offset=offset, message=f"NOT cannot stand after {before}: NEAR and prefixes take words.")
        return QueryFault(offset=offset, message=f"{before} and {token} stand side by side: take one of them out.")
    if token.type == "NOT":
        return QueryFault(offset=offset, message="a word is missing before NOT: write AND NOT.")
    return QueryFault(offset=offset, message=_side_by_side(before, token))


def _side_by_side(before: Token, token: Token) -> str:
    left, right = str(before), str(token)
    if before.type == "RPAR" or token.type in {"LPAR", "PREFIX"}:
        return f"a word is missing before {right}: write AND if both must be found, or OR if one will do."
    phrase = " ".join(part.strip(DOUBLE_QUOTES) for part in (left, right))
    return (
        f"{left} and {right} stand side by side. Write {left} AND {right} if both must be found, "
        f'{left} OR {right} if one will do, or "{phrase}" in double quotes if they belong together.'
    )


def _sample(token: Token) -> str:
    return "AND NOT" if token.type == "NOT" else str(token)


def _brackets(tokens: Sequence[Token]) -> Iterator[QueryFault]:
    still_open: list[Token] = []
    for token in tokens:
        if token.type == "LPAR":
            still_open.append(token)
            if len(still_open) == DEEPEST:
                yield QueryFault(offset=_at(token), message="there are too many brackets inside one another.")
        elif token.type == "RPAR":
            if still_open:
                still_open.pop()
            else:
                yield QueryFault(offset=_at(token), message='this ")" closes nothing. Take it out, or open it before.')
    for token in still_open:
        yield QueryFault(offset=_at(token), message='this bracket is never closed. Write ")" where it should end.')


def _slip(token: Token, before: Token | None, rest: Sequence[Token]) -> str | None:
    if token.type == "OPEN_QUOTE":
        return f'this quotation mark is never closed. Write {token}" if that is where it should end.'
    if before is not None and before.type == "PREFIX":
        return None  # the value of a prefix may be any word, and an address may hold colons and slashes
    if token.type == "OPEN_REGEX":
        return 'this "/" starts a regular expression that is never closed by another "/". A word goes in double quotes.'
    if token.type == "PHRASE":
        return None if token.strip(DOUBLE_QUOTES).strip() else "there is nothing between these quotation marks."
    return _word_slip(str(token), rest) if token.type == "WORD" else None


def _word_slip(word: str, rest: Sequence[Token]) -> str | None:
    lower = word.casefold()
    if lower in {"and", "or", "not"}:
        return f'write {_OPERATOR_WORDS[lower]} in capitals. If the word itself is meant, use double quotes: "{word}".'
    if word[0] in "[{":
        return f'"{word[0]}" is no bracket of a query. Write "(" and ")".'
    if near := _NEAR.fullmatch(word):
        if word.startswith("NEAR/") and near[1]:  # else the grammar would have taken it
            return "so many words between are not near. Write NEAR/5, or a number up to 9999."
        number = near[1] or next((str(token) for token in rest[:1] if token.isdecimal()), "5")
        return f"write NEAR/{number} in capitals, with how many words may stand between after the slash."
    if word in _SIGNS:
        return f'"{word}" is no operator here. Write {_SIGNS[word]}.'
    if word[0] in "+-" and len(word) > 1:
        meant = "AND" if word[0] == "+" else "AND NOT"
        return f'"{word[0]}" before a word means nothing here. Write {meant} {word[1:]}.'
    if word[0] in _SINGLE_QUOTES and any(word_.rstrip()[-1] in _SINGLE_QUOTES for word_ in (word[1:], *rest) if word_):
        return "single quotes do not hold words together here. Use double quotes."
    if colon := _COLON.fullmatch(word):
        return _prefix_slip(colon[1], word)
    if not word.strip("*"):
        return '"*" alone would stand for any word at all. Write a name before it: Musk*'
    if word.startswith("*") or "*" in word.rstrip("*"):
        return f'"*" works only at the end of a word. Write {word.replace("*", "")}*'
    return None


def _prefix_slip(prefix: str, word: str) -> str:
    nearest = prefix.lower() if prefix.lower() in PREFIXES else closest(prefix, PREFIXES)
    hint = f' Did you mean "{nearest}:"?' if nearest else f" The prefixes are {', '.join(PREFIXES)}."
    return f'there is no prefix "{prefix}:".{hint} If it is part of the word, put it in double quotes: "{word}".'


def _at(token: Token) -> int:
    return token.start_pos or 0
