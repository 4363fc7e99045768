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
def _increments(before, here, there, after, F_before, F, F_after, forth, back, ahead):  # type: ignore[no-untyped-def]
    """Linear upwind and central increment at a face between `here` and `there`, and whether fluid stands before.

    `forth`, `back` and `ahead` are the weights of `carry` at that face.
    """
    if F > 0.0:
        return forth * (here - before), ahead * (there - here), F_before != 0.0
    return back * (there - after), (1.0 - ahead) * (here - there), F_after != 0.0


@njit(cache=True, nogil=True)
def _share(linear, central, known):  # type: ignore[no-untyped-def]
    """Share of the linear upwind increment in van Leer's harmonic mean 2ab/(a + b); `CLOSED` where the signs differ."""
    return central / (linear + central) if known and linear * central > 0.0 else CLOSED


@njit(cache=True, nogil=True)
def _added(scheme, share, linear, central, known):  # type: ignore[no-untyped-def]
    """Return what a scheme adds to the temperature of the cell upwind; `known`: whether fluid stands before it."""
    if scheme == CENTRAL:
        return central
    if scheme == LINEAR_UPWIND:
        return linear if known else central
    if scheme == BOUNDED:
        return share * linear + (1.0 - share) * central if share >= 0.0 else 0.0
    return 0.0


@njit(cache=True, nogil=True)
def _face(here, there, F, first, added):  # type: ignore[no-untyped-def]
    """Temperature that a face takes."""
    return first * (here if F > 0.0 else there) + added


@njit(cache=True, nogil=True)
def _around(T, f, low, high, T_low, T_high, o, m):  # type: ignore[no-untyped-def]
    """Rows before and after the two that meet at the face after row m: temperatures, and flows through the next faces.

    At the sides these are what comes in.
    """
    n = T.shape[1]
    before, F_before = (T[o, m - 1], f[o, m - 1]) if m > 0 else (T_low[o], low[o])
    after, F_after = (T[o, m + 2], f[o, m + 1]) if m < n - 2 else (T_high[o], high[o])
    return before, F_before, after, F_after


@njit(cache=True, nogil=True, fastmath=FAST)
def _carry_across(T, f, low, high, T_low, T_high, weights, scheme, share, first, out):  # type: ignore[no-untyped-def]
    """Inner faces of a direction whose neighbours lie rows apart."""
    outer, n, inner = T.shape
    for o in range(outer):
        for m in range(n - 1):
            here, there, flow = T[o, m], T[o, m + 1], f[o, m]
            before, F_before, after, F_after = _around(T, f, low, high, T_low, T_high, o, m)
            s = share[o, m] if scheme == BOUNDED else flow
            forth, back, ahead = weights[0, m], weights[1, m], weights[2, m]
            into, beyond = out[o, m], out[o, m + 1]
            for i in range(inner):
                F = flow[i]
                linear, central, known = _increments(
                    before[i], here[i], there[i], after[i], F_before[i], F, F_after[i], forth, back, ahead
                )
                heat = F * _face(here[i], there[i], F, first, _added(scheme, s[i], linear, central, known))
                into[i] += heat
                beyond[i] -= heat


@njit(cache=True, nogil=True, fastmath=FAST)
def _carry_along(T, f, low, high, T_low, T_high, weights, scheme, share, first, out):  # type: ignore[no-untyped-def]
    """Inner faces of the direction whose cells lie one behind the other, arrays (outer, n)."""
    outer, n = T.shape
    heat, row, flow = np.zeros(n + 1), np.zeros(n + 2), np.zeros(n + 2)
    forth, back, ahead = weights[0], weights[1], weights[2]
    for o in range(outer):
        s = share[o] if scheme == BOUNDED else f[o]
        row[0], row[n + 1], flow[0], flow[n] = T_low[o], T_high[o], low[o], high[o]
        for m in range(n):
            row[m + 1] = T[o, m]
        for m in range(n - 1):
            flow[m + 1] = f[o, m]
        for m in range(n - 1):
            F = flow[m + 1]
            here, there = row[m + 1], row[m + 2]
            linear, central, known = _increments(
                row[m], here, there, row[m + 3], flow[m], F, flow[m + 2], forth[m], back[m], ahead[m]
            )
            heat[m + 1] = F * _face(here, there, F, first, _added(scheme, s[m], linear, central, known))
        for m in range(n):
            out[o, m] += heat[m + 1] - heat[m]


