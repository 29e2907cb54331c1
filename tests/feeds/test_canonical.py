"""Addresses that mean the same page, and addresses that do not."""

from __future__ import annotations

import pytest

from watcher.feeds.canonical import canonical_url, same_address


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://example.org/a", "example.org/a"),
        ("http://example.org/a/", "example.org/a"),
        ("HTTPS://WWW.Example.ORG:443/A", "example.org/A"),
        ("http://example.org:80", "example.org"),
        ("http://example.org:8080/a", "example.org:8080/a"),
        ("https://user:pass@example.org/a", "example.org/a"),
        ("https://example.org/a?utm_source=rss&id=5&fbclid=x", "example.org/a?id=5"),
        ("https://example.org/a?b=2&a=1", "example.org/a?a=1&b=2"),
        ("https://example.org/a?ref=rss", "example.org/a"),
        ("https://example.org/a?ref=4711", "example.org/a?ref=4711"),
        ("https://example.org/a#top", "example.org/a"),
        ("https://example.org/a?#top", "example.org/a"),
        ("https://example.org/?p=12", "example.org?p=12"),
        ("https://example.org/news/amp/", "example.org/news"),
        ("https://example.org/amp/news", "example.org/news"),
        ("https://example.org/news.amp", "example.org/news"),
        ("https://amp.example.org/news?amp=1", "example.org/news"),
        ("https://example.org/camp/site", "example.org/camp/site"),
        ("https://www-example-org.cdn.ampproject.org/c/s/www.example.org/news/1", "example.org/news/1"),
        ("https://cdn.ampproject.org/wp/s/example.org/news/1?amp_js_v=0.1&usqp=mq33", "example.org/news/1"),
        ("https://www.google.com/amp/s/example.org/news/1/amp/", "example.org/news/1"),
        ("https://example.org/news.amp.html", "example.org/news.html"),
        ("https://news.google.com/rss/articles/CBMi?oc=5", "news.google.com/rss/articles/CBMi?oc=5"),
        ("tag:example.org,2026:1", "tag:example.org,2026:1"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("  https://example.org/a \n", "example.org/a"),
        ("https://[broken/a", "[broken/a"),
        ("https://", "https://"),
        ("", ""),
    ],
)
def test_an_address_has_one_canonical_form(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("guid", "address"),
    [("https://example.org/?p=1", "example.org?p=1"), ("12345", None), ("tag:x,2026:1", None), ("urn:uuid:1", None)],
)
def test_only_a_guid_that_is_an_address_has_one(guid: str, address: str | None) -> None:
    assert same_address(guid) == address
