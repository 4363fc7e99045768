"""Loops of the multigrid for transport: lines through the middle index, exact, planes of the first index in turn.

A level keeps arrays (na + 2, nb, 2, w) with w = pairs + 2: cell i of the last direction lies at [i % 2, i // 2 + 1], so
that one colour of a line's neighbours is a contiguous run.  Planes, pairs and the missing partner of an odd row's last
cell are padded with cells that nothing couples.  A coefficient belongs to the cell that receives: `back` and `ahead`
couple it to planes j − 1 and j + 1, `inner` to the other cell of its pair, `outer` to the pair next to it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from thermal.numerics.multigrid_kernels import FAST


@njit(cache=True, nogil=True)
def couple(ga, gb, gc, fa, fb, fc, extra, back, ahead, inner, outer, lower, upper, pivot):  # type: ignore[no-untyped-def]
    """Fill a level from conductances and flows to the next cell, arrays (na, nb, nc); flows are taken upwind.

    `pivot` receives the inverse pivots of the lines, `lower` and `upper` the couplings along them times these; a line
    that nothing ties down has its last cell held at zero.
    """
    na, nb, nc = extra.shape
    for j in range(na):
        for i in range(nc):
            o, c = i // 2 + 1, i % 2
            excess, inverse = 0.0, 0.0
            for k in range(nb):
                west = np.float64(ga[j - 1, k, i] + max(fa[j - 1, k, i], 0.0)) if j > 0 else 0.0
                east = np.float64(ga[j, k, i] + max(-fa[j, k, i], 0.0))
                south = np.float64(gc[j, k, i - 1] + max(fc[j, k, i - 1], 0.0)) if i > 0 else 0.0
                north = np.float64(gc[j, k, i] + max(-fc[j, k, i], 0.0))
                below = np.float64(gb[j, k - 1, i] + max(fb[j, k - 1, i], 0.0)) if k > 0 else 0.0
                above = np.float64(gb[j, k, i] + max(-fb[j, k, i], 0.0))
                # pivot = total + below + above − below · above[k-1]/pivot[k-1], summed without cancellation
                excess = extra[j, k, i] + west + east + south + north + below * excess * inverse
                inverse = 1.0 / (excess + above) if excess + above > 0.0 else 0.0
                pivot[j + 1, k, c, o] = inverse
                lower[j + 1, k, c, o] = below * inverse
                upper[j + 1, k, c, o] = above * inverse
                back[j + 1, k, c, o] = west
                ahead[j + 1, k, c, o] = east
                inner[j + 1, k, c, o] = north if c == 0 else south
                outer[j + 1, k, c, o] = south if c == 0 else north


@njit(cache=True, nogil=True)
def coarsen(ga, gb, gc, fa, fb, fc, extra, ra, rb, rc):  # type: ignore[no-untyped-def]
    """Join ra × rb × rc cells: sums, conductances between the joined halved where their centres move apart."""
    na, nb, nc = extra.shape
    shape = ((na + ra - 1) // ra, (nb + rb - 1) // rb, (nc + rc - 1) // rc)
    ha, hb, hc = np.zeros(shape, np.float32), np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    qa, qb, qc = np.zeros(shape, np.float32), np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    he = np.zeros(shape, np.float32)
    for j in range(na):
        J = j // ra
        for k in range(nb):
            K = k // rb
            for i in range(nc):
                I = i // rc  # noqa: E741 - the coarse index
                he[J, K, I] += extra[j, k, i]
                if (j + 1) // ra != J:
                    ha[J, K, I] += ga[j, k, i] / ra
                    qa[J, K, I] += fa[j, k, i]
                if (k + 1) // rb != K:
                    hb[J, K, I] += gb[j, k, i] / rb
                    qb[J, K, I] += fb[j, k, i]
                if (i + 1) // rc != I:
                    hc[J, K, I] += gc[j, k, i] / rc
                    qc[J, K, I] += fc[j, k, i]
    return ha, hb, hc, qa, qb, qc, he


@njit(cache=True, nogil=True)
def strengths(ga, gb, gc):  # type: ignore[no-untyped-def]
    """Mean share of each direction in what couples a cell, and of the strongest, whatever the size of conductances."""
    na, nb, nc = ga.shape
    total, count = np.zeros(4), 0
    for j in range(na):
        for k in range(nb):
            for i in range(nc):
                a, b, c = ga[j, k, i], gb[j, k, i], gc[j, k, i]
                if a + b + c > 0.0:
                    count += 1
                    total[0] += a / (a + b + c)
                    total[1] += b / (a + b + c)
                    total[2] += c / (a + b + c)
                    total[3] += max(a, b, c) / (a + b + c)
    return total / max(count, 1)


@njit(cache=True, nogil=True)
def spreads(ga, gb, gc):  # type: ignore[no-untyped-def]
    """For each direction the standard deviation, over cells, of ln(g / h), couplings of the two directions beside it.

    It is 0 where these two couple all cells in one proportion.  Cells with a shut face ahead in either are left out.
    """
    na, nb, nc = ga.shape
    mean, square, count = np.zeros(3), np.zeros(3), np.zeros(3)
    log = np.zeros(3)
    for j in range(na):
        for k in range(nb):
            for i in range(nc):
                a, b, c = ga[j, k, i], gb[j, k, i], gc[j, k, i]
                log[0] = np.log(a) if a > 0.0 else np.nan
                log[1] = np.log(b) if b > 0.0 else np.nan
                log[2] = np.log(c) if c > 0.0 else np.nan
                for n in range(3):
                    ratio = log[(n + 1) % 3] - log[(n + 2) % 3]
                    if ratio == ratio:  # not where one is shut
                        mean[n] += ratio
                        square[n] += ratio * ratio
                        count[n] += 1.0
    count = np.maximum(count, 1.0)
    return np.sqrt(np.maximum(square / count - (mean / count) ** 2, 0.0))


@njit(cache=True, nogil=True, fastmath=FAST)
def load(r, scale, b):  # type: ignore[no-untyped-def]
    """Put scale · r, an array (na, nb, nc) of any layout, into a level's right-hand side."""
    na, nb, nc = r.shape
    for k in range(nb):
        for first in range(0, na, 16):
            for i in range(nc):
                o, c = i // 2 + 1, i % 2
                for j in range(first, min(first + 16, na)):
                    b[j + 1, k, c, o] = scale * r[j, k, i]


