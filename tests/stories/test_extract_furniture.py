"""Furniture of every usual kind at every usual place of a page: none of it is in the story, all of the story is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from watcher.model import Response
from watcher.stories.extract import extract

NAME = "Elon Musk"
TITLE = "Town raises its sea wall after flood"
STORY = (
    "The council of the harbour town voted on Tuesday evening to raise the sea wall by half a metre, after a "
    "debate that lasted nine hours and drew more than two hundred residents to the hall.",
    "Work on the wall is to begin in April and to take two years, the mayor said, adding that the first stones "
    "would be laid at the western pier where the last storm broke through.",
    "The cost is put at 14 million, of which the province pays two thirds. The rest will come from a levy on "
    "moorings that boat owners have already promised to challenge in court.",
    "“We have waited for this since the flood,” said Marit Dahl, who runs the bakery on the quay. “My cellar "
    "has been pumped out eleven times, and I stopped counting the sacks of flour.”",
    "Opponents say that the wall will hide the sea from the promenade. An architect has been asked to draw a "
    "glass section for the part in front of the old customs house.",
)

FURNITURE = {
    "tags ul": '<ul class="tags"><li><a href="/t/1">Elon Musk</a></li><li><a href="/t/2">Harbours</a></li></ul>',
    "tags div": '<div class="tags">Tags: <a href="/t">Elon Musk</a>, <a href="/x">SpaceX</a></div>',
    "tags p": "<p>Tags: Elon Musk, harbours</p>",
    "tags plain div": '<div><span><a href="/t">Elon Musk</a></span> <span><a href="/t2">Tesla</a></span></div>',
    "most read": (
        '<aside><h3>Most read</h3><ol><li><a href="/1">Elon Musk buys island</a></li><li><a href="/2">Soup '
        "recipes</a></li></ol></aside>"
    ),
    "most read div": (
        '<div class="most-read"><h3>Most read</h3><ol><li><a href="/1">Elon Musk buys island</a></li><li><a '
        'href="/2">Soup recipes</a></li></ol></div>'
    ),
    "most read noclass": (
        '<div><h3>Most read</h3><ul><li><a href="/1">Elon Musk buys an island in the northern '
        'sea</a></li><li><a href="/2">Ten soups for cold evenings at home</a></li></ul></div>'
    ),
    "related h3": (
        '<div class="related"><h3>Related</h3><div><h4><a href="/r">Elon Musk offered asylum</a></h4><p>A '
        "lawmaker has said that Elon Musk could be offered asylum if he asked for it, though nobody expects "
        "that.</p></div></div>"
    ),
    "related noclass": (
        '<div><h3>More stories</h3><div><h4><a href="/r">Elon Musk offered asylum</a></h4><p>A lawmaker has '
        "said that Elon Musk could be offered asylum if he asked for it, though nobody expects "
        "that.</p></div></div>"
    ),
    "related section": (
        '<section><h2>Related stories</h2><p><a href="/r">Elon Musk offered asylum by a lawmaker in '
        'Moscow</a></p><p><a href="/r2">Why soup is good for you in winter</a></p></section>'
    ),
    "related p list": '<p>Related: <a href="/r">Elon Musk offered asylum</a></p>',
    "read more": '<p><strong>Read more:</strong> <a href="/r">Elon Musk offered asylum</a></p>',
    "link line": '<p><a href="/r">IN MOSCOW: Elon Musk offered asylum</a></p>',
    "read also b": "<p><b>ALSO READ | Elon Musk offered asylum in Russia</b></p>",
    "linked p": '<p><a href="/r">Elon Musk offered asylum in Russia, lawmaker says</a></p>',
    "linked strong p": '<p><strong><a href="/r">Elon Musk offered asylum in Russia, lawmaker says</a></strong></p>',
    "figcaption": "<figure><img src=x><figcaption>Elon Musk at the pier</figcaption></figure>",
    "caption p": '<p class="caption">Elon Musk at the pier. Photo: Fleet Pictures</p>',
    "caption div": '<div class="image-caption">Elon Musk at the pier last year (Fleet Pictures)</div>',
    "bio": (
        '<div class="author-bio"><p>Anna Reed covers harbours. She has written a book about Elon Musk and '
        "lives by the sea.</p></div>"
    ),
    "comments": (
        '<div class="comments"><h3>2 comments</h3><div class="comment"><p>I think that Elon Musk would have '
        "built this wall in a week and for half of the money, frankly.</p></div></div>"
    ),
    "comments section": (
        '<section id="comments"><h3>2 comments</h3><p>bob: I think that Elon Musk would have built this wall '
        "in a week and for half of the money, frankly.</p></section>"
    ),
    "newsletter": '<div class="newsletter"><p>Get our newsletter on Elon Musk in your inbox every day.</p></div>',
    "ad": ('<div class="ad"><p>Invest like Elon Musk: learn how in three easy steps with our free book.</p></div>'),
    "sponsored": (
        '<div class="sponsored"><h4>Sponsored</h4><p><a href="/s">Invest like Elon Musk: learn how in three '
        "steps</a></p></div>"
    ),
    "promo box": (
        '<div class="promo"><h3><a href="/p">Podcast: the week of Elon Musk</a></h3><p>Our reporters talk '
        "about Elon Musk and the week that was, every Friday at noon.</p></div>"
    ),
    "nav": '<nav><a href="/t">Elon Musk</a></nav>',
    "footer": "<footer><p>Topics: Elon Musk, harbours</p></footer>",
    "breadcrumb": '<div class="breadcrumbs"><a href="/">Home</a> &gt; <a href="/t">Elon Musk</a></div>',
    "ticker": '<div class="ticker"><span>Breaking: Elon Musk lands</span></div>',
    "next article": (
        '<article><h2><a href="/n">Elon Musk lands on island</a></h2><p>Elon Musk landed on an island on '
        "Monday, and was met by a brass band and two goats that belong to the mayor.</p></article>"
    ),
    "teaser list art": (
        '<div class="teasers"><article><h3><a href="/n">Elon Musk lands on island</a></h3><p>Elon Musk landed '
        "on an island on Monday, and was met by a band.</p></article></div>"
    ),
    "video": '<div class="video"><p>Watch: Elon Musk speaks at the pier</p></div>',
    "share": '<div class="share"><a href="#">Share Elon Musk</a></div>',
    "meta kw": '<meta name="keywords" content="Elon Musk">',
    "select": "<select><option>Elon Musk</option></select>",
    "hidden": (
        '<div style="display:none"><p>Elon Musk hidden words that nobody sees on this page at all, though '
        "they are in it.</p></div>"
    ),
    "live box": '<div class="live-box"><p><span>LIVE</span> <a href="/l">Elon Musk hearing</a></p></div>',
    "sidebar div": (
        '<div class="sidebar"><h3>Trending</h3><p><a href="/r">Elon Musk offered asylum</a></p><p>Elon Musk '
        "is trending today with 12,000 posts in an hour on every platform that we watch.</p></div>"
    ),
    "offer of a newsletter": "<div><h4>Tech</h4><p>All about Elon Musk, in your inbox every Friday.</p></div>",
    "title of a film": "<div><p>Video: Elon Musk speaks to shareholders</p></div>",
    "poll": '<div class="poll"><p>Should Elon Musk pay for the wall?</p><label>Yes</label><label>No</label></div>',
}
PAGES = {
    "article": "<article><h1>{title}</h1>{first}{amid}{last}{below}</article>{after}",
    "div": '<div class="content"><h1>{title}</h1><div class="body">{first}{amid}{last}{below}</div></div>{after}',
    "main": "<main><h1>{title}</h1>{first}{amid}{last}{below}</main>{after}",
}


@pytest.mark.parametrize("place", ["amid", "below", "after"])
@pytest.mark.parametrize("frame", PAGES.values(), ids=PAGES.keys())
@pytest.mark.parametrize("furniture", FURNITURE.values(), ids=FURNITURE.keys())
def test_a_name_in_the_furniture_alone_is_not_in_the_story(
    furniture: str, frame: str, place: str, page: Callable[..., Response]
) -> None:
    first, last = ("".join(f"<p>{line}</p>" for line in lines) for lines in (STORY[:2], STORY[2:]))
    places = {"amid": "", "below": "", "after": "", place: furniture}
    body = frame.format(title=TITLE, first=first, last=last, **places)
    head = f"<html><head><title>{TITLE}</title></head><body><nav><a href=/>Home</a></nav>"
    found = extract(page(f"{head}{body}<footer><p>Imprint</p></footer></body></html>".encode()))
    assert found.problem is None
    assert NAME not in f"{found.title} {found.lede} {found.text}"
    assert all(line in found.text for line in STORY)


OPENINGS = {
    "share box": "<div class=top><div>Share this story</div><ul><li><a href=/m>Mail</a></li></ul></div>",
    "related box": (
        '<div class="col"><div class="modal"><h3>Related content</h3><ul><li><a href="/v">Elon Musk, the '
        "video</a></li></ul></div></div>"
    ),
    "related box with a strong": (
        '<section class="links"><strong>More from The Post</strong><p><a href="/r">Elon Musk</a></p></section>'
    ),
    "related list": '<h3>Related</h3><ul><li><a href="/r">Elon Musk offered asylum</a></li></ul>',
    "related list and an advertisement": (
        '<h3>Related</h3><ul><li><a href="/r">Elon Musk offered asylum</a></li></ul><div class="slot"></div>'
    ),
    "related links": '<h4>See also</h4><div><a href="/r">Elon Musk offered asylum</a></div>',
}


@pytest.mark.parametrize("place", ["first", "amid"])
@pytest.mark.parametrize("opening", OPENINGS.values(), ids=OPENINGS.keys())
def test_a_label_within_the_story_heads_its_own_box_and_not_the_story(
    opening: str, place: str, page: Callable[..., Response]
) -> None:
    lines = [f"<p>{line}</p>" for line in STORY]
    lines.insert(0 if place == "first" else 2, opening)
    comments = '<div id="post-comments"><h3>2 comments</h3><p>Why did Elon Musk not pay for the wall?</p></div>'
    source = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><div>{''.join(lines)}</div>{comments}"
    found = extract(page(f"{source}</body></html>".encode()))
    assert found.problem is None
    assert NAME not in found.text
    assert all(line in found.text for line in STORY)


def test_a_menu_beside_a_story_in_a_table_is_not_in_the_story(page: Callable[..., Response]) -> None:
    menu = '<td><a href="/">Home</a><br><a href="/m">Elon Musk</a></td>'
    latest = '<td><b>Latest</b><br><a href="/q">Elon Musk in court over parking</a><br><a href="/w">Weather</a></td>'
    story = "".join(f"<p>{line}</p>" for line in STORY)
    source = f"<html><head><title>{TITLE}</title></head><body><table><tr>{menu}<td><h1>{TITLE}</h1>{story}</td>{latest}"
    found = extract(page(f"{source}</tr></table></body></html>".encode()))
    assert NAME not in found.text
    assert all(line in found.text for line in STORY)
