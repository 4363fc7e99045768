"""The cells through which coolant flows: fins and plenums, what they conduct and what they exchange."""

from __future__ import annotations

import numpy as np

from thermal.coldplate.stack import Stack
from thermal.fv.grid import Box, Floats, Grid, Slices
from thermal.fv.materials import Material
from thermal.rack.footprints import Rectangle

__all__ = ["CoolantZone", "box_of"]


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
    x_faces, y_faces : float64
        Faces of the columns, and of the rows of fins [m].
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
        self._thickness = grid.widths.z[layers]
        self.heights = self._thickness / self._thickness.sum()  # share of the height in each layer
        self.footprint = np.zeros(grid.shape[1:], bool)
        self.footprint[run, columns] = True

    def materials(self, coolant: float) -> list[Material]:
        """Return fins and plenums, for a conductivity of the coolant [W/(m K)].

        The lowest layer of a plenum stands for the wetted floor: it conducts like metal upwards, so that the film alone
        lies between base and coolant, and hardly to the sides. It alone takes up the floor's heat, with its own share
        of the capacity flow; layers do not mix.
        """
        layers, run, columns = self.cells
        k = coolant
        filled = [Material((layers, self._rows, columns), self._fins.solid(k))]
        for rows in (slice(run.start, self._rows.start), slice(self._rows.stop, run.stop)):
            if rows.start < rows.stop:
                floor = slice(layers.start, layers.start + 1)
                filled.append(Material((layers, rows, columns), (k, k, k)))
                filled.append(Material((floor, rows, columns), (k, k, self._fins.conductivity)))
        return filled

    def exchange(self, film: Floats, gap: float) -> Floats:
        """Heat exchanged by volume and temperature difference, shape (layers, rows, columns) [W/(m3 K)].

        Parameters
        ----------
        film : (rows of the fins, columns) float64
            On the fins' two sides [W/(m2 K)].
        gap : float
            On the plenums' floor [W/(m2 K)].
        """
        layers, run, columns = self.cells
        fins = slice(self._rows.start - run.start, self._rows.stop - run.start)
        out = np.zeros((layers.stop - layers.start, run.stop - run.start, columns.stop - columns.start))
        out[0] = gap / self._thickness[0]
        out[:, fins] = 2.0 * film / (self._fins.wall + self._fins.width)
        return out


def box_of(area: Rectangle, z: tuple[float, float] | None) -> Box:
    """Return the box over a rectangle; without z through the whole height."""
    return Box((area.x_low, area.x_high), (area.y_low, area.y_high), z)
