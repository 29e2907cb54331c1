"""The reason of an alert names the words of `with` and `needs` beside which its name stands."""

from __future__ import annotations

from watcher.alerts import words
from watcher.model import Field, Hit


def test_the_context_is_told_with_the_other_hits() -> None:
    hit = Hit(field=Field.TITLE, term="Musk", text="Musk", start=0, end=4, excerpt="Musk speaks")
    assert words.why("Musk", [hit], ("Tesla", "asylum")) == "“Musk” is in the headline, beside “Tesla” and “asylum”."
    assert words.why("Musk", [hit]) == "“Musk” is in the headline."
