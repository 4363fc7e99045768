"""EPANET's example Net1 and the two-loop network of Alperovits and Shamir."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.hydraulics.branches import PIPE, PIPE_EPANET
from thermal.hydraulics.network import NetworkBuilder
from thermal.hydraulics.solve import HydraulicSolver

FILE = json.loads((Path(__file__).parents[1] / "data" / "epanet_networks.json").read_text(encoding="utf-8"))
FOOT = 0.3048
GRAVITY = 32.2 * FOOT  # EPANET's own
RHO, NU = 1000.0, 1.022e-6
HAZEN_WILLIAMS = 4.727 * FOOT**4.871 / FOOT ** (3 * 1.852)  # EPANET computes in feet: 10.67 in SI


class Answer(NamedTuple):
    """Flows [m3/s] of the links and heads [m] of the nodes, ours and EPANET's."""

    flow: NDArray[np.float64]
    expected_flow: NDArray[np.float64]
    head: NDArray[np.float64]
    expected_head: NDArray[np.float64]


def answer(name: str, law: int = PIPE_EPANET, constant: float = HAZEN_WILLIAMS) -> Answer:
    net = FILE[name]
    b = NetworkBuilder()
    node = {n["id"]: b.node(n["id"]) for n in net["nodes"]}
    for link in net["links"]:
        _add(b, net["headloss"], link, node, law, constant)
    given = [node[n["id"]] for n in net["nodes"] if n["head_fixed"] is not None]
    pressure = RHO * GRAVITY * np.array([n["head_fixed"] for n in net["nodes"] if n["head_fixed"] is not None])
    put_in = -RHO * np.array([n["demand_m3s"] or 0.0 for n in net["nodes"]])
    put_in[given] = 0.0
    solver = HydraulicSolver(b.build(), given)
    flow = solver.solve(pressure, density=RHO, viscosity=RHO * NU, injection=put_in)
    assert flow.iterations < 20
    return Answer(
        flow.mass_flow / RHO,
        np.array([link["flow_m3s"] for link in net["links"]]),
        flow.pressure / RHO / GRAVITY,
        np.array([n["head_m"] for n in net["nodes"]]),
    )


def _add(b: NetworkBuilder, headloss: str, link: dict[str, Any], node: dict[str, int], law: int, c: float) -> None:
    ends = link["id"], node[link["a"]], node[link["b"]]
    if link["type"] == "Pump":
        a, k, exponent = link["coef"]
        assert exponent == 2.0
        weight = RHO * GRAVITY
        b.pump(*ends, head=(weight * a, 0.0, -weight * k), limit=(a / k) ** 0.5)
    elif headloss == "D-W":
        b.pipe(*ends, length=link["L"], diameter=link["D"], roughness=link["C_or_eps"], loss=link["K"], law=law)
    else:
        factor = RHO * GRAVITY * c * link["L"] / link["C_or_eps"] ** 1.852 / link["D"] ** 4.871
        b.power(*ends, factor=factor, exponent=1.852)


@pytest.mark.parametrize("name", ["Net1", "Net1_DW", "TwoLoop"])
def test_flows_and_heads_match_epanet(name: str) -> None:
    found = answer(name)
    np.testing.assert_allclose(found.flow, found.expected_flow, rtol=1e-5)
    np.testing.assert_allclose(found.head, found.expected_head, atol=5e-4)


@pytest.mark.parametrize("name", ["Net1", "TwoLoop"])
def test_a_loss_off_by_one_per_cent_is_seen(name: str) -> None:
    found = answer(name, constant=1.01 * HAZEN_WILLIAMS)
    assert not np.allclose(found.head, found.expected_head, atol=5e-4)


def test_colebrook_instead_of_swamee_and_jain_changes_little() -> None:
    found = answer("Net1_DW", law=PIPE)
    np.testing.assert_allclose(found.flow, found.expected_flow, rtol=1e-2)
    assert not np.allclose(found.flow, found.expected_flow, rtol=1e-4)


def test_the_ill_conditioned_pipe_carries_its_trickle() -> None:
    found = answer("TwoLoop")
    assert found.flow[-1] == pytest.approx(-1.553e-4, rel=1e-3)
