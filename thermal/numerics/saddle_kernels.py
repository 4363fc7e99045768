"""Line relaxation of velocities and pressure together, many lines abreast, and transfers between levels.

Arrays are float32 or float64 and flat over a padded grid in the order (a, c, b): planes, places along a line, lines
abreast. Entry q of a velocity is the face before cell q; `oa, oc` are the steps to the next plane and place; along b it
is 1. Rows of `D` are the diagonals of velocities 0 (across a), 1 (along b), 2 (along the line); rows 6m … 6m + 5 of `Q`
what couples velocity m to those before and after along a, b and c, in 65536ths of its diagonal. At each place of a line
stand six unknowns: both faces across a, both across b, the face before it along the line, the pressure.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from thermal.numerics.multigrid_kernels import FAST

LANES = 16
PART = np.float32(2.0**-16)  # unit of what is kept in 16 bits
SMALL = 1.0e-30
SOFT = np.float32(1.0e-3)  # how far fluid gives way in a dead end, over how far it would flow through the face ahead


@njit(cache=True, nogil=True, fastmath=FAST, inline="always")
def _remainder(D, Q, area, x, b, m, q, om, oa, oc):  # type: ignore[no-untyped-def]
    """Return what one equation of momentum lacks."""
    r = 6 * m
    u = x[m]
    total = Q[r, q] * u[q - oa] + Q[r + 1, q] * u[q + oa]
    total += Q[r + 2, q] * u[q - 1] + Q[r + 3, q] * u[q + 1]
    total += Q[r + 4, q] * u[q - oc] + Q[r + 5, q] * u[q + oc]
    return b[m, q] - D[m, q] * (u[q] - PART * total) - area[m, q] * (x[3, q] - x[3, q - om])


@njit(cache=True, nogil=True, fastmath=FAST)
def _invert(M, first, lanes, soft):  # type: ignore[no-untyped-def]
    """Invert in place the matrices (6, 6, lanes), from row `first` on.

    A cell that is closed but for the face ahead gives its pressure nothing to stand on: there it takes `soft`, or stays
    as it is where that is zero too. Without it a slot that ends at the first place of its lines takes four times the
    iterations.
    """
    factor = np.empty(LANES, M.dtype)
    digits = np.float32(1.0e-3) if M.itemsize == 4 else np.float32(1.0e-9)  # of `soft`, so a millionth and less
    for k in range(first, 6):
        if k == 5:
            for n in range(lanes):
                if not abs(M[5, 5, n]) > digits * soft[n]:
                    M[5, 5, n] = soft[n]
        for n in range(lanes):
            pivot = M[k, k, n]
            M[k, k, n] = np.float32(1.0) / pivot if abs(pivot) > SMALL else np.float32(0.0)
        for j in range(first, 6):
            if j != k:
                for n in range(lanes):
                    M[k, j, n] *= M[k, k, n]
        for i in range(first, 6):
            if i == k:
                continue
            for n in range(lanes):
                factor[n] = M[i, k, n]
            for j in range(first, 6):
                if j != k:
                    for n in range(lanes):
                        M[i, j, n] -= factor[n] * M[k, j, n]
            for n in range(lanes):
                M[i, k, n] = -factor[n] * M[k, k, n]


@njit(cache=True, nogil=True, fastmath=FAST, inline="always")
def _place(D, Q, area, x, b, base, lanes, oa, oc, first, last, M, Y, lower, upper, fall, rise, soft):  # type: ignore[no-untyped-def]
    """Set up the equations of one place of `lanes` lines; at the last there is only a face."""
    for i in range(6):
        for j in range(6):
            for n in range(lanes):
                M[i, j, n] = 0.0
    for n in range(lanes):
        q = base + 2 * n
        M[4, 4, n] = D[2, q]
        M[4, 5, n] = 0.0 if last else area[2, q]
        lower[4, n] = -PART * Q[16, q] * D[2, q]
        upper[4, n] = -PART * Q[17, q] * D[2, q]
        fall[n] = area[2, q]
        Y[4, n] = _remainder(D, Q, area, x, b, 2, q, oc, oa, oc)
    if last:
        for i in (0, 1, 2, 3, 5):
            for n in range(lanes):
                M[i, i, n] = 1.0
                lower[i, n] = 0.0
                upper[i, n] = 0.0
                Y[i, n] = 0.0
        return
    for i in range(first, 4):
        m = 0 if i < 2 else 1
        om = oa if i < 2 else 1
        shift = om if i % 2 else 0
        sign = np.float32(1.0) if i % 2 else np.float32(-1.0)
        for n in range(lanes):
            q = base + 2 * n + shift
            M[i, i, n] = D[m, q]
            M[i, 5, n] = -sign * area[m, q]
            M[5, i, n] = sign * area[m, q]
            lower[i, n] = -PART * Q[6 * m + 4, q] * D[m, q]
            upper[i, n] = -PART * Q[6 * m + 5, q] * D[m, q]
            Y[i, n] = _remainder(D, Q, area, x, b, m, q, om, oa, oc)
    for n in range(lanes):
        q = base + 2 * n
        total = b[3, q] - area[1, q + 1] * x[1, q + 1] + area[1, q] * x[1, q]
        if first == 0:
            total += area[0, q] * x[0, q] - area[0, q + oa] * x[0, q + oa]
        total += area[2, q] * x[2, q] - area[2, q + oc] * x[2, q + oc]
        Y[5, n] = total
        M[5, 4, n] = -area[2, q]
        rise[n] = area[2, q + oc]
        soft[n] = SOFT * rise[n] * rise[n] / D[2, q + oc]


@njit(cache=True, nogil=True, fastmath=FAST, inline="always")
def _eliminate(M, Y, lower, fall, B, Z, above, up, first, lanes):  # type: ignore[no-untyped-def]
    """Take the place before, whose inverse is B and answer Z, out of the equations of a place."""
    for i in range(first, 4):
        for n in range(lanes):
            Y[i, n] -= lower[i, n] * Z[i, n]
        for j in range(first, 4):
            for n in range(lanes):
                M[i, j, n] -= lower[i, n] * B[i, j, n] * above[j, n]
        for n in range(lanes):
            M[i, 4, n] -= lower[i, n] * (B[i, 4, n] * above[4, n] + B[i, 5, n] * up[n])
    for n in range(lanes):
        Y[4, n] -= lower[4, n] * Z[4, n] - fall[n] * Z[5, n]
    for j in range(first, 4):
        for n in range(lanes):
            M[4, j, n] -= (lower[4, n] * B[4, j, n] - fall[n] * B[5, j, n]) * above[j, n]
    for n in range(lanes):
        M[4, 4, n] -= lower[4, n] * (B[4, 4, n] * above[4, n] + B[4, 5, n] * up[n])
        M[4, 4, n] += fall[n] * (B[5, 4, n] * above[4, n] + B[5, 5, n] * up[n])


@njit(cache=True, nogil=True, fastmath=FAST, inline="always")
def _multiply(M, Y, spare, first, lanes):  # type: ignore[no-untyped-def]
    """Replace Y by M Y."""
    for i in range(first, 6):
        for n in range(lanes):
            spare[i, n] = 0.0
        for j in range(first, 6):
            for n in range(lanes):
                spare[i, n] += M[i, j, n] * Y[j, n]
    for i in range(first, 6):
        for n in range(lanes):
            Y[i, n] = spare[i, n]


@njit(cache=True, nogil=True, fastmath=FAST, inline="always")
def _substitute(M, Y, Z, upper, rise, first, lanes):  # type: ignore[no-untyped-def]
    """Put the answer Z of the next place into that of a place."""
    for j in range(first, 4):
        for i in range(first, 6):
            for n in range(lanes):
                Y[i, n] -= M[i, j, n] * upper[j, n] * Z[j, n]
    for i in range(first, 6):
        for n in range(lanes):
            Y[i, n] -= (M[i, 4, n] * upper[4, n] + M[i, 5, n] * rise[n]) * Z[4, n]


@njit(cache=True, nogil=True, fastmath=FAST)
def _lines(D, Q, area, x, b, start, nc, lanes, oa, oc, first, work):  # type: ignore[no-untyped-def]
    """Solve `lanes` lines exactly, every second along b from entry `start`, and correct velocities and pressure."""
    inverse, y, low, high, rise, fall, soft = work
    for c in range(nc + 1):
        M, Y, base = inverse[c], y[c], start + c * oc
        _place(
            D, Q, area, x, b, base, lanes, oa, oc, first, c == nc, M, Y, low[c], high[c], fall[c], rise[c], soft[c],
        )  # fmt: skip
        if c > 0:
            _eliminate(M, Y, low[c], fall[c], inverse[c - 1], y[c - 1], high[c - 1], rise[c - 1], first, lanes)
        _invert(M, first, lanes, soft[c])
        _multiply(M, Y, low[c], first, lanes)
    for c in range(nc - 1, -1, -1):
        _substitute(inverse[c], y[c], y[c + 1], high[c], rise[c], first, lanes)
    for c in range(nc + 1):
        Y, base = y[c], start + c * oc
        for n in range(lanes):
            x[2, base + 2 * n] += Y[4, n]
        if c < nc:
            for n in range(lanes):
                q = base + 2 * n
                x[1, q] += Y[2, n]
                x[1, q + 1] += Y[3, n]
                x[3, q] += Y[5, n]
            if first == 0:
                for n in range(lanes):
                    q = base + 2 * n
                    x[0, q] += Y[0, n]
                    x[0, q + oa] += Y[1, n]


@njit(cache=True, nogil=True, fastmath=FAST)
def relax(D, Q, area, x, b, n, oa, oc, thin, wraps, onward, work):  # type: ignore[no-untyped-def]
    """Relax all lines once, plane after plane (`onward` 1 or −1), even lines of a plane before odd ones.

    n : cells along a, c, b; thin : whether there is no velocity across the planes; wraps : periodic along a, b.
    """
    na, nc, nb = n
    first = 2 if thin else 0
    origin = (0 if thin else oa) + oc + 1
    for step in range(na):
        plane = origin + (step if onward > 0 else na - 1 - step) * oa
        for colour in range(2):
            total = (nb - colour + 1) // 2
            done = 0
            while done < total:
                lanes = min(LANES, total - done)
                at = plane + colour + 2 * done
                _lines(D, Q, area, x, b, at, nc, lanes, oa, oc, first, work)
                done += lanes
            if wraps[1]:
                _wrap_lines(x, plane, nb, nc, oa, oc, colour, thin)
        if wraps[0] and not thin:
            _wrap_planes(x, step if onward > 0 else na - 1 - step, na, oa)


@njit(cache=True, nogil=True)
def _wrap_lines(x, plane, nb, nc, oa, oc, colour, thin):  # type: ignore[no-untyped-def]
    """Repeat what was corrected at one end of a periodic row of lines at the other."""
    ends = (nb - 1) % 2 == colour
    for m in range(4):
        for a in range(1 if thin or m > 0 else 2):
            for c in range(nc + 1):
                q = plane + a * oa + c * oc
                if m == 1:
                    if ends:
                        x[m, q] = x[m, q + nb]
                    else:
                        x[m, q + nb] = x[m, q]
                    x[m, q + nb + 1] = x[m, q + 1]
                else:
                    x[m, q + nb] = x[m, q]
                x[m, q - 1] = x[m, q + nb - 1]


@njit(cache=True, nogil=True)
def _wrap_planes(x, at, na, oa):  # type: ignore[no-untyped-def]
    """Repeat what was corrected in the plane `at`, if it is at one end, at the other."""
    one, end = oa, (na + 1) * oa
    for m in range(4):
        for q in range(oa):
            if m == 0:
                if at == na - 1:
                    x[m, one + q] = x[m, end + q]
                else:
                    x[m, end + q] = x[m, one + q]
            else:
                x[m, end + q] = x[m, one + q]
            x[m, q] = x[m, end - oa + q]


@njit(cache=True, nogil=True, fastmath=FAST)
def remainder(D, Q, area, x, b, n, oa, oc, thin, out):  # type: ignore[no-untyped-def]
    """Put what each equation lacks into `out` (4, entries), zero elsewhere."""
    na, nc, nb = n
    a0 = 0 if thin else 1
    out[:] = 0.0
    for a in range(a0, a0 + na + (0 if thin else 1)):
        for c in range(1, nc + 2):
            base = a * oa + c * oc
            if c <= nc:
                if not thin:
                    for q in range(base + 1, base + nb + 1):
                        out[0, q] = _remainder(D, Q, area, x, b, 0, q, oa, oa, oc) if area[0, q] > 0.0 else 0.0
                if a < a0 + na:
                    for q in range(base + 1, base + nb + 2):
                        out[1, q] = _remainder(D, Q, area, x, b, 1, q, 1, oa, oc) if area[1, q] > 0.0 else 0.0
                    for q in range(base + 1, base + nb + 1):
                        total = b[3, q] - area[1, q + 1] * x[1, q + 1] + area[1, q] * x[1, q]
                        if not thin:
                            total += area[0, q] * x[0, q] - area[0, q + oa] * x[0, q + oa]
                        out[3, q] = total + area[2, q] * x[2, q] - area[2, q + oc] * x[2, q + oc]
            if a < a0 + na:
                for q in range(base + 1, base + nb + 1):
                    out[2, q] = _remainder(D, Q, area, x, b, 2, q, oc, oa, oc) if area[2, q] > 0.0 else 0.0


@njit(cache=True, nogil=True, fastmath=FAST)
def restrict(r, n, oa, oc, thin, starts, N, Oa, Oc, wraps, out):  # type: ignore[no-untyped-def]
    """Sum what fine equations lack into the coarse ones.

    starts : for a, c, b, first fine cell of each coarse one, closed by the number of fine cells.
    """
    rows_a, rows_c, rows_b = starts
    shift = 0 if thin else 1
    out[:] = 0.0
    for m in range(4):
        if m == 0 and thin:
            continue
        for A in range(N[0] + (m == 0)):
            for C in range(N[1] + (m == 2)):
                for B in range(N[2] + (m == 1)):
                    total = np.float32(0.0)
                    a0, a1 = rows_a[A], rows_a[A] + 1 if m == 0 else rows_a[A + 1]
                    c0, c1 = rows_c[C], rows_c[C] + 1 if m == 2 else rows_c[C + 1]
                    b0, b1 = rows_b[B], rows_b[B] + 1 if m == 1 else rows_b[B + 1]
                    for a in range(a0, a1):
                        for c in range(c0, c1):
                            q = (a + shift) * oa + (c + 1) * oc + 1
                            for b in range(b0, b1):
                                total += r[m, q + b]
                    if m < 3:
                        rows = rows_a if m == 0 else (rows_b if m == 1 else rows_c)
                        F = A if m == 0 else (B if m == 1 else C)
                        end = N[0] if m == 0 else (N[2] if m == 1 else N[1])
                        size = n[0] if m == 0 else (n[2] if m == 1 else n[1])
                        o = oa if m == 0 else (1 if m == 1 else oc)
                        turn = size * o if (m == 0 and wraps[0]) or (m == 1 and wraps[1]) else 0
                        half = np.float32(0.0)
                        for hand in range(2):
                            if hand == 0:
                                back = rows[F] - rows[F - 1] if F > 0 else (rows[end] - rows[end - 1] if turn else 0)
                            else:
                                back = rows[F + 1] - rows[F] if end > F else (rows[1] - rows[0] if turn else 0)
                            if back != 2:
                                continue
                            move = -o if hand == 0 else o
                            if hand == 0 and F == 0:
                                move += turn
                            if hand == 1 and end == F:
                                move -= turn
                            for a in range(a0, a1):
                                for c in range(c0, c1):
                                    q = (a + shift) * oa + (c + 1) * oc + 1 + move
                                    for b in range(b0, b1):
                                        half += r[m, q + b]
                        total += np.float32(0.5) * half
                    out[m, (A + shift) * Oa + (C + 1) * Oc + B + 1] = total


@njit(cache=True, nogil=True, fastmath=FAST)
def prolong(X, Oa, Oc, parents, middles, n, oa, oc, thin, area, x):  # type: ignore[no-untyped-def]
    """Add the coarse correction to the fine fields.

    parents : for a, c, b, coarse cell or face (of the same index or the one before) of each fine one, closed by that of
    the last face; middles : whether faces lie inside a coarse cell.
    """
    parent_a, parent_c, parent_b = parents
    mid_a, mid_c, mid_b = middles
    shift = 0 if thin else 1
    for m in range(4):
        if m == 0 and thin:
            continue
        for a in range(n[0] + (m == 0)):
            for c in range(n[1] + (m == 2)):
                Q = (parent_a[a] + shift) * Oa + (parent_c[c] + 1) * Oc + 1
                q = (a + shift) * oa + (c + 1) * oc + 1
                if m == 3:
                    for b in range(n[2]):
                        x[3, q + b] += X[3, Q + parent_b[b]]
                elif m == 1:
                    for b in range(n[2] + 1):
                        if area[1, q + b] > 0.0:
                            P = Q + parent_b[b]
                            x[1, q + b] += np.float32(0.5) * (X[1, P] + X[1, P + 1]) if mid_b[b] else X[1, P]
                else:
                    middle = mid_a[a] if m == 0 else mid_c[c]
                    onward = Oa if m == 0 else Oc
                    for b in range(n[2]):
                        if area[m, q + b] > 0.0:
                            P = Q + parent_b[b]
                            x[m, q + b] += np.float32(0.5) * (X[m, P] + X[m, P + onward]) if middle else X[m, P]
