"""YAML with marks: what is read, where it stands, and what is said when it cannot be read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from watcher.marks import Kind, closest, compose, did_you_mean, duration, duration_text, survey
from watcher.model import ConfigError

TEXT = """\
channels:
  desk:
    email: {to: [desk@example.org], port: 25}
  # between
  boss:
    digest: "07:30"
    quiet:
watch: [NO, 1984, 2024-01-01, on, 0x1F, 1e3, ~, null]
"""


def faults_of(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        compose(text, file="w.yaml")
    return [f"{fault.line}:{fault.column} {fault.message}" for fault in caught.value.faults]


def test_every_scalar_stays_the_text_that_was_written() -> None:
    assert compose(TEXT, file="w.yaml").plain() == {
        "channels": {"desk": {"email": {"to": ["desk@example.org"], "port": "25"}}, "boss": {"digest": "07:30"}},
        "watch": ["NO", "1984", "2024-01-01", "on", "0x1F", "1e3", "~", "null"],
    }


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        ((), 1, 1),
        (("channels",), 2, 3),
        (("channels", "desk", "email"), 3, 12),
        (("channels", "desk", "email", "to", 0), 3, 18),
        (("channels", "desk", "email", "port"), 3, 43),
        (("channels", "boss", "digest"), 6, 13),
        (("watch", 2), 8, 19),
        # where the path leads nowhere: the last node that is there
        (("channels", "desk", "email", "host"), 3, 12),
        (("channels", "nobody", "email"), 2, 3),
        (("watch", 99), 8, 8),
        (("watch", "word"), 8, 8),
    ],
)
def test_a_path_leads_to_its_node(path: tuple[str | int, ...], line: int, column: int) -> None:
    node = compose(TEXT, file="w.yaml").at(path)
    assert (node.line, node.column) == (line, column)


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [(("channels", "boss"), 5, 3), (("channels", "boss", "quiet"), 7, 5), (("channels", "boss", "nothing"), 6, 5)],
)
def test_a_path_leads_to_the_key_itself(path: tuple[str | int, ...], line: int, column: int) -> None:
    node = compose(TEXT, file="w.yaml").key_at(path)
    assert (node.line, node.column) == (line, column)


@pytest.mark.parametrize(
    ("written", "wanted", "column"),
    [
        ("query: abc XYZ", "XYZ", 12),
        ("query: 'abc XYZ'", "XYZ", 13),
        ('query: "abc XYZ"', "XYZ", 13),
        ("query: 'a''b XYZ'", "XYZ", 14),
        ("query: 'XYZ'", "XYZ", 9),
        ("query: Маск XYZ", "XYZ", 13),
        ("query: 😀 XYZ", "XYZ", 10),
    ],
)
def test_a_fault_inside_a_text_has_its_own_column(written: str, wanted: str, column: int) -> None:
    node = compose(written, file="w.yaml").at(("query",))
    fault = node.fault("here", offset=node.text.index(wanted))
    assert (fault.line, fault.column) == (1, column)


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ("query: >-\n  abc\n  XYZ", 3, 3),
        ("query: |\n  abc\n    XYZ\n", 3, 5),
        ("query: abc\n  XYZ", 2, 3),
        ("query: 'abc\n\n  XYZ'", 3, 3),
    ],
)
def test_a_fault_inside_a_text_of_several_lines(written: str, line: int, column: int) -> None:
    node = compose(written, file="w.yaml").at(("query",))
    fault = node.fault("here", offset=node.text.index("XYZ"))
    assert (fault.line, fault.column) == (line, column)


def test_a_fault_shows_its_line_and_a_caret() -> None:
    fault = compose("a:\n  b: c\n", file="w.yaml").at(("a", "b")).fault("no.")
    assert str(fault) == "w.yaml:2:6: no.\n  2 |   b: c\n    |      ^"


def test_a_byte_order_mark_moves_nothing() -> None:
    node = compose("\ufeffa: b", file="w.yaml").at(("a",))
    assert (node.text, node.line, node.column) == ("b", 1, 4)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_all_line_ends_count_as_one(line_end: str) -> None:
    node = compose(f"a: b{line_end}{line_end}c: d", file="w.yaml").at(("c",))
    assert (node.line, node.column, node.source.line(3)) == (3, 4, "c: d")


@pytest.mark.parametrize("separator", ["\u0085", "\u2028", "\u2029"])
def test_the_line_ends_that_only_old_yaml_knows_do_not_move_a_fault(separator: str) -> None:
    assert faults_of(f"a: 'b{separator}c'\nd: @e\n")[0].startswith("2:4 ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1:1 the file is empty"),
        ("# only this\n", "1:1 the file is empty"),
        ("a: b\na: c\n", '2:1 "a" is given twice here; the first is in line 1'),
        ("a: &x [*x]\n", "1:4 this list holds itself"),
        ("? [a, b]\n: c\n", "1:3 the name of a setting must be a word"),
        ("a: *nowhere\n", '1:4 a name cannot start with "*"'),
        ("a: b\n---\nc: d\n", "2:1 a second document starts here"),
        ("a: \x07b\n", "1:4 here stands a character that cannot be seen (U+0007)"),
        ("a: b\ud800\n", "1:5 here stands half a character"),
        ("<<: word\na: b\n", '1:5 "<<" takes over the settings of another entry'),
        ("[" * 2_000, "1:1 lists and settings stand inside one another"),
        ("- " * 200_000, "1:1 lists and settings stand inside one another"),
        ("{a: " * 200_000, "1:1 lists and settings stand inside one another"),
        ("a: |x\n", '1:4 a name that starts with "|" must be in quotes'),
        ("- 'it''s'\n- 'open\n", "2:3 this quotation mark is not closed"),
        ("- 'over\n  two lines'\n- @x\n", '3:3 a name that starts with "@"'),
        ("- a # 'not a quote\n- @x\n", '2:3 a name that starts with "@"'),
        ("a: [b c\n", '1:4 the bracket "[" is never closed'),
        ("a: b: c\n", "1:4 this text has a colon in it"),
        ("a: [,]\n", "1:5 there is nothing before this comma"),
        ("a: b]\n c: ]\n", "2:2 this line is not lined up"),
    ],
)
def test_what_is_wrong_in_form_is_told_in_words(text: str, told: str) -> None:
    assert faults_of(text)[0].startswith(told)


def test_a_bomb_of_aliases_is_told_before_it_bursts() -> None:
    rows = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    rows += [
        f"{now}: &{now} [{', '.join(['*' + before] * 10)}]" for before, now in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    assert [told.partition(" ")[2] for told in faults_of("\n".join(rows))] == [
        "aliases (*) multiply this list to more than two million entries."
    ]


def test_an_alias_and_a_merge_say_what_they_stand_for() -> None:
    node = compose("a: &a {x: 1, y: [2]}\nb: *a\nc: {<<: *a, x: 3}\nd: {<<: [*a, {z: 4}]}\n", file="w.yaml")
    assert node.plain() == {
        "a": {"x": "1", "y": ["2"]},
        "b": {"x": "1", "y": ["2"]},
        "c": {"x": "3", "y": ["2"]},
        "d": {"x": "1", "y": ["2"], "z": "4"},
    }


def test_slips_of_one_kind_are_all_told_and_reading_goes_on() -> None:
    root, faults = survey("a: [@b, *c, `d]\ne: f\n", file="w.yaml")
    assert [fault.column for fault in faults] == [5, 9, 13]
    assert root is not None
    assert root.at(("e",)).text == "f"


def test_more_slips_than_anyone_reads_end_the_reading() -> None:
    assert len(faults_of("".join(f"- @name{number}\n" for number in range(200)))) == 30


def test_a_quoted_word_is_not_nothing() -> None:
    root = compose("a: ''\nb:\nc: []\n", file="w.yaml")
    assert [value.given for _, value in root.pairs] == [True, False, True]
    assert root.plain() == {"a": "", "c": []}
    assert [value.kind for _, value in root.pairs] == [Kind.SCALAR, Kind.SCALAR, Kind.SEQUENCE]


@given(st.text(alphabet="ab:-[]{}'\"#&*!|>@%\t\n ,?\\", max_size=60))
@example("?\n\\")  # a name that the end of the file cut off
def test_whatever_is_written_is_read_or_told(text: str) -> None:
    root, faults = survey(text, file="w.yaml")
    assert root is not None or faults
    for fault in faults:
        assert 1 <= fault.line <= text.count("\n") + 1
        assert fault.column >= 1
    if root is not None:
        for node in root.scalars():
            for offset in range(len(node.text) + 1):
                node.fault("anywhere", offset=offset)


@pytest.mark.parametrize(
    ("word", "choices", "found"),
    [
        ("whith", ("with", "where", "name"), "with"),
        ("wiht", ("with", "where", "name"), "with"),
        ("NAME", ("with", "name"), "name"),
        ("chanels", ("channels", "lang"), "channels"),
        ("colour", ("with", "name"), None),
        ("", ("with",), None),
    ],
)
def test_the_closest_word(word: str, choices: tuple[str, ...], found: str | None) -> None:
    assert closest(word, choices) == found
    assert did_you_mean(word, choices) == (f' Did you mean "{found}"?' if found else "")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30), ("10m", 600), ("2h", 7_200), ("1d", 86_400), ("2w", 1_209_600), ("1h30m", 5_400), (" 5 M ", 300),
        ("10", None), ("m", None), ("0s", None), ("-5m", None), ("1.5h", None), ("10min", None), ("", None),
        ("200w", 120_960_000), ("999999999w", None),
    ],
)  # fmt: skip
def test_a_length_of_time(text: str, seconds: int | None) -> None:
    assert duration(text) == (None if seconds is None else timedelta(seconds=seconds))


@given(st.integers(min_value=1, max_value=10**7))
def test_a_length_of_time_is_read_back_as_it_is_written(seconds: int) -> None:
    assert duration(duration_text(timedelta(seconds=seconds))) == timedelta(seconds=seconds)
