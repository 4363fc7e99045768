"""Rack manifolds with laminar and turbulent segments and quadratic plates, solved by two other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.hydraulics.branches import PIPE, PIPE_EPANET
from thermal.hydraulics.network import NetworkBuilder
from thermal.hydraulics.solve import HydraulicSolver

FILE = json.loads((Path(__file__).parents[1] / "data" / "rack_networks.json").read_text(encoding="utf-8"))
CASES = {name: case for name, case in FILE.items() if not name.startswith("_")}
L_MIN = 1e-3 / 60.0


def branch_flows(case: dict[str, Any], law: int, hose_loss: float = 1.0) -> NDArray[np.float64]:
    """Volume flow of each branch [L/min]."""
    b = NetworkBuilder()
    count, bore, rho = case["N"], case["Dm"], case["rho"]
    inlet, outlet = b.node("inlet"), b.node("outlet")
    supply, back = [b.node(f"s{k}") for k in range(count)], [b.node(f"r{k}") for k in range(count)]
    header = {"length": case["dL"], "diameter": bore, "roughness": case["em"], "law": law}
    order = range(count) if case["typ"] == "U" else range(count - 1, -1, -1)  # the return from its port on
    for line, port, nodes in (("supply", inlet, supply), ("return", outlet, [back[k] for k in order])):
        for k, (near, far) in enumerate(zip([port, *nodes], nodes, strict=False)):
            b.pipe(f"{line}{k}", near, far, **header)
    h = case["hose"]
    hose = {"length": h["L"], "diameter": h["D"], "roughness": h["e"], "loss": hose_loss * h["K"], "law": law}
    plates = []
    for k in range(count):
        linear, quadratic = case["cps"][k % len(case["cps"])]
        near, far = b.node(f"near{k}"), b.node(f"far{k}")
        b.pipe(f"in{k}", supply[k], near, **hose)
        plates.append(b.resistance(f"plate{k}", near, far, linear=linear, quadratic=quadratic))
        b.pipe(f"out{k}", far, back[k], **hose)
    solver = HydraulicSolver(b.build(), [inlet, outlet])
    flow = solver.solve(np.array([case["dp"], 0.0]), density=rho, viscosity=case["mu"])
    return flow.mass_flow[plates] / rho / L_MIN


def column(name: str, key: str) -> NDArray[np.float64]:
    return np.array([row[key] for row in CASES[name]["rows"]])


@pytest.mark.parametrize("name", CASES)
def test_flows_match_an_independent_solver_with_the_same_friction_law(name: str) -> None:
    # that solver has another variant of Dunlop's cubic than EPANET and we: 0.5 % in f, 3e-5 in flow
    flows = branch_flows(CASES[name]["case"], PIPE_EPANET)
    np.testing.assert_allclose(flows, column(name, "q_own_Lmin"), rtol=4e-5)
    assert flows.sum() == pytest.approx(CASES[name]["total_flow_Lmin"], rel=4e-5)


@pytest.mark.parametrize("name", CASES)
def test_flows_match_epanet(name: str) -> None:
    # EPANET had the plate as a curve of straight pieces, hence not closer
    flows = branch_flows(CASES[name]["case"], PIPE_EPANET)
    np.testing.assert_allclose(flows, column(name, "q_epanet_Lmin"), rtol=1.1e-4)


@pytest.mark.parametrize("name", CASES)
def test_flows_with_our_friction_law_differ_by_less_than_0_2_per_cent(name: str) -> None:
    flows = branch_flows(CASES[name]["case"], PIPE)
    np.testing.assert_allclose(flows, column(name, "q_own_Lmin"), rtol=2e-3)
    # that program jumps from 64/Re to Colebrook at Re 2300, where ours is still on its way
    np.testing.assert_allclose(flows, column(name, "q_colebrook_lam2300_Lmin"), rtol=2.5e-3)


@pytest.mark.parametrize("name", CASES)
def test_a_loss_coefficient_off_by_one_per_cent_is_seen(name: str) -> None:
    flows = branch_flows(CASES[name]["case"], PIPE_EPANET, hose_loss=1.01)
    assert not np.allclose(flows, column(name, "q_own_Lmin"), rtol=1e-4)
