"""What came, held against the truth."""

from __future__ import annotations

import pytest

from watcher.demo.verdict import judge

A, B = ("Elon Musk", "wire/asylum"), ("SpaceX", "orbit/lettuce")
EXPECTED = frozenset({A, B})
GOOD = {"1": A, "2": B}


@pytest.mark.parametrize(
    ("situation", "files", "mail", "missing", "surplus"),
    [
        ("all came", GOOD, ["1", "2"], [], []),
        ("an alert has no file and no mail", {"1": A}, ["1"], ["files: SpaceX in orbit/lettuce"], []),
        ("a mail is missing", GOOD, ["1"], ["mail: SpaceX in orbit/lettuce"], []),
        ("a mail came twice", GOOD, ["1", "2", "2"], [], ["mail: SpaceX in orbit/lettuce, 2 times"]),
        ("a mail of no alert", GOOD, ["1", "2", "9"], [], ["mail: an alert that has no file, 9"]),
        (
            "an alert nobody expected",
            {**GOOD, "3": ("TASS", "slow/tass")},
            ["1", "2", "3"],
            [],
            ["files: TASS in slow/tass"],
        ),
        ("a copy alerted as well", {**GOOD, "3": A}, ["1", "2", "3"], [], ["files: Elon Musk in wire/asylum, 2 times"]),
    ],
)
def test_verdict(
    situation: str, files: dict[str, tuple[str, str]], mail: list[str], missing: list[str], surplus: list[str]
) -> None:
    verdict = judge(EXPECTED, files, {"mail": mail})
    assert list(verdict.missing) == missing, situation
    assert list(verdict.surplus) == surplus, situation
    assert verdict.good == (not missing and not surplus)
