"""Multigrid for velocities and pressure together: lines relaxed exactly, coarsened where the cells are narrow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.numerics import saddle_kernels as kernels

__all__ = ["Momentum", "Saddle", "SaddleMultigrid", "coefficients"]

Singles = NDArray[np.float32]
Rows = NDArray[np.int64]
FEW = 3.0  # times less cells on a coarse level, from which it is worth visiting twice
LONG = 50.0  # times the width along the lines from which float32 holds too few digits of the pressure
MUCH = 2.0  # a direction is coarsened while its cells are narrower than this many times the narrowest
Axis3 = tuple[int, int, int]


class Momentum(NamedTuple):
    """One velocity component on its faces; arrays (nz, ny, nx) with one more along the component."""

    links: tuple[Singles, ...]  # viscous, along x, y, z, to the face before, zero where there is none [kg/s]
    walls: tuple[Singles, ...]  # to walls across x, y, z from it [kg/s]
    sink: Singles  # resistance and inertia [kg/s]
    area: Singles  # of faces whose velocity is unknown, zero elsewhere [m2]
    flow: Singles  # mass flow through all faces [kg/s]


class Saddle(NamedTuple):
    """Momentum and continuity, on one level."""

    widths: tuple[NDArray[np.float64], ...]  # of cells along x, y, z [m]
    momenta: tuple[Momentum | None, ...]  # along x, y, z; None where flat
    periodic: tuple[bool, bool, bool]


class _Level(NamedTuple):
    """Arrays of one level in the layout of the kernels."""

    n: NDArray[np.int64]  # cells along a, c, b
    oa: int
    oc: int
    C: Singles
    area: Singles
    x: Singles
    b: Singles
    r: Singles
    rows: tuple[Rows, ...]  # along a, c, b: first cell of each coarse one
    parent: tuple[Rows, ...]
    middle: tuple[NDArray[np.bool_], ...]


class SaddleMultigrid:
    """One V-cycle for the linear system of velocities and pressure, as a preconditioner.

    Parameters
    ----------
    fine : Saddle
        The system on the finest level.
    """

    def __init__(self, fine: Saddle, *, sweeps: tuple[int, int] = (1, 1)) -> None:
        self.sweeps = sweeps
        self.order = _order(fine)
        self.thin = fine.momenta[self.order[0]] is None
        self.wraps = np.array([fine.periodic[self.order[0]] and not self.thin, fine.periodic[self.order[2]]])
        self.onward = 1
        lead = fine.momenta[self.order[0]]
        if lead is not None and float(lead.flow.sum(dtype=np.float64)) < 0.0:
            self.onward = -1
        self.levels: list[_Level] = []
        level = fine
        while True:
            factors = _factors(level, self.order)
            self.levels.append(self._level(level, factors))
            if all(f == 1 for f in factors):
                break
            for axis in range(3):
                if factors[axis] == 2:
                    level = _coarsened(level, axis, self.order[1])
        most = max(int(level.n[1]) for level in self.levels) + 1
        kinds = {level.C.dtype for level in self.levels}
        shapes = ((6, 6), (6,), (6,), (6,), (), ())  # see `saddle_kernels`
        self.work = {
            kind: tuple(np.zeros((most, *shape, kernels.LANES), kind) for shape in shapes) for kind in kinds
        }

    def _level(self, saddle: Saddle, factors: Axis3) -> _Level:
        a, c, b = self.order
        size = [saddle.widths[t].size for t in (a, c, b)]
        shape = (1 if self.thin else size[0] + 3, size[1] + 3, size[2] + 3)
        lateral = max(float(saddle.widths[t].mean()) for t in (a, b) if saddle.momenta[t] is not None)
        kind = np.float64 if lateral > LONG * float(saddle.widths[c].mean()) else np.float32
        C, area = np.zeros((21, *shape), kind), np.zeros((3, *shape), kind)
        for m, axis in enumerate((a, b, c)):
            momentum = saddle.momenta[axis]
            if momentum is None:
                continue
            rows = coefficients(saddle, axis)
            place = [slice(1, 1 + s) for s in size]
            if self.thin:
                place[0] = slice(0, 1)
            along = (a, c, b).index(axis)
            place[along] = slice(place[along].start, place[along].stop + 1)
            for n, t in enumerate((a, b, c)):
                for k in range(2):
                    C[(7 * m + 2 * n + k, *place)] = self._turned(rows[k][t])
            C[7 * m + 6] = 1.0
            C[(7 * m + 6, *place)] = self._turned(rows[2])
            area[(m, *place)] = self._turned(momentum.area)
        rows_ = tuple(np.append(np.arange(0, s, factors[t]), s) for s, t in zip(size, (a, c, b), strict=True))
        fields = [np.zeros((4, C[0].size), kind) for _ in range(3)]
        parent = tuple(np.append(np.repeat(np.arange(r.size - 1), np.diff(r)), r.size - 1) for r in rows_)
        middle = tuple(~np.isin(np.arange(s + 1), r) for s, r in zip(size, rows_, strict=True))
        oc = shape[2]
        return _Level(
            np.array(size), 0 if self.thin else shape[1] * oc, oc, C.reshape(21, -1), area.reshape(3, -1), *fields,
            rows_, parent, middle,
        )  # fmt: skip

    def _turned(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn an array (z, y, x) into (a, c, b)."""
        return values.transpose(tuple(2 - t for t in self.order))

    def load(self, parts: Mapping[int, NDArray[np.float64]]) -> None:
        """Set the right-hand side from arrays (z, y, x) on faces across x, y, z (0, 1, 2) and cells (3)."""
        level = self.levels[0]
        for m, view in self._views(level.b):
            view[...] = self._turned(parts[m])

    def _views(self, fields: Singles) -> list[tuple[int, Singles]]:
        """Each component of fields of the finest level with its view (a, c, b) without ghosts; 3 is the pressure."""
        level = self.levels[0]
        a, c, b = self.order
        size = [int(s) for s in level.n]
        shape = (1 if self.thin else size[0] + 3, size[1] + 3, size[2] + 3)
        out = []
        for m, axis in enumerate((a, b, c, 3)):
            if axis == a and self.thin:
                continue
            place = [slice(1, 1 + s) for s in size]
            if self.thin:
                place[0] = slice(0, 1)
            if axis < 3:
                along = (a, c, b).index(axis)
                place[along] = slice(place[along].start, place[along].stop + 1)
            out.append((axis, fields[m].reshape(shape)[tuple(place)]))
        return out

    def result(self, parts: Mapping[int, NDArray[np.floating]]) -> None:
        """Put the answer into arrays (z, y, x)."""
        back = tuple(np.argsort([2 - t for t in self.order]))
        for m, view in self._views(self.levels[0].x):
            parts[m][...] = view.transpose(back)

    def cycle(self) -> None:
        """Do one cycle on what was loaded, from zero."""
        self.levels[0].x[:] = 0.0
        self._cycle(0)

    def _cycle(self, at: int) -> None:
        fine = self.levels[at]
        if at == len(self.levels) - 1:
            self._relax(fine, 1)
            return
        coarse = self.levels[at + 1]
        often = at and fine.n.prod() > FEW * coarse.n.prod()
        for _ in range(2 if often else 1):
            self._relax(fine, self.sweeps[0])
            kernels.remainder(fine.C, fine.area, fine.x, fine.b, fine.n, fine.oa, fine.oc, self.thin, fine.r)
            kernels.restrict(
                fine.r, fine.n, fine.oa, fine.oc, self.thin, *fine.rows, coarse.n, coarse.oa, coarse.oc, self.wraps,
                coarse.b,
            )  # fmt: skip
            coarse.b[:3] *= coarse.area > 0.0
            coarse.x[:] = 0.0
            self._cycle(at + 1)
            kernels.prolong(
                coarse.x, coarse.oa, coarse.oc, *fine.parent, *fine.middle, fine.n, fine.oa, fine.oc, self.thin,
                fine.area, fine.x,
            )  # fmt: skip
            if self.wraps.any():
                self._wrap(fine)
            self._relax(fine, self.sweeps[1])

    def _relax(self, level: _Level, sweeps: int) -> None:
        for _ in range(sweeps):
            kernels.relax(
                level.C, level.area, level.x, level.b, level.n, level.oa, level.oc, self.thin, self.wraps, self.onward,
                self.work[level.C.dtype],
            )  # fmt: skip

    def _wrap(self, level: _Level) -> None:
        """Fill the ghosts of periodic directions."""
        na, nc, nb = (int(s) for s in level.n)
        x = level.x.reshape(4, 1 if self.thin else na + 3, nc + 3, nb + 3)
        if self.wraps[1]:
            x[..., 0], x[..., nb + 1], x[..., nb + 2] = x[..., nb], x[..., 1], x[..., 2]
        if self.wraps[0]:
            x[:, 0], x[:, na + 1], x[:, na + 2] = x[:, na], x[:, 1], x[:, 2]


