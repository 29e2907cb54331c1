"""An alert about a story, made in one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from watcher.alerts.compose import ChannelFace
from watcher.model import Alert, ChannelKind, Extraction, Field, Grouping, Hit, Relation, Story, derive_id

NOW = datetime(2026, 11, 23, 20, 3, 29, tzinfo=UTC)
TITLE = "Taking swipe at US, Russia offers asylum to Elon Musk amid his feud with Donald Trump"
SENTENCE = "Russian lawmaker Dmitry Novikov has suggested that Musk could seek political asylum in Russia."


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def desk() -> ChannelFace:
    return ChannelFace(
        name="desk",
        kind=ChannelKind.EMAIL,
        sender="Watcher <watcher@example.org>",
        recipients=("Ada <ada@example.org>", "b@example.org"),
        timezone="Europe/Berlin",
    )


@pytest.fixture
def make_hit() -> Callable[..., Hit]:
    def make(text: str, excerpt: str = SENTENCE, field: Field = Field.BODY, term: str | None = None) -> Hit:
        start = excerpt.find(text)
        return Hit(field=field, term=term or text, text=text, start=start, end=start + len(text), excerpt=excerpt)

    return make


@pytest.fixture
def make_alert(make_hit: Callable[..., Hit]) -> Callable[..., Alert]:
    def make(
        number: int = 1,
        *,
        watch: str = "Elon Musk",
        title: str = TITLE,
        hits: Sequence[Hit] | None = None,
        group: int | None = None,
        relation: Relation = Relation.FIRST,
        minutes: int = 0,
        thread: Sequence[str] = (),
        copies: Sequence[str] = (),
        **page: Any,
    ) -> Alert:
        story_id = derive_id("story", str(number))
        if hits is None:
            hits = (make_hit("Elon Musk", title, Field.TITLE), make_hit("Musk"))
        about: dict[str, Any] = {"site": "NDTV", "published": datetime(2025, 6, 7, 12, 3, tzinfo=UTC)}
        story = Story(
            id=story_id,
            entry_id=derive_id("entry", str(number)),
            feed="NDTV world",
            fetched=NOW,
            extraction=Extraction(url=f"https://www.ndtv.com/story-{number}", title=title, **(about | page)),
            grouping=Grouping(
                group=derive_id("story", str(group or number)), relation=relation, similarity=0.5, reason="alike"
            ),
            path=f"stories/2026/11/23/story-{number}.md",
        )
        return Alert(
            id=derive_id("alert", watch, story_id),
            raised=NOW + timedelta(minutes=minutes),
            watch=watch,
            reason=relation,
            story=story,
            hits=tuple(hits),
            copies=tuple(copies),
            thread=tuple(thread),
            channels=("desk",),
            path=f"alerts/2026/11/23/story-{number}.md",
        )

    return make
