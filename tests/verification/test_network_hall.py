"""The benchmark rack of 180 pipes, solved by an independent sparse Newton, EPANET and pandapipes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from thermal.hydraulics.branches import PIPE
from thermal.hydraulics.solve import Flow, HydraulicSolver

ROOT = Path(__file__).parents[2]
L_MIN = 1e-3 / 60.0


def hall_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hall", ROOT / "benchmarks" / "hall.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


HALL = hall_module()


def solve(racks: int, pressure: float, **law: int) -> tuple[Flow, tuple[str, ...]]:
    network, inlet, outlet = HALL.hall(racks, **law)
    solver = HydraulicSolver(network, [inlet, outlet])
    flow = solver.solve(np.array([pressure, 0.0]), density=HALL.DENSITY, viscosity=HALL.VISCOSITY)
    return flow, network.branches


def tray_flows(flow: Flow, branches: tuple[str, ...]) -> np.ndarray:
    inlets = [branches.index(f"r0/t{tray}/in") for tray in range(HALL.TRAYS)]
    return flow.mass_flow[inlets] / HALL.DENSITY / L_MIN


def test_one_rack_matches_flow_by_flow() -> None:
    flow, branches = solve(1, 1e5)
    assert flow.iterations <= 7
    np.testing.assert_allclose(tray_flows(flow, branches), HALL.TRAY_FLOWS, rtol=1e-7)
    total = flow.mass_flow[branches.index("r0/drop_s")] / HALL.DENSITY / L_MIN
    assert total == pytest.approx(HALL.TOTALS[1], rel=1e-8)


def test_one_rack_matches_in_every_pipe() -> None:
    table = np.genfromtxt(
        ROOT / "tests" / "data" / "network_rack_1.csv", delimiter=",", skip_header=2, usecols=(7, 8, 9)
    )
    network, inlet, outlet = HALL.hall(1)
    flow = HydraulicSolver(network, [inlet, outlet]).solve(
        np.array([1e5, 0.0]), density=HALL.DENSITY, viscosity=HALL.VISCOSITY
    )
    np.testing.assert_allclose(flow.mass_flow / HALL.DENSITY / L_MIN, table[:, 0], rtol=1e-7)
    np.testing.assert_allclose(flow.pressure[network.start], table[:, 1], atol=1e-3)
    np.testing.assert_allclose(flow.pressure[network.end], table[:, 2], atol=1e-3)


def test_a_hundred_racks_match_in_total() -> None:
    flow, branches = solve(100, 1.2e5)
    total = flow.mass_flow[branches.index("row0_s0")] / HALL.DENSITY / L_MIN
    assert total == pytest.approx(HALL.TOTALS[100], rel=1e-7)


def test_another_friction_law_is_seen() -> None:
    flow, branches = solve(1, 1e5, law=PIPE)
    assert not np.allclose(tray_flows(flow, branches), HALL.TRAY_FLOWS, rtol=1e-4)
    np.testing.assert_allclose(tray_flows(flow, branches), HALL.TRAY_FLOWS, rtol=0.01)
