"""A solved temperature field and the questions that can be put to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermal.fv.asked import asked_points, require_side
from thermal.fv.assemble import System
from thermal.fv.boundary import SIDES, Side, side_of
from thermal.fv.channels import in_channels
from thermal.fv.conjugate_field import Axis, bulk_rise, outlet_rise, required
from thermal.fv.contact import rectangle
from thermal.fv.coolant_field import Coolant, coolant_of
from thermal.fv.energy import EnergyBalance, balance, heat_flow, residual
from thermal.fv.grid import Box, Floats, Grid
from thermal.fv.materials import conductivity_in
from thermal.fv.overlap import tile_shares
from thermal.fv.refusal import axis_faults, refuse

__all__ = ["Coolant", "EnergyBalance", "Field", "Place"]


class Place(NamedTuple):
    """A temperature and where it is."""

    temperature: float  # [K]
    x: float  # [m]
    y: float
    z: float


@dataclass(frozen=True, eq=False)
class Field:
    """Temperatures of cells, and what follows from them.

    A surface has its own temperature, not that of the cell behind it, which lies half a cell deeper: see `surface`.

    Attributes
    ----------
    system : System
        The assembled problem it solves.
    rise : (nz, ny, nx) float64
        Temperature over ``system.reference`` [K].
    iterations : int
        Of the linear solver.
    history : tuple of float
        Its relative residual before the first and after each iteration.
    unbalanced : float
        Imbalance of heat that the iteration left and the common shift of all temperatures took out, over the heat that
        enters. `energy` is closed by that shift; this shows a loose tolerance and a solver of another operator [-].
    """

    system: System
    rise: Floats
    iterations: int
    history: tuple[float, ...]
    unbalanced: float = 0.0

    @property
    def grid(self) -> Grid:
        """The grid."""
        return self.system.grid

    @cached_property
    def temperature(self) -> Floats:
        """Temperatures of cells, shape (nz, ny, nx) [K]."""
        return self.system.reference + self.rise

    @cached_property
    def energy(self) -> EnergyBalance:
        """The heat account: sources, sides, coolant, relative imbalance."""
        return balance(self.system, self.rise, self.coolant)

    @cached_property
    def coolant(self) -> tuple[Coolant, ...]:
        """Temperatures and heat of the coolant in each zone, in the order in which the zones were added."""
        return coolant_of(self.system, self.rise)

    @property
    def outlet_temperature(self) -> float:
        """Temperature of all that leaves over sides or is taken out of cells, mixed, where a flow carries heat [K]."""
        return self.system.reference + outlet_rise(required(self.system.carried), self.rise)

    def bulk(self, axis: Axis, position: float, within: Box | None = None) -> float:
        """Mixing-cup temperature of the flow through a plane [K].

        The mean over the flow, ∫ u T dA / ∫ u dA, at the faces of the grid; between them it is interpolated.

        Parameters
        ----------
        axis : str
            ``x``, ``y`` or ``z``, across the plane.
        position : float
            Of the plane [m].
        within : Box, optional
            Rectangle of the plane, rounded to whole cells.

        Raises
        ------
        InputError
            A plane outside the grid or without flow through it; no flow that carries heat.
        """
        carried = required(self.system.carried)
        return self.system.reference + bulk_rise(carried, self.rise, axis, position, within)

    @property
    def residual(self) -> Floats:
        """Heat by which each cell is out of balance, shape (nz, ny, nx) [W]."""
        return residual(self.system, self.rise)

    def surface(self, side: Side) -> Floats:
        """Temperature of a side, mean over each of its faces, shape (rows, columns) [K].

        The wall of a channel without a film has the temperature of the coolant behind it.
        """
        require_side("surface", side)
        return self.system.reference + self.system.sides[side].surface(side_of(self.rise, side))

    def side_heat(self, side: Side) -> Floats:
        """Heat into the solid through each face of a side, shape (rows, columns) [W]."""
        require_side("side_heat", side)
        return self.system.sides[side].received(side_of(self.rise, side))

    def heat_flow(self, axis: int) -> Floats:
        """Heat conducted through all faces across x, y or z (axis 0, 1, 2), towards higher coordinates [W].

        There is one face more than cells along that direction.
        """
        refuse("heat_flow", axis_faults(axis))
        return heat_flow(self.system, self.rise, axis)

    def heat_flux(self, axis: int) -> Floats:
        """Heat flux through all faces across x, y or z (axis 0, 1, 2), towards higher coordinates [W/m2]."""
        return self.heat_flow(axis) / np.expand_dims(self.grid.areas(axis), 2 - axis)

    def hottest(self, box: Box | None = None) -> Place:
        """Return the hottest cell, of all or of those whose centres lie in a box, and its centre."""
        cells = self.grid.cells_in(Box() if box is None else box, "hottest")
        part = self.rise[cells]
        index = np.unravel_index(int(part.argmax()), part.shape)
        z, y, x = (
            float(row[cut.start + n])
            for row, cut, n in zip(reversed(self.grid.centres), cells, index, strict=True)
        )  # fmt: skip
        return Place(float(self.system.reference + part[index]), x, y, z)

    def mean(self, box: Box | None = None) -> float:
        """Mean temperature of a box, cells in it in part counting with their share [K]."""
        ends = self.grid.ranges(Box() if box is None else box, "mean")
        x, y, z = (tile_shares(end, 1, row)[0] for end, row in zip(ends, self.grid.faces, strict=True))
        return float(self.system.reference + z @ (self.rise @ x @ y))

    def surface_mean(self, side: Side, within: Box | None = None) -> float:
        """Mean temperature of a side or a rectangle of it [K]."""
        require_side("surface_mean", side)
        axis = SIDES[side][0]
        first, second = rectangle(self.grid, axis, within, "surface_mean")
        across = [row for n, row in enumerate(self.grid.faces) if n != axis]
        columns, rows = (tile_shares(ends, 1, row)[0] for ends, row in zip((first, second), across, strict=True))
        return float(rows @ self.surface(side) @ columns)

    def sample(self, x: ArrayLike, y: ArrayLike, z: ArrayLike) -> Floats:
        """Temperature at points, which may lie on the sides [K].

        From the centre of its cell, the temperature follows the heat flux to the nearest face in each direction: second
        order in smooth fields, and exact in layers, where a straight line between centres would cut the corner.

        Parameters
        ----------
        x, y, z : array_like
            Coordinates, broadcast together [m].

        Raises
        ------
        InputError
            A point outside the grid.
        """
        points = asked_points("sample", (x, y, z))
        cell = self.grid.locate(points)
        rise = self.rise[cell]
        for axis, point in enumerate(points):
            rise = rise + self._along(axis, point, cell)
        return np.asarray(self.system.reference + rise)

    def _along(self, axis: int, point: Floats, cell: Sequence[NDArray[np.intp]]) -> Floats:
        """Return the rise from the centres of cells to points along one direction [K]."""
        m = 2 - axis
        offset = point - self.grid.centres[axis][cell[m]]
        beyond = cell[m] + np.where(offset > 0.0, 1, -1)
        other = np.clip(beyond, 0, self.grid.shape[m] - 1)
        next_cell, link = (
            tuple(place if n == m else index for n, index in enumerate(cell))
            for place in (other, np.minimum(other, cell[m]))
        )
        heat = self.system.stencil[axis][link] * (self.rise[next_cell] - self.rise[tuple(cell)])
        across = tuple(index for n, index in enumerate(cell) if n != m)
        for side, (direction, end) in SIDES.items():
            if direction == axis:
                outer = beyond > other if end else beyond < other
                heat = np.where(outer, self.side_heat(side)[across], heat)
        k = conductivity_in(self.system.materials, cell, axis)
        k = np.where(in_channels(self.system.zones, cell), np.inf, k)  # coolant has one temperature in a cell
        return np.asarray(heat * np.abs(offset) / (k * self.grid.areas(axis)[across]))
