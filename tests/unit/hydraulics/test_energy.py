"""Coolant temperatures: heating, mixing, friction, surroundings, reverse flow, and the account of energy."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.correlations.coolant import CoolantTable, coolant_table, enthalpy
from thermal.errors import ConvergenceError, OperatingRangeError
from thermal.hydraulics.energy import Temperatures, coolant_temperatures
from thermal.hydraulics.network import Network, NetworkBuilder
from thermal.hydraulics.solve import Flow, HydraulicSolver

Floats = NDArray[np.float64]
RHO, CP = 1000.0, 4000.0
SUPPLY = 313.15


def fluid(slope: float = 0.0) -> CoolantTable:
    """Coolant of constant properties, its specific heat rising by `slope` [J/(kg K2)] from 40 °C."""
    T = np.array([273.15, 313.15, 363.15])
    cp = CP + slope * (T - SUPPLY)
    return coolant_table(T, [RHO] * 3, cp, [0.6] * 3, [1e-3] * 3, [1e3, 7e3, 7e4])


def run(network: Network, given: dict[int, float], **options: object) -> tuple[Flow, Temperatures]:
    solver = HydraulicSolver(network, list(given))
    flow = solver.solve(np.array(list(given.values())), density=RHO, viscosity=1e-3)
    settings = {"heat": np.zeros(len(network.branches)), "supply": SUPPLY, "density": RHO, **options}
    return flow, coolant_temperatures(network, flow, settings.pop("fluid", fluid()), **settings)  # type: ignore[arg-type]


def chain(*heights: float) -> Network:
    """Orifices in series, one node per height."""
    b = NetworkBuilder()
    nodes = [b.node(f"n{k}", height) for k, height in enumerate(heights)]
    for k in range(len(nodes) - 1):
        b.orifice(f"b{k}", nodes[k], nodes[k + 1], loss=2.0, diameter=0.01)
    return b.build()


def test_heat_warms_the_coolant_by_heat_over_capacity_flow() -> None:
    network = chain(0.0, 0.0)
    heat = np.array([5e3])
    flow, T = run(network, {0: 2e4, 1: 0.0}, heat=heat)
    friction = 2e4 / RHO / CP
    expected = SUPPLY + 5e3 / (flow.mass_flow[0] * CP) + friction
    assert T.outlet[0] == pytest.approx(expected, abs=1e-9)
    assert T.outlet[0] != pytest.approx(expected + 0.01 * 5e3 / (flow.mass_flow[0] * CP), abs=1e-3)
    assert T.inlet[0] == pytest.approx(SUPPLY)
    assert abs(T.imbalance) < 1e-12


def test_the_rise_follows_enthalpy_where_specific_heat_varies() -> None:
    table = fluid(slope=5.0)
    flow, T = run(chain(0.0, 0.0), {0: 2e4, 1: 0.0}, heat=np.array([2e4]), fluid=table)
    rise = enthalpy(table, T.outlet[0]) - enthalpy(table, SUPPLY)
    assert flow.mass_flow[0] * rise == pytest.approx(2e4 + flow.mass_flow[0] * 2e4 / RHO, rel=1e-12)
    assert abs(T.imbalance) < 1e-12


def test_friction_heat_is_the_pressure_drop_and_height_does_not_count() -> None:
    for heights in ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0)):
        flow, T = run(chain(*heights), {0: 5e4, 1: 0.0})
        lost = 5e4 - RHO * 9.80665 * (heights[1] - heights[0])
        assert T.outlet[0] - SUPPLY == pytest.approx(lost / RHO / CP, rel=1e-6)
        assert T.dissipation == pytest.approx(flow.mass_flow[0] * lost / RHO, rel=1e-9)


def test_streams_mix_by_their_flow() -> None:
    b = NetworkBuilder()
    a, c, d, e = (b.node(name) for name in "acde")
    b.orifice("cold", a, d, loss=1.0, diameter=0.01)
    b.orifice("hot", c, d, loss=4.0, diameter=0.01)
    b.orifice("out", d, e, loss=1.0, diameter=0.02)
    supply = np.array([SUPPLY, SUPPLY + 30.0, SUPPLY, SUPPLY])
    flow, T = run(b.build(), {a: 3e4, c: 3e4, e: 0.0}, supply=supply)
    share = flow.mass_flow[1] / flow.mass_flow[2]
    assert share == pytest.approx(1.0 / 3.0, rel=1e-9)
    assert T.node[d] - T.outlet[0] == pytest.approx(share * (T.outlet[1] - T.outlet[0]), rel=1e-9)
    assert abs(T.imbalance) < 1e-10


def test_reverse_flow_carries_heat_the_other_way() -> None:
    network = chain(0.0, 0.0, 0.0)
    heat = np.array([3e3, 0.0])
    _, forward = run(network, {0: 2e4, 2: 0.0}, heat=heat)
    _, backward = run(network, {0: 0.0, 2: 2e4}, heat=heat)
    assert forward.node[1] > SUPPLY + 1.0
    assert backward.node[1] == pytest.approx(SUPPLY, abs=0.01)
    assert backward.inlet[0] == pytest.approx(backward.node[1])
    assert backward.outlet[0] == pytest.approx(backward.node[0])
    assert backward.node[0] == pytest.approx(forward.node[2], abs=1e-9)


@pytest.mark.parametrize("mixed", [False, True])
def test_heat_goes_to_the_surroundings(mixed: bool) -> None:
    b = NetworkBuilder()
    a, c = b.node("a"), b.node("c")
    b.pipe("hose", a, c, length=10.0, diameter=0.02, ambient_conductance=300.0, well_mixed=mixed)
    flow, T = run(b.build(), {a: 2e3, c: 0.0}, ambient=293.15)
    units = 300.0 / (flow.mass_flow[0] * CP)
    left = 1.0 / (1.0 + units) if mixed else math.exp(-units)
    assert T.outlet[0] - 293.15 == pytest.approx((SUPPLY + 2e3 / RHO / CP - 293.15) * left, rel=1e-9)
    assert T.ambient == pytest.approx(T.dissipation - T.carried, rel=1e-9)
    assert T.ambient > 0.0


def test_a_cooling_unit_closes_the_account() -> None:
    b = NetworkBuilder()
    supply, back = b.node("supply"), b.node("return")
    b.resistance("rack", supply, back, linear=1e7)
    unit = b.pump("unit", back, supply, head=(1e5, 0.0, -2.5e10), limit=2e-3)
    flow, T = run(b.build(), {back: 1.5e5}, heat=np.array([5e4, 0.0]), held={unit: SUPPLY})
    assert T.inlet[0] == pytest.approx(SUPPLY)
    assert T.outlet[0] > SUPPLY + 5.0
    assert T.carried == pytest.approx(5e4 + T.dissipation, rel=1e-12)
    assert flow.mass_flow[0] * CP * (T.outlet[0] - SUPPLY) == pytest.approx(T.carried, rel=1e-9)


def dead_end() -> Network:
    b = NetworkBuilder()
    a, c, d, e = (b.node(name) for name in "acde")
    b.orifice("open", a, e, loss=1.0, diameter=0.01)
    b.orifice("tray[4]/plate", a, c, loss=1.0, diameter=0.01)
    b.fitting("valve", c, d, kv=1.0, opening=0.0)
    b.orifice("far side", d, e, loss=1.0, diameter=0.01)
    return b.build()


def test_heated_branch_without_flow_is_named() -> None:
    with pytest.raises(OperatingRangeError, match=r"tray\[4\]/plate \(1400 W\).*open the valve"):
        run(dead_end(), {0: 2e4, 3: 0.0}, heat=np.array([0.0, 1400.0, 0.0, 0.0]))


def test_heated_branch_without_flow_is_named_though_rounding_left_a_trickle() -> None:
    network = dead_end()
    flow = HydraulicSolver(network, [0, 3]).solve(np.array([2e4, 0.0]), density=RHO, viscosity=1e-3)
    m = flow.mass_flow.copy()
    m[1] = 1e-17
    trickle = dataclasses.replace(flow, mass_flow=m)
    with pytest.raises(OperatingRangeError, match=r"tray\[4\]/plate"):
        coolant_temperatures(
            network, trickle, fluid(), heat=np.array([0.0, 1400.0, 0.0, 0.0]), supply=SUPPLY, density=RHO
        )


def test_nodes_that_nothing_flows_through_have_the_temperature_of_the_surroundings() -> None:
    _, T = run(dead_end(), {0: 2e4, 3: 0.0}, ambient=298.15)
    assert T.reached.tolist() == [True, False, False, True]
    assert T.node[1] == T.node[2] == 298.15


def test_coolant_that_would_boil_out_of_its_table_is_named() -> None:
    with pytest.raises(OperatingRangeError, match=r"leaves b0 outside its table \(0.0 to 90.0 °C\): 500000 W"):
        run(chain(0.0, 0.0), {0: 2e4, 1: 0.0}, heat=np.array([5e5]))


def test_coolant_may_enter_at_the_end_of_its_table_and_cool() -> None:
    b = NetworkBuilder()
    a, c = b.node("a"), b.node("c")
    b.pipe("hose", a, c, length=10.0, diameter=0.02, ambient_conductance=300.0)
    _, T = run(b.build(), {a: 2e3, c: 0.0}, supply=363.15)
    assert T.outlet[0] < 363.15


def circle(feed: float) -> Network:
    """A pump that sends most of its flow round in a circle, of which a feed leaves and is made up."""
    b = NetworkBuilder()
    a, c, inlet, outlet = (b.node(name) for name in ("a", "c", "inlet", "outlet"))
    b.pump("pump", a, c, head=(1e5, 0.0, -2.5e10), limit=2e-3)
    b.orifice("round", c, a, loss=1.0, diameter=0.02)
    b.orifice("feed", inlet, a, loss=1.0, diameter=feed)
    b.orifice("drain", c, outlet, loss=1.0, diameter=feed)
    return b.build()


@pytest.mark.parametrize(("feed", "share"), [(0.01, 0.5), (0.005, 0.1), (0.001, 0.003)])
@pytest.mark.parametrize("slope", [0.0, 5.0])
def test_flow_in_circles_settles_where_part_of_it_is_renewed(feed: float, share: float, slope: float) -> None:
    heat = 1e5 * feed
    flow, T = run(circle(feed), {2: 1e5, 3: 1e5}, heat=np.array([0.0, heat, 0.0, 0.0]), fluid=fluid(slope))
    assert 0.0 < flow.mass_flow[2] < share * flow.mass_flow[1]
    assert T.node[1] > SUPPLY + 0.1
    assert abs(T.imbalance) < 1e-10
    assert T.carried == pytest.approx(heat + T.dissipation, rel=1e-10)


def test_heat_in_a_circle_that_nothing_leaves_ends_in_an_error() -> None:
    b = NetworkBuilder()
    a, c = b.node("a"), b.node("c")
    b.pump("pump", a, c, head=(1e5, 0.0, -2.5e10), limit=2e-3)
    b.orifice("round", c, a, loss=1.0, diameter=0.02)
    with pytest.raises((ConvergenceError, OperatingRangeError), match=r"circles|outside its table"):
        run(b.build(), {a: 1e5}, heat=np.array([0.0, 2e3]))


def test_a_network_of_many_streams_balances() -> None:
    rng = np.random.default_rng(7)
    b = NetworkBuilder()
    nodes = [b.node(str(k), float(rng.uniform(0.0, 2.0))) for k in range(30)]
    for k in range(1, 30):
        for other in rng.integers(0, k, 2):
            b.orifice(f"{other}-{k}", nodes[int(other)], nodes[k], loss=float(rng.uniform(1.0, 9.0)), diameter=0.01)
    network = b.build()
    given = {0: 3e5, 29: 0.0, 17: 1e5}
    flow, _ = run(network, given)
    heat = np.where(np.abs(flow.mass_flow) > 0.01, rng.uniform(0.0, 300.0, len(network.branches)), 0.0)
    flow, T = run(network, given, heat=heat)
    assert abs(T.imbalance) < 1e-10
    wrong = coolant_temperatures(network, flow, fluid(), heat=1.01 * heat, supply=SUPPLY, density=RHO)
    assert wrong.carried != pytest.approx(T.carried, rel=1e-3)
