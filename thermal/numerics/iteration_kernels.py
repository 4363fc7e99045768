"""Loops of the iteration with conjugate gradients, on float64 arrays (ny, nz, nx): rows outermost.

`z` is a field of the cycle, in the layout of a level (see `multigrid_kernels`).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from thermal.numerics.multigrid_kernels import FAST


@njit(cache=True, nogil=True)
def diagonal(gx, gy, gz, extra):  # type: ignore[no-untyped-def]
    """Sum of all conductances of each cell, arrays (ny, nz, nx)."""
    out = np.empty_like(extra)
    ny, nz, nx = extra.shape
    for j in range(ny):
        for k in range(nz):
            for i in range(nx):
                total = extra[j, k, i] + gx[j, k, i] + gy[j, k, i] + gz[j, k, i]
                if i > 0:
                    total += gx[j, k, i - 1]
                if j > 0:
                    total += gy[j - 1, k, i]
                if k > 0:
                    total += gz[j, k - 1, i]
                out[j, k, i] = total
    return out


@njit(cache=True, nogil=True, fastmath=FAST)
def conduct(gx, gy, gz, diag, p, out, j):  # type: ignore[no-untyped-def]
    """Row j of A p.

    Where there is no neighbour the conductance is zero: the last row's and layer's are, and an index of −1 finds them.
    Three loops of few arrays each: compilers give up telling more of them apart and then do not vectorise.
    """
    ny, nz, nx = p.shape
    after = j + 1 if j < ny - 1 else 0
    for k in range(nz):
        into, here, d = out[j, k], p[j, k], diag[j, k]
        g, there, h, beyond = gy[j - 1, k], p[j - 1, k], gy[j, k], p[after, k]
        for i in range(nx):
            into[i] = d[i] * here[i] - g[i] * there[i] - h[i] * beyond[i]
        g, there, h, beyond = gz[j, k - 1], p[j, k - 1], gz[j, k], p[j, k + 1 if k < nz - 1 else 0]
        for i in range(nx):
            into[i] -= g[i] * there[i] + h[i] * beyond[i]
        east = gx[j, k]
        if nx > 1:
            into[0] -= east[0] * here[1]
            into[nx - 1] -= east[nx - 2] * here[nx - 2]
        for i in range(1, nx - 1):
            into[i] -= east[i - 1] * here[i - 1] + east[i] * here[i + 1]


@njit(cache=True, nogil=True, fastmath=FAST)
def apply(gx, gy, gz, diag, p, out):  # type: ignore[no-untyped-def]
    """Put A p into `out`; return p · A p."""
    ny, nz, nx = p.shape
    total = 0.0
    for j in range(ny):
        conduct(gx, gy, gz, diag, p, out, j)
        for k in range(nz):
            into, here = out[j, k], p[j, k]
            part = 0.0
            for i in range(nx):
                part += into[i] * here[i]
            total += part
    return total


@njit(cache=True, nogil=True, fastmath=FAST)
def advance(x, r, p, product, alpha):  # type: ignore[no-untyped-def]
    """Step x += α p, r −= α A p; return r · r."""
    a, b, c, d = x.ravel(), r.ravel(), p.ravel(), product.ravel()
    total = 0.0
    for i in range(a.size):
        a[i] += alpha * c[i]
        b[i] -= alpha * d[i]
        total += b[i] * b[i]
    return total


@njit(cache=True, nogil=True, fastmath=FAST)
def product(z, r):  # type: ignore[no-untyped-def]
    """Return z · r, z in the layout of a level."""
    ny, nz, nx = r.shape
    total = 0.0
    for j in range(ny):
        for k in range(nz):
            row, even, odd = r[j, k], z[j + 1, k, 0], z[j + 1, k, 1]
            part = 0.0
            for o in range(nx // 2):
                part += row[2 * o] * even[o + 1] + row[2 * o + 1] * odd[o + 1]
            if nx % 2:
                part += row[nx - 1] * even[nx // 2 + 1]
            total += part
    return total


@njit(cache=True, nogil=True, fastmath=FAST)
def direction(p, z, beta):  # type: ignore[no-untyped-def]
    """Turn p into z + β p, z in the layout of a level."""
    ny, nz, nx = p.shape
    for j in range(ny):
        for k in range(nz):
            row, even, odd = p[j, k], z[j + 1, k, 0], z[j + 1, k, 1]
            for o in range(nx // 2):
                row[2 * o] = even[o + 1] + beta * row[2 * o]
                row[2 * o + 1] = odd[o + 1] + beta * row[2 * o + 1]
            if nx % 2:
                row[nx - 1] = even[nx // 2 + 1] + beta * row[nx - 1]
