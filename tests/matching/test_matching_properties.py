"""What holds for any text: offsets give back what was found, folding is settled, watches do not disturb each other."""

from __future__ import annotations

import pickle
import re
import unicodedata

import pytest
from ending import ends
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.matching.fold import keep_fold, kept, searched
from watcher.matching.folded import Folded
from watcher.matching.match import MOST_HITS, compile_watches
from watcher.matching.text import display_text
from watcher.model import Document, Field, Watch

# Characters at which folding, edges and offsets go wrong, beside whatever hypothesis thinks of.
ODD = "aA zZ.,'-–’“”\u00a0\u00ad\u200b\u0301ßæİıøéñﬁŉﷺ\0\n\t<>&;йёЙіїΣς中文カｶﾞﾊﾟヴ한국אבمسّ้ำन्मो🚀𝐄Ⅷ0９"
TEXTS = st.text(st.one_of(st.sampled_from(ODD), st.characters()), max_size=60)
NAMES = [
    "Elon Musk",
    "Musk",
    "Маск*",
    "马斯克",
    "マスク",
    "머스크",
    "ماسك",
    "מאסק",
    "US",
    "tesla",
    "O'Neill",
    "J. K. Rowling",
    "é",
]

WATCHES = (
    *(Watch(name=name) for name in NAMES),
    Watch(name="short", short=("Musk",), with_=("Tesla",), ignore=("musk deer",)),
    Watch(name="all", all_=(("watch:Musk", "aa"), ("US", "tesla"))),
    Watch(name="query", query='((musk NEAR/3 tesla) OR US OR "é") AND NOT title:aa'),
    Watch(name="regex", regex=(r"M\w{3}", r"\bUS\b")),
)
MATCHER = compile_watches(WATCHES)
PIECES = st.one_of(TEXTS, st.sampled_from([*NAMES, "Маска", "MUSK", "Tesla", "musk deer", "<b>", "&amp;", " ", "'s"]))
FIELDS = st.lists(PIECES, max_size=8).map("".join)


@given(TEXTS)
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    for character in text:
        assert "".join(map(kept, kept(character))) == kept(character)
        assert "".join(map(searched, searched(character))) == searched(character)
    assert keep_fold(keep_fold(text)) == keep_fold(text)


@given(TEXTS)
def test_case_and_composition_do_not_matter(text: str) -> None:
    assert keep_fold(display_text(unicodedata.normalize("NFD", text))) == keep_fold(display_text(text))


@given(st.lists(TEXTS, min_size=3, max_size=3))
def test_every_word_of_the_search_form_leads_back_to_where_it_stands(fields: list[str]) -> None:
    folded = Folded(fields)
    assert list(folded.fields) == [display_text(field) for field in fields]
    for word in re.finditer(rb"[^ \0]+", folded.search):
        start, end = folded.span(word.start(), word.end())
        shown = Folded((folded.display[start:end],)).search.replace(b" ", b"")
        assert shown == word[0]


@given(st.tuples(FIELDS, FIELDS, FIELDS), st.sampled_from([None, "en", "de"]))
def test_offsets_always_give_back_the_text_found(fields: tuple[str, str, str], lang: str | None) -> None:
    document = Document(id="d", title=fields[0], summary=fields[1], body=fields[2], lang=lang)
    shown = dict(zip(Field, map(display_text, fields), strict=True))
    for match in MATCHER.judge(document).matches:
        places = [(list(Field).index(hit.field), hit.start, hit.end) for hit in match.hits]
        assert places == sorted(places)
        for hit in match.hits:
            assert hit.text
            assert shown[hit.field][hit.start : hit.end] == hit.text


@given(FIELDS, FIELDS)
@settings(max_examples=60)
def test_a_watch_judges_the_same_alone_as_among_others(title: str, body: str) -> None:
    document = Document(id="d", title=title, body=body)
    together = {match.watch: match for match in MATCHER.judge(document).matches}
    for watch in WATCHES:
        needed = [one for one in WATCHES if one.name == "Musk" and watch.name == "all"]
        alone = {match.watch: match for match in compile_watches([*needed, watch]).judge(document).matches}
        assert alone.get(watch.name) == together.get(watch.name)


@given(
    st.recursive(
        st.sampled_from(["aa", "bb", "cc", "dd"]),
        lambda node: st.one_of(
            st.tuples(st.just("NOT"), node),
            st.tuples(st.sampled_from(["AND", "OR"]), node, node),
        ),
        max_leaves=8,
    ),
    st.lists(st.sampled_from(["aa", "bb", "cc", "dd", "ee"]), max_size=5),
)
def test_a_query_holds_exactly_where_its_words_say(node: object, words: list[str]) -> None:
    def written(one: object) -> str:
        match one:
            case ("NOT", part):
                return f"NOT ({written(part)})"
            case (sign, left, right):
                return f"(({written(left)}) {sign} ({written(right)}))"
            case _:
                return str(one)

    def holds(one: object) -> bool:
        match one:
            case ("NOT", part):
                return not holds(part)
            case ("AND", left, right):
                return holds(left) and holds(right)
            case ("OR", left, right):
                return holds(left) or holds(right)
            case _:
                return one in words

    query = f"{written(node)} OR zz"
    verdict = compile_watches([Watch(name="q", query=query)]).judge(Document(id="d", body=" ".join(words)))
    assert bool(verdict.matches) == holds(node)


@pytest.mark.parametrize(
    "hostile",
    [
        "<a " * 60_000,
        '<a "' * 60_000,
        "<!--" * 60_000,
        "&" * 200_000,
        "a\u0301" * 100_000,
        "US " * 30_000,
        "Musk tesla " * 10_000,
        "musk deer " * 10_000,
        "\n" * 200_000,
        "." * 200_000,
        "ｶﾞ" * 100_000,
        "中" * 100_000,
        "'" * 200_000,
        "MMMM" * 20_000,
    ],
    ids=lambda text: repr(text[:5]),
)
def test_any_text_ends_in_time(hostile: str) -> None:
    with ends():
        MATCHER.judge(Document(id="d", title="Tesla", body=hostile, lang="en"), why=True)


def test_of_very_many_hits_the_first_thousand_are_told() -> None:
    verdict = MATCHER.judge(Document(id="d", title="US", body="Musk " * 3000))
    assert {match.watch: len(match.hits) for match in verdict.matches if match.watch in {"Musk", "US"}} == {
        "Musk": MOST_HITS,
        "US": 1,
    }


def test_a_matcher_can_be_sent_to_another_process() -> None:
    document = Document(id="d", title="Elon Musk and Tesla", body="US")
    assert pickle.loads(pickle.dumps(MATCHER)).judge(document) == MATCHER.judge(document)  # noqa: S301


def test_watches_in_a_circle_are_refused() -> None:
    circle = [Watch(name="A", all_=(("watch:B",),)), Watch(name="B", query="x AND NOT watch:A")]
    with pytest.raises(ValueError, match="stands for itself"):
        compile_watches(circle)


def test_an_expression_that_runs_out_of_time_is_switched_off_after_three_times() -> None:
    matcher = compile_watches([Watch(name="slow", regex=(r"(?:x+x+)+y",)), Watch(name="quick", regex=("x",))])
    document = Document(id="d", body="x" * 5000 + " y")
    assert matcher.switched_off() == ()
    for _ in range(3):
        assert [match.watch for match in matcher.judge(document).matches] == ["quick"]
    assert matcher.switched_off() == ("slow",)
    assert [match.watch for match in matcher.judge(document).matches] == ["quick"]
