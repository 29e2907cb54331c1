"""Grouping as a gate: articles on the same and on look-alike events, realistic edits of them, and traps; pinned floors.

Lowering a floor needs a reason in the commit.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import pytest

from watcher.model import Grouping, Relation
from watcher.stories.collection import NEWEST, Collection

EVENT_PRECISION, EVENT_RECALL = 0.95, 0.95  # of pairs of articles
COPY_RECALL = 0.97
TRAPS_CALLED_COPIES = 0.0

Article = dict[str, str]
ARTICLES: list[Article] = [
    json.loads(line) for line in (Path(__file__).parent / "articles.jsonl").read_text(encoding="utf-8").splitlines()
]
ASIDE = "Sources close to the matter who were not named described the development in rather different terms afterwards"
COOKIES = "We and our partners store information on a device.\n\nYou can change your choice in our privacy centre."
RELATED = (
    "Read more: Ten places to see before winter\n\nSubscribe to our newsletter for the best of the week in your inbox."
)
QUOTE = (
    '"We have waited for this day longer than most of you have been in this profession, and when it came we were as '
    "surprised as everybody else, because nobody had told us, nobody had written to us, and the only sign that "
    "something had changed was a man with a ladder who took down the sign above the door and carried it away without a "
    'word," '
)


def add(collection: Collection, id_: str, article: Article, **changes: str) -> Grouping:
    told = article | changes
    url = f"https://{abs(hash(told['site'])) % 1000}.example/{id_}"
    return collection.add(
        id_, title=told["title"], text=told["text"], lede=None, site=told["site"], published=None, url=url
    )


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text)


def join(parts: list[str]) -> str:
    """Sentences as paragraphs of two."""
    return "\n\n".join(" ".join(parts[start : start + 2]) for start in range(0, len(parts), 2))


# -- events


@pytest.mark.parametrize("seed", range(5))
def test_articles_on_one_event_come_together_in_any_order_and_others_do_not(seed: int) -> None:
    order = ARTICLES.copy()
    random.Random(seed).shuffle(order)  # noqa: S311 - the same orders each time
    collection = Collection()
    groups = [add(collection, str(number), article).group for number, article in enumerate(order)]
    together = {pair for pair in combinations(range(len(order)), 2) if groups[pair[0]] == groups[pair[1]]}
    right = {pair for pair in combinations(range(len(order)), 2) if order[pair[0]]["event"] == order[pair[1]]["event"]}
    wrong = [(order[one]["title"], order[other]["title"]) for one, other in together - right]
    missed = [(order[one]["title"], order[other]["title"]) for one, other in right - together]
    assert len(together & right) / len(together) >= EVENT_PRECISION, wrong
    assert len(together & right) / len(right) >= EVENT_RECALL, missed


# -- copies

Edit = Callable[[Article, random.Random], Article]


def as_it_is(article: Article, chance: random.Random) -> Article:
    return article


def re_headlined(article: Article, chance: random.Random) -> Article:
    words = sentences(article["text"])[0].split()
    return article | {"title": " ".join(words[:7])}


def cut(article: Article, chance: random.Random) -> Article:
    parts = sentences(article["text"])
    return article | {"text": join(parts[: max(round(len(parts) * chance.uniform(0.5, 0.8)), 4)])}


def wrapped(article: Article, chance: random.Random) -> Article:
    return article | {"text": f"{COOKIES}\n\n{article['text']}\n\n{RELATED}"}


def with_a_dateline(article: Article, chance: random.Random) -> Article:
    return article | {"text": f"LONDON (Wire) - {article['text']}\n\n(Reporting by A. Smith; editing by B. Jones)"}


def rewritten(share: float) -> Edit:
    """That share of the sentences told in other words."""

    def edit(article: Article, chance: random.Random) -> Article:
        parts = sentences(article["text"])
        for place in chance.sample(range(len(parts)), round(len(parts) * share)):
            words = parts[place].rstrip(".").split()
            kept = words[:: chance.choice((2, 3))]
            parts[place] = " ".join(word for pair in zip(kept, ASIDE.split(), strict=False) for word in pair) + "."
        return article | {"text": join(parts)}

    edit.__name__ = f"rewritten_{share:.0%}"
    return edit


def touched(article: Article, chance: random.Random) -> Article:
    """A word changed in every third sentence, as an editor does."""
    parts = sentences(article["text"])
    for place in range(0, len(parts), 3):
        words = parts[place].split()
        words[chance.randrange(1, len(words) - 1)] = "reportedly"
        parts[place] = " ".join(words)
    return article | {"text": join(parts)}


def both(one: Edit, other: Edit) -> Edit:
    def edit(article: Article, chance: random.Random) -> Article:
        return other(one(article, chance), chance)

    edit.__name__ = f"{one.__name__}_and_{other.__name__}"
    return edit


EDITS: list[Edit] = [
    as_it_is, re_headlined, cut, wrapped, with_a_dateline, touched, rewritten(0.15), rewritten(0.3),
    both(re_headlined, wrapped), both(cut, with_a_dateline), both(touched, re_headlined),
]  # fmt: skip


def cases(edits: list[Edit]) -> Iterator[tuple[str, Article, Article]]:
    chance = random.Random(7)  # noqa: S311 - the same edits each time
    for edit in edits:
        for article in ARTICLES:
            yield edit.__name__, article, edit(article, chance) | {"site": "Another outlet"}


def test_a_text_taken_over_is_a_copy_whichever_came_first() -> None:
    found, missed = 0, []
    for name, article, copy in cases(EDITS):
        for first, second in ((article, copy), (copy, article)):
            collection = Collection()
            add(collection, "first", first)
            grouping = add(collection, "second", second)
            if grouping.relation is Relation.COPY:
                found += 1
            else:
                missed.append((name, article["title"], grouping.reason))
    assert found / (found + len(missed)) >= COPY_RECALL, missed


# -- traps


def follow_up_with_background(article: Article, other: Article) -> Article:
    """Two fifths of it are new and stand at the top, the rest is from the first article."""
    background = sentences(article["text"])[1:]
    news = sentences(other["text"])[: max(round(len(background) * 2 / 3), 2)]
    return {"title": f"{other['title']}", "text": join([*news, *background])}


def with_the_other_below(article: Article, other: Article) -> Article:
    return {"title": other["title"], "text": f"{other['text']}\n\n{article['text']}"}


def with_the_same_quotation(article: Article, other: Article) -> Article:
    return {
        "title": other["title"],
        "text": f"{sentences(other['text'])[0]}\n\n{QUOTE} she said.\n\n{other['text'][-200:]}",
    }


@pytest.mark.parametrize("trap", [follow_up_with_background, with_the_other_below, with_the_same_quotation])
def test_what_shares_much_of_a_text_and_tells_another_story_is_no_copy(
    trap: Callable[[Article, Article], Article],
) -> None:
    wrong = []
    pairs = [(one, other) for one, other in zip(ARTICLES, ARTICLES[1:] + ARTICLES[:1], strict=True)]
    for one, other in pairs:
        first = (
            one | {"text": f"{sentences(one['text'])[0]} {QUOTE} {one['text'][-300:]}"}
            if "quotation" in trap.__name__
            else one
        )
        for before, after in ((first, trap(one, other)), (trap(one, other), first)):
            collection = Collection()
            add(collection, "first", first | before, site="A")
            grouping = add(collection, "second", first | after, site="B")
            if grouping.relation is Relation.COPY:
                wrong.append((one["title"], other["title"], grouping.reason))
    assert len(wrong) / len(pairs) / 2 <= TRAPS_CALLED_COPIES, wrong


FORMS: Article = json.loads((Path(__file__).parent / "forms.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("form", FORMS)
def test_what_is_filled_into_one_form_each_day_is_never_folded(form: str) -> None:
    collection = Collection()
    chance = random.Random(3)  # noqa: S311 - the same edits each time
    firms = ["Northwind Traders", "Halvorsen Shipping", "Tamarind Foods", "Quillon Optics", "Brightwater Utilities"]
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    for number, (firm, day) in enumerate(zip(firms, days, strict=True)):
        figures = dict(zip("abcd", map(str, chance.sample(range(10, 99), 4)), strict=True))
        title = {"lottery": f"Pick 4 results for {day}", "briefing": f"Morning briefing: {day}"}.get(
            form, f"Price target for {firm} raised"
        )
        article = {"site": "Desk", "title": title, "text": FORMS[form].format(firm=firm, day=day, **figures)}
        grouping = add(collection, str(number), article)
        assert grouping.relation is Relation.FIRST, grouping


MARKETS = (
    "Shares closed on Friday as investors weighed {news}. The index moved {a} points, or 0.{b} percent, to 35,{c}. The "
    "S&P 500 ended at 4,{d}.{a} and the Nasdaq at 15,{c}.{b}. {firm} was among the biggest movers with a change of {b} "
    "percent. The yield on the 10-year note stood at 4.{d} percent. Crude oil settled at {a}.{c} dollars a barrel."
)


def test_a_form_under_one_headline_in_two_papers_is_no_copy_where_most_of_its_figures_differ() -> None:
    chance = random.Random(2)  # noqa: S311 - the same figures each time
    for _ in range(20):
        days = [
            MARKETS.format(news=news, firm=firm, **{name: chance.randrange(100, 999) for name in "abcd"})
            for news, firm in (("oil prices", "Quillon Optics"), ("trade talks", "Tamarind Foods"))
        ]
        collection = Collection()
        relations = [
            add(collection, site, {"site": site, "title": "Stocks close mixed on Friday", "text": text}).relation
            for site, text in zip(("Desk", "Post"), days, strict=True)
        ]
        assert relations == [Relation.FIRST] * 2
        slip = {"title": "Stocks close mixed on Friday", "text": re.sub(r"moved \d+", "moved 98", days[0])}
        assert add(collection, "slip", slip, site="Herald").relation is Relation.COPY


def test_a_text_in_more_papers_than_a_key_gives_is_still_found() -> None:
    collection = Collection()
    relations = [
        add(collection, str(number), ARTICLES[0], site=f"Outlet {number}").relation for number in range(3 * NEWEST)
    ]
    other = add(collection, "other", ARTICLES[4], site="Outlet 7").relation
    assert (relations[0], set(relations[1:]), other) == (Relation.FIRST, {Relation.COPY}, Relation.FIRST)


def test_a_long_run_of_copies_has_one_first() -> None:
    collection = Collection()
    chance = random.Random(5)  # noqa: S311 - the same edits each time
    article = ARTICLES[0]
    relations = [add(collection, "0", article).relation]
    relations += [
        add(collection, str(number), rewritten(0.3)(article, chance), site=f"Outlet {number}").relation
        for number in range(1, 13)
    ]
    assert relations == [Relation.FIRST] + [Relation.COPY] * 12
