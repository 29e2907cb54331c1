"""Documents of any collection, one after the other -> the group and relation of each; the group index in memory."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import UTC, datetime
from heapq import nlargest

from watcher.model import Extraction, Grouping, IndexedStory
from watcher.stories.group import group, index_keys
from watcher.stories.lines import lines_of

NEIGHBOURS = 50  # as many as the store gives
OWN = 3  # groups of a site in which a line stands that is its own, as in the store
NEWEST = 64  # documents that a key gives, and what one with as many counts, as in the store
COMMON_WEIGHT = 0.25


class Collection:
    """Groups each document against those added before it, as the store does for the stories of the archive."""

    def __init__(self) -> None:
        self._known: dict[str, IndexedStory] = {}
        self._by_key: defaultdict[int, deque[str]] = defaultdict(lambda: deque(maxlen=NEWEST))
        self._stood_in: defaultdict[int, set[str]] = defaultdict(set)
        self._by_url: defaultdict[str, list[str]] = defaultdict(list)

    def add(
        self,
        id_: str,
        *,
        title: str | None,
        text: str | None,
        lede: str | None,
        site: str | None,
        published: str | None,
        url: str | None,
        lang: str | None = None,
    ) -> Grouping:
        """How this document stands to those before it. published: RFC 3339; lang: of its text, else it is guessed.

        Raises ValueError for an id given twice and for a time that is none.
        """
        if id_ in self._known:
            raise ValueError(f'the id "{id_}" was given before')
        extraction = Extraction(
            url=url or "",
            title=title or "",
            text=text or "",
            lede=lede or "",
            site=site,
            published=_moment(published),
            language=lang,
        )
        keys = index_keys(extraction)
        now = datetime.now(UTC)
        neighbours = self._neighbours(keys, url)
        grouping = group(
            story_id=id_,
            extraction=extraction,
            neighbours=neighbours,
            now=now,
            furniture=self._furniture(frozenset(lines_of(extraction)).union(*map(lines_of, neighbours))),
        )
        self._known[id_] = IndexedStory(
            id=id_,
            group=grouping.group,
            site=site,
            url=extraction.url,
            canonical_url=None,
            title=extraction.title,
            lede=extraction.lede,
            text=extraction.text,
            published=extraction.published,
            indexed_at=now,
            language=lang,
        )
        for line in lines_of(extraction):
            if len(self._stood_in[line]) < OWN:
                self._stood_in[line].add(grouping.group)
        for key in keys:
            self._by_key[key].append(id_)
        if url:
            self._by_url[url].append(id_)
        return grouping

    def _furniture(self, lines: Iterable[int]) -> frozenset[int]:
        return frozenset(line for line in lines if len(self._stood_in.get(line, ())) >= OWN)

    def _neighbours(self, keys: tuple[int, ...], url: str | None) -> tuple[IndexedStory, ...]:
        shared: defaultdict[str, float] = defaultdict(float)
        for key in keys:
            holders = self._by_key.get(key, ())
            weight = 1 if len(holders) < NEWEST else COMMON_WEIGHT
            for id_ in holders:
                shared[id_] += weight
        near = [*self._by_url.get(url or "", ()), *nlargest(NEIGHBOURS, shared, key=shared.__getitem__)]
        return tuple(self._known[id_] for id_ in dict.fromkeys(near))


def _moment(text: str | None) -> datetime | None:
    """RFC 3339, or a day. Raises ValueError."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
