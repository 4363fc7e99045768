"""Multigrid for velocities and pressure together: lines relaxed exactly, coarsened where the cells are narrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.numerics import saddle_kernels as kernels
from thermal.numerics.reserved import reserved
from thermal.numerics.saddle_levels import Saddle, Singles, coarsened, coefficients, paired
from thermal.numerics.saddle_quantised import quantised

__all__ = ["SaddleMultigrid"]

Rows = NDArray[np.int64]
FEW = 3.0  # times less cells on a coarse level, from which it is worth visiting twice
MOST = 16  # relaxations of the coarsest level, which has more than one line where cells are parted
MUCH = 1.05  # a direction is coarsened while its cells are narrower than this many times the narrowest
Axis3 = tuple[int, int, int]
Slices = tuple[slice, slice, slice]


class _Level(NamedTuple):
    """Arrays of one level in the layout of the kernels."""

    n: NDArray[np.int64]  # cells along a, c, b
    oa: int
    oc: int
    D: Singles
    Q: NDArray[np.uint16]
    area: Singles
    x: Singles
    b: Singles
    rows: tuple[Rows, ...]  # along a, c, b: first cell of each coarse one
    parent: tuple[Rows, ...]
    middle: tuple[NDArray[np.bool_], ...]


class SaddleMultigrid:
    """One cycle for the linear system of velocities and pressure, as a preconditioner.

    Lines of cells along the narrowest direction are solved exactly, velocities on all their faces and pressures at
    once (Vanka's relaxation by lines), lines of two colours after each other, plane after plane.  Coarse levels join
    cells by two in the directions in which they are narrowest, lines last.

    Parameters
    ----------
    fine : Saddle
        The system on the finest level.
    sweeps : (int, int)
        Relaxations before and after a coarse level.
    work : float32, optional
        Memory for the vectors of the finest level from `load` to `result`, of other use in between; where it is too
        small, or none is given, they have their own.
    """

    def __init__(self, fine: Saddle, *, sweeps: tuple[int, int] = (1, 2), work: Singles | None = None) -> None:
        self.sweeps = sweeps
        self.order = _order(fine)
        self.live = {t for t in range(3) if fine.flows[t] is not None}
        self.thin = fine.flows[self.order[0]] is None
        self.wraps = np.array([fine.periodic[self.order[0]] and not self.thin, fine.periodic[self.order[2]]])
        self.onward = 1
        lead = fine.flows[self.order[0]]
        if lead is not None and float(lead.sum(dtype=np.float64)) < 0.0:
            self.onward = -1
        self.levels: list[_Level] = []
        level = fine
        while True:
            starts = _starts(level, self.order)
            self.levels.append(self._level(level, starts, work))
            work = None
            if all(row.size == width.size for row, width in zip(starts, level.widths, strict=True)):
                break
            level = coarsened(level, starts)
        most = max(int(level.n[1]) for level in self.levels) + 1
        self.spare = np.zeros(max(level.x.size for level in self.levels), np.float32)
        shapes = ((6, 6), (6,), (6,), (6,), (), (), ())  # see `saddle_kernels`
        self.work = tuple(np.zeros((most, *shape, kernels.LANES), np.float32) for shape in shapes)

    def _level(self, saddle: Saddle, starts: Sequence[Rows], work: Singles | None) -> _Level:
        """Lay out a level, `starts` the first of the cells joined on the next; its vectors in `work` if given."""
        a, c, b = self.order
        size = [saddle.widths[t].size for t in (a, c, b)]
        shape = self._shape(size)
        D, area, Q = reserved((3, *shape)), reserved((3, *shape)), reserved((18, *shape), np.uint16)
        D[:] = 1.0
        for m, axis in enumerate((a, b, c)):
            if saddle.flows[axis] is None:
                continue
            momentum = saddle.momentum(axis)
            before, after, diagonal = coefficients(saddle, axis, momentum)
            place = self._place(size, axis)
            parts = quantised(
                tuple(np.ascontiguousarray(row[t]) for t in (a, b, c) for row in (before, after)), diagonal
            )
            del before, after
            for n in range(6):
                Q[6 * m + n][place] = self._turned(parts[n])
            D[m][place] = self._turned(diagonal)
            area[m][place] = self._turned(momentum.area)
        need = 8 * D[0].size
        vectors = reserved((need,)) if work is None or work.size < need else work[:need]
        x, rhs = vectors.reshape(2, 4, -1)
        rows = [np.append(starts[t], s) for s, t in zip(size, self.order, strict=True)]
        parent = [np.append(np.repeat(np.arange(r.size - 1), np.diff(r)), r.size - 1) for r in rows]
        middle = [~np.isin(np.arange(s + 1), r) for s, r in zip(size, rows, strict=True)]
        return _Level(
            n=np.array(size), oa=0 if self.thin else shape[1] * shape[2], oc=shape[2], D=D.reshape(3, -1),
            Q=Q.reshape(18, -1), area=area.reshape(3, -1), x=x, b=rhs, rows=tuple(rows), parent=tuple(parent),
            middle=tuple(middle),
        )  # fmt: skip

    def _shape(self, size: Sequence[int]) -> Axis3:
        """Shape (a, c, b) of the padded arrays of a level of so many cells along each."""
        return (1 if self.thin else size[0] + 3, size[1] + 2 + self.thin, size[2] + 2 + bool(self.wraps[1]))

    def _place(self, size: Sequence[int], axis: int) -> Slices:
        """Where the faces across an axis, or the cells (3), stand in them."""
        a, c, b = (slice(1, 1 + n + (t == axis)) for n, t in zip(size, self.order, strict=True))
        return (slice(0, 1) if self.thin else a, c, b)

    def _turned(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """Turn an array (z, y, x) into (a, c, b)."""
        return values.transpose(tuple(2 - t for t in self.order))

    def load(self, parts: Mapping[int, NDArray[np.floating]]) -> None:
        """Set the right-hand side from arrays (z, y, x) on faces across x, y, z (0, 1, 2) and cells (3)."""
        level = self.levels[0]
        level.b[:] = 0.0
        for m, view in self._views(level.b):
            view[...] = self._turned(parts[m])

    def _views(self, fields: Singles) -> Iterator[tuple[int, NDArray[np.floating]]]:
        """Yield each component of fields of the finest level (3: pressure) with its view (a, c, b) without ghosts."""
        size = [int(n) for n in self.levels[0].n]
        a, c, b = self.order
        for m, axis in enumerate((a, b, c, 3)):
            if axis == 3 or axis in self.live:
                yield axis, fields[m].reshape(self._shape(size))[self._place(size, axis)]

    def result(self, parts: Mapping[int, NDArray[np.floating]]) -> None:
        """Put the answer into arrays (z, y, x), keys as in `load`."""
        back = tuple(np.argsort([2 - t for t in self.order]))
        for m, view in self._views(self.levels[0].x):
            parts[m][...] = view.transpose(back)

    def cycle(self) -> None:
        """Do one cycle on what was loaded, from zero."""
        self.levels[0].x[:] = 0.0
        self._cycle(0)

    def _cycle(self, at: int) -> None:
        """Improve the answer of a level, twice where the next one is much smaller."""
        fine = self.levels[at]
        if at == len(self.levels) - 1:
            lines = int(fine.n[0] * fine.n[2])
            self._relax(fine, 1 if lines == 1 else min(2 * lines, MOST))
            return
        coarse = self.levels[at + 1]
        often = at and fine.n.prod() > FEW * coarse.n.prod()
        for _ in range(2 if often else 1):
            self._relax(fine, self.sweeps[0])
            r = self.remainder(fine)
            kernels.restrict(
                r, fine.n, fine.oa, fine.oc, self.thin, fine.rows, coarse.n, coarse.oa, coarse.oc, self.wraps,
                coarse.b,
            )  # fmt: skip
            coarse.b[:3] *= coarse.area > 0.0
            coarse.x[:] = 0.0
            self._cycle(at + 1)
            kernels.prolong(
                coarse.x, coarse.oa, coarse.oc, fine.parent, fine.middle, fine.n, fine.oa, fine.oc, self.thin,
                fine.area, fine.x,
            )  # fmt: skip
            if self.wraps.any():
                self._wrap(fine)
            self._relax(fine, self.sweeps[1])

    def remainder(self, level: _Level) -> Singles:
        """Return what each equation of a level lacks, until the next call (4, entries)."""
        r = self.spare[: level.x.size].reshape(level.x.shape)
        kernels.remainder(
            level.D, level.Q, level.area, level.x, level.b, level.n, level.oa, level.oc, self.thin, r
        )  # fmt: skip
        return r

    def _relax(self, level: _Level, sweeps: int) -> None:
        """Relax all lines of a level."""
        for _ in range(sweeps):
            kernels.relax(
                level.D, level.Q, level.area, level.x, level.b, level.n, level.oa, level.oc, self.thin, self.wraps,
                self.onward, self.work,
            )  # fmt: skip

    def _wrap(self, level: _Level) -> None:
        """Fill the ghosts of periodic directions."""
        na, nc, nb = (int(s) for s in level.n)
        x = level.x.reshape(4, *self._shape((na, nc, nb)))
        if self.wraps[1]:
            x[..., 0], x[..., nb + 1], x[..., nb + 2] = x[..., nb], x[..., 1], x[..., 2]
        if self.wraps[0]:
            x[:, 0], x[:, na + 1], x[:, na + 2] = x[:, na], x[:, 1], x[:, 2]


def _order(fine: Saddle) -> Axis3:
    """Axes a (planes), c (lines), b (abreast): lines where cells are narrowest, planes flat, periodic or longest."""
    widths = [float(w.mean()) for w in fine.widths]
    live = [t for t in range(3) if fine.flows[t] is not None]
    walled = [t for t in live if not fine.periodic[t]] or live
    line = min(walled, key=lambda t: widths[t])
    rest = [t for t in range(3) if t != line]
    if len(live) < 3:
        flat = next(t for t in range(3) if t not in live)
        if flat != line:
            rest.remove(flat)
            return (flat, line, rest[0])
    rest.sort(key=lambda t: (fine.periodic[t], widths[t]))
    return (rest[1], line, rest[0])


def _starts(level: Saddle, order: Axis3) -> tuple[Rows, ...]:
    """First cells of those joined along x, y, z; lines only once their cells are not narrower than the rest."""
    alone = tuple(np.arange(width.size) for width in level.widths)
    pairs = tuple(paired(row) for row in level.parted)
    width = [float(w.sum()) / w.size for w in level.widths]
    out = list(alone)
    lateral = [t for t in (order[0], order[2]) if level.flows[t] is not None and pairs[t].size < alone[t].size]
    if not lateral:
        return alone
    least = min(width[t] for t in lateral)
    for t in lateral:
        if width[t] < MUCH * least:
            out[t] = pairs[t]
    line = order[1]
    if alone[line].size > 3 and width[line] > 0.5 * least:
        out[line] = pairs[line]
    return tuple(out)
