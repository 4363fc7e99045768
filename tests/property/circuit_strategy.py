"""Circuits as a rack file may write them, for Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

__all__ = ["circuits_of"]


def circuits_of(parts: list[str]) -> st.SearchStrategy[Any]:
    """Return nested series and parallel circuits of these parts, some under names of their own."""
    uses = st.builds(
        lambda part, name, repeat: {"part": part, "repeat": repeat} | ({"name": name} if name else {}),
        st.sampled_from(parts),
        st.sampled_from(["", "x", "y"]),
        st.integers(1, 3),
    )
    return st.recursive(
        uses,
        lambda inner: st.builds(
            lambda key, branches: {key: tuple(branches)},
            st.sampled_from(["series", "parallel"]),
            st.lists(inner, min_size=1, max_size=4),
        ),
        max_leaves=12,
    )
