"""How a story stands to those before it: situations in words, decided by group.group."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from watcher.model import Extraction, Grouping, IndexedStory, Relation
from watcher.stories import compare, event, group, lines
from watcher.stories.collection import Collection

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TITLE = "Harbour board approves new ferry terminal in Rostock"
LEDE = "The harbour board of Rostock voted on Monday to build a ferry terminal for two hundred million euros."
TEXT = "\n\n".join(
    [
        LEDE,
        "Construction is to begin next spring on the eastern quay, where grain silos stood until they burned in 2019.",
        'Chairwoman Ilse Petersen said the vote ended "nine years of standing in the wind and waiting for a ship".',
        "Two members voted against it because the dredging plan has not been tested for its effect on the herring.",
        "The first ship to call will be a hybrid vessel from Trelleborg that carries eight hundred passengers a trip.",
        "Tickets will cost a third less on weekdays, and cyclists board without a fee until the end of the decade.",
    ]
)
OTHER_TEXT = (
    "A retired baker from Graz has walked around every lake in Austria, he told a newspaper on Sunday evening. "
    "It took him eleven years, fourteen pairs of boots and the patience of a wife who kept the bakery open alone. "
    "He plans to write a book about the people whom he met and the sandwiches that they gave him on the way home."
)


def extraction(
    *,
    title: str = TITLE,
    text: str = TEXT,
    url: str = "https://b.example/2",
    canonical: str | None = None,
    site: str = "B",
) -> Extraction:
    return Extraction(url=url, canonical_url=canonical, title=title, text=text, site=site, language="en")


def known(
    *,
    id: str = "old",
    title: str = TITLE,
    text: str = TEXT,
    url: str = "https://a.example/1",
    canonical: str | None = None,
    site: str = "A",
    group: str | None = None,
) -> IndexedStory:
    return IndexedStory(
        id=id, group=group or id, site=site, url=url, canonical_url=canonical, title=title, lede="", text=text,
        published=None, indexed_at=NOW, language="en",
    )  # fmt: skip


HALF = "\n\n".join(TEXT.split("\n\n")[:3])
UNDER_OTHER_LEAD = OTHER_TEXT + "\n\n" + TEXT
ANEW = "\n\n".join(
    [
        "After almost a decade of argument Rostock will have its terminal: a ferry can moor there in three years.",
        "The harbour has waited for it long enough, and the board approves of what the new drawings show, it said.",
        *TEXT.split("\n\n")[2:],
    ]
)
COUNTED, RECOUNTED = (
    f"{first}\n\n" + "\n\n".join(TEXT.split("\n\n")[2:])
    for first in (
        "By 9 votes to 2 the harbour board of Rostock approves the new ferry terminal, which is to open in 2029.",
        "For 212 million euros, 14 of them for roads, the harbour board of Rostock approves its ferry terminal.",
    )
)
TEMPLATE = "Lottery results for {}: the winning numbers were {}. The next draw is on Saturday at eight in the evening."


@pytest.mark.parametrize(
    ("situation", "new", "old", "relation"),
    [
        ("nothing is known", extraction(), None, Relation.FIRST),
        ("the same text at another outlet", extraction(), known(), Relation.COPY),
        ("re-headlined there", extraction(title="Rostock gets its terminal"), known(), Relation.COPY),
        ("cut to its first half there", extraction(text=HALF), known(), Relation.COPY),
        ("its beginning and headline written anew there, with no news in either",
         extraction(title="Board of Rostock harbour approves terminal for a ferry", text=ANEW),
         known(), Relation.COPY),
        ("the sentences with the numbers written anew in both", extraction(text=COUNTED), known(text=RECOUNTED),
         Relation.COPY),
        ("an outlet's own page with its old article appended below",
         extraction(title="Around the lakes", text=UNDER_OTHER_LEAD, site="A"),
         known(), Relation.FIRST),
        ("written anew in places, and neither names its outlet",
         extraction(title="Board of Rostock harbour approves terminal for a ferry", text=ANEW, url="", site=""),
         known(url="", site=""), Relation.COPY),
        ("another story", extraction(title="Around the lakes", text=OTHER_TEXT), known(), Relation.FIRST),
        ("a page with the old one appended below",
         extraction(title="Around the lakes", text=UNDER_OTHER_LEAD),
         known(), Relation.FIRST),
        ("the same address, other text",
         extraction(url="https://a.example/1", text=HALF),
         known(), Relation.REVISION),
        ("the same canonical address, other text",
         extraction(url="https://a.example/amp/1", canonical="https://a.example/1", text=HALF),
         known(), Relation.REVISION),
        ("a page that names another's as its original", extraction(canonical="https://a.example/1", text=HALF),
         known(), Relation.COPY),
        ("the address with marks of a campaign", extraction(url="https://www.a.example/1/?utm_source=x", text=HALF),
         known(), Relation.REVISION),
        ("the same article in two feeds", extraction(canonical="https://a.example/1"), known(), Relation.COPY),
        ("a front page as canonical for all",
         extraction(title="Around the lakes", text=OTHER_TEXT, canonical="https://a.example/"),
         known(canonical="https://a.example/"), Relation.FIRST),
        ("two draws of one lottery",
         extraction(title="Lottery: Monday", text=TEMPLATE.format("Monday", "3, 7, 12, 40")),
         known(title="Lottery: Friday", text=TEMPLATE.format("Friday", "9, 11, 31, 33"), site="B"),
         Relation.FIRST),
        ("one short summary twice", extraction(text=LEDE), known(text=LEDE), Relation.COPY),
        ("one headline, other summary", extraction(text=LEDE), known(text=OTHER_TEXT[:105]), Relation.FOLLOW_UP),
    ],
)  # fmt: skip
def test_relation(situation: str, new: Extraction, old: IndexedStory | None, relation: Relation) -> None:
    found = group.group(story_id="new", extraction=new, neighbours=[old] if old else [], now=NOW)
    assert found.relation is relation, (situation, found)
    assert found.reason
    assert (found.group, found.of) == (("new", None) if relation is Relation.FIRST else ("old", "old"))


def test_headline_numbers_that_changed_make_it_no_copy() -> None:
    old = known(title="83 injured in fire", text=TEXT)
    changed = TEXT.replace("two hundred million", "three hundred million").replace("eight hundred", "nine hundred")
    found = group.group(
        story_id="new", extraction=extraction(title="96 injured in fire", text=changed), neighbours=[old], now=NOW
    )
    assert found.relation is not Relation.COPY


def test_the_group_of_a_copy_of_a_copy_is_the_group_of_the_first() -> None:
    old = known(id="second", group="first")
    found = group.group(story_id="new", extraction=extraction(), neighbours=[old], now=NOW)
    assert (found.group, found.of) == ("first", "second")


def test_a_story_judged_again_is_not_grouped_with_itself_or_its_own_copies() -> None:
    mine, copy = known(id="new"), known(id="copy", group="new", url="https://c.example/3")
    found = group.group(story_id="new", extraction=extraction(), neighbours=[mine, copy], now=NOW)
    assert (found.relation, found.group) == (Relation.FIRST, "new")


ABOUT_US = (
    "The Baltic Courier has told its readers since 1871 what happens on both shores and in the ports between them.\n\n"
    "Our newsroom of forty works in six cities, and every reader who finds an error may call the editor on duty.\n\n"
    "With a subscription you read all articles, the archive and the ships' lists, and you keep a free press alive."
)


def test_lines_that_a_site_repeats_are_left_out_of_what_is_compared() -> None:
    mine, old = (
        extraction(title="Around the lakes", text=f"{OTHER_TEXT}\n\n{ABOUT_US}"),
        known(text=f"{LEDE}\n\n{ABOUT_US}"),
    )
    elsewhere = extraction(text=f"{ABOUT_US}\n\n{TEXT}")
    furniture = frozenset(lines.lines_of(mine)) & frozenset(lines.lines_of(replace(old, site="B")))
    assert len(furniture) == 3
    assert lines.without_furniture(mine, furniture).text.split() == OTHER_TEXT.split()
    assert lines.without_furniture(elsewhere, furniture).text.split() == TEXT.split()
    assert lines.without_furniture(replace(elsewhere, site="Another"), furniture).text == elsewhere.text


@pytest.mark.parametrize("met", [0, 1, 3])
def test_a_collection_learns_a_sites_lines_from_three_groups(met: int) -> None:
    """Under long lines of the site's own a story does not look like the copy that it is."""
    collection = Collection()
    for number in range(met):
        text = f"{drawn(number)}\n\n{ABOUT_US}"
        add_to(collection, f"other {number}", title=drawn(number)[:40], text=text, site="Courier")
    add_to(collection, "wire", title=TITLE, text=TEXT, site="Wire")
    found = add_to(collection, "copy", title="Around the harbour", text=f"{ABOUT_US}\n\n{TEXT}", site="Courier")
    assert (found.relation is Relation.COPY) == (met >= 3), found


