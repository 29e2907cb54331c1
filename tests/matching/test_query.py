"""The grammar of the one-line query, and the words for every slip."""

from __future__ import annotations

import pytest

from watcher.matching.query import QueryError, check_query, parse_query, references
from watcher.matching.terms import check_regex
from watcher.matching.tree import And, Meta, MetaKey, Near, Not, Or, Pattern, Reference, Word
from watcher.model import Field, Watch

WATCHES = ("Elon Musk", "SpaceX")


def test_the_tree_of_a_query() -> None:
    query = '"Elon Musk" AND (asylum OR title:refuge) AND NOT /SU\\d+/i'
    assert parse_query(query) == And(
        offset=12,
        parts=(
            Word(text="Elon Musk", offset=0),
            Or(offset=24, parts=(Word(text="asylum", offset=17), Word(text="refuge", field=Field.TITLE, offset=33))),
            Not(offset=45, part=Pattern(text="SU\\d+", flags="i", offset=49)),
        ),
    )


def test_near_binds_closer_than_and() -> None:
    assert parse_query("aa AND bb NEAR/3 cc") == And(
        offset=3,
        parts=(
            Word(text="aa", offset=0),
            Near(left=Word(text="bb", offset=7), right=Word(text="cc", offset=17), words=3, offset=10),
        ),
    )


def test_prefixes() -> None:
    assert parse_query('watch:"Elon Musk" AND url:https://x.com/a:b AND lang:en') == And(
        offset=18,
        parts=(
            Reference(watch="Elon Musk", offset=0),
            Meta(key=MetaKey.URL, value="https://x.com/a:b", offset=22),
            Meta(key=MetaKey.LANG, value="en", offset=48),
        ),
    )


@pytest.mark.parametrize(
    "query",
    [
        "asylum",
        '“Elon Musk" AND «Tesla”',
        "((aa))",
        "(aa OR bb) AND (cc OR dd)",
        "aa OR NOT bb",
        "NOT NOT aa",
        "title:(aa NEAR/2 (bb OR cc))",
        "aa NEAR/2 bb NEAR/3 cc",
        "AC/DC OR C++ OR @elonmusk OR F-16 OR O'Neill",
        '"and" AND "or"',
        "10:30 OR ORlando OR ANDorra OR NOTe",
        "/a|b/ OR /[/)]x/",
        "source:reuters AND NOT author:smith",
        "Маск* AND 马斯克",
        "(" * 40 + "aa" + ")" * 40,
    ],
)
def test_good_queries(query: str) -> None:
    assert check_query(query, watches=WATCHES) == ()


@pytest.mark.parametrize(
    ("query", "offset", "words"),
    [
        ("", 0, "empty"),
        ("  ", 0, "empty"),
        ("Musk Tesla", 5, "side by side"),
        ('"Elon Musk" "Tesla"', 12, "side by side"),
        ("(aa bb) OR cc", 4, "side by side"),
        ("aa (bb OR cc)", 3, "missing before ("),
        ("aa title:bb", 3, "missing before title:"),
        ("aa and bb", 3, "AND in capitals"),
        ("aa or bb", 3, "OR in capitals"),
        ("not aa", 0, "NOT in capitals"),
        ("aa And bb", 3, "AND in capitals"),
        ("aa AND bb OR cc", 10, "brackets"),
        ("aa OR bb OR cc AND dd", 15, "brackets"),
        ("aa AND (bb OR cc", 7, "never closed"),
        ("aa) AND bb", 2, "closes nothing"),
        ('"Elon Musk AND bb', 0, "never closed"),
        ("aa AND /bb", 7, "never closed"),
        ("NOT aa", 0, "NOT alone"),
        ("NOT aa AND NOT bb", 0, "NOT alone"),
        ("aa NOT bb", 3, "AND NOT"),
        ("aa AND", 3, "nothing after AND"),
        ("AND aa", 0, "before"),
        ("aa AND OR bb", 7, "side by side"),
        ("aa AND ()", 7, "nothing between"),
        ("aa AND NOT", 7, "nothing after NOT"),
        ("aa NEAR bb", 3, "NEAR/5"),
        ("aa NEAR 7 bb", 3, "NEAR/7"),
        ("aa near/3 bb", 3, "NEAR/3"),
        ("aa NEAR/3 (bb AND cc)", 14, "OR in brackets"),
        ("aa NEAR/3 NOT bb", 10, "NEAR"),
        ("tilte:aa", 0, '"title:"'),
        ("Title:aa", 0, '"title:"'),
        ("foo:aa", 0, "no prefix"),
        ("title:", 0, "nothing after title:"),
        ("lang:(en OR de)", 0, "no bracket"),
        ("title:lang:en", 6, "another prefix"),
        ('aa AND ""', 7, "nothing between"),
        ("'Elon Musk' AND aa", 0, "double quotes"),
        ("aa && bb", 3, "Write AND"),
        ("aa || bb", 3, "Write OR"),
        ("aa -bb", 3, "AND NOT bb"),
        ("aa +bb", 3, "AND bb"),
        ("*", 0, "any word at all"),
        ("M*sk", 0, "at the end"),
        ("aa AND ...", 7, "nothing to find"),
        ("/a(/ OR aa", 2, "missing )"),
        ("/aa/q", 4, "no flag"),
        ("/a*/", 1, "nothing at all"),
        ("watch:Elan OR aa", 0, "no watch"),
        ('aa AND watch:"Elon Mask"', 7, '"Elon Musk"'),
        ("(" * 70 + "aa" + ")" * 70, 49, "too many"),
    ],
)
def test_a_slip_is_told_at_its_place(query: str, offset: int, words: str) -> None:
    fault = check_query(query, watches=WATCHES)[0]
    assert words in fault.message
    assert fault.offset == offset


def test_all_slips_of_the_words_are_told_at_once() -> None:
    assert [fault.offset for fault in check_query("aa and bb or tilte:cc", watches=())] == [3, 10, 13]


def test_what_cannot_be_read_raises_with_its_faults() -> None:
    with pytest.raises(QueryError) as raised:
        parse_query("aa bb")
    assert raised.value.faults[0].offset == 3
    assert "at 4:" in str(raised.value)


def test_references_of_lines_and_query() -> None:
    watch = Watch(name="T", all_=(("watch:A", "b"), ("watch: C",)), query="watch:D AND NOT watch:A")
    assert references(watch) == ("A", "C", "D")
    assert references(Watch(name="T", query="watch:D AND (")) == ()


@pytest.mark.parametrize(
    ("expression", "offset", "words"),
    [("a(", 1, "missing )"), ("[a", 0, "unterminated"), ("a*", 0, "nothing at all"), ("*a", 0, "nothing to repeat")],
)
def test_an_expression_that_cannot_be_used(expression: str, offset: int, words: str) -> None:
    fault = check_regex(expression)
    assert fault is not None
    assert words in fault.message
    assert fault.offset == offset


def test_an_expression_that_can() -> None:
    assert check_regex(r"\bSU\d{3,4}\b") is None
