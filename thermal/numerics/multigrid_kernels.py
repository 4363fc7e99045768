"""Loops of the multigrid solver.

A level of the cycle keeps arrays (ny + 2, nz, 2, w) with
w = pairs + 2: rows 1 … ny, cell i = 2 (o − 1) + c of a row at [c, o].  Rows, pairs and the missing partner of an odd
row's last cell are padded with cells that conduct nothing.  There `lateral[..., 0, o]` couples the two cells of pair o,
`lateral[..., 1, o]` the first cell of pair o with the second of pair o − 1, and `south[j]` rows j and j + 1.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# products and sums may be fused and reordered; NaN and infinity keep their meaning
FAST = {"contract", "reassoc"}


@njit(cache=True, nogil=True, fastmath=FAST)
def load(r, scale, b):  # type: ignore[no-untyped-def]
    """Put scale · r into a level's right-hand side."""
    ny, nz, nx = r.shape
    for j in range(ny):
        for k in range(nz):
            row, even, odd = r[j, k], b[j + 1, k, 0], b[j + 1, k, 1]
            for o in range(nx // 2):
                even[o + 1] = scale * row[2 * o]
                odd[o + 1] = scale * row[2 * o + 1]
            if nx % 2:
                even[nx // 2 + 1] = scale * row[nx - 1]


@njit(cache=True, nogil=True)
def split_level(gx, gy, gz, extra, lateral, south, up, pivot):  # type: ignore[no-untyped-def]
    """Fill a level's arrays from conductances (ny, nz, nx); `pivot` receives the inverse pivots of the columns."""
    ny, nz, nx = extra.shape
    pivot[:] = 1.0
    for j in range(ny):
        for k in range(nz):
            for i in range(nx):
                o, c = i // 2 + 1, i % 2
                if i < nx - 1:
                    lateral[j + 1, k, c, o + c] = gx[j, k, i]
                south[j + 1, k, c, o] = gy[j, k, i]
                up[j + 1, k, c, o] = gz[j, k, i]
        for i in range(nx):
            o, c = i // 2 + 1, i % 2
            before = 0.0
            for k in range(nz):
                total = extra[j, k, i] + gx[j, k, i] + gy[j, k, i]
                if i > 0:
                    total += gx[j, k, i - 1]
                if j > 0:
                    total += gy[j - 1, k, i]
                # pivot = total + gz[k] + gz[k-1] − gz[k-1]²/pivot[k-1], the last two summed without cancellation
                if k > 0:
                    total += gz[j, k - 1, i] * before
                level = total
                inverse = 1.0 / (level + gz[j, k, i]) if level + gz[j, k, i] > 0.0 else 1.0
                before = level * inverse
                pivot[j + 1, k, c, o] = inverse


@njit(cache=True, nogil=True)
def split(values, out):  # type: ignore[no-untyped-def]
    """Put values (ny, layers, nx) into the layout of a level."""
    ny, layers, nx = values.shape
    for j in range(ny):
        for k in range(layers):
            for i in range(nx):
                out[j + 1, k, i % 2, i // 2 + 1] = values[j, k, i]


@njit(cache=True, nogil=True)
def coarsen_streams(C, e, step, fx, parent):  # type: ignore[no-untyped-def]
    """Capacity flow, uptake and step of the next level: rows in series, columns side by side, arrays (ny, nk, nx)."""
    ny, nk, nx = C.shape
    my, mx = parent[ny - 1] + 1, (nx + fx - 1) // fx
    capacity, uptake = np.zeros((my, nk, mx)), np.zeros((my, nk, mx))
    direction = np.zeros(my, np.int8)
    for j in range(ny):
        J = parent[j]
        if step[j] != 0:
            direction[J] = step[j]
        for k in range(nk):
            for i in range(nx):
                if C[j, k, i] <= 0.0:
                    continue
                passed, flow = 1.0 - e[j, k, i], C[j, k, i]
                before, after = j > 0 and parent[j - 1] == J, j < ny - 1 and parent[j + 1] == J
                if before and C[j - 1, k, i] > 0.0:
                    continue  # counted with the row before
                if after and C[j + 1, k, i] > 0.0:
                    passed *= 1.0 - e[j + 1, k, i]
                    flow = max(flow, C[j + 1, k, i])
                capacity[J, k, i // fx] += flow
                uptake[J, k, i // fx] += flow * (1.0 - passed)
    for J in range(my):
        for k in range(nk):
            for i in range(mx):
                if capacity[J, k, i] > 0.0:
                    uptake[J, k, i] /= capacity[J, k, i]
    return capacity, uptake, direction


@njit(cache=True, nogil=True)
def coarsen(gx, gy, gz, extra, fx, parent):  # type: ignore[no-untyped-def]
    """Conductances of the next level: sums over fx columns and the rows of one parent, halved where cells join."""
    ny, nz, nx = extra.shape
    my, mx = parent[ny - 1] + 1, (nx + fx - 1) // fx
    fy = 2 if my < ny else 1
    cx, cy = np.zeros((my, nz, mx)), np.zeros((my, nz, mx))
    cz, ce = np.zeros((my, nz, mx)), np.zeros((my, nz, mx))
    for j in range(ny):
        J = parent[j]
        for k in range(nz):
            for i in range(nx):
                I = i // fx  # noqa: E741 - the coarse index, as in the theory page
                ce[J, k, I] += extra[j, k, i]
                cz[J, k, I] += gz[j, k, i]
                if (i + 1) // fx != I:
                    cx[J, k, I] += gx[j, k, i] / fx
                if j < ny - 1 and parent[j + 1] != J:
                    cy[J, k, I] += gy[j, k, i] / fy
    return cx, cy, cz, ce


@njit(cache=True, nogil=True, fastmath=FAST)
def enter(x, first, share, step, s, j, direction):  # type: ignore[no-untyped-def]
    """Temperature with which coolant of one direction enters row j, from the row it comes from."""
    layers, w = s.shape[1], s.shape[3]
    if step[j] != direction:
        return
    before = j - direction
    if step[before] != direction:
        s[j] = 0.0
        return
    for k in range(layers):
        for c in range(2):
            here, there, e, solid = s[j, k, c], s[before, k, c], share[before, k, c], x[before, first + k, c]
            for o in range(1, w - 1):
                here[o] = there[o] + e[o] * (solid[o] - there[o])


@njit(cache=True, nogil=True, fastmath=FAST)
def march(x, first, share, step, s, direction):  # type: ignore[no-untyped-def]
    """Carry coolant of one direction through all rows."""
    rows = x.shape[0]
    for n in range(1, rows - 1):
        enter(x, first, share, step, s, n if direction > 0 else rows - 1 - n, direction)


@njit(cache=True, nogil=True, fastmath=FAST)
def _backward(up, pivot, x, nz, w):  # type: ignore[no-untyped-def]
    """Back substitution of the columns of one colour of a row."""
    for k in range(nz - 2, -1, -1):
        g, q, here, above = up[k], pivot[k], x[k], x[k + 1]
        for o in range(1, w - 1):
            here[o] += g[o] * q[o] * above[o]


@njit(cache=True, nogil=True, fastmath=FAST)
def smooth_down(lateral, south, up, pivot, b, x, first, take, share, step, s, onward):  # type: ignore[no-untyped-def]
    """One sweep over rows from zero start values: first cells of pairs, then second; columns exactly.

    `onward` is 1 for rows in rising order and −1 for falling.
    """
    rows, nz, _, w = x.shape
    layers = take.shape[1]
    for n in range(1, rows - 1):
        j = n if onward > 0 else rows - 1 - n
        behind = j - 1 if onward > 0 else j  # conductances to the row before
        if layers > 0:
            enter(x, first, share, step, s, j, onward)
        for c in range(2):
            for k in range(nz):
                here, rhs, g, below, q = (
                    x[j, k, c],
                    b[j, k, c],
                    south[behind, k, c],
                    x[j - onward, k, c],
                    pivot[j, k, c],
                )
                for o in range(1, w - 1):
                    here[o] = rhs[o] + g[o] * below[o]
                if c == 1:
                    inner, outer, other = lateral[j, k, 0], lateral[j, k, 1], x[j, k, 0]
                    for o in range(1, w - 1):
                        here[o] += inner[o] * other[o] + outer[o + 1] * other[o + 1]
                if step[j] == onward and first <= k < first + layers:  # what flows the other way starts from zero
                    coupled, entering = take[j, k - first, c], s[j, k - first, c]
                    for o in range(1, w - 1):
                        here[o] += coupled[o] * entering[o]
                if k > 0:  # forward elimination, written out in both sweeps: as a function it costs 10 to 40 %
                    v, under = up[j, k - 1, c], x[j, k - 1, c]
                    for o in range(1, w - 1):
                        here[o] = (here[o] + v[o] * under[o]) * q[o]
                else:
                    for o in range(1, w - 1):
                        here[o] *= q[o]
            _backward(up[j, :, c], pivot[j, :, c], x[j, :, c], nz, w)


@njit(cache=True, nogil=True, fastmath=FAST)
def smooth_up(lateral, south, up, pivot, b, x, first, take, share, step, s, onward):  # type: ignore[no-untyped-def]
    """One sweep over rows in the other order, the mirror of `smooth_down`, from the present values."""
    rows, nz, _, w = x.shape
    layers = take.shape[1]
    for n in range(1, rows - 1):
        j = rows - 1 - n if onward > 0 else n
        if layers > 0:
            enter(x, first, share, step, s, j, -onward)
        for c in range(1, -1, -1):
            for k in range(nz):
                here, rhs, q = x[j, k, c], b[j, k, c], pivot[j, k, c]
                g, below, h, above = south[j - 1, k, c], x[j - 1, k, c], south[j, k, c], x[j + 1, k, c]
                inner, outer, other = lateral[j, k, 0], lateral[j, k, 1], x[j, k, 1 - c]
                for o in range(1, w - 1):
                    here[o] = rhs[o] + g[o] * below[o] + h[o] * above[o] + inner[o] * other[o]
                if c == 1:
                    for o in range(1, w - 1):
                        here[o] += outer[o + 1] * other[o + 1]
                else:
                    for o in range(1, w - 1):
                        here[o] += outer[o] * other[o - 1]
                if first <= k < first + layers:
                    coupled, entering = take[j, k - first, c], s[j, k - first, c]
                    for o in range(1, w - 1):
                        here[o] += coupled[o] * entering[o]
                if k > 0:  # forward elimination, written out in both sweeps: as a function it costs 10 to 40 %
                    v, under = up[j, k - 1, c], x[j, k - 1, c]
                    for o in range(1, w - 1):
                        here[o] = (here[o] + v[o] * under[o]) * q[o]
                else:
                    for o in range(1, w - 1):
                        here[o] *= q[o]
            _backward(up[j, :, c], pivot[j, :, c], x[j, :, c], nz, w)


@njit(cache=True, nogil=True, fastmath=FAST)
def restrict(lateral, south, x, coarse, fx, parent, work, first, take, step, s, onward):  # type: ignore[no-untyped-def]
    """Sum the residual that `smooth_down` leaves into the next level's right-hand side.

    Each column was solved with what was known at its turn, so what is left is what came later: the row after, and for
    the first cells of pairs the second ones.
    """
    rows, nz, _, w = x.shape
    coarse[:] = 0.0
    even, odd = work[0], work[1]
    layers = take.shape[1]
    for j in range(1, rows - 1):
        J = parent[j - 1] + 1
        ahead = j if onward > 0 else j - 1  # conductances to the row after
        for k in range(nz):
            h0, h1, above0, above1 = south[ahead, k, 0], south[ahead, k, 1], x[j + onward, k, 0], x[j + onward, k, 1]
            inner, outer, other = lateral[j, k, 0], lateral[j, k, 1], x[j, k, 1]
            for o in range(1, w - 1):
                even[o] = h0[o] * above0[o] + inner[o] * other[o] + outer[o] * other[o - 1]
                odd[o] = h1[o] * above1[o]
            if step[j] == -onward and first <= k < first + layers:  # coolant that flows the other way
                t0, t1, s0, s1 = take[j, k - first, 0], take[j, k - first, 1], s[j, k - first, 0], s[j, k - first, 1]
                for o in range(1, w - 1):
                    even[o] += t0[o] * s0[o]
                    odd[o] += t1[o] * s1[o]
            if fx == 2:
                left, right = coarse[J, k, 0], coarse[J, k, 1]
                half = (w - 2) // 2
                for q in range(half):
                    left[q + 1] += even[2 * q + 1] + odd[2 * q + 1]
                    right[q + 1] += even[2 * q + 2] + odd[2 * q + 2]
                if (w - 2) % 2:
                    left[half + 1] += even[w - 2] + odd[w - 2]
            else:
                left, right = coarse[J, k, 0], coarse[J, k, 1]
                for o in range(1, w - 1):
                    left[o] += even[o]
                    right[o] += odd[o]


@njit(cache=True, nogil=True, fastmath=FAST)
def prolong(coarse, x, fx, parent):  # type: ignore[no-untyped-def]
    """Add the next level's answer to each of its cells."""
    rows, nz, _, w = x.shape
    for j in range(1, rows - 1):
        J = parent[j - 1] + 1
        for k in range(nz):
            even, odd, first, second = x[j, k, 0], x[j, k, 1], coarse[J, k, 0], coarse[J, k, 1]
            if fx == 2:
                half = (w - 2) // 2
                for q in range(half):
                    even[2 * q + 1] += first[q + 1]
                    odd[2 * q + 1] += first[q + 1]
                    even[2 * q + 2] += second[q + 1]
                    odd[2 * q + 2] += second[q + 1]
                if (w - 2) % 2:
                    even[w - 2] += first[half + 1]
                    odd[w - 2] += first[half + 1]
            else:
                for o in range(1, w - 1):
                    even[o] += first[o]
                    odd[o] += second[o]
