"""Pages whose story is gone, with all that stands around a story still there: none of it is taken for the story."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape

import pytest

from watcher.model import Response
from watcher.stories.extract import extract

Page = Callable[..., Response]

TITLE = "Airline cancels 200 flights as cabin crew walk out"
STANDFIRST = "Passengers were told to stay at home after the union rejected a pay offer that the airline called final."
STORY = (
    "Cabin crew at the airline walked out at midnight after their union rejected a pay offer, and two hundred flights "
    "were cancelled before the first passengers had reached the airport.",
    "“We were given an hour to answer,” said Mark Doyle, who leads the union. “That is no way to treat people who have "
    "not had a rise in four years.”",
    "The airline said that its offer of nine percent over two years was final, and that it would ask a court to stop "
    "the strike if the talks that resume on Thursday come to nothing.",
    "At the northern terminal families slept on their suitcases, and a queue for rebooking reached the car park.",
    "Analysts put the cost of each day at eleven million, not counting what passengers are owed by law.",
)
COMMENTS = (
    "I have flown with this airline for twenty years, and the cabin crew are the only reason that I still do.",
    "So who pays for the cancelled flights in the end? Passengers do, as always, and the union knows it very well.",
    "The pay offer was more than fair. Elon Musk would have replaced all of them with robots in a week.",
)
ARTICLE = f'<meta property="og:type" content="article"><meta property="og:description" content="{STANDFIRST}">'
SCRIPT = "<script src=/app.js></script>"
LINKED = f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": TITLE})}</script>'
WITH_BODY = LINKED.replace(f'"{TITLE}"', f'"{TITLE}", "articleBody": {json.dumps(" ".join(STORY))}')

LEFT = {
    "standfirst": f'<p class="article-dek">{STANDFIRST}</p>',
    "subheadings": f"<p>{STANDFIRST}</p><h2>The pay offer</h2><h2>The northern terminal</h2>",
    "caption": '<div class="visual__image"><span class="caption">Mark Doyle of the union at the northern terminal on '
    "Monday, before the cabin crew walked out. Picture: Fleet Pictures</span></div>",
    "credit": "<p>Passengers wait at the terminal of the airline after cabin crew walked out (AP Photo/F. Lee)</p>",
    "headline in the site's words": f"<div class=box><p>3 readers wrote about {TITLE}</p><p>Your letter was sent to "
    "the desk that looks after readers, and it will be read by one of them within a day of a working week.</p></div>",
    "one link of a list": "<h2>More about Mark Doyle</h2><ul><li>Mark Doyle, General Secretary of the Union of Cabin "
    "Crew and Ground Staff</li></ul>",
    "comments": "<div class='discussion'><h3>Comments (3)</h3>{}</div>".format(
        "".join(f"<div class=post><span>reader</span><p>{line}</p></div>" for line in COMMENTS)
    ),
    "comments by name": "<ol class='comment-list'>{}</ol>".format(
        "".join(f"<li class=comment><p>{line}</p></li>" for line in COMMENTS)
    ),
    "portrait": "<h4>About the author</h4><p>Anna Reed writes about airlines, unions and pay. Before she joined us "
    "she was one of the cabin crew of an airline that cancelled its flights for good.</p>",
    "portrait without a word": "<p>Posted at noon.</p><p>Anna Reed has covered airlines and their unions for fifteen "
    "years, and wrote a book on the last strike of cabin crew.</p>",
    "appeal": "<p>I hope you appreciated this article. Before you move on, would you consider supporting our "
    "journalism? It takes less than a minute to set up.</p><p>If you can, please support us on a monthly basis. You "
    "can rest assured that you are making a big impact every month.</p>",
    "newsletter": "<div><p>Get the day's top stories on airlines delivered to your inbox every morning. By signing "
    "up you agree to our terms.</p></div>",
    "registration": "<div class=box><p>You can sign in with your Facebook or Google account to write about airlines "
    "and their cabin crew.</p><p>Choose an available username, by which your letters are known to all.</p>"
    "<p>By becoming a registered user, you are also agreeing to our terms about letters on cabin crew.</p></div>",
    "beginning cut off": "<div class=box><p>Cabin crew at the airline walked out at midnight after their union "
    "rejected a pay offer, and two hundred flights were cancelled before the first … Read more</p></div>",
    "report of errors": "<p>Mark Doyle of the union of the cabin crew reads all reports of errors in our stories about "
    "the airline: mark the words and press Ctrl+Enter.</p>",
    "contributors": "<p>Anna Reed at the northern terminal, John Low with the union of the cabin crew and Ann Lee at "
    "the airline contributed to this report.</p>",
    "corrections": "<p>Our reporters follow the highest standards. If you have spotted an error, please tell us.</p>",
    "teasers": "<section><h2>More on this story</h2>{}</section>".format(
        "".join(f"<div class=t><h3><a href=/{n}>Airline story {n}</a></h3><p>{COMMENTS[n]}</p></div>" for n in range(3))
    ),
    "cards": "<div class=grid>{}</div>".format(
        "".join(
            f"<div class=item><a href=/{n}><img src={n}.jpg></a><span><a href=/{n}>Airline story {n}</a></span>"
            f"<p>{COMMENTS[n]}</p></div>"
            for n in range(3)
        )
    ),
    "next story": "<article><h2><a href=/next>Scientists find ice on Mercury</a></h2>{}</article>".format(
        "".join(
            f"<p>Data from the orbiter confirm it, a team reports in a study of part {n}. It is thick.</p>"
            for n in "1234"
        )
    ),
    "post": "<blockquote class=tweet><p>The union of the cabin crew just walked out on the airline.</p></blockquote>",
}
FRAMES = {
    "article": "<article><h1>{title}</h1><p>By Anna Reed</p><div class=body>{story}</div></article>{left}",
    "in the article": "<article><h1>{title}</h1><div class=body>{story}</div>{left}</article>",
    "div soup": "<div class=w><div class=ttl><h1>{title}</h1></div><div class=txt>{story}</div>{left}</div>",
}
NAV = "<nav>{}</nav>".format("".join(f"<a href=/{name}>{name}</a> " for name in ("World", "Sport", "Culture")))
HEADS = {
    "article": ARTICLE,
    "linked data": ARTICLE + LINKED,
    "with articleBody": ARTICLE + WITH_BODY,
    "scripts": SCRIPT + ARTICLE,
}


def _source(frame: str, left: str, head: str, story: str) -> bytes:
    body = frame.format(title=escape(TITLE), story=story, left=left)
    author = '<meta name="author" content="Anna Reed">'
    foot = "<footer><p>© 2026 The Post. All rights reserved.</p></footer>"
    head = f"<head><title>{TITLE} | The Post</title>{author}{head}</head>"
    return f"<html>{head}<body>{NAV}{body}{foot}</body></html>".encode()


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
@pytest.mark.parametrize("left", LEFT.values(), ids=LEFT.keys())
def test_what_is_left_is_not_the_story(left: str, frame: str, head: str, page: Page) -> None:
    found = extract(page(_source(frame, left, head, ""), url="https://post.example/news/1"))
    assert found.problem is not None
    assert found.text == ""


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
@pytest.mark.parametrize("left", LEFT.values(), ids=LEFT.keys())
def test_with_its_story_the_same_page_is_whole(left: str, frame: str, head: str, page: Page) -> None:
    story = "".join(f"<p>{line}</p>" for line in STORY)
    found = extract(page(_source(frame, left, head, story), url="https://post.example/news/1"))
    assert found.problem is None
    assert all(line in found.text for line in STORY)
    assert "Musk" not in found.text