def _order(fine: Saddle) -> Axis3:
    """Axes a (planes), c (lines), b (abreast): lines where cells are narrowest, planes flat, periodic or longest."""
    widths = [float(w.mean()) for w in fine.widths]
    live = [t for t in range(3) if fine.momenta[t] is not None]
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


def _factors(level: Saddle, order: Axis3) -> Axis3:
    """By how much each direction (x, y, z) is coarsened; lines only once they are not narrower than the rest."""
    n = [w.size for w in level.widths]
    width = [float(w.sum()) / w.size for w in level.widths]
    out = [1, 1, 1]
    lateral = [t for t in (order[0], order[2]) if level.momenta[t] is not None and n[t] > 1]
    if not lateral:
        return (1, 1, 1)
    least = min(width[t] for t in lateral)
    for t in lateral:
        if width[t] < MUCH * least:
            out[t] = 2
    line = order[1]
    if n[line] > 3 and width[line] > 0.5 * least:
        out[line] = 2
    return (out[0], out[1], out[2])


def _shifted(values: NDArray[np.float32], axis: int, faces: bool, periodic: bool) -> NDArray[np.float32]:
    """What stands at the next entry along x, y or z; nothing after the last, or what follows there."""
    d = 2 - axis
    out = np.roll(values, -1, d)
    view, source = np.moveaxis(out, d, 0), np.moveaxis(values, d, 0)
    if not periodic:
        view[-1] = 0.0
    elif faces:
        view[-1] = source[1 % (source.shape[0] - 1)] if source.shape[0] > 2 else source[1]
    return out


