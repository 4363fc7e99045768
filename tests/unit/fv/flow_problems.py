"""Flow problems to be checked: two grids, water, a channel to change, and the words with which one is refused."""

from __future__ import annotations

import pytest

from thermal.errors import InputError
from thermal.fv import FlowProblem, Grid

GRID = Grid.uniform((0.04, 0.02, 0.001), (16, 8, 1))  # plane
BLOCK = Grid.uniform((0.04, 0.02, 0.01), (8, 7, 6))
WATER = {"density": 1000.0, "viscosity": 1e-3}


def channel(grid: Grid = GRID, **given: float) -> FlowProblem:
    """Water that enters at x_min at 0.1 m/s and leaves at x_max; all other sides are walls, or symmetric if plane."""
    problem = FlowProblem(grid, **{**WATER, **given})
    problem.inlet("x_min", velocity=0.1)
    problem.outlet("x_max", pressure=5.0)
    return problem


def refused(problem: FlowProblem) -> str:
    """Return the words with which a problem is refused."""
    with pytest.raises(InputError) as caught:
        problem.checked()
    return str(caught.value)
