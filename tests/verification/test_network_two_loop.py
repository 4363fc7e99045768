"""The quadratic two-loop network of Hardy Cross's kind, to ten digits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from thermal.hydraulics.network import NetworkBuilder
from thermal.hydraulics.solve import Flow, HydraulicSolver

CASE = json.loads((Path(__file__).parents[1] / "data" / "two_loop_quadratic.json").read_text(encoding="utf-8"))
RHO = 998.0


def solve(factor: float = 1.0) -> Flow:
    b = NetworkBuilder()
    node = {name: b.node(name) for name in "ABCDE"}
    for k, (link, r) in enumerate(zip(CASE["links"], CASE["r"], strict=True)):
        b.resistance(link, node[link[0]], node[link[1]], quadratic=r * (factor if k == 0 else 1.0))
    put_in = np.zeros(5)
    put_in[node["C"]], put_in[node["E"]] = -0.4 * CASE["Qin"] * RHO, -0.6 * CASE["Qin"] * RHO
    return HydraulicSolver(b.build(), [node["A"]]).solve(np.zeros(1), density=RHO, viscosity=1e-3, injection=put_in)


def test_flows_and_pressures_match() -> None:
    flow = solve()
    np.testing.assert_allclose(flow.mass_flow / RHO, [CASE["Q"][link] for link in CASE["links"]], rtol=1e-10)
    np.testing.assert_allclose(flow.pressure, [CASE["P"][name] for name in "ABCDE"], rtol=1e-10)


def test_one_resistance_off_by_one_per_cent_is_seen() -> None:
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(solve(1.01).pressure, [CASE["P"][name] for name in "ABCDE"], rtol=1e-4)
