"""Loops of convection: heat carried through faces, of first and second order.

Every array is seen as (outer, n, inner), the direction in question in the middle; `f` is the capacity flow through the
face to the next cell, `low` and `high` (outer, inner) those through the two sides of the grid, all positive towards
higher coordinates.  A face takes T_C + (what a scheme adds) from the cell C upwind, U being the one before C and D the
one after the face: linear upwind adds (x_f − x_C)/(x_C − x_U) (T_C − T_U), central (x_f − x_C)/(x_D − x_C) (T_D − T_C).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from thermal.numerics.multigrid_kernels import FAST

UPWIND, LINEAR_UPWIND, CENTRAL, BOUNDED = range(4)
CLOSED = -1.0  # share of the linear upwind scheme in a bounded one that stands for nothing added


@njit(cache=True, nogil=True)
def _share(linear: float, central: float) -> float:
    """Share of the linear upwind increment in van Leer's harmonic mean 2ab/(a + b); `CLOSED` where the signs differ."""
    return central / (linear + central) if linear * central > 0.0 else CLOSED


@njit(cache=True, nogil=True)
def _added(scheme: int, share: float, linear: float, central: float, known: bool) -> float:
    """Return what a scheme adds to the temperature of the cell upwind; `known`: whether a cell is before it."""
    if scheme == CENTRAL:
        return central
    if scheme == LINEAR_UPWIND:
        return linear if known else central
    if scheme == BOUNDED and share >= 0.0 and known:
        return share * linear + (1.0 - share) * central
    return 0.0


@njit(cache=True, nogil=True)
def _upstream(T, f, low, high, T_low, T_high, o, m, i):  # type: ignore[no-untyped-def]
    """Temperature before the cell upwind of the face after cell m, and whether fluid stands there."""
    n = T.shape[1]
    if f[o, m, i] > 0.0:
        if m > 0:
            return T[o, m - 1, i], f[o, m - 1, i] != 0.0
        return T_low[o, i], low[o, i] > 0.0
    if m < n - 2:
        return T[o, m + 2, i], f[o, m + 1, i] != 0.0
    return T_high[o, i], high[o, i] < 0.0


@njit(cache=True, nogil=True)
def _increments(T, before, m, o, i, forth, ahead, weights):  # type: ignore[no-untyped-def]
    """Linear upwind and central increment at the face after cell m; `weights` as `Lines.weights`."""
    here, there = T[o, m, i], T[o, m + 1, i]
    if forth:
        return weights[0, m] * (here - before), ahead * (there - here)
    return weights[1, m] * (there - before), (1.0 - ahead) * (here - there)


@njit(cache=True, nogil=True, fastmath=FAST)
def carry(T, f, low, high, T_low, T_high, weights, scheme, share, first, out):  # type: ignore[no-untyped-def]
    """Add the heat that the flow carries off from each cell to `out`; `first` is 1, or 0 for second order's part alone.

    `weights` (3, n): at the face after a cell that of the linear upwind increment with the flow and against it, and
    the distance from the centre of the cell over that between centres; the last column is for the outer faces: half the
    width of the last cell, of the first, over the distance to the cell before.
    """
    outer, n, inner = T.shape
    for o in range(outer):
        for m in range(n - 1):
            for i in range(inner):
                F = f[o, m, i]
                if F == 0.0:
                    continue
                before, known = _upstream(T, f, low, high, T_low, T_high, o, m, i)
                linear, central = _increments(T, before, m, o, i, F > 0.0, weights[2, m], weights)
                face = first * (T[o, m, i] if F > 0.0 else T[o, m + 1, i])
                face += _added(scheme, share[o, m, i] if scheme == BOUNDED else 0.0, linear, central, known)
                out[o, m, i] += F * face
                out[o, m + 1, i] -= F * face
        for i in range(inner):
            if low[o, i] != 0.0:
                out[o, 0, i] -= low[o, i] * _outer(T, f, low[o, i], T_low[o, i], weights, scheme, first, o, i, 0)
            if high[o, i] != 0.0:
                out[o, n - 1, i] += high[o, i] * _outer(
                    T, f, -high[o, i], T_high[o, i], weights, scheme, first, o, i, 1
                )