@njit(cache=True, nogil=True)
def carry(T, f, low, high, T_low, T_high, weights, scheme, share, first, out):  # type: ignore[no-untyped-def]
    """Add the heat that the flow carries off from each cell to `out`; `first` is 1, or 0 for second order's part alone.

    `weights` (3, n): at the face after a cell that of the linear upwind increment with the flow and against it, and
    the distance from the centre of the cell over that between centres; the last column is for the outer faces: half the
    width of the last cell, of the first, over the distance to the cell before.
    """
    outer, n, inner = T.shape
    comes, goes = np.maximum(low, 0.0), np.minimum(high, 0.0)  # a scheme looks back to inlets only
    T_first, T_last = T_low.astype(T.dtype), T_high.astype(T.dtype)
    if inner == 1:
        _carry_along(
            T[:, :, 0], f[:, :, 0], comes[:, 0], goes[:, 0], T_first[:, 0], T_last[:, 0], weights, scheme,
            share[:, :, 0] if scheme == BOUNDED else f[:, :, 0], first, out[:, :, 0],
        )  # fmt: skip
    else:
        _carry_across(T, f, comes, goes, T_first, T_last, weights, scheme, share, first, out)
    for o in range(outer):
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
def faces(T, f, low, high, T_low, T_high, weights, scheme, out):  # type: ignore[no-untyped-def]
    """Temperature that the flow has on all faces (outer, n + 1, inner); that of the cell before where nothing flows."""
    outer, n, inner = T.shape
    comes, goes = np.maximum(low, 0.0), np.minimum(high, 0.0)
    for o in range(outer):
        for i in range(inner):
            begin, end = scheme if low[o, i] != 0.0 else UPWIND, scheme if high[o, i] != 0.0 else UPWIND
            out[o, 0, i] = _outer(T, f, low[o, i], T_low[o, i], weights, begin, 1.0, o, i, 0)
            out[o, n, i] = _outer(T, f, -high[o, i], T_high[o, i], weights, end, 1.0, o, i, 1)
        for m in range(n - 1):
            before, F_before, after, F_after = _around(T, f, comes, goes, T_low, T_high, o, m)
            for i in range(inner):
                F, here, there = f[o, m, i], T[o, m, i], T[o, m + 1, i]
                if F == 0.0:
                    out[o, m + 1, i] = here
                    continue
                linear, central, known = _increments(
                    before[i],
                    here,
                    there,
                    after[i],
                    F_before[i],
                    F,
                    F_after[i],
                    weights[0, m],
                    weights[1, m],
                    weights[2, m],
                )
                added = _added(scheme, _share(linear, central, known), linear, central, known)
                out[o, m + 1, i] = _face(here, there, F, 1.0, added)


@njit(cache=True, nogil=True)
def limit(T, f, low, high, T_low, T_high, weights, share):  # type: ignore[no-untyped-def]
    """Put the shares of the bounded scheme that follow from a field into `share`."""
    outer, n, inner = T.shape
    comes, goes = np.maximum(low, 0.0), np.minimum(high, 0.0)
    for o in range(outer):
        for m in range(n - 1):
            before, F_before, after, F_after = _around(T, f, comes, goes, T_low, T_high, o, m)
            forth, back, ahead = weights[0, m], weights[1, m], weights[2, m]
            for i in range(inner):
                linear, central, known = _increments(
                    before[i], T[o, m, i], T[o, m + 1, i], after[i], F_before[i], f[o, m, i], F_after[i],
                    forth, back, ahead,
                )  # fmt: skip
                share[o, m, i] = _share(linear, central, known)


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
