"""Temperatures of surfaces, which lie between cells: active faces, cases, base, and what devices and chips show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.coldplate.field import ChipTemperature, DeviceField, Plane
from thermal.coldplate.stack import Chip, Mounted, Stack
from thermal.fv.grid import Floats, Grid
from thermal.fv.materials import Material, conductivity_in
from thermal.fv.overlap import tile_shares
from thermal.numerics.streams import Streams
from thermal.rack.footprints import Rectangle

__all__ = ["ActivePlane", "Readout", "Surface", "coolant_plane"]

ALIKE = 1.0e-4  # temperatures this near are the same when the hottest place is named [K]


class ActivePlane(NamedTuple):
    """Where a package's heat enters: on a plane of faces, so partly into the cells above and partly into those below.

    A source on a face is eliminated exactly: with g the conductances from the face to the centres above and below, the
    face stands at (q + g₁T₁ + g₂T₂)/(g₁ + g₂), and each side receives the share g/(g₁ + g₂) of q.
    """

    layer: int  # of the cells above
    heat: Floats  # of each face for a power of 1 W, shape (ny, nx) [-]
    above: Floats  # conductance to the centres above [W/K]
    below: Floats  # and below; zero where there is nothing [W/K]

    def load(self, rhs: Floats, power: float) -> None:
        """Add the heat of a power [W] to a right-hand side (nz, ny, nx), in place."""
        upward = power * self.heat * self.above / (self.above + self.below)
        rhs[self.layer] += upward
        if self.layer > 0:
            rhs[self.layer - 1] += power * self.heat - upward

    def rise(self, rise: Floats, power: float) -> Floats:
        """Rise of the faces, from that of all cells (nz, ny, nx), shape (ny, nx) [K]."""
        heat = power * self.heat + self.above * rise[self.layer]
        if self.layer > 0:
            heat = heat + self.below * rise[self.layer - 1]
        return np.asarray(heat / (self.above + self.below))


class Surface(NamedTuple):
    """The upper or lower faces of a layer of cells, without a source on them; a contact may lie beyond them."""

    layer: int
    side: Literal[1, -1]  # 1: the upper faces, −1: the lower ones
    half: Floats  # conductance from the centres to the faces, shape (ny, nx) [W/K]

    def rise(self, rise: Floats, gz: Floats) -> Floats:
        """Rise of the faces, from that of all cells and the conductances to the next layer (nz, ny, nx) [K]."""
        face = self.layer if self.side > 0 else self.layer - 1
        up = gz[face] * (rise[face] - rise[face + 1])
        return np.asarray(rise[self.layer] - self.side * up / self.half)


class Readout:
    """Reads temperatures off a field of a plate; made once for a grid.

    Parameters
    ----------
    grid : Grid
        The grid.
    stack : Stack
        What lies on it.
    materials : sequence of Material
        Solids of the stack; of the fins none is asked for.

    Attributes
    ----------
    active : tuple of ActivePlane
        Where the heat of each package enters.
    """

    def __init__(self, grid: Grid, stack: Stack, materials: Sequence[Material]) -> None:
        self.grid, self.stack = grid, stack
        self.active = tuple(_active(grid, materials, package) for package in stack.packages)
        case, base, root = (_face(grid, level) for level in (stack.case, stack.base, stack.fins.z[0]))
        layers: list[tuple[str, float, int, Literal[1, -1]]] = [
            ("case", stack.case, case - 1, 1),
            ("base", stack.base, base, -1),
            ("fin_root", stack.fins.z[0], root - 1, 1),
        ]
        self._surfaces = {
            name: (level, Surface(layer, side, _half(grid, materials, layer))) for name, level, layer, side in layers
        }
        self._packages = [np.ix_(*(share > 0.0 for share in _within(grid, one.area))) for one in stack.packages]

    def junction_cells(self) -> tuple[tuple[tuple[slice, slice], ...], ...]:
        """Rows and columns of the chips of each package that count for its junction."""
        return tuple(
            tuple(_cells(self.grid, chip.area) for chip in _counted(package)) for package in self.stack.packages
        )

    def devices(self, rise: Floats, gz: Floats, powers: Sequence[float], inlet: float) -> tuple[DeviceField, ...]:
        """Return what the devices show.

        Parameters
        ----------
        rise : (nz, ny, nx) float64
            Over the coolant's inlet [K].
        gz : (nz, ny, nx) float64
            Conductance to the next layer [W/K].
        powers : sequence of float
            Of the devices [W].
        inlet : float
            Temperature at the inlet [K].
        """
        case = inlet + self._surfaces["case"][1].rise(rise, gz)
        return tuple(
            self._device(package, inlet + plane.rise(rise, power), case, power)
            for package, plane, power in zip(self.stack.packages, self.active, powers, strict=True)
        )

    def planes(self, rise: Floats, gz: Floats, powers: Sequence[float], inlet: float) -> dict[str, Plane]:
        """Return the planes of solids; arguments as of `devices`.

        ``junction`` gathers the active faces of all packages; where these differ in height it is given the lowest one's
        level.
        """
        packages = self._packages
        shown = {name: surface.rise(rise, gz) for name, (_, surface) in self._surfaces.items()}
        junction, case = np.full_like(shown["case"], np.nan), np.full_like(shown["case"], np.nan)
        for here, plane, power in zip(packages, self.active, powers, strict=True):
            junction[here] = plane.rise(rise, power)[here]
            case[here] = shown["case"][here]
        level = min(package.active for package in self.stack.packages)
        levels = {"junction": level, **{name: z for name, (z, _) in self._surfaces.items()}}
        values = {"junction": junction, **shown, "case": case}
        return {name: self._plane(z, inlet, values[name]) for name, z in levels.items()}

    def coolant(self, mean: Floats, inlet: float) -> Plane:
        """Return the coolant's plane from its mean rise over the height (ny, nx) [K]."""
        return self._plane(0.5 * sum(self.stack.fins.z), inlet, mean)

    def _plane(self, z: float, inlet: float, rise: Floats) -> Plane:
        return Plane(z, self.grid.faces.x, self.grid.faces.y, (inlet + rise).astype(np.float32))

    def _device(self, package: Mounted, face: Floats, case: Floats, power: float) -> DeviceField:
        chips, hottest, area, total = {}, (-np.inf, 0.0, 0.0), 0.0, 0.0
        counted = _counted(package)
        for chip in package.chips:
            place, highest, mean = _statistics(self.grid, face, chip.area)
            chips[chip.name] = ChipTemperature(highest, mean)
            if chip in counted:
                area, total = area + chip.area.area, total + chip.area.area * mean
                hottest = max(hottest, (highest, *place))
        _, case_max, case_mean = _statistics(self.grid, case, package.area)
        return DeviceField(power, hottest[0], total / area, case_mean, case_max, chips, hottest[1:])


