"""Loops of the cycle within planes along y and z.

Arrays of a level are (rows + 2, layers, columns): rows padded at both ends, columns in the order of the two colours of
the main cycle's level, one after the other.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from thermal.numerics.multigrid_kernels import FAST


@njit(cache=True, nogil=True)
def zone(gx, gy, gz, tied, first, nk):  # type: ignore[no-untyped-def]
    """Conductances along y and z in some layers, and all that ties a cell to what is outside its plane's layers."""
    ny, _, nx = tied.shape
    cy, cz, total = np.zeros((ny, nk, nx)), np.zeros((ny, nk, nx)), np.zeros((ny, nk, nx))
    for j in range(ny):
        for m in range(nk):
            k = first + m
            for i in range(nx):
                cy[j, m, i] = gy[j, k, i]
                t = tied[j, k, i] + gx[j, k, i]
                if i > 0:
                    t += gx[j, k, i - 1]
                if m < nk - 1:
                    cz[j, m, i] = gz[j, k, i]
                else:
                    t += gz[j, k, i]
                if m == 0 and k > 0:
                    t += gz[j, k - 1, i]
                total[j, m, i] = t
    return cy, cz, total


@njit(cache=True, nogil=True)
def coarsen(gy, gz, total, f):  # type: ignore[no-untyped-def]
    """Conductances with f rows joined to one."""
    ny, nk, nx = gy.shape
    my = (ny + f - 1) // f
    cy, cz, ct = np.zeros((my, nk, nx)), np.zeros((my, nk, nx)), np.zeros((my, nk, nx))
    for j in range(ny):
        J = j // f
        for k in range(nk):
            for i in range(nx):
                cz[J, k, i] += gz[j, k, i]
                ct[J, k, i] += total[j, k, i]
                if (j + 1) // f != J:
                    cy[J, k, i] += gy[j, k, i] / f
    return cy, cz, ct


