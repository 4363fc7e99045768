"""Answers of a flow field: mass, pressure, speed, and its stream function."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.fv.flow_fields import HIGH, LONG, RHO, WIDE, channel, nothing, on_faces, vortex
from thermal.errors import InputError
from thermal.fv import Box, Grid
from thermal.fv.flow import FlowProblem
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_input import staggered_shapes


def test_mass_comes_in_positive_and_the_same_leaves() -> None:
    field = channel()
    mean = field.u[:, :, 0] * field.grid.areas(0)
    assert field.mass_flow("x_min") == pytest.approx(RHO * mean.sum(), rel=1e-14)
    assert field.mass_flow("x_min") > 0.0
    assert field.mass_flow("x_max") == pytest.approx(-field.mass_flow("x_min"), rel=1e-14)
    assert field.mass_flow("y_max") == 0.0
    assert field.imbalance < 1e-14


def test_a_leak_of_a_cell_shows_as_its_share_of_the_inflow() -> None:
    field = channel()
    u = field.u.copy()
    u[3, 4, 5] *= 1.01  # sabotaged: between two cells, one gets more and one less
    leak = 0.01 * RHO * field.u[3, 4, 5] * field.grid.areas(0)[3, 4]
    assert replace(field, u=u).imbalance == pytest.approx(leak / field.mass_flow("x_min"), rel=1e-10)


def test_imbalance_counts_mass_that_is_put_into_cells() -> None:
    field = channel()
    mass = np.zeros(field.grid.shape)
    mass[2, 2, 2] = 0.25 * field.mass_flow("x_min")
    with_source = replace(field, input=replace(field.input, mass=mass))
    assert with_source.imbalance == pytest.approx(0.25 / 1.25, rel=1e-12)


def test_imbalance_of_a_closed_space_is_counted_on_its_fastest_flow() -> None:
    field = vortex()
    assert field.imbalance < 1e-14
    u = field.u.copy()
    u[0, 3, 8] += 0.01 * np.abs(field.u).max()
    assert replace(field, u=u).imbalance == pytest.approx(0.01, rel=0.02)
    assert replace(field, u=0.0 * u, v=0.0 * field.v).imbalance == 0.0


def test_the_flow_through_any_plane_is_the_same() -> None:
    field = channel()
    for place in (0.0, 0.5 * field.grid.faces.x[1], 0.3 * LONG, LONG):
        assert field.flow_through("x", place) == pytest.approx(field.mass_flow("x_min"), rel=1e-14)
    assert field.flow_through("z", 0.3 * HIGH) == 0.0


def test_the_flow_through_a_rectangle_takes_cells_in_part() -> None:
    field = channel()
    lower = field.flow_through("x", 0.4 * LONG, Box(y=(0.0, 0.31 * WIDE)))
    upper = field.flow_through("x", 0.4 * LONG, Box(y=(0.31 * WIDE, WIDE)))
    assert lower + upper == pytest.approx(field.mass_flow("x_min"), rel=1e-13)
    row = RHO * field.u[:, :, 3] * field.grid.areas(0)
    assert lower == pytest.approx(row[:, :2].sum() + 0.79 * row[:, 2].sum(), rel=1e-12)


def test_the_pressure_drop_reaches_from_face_to_face() -> None:
    field = channel()
    assert field.pressure_drop == pytest.approx(3e5 * LONG, rel=1e-12)  # not from the centre of the first cell
    first = field.p[..., 0].mean() - 50.0
    assert abs(first / field.pressure_drop - 1.0) > 0.01
    assert field.side_pressure("x_max") == pytest.approx(np.full((8, 9), 50.0))


def test_the_total_pressure_counts_the_velocity_at_both_ends() -> None:
    field = channel(speed=2.0)
    flow = field.u[..., 0] * field.grid.areas(0)
    assert field.total_pressure_drop == pytest.approx(field.pressure_drop, rel=1e-12)  # the same profile at both ends
    u = field.u.copy()
    u[..., 0] = flow.sum() / field.grid.areas(0).sum()  # flat at the inlet
    flat = replace(field, u=u)
    lost = 0.5 * RHO * (u[0, 0, 0] ** 2 - (flow * field.u[..., 0] ** 2).sum() / flow.sum())
    assert flat.total_pressure_drop - flat.pressure_drop == pytest.approx(lost, rel=1e-10)


def test_a_closed_space_has_no_pressure_drop() -> None:
    with pytest.raises(InputError, match="no fluid comes in and leaves"):
        _ = vortex().pressure_drop


def test_an_imposed_pressure_is_the_pressure_drop_of_a_periodic_channel() -> None:
    problem = FlowProblem(Grid.uniform((2.0, 1.0, 1.0), (4, 8, 1)), density=1.0, viscosity=1.0, least_cells=1)
    problem.periodic("x", pressure_drop=3.0)
    field = on_faces(problem.checked(), (lambda x, y, z: y * (1.0 - y) + 0.0 * (x + z), nothing, nothing), nothing)
    assert field.pressure_drop == pytest.approx(3.0, rel=1e-14)


def test_speed_and_energy_of_a_vortex() -> None:
    field = vortex(64)
    x, y = field.grid.centres.x, field.grid.centres.y[:, None]
    exact = np.sqrt((np.sin(np.pi * x) * np.cos(np.pi * y)) ** 2 + (np.cos(np.pi * x) * np.sin(np.pi * y)) ** 2)
    np.testing.assert_allclose(field.speed[0], exact, atol=3e-3)
    assert field.kinetic_energy == pytest.approx(0.5 * 2.0 * 0.5 * 0.2, rel=1e-3)  # density, mean square, volume


def test_the_stream_function_is_exact_at_corners() -> None:
    field = vortex()
    x, y = field.grid.faces.x, field.grid.faces.y[:, None]
    exact = np.sin(np.pi * x) * np.sin(np.pi * y) / np.pi
    np.testing.assert_allclose(field.stream_function, exact, atol=1e-14)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(replace(field, u=1.01 * field.u).stream_function, exact, atol=1e-14)


@pytest.mark.parametrize("normal", [0, 1, 2])
def test_the_stream_function_gives_the_velocities_in_any_plane(normal: int) -> None:
    cells = [5, 4, 3]
    cells[normal] = 1
    rng = np.random.default_rng(normal)
    grid = Grid.from_faces(*(np.concatenate([[0.0], np.cumsum(rng.uniform(0.5, 1.0, n))]) for n in cells))
    given = FlowProblem(grid, density=1.0, viscosity=1.0, least_cells=1).checked()
    a, b = (axis for axis in range(3) if axis != normal)
    psi = rng.uniform(-1.0, 1.0, (cells[b] + 1, cells[a] + 1))
    parts = [np.zeros(shape) for shape in staggered_shapes(grid)]
    parts[a][...] = np.expand_dims(np.diff(psi, axis=0) / grid.widths[b][:, None], 2 - normal)
    parts[b][...] = np.expand_dims(-np.diff(psi, axis=1) / grid.widths[a], 2 - normal)
    field = FlowField(given, *parts, np.zeros(grid.shape))
    np.testing.assert_allclose(field.stream_function, psi - psi[0, 0], atol=1e-13)


def test_a_flow_in_space_has_no_stream_function() -> None:
    with pytest.raises(InputError, match="not in a plane"):
        _ = channel().stream_function