def _along_faces(flow: NDArray[np.float32], axis: int, periodic: bool) -> NDArray[np.float32]:
    """Half of what is in the cells on both sides of each face across an axis, summed."""
    d = 2 - axis
    pad = [(0, 0)] * 3
    pad[d] = (1, 1)
    wide = np.pad(flow, pad, "wrap" if periodic else "constant")
    view = np.moveaxis(wide, d, 0)
    return np.moveaxis(np.float32(0.5) * (view[1:] + view[:-1]), 0, d)


def coefficients(level: Saddle, m: int) -> tuple[tuple[Singles, ...], tuple[Singles, ...], Singles]:
    """Before, after and diagonal of a component, upwind."""
    momentum = level.momenta[m]
    assert momentum is not None
    on = momentum.area > 0.0
    zero = np.zeros_like(momentum.area)
    before, after = [zero] * 3, [zero] * 3
    diagonal = momentum.sink.copy()
    for t in range(3):
        other = level.momenta[t]
        if other is None:
            continue
        diagonal += momentum.walls[t]
        link = momentum.links[t]
        if t == m:
            flow, d = momentum.flow, 2 - m
            ahead = np.roll(flow, 1, d)
            view, source = np.moveaxis(ahead, d, 0), np.moveaxis(flow, d, 0)
            view[0] = source[-2] if level.periodic[m] else source[0]
            F = np.float32(0.5) * (flow + ahead)
            low, back = link + np.maximum(F, 0.0), link + np.maximum(-F, 0.0)
            high = _shifted(back, t, faces=True, periodic=level.periodic[t])
        else:
            F = _along_faces(other.flow, m, level.periodic[m])
            view = np.moveaxis(F, 2 - t, 0)
            low_F, high_F = (np.moveaxis(v, 0, 2 - t) for v in (view[:-1], view[1:]))
            low = link + np.maximum(low_F, 0.0)
            high = _shifted(link, t, faces=False, periodic=level.periodic[t]) + np.maximum(-high_F, 0.0)
        before[t], after[t] = np.where(on, low, 0.0), np.where(on, high, 0.0)
        diagonal += low + high
    return tuple(before), tuple(after), np.where(on, diagonal, np.float32(1.0))


def _coarsened(level: Saddle, s: int, line: int) -> Saddle:
    """Join cells by two along an axis; lines run along `line`."""
    width = level.widths[s]
    n = width.size
    rows = np.arange(0, n, 2)
    wide = np.add.reduceat(width, rows)
    widths = tuple(wide if t == s else w for t, w in enumerate(level.widths))
    momenta = []
    for m, momentum in enumerate(level.momenta):
        if momentum is None:
            momenta.append(None)
        elif m == s:
            momenta.append(_joined_along(momentum, s, rows, n, periodic=level.periodic[s]))
        else:
            joined = _joined_beside(momentum, s, rows, width, wide, level.periodic[s])
            momenta.append(joined if m == line or s == line else _eased(momentum, joined, s, rows, line))
    return Saddle(widths, tuple(momenta), level.periodic)


def _joined_beside(
    momentum: Momentum, s: int, rows: Rows, width: NDArray[np.float64], wide: NDArray[np.float64], periodic: bool
) -> Momentum:
    """Join faces that lie side by side along an axis."""
    d = 2 - s

    def total(values: Singles) -> Singles:
        return np.add.reduceat(values, rows, axis=d)

    fine, coarse = 0.5 * (width + np.roll(width, 1)), 0.5 * (wide + np.roll(wide, 1))
    shape = [1, 1, 1]
    shape[d] = rows.size
    nearer = (fine[rows] / coarse).astype(np.float32).reshape(shape)
    shape[d] = width.size
    thinner = (width / np.repeat(wide, np.diff(np.append(rows, width.size)))).astype(np.float32).reshape(shape)
    links = tuple(
        np.take(link, rows, axis=d) * nearer if t == s else total(link) for t, link in enumerate(momentum.links)
    )
    walls = tuple(total(wall * thinner) if t == s else total(wall) for t, wall in enumerate(momentum.walls))
    return Momentum(links, walls, total(momentum.sink), total(momentum.area), total(momentum.flow))


