"""What a person reads in the file of an alert."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from watcher.alerts.markdown import alert_text
from watcher.model import Alert, Field, Hit, Problem, Relation

MakeAlert = Callable[..., Alert]
MakeHit = Callable[..., Hit]


def test_the_file_says_what_the_mail_says(make_alert: MakeAlert) -> None:
    earlier = make_alert(2)
    alert = make_alert(
        relation=Relation.FOLLOW_UP, thread=[earlier.id], copies=["BBC", "Le Monde"], authors=("A. Reed",)
    )
    alert = replace(alert, story=replace(alert.story, seed_similarity=0.71))
    assert (
        alert_text(alert)
        == """\
# [Taking swipe at US, Russia offers asylum to **Elon Musk** amid his feud with Donald Trump](<https://www.ndtv.com/story-1>)

NDTV · 7 June 2025, 12:03 UTC · A. Reed

> Russian lawmaker Dmitry Novikov has suggested that **Musk** could seek political asylum in Russia.

Why: “Elon Musk” is in the headline and once in the text.

This goes on from a story that you were told of before (alike). It is about the affair of the seed article (71% alike).

Also at BBC and Le Monde.

Kept at [stories/2026/11/23/story-1.md](<../../../../stories/2026/11/23/story-1.md>)"""
    )


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ({"problem": Problem.PAYWALL}, "Not the whole story: the page is behind a paywall."),
        ({"title": "[Storm](x) <b>closes</b> harbours"}, r"# [\[Storm\](x) \<b\>closes\</b\> harbours](<"),
        ({"site": "The *Post*"}, r"The \*Post\* · 7 June"),
        ({"authors": ("`rm`", "_B_")}, r" · \`rm\`, \_B\_"),
        ({"canonical_url": "https://a.example/<b>\n "}, "](<https://a.example/%3Cb%3E%0A%20>)"),
    ],
)
def test_nothing_of_a_page_acts_as_markdown(page: dict[str, object], words: str, make_alert: MakeAlert) -> None:
    assert words in alert_text(make_alert(**page))


def test_only_the_hit_itself_is_marked(make_alert: MakeAlert, make_hit: MakeHit) -> None:
    hit = make_hit("Musk", "The Musketeers met Musk \\<said\\> *so*.", Field.BODY)
    assert r"> The Musketeers met **Musk** \\\<said\\\> \*so\*." in alert_text(make_alert(hits=[hit]))
