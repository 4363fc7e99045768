"""Developed flow between plates and in rectangular ducts, against closed forms (Shah & London 1978)."""

from __future__ import annotations

import itertools
import math
from functools import cache

import numpy as np
import pytest
from scipy.interpolate import RectBivariateSpline

from tests.verification.flow_cases import Floats, assert_mass_is_conserved, clustered, sabotage, table
from thermal.fv import FlowProblem, Grid
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_steady import solve_flow

MU, DROP, LENGTH = 0.1, 0.6, 0.5  # [Pa s], [Pa], [m]
EXACT = 1e-6
DUCTS = {float(row["alpha"]): float(row["fRe"]) for row in table("duct_fully_developed.csv")}
POINTS = [{k: float(v) for k, v in row.items()} for row in table("duct_velocity_points.csv")]
ALPHAS = [alpha for alpha in DUCTS if alpha > 0.0]
SHAPES = sorted({row["alpha"] for row in POINTS})
ACROSS, ALONG = 40, {1.0: 40, 0.5: 48, 0.25: 64, 0.125: 80, 0.1: 80, 0.05: 112}  # cells, the long side clustered
STATED = 0.003  # at that resolution
POINTWISE = 1.5e-4  # of velocities over their mean, extrapolated from that grid and one of half as many cells
TABLE = {  # errors of fRe with 4, 8, 16, 32 even cells across: expected of cells with half-width wall distance
    0.0: (-0.111, -0.030, -0.0078, -0.0020),
    1.0: (-0.182, -0.056, -0.0147, -0.0037),
    0.1: (-0.127, -0.037, -0.0097, -0.0025),
}
ROUNDING = {4: 6e-4, 8: 6e-4, 16: 6e-5, 32: 6e-5}  # of that table


def plates(cells: int, along: int = 1, lid: float = 0.0, drop: float = DROP) -> FlowField:
    """Between plates 1 m apart, periodic, the upper one moving."""
    grid = Grid.uniform((LENGTH, 1.0, 1.0), (along, cells, 1))
    problem = FlowProblem(grid, density=2.0, viscosity=MU, least_cells=1)
    problem.periodic("x", pressure_drop=drop)
    problem.wall("y_max", velocity=(lid, 0.0, 0.0))
    return solve_flow(problem, tolerance=1e-9)


def parabola(y: Floats) -> Floats:
    """Velocity under that drop [m/s]."""
    return DROP / LENGTH / (2.0 * MU) * y * (1.0 - y)


def duct(y: Floats, z: Floats) -> FlowField:
    """Through a duct of given faces, periodic, one cell long."""
    problem = FlowProblem(Grid.from_faces([0.0, y[-1]], y, z), density=1.0, viscosity=1.0, least_cells=1)
    problem.periodic("x", pressure_drop=float(y[-1]))  # 1 Pa/m
    return solve_flow(problem)


def friction(flow: FlowField) -> float:
    """Fanning factor times Reynolds number: 2 (dp/dx) Dh² / (4 μ U) with 1 Pa/m and 1 Pa s."""
    height, width = (float(np.ptp(row)) for row in flow.grid.faces[1:])
    mean = flow.flow_through("x", 0.0) / (height * width)
    hydraulic = 2.0 * height * width / (height + width)
    return hydraulic**2 / (2.0 * mean)


