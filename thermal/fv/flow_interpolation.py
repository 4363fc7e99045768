"""Velocities and pressure between the places where they stand: straight lines that know the walls, second order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from thermal.fv.boundary import SIDES, Side
from thermal.fv.flow_accounts import side_pressure, wet_faces
from thermal.fv.flow_input import OUTLET, PERIODIC, SYMMETRY, FlowInput
from thermal.fv.grid import Axes, Floats

__all__ = ["NAMES", "Lattice", "Name", "lattice"]

Name = Literal["u", "v", "w", "p"]
NAMES: tuple[Name, ...] = ("u", "v", "w", "p")
Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Lattice:
    """Values at nodes that reach to the sides: at faces along the direction of the velocity, else at centres.

    Attributes
    ----------
    nodes : Axes
        Where they stand; where they stand at centres, the two sides as well [m].
    values : float64
        In the order (z, y, x).
    wet : bool
        Nodes that move with the fluid: those of a velocity on and in blocked cells are dry and hold zero.
    faces : Axes
        Faces of the cells [m].
    along : int or None
        Direction of the velocity (0, 1, 2 for x, y, z); None of the pressure.
    """

    nodes: Axes
    values: Floats
    wet: NDArray[np.bool_]
    faces: Axes
    along: int | None

    def at(self, points: Sequence[Floats], cell: Sequence[Index]) -> Floats:
        """Return the values at points (x, y, z) that lie in cells (z, y, x)."""
        order = sorted(range(3), key=lambda axis: axis == self.along)  # along the velocity last, face by face
        return self._line(order, points, cell[::-1], {})[0]

    def _line(
        self, order: list[int], points: Sequence[Floats], cell: Sequence[Index], at: dict[int, Index]
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the value on the line through the nodes of the last direction left, and whether it is wet there."""
        if not order:
            index = tuple(at[2 - m] for m in range(3))
            return self.values[index], self.wet[index]
        axis, rest = order[-1], order[:-1]
        point, nodes = points[axis], self.nodes[axis]
        if axis == self.along:
            (low, _), (high, _) = (self._line(rest, points, cell, {**at, axis: cell[axis] + n}) for n in (0, 1))
            share = (point - nodes[cell[axis]]) / (nodes[cell[axis] + 1] - nodes[cell[axis]])
            return low + share * (high - low), np.ones(point.shape, np.bool_)
        own = cell[axis] + 1
        step = np.where(point > nodes[own], 1, -1)
        (here, wet), (there, wet_there) = (self._line(rest, points, cell, {**at, axis: n}) for n in (own, own + step))
        wall = self.faces[axis][np.where(step > 0, own, own - 1)]
        place = np.where(wet_there, nodes[own + step], wall)
        there = np.where(wet_there, there, self._on_wall(rest, points, cell, at, (axis, own, step, wall, here)))
        value = here + (point - nodes[own]) / (place - nodes[own]) * (there - here)
        return np.where(wet, value, 0.0), wet

    def _on_wall(
        self, rest: list[int], points: Sequence[Floats], cell: Sequence[Index], at: dict[int, Index],
        wall: tuple[int, Index, Index, Floats, Floats],
    ) -> Floats:  # fmt: skip
        """Return the value on the wall of a blocked cell: no slip, and the pressure on from the two cells before it."""
        axis, own, step, place, here = wall
        if self.along is not None:
            return np.zeros_like(here)
        behind, wet = self._line(rest, points, cell, {**at, axis: own - step})
        nodes = self.nodes[axis]
        share = (place - nodes[own]) / (nodes[own] - nodes[own - step])
        return np.where(wet, here + share * (here - behind), here)


