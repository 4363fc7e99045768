"""Newton's method: one step against a dense numerical Jacobian, and the order of its convergence."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.hydraulics.network import Network, NetworkBuilder, coefficients
from thermal.hydraulics.newton import Tees, evaluate, newton
from thermal.hydraulics.solve import HydraulicSolver

Floats = NDArray[np.float64]
RHO, MU = 1014.0, 1.4e-3


def manifolds(bore: float, *, reverse: bool, trays: int = 6) -> tuple[Network, int, int]:
    """Trays between two headers with tees; the ports lie at the same end, or (reverse return) at opposite ends."""
    b = NetworkBuilder()
    supply = [b.node(f"supply{k}") for k in range(trays + 1)]
    back = [b.node(f"return{k}") for k in range(trays + 1)]
    upper = [b.pipe(f"us{k}", supply[k], supply[k + 1], length=0.05, diameter=bore) for k in range(trays)]
    lower = [b.pipe(f"ur{k}", back[k + 1], back[k], length=0.05, diameter=bore) for k in range(trays)]
    tap = {"header": bore, "tap": 0.01}
    for k in range(trays):
        near, far = b.node(f"near{k}"), b.node(f"far{k}")
        first = b.fitting(f"in{k}", supply[k + 1], near, kv=1.2)
        b.pipe(f"plate{k}", near, far, length=1.0, diameter=0.01)
        last = b.fitting(f"out{k}", far, back[k + 1], kv=1.2)
        b.tee(supply[k + 1], upper[k + 1] if k + 1 < trays else None, first, **tap)
        if reverse:
            b.tee(back[k + 1], lower[k] if k else None, last, **tap)
        else:
            b.tee(back[k + 1], lower[k + 1] if k + 1 < trays else None, last, **tap)
    if not reverse:
        return b.build(), supply[0], back[0]
    port = b.node("port")
    b.pipe("end", back[trays], port, length=0.05, diameter=bore)
    return b.build(), supply[0], port


class Equations:
    """Pressure and mass residuals of a network as one vector function of flows and free pressures."""

    def __init__(self, network: Network, given: list[int]) -> None:
        self.network, self.solver = network, HydraulicSolver(network, given)
        self.laws = coefficients(network, np.asarray(RHO), np.asarray(MU))
        self.free = np.setdiff1d(np.arange(len(network.nodes)), given)
        self.topology, self.tees, _, self.place = self.solver._topology(network.is_open)

    def residual(self, m: Floats, p: Floats, tees: Tees | None = None) -> Floats:
        n, left, slope = self.network, np.zeros(m.size), np.zeros(m.size)
        cross = np.zeros((self.tees.side.size, 2))
        tees = self.tees if tees is None else tees
        evaluate(self.laws, n.curves, n.channels, self.topology, tees, m, p, left, slope, cross)
        balance = np.bincount(n.end, m, len(n.nodes)) - np.bincount(n.start, m, len(n.nodes))
        return np.concatenate([left, balance[self.free]])

    def dense_step(self, m: Floats, p: Floats, tees: Tees | None = None) -> tuple[Floats, Floats]:
        """Newton step with every derivative taken numerically."""
        size = m.size
        at = np.concatenate([m, p[self.free]])
        columns = []
        for k in range(at.size):
            h = 1e-5 * abs(at[k]) if k < size else 1.0
            change = np.zeros(at.size)
            change[k] = h
            ends = []
            for x in (at + change, at - change):
                pressures = p.copy()
                pressures[self.free] = x[size:]
                ends.append(self.residual(x[:size], pressures, tees))
            columns.append((ends[0] - ends[1]) / (2.0 * h))
        step = np.linalg.solve(np.array(columns).T, -self.residual(m, p, tees))
        pressures = p.copy()
        pressures[self.free] += step[size:]
        return m + step[:size], pressures

    def our_step(self, m: Floats, p: Floats) -> tuple[Floats, Floats]:
        n, m, p = self.network, m.copy(), p.copy()
        none, history = np.zeros(len(n.nodes)), np.zeros((1, 2))
        structure = self.solver._structure
        newton(
            self.laws, n.curves, n.channels, self.topology, self.tees, structure, self.place, none, 1.0, m, p, history
        )
        return m, p


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_one_step_equals_a_dense_newton_step(seed: int, reverse: bool) -> None:
    network, inlet, outlet = manifolds(0.04, reverse=reverse)
    rng = np.random.default_rng(seed)
    equations = Equations(network, [inlet, outlet])
    m = rng.uniform(0.1, 0.4, len(network.branches))
    p = rng.uniform(0.0, 1e5, len(network.nodes))
    flows, pressures = equations.our_step(m, p)
    expected, expected_pressures = equations.dense_step(m, p)
    np.testing.assert_allclose(flows, expected, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(pressures, expected_pressures, rtol=1e-6, atol=1e-2)
    tees = equations.tees._replace(ratio=1.01 * equations.tees.ratio)  # the check can fail
    assert not np.allclose(flows, equations.dense_step(m, p, tees)[0], rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("pressure", [1e5, 1e2, -1e5])
@pytest.mark.parametrize("bore", [0.05, 0.03, 0.02, 0.014])
def test_convergence_is_quadratic_with_tees(bore: float, pressure: float, reverse: bool) -> None:
    network, inlet, outlet = manifolds(bore, reverse=reverse)
    flow = HydraulicSolver(network, [inlet, outlet]).solve(np.array([pressure, 0.0]), density=RHO, viscosity=MU)
    assert flow.iterations <= 11
    steps = flow.history[:, 1]
    late = [(a, b) for a, b in pairwise(steps) if 1e-5 < a < 0.1]
    assert late
    assert all(b < 3.0 * a * a for a, b in late)


def test_every_law_converges_quadratically_in_one_circuit() -> None:
    b = NetworkBuilder()
    nodes = [b.node(str(k)) for k in range(9)]
    fluid = {"density": 998.0, "viscosity": 1e-3}
    flow, drop = np.array([1e-4, 3e-4]), np.array([1e4, 8e4])
    b.pump("pump", nodes[0], nodes[1], head=(2e5, -1e7, -4e11), limit=5e-4)
    b.pump("booster", nodes[1], nodes[2], head=(np.array([0.0, 5e-4]), np.array([5e4, 1e4])), limit=5e-4)
    b.pipe("hose", nodes[2], nodes[3], length=2.0, diameter=0.012, loss=2.0)
    b.fitting("coupling", nodes[3], nodes[4], kv=1.5)
    b.resistance("plate", nodes[4], nodes[5], linear=1e8, quadratic=1e11, **fluid)
    b.power("plate2", nodes[5], nodes[6], factor=1e10, exponent=1.6, **fluid)
    b.table("filter", nodes[6], nodes[7], flow=flow, drop=drop, **fluid)
    b.channels("plate3", nodes[6], nodes[7], number=100.0, width=1e-4, height=3e-3, length=0.04, loss=1.0, split=0.0)
    b.orifice("orifice", nodes[7], nodes[8], loss=3.0, diameter=0.01)
    unit = b.resistance("unit", nodes[8], nodes[0], linear=1e7, **fluid)
    b.scale(unit, 2.0)
    flow_ = HydraulicSolver(b.build(), [0]).solve(np.array([2e5]), density=RHO, viscosity=MU)
    steps = flow_.history[:, 1]
    assert flow_.iterations <= 10
    assert all(after < 5.0 * before**2 for before, after in pairwise(steps) if 1e-5 < before < 0.1)


def test_a_branch_with_tees_at_both_ends_still_converges() -> None:
    b = NetworkBuilder()
    supply, back = [b.node(f"s{k}") for k in range(5)], [b.node(f"r{k}") for k in range(5)]
    for k in range(4):
        b.pipe(f"s{k}", supply[k], supply[k + 1], length=0.05, diameter=0.03)
        b.pipe(f"r{k}", back[k + 1], back[k], length=0.05, diameter=0.03)
    trays = [b.fitting(f"tray{k}", supply[k + 1], back[k + 1], kv=1.2) for k in range(4)]
    for k in range(4):
        for node, first in ((supply[k + 1], 2 * k + 2), (back[k + 1], 2 * k + 3)):
            b.tee(node, first if k < 3 else None, trays[k], header=0.03, tap=0.01)
    flow = HydraulicSolver(b.build(), [supply[0], back[0]]).solve(np.array([1e5, 0.0]), density=RHO, viscosity=MU)
    assert flow.pressure_residual < 1e-8
    assert flow.iterations < 20


@pytest.mark.parametrize("trickle", [1e-9, -1e-4, 5e-4])
def test_a_stiff_branch_almost_at_rest_does_not_hold_up_the_others(trickle: float) -> None:
    b = NetworkBuilder()
    first, last = b.node("first"), b.node("last")
    flow, drop = np.array([1e-4, 2e-4, 4e-4]), np.array([1e3, 5e3, 3e4])
    b.table("plate", last, first, flow=flow, drop=drop)
    b.pipe("hose", first, last, length=0.01, diameter=0.05)
    solver = HydraulicSolver(b.build(), [first, last])
    given = np.array([2.5e5, 1e5])
    cold = solver.solve(given, density=RHO, viscosity=MU)
    misled = dataclasses.replace(cold, mass_flow=np.array([trickle, -9.0]))
    warm = solver.solve(given, density=RHO, viscosity=MU, start=misled)
    np.testing.assert_allclose(warm.mass_flow, cold.mass_flow, rtol=1e-7)
    assert warm.iterations < 30
