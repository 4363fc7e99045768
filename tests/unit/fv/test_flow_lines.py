"""Streamlines: straight in channels, closed in vortices, never through a wall, and each with its share of the flow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import ellipk

from thermal.errors import InputError
from thermal.fv import Box, Grid
from thermal.fv.flow import FlowProblem
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_input import FlowInput
from thermal.fv.flow_lines import leaving, moved


def from_stream_function(given: FlowInput, psi: Any) -> FlowField:
    """The flow in a plane (x, y) with a stream function at the corners of its cells (ny + 1, nx + 1)."""
    grid = given.grid
    u = np.diff(psi, axis=0)[None] / grid.widths.y[:, None]
    v = -np.diff(psi, axis=1)[None] / grid.widths.x
    return FlowField(given, u, v, np.zeros((2, *grid.shape[1:])), np.zeros(grid.shape))


def vortex(n: int) -> FlowField:
    """Taylor and Green's vortex in a closed square."""
    grid = Grid.uniform((1.0, 1.0, 1.0), (n, n, 1))
    x, y = grid.faces.x, grid.faces.y[:, None]
    given = FlowProblem(grid, density=1.0, viscosity=1.0, least_cells=1).checked()
    return from_stream_function(given, np.sin(np.pi * x) * np.sin(np.pi * y) / np.pi)


def leaking(field: FlowField) -> FlowField:
    """Sabotaged: mass comes from nowhere in the middle and goes nowhere at two sides."""
    u = field.u - 0.01 * np.sin(2.0 * np.pi * field.grid.faces.x)
    return FlowField(field.input, u, field.v, field.w, field.p)


def step(n: int = 4) -> FlowField:
    """Flow past a block on the floor, without mass lost: the stream function rises from the walls below to the top."""
    grid = Grid.uniform((4.0, 1.0, 1.0), (4 * n, 2 * n, 1))
    problem = FlowProblem(grid, density=2.0, viscosity=1.0, least_cells=1)
    problem.block(Box(x=(1.0, 2.0), y=(0.0, 0.5)))
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max")
    x, y = grid.faces.x, grid.faces.y[:, None]
    floor = np.where((x >= 1.0) & (x <= 2.0), 0.5, 0.0)
    return from_stream_function(problem.checked(), np.clip((y - floor) / (1.0 - floor), 0.0, 1.0))


def test_lines_of_a_channel_are_straight_and_end_at_its_end() -> None:
    grid = Grid.uniform((2.0, 1.0, 0.5), (7, 6, 5))
    problem = FlowProblem(grid, density=1.0, viscosity=1.0, least_cells=1)
    problem.inlet("x_min", velocity=0.5)
    problem.outlet("x_max")
    shape = (5, 6, 8)
    u = np.broadcast_to(np.linspace(0.1, 0.6, 6)[:, None], shape)
    field = FlowField(problem.checked(), u.copy(), np.zeros((5, 7, 7)), np.zeros((6, 6, 7)), np.zeros(grid.shape))
    lines = field.streamlines([[0.0, 0.3, 0.2], [0.5, 0.95, 0.1]])
    for line, across, speed in zip(lines, ([0.3, 0.2], [0.95, 0.1]), (0.2, 0.6), strict=True):
        np.testing.assert_allclose(line.points[:, 1:], np.broadcast_to(across, (len(line.points), 2)), atol=1e-15)
        assert line.points[-1, 0] == 2.0
        np.testing.assert_allclose(line.speed, speed, rtol=1e-14)
        np.testing.assert_allclose(line.time, (line.points[:, 0] - line.points[0, 0]) / speed, rtol=1e-13)
    back = field.streamlines([[1.0, 0.3, 0.2]], backward=True)[0]
    assert back.points[-1, 0] == 0.0
    assert back.time[-1] == pytest.approx(-5.0, rel=1e-13)


@pytest.mark.parametrize("seed", [(0.5, 0.23), (0.11, 0.4), (0.871, 0.5), (0.03, 0.03)])
def test_lines_of_a_vortex_close_on_themselves(seed: tuple[float, float]) -> None:
    line = vortex(17).streamlines([(*seed, 0.5)])[0]
    assert line.closed
    gap = np.abs(line.points[1] - line.points[-1]).max()
    assert gap < 1e-11
    assert np.ptp(line.points[:, 0]) > 0.2  # it went round


def test_lines_of_a_leaking_vortex_do_not_close() -> None:
    field = vortex(17)
    line = leaking(field).streamlines([(0.5, 0.23, 0.5)])[0]
    assert not line.closed


