"""Contact resistances on inner planes, and rectangles of planes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from thermal.fv.given import Notes
from thermal.fv.grid import NAMES, ROUNDING, Box, Grid, Range
from thermal.fv.refusal import number_faults, refuse, scalar

__all__ = ["Contact", "contact", "rectangle"]


class Contact(NamedTuple):
    """A contact resistance on a rectangle of an inner plane of faces."""

    axis: int  # across the plane; 0, 1, 2 for x, y, z
    face: int  # between cells `face` and `face + 1`
    rectangle: tuple[Range, Range]
    resistance: float  # [m2 K/W]


def contact(grid: Grid, position: Sequence[float | None], within: Box | None, resistance: float) -> Contact:
    """Return a checked contact; arguments and errors of `ConductionProblem.set_contact`, `position` being (x, y, z)."""
    notes, place = Notes(), "set_contact"
    value = notes.numbers(place, "resistance", resistance, "m2 K/W", least=0.0)
    named = [axis for axis, at in enumerate(position) if at is not None]
    if len(named) != 1:
        notes.add(place, [("plane", f"{len(named)} positions", "give exactly one of x, y, z")])
        notes.tell()
    axis = named[0]
    face = notes.tried(lambda: _face(grid, axis, position[axis], place))
    covered = notes.tried(lambda: rectangle(grid, axis, within, place))
    return Contact(axis, notes.right(face), notes.right(covered), float(notes.right(value)))


def _face(grid: Grid, axis: int, at: object, place: str) -> int:
    """Return the number of the inner face at a position, counted from 0; raises InputError."""
    refuse(place, number_faults(NAMES[axis], at, "m", shapes=((),)))
    row, position = grid.faces[axis], scalar(at)
    nearest = int(np.abs(row - position).argmin())
    if not abs(row[nearest] - position) <= ROUNDING * (row[-1] - row[0]):
        right = f"put a face there; the nearest is at {row[nearest]:.6g} m"
        refuse(place, [(NAMES[axis], f"no face at {position:.6g} m", right)])
    if nearest in {0, len(row) - 1}:
        right = "give set_convection with h = 1/resistance on that side"
        refuse(place, [(NAMES[axis], f"{position:.6g} m is an outer side", right)])
    return nearest - 1


def rectangle(grid: Grid, axis: int | None, within: Box | None, place: str) -> tuple[Range, Range]:
    """Return the ends of a rectangle along the two directions of a plane across `axis`; raises InputError.

    An axis that is not known is told elsewhere: without it only the ends are looked at.
    """
    box = Box() if within is None else within
    if axis is not None and isinstance(box, Box) and box[axis] is not None:
        refuse(place, [(NAMES[axis], f"the rectangle has ends in {NAMES[axis]}", "leave that direction out")])
    first, second, *_ = (ends for n, ends in enumerate(grid.ranges(box, place)) if n != axis)
    return first, second
