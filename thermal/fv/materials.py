"""Conductivity by regions, and its value in every cell or in the few that are asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermal.fv.grid import Axes, Box, Floats, Grid, Slices
from thermal.fv.layout import zeros
from thermal.fv.refusal import refuse

__all__ = ["Conductivity", "Material", "conductivity", "conductivity_in", "material"]

Conductivity = float | Sequence[float] | Floats
RIGHT = "give a finite conductivity above zero [W/(m K)]"


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
    place = "set_material"
    cells = grid.cells_in(box or Box(), place)
    if isinstance(given, np.ndarray) and given.ndim == 3:
        wrong = f"an array of shape {given.shape} for {f'the box {box}' if box else f'a grid of {grid.shape}'}"
        if box is not None or given.shape != grid.shape:
            refuse(place, [("conductivity", wrong, f"give (nz, ny, nx) = {grid.shape} values for the whole grid")])
        bad = np.argwhere(~((given > 0.0) & np.isfinite(given)))
        refuse(place, ((grid.describe(cell), f"a conductivity of {given[tuple(cell)]:g}", RIGHT) for cell in bad[:10]))
        values = np.array(given, np.float64)
        return Material(cells, (values, values, values))
    k = np.atleast_1d(np.asarray(given, np.float64))
    if k.shape not in {(1,), (3,)}:
        refuse(place, [("conductivity", f"{k.size} values", "give one, or (kx, ky, kz)")])
    region = f"{box}" if box else "whole grid"
    refuse(place, ((region, f"a conductivity of {v:g}", RIGHT) for v in k if not (v > 0.0 and math.isfinite(v))))
    return Material(cells, (float(k[0]), float(k[-1] if k.size == 1 else k[1]), float(k[-1])))


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