@njit(cache=True, nogil=True)
def split_diagonal(gy, gz, total, out):  # type: ignore[no-untyped-def]
    """Put the sum of all conductances of each cell into the layout of the main level."""
    ny, nk, nx = gy.shape
    for j in range(ny):
        for k in range(nk):
            for i in range(nx):
                t = total[j, k, i] + gy[j, k, i] + gz[j, k, i]
                if j > 0:
                    t += gy[j - 1, k, i]
                if k > 0:
                    t += gz[j, k - 1, i]
                out[j + 1, k, i % 2, i // 2 + 1] = t


@njit(cache=True, nogil=True)
def split(gy, gz, total, south, up, pivot, w):  # type: ignore[no-untyped-def]
    """Fill a level's arrays; `pivot` receives the inverse pivots of the columns, as in `split_level`."""
    ny, nk, nx = gy.shape
    pivot[:] = 1.0
    for j in range(ny):
        for i in range(nx):
            o = (i % 2) * w + i // 2 + 1
            before = 0.0
            for k in range(nk):
                t = total[j, k, i] + gy[j, k, i]
                if j > 0:
                    t += gy[j - 1, k, i]
                if k > 0:
                    t += gz[j, k - 1, i] * before
                inverse = 1.0 / (t + gz[j, k, i]) if t + gz[j, k, i] > 0.0 else 1.0
                before = t * inverse
                pivot[j + 1, k, o] = inverse
                south[j + 1, k, o] = gy[j, k, i]
                up[j + 1, k, o] = gz[j, k, i]


@njit(cache=True, nogil=True, fastmath=FAST)
def residual(lateral, south, up, b, x, first, take, s, diagonal, out, f):  # type: ignore[no-untyped-def]
    """Sum the residual in some layers over f rows."""
    rows, nz, _, w = x.shape
    nk = take.shape[1]
    out[:] = 0.0
    for j in range(1, rows - 1):
        J = (j - 1) // f + 1
        for m in range(nk):
            k = first + m
            for c in range(2):
                into = out[J, m, c * w : (c + 1) * w]
                here, rhs, d, t, entering = x[j, k, c], b[j, k, c], diagonal[j, m, c], take[j, m, c], s[j, m, c]
                g, below, h, above = south[j - 1, k, c], x[j - 1, k, c], south[j, k, c], x[j + 1, k, c]
                inner, outer, other = lateral[j, k, 0], lateral[j, k, 1], x[j, k, 1 - c]
                for o in range(1, w - 1):
                    into[o] += (
                        rhs[o]
                        - d[o] * here[o]
                        + t[o] * entering[o]
                        + g[o] * below[o]
                        + h[o] * above[o]
                        + inner[o] * other[o]
                    )
                if c == 1:
                    for o in range(1, w - 1):
                        into[o] += outer[o + 1] * other[o + 1]
                else:
                    for o in range(1, w - 1):
                        into[o] += outer[o] * other[o - 1]
                if k > 0:
                    v, under = up[j, k - 1, c], x[j, k - 1, c]
                    for o in range(1, w - 1):
                        into[o] += v[o] * under[o]
                if k < nz - 1:
                    v, over = up[j, k, c], x[j, k + 1, c]
                    for o in range(1, w - 1):
                        into[o] += v[o] * over[o]


@njit(cache=True, nogil=True, fastmath=FAST)
def add(correction, x, first, f):  # type: ignore[no-untyped-def]
    """Add a correction to f rows each."""
    rows, _, _, w = x.shape
    nk = correction.shape[1]
    for j in range(1, rows - 1):
        J = (j - 1) // f + 1
        for m in range(nk):
            for c in range(2):
                here, more = x[j, first + m, c], correction[J, m, c * w : (c + 1) * w]
                for o in range(1, w - 1):
                    here[o] += more[o]


@njit(cache=True, nogil=True, fastmath=FAST)
def sweep_down(south, up, pivot, b, x):  # type: ignore[no-untyped-def]
    """One sweep over rows upward from zero start values, columns exactly."""
    rows, nk, w = x.shape
    for j in range(1, rows - 1):
        for k in range(nk):
            here, rhs, g, below, q = x[j, k], b[j, k], south[j - 1, k], x[j - 1, k], pivot[j, k]
            if k > 0:
                v, under = up[j, k - 1], x[j, k - 1]
                for o in range(w):
                    here[o] = (rhs[o] + g[o] * below[o] + v[o] * under[o]) * q[o]
            else:
                for o in range(w):
                    here[o] = (rhs[o] + g[o] * below[o]) * q[o]
        for k in range(nk - 2, -1, -1):
            g, q, here, above = up[j, k], pivot[j, k], x[j, k], x[j, k + 1]
            for o in range(w):
                here[o] += g[o] * q[o] * above[o]


@njit(cache=True, nogil=True, fastmath=FAST)
def sweep_up(south, up, pivot, b, x):  # type: ignore[no-untyped-def]
    """One sweep over rows downward from the present values."""
    rows, nk, w = x.shape
    for j in range(rows - 2, 0, -1):
        for k in range(nk):
            here, rhs, g, below, q = x[j, k], b[j, k], south[j - 1, k], x[j - 1, k], pivot[j, k]
            h, above = south[j, k], x[j + 1, k]
            if k > 0:
                v, under = up[j, k - 1], x[j, k - 1]
                for o in range(w):
                    here[o] = (rhs[o] + g[o] * below[o] + h[o] * above[o] + v[o] * under[o]) * q[o]
            else:
                for o in range(w):
                    here[o] = (rhs[o] + g[o] * below[o] + h[o] * above[o]) * q[o]
        for k in range(nk - 2, -1, -1):
            g, q, here, above = up[j, k], pivot[j, k], x[j, k], x[j, k + 1]
            for o in range(w):
                here[o] += g[o] * q[o] * above[o]


@njit(cache=True, nogil=True, fastmath=FAST)
def restrict(south, x, coarse):  # type: ignore[no-untyped-def]
    """Sum what `sweep_down` leaves, the part of the row above, into the next level."""
    rows, nk, w = x.shape
    coarse[:] = 0.0
    for j in range(1, rows - 1):
        J = (j - 1) // 2 + 1
        for k in range(nk):
            into, g, above = coarse[J, k], south[j, k], x[j + 1, k]
            for o in range(w):
                into[o] += g[o] * above[o]


@njit(cache=True, nogil=True, fastmath=FAST)
def prolong(coarse, x):  # type: ignore[no-untyped-def]
    """Add the next level's answer to each of its rows."""
    rows, nk, w = x.shape
    for j in range(1, rows - 1):
        J = (j - 1) // 2 + 1
        for k in range(nk):
            here, more = x[j, k], coarse[J, k]
            for o in range(w):
                here[o] += more[o]
