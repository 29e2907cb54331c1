"""nothing -> an alert that shows all that an alert can show: for test messages, and to check templates with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from watcher.model import Alert, Extraction, Field, Grouping, Hit, Problem, Relation, Story, derive_id

_TITLE = "Sample: council of Bridgewater names Ada Example as its first chief archivist"
_SENTENCE = "Ada Example, who kept the town's papers dry through three floods, will take office on Monday."
_LEDE = "The council voted by eleven to two on Tuesday evening, after a debate of four hours."


def sample_alert(now: datetime, *, channels: tuple[str, ...] = ()) -> Alert:
    """A first alert about a story that nobody wrote, on a site that cannot exist (example.org)."""
    story_id = derive_id("story", "sample")
    story = Story(
        id=story_id,
        entry_id=None,
        feed="The Bridgewater Sample",
        fetched=now,
        extraction=Extraction(
            url="https://example.org/2026/ada-example-chief-archivist",
            title=_TITLE,
            site="The Bridgewater Sample",
            published=now - timedelta(minutes=12),
            language="en",
            lede=_LEDE,
            text=f"{_LEDE}\n\n{_SENTENCE}",
        ),
        grouping=Grouping(group=story_id, relation=Relation.FIRST, reason="no story like it is known"),
        path=f"stories/sample-{story_id[:8]}.md",
    )
    return Alert(
        id=derive_id("alert", "sample"),
        raised=now,
        watch="Ada Example",
        reason=Relation.FIRST,
        story=story,
        hits=(
            _hit(Field.TITLE, "Ada Example", _TITLE),
            _hit(Field.BODY, "Ada Example", _SENTENCE),
        ),
        copies=("The Sampleton Post", "example.net"),
        channels=channels,
        path=f"alerts/sample-{story_id[:8]}.md",
    )


def bare_alert(now: datetime) -> Alert:
    """The opposite: all that may be missing is missing, and it goes on from an earlier alert."""
    full = sample_alert(now)
    page = Extraction(url="https://example.org/1", problem=Problem.PAYWALL)
    return replace(
        full,
        id=derive_id("alert", "sample", "bare"),
        reason=Relation.FOLLOW_UP,
        story=replace(full.story, extraction=page),
        hits=(),
        copies=(),
        thread=(full.id,),
    )


def _hit(field: Field, term: str, sentence: str) -> Hit:
    start = sentence.index(term)
    return Hit(field=field, term=term, text=term, start=start, end=start + len(term), excerpt=sentence)
