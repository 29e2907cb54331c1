"""Jinja2's sandbox, bounded: a template that would run for ever, or fill the memory, is a fault with a line.

The sandbox bounds what a template can reach; this bounds how many turns its loops take, how long a text it makes, and
how large a number it hands to a filter or a method. No clock: the same template fails at the same place each time.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

TURNS = 100_000  # of all loops of one rendering: the shipped digest of a thousand alerts takes a few thousand
SIZE = 2_000_000  # characters of one text: mail servers take some 10 MB, and no person reads a tenth of this
LARGE = 10**15  # of what numbers are multiplied to
NUMBER = 10_000  # the largest given to a filter or a method, such as a width: lines have 72 characters

_WIDE = re.compile(r"\d{5}|%[^a-z%]*\*")  # a width of five figures in a format, or one that comes from outside


class TooMuchError(jinja2.TemplateRuntimeError):
    """A template that does more than a message can need."""


class _Counting(CodeGenerator):
    """Has what loops run over, and what is assigned, pass the bounds."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        for loop in list(node.find_all(nodes.For)):
            if loop.recursive:
                raise jinja2.TemplateSyntaxError("a recursive loop has no place in a message", loop.lineno, self.name)
            loop.iter = _through("_counted", loop, loop.iter)
        for assigned in list(node.find_all(nodes.Assign)):
            assigned.node = _through("_sized", assigned, assigned.node)
        for block in list(node.find_all(nodes.AssignBlock)):
            block.filter = _through("_sized", block, block.filter)
        super().visit_Template(node, frame)


def _through(name: str, place: nodes.Node, value: Any) -> nodes.Filter:
    return nodes.Filter(value, name, [], [], None, None, lineno=place.lineno, environment=place.environment)


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """Not for several threads at once: the turns of one rendering are counted in it."""

    code_generator_class = _Counting
    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._turns = 0
        self.filters.update({name: _modest(filter_) for name, filter_ in self.filters.items()})
        self.filters.update(_counted=self._counted, _sized=_sized)

    def fill_in(self, name: str, context: Mapping[str, Any]) -> str:
        """The template filled in. Raises TooMuchError beside all that Jinja2 raises."""
        self._turns = 0
        pieces, size = [], 0
        for piece in self.get_template(name).generate(context):
            size += len(piece)
            if size > SIZE:
                raise TooMuchError(f"the message has more than {SIZE:,} characters")
            pieces.append(piece)
        return "".join(pieces)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "%":
            _check_format(left)
        elif operator == "*":
            _check_product(left, right)
        else:
            _check_numbers((left, right), {})
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        _check_numbers(args, kwargs)
        method = getattr(obj, "__wrapped__", obj)  # Jinja2 wraps str.format
        _check_format(getattr(method, "__self__", None))
        return _sized(super().call(context, obj, *args, **kwargs))

    def _counted(self, things: Iterable[Any]) -> Iterator[Any]:
        for thing in things:
            self._turns += 1
            if self._turns > TURNS:
                raise TooMuchError(f"its loops take more than {TURNS:,} turns")
            yield thing


def _modest(filter_: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(filter_)  # keeps what Jinja2 notes on a filter about its first argument
    def call(*args: Any, **kwargs: Any) -> Any:
        _check_numbers(args, kwargs)
        if filter_.__name__ == "do_format":
            _check_format(args[0])
        return _sized(filter_(*args, **kwargs))

    return call


def _sized(value: Any) -> Any:
    if isinstance(value, str | list | tuple) and len(value) > SIZE:
        raise TooMuchError(f"it makes a text or a list longer than {SIZE:,}")
    return value


def _check_numbers(args: Iterable[Any], kwargs: Mapping[str, Any]) -> None:
    for argument in (*args, *kwargs.values()):
        if isinstance(argument, int | float) and abs(argument) > NUMBER:
            raise TooMuchError(f"{argument:.0e} is a larger number than a message has a use for")


def _check_format(template: Any) -> None:
    if isinstance(template, str) and _WIDE.search(template):
        raise TooMuchError("it asks for a width that no line has")


def _check_product(left: Any, right: Any) -> None:
    sizes = [len(one) if isinstance(one, str | list | tuple) else one for one in (left, right)]
    if all(isinstance(one, int | float) for one in sizes):  # of others Jinja2 says what is wrong
        many = SIZE if sizes != [left, right] else LARGE
        if abs(sizes[0] * sizes[1]) > many:
            raise TooMuchError("it makes a text, or a number, larger than a message has a use for")
