"""Answers of a flow field: mass, pressure, interpolation, sections, and its stream function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from thermal.errors import InputError
from thermal.fv import Box, Grid
from thermal.fv.flow import FlowProblem
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_input import FlowInput, staggered_shapes
from thermal.fv.flow_sections import turbulence_notes

WIDE, HIGH, LONG = 3e-4, 1e-3, 0.01
RHO, MU = 998.0, 1e-3
Function = Callable[[Any, Any, Any], Any]


def on_faces(given: FlowInput, functions: tuple[Function, Function, Function], p: Function) -> FlowField:
    """A field with the velocities and the pressure of formulas at the places where they stand."""
    parts = []
    for axis, function in enumerate(functions):
        x, y, z = (given.grid.faces[n] if n == axis else given.grid.centres[n] for n in range(3))
        parts.append(np.broadcast_to(function(x, y[:, None], z[:, None, None]), staggered_shapes(given.grid)[axis]))
    x, y, z = given.grid.centres
    pressure = np.broadcast_to(p(x, y[:, None], z[:, None, None]), given.grid.shape)
    u, v, w = (np.array(part, np.float64) for part in parts)
    return FlowField(given, u, v, w, np.array(pressure, np.float64))


def nothing(x: Any, y: Any, z: Any) -> Any:
    return 0.0 * (x + y + z)


def channel(cells: tuple[int, int, int] = (12, 9, 8), speed: float = 0.1) -> FlowField:
    """A duct with a flow that falls off as parabolas to its four walls, and a straight fall of pressure."""
    x = np.linspace(0.0, 1.0, cells[0] + 1) ** 1.3 * LONG
    grid = Grid.from_faces(x, np.linspace(0.0, WIDE, cells[1] + 1), np.linspace(0.0, HIGH, cells[2] + 1))
    problem = FlowProblem(grid, density=RHO, viscosity=MU, least_cells=1)
    problem.inlet("x_min", velocity=speed)
    problem.outlet("x_max", pressure=50.0)

    def u(x: Any, y: Any, z: Any) -> Any:
        return 36.0 * speed * y * (WIDE - y) / WIDE**2 * z * (HIGH - z) / HIGH**2 + 0.0 * x

    return on_faces(problem.checked(), (u, nothing, nothing), lambda x, y, z: 50.0 + 3e5 * (LONG - x) + 0.0 * (y + z))


def cavity(n: int, u: Function, v: Function, p: Function = nothing) -> FlowField:
    """Fluid in a square of side 1, one cell deep."""
    grid = Grid.uniform((1.0, 1.0, 0.2), (n, n, 1))
    return on_faces(FlowProblem(grid, density=2.0, viscosity=0.1, least_cells=1).checked(), (u, v, nothing), p)


def vortex(n: int = 16) -> FlowField:
    """Taylor and Green's vortices in a closed square; on the faces they conserve mass exactly."""
    pi, half = np.pi, 0.5 / n

    def u(x: Any, y: Any, z: Any) -> Any:  # from the stream function sin(pi x) sin(pi y) / pi at the corners
        return np.sin(pi * x) * (np.sin(pi * (y + half)) - np.sin(pi * (y - half))) * n / pi + 0.0 * z

    def v(x: Any, y: Any, z: Any) -> Any:
        return -(np.sin(pi * (x + half)) - np.sin(pi * (x - half))) * n / pi * np.sin(pi * y) + 0.0 * z

    return cavity(n, u, v)


# ---------------------------------------------------------------------------------------------------- mass and pressure


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


# ----------------------------------------------------------------------------------------------------------- velocities


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


# -------------------------------------------------------------------------------------------------------- interpolation


def error_of(n: int, sabotage: float = 1.0) -> float:
    """Largest error of sampling a flow that is at rest on the walls, at points anywhere and on walls."""

    def exact(x: Any, y: Any, z: Any) -> Any:
        return np.sin(np.pi * x) * np.sin(np.pi * y) * (1.0 + x + 0.5 * y) + 0.0 * z

    field = cavity(n, exact, nothing)
    points = np.random.default_rng(5).uniform(0.0, 1.0, (2, 4000))
    points[0, :50] = 0.0
    points[1, 50:100] = 1.0
    found = sabotage * field.sample("u", (points[0], points[1], 0.1))
    return float(np.abs(found - exact(points[0], points[1], 0.0)).max())


def test_sampling_is_second_order_up_to_the_walls() -> None:
    coarse, fine = error_of(16), error_of(32)
    assert np.log2(coarse / fine) == pytest.approx(2.0, abs=0.1)
    assert np.log2(error_of(16, 1.01) / error_of(32, 1.01)) != pytest.approx(2.0, abs=0.1)


