"""A long list, of which the words are looked up at once: what stands near is what stands near without the others."""

from __future__ import annotations

import pytest

from watcher.matching.match import Matcher
from watcher.model import Document, Watch

# So many that the words of a text are looked up, and not found by the automaton.
OTHERS = Watch(name="others", also=tuple(f"filler{number}" for number in range(4200)))


CASES = [
    ("two words between", '"alpha" NEAR/2 "omega"', "alpha one two omega", True),
    ("three between", '"alpha" NEAR/2 "omega"', "alpha one two three omega", False),
    ("in any order", '"omega" NEAR/2 "alpha"', "alpha one two omega", True),
    ("a word with an apostrophe is one", '"alpha" NEAR/2 "omega"', "alpha don't can’t omega", True),
    ("and one with points", '"alpha" NEAR/1 "omega"', "alpha U.S.A omega", True),
    ("hyphens part", '"alpha" NEAR/2 "omega"', "alpha one-two-three omega", False),
    ("a possessive is no word", '"alpha" NEAR/1 "omega"', "alpha's one omega", True),
    ("neither is a dash or a sign", '"alpha" NEAR/0 "omega"', "alpha – & © omega", True),
    ("nor a figure that is raised or in a circle", '"alpha" NEAR/0 "omega"', "alpha ² ① ⓐ omega", True),
    ("white space of any length", '"alpha" NEAR/1 "omega"', "alpha  \n\n one\t\t  omega", True),
    ("letters with marks", '"alpha" NEAR/1 "omega"', "alpha école été omega", False),
    ("the second time", '"alpha" NEAR/0 "omega"', "alpha one two alpha three omega four alpha omega", True),
    ("one of several", '("beta" OR "alpha") NEAR/0 ("omega" OR "psi")', "beta one omega alpha psi", True),
    ("none of several", '("beta" OR "alpha") NEAR/0 ("omega" OR "psi")', "beta one omega two alpha", False),
    ("and what else is asked", '"alpha" NEAR/0 "omega" AND NOT "one"', "alpha omega one", False),
    ("not the only way", '"alpha" NEAR/0 "omega" OR "one"', "alpha one omega", True),
    ("asked for under NOT", '"alpha" AND NOT ("alpha" NEAR/0 "omega")', "alpha one omega", True),
    ("a phrase", '"alpha one" NEAR/1 "omega"', "alpha one two omega", True),
    ("the start of a word", '"alph*" NEAR/1 "omega"', "alphabet two omega", True),
    (
        "letters that become two, and words that touch",
        '"alpha" NEAR/4 "omega"',
        "Straße 東京都 alpha ﬁ東京 omega",
        True,
    ),
    ("a text that is written without spaces", '"alpha" NEAR/3 "omega"', "alpha 東京都 omega", True),
]


@pytest.fixture(scope="module")
def long_list() -> Matcher:
    return Matcher([*(Watch(name=why, query=query) for why, query, _, _ in CASES), OTHERS])


@pytest.mark.parametrize(("why", "query", "body", "holds"), CASES)
def test_near_in_a_long_list(long_list: Matcher, why: str, query: str, body: str, holds: bool) -> None:
    document = Document(id="1", title="title", summary="summary", body=body)
    alone = Matcher([Watch(name=why, query=query)]).judge(document).matches
    assert (len(alone) == 1) is holds, why
    assert tuple(match for match in long_list.judge(document).matches if match.watch == why) == alone, why
