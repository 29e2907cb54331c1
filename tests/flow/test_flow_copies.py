"""Stories that many papers carry, reworded here and there, in any order, across restarts: one alert each."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from papers import WATCHES, Installation, Mode, running

from watcher.demo.outlets import Format, Outlet, Story, read_outlets

PAPERS = 16
STORIES = 14
ROUNDS = 2  # runs of the command, with more papers out each time
SENTENCE = re.compile(r"(?<=[.!?])\s+")
CALM = "Nothing further was known about the matter by the evening, and nobody wished to add to what had been said."


def reworded(chance: random.Random, story: Story, share: float) -> str:
    """The text with that share of its sentences, but not its first, put into words that say less."""
    lines = [SENTENCE.split(paragraph) for paragraph in story.paragraphs]
    places = [(row, column) for row, line in enumerate(lines) for column in range(len(line))][1:]
    for row, column in chance.sample(places, int(share * len(places))):
        words = lines[row][column].split()
        lines[row][column] = f"{' '.join(words[len(words) // 2 :]).capitalize()} {CALM}"
    return "\n".join(" ".join(line) for line in lines)


def carried(chance: random.Random) -> list[tuple[Outlet, Mode]]:
    """Papers that carry stories of the demo's newsroom, each story with one watch, in two to twelve of them."""
    written = [story for outlet in read_outlets() if outlet.language == "en" for story in outlet.stories]
    originals = [story for story in written if not story.copy_of and not any(name in _all(story) for name in WATCHES)]
    stories: dict[int, list[Story]] = {number: [] for number in range(PAPERS)}
    for number, original in enumerate(chance.sample(originals, STORIES)):
        watch = WATCHES[number % len(WATCHES)]
        summary = f"{original.summary} A remark about it came from {watch}."
        papers = chance.sample(range(PAPERS), chance.randint(2, 12))
        for place, paper in enumerate(papers):
            copy = replace(
                original,
                outlet=f"paper-{paper}",
                slug=f"story-{number * 11 + 1}",
                summary=summary,
                text=original.text if place == 0 else reworded(chance, original, chance.uniform(0, 0.3)),
                hours=chance.uniform(0.5, 9),
                at=chance.randrange(ROUNDS),
                alerts=(watch,),
                update=None,
                paywall=False,
            )
            stories[paper].append(copy)
    formats = list(Format)
    return [
        (
            Outlet(slug=f"paper-{n}", name=f"Paper {n}", format=formats[n % len(formats)], stories=tuple(stories[n])),
            Mode.GOOD,
        )
        for n in range(PAPERS)
    ]


def _all(story: Story) -> str:
    return f"{story.title} {story.summary} {story.text}"


ALONE = ((("run", "--once", "--all"),),)
NAMES = tuple(f"Paper {n}" for n in range(PAPERS))
BESIDE_EACH_OTHER = (
    (("poll", *NAMES[: PAPERS * 2 // 3]), ("poll", *NAMES[PAPERS // 3 :])),
    (("capture",), ("capture",)),
    (("deliver",), ("deliver",)),
)


@pytest.mark.parametrize("steps", [ALONE, BESIDE_EACH_OTHER], ids=["alone", "two at once"])
def test_a_story_that_many_papers_carry_is_told_once(
    tmp_path: Path, steps: tuple[tuple[tuple[str, ...], ...], ...]
) -> None:
    """Whoever polls and captures, one process or two at once on one archive, started anew for what came later."""
    papers = carried(random.Random(5))  # noqa: S311  the same papers each time
    carriers = [(story.alerts[0], story.slug) for outlet, _ in papers for story in outlet.stories]
    with running(papers) as world:
        home = Installation(tmp_path, world)
        for second in range(ROUNDS):
            world.editions = {slug: replace(edition, seconds=second) for slug, edition in world.editions.items()}
            for at_once in steps:
                for process in [home.start(*words, "--json") for words in at_once]:
                    _, said = process.communicate(timeout=80)
                    assert process.returncode == 0, said.decode(errors="replace")[-4000:]
        told = Counter((call.data["watch"], slug_of(call.data["story"]["url"])) for call in world.calls)
        assert set(told) == set(carriers), "two different stories were taken for one"
        assert {pair: count for pair, count in told.items() if count > 1} == {}
        assert len(world.mails) == len(world.calls)
        status = home.ask("status")
        assert status["outcomes"] == {"alerted": STORIES, "copy": len(carriers) - STORIES}
        assert status["matches"] == len(carriers)


def slug_of(url: str) -> str:
    return url.rsplit("/", 1)[1].removesuffix(".html")