def _joined_along(momentum: Momentum, s: int, rows: Rows, n: int, *, periodic: bool) -> Momentum:
    """Join the volumes around faces that follow each other along the component's own axis."""
    d = 2 - s
    faces = np.append(rows, n)
    two = np.diff(faces) == 2  # coarse cells of two

    def view(values: Singles) -> Singles:
        return np.moveaxis(values, d, 0)

    def pick(values: Singles) -> Singles:
        return np.moveaxis(view(values)[faces], 0, d)

    def total(values: Singles) -> Singles:
        source = view(values)
        out = source[faces].copy()
        mid = np.float32(0.5) * source[rows[two] + 1]
        index = np.flatnonzero(two)
        out[index] += mid
        out[index + 1] += mid
        if periodic:
            ends = out[-1] + out[0] - source[0]
            out[0], out[-1] = ends, ends
        return np.moveaxis(out, 0, d)

    source = view(momentum.links[s])
    link = source[faces].copy()
    index = np.flatnonzero(two)
    first, second = source[rows[two] + 1], source[rows[two] + 2]
    both = first + second
    link[index + 1] = np.divide(first * second, both, out=np.zeros_like(both), where=both > 0.0)
    if periodic:
        link[0] = link[-1]
    walls = [total(wall) for wall in momentum.walls]
    own = view(walls[s]).copy()
    own[index] += np.where(second == 0.0, first, 0.0)
    own[index + 1] += np.where(first == 0.0, second, 0.0)
    walls[s] = np.moveaxis(own, 0, d)
    links = tuple(np.moveaxis(link, 0, d) if t == s else total(v) for t, v in enumerate(momentum.links))
    return Momentum(links, tuple(walls), total(momentum.sink), pick(momentum.area), pick(momentum.flow))


def _eased(fine: Momentum, joined: Momentum, s: int, rows: Rows, line: int) -> Momentum:
    """Weaken what resists in joined faces as flows side by side share themselves out.

    One velocity for a narrow channel and the wide space beside it would feel the channel's friction on all of the flow.
    Under one pressure each takes its own: 1/F = Σ (A τ)/A², with τ the velocity that a unit of pressure drives along
    the lines of each.
    """
    d = 2 - s
    mobility = _mobility(fine, line)
    area = fine.area
    driven = np.add.reduceat(area * mobility, rows, axis=d)
    held = np.add.reduceat(np.divide(area, mobility, out=np.zeros_like(area), where=mobility > 0.0), rows, axis=d)
    both = driven * held
    ease = np.divide(joined.area**2, both, out=np.ones_like(both), where=both > 0.0)
    links = []
    for t, link in enumerate(joined.links):
        before = np.roll(ease, 1, 2 - t)
        links.append((link * np.sqrt(ease * before)).astype(np.float32))
    walls = tuple((wall * ease).astype(np.float32) for wall in joined.walls)
    return Momentum(tuple(links), walls, (joined.sink * ease).astype(np.float32), joined.area, joined.flow)


def _mobility(momentum: Momentum, line: int) -> NDArray[np.float64]:
    """Velocity that a unit of pressure drives through each face where its lines are on their own, zero where closed."""
    d = 2 - line
    area = np.moveaxis(momentum.area.astype(np.float64), d, 0)
    diagonal = momentum.sink.astype(np.float64) + sum(wall.astype(np.float64) for wall in momentum.walls)
    for t, link in enumerate(momentum.links):
        part = link + _shifted(link, t, faces=False, periodic=False)
        diagonal = diagonal + (part if t == line else 0.5 * part)
    diagonal = np.where(momentum.area > 0.0, diagonal, 1.0)
    diagonal = np.moveaxis(diagonal, d, 0)
    link = np.moveaxis(np.where(momentum.area > 0.0, momentum.links[line], 0.0).astype(np.float64), d, 0)
    n = area.shape[0]
    upper, x = np.zeros_like(area), np.zeros_like(area)
    for j in range(n):
        low = link[j] * (area[j - 1] > 0.0) if j else 0.0
        high = link[j + 1] * (area[j] > 0.0) if j + 1 < n else 0.0
        pivot = diagonal[j] - (low * upper[j - 1] if j else 0.0)
        upper[j] = high / pivot
        x[j] = (area[j] + (low * x[j - 1] if j else 0.0)) / pivot
    for j in range(n - 2, -1, -1):
        x[j] += upper[j] * x[j + 1]
    return np.where(momentum.area > 0.0, np.moveaxis(x, 0, d), 0.0)
