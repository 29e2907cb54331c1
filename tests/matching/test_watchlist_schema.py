"""The JSON Schema agrees with the checker: on every good file, and on every broken one as far as a schema can see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from watcher.matching.schema import watchlist_schema

ROOT = Path(__file__).parents[2]
FILES = ROOT / "tests" / "data" / "watchlists"
VALIDATOR = Draft202012Validator(watchlist_schema())

# Broken, but not in a way that a schema could see: it compares nothing, follows nothing, and does not know queries,
# expressions or quotes.
BEYOND = {
    "bracket_not_opened", "circle", "circle_of_queries", "commas_without_brackets", "control_character",
    "curly_quotes", "dash_too_far_right", "feed_twice", "feed_unknown_in_watch", "joined_setting",
    "language_in_query", "operators_in_names", "query_and_in_small_letters", "query_and_or_mixed",
    "query_doubled_quotes", "query_in_a_block", "query_negatives_alone", "query_open_bracket", "query_open_quote",
    "query_several_faults",
    "query_words_side_by_side", "regex_broken", "same_watch_twice", "unknown_reference",
}  # fmt: skip
# Not YAML at all, or made into something else by it
UNREADABLE = {
    "ampersand", "anchor_in_itself", "at_sign", "backtick_and_percent", "bare_name_with_settings", "colon_in_name",
    "comment_in_brackets", "entry_without_colon", "not_lined_up_and_more", "query_odd_signs", "tab_and_more",
    "dash_after_key", "exclamation_mark", "missing_colon_after_part", "no_break_space", "no_colon",
    "no_space_after_colon", "not_lined_up", "one_bracket_too_many", "open_brace", "open_bracket",
    "open_bracket_at_the_end", "open_bracket_before_next_watch", "open_quote", "open_quote_later_closed",
    "open_single_quote", "query_cut_short", "query_cut_short_by_colon", "query_cut_short_by_hashtag",
    "query_in_single_quotes_twice",
    "query_star", "regex_in_double_quotes", "regex_unquoted_braces", "second_document", "setting_twice",
    "several_quoted", "several_slips_of_form", "star_first", "tab_after_dash", "tab_below", "tab_indent",
    "text_after_quotes",
    "too_far_right", "watches_twice",
}  # fmt: skip


def load(path: Path) -> object:
    """As an editor loads it: numbers and truth values, but no dates."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(path.read_text()), default=str))


def stem(path: Path) -> str:
    return path.stem


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(watchlist_schema())


def test_the_file_beside_the_configuration_is_the_schema() -> None:
    written = json.loads((ROOT / "config" / "watchlist.schema.json").read_text())
    assert written == watchlist_schema()


@pytest.mark.parametrize(
    "path", [*sorted((FILES / "good").glob("*.yaml")), ROOT / "config" / "watchlist.yaml"], ids=stem
)
def test_it_accepts_what_the_checker_accepts(path: Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(load(path))] == []


@pytest.mark.parametrize(
    "path",
    [path for path in sorted((FILES / "broken").glob("*.yaml")) if path.stem not in BEYOND | UNREADABLE],
    ids=stem,
)
def test_it_refuses_what_the_checker_refuses(path: Path) -> None:
    assert not VALIDATOR.is_valid(load(path))


def test_the_exceptions_are_files() -> None:
    assert {path.stem for path in (FILES / "broken").glob("*.yaml")} >= BEYOND | UNREADABLE