def test_sampling_knows_a_moving_wall() -> None:
    problem = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (4, 4, 1)), density=1.0, viscosity=1.0, least_cells=1)
    problem.wall("y_max", velocity=(3.0, 0.0, 0.0))
    problem.periodic("x")
    field = on_faces(problem.checked(), (lambda x, y, z: 3.0 * y + 0.0 * (x + z), nothing, nothing), nothing)
    y = np.linspace(0.0, 1.0, 23)
    np.testing.assert_allclose(field.sample("u", (0.37, y, 0.5)), 3.0 * y, atol=1e-14)
    np.testing.assert_allclose(field.sample("speed", (0.0, y, 0.2)), 3.0 * y, atol=1e-14)


def test_sampling_knows_the_walls_of_blocks() -> None:
    grid = Grid.uniform((1.0, 1.0, 1.0), (6, 8, 1))
    problem = FlowProblem(grid, density=1.0, viscosity=1.0, least_cells=1)
    problem.block(Box(y=(0.0, 0.25)))
    problem.block(Box(y=(0.75, 1.0)))
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max")

    def u(x: Any, y: Any, z: Any) -> Any:
        return np.maximum(0.25 - np.abs(y - 0.5), 0.0) + 0.0 * (x + z)

    field = on_faces(problem.checked(), (u, nothing, nothing), lambda x, y, z: 7.0 + 2.0 * y - 3.0 * x + 0.0 * z)
    y = np.array([0.1, 0.25, 0.28, 0.3125, 0.4, 0.72, 0.75, 0.9])
    np.testing.assert_allclose(field.sample("u", (0.4, y, 0.5)), u(0.4, y, 0.5), atol=1e-14)
    np.testing.assert_allclose(field.sample("p", (0.4, y[2:6], 0.5)), 5.8 + 2.0 * y[2:6], atol=1e-13)
    assert np.isnan(field.sample("p", (0.4, 0.1, 0.5)))
    line = field.profile("u", "y", {"x": 0.4})
    assert {0.25, 0.75} < set(line.position)
    np.testing.assert_allclose(line.value, u(0.4, line.position, 0.5), atol=1e-14)


def test_pressure_is_straight_to_the_sides() -> None:
    field = channel()
    x = np.linspace(0.0, LONG, 31)
    np.testing.assert_allclose(field.sample("p", (x, 0.2 * WIDE, 0.99 * HIGH)), 50.0 + 3e5 * (LONG - x), rtol=1e-12)


def test_nodes_of_symmetry_are_level() -> None:
    problem = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (1, 10, 1)), density=1.0, viscosity=1.0, least_cells=1)
    problem.periodic("x")
    problem.symmetry("y_max")
    field = on_faces(problem.checked(), (lambda x, y, z: y * (2.0 - y) + 0.0 * (x + z), nothing, nothing), nothing)
    assert field.sample("u", (0.5, 1.0, 0.5)) == pytest.approx(1.0, rel=1e-13)


def test_what_is_periodic_goes_on_behind_the_side() -> None:
    problem = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (16, 16, 1)), density=1.0, viscosity=1.0, least_cells=1)
    problem.periodic("x")
    problem.periodic("y")
    given = problem.checked()
    field = on_faces(given, (lambda x, y, z: np.cos(2 * np.pi * (y - 0.13)) + 0.0 * (x + z), nothing, nothing), nothing)
    low, high = field.sample("u", (0.3, np.array([0.0, 1.0]), 0.5))
    assert low == pytest.approx(high, rel=1e-13)
    assert low == pytest.approx(np.cos(2 * np.pi * 0.13), abs=0.03)


def test_extrema_lie_between_the_nodes() -> None:
    field = cavity(20, lambda x, y, z: np.sin(np.pi * x) * np.sin(1.7 * np.pi * y) * (1.0 - y) + 0.0 * z, nothing)
    least, most = field.profile_extrema("u", "y", {"x": 0.5})
    y = np.linspace(0.0, 1.0, 200001)
    exact = np.sin(1.7 * np.pi * y) * (1.0 - y)
    assert (most.value, most.position) == pytest.approx((exact.max(), y[exact.argmax()]), rel=2e-4)
    assert (least.value, least.position) == pytest.approx((exact.min(), y[exact.argmin()]), rel=2e-3)
    line = field.profile("u", "y", {"x": 0.5})
    assert line.value.max() < 0.999 * most.value  # the nodes alone miss it


def test_sampling_refuses_what_there_is_not() -> None:
    field = channel()
    with pytest.raises(InputError, match="there is no 'temperature'"):
        field.sample("temperature", (0.0, 0.0, 0.0))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="outside the grid"):
        field.sample("u", (2.0 * LONG, 0.0, 0.0))


# ------------------------------------------------------------------------------------------------------- walls, regimes


