"""Sections of a flow across a direction, part by part: areas, walls around them, Reynolds numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermal.fv.boundary import SIDES
from thermal.fv.flow_accounts import flow_at, total_inflow
from thermal.fv.flow_input import INLET, OUTLET, PERIODIC, SYMMETRY, WALL, FlowInput, pairs
from thermal.fv.grid import Axes, Floats
from thermal.fv.layout import along, at

__all__ = ["Sections", "moving_wall", "sections"]

EVEN = 1.0e-9  # share of the flow below which nothing flows through


@dataclass(frozen=True, eq=False)
class Sections:
    """Connected parts of the sections across a direction, from the low end to the high end.

    Attributes
    ----------
    axis : int
        The direction (0, 1, 2 for x, y, z).
    open : bool
        Whether fluid flows through the domain.
    place : (parts,) float64
        Position of the section along the direction [m].
    part : (nz, ny, nx) int
        Number of the part of each cell, from 0; -1 in solids and resistances.
    area, perimeter : (parts,) float64
        Area [m2], and length of the walls around it [m].
    openings : (parts,) float64
        Length of the inlets and outlets around it [m].
    net : (parts,) float64
        Mass flow towards higher coordinates [kg/s].
    flow : (parts,) float64
        Mass flow, net where the domain is open, else one way [kg/s].
    reynolds : (parts,) float64
        On the hydraulic diameter, zero where there are no walls; in a closed domain on the fastest motion, of fluid or
        wall, and the shortest side [-].
    lid : float
        In an open domain, that of the fastest moving wall on the shortest side, as what flows through says nothing of
        what walls drive round; else zero [-].
    """

    axis: int
    open: bool
    place: Floats
    part: NDArray[np.intp]
    area: Floats
    perimeter: Floats
    openings: Floats
    net: Floats
    flow: Floats
    reynolds: Floats
    lid: float = 0.0

    @property
    def largest(self) -> float:
        """Largest Reynolds number, of parts and moving walls [-]."""
        return float(self.reynolds.max(initial=self.lid))

    @property
    def diameter(self) -> Floats:
        """Hydraulic diameter of each part; infinite without walls [m]."""
        walls = np.where(self.perimeter > 0.0, self.perimeter, 1.0)
        return np.where(self.perimeter > 0.0, 4.0 * self.area / walls, np.inf)


def sections(given: FlowInput, velocity: Axes, axis: int | None = None) -> Sections:
    """Cut a flow across a direction.

    Parameters
    ----------
    given : FlowInput
        The problem.
    velocity : Axes
        On the faces [m/s].
    axis : int, optional
        The direction (0, 1, 2 for x, y, z); the main one, in which most fluid moves, by default.
    """
    axis = _main_direction(given, velocity) if axis is None else axis
    free = given.fluid & ~_resisted(given)
    number, count = _parts(free, axis)
    here = number[free]
    area = np.broadcast_to(np.expand_dims(given.grid.areas(axis), 2 - axis), free.shape)
    centres = along(given.grid.centres[axis], axis)

    def summed(values: Floats) -> Floats:
        return np.asarray(np.bincount(here, np.broadcast_to(values, free.shape)[free], count), np.float64)

    total = summed(area)
    walls, openings = _edges(given, axis)
    perimeter = summed(walls)
    faces = flow_at(given, velocity, axis)
    m = 2 - axis
    flow = 0.5 * (np.take(faces, range(free.shape[m]), m) + np.take(faces, range(1, free.shape[m] + 1), m))
    net = summed(flow)
    through = np.abs(net)
    is_open = total_inflow(given, velocity) > EVEN * float(np.abs(flow).max(initial=0.0))
    carried = through if is_open else 0.5 * (summed(np.abs(flow)) + through)
    viscosity = summed(given.viscosity * area) / total if count else total
    walled = perimeter > 0.0
    reynolds = np.divide(4.0 * carried, perimeter * viscosity, out=np.zeros(count), where=walled)
    lid = 0.0
    if is_open and count:
        lid = given.density * _fastest_wall(given) * _side(given) / float(viscosity.min())
    elif count:
        reynolds = given.density * _fastest(given, velocity) * _side(given) / viscosity
    place = summed(centres * area) / total if count else total
    return Sections(axis, is_open, place, number, total, perimeter, summed(openings), net, carried, reynolds, lid)


def _parts(free: NDArray[np.bool_], axis: int) -> tuple[NDArray[np.intp], int]:
    """Return the number of the part of each cell, -1 where nothing is free, and how many parts there are."""
    from scipy.ndimage import label

    joined = np.zeros((3, 3, 3), np.int8)
    for n in range(3):
        if n != 2 - axis:
            joined[tuple(slice(None) if k == n else 1 for k in range(3))] = 1
    numbers, count = label(free, joined)
    return np.asarray(numbers, np.intp) - 1, int(count)


def _main_direction(given: FlowInput, velocity: Axes) -> int:
    """Return the direction in which most fluid moves (0, 1, 2)."""
    moved = []
    for axis in range(3):
        m = 2 - axis
        count = given.grid.shape[m]
        speed = np.abs(velocity[axis])
        in_cells = 0.5 * (np.take(speed, range(count), m) + np.take(speed, range(1, count + 1), m))
        moved.append(float((in_cells * given.grid.volumes).sum()))
    return int(np.argmax(moved))


def moving_wall(given: FlowInput) -> float:
    """Reynolds number of the fastest moving wall on the shortest side, at the least viscosity [-]."""
    return given.density * _fastest_wall(given) * _side(given) / float(given.viscosity[given.fluid].min())


def _fastest(given: FlowInput, velocity: Axes) -> float:
    """Largest velocity along any axis, of fluid or wall [m/s]."""
    return max(*(float(np.abs(part).max()) for part in velocity), _fastest_wall(given))


def _fastest_wall(given: FlowInput) -> float:
    """Largest velocity along any axis of the walls [m/s]."""
    return max(
        float(np.abs(condition.velocity[:, condition.kind == WALL]).max(initial=0.0))
        for condition in given.sides.values()
    )


def _side(given: FlowInput) -> float:
    """Shortest side of the grid, directions in which nothing changes left out [m]."""
    sides = [float(np.ptp(row)) for row, flat in zip(given.grid.faces, given.flat, strict=True) if not flat]
    return min(sides, default=0.0)


def _resisted(given: FlowInput) -> NDArray[np.bool_]:
    """Return the cells with a resistance in any direction."""
    found = np.zeros(given.grid.shape, np.bool_)
    for parts in (given.linear, given.quadratic):
        for part in parts or ():
            found |= part > 0.0
    return found


def _edges(given: FlowInput, main: int) -> tuple[Floats, Floats]:
    """Length along the edges of each cell in its section of walls, and of inlets and outlets [m]."""
    walls, openings = np.zeros(given.grid.shape), np.zeros(given.grid.shape)
    for axis, sides in enumerate(pairs()):
        if axis == main or given.flat[axis]:
            continue
        m = 2 - axis
        edge = next(n for n in range(3) if n not in (main, axis))
        width = along(given.grid.widths[edge], edge)
        for side, step in zip(sides, (1, -1), strict=True):
            beyond = np.roll(given.fluid, step, axis=m)  # of the last cell, the first one: right where periodic
            _, end = SIDES[side]
            outer = at(axis, slice(0, 1) if end == 0 else slice(-1, None))
            kind = np.expand_dims(given.sides[side].kind, m)
            open_there = np.where(kind == PERIODIC, beyond[outer], kind != WALL)
            beyond[outer] = open_there | (kind == SYMMETRY)
            walls += np.where(beyond, 0.0, width)
            openings[outer] += np.where((kind == INLET) | (kind == OUTLET), 1.0, 0.0) * width
    return walls, openings
