"""Whole watchlist files: each broken one says in its own comments where its faults are and what is said of them."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from watcher.matching.watchlist import read_watchlist
from watcher.model import ConfigError

FILES = Path(__file__).parents[1] / "data" / "watchlists"
BROKEN = sorted((FILES / "broken").glob("*.yaml"))
GOOD = sorted((FILES / "good").glob("*.yaml"))
EXPECT = re.compile(r"^# expect: (\d+):(\d+) (.+?)\r?$", re.MULTILINE)


def name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", BROKEN, ids=name)
def test_every_fault_is_told_at_its_place(path: Path) -> None:
    text = path.read_bytes().decode()
    with pytest.raises(ConfigError) as caught:
        read_watchlist(text, file="config/watchlist.yaml")
    faults = caught.value.faults
    expected = EXPECT.findall(text)
    assert [f"{fault.line}:{fault.column}" for fault in faults] == [f"{line}:{column}" for line, column, _ in expected]
    for fault, (_, _, words) in zip(faults, expected, strict=True):
        assert words in fault.message
        assert fault.file == "config/watchlist.yaml"
        assert fault.source == re.split(r"\r\n|\n", text)[fault.line - 1]


@pytest.mark.parametrize("path", GOOD, ids=name)
def test_a_good_file_has_no_fault(path: Path) -> None:
    assert read_watchlist(path.read_text(), file=path.name).watches


def test_a_fault_is_told_as_the_contract_shows_it() -> None:
    text = "watches:\n  - name: Elon Musk\n    whith: [Tesla]\n"
    with pytest.raises(ConfigError) as caught:
        read_watchlist(text, file="config/watchlist.yaml")
    assert str(caught.value) == (
        'config/watchlist.yaml:3:5: there is no setting "whith" in a watch. Did you mean "with"?\n'
        "  3 |     whith: [Tesla]\n"
        "    |     ^"
    )


def written_watches(count: int) -> str:
    return "watches:\n" + "".join(
        f"  - name: Person Number{number}\n    also: [Alias {number} a, Alias {number} b]\n    short: [Foo{number}]\n"
        f"    with: [Tesla{number}, SpaceX]\n    all: [[watch:Person Number{number // 2}], [x{number}]]\n"
        if number
        else "  - Person Number0\n"
        for number in range(count)
    )


def test_a_list_ten_times_as_long_takes_about_ten_times_as_long() -> None:
    seconds = []
    for count in (300, 3_000):
        started = time.process_time()
        assert len(read_watchlist(written_watches(count), file="w.yaml").watches) == count
        seconds.append(time.process_time() - started)
    assert seconds[1] < 30 * seconds[0]  # a square would be 100 times


def test_a_chain_of_references_has_an_end() -> None:
    chain = "".join(f"  - {{name: W{number}, all: [watch:W{number + 1}]}}\n" for number in range(2_000))
    with pytest.raises(ConfigError) as caught:
        read_watchlist(f"watches:\n{chain}  - W2000\n", file="w.yaml")
    assert [(fault.line, fault.message) for fault in caught.value.faults] == [
        (1952, "this watch stands upon others in a chain of more than 50.")
    ]
