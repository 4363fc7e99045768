"""Which parts of a network the coolant can reach."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["reachable"]


def reachable(
    nodes: int,
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    is_open: NDArray[np.bool_],
    given: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Nodes that an open path joins to a node of given pressure.

    Parameters
    ----------
    nodes : int
        Number of nodes.
    start, end : (branches,) int64
        Nodes of each branch.
    is_open : (branches,) bool
        False where a branch is shut.
    given : (given,) int64
        Nodes of given pressure.

    Returns
    -------
    (nodes,) bool
        True where reached.
    """
    return np.asarray(_reach(nodes, start, end, is_open, given))


@njit(cache=True)
def _reach(nodes, start, end, is_open, given):  # type: ignore[no-untyped-def]
    """Union–find with path halving over the open branches."""
    root = np.arange(nodes)
    for b in range(start.size):
        if is_open[b]:
            i, j = start[b], end[b]
            while root[i] != i:
                root[i] = root[root[i]]
                i = root[i]
            while root[j] != j:
                root[j] = root[root[j]]
                j = root[j]
            root[max(i, j)] = min(i, j)
    out = np.zeros(nodes, np.bool_)
    reached = np.zeros(nodes, np.bool_)
    for g in range(given.size):
        i = given[g]
        while root[i] != i:
            i = root[i]
        reached[i] = True
    for n in range(nodes):
        i = n
        while root[i] != i:
            i = root[i]
        out[n] = reached[i]
    return out
