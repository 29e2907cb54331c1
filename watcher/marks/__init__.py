"""YAML text in; nodes that know their line and column out, or ConfigError with every fault in words.

`compose` reads a file, `survey` gives the faults back beside what could be read, `closest` is for "Did you mean",
`duration` reads 10m and 2h, `query_line` writes a query as it should stand.
Every scalar stays the text that was written: NO, on, 1984 and 2024-01-01 are words.
"""

from watcher.marks.compose import compose, survey
from watcher.marks.nodes import Kind, Node, Source
from watcher.marks.slips_lines import query_line
from watcher.marks.words import closest, did_you_mean, duration, duration_text

__all__ = [
    "Kind",
    "Node",
    "Source",
    "closest",
    "compose",
    "did_you_mean",
    "duration",
    "duration_text",
    "query_line",
    "survey",
]