def coolant_plane(streams: Streams, entering: Floats, leaving: Floats) -> Floats:
    """Mean rise of the coolant over the height, not a number where none flows, shape (ny, nx) [K].

    Parameters
    ----------
    streams : Streams
        Coolant.
    entering, leaving : (layers, ny, nx) float64
        Rise as it enters and leaves each cell [K].
    """
    total = streams.capacity.sum(axis=0)
    carried = (0.5 * streams.capacity * (entering + leaving)).sum(axis=0)
    return np.divide(carried, total, out=np.full(total.shape, np.nan), where=total > 0.0)


def _counted(package: Mounted) -> Sequence[Chip]:
    """Chips that count for the junction: all where none is said to."""
    return [chip for chip in package.chips if chip.junction] or package.chips


def _active(grid: Grid, materials: Sequence[Material], package: Mounted) -> ActivePlane:
    layer = _face(grid, package.active)
    heat = np.zeros(grid.shape[1:])
    for chip in package.chips:
        heat += _spread(grid, chip)
    heat /= math.fsum(chip.share for chip in package.chips)  # files may miss 1 by 1e-6; the power is put in whole
    below = _half(grid, materials, layer - 1) if layer > 0 else np.zeros_like(heat)
    return ActivePlane(layer, heat, _half(grid, materials, layer), below)


def _face(grid: Grid, level: float) -> int:
    """Index of the plane of faces at a level, which is that of the cells above it."""
    return int(np.abs(grid.faces.z - level).argmin())


def _half(grid: Grid, materials: Sequence[Material], layer: int) -> Floats:
    """Conductance from the centres of a layer's cells to their upper or lower faces, shape (ny, nx) [W/K]."""
    _, ny, nx = grid.shape
    k = conductivity_in(materials, (np.full((ny, nx), layer), np.arange(ny)[:, None], np.arange(nx)), 2)
    return np.asarray(2.0 * k / grid.widths.z[layer] * grid.areas(2))


def _spread(grid: Grid, chip: Chip) -> Floats:
    """Share of the package's power in each column of cells, exact however the grid cuts the map's tiles."""
    area, tiles = chip.area, chip.power_map
    columns = _shares(area.x_low + np.array(tiles.x_edges), grid.faces.x)
    rows = _shares(area.y_low + np.array(tiles.y_edges), grid.faces.y)
    return np.asarray(chip.share * (rows.T @ np.array(tiles.shares) @ columns))


def _shares(edges: Floats, faces: Floats) -> Floats:
    """Share of each interval between edges that lies in each cell, shape (intervals, cells)."""
    return np.concatenate([tile_shares((low, high), 1, faces) for low, high in pairwise(edges.tolist())])


def _within(grid: Grid, area: Rectangle) -> tuple[Floats, Floats]:
    """Share of a rectangle's length and width that lies in each row and in each column of the grid."""
    x, y = (area.x_low, area.x_high), (area.y_low, area.y_high)
    return tile_shares(y, 1, grid.faces.y)[0], tile_shares(x, 1, grid.faces.x)[0]


def _statistics(grid: Grid, values: Floats, area: Rectangle) -> tuple[tuple[float, float], float, float]:
    """Place of the highest value in a rectangle of a plane, that value, and the mean."""
    rows, columns = _within(grid, area)
    mean = float(rows @ values @ columns)
    j, i = _cells(grid, area)
    part = values[j, i]
    highest = float(part.max())
    row, column = np.unravel_index(int((part > highest - ALIKE).argmax()), part.shape)  # the first of mirror images
    return (float(grid.centres.x[i][column]), float(grid.centres.y[j][row])), highest, mean


def _cells(grid: Grid, area: Rectangle) -> tuple[slice, slice]:
    """Rows and columns of the cells that lie mostly in a rectangle."""
    rows, columns = _within(grid, area)
    return _mostly(rows / grid.widths.y), _mostly(columns / grid.widths.x)


def _mostly(covered: NDArray[np.float64]) -> slice:
    """Return which cells of a row a range covers by more than half."""
    inside = np.flatnonzero(covered > 0.5 * covered.max())
    return slice(int(inside[0]), int(inside[-1]) + 1)
