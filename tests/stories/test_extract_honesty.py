"""Short and odd pages that are whole stories, and pages that are not, each with the one thing that misleads."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.model import Problem, Response
from watcher.stories.extract import extract

Page = Callable[..., Response]

FILLER = (
    "The council met until midnight and heard forty speakers, most of whom had waited in the rain since noon.",
    "Nobody was surprised by the result, officials said, although two members changed their minds at the last moment.",
    "A second reading is planned for the spring, when the report of the experts will have been read by everyone.",
)


def _page(title: str, first: str, *, head: str = "", after: str = "", paragraphs: int = 4) -> bytes:
    text = "".join(f"<p>{line}</p>" for line in (first, *FILLER[: paragraphs - 1]))
    return (
        f"<html><head><title>{title}</title>{head}</head><body><nav><a href=/>Home</a></nav>"
        f"<article><h1>{title}</h1>{text}</article>{after}<footer><a href=/p>Privacy</a></footer></body></html>"
    ).encode()


@pytest.mark.parametrize(
    ("title", "first", "head", "after"),
    [
        ("Missing girl not found, police say", "Police have not found the missing girl, they said.", "", ""),
        ("404 people arrested at march", "Police arrested 404 people at a march through the centre.", "", ""),
        (
            "The best cookies for a cold day",
            "These cookies are best on a cold day, with a glass of milk and a view of the harbour.",
            "",
            "",
        ),
        (
            "Council votes on harbour wall",
            "The council voted on the harbour wall on Tuesday, after a debate of nine hours.",
            '<meta property="og:description" content="News, sport and weather from every corner of the islands.">',
            "",
        ),
        (
            "A tale of two pities",
            "The theatre closed its doors on Sunday after a hundred years, and a dog slept through the last act.",
            '<meta property="og:type" content="article">',
            "",
        ),
        (
            "Council votes on harbour wall",
            "The council voted on the harbour wall on Tuesday, after a debate of nine hours.",
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Council votes on harbour wall",'
            '"isAccessibleForFree":false}</script>',
            "",
        ),
        (
            "Data law passes parliament",
            "Parliament passed the data law on Tuesday, which makes firms ask for consent before they use a cookie.",
            "",
            "<div>We use cookies. <button>Accept</button></div>",
        ),
    ],
)
def test_a_short_story_is_a_story(title: str, first: str, head: str, after: str, page: Page) -> None:
    found = extract(page(_page(title, first, head=head, after=after)))
    assert found.problem is None
    assert found.text.startswith(first)


@pytest.mark.parametrize("url", ["", "file:///home/me/video/page.html", "page.html", "https://paper.example/?p=12"])
def test_a_page_without_an_address_on_the_web_is_read_all_the_same(url: str, page: Page) -> None:
    found = extract(page(_page("Council votes on harbour wall", "The council voted on the harbour wall."), url=url))
    assert found.problem is None


def test_headings_with_anchors_are_no_teasers(page: Page) -> None:
    text = "".join(f"<h2><a href='#s{n}'>Part {n}</a></h2><p>{line}</p>" for n, line in enumerate(FILLER))
    found = extract(page(f"<title>The council met</title><article><h1>The council met</h1>{text}</article>".encode()))
    assert found.problem is None
    assert all(line in found.text for line in FILLER)


@pytest.mark.parametrize(
    "frame",
    [
        "<div class=related><h2><a href=/section>Politics</a></h2>{}</div>",
        "<h1>The council met</h1><article><h3><a href=/other>Another story</a></h3>{}</article>",
        "<article><p>By a reporter</p>{}<h3><a href=/other>Another story</a></h3></article>",
        "<div><h2><a href=/p/1>An old blog</a></h2>{}</div>",
    ],
)
def test_what_holds_the_prose_is_the_story_whatever_it_looks_like(frame: str, page: Page) -> None:
    text = "".join(f"<p>{line}</p>" for line in FILLER)
    found = extract(
        page(f"<html><head><title>The council met</title></head><body>{frame.format(text)}</body>".encode())
    )
    assert all(line in found.text for line in FILLER)


@pytest.mark.parametrize("path", ["", "/", "/index.html", "/home", "/de/", "/en-gb"])
def test_a_home_page_is_no_story_whatever_stands_in_it(path: str, page: Page) -> None:
    body = _page("Council votes on harbour wall", "The council voted on the harbour wall on Tuesday.")
    found = extract(page(body, url=f"https://paper.example{path}"))
    assert (found.problem, found.text) == (Problem.NOT_AN_ARTICLE, "")


@pytest.mark.parametrize(
    ("after", "cut", "problem"),
    [
        ("<div>Subscribe to continue reading</div>", False, Problem.PAYWALL),
        ("<div>Already a subscriber? <a href=/l>Log in</a></div>", False, Problem.PAYWALL),
        ("<div>Jetzt abonnieren und weiterlesen</div>", False, Problem.PAYWALL),
        ("<div>Article réservé aux abonnés</div>", False, Problem.PAYWALL),
        ("<div>Материал доступен по подписке</div>", False, Problem.PAYWALL),
        ("<div>この記事は会員限定です。電子版に登録すると続きをお読みいただけます。</div>", False, Problem.PAYWALL),
        ("<div>全文仅供订阅会员阅读，请登录后继续阅读</div>", False, Problem.PAYWALL),
        ("<div>구독하시면 기사 전체를 읽을 수 있습니다</div>", False, Problem.PAYWALL),
        ("<div>هذا المحتوى حصري للمشتركين</div>", False, Problem.PAYWALL),
        ("<p>" + "Weather for the week. " * 60 + "</p><div>Start your free trial</div>", True, Problem.PAYWALL),
        ("<div>Related: the harbour wall in pictures</div>", False, None),
    ],
)
def test_a_wall_is_told_where_it_stands(after: str, cut: bool, problem: Problem | None, page: Page) -> None:
    first = "The council voted on the harbour wall on Tuesday, after a debate of nine hours."
    body = _page("Council votes on harbour wall", first, after=f"<aside>{after}</aside>", paragraphs=2)
    if cut:
        body = body.replace(b"at the last moment.", b"at the last ...").replace(b"since noon.", b"since noon ...")
    found = extract(page(body))
    assert found.problem is problem
    assert found.text.startswith(first)  # what the wall leaves is kept


def test_what_json_ld_alone_has_is_never_the_answer(page: Page) -> None:
    body = " ".join(FILLER * 4)
    script = f'{{"@type":"NewsArticle","headline":"Council votes on harbour wall","articleBody":"{body}"}}'
    script = f'<script type="application/ld+json">{script}</script><script src=a.js></script>'
    source = f"<title>Council votes on harbour wall</title>{script}<div id=app>"
    found = extract(page(source.encode()))
    assert found.problem is Problem.SCRIPT_ONLY
    assert found.text == ""
    assert found.title == "Council votes on harbour wall"


@pytest.mark.parametrize("title", ["About us", "Privacy policy", "Über uns", "Mentions légales", "О редакции"])
def test_a_page_about_the_site_is_no_story(title: str, page: Page) -> None:
    first = "We are twelve reporters and a dog, and have written about the harbour and its council since 1921."
    found = extract(page(_page(title, first, head='<meta property="og:type" content="article">')))
    assert (found.problem, found.text) == (Problem.NOT_AN_ARTICLE, "")


def test_a_story_may_begin_like_one(page: Page) -> None:
    first = "The council has said more about the harbour wall on Tuesday, after a debate of nine hours."
    found = extract(page(_page("About us without us: the council and the harbour", first)))
    assert found.problem is None
