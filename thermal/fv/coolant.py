"""Zones in which coolant flows along y, and what the solver marches through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.fv.grid import Floats, Grid, Slices
from thermal.fv.layout import zeros
from thermal.numerics.multigrid import Stencil
from thermal.numerics.streams import Streams

__all__ = ["ChannelZone", "Films", "PorousZone", "Zone", "arriving", "response", "run_numbers", "streams_of", "within"]

SERIES = 1.0e-2  # number of transfer units below which a series replaces the difference of two large numbers


@dataclass(frozen=True, eq=False)
class Zone:
    """A box of cells through which coolant flows along the rows, each layer and column its own stream.

    Attributes
    ----------
    cells : (slice, slice, slice)
        Layers, rows and columns of the grid.
    capacity : (layers, columns) float64
        Capacity flow of each stream; each half has it where the zone is fed in its middle; zero: no flow [W/K].
    step : (rows,) int8
        1 where the coolant goes on to the next row, −1 where it goes on to the row before.
    inlet_temperature : float
        With which it enters [K].
    """

    cells: Slices
    capacity: Floats
    step: NDArray[np.int8]
    inlet_temperature: float

    @property
    def occupied(self) -> NDArray[np.bool_]:
        """Layers and columns whose cells belong to this zone alone."""
        return np.ones(self.capacity.shape, bool)

    @property
    def runs(self) -> list[NDArray[np.intp]]:
        """Rows of the zone in the order in which coolant passes them, for each feed."""
        rows = np.arange(self.step.size)
        backward, forward = rows[self.step < 0][::-1], rows[self.step > 0]
        return [run for run in (backward, forward) if run.size]

    def uptake(self, grid: Grid, stencil: Stencil) -> Floats:
        """Share of the temperature difference taken up in each cell, see `Streams` (layers, rows, columns) [-]."""
        raise NotImplementedError

    def transfer_units(self, conductance: Floats) -> Floats:
        """Conductances of the cells over the capacity flow, zero where nothing flows [-]."""
        capacity = np.broadcast_to(self.capacity[:, None, :], conductance.shape)
        return np.divide(conductance, capacity, out=np.zeros(conductance.shape), where=capacity > 0.0)


@dataclass(frozen=True, eq=False)
class PorousZone(Zone):
    """Two temperatures in each cell, of the solid and of the coolant, which exchange heat.

    Attributes
    ----------
    exchange : float64
        Heat exchanged by volume and temperature difference, one value or (layers, rows, columns) [W/(m3 K)].
    """

    exchange: Floats

    def uptake(self, grid: Grid, stencil: Stencil) -> Floats:
        """1 − exp(−N): exact for a solid at one temperature in the cell, and never beyond it."""
        del stencil
        dx, dy, dz = (row[cut] for row, cut in zip(grid.widths, reversed(self.cells), strict=True))
        return np.asarray(-np.expm1(-self.transfer_units(self.exchange * (dz[:, None, None] * dy[:, None] * dx))))


class Films(NamedTuple):
    """Heat-transfer coefficients on the walls of coolant cells, each (layers, rows, columns) [W/(m2 K)]."""

    side: Floats
    bottom: Floats
    top: Floats


@dataclass(frozen=True, eq=False)
class ChannelZone(Zone):
    """Cells that are all coolant, between walls with known heat-transfer coefficients.

    Attributes
    ----------
    wet : (layers, columns) bool
        Which cells of the box are coolant; the others are solid.
    films : Films
        Heat-transfer coefficients.
    """

    wet: NDArray[np.bool_]
    films: Films

    @property
    def occupied(self) -> NDArray[np.bool_]:
        """Layers and columns of coolant."""
        return self.wet

    def uptake(self, grid: Grid, stencil: Stencil) -> Floats:
        """1/(1/(1 − exp(−N)) − 1/N), N from all that ties the cell: exact for walls even along the cell."""
        del grid
        N = self.transfer_units(np.where(self.wet[:, None, :], _tied(stencil, self.cells), 0.0))
        large = np.maximum(N, SERIES)
        share = np.where(N < SERIES, 0.5 + N / 12.0 - N**3 / 720.0, -1.0 / np.expm1(-large) - 1.0 / large)
        return np.where((self.capacity > 0.0)[:, None, :], np.minimum(1.0 / share, np.nextafter(2.0, 0.0)), 0.0)


def _tied(stencil: Stencil, cells: Slices) -> Floats:
    """Sum of the conductances of cells to their neighbours and to what surrounds them [W/K]."""
    total = stencil.extra[cells].copy()
    for axis, g in ((2, stencil.gx), (1, stencil.gy), (0, stencil.gz)):
        total += g[cells]
        cut = cells[axis]
        into, before = [slice(None)] * 3, list(cells)
        into[axis] = slice(int(cut.start == 0), None)
        before[axis] = slice(max(cut.start - 1, 0), cut.stop - 1)
        total[tuple(into)] += g[tuple(before)]
    return np.asarray(total)


def streams_of(grid: Grid, zones: Sequence[Zone], stencil: Stencil) -> Streams | None:
    """Return what the solver marches, over the layers from the lowest to the highest zone; None without zones."""
    if not zones:
        return None
    first = min(zone.cells[0].start for zone in zones)
    shape = max(zone.cells[0].stop for zone in zones) - first, *grid.shape[1:]
    streams = Streams(first, zeros(shape), zeros(shape), np.zeros(shape[1], np.int8))
    for zone in zones:
        streams.uptake[within(streams, zone)] += zone.uptake(grid, stencil)
        streams.step[zone.cells[1]] = zone.step
    run = run_numbers(streams.step)
    for zone in zones:  # where another zone makes the run longer, the stream passes without taking anything up
        layers, rows, columns = within(streams, zone)
        streams.capacity[layers, np.isin(run, run[rows]), columns] += zone.capacity[:, None, :]
    return streams


def run_numbers(step: NDArray[np.int8]) -> NDArray[np.intp]:
    """Return for each row the number of its run, rows in turn with one step, shape (rows,)."""
    return np.cumsum(np.diff(step, prepend=step[:1]) != 0)


def within(streams: Streams, zone: Zone) -> Slices:
    """Slices of a zone in the arrays of the streams."""
    layers, rows, columns = zone.cells
    return slice(layers.start - streams.first, layers.stop - streams.first), rows, columns


def arriving(zone: Zone, uptake: Floats) -> Floats:
    """Share of a stream's temperature at its inlet that is left as it enters each cell of its zone [-].

    Parameters
    ----------
    zone : Zone
        The zone.
    uptake : (layers, rows, columns) float64
        As in `Streams`.
    """
    left = np.ones(uptake.shape)
    for run in zone.runs:
        left[:, run[1:]] = np.cumprod(1.0 - uptake[:, run[:-1]], axis=1)
    return left


def response(zone: Zone, uptake: Floats) -> float:
    """Heat the coolant takes up when all cells are one kelvin above its inlet, C (1 − Π(1 − e)) summed [W/K]."""
    return float(sum((zone.capacity * (1.0 - np.prod(1.0 - uptake[:, run], axis=1))).sum() for run in zone.runs))
