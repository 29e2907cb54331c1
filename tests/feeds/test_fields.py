"""Single fields of a feed: people, languages, addresses."""

from __future__ import annotations

import pytest

from watcher.feeds.fields import absolute, language_tag, mended, person
from watcher.feeds.parse import CUT, parse


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ann Bell", "Ann Bell"),
        (" Ann\n  Bell ", "Ann Bell"),
        ("ann@news.example (Ann Bell)", "Ann Bell"),
        ("Ann Bell (ann@news.example)", "Ann Bell"),
        ("Ann Bell <ann@news.example>", "Ann Bell"),
        ("ann@news.example", "ann@news.example"),
        ("<ann@news.example>", "<ann@news.example>"),
        ("@annbell", "@annbell"),
        ("Ann (Moscow)", "Ann (Moscow)"),
        ("(@" * 300, ("(@" * 300)[:500]),
        ("", ""),
        (None, ""),
    ],
)
def test_a_person_is_the_name(text: str | None, name: str) -> None:
    assert person(text) == name


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en", "en"),
        (" en_GB ", "en-GB"),
        ("zh-Hans-CN", "zh-Hans-CN"),
        ("", None),
        ("english, german", None),
        ("ж", None),
    ],
)
def test_a_language_is_a_tag_or_none(text: str, tag: str | None) -> None:
    assert language_tag(text) == tag


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://x.example/a", "https://x.example/a"),
        ("/a", "https://news.example/a"),
        ("a b", "https://news.example/world/a b"),
        ("https:////x.example/a", "https://x.example/a"),
        ("https://x.example/\n a", "https://x.example/ a"),
        ("http://[broken", None),
        ("javascript:alert(1)", None),
        ("JAVASCRIPT:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("mailto:a@x.example", None),
        ("https://x.example/" + "a" * 9000, None),
        ("", None),
    ],
)
def test_an_address_is_absolute_or_none(url: str, address: str | None) -> None:
    assert absolute("https://news.example/world/feed", url) == address


@pytest.mark.parametrize(
    ("text", "sound"),
    [("a\x00b", "ab"), ("\ud800x", "x"), ("Ã©", "é"), ("\x93q\x94", "“q”"), ("\x81", "\x81"), ("x" * 9, "xxxx")],
)
def test_text_is_mended(text: str, sound: str) -> None:
    assert mended(text, 4) == sound


@pytest.mark.parametrize(
    ("inside", "warned"),
    [
        ("<title>short</title>", False),
        (f"<title>{'x' * 5_000}</title>", True),
        (f"<description>{'word ' * 110_000}</description>", True),
        (f"<title>many</title>{''.join(f'<category>{n}</category>' for n in range(150))}", True),
    ],
    ids=["as usual", "a long title", "a long text", "many categories"],
)
@pytest.mark.parametrize("end", ["</rss>", "</rs>"], ids=["well-formed", "damaged"])
def test_what_is_cut_is_told(inside: str, end: str, *, warned: bool) -> None:
    feed = parse(f"<rss version='2.0'><channel><item>{inside}</item></channel>{end}".encode(), url="https://x.example/")
    assert len(feed.entries) == 1
    assert (CUT in (feed.warning or "")) is warned
