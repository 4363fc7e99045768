"""The builder: what is added is what is solved."""

from __future__ import annotations

import numpy as np
import pytest

from thermal.hydraulics.network import NetworkBuilder, coefficients
from thermal.hydraulics.solve import HydraulicSolver

RHO, MU = 1014.0, 1.4e-3


def test_branches_and_nodes_keep_their_names_and_order() -> None:
    b = NetworkBuilder()
    inlet, outlet = b.node("inlet"), b.node("outlet", 1.5)
    assert b.pipe("hose", inlet, outlet, length=2.0, diameter=0.02) == 0
    assert b.fitting("coupling", inlet, outlet, kv=1.2) == 1
    network = b.build()
    assert network.nodes == ("inlet", "outlet")
    assert network.branches == ("hose", "coupling")
    assert network.height.tolist() == [0.0, 1.5]
    assert network.tee_node.size == 0


def test_an_empty_network_can_be_built() -> None:
    network = NetworkBuilder().build()
    assert network.nodes == network.branches == ()


def test_a_valve_half_open_has_half_its_kv() -> None:
    b = NetworkBuilder()
    b.node("a")
    b.node("b")
    b.fitting("half", 0, 1, kv=2.0, opening=0.5)
    b.fitting("small", 0, 1, kv=1.0)
    b.fitting("shut", 0, 1, kv=1.0, opening=0.0)
    network = b.build()
    laws = coefficients(network, np.asarray(RHO), np.asarray(MU))
    assert laws.quadratic[0] == pytest.approx(laws.quadratic[1])
    assert network.is_open.tolist() == [True, True, False]


def test_a_table_without_its_origin_gets_one() -> None:
    b = NetworkBuilder()
    b.node("a")
    b.node("b")
    b.table("filter", 0, 1, flow=np.array([1e-4, 2e-4]), drop=np.array([1e3, 4e3]))
    curves = b.build().curves
    assert curves.flow.tolist() == [0.0, 1e-4, 2e-4]
    assert curves.drop.tolist() == [0.0, 1e3, 4e3]


def test_a_unit_for_two_racks_sees_twice_the_flow_of_one() -> None:
    def flow(racks: int, *, scaled: bool) -> float:
        b = NetworkBuilder()
        supply, back = b.node("supply"), b.node("return")
        unit = b.resistance("unit", back, supply, quadratic=1e11)
        for k in range(1 if scaled else racks):
            b.resistance(f"rack{k}", supply, b.node(f"middle{k}"), quadratic=3e11)
            b.pump(f"pump{k}", 2 + k, back, head=(1e5, 0.0, -1e10), limit=3e-3)
        if scaled:
            b.scale(unit, float(racks))
        solver = HydraulicSolver(b.build(), [back])
        return float(solver.solve(np.array([1e5]), density=RHO, viscosity=MU).mass_flow[1])

    assert flow(2, scaled=True) == pytest.approx(flow(2, scaled=False), rel=1e-9)
    assert flow(3, scaled=True) < flow(2, scaled=True)


def test_a_closed_loop_ignores_heights() -> None:
    def flow(top: float) -> float:
        b = NetworkBuilder()
        floor, roof = b.node("floor"), b.node("roof", top)
        b.pump("pump", floor, roof, head=(1e5, 0.0, -1e10), limit=3e-3)
        b.pipe("down", roof, floor, length=5.0, diameter=0.02)
        return float(HydraulicSolver(b.build(), [0]).solve(np.array([3e5]), density=RHO, viscosity=MU).mass_flow[0])

    assert flow(20.0) == pytest.approx(flow(0.0), rel=1e-10)


def test_warm_coolant_rises_where_cold_coolant_falls() -> None:
    b = NetworkBuilder()
    floor, roof = b.node("floor"), b.node("roof", 2.0)
    b.pipe("riser", floor, roof, length=2.0, diameter=0.02)
    b.pipe("downcomer", roof, floor, length=2.0, diameter=0.02)
    density = np.array([990.0, 1000.0])
    flow = HydraulicSolver(b.build(), [0]).solve(np.array([2e5]), density=density, viscosity=MU)
    assert flow.mass_flow[0] == pytest.approx(flow.mass_flow[1], rel=1e-12)
    assert flow.mass_flow[0] > 0.01
    assert flow.pressure_residual < 1e-8
