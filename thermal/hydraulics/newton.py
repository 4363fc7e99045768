"""Newton's method on the whole coolant network: all flows and all pressures at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from thermal.correlations.fittings import junction_losses, junction_slopes
from thermal.hydraulics.branches import pressure_drops
from thermal.numerics.elimination import solve

__all__ = ["Tees", "Topology", "newton"]

HEAD_TOLERANCE = 1.0e-8  # largest pressure residual over the largest pressure drop
MASS_TOLERANCE = 1.0e-10  # largest node imbalance over the largest flow
STEP_TOLERANCE = 1.0e-6  # last change of flow over the largest flow; the error left is its square
ROUNDING = 2.0e-15  # pressure residuals that double precision cannot tell from zero, over the largest pressure
STILL = 1.0e-9  # where all flows are below this share of a usual one, nothing is left to be relative to, …
STILL_PRESSURE = 1.0e-8  # … and residuals are held to this [Pa]
STILL_HEAD = 1.0e-10  # likewise where pumps and pressure drops are all below this [Pa]
STILL_IMBALANCE = 1.0e-11  # and mass balances to this share of a usual flow
OVERSHOOT = 0.9  # a step is shortened when energy rises at its end by more than this share of its fall at the start
SHORTENINGS = 10


class Topology(NamedTuple):
    """Who meets whom; arrays of shape (branches,) unless said.

    Attributes
    ----------
    start, end : int64
        Nodes of each branch.
    place_start, place_end : int64
        Place of those nodes in the order of elimination; −1 for a node of given pressure or cut off.
    entry : int64
        Matrix entry that couples the two nodes.
    active : bool
        False for closed and cut-off branches, which carry nothing.
    grouped : bool
        True for branches whose conductance is part of a tee's 2 × 2 block.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    place_start: NDArray[np.int64]
    place_end: NDArray[np.int64]
    entry: NDArray[np.int64]
    active: NDArray[np.bool_]
    grouped: NDArray[np.bool_]


class Tees(NamedTuple):
    """Header tees, shape (tees,); `run` is −1 at the end of a header.

    Attributes
    ----------
    run, side : int64
        Branches of the far leg and of the side.
    run_sign, side_sign : float64
        +1 when the branch starts at the junction, −1 when it ends there.
    header_area, ratio : float64
        Bore area of the header [m2]; area of the tap over it [-].
    coefficient : float64
        Coefficient of the dividing straight passage [-].
    entry : int64
        Matrix entry that couples the far ends of run and side; −1 when one of them has a given pressure.
    """

    run: NDArray[np.int64]
    side: NDArray[np.int64]
    run_sign: NDArray[np.float64]
    side_sign: NDArray[np.float64]
    header_area: NDArray[np.float64]
    ratio: NDArray[np.float64]
    coefficient: NDArray[np.float64]
    entry: NDArray[np.int64]


@njit(cache=True)
def evaluate(laws, curves, channels, topology, tees, m, p, residual, slope, cross):  # type: ignore[no-untyped-def]
    """Pressure residual and slope of every branch; returns the largest pressure drop due to flow.

    `cross[t]` receives the slopes of run against side and side against run.
    """
    active, start, end = topology.active, topology.start, topology.end
    head = pressure_drops(laws, curves, channels, active, m, residual, slope)
    for b in range(m.size):
        residual[b] = p[start[b]] - p[end[b]] - residual[b] if active[b] else 0.0
    for t in range(tees.side.size):
        run, side = tees.run[t], tees.side[t]
        half = 0.5 * laws.density[side]
        speed = 1.0 / (laws.density[side] * tees.header_area[t])
        ratio = tees.ratio[t]
        v = -tees.side_sign[t] * m[side] * speed / ratio
        u = -tees.run_sign[t] * m[run] * speed if run >= 0 else 0.0
        port = -(u + ratio * v)
        to_far, to_side = junction_losses(port, u, v, tees.coefficient[t])
        ff, fs, sf, ss = junction_slopes(port, u, v, tees.coefficient[t], ratio)
        residual[side] -= tees.side_sign[t] * half * to_side
        slope[side] += max(-half * ss * speed / ratio, 0.0)
        if run >= 0:
            residual[run] -= tees.run_sign[t] * half * to_far
            slope[run] += max(-half * ff * speed, 0.0)
            sign = tees.run_sign[t] * tees.side_sign[t]
            cross[t, 0] = -sign * half * fs * speed / ratio
            cross[t, 1] = -sign * half * sf * speed
    return head


@njit(cache=True)
def _put(row, column, entry, value, diagonal, lower, upper):  # type: ignore[no-untyped-def]
    """Add a value to the matrix at two places of the order of elimination."""
    if row >= 0 and column >= 0:
        if row == column:
            diagonal[row] += value
        elif row > column:
            lower[entry] += value
        else:
            upper[entry] += value


