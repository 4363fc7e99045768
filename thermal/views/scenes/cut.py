"""A stored volume of a plate as a block with the quarter before its hottest cell cut away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thermal.views.scenes.solids import Surface

__all__ = ["hottest_cell", "place_of_cut", "quarter", "skin"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

EDGE = 0.15  # of the cells each way


def hottest_cell(values: Floats, present: Mask) -> tuple[int, int, int]:
    """Return layer, row and column of the hottest cell there is."""
    layer, row, column = np.unravel_index(int(np.argmax(np.where(present, values, -np.inf))), values.shape)
    return int(layer), int(row), int(column)


def place_of_cut(shape: tuple[int, ...], hottest: tuple[int, int]) -> tuple[tuple[int, int], str]:
    """Return where a quarter is cut up to, row and column, and the words for it.

    That is the hottest cell, unless it lies so near a side that too little or nearly all would be cut away.
    """
    within = all(EDGE * count <= at <= (1.0 - EDGE) * count for at, count in zip(hottest, shape, strict=True))
    if within:
        return hottest, "through the hottest cell"
    return (shape[0] // 2, shape[1] // 2), "through the middle"


def quarter(shape: tuple[int, ...], at: tuple[int, int]) -> Mask:
    """Return which cells (ny, nx) lie to the left of a cell and not behind it: without them its left side is seen."""
    return np.logical_and.outer(np.arange(shape[0]) <= at[0], np.arange(shape[1]) < at[1])


def skin(faces: tuple[Floats, Floats, Floats], values: Floats, present: Mask) -> tuple[Surface, Floats]:
    """Return the outside of the cells there are, with the value of the cell behind each face.

    Parameters
    ----------
    faces : (nx + 1,), (ny + 1,), (nz + 1,) float64
        Edges of the cells along x, y and z [m].
    values : (nz, ny, nx) float64
        One number per cell.
    present : (nz, ny, nx) bool
        Which cells there are.
    """
    counts = [len(one) for one in faces]
    stride = np.array([1, counts[0], counts[0] * counts[1]])
    quads, shown = [], []
    for axis in range(3):
        along = 2 - axis  # of arrays, whose axes are z, y, x
        u, v = stride[(axis + 1) % 3], stride[(axis + 2) % 3]
        for upper in (False, True):
            cells = np.nonzero(present & ~_neighbour(present, along, upper=upper))
            corner = cells[2] * stride[0] + cells[1] * stride[1] + cells[0] * stride[2] + upper * stride[axis]
            first, last = (corner + u, corner + v) if upper else (corner + v, corner + u)
            quads.append(np.stack([corner, first, corner + u + v, corner, corner + u + v, last], axis=1))
            shown.append(values[cells])
    used, index = np.unique(np.concatenate(quads).reshape(-1, 3), return_inverse=True)
    where = [(used // stride[axis]) % counts[axis] for axis in range(3)]
    points = np.stack([edges[index_] for edges, index_ in zip(faces, where, strict=True)], axis=1)
    return Surface(points, index.reshape(-1, 3).astype(np.int64)), np.repeat(np.concatenate(shown), 2)


def _neighbour(present: Mask, axis: int, *, upper: bool) -> Mask:
    """Return whether the next cell along an axis of the array is there; outside there is none."""
    there = np.zeros_like(present)
    ahead, behind = [slice(None)] * 3, [slice(None)] * 3
    ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
    source, target = (tuple(ahead), tuple(behind)) if upper else (tuple(behind), tuple(ahead))
    there[target] = present[source]
    return there