@njit(cache=True, nogil=True, fastmath=FAST)
def store(x, out):  # type: ignore[no-untyped-def]
    """Take a level's answer out into an array (na, nb, nc) of any layout."""
    na, nb, nc = out.shape
    for k in range(nb):
        for first in range(0, na, 16):
            for i in range(nc):
                o, c = i // 2 + 1, i % 2
                for j in range(first, min(first + 16, na)):
                    out[j, k, i] = x[j + 1, k, c, o]


@njit(cache=True, nogil=True, fastmath=FAST)
def sweep_from_zero(behind, inner, outer, lower, upper, pivot, b, x, onward):  # type: ignore[no-untyped-def]
    """One sweep over planes from zero start values: first cells of pairs, then second; lines exactly.

    `onward` is 1 for planes in rising order and −1 for falling, `behind` couples to the plane before in that order.
    """
    planes, nb, _, w = x.shape
    for n in range(1, planes - 1):
        j = n if onward > 0 else planes - 1 - n
        for c in range(2):
            for k in range(nb):
                here, rhs, g, there, q = x[j, k, c], b[j, k, c], behind[j, k, c], x[j - onward, k, c], pivot[j, k, c]
                if c == 1:
                    near, far, other = inner[j, k, 1], outer[j, k, 1], x[j, k, 0]
                    for o in range(1, w - 1):
                        here[o] = (rhs[o] + g[o] * there[o] + near[o] * other[o] + far[o] * other[o + 1]) * q[o]
                else:
                    for o in range(1, w - 1):
                        here[o] = (rhs[o] + g[o] * there[o]) * q[o]
                if k > 0:
                    v, under = lower[j, k, c], x[j, k - 1, c]
                    for o in range(1, w - 1):
                        here[o] += v[o] * under[o]
            for k in range(nb - 2, -1, -1):
                v, here, over = upper[j, k, c], x[j, k, c], x[j, k + 1, c]
                for o in range(1, w - 1):
                    here[o] += v[o] * over[o]


