"""What a page gives as its title in several places -> its headline, without the site's name. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from watcher.stories.blocks import words

_SEPARATOR = re.compile(r"\s+[|–—·•»:-]+\s+|\s*[|»]\s*")
_MAX_TITLE = 500
_AGREE = 0.5  # share of the longer title's words that two titles share to confirm one another
_LEAST_LETTERS = 4  # a shorter last part of a title ("UK") is not taken for a piece of the site's name


def choose(
    stated: Sequence[tuple[str, str]], headings: Sequence[str], *, site: str | None, url: str
) -> tuple[str, str]:
    """The headline and where it came from: the h1 that another place bears out, else the first place that has one.

    stated: (origin, title) of JSON-LD, OpenGraph, meta and <title>, best first; headings: the page's h1, in order.
    """
    named = [(origin, without_site(" ".join(title.split()), site=site, url=url)) for origin, title in stated if title]
    for heading in headings:
        if any(agree(heading, title) for _, title in named):
            return "h1", without_site(heading, site=site, url=url)[:_MAX_TITLE]
    for origin, title in [*named, *(("h1", heading) for heading in headings[:1])]:
        if title:
            return origin, title[:_MAX_TITLE]
    return "", ""


def agree(one: str, other: str) -> bool:
    """Whether two titles are of one story."""
    some, others = set(words(one)), set(words(other))
    return bool(some and others) and len(some & others) >= max(1, _AGREE * max(len(some), len(others)))


def without_site(title: str, *, site: str | None, url: str) -> str:
    """The title without a first or last part that is the site's name or its host's."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    own = {_letters(site or ""), _letters(host), _letters(host.rpartition(".")[0])} - {""}
    cuts = list(_SEPARATOR.finditer(title))
    for cut in reversed(cuts):
        after = _letters(title[cut.end() :])
        if after and any(
            after == name or (len(after) >= _LEAST_LETTERS and (after in name or name in after)) for name in own
        ):
            title = title[: cut.start()]
    for cut in cuts:
        if cut.end() <= len(title) and _letters(title[: cut.start()]) in own:
            return title[cut.end() :] or title[: cut.start()]
    return title


def _letters(text: str) -> str:
    return "".join(words(text))
