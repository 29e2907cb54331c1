"""The rules R1 to R11 and Q1 to Q5, told by cases: tests/data/matching/*.yaml."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from watcher.matching.match import compile_watches
from watcher.matching.text import display_text
from watcher.model import Document, Field, Verdict, Watch

DATA = Path(__file__).parent.parent / "data" / "matching"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One row of a file of cases."""

    label: str
    watches: tuple[Watch, ...]
    document: Document
    hits: tuple[str, ...]  # "field start text" of the last watch
    reason: str | None


def cases(name: str) -> list[Case]:
    rows: list[dict[str, Any]] = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return [_case(row) for row in rows]


def _case(row: dict[str, Any]) -> Case:
    given = row["document"]
    document: dict[str, Any] = given if isinstance(given, dict) else {"body": given}
    written = row.get("watches", [row.get("watch")])
    return Case(
        label=f"{row['rule']}: {row['why']}",
        watches=tuple(watch_of(one) for one in written),
        document=replace(Document(id="d"), **{key: _frozen(value) for key, value in document.items()}),
        hits=tuple(row.get("hits", ())),
        reason=row.get("reason"),
    )


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def watch_of(written: str | dict[str, Any]) -> Watch:
    if isinstance(written, str):
        return Watch(name=written)
    settings: dict[str, Any] = {}
    for key, value in written.items():
        if key == "all":
            settings["all_"] = tuple(map(tuple, value))
        elif key == "where":
            settings["where"] = tuple(map(Field, value))
        else:
            settings["with_" if key == "with" else key] = _frozen(value)
    return Watch(**settings)


def told(verdict: Verdict, watch: str) -> tuple[list[str], str | None]:
    """The hits of a watch as the files of cases write them, and the reason if it was rejected."""
    hits = [hit for match in verdict.matches if match.watch == watch for hit in match.hits]
    reason = next((one.reason.value for one in verdict.rejections if one.watch == watch), None)
    return [f"{hit.field.value} {hit.start} {hit.text}" for hit in hits], reason


ALL = [*cases("names.yaml"), *cases("queries.yaml")]


@pytest.mark.parametrize("case", ALL, ids=[case.label for case in ALL])
def test_a_case(case: Case) -> None:
    verdict = compile_watches(case.watches).judge(case.document, why=True)
    hits, reason = told(verdict, case.watches[-1].name)
    assert (hits, reason) == (list(case.hits), case.reason)
    fields = {
        Field.TITLE: display_text(case.document.title),
        Field.SUMMARY: display_text(case.document.summary),
        Field.BODY: display_text(case.document.body),
    }
    for hit in (hit for match in verdict.matches for hit in match.hits):
        assert fields[hit.field][hit.start : hit.end] == hit.text
        assert hit.text in hit.excerpt
