"""Cells that are all coolant: their faces, sides, contacts and what is read from them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from thermal.fv import Box, ConductionProblem, Field, Grid, solve
from thermal.fv.assemble import assemble
from thermal.fv.channels import _line

GRID = Grid.from_faces([0, 1, 3, 4, 6.0], [0, 2, 5.0], [0, 1, 3, 4.0])
H = {"h_side": 7.0, "h_bottom": 5.0, "h_top": 3.0}
MIDDLE = Box(z=(1.0, 3.0))


def channels(*, grid: Grid = GRID, box: Box = MIDDLE, columns: tuple[int, ...] = (1, 2), **other) -> ConductionProblem:
    """Coolant in some columns of the middle layer."""
    problem = ConductionProblem(grid, conductivity=(2.0, 4.0, 6.0))
    mask = np.isin(np.arange(grid.shape[2]), columns)[None, :]
    given = {"capacity_flow": 10.0, "inlet_temperature": 300.0, "direction": "y_max"} | H | other
    problem.add_channels(box, mask=mask, **given)
    return problem


def test_films_in_series_with_half_cells_of_the_wall() -> None:
    g = assemble(channels()).stencil
    side = GRID.widths.y * 2.0
    assert g.gx[1, :, 0] == pytest.approx(side / (1 / 7 + 0.5 / 2))
    assert g.gx[1, :, 2] == pytest.approx(side / (1 / 7 + 1.0 / 2))
    area = np.outer(GRID.widths.y, GRID.widths.x[1:3])
    assert g.gz[0, :, 1:3] == pytest.approx(area / (1 / 5 + 0.5 / 6))
    assert g.gz[1, :, 1:3] == pytest.approx(area / (1 / 3 + 0.5 / 6))


def test_coolant_conducts_neither_along_nor_across() -> None:
    g = assemble(channels()).stencil
    assert (g.gx[1, :, 1] == 0.0).all()
    assert not g.gy[1, :, 1:3].any()
    assert g.gy[1, 0, 0] > 0.0
    shorter = assemble(channels(box=Box(y=(2.0, 5.0), z=(1.0, 3.0)))).stencil
    assert not shorter.gy[1, 0, 1:3].any()  # where coolant enters from beyond the zone


def test_coolant_needs_no_material_but_walls_do() -> None:
    problem = ConductionProblem(GRID)
    problem.set_material(Box(z=(0.0, 1.0)), 2.0)
    problem.set_material(Box(z=(3.0, 4.0)), 2.0)
    given = {"capacity_flow": 10.0, "inlet_temperature": 300.0, "direction": "y_max"} | H
    problem.add_channels(MIDDLE, **given)
    assert assemble(problem).stencil.gz[0] == pytest.approx(GRID.areas(2) / (1 / 5 + 0.5 / 2))
    partly = ConductionProblem(GRID)
    partly.set_material(Box(z=(0.0, 1.0)), 2.0)
    partly.add_channels(MIDDLE, **given)
    with pytest.raises(ValueError, match=r"\(2, 0, 0\).*8 cells have no material"):
        assemble(partly)


def test_a_contact_is_a_layer_of_fouling() -> None:
    problem = channels()
    problem.set_contact(z=1.0, resistance=0.25)
    area = np.outer(GRID.widths.y, GRID.widths.x[1:3])
    assert assemble(problem).stencil.gz[0, :, 1:3] == pytest.approx(area / (1 / 5 + 0.25 + 0.5 / 6))


def test_sides_behind_coolant() -> None:
    """Across x and z a film lies between coolant and side; across y coolant flows through, and no condition acts."""
    problem = channels(box=Box(z=(3.0, 4.0)), columns=(2, 3))
    problem.set_convection("z_max", 9.0, 310.0)
    problem.fix_temperature("x_max", 305.0)
    problem.set_convection("y_min", 9.0, 320.0)
    problem.set_flux("y_max", 4.0)
    system = assemble(problem)
    assert system.sides["z_max"].conductance[:, 2:] == pytest.approx(
        np.outer(GRID.widths.y, [1.0, 2.0]) / (1 / 9 + 1 / 3)
    )
    assert system.sides["x_max"].conductance[2] == pytest.approx(GRID.widths.y * 7.0)
    assert not system.sides["y_min"].conductance[2, 2:].any()
    assert system.sides["y_min"].conductance[2, :2].all()
    assert not system.sides["y_max"].heat[2, 2:].any()
    field = solve(problem)
    assert field.surface("y_min")[2, 2:] == pytest.approx(field.temperature[2, 0, 2:], rel=1e-14)
    heat = 9.0 * (310.0 - field.surface("z_max")) * GRID.areas(2)
    assert heat == pytest.approx(field.side_heat("z_max"), abs=1e-9)
    assert abs(field.energy.imbalance) < 1e-14


def test_a_wall_without_a_film_has_the_temperature_of_its_coolant() -> None:
    """Adiabatic channels at a side of the grid; 0/0 neither in the field nor on the side."""
    problem = ConductionProblem(GRID, 6.0)
    given = {"capacity_flow": 10.0, "inlet_temperature": 300.0, "direction": "y_max"}
    problem.add_channels(Box(z=(3.0, 4.0)), h_side=7.0, h_bottom=5.0, h_top=0.0, **given)
    problem.add_heat(Box(z=(0.0, 1.0)), 100.0)
    plain = solve(problem, 1e-12)
    problem.set_convection("z_max", 0.0, 310.0)
    for field in (plain, solve(problem, 1e-12)):
        assert (field.surface("z_max") == field.temperature[-1]).all()
        assert field.surface_mean("z_max") == pytest.approx(plain.surface("z_max").mean(), rel=0.1)
        assert field.sample(1.5, 2.5, 4.0) == pytest.approx(field.sample(1.5, 2.5, 3.5), rel=1e-14)
    problem.set_flux("z_max", 4.0)
    assert (solve(problem, 1e-12).surface("z_max") == np.inf).all()


def one_channel(*, factor: float = 1.0) -> Field:
    """A channel of 2 × 2 m between floor and roof at 400 K, its sides without exchange."""
    grid = Grid.from_faces([0.0, 2.0], np.arange(11.0), [0.0, 1e-9, 2.0, 2.0 + 1e-9])
    problem = ConductionProblem(grid, 1.0)
    given = {"h_side": 0.0, "h_bottom": 3.0, "h_top": 2.0 * factor, "direction": "y_max"}
    problem.add_channels(Box(z=(1e-9, 2.0)), capacity_flow=40.0, inlet_temperature=300.0, **given)
    for side in ("z_min", "z_max"):
        problem.fix_temperature(side, 400.0)
    return solve(problem, 1e-12)


def test_a_channel_between_walls_at_one_temperature_is_exact_in_every_cell() -> None:
    field = one_channel()
    coolant = field.coolant[0]
    y = field.grid.faces.y
    exact = 400.0 - 100.0 * np.exp(-(3.0 + 2.0) * 2.0 * y / 40.0)
    assert coolant.entering[0, :, 0] == pytest.approx(exact[:-1], abs=1e-5)
    assert coolant.leaving[0, :, 0] == pytest.approx(exact[1:], abs=1e-5)
    mean = 400.0 - np.diff(-np.exp(-0.25 * y)) * 100.0 / 0.25
    assert field.temperature[1, :, 0] == pytest.approx(mean, abs=1e-5)
    wrong = one_channel(factor=1.01)
    assert wrong.coolant[0].leaving[0, :, 0] != pytest.approx(exact[1:], abs=1e-5)


def test_a_sample_of_coolant_is_the_mean_of_its_cell() -> None:
    field = one_channel()
    z = [0.3, 1.9]
    assert field.sample(1.0, 4.5, z) == pytest.approx(field.temperature[1, 4, 0], rel=1e-12)
    assert field.sample([0.1, 1.9], 0.05, 1.0) == pytest.approx(field.temperature[1, 0, 0], rel=1e-12)


def test_blocked_channels_take_no_heat_away() -> None:
    problem = channels(capacity_flow=np.array([[0.0, 5.0, 0.0, 0.0]]))
    problem.add_heat(Box(z=(0.0, 1.0)), 100.0)
    field = solve(problem, 1e-12)
    coolant = field.coolant[0]
    assert np.isnan(coolant.leaving[0, :, 2]).all()
    assert coolant.outlet_temperature == pytest.approx(320.0, rel=1e-12)
    assert math.isclose(coolant.heat, 100.0, rel_tol=1e-12)


def test_compiled_and_plain_kernels_agree() -> None:
    rng = np.random.default_rng(6)
    nz, ny, nx = GRID.shape
    wet = np.zeros((ny, nz, nx), bool)
    wet[:, 1, 1:] = [True, False, True]
    k = rng.uniform(1.0, 9.0, (2, ny, nz, nx))
    films = rng.uniform(1.0, 9.0, (3, 1, ny, nx))
    compiled = rng.uniform(1.0, 9.0, (3, ny, nz, nx))
    plain = compiled.copy()
    _line(*compiled, *k, *GRID.widths, wet, *films, 1, 0, 0)
    getattr(_line, "py_func", _line)(*plain, *k, *GRID.widths, wet, *films, 1, 0, 0)
    np.testing.assert_allclose(compiled, plain, rtol=1e-14)