@njit(cache=True, nogil=True, fastmath=FAST)
def sweep(back, ahead, inner, outer, lower, upper, pivot, b, x, onward):  # type: ignore[no-untyped-def]
    """One sweep over planes from the present values: second cells of pairs, then first; lines exactly."""
    planes, nb, _, w = x.shape
    for n in range(1, planes - 1):
        j = n if onward > 0 else planes - 1 - n
        for c in range(1, -1, -1):
            for k in range(nb):
                here, rhs, q = x[j, k, c], b[j, k, c], pivot[j, k, c]
                g, before, h, after = back[j, k, c], x[j - 1, k, c], ahead[j, k, c], x[j + 1, k, c]
                for o in range(1, w - 1):
                    here[o] = rhs[o] + g[o] * before[o] + h[o] * after[o]
                near, far, other = inner[j, k, c], outer[j, k, c], x[j, k, 1 - c]
                if c == 1:
                    for o in range(1, w - 1):
                        here[o] = (here[o] + near[o] * other[o] + far[o] * other[o + 1]) * q[o]
                else:
                    for o in range(1, w - 1):
                        here[o] = (here[o] + near[o] * other[o] + far[o] * other[o - 1]) * q[o]
                if k > 0:
                    v, under = lower[j, k, c], x[j, k - 1, c]
                    for o in range(1, w - 1):
                        here[o] += v[o] * under[o]
            for k in range(nb - 2, -1, -1):
                v, here, over = upper[j, k, c], x[j, k, c], x[j, k + 1, c]
                for o in range(1, w - 1):
                    here[o] += v[o] * over[o]


