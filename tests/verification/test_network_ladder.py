"""Linear ladder manifold against its closed form."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.hydraulics.network import NetworkBuilder
from thermal.hydraulics.solve import HydraulicSolver

DATA = Path(__file__).parents[1] / "data" / "manifold_ladder.csv"
BRANCHES, HEADER, BRANCH, PRESSURE = 10, 2.0e6, 1.0e8, 2.0e4  # [-], [Pa s/m3], [Pa s/m3], [Pa]
L_MIN = 1e-3 / 60.0
RHO = 998.0
TABLE = np.loadtxt(DATA, delimiter=",", skiprows=4)


def ladder_flows(header: float = HEADER, *, reverse: bool = False) -> NDArray[np.float64]:
    """Flow of each branch [m3/s]; both ports at branch 1, or (reverse return) the outlet at the last branch."""
    b = NetworkBuilder()
    supply = [b.node(f"s{k}") for k in range(BRANCHES + 1)]
    back = [b.node(f"r{k}") for k in range(BRANCHES + 1)]
    branches = []
    for k in range(1, BRANCHES + 1):
        b.resistance(f"supply{k}", supply[k - 1], supply[k], linear=header)
        if reverse:  # r0 is the port beyond the last branch
            b.resistance(f"return{k}", back[k], back[k % BRANCHES + 1 if k < BRANCHES else 0], linear=header)
        else:
            b.resistance(f"return{k}", back[k], back[k - 1], linear=header)
        branches.append(b.resistance(f"branch{k}", supply[k], back[k], linear=BRANCH))
    solver = HydraulicSolver(b.build(), [supply[0], back[0]])
    return solver.solve(np.array([PRESSURE, 0.0]), density=RHO, viscosity=1e-3).mass_flow[branches] / RHO


def closed_form(header: float = HEADER) -> NDArray[np.float64]:
    mu = math.acosh(1.0 + header / BRANCH)
    k = np.arange(1, BRANCHES + 1)
    return PRESSURE / BRANCH * np.cosh((BRANCHES - k + 0.5) * mu) / math.cosh((BRANCHES + 0.5) * mu)


def test_ports_at_the_same_end_match_the_closed_form() -> None:
    np.testing.assert_allclose(ladder_flows(), closed_form(), rtol=1e-12)
    np.testing.assert_allclose(ladder_flows() / L_MIN, TABLE[:, 1], rtol=1e-8)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(ladder_flows(1.01 * HEADER), closed_form(), rtol=1e-3)


def test_ports_at_opposite_ends_match_the_direct_solution() -> None:
    flows = ladder_flows(reverse=True)
    np.testing.assert_allclose(flows / L_MIN, TABLE[:, 2], rtol=1e-8)
    np.testing.assert_allclose(flows, flows[::-1], rtol=1e-12)
    assert not np.allclose(ladder_flows(1.01 * HEADER, reverse=True) / L_MIN, TABLE[:, 2], rtol=1e-4)
