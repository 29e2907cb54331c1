"""watcher.app hands out each of its names, from the module that it is said to live in."""

from __future__ import annotations

import pytest

import watcher.app


@pytest.mark.parametrize("name", watcher.app.__all__)
def test_every_name_is_to_be_had(name: str) -> None:
    assert getattr(watcher.app, name) is not None


def test_another_name_is_none() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = watcher.app.no_such_name
