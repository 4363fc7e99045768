"""Shear stress of a flow on the walls of its sides and of blocked cells."""

from __future__ import annotations

import numpy as np

from thermal.fv.boundary import SIDES, Side, plane_of, side_of
from thermal.fv.flow_input import WALL, FlowInput
from thermal.fv.grid import Floats

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
        On the faces across that direction.
    """
    m = 2 - axis
    half = np.expand_dims(0.5 * given.grid.widths[axis], tuple(n for n in range(3) if n != m))
    stress = np.where(given.fluid, given.viscosity * velocity / half, 0.0)
    stress[axis] = 0.0
    shape = [n + (k == m) for k, n in enumerate(given.grid.shape)]
    found = np.zeros((3, *shape))
    count = given.grid.shape[m]
    low, high = (_cut(m, slice(*ends)) for ends in ((None, count - 1), (1, None)))
    inner = _cut(m, slice(1, count))
    wall = given.fluid[low] != given.fluid[high]
    found[(slice(None), *inner)] = np.where(wall, stress[(slice(None), *low)] + stress[(slice(None), *high)], 0.0)
    return found


def _cut(m: int, part: slice) -> tuple[slice, slice, slice]:
    """Return the slices of an array (z, y, x) that take a part along one of its axes."""
    return tuple(part if n == m else slice(None) for n in range(3))  # type: ignore[return-value]
