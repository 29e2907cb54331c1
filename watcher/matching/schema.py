"""Nothing in; the JSON Schema (draft 2020-12) of watchlist.yaml out, for editors that complete and check while typing.

It says what the checker says as far as a schema can: not that a feed is there twice, a reference leads nowhere, or a
query cannot be read. Editors type scalars (1984 is a number to them), the checker takes all as text: both are well.
"""

from __future__ import annotations

from typing import Any

from watcher.matching.watchlist_words import FEED_SETTINGS, TOP_SETTINGS, WATCH_SETTINGS
from watcher.model import Field, Read

_TEXT = {"type": ["string", "number", "boolean"], "pattern": r"\S"}
# A letter or a figure somewhere (beyond ASCII any character: \p{L} is not known to all editors); no "*" but at the end
_TERM = {
    "type": ["string", "number", "boolean"],
    "pattern": r"^(?!\s*\*)(?![^\n]*\*\s+\S)[\s\S]*([0-9A-Za-z]|[^\x00-\x7f])",
}
_REFERENCE_OR_TERM = {"anyOf": [{"type": "string", "pattern": r"^\s*watch:\s*\S"}, {"$ref": "#/$defs/term"}]}
_ADDRESS = {"type": "string", "pattern": r"^\s*[hH][tT][tT][pP][sS]?://[^\s/?#]+[^\s]*\s*$"}
_EVERY = {"type": "string", "pattern": r"^\s*(auto|(?=.*[1-9])(\d{1,6}\s*[smhdwSMHDW])+)\s*$"}
_LANGUAGE = {"type": "string", "pattern": r"^\s*[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*\s*$"}


def watchlist_schema() -> dict[str, Any]:
    """The schema as a JSON document."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The watchlist of watcher",
        "description": "Where to look (feeds) and what to look for (watches).",
        "type": "object",
        "additionalProperties": False,
        "properties": dict(
            zip(
                TOP_SETTINGS,
                (
                    _optional({"type": "array", "items": {"$ref": "#/$defs/feed"}}, "The feeds that are polled."),
                    _optional({"type": "array", "items": {"$ref": "#/$defs/watch"}}, "The watches: names and topics."),
                ),
                strict=True,
            )
        ),
        "$defs": {
            "text": _TEXT,
            "term": _TERM,
            "terms": _one_or_more({"$ref": "#/$defs/term"}),
            "feed": _feed(),
            "watch": _watch(),
        },
    }


def _one_or_more(item: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"type": "array", "items": item}, item]}


def _optional(schema: dict[str, Any], description: str) -> dict[str, Any]:
    """A setting may stand with nothing after its colon, which is as if it were not there."""
    return {"description": description, "anyOf": [schema, {"type": "null"}]}


def _feed() -> dict[str, Any]:
    settings = {
        "url": {"description": "The address of the feed.", **_ADDRESS},
        "name": _optional({"$ref": "#/$defs/text"}, "What it is called in alerts; default: the feed's own title."),
        "every": _optional(_EVERY, "How often to ask: 30s, 10m, 2h, 1d; auto (default) follows the feed's own pace."),
        "read": _optional(
            {"enum": [read.value for read in Read]},
            "entry (default): judge what the feed says; page: fetch every new entry and judge the whole story.",
        ),
        "tags": _optional(_one_or_more({"$ref": "#/$defs/text"}), "Your own words, for the `feeds` of a watch."),
        "scrape": _optional({"enum": [True, False, "true", "false"]}, "false: never fetch this outlet's pages."),
    }
    return {
        "anyOf": [
            _ADDRESS,
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["url"],
                "properties": {name: settings[name] for name in FEED_SETTINGS},
            },
        ]
    }


def _watch() -> dict[str, Any]:
    terms = {"$ref": "#/$defs/terms"}
    texts = _one_or_more({"$ref": "#/$defs/text"})
    line = {"anyOf": [{"type": "array", "minItems": 1, "items": _REFERENCE_OR_TERM}, _REFERENCE_OR_TERM]}
    settings = {
        "name": {"description": "The full name, enough on its own; a label beside all, query or regex."},
        "also": _optional(terms, "Other full names; * at the end: any further letters."),
        "short": _optional(terms, "Counts only beside a full name, or beside a word of `with`, in the same document."),
        "with": _optional(terms, "The words that make a short name count."),
        "needs": _optional(terms, "Without one of these in the document there is no match at all."),
        "ignore": _optional(terms, "A hit inside such a phrase does not count; another hit still does."),
        "never": _optional(terms, "Words that rule the whole document out."),
        "all": {
            "description": "A topic: each line must be found, within a line any one will do.",
            "anyOf": [{"type": "array", "minItems": 1, "items": line}, _REFERENCE_OR_TERM],
        },
        "query": {"description": "A one-line query, in single quotes.", "type": "string", "pattern": r"\S"},
        "regex": {
            "description": "Regular expressions, in single quotes.",
            "anyOf": [
                {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
                {"type": "string", "minLength": 1},
            ],
        },
        "where": _optional(
            _one_or_more({"enum": [field.value for field in Field]}), "Places to look in; default: all."
        ),
        "lang": _optional(_one_or_more(_LANGUAGE), "Codes of languages: en, ru; default: any."),
        "feeds": _optional(texts, "Names or tags of feeds; default: all."),
        "channels": _optional(texts, "Names of channels; default: those that watcher.yaml marks as default."),
    }
    rules = {"anyOf": [{"required": [rule]} for rule in ("all", "query", "regex")]}
    return {
        "anyOf": [
            {"$ref": "#/$defs/term"},
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {name: settings[name] for name in WATCH_SETTINGS},
                "if": rules,
                "then": {"properties": {"name": {"$ref": "#/$defs/text"}}},
                "else": {"properties": {"name": {"$ref": "#/$defs/term"}}},
            },
        ]
    }
