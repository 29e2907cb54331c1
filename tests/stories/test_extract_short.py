"""Short pages: the whole story where the page has nothing else to say, no story where it speaks of itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.model import Problem, Response
from watcher.stories.extract import extract

Page = Callable[..., Response]

HEADLINE = "Minister resigns over ferries"
FLASH = "The minister of transport has resigned on Tuesday over a contract for ferries. Nobody wanted to comment."
SCRIPT = "<script src=a.js></script>"


def _page(title: str, body: str, head: str = "") -> bytes:
    nav, footer = "<nav><a href=/>Home</a></nav>", "<footer><p>All of it is ours.</p></footer>"
    source = f"<html><head><title>{title} - Wire</title>{head}</head><body>{nav}{body}{footer}</body></html>"
    return source.encode("utf-16")


@pytest.mark.parametrize("head", ["", SCRIPT], ids=["plain", "scripted"])
@pytest.mark.parametrize(
    "body",
    [
        f"<article><h1>{HEADLINE}</h1><p>{FLASH}</p></article>",
        f"<article><header><h1>{HEADLINE}</h1></header><div>{FLASH}</div></article>",
        f"<main><h1>{HEADLINE}</h1><p>By Anna Reed | 5 March</p><p>{FLASH}</p><p><a href=/s>Share</a></p></main>",
        f"<div role=main><h1>{HEADLINE}</h1>{FLASH}</div>",
        f"<h1>{HEADLINE}</h1><div itemprop=articleBody>{FLASH}</div><div>Subscribe to our paper.</div>",
        f"<h1>{HEADLINE}</h1>{FLASH}",
        f"<form id=aspnetForm><h1>{HEADLINE}</h1><p>{FLASH}</p></form>",
        f"<div class=comment-list><h1>{HEADLINE}</h1><div>{FLASH}</div></div>",  # by its name no reader takes it
        f"<h1>{HEADLINE}</h1><pre>{FLASH}</pre>",
        f"<table><tr><td><a href=/>Home</a></td><td><h1>{HEADLINE}</h1>{FLASH}</td></tr></table>",
        f"<h1>{HEADLINE}</h1><article><p>{FLASH}</p></article><article><h3><a href=/x>Elon Musk lands</a></h3>"
        "<p>He landed on an island.</p></article>",
    ],
)
def test_what_the_page_says_and_nothing_else_is_the_story(body: str, head: str, page: Page) -> None:
    found = extract(page(_page(HEADLINE, body, head)))
    assert (found.problem, found.title) == (None, HEADLINE)
    assert found.text.removeprefix("> ") == FLASH


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("404 people arrested at march", "Police arrested 404 people at a march through the centre."),
        ("Missing girl not found, police say", "Police have not found the missing girl, they said on Monday."),
        ("Data law asks for consent", "The data law that asks for consent to every cookie was passed on Monday."),
        ("Маску предложили убежище", "Депутат заявил, что Илон Маск может получить убежище в России."),
        ("عرض اللجوء على ماسك", "قال نائب روسي إن إيلون ماسك يمكن أن يحصل على اللجوء في روسيا."),
        ("BBC removes article", "The BBC removed an article on Monday. It said the report was no longer on its site."),
        ("Zeitung löscht Artikel", "Die Zeitung hat einen Artikel gelöscht. Er war am Dienstag nicht mehr abrufbar."),
        ("Сайт удалил статью", "Издание удалило статью о министре после решения суда. Редакция обжалует его."),
        ("報社撤下文章", "該報週二撤下了一篇有關部長的文章。編輯部表示文章存在錯誤,並向讀者道歉。"),
        ("Server error grounds flights", "A server error at the control centre grounded all flights on Friday."),
        ("Story number seven of today", "Elon Musk went to Moscow. Nobody there asked him why."),
    ],
)
def test_a_flash_may_sound_like_anything(title: str, text: str, page: Page) -> None:
    found = extract(page(_page(title, f"<article><h1>{title}</h1><p>{text}</p></article>")))
    assert (found.problem, found.text) == (None, text)


@pytest.mark.parametrize("head", ["", SCRIPT], ids=["plain", "scripted"])
@pytest.mark.parametrize("frame", ["<main>{}</main>", "<article>{}</article>", "<div>{}</div>"])
@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Access Denied", "Your address has been recorded and will be looked at by somebody soon."),
        ("Just a moment...", "Checking your browser before you go on. This process is automatic."),
        ("One more step", "Please click the box below to let us know you are not a robot."),
        ("Oops!", "The page you are looking for might have been removed or had its name changed."),
        ("Not found", "The address that you asked for was not found on this server, sorry."),
        ("This story has expired", "We keep the stories of agencies for thirty days only. Please use the search."),
        ("Log in", "Please enter your email and your password, and then press the button."),
        ("We value your privacy", "We and our partners use cookies to show you what you like. You may refuse."),
        (HEADLINE, "Please enable JavaScript in your browser to read this story on our site."),
        (HEADLINE, "Subscribe to continue reading. Only one pound a week for all that we write."),
        (HEADLINE, "The minister of transport has resigned on Tuesday over a contract that…"),
        (HEADLINE, "The story is loading, please wait for a moment until it is there."),
        ("Internal Server Error", "The server met with an error and could not complete what was asked."),
        (HEADLINE, "5 March 2026, 10:12 by Anna Reed"),
        ("Article withdrawn", "It was withdrawn for legal reasons. We are sorry for the trouble that this has caused."),
        ("The Wire", "Our agreement with the agency ends after thirty days. This report is no longer on our site."),
        ("Search results", "Nothing fits what you typed. Check the spelling, or use other words for it."),
        ("Die Zeitung", "Der von Ihnen gesuchte Beitrag wurde von der Redaktion aus dem Angebot genommen."),
        ("Article retiré", "Une décision de justice nous y oblige. Nous vous prions de nous en excuser."),
        ("El Diario", "Esta noticia ya no está disponible en nuestra web. Es posible que haya sido borrada."),
        ("Notizia non disponibile", "Forse era di una agenzia, e non possiamo tenerla per più di un mese."),
        ("De Krant", "Dit artikel is op verzoek van de rechter verwijderd. Meer kunnen wij u niet zeggen."),
        ("Gazeta", "Artykuł, którego szukasz, mógł zostać usunięty lub przeniesiony. Przepraszamy za kłopot."),
        ("Газета", "Этот материал был удалён по решению редакции. Приносим извинения нашим читателям."),
        ("الصحيفة", "عذرا، المقال الذي تبحث عنه لم يعد متاحا. ربما تم حذفه أو نقله إلى عنوان آخر."),
        ("新聞", "お探しの記事は掲載期間が終了したか、削除された可能性があります。トップページからお探しください。"),
        ("新闻", "抱歉,您要查看的文章不存在或已被删除。请返回首页查看其他新闻。"),
    ],
)
def test_a_page_that_speaks_of_itself_is_none(title: str, text: str, frame: str, head: str, page: Page) -> None:
    found = extract(page(_page(title, frame.format(f"<h1>{title}</h1><p>{text}</p>"), head)))
    assert found.problem is not None
    assert found.text == ""


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        (SCRIPT, Problem.SCRIPT_ONLY),  # the rest of the story may be brought by a script
        ("", None),
    ],
)
def test_the_description_alone_is_a_story_only_where_nothing_more_can_come(
    head: str, problem: Problem | None, page: Page
) -> None:
    head += f'<meta name=description content="{FLASH}">'
    found = extract(page(_page(HEADLINE, f"<main><h1>{HEADLINE}</h1><p>{FLASH}</p></main>", head)))
    assert found.problem is problem


@pytest.mark.parametrize(
    "furniture",
    [
        "<p><a href=/r>Elon Musk offered asylum in Russia, lawmaker says</a></p>",
        "<p class=caption>Elon Musk at the pier. Photo: Fleet Pictures</p>",
        "<div class=ticker><span>Breaking: Elon Musk lands</span></div>",
        "<div class=ad><p>Invest like Elon Musk: learn how in three steps.</p></div>",
        "<div class=author-bio><p>Anna Reed has written a book about Elon Musk.</p></div>",
    ],
)
@pytest.mark.parametrize("frame", ["<article>{}</article>", "<main>{}</main>", "<div>{}</div>"])
def test_no_line_of_furniture_stands_among_so_few_sentences(furniture: str, frame: str, page: Page) -> None:
    body = frame.format(f"<h1>{HEADLINE}</h1><p>{FLASH}</p>{furniture}<p>It was the third to go this year.</p>")
    found = extract(page(_page(HEADLINE, body)))
    assert found.problem is None
    assert found.text == f"{FLASH}\n\nIt was the third to go this year."


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("mayor-quits-over-harbour-bribes", Problem.EMPTY),
        ("ministers-ferry-contract-ends-in-row", None),
        ("mayor-quits", None),  # of two words, which a text may well leave out
        ("4711", None),
    ],
)
def test_an_address_that_names_another_story_gives_the_page_away(
    address: str, problem: Problem | None, page: Page
) -> None:
    source = _page(HEADLINE, f"<article><h1>{HEADLINE}</h1><p>{FLASH}</p></article>")
    found = extract(page(source, url=f"https://wire.example/news/{address}.html"))
    assert found.problem is problem


DATED = '<meta property="og:type" content="article"><meta property="article:published_time" content="2026-11-23">'


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("/news/strong-earthquake-hits-japanese-capital", FLASH),  # in another language, or of another writer
        ("/news/4711", f"Cet article n’est plus disponible : on lit cela de plus en plus. {FLASH} {FLASH}"),
        ("/news/4711", f"“We could not find that page” is a line that all know, and few like. {FLASH} {FLASH}"),
    ],
)
def test_an_article_with_its_day_is_one_whatever_it_quotes(address: str, text: str, page: Page) -> None:
    source = _page(HEADLINE, f"<article><h1>{HEADLINE}</h1><p>{text}</p></article>", DATED)
    found = extract(page(source, url=f"https://wire.example{address}"))
    assert (found.problem, found.text) == (None, text)
