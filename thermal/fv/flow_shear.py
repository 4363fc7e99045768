"""Shear stress of a flow on the walls of its sides and of blocked cells."""

from __future__ import annotations

import numpy as np

from thermal.fv.boundary import SIDES, Side, plane_of, side_of
from thermal.fv.flow_input import WALL, FlowInput, staggered_shapes
from thermal.fv.grid import Floats
from thermal.fv.layout import along, at

__all__ = ["block_shear", "side_shear"]


def side_shear(given: FlowInput, velocity: Floats, side: Side) -> Floats:
    """Shear stress on the walls of a side along x, y, z, shape (3, rows, columns) [Pa].

    Parameters
    ----------
    given : FlowInput
        The problem.
    velocity : (3, nz, ny, nx) float64
        In cells [m/s].
    side : str
        One of `SIDES`.
    """
    axis, end = SIDES[side]
    condition = given.sides[side]
    walls = (condition.kind == WALL) & given.fluid[plane_of(side)]
    slip = velocity[(slice(None), *plane_of(side))] - condition.velocity
    stress = side_of(given.viscosity, side) * slip / (0.5 * given.grid.widths[axis][end])
    stress[axis] = 0.0
    return np.where(walls, stress, 0.0)


def block_shear(given: FlowInput, velocity: Floats, axis: int) -> Floats:
    """Shear stress on the walls of blocked cells across x, y or z (axis 0, 1, 2), zero on all other faces [Pa].

    Parameters
    ----------
    given : FlowInput
        The problem.
    velocity : (3, nz, ny, nx) float64
        In cells [m/s].
    axis : int
        Direction across the walls.

    Returns
    -------
    (3, ...) float64
        On the faces across that direction. A wall on the seam of a periodic direction stands on the first face and on
        the last, which are one and the same place.
    """
    stress = np.where(given.fluid, given.viscosity * velocity / along(0.5 * given.grid.widths[axis], axis), 0.0)
    stress[axis] = 0.0
    found = np.zeros((3, *staggered_shapes(given.grid)[axis]))
    low, high = at(axis, slice(None, -1)), at(axis, slice(1, None))
    inner = at(axis, slice(1, -1))
    wall = given.fluid[low] != given.fluid[high]
    found[(slice(None), *inner)] = np.where(wall, stress[(slice(None), *low)] + stress[(slice(None), *high)], 0.0)
    if given.periodic[axis]:
        first, last = at(axis, slice(0, 1)), at(axis, slice(-1, None))
        wall = given.fluid[first] != given.fluid[last]
        seam = np.where(wall, stress[(slice(None), *first)] + stress[(slice(None), *last)], 0.0)
        found[(slice(None), *first)] = found[(slice(None), *last)] = seam
    return found
