"""Pumps and check valves: in parallel, against each other, beyond their curves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from thermal.hydraulics.branches import pressure_drops
from thermal.hydraulics.network import Network, NetworkBuilder, coefficients
from thermal.hydraulics.solve import Flow, HydraulicSolver

RHO, MU = 1014.0, 1.4e-3


def solve(network: Network, given: dict[int, float]) -> Flow:
    return HydraulicSolver(network, list(given)).solve(np.array(list(given.values())), density=RHO, viscosity=MU)


def pump_station(heads: Sequence[float], *, check_valve: bool = True, limit: float = 2e-3) -> Network:
    """Pumps side by side from node 0 to node 1, and a hose back; shut-off heads in [Pa], zero head at `limit`."""
    b = NetworkBuilder()
    suction, discharge = b.node("suction"), b.node("discharge")
    for k, head in enumerate(heads):
        curve = (head, 0.0, -head / limit**2)
        b.pump(f"pump{k}", suction, discharge, head=curve, limit=limit, check_valve=check_valve)
    b.pipe("load", discharge, suction, length=10.0, diameter=0.03, loss=5.0)
    return b.build()


def check_like_pumps(count: int) -> None:
    """Like pumps share the flow evenly, less than in proportion to their number, and meet their curve."""
    network = pump_station([1e5] * count)
    flow = solve(network, {0: 1.5e5})
    one = solve(pump_station([1e5]), {0: 1.5e5})
    np.testing.assert_allclose(flow.mass_flow[:count], flow.mass_flow[0], rtol=1e-12)
    assert flow.mass_flow[count] == pytest.approx(count * flow.mass_flow[0])
    assert one.mass_flow[1] < flow.mass_flow[count] < count * one.mass_flow[1]
    Q = flow.mass_flow[0] / RHO
    assert flow.pressure[1] - flow.pressure[0] == pytest.approx(1e5 * (1.0 - (Q / 2e-3) ** 2), rel=1e-9)
    assert flow.pressure[1] - flow.pressure[0] != pytest.approx(1.01e5 * (1.0 - (Q / 2e-3) ** 2), rel=1e-3)
    assert flow.iterations <= 8


def test_two_parallel_pumps_share_the_flow() -> None:
    check_like_pumps(2)


def test_three_parallel_pumps_share_the_flow() -> None:
    check_like_pumps(3)


def test_two_parallel_pumps_of_unlike_strength_both_deliver() -> None:
    flow = solve(pump_station([1e5, 6e4]), {0: 1.5e5})
    assert flow.mass_flow[0] > flow.mass_flow[1] > 0.0


def test_check_valve_that_closes_behind_a_weak_pump() -> None:
    flow = solve(pump_station([1e5, 2e4]), {0: 1.5e5})
    alone = solve(pump_station([1e5]), {0: 1.5e5})
    assert flow.mass_flow[1] == 0.0
    assert not flow.active[1]
    assert flow.mass_flow[0] == pytest.approx(alone.mass_flow[0], rel=1e-10)
    backwards = solve(pump_station([1e5, 2e4], check_valve=False), {0: 1.5e5})
    assert backwards.mass_flow[1] < 0.0  # without the valve the weak pump is run through
    assert backwards.mass_flow[2] < flow.mass_flow[2]


def test_three_parallel_pumps_with_one_too_weak() -> None:
    flow = solve(pump_station([1e5, 2e4, 9.9e4]), {0: 1.5e5})
    assert flow.mass_flow[1] == 0.0
    assert flow.mass_flow[0] > flow.mass_flow[2] > 0.0


def test_check_valve_that_closes_and_opens_by_the_direction_of_pressure() -> None:
    b = NetworkBuilder()
    nodes = [b.node(name) for name in "abc"]
    b.fitting("valve", nodes[0], nodes[1], kv=2.0, one_way=True)
    b.pipe("hose", nodes[1], nodes[2], length=1.0, diameter=0.01)
    network = b.build()
    forward, reverse = solve(network, {0: 2e5, 2: 1e5}), solve(network, {0: 1e5, 2: 2e5})
    assert np.all(forward.mass_flow > 0.0)
    assert np.all(reverse.mass_flow == 0.0)
    assert reverse.pressure[1] == pytest.approx(2e5)  # the hose behind the shut valve is still under pressure


def test_check_valves_in_series_do_not_chatter() -> None:
    b = NetworkBuilder()
    nodes = [b.node(name) for name in "abc"]
    for k in range(2):
        b.fitting(f"valve{k}", nodes[k], nodes[k + 1], kv=1.0, one_way=True)
    network = b.build()
    assert np.all(solve(network, {0: 1e5, 2: 1.5e5}).mass_flow == 0.0)
    assert np.all(solve(network, {0: 1.5e5, 2: 1e5}).mass_flow > 0.0)
    assert np.all(solve(network, {0: 1.5e5, 2: 1.5e5}).mass_flow == 0.0)


@pytest.mark.parametrize("table", [False, True])
def test_pump_beyond_its_curve_converges_on_a_falling_extension(table: bool) -> None:
    end = 2e-3
    b = NetworkBuilder()
    suction, discharge = b.node("suction"), b.node("discharge")
    Q = np.linspace(0.0, end, 5)
    curve = 1e5 * (1.0 - 0.5 * (Q / end) ** 2)
    head = (Q, curve) if table else (1e5, 0.0, -5e4 / end**2)
    b.pump("pump", suction, discharge, head=head, limit=end)
    b.pipe("short", discharge, suction, length=0.01, diameter=0.1)
    network = b.build()
    flow = solve(network, {0: 1.5e5})
    assert flow.mass_flow[0] / RHO > end
    laws = coefficients(network, np.asarray(RHO), np.asarray(MU))
    drops = []
    for m in np.linspace(0.0, 5.0 * end * RHO, 400):
        drop, slope = np.zeros(2), np.zeros(2)
        pressure_drops(laws, network.curves, network.channels, np.array([True, False]), np.array([m, 0.0]), drop, slope)
        drops.append(drop[0])
    assert np.all(np.diff(drops) > 0.0)  # minus the head, so the head only falls


def test_a_loop_of_pumps_against_each_other() -> None:
    def network(*, check_valve: bool) -> Network:
        b = NetworkBuilder()
        a, c, d = b.node("a"), b.node("c"), b.node("d")
        b.pump("strong", a, c, head=(1e5, 0.0, -2.5e10), limit=2e-3, check_valve=check_valve)
        b.pipe("between", c, d, length=10.0, diameter=0.03)
        b.pump("weak", a, d, head=(7e4, 0.0, -2.5e10), limit=2e-3, check_valve=check_valve)
        return b.build()

    free, held = solve(network(check_valve=False), {0: 1.5e5}), solve(network(check_valve=True), {0: 1.5e5})
    assert free.mass_flow[0] > 0.0 > free.mass_flow[2]
    assert np.all(held.mass_flow == 0.0)
    np.testing.assert_allclose(held.pressure, [1.5e5, 2.5e5, 2.5e5], rtol=1e-9)


def test_a_pump_between_equal_pressures_runs_at_no_head() -> None:
    b = NetworkBuilder()
    low, high = b.node("low"), b.node("high")
    for k in range(3):
        b.pipe(f"idle{k}", low, high, length=0.1, diameter=0.005)
    b.fitting("idle3", low, high, kv=1.0)
    b.pump("pump", low, high, head=(1e4, 0.0, -1e4 / 2e-3**2), limit=2e-3)
    flow = solve(b.build(), {0: 1e5, 1: 1e5})
    assert flow.mass_flow[4] == pytest.approx(2e-3 * RHO, rel=1e-8)
    assert np.max(np.abs(flow.mass_flow[:4])) < 1e-4 * flow.mass_flow[4]


def test_a_circle_behind_check_valves_is_not_cut_off_while_its_pump_runs() -> None:
    b = NetworkBuilder()
    main, a, c = b.node("main"), b.node("a"), b.node("c")
    b.fitting("out", a, main, kv=1.0, one_way=True)
    b.fitting("in", main, c, kv=1.0, one_way=True)
    b.pump("pump", a, c, head=(1e5, 0.0, -2.5e10), limit=2e-3, check_valve=False)
    b.pipe("load", c, a, length=5.0, diameter=0.02)
    flow = solve(b.build(), {0: 2e5})
    assert flow.mass_flow[2] > 0.1
    assert flow.mass_flow[3] == pytest.approx(flow.mass_flow[2], rel=1e-9)
    assert np.max(np.abs(flow.mass_flow[:2])) < 1e-9