@njit(cache=True, nogil=True, fastmath=FAST)
def restrict(beyond, inner, outer, x, coarse, ra, rb, rc, work, onward):  # type: ignore[no-untyped-def]
    """Sum the residual that `sweep_from_zero` leaves into the next level's right-hand side.

    Each line was solved with what was known at its turn, so what is left is what came later: the plane after, and for
    the first cells of pairs the second ones.
    """
    planes, nb, _, w = x.shape
    coarse[:] = 0.0
    even, odd = work[0], work[1]
    for j in range(1, planes - 1):
        J = (j - 1) // ra + 1
        for k in range(nb):
            g0, g1, there0, there1 = beyond[j, k, 0], beyond[j, k, 1], x[j + onward, k, 0], x[j + onward, k, 1]
            near, far, other = inner[j, k, 0], outer[j, k, 0], x[j, k, 1]
            for o in range(1, w - 1):
                even[o] = g0[o] * there0[o] + near[o] * other[o] + far[o] * other[o - 1]
                odd[o] = g1[o] * there1[o]
            first, second = coarse[J, k // rb, 0], coarse[J, k // rb, 1]
            if rc == 2:
                half = (w - 2) // 2
                for q in range(half):
                    first[q + 1] += even[2 * q + 1] + odd[2 * q + 1]
                    second[q + 1] += even[2 * q + 2] + odd[2 * q + 2]
                if (w - 2) % 2:
                    first[half + 1] += even[w - 2] + odd[w - 2]
            else:
                for o in range(1, w - 1):
                    first[o] += even[o]
                    second[o] += odd[o]


@njit(cache=True, nogil=True, fastmath=FAST)
def prolong(coarse, x, ra, rb, rc):  # type: ignore[no-untyped-def]
    """Add the next level's answer to each of its cells."""
    planes, nb, _, w = x.shape
    for j in range(1, planes - 1):
        J = (j - 1) // ra + 1
        for k in range(nb):
            even, odd, first, second = x[j, k, 0], x[j, k, 1], coarse[J, k // rb, 0], coarse[J, k // rb, 1]
            if rc == 2:
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


@njit(cache=True, nogil=True)
def row_sums(gx, gy, gz, fx, fy, fz, extra):  # type: ignore[no-untyped-def]
    """Diagonal of the operator, arrays (nz, ny, nx): all that couples a cell, flows taken upwind."""
    nz, ny, nx = extra.shape
    out = np.empty(extra.shape)
    for k in range(nz):
        for j in range(ny):
            for i in range(nx):
                total = extra[k, j, i] + gx[k, j, i] + gy[k, j, i] + gz[k, j, i]
                total += max(-fx[k, j, i], 0.0) + max(-fy[k, j, i], 0.0) + max(-fz[k, j, i], 0.0)
                if i > 0:
                    total += gx[k, j, i - 1] + max(fx[k, j, i - 1], 0.0)
                if j > 0:
                    total += gy[k, j - 1, i] + max(fy[k, j - 1, i], 0.0)
                if k > 0:
                    total += gz[k - 1, j, i] + max(fz[k - 1, j, i], 0.0)
                out[k, j, i] = total
    return out


@njit(cache=True, nogil=True, fastmath=FAST)
def apply(gx, gy, gz, fx, fy, fz, diagonal, x, out):  # type: ignore[no-untyped-def]
    """Put A x into `out`, arrays (nz, ny, nx); each face takes part with what it brings to either side.

    Where there is no neighbour nothing couples: the last layer, row and column are zero, and an index of −1 finds them.
    """
    nz, ny, nx = x.shape
    for k in range(nz):
        above = k + 1 if k < nz - 1 else 0
        for j in range(ny):
            after = j + 1 if j < ny - 1 else 0
            into, here, d = out[k, j], x[k, j], diagonal[k, j]
            g, f, h, q = gz[k - 1, j], fz[k - 1, j], gz[k, j], fz[k, j]
            below, over = x[k - 1, j], x[above, j]
            for i in range(nx):
                into[i] = d[i] * here[i] - (g[i] + max(f[i], 0.0)) * below[i] - (h[i] + max(-q[i], 0.0)) * over[i]
            g, f, h, q = gy[k, j - 1], fy[k, j - 1], gy[k, j], fy[k, j]
            before, beyond = x[k, j - 1], x[k, after]
            for i in range(nx):
                into[i] -= (g[i] + max(f[i], 0.0)) * before[i] + (h[i] + max(-q[i], 0.0)) * beyond[i]
            g, f = gx[k, j], fx[k, j]
            for i in range(nx - 1):
                into[i] -= (g[i] + max(-f[i], 0.0)) * here[i + 1]
            for i in range(1, nx):
                into[i] -= (g[i - 1] + max(f[i - 1], 0.0)) * here[i - 1]


@njit(cache=True, nogil=True, fastmath=FAST)
def dot(a, b):  # type: ignore[no-untyped-def]
    """Sum of products in blocks, one of the two may be in float32."""
    total = 0.0
    for begin in range(0, a.size, 4096):
        part = 0.0
        for i in range(begin, min(begin + 4096, a.size)):
            part += a[i] * b[i]
        total += part
    return total


@njit(cache=True, nogil=True, fastmath=FAST)
def turn(p, z, beta):  # type: ignore[no-untyped-def]
    """Turn the direction of search, p = z + β p."""
    for i in range(p.size):
        p[i] = z[i] + beta * p[i]


@njit(cache=True, nogil=True, fastmath=FAST)
def step(x, r, p, product, alpha):  # type: ignore[no-untyped-def]
    """Step x += α p, r −= α A p; return r · r."""
    total = 0.0
    for begin in range(0, x.size, 4096):
        part = 0.0
        for i in range(begin, min(begin + 4096, x.size)):
            x[i] += alpha * p[i]
            r[i] -= alpha * product[i]
            part += r[i] * r[i]
        total += part
    return total
