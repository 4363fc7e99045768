"""What other network solvers fail on or answer wrongly: each case by name."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.errors import ConvergenceError, InputError, OperatingRangeError
from thermal.hydraulics.branches import pressure_drops
from thermal.hydraulics.network import Network, NetworkBuilder, coefficients
from thermal.hydraulics.solve import Flow, HydraulicSolver
from thermal.units import parse_quantity

Floats = NDArray[np.float64]
RHO, MU = 1014.0, 1.4e-3
L_MIN = 1e-3 / 60.0
TRAY_FLOW = 6.0 * L_MIN


def solve(network: Network, given: dict[int, float], **options: object) -> Flow:
    solver = HydraulicSolver(network, list(given))
    return solver.solve(np.array(list(given.values())), density=RHO, viscosity=MU, **options)  # type: ignore[arg-type]


def imbalance(network: Network, flow: Flow, given: Sequence[int], injection: Floats | None = None) -> float:
    """Largest mass imbalance of a node over the largest flow."""
    count = len(network.nodes)
    balance = np.bincount(network.end, flow.mass_flow, count) - np.bincount(network.start, flow.mass_flow, count)
    balance = balance + (0.0 if injection is None else injection)
    balance[list(given)] = 0.0
    return float(np.max(np.abs(balance)) / max(np.max(np.abs(flow.mass_flow)), 1e-300))


def pressure_residual(network: Network, flow: Flow) -> float:
    """Largest pressure residual over the largest drop, evaluated anew."""
    laws = coefficients(network, np.asarray(RHO), np.asarray(MU))
    drop, slope = np.zeros(len(network.branches)), np.zeros(len(network.branches))
    head = pressure_drops(laws, network.curves, network.channels, flow.active, flow.mass_flow, drop, slope)
    left = np.where(flow.active, flow.pressure[network.start] - flow.pressure[network.end] - drop, 0.0)
    return float(np.max(np.abs(left)) / head)


def rack(trays: int = 9, *, removed: int | None = None, closed: int | None = None, tees: bool = True) -> Network:
    """Trays between two headers, supply port node 0 and return port node 1; a tray may be missing or shut."""
    b = NetworkBuilder()
    supply, back = [b.node("supply")], [b.node("return")]
    upper: list[int] = []
    lower: list[int] = []
    for k in range(trays):
        supply.append(b.node(f"s{k}"))
        back.append(b.node(f"r{k}"))
        upper.append(b.pipe(f"header_s{k}", supply[k], supply[k + 1], length=0.09, diameter=0.035))
        lower.append(b.pipe(f"header_r{k}", back[k + 1], back[k], length=0.09, diameter=0.035))
    for k in range(trays):
        if k == removed:
            continue
        n = [b.node(f"tray{k}/{i}") for i in range(3)]
        first = b.fitting(f"tray{k}/in", supply[k + 1], n[0], kv=1.2, opening=0.0 if k == closed else 1.0)
        b.pipe(f"tray{k}/hose", n[0], n[1], length=0.5, diameter=0.01)
        b.resistance(f"tray{k}/plate", n[1], n[2], linear=1e8, quadratic=1e12, density=998.0, viscosity=1e-3)
        last = b.fitting(f"tray{k}/out", n[2], back[k + 1], kv=1.2)
        if tees:
            far = k + 1 < trays
            b.tee(supply[k + 1], upper[k + 1] if far else None, first, header=0.035, tap=0.01)
            b.tee(back[k + 1], lower[k + 1] if far else None, last, header=0.035, tap=0.01)
    return b.build()


def tray_flows(network: Network, flow: Flow) -> dict[str, float]:
    return {name: flow.mass_flow[k] for k, name in enumerate(network.branches) if name.endswith("/plate")}


def test_removed_tray_leaves_more_for_the_others() -> None:
    whole, short = rack(), rack(removed=4)
    before, after = (tray_flows(n, solve(n, {0: 1e5, 1: 0.0})) for n in (whole, short))
    assert set(before) - set(after) == {"tray4/plate"}
    others = [after[name] / before[name] for name in after]
    assert min(others) > 1.0
    assert max(others) < 1.1


def test_closed_valve_stops_its_tray_and_only_that() -> None:
    network = rack(closed=4)
    flow = solve(network, {0: 1e5, 1: 0.0})
    flows = tray_flows(network, flow)
    removed = rack(removed=4)
    expected = tray_flows(removed, solve(removed, {0: 1e5, 1: 0.0}))
    assert abs(flows.pop("tray4/plate")) < 1e-13
    assert flows == pytest.approx(expected, rel=1e-9)
    hose = network.branches.index("tray4/hose")
    assert flow.connected[network.start[hose]]  # filled from the return side
    assert flow.pressure[network.start[hose]] == pytest.approx(flow.pressure[network.end[hose] + 1], abs=1.0)


def test_unreachable_part_is_found_when_both_its_valves_are_closed() -> None:
    b = NetworkBuilder()
    nodes = [b.node(name) for name in ("inlet", "inside", "inside2", "outlet")]
    b.fitting("valve1", nodes[0], nodes[1], kv=1.0, opening=0.0)
    b.pipe("inner", nodes[1], nodes[2], length=1.0, diameter=0.01)
    b.fitting("valve2", nodes[2], nodes[3], kv=1.0, opening=0.0)
    b.pipe("bypass", nodes[0], nodes[3], length=1.0, diameter=0.01)
    network = b.build()
    flow = solve(network, {0: 2e5, 3: 1e5})
    assert flow.connected.tolist() == [True, False, False, True]
    assert flow.active.tolist() == [False, False, False, True]
    assert np.all(flow.mass_flow[:3] == 0.0)
    assert flow.mass_flow[3] > 0.0
    put_in = np.array([0.0, 0.1, 0.0, 0.0])
    with pytest.raises(OperatingRangeError, match=r"inside.*open a valve"):
        solve(network, {0: 2e5, 3: 1e5}, injection=put_in)


def test_one_tray() -> None:
    network = rack(1)
    flow = solve(network, {0: 1e5, 1: 0.0})
    assert flow.iterations <= 10
    assert imbalance(network, flow, [0, 1]) < 1e-14
    assert len(set(np.round(np.abs(flow.mass_flow), 12))) == 1


def test_branch_of_zero_flow_in_a_balanced_bridge() -> None:
    for bridge in ("fitting", "pipe", "orifice"):
        b = NetworkBuilder()
        nodes = [b.node(name) for name in "abcd"]
        for name, i, j in (("ab", 0, 1), ("ac", 0, 2), ("bd", 1, 3), ("cd", 2, 3)):
            b.pipe(name, nodes[i], nodes[j], length=1.0, diameter=0.01)
        if bridge == "fitting":
            b.fitting("bridge", nodes[1], nodes[2], kv=1.0)
        elif bridge == "pipe":
            b.pipe("bridge", nodes[1], nodes[2], length=1.0, diameter=0.01)
        else:
            b.orifice("bridge", nodes[1], nodes[2], loss=0.1, diameter=0.05)
        network = b.build()
        flow = solve(network, {0: 2e5, 3: 1e5})
        assert abs(flow.mass_flow[4]) < 1e-7 * flow.mass_flow[0]
        assert imbalance(network, flow, [0, 3]) < 1e-12
        assert pressure_residual(network, flow) < 1e-12
        assert flow.iterations <= 12


def test_branch_of_zero_flow_in_a_dead_end_and_where_nothing_flows_at_all() -> None:
    b = NetworkBuilder()
    nodes = [b.node(str(k), height=float(k)) for k in range(4)]
    for k, kind in enumerate(("pipe", "fitting", "pipe")):
        if kind == "pipe":
            b.pipe(f"b{k}", nodes[k], nodes[k + 1], length=1.0, diameter=0.01)
        else:
            b.fitting(f"b{k}", nodes[k], nodes[k + 1], kv=1.0)
    network = b.build()
    flow = solve(network, {0: 2e5})
    assert np.all(flow.mass_flow == 0.0)
    np.testing.assert_allclose(flow.pressure, 2e5 - RHO * 9.80665 * np.arange(4.0), rtol=1e-14)
    again = solve(network, {0: 2e5, 3: 1.5e5}, start=flow)  # a start from rest does not trap the iteration
    assert again.iterations < 40
    assert np.all(again.mass_flow > 0.0)


@pytest.mark.parametrize("factor", [1e-6, 1e-3, 1.0, 1e3])
def test_one_millionth_and_thousand_times_of_design_flow(factor: float) -> None:
    network = rack()
    injection = np.zeros(len(network.nodes))
    injection[0] = factor * 9 * TRAY_FLOW * RHO
    flow = solve(network, {1: 1.5e5}, injection=injection)
    assert imbalance(network, flow, [1], injection) < 1e-10
    assert flow.pressure_residual < 1e-8
    assert sum(tray_flows(network, flow).values()) == pytest.approx(injection[0], rel=1e-12)
    assert min(tray_flows(network, flow).values()) > 0.0


@pytest.mark.parametrize("factor", [1e-3, 1.0, 1e3])
def test_pressure_residuals_evaluated_anew_are_as_small_as_reported(factor: float) -> None:
    network = rack(tees=False)
    injection = np.zeros(len(network.nodes))
    injection[0] = factor * 9 * TRAY_FLOW * RHO
    flow = solve(network, {1: 0.0}, injection=injection)
    assert pressure_residual(network, flow) < 1e-8
    wrong = dataclasses.replace(flow, pressure=1.01 * flow.pressure)
    assert pressure_residual(network, wrong) > 1e-3


def test_quadratic_elements_alone_at_one_millionth_of_design_flow() -> None:
    b = NetworkBuilder()
    nodes = [b.node(str(k)) for k in range(3)]
    for k, kv in enumerate((1.0, 2.0)):
        b.fitting(f"parallel{k}", nodes[0], nodes[1], kv=kv)
    b.fitting("last", nodes[1], nodes[2], kv=1.0)
    network = b.build()
    flow = solve(network, {2: 1.5e5}, injection=np.array([3e-7, 0.0, 0.0]))
    np.testing.assert_allclose(flow.mass_flow, [1e-7, 2e-7, 3e-7], rtol=1e-7)


def test_litres_per_minute_and_gpm_give_the_same_answer() -> None:
    def network(coupling: str, points: Sequence[tuple[str, str]], cap: str) -> Network:
        b = NetworkBuilder()
        a, c, d = b.node("a"), b.node("c"), b.node("d")
        Q = np.array([parse_quantity(flow, "flow") for flow, _ in points])
        drop = np.array([parse_quantity(value, "pressure") for _, value in points])
        kv = parse_quantity(coupling, "flow") * 3600.0
        b.table("plate", a, c, flow=Q, drop=drop, density=998.0, viscosity=1e-3)
        b.fitting("coupling", c, d, kv=kv)
        limit = parse_quantity(cap, "flow")
        b.pump("pump", d, a, head=(1e5, 0.0, -1e5 / limit**2), limit=limit)
        return b.build()

    metric = network("20 L/min", [("2 L/min", "5 kPa"), ("6 L/min", "40 kPa")], "12 L/min")
    gallons = [f"{value / 3.785411784!r} gpm" for value in (20.0, 2.0, 6.0, 12.0)]
    psi = [f"{value / 6894.757293168361!r} psi" for value in (5e3, 4e4)]
    american = network(gallons[0], [(gallons[1], psi[0]), (gallons[2], psi[1])], gallons[3])
    flows = [solve(n, {2: 1.5e5}).mass_flow for n in (metric, american)]
    np.testing.assert_allclose(flows[0], flows[1], rtol=1e-12)
    careless = network(f"{20.0 / 3.79!r} gpm", [(gallons[1], psi[0]), (gallons[2], psi[1])], gallons[3])
    assert not np.allclose(flows[0], solve(careless, {2: 1.5e5}).mass_flow, rtol=1e-6)


def test_reverse_flow_is_sign_correct() -> None:
    network = rack()
    there, back = solve(network, {0: 1e5, 1: 0.0}), solve(network, {0: 0.0, 1: 1e5})
    np.testing.assert_allclose(
        sorted(tray_flows(network, back).values()), sorted(-x for x in tray_flows(network, there).values()), rtol=1e-9
    )
    assert max(tray_flows(network, back).values()) < 0.0


def test_cold_starts_from_extreme_values_reach_the_same_answer() -> None:
    network = rack()
    flow = solve(network, {0: 1e5, 1: 0.0})
    rng = np.random.default_rng(1)
    for size in (0.0, 1e-12, 1e-6, 1.0, 1e3, 1e6):
        m = size * rng.normal(size=flow.mass_flow.size)
        p = 1e6 * rng.normal(size=flow.pressure.size)
        again = solve(network, {0: 1e5, 1: 0.0}, start=dataclasses.replace(flow, mass_flow=m, pressure=p))
        np.testing.assert_allclose(again.mass_flow, flow.mass_flow, rtol=1e-7, atol=1e-12)


def test_a_warm_start_is_recognised_as_the_answer() -> None:
    network = rack()
    flow = solve(network, {0: 1e5, 1: 0.0})
    assert solve(network, {0: 1e5, 1: 0.0}, start=flow).iterations <= 3


def with_plate(change: dict[str, float] | None = None, table: Sequence[tuple[float, float]] = ()) -> Network:
    b = NetworkBuilder()
    nodes = [b.node(name) for name in "abc"]
    if table:
        Q, drop = np.array(table).T
        b.table("plate", nodes[0], nodes[1], flow=Q, drop=drop)
    else:
        b.resistance("plate", nodes[0], nodes[1], **(change or {}))
    b.pipe("hose", nodes[1], nodes[2], length=1.0, diameter=0.01)
    return b.build()


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ([(1e-4, 1e4), (2e-4, 5e3)], "falls from 10000 to 5000 Pa"),
        ([(1e-4, 1e4), (1e-4, 2e4)], "do not rise"),
        ([(0.0, 1e3), (1e-4, 2e4)], "1000 Pa at rest"),
        ([(1e-4, np.nan), (2e-4, 5e3)], "falls"),
    ],
)
def test_bad_data_in_a_table_are_refused(table: Sequence[tuple[float, float]], wrong: str) -> None:
    with pytest.raises(InputError, match=wrong):
        with_plate(table=table)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_bad_data_end_in_an_error_that_names_the_place_and_the_cause(value: float) -> None:
    with pytest.raises(ConvergenceError, match="largest at plate; its data or its coolant are not finite") as caught:
        solve(with_plate({"quadratic": value}), {0: 2e5, 2: 1e5})
    assert caught.value.place == "plate"
    assert caught.value.history
    assert caught.value.exit_status == 3


def test_a_coolant_without_viscosity_ends_in_an_error() -> None:
    network = with_plate({"linear": 1e8})
    solver = HydraulicSolver(network, [0, 2])
    with pytest.raises(ConvergenceError, match="not finite"):
        solver.solve(np.array([2e5, 1e5]), density=np.array([RHO, np.nan]), viscosity=MU)


def test_an_element_without_resistance_alone_is_named() -> None:
    b = NetworkBuilder()
    b.resistance("nothing", b.node("a"), b.node("b"))
    with pytest.raises(ConvergenceError, match="nothing; an element without resistance") as caught:
        solve(b.build(), {0: 2e5, 1: 1e5})
    assert len(caught.value.history) == 100


def test_an_element_without_resistance_in_series_does_no_harm() -> None:
    flow = solve(with_plate({}), {0: 2e5, 2: 1e5})
    assert flow.mass_flow[0] == pytest.approx(flow.mass_flow[1], rel=1e-12)
    assert flow.pressure[1] == pytest.approx(2e5, rel=1e-9)


def test_no_given_pressure_is_refused() -> None:
    with pytest.raises(ValueError, match="no datum"):
        HydraulicSolver(with_plate({"linear": 1e8}), [])
