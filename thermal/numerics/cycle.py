"""The multigrid cycle made for thin layers: lines through z, coarsening in x and y, coolant marched along the rows.

Thin layers couple cells a thousand times more strongly through z than across, so each column is solved exactly (a
tridiagonal system) and only x and y are coarsened.  Coolant that flows along y is carried row by row in every sweep.
Fins conduct along y and z but hardly in x, so errors that are smooth along the fins and differ from one to the next
survive lines and coarsening alike: in the layers of the coolant a second cycle, coarsened in y only, removes them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.numerics import multigrid_kernels as kernels
from thermal.numerics.planes import Planes, planes_of

__all__ = ["Cycle", "Streams"]

STRONGER = 4.0  # ratio of lateral conductances beyond which only the stronger direction is coarsened
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


class Streams(NamedTuple):
    """Coolant that flows along rows (y) in some layers of a grid.

    In each cell the coolant takes up q = C e (x − s), s being its temperature as it enters and x that of the cell, and
    leaves at s + e (x − s) into the next row.  All temperatures are rises over the inlet.

    Attributes
    ----------
    first : int
        Layer of the grid that is the first of these arrays.
    capacity : (nk, ny, nx) float64
        Capacity flow C through each cell, zero where there is none, the same along a run [W/K].
    uptake : (nk, ny, nx) float64
        Share e of the temperature difference taken up in a cell, from 0 to below 2 [-]. With an exchange of G [W/K]
        between the solid of a cell and its coolant, 1 − exp(−G/C); in a cell that is all coolant, tied by G to its
        neighbours, 1/(1/(1 − exp(−N)) − 1/N) with N = G/C.
    step : (ny,) int8
        1 where coolant goes on to the next row, −1 to the row before, 0 where none flows. A run begins where the row
        before it, in its own direction, has another step.
    """

    first: int
    capacity: Floats
    uptake: Floats
    step: NDArray[np.int8]


class _Level(NamedTuple):
    """Arrays of one level in the layout of the kernels, and how it follows from the one before."""

    lateral: Singles
    south: Singles
    up: Singles
    pivot: Singles
    b: Singles
    x: Singles
    work: Singles
    take: Singles  # C e
    share: Singles  # e
    s: Singles  # temperature with which coolant enters
    step: NDArray[np.int8]
    fx: int
    parent: NDArray[np.int64]  # row of the next level
    planes: Planes | None


class Cycle:
    """One V-cycle in float32, as a preconditioner.

    Parameters
    ----------
    gx, gy, gz, extra : (ny, nz, nx) float64
        Conductances as in `thermal.numerics.multigrid.Stencil`, rows outermost.
    streams : Streams, optional
        Coolant.
    """

    def __init__(self, gx: Floats, gy: Floats, gz: Floats, extra: Floats, streams: Streams | None = None) -> None:
        self.first = streams.first if streams is not None else 0
        # the last sweep of each level goes with the larger part of the flow: half the iterations in open channels
        self.onward = -1 if streams is not None and int(streams.step.astype(int).sum()) > 0 else 1
        self.levels = _hierarchy(gx, gy, gz, extra, streams)

    def apply(self, r: Floats, scale: float) -> Singles:
        """Return the answer to scale · r, in the layout of a level; scaled to order one, float32 keeps its digits."""
        levels = self.levels
        kernels.load(r, scale, levels[0].b)
        for fine, coarse in pairwise(levels):
            self._down(fine)
            self._restrict(fine, coarse)
        self._down(levels[-1])
        for fine, coarse in reversed(list(pairwise(levels))):
            kernels.prolong(coarse.x, fine.x, fine.fx, fine.parent)
            self._up(fine)
        return levels[0].x

    def _down(self, level: _Level) -> None:
        lateral, south, up, pivot, b, x, _, take, share, s, step = level[:11]
        kernels.smooth_down(lateral, south, up, pivot, b, x, self.first, take, share, step, s, self.onward)

    def _restrict(self, fine: _Level, coarse: _Level) -> None:
        if (fine.step == -self.onward).any():
            kernels.march(fine.x, self.first, fine.share, fine.step, fine.s, -self.onward)
        kernels.restrict(
            fine.lateral, fine.south, fine.x, coarse.b, fine.fx, fine.parent, fine.work, self.first, fine.take,
            fine.step, fine.s, self.onward,
        )  # fmt: skip

    def _up(self, level: _Level) -> None:
        lateral, south, up, pivot, b, x, _, take, share, s, step = level[:11]
        if take.shape[1]:
            for direction in (1, -1):
                if (step == direction).any():
                    kernels.march(x, self.first, share, step, s, direction)
            if level.planes is not None:
                level.planes.correct(lateral, south, up, b, x, self.first, take, s)
                if (step == self.onward).any():  # the sweep carries the others itself
                    kernels.march(x, self.first, share, step, s, self.onward)
        kernels.smooth_up(lateral, south, up, pivot, b, x, self.first, take, share, step, s, self.onward)


def _hierarchy(gx: Floats, gy: Floats, gz: Floats, extra: Floats, streams: Streams | None) -> list[_Level]:
    """Levels from the given grid down to one column."""
    ny, _, nx = extra.shape
    if streams is None:
        C = e = np.zeros((ny, 0, nx))
        step, first = np.zeros(ny, np.int8), 0
    else:
        C, e = (np.ascontiguousarray(a.transpose(1, 0, 2), np.float64) for a in (streams.capacity, streams.uptake))
        C = np.where(streams.step[:, None, None] != 0, C, 0.0)
        step, first = np.asarray(streams.step, np.int8), streams.first
    levels = []
    while True:
        ny, _, nx = extra.shape
        fx, parent = _coarsening(gx, gy, step)
        levels.append(_level(gx, gy, gz, extra, C, e, step, first, fx, parent))
        if nx == ny == 1:
            return levels
        C, e, step = kernels.coarsen_streams(C, e, step, fx, parent)
        gx, gy, gz, extra = kernels.coarsen(gx, gy, gz, extra, fx, parent)


def _coarsening(gx: Floats, gy: Floats, step: NDArray[np.int8]) -> tuple[int, NDArray[np.int64]]:
    """Factor in x, and the coarse row of each row."""
    ny, _, nx = gx.shape
    along_x, along_y = float(gx.sum()), float(gy.sum())
    fx = 2 if nx > 1 and (ny == 1 or along_x * STRONGER >= along_y) else 1
    if ny == 1 or not (nx == 1 or along_y * STRONGER >= along_x):
        return fx, np.arange(ny)
    return fx, _pair_rows(step)


def _pair_rows(step: NDArray[np.int8]) -> NDArray[np.int64]:
    """Join rows two by two, rows of opposite flow only where nothing else is left to join."""
    parent = np.zeros(step.size, np.int64)
    row, coarse = 0, 0
    while row < step.size:
        pair = row + 1 < step.size and int(step[row]) * int(step[row + 1]) >= 0
        parent[row : row + 1 + pair] = coarse
        row, coarse = row + 1 + pair, coarse + 1
    return parent if coarse < step.size else np.arange(step.size) // 2


def _level(
    gx: Floats, gy: Floats, gz: Floats, extra: Floats, C: Floats, e: Floats, step: NDArray[np.int8], first: int,
    fx: int, parent: NDArray[np.int64],
) -> _Level:  # fmt: skip
    ny, nz, nx = extra.shape
    layers = C.shape[1]
    shape = (ny + 2, nz, 2, (nx + 1) // 2 + 2)
    lateral, south, up, pivot, b, x = (np.zeros(shape, np.float32) for _ in range(6))
    take, share, s = (np.zeros((ny + 2, layers, *shape[2:]), np.float32) for _ in range(3))
    steps = np.zeros(ny + 2, np.int8)
    steps[1:-1] = step
    tied = extra
    if layers:
        tied = extra.copy()
        tied[:, first : first + layers] += C * e
        kernels.split(C * e, take)
        kernels.split(e, share)
    kernels.split_level(gx, gy, gz, tied, lateral, south, up, pivot)
    planes = planes_of(gx, gy, gz, tied, first, layers) if layers and ny > 2 and nx > 1 else None
    work = np.zeros((2, shape[3]), np.float32)
    return _Level(lateral, south, up, pivot, b, x, work, take, share, s, steps, fx, parent, planes)
