"""The settings of the watchlist, and the words that people try instead of them; an unknown setting in, help out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from watcher.marks import did_you_mean

TOP_SETTINGS = ("feeds", "watches")
FEED_SETTINGS = ("url", "name", "every", "read", "tags", "scrape")
# Lists of names to look for; every entry is a term
TERM_SETTINGS = ("also", "short", "with", "needs", "ignore", "never")
# Settings that make of the name a mere label
RULE_SETTINGS = ("all", "query", "regex")
# Lists of words that mean something elsewhere
REFERENCE_SETTINGS = ("where", "lang", "feeds", "channels")
WATCH_SETTINGS = ("name", *TERM_SETTINGS, *RULE_SETTINGS, *REFERENCE_SETTINGS)

_ALSO = 'Other full names go in "also".'
_SHORT = 'Names that count only beside a full name go in "short".'
_WITH = 'Words that make a short name count go in "with".'
_NEEDS = 'Words of which one must occur go in "needs".'
_IGNORE = 'Phrases in which the name does not count go in "ignore".'
_NEVER = 'Words that rule a whole document out go in "never", phrases in which the name does not count in "ignore".'
_ALL = 'Lines of words that must all be found go in "all".'
_WHERE = 'The places to look in (title, summary, body) go in "where".'
_LANG = 'Languages go in "lang".'
_CHANNELS = 'Where alerts go to is set in "channels".'
_NAME = 'What to look for, in full, goes in "name".'

_IN_WATCH: Mapping[str, str] = {
    **dict.fromkeys(("alias", "aliases", "aka", "synonym", "synonyms", "names", "variants", "alternatives"), _ALSO),
    **dict.fromkeys(("spellings", "full", "or", "any"), _ALSO),
    **dict.fromkeys(("terms", "keyword", "keywords", "words", "phrases"), f"{_ALSO} {_WITH}"),
    **dict.fromkeys(("nick", "nickname", "nicknames", "surname", "lastname", "last_name", "acronym"), _SHORT),
    **dict.fromkeys(("abbreviation", "abbreviations", "shorts", "short_names"), _SHORT),
    **dict.fromkeys(("context", "near", "beside", "related"), _WITH),
    **dict.fromkeys(("need", "require", "requires", "required", "must", "must_have", "mandatory", "only"), _NEEDS),
    **dict.fromkeys(("except", "excepting", "but", "skip"), _IGNORE),
    **dict.fromkeys(("exclude", "excludes", "excluded", "exclusions", "block", "blocklist", "blacklist"), _NEVER),
    **dict.fromkeys(("not", "without", "negative", "stop", "none"), _NEVER),
    **dict.fromkeys(("and", "topic", "every", "lines"), _ALL),
    **dict.fromkeys(("in", "field", "fields", "scope", "place", "places", "location"), _WHERE),
    **dict.fromkeys(("language", "languages", "langs", "locale"), _LANG),
    **dict.fromkeys(("feed", "source", "sources", "tag", "tags"), 'Names or tags of feeds go in "feeds".'),
    **dict.fromkeys(("channel", "notify", "to", "send", "alert", "alerts", "email", "mail"), _CHANNELS),
    **dict.fromkeys(("search", "expression", "boolean", "expr"), 'A one-line query goes in "query".'),
    **dict.fromkeys(("pattern", "patterns", "regexp", "regexes", "re"), 'Regular expressions go in "regex".'),
    **dict.fromkeys(("title", "label", "person", "who", "term", "watch", "id"), _NAME),
}
_IN_FEED: Mapping[str, str] = {
    **dict.fromkeys(
        ("link", "href", "address", "feed", "uri", "xmlurl", "rss", "source"), 'The address goes in "url".'
    ),
    **dict.fromkeys(("title", "label"), 'What the feed is called goes in "name".'),
    **dict.fromkeys(("interval", "refresh", "frequency", "poll", "period", "ttl"), 'How often to ask goes in "every".'),
    **dict.fromkeys(("mode", "fetch", "full", "fulltext"), '"read: page" judges the whole page of every new entry.'),
    **dict.fromkeys(("category", "categories", "group", "groups", "folder", "label", "labels"), 'Write it in "tags".'),
}
_AT_TOP: Mapping[str, str] = {
    **dict.fromkeys(("feed", "sources", "source", "subscriptions", "rss", "urls"), 'Feeds go in "feeds".'),
    **dict.fromkeys(("watch", "watchlist", "names", "people", "persons", "keywords", "terms"), 'They go in "watches".'),
    **dict.fromkeys(
        ("channels", "seed", "archive", "page", "polling", "retention", "alerts", "notices", "allow_private"),
        "It belongs in watcher.yaml.",
    ),
}

PLACES: Mapping[str, str] = {
    **dict.fromkeys(("headline", "heading", "titles"), "title"),
    **dict.fromkeys(("lede", "lead", "description", "abstract", "standfirst", "teaser"), "summary"),
    **dict.fromkeys(("text", "content", "article", "story", "fulltext", "page"), "body"),
}
LANGUAGES: Mapping[str, str] = {
    "arabic": "ar", "chinese": "zh", "czech": "cs", "danish": "da", "dutch": "nl", "english": "en", "finnish": "fi",
    "french": "fr", "german": "de", "deutsch": "de", "greek": "el", "hebrew": "he", "hindi": "hi", "italian": "it",
    "japanese": "ja", "korean": "ko", "norwegian": "no", "persian": "fa", "polish": "pl", "portuguese": "pt",
    "russian": "ru", "русский": "ru", "spanish": "es", "español": "es", "français": "fr", "swedish": "sv",
    "thai": "th", "turkish": "tr", "ukrainian": "uk",
}  # fmt: skip
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


def no_language(text: str) -> str | None:
    """What is wrong with the code of a language, and what to write; None if it is one."""
    known = LANGUAGES.get(text.casefold())
    if known is None and _LANGUAGE.fullmatch(text):
        return None
    hint = f" Write {known}." if known else ' Write its code of two letters, such as "en".'
    return f'"{text}" is not the code of a language.{hint}'


def unknown_in_watch(key: str) -> str:
    """What to say of a setting that a watch does not have."""
    if key in FEED_SETTINGS and key != "tags":
        return f'there is no setting "{key}" in a watch: it is one of a feed, under "feeds:".'
    return _unknown(key, "in a watch", WATCH_SETTINGS, _IN_WATCH)


def unknown_in_feed(key: str) -> str:
    if key in WATCH_SETTINGS:
        return f'there is no setting "{key}" in a feed: it is one of a watch, under "watches:".'
    return _unknown(key, "in a feed", FEED_SETTINGS, _IN_FEED)


def unknown_at_top(key: str) -> str:
    owner = "feed" if key in FEED_SETTINGS else "watch"
    if key in FEED_SETTINGS or key in WATCH_SETTINGS:
        return (
            f'there is no setting "{key}" at the top of a watchlist: it is one of a {owner}. '
            "Indent it, so that it lines up with the other settings there."
        )
    return _unknown(key, "at the top of a watchlist", TOP_SETTINGS, _AT_TOP)


def means_name(key: str) -> bool:
    """Whether an unknown setting of a watch was meant to be its name."""
    return _IN_WATCH.get(key.casefold()) == _NAME or did_you_mean(key, WATCH_SETTINGS) == did_you_mean(
        "name", ("name",)
    )


def _unknown(key: str, place: str, settings: tuple[str, ...], synonyms: Mapping[str, str]) -> str:
    written = key.casefold().strip().replace("-", "_")
    told = f'there is no setting "{key}" {place}.'
    if written not in settings and written in synonyms:
        return f"{told} {synonyms[written]}"
    return told + (did_you_mean(key, settings) or f" The settings are: {', '.join(settings)}.")
