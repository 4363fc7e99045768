"""Contact resistances on inner planes, and rectangles of planes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from thermal.fv.grid import NAMES, ROUNDING, Box, Grid, Range
from thermal.fv.refusal import number_faults, refuse

__all__ = ["Contact", "contact", "rectangle"]


class Contact(NamedTuple):
    """A contact resistance on a rectangle of an inner plane of faces."""

    axis: int  # across the plane; 0, 1, 2 for x, y, z
    face: int  # between cells `face` and `face + 1`
    rectangle: tuple[Range, Range]
    resistance: float  # [m2 K/W]


def contact(grid: Grid, position: Sequence[float | None], within: Box | None, resistance: float) -> Contact:
    """Return a checked contact; arguments and errors of `ConductionProblem.set_contact`, `position` being (x, y, z)."""
    place = "set_contact"
    refuse(place, number_faults("resistance", np.asarray(resistance), "m2 K/W", least=0.0))
    given = [(axis, at) for axis, at in enumerate(position) if at is not None]
    if len(given) != 1:
        refuse(place, [("plane", f"{len(given)} positions", "give exactly one of x, y, z")])
    axis, at = given[0]
    row = grid.faces[axis]
    nearest = int(np.abs(row - at).argmin())
    if not abs(row[nearest] - at) <= ROUNDING * (row[-1] - row[0]):
        right = f"put a face there; the nearest is at {row[nearest]:.6g} m"
        refuse(place, [(NAMES[axis], f"no face at {at:.6g} m", right)])
    if nearest in {0, len(row) - 1}:
        right = "give set_convection with h = 1/resistance on that side"
        refuse(place, [(NAMES[axis], f"{at:.6g} m is an outer side", right)])
    return Contact(axis, nearest - 1, rectangle(grid, axis, within, place), float(resistance))


def rectangle(grid: Grid, axis: int, within: Box | None, place: str) -> tuple[Range, Range]:
    """Return the ends of a rectangle along the two directions of a plane across `axis`; raises InputError."""
    box = within or Box()
    if box[axis] is not None:
        refuse(place, [(NAMES[axis], f"the rectangle has ends in {NAMES[axis]}", "leave that direction out")])
    first, second = (ends for n, ends in enumerate(grid.ranges(box, place)) if n != axis)
    return first, second
