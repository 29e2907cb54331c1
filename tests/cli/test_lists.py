"""feeds import and export: a list from another reader into the watchlist, and out again."""

from __future__ import annotations

import json
from pathlib import Path

from calling import Watcher

from watcher.feeds.opml import read_opml

LIST = """<opml version="2.0"><body>
<outline text="World"><outline text="A" xmlUrl="https://A.example/f"/><outline text="B" xmlUrl="https://b.example/f"/></outline>
<outline text="C" xmlUrl="https://c.example/f"/><outline text="C again" xmlUrl="https://C.example:443/f"/>
<outline text="D" xmlUrl="https://d.example:http/f"/></body></opml>"""
WATCHLIST = "feeds:  # mine\n  - https://a.example/f  # A\n\n# names\nwatches: [Elon Musk]\n"


def test_a_list_goes_in_once_and_comes_out_again(config: Path, tmp_path: Path, watcher: Watcher) -> None:
    (config / "watchlist.yaml").write_text(WATCHLIST, encoding="utf-8")
    (tmp_path / "list.opml").write_text(LIST, encoding="utf-8")
    done = watcher("--config", config, "feeds", "import", tmp_path / "list.opml", "--json")
    said = json.loads(done.out)
    assert [(one["url"], one["tags"]) for one in said["added"]] == [
        ("https://b.example/f", ["World"]),
        ("https://c.example/f", []),
    ]
    assert said["present"] == 2  # A was there, and C came twice
    assert [one["url"] for one in said["left_out"]] == ["https://d.example:http/f"]
    assert "left out https://d.example:http/f: this address cannot be read" in done.err
    after = (config / "watchlist.yaml").read_text(encoding="utf-8")
    assert after.splitlines()[:2] + after.splitlines()[-3:] == WATCHLIST.splitlines()
    again = json.loads(watcher("--config", config, "feeds", "import", tmp_path / "list.opml", "--json").out)
    assert (again["added"], again["present"]) == ([], 4)
    out = watcher("--config", config, "feeds", "export").out
    assert [one.url for one in read_opml(out.encode())] == [
        "https://a.example/f",
        "https://b.example/f",
        "https://c.example/f",
    ]
