"""Rows of stories and alerts -> the nouns that they hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from watcher.model import Alert, Story
from watcher.store.codec import ALERT, STORY, STRINGS


def load_story(row: Any) -> Story:
    """The story of a row of `stories`."""
    story = STORY.load(row.data)
    extraction = replace(story.extraction, lede=row.lede, text=row.text)
    return replace(story, extraction=extraction)


def load_alert(row: Any, story: Story) -> Alert:
    """The alert of a row of `alerts`."""
    return replace(ALERT.load(row.data, story=STORY.dump(story)), copies=STRINGS.load(row.copies))
