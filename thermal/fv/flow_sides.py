"""Laying the conditions given for the sides of a flow onto their faces; the later one counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.fv.boundary import SIDES, Side, plane_of
from thermal.fv.flow_input import INLET, OUTLET, PERIODIC, SYMMETRY, WALL, SideCondition
from thermal.fv.given import Notes, Rectangle
from thermal.fv.grid import NAMES, Floats, Grid

__all__ = ["Given", "lay"]

VERBS = {WALL: "wall", SYMMETRY: "symmetry", INLET: "inlet", OUTLET: "outlet"}


class Given(NamedTuple):
    """One condition as it was given."""

    kind: int
    faces: Rectangle
    velocity: Floats  # (3, 1, 1), or (3, rows, columns) on the whole side [m/s]
    pressure: Floats  # a number, or (rows, columns) on the whole side [Pa]
    flow: float | None = None  # into the grid, of inlets by flow [kg/s]

    def place(self, side: Side) -> str:
        """Words for messages."""
        return f"{VERBS[self.kind]} {side}"


def lay(
    grid: Grid,
    fluid: NDArray[np.bool_],
    density: float,
    given: Mapping[Side, Sequence[Given]],
    periodic: Sequence[bool],
    notes: Notes,
) -> dict[Side, SideCondition]:
    """Return the conditions of all six sides on their faces.

    Where nothing is given there is a wall at rest, or symmetry across a direction of one cell.

    Parameters
    ----------
    grid : Grid
        The grid.
    fluid : (nz, ny, nx) bool
        Cells that are not blocked; faces before the others are walls at rest.
    density : float
        Of the fluid [kg/m3].
    given : mapping from side to sequence of Given
        In the order in which they were given.
    periodic : sequence of bool
        Whether x, y, z are periodic.
    notes : Notes
        Takes what is wrong: conditions on periodic sides, inlets and outlets wholly before blocked cells.
    """
    sides = {}
    for side, (axis, _) in SIDES.items():
        wet = fluid[plane_of(side)]
        if periodic[axis]:
            wrong = f"{NAMES[axis]} is periodic, so that {side} is no end"
            right = f"leave this call out, or the one of periodic({NAMES[axis]!r})"
            notes.add(
                given[side][-1].place(side) if given[side] else side, [("side", wrong, right)] * bool(given[side])
            )
            kind = np.full(wet.shape, PERIODIC, np.int8)
            sides[side] = SideCondition(kind, np.zeros((3, *wet.shape)), np.zeros(wet.shape))
        else:
            sides[side] = _side(grid, side, wet, density, given[side], notes)
    return sides


def _side(
    grid: Grid, side: Side, wet: NDArray[np.bool_], density: float, given: Sequence[Given], notes: Notes
) -> SideCondition:
    """Return the conditions of one side that is not periodic."""
    axis, end = SIDES[side]
    kind = np.full(wet.shape, SYMMETRY if grid.shape[2 - axis] == 1 else WALL, np.int8)
    velocity, pressure = np.zeros((3, *wet.shape)), np.zeros(wet.shape)
    owner = np.full(wet.shape, -1)
    for n, one in enumerate(given):
        owner[one.faces] = n
    for n, one in enumerate(given):
        own = owner == n
        open_faces = own & wet
        if one.kind in {INLET, OUTLET} and own.any() and not open_faces.any():
            wrong = f"all of its {np.count_nonzero(own)} faces lie before blocked cells"
            notes.add(one.place(side), [("box", wrong, "move it, or leave cells behind it open")])
            continue
        kind[own] = one.kind
        pressure[own] = np.broadcast_to(one.pressure, wet.shape)[own]
        velocity[:, own] = np.broadcast_to(one.velocity, velocity.shape)[:, own]
        if one.flow is not None and own.any():
            speed = one.flow / (density * float(grid.areas(axis)[open_faces].sum()))
            velocity[axis, own] = speed if end == 0 else -speed
    kind[~wet & (kind != SYMMETRY)] = WALL
    pressure[~wet] = 0.0
    velocity[:, ~wet] = 0.0
    return SideCondition(kind, velocity, pressure)
