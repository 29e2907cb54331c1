"""The story files say what the demo promises, and their truth agrees with their words."""

from __future__ import annotations

import pytest

from watcher.demo.outlets import Fault, Format, Outlet, Story, expected_alerts, last_event, read_outlets

OUTLETS = read_outlets()
STORIES = [story for outlet in OUTLETS for story in outlet.stories]
FULL_NAMES = ("Elon Musk", "Donald Trump", "Dmitry Peskov", "Steve Bannon", "Edward Snowden", "SpaceX", "TASS")
NAMES = {
    "Elon Musk": ("Elon Musk", "Musk", "Илон Маск"),
    "Donald Trump": ("Donald Trump",),
    "Dmitry Novikov": ("Dmitry Novikov", "Дмитрий Новиков"),
    "Dmitry Peskov": ("Dmitry Peskov", "Дмитрий Песков"),
    "Edward Snowden": ("Edward Snowden",),
    "Steve Bannon": ("Steve Bannon",),
    "Graham Phillips": ("Graham Phillips",),
    "TASS": ("TASS",),
    "State Duma": ("State Duma", "Госдум"),
    "SpaceX": ("SpaceX",),
    "Musk asylum in Russia": ("asylum", "убежищ"),
}


def words_of(story: Story) -> str:
    return "\n".join((story.title, story.summary, story.text))


def test_the_newsroom_is_as_large_and_as_varied_as_promised() -> None:
    assert len(OUTLETS) >= 6
    assert {outlet.format for outlet in OUTLETS} == set(Format)
    assert {outlet.fault for outlet in OUTLETS} == set(Fault)
    assert len({story.text for story in STORIES}) >= 40
    assert sum(story.at > 0 for story in STORIES) >= 5
    assert last_event(OUTLETS) <= 10  # the demo is to end well within half a minute


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_each_story_is_a_short_article(story: Story) -> None:
    assert 120 <= len(story.text.split()) <= 300
    assert len(story.paragraphs) >= 4


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_each_alert_has_its_name_in_the_story(story: Story) -> None:
    for watch in story.alerts:
        assert any(name in words_of(story) for name in NAMES[watch]), watch


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_a_full_name_without_an_alert_is_there_for_a_stated_reason(story: Story) -> None:
    named = {name for name in FULL_NAMES if name in words_of(story)}
    assert named <= set(story.alerts) or story.special


def test_copies_are_one_alert_a_watch() -> None:
    copies = [story for story in STORIES if story.copy_of]
    (root,) = {story.copy_of for story in copies}
    assert len(copies) == 2
    assert all(not story.alerts for story in copies)
    expected = expected_alerts(OUTLETS)
    assert len([pair for pair in expected if pair[1] == root]) == 5


def test_an_update_keeps_the_article_and_changes_its_words() -> None:
    (story,) = [story for story in STORIES if story.update]
    assert story.update is not None
    before, after = story.after(story.update.at - 0.1), story.after(story.update.at)
    assert (before.key, before.title) == (story.key, story.title)
    assert (after.key, after.title) == (story.key, story.update.title)
    assert after.text != before.text


def test_no_outlet_shares_its_name() -> None:
    names = [outlet.name for outlet in OUTLETS]
    assert len(set(names)) == len(names)


def test_every_page_of_the_local_paper_has_teasers_that_name_people() -> None:
    (local,) = [outlet for outlet in OUTLETS if outlet.slug == "county-observer"]
    assert any("Elon Musk" in teaser for teaser in local.furniture)
    assert all(not story.alerts for story in local.stories)
    assert isinstance(local, Outlet)
    assert local.read == "page"
