"""Papers that fill in forms: stories that share most of their sentences are still stories of their own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from papers import Installation, Mode, Writer, crowded, make_papers, numbered, placed, running


@pytest.mark.parametrize("write", [placed, numbered], ids=lambda write: write.__name__)
def test_each_story_from_a_form_is_told_once_on_every_channel(write: Writer, tmp_path: Path) -> None:
    with running(make_papers(11, [Mode.GOOD] * 20, write, articles=120)) as world:
        home = Installation(tmp_path, world)
        said = home.ask("run", "--once", "--all")
        truth = Counter(world.truth)
        assert Counter((alert["watch"], alert["story"]["url"]) for alert in home.alert_files()) == truth
        assert Counter((call.data["watch"], call.data["story"]["url"]) for call in world.calls) == truth
        assert len(world.mails) == said["alerts"] == len(world.truth)


def test_no_story_from_a_form_about_the_same_town_is_lost_as_a_copy(tmp_path: Path) -> None:
    """Some may pass for one event, and wait for `follow_up_every` as follow-ups do; but each has its alert."""
    with running(make_papers(11, [Mode.GOOD] * 20, crowded, articles=120)) as world:
        home = Installation(tmp_path, world)
        home.ask("run", "--once", "--all")
        raised = Counter((alert["watch"], alert["story"]["url"]) for alert in home.alert_files())
        assert raised == Counter(world.truth)
        told = Counter((call.data["watch"], call.data["story"]["url"]) for call in world.calls)
        assert told <= raised
        assert told.total() > 0.8 * raised.total()