def add_to(collection: Collection, id_: str, *, title: str, text: str, site: str) -> Grouping:
    return collection.add(id_, title=title, text=text, lede=None, site=site, published=None, url=None)


def test_keys_are_stable_signed_and_shared_by_a_cut_copy() -> None:
    whole, half = group.index_keys(extraction()), group.index_keys(extraction(text=HALF))
    assert whole == group.index_keys(extraction(url="https://c.example/9"))
    assert all(-(2**63) <= key < 2**63 for key in whole)
    assert len(set(whole) & set(half)) >= 3
    assert not set(whole) & set(group.index_keys(extraction(title="Around the lakes", text=OTHER_TEXT)))


def test_seed_similarity_is_high_for_the_same_affair_and_low_for_another() -> None:
    seed = known()
    same = extraction(title="Rostock harbour board to vote again on ferry terminal", text=LEDE)
    other = extraction(title="Around the lakes", text=OTHER_TEXT)
    assert group.seed_similarity(same, [seed]) > 0.4 > 0.2 > group.seed_similarity(other, [seed])
    assert group.seed_similarity(same, []) == 0.0


WEEKS = timedelta(days=15)


@pytest.mark.parametrize(
    ("situation", "published", "old", "relation"),
    [
        ("days later", NOW + timedelta(days=5), known(text=OTHER_TEXT), Relation.FOLLOW_UP),
        ("weeks later", NOW + WEEKS, known(text=OTHER_TEXT), Relation.FIRST),
        ("weeks later, to a seed", NOW + WEEKS, replace(known(text=OTHER_TEXT), is_seed=True), Relation.FOLLOW_UP),
        ("a copy weeks later", NOW + WEEKS, known(text=LEDE), Relation.COPY),
        ("it does not say when", None, known(text=OTHER_TEXT), Relation.FOLLOW_UP),
    ],
)
def test_an_event_lasts_a_week(
    situation: str, published: datetime | None, old: IndexedStory, relation: Relation
) -> None:
    new = replace(extraction(text=LEDE), published=published)
    found = group.group(story_id="new", extraction=new, neighbours=[replace(old, published=NOW)], now=NOW)
    assert found.relation is relation, (situation, found)