def lattice(given: FlowInput, velocity: Axes, pressure: Floats, name: Name) -> Lattice:
    """Return the nodes of a velocity or of the pressure.

    Parameters
    ----------
    given : FlowInput
        The problem.
    velocity : Axes
        On the faces [m/s].
    pressure : (nz, ny, nx) float64
        Pressure [Pa].
    name : str
        ``u``, ``v``, ``w`` or ``p``.
    """
    along = None if name == "p" else "uvw".index(name)
    values = pressure if along is None else velocity[along]
    wet = given.fluid if along is None else wet_faces(given.fluid, along)
    if along is not None:
        values = np.where(wet, values, 0.0)
    nodes = list(given.grid.faces)
    for axis in range(3):
        if axis == along:
            continue
        row = given.grid.faces[axis]
        nodes[axis] = np.concatenate([row[:1], given.grid.centres[axis], row[-1:]])
        ends = [_end(given, values, wet, (axis, end), along, pressure) for end in (0, -1)]
        values = np.concatenate([ends[0], values, ends[1]], axis=2 - axis)
        wet = np.concatenate([np.take(wet, [0], 2 - axis), wet, np.take(wet, [-1], 2 - axis)], axis=2 - axis)
    return Lattice(Axes(*nodes), values, wet, given.grid.faces, along)


def _end(
    given: FlowInput, values: Floats, wet: NDArray[np.bool_], end: tuple[int, int], along: int | None, pressure: Floats
) -> Floats:
    """Return the values on a side: as given, level at symmetry, straight on at outlets, halfway where periodic."""
    axis, last = end
    m = 2 - axis
    side = next(name for name, which in SIDES.items() if which == end)
    first = np.take(values, [last], axis=m)
    onward, level, around = _beyond(given, values, wet, end)
    kind = _as_nodes(given.sides[side].kind, axis, along, values.shape)
    if along is None:
        held = _as_nodes(side_pressure(given, pressure, side), axis, along, values.shape)
        found = np.where(kind == OUTLET, held, onward)
    else:
        found = _mean_of_faces(given, side, along, values.shape)
        found = np.where(kind == OUTLET, onward, found)
    found = np.where(kind == SYMMETRY, level, found)
    found = np.where(kind == PERIODIC, around, found)
    return np.where(np.take(wet, [last], axis=m), found, 0.0 if along is not None else first)


def _beyond(
    given: FlowInput, values: Floats, wet: NDArray[np.bool_], end: tuple[int, int]
) -> tuple[Floats, Floats, Floats]:
    """Return the value on a side by a straight line, by a level parabola and, around, from the opposite side."""
    axis, last = end
    m = 2 - axis
    first = np.take(values, [last], axis=m)
    if values.shape[m] == 1:
        return first, first, first
    second = 1 if last == 0 else -2
    inner, fluid = np.take(values, [second], axis=m), np.take(wet, [second], axis=m)
    centres, face = given.grid.centres[axis], given.grid.faces[axis][last]
    near, far = abs(centres[last] - face), abs(centres[second] - face)
    onward = np.where(fluid, first + near / (far - near) * (first - inner), first)
    level = np.where(fluid, first - near**2 / (far**2 - near**2) * (inner - first), first)
    opposite = -1 if last == 0 else 0
    reach = 0.5 * given.grid.widths[axis][opposite]
    around = first + near / (near + reach) * (np.take(values, [opposite], axis=m) - first)
    return onward, level, around


def _as_nodes(faces: NDArray[np.generic], axis: int, along: int | None, shape: tuple[int, ...]) -> NDArray[np.generic]:
    """Return numbers of the faces of a side at the nodes on it, those of the nearest face."""
    spread = np.expand_dims(faces, 2 - axis)
    for n in range(3):
        if n == 2 - axis or spread.shape[n] == shape[n]:
            continue
        grown = shape[n] - spread.shape[n]  # 1: nodes at faces; 2: centres and both sides
        index = np.clip(np.arange(shape[n]) - (1 if grown == 2 else 0), 0, spread.shape[n] - 1)
        spread = np.take(spread, index, axis=n)
    return spread


def _mean_of_faces(given: FlowInput, side: Side, along: int, shape: tuple[int, ...]) -> Floats:
    """Return the velocity given on a side at the nodes on it; between two faces their mean."""
    axis, _ = SIDES[side]
    condition = given.sides[side]
    values = np.expand_dims(condition.velocity[along], 2 - axis)
    m = 2 - along
    low, high = (np.take(values, [n], axis=m) for n in (0, -1))
    values = 0.5 * (np.concatenate([low, values], axis=m) + np.concatenate([values, high], axis=m))
    for n in range(3):
        if n not in (2 - axis, m) and values.shape[n] != shape[n]:
            values = np.concatenate([np.take(values, [0], n), values, np.take(values, [-1], n)], axis=n)
    return values