@njit(cache=True)
def _assemble(topology, m, residual, conductance, diagonal, lower, upper, rhs):  # type: ignore[no-untyped-def]
    """Put every branch that stands alone into the nodal matrix and its right-hand side."""
    active, grouped, entry = topology.active, topology.grouped, topology.entry
    place_start, place_end = topology.place_start, topology.place_end
    for b in range(m.size):
        if not active[b] or grouped[b]:
            continue
        g = conductance[b]
        flow = m[b] + g * residual[b]
        i, j = place_start[b], place_end[b]
        if i >= 0:
            diagonal[i] += g
            rhs[i] -= flow
        if j >= 0:
            diagonal[j] += g
            rhs[j] += flow
        if i >= 0 and j >= 0 and i != j:
            lower[entry[b]] -= g
            upper[entry[b]] -= g


@njit(cache=True)
def _assemble_tees(topology, tees, m, residual, slope, cross, block, diagonal, lower, upper, rhs):  # type: ignore[no-untyped-def]
    """Put each tee's pair of branches into the matrix, its 2 × 2 slopes inverted exactly."""
    for t in range(tees.side.size):
        run, side = tees.run[t], tees.side[t]
        if run < 0 or not topology.grouped[side] or not topology.grouped[run]:
            continue
        a, d = slope[run], slope[side]
        b, c = cross[t, 0], cross[t, 1]
        determinant = a * d - b * c
        if determinant < 0.1 * a * d:  # nearly singular: leave the coupling to the iteration
            b, c, determinant = 0.0, 0.0, a * d
        block[t, 0], block[t, 1] = d / determinant, -b / determinant
        block[t, 2], block[t, 3] = -c / determinant, a / determinant
        pair = (run, side)
        junction = topology.place_start[run] if tees.run_sign[t] > 0.0 else topology.place_end[run]
        for x in range(2):
            one = pair[x]
            flow = m[one] + block[t, 2 * x] * residual[run] + block[t, 2 * x + 1] * residual[side]
            i, j = topology.place_start[one], topology.place_end[one]
            if i >= 0:
                rhs[i] -= flow
            if j >= 0:
                rhs[j] += flow
            for y in range(2):
                other = pair[y]
                g = block[t, 2 * x + y]
                k, n = topology.place_start[other], topology.place_end[other]
                for row, row_sign in ((i, 1.0), (j, -1.0)):
                    for column, column_sign in ((k, 1.0), (n, -1.0)):
                        entry = topology.entry[one]
                        if row in (junction, column):
                            entry = topology.entry[other]
                        elif column != junction and x != y:
                            entry = tees.entry[t]
                        _put(row, column, entry, row_sign * column_sign * g, diagonal, lower, upper)


@njit(cache=True)
def _largest(m, residual):  # type: ignore[no-untyped-def]
    """Largest flow, largest residual and its branch; the first branch that is not a number counts as largest."""
    flow, largest, worst = 0.0, 0.0, 0
    for b in range(m.size):
        flow = max(flow, abs(m[b]))
        if not abs(residual[b]) <= largest:
            largest, worst = abs(residual[b]), b
            if not np.isfinite(largest):
                break
    return flow, largest, worst


@njit(cache=True)
def _largest_pressure(static, p):  # type: ignore[no-untyped-def]
    """Largest number that enters the pressure residuals, which their rounding goes by."""
    largest = 0.0
    for b in range(static.size):
        largest = max(largest, abs(static[b]))
    for i in range(p.size):
        largest = max(largest, abs(p[i]))
    return largest


@njit(cache=True)
def _imbalance(topology, injection, m, free):  # type: ignore[no-untyped-def]
    """Largest mass imbalance over the nodes whose pressure is free."""
    balance = injection.copy()
    start, end = topology.start, topology.end
    for b in range(m.size):
        balance[start[b]] -= m[b]
        balance[end[b]] += m[b]
    worst = 0.0
    for i in range(balance.size):
        if free[i] >= 0:
            worst = max(worst, abs(balance[i]))
    return worst


