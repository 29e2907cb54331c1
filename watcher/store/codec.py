"""Nouns <-> the JSON in which a row keeps what no query asks for; unknown keys are passed over, so old rows load."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import ConfigDict, TypeAdapter
from pydantic_core import PydanticSerializationError

from watcher.model import Alert, Entry, Feed, FeedSpec, Hit, Match, Rejection, Story, Subscription

T = TypeVar("T")

_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")  # validators of HTTP are bytes of no encoding


class Codec(Generic[T]):
    """JSON of one kind of noun (or of a tuple of them), without what is as its default: two thirds of an entry are.

    Times, enums, bytes and nested nouns come back as they were.
    """

    def __init__(self, kind: Any, *, exclude: frozenset[str] = frozenset()) -> None:
        # A tuple around the noun, because pydantic takes settings for bytes from outside only around a dataclass.
        self._adapter: TypeAdapter[tuple[T]] = TypeAdapter(tuple[kind], config=_CONFIG)
        self._exclude: Any = {0: set(exclude)} if exclude else None

    def dump(self, noun: T) -> str:
        """The noun's JSON, without the fields that lie in columns of their own."""
        try:
            return self._adapter.dump_json((noun,), exclude=self._exclude, exclude_defaults=True)[1:-1].decode()
        except PydanticSerializationError:
            # A half of a surrogate pair, as "\ud800" in a JSON feed gives: no database can keep it.
            plain = self._adapter.dump_python((noun,), exclude=self._exclude)
            return self._adapter.dump_json(_scrubbed(plain), exclude_defaults=True, warnings=False)[1:-1].decode()

    def load(self, data: str, **parts: str) -> T:
        """The noun from its JSON; parts: the JSON of the fields that were left out."""
        lead = "".join(f'"{name}":{part},' for name, part in parts.items())
        return self._adapter.validate_json(f"[{data[0]}{lead}{data[1:]}]")[0]


def scrubbed(text: str) -> str:
    """The text without halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode()


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return scrubbed(value)
    if isinstance(value, dict):
        return {key: _scrubbed(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_scrubbed, value))
    return value


SPEC: Codec[FeedSpec] = Codec(FeedSpec)
FEED: Codec[Feed] = Codec(Feed, exclude=frozenset({"spec", "revision"}))
SUBSCRIPTION: Codec[Subscription] = Codec(Subscription)
ENTRY: Codec[Entry] = Codec(Entry)
STRINGS: Codec[tuple[str, ...]] = Codec(tuple[str, ...])
HITS: Codec[tuple[Hit, ...]] = Codec(tuple[Hit, ...])
MATCHES: Codec[tuple[Match, ...]] = Codec(tuple[Match, ...])
REJECTIONS: Codec[tuple[Rejection, ...]] = Codec(tuple[Rejection, ...])
STORY: Codec[Story] = Codec(Story)
ALERT: Codec[Alert] = Codec(Alert, exclude=frozenset({"story", "copies"}))
