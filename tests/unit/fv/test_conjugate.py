"""A flow that carries heat: what is refused, accounts that close, mirrors and turns, mixed temperatures."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.errors import ConvergenceError, InputError
from thermal.fv import Box, ConductionProblem, Field, Grid, solve
from thermal.fv.conjugate import CarryScheme

Floats = NDArray[np.float64]
SCHEMES: tuple[CarryScheme, ...] = ("upwind", "linear_upwind", "bounded")
RHO_CP = 4.15e6


def rows(*counts: int) -> list[Floats]:
    """Uneven faces [m]."""
    rng = np.random.default_rng(7)
    return [np.concatenate([[0.0], np.cumsum(1e-4 * rng.uniform(0.6, 1.6, n))]) for n in counts]


def channel(scheme: CarryScheme = "linear_upwind", *, order: str = "xyz", back: bool = False) -> ConductionProblem:
    """Fluid over metal, flow along the first of `order`; `back` turns the whole about."""
    faces = rows(14, 7, 9)
    along, across, up = faces
    if back:
        along = (along[-1] - along)[::-1]
    laid = dict(zip(order, (along, across, up), strict=True))
    grid = Grid.from_faces(laid["x"], laid["y"], laid["z"])
    place = {name: n for n, name in enumerate(order)}
    turn = [place[name] for name in "zyx"]  # from (along, across, up) to (z, y, x)
    k = np.full((14, 7, 9), 200.0)
    k[:, :4, 3:] = 0.6
    u = np.zeros((15, 7, 9))
    u[:, :4, 3:] = np.random.default_rng(1).uniform(0.2, 1.0, (4, 6))
    heat = np.zeros((14, 7, 9))
    heat[3:9, :, 0] = 0.02
    if back:
        k, u, heat = k[::-1], -u[::-1], heat[::-1]
    problem = ConductionProblem(grid, conductivity=k.transpose(turn).copy())
    problem.add_cell_heat(heat.transpose(turn))
    names = ("uvw"["xyz".index(order[0])],)
    problem.carry(
        **{names[0]: u.transpose(turn)},  # type: ignore[arg-type]
        heat_capacity=RHO_CP,
        inlet_temperature=300.0,
        scheme=scheme,
    )
    return problem


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_account_closes_in_every_cell_and_as_a_whole(scheme: CarryScheme) -> None:
    problem = channel(scheme)
    field = solve(problem, 1e-11)
    source = float(sum(heat.power.sum() for heat in problem.heats))
    assert abs(field.residual).max() < (1e-9 if scheme != "bounded" else 1e-4) * source
    assert field.energy.coolant == pytest.approx((source,), rel=1e-12)
    assert abs(field.energy.imbalance) < 1e-14
    assert abs(field.unbalanced) < 1e-9
    assert problem.carried is not None
    assert field.outlet_temperature == pytest.approx(300.0 + source / problem.carried.entering, rel=1e-12)
    assert not abs(source / (1.01 * problem.carried.entering) + 300.0 - field.outlet_temperature) < 1e-4


@pytest.mark.parametrize("scheme", [*SCHEMES, "central"])
def test_turned_about_and_along_other_axes_it_is_the_same(scheme: CarryScheme) -> None:
    def solved(*, order: str = "xyz", back: bool = False) -> Floats:
        problem = channel(scheme, order=order, back=back)
        field = solve(problem, 1e-11)
        place = ["zyx".index(name) for name in order]
        T = field.temperature.transpose(place)
        return T[::-1] if back else T

    here = solved()
    for there in (solved(back=True), solved(order="yzx"), solved(order="zxy", back=True)):
        np.testing.assert_allclose(there, here, atol=2e-4 if scheme == "bounded" else 1e-6)
    assert np.ptp(here) > 1.0


def test_schemes_differ_and_only_in_the_fluids_detail() -> None:
    found = {scheme: solve(channel(scheme)).temperature for scheme in SCHEMES}
    assert np.abs(found["upwind"] - found["linear_upwind"]).max() > 0.05
    assert (
        np.abs(found["bounded"] - found["linear_upwind"]).max()
        < 0.5 * np.abs(found["upwind"] - found["linear_upwind"]).max()
    )


def front(scheme: CarryScheme) -> Field:
    """Two streams of 300 K and 400 K side by side, carried across the grid at 30°, hardly conducting."""
    n = 24
    grid = Grid.uniform((1.0, 1.0, 1.0), (n, n, 1))
    problem = ConductionProblem(grid, conductivity=1e-9)
    u, v = np.full((1, n, n + 1), np.cos(0.5)), np.full((1, n + 1, n), np.sin(0.5))
    inlet = np.where(grid.centres.y > 0.3, 400.0, 300.0)[None]
    given = {"x_min": inlet, "y_min": 300.0}
    problem.carry(u, v, heat_capacity=1.0, inlet_temperature=given, scheme=scheme)  # type: ignore[arg-type]
    return solve(problem)


def test_the_bounded_scheme_makes_no_new_extremes() -> None:
    bounded, linear, first = (front(scheme).temperature for scheme in ("bounded", "linear_upwind", "upwind"))
    assert bounded.min() > 300.0 - 0.02
    assert bounded.max() < 400.0 + 0.02
    assert linear.max() > 401.0

    def width(T: Floats) -> float:
        """Cells between 310 K and 390 K where the fluid leaves."""
        return float(((T[0, :, -1] > 310.0) & (T[0, :, -1] < 390.0)).sum())

    assert width(bounded) < 0.8 * width(first)


def test_mixed_temperature_at_planes() -> None:
    field = solve(channel(), 1e-11)
    x = field.grid.faces.x
    assert field.bulk("x", 0.0) == pytest.approx(300.0, abs=1e-9)
    assert field.bulk("x", float(x[-1])) == pytest.approx(field.outlet_temperature, abs=1e-9)
    mean = 0.5 * (field.bulk("x", float(x[4])) + field.bulk("x", float(x[5])))
    assert field.bulk("x", float(0.5 * (x[4] + x[5]))) == pytest.approx(mean)
    part = Box(y=(0.0, float(field.grid.faces.y[2])))
    assert field.bulk("x", float(x[8]), part) != pytest.approx(field.bulk("x", float(x[8])), abs=1e-3)
    with pytest.raises(InputError, match="no flow passes"):
        field.bulk("y", float(field.grid.faces.y[2]))
    with pytest.raises(InputError, match="outside the grid"):
        field.bulk("x", 1.0)
    still = ConductionProblem(field.grid, conductivity=1.0)
    still.fix_temperature("z_min", 300.0)
    with pytest.raises(InputError, match="no flow carries heat"):
        _ = solve(still).outlet_temperature


def test_the_wall_has_the_temperature_of_the_face_between() -> None:
    """Half a cell of fluid carries the same flux as half a cell of metal."""
    field = solve(channel(), 1e-11)
    x, y, z = (float(row[n]) for row, n in zip(field.grid.centres, (6, 1, 2), strict=True))
    wall = float(field.grid.faces.z[3])
    flux = float(field.heat_flux(2)[3, 1, 6])
    dz = field.grid.widths.z
    metal, fluid = field.temperature[2, 1, 6], field.temperature[3, 1, 6]
    assert field.sample(x, y, wall) == pytest.approx(metal - flux * dz[2] / (2.0 * 200.0))
    assert field.sample(x, y, wall) == pytest.approx(fluid + flux * dz[3] / (2.0 * 0.6))
    assert abs(field.sample(x, y, wall) - fluid) > 0.05
    assert z < wall


def test_heat_through_sides_passed_by_the_flow() -> None:
    """Conditions act on walls, not on inlets; conduction through an inlet is told apart from convection."""
    n = 6
    grid = Grid.uniform((0.01, 0.001, 0.001), (n, 4, 4))
    found = []
    for conducts in (False, True):
        problem = ConductionProblem(grid, conductivity=50.0)
        problem.fix_temperature("x_min", 400.0)
        problem.set_flux("z_min", 1e4)
        u = np.full((4, 4, n + 1), 1e-3)
        problem.carry(u, heat_capacity=1e6, inlet_temperature=300.0, inlet_conduction=conducts)
        found.append(solve(problem, 1e-11))
    without, through = found
    assert without.energy.sides["x_min"] == 0.0
    assert through.energy.sides["x_min"] < -0.01
    total = through.energy.coolant[0] - through.energy.sides["x_min"]
    assert total == pytest.approx(without.energy.coolant[0], rel=1e-9)


def test_a_closed_flow_only_stirs() -> None:
    n = 12
    grid = Grid.uniform((1.0, 1.0, 1.0), (n, n, 1))
    psi = np.outer(np.sin(np.pi * grid.faces.y) ** 2, np.sin(np.pi * grid.faces.x) ** 2)
    u, v = np.diff(psi, axis=0)[None] * n, -np.diff(psi, axis=1)[None] * n
    means = []
    for scheme in ("linear_upwind", "bounded"):
        problem = ConductionProblem(grid, conductivity=0.02)
        problem.fix_temperature("y_min", 300.0)
        problem.fix_temperature("y_max", 301.0)
        problem.carry(u, v, heat_capacity=1.0, inlet_temperature=0.0, scheme=scheme)
        field = solve(problem, 1e-10)
        means.append(field.energy.sides["y_max"] / 0.02)
        assert field.temperature.min() > 300.0 - 0.01
        assert field.temperature.max() < 301.0 + 0.01
        assert field.energy.coolant == (0.0,)
    assert means[0] == pytest.approx(means[1], rel=0.05)
    assert means[0] > 1.5  # times conduction alone


def refusal(**changed: object) -> str:
    """Return what is said about a channel with something changed."""
    grid = Grid.uniform((0.01, 0.001, 0.001), (5, 4, 3))
    problem = ConductionProblem(grid, conductivity=1.0)
    given: dict[str, object] = {"u": np.ones((3, 4, 6)), "heat_capacity": 4e6, "inlet_temperature": 300.0}
    with pytest.raises(InputError) as caught:
        problem.carry(**(given | changed))  # type: ignore[arg-type]
    return str(caught.value)


def test_says_all_that_is_wrong() -> None:
    assert "give (3, 4, 6) values" in refusal(u=np.ones((3, 4, 5)))
    both = refusal(u=np.full((3, 4, 6), np.nan), heat_capacity=-1.0, scheme="magic")
    assert all(part in both for part in ("nan m/s", "-1 J/(m3 K)", "'magic'"))
    assert "come in on x_min without one" in refusal(inlet_temperature={"x_max": 300.0})
    assert "an array of shape (2, 2)" in refusal(inlet_temperature={"x_min": np.full((2, 2), 300.0)})
    assert "nan K" in refusal(inlet_temperature=float("nan"))
    uneven = np.ones((3, 4, 6))
    uneven[1, 2, 3] = 1.001
    assert "of the flow arises in cell (z, y, x) = (1, 2, " in refusal(u=uneven)
    uneven[1, 2, 3] = 1.0 + 1e-11
    problem = ConductionProblem(Grid.uniform((0.01, 0.001, 0.001), (5, 4, 3)), conductivity=1.0)
    problem.carry(uneven, heat_capacity=4e6, inlet_temperature=300.0)


def test_refuses_what_cannot_be_solved() -> None:
    grid = Grid.uniform((0.01, 0.001, 0.001), (5, 4, 3))
    problem = ConductionProblem(grid, conductivity=1.0)
    problem.add_heat(Box(), 1.0)
    problem.carry(heat_capacity=4e6, inlet_temperature=300.0)
    with pytest.raises(InputError, match="nothing fixes the temperature"):
        solve(problem)
    problem.carry(np.ones((3, 4, 6)), heat_capacity=4e6, inlet_temperature=300.0)
    problem.add_coolant(Box(), capacity_flow=1.0, exchange=1e6, inlet_temperature=300.0, direction="y_max")
    with pytest.raises(InputError, match="zones of coolant as well"):
        solve(problem)


def test_a_scheme_that_the_grid_does_not_hold_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thermal.numerics.gmres.ITERATIONS", 20)
    monkeypatch.setattr("thermal.numerics.gmres.VECTORS", (8, 8))
    with pytest.raises(ConvergenceError, match="use scheme='bounded'"):
        front("central")
