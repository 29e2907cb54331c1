"""Prints what extraction costs and how good it is on tests/data/pages: `python benchmarks/extract.py [ROUNDS]`.

CPU per page of watcher against trafilatura alone (its main text without metadata), and the mean F1 of both by runs of
four words. Ratios hold from machine to machine, milliseconds do not. Pages get the weight of real ones; on bare ones of
7 KB, where trafilatura takes 3 ms, the ratio is 3 to 4: metadata and the search for asides are most of it.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import trafilatura
from lxml import html

from watcher.model import Response
from watcher.stories.charset import decode
from watcher.stories.extract import extract

PAGES = Path(__file__).parent.parent / "tests" / "data" / "pages"


def runs(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[n : n + 4]) for n in range(max(1, len(words) - 3))) if words else Counter()


def f1(one: str, other: str) -> float:
    some, others = runs(one), runs(other)
    return 2 * (some & others).total() / max(1, some.total() + others.total())


def furnished(source: str) -> str:
    """The page with the weight of a real one: 300 KB, 2,500 elements; the pages themselves are small to be read."""
    links = "".join(f'<li class="nav-item"><a href="/s/{n}"><span>Section {n}</span></a></li>' for n in range(350))
    card = '<div class="card"><a href="/c/{0}"><img src="{0}.jpg"></a><h3><a href="/c/{0}">Headline {0}</a></h3></div>'
    cards = "".join(card.format(n) for n in range(120))
    script = "<script>window.__DATA__=" + json.dumps({f"key {n}": "v" * 50 for n in range(2_500)}) + "</script>"
    source = re.sub(r"(?i)(<body[^>]*>)", lambda body: f"{body[1]}<nav><ul>{links}</ul></nav>", source, count=1)
    return re.sub(
        r"(?i)</body>", lambda body: f"<section class=more>{cards}</section>{script}{body[0]}", source, count=1
    )


def cpu(work: Callable[[], object], rounds: int) -> float:
    """Milliseconds of CPU, the best of the rounds."""
    taken = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken) * 1000


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    ours: list[tuple[float, float]] = []
    single: list[tuple[float, float]] = []
    for path in sorted(PAGES.glob("*.html")):
        body, _, expectation = path.read_bytes().rpartition(b"<!--expect")
        expect = json.loads(expectation.partition(b"-->")[0])
        if expect["problem"]:
            continue
        source, _ = decode(body, expect["content_type"])
        source = furnished(re.sub(r"charset=[\w-]+", "charset=utf-8", source))
        headers = {"content-type": "text/html; charset=utf-8"}
        now = datetime.now(UTC)
        page = Response(url=expect["url"], status=200, headers=headers, body=source.encode(), fetched_at=now)
        tree = html.document_fromstring(source)
        story = "\n".join(
            "".join(map(str, place.itertext())) for place in tree.iter() if place.get("data-story") is not None
        )
        found = extract(page)
        text = "\n\n".join(block for block in found.text.split("\n\n") if block != found.lede)
        ours.append((f1(text, story), cpu(partial(extract, page), rounds)))
        alone = trafilatura.extract(source, include_comments=False) or ""
        taken = cpu(partial(trafilatura.extract, source, include_comments=False), rounds)
        single.append((f1(alone, story), taken))
        print(f"{path.stem:28} F1 {ours[-1][0]:.3f} / {single[-1][0]:.3f}   CPU ms {ours[-1][1]:5.1f} / {taken:5.1f}")
    count = len(ours)
    mean = [sum(column) / count for column in (*zip(*ours, strict=True), *zip(*single, strict=True))]
    print(f"\n{count} pages: watcher F1 {mean[0]:.3f}, {mean[1]:.1f} ms; alone F1 {mean[2]:.3f}, {mean[3]:.1f} ms")
    print(f"CPU ratio {mean[1] / mean[3]:.2f} (aim: at most 2.5)")


if __name__ == "__main__":
    main()
