"""Loops over faces: momentum carried and rubbed along each axis, and what flows into each cell.

All arrays are padded and of one shape (see `flow_system`), handed over flat, so that one loop serves every component:
`o` is the step to the next point along the axis of the loop, `om` that along the component.
"""

from __future__ import annotations

import numpy as np
from numba import njit

UPWIND, CENTRAL, LINEAR, BOUNDED = 0, 1, 2, 3
TINY = 1.0e-300


@njit(inline="always")
def _carried(scheme, link, along, u_before, u_here, u_far, w_centre, w_up, far):  # type: ignore[no-untyped-def]
    """Return the value that a flow carries through a link.

    `u_before` is upstream of it, `u_here` downstream, `u_far` before the former; `w_centre` and `w_up` turn the
    differences into steps from the upstream point to the link; `link` and `far`, the viscous links here and at the one
    before, are zero where there is no fluid to look at; `along`: whether the link lies along the component itself.
    """
    step = w_centre * (u_here - u_before)
    slope = w_up * (u_before - u_far) if far > 0.0 else step
    if scheme == CENTRAL:
        gain = step
    elif scheme == LINEAR:
        gain = slope
    elif scheme == BOUNDED:
        if far == 0.0 and not along:  # a side or block, whose face lies as far before the point as the link behind it
            slope = u_before - u_far
        gain = _limited(step, slope, u_here - u_before)
    else:
        gain = 0.0
    return u_before + (gain if link > 0.0 else 0.0)


@njit(inline="always")
def _limited(step, slope, whole):  # type: ignore[no-untyped-def]
    """Van Albada's mean of two steps to a link, no more than the whole way to the point behind it.

    It is up to (1 + √2)/2 steps, more than all of the way where the next cell is narrower than a fifth of this one.
    """
    both = step * slope
    if not both > 0.0:
        return 0.0
    gain = both * (step + slope) / (step * step + slope * slope + TINY)
    return min(gain, whole) if whole > 0.0 else max(gain, whole)


@njit(cache=True, nogil=True, inline="always")
def _flux(scheme, q, o, om, u, flow, link, c, up, down):  # type: ignore[no-untyped-def]
    """Return momentum through the link between points q − o and q; c, up, down belong to the link."""
    F = 0.5 * (flow[q] + flow[q - om])
    a, b = u[q - o], u[q]
    if F > 0.0:
        value = _carried(scheme, link[q], o == om, a, b, u[q - 2 * o], c, up, link[q - o])
    else:
        value = _carried(scheme, link[q], o == om, b, a, u[q + o], 1.0 - c, down, link[q + o])
    return F * value - link[q] * (b - a)


@njit(cache=True, nogil=True)
def along_x(scheme, lo, hi, NX, NXY, om, u, flow, link, weights, out):  # type: ignore[no-untyped-def]
    """Add to `out` what leaves each control volume along x; ranges lo to hi in z, y, x."""
    row = np.empty(hi[2] + 2)
    for k in range(lo[0], hi[0]):
        for j in range(lo[1], hi[1]):
            base = k * NXY + j * NX
            for i in range(lo[2], hi[2] + 1):
                row[i] = _flux(scheme, base + i, 1, om, u, flow, link, weights[0, i], weights[1, i], weights[2, i])
            for i in range(lo[2], hi[2]):
                out[base + i] += row[i + 1] - row[i]


@njit(cache=True, nogil=True)
def across_x(scheme, lo, hi, NX, NXY, axis, om, u, flow, link, weights, out):  # type: ignore[no-untyped-def]
    """Do the same along y (axis 1) or z (axis 2)."""
    o, other = (NX, NXY) if axis == 1 else (NXY, NX)
    at, side = (1, 0) if axis == 1 else (0, 1)
    i0, i1 = lo[2], hi[2]
    before, after = np.empty(i1), np.empty(i1)
    for k in range(lo[side], hi[side]):
        for j in range(lo[at], hi[at] + 1):
            base = k * other + j * o
            c, up, down = weights[0, j], weights[1, j], weights[2, j]
            for i in range(i0, i1):
                after[i] = _flux(scheme, base + i, o, om, u, flow, link, c, up, down)
            if j > lo[at]:
                here = base - o
                for i in range(i0, i1):
                    out[here + i] += after[i] - before[i]
            before, after = after, before


@njit(cache=True, nogil=True)
def divergence(lo, hi, NX, NXY, velocity, widths, live, out):  # type: ignore[no-untyped-def]
    """Put the volume that leaves each cell into `out` [m3/s]; widths of cells and ghosts along x, y, z."""
    u, v, w = velocity
    dx, dy, dz = widths
    for k in range(lo[0], hi[0]):
        for j in range(lo[1], hi[1]):
            base = k * NXY + j * NX
            across = dz[k] * dy[j]
            for i in range(lo[2], hi[2]):
                q = base + i
                total = 0.0
                if live[0]:
                    total += across * u[q + 1] - across * u[q]
                if live[1]:
                    area = dz[k] * dx[i]
                    total += area * v[q + NX] - area * v[q]
                if live[2]:
                    area = dy[j] * dx[i]
                    total += area * w[q + NXY] - area * w[q]
                out[q] = total


@njit(cache=True, nogil=True)
def close(lo, hi, NX, NXY, active, om, p, widths, force, out):  # type: ignore[no-untyped-def]
    """Add forces and pressure to what leaves; nothing where the velocity is known.

    widths : of cells and ghosts along x, y, z; ones along the component; force : empty if there is none.
    """
    dx, dy, dz = widths
    forced = force.size > 0
    for k in range(lo[0], hi[0]):
        for j in range(lo[1], hi[1]):
            base = k * NXY + j * NX
            across = dz[k] * dy[j]
            for i in range(lo[2], hi[2]):
                q = base + i
                if active[q]:
                    out[q] += across * dx[i] * (p[q] - p[q - om])
                    if forced:
                        out[q] -= force[q]
                else:
                    out[q] = 0.0


@njit(cache=True, nogil=True)
def rub(near, walls, pull, u, out):  # type: ignore[no-untyped-def]
    """Add what walls alongside take; near: places of the faces that have some, walls: (3, their number)."""
    for n in range(near.size):
        q = near[n]
        out[q] += (walls[0, n] + walls[1, n] + walls[2, n]) * u[q] - pull[n]
