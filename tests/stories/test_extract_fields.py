"""The small rooms of extraction, each as a table: names, dates, headlines, JSON-LD, charsets, furniture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from lxml import html

from watcher.model import Entry, Problem, Response
from watcher.stories import jsonld
from watcher.stories.blocks import Block, Kind, blocks_of, markdown, words
from watcher.stories.charset import decode
from watcher.stories.clean import clean
from watcher.stories.dates import parse_date
from watcher.stories.extract import extract
from watcher.stories.feedwords import from_entry, merged
from watcher.stories.headline import without_site
from watcher.stories.names import clean_names

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Anna Reed", ["Anna Reed"]),
        ("by Anna Reed and Tom Hale", ["Anna Reed", "Tom Hale"]),
        ("Anna Reed, Tom Hale & Kim Lee", ["Anna Reed", "Tom Hale", "Kim Lee"]),
        ("Anna Reed, Political Editor", ["Anna Reed"]),
        ("Anna Reed Political Correspondent", ["Anna Reed"]),
        ("By ANNA REED in Washington", ["Anna Reed"]),
        ("Anna Reed | anna.reed@paper.example | @annareed", ["Anna Reed"]),
        ("https://paper.example/authors/anna", []),
        ("Martin Luther King, Jr.", ["Martin Luther King Jr"]),
        ("Michael E Smith", ["Michael E Smith"]),
        ("Von Karl Möller und Ute Groß", ["Karl Möller", "Ute Groß"]),
        ("Par Claire Aubert (correspondante)", ["Claire Aubert"]),
        ("Por José García y Ana Ruiz", ["José García", "Ana Ruiz"]),
        ("Автор: Ирина Белова", ["Ирина Белова"]),
        ("April Ryan; Theresa May", ["April Ryan", "Theresa May"]),
        ("Reuters", ["Reuters"]),
        ("admin", []),
        ("Published 5 March 2026", []),
        ("Anna Reed\nAnna Reed", ["Anna Reed"]),
        ("", []),
    ],
)
def test_a_byline_gives_names(byline: str, names: list[str]) -> None:
    assert list(clean_names([byline])) == names


def test_the_site_is_nobodys_name_unless_it_stands_alone() -> None:
    assert clean_names(["The Post", "Anna Reed"], site="The Post") == ("Anna Reed",)
    assert clean_names(["The Post"], site="The Post") == ("The Post",)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-05T09:30:00Z", "2026-03-05T09:30:00+00:00"),
        ("2026-03-05T09:30:00+01:00", "2026-03-05T08:30:00+00:00"),
        ("2026-03-05T09:30:00.123-0500", "2026-03-05T14:30:00+00:00"),
        ("2026-03-05 09:30", "2026-03-05T09:30:00+00:00"),
        ("2026-03-05T09:30:00+05", "2026-03-05T04:30:00+00:00"),
        ("20260305", "2026-03-05T00:00:00+00:00"),
        ("2026-03-05", "2026-03-05T00:00:00+00:00"),
        ("Thu, 05 Mar 2026 09:30:00 +0100", "2026-03-05T08:30:00+00:00"),
        ("1772703000", "2026-03-05T09:30:00+00:00"),
        ("1772703000000", "2026-03-05T09:30:00+00:00"),
        ("0001-01-01T00:00:00Z", None),
        ("1970-01-01", None),
        ("2026-11-30", None),
        ("2026-13-45", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_is_an_aware_time_or_nothing(text: str, moment: str | None) -> None:
    found = parse_date(text, now=NOW)
    assert (found.isoformat() if found else None) == moment


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Storm closes harbours | The Post", "Storm closes harbours"),
        ("Storm closes harbours - thepost.example", "Storm closes harbours"),
        ("Storm closes harbours – World – The Post", "Storm closes harbours – World"),
        ("The Post - Storm closes harbours", "Storm closes harbours"),
        ("Storm closes harbours - again", "Storm closes harbours - again"),
        ("Anti-storm wall: a guide", "Anti-storm wall: a guide"),
        ("The Post | ", "The Post"),
    ],
)
def test_a_headline_has_no_site_in_it(title: str, headline: str) -> None:
    assert without_site(title, site="The Post", url="https://www.thepost.example/a") == headline


SCRIPT = '<script type="application/ld+json">{}</script>'


@pytest.mark.parametrize(
    "script",
    [
        '{"@type":"NewsArticle","headline":"H","author":"A B"}',
        '[{"@type":"Thing"},{"@type":"NewsArticle","headline":"H","author":["A B"]}]',
        '{"@graph":[{"@type":["Article","NewsArticle"],"headline":"H","author":{"name":"A B"}}]}',
        '{"@type":"WebPage","mainEntity":{"@type":"NewsArticle","headline":"H","author":[{"name":["A B"]}]}}',
        '{"@type":"http://schema.org/NewsArticle","headline":"H","author":{"@value":"A B"}}',
        '{"@type":"NewsArticle","headline":"H","author":"A B",}',
        '{"@type":"NewsArticle","description":"raw\nbreak\tand tab","headline":"H","author":"A B"}',
        '//<![CDATA[\n{"@type":"NewsArticle","headline":"H","author":"A B"}\n//]]>',
        '<!-- {"@type":"NewsArticle","headline":"H","author":"A B"} -->',
        '{"@type":"NewsArticle","headline":"H","author":"A B"};{"@type":"Thing"}',
        '{"@type":"NewsArticle","headline":"H","author":"A B"}'.replace('"', "&quot;"),
        '{"@type":"NewsArticle","headline":"&lt;b&gt;H&lt;/b&gt;","author":"A B"}',
        '{"@type":"NewsArticle","headline":"H","author":"A B"} and then no more JSON',
    ],
)
def test_json_ld_in_any_shape_names_its_article(script: str) -> None:
    found = jsonld.article(jsonld.nodes(SCRIPT.format(script)), url="https://p.example/a")
    assert found is not None
    assert found.text("headline") == "H"
    assert list(jsonld.strings(found.values["author"])) == ["A B"]


def test_the_node_that_names_the_pages_address_is_the_article() -> None:
    source = SCRIPT.format(
        '[{"@type":"Article","headline":"Other","url":"https://p.example/b"},'
        '{"@type":"Article","headline":"Own","mainEntityOfPage":{"@id":"https://www.p.example/a/"}}]'
    )
    found = jsonld.article(jsonld.nodes(source), url="https://p.example/a?utm=1")
    assert found is not None
    assert found.text("headline") == "Own"


def test_teasers_of_a_list_are_no_articles() -> None:
    listed = '{"@type":"ItemList","itemListElement":[{"@type":"NewsArticle","headline":"Other"}]}'
    assert jsonld.article(jsonld.nodes(SCRIPT.format(listed)), url="https://p.example/a") is None


ENGLISH = f"<p>{'The wall was built by the town. ' * 20}It’s <b>Zoë’s</b>.</p>"  # too few letters to tell a charset by
POLISH = f"<p>{'Zażółć gęślą jaźń w Łodzi i we Wrocławiu. ' * 9}</p>"


@pytest.mark.parametrize(
    ("body", "content_type", "text", "origin"),
    [
        ("é".encode(), "text/html; charset=utf-8", "é", "header"),
        ("é".encode(), "text/html; charset=iso-8859-1", "é", "utf-8"),
        (b"\xe9", "text/html; charset=iso-8859-1", "é", "header"),
        (b"\x93quoted\x94", "text/html; charset=iso-8859-1", "“quoted”", "header"),
        (b"<meta charset=windows-1251>\xcc\xe0\xf1\xea", "text/html", "<meta charset=windows-1251>Маск", "meta"),
        (b"<meta charset=no-such>abc", "text/html", "<meta charset=no-such>abc", "detected"),
        ("\ufeffé".encode(), "text/html; charset=cp1252", "é", "bom"),
        ("é".encode("utf-16"), "", "é", "bom"),
        (ENGLISH.encode("cp1252"), "", ENGLISH, "guess"),
        (POLISH.encode("cp1250"), "", POLISH, "detected"),
        ("Илон Маск получил предложение от депутата".encode("koi8-r"), "", None, "detected"),
        (b"", "", "", "guess"),
    ],
)
def test_a_charset_is_told_by_header_meta_or_the_bytes(
    body: bytes, content_type: str, text: str | None, origin: str
) -> None:
    found, how = decode(body, content_type)
    assert how == origin
    assert found == (text if text is not None else body.decode("koi8-r"))


def _block(text: str, kind: Kind = Kind.PARAGRAPH, linked: int = 0) -> Block:
    return Block(kind=kind, text=text, linked=linked)


STORY = [_block(f"Sentence {n} of the story says what happened on the coast that day and why.") for n in range(8)]


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Elon Musk buys an island",
        "Also read: Ferries cancelled",
        "READ MORE",
        "Related stories",
        "Advertisement",
        "Share this article",
        "Sign up to our morning newsletter",
        "Get the best of our reporting in your inbox every morning.",
        "Follow us on WhatsApp",
        "Lesen Sie auch: Der Hafen",
        "Lire aussi : Le port",
        "Lea también: El puerto",
        "Читайте также: Илон Маск",
        "Photo: Fleet Pictures",
        "Skip past newsletter promotion",
    ],
)
def test_a_line_that_points_elsewhere_is_no_part_of_the_story(line: str) -> None:
    assert clean([*STORY[:4], _block(line), *STORY[4:]], title="T") == tuple(STORY)


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell by a tenth after the news reached the markets in the afternoon.",
        "See how they run, she said, and the whole village laughed at the three of them.",
        "More in hope than in faith, the crew searched the bay until the morning came.",
        "Comments by the minister were met with silence in the chamber, witnesses said.",
        "Subscribe is what they shouted.",
    ],
)
def test_a_sentence_that_begins_like_furniture_stays(line: str) -> None:
    whole = [*STORY[:4], _block(line), *STORY[4:]]
    assert clean(whole, title="T") == tuple(whole)


@pytest.mark.parametrize(
    "tail",
    [
        ["© 2026 The Post. All rights reserved."],
        ["Topics", "Ferries", "Elon Musk"],
        ["Comments (12)", "First!"],
        ["(This story has not been edited by our staff and is published from a syndicated feed.)"],
    ],
)
def test_what_follows_a_tail_is_cut(tail: list[str]) -> None:
    assert clean([*STORY, *map(_block, tail)], title="T") == tuple(STORY)


def test_headline_byline_repeats_and_empty_headings_go() -> None:
    blocks = [
        _block("Storm closes harbours", Kind.HEADING),
        _block("By Anna Reed"),
        *STORY,
        STORY[2],
        _block("More stories", Kind.HEADING),
    ]
    assert clean(blocks, title="Storm closes harbours", authors=("Anna Reed",)) == tuple(STORY)


def test_blocks_keep_headings_lists_and_quotations_as_markdown() -> None:
    tree = html.fromstring(
        "<div><h2>Head</h2><p>One <a href=x>linked</a> <b>word</b>.<!-- c --> Tail.</p><ul><li>a</li><li>b</li></ul>"
        "<blockquote><p>said</p></blockquote><script>x()</script>after<br>break</div>"
    )
    assert markdown(blocks_of(tree)) == "## Head\n\nOne linked word. Tail.\n\n- a\n- b\n\n> said\n\nafter\n\nbreak"
    assert blocks_of(tree)[1].linked == len("linked")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One, two-three", ["one", "two", "three"]),
        ("马斯克 SpaceX计划", ["马", "斯", "克", "spacex", "计", "划"]),
        ("Илон Маск", ["илон", "маск"]),
        ("", []),
    ],
)
def test_words_of_any_script(text: str, found: list[str]) -> None:
    assert words(text) == found


ENTRY = Entry(
    link="https://p.example/a",
    title="Musk &amp; the <i>sea</i>",
    summary="<p>Short summary.</p>",
    content=("<p>First paragraph.</p><p>Second <b>one</b>.</p>",),
    authors=("Anna Reed",),
    published=NOW,
    language="en-GB",
)


def test_the_feeds_own_words_stand_in_for_a_page() -> None:
    found = from_entry(ENTRY, url="https://p.example/a", problem=Problem.UNREACHABLE)
    assert (found.title, found.lede) == ("Musk & the sea", "Short summary.")
    assert found.text == "First paragraph.\n\nSecond one."
    assert (found.authors, found.published, found.language) == (("Anna Reed",), NOW, "en")
    assert (found.problem, found.complete, found.extracted_by) == (Problem.UNREACHABLE, False, "feed")


def test_what_a_publisher_reserves_is_kept(page: Callable[..., Response]) -> None:
    headers = {"content-type": "text/html", "x-robots-tag": "noai", "tdm-reservation": "1"}
    found = extract(page(b"<head><meta name=robots content=noarchive></head><p>x", headers=headers))
    assert found.sources["reservations"] == "x-robots-tag: noai, tdm-reservation: 1, noarchive"


def test_the_feed_fills_what_a_page_does_not_say(page: Callable[..., Response]) -> None:
    text = "".join(f"<p>{block.text}</p>" for block in STORY)
    found = merged(extract(page(f"<h1>What the story says of the coast</h1><article>{text}</article>".encode())), ENTRY)
    assert found.title == "What the story says of the coast"
    assert found.authors == ("Anna Reed",)
    assert found.sources["authors"] == "feed"
    assert found.complete


def test_a_page_that_is_another_takes_nothing_from_it(page: Callable[..., Response]) -> None:
    found = merged(extract(page(b"<title>Page not found</title><h1>Page not found</h1><p>Try the search.</p>")), ENTRY)
    assert found.problem is Problem.SOFT_404
    assert (found.title, found.lede, found.text) == (
        "Musk & the sea",
        "Short summary.",
        "First paragraph.\n\nSecond one.",
    )
