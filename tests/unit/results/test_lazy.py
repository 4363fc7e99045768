from __future__ import annotations

from typing import Any

import pytest

from thermal.results.lazy import LazyMapping


def test_a_mapping_is_made_once_and_not_before_it_is_looked_into() -> None:
    made: list[int] = []

    def make() -> dict[str, Any]:
        made.append(1)
        return {"rack": "small", "boxes": []}

    lazy = LazyMapping(make)
    assert made == []
    assert (lazy["rack"], list(lazy), len(lazy), dict(lazy)) == ("small", ["rack", "boxes"], 2, make())
    assert lazy == {"rack": "small", "boxes": []}
    assert len(made) == 2, "once by itself, once in the line above"
    with pytest.raises(KeyError):
        lazy["tubes"]
