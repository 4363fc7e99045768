"""Developed heat in ducts of all aspect ratios, carried by a flow solved on the same grid (Shah & London 1978)."""

from __future__ import annotations

import numpy as np
import pytest

from tests.verification.flow_cases import table
from tests.verification.test_flow_ducts import ALPHAS, STATED, stated
from thermal.fv import ConductionProblem, Grid, Side, solve

ROWS = {float(row["alpha"]): row for row in table("duct_fully_developed.csv")}
ROW = 5  # of 8 along the duct: nothing develops any more
NOTHING = 1e-9  # conductivity along the flow, where heat is carried alone, over that across
WALLS: dict[str, list[Side]] = {"Nu_H1_4": ["y_min", "y_max", "z_min", "z_max"],
                                "Nu_H1_3": ["y_min", "y_max", "z_max"]}  # fmt: skip


def nusselt(alpha: float, walls: list[Side], conductivity: float = 1.0) -> float:
    """On the heated perimeter with Dh of the whole one, walls warming evenly along the flow; z is the long side."""
    flow = stated(alpha)
    y, z = flow.grid.faces[1:]
    area, hydraulic = float(y[-1] * z[-1]), 2.0 * float(y[-1] * z[-1] / (y[-1] + z[-1]))
    mean = flow.flow_through("x", 0.0) / area  # density 1
    length = 30.0 * mean * hydraulic**2  # x* of 30 with conductivity 1
    grid = Grid.from_faces([n * length / 8.0 for n in range(9)], y, z)
    problem = ConductionProblem(grid, conductivity=(NOTHING, conductivity, conductivity))
    rise = grid.centres.x / length
    for wall in walls:
        problem.fix_temperature(wall, np.broadcast_to(300.0 + rise, grid.areas("xyz".index(wall[0])).shape))
    problem.carry(flow.u[:, :, :1].repeat(9, axis=2), heat_capacity=1.0, inlet_temperature=300.0)
    field = solve(problem, 1e-12)
    x = float(grid.centres.x[ROW])
    heat = sum(float(field.side_heat(wall)[:, ROW].sum()) for wall in walls)
    perimeter = sum(float(z[-1] if wall[0] == "y" else y[-1]) for wall in walls)
    cold = 300.0 + x / length - field.bulk("x", x)
    return heat / (perimeter * float(grid.widths.x[ROW])) * hydraulic / cold


@pytest.mark.parametrize("column", WALLS)
@pytest.mark.parametrize("alpha", ALPHAS)
def test_nusselt_numbers_of_ducts(alpha: float, column: str) -> None:
    exact = float(ROWS[alpha][column])
    assert nusselt(alpha, WALLS[column]) == pytest.approx(exact, rel=STATED)


def test_a_conductivity_one_per_cent_off_is_seen() -> None:
    exact = float(ROWS[0.25]["Nu_H1_4"])
    assert nusselt(0.25, WALLS["Nu_H1_4"], conductivity=1.01) != pytest.approx(exact, rel=STATED)
