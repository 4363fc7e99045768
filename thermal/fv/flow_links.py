"""Viscous links of velocities to the faces before them and to walls alongside, on padded arrays (see `flow_system`)."""

from __future__ import annotations

from numba import njit

__all__ = ["FLUID", "OPEN", "SOLID", "links", "walls"]

FLUID, SOLID, OPEN = 0, 1, 2  # a cell, or the ghost of a side: fluid; a wall or inlet; symmetry or outlet


@njit(cache=True, nogil=True, inline="always")
def _width(widths, t, k, j, i):  # type: ignore[no-untyped-def]
    """Width along an axis of cell (k, j, i)."""
    dx, dy, dz = widths
    if t == 0:
        return dx[i]
    return dy[j] if t == 1 else dz[k]


@njit(cache=True, nogil=True, inline="always")
def _moved(m, k, j, i):  # type: ignore[no-untyped-def]
    """Return the cell before (k, j, i) along an axis."""
    return k - (m == 2), j - (m == 1), i - (m == 0)


@njit(cache=True, nogil=True)
def links(m, t, marks, mu, widths, out):  # type: ignore[no-untyped-def]
    """Put the links of component m along axis t into `out` [kg/s], zero where there is no fluid between.

    Along its own axis through the cell between two faces, kept at the face behind that cell; along others between the
    middles of faces, half through the cells before them and half through those behind.

    marks : (NZ, NY, NX) int8; mu : viscosity, the same shape [Pa s]; widths : of cells and ghosts along x, y, z [m].
    """
    NZ, NY, NX = marks.shape
    low = (1 if NX > 1 else 0, 1 if NY > 1 else 0, 1 if NZ > 1 else 0)
    other = 3 - m - t
    for k in range(low[2], NZ):
        for j in range(low[1], NY):
            for i in range(low[0], NX):
                b = _moved(m, k, j, i)
                if m == t:
                    if marks[b] == FLUID:
                        area = 1.0
                        for a in range(3):
                            if a != m:
                                area *= _width(widths, a, b[0], b[1], b[2])
                        out[k, j, i] = mu[b] * area / _width(widths, m, b[0], b[1], b[2])
                    continue
                total = 0.0
                for here in range(2):
                    c = (k, j, i) if here else b
                    d = _moved(t, c[0], c[1], c[2])
                    if marks[c] == FLUID and marks[d] == FLUID:
                        side = 0.5 * _width(widths, m, c[0], c[1], c[2]) * _width(widths, other, c[0], c[1], c[2])
                        one, two = _width(widths, t, c[0], c[1], c[2]), _width(widths, t, d[0], d[1], d[2])
                        total += side / (0.5 * one / mu[c] + 0.5 * two / mu[d])
                out[k, j, i] = total


@njit(cache=True, nogil=True)
def walls(m, live, on, marks, mu, widths, velocity, near, out, pull):  # type: ignore[no-untyped-def]
    """Return how many faces of component m have walls alongside; list them where `near` has room.

    live : for x, y, z, whether the direction is not flat; on : faces whose velocity is unknown; velocity : of the
    component, given in ghosts [m/s]; near : their places in the flat array; out : (3, as many) links to walls across
    x, y, z [kg/s]; pull : link times velocity [N].
    """
    NZ, NY, NX = marks.shape
    count = 0
    for k in range(NZ):
        for j in range(NY):
            for i in range(NX):
                if not on[k, j, i]:
                    continue
                found = False
                b = _moved(m, k, j, i)
                for t in range(3):
                    if t == m or not live[t]:
                        continue
                    for here in range(2):
                        c = (k, j, i) if here else b
                        if marks[c] != FLUID:
                            continue
                        before = _moved(t, c[0], c[1], c[2])
                        after = 2 * c[0] - before[0], 2 * c[1] - before[1], 2 * c[2] - before[2]
                        for hand in range(2):
                            w = after if hand else before
                            if marks[w] != SOLID:
                                continue
                            found = True
                            if count < near.size:
                                across = 0.5 * _width(widths, m, c[0], c[1], c[2])
                                across *= _width(widths, 3 - m - t, c[0], c[1], c[2])
                                link = across * mu[c] / (0.5 * _width(widths, t, c[0], c[1], c[2]))
                                out[t, count] += link
                                pull[count] += link * velocity[w]
                if found:
                    if count < near.size:
                        near[count] = (k * NY + j) * NX + i
                    count += 1
    return count