def test_lines_lie_on_one_value_of_the_stream_function() -> None:
    field = vortex(17)
    psi = field.stream_function
    line = field.streamlines([(0.37, 0.23, 0.5)])[0]
    cells = [np.clip((line.points[:, n] * 17).astype(int), 0, 16) for n in (0, 1)]
    a, b = (line.points[:, n] * 17 - cells[n] for n in (0, 1))
    (i, j), low = cells, 1.0 - b
    value = (1 - a) * (low * psi[j, i] + b * psi[j + 1, i]) + a * (low * psi[j, i + 1] + b * psi[j + 1, i + 1])
    np.testing.assert_allclose(value, value[0], rtol=1e-12)


def test_the_time_round_a_vortex_is_the_exact_one() -> None:
    line = vortex(150).streamlines([(0.5, 0.23, 0.5)])[0]
    time = line.time[-1] - line.time[1]
    exact = 4.0 / np.pi * ellipk(1.0 - np.sin(0.23 * np.pi) ** 2)  # from dx/dt on one value of the stream function
    assert time == pytest.approx(exact, rel=1e-3)
    assert 1.01 * time != pytest.approx(exact, rel=1e-3)


def test_lines_never_enter_a_block_and_carry_equal_shares() -> None:
    field = step()
    lines = field.streamlines(10)
    assert len(lines) == 10
    heights = []
    for line in lines:
        assert line.points[0, 0] == 0.0
        assert line.points[-1, 0] == 4.0
        x, y = line.points[:, 0], line.points[:, 1]
        assert not ((x > 1.0) & (x < 2.0) & (y < 0.5)).any()
        heights.append(line.points[-1, 1])
    np.testing.assert_allclose(sorted(heights), (np.arange(10) + 0.5) / 10, atol=1e-12)


def test_seeds_cover_an_inlet_by_its_flow() -> None:
    grid = Grid.uniform((1.0, 0.3, 1.0), (2, 3, 10))
    problem = FlowProblem(grid, density=1.0, viscosity=1.0, least_cells=1)
    problem.inlet("x_min", velocity=1.0, box=Box(z=(0.4, 1.0)))
    problem.outlet("x_max")
    u = np.zeros((10, 3, 3))
    u[4:] = 1.0
    u[7:] = 3.0  # three quarters of the flow
    field = FlowField(problem.checked(), u, np.zeros((10, 4, 2)), np.zeros((11, 3, 2)), np.zeros(grid.shape))
    seeds = np.array([line.points[0] for line in field.streamlines(400)])
    assert (seeds[:, 2] > 0.7).mean() == pytest.approx(0.75, abs=0.005)
    assert seeds[:, 2].min() > 0.4
    counts = np.histogram(seeds[:, 1], 6, (0.0, 0.3))[0]
    assert counts.min() > 0.9 * 400 / 6


def test_what_rests_has_a_line_of_one_point() -> None:
    field = vortex(16)
    still = FlowField(field.input, 0.0 * field.u, 0.0 * field.v, field.w, field.p)
    line = still.streamlines([(0.4, 0.4, 0.5)])[0]
    assert line.points.shape == (1, 3)
    assert line.speed[0] == 0.0


def test_an_endless_line_ends_at_its_longest() -> None:
    field = vortex(17)
    line = leaking(field).streamlines([(0.5, 0.23, 0.5)], longest=3.0)[0]
    length = np.linalg.norm(np.diff(line.points, axis=0), axis=1).sum()
    assert 3.0 <= length < 3.2


def test_seeds_have_to_be_points_of_the_grid() -> None:
    field = vortex(16)
    with pytest.raises(InputError, match="outside the grid"):
        field.streamlines([(2.0, 0.5, 0.5)])
    with pytest.raises(InputError, match="nothing comes in through a side"):
        field.streamlines(5)
    with pytest.raises(InputError, match="one row"):
        field.streamlines([(0.5, 0.5)])


def test_compiled_and_plain_steps_agree_with_the_closed_form() -> None:
    for low, high in ((1.0, 2.0), (2.0, 1.0), (1.5, 1.5)):
        for function in (leaving, leaving.py_func):
            time = function(0.25, 0.0, 1.0, low, high)
            rate, start = high - low, low + 0.25 * (high - low)
            exact = 0.75 / start if rate == 0.0 else np.log(high / start) / rate
            assert time == pytest.approx(exact, rel=1e-12)
        for function in (moved, moved.py_func):
            assert function(0.25, 0.0, 1.0, low, high, time) == pytest.approx(1.0, rel=1e-12)
    assert leaving(0.25, 0.0, 1.0, -1.0, 1.0) == pytest.approx(np.log(2.0) / 2.0)  # turns back before the middle
    assert leaving(0.25, 0.0, 1.0, 1.0, -1.0) == np.inf  # comes to rest
