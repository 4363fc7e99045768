"""Conductivity by regions, and its value in every cell or in the few that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermal.fv.given import Notes
from thermal.fv.grid import Axes, Box, Floats, Grid, Slices
from thermal.fv.layout import zeros
from thermal.fv.refusal import LARGEST, numbers, refuse, shown

__all__ = ["Conductivity", "Material", "conductivity", "conductivity_in", "material"]

Conductivity = float | Sequence[float] | Floats
RIGHT = f"give a conductivity above zero, from {1.0 / LARGEST:g} to {LARGEST:g} W/(m K)"


class Material(NamedTuple):
    """One conductivity in a box of cells; made by `material`."""

    cells: Slices
    k: tuple[float | Floats, float | Floats, float | Floats]  # along x, y, z [W/(m K)]; arrays on the whole grid


def material(grid: Grid, box: Box | None, given: Conductivity) -> Material:
    """Return a checked material.

    Parameters
    ----------
    grid : Grid
        The grid.
    box : Box or None
        The cells whose centres lie in it; None is the whole grid.
    given : float, (kx, ky, kz) or (nz, ny, nx) float64
        Conductivity [W/(m K)]; one value, one for each direction, or one for each cell of the whole grid.

    Raises
    ------
    InputError
        A conductivity that is not finite or not above zero (with the cell), another shape, a box outside the grid.
    """
    notes, place = Notes(), "set_material"
    cells = notes.tried(lambda: grid.cells_in(Box() if box is None else box, place))
    values = numbers(given)
    if values is None:
        notes.add(place, [("conductivity", f"{shown(given)} is not a number", RIGHT)])
    elif values.ndim == 3 and (box is not None or values.shape != grid.shape):
        wrong = f"an array of shape {values.shape} for {f'a grid of {grid.shape}' if box is None else f'the box {box}'}"
        notes.add(place, [("conductivity", wrong, f"give (nz, ny, nx) = {grid.shape} values for the whole grid")])
    elif values.ndim == 3:
        notes.add(place, ((grid.describe(cell), f"a conductivity of {values[tuple(cell)]:g}", RIGHT)
                          for cell in np.argwhere(~_good(values))[:10]))  # fmt: skip
    elif values.shape not in {(), (1,), (3,)}:
        notes.add(place, [("conductivity", f"{values.size} values", "give one, or (kx, ky, kz)")])
    else:
        region = "whole grid" if box is None else f"{box}"
        notes.add(place, ((region, f"a conductivity of {v:g}", RIGHT) for v in values.flat if not _good(v)))
    k = np.array(notes.right(values))
    if k.ndim == 3:
        return Material(notes.right(cells), (k, k, k))
    kx, ky, kz = np.broadcast_to(k, 3).tolist()
    return Material(notes.right(cells), (kx, ky, kz))


def _good(k: Floats | float) -> NDArray[np.bool_]:
    """Whether conductivities are above zero and within bounds."""
    return np.asarray((k >= 1.0 / LARGEST) & (k <= LARGEST))


def conductivity(grid: Grid, materials: Sequence[Material], wet: NDArray[np.bool_] | None = None) -> Axes:
    """Conductivity of every cell, three arrays (nz, ny, nx) that are one and the same where all is isotropic [W/(m K)].

    Cells that are all coolant, `wet` (nz, ny, nx), need no material: they get a value that has no meaning.

    Raises
    ------
    InputError
        A cell without a material.
    """
    isotropic = all(part.k[0] is part.k[1] is part.k[2] or _same(part.k) for part in materials)
    rows = []
    for axis in range(1 if isotropic else 3):
        k = zeros(grid.shape)
        for part in materials:
            value = part.k[axis]
            k[part.cells] = value if isinstance(value, float) else value[part.cells]
        if wet is not None:
            k[wet] = 1.0
        rows.append(k)
    if not rows[0].all():
        first = tuple(np.argwhere(rows[0] == 0.0)[0])
        wrong = f"{np.count_nonzero(rows[0] == 0.0)} cells have no material"
        refuse("conduction problem", [(grid.describe(first), wrong, "call set_material for every region")])
    return Axes(*(rows * 3)[:3])


def conductivity_in(materials: Sequence[Material], cells: Sequence[NDArray[np.intp] | ArrayLike], axis: int) -> Floats:
    """Conductivity along a direction (0, 1, 2 for x, y, z) in cells given by index arrays (z, y, x) [W/(m K)]."""
    index = np.broadcast_arrays(*(np.asarray(row) for row in cells))
    k = np.zeros(index[0].shape)
    for part in materials:
        inside = np.ones(k.shape, bool)
        for row, cut in zip(index, part.cells, strict=True):
            inside &= (row >= cut.start) & (row < cut.stop)
        value = part.k[axis]
        k = np.where(inside, value if isinstance(value, float) else value[tuple(index)], k)
    return k


def _same(k: tuple[float | Floats, ...]) -> bool:
    return all(isinstance(value, float) for value in k) and k[0] == k[1] == k[2]