def test_a_clock_that_was_set_back_hides_no_story() -> None:
    found = group.group(story_id="new", extraction=extraction(), neighbours=[known()], now=NOW - timedelta(hours=1))
    assert found.relation is Relation.COPY


FEW_WORDS = (
    "people city market plan report school water price country family work house road weather team game".split()  # noqa: SIM905
)


def drawn(seed: int) -> str:
    """A text of sentences that are drawn from a few words, as filler is."""
    chance = random.Random(seed)  # noqa: S311  the same words each time, no secrets
    return " ".join(" ".join(chance.choices(FEW_WORDS, k=12)).capitalize() + "." for _ in range(12))


def test_texts_of_the_same_few_words_are_no_sure_follow_ups() -> None:
    stories = [
        Extraction(url=f"https://a.example/{n}", title=f"Elon Musk opens house {n}", text=drawn(n)) for n in range(20)
    ]
    assert [compare.phrases(one, other) for one, other in pairwise(stories)] == [0.0] * 19


def test_two_reports_of_one_event_share_phrases_beyond_chance() -> None:
    mine = Extraction(url="https://a.example/1", title=TITLE, text=TEXT)
    other = Extraction(
        url="https://b.example/2",
        title="Rostock: ferry terminal to be built on the eastern quay",
        text="A ferry terminal will be built in Rostock on the eastern quay, the harbour board decided. The first "
        "ship to call is a hybrid vessel from Trelleborg. Chairwoman Ilse Petersen was glad; the dredging plan is "
        "disputed, since its effect on the herring was never looked at.",
    )
    assert compare.phrases(mine, other) >= event.EVENT_SURE
