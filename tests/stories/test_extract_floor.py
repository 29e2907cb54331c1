"""How good extraction is as a whole: floors that a change may raise and never lower."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import trafilatura

from watcher.stories.charset import decode
from watcher.stories.extract import extract

FLOOR = 0.995  # mean F1 over the whole pages of tests/data/pages; measured 1.0
AHEAD = 0.02  # by so much it is better than the best single reader; measured 0.105


def test_the_mean_over_all_whole_pages_holds(page_cases: list[Any], alike: Callable[[str, str], float]) -> None:
    ours, single = [], []
    for case in page_cases:
        if case.expect["problem"] is None:
            found = extract(case.response())
            text = "\n\n".join(block for block in found.text.split("\n\n") if block != found.lede)
            ours.append(alike(text, case.story()))
            source, _ = decode(case.body, case.expect["content_type"])
            single.append(alike(trafilatura.extract(source, include_comments=False) or "", case.story()))
    mean, baseline = sum(ours) / len(ours), sum(single) / len(single)
    assert mean >= FLOOR
    assert mean - baseline >= AHEAD
