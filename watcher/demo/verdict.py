"""The truth, and what came over each channel, in; what is missing and what is too much out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """missing and surplus: sentences for people, each with its channel; none of either is a good end."""

    missing: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return not self.missing and not self.surplus


def judge(
    expected: frozenset[tuple[str, str]],
    files: Mapping[str, tuple[str, str]],
    channels: Mapping[str, Iterable[str]],
) -> Verdict:
    """Hold what came against the truth.

    expected: (watch, story) of each alert that is to come once. files: alert id -> (watch, story), as the archive's
    files tell them. channels: name of a channel -> the alert ids that came over it, one for each time.
    """
    raised = Counter(files.values())
    missing = [f"files: {_spoken(pair)}" for pair in sorted(expected) if not raised[pair]]
    surplus = [f"files: {_spoken(pair)}" for pair in sorted(raised) if pair not in expected]
    surplus += [f"files: {_spoken(pair)}, {count} times" for pair, count in sorted(raised.items()) if count > 1]
    for name, ids in channels.items():
        came = Counter(ids)
        missing += [f"{name}: {_spoken(pair)}" for alert, pair in files.items() if not came[alert]]
        surplus += [f"{name}: an alert that has no file, {alert}" for alert in came if alert not in files]
        surplus += [f"{name}: {_spoken(files[a])}, {n} times" for a, n in came.items() if n > 1 and a in files]
    return Verdict(missing=tuple(missing), surplus=tuple(surplus))


def _spoken(pair: tuple[str, str]) -> str:
    return f"{pair[0]} in {pair[1]}"
