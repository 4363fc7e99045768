"""Velocities and pressure between the places where they stand: second order up to walls, sides and blocks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.unit.fv.flow_fields import HIGH, LONG, WIDE, cavity, channel, nothing, on_faces
from thermal.errors import InputError
from thermal.fv import Box, Grid
from thermal.fv.flow import FlowProblem


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
