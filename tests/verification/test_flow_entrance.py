"""Flow that develops between plates, against the boundary-layer solution (high Reynolds number)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from tests.verification.flow_cases import assert_mass_is_conserved, clustered, sabotage, table
from thermal.fv import FlowProblem, Grid
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_steady import solve_flow

ROWS = [{k: float(v) for k, v in row.items()} for row in table("entry_plates_fapp.csv")]
REYNOLDS = 20_000.0  # laminar all the same; on Dh = 2 gaps: the gap is 1 m, the velocity 1 m/s, the density 1 kg/m3
HALF, ALONG = 32, 96  # cells across half the gap, along
X_PLUS = 0.1  # length in units of Dh Re
# from x+ on: of apparent friction, of the velocity in the middle; at lower Reynolds numbers the start, which the
# boundary-layer equations know nothing of, costs more pressure (at 2000, 9 % of what was lost until x+ = 0.001)
WITHIN = {0.001: (0.013, 0.012), 0.01: (0.01, 0.001), 0.05: (0.004, 0.001)}
# extrapolated from two grids, beyond the start: of the pressure lost between two places, and of the velocity there
BEYOND = 0.01, 0.05
LOST, MIDDLE = 0.001, 2e-4


@cache
def entrance(finer: int = 1) -> FlowField:
    """Half of the gap, symmetry in its middle; uniform inlet."""
    s = np.linspace(0.0, 1.0, ALONG * finer + 1)
    x = 2.0 * REYNOLDS * X_PLUS * np.expm1(9.0 * s) / np.expm1(9.0)
    y = 2.0 * clustered(2 * HALF * finer, 0.9, 0.5)[: HALF * finer + 1]
    grid = Grid.from_faces(x, y, [0.0, 1.0])
    problem = FlowProblem(grid, density=1.0, viscosity=2.0 / REYNOLDS, scheme="linear_upwind")
    problem.symmetry("y_max")
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max")
    return solve_flow(problem)


def apparent(flow: FlowField, x_plus: float) -> float:
    """Apparent friction times Re: the fall of mean pressure from the inlet plane, f = Δp Dh / (2 ρ U² x)."""
    x = 2.0 * REYNOLDS * x_plus
    dy = flow.grid.widths.y
    mean = (flow.p[0] * dy[:, None]).sum(axis=0) / dy.sum()
    start = float((flow.side_pressure("x_min")[0] * dy).sum() / dy.sum())
    return float(start - np.interp(x, flow.grid.centres.x, mean)) * 2.0 / (2.0 * x) * REYNOLDS


def differences(flow: FlowField, x_plus: float) -> tuple[float, float]:
    """Relative, of apparent friction and of the velocity in the middle."""
    row = next(row for row in ROWS if row["x_plus"] == x_plus)
    middle = float(flow.sample("u", (2.0 * REYNOLDS * x_plus, 0.5, 0.5)))
    return apparent(flow, x_plus) / row["fapp_Re"] - 1.0, middle / row["umax_over_umean"] - 1.0


@pytest.mark.parametrize("x_plus", WITHIN)
def test_developing_flow(x_plus: float) -> None:
    flow = entrance()
    for found, within in zip(differences(flow, x_plus), WITHIN[x_plus], strict=True):
        assert abs(found) < within
    assert_mass_is_conserved(flow)


def beyond_the_start(flows: Sequence[FlowField]) -> tuple[float, float]:
    """Relative, of pressure lost between two places and of the velocity in the middle at the first, extrapolated."""
    first, last = ({row["x_plus"]: row for row in ROWS}[x_plus] for x_plus in BEYOND)
    wanted = last["fapp_Re"] * last["x_plus"] - first["fapp_Re"] * first["x_plus"]
    read = []
    for flow in flows:
        lost = [apparent(flow, x_plus) * x_plus for x_plus in BEYOND]
        read.append(((lost[1] - lost[0]) / wanted - 1.0, differences(flow, BEYOND[0])[1]))
    coarse, fine = np.array(read)
    pressure, middle = fine + (fine - coarse) / 3.0
    return float(pressure), float(middle)


def test_beyond_the_start() -> None:
    """What the corner of the inlet costs stays the same further on."""
    pressure, middle = beyond_the_start([entrance(finer) for finer in (1, 2)])
    assert abs(pressure) < LOST
    assert abs(middle) < MIDDLE


@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_a_viscosity_one_per_cent_off_is_seen_beyond_the_start(factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(monkeypatch, links=factor, walls=factor)
    pressure, middle = beyond_the_start([entrance.__wrapped__(finer) for finer in (1, 2)])
    assert abs(pressure) > 5.0 * LOST
    assert abs(middle) > MIDDLE


@pytest.mark.parametrize("x_plus", WITHIN)
def test_a_viscosity_one_per_cent_off_is_seen(x_plus: float, monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(monkeypatch, links=1.01, walls=1.01)
    assert abs(differences(entrance.__wrapped__(), x_plus)[0]) > WITHIN[x_plus][0]


@pytest.mark.parametrize("x_plus", [0.001, 0.01])
def test_a_viscosity_five_per_cent_off_is_seen_in_the_middle(x_plus: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """On one grid; where the flow is developed the velocity there knows nothing of viscosity."""
    sabotage(monkeypatch, links=0.95, walls=0.95)
    assert abs(differences(entrance.__wrapped__(), x_plus)[1]) > WITHIN[x_plus][1]
