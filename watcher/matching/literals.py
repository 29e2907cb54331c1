"""The text of a regular expression in; literals, one of which must stand wherever it is found, out.

It reads only what it is sure of: at the top level, characters that must occur one after the other, and a choice between
such. Whatever it does not know ends the literal, so that at worst an expression is run where it need not be.
"""

from __future__ import annotations

import re

# (?i), (?s) and (?m) change nothing here, as literals are compared folded; any other flag may.
_LEADING_FLAGS = re.compile(r"\(\?[ims]+\)")
_TOKEN = re.compile(
    r"""\\(?P<class>[bBAZzdDsSwWGmMXRKntrfv])"""  # an escape that stands for a place or a class
    r"""|\\(?P<escaped>[^\w\s])"""
    r"""|(?P<unknown>\\.|\[)"""
    r"""|(?P<group>\()"""
    r"""|(?P<choice>\|)"""
    r"""|(?P<repeat>[*+?]|\{\d*,?\d*\})"""
    r"""|(?P<any>[.^$])"""
    r"""|(?P<literal>.)""",
    re.DOTALL,
)
_NO_COUNT = re.compile(r"\{(?![\d,])")
_SET = re.compile(r"\[\^?\]?(?:\\.|[^\]\\\[])*\]", re.DOTALL)


def required_literals(text: str) -> tuple[str, ...]:
    """The longest literal of each alternative; none at all if one of them has none, or if it cannot be told."""
    if lead := _LEADING_FLAGS.match(text):
        text = text[lead.end() :]
    if "(?" in text.replace("(?:", "") or "[[" in text or _NO_COUNT.search(text):
        return ()  # flags, look-arounds, named groups, set operations, fuzzy matching
    alternatives = _alternatives(text)
    best = [max(runs, key=len, default="") for runs in alternatives]
    return tuple(best) if all(best) else ()


def _alternatives(text: str) -> list[list[str]]:
    """For each alternative at the top level the runs of characters that it cannot do without."""
    alternatives: list[list[str]] = [[]]
    run = ""
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            return [[]]
        kind, place = token.lastgroup, token.end()
        if kind in {"literal", "escaped"}:
            run += token[kind]
            continue
        if kind == "repeat":
            # the character before may be missing, or come again: at least once only with + and {1...}
            run = run if token[0] == "+" else run[:-1]
        elif kind == "group":
            place = _behind_group(text, place)
        elif token[0] == "[":
            found = _SET.match(text, token.start())
            place = found.end() if found else -1
        elif kind == "unknown":
            return [[]]
        if place < 0:
            return [[]]
        alternatives[-1].append(run)
        run = ""
        if kind == "choice":
            alternatives.append([])
    alternatives[-1].append(run)
    return alternatives


def _behind_group(text: str, place: int) -> int:
    """Behind the bracket that closes the group whose inside begins at `place`; -1 if that cannot be told."""
    depth = 1
    while place < len(text):
        character = text[place]
        if character == "\\":
            place += 1
        elif character == "[":
            found = _SET.match(text, place)
            if found is None:
                return -1
            place = found.end() - 1
        elif character in "()":
            depth += 1 if character == "(" else -1
            if not depth:
                return place + 1
        place += 1
    return -1
