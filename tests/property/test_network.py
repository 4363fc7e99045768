"""What holds in every network, tried on random ones."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from thermal.correlations.coolant import CoolantTable, coolant_table
from thermal.errors import OperatingRangeError
from thermal.hydraulics.branches import pressure_drops
from thermal.hydraulics.energy import coolant_temperatures
from thermal.hydraulics.network import Network, NetworkBuilder, coefficients
from thermal.hydraulics.solve import Flow, HydraulicSolver

Floats = NDArray[np.float64]
RHO, MU = 1014.0, 1.4e-3
AT_REST = 2e-8  # that the pressures of a solution may be off by where nothing flows [Pa]
KINDS = ("pipe", "fitting", "linear", "quadratic", "power", "table", "pump", "check valve")


class Edge(NamedTuple):
    """One branch: its law, its ends, and two numbers between 0 and 1 that give its size."""

    kind: str
    start: int
    end: int
    size: float
    shape: float


class Case(NamedTuple):
    """A network in words, with its boundary conditions."""

    nodes: int
    edges: tuple[Edge, ...]
    pressures: tuple[float, float]
    injection: float


@st.composite
def cases(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS) -> Case:
    """A tree that reaches every node, closed to loops by further branches; two given pressures, one injection."""
    nodes = draw(st.integers(2, 9))
    part = st.floats(0.0, 1.0)
    kind = st.sampled_from(kinds)
    edges = [Edge(draw(kind), draw(st.integers(0, k - 1)), k, draw(part), draw(part)) for k in range(1, nodes)]
    for _ in range(draw(st.integers(0, 8))):
        ends = draw(st.lists(st.integers(0, nodes - 1), min_size=2, max_size=2, unique=True))
        edges.append(Edge(draw(kind), *ends, draw(part), draw(part)))
    return Case(nodes, tuple(edges), (draw(st.floats(1e5, 3e5)), 1e5), draw(st.sampled_from([0.0, 0.05, -0.05])))


def add(b: NetworkBuilder, name: str, e: Edge) -> None:
    """Add a branch of a size between the smallest and the largest of a rack."""
    scale = 10.0**e.size
    fluid = {"density": 998.0, "viscosity": 1.0e-3}
    if e.kind == "pipe":
        b.pipe(name, e.start, e.end, length=0.1 * scale, diameter=0.005 + 0.03 * e.shape, loss=e.shape)
    elif e.kind in ("fitting", "check valve"):
        b.fitting(name, e.start, e.end, kv=0.3 * scale, one_way=e.kind == "check valve")
    elif e.kind == "linear":
        b.resistance(name, e.start, e.end, linear=1e7 * scale, **fluid)
    elif e.kind == "quadratic":
        b.resistance(name, e.start, e.end, linear=1e6, quadratic=1e11 * scale, **fluid)
    elif e.kind == "power":
        b.power(name, e.start, e.end, factor=1e9 * scale, exponent=1.0 + e.shape, **fluid)
    elif e.kind == "table":
        flow, drop = np.array([0.5e-4, 1e-4, 3e-4]), 1e3 * scale * np.array([1.0, 1.0 + 3.0 * e.shape, 20.0])
        b.table(name, e.start, e.end, flow=flow, drop=drop, **fluid)
    else:
        head, end = 1e4 * scale, 2e-3
        b.pump(name, e.start, e.end, head=(head, 0.0, -head * (0.2 + 0.8 * e.shape) / end**2), limit=end)


def build(case: Case, turned: frozenset[int] = frozenset()) -> Network:
    """Lay the network; `turned` branches are laid from their end to their start."""
    b = NetworkBuilder()
    for k in range(case.nodes):
        b.node(f"n{k}")
    for k, e in enumerate(case.edges):
        add(b, f"b{k}", e._replace(start=e.end, end=e.start) if k in turned else e)
    return b.build()


def given_nodes(case: Case) -> list[int]:
    return [0, case.nodes - 1]


def solve(
    case: Case, *, network: Network | None = None, offset: float = 0.0, factor: float = 1.0, start: Flow | None = None
) -> Flow:
    """Solve at `offset` more pressure, and with viscosity times `factor`, pressure differences times its square."""
    network = build(case) if network is None else network
    injection = np.zeros(case.nodes)
    injection[case.nodes // 2] = factor * case.injection
    injection[given_nodes(case)] = 0.0
    high, low = case.pressures
    pressure = np.array([low + (high - low) * factor**2, low]) + offset
    solver = HydraulicSolver(network, given_nodes(case))
    try:
        return solver.solve(pressure, density=RHO, viscosity=factor * MU, injection=injection, start=start)
    except OperatingRangeError:  # flow put in where only a check valve leads, which it would have to pass backwards
        assert network.one_way.any()
        reject()


def violations(case: Case, network: Network, flow: Flow) -> list[str]:
    """Which of the equations a flow does not satisfy."""
    found = []
    m, largest = flow.mass_flow, float(np.max(np.abs(flow.mass_flow)))
    balance = np.bincount(network.end, m, case.nodes) - np.bincount(network.start, m, case.nodes)
    balance[case.nodes // 2] += case.injection
    balance[given_nodes(case)] = 0.0
    if np.max(np.abs(balance)) > 1e-10 * largest:
        found.append(f"mass: {np.max(np.abs(balance)):.2e} of {largest:.2e} kg/s")
    laws = coefficients(network, np.asarray(RHO), np.asarray(MU))
    drop, slope = np.zeros(m.size), np.zeros(m.size)
    drops = pressure_drops(laws, network.curves, network.channels, flow.active, m, drop, slope)
    head = max(drops, float(np.max(laws.shut_off)))
    left = np.where(flow.active, flow.pressure[network.start] - flow.pressure[network.end] - drop, 0.0)
    if np.max(np.abs(left)) > 1e-8 * head + AT_REST:
        found.append(f"pressure: {np.max(np.abs(left)):.2e} of {head:.2e} Pa")
    if np.any(m[network.one_way] < -1e-9 * largest):
        found.append("a check valve is run through backwards")
    return found


def same(network: Network, a: Floats, b: Floats) -> bool:
    """Equal but for what a solution may leave: 1e-5 of the flow, or in a branch almost at rest 2e-8 Pa of its law."""
    largest = max(float(np.max(np.abs(a))), 1e-3)
    laws = coefficients(network, np.asarray(RHO), np.asarray(MU))
    drops, slope = np.zeros((2, a.size)), np.zeros(a.size)
    for m, drop in zip((a, b), drops, strict=True):
        pressure_drops(laws, network.curves, network.channels, np.ones(a.size, bool), m, drop, slope)
    at_rest = (np.abs(a - b) <= 1e-3 * largest) & (np.abs(drops[0] - drops[1]) <= AT_REST)
    return bool(np.all((np.abs(a - b) <= 1e-5 * largest) | at_rest))


TRIED = settings(max_examples=150, deadline=None, derandomize=True)


@TRIED
@given(cases())
def test_mass_and_pressure_balance(case: Case) -> None:
    network = build(case)
    flow = solve(case, network=network)
    assert violations(case, network, flow) == []
    assume(np.max(np.abs(flow.mass_flow)) > 1e-3)
    m = flow.mass_flow.copy()
    m[np.argmax(np.abs(m))] *= 1.01
    assert violations(case, network, dataclasses.replace(flow, mass_flow=m)) != []  # the check can fail


@TRIED
@given(cases(), st.integers(0, 2**32 - 1), st.floats(-6.0, 3.0))
def test_the_answer_does_not_depend_on_the_start(case: Case, seed: int, size: float) -> None:
    network = build(case)
    flow = solve(case, network=network)
    rng = np.random.default_rng(seed)
    m = 10.0**size * rng.normal(size=flow.mass_flow.size)
    p = 1e6 * rng.normal(size=case.nodes)
    again = solve(case, network=network, start=dataclasses.replace(flow, mass_flow=m, pressure=p))
    assert same(network, flow.mass_flow, again.mass_flow)


@TRIED
@given(cases(KINDS[:6]), st.sets(st.integers(0, 15)))
def test_turning_a_branch_turns_the_sign_of_its_flow(case: Case, turned: set[int]) -> None:
    network = build(case)
    flow, other = solve(case, network=network), solve(case, network=build(case, frozenset(turned)))
    sign = np.where(np.isin(np.arange(len(case.edges)), list(turned)), -1.0, 1.0)
    assert same(network, flow.mass_flow, sign * other.mass_flow)
    assert np.allclose(flow.pressure, other.pressure, rtol=0.0, atol=1e-7 * np.max(np.abs(flow.pressure)))


@TRIED
@given(cases(), st.floats(-1e5, 1e6))
def test_a_pressure_added_everywhere_changes_no_flow(case: Case, offset: float) -> None:
    flow, other = solve(case), solve(case, offset=offset)
    assert same(build(case), flow.mass_flow, other.mass_flow)
    moved = other.pressure - flow.pressure
    assert np.allclose(moved[flow.connected], offset, rtol=0.0, atol=1e-2)


@TRIED
@given(cases(KINDS[:6]), st.floats(0.3, 3.0))
def test_equal_reynolds_numbers_give_similar_flows(case: Case, factor: float) -> None:
    # viscosity times λ and pressure differences times λ²: every Reynolds number stays, every flow grows by λ
    flow, other = solve(case), solve(case, factor=factor)
    assert same(build(case), factor * flow.mass_flow, other.mass_flow)


@TRIED
@given(cases(KINDS[:6]))
def test_flow_rises_with_the_pressure_that_drives_it(case: Case) -> None:
    case = case._replace(injection=0.0, pressures=(2e5, 1e5))
    more = case._replace(pressures=(2.2e5, 1e5))
    network = build(case)

    def inflow(flow: Flow) -> float:
        m = flow.mass_flow
        return float(m[network.start == 0].sum() - m[network.end == 0].sum())

    assert inflow(solve(more)) > inflow(solve(case)) > 0.0


def coolant() -> CoolantTable:
    T = np.array([273.15, 313.15, 373.15])
    return coolant_table(T, [RHO] * 3, [3900.0, 3950.0, 4020.0], [0.5] * 3, [MU] * 3, [1e3, 7e3, 1e5])


@TRIED
@given(cases((*KINDS[:6], "check valve")), st.floats(1e2, 2e4))
def test_energy_balances(case: Case, rise: float) -> None:
    # without pumps, which may send coolant round in a circle that nothing renews and friction warms without end
    network = build(case)
    flow = solve(case, network=network)
    m = np.abs(flow.mass_flow)
    assume(np.max(m) > 1e-3)
    heat = np.where(m > 1e-3 * np.max(m), rise * m, 0.0)
    supply = np.linspace(303.15, 313.15, case.nodes)
    found = coolant_temperatures(network, flow, coolant(), heat=heat, supply=supply, density=RHO)
    assert abs(found.imbalance) < 1e-10
    assert found.heat == heat.sum()
    assert np.all(found.outlet[m > 1e-3 * np.max(m)] > 303.15)
