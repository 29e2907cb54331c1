"""The text of a watchlist file in; the feeds and watches it states out, or ConfigError with every fault of the file."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from watcher.marks import Kind, Node, did_you_mean, survey
from watcher.matching.watchlist_feeds import read_feeds
from watcher.matching.watchlist_references import check_references
from watcher.matching.watchlist_terms import Faults
from watcher.matching.watchlist_watches import WrittenWatch, check_queries, read_watches
from watcher.matching.watchlist_words import TOP_SETTINGS, unknown_at_top
from watcher.model import ConfigError, FeedSpec, Watchlist


def read_watchlist(text: str, *, file: str) -> Watchlist:
    """The watchlist that a file states. file: its name, for the faults.

    Raises ConfigError with all faults of the file, in file order, each with line, column, the line and what to do.
    """
    return read_watchlist_marked(text, file=file)[0]


def read_watchlist_marked(text: str, *, file: str) -> tuple[Watchlist, Node]:
    """As `read_watchlist`, with the nodes: `node.at(("watches", 0, "channels", 0))` is where that word stands."""
    with _uncollected():
        root, form_faults = survey(text, file=file)
        faults = Faults(form_faults)
        if root is None:
            raise ConfigError(*faults)
        feeds, written = _read_top(root, faults)
    if faults:  # what is wrong in form comes first, and is the reason for what else seems wrong at the same place
        by_place = {(fault.line, fault.column): fault for fault in reversed(faults)}
        raise ConfigError(*(by_place[place] for place in sorted(by_place)))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Watchlist(feeds=feeds, watches=tuple(one.watch for one in written), sha256=digest), root


@contextmanager
def _uncollected() -> Iterator[None]:
    """Holds the garbage collector off: all that is made here is kept until the end.

    Walking it again and again while it grows took two thirds of the time (3.0 s of CPU for 10,000 watches, now 1.1).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read_top(root: Node, faults: Faults) -> tuple[tuple[FeedSpec, ...], tuple[WrittenWatch, ...]]:
    if root.kind is not Kind.MAPPING:
        faults.tell(
            root, 'a watchlist has two parts, "feeds:" and "watches:". Write "watches:" above the list of names.'
        )
        return (), ()
    for key, _ in root.pairs:
        if key.text not in TOP_SETTINGS:
            faults.tell(key, unknown_at_top(key.text))
    feeds = read_feeds(root.get("feeds"), faults)
    written = read_watches(root.get("watches"), faults)
    names = _same_watch_twice(written, faults)
    check_queries(written, frozenset(names), faults)
    check_references(written, names, faults)
    _unknown_feeds(written, feeds, faults)
    return feeds, written


def _same_watch_twice(written: tuple[WrittenWatch, ...], faults: Faults) -> dict[str, WrittenWatch]:
    """The watches by name."""
    names: dict[str, WrittenWatch] = {}
    for one in written:
        first = names.setdefault(one.watch.name, one)
        if first is not one:
            faults.tell(
                one.name_node,
                f'there are two watches "{one.watch.name}"; the first is in line {first.name_node.line}. '
                "Make one of them, or give this one another name.",
            )
    return names


def _unknown_feeds(written: tuple[WrittenWatch, ...], feeds: tuple[FeedSpec, ...], faults: Faults) -> None:
    """Names and tags in a watch's `feeds` that no feed has; a feed without a name may still be called so itself."""
    if not feeds or any(spec.name is None for spec in feeds):
        return
    known = {spec.name for spec in feeds if spec.name} | {tag for spec in feeds for tag in spec.tags}
    for one in written:
        if not one.watch.feeds:
            continue
        node = one.node.at(("feeds",))
        for item in node.items or (node,):
            text = item.text.strip()
            if text and text not in known:
                faults.tell(item, f'no feed has the name or tag "{text}".{did_you_mean(text, known)}')