@njit(cache=True)
def newton(laws, curves, channels, topology, tees, structure, place, injection, usual, m, p, history):  # type: ignore[no-untyped-def]
    """Iterate flows `m` and pressures `p` in place until mass and pressure balance.

    Parameters
    ----------
    laws, curves, channels, topology, tees : named tuples
        The network at one state of its coolant.
    structure : Elimination
        Order of the nodes.
    place : (nodes,) int64
        Place of each node in that order; −1 where the pressure is given.
    injection : (nodes,) float64
        Flow put in at each node [kg/s].
    usual : float
        Size of a usual flow, to know when nothing flows [kg/s].
    m, p : float64
        Flows [kg/s] and pressures [Pa]: start values, then the answer.
    history : (iterations, 2) float64
        Receives the relative pressure residual and the relative step of each iteration.

    Returns
    -------
    tuple
        Iterations done (negative when not converged), the branch of the largest residual, and whether nothing flows.
    """
    branches, unknowns = m.size, structure.position.size
    residual, slope, step = np.zeros(branches), np.ones(branches), np.zeros(branches)
    cross, block = np.zeros((tees.side.size, 2)), np.zeros((tees.side.size, 4))
    diagonal, rhs = np.zeros(unknowns), np.zeros(unknowns)
    lower, upper = np.zeros(structure.row.size), np.zeros(structure.row.size)
    head = evaluate(laws, curves, channels, topology, tees, m, p, residual, slope, cross)
    driving = 0.0  # by pumps: one that runs at no head still runs
    for b in range(branches):
        if topology.active[b]:
            driving = max(driving, laws.shut_off[b])
    moved, flow, worst = 1.0, 0.0, 0
    for iteration in range(history.shape[0]):
        before_step = flow
        flow, largest, worst = _largest(m, residual)
        head = max(head, driving)
        history[iteration, 0] = largest / head if head > 0.0 else largest
        history[iteration, 1] = moved
        if not np.isfinite(largest):
            return -iteration - 1, worst, False
        done = largest <= HEAD_TOLERANCE * head and moved <= STEP_TOLERANCE
        still = iteration > 0 and max(flow, moved * before_step) <= STILL * usual
        if iteration > 0 and not done:
            noise = ROUNDING * _largest_pressure(laws.static, p)
            still = (still and largest <= STILL_PRESSURE + noise) or max(head, largest) <= STILL_HEAD
            done = still or largest <= noise
        balanced = max(MASS_TOLERANCE * flow, STILL_IMBALANCE * usual if still else 0.0)
        if done and _imbalance(topology, injection, m, place) <= balanced:
            return iteration, worst, still or flow == 0.0
        diagonal[:] = 0.0
        lower[:] = 0.0
        upper[:] = 0.0
        rhs[:] = 0.0
        for i in range(place.size):
            if place[i] >= 0:
                rhs[place[i]] = injection[i]
        for b in range(branches):
            step[b] = 1.0 / slope[b]
        _assemble(topology, m, residual, step, diagonal, lower, upper, rhs)
        _assemble_tees(topology, tees, m, residual, slope, cross, block, diagonal, lower, upper, rhs)
        for k in range(unknowns):
            if diagonal[k] == 0.0:  # cut off: held where it is
                diagonal[k] = 1.0
                rhs[k] = 0.0
        if solve(structure, diagonal, lower, upper, rhs) >= 0:
            return -iteration - 1, worst, False
        for i in range(place.size):
            if place[i] >= 0:
                p[i] += rhs[place[i]]
        moved, before = _advance(topology, tees, residual, block, rhs, step, m)
        moved = moved / max(flow, 1.0e-300)
        head = evaluate(laws, curves, channels, topology, tees, m, p, residual, slope, cross)
        if iteration > 0 and moved > STEP_TOLERANCE:
            share = 1.0
            for _ in range(SHORTENINGS):
                after = 0.0
                for b in range(branches):
                    after -= step[b] * residual[b]
                if after <= OVERSHOOT * before:
                    break
                # the energy rises again along the step: go back to its bottom, the slope of energy taken as quadratic
                shorter = share * np.sqrt(before / (before + after))
                for b in range(branches):
                    m[b] += (shorter - share) * step[b]
                share = shorter
                head = evaluate(laws, curves, channels, topology, tees, m, p, residual, slope, cross)
    return -history.shape[0], worst, False


@njit(cache=True)
def _advance(topology, tees, residual, block, change, step, m):  # type: ignore[no-untyped-def]
    """Add the flow change that goes with the pressure change; `step` is conductance on entry, flow change on return.

    Returns the largest change and the energy that the step sets free to first order.
    """
    largest, energy = 0.0, 0.0
    active, place_start, place_end = topology.active, topology.place_start, topology.place_end
    for b in range(m.size):
        if not active[b]:
            step[b] = 0.0
            continue
        i, j = place_start[b], place_end[b]
        if i >= 0:
            residual[b] += change[i]
        if j >= 0:
            residual[b] -= change[j]
        step[b] *= residual[b]
    for t in range(tees.side.size):
        run, side = tees.run[t], tees.side[t]
        if run >= 0 and topology.grouped[run] and topology.grouped[side]:
            step[run] = block[t, 0] * residual[run] + block[t, 1] * residual[side]
            step[side] = block[t, 2] * residual[run] + block[t, 3] * residual[side]
    for b in range(m.size):
        m[b] += step[b]
        largest = max(largest, abs(step[b]))
        energy += step[b] * residual[b]
    return largest, energy
