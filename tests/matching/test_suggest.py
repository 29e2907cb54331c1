"""Names found in articles of many styles; each article says in its first lines which names it holds."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.matching.suggest import suggest
from watcher.matching.suggest_found import find_names
from watcher.matching.suggest_kinds import Kind
from watcher.matching.suggest_russian import in_nominative
from watcher.matching.suggest_text import sentences
from watcher.matching.watchlist import read_watchlist
from watcher.model import Watch

ROOT = Path(__file__).parents[2]
SEED = (ROOT / "config" / "seed" / "000_6063b363d31ad2d8.txt").read_text()
ARTICLES = sorted((ROOT / "tests" / "data" / "suggest").glob("*.txt"))


def watches_of(text: str, *, title: str = "") -> dict[str, Watch]:
    return {watch.name: watch for watch in read_watchlist(suggest(text, title=title), file="w.yaml").watches}


def stem(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", ARTICLES, ids=stem)
def test_the_names_of_an_article_and_nothing_else(path: Path) -> None:
    head, body = path.read_text().split("\n\n", 1)
    stated = dict(re.findall(r"^(\w+): *(.*)$", head, re.MULTILINE))
    found: dict[str, set[str]] = {kind: set() for kind in Kind}
    for one in find_names(in_nominative(sentences(body)).sentences):
        found[one.kind].add(one.name)
    for kind, key in ((Kind.PERSON, "persons"), (Kind.ORGANISATION, "organisations"), (Kind.BROAD, "broad")):
        assert found[kind] == {name.strip() for name in stated[key].split(",") if name.strip()}
    assert set(watches_of(body)) == found[Kind.PERSON] | found[Kind.ORGANISATION]


def test_the_seed_article_gives_its_people_and_organisations() -> None:
    assert list(watches_of(SEED)) == [
        "Elon Musk", "Donald Trump", "Dmitry Novikov", "State Duma", "TASS", "Edward Snowden", "Steve Bannon", "SpaceX",
        "Kremlin", "Dmitry Peskov", "Graham Phillips",
    ]  # fmt: skip


def test_a_person_has_a_short_name_and_the_words_that_make_it_count() -> None:
    watches = watches_of(SEED)
    assert watches["Elon Musk"].short == ("Musk",)
    assert {"SpaceX", "asylum"} <= set(watches["Elon Musk"].with_)
    assert {"Kremlin", "spokesman"} <= set(watches["Dmitry Peskov"].with_)
    assert "blogger" in watches["Graham Phillips"].with_
    assert watches["TASS"].short == ()


def test_the_sentence_stands_above_the_name() -> None:
    lines = suggest(SEED).splitlines()
    place = lines.index("  - name: Graham Phillips")
    assert lines[place - 2 : place] == [
        "  # Russia has previously granted asylum to figures such as Edward Snowden and pro-Kremlin British blogger",
        "  # Graham Phillips.",
    ]


def test_broad_institutions_are_offered_but_not_watched() -> None:
    assert "  # - White House" in suggest(SEED).splitlines()


def test_namesakes_are_told_apart() -> None:
    text = (
        "Donald Trump and Melania Trump came. Trump waved. Donald J. Trump spoke. "
        "His son Donald Trump Jr. stayed away. "
        "The World Health Organization (WHO) said nothing."
    )
    watches = watches_of(text)
    assert watches["Donald Trump"].short == ("Trump",)
    assert watches["Donald Trump"].also == ("Donald J Trump",)
    assert watches["Donald Trump"].ignore == ("Melania Trump", "Donald Trump Jr")
    assert watches["Melania Trump"].short == ()
    assert watches["World Health Organization"].short == ("WHO",)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("nothing here is a name at all.", []),
        ("Elon Musk visited Paris", ["Elon Musk"]),  # one line without a full stop
        ("ELON MUSK VISITS PARIS AND BERLIN", []),  # all in capitals
        ("Elon Musk Visits Paris Over Tax Row", []),  # headline style
        ("王毅会见德国外长。", []),
        (
            "Дмитрий Песков заявил, что встреча не планируется. Песков добавил, что Кремль ждёт.",
            ["Дмитрий Песков", "Кремль"],
        ),
        ("We met Mr. John Q. Public Jr. on Jan. 5 in Washington, D.C. Then he left.", ["John Q Public Jr"]),
        ("The U.S. and the U.K. spoke. So did the EU. GDP rose.", ["EU"]),
        ("I said: “Will Russia help?” Nobody knew. Amid fears, NATO met.", ["NATO"]),
        ("President Zelenskyy spoke in Kyiv. Then Zelenskyy left with Mr Umerov.", ["Zelenskyy", "Umerov"]),
        ("She reads The Guardian. McDonald's closed. MacArthur won.", []),
    ],
)
def test_single_lines(text: str, names: list[str]) -> None:
    assert list(watches_of(text)) == names


def test_the_title_is_told_but_not_read_for_names() -> None:
    text = suggest("Nobody came.", title="Taylor Swift: the\ntour")
    assert "# The article: Taylor Swift: the tour" in text.splitlines()
    assert text.endswith("watches: []\n")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "Elon", "Musk", "the", "Bank", "of", "England", "said", ".", ",", "\n", "President", "von", "der",
                "O'Neill", "U.S.", "&", "Smith's", "“", "”", "(", ")", "WHO", "#", ":", "*", "@x", "- ", "'", '"',
                "Jr.", "A", "é", "X", "\t",
            ]
        ),
        max_size=40,
    )
)  # fmt: skip
def test_any_text_gives_a_watchlist_that_can_be_read(words: list[str]) -> None:
    text = " ".join(words)
    read_watchlist(suggest(text, title=text[:40]), file="w.yaml")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_any_characters_give_a_watchlist_that_can_be_read(text: str) -> None:
    read_watchlist(suggest(text, title=text), file="w.yaml")


@pytest.mark.parametrize(
    "part", [SEED, "Elon Musk ", "A. ", "Bank of ", "World Health Organization (", '"', "Mr. X said. "]
)
def test_an_article_ten_times_as_long_takes_about_ten_times_as_long(part: str) -> None:
    seconds = []
    for count in (2_000, 20_000):
        text = part * (count // len(part) + 1) if part is not SEED else SEED * (count // 1_000)
        started = time.process_time()
        suggest(text)
        seconds.append(time.process_time() - started)
    assert seconds[1] < 0.1 + 30 * seconds[0]  # a square would be 100 times


def test_a_russian_name_is_suggested_in_all_its_cases() -> None:
    found = watches_of("Журналисты спросили Марию Захарову об Илоне Маске. С Захаровой говорили, с Маском нет.\n")
    assert found["Мария Захарова"].also == ("Марии Захаровой", "Марию Захарову", "Марией Захаровой")
    assert found["Илон Маск"].also == ("Илона Маска", "Илону Маску", "Илоном Маском", "Илоне Маске")
    assert found["Илон Маск"].short == ("Маск", "Маска", "Маску", "Маском", "Маске")
