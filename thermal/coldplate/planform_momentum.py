"""Faces through which the coolant of two plenums carries momentum, set up once for a geometry."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["NONE", "Momentum", "momentum_faces"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
NONE = -1  # no link: beyond a wall or within the fins
ONE_SIDED = -1.0  # in place of a ratio: the slope is that upstream


class Momentum(NamedTuple):
    """Faces between the volumes in which the momentum of each link is balanced, from cell centre to cell centre.

    A face passes the flow F = Σ w·ṁ of two links, and with it a velocity U₁ + way·slope(r (U₁ − U₂), U₀ − U₁) of the
    link upstream, the next one upstream and the one downstream; see `planform_kernels.slope`. Links are counted as in
    `planform_network.loops_of`; the velocity of `NONE` is zero.
    """

    factor: float  # mean of the squared velocity over the gap, over the square of the mean [-]
    section: float  # of both plenums together, across the channels, to judge velocities by [m2]
    area: Floats  # (links,) that a link flows through [m2]
    between: Integers  # (faces, 2) link that momentum leaves and link that it enters where F > 0, or `NONE`
    flow: Integers  # (faces, 2) links of F
    flow_weight: Floats  # (faces, 2) w [-]
    beside: Integers  # (faces, 2, 3) upstream, next upstream, downstream, where F > 0 and where F < 0
    way: Floats  # (faces, 2) from the link upstream to the face over that to the one downstream [-]
    ratio: Floats  # (faces, 2) r, of the distances to downstream and to next upstream; what is below, see `slope` [-]
    viscous: Floats  # (faces,) area over distance [m]
    leaving: Floats  # (links,) share of the flow that leaves through the port out of a link's volume [-]


def momentum_faces(
    columns: Floats, depths: tuple[float, float], height: float, entering: Floats, factor: float
) -> Momentum:
    """Set up the faces of two plenums with fins between them.

    Parameters
    ----------
    columns : (n + 1,) float64
        Faces across the channels [m].
    depths : (float, float)
        Of inlet and outlet plenum, along the channels [m].
    height : float
        Of both [m].
    entering : (n, rows) float64
        Share of the flow that enters a cell less the share that leaves it; half of the rows in each plenum [-].
    factor : float
        Momentum factor; 6/5 for a parabola over the height [-].

    Returns
    -------
    Momentum
        Second order upwind; where there is no second link upstream, linear between the links beside the face. At side
        walls coolant slips, since their friction is in the plenum's law.
    """
    n, rows = entering.shape
    half = rows // 2
    x = np.arange((n - 1) * rows).reshape(n - 1, rows)
    y = x.size + np.arange(n * (rows - 1)).reshape(n, rows - 1)
    dx, dy = np.diff(columns), np.repeat([depth / half for depth in depths], half)
    faces = _Faces()
    _across(faces, x, y, columns, dy, height)
    _along(faces, x, y, columns, dy, height)
    sinks = np.maximum(-entering, 0.0)
    halves = (sinks[:-1] + sinks[1:]).ravel(), (sinks[:, :-1] + sinks[:, 1:]).ravel()
    area = height * np.concatenate([np.tile(dy, n - 1), np.repeat(dx, rows - 1)])
    return faces.gathered(factor, height * sum(depths), area, 0.5 * np.concatenate(halves))


def _across(faces: _Faces, x: Integers, y: Integers, columns: Floats, dy: Floats, height: float) -> None:
    """Faces of the momentum across the channels, which the fins take from whatever passes them."""
    rows, centres, dx = dy.size, 0.5 * (columns[:-1] + columns[1:]), np.diff(columns)
    half = rows // 2
    if x.size == 0:
        return
    faces.inner(x, columns[1:-1], centres[1:-1], (x[:-1], x[1:]), height * dy)
    faces.wall(x[0], height * dy / dx[0], before=True)
    faces.wall(x[-1], height * dy / dx[-1], before=False)
    wide = height * 0.5 * (dx[:-1] + dx[1:])
    for low, high in ((0, half), (half, rows)):
        step, k = dy[low], np.arange(half)
        through = y[:, low : high - 1].T
        faces.inner(x[:, low:high].T, (k + 0.5) * step, k[1:] * step, (through[:, :-1], through[:, 1:]), wide)
    through = y[:, half - 1]
    faces.mouth(x[:, half - 1], x[:, max(half - 2, 0)], through, before=False)
    faces.mouth(x[:, half], x[:, min(half + 1, rows - 1)], through, before=True)


def _along(faces: _Faces, x: Integers, y: Integers, columns: Floats, dy: Floats, height: float) -> None:
    """Faces of the momentum along the channels; a middle link has half a row of either plenum for its volume."""
    rows, centres, dx = dy.size, 0.5 * (columns[:-1] + columns[1:]), np.diff(columns)
    half = rows // 2
    for first in (0, half - 1):  # the fins' mouth is the last link of one plenum and the first of the other
        step, k = dy[first + 1], np.arange(half)
        links = y[:, first : first + half].T
        faces.inner(links, k * step, (k[:-1] + 0.5) * step, (links[:-1], links[1:]), height * dx)
    faces.wall(y[:, 0], height * dx / dy[0], before=True)
    faces.wall(y[:, -1], height * dx / dy[-1], before=False)
    others = np.delete(np.arange(rows - 1), half - 1)
    beside = x[:, others], x[:, others + 1]
    faces.inner(y[:, others], centres, columns[1:-1], beside, 0.5 * height * (dy[others] + dy[others + 1]))
    for row in (half - 1, half):
        one = x[:, row : row + 1], None
        faces.inner(y[:, half - 1 : half], centres, columns[1:-1], one, 0.5 * height * dy[row : row + 1])


class _Faces:
    """Faces, collected group by group."""

    def __init__(self) -> None:
        self._groups: list[tuple[NDArray[Any], ...]] = []

    def inner(
        self,
        links: Integers,
        places: Floats,
        at: Floats,
        through: tuple[Integers, Integers | None],
        section: Floats,
    ) -> None:
        """Faces `at` between links that follow one another at `places` along the first axis."""
        if len(links) < 2:
            return
        k, step = np.arange(len(links) - 1), np.diff(places)
        near = (at - places[:-1]) / step  # of the way from a link to the next
        before, after = np.roll(step, 1), np.roll(step, -1)
        ratio = np.stack([np.where(k > 0, step / before, 0.0), np.where(k < k[-1], step / after, 0.0)], axis=-1)
        # an index beyond the ends is one of the other end's, which r = 0 leaves out
        ahead, back = (k, k - 1, k + 1), (k + 1, (k + 2) % len(links), k)
        beside = np.stack([np.stack([links[row] for row in way], axis=-1) for way in (ahead, back)], axis=-2)
        shape = links[:-1].shape
        way = np.broadcast_to(np.stack([near, 1.0 - near], axis=-1)[:, None], (*shape, 2))
        first, second = through
        pair = np.stack([first, first if second is None else second], axis=-1)
        share = np.broadcast_to([0.5, 0.0 if second is None else 0.5], pair.shape)
        ratio = np.broadcast_to(ratio[:, None], (*shape, 2))
        viscous = section / step[:, None] * np.ones(shape)
        self._add(np.stack([links[:-1], links[1:]], axis=-1), pair, share, beside, way, ratio, viscous)

    def wall(self, links: Integers, viscous: Floats, *, before: bool) -> None:
        """Faces half-way between links and a wall before or after them, where velocity and flow are half as large."""
        ends, pair = _ends(links, before=before), np.stack([links, links], axis=-1)
        beside = np.stack([ends[:, [0, 0, 1]], ends[:, [1, 1, 0]]], axis=-2)
        half, none = np.full(ends.shape, 0.5), np.zeros(ends.shape)
        self._add(ends, pair, np.broadcast_to([0.5, 0.0], ends.shape), beside, half, none, viscous)

    def mouth(self, links: Integers, inner: Integers, through: Integers, *, before: bool) -> None:
        """Faces between links across and the fins before or after them; `inner` are the links one row away."""
        ends, pair = _ends(links, before=before), np.stack([through[:-1], through[1:]], axis=-1)
        out = np.stack([links, inner, links], axis=-1)
        beside = np.stack([np.full(out.shape, NONE), out] if before else [out, np.full(out.shape, NONE)], axis=-2)
        half = np.full(ends.shape, 0.5)
        self._add(ends, pair, half, beside, half, np.full(ends.shape, ONE_SIDED), np.zeros(links.size))

    def _add(self, *group: NDArray[Any]) -> None:
        sizes = (2,), (2,), (2,), (2, 3), (2,), (2,), ()
        self._groups.append(tuple(each.reshape(-1, *size) for each, size in zip(group, sizes, strict=True)))

    def gathered(self, factor: float, section: float, area: Floats, leaving: Floats) -> Momentum:
        between, flow, share, beside, way, ratio, viscous = (np.concatenate(g) for g in zip(*self._groups, strict=True))
        return Momentum(factor, section, area, between, flow, share, beside, way, ratio, viscous, leaving)


def _ends(links: Integers, *, before: bool) -> Integers:
    none = np.full(links.shape, NONE)
    return np.stack([none, links] if before else [links, none], axis=-1)
