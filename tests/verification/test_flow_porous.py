"""Brinkman–Forchheimer flow between plates filled with a porous medium, and slabs and blocks of it in open channels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.verification.flow_cases import HeatedDuct, assert_mass_is_conserved, clustered, sabotage, table
from tests.verification.test_flow_duct_heat import LAWS
from thermal.errors import ConvergenceError
from thermal.fv import Box, FlowProblem, Grid, flow_precondition
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_steady import solve_flow

ROWS = [{k: float(v) for k, v in row.items()} for row in table("porous_channel.csv")]
MU, RHO, GRADIENT = 2.0, 3.0, 5.0  # [Pa s], [kg/m3], [Pa/m]
WITHIN = 3e-4  # on 96 cells between the plates, clustered
CELLS = 96
HEAT_WITHIN = 2e-4  # of Nusselt numbers


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


def plates(flow: FlowField, conductivity: float = 1.0) -> HeatedDuct:
    """Both plates heat what flows between them."""
    faces, u = np.asarray(flow.grid.faces.y), flow.u[:, :, 0]
    return HeatedDuct(faces, np.array([0.0, 1.0]), u, ("y_min", "y_max"), ("y_min", "y_max"), conductivity)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"Da={row['Da']:g},F={row['F']:g}")
def test_heat_in_a_porous_channel(row: dict[str, float], law: str) -> None:
    """Nu with even heat along the flow (H1) and with one wall temperature (T), one temperature of metal and coolant."""
    flow, exact = channel(row["Da"], row["F"]), row[f"Nu_{law}"]
    assert LAWS[law](plates(flow)) == pytest.approx(exact, rel=HEAT_WITHIN)
    assert LAWS[law](plates(flow, 1.01)) != pytest.approx(exact, rel=HEAT_WITHIN)


def slab(permeability: float | tuple[float, float, float], cells: tuple[int, int] = (50, 40)) -> FlowProblem:
    """Plug flow through a porous slab between open spaces, its sides without friction."""
    problem = FlowProblem(Grid.uniform((0.05, 0.04, 0.002), (*cells, 1)), density=1010.0, viscosity=1e-3)
    problem.symmetry("y_min")
    problem.symmetry("y_max")
    problem.inlet("x_min", velocity=0.002)
    problem.outlet("x_max")
    problem.add_porous(Box(x=(0.005, 0.045)), permeability=permeability)
    return problem


@pytest.mark.parametrize("cells", [(50, 40), (100, 20)])
@pytest.mark.parametrize("permeability", [1e-7, 1e-9, 1e-11, (1e-9, 1e-13, 1e-9)])
def test_a_porous_slab_between_open_spaces(
    permeability: float | tuple[float, float, float], cells: tuple[int, int]
) -> None:
    """Darcy's law, whatever the slab's permeability is, and with no more iterations."""
    flow = solve_flow(slab(permeability, cells), tolerance=1e-10)
    along = permeability if isinstance(permeability, float) else permeability[0]
    assert flow.pressure_drop == pytest.approx(0.002 * 1e-3 * 0.04 / along, rel=1e-6)
    assert np.abs(flow.u - 0.002).max() < 1e-6 * 0.002
    assert flow.iterations <= 50  # to a hundredth of the usual tolerance
    assert_mass_is_conserved(flow)


def test_coarse_cells_that_join_slab_and_open_space_do_not_get_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_precondition, "JUMP", np.inf)
    with pytest.raises(ConvergenceError, match=r"no steady flow as fast|rounding"):
        solve_flow(slab(1e-9))


@pytest.mark.parametrize("permeability", [1e-8, 1e-10])
def test_a_porous_block_in_a_channel_is_flowed_around(permeability: float) -> None:
    """Not aligned with any coarse cell; what goes through it is the share that its permeability lets through."""
    problem = FlowProblem(Grid.uniform((0.05, 0.04, 0.002), (50, 40, 1)), density=1010.0, viscosity=1e-3)
    problem.inlet("x_min", velocity=0.002)
    problem.outlet("x_max")
    box = Box(x=(0.013, 0.031), y=(0.007, 0.022))
    problem.add_porous(box, permeability=permeability)
    flow = solve_flow(problem)
    assert flow.iterations <= 30
    assert_mass_is_conserved(flow)
    inside = flow.u[0, 8:21, 18:27]
    drop = (flow.p[0, 8:21, 17] - flow.p[0, 8:21, 26]).mean() / 0.009
    assert inside.mean() == pytest.approx(permeability * drop / 1e-3, rel=0.02)  # Darcy's law within it
