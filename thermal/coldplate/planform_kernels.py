"""Pressure that momentum takes in each link of a plenum network, and the slopes of its sum around each loop."""

from __future__ import annotations

from numba import njit

__all__ = ["add_along_links", "add_momentum", "add_momentum_slopes", "add_slopes", "sum_around"]


SMALL = 0.1  # step of velocity below which the limiter lets go, over the mean velocity across both plenums [-]


@njit(cache=True, nogil=True)
def slope(a, b, ratio, small):  # type: ignore[no-untyped-def]
    """Slope between a step `ratio`·a upstream and b downstream, and its derivatives against a and b.

    After van Albada, van Leer and Roberts, Astron. Astrophys. 108 (1982) 76: the smaller step counts for more, steps
    well below `small` count alike, so that it is smooth. A ratio of zero takes b alone, one below zero a alone.
    """
    if ratio == 0.0:
        return b, 0.0, 1.0
    if ratio < 0.0:
        return a, 1.0, 0.0
    a *= ratio
    aa, bb = a * a + small * small, b * b + small * small
    value = (a * bb + b * aa) / (aa + bb)
    by_a, by_b = (bb + 2.0 * a * (b - value)) / (aa + bb), (aa + 2.0 * b * (a - value)) / (aa + bb)
    return value, ratio * by_a, by_b


@njit(cache=True, nogil=True)
def _velocity(flow, momentum, rho, link):  # type: ignore[no-untyped-def]
    return flow[link] / (rho * momentum.area[link]) if link >= 0 else 0.0


@njit(cache=True, nogil=True)
def _carried(f, flow, momentum, rho, small):  # type: ignore[no-untyped-def]
    """Flow through a face, the velocity that goes with it and its derivatives, and which way it goes."""
    m, ids, w = momentum, momentum.flow, momentum.flow_weight
    F = w[f, 0] * flow[ids[f, 0]] + w[f, 1] * flow[ids[f, 1]]
    k = 0 if F > 0.0 else 1
    near, before, after = (
        _velocity(flow, m, rho, m.beside[f, k, 0]),
        _velocity(flow, m, rho, m.beside[f, k, 1]),
        _velocity(flow, m, rho, m.beside[f, k, 2]),
    )
    rise, by_a, by_b = slope(near - before, after - near, m.ratio[f, k], small)
    way = m.way[f, k]
    return F, near + way * rise, (1.0 + way * (by_a - by_b), -way * by_a, way * by_b), k


@njit(cache=True, nogil=True)
def add_momentum(flow, momentum, rho, mu, total, drop):  # type: ignore[no-untyped-def]
    """Add to the drop of each link the pressure that the momentum carried away from it takes."""
    m, small = momentum, SMALL * total / (rho * momentum.section)
    for f in range(m.viscous.size):
        F, U, _, _ = _carried(f, flow, m, rho, small)
        force = m.factor * F * U
        for end in range(2):
            link = m.between[f, end]
            if link >= 0:
                sign = 1.0 if end == 0 else -1.0
                force += sign * mu * m.viscous[f] * flow[link] / (rho * m.area[link])
        if m.between[f, 0] >= 0:
            drop[m.between[f, 0]] += force / m.area[m.between[f, 0]]
        if m.between[f, 1] >= 0:
            drop[m.between[f, 1]] -= force / m.area[m.between[f, 1]]
    for link in range(flow.size):
        drop[link] += m.factor * m.leaving[link] * total * flow[link] / (rho * m.area[link] ** 2)


@njit(cache=True, nogil=True)
def _scatter(band, wide, loops, link, other, slope):  # type: ignore[no-untyped-def]
    """Add the slope of one link's drop against another's flow to the loops on both sides of each."""
    for s in range(2):
        for t in range(2):
            row, column = loops[link, s], loops[other, t]
            if row >= 0 and column >= 0:
                band[2 * wide + row - column, column] += slope if s == t else -slope


@njit(cache=True, nogil=True)
def add_momentum_slopes(flow, momentum, rho, mu, total, loops, wide, band):  # type: ignore[no-untyped-def]
    """Add the slopes of `add_momentum`, summed around loops, to a band as LAPACK wants it."""
    m, small = momentum, SMALL * total / (rho * momentum.section)
    for f in range(m.viscous.size):
        F, U, by, k = _carried(f, flow, m, rho, small)
        for end in range(2):
            link = m.between[f, end]
            if link < 0:
                continue
            sign = (1.0 if end == 0 else -1.0) / m.area[link]
            for n in range(2):
                _scatter(band, wide, loops, link, m.flow[f, n], sign * m.factor * U * m.flow_weight[f, n])
                other = m.between[f, n]
                if other >= 0:
                    drag = (1.0 if n == 0 else -1.0) * mu * m.viscous[f] / (rho * m.area[other])
                    _scatter(band, wide, loops, link, other, sign * drag)
            for n in range(3):
                other = m.beside[f, k, n]
                if other >= 0 and by[n] != 0.0:
                    _scatter(band, wide, loops, link, other, sign * m.factor * F * by[n] / (rho * m.area[other]))
    for link in range(flow.size):
        _scatter(band, wide, loops, link, link, m.factor * m.leaving[link] * total / (rho * m.area[link] ** 2))


@njit(cache=True, nogil=True)
def add_slopes(slope, loops, wide, band):  # type: ignore[no-untyped-def]
    """Add the slopes of links whose drop depends on their own flow alone."""
    for link in range(slope.size):
        _scatter(band, wide, loops, link, link, slope[link])


@njit(cache=True, nogil=True)
def sum_around(drop, loops, out):  # type: ignore[no-untyped-def]
    """Add up the drops around each loop."""
    out[:] = 0.0
    for link in range(drop.size):
        if loops[link, 0] >= 0:
            out[loops[link, 0]] += drop[link]
        if loops[link, 1] >= 0:
            out[loops[link, 1]] -= drop[link]


@njit(cache=True, nogil=True)
def add_along_links(stream, loops, flow):  # type: ignore[no-untyped-def]
    """Add to each link the difference of the stream function between its two sides."""
    for link in range(flow.size):
        if loops[link, 0] >= 0:
            flow[link] += stream[loops[link, 0]]
        if loops[link, 1] >= 0:
            flow[link] -= stream[loops[link, 1]]
