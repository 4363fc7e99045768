"""Flow solved where fluid is: the box around the fluid cells of a problem, and the way back to its whole grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from thermal.fv.boundary import SIDES
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_input import WALL, FlowInput, SideCondition
from thermal.fv.grid import Axes, Floats, Grid

__all__ = ["Crop", "cropped"]

Slices = tuple[slice, slice, slice]


class Crop:
    """The part of a problem that holds all of its fluid.

    Attributes
    ----------
    whole, part : FlowInput
        The problem, and the same on the box around its fluid.
    cells : (slice, slice, slice)
        That box in the whole grid, (z, y, x).
    """

    def __init__(self, whole: FlowInput) -> None:
        self.whole = whole
        self.cells = _box(whole)
        self.part = cropped(whole, self.cells)

    def inward(self, field: FlowField) -> FlowField:
        """Return the part of a field of the whole grid."""
        u, v, w = (part[_faces(self.cells, axis)] for axis, part in enumerate(field.velocity))
        return replace(field, input=self.part, u=u, v=v, w=w, p=field.p[self.cells])

    def outward(self, field: FlowField) -> FlowField:
        """Return a field of the part on the whole grid, at rest outside."""
        if self.part is self.whole:
            return field
        parts: list[Floats] = []
        for axis, values in enumerate(field.velocity):
            shape = tuple(n + (2 - axis == d) for d, n in enumerate(self.whole.grid.shape))
            parts.append(np.zeros(shape))
            parts[axis][_faces(self.cells, axis)] = values
        p = np.zeros(self.whole.grid.shape)
        p[self.cells] = field.p
        return replace(field, input=self.whole, u=parts[0], v=parts[1], w=parts[2], p=p)


def cropped(given: FlowInput, cells: Slices) -> FlowInput:
    """Return a problem on a box of its cells; sides that the box moves inward are walls, of blocked cells."""
    if all(cut == slice(0, n) for cut, n in zip(cells, given.grid.shape, strict=True)):
        return given

    def cut(values: Floats | None) -> Floats | None:
        return None if values is None else values[cells]

    def cut_axes(values: Axes | None) -> Axes | None:
        return None if values is None else Axes(*(one[cells] for one in values))

    force = given.force
    if force is not None:
        force = Axes(*(one[_faces(cells, axis)] for axis, one in enumerate(force)))
    rows = (row[cells[2 - a].start : cells[2 - a].stop + 1] for a, row in enumerate(given.grid.faces))
    return replace(
        given,
        grid=Grid.from_faces(*rows),
        viscosity=given.viscosity[cells],
        fluid=given.fluid[cells],
        linear=cut_axes(given.linear),
        quadratic=cut_axes(given.quadratic),
        darcy=cut_axes(given.darcy),
        mass=cut(given.mass),
        force=force,
        sides={side: _side(given.sides[side], given.grid.shape, cells, *SIDES[side]) for side in SIDES},
    )


def _box(given: FlowInput) -> Slices:
    """Smallest box around the fluid; whole along periodic directions, and where one cell is the whole."""
    out = []
    for d, n in enumerate(given.grid.shape):
        rest = tuple(e for e in range(3) if e != d)
        found = np.flatnonzero(given.fluid.any(axis=rest))
        keep = given.periodic[2 - d] or not found.size
        out.append(slice(0, n) if keep else slice(int(found[0]), int(found[-1]) + 1))
    return out[0], out[1], out[2]


def _faces(cells: Slices, axis: int) -> Slices:
    """Slices of the faces across an axis that belong to a box of cells."""
    a, b, c = (slice(cut.start, cut.stop + (2 - axis == d)) for d, cut in enumerate(cells))
    return a, b, c


def _side(condition: SideCondition, shape: tuple[int, ...], cells: Slices, axis: int, end: int) -> SideCondition:
    """Return the condition on a side of the box."""
    rows, columns = (cut for d, cut in enumerate(cells) if d != 2 - axis)
    cut = cells[2 - axis]
    if (cut.start if end == 0 else shape[2 - axis] - cut.stop) == 0:
        kind, velocity, pressure = condition
        return SideCondition(kind[rows, columns], velocity[:, rows, columns], pressure[rows, columns])
    size = tuple(part.stop - part.start for part in (rows, columns))
    return SideCondition(np.full(size, WALL, np.int8), np.zeros((3, *size)), np.zeros(size))