@njit(cache=True, nogil=True)
def _outer(T, f, inflow, given, weights, scheme, first, o, i, end):  # type: ignore[no-untyped-def]
    """Temperature on an outer face: what is given where fluid comes in, carried on where it leaves."""
    n = T.shape[1]
    if inflow > 0.0:
        return given
    here = T[o, n - 1 if end else 0, i]
    added = 0.0
    if scheme != UPWIND and n > 1:
        link = f[o, n - 2 if end else 0, i]
        if link != 0.0:
            added = weights[0 if end else 1, n - 1] * (here - T[o, n - 2 if end else 1, i])
    return first * here + added


@njit(cache=True, nogil=True)
def faces(T, f, low, high, T_low, T_high, weights, scheme, share, out):  # type: ignore[no-untyped-def]
    """Temperature that the flow has on all faces (outer, n + 1, inner); that of the cell where nothing flows."""
    outer, n, inner = T.shape
    for o in range(outer):
        for i in range(inner):
            out[o, 0, i] = _outer(
                T, f, low[o, i], T_low[o, i], weights, scheme if low[o, i] != 0.0 else 0, 1.0, o, i, 0
            )
            out[o, n, i] = _outer(
                T, f, -high[o, i], T_high[o, i], weights, scheme if high[o, i] != 0.0 else 0, 1.0, o, i, 1
            )
            for m in range(n - 1):
                F = f[o, m, i]
                here = T[o, m, i] if F >= 0.0 else T[o, m + 1, i]
                if F != 0.0:
                    before, known = _upstream(T, f, low, high, T_low, T_high, o, m, i)
                    linear, central = _increments(T, before, m, o, i, F > 0.0, weights[2, m], weights)
                    here += _added(scheme, share[o, m, i] if scheme == BOUNDED else 0.0, linear, central, known)
                out[o, m + 1, i] = here


@njit(cache=True, nogil=True)
def limit(T, f, low, high, T_low, T_high, weights, share):  # type: ignore[no-untyped-def]
    """Put the shares of the bounded scheme that follow from a field into `share`."""
    outer, n, inner = T.shape
    for o in range(outer):
        for m in range(n - 1):
            for i in range(inner):
                F = f[o, m, i]
                if F != 0.0:
                    before, known = _upstream(T, f, low, high, T_low, T_high, o, m, i)
                    linear, central = _increments(T, before, m, o, i, F > 0.0, weights[2, m], weights)
                    share[o, m, i] = _share(linear, central) if known else CLOSED


@njit(cache=True, nogil=True)
def net(f, low, high, out):  # type: ignore[no-untyped-def]
    """Add what flows out of each cell less what flows in to `out`."""
    outer, n, inner = out.shape
    for o in range(outer):
        for m in range(n):
            for i in range(inner):
                after = f[o, m, i] if m < n - 1 else high[o, i]
                before = f[o, m - 1, i] if m > 0 else low[o, i]
                out[o, m, i] += after - before


def weights_of(row: np.ndarray) -> np.ndarray:
    """Weights of the increments for faces at the positions `row` (n + 1,), as `carry` takes them, shape (3, n)."""
    centre = 0.5 * (row[1:] + row[:-1])
    n = centre.size
    out = np.zeros((3, n))
    if n > 1:
        step = np.diff(centre)
        inner = row[1:-1]
        before = np.concatenate([[centre[0] - row[0]], step[:-1]])  # from the inlet's face, or the cell before
        after = np.concatenate([step[1:], [row[-1] - centre[-1]]])
        out[0, :-1] = (inner - centre[:-1]) / before
        out[1, :-1] = (centre[1:] - inner) / after
        out[2, :-1] = (inner - centre[:-1]) / step
        out[0, -1] = (row[-1] - centre[-1]) / step[-1]
        out[1, -1] = (centre[0] - row[0]) / step[0]
    return out