def test_the_shear_of_a_straight_profile_acts_on_both_walls() -> None:
    problem = FlowProblem(Grid.uniform((1.0, 0.5, 1.0), (4, 6, 1)), density=1.0, viscosity=0.2, least_cells=1)
    problem.wall("y_max", velocity=(3.0, 0.0, 0.0))
    problem.periodic("x")
    field = on_faces(problem.checked(), (lambda x, y, z: 6.0 * y + 0.0 * (x + z), nothing, nothing), nothing)
    np.testing.assert_allclose(field.wall_shear("y_min")[0], 1.2, rtol=1e-13)
    np.testing.assert_allclose(field.wall_shear("y_max")[0], -1.2, rtol=1e-13)
    assert not field.wall_shear("z_max").any()  # symmetry


def test_the_shear_on_blocks_is_that_on_walls_in_their_place() -> None:
    grid = Grid.uniform((1.0, 1.0, 1.0), (3, 10, 1))
    problem = FlowProblem(grid, density=1.0, viscosity=0.2, least_cells=1)
    problem.block(Box(y=(0.0, 0.2)))
    problem.periodic("x", pressure_drop=1.0)
    field = on_faces(
        problem.checked(), (lambda x, y, z: np.maximum(y - 0.2, 0.0) + 0.0 * (x + z), nothing, nothing), nothing
    )
    shear = field.block_shear("y")
    np.testing.assert_allclose(shear[0, :, 2], 0.2, rtol=1e-13)
    assert not np.delete(shear[0], 2, axis=1).any()
    assert not field.wall_shear("y_min").any()


def test_reynolds_stands_on_four_areas_over_the_perimeter() -> None:
    field = channel()
    speed = field.mass_flow("x_min") / (RHO * WIDE * HIGH)
    diameter = 2.0 * WIDE * HIGH / (WIDE + HIGH)
    assert field.reynolds() == pytest.approx(RHO * speed * diameter / MU, rel=1e-12)
    assert field.sections.diameter == pytest.approx(np.full(12, diameter), rel=1e-12)
    assert turbulence_notes(field) == ()


def test_parts_of_a_section_have_their_own_numbers() -> None:
    grid = Grid.uniform((4.0, 3.0, 1.0), (4, 12, 5))
    problem = FlowProblem(grid, density=1.0, viscosity=0.5, least_cells=1)
    problem.block(Box(y=(1.0, 1.5)))
    problem.symmetry("z_max")
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max")
    field = on_faces(problem.checked(), (lambda x, y, z: 1.0 + 0.0 * (x + y + z), nothing, nothing), nothing)
    assert sorted(set(np.round(field.sections.area, 9))) == [1.0, 1.5]
    assert sorted(set(np.round(field.sections.perimeter, 9))) == [3.0, 3.5]  # no wall at the side of symmetry
    assert field.reynolds() == pytest.approx(4.0 * 1.5 / 3.5 / 0.5, rel=1e-12)


def test_porous_cells_are_no_channels() -> None:
    problem = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (4, 8, 8)), density=1.0, viscosity=1.0, least_cells=1)
    problem.add_porous(Box(), permeability=1e-6)
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max")
    field = on_faces(problem.checked(), (lambda x, y, z: 1.0 + 0.0 * (x + y + z), nothing, nothing), nothing)
    assert field.reynolds() == 0.0
    assert turbulence_notes(field) == ()


def test_a_fast_channel_is_said_to_be_turbulent() -> None:
    (note,) = turbulence_notes(channel(speed=7.0))
    assert "above about 2000 channel flow turns turbulent" in note
    assert "lower the flow" in note
    assert turbulence_notes(channel(speed=4.0)) == ()


def test_a_fast_step_is_said_to_be_unsteady() -> None:
    def step(speed: float) -> FlowField:
        problem = FlowProblem(Grid.uniform((4.0, 1.0, 1.0), (16, 16, 1)), density=1.0, viscosity=1e-3, least_cells=1)
        problem.block(Box(x=(0.0, 1.0), y=(0.0, 0.5)))
        problem.inlet("x_min", velocity=speed)
        problem.outlet("x_max")
        given = problem.checked()

        def u(x: Any, y: Any, z: Any) -> Any:
            return np.where(x <= 1.0, speed * (y > 0.5), 0.5 * speed) + 0.0 * z

        return on_faces(given, (u, nothing, nothing), nothing)

    (note,) = turbulence_notes(step(0.8))
    assert "Reynolds number 800 before the expansion" in note
    assert turbulence_notes(step(0.3)) == ()


def test_a_fast_cavity_is_said_to_be_unsteady() -> None:
    field = vortex()
    assert turbulence_notes(field) == ()
    thin = replace(field, input=replace(field.input, viscosity=1e-3 * field.input.viscosity))
    (note,) = turbulence_notes(thin)
    assert "closed space" in note
