"""Cavity under a moving lid: Reynolds numbers of 100 and 1000 against converged solutions (Botella & Peyret 1998)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from scipy.interpolate import CubicSpline, RectBivariateSpline

from tests.verification.flow_cases import Floats, assert_mass_is_conserved, clustered, sabotage, table
from thermal.fv import FlowProblem, Grid
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_steady import solve_flow

ROWS = [{k: v if k == "component" else float(v) for k, v in row.items()} for row in table("lid_cavity.csv")]
WITHIN = 4e-4  # of the lid's speed, extrapolated
GRIDS = 48, 96  # cells along each side, clustered at walls
COARSE = {  # relative error of the least u with 64 cells, of second order: known from 32, 64 and 128 cells
    (100, "central"): -0.0046,
    (100, "bounded"): -0.0022,
    (1000, "central"): -0.0215,
    (1000, "bounded"): -0.0251,
}
ROUNDING = 3e-4  # of those; a viscosity 1 % off moves them by 1.1e-3 at least


class Extrema(NamedTuple):
    """Of velocities on the centre lines, and the stream function in the middle of the vortex."""

    u_min: float
    v_max: float
    v_min: float
    psi_min: float


REFERENCE = {  # converged: Richardson, at 1000 as Botella & Peyret to 3e-6
    100: Extrema(-0.214043, 0.179573, -0.253803, -0.103521),
    1000: Extrema(-0.3885698, 0.3769447, -0.5270771, -0.1189366),
}


@cache
def cavity(cells: int, reynolds: float, scheme: str = "central") -> FlowField:
    """Unit square, lid at 1 m/s."""
    faces = clustered(cells, 0.6)
    grid = Grid.from_faces(faces, faces, [0.0, 1.0])
    problem = FlowProblem(grid, density=1.0, viscosity=1.0 / reynolds, scheme=scheme)  # type: ignore[arg-type]
    problem.wall("y_max", velocity=(1.0, 0.0, 0.0))
    return solve_flow(problem)


def lowest(flow: FlowField) -> float:
    """Least value of the stream function, by a spline."""
    x, y, _ = flow.grid.faces
    spline = RectBivariateSpline(y, x, flow.stream_function)
    fine = np.linspace(0.4, 0.8, 201)
    return float(spline(fine, fine).min())


def extrema(flow: FlowField) -> Extrema:
    v_min, v_max = flow.profile_extrema("v", "x")
    return Extrema(flow.profile_extrema("u", "y")[0].value, v_max.value, v_min.value, lowest(flow))


def extrapolated(coarse: Floats, fine: Floats) -> Floats:
    """Limit of a second-order sequence from two grids, the finer with half the width."""
    return np.asarray((4.0 * np.asarray(fine) - np.asarray(coarse)) / 3.0)


def lines(flow: FlowField, rows: list[dict]) -> Floats:
    """Velocities on the centre lines at the places of the table."""
    splines = {}
    for name, axis in (("u", "y"), ("v", "x")):
        line = flow.profile(name, axis)  # type: ignore[arg-type]
        splines[name] = CubicSpline(line.position, line.value)
    return np.array([float(splines[row["component"]](row["coordinate"])) for row in rows])


def off_lines(reynolds: int, solve: Callable[..., FlowField] = cavity) -> float:
    """Largest difference of velocities on the centre lines, extrapolated."""
    rows = [row for row in ROWS if row["Re"] == reynolds]
    found = extrapolated(*(lines(solve(n, reynolds), rows) for n in GRIDS))
    return float(np.abs(found - np.array([row["own"] for row in rows])).max())


def off_extrema(reynolds: int, solve: Callable[..., FlowField] = cavity) -> float:
    """Largest difference of the extrema, extrapolated."""
    found = extrapolated(*(np.array(extrema(solve(n, reynolds))) for n in GRIDS))
    return float(np.abs(found - np.array(REFERENCE[reynolds])).max())


def off_coarse(reynolds: int, scheme: str, solve: Callable[..., FlowField] = cavity) -> float:
    """Relative error of the least u with 64 cells."""
    return extrema(solve(64, reynolds, scheme)).u_min / REFERENCE[reynolds].u_min - 1.0


@pytest.mark.parametrize("reynolds", REFERENCE)
def test_lines_through_the_middle(reynolds: int) -> None:
    assert off_lines(reynolds) < WITHIN


@pytest.mark.parametrize("reynolds", REFERENCE)
def test_extrema(reynolds: int) -> None:
    assert off_extrema(reynolds) < WITHIN
    for n in GRIDS:
        assert_mass_is_conserved(cavity(n, reynolds))


@pytest.mark.parametrize("reynolds", REFERENCE)
def test_a_viscosity_one_per_cent_off_is_seen(reynolds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(monkeypatch, links=1.01, walls=1.01, pull=1.01)
    wrong = cache(cavity.__wrapped__)
    assert off_lines(reynolds, wrong) > WITHIN
    assert off_extrema(reynolds, wrong) > WITHIN


@pytest.mark.parametrize(("reynolds", "scheme"), COARSE)
def test_what_64_cells_are_worth(reynolds: int, scheme: str) -> None:
    """0.5 % and 2.5 % are usual for second order on a wall-clustered grid."""
    assert off_coarse(reynolds, scheme) == pytest.approx(COARSE[reynolds, scheme], abs=ROUNDING)


@pytest.mark.parametrize("factor", [0.99, 1.01])
@pytest.mark.parametrize(("reynolds", "scheme"), COARSE)
def test_a_viscosity_one_per_cent_off_is_seen_on_64_cells(
    reynolds: int, scheme: str, factor: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    sabotage(monkeypatch, links=factor, walls=factor, pull=factor)
    found = off_coarse(reynolds, scheme, cavity.__wrapped__)
    assert found != pytest.approx(COARSE[reynolds, scheme], abs=ROUNDING)


def test_upwind_is_far_off() -> None:
    assert off_coarse(1000, "upwind") < 3.0 * COARSE[1000, "bounded"]
