"""The levels of the multigrid of velocities and pressure: coefficients of each, and how cells are joined by two."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Momentum", "Saddle", "Singles", "coarsened", "coefficients", "paired"]

Singles = NDArray[np.float32]
Rows = NDArray[np.int64]


class Momentum(NamedTuple):
    """One velocity component on its faces; arrays (nz, ny, nx) with one more along the component."""

    links: tuple[Singles, ...]  # viscous, along x, y, z, to the face before, zero where there is none [kg/s]
    walls: tuple[Singles, ...]  # to walls across x, y, z from it [kg/s]
    sink: Singles  # resistance and inertia [kg/s]
    area: Singles  # of faces whose velocity is unknown, zero elsewhere [m2]


class Saddle(NamedTuple):
    """Momentum and continuity, on one level."""

    widths: tuple[NDArray[np.float64], ...]  # of cells along x, y, z [m]
    momentum: Callable[[int], Momentum]  # along x, y, z (0, 1, 2), those that are not flat; may be made when asked for
    flows: tuple[Singles | None, ...]  # mass flow through all faces across x, y, z; None where flat [kg/s]
    periodic: tuple[bool, bool, bool]
    parted: tuple[NDArray[np.bool_], ...]  # along x, y, z: whether a cell and the next are never joined


def _shifted(values: NDArray[np.float32], axis: int, faces: bool, periodic: bool) -> NDArray[np.float32]:
    """Return what stands at the next entry along x, y or z; nothing after the last, or what follows there."""
    d = 2 - axis
    out = np.roll(values, -1, d)
    view, source = np.moveaxis(out, d, 0), np.moveaxis(values, d, 0)
    if not periodic:
        view[-1] = 0.0
    elif faces:
        view[-1] = source[1 % (source.shape[0] - 1)] if source.shape[0] > 2 else source[1]
    return out


def _along_faces(flow: NDArray[np.float32], axis: int, periodic: bool) -> NDArray[np.float32]:
    """Return half of what is in the cells on both sides of each face across an axis, summed."""
    d = 2 - axis
    pad = [(0, 0)] * 3
    pad[d] = (1, 1)
    wide = np.pad(flow, pad, "wrap" if periodic else "constant")
    view = np.moveaxis(wide, d, 0)
    return np.moveaxis(np.float32(0.5) * (view[1:] + view[:-1]), 0, d)


def coefficients(level: Saddle, m: int, momentum: Momentum) -> tuple[tuple[Singles, ...], tuple[Singles, ...], Singles]:
    """Return how a component couples to the entries before and after along x, y, z, and its diagonal; upwind [kg/s].

    Parameters
    ----------
    level : Saddle
        The level.
    m : int
        0, 1, 2 for the velocity along x, y, z; not one that is flat.
    momentum : Momentum
        Of it.
    """
    on = momentum.area > 0.0
    zero = np.zeros_like(momentum.area)
    before, after = [zero] * 3, [zero] * 3
    diagonal = momentum.sink.copy()
    for t in range(3):
        flow = level.flows[t]
        if flow is None:
            continue
        diagonal += momentum.walls[t]
        link = momentum.links[t]
        if t == m:
            d = 2 - m
            ahead = np.roll(flow, 1, d)
            view, source = np.moveaxis(ahead, d, 0), np.moveaxis(flow, d, 0)
            view[0] = source[-2] if level.periodic[m] else source[0]
            F = np.float32(0.5) * (flow + ahead)
            low, back = link + np.maximum(F, 0.0), link + np.maximum(-F, 0.0)
            high = _shifted(back, t, faces=True, periodic=level.periodic[t])
        else:
            F = _along_faces(flow, m, level.periodic[m])
            view = np.moveaxis(F, 2 - t, 0)
            low_F, high_F = (np.moveaxis(v, 0, 2 - t) for v in (view[:-1], view[1:]))
            low = link + np.maximum(low_F, 0.0)
            high = _shifted(link, t, faces=False, periodic=level.periodic[t]) + np.maximum(-high_F, 0.0)
        before[t], after[t] = np.where(on, low, 0.0), np.where(on, high, 0.0)
        diagonal += low + high
    return tuple(before), tuple(after), np.where(on, diagonal, np.float32(1.0))


def paired(parted: NDArray[np.bool_]) -> Rows:
    """Return the first cell of each when cells are joined by two, but not across where they are parted.

    >>> paired(np.array([False, False, True, False, False]))
    array([0, 2, 3, 5])
    """
    ends = [0, *(np.flatnonzero(parted) + 1).tolist(), parted.size + 1]
    return np.concatenate([np.arange(a, b, 2) for a, b in itertools.pairwise(ends)])


def coarsened(level: Saddle, starts: Sequence[Rows]) -> Saddle:
    """Join cells by two.

    Areas, flows and what resists are sums; links across joined faces are those of the distance between their middles.
    A component is joined along its own axis first: which of two ways side by side is the easier one is told by all of
    the joined length.

    Parameters
    ----------
    level : Saddle
        The level.
    starts : three of int64
        First cell of each coarse one along x, y, z, as from `paired`.
    """
    joined = [row.size < width.size for row, width in zip(starts, level.widths, strict=True)]
    wide = [np.add.reduceat(w, rows) for w, rows in zip(level.widths, starts, strict=True)]
    momenta, flows = {}, []
    for m, flow in enumerate(level.flows):
        flows.append(flow if flow is None else _joined_flow(flow, m, joined, starts, level.widths[m].size))
        if flow is None:
            continue
        momentum = level.momentum(m)
        if joined[m]:
            momentum = _joined_along(momentum, m, starts[m], level.widths[m].size, periodic=level.periodic[m])
        for s in range(3):
            if s == m or not joined[s]:
                continue
            momentum = _joined_beside(momentum, s, starts[s], level.widths[s], wide[s], level.periodic[s])
        momenta[m] = momentum
    parted = tuple(row[first[1:] - 1] for row, first in zip(level.parted, starts, strict=True))
    return Saddle(tuple(wide), momenta.__getitem__, tuple(flows), level.periodic, parted)


def _joined_flow(flow: Singles, m: int, joined: Sequence[bool], starts: Sequence[Rows], n: int) -> Singles:
    """Flow through joined faces across an axis with n cells."""
    for s in range(3):
        if joined[s]:
            d = 2 - s
            flow = np.take(flow, np.append(starts[s], n), d) if s == m else np.add.reduceat(flow, starts[s], d)
    return flow


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
    return Momentum(links, walls, total(momentum.sink), total(momentum.area))


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
    return Momentum(links, tuple(walls), total(momentum.sink), pick(momentum.area))
