"""The level of the pressure in fluid that blocked cells part from all outlets."""

from __future__ import annotations

import numpy as np
import pytest

from thermal.fv import Box, FlowField, FlowProblem, Grid, march_flow, solve_flow
from thermal.fv import flow_steady as solver

PRESSURE = 5.0
CAVITIES = (slice(None), slice(5, None), slice(0, 6)), (slice(None), slice(5, None), slice(7, None))


def parted() -> FlowProblem:
    """A channel to an outlet below, two cavities under a moving lid above, walls between."""
    grid = Grid.uniform((1.0, 1.0, 1.0), (11, 9, 1))
    problem = FlowProblem(grid, density=1.0, viscosity=1.0, least_cells=1)
    walls = np.zeros(grid.shape, bool)
    walls[:, 4] = walls[:, 5:, 6] = True
    problem.block(walls)
    below = Box(y=(0.0, 4.0 / 9.0))
    problem.inlet("x_min", velocity=1.0, box=below)
    problem.outlet("x_max", pressure=PRESSURE, box=below)
    problem.wall("y_max", velocity=(1.0, 0.0, 0.0))
    return problem


def levels(field: FlowField) -> list[float]:
    return [float(field.p[here].mean()) for here in CAVITIES]


def test_parted_fluid_counts_its_pressure_from_its_mean() -> None:
    field = solve_flow(parted())
    assert levels(field) == pytest.approx([0.0, 0.0], abs=1e-12)
    assert all(np.ptp(field.p[here]) > 1.0 for here in CAVITIES)
    assert field.p[0, :4].min() > PRESSURE  # the channel's is the outlet's, and what drives it
    assert field.p[0, :4, -1].mean() < PRESSURE + 3.0
    *_, last = march_flow(parted(), step=0.01, end=0.05)
    assert levels(last) == pytest.approx([0.0, 0.0], abs=1e-12)


def test_without_that_it_has_any_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver, "level", lambda given, pressure: None)
    assert max(abs(one) for one in levels(solve_flow(parted()))) > 1e-3


def test_the_levels_of_a_closed_problem_are_each_region_s_own() -> None:
    problem = parted()
    problem.wall("x_min")
    problem.wall("x_max")
    field = solve_flow(problem)
    assert levels(field) == pytest.approx([0.0, 0.0], abs=1e-12)
    assert not field.p[~field.input.fluid].any()
