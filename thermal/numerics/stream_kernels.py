"""Loops of the iteration with coolant, on arrays (ny, nz, nx)."""

from __future__ import annotations

import numpy as np
from numba import njit

from thermal.numerics.iteration_kernels import conduct
from thermal.numerics.multigrid_kernels import FAST


@njit(cache=True, nogil=True, fastmath=FAST)
def apply(gx, gy, gz, diag, first, take, share, step, p, out, s):  # type: ignore[no-untyped-def]
    """Put A p into `out`, the coolant marched along; `s` (nk, nx) is work space."""
    ny, _, nx = p.shape
    nk = take.shape[1]
    for j in range(ny):
        conduct(gx, gy, gz, diag, p, out, j)
    for direction in (1, -1):
        for n in range(ny):
            j = n if direction > 0 else ny - 1 - n
            if step[j] != direction:
                continue
            before = j - direction
            begins = before < 0 or before >= ny or step[before] != direction
            for k in range(nk):
                into, here, entering = out[j, first + k], p[j, first + k], s[k]
                t, e = take[j, k], share[j, k]
                if begins:
                    for i in range(nx):
                        entering[i] = 0.0
                for i in range(nx):
                    into[i] -= t[i] * entering[i]
                    entering[i] += e[i] * (here[i] - entering[i])


@njit(cache=True, nogil=True, fastmath=FAST)
def subtract_from(b, w):  # type: ignore[no-untyped-def]
    """Turn w into b − w; return its square."""
    a, c = b.ravel(), w.ravel()
    total = 0.0
    for i in range(a.size):
        c[i] = a[i] - c[i]
        total += c[i] * c[i]
    return total


@njit(cache=True, nogil=True, fastmath=FAST)
def keep(w, factor, out):  # type: ignore[no-untyped-def]
    """Keep a scaled vector in float32."""
    a = w.ravel()
    for i in range(a.size):
        out[i] = factor * a[i]


@njit(cache=True, nogil=True, fastmath=FAST)
def plain(z, out):  # type: ignore[no-untyped-def]
    """Take a field out of the layout of a level."""
    ny, nz, nx = out.shape
    for j in range(ny):
        for k in range(nz):
            row, even, odd = out[j, k], z[j + 1, k, 0], z[j + 1, k, 1]
            for o in range(nx // 2):
                row[2 * o] = even[o + 1]
                row[2 * o + 1] = odd[o + 1]
            if nx % 2:
                row[nx - 1] = even[nx // 2 + 1]


@njit(cache=True, nogil=True, fastmath=FAST)
def orthogonalise(w, V, count, h):  # type: ignore[no-untyped-def]
    """Take from w its parts along the first `count` rows of V, put them into h; return what is left's length."""
    size = w.size
    block = 4096
    for m in range(count):
        h[m] = 0.0
    for begin in range(0, size, block):
        end = min(begin + block, size)
        a = w[begin:end]
        for m in range(count):
            v = V[m, begin:end]
            part = 0.0
            for i in range(a.size):
                part += a[i] * v[i]
            h[m] += part
    total = 0.0
    for begin in range(0, size, block):
        end = min(begin + block, size)
        a = w[begin:end]
        for m in range(count):
            v, f = V[m, begin:end], h[m]
            for i in range(a.size):
                a[i] -= f * v[i]
        part = 0.0
        for i in range(a.size):
            part += a[i] * a[i]
        total += part
    return np.sqrt(total)


@njit(cache=True, nogil=True, fastmath=FAST)
def combine(x, Z, y):  # type: ignore[no-untyped-def]
    """Add the sum of y[m] Z[m] to x."""
    a = x.ravel()
    block = 4096
    for begin in range(0, a.size, block):
        end = min(begin + block, a.size)
        for m in range(y.size):
            z, f = Z[m].ravel()[begin:end], y[m]
            for i in range(end - begin):
                a[begin + i] += f * z[i]
