"""Shear on blocked cells balances what drives the flow, also on a wall that stands on a periodic seam."""

from __future__ import annotations

import numpy as np
import pytest

from thermal.fv import Box, FlowField, FlowProblem, Grid, solve_flow

PUSH = 2.0
N = 8


def between_walls(place: int) -> FlowField:
    """Flow along y, pushed, around one blocked column of cells; x and y are periodic."""
    grid = Grid.uniform((1.0, 1.0, 1.0), (N, 4, 1))
    problem = FlowProblem(grid, density=1.0, viscosity=0.5, least_cells=1)
    problem.periodic("x")
    problem.periodic("y")
    problem.block(Box(x=(place / N, (place + 1) / N)))
    problem.add_force((0.0, PUSH, 0.0))
    return solve_flow(problem, tolerance=1e-11)


def rubbed(shear: np.ndarray[tuple[int, ...], np.dtype[np.float64]], field: FlowField) -> float:
    """Force on the walls across x along y [N]; the last face is the first."""
    return float((shear[1, ..., :-1] * field.grid.areas(0)[..., None]).sum())


@pytest.mark.parametrize("place", [0, 3, N - 1])
def test_the_walls_take_all_that_pushes(place: int) -> None:
    field = between_walls(place)
    shear = field.block_shear("x")
    force = PUSH * float(field.grid.volumes[field.input.fluid].sum())
    assert rubbed(shear, field) == pytest.approx(force, rel=1e-9)
    np.testing.assert_array_equal(shear[..., 0], shear[..., -1])
    assert shear[1, 0, 0, place] == pytest.approx(shear[1, 0, 0, place + 1], rel=1e-9)
    without_seam = np.concatenate([0.0 * shear[..., :1], shear[..., 1:]], axis=-1)
    assert (rubbed(without_seam, field) < 0.6 * force) == (place != 3)
