"""Language tags, and the language of a text that does not tell it."""

from __future__ import annotations

import pytest

from watcher.matching.language import detect, primary, speaks


@pytest.mark.parametrize(
    ("language", "wanted", "expected"),
    [
        ("en", "en", True),
        ("en-GB", "en", True),
        ("EN_us", "en-US", True),
        ("en", "en-GB", False),
        ("eng", "en", False),
        ("nb-NO", "no", True),
        ("nn", "no", True),
        ("no", "nb", False),
    ],
)
def test_whether_a_document_is_in_a_language(language: str, wanted: str, expected: bool) -> None:
    assert speaks(language, wanted) is expected


def test_the_primary_tag() -> None:
    assert primary("pt_BR") == "pt"
    assert primary("") is None
    assert primary(None) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Депутат предложил предоставить убежище предпринимателю на фоне ссоры с президентом.", "ru"),
        ("The lawmaker suggested that the entrepreneur could be offered political asylum in the country.", "en"),
        ("Tesla", None),
        ("", None),
    ],
)
def test_the_language_of_a_text(text: str, language: str | None) -> None:
    assert detect(text) == language
