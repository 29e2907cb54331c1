"""What an alert says in words: why it came, which sentences it shows, and how they are marked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from watcher.alerts import words
from watcher.alerts.rendering import Templates
from watcher.alerts.view import view
from watcher.model import Alert, Field, Hit, Problem, Relation

MakeAlert = Callable[..., Alert]
MakeHit = Callable[..., Hit]
UTC_ZONE = ZoneInfo("UTC")

Where = tuple[Field, str, int]  # so many hits of a term in a field
T, S, B = Field.TITLE, Field.SUMMARY, Field.BODY


@pytest.mark.parametrize(
    ("watch", "found", "why"),
    [
        ("Elon Musk", [(T, "Elon Musk", 1)], "“Elon Musk” is in the headline."),
        ("Elon Musk", [(B, "Elon Musk", 1)], "“Elon Musk” is once in the text."),
        (
            "Elon Musk",
            [(T, "Elon Musk", 1), (B, "Elon Musk", 2), (B, "Musk", 3), (B, "SpaceX", 1)],
            "“Elon Musk” is in the headline and 5 times in the text, beside “SpaceX”.",
        ),
        (
            "Elon Musk",
            [(T, "Musk", 1), (S, "Elon Musk", 2), (B, "Elon Musk", 1)],
            "“Elon Musk” is in the headline, twice in the summary and once in the text.",
        ),
        (
            "Musk asylum",
            [(T, "asylum", 2), (B, "Russia*", 1), (B, "Kremlin", 4)],
            "Musk asylum: “asylum” is twice in the headline, beside “Russia” and “Kremlin”.",
        ),
        (
            "Elon Musk",
            [(B, "Elon Musk", 1), *((B, term, 1) for term in "abcdef")],
            "“Elon Musk” is once in the text, beside “a”, “b”, “c”, “d” and 2 more.",
        ),
        ("Elon Musk", [(B, "Маск*", 1)], "Elon Musk: “Маск” is once in the text."),
        ("Elon Musk", [], ""),
    ],
)
def test_why_in_words(watch: str, found: list[Where], why: str, make_hit: MakeHit) -> None:
    hits = [make_hit(term, term, field) for field, term, count in found for _ in range(count)]
    assert words.why(watch, hits) == why


@pytest.mark.parametrize(
    ("text", "found", "starred"),
    [
        ("Elon Musk met Musk.", ["Musk", "Elon Musk"], "*Elon Musk* met *Musk*."),
        ("Muskrat and Musk", ["Musk"], "Muskrat and *Musk*"),
        ("Musk's car", ["Musk"], "*Musk*'s car"),
        ("Elon\n Musk spoke", ["Elon Musk"], "*Elon Musk* spoke"),
        ("وقال ولماسك", ["ماسك"], "وقال ول*ماسك*"),
        ("习近平会见马斯克", ["马斯克"], "习近平会见*马斯克*"),
        ("a+b (c) [d]", ["a+b", "(c)"], "*a+b* *(c)* [d]"),
        ("马斯克 (Musk)", ["马斯克", "Musk"], "*马斯克* (*Musk*)"),
        ("会见马斯克: Musk", ["马斯克", "Musk"], "会见*马斯克*: *Musk*"),
        ("nothing here", ["Musk"], "nothing here"),
        ("", ["Musk"], ""),
        ("text", [""], "text"),
    ],
)
def test_marks_the_found_words(text: str, found: list[str], starred: str) -> None:
    pieces = words.marked(text, found)
    assert "".join(f"*{piece.text}*" if piece.found else piece.text for piece in pieces) == starred


def test_a_sentence_with_two_hits_is_shown_once_and_the_headline_not_at_all(
    make_alert: MakeAlert, make_hit: MakeHit
) -> None:
    sentence = "Bannon called for the seizure of SpaceX, and Musk laughed."
    hits = [make_hit("Elon Musk", "Elon Musk laughs", T), make_hit("SpaceX", sentence), make_hit("Musk", sentence)]
    excerpts, more = words.excerpts(make_alert(title="Elon Musk laughs", hits=hits))
    assert more == 0
    assert [(excerpt.place, [p.text for p in excerpt.pieces if p.found]) for excerpt in excerpts] == [
        ("in the text", ["SpaceX", "Musk"])
    ]


LONG = (
    "In a long sentence that goes on and on, Elon Musk said that, although the committee was of another opinion, he "
    "would never ask for asylum, and the Kremlin, which had offered asylum, took note of what Musk said in the end."
)


def test_the_windows_of_a_long_sentence_are_shown_once_where_they_overlap(
    make_alert: MakeAlert, make_hit: MakeHit
) -> None:
    """The matcher cuts a window around each hit: the second and third show little that is new, the last a new term."""
    hits = [
        make_hit("Elon Musk", LONG[:150] + "…"),
        make_hit("asylum", "…" + LONG[20:170] + "…"),
        make_hit("Kremlin", "…" + LONG[40:190] + "…"),
        make_hit("Musk", "Short one: Musk left."),
    ]
    excerpts, more = words.excerpts(make_alert(hits=hits))
    shown = ["".join(piece.text for piece in excerpt.pieces) for excerpt in excerpts]
    assert shown == [LONG[:150] + "…", "…" + LONG[40:190] + "…", "Short one: Musk left."]
    assert [piece.text for piece in excerpts[0].pieces if piece.found] == ["Elon Musk", "asylum"]
    assert more == 0


def test_every_term_has_its_sentence_before_any_has_a_second(make_alert: MakeAlert, make_hit: MakeHit) -> None:
    hits = [make_hit("Musk", f"Musk, sentence {n}.") for n in range(8)] + [make_hit("SpaceX", "Then SpaceX.")]
    excerpts, more = words.excerpts(make_alert(hits=hits))
    shown = ["".join(piece.text for piece in excerpt.pieces) for excerpt in excerpts]
    assert shown == [*(f"Musk, sentence {n}." for n in range(4)), "Then SpaceX."]
    assert more == 4


@pytest.mark.parametrize(
    ("page", "headline", "site", "lede"),
    [
        ({"title": " A\n title ", "site": "NDTV", "lede": "L."}, "A title", "NDTV", "L."),
        ({"title": "", "site": None, "lede": "It begins so."}, "It begins so.", "ndtv.com", ""),
        ({"title": "", "site": "", "lede": ""}, "(no headline)", "ndtv.com", ""),
        ({"title": "T", "lede": "Musk could seek political asylum in Russia."}, "T", "NDTV", ""),  # an excerpt shows it
        ({"title": "T", "lede": "word " * 200}, "T", "NDTV", ("word " * 80).strip()[:394] + "…"),
    ],
)
def test_what_is_missing_has_a_stand_in(
    page: dict[str, str], headline: str, site: str, lede: str, make_alert: MakeAlert
) -> None:
    shown = view(make_alert(**page), UTC_ZONE)
    assert (shown.title, shown.site) == (headline, site)
    assert shown.lede == lede or (lede.endswith("…") and shown.lede.endswith("word…") and len(shown.lede) <= 400)


@pytest.mark.parametrize("problem", list(Problem))
def test_an_incomplete_story_says_why(problem: Problem, make_alert: MakeAlert) -> None:
    assert words.PROBLEMS[problem] in view(make_alert(problem=problem), UTC_ZONE).incomplete


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("UTC", "29 March 2026, 01:30 UTC"),
        ("Europe/Berlin", "29 March 2026, 03:30 CEST"),
        ("Asia/Kolkata", "07:00 IST"),
    ],
)
def test_times_are_told_in_the_channels_zone(zone: str, told: str) -> None:
    assert words.moment(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), ZoneInfo(zone)).endswith(told)


@pytest.mark.parametrize(
    ("title", "field", "text", "marks"),
    [
        ("Musk speaks", T, "Musk", ["Musk"]),
        ("Musk speaks", B, "Musk", ["Musk"]),
        ("RUSSIA SPEAKS", B, "US", []),  # found in the text: in the headline it is half a word
        ("习近平会见马斯克", T, "马斯克", ["马斯克"]),
        ("Another headline", T, "Musk", []),  # the feed's headline had it, the page's has not
    ],
)
def test_marks_in_the_headline_what_stands_there(
    title: str, field: Field, text: str, marks: list[str], make_alert: MakeAlert, make_hit: MakeHit
) -> None:
    shown = view(make_alert(title=title, hits=[make_hit(text, text, field)]), UTC_ZONE).headline
    assert [piece.text for piece in shown if piece.found] == marks


def test_a_text_that_runs_everywhere_names_a_dozen_outlets(make_alert: MakeAlert) -> None:
    shown = view(make_alert(copies=[f"Outlet {n}" for n in range(40)]), UTC_ZONE).copies
    assert len(shown) == 13
    assert shown[-1] == "28 more"


@pytest.mark.parametrize(
    ("reason", "thread", "near", "told"),
    [
        (Relation.FIRST, (), 0.0, ""),
        (Relation.FOLLOW_UP, ("earlier",), 0.0, "This goes on from a story that you were told of before (alike)."),
        (Relation.FOLLOW_UP, (), 0.0, "This goes on from a story in the archive that you were not told of (alike)."),
        (Relation.FIRST, (), 0.12, "It has little to do with the seed article (12% alike)."),
        (Relation.FIRST, (), 0.46, "It is about the affair of the seed article (46% alike)."),
    ],
)
def test_how_it_stands_to_what_was_told_and_to_the_seed(
    make_alert: MakeAlert, reason: Relation, thread: tuple[str, ...], near: float, told: str
) -> None:
    alert = make_alert()
    story = replace(alert.story, seed_similarity=near)
    assert words.relation(replace(alert, reason=reason, thread=thread, story=story)) == told


LONG_WORD = "x" * 90


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("short", ["  short"]),
        ("seven and " * 8, ["  " + "seven and " * 7, "  seven and "]),
        (f"a {LONG_WORD} b", ["  a", f"  {LONG_WORD}", "  b"]),  # an address, say, is never broken
        ("马" * 34 + "斯克，" + "马" * 3, ["  " + "马" * 34 + "斯", "  克，马马马"]),
        ("据 Elon Musk 说" * 5, ["  " + "据 Elon Musk 说" * 4 + "据 Elon", "  Musk 说"]),
    ],
)
def test_lines_have_72_columns(text: str, lines: list[str]) -> None:
    template = Templates({"notice.txt.j2": "{{ notice|wrapped('  ') }}"})
    made = template.render_strictly("notice.txt.j2", {"notice": text}).split("\n")
    assert [line.rstrip() for line in made] == [line.rstrip() for line in lines]


def test_a_name_that_runs_from_right_to_left_stays_apart_from_the_words_around_it() -> None:
    assert words.apart("הארץ") == "\u2068הארץ\u2069"
    assert words.apart("Al Jazeera") == "Al Jazeera"


@pytest.mark.parametrize(
    ("summary", "shown"),
    [
        ("Musk could seek political asylum in Russia, a lawmaker said", 1),
        ("Musk could seek political asylum in Russia, a lawmaker […]", 1),
        ("Musk could seek political asylum…", 1),
        ("A lawmaker offers Musk asylum in Russia", 2),
        ("Musk could", 2),  # too few words to be the same place
    ],
)
def test_a_summary_that_the_text_goes_on_from_is_not_shown_twice(
    summary: str, shown: int, make_alert: MakeAlert, make_hit: MakeHit
) -> None:
    sentence = "Musk could seek political asylum in Russia, a lawmaker said on Friday."
    hits = [make_hit("Musk", summary, Field.SUMMARY), make_hit("Musk", sentence)]
    excerpts, more = words.excerpts(make_alert(hits=hits))
    assert (len(excerpts), more) == (shown, 0)
    assert "".join(piece.text for piece in excerpts[-1].pieces) == sentence


@pytest.mark.parametrize("mark", ["## ", "- ", "> "])
def test_the_mark_of_a_heading_or_an_item_is_not_shown(mark: str, make_alert: MakeAlert, make_hit: MakeHit) -> None:
    (excerpt,), _ = words.excerpts(make_alert(hits=[make_hit("Musk", f"{mark}What Musk owns")]))
    assert "".join(piece.text for piece in excerpt.pieces) == "What Musk owns"
