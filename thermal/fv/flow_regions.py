"""Which fluid cells are connected with which, also through periodic sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermal.fv.boundary import SIDES, plane_of
from thermal.fv.flow_input import OUTLET, FlowInput
from thermal.fv.grid import Floats

__all__ = ["Regions", "level", "regions", "winds"]

Labels = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Regions:
    """Sets of fluid cells between which nothing can flow.

    Attributes
    ----------
    labels : (nz, ny, nx) int32
        Number of the region of each cell, from 1; 0 for blocked cells.
    count : int
        Number of regions.
    floating : (regions,) int
        Regions without an outlet, whose pressure is known up to a constant only.
    bordering : (regions,) int
        Regions that touch blocked cells.
    """

    labels: Labels
    count: int
    floating: NDArray[np.intp]
    bordering: NDArray[np.intp]

    def first(self, region: int) -> tuple[int, int, int]:
        """Return the first cell (z, y, x) of a region."""
        z, y, x = np.unravel_index(int((self.labels == region).argmax()), self.labels.shape)
        return int(z), int(y), int(x)


def regions(flow: FlowInput) -> Regions:
    """Return the regions of a flow."""
    from scipy.ndimage import label
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    labels, count = label(flow.fluid)
    pairs = [pair for axis in range(3) if flow.periodic[axis] for pair in _across(labels, axis)]
    if pairs:
        one, two = np.array(pairs).T
        graph = coo_array((np.ones(len(one)), (one, two)), (count + 1, count + 1))
        _, merged = connected_components(graph, directed=False)
        names = np.unique(merged[1:], return_inverse=True)[1] + 1
        labels = np.append(0, names)[labels].astype(np.int32)
        count = int(names.max())
    outlet = [labels[plane_of(side)][flow.sides[side].kind == OUTLET] for side in SIDES]
    floating = np.setdiff1d(np.arange(1, count + 1), np.concatenate(outlet))
    return Regions(labels, count, floating, _bordering(flow, labels))


def level(flow: FlowInput, pressure: Floats) -> None:
    """Let the pressure (nz, ny, nx) of regions without an outlet count from the mean of their cells, in place [Pa]."""
    found = regions(flow)
    if found.floating.size:
        label = found.labels.ravel()
        cells = np.maximum(np.bincount(label, minlength=found.count + 1), 1)
        mean = np.bincount(label, pressure.ravel(), found.count + 1) / cells
        above = np.zeros(found.count + 1)
        above[found.floating] = mean[found.floating]
        pressure -= above[found.labels]


def winds(flow: FlowInput, axis: int) -> bool:
    """Whether a path of fluid cells leads round a periodic direction and comes back to itself."""
    from scipy.ndimage import label

    labels, count = label(flow.fluid)
    steps: list[list[tuple[int, int]]] = [[] for _ in range(count + 1)]
    for other in range(3):
        if flow.periodic[other]:
            for high, low in _across(labels, other):
                steps[high].append((low, int(other == axis)))
                steps[low].append((high, -int(other == axis)))
    turns: dict[int, int] = {}  # how often the direction was gone round to get to a region
    for start in range(1, count + 1):
        if start in turns:
            continue
        turns[start] = 0
        open_ends = [start]
        while open_ends:
            here = open_ends.pop()
            for there, turn in steps[here]:
                if there not in turns:
                    turns[there] = turns[here] + turn
                    open_ends.append(there)
                elif turns[there] != turns[here] + turn:
                    return True
    return False


def _across(labels: Labels, axis: int) -> list[tuple[int, int]]:
    """Pairs of labels that meet through a periodic side: at its high end, at its low end."""
    high, low = np.take(labels, -1, 2 - axis).ravel(), np.take(labels, 0, 2 - axis).ravel()
    both = (high > 0) & (low > 0)
    return [(int(a), int(b)) for a, b in np.unique(np.stack([high[both], low[both]], axis=1), axis=0)]


def _bordering(flow: FlowInput, labels: Labels) -> NDArray[np.intp]:
    """Regions that touch blocked cells; those that do through a periodic side also do so within the grid."""
    touching = np.zeros(labels.shape, bool)
    for d in range(3):
        blocked, beside = np.moveaxis(~flow.fluid, d, 0), np.moveaxis(touching, d, 0)
        beside[1:] |= blocked[:-1]
        beside[:-1] |= blocked[1:]
    return np.setdiff1d(labels[touching], 0).astype(np.intp)
