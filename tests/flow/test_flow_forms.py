"""Papers that fill in forms: stories that share most of their sentences are still stories of their own."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from papers import PAPERS, Installation, Mode, from_a_form, make_papers, running


def test_each_story_from_a_form_is_told_once_on_every_channel(tmp_path: Path) -> None:
    with running(make_papers(11, [Mode.GOOD] * PAPERS, from_a_form)) as world:
        home = Installation(tmp_path, world)
        said = home.ask("run", "--once", "--all")
        truth = Counter(world.truth)
        assert Counter((alert["watch"], alert["story"]["url"]) for alert in home.alert_files()) == truth
        assert Counter((call.data["watch"], call.data["story"]["url"]) for call in world.calls) == truth
        assert len(world.mails) == said["alerts"] == len(world.truth)
