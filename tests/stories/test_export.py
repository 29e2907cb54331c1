"""Stories in, files for other programs out: each read back by the program's own reader."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from watcher.model import Problem, Story
from watcher.stories.export import Format, export
from watcher.stories.frontmatter import read_story, split
from watcher.stories.seed import read_seed

Make = Callable[..., Story]
PUBLISHED = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


@pytest.fixture
def stories(story: Make) -> list[Story]:
    return [
        story(
            id="1" * 32,
            title="Storm, “closes” harbours",
            lede="The lede.",
            site="The Post",
            authors=("Anna Reed", "Tom Hale"),
            published=PUBLISHED,
            language="en",
            image="https://img.example/1.jpg",
            canonical_url="https://paper.example/canonical",
        ),
        story(id="2" * 32, title="=HYPERLINK(1)", text="", problem=Problem.PAYWALL, lede="line\nbreak; \ud800"),
    ]


def _file(stories: list[Story], form: Format) -> bytes:
    return b"".join(export(iter(stories), format=form))


def test_jsonl_has_an_object_a_line(stories: list[Story]) -> None:
    first, second = (json.loads(line) for line in _file(stories, Format.JSONL).splitlines())
    assert (first["id"], first["title"], first["text"]) == ("1" * 32, "Storm, “closes” harbours", "One.\n\nTwo.")
    assert (first["published"], first["matches"][0]["watch"]) == ("2026-11-22T08:30:00Z", "Elon Musk")
    assert (second["complete"], second["problem"]) == (False, "paywall")


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(stories: list[Story]) -> None:
    rows = list(csv.DictReader(io.StringIO(_file(stories, Format.CSV).decode("utf-8-sig"))))
    assert (rows[0]["title"], rows[0]["authors"]) == ("Storm, “closes” harbours", "Anna Reed; Tom Hale")
    assert (rows[0]["watches"], rows[0]["terms"]) == ("Elon Musk", "Musk*")
    assert rows[0]["text"].replace("\r\n", "\n") == "One.\n\nTwo."
    assert (rows[1]["title"], rows[1]["complete"], rows[1]["problem"]) == ("'=HYPERLINK(1)", "no", "paywall")


def test_zip_holds_the_archives_own_files(stories: list[Story]) -> None:
    with zipfile.ZipFile(io.BytesIO(_file(stories, Format.ZIP))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [story.path for story in stories]
        head, text = split(archive.read(stories[0].path).decode())
    assert read_story(head, text, path=stories[0].path) == stories[0]


def test_seed_is_one_text_a_story_in_the_seeds_form(stories: list[Story]) -> None:
    with zipfile.ZipFile(io.BytesIO(_file(stories, Format.SEED))) as archive:
        first, _ = archive.namelist()
        source = archive.read(first).decode()
    assert source.startswith(" date 2026-11-22 Storm, “closes” harbours The lede.\n\nOne.\n\nTwo.")
    found = read_seed(source, file_name=first, title=stories[0].extraction.title, site=None, url=None)
    assert (found.title, found.lede, found.text) == ("Storm, “closes” harbours", "The lede.", "One.\n\nTwo.")


def test_ninjs_has_only_keys_of_the_standard(stories: list[Story]) -> None:
    first, second = (json.loads(line) for line in _file(stories, Format.NINJS).splitlines())
    known = (
        "uri standard type representationType firstCreated versionCreated pubStatus language title headlines by "
        "descriptions bodies infoSources altIds subjects renditions edNote"
    )
    assert first.keys() | second.keys() <= set(known.split())
    assert first["uri"] == "urn:uuid:11111111-1111-1111-1111-111111111111"
    assert first["standard"]["version"] == "3.0"
    assert first["headlines"] == [{"role": "main", "value": "Storm, “closes” harbours"}]
    assert (
        first["bodies"][0] | {"value": "One.\n\nTwo.", "wordCount": 2, "contentType": "text/markdown"}
        == first["bodies"][0]
    )
    assert first["by"] == "Anna Reed, Tom Hale"
    assert first["versionCreated"] == "2026-11-22T08:30:00Z"
    assert first["altIds"][1] == {"role": "canonical", "value": "https://paper.example/canonical"}
    assert (first["representationType"], second["representationType"]) == ("full", "partial")
    assert second["edNote"] == "Incomplete: paywall"
    assert "bodies" not in second


@pytest.mark.parametrize("form", Format)
def test_nothing_to_export_is_a_whole_file(form: Format) -> None:
    made = _file([], form)
    if form in (Format.ZIP, Format.SEED):
        assert zipfile.ZipFile(io.BytesIO(made)).namelist() == []
    elif form is Format.CSV:
        assert len(made.splitlines()) == 1
    else:
        assert made == b""


def test_one_story_is_held_at_a_time(stories: list[Story]) -> None:
    taken: list[str] = []

    def told() -> object:
        for story in stories:
            taken.append(story.id)
            yield story

    pieces = export(told(), format=Format.JSONL)  # type: ignore[arg-type]
    next(pieces)
    assert len(taken) == 1
