"""Papers that fill in forms: stories that share most of their sentences are still stories of their own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from papers import Installation, Mode, Writer, crowded, make_papers, numbered, placed, running


@pytest.mark.parametrize(
    "write",
    [
        placed,
        pytest.param(crowded, marks=pytest.mark.xfail(reason="group.py takes what a form fills in for a copy")),
        pytest.param(numbered, marks=pytest.mark.xfail(reason="group.py takes a form's other numbers for one event")),
    ],
    ids=lambda write: write.__name__,
)
def test_each_story_from_a_form_is_told_once_on_every_channel(write: Writer, tmp_path: Path) -> None:
    with running(make_papers(11, [Mode.GOOD] * 20, write, articles=120)) as world:
        home = Installation(tmp_path, world)
        said = home.ask("run", "--once", "--all")
        truth = Counter(world.truth)
        assert Counter((alert["watch"], alert["story"]["url"]) for alert in home.alert_files()) == truth
        assert Counter((call.data["watch"], call.data["story"]["url"]) for call in world.calls) == truth
        assert len(world.mails) == said["alerts"] == len(world.truth)
