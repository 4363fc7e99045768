"""Brinkman–Forchheimer flow between plates filled with a porous medium."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.verification.flow_cases import assert_mass_is_conserved, clustered, sabotage, table
from thermal.fv import Box, FlowProblem, Grid
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_steady import solve_flow

ROWS = [{k: float(v) for k, v in row.items()} for row in table("porous_channel.csv")]
MU, RHO, GRADIENT = 2.0, 3.0, 5.0  # [Pa s], [kg/m3], [Pa/m]
WITHIN = 3e-4  # on 96 cells between the plates, clustered
CELLS = 96


def channel(Da: float, F: float) -> FlowField:
    """Half gap of 1 m: U'' − U/Da − F U|U| + 1 = 0 with U in units of G/μ, whose F is ρ C G/μ²."""
    grid = Grid.from_faces([0.0, 1.0], clustered(CELLS, 1.0, 2.0), [0.0, 1.0])
    problem = FlowProblem(grid, density=RHO, viscosity=MU)
    problem.add_porous(Box(), permeability=Da, forchheimer=F * MU**2 / (RHO * GRADIENT))
    problem.periodic("x", pressure_drop=GRADIENT)
    return solve_flow(problem)


def differences(flow: FlowField, row: dict[str, float]) -> tuple[float, float, float]:
    """Relative, of mean velocity and centre over mean; of the wall shear, over what drives the flow (1)."""
    unit = GRADIENT / MU
    mean = flow.flow_through("x", 0.0) / RHO / 2.0
    centre = float(flow.sample("u", (0.5, 1.0, 0.5)))
    shear = float(flow.wall_shear("y_min")[0].mean()) / GRADIENT
    return (
        mean / unit / row["U_mean"] - 1.0,
        centre / mean / row["U_centre_over_U_mean"] - 1.0,
        shear - row["tau_wall"],
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"Da={row['Da']:g},F={row['F']:g}")
def test_porous_channel(row: dict[str, float]) -> None:
    flow = channel(row["Da"], row["F"])
    assert np.abs(differences(flow, row)).max() < WITHIN
    assert_mass_is_conserved(flow)


@pytest.mark.parametrize("part", ["linear", "quadratic"])
def test_a_resistance_one_per_cent_off_is_seen(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(monkeypatch, **{part: 1.01})
    row = ROWS[3] if part == "linear" else ROWS[-1]
    assert math.fabs(differences(channel(row["Da"], row["F"]), row)[0]) > WITHIN
