"""The multigrid cycle for diffusion and convection: exact lines, planes swept with and against the flow, 3D coarsening.

Lines run along the direction in which cells are coupled most strongly.  Of the other two, each level coarsens those
that are coupled about as strongly as the stronger.  That has to have one answer for the whole level, so where nothing
flows lines run along the direction without which the other two are most alike in this from cell to cell: along a duct
whose cells grow by hundreds behind its inlet.  (With flow, and metal beside it, that makes matters worse.)  The line
direction is coarsened too where cells are like cubes everywhere and nothing flows.  Elsewhere lines of full length take
a third of the iterations on grids that are finer towards walls.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.numerics import transport_kernels as kernels
from thermal.numerics.gmres import Values
from thermal.numerics.reserved import reserved

__all__ = ["TransportCycle"]

UNLIKE = 1.0  # more in the spread of the logarithm of what two directions couple that does not count
STRONGER = 1.5  # ratio of couplings beyond which the weaker direction waits; with 4 twice the iterations
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Orientation = tuple[int, int, int]  # axis of the arrays (nz, ny, nx) that is first, along the lines, last


class _Level(NamedTuple):
    """Arrays of one level in the layout of the kernels, and by how much the next is coarser."""

    back: Singles
    ahead: Singles
    inner: Singles
    outer: Singles
    lower: Singles
    upper: Singles
    pivot: Singles
    b: Singles
    x: Singles
    work: Singles
    joined: tuple[int, int, int]


class TransportCycle:
    """One V-cycle in float32, as a preconditioner.

    Parameters
    ----------
    conductances : three (nz, ny, nx) float64
        To the next cell in x, y, z.
    flows : three (nz, ny, nx) float64
        Capacity flow to the next cell in x, y, z, negative where it comes from there.
    extra : (nz, ny, nx) float64
        Conductance to something of known value, and what flows in from there.
    """

    def __init__(self, conductances: Sequence[Floats], flows: Sequence[Floats], extra: Floats) -> None:
        self.order = _orientation(conductances, flows)
        g, f = ([_turned(row, self.order) for row in _by_axis(rows, self.order)] for rows in (conductances, flows))
        # the last sweep of each level goes with the larger part of the flow
        self.onward = -1 if float(f[0].sum()) < 0.0 else 1
        self.levels = _hierarchy(g, f, _turned(extra, self.order))

    def apply(self, r: Floats, scale: float, out: Values) -> None:
        """Put the answer to scale · r into `out`, arrays (nz, ny, nx)."""
        levels = self.levels
        kernels.load(r.transpose(self.order), scale, levels[0].b)
        for fine, coarse in pairwise(levels):
            self._down(fine)
            beyond = fine.back if self.onward > 0 else fine.ahead
            kernels.restrict(beyond, fine.inner, fine.outer, fine.x, coarse.b, *fine.joined, fine.work, -self.onward)
        self._down(levels[-1])
        for fine, coarse in reversed(list(pairwise(levels))):
            kernels.prolong(coarse.x, fine.x, *fine.joined)
            kernels.sweep(*fine[:9], self.onward)
        kernels.store(levels[0].x, out.transpose(self.order))

    def _down(self, level: _Level) -> None:
        behind = level.ahead if self.onward > 0 else level.back
        kernels.sweep_from_zero(behind, *level[2:9], -self.onward)


def _by_axis(rows: Sequence[Floats], order: Orientation) -> list[Floats]:
    """Return what is given for x, y, z in the order of the level's directions."""
    return [rows[2 - axis] for axis in order]


def _turned(values: Floats, order: Orientation) -> Singles:
    return np.ascontiguousarray(values.transpose(order), np.float32)


def _orientation(conductances: Sequence[Floats], flows: Sequence[Floats]) -> Orientation:
    """Choose lines, planes in turn along the flow, and colours along what is left, or longer where nothing flows."""
    shape = conductances[0].shape
    by_axis = list(reversed(conductances))  # of the arrays: z, y, x
    share = kernels.strengths(*by_axis)
    carried = [float(np.abs(flow).sum()) for flow in reversed(flows)]
    axes, before = [0, 1, 2], carried
    if not any(carried):
        unlike = kernels.spreads(*by_axis)
        axes, before = [axis for axis in axes if unlike[axis] <= unlike.min() + UNLIKE], [-n for n in shape]
    line = max(axes, key=lambda axis: (shape[axis] > 1, round(float(share[axis]), 2), -axis))
    first, last = (axis for axis in range(3) if axis != line)
    if shape[last] == 1 or (before[last] > before[first] and shape[first] > 1):
        first, last = last, first
    return first, line, last


def _hierarchy(g: list[Singles], f: list[Singles], extra: Singles) -> list[_Level]:
    """Levels from the given grid down to one line."""
    levels = []
    while True:
        joined = _coarsening(g, still=not any(flow.any() for flow in f))
        levels.append(_level(g, f, extra, joined))
        if joined == (1, 1, 1):
            return levels
        *rows, extra = kernels.coarsen(*(*g, *f, extra, *joined))
        g, f = rows[:3], rows[3:]


def _coarsening(g: list[Singles], *, still: bool) -> tuple[int, int, int]:
    """Factors of a level, along its three directions; ones where it is a single line."""
    na, nb, nc = g[0].shape
    a, _, c, strongest = (float(share) for share in kernels.strengths(*g))
    most = max(a if na > 1 else 0.0, c if nc > 1 else 0.0)
    ra = 2 if na > 1 and a * STRONGER >= most else 1
    rc = 2 if nc > 1 and c * STRONGER >= most else 1
    even = strongest * sum(n > 1 for n in g[0].shape) <= STRONGER
    rb = 2 if nb > 1 and ra * rc > 1 and even and still else 1
    return ra, rb, rc


def _level(g: list[Singles], f: list[Singles], extra: Singles, joined: tuple[int, int, int]) -> _Level:
    na, nb, nc = extra.shape
    shape = (na + 2, nb, 2, (nc + 1) // 2 + 2)
    back, ahead, inner, outer, lower, upper, pivot, b, x = (reserved(shape) for _ in range(9))
    kernels.couple(*(*g, *f, extra, back, ahead, inner, outer, lower, upper, pivot))
    return _Level(back, ahead, inner, outer, lower, upper, pivot, b, x, np.zeros((2, shape[3]), np.float32), joined)
