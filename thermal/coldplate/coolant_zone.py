"""The cells through which coolant flows: fins and plenums, what they conduct and what they exchange."""

from __future__ import annotations

import numpy as np

from thermal.coldplate.stack import Stack
from thermal.fv.contact import Contact, contact
from thermal.fv.grid import Box, Floats, Grid, Slices
from thermal.fv.materials import Material
from thermal.rack.footprints import Rectangle

__all__ = ["CoolantZone", "box_of"]

APART = 1.0  # resistance between floor and ceiling of a plenum: none of their heat goes from one to the other [m2 K/W]


class CoolantZone:
    """The cells of fins and plenums, and what fills them.

    Parameters
    ----------
    stack : Stack
        The plate.
    grid : Grid
        Its grid.

    Attributes
    ----------
    box : Box
        Of fins and plenums.
    cells : (slice, slice, slice)
        Its layers, rows and columns.
    x_faces, y_faces, run_faces : float64
        Faces of the columns, of the rows of fins, and of those of fins and plenums [m].
    heights : (layers,) float64
        Share of each layer in the height of the channels [-].
    footprint : (ny, nx) bool
        Where coolant flows, seen from above.
    """

    def __init__(self, stack: Stack, grid: Grid) -> None:
        self._fins, z = stack.fins, stack.fins.z
        self.box = box_of(self._fins.coolant, z)
        self.cells: Slices = grid.cells_in(self.box)
        self._rows = grid.cells_in(box_of(self._fins.area, z))[1]
        layers, run, columns = self.cells
        self.x_faces = grid.faces.x[columns.start : columns.stop + 1]
        self.y_faces = grid.faces.y[self._rows.start : self._rows.stop + 1]
        self.run_faces = grid.faces.y[run.start : run.stop + 1]
        thickness = grid.widths.z[layers]
        self.heights = thickness / thickness.sum()  # share of the height in each layer
        self._grid = grid
        self._half = (thickness.size + 1) // 2  # layers of a plenum that belong to its floor
        self.footprint = np.zeros(grid.shape[1:], bool)
        self.footprint[run, columns] = True

    def materials(self, coolant: float) -> list[Material]:
        """Return fins and plenums, for a conductivity of the coolant [W/(m K)].

        In a plenum nothing stands between floor and ceiling. Its lower half of layers has the temperature of the floor,
        its upper half that of the ceiling: they conduct like metal upwards and hardly to the sides, so that the film
        alone lies between a wall and the coolant of its half. Between the halves see `contacts`.
        """
        layers, _, columns = self.cells
        k = coolant
        filled = [Material((layers, self._rows, columns), self._fins.solid(k))]
        filled += [Material((layers, rows, columns), (k, k, self._fins.conductivity)) for rows, _ in self._plenums()]
        return filled

    def contacts(self) -> list[Contact]:
        """Return what keeps floor and ceiling of a plenum apart, whose thermal layers do not meet."""
        z = self._grid.faces.z[self.cells[0].start + self._half]
        return [contact(self._grid, (None, None, z), Box(self.box.x, ends), APART) for _, ends in self._plenums()]

    def _plenums(self) -> list[tuple[slice, tuple[float, float]]]:
        """Rows of each plenum, and where it begins and ends [m]."""
        run, y = self.cells[1], self._grid.faces.y
        sides = (slice(run.start, self._rows.start), slice(self._rows.stop, run.stop))
        return [(rows, (float(y[rows.start]), float(y[rows.stop]))) for rows in sides if rows.start < rows.stop]

    def exchange(self, film: Floats, plenum: Floats) -> Floats:
        """Heat exchanged by volume and temperature difference, shape (layers, rows, columns) [W/(m3 K)].

        Parameters
        ----------
        film : (rows of the fins, columns) float64
            On the fins' two sides [W/(m2 K)].
        plenum : (rows of fins and plenums, columns) float64
            On floor and ceiling of the plenums; what stands over the fins is not used [W/(m2 K)].
        """
        layers, run, _ = self.cells
        z, half = self._grid.faces.z[layers.start : layers.stop + 1], self._half
        out = np.repeat(plenum[None], self.heights.size, axis=0)
        out[:half] /= z[half] - z[0]
        if half < self.heights.size:
            out[half:] /= z[-1] - z[half]
        fins = slice(self._rows.start - run.start, self._rows.stop - run.start)
        out[:, fins] = 2.0 * film / (self._fins.wall + self._fins.width)
        return out


def box_of(area: Rectangle, z: tuple[float, float] | None) -> Box:
    """Return the box over a rectangle; without z through the whole height."""
    return Box((area.x_low, area.x_high), (area.y_low, area.y_high), z)