@cache
def stated(alpha: float, coarser: int = 1) -> FlowField:
    """On the grid of the stated resolution or one so many times coarser, 1 m across."""
    y = np.linspace(0.0, 1.0, ACROSS // coarser + 1)
    return duct(y, clustered(ALONG[alpha] // coarser, 0.8 if alpha < 1.0 else 0.0, 1.0 / alpha))


def even(alpha: float, cells: int) -> FlowField:
    """On even cells: `cells` across and so many along the long side as the table has."""
    if alpha == 0.0:
        return plates(cells)
    wide = cells if alpha == 1.0 else 4 * cells
    return duct(np.linspace(0.0, 1.0, cells + 1), np.linspace(0.0, 1.0 / alpha, wide + 1))


def error(alpha: float, cells: int) -> float:
    """Relative, of fRe on even cells."""
    flow = even(alpha, cells)
    if alpha == 0.0:
        return float(parabola(np.array(0.5))) * 2.0 / 3.0 / float(flow.u.mean()) - 1.0
    return friction(flow) / DUCTS[alpha] - 1.0


@pytest.mark.parametrize(("cells", "along"), [(6, 1), (6, 4), (11, 1), (16, 4)])
def test_between_plates_the_profile_is_exact_but_for_a_known_constant(cells: int, along: int) -> None:
    """Central differences hold a parabola; half cells at the walls raise it by G Δy²/8μ."""
    flow = plates(cells, along)
    exact = parabola(flow.grid.centres.y) + DROP / LENGTH / (8.0 * MU * cells**2)
    assert np.abs(flow.u[0] - exact[:, None]).max() < EXACT * exact.max()
    assert_mass_is_conserved(flow)
    assert flow.pressure_drop == pytest.approx(DROP)


def test_a_viscosity_one_per_cent_off_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(monkeypatch, links=1.01, walls=1.01)
    flow = plates(16)
    exact = parabola(flow.grid.centres.y) + DROP / LENGTH / (8.0 * MU * 16**2)
    assert np.abs(flow.u[0] - exact[:, None]).max() > 1e3 * EXACT * exact.max()


@pytest.mark.parametrize("drop", [0.0, DROP])
def test_a_moving_wall_adds_a_straight_line(drop: float) -> None:
    flow = plates(8, 2, lid=3.0, drop=drop)
    y = flow.grid.centres.y
    exact = 3.0 * y + (parabola(y) + DROP / LENGTH / (8.0 * MU * 64)) * (drop > 0.0)
    assert np.abs(flow.u[0] - exact[:, None]).max() < EXACT * 3.0
    assert float(flow.wall_shear("y_min")[0].mean()) == pytest.approx(3.0 * MU + 0.5 * drop / LENGTH, rel=1e-6)


def through(cells: int) -> FlowField:
    """From an inlet with the developed profile to an outlet."""
    grid = Grid.uniform((LENGTH, 1.0, 1.0), (5, cells, 1))
    problem = FlowProblem(grid, density=2.0, viscosity=MU, least_cells=1)
    speed = parabola(grid.centres.y) + DROP / LENGTH / (8.0 * MU * cells**2)
    problem.inlet("x_min", velocity=speed[None, :])
    problem.outlet("x_max", pressure=7.0)
    return solve_flow(problem, tolerance=1e-10)


def test_from_inlet_to_outlet_it_is_the_same_flow() -> None:
    flow = through(10)
    assert np.abs(flow.u[0] - flow.u[0, :, :1]).max() < EXACT * flow.u.max()
    assert np.abs(flow.v).max() < EXACT * flow.u.max()
    assert np.abs(flow.p[0] - 7.0 - DROP * (1.0 - flow.grid.centres.x / LENGTH)).max() < 1e-5 * DROP
    assert flow.pressure_drop == pytest.approx(DROP, rel=1e-5)
    assert_mass_is_conserved(flow)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_friction_in_ducts(alpha: float) -> None:
    flow = stated(alpha)
    assert friction(flow) == pytest.approx(DUCTS[alpha], rel=STATED)
    assert_mass_is_conserved(flow)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_friction_one_per_cent_off_is_seen(alpha: float, monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(monkeypatch, links=1.01, walls=1.01)
    assert friction(stated.__wrapped__(alpha)) != pytest.approx(DUCTS[alpha], rel=STATED)


def velocities(flow: FlowField, alpha: float) -> Floats:
    """Over their mean, at the places of the table."""
    y, z = flow.grid.centres[1:]
    height, width = (float(np.ptp(row)) for row in flow.grid.faces[1:])
    mean = flow.flow_through("x", 0.0) / (height * width)
    spline = RectBivariateSpline(z, y, flow.u[..., 0] / mean)
    points = [row for row in POINTS if row["alpha"] == alpha]
    return np.array([float(spline(row["x_over_a"] * width, row["y_over_b"] * height)[0, 0]) for row in points])


def off(flows: list[FlowField], alpha: float) -> float:
    """Largest difference of velocities over their mean from the series, extrapolated from a fine and a coarse grid."""
    fine, coarse = (velocities(flow, alpha) for flow in flows)
    exact = np.array([row["u_over_umean"] for row in POINTS if row["alpha"] == alpha])
    return float(np.abs(fine + (fine - coarse) / 3.0 - exact).max())


@pytest.mark.parametrize("alpha", SHAPES)
def test_velocities_in_ducts(alpha: float) -> None:
    assert off([stated(alpha, coarser) for coarser in (1, 2)], alpha) < POINTWISE


@pytest.mark.parametrize("alpha", SHAPES)
@pytest.mark.parametrize("part", ["walls", "links"])
def test_walls_or_viscosity_one_per_cent_off_are_seen_in_velocities(
    part: str, alpha: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each by itself: both together change the mean alone, which these velocities are divided by."""
    sabotage(monkeypatch, **{part: 1.01})
    assert off([stated.__wrapped__(alpha, coarser) for coarser in (1, 2)], alpha) > 1.5 * POINTWISE


@pytest.mark.parametrize("alpha", TABLE)
def test_errors_on_even_grids_are_those_expected(alpha: float) -> None:
    """Order 2 included: the last two errors are as 4 to 1."""
    errors = {n: error(alpha, n) for n in ROUNDING}
    for n, expected in zip(ROUNDING, TABLE[alpha], strict=True):
        assert errors[n] == pytest.approx(expected, abs=ROUNDING[n]), n
    orders = [math.log2(a / b) for a, b in itertools.pairwise(errors.values())]
    assert 1.9 < orders[-1] < 2.1


def test_walls_one_per_cent_too_near_are_seen_in_that_table(monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(monkeypatch, walls=1.01)
    assert error(0.0, 4) != pytest.approx(TABLE[0.0][0], abs=ROUNDING[4])
    assert error(1.0, 16) != pytest.approx(TABLE[1.0][2], abs=ROUNDING[16])
