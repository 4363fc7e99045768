"""Questions put to a field: surfaces, flows, balance, maximum, samples, means."""

from __future__ import annotations

import numpy as np
import pytest

from thermal.errors import InputError
from thermal.fv import Box, ConductionProblem, Field, Grid, Layer, solve
from thermal.fv.energy import _flow, _residual

FLUX = 2.0e5


def wall() -> Field:
    """Flux up through 2 mm of k = 10 and 1 mm of k = 100 with a contact between them, to 350 K behind h = 1e4."""
    grid = Grid.layered(0.01, 0.02, [Layer(2e-3, 5), Layer(1e-3, 3)], cells=(4, 3))
    problem = ConductionProblem(grid, conductivity=100.0)
    problem.set_material(Box(z=(0.0, 2e-3)), 10.0)
    problem.set_contact(z=2e-3, resistance=1e-4)
    problem.set_flux("z_min", FLUX)
    problem.set_convection("z_max", h=1e4, temperature=350.0)
    return solve(problem, 1e-13)


def test_samples_follow_the_layers() -> None:
    field = wall()
    top, below, above = 350.0 + FLUX / 1e4, 350.0 + FLUX * 2.1e-4, 350.0 + FLUX * 1.1e-4
    z = [0.0, 0.3e-3, 1.9e-3, 2e-3 - 1e-12, 2e-3, 2.2e-3, 3e-3]
    exact = [below + FLUX * (2e-3 - h) / 10.0 for h in z[:4]] + [top + FLUX * (3e-3 - h) / 100.0 for h in z[4:]]
    assert field.sample(0.0013, 0.02, z) == pytest.approx(exact, abs=1e-6)
    assert above == pytest.approx(exact[4])
    assert field.sample([[0.0], [0.005]], 0.01, z).shape == (2, 7)


def test_a_surface_is_not_the_cell_behind_it() -> None:
    field = wall()
    assert field.surface("z_max") == pytest.approx(np.full((3, 4), 370.0), abs=1e-8)
    assert field.surface("z_min") == pytest.approx(field.temperature[0] + FLUX * 0.2e-3 / 10.0, abs=1e-8)
    assert field.surface_mean("z_min", Box(x=(0.001, 0.0042))) == pytest.approx(field.surface("z_min").mean())
    with pytest.raises(InputError, match="surface_mean: z: the rectangle has ends in z"):
        field.surface_mean("z_min", Box(z=(0.0, 1e-3)))


def test_flows_and_balance() -> None:
    field = wall()
    assert field.heat_flux(2) == pytest.approx(np.full((9, 3, 4), FLUX), rel=1e-9)
    assert field.heat_flow(2).sum(axis=(1, 2)) == pytest.approx(np.full(9, FLUX * 2e-4), rel=1e-9)
    assert np.abs(field.heat_flow(0)).max() < 1e-9
    assert field.energy.sides["z_min"] == pytest.approx(40.0, rel=1e-14)
    assert field.energy.sides["z_max"] == pytest.approx(-40.0, rel=1e-12)
    assert field.energy.entering == pytest.approx(40.0, rel=1e-12)
    assert abs(field.energy.imbalance) < 1e-14
    assert np.abs(field.residual).max() < 1e-9
    assert field.side_heat("z_min").sum() == pytest.approx(40.0)


def test_hottest_and_mean() -> None:
    field = wall()
    place = field.hottest()
    assert (place.temperature, place.z) == (pytest.approx(field.temperature.max()), pytest.approx(0.2e-3))
    assert field.hottest(Box(z=(2e-3, 3e-3))).z == pytest.approx(2e-3 + 1e-3 / 6)
    assert field.mean(Box(z=(0.0, 0.8e-3))) == pytest.approx(field.temperature[:2].mean())
    assert field.mean() == pytest.approx((2 * field.temperature[:5].mean() + field.temperature[5:].mean()) / 3)
    assert field.mean(Box(z=(0.0, 0.6e-3))) == pytest.approx(
        (2 * field.temperature[0] + field.temperature[1]).mean() / 3
    )
    with pytest.raises(InputError, match="outside the grid"):
        field.sample(0.0, 0.0, 0.004)


def test_flows_close_the_balance_of_every_cell(make_random) -> None:
    field = solve(make_random(5), 1e-12)
    heat = sum(-np.diff(field.heat_flow(axis), axis=2 - axis) for axis in range(3))
    # what flows into a cell and its source, less the residual, is nothing
    source = np.zeros(field.grid.shape)
    plain = make_random(5)
    for part in plain.heats:
        source[part.cells] += part.power
    scale = np.abs(field.heat_flow(2)).max() + np.abs(source).max()
    np.testing.assert_allclose(heat + source, field.residual, atol=1e-11 * scale)


def test_without_heat_all_is_at_one_temperature_exactly() -> None:
    problem = ConductionProblem(Grid.uniform((1.0, 1.0, 1.0), (3, 4, 5)), conductivity=0.3)
    problem.set_convection("x_min", 7.0, 318.15)
    problem.fix_temperature("y_max", 318.15)
    field = solve(problem)
    assert (field.temperature == 318.15).all()
    assert field.energy.imbalance == 0.0


def test_compiled_and_plain_kernels_agree() -> None:
    rng = np.random.default_rng(2)
    fields = rng.uniform(0.1, 9.0, (6, 3, 4, 5))
    compiled, plain = np.empty((3, 4, 5)), np.empty((3, 4, 5))
    _residual(*fields, compiled)
    getattr(_residual, "py_func", _residual)(*fields, plain)
    np.testing.assert_allclose(compiled, plain, rtol=1e-13)
    compiled, plain = np.zeros((4, 4, 5)), np.zeros((4, 4, 5))
    _flow(fields[0], fields[5], 0, 1, 0, compiled)
    getattr(_flow, "py_func", _flow)(fields[0], fields[5], 0, 1, 0, plain)
    np.testing.assert_allclose(compiled, plain, rtol=1e-13)
