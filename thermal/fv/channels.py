"""Faces of cells that are all coolant: a film on the wall instead of half a cell, and no conduction in the coolant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from thermal.fv.boundary import SIDES, Side, plane_of
from thermal.fv.conductance import in_series
from thermal.fv.coolant import ChannelZone, Zone
from thermal.fv.grid import Axes, Floats, Grid
from thermal.fv.layout import by_rows

__all__ = ["behind_films", "in_channels", "line_channels", "wet_cells"]

_in_series = njit(cache=True)(in_series)


def wet_cells(grid: Grid, zones: Sequence[Zone]) -> NDArray[np.bool_] | None:
    """Which cells are all coolant, shape (nz, ny, nx); None where there are none."""
    channels = [zone for zone in zones if isinstance(zone, ChannelZone)]
    if not channels:
        return None
    nz, ny, nx = grid.shape
    wet = np.zeros((ny, nz, nx), bool).transpose(1, 0, 2)
    for zone in channels:
        wet[zone.cells] |= zone.wet[:, None, :]
    return wet


@njit(cache=True)
def _line(gx, gy, gz, kx, kz, dx, dy, dz, wet, side, bottom, top, k0, j0, i0):  # type: ignore[no-untyped-def]
    """Conductances of all faces of the coolant cells of a box that begins at layer k0, row j0, column i0."""
    layers, rows, columns = side.shape
    nx, nz = wet.shape[2], wet.shape[1]
    for j in range(j0, j0 + rows):
        for k in range(k0, k0 + layers):
            for i in range(i0, i0 + columns):
                if not wet[j, k, i]:
                    continue
                here = k - k0, j - j0, i - i0
                gy[j, k, i] = 0.0
                if j > 0:
                    gy[j - 1, k, i] = 0.0
                if i > 0:
                    wall = _in_series(side[here], 2.0 * kx[j, k, i - 1] / dx[i - 1])
                    gx[j, k, i - 1] = 0.0 if wet[j, k, i - 1] else dy[j] * dz[k] * wall
                if i < nx - 1:
                    wall = _in_series(side[here], 2.0 * kx[j, k, i + 1] / dx[i + 1])
                    gx[j, k, i] = 0.0 if wet[j, k, i + 1] else dy[j] * dz[k] * wall
                if k > 0:
                    wall = _in_series(bottom[here], 2.0 * kz[j, k - 1, i] / dz[k - 1])
                    gz[j, k - 1, i] = 0.0 if wet[j, k - 1, i] else dx[i] * dy[j] * wall
                if k < nz - 1:
                    wall = _in_series(top[here], 2.0 * kz[j, k + 1, i] / dz[k + 1])
                    gz[j, k, i] = 0.0 if wet[j, k + 1, i] else dx[i] * dy[j] * wall


def line_channels(grid: Grid, g: Axes, k: Axes, zones: Sequence[Zone], wet: NDArray[np.bool_] | None) -> None:
    """Put the films of channels into the conductances, in place: 1/g = 1/(h A) + half a cell of the wall.

    Parameters
    ----------
    grid : Grid
        The grid.
    g : Axes
        Conductances from each cell to the next, made by `face_conductances` [W/K]; changed.
    k : Axes
        Conductivities [W/(m K)].
    zones : sequence of Zone
        All zones; those that are no channels are passed over.
    wet : (nz, ny, nx) bool or None
        Which cells are all coolant.
    """
    if wet is None:
        return
    gx, gy, gz, kx, kz, cells = (by_rows(row) for row in (*g, k.x, k.z, wet))  # no copies: `zeros` made them
    for zone in zones:
        if isinstance(zone, ChannelZone):
            side, bottom, top = (np.ascontiguousarray(h) for h in zone.films)
            layers, first, columns = (cut.start for cut in zone.cells)
            _line(gx, gy, gz, kx, kz, *grid.widths, cells, side, bottom, top, layers, first, columns)


def behind_films(side: Side, u: Floats, zones: Sequence[Zone], wet: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Put the films of channels that reach a side of the grid into the conductances from cells to that side.

    Parameters
    ----------
    side : str
        One of `SIDES`.
    u : (rows, columns) float64
        Conductance per area from the centres of the cells behind the side to the side [W/(m2 K)]; changed.
    zones, wet : sequence of Zone, (nz, ny, nx) bool or None
        As in `line_channels`.

    Returns
    -------
    (rows, columns) bool
        Faces through which coolant flows; no condition acts on them.
    """
    axis, end = SIDES[side]
    if wet is None:
        return np.zeros(u.shape, bool)
    for zone in zones:
        cut = zone.cells[2 - axis]
        if not isinstance(zone, ChannelZone) or axis == 1 or (cut.stop != wet.shape[2 - axis] if end else cut.start):
            continue
        film = zone.films.side if axis == 0 else zone.films.top if end else zone.films.bottom
        part = tuple(other for n, other in enumerate(zone.cells) if n != 2 - axis)
        here = wet[zone.cells].take(end, axis=2 - axis)
        u[part] = np.where(here, film.take(end, axis=2 - axis), u[part])
    return wet[plane_of(side)] if axis == 1 else np.zeros(u.shape, bool)


def in_channels(zones: Sequence[Zone], cells: Sequence[ArrayLike]) -> NDArray[np.bool_]:
    """Whether cells given by index arrays (z, y, x) are all coolant."""
    index = np.broadcast_arrays(*(np.asarray(row) for row in cells))
    found = np.zeros(index[0].shape, bool)
    for zone in zones:
        if isinstance(zone, ChannelZone):
            layer, row, column = (np.asarray(at) - cut.start for at, cut in zip(index, zone.cells, strict=True))
            inside = (row >= 0) & (row < zone.step.size)
            for at, count in ((layer, zone.wet.shape[0]), (column, zone.wet.shape[1])):
                inside &= (at >= 0) & (at < count)
            found |= inside & zone.wet[np.where(inside, layer, 0), np.where(inside, column, 0)]
    return found
