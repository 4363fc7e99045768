"""What viscosity does to velocities, on padded arrays (see `flow_system`): links to faces and walls, turned stress."""

from __future__ import annotations

from numba import njit

__all__ = ["FLUID", "OPEN", "SOLID", "edges", "links", "turned", "walls"]

FLUID, SOLID, OPEN = 0, 1, 2  # a cell, or the ghost of a side: fluid; a wall or inlet; symmetry or outlet


@njit(cache=True, nogil=True)
def _width(widths, t, c):  # type: ignore[no-untyped-def]
    """Width of cell c = (k, j, i) along an axis."""
    dx, dy, dz = widths
    if t == 0:
        return dx[c[2]]
    return dy[c[1]] if t == 1 else dz[c[0]]


@njit(cache=True, nogil=True)
def _area(widths, m, c):  # type: ignore[no-untyped-def]
    """Area of a cell across an axis."""
    out = 1.0
    for a in range(3):
        if a != m:
            out *= _width(widths, a, c)
    return out


@njit(cache=True, nogil=True)
def _before(m, c):  # type: ignore[no-untyped-def]
    """Return the cell before c along an axis."""
    return c[0] - (m == 2), c[1] - (m == 1), c[2] - (m == 0)


@njit(cache=True, nogil=True)
def _after(m, c):  # type: ignore[no-untyped-def]
    """Return the cell behind c along an axis."""
    return c[0] + (m == 2), c[1] + (m == 1), c[2] + (m == 0)


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
                b = _before(m, (k, j, i))
                if m == t:
                    if marks[b] == FLUID:
                        out[k, j, i] = mu[b] * _area(widths, m, b) / _width(widths, m, b)
                    continue
                total = 0.0
                for here in range(2):
                    c = (k, j, i) if here else b
                    d = _before(t, c)
                    if marks[c] == FLUID and marks[d] == FLUID:
                        side = 0.5 * _width(widths, m, c) * _width(widths, other, c)
                        total += side / (0.5 * _width(widths, t, c) / mu[c] + 0.5 * _width(widths, t, d) / mu[d])
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
                b = _before(m, (k, j, i))
                for t in range(3):
                    if t == m or not live[t]:
                        continue
                    for here in range(2):
                        c = (k, j, i) if here else b
                        if marks[c] != FLUID:
                            continue
                        for hand in range(2):
                            w = _after(t, c) if hand else _before(t, c)
                            if marks[w] != SOLID:
                                continue
                            found = True
                            if count < near.size:
                                across = 0.5 * _width(widths, m, c) * _width(widths, 3 - m - t, c)
                                link = across * mu[c] / (0.5 * _width(widths, t, c))
                                out[t, count] += link
                                pull[count] += link * velocity[w]
                if found:
                    if count < near.size:
                        near[count] = (k * NY + j) * NX + i
                    count += 1
    return count


@njit(cache=True, nogil=True)
def _pair(m, fluid, excess, c):  # type: ignore[no-untyped-def]
    """Return whether cell c and the one before it along m have fluid, and the mean of what is in them."""
    d = _before(m, c)
    return fluid[c] and fluid[d], 0.5 * (excess[c] + excess[d])


@njit(cache=True, nogil=True)
def _beside(m, t, fluid, excess, widths, e):  # type: ignore[no-untyped-def]
    """Return what is at the edge before cell e along both m and t, at a side carried on from the cells within."""
    one = _before(t, e)
    there, behind = _pair(m, fluid, excess, e)
    here, before = _pair(m, fluid, excess, one)
    if there and here:
        near, far = _width(widths, t, e), _width(widths, t, one)
        return (near * before + far * behind) / (near + far)
    if not (there or here):
        return 0.0
    edge, c, d = (behind, e, _after(t, e)) if there else (before, one, _before(t, one))
    more, further = _pair(m, fluid, excess, d)
    near, far = _width(widths, t, c), _width(widths, t, d)
    return edge + (edge - further) * near / (near + far) if more else edge


@njit(cache=True, nogil=True)
def edges(m, t, lo, hi, fluid, excess, widths, out):  # type: ignore[no-untyped-def]
    """Put what turns ∂u_t/∂x_m into stress on component m into `out`, by differences of u_t [kg/s].

    At an edge before a cell along both m and t, kept at that cell; along m itself (t = m) in the cell between two
    faces, kept at the face behind it. At a side the viscosity is that of the cells within.

    lo, hi : range in z, y, x; fluid, excess : of cells, the viscosity less its least [Pa s].
    """
    other = 3 - m - t
    for k in range(lo[0], hi[0]):
        for j in range(lo[1], hi[1]):
            for i in range(lo[2], hi[2]):
                e = (k, j, i)
                if m == t:
                    b = _before(m, e)
                    out[e] = excess[b] * _area(widths, m, b) / _width(widths, m, b)
                else:
                    out[e] = _beside(m, t, fluid, excess, widths, e) * _width(widths, other, e)


@njit(cache=True, nogil=True)
def turned(lo, hi, NX, NXY, om, ot, fluid, edge, u, out):  # type: ignore[no-untyped-def]
    """Add to `out` what leaves through the faces across t of the volumes of component m by `edges` and u_t [N].

    Walls, on which u_t vanishes, take none of it. Arrays are flat; om, ot : steps in them along m and t.
    """
    for k in range(lo[0], hi[0]):
        for j in range(lo[1], hi[1]):
            base = k * NXY + j * NX
            for q in range(base + lo[2], base + hi[2]):
                if fluid[q] and fluid[q - om]:
                    out[q] -= edge[q + ot] * (u[q + ot] - u[q + ot - om]) - edge[q] * (u[q] - u[q - om])
