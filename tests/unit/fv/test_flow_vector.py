"""Unknowns of a flow as one vector: what is in it, and the way back."""

from __future__ import annotations

import numpy as np
import pytest

from thermal.fv import FlowProblem, Grid
from thermal.fv.flow_system import FlowSystem, flow_system
from thermal.fv.flow_vector import Unknowns


def system(*cells: int) -> FlowSystem:
    problem = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), cells), density=1.0, viscosity=1.0, least_cells=1)
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max")
    return flow_system(problem.checked())


def test_it_holds_faces_and_cells_once_and_no_ghosts() -> None:
    unknowns = Unknowns(system(5, 4, 3))
    assert unknowns.parts == (0, 1, 2, 3)
    assert unknowns.size == 6 * 4 * 3 + 5 * 5 * 3 + 5 * 4 * 4 + 5 * 4 * 3
    assert unknowns.views(np.zeros(unknowns.size))[1].shape == (3, 5, 5)


def test_a_flat_direction_has_no_velocity() -> None:
    unknowns = Unknowns(system(5, 4, 1))
    assert unknowns.parts == (0, 1, 3)
    assert unknowns.size == 6 * 4 + 5 * 5 + 5 * 4


@pytest.mark.parametrize("cells", [(5, 4, 3), (5, 4, 1)])
def test_what_is_added_to_a_state_comes_back_from_it(cells: tuple[int, int, int]) -> None:
    layout = system(*cells)
    unknowns, state = Unknowns(layout), layout.start()
    before = unknowns.gather(state, np.empty(unknowns.size))
    change = np.random.default_rng(1).standard_normal(unknowns.size)
    untouched = state.copy()
    unknowns.add(state, change, 2.0)
    after = unknowns.gather(state, np.empty(unknowns.size))
    np.testing.assert_allclose(after - before, 2.0 * change, rtol=1e-12, atol=1e-14)
    assert np.count_nonzero(state != untouched) == unknowns.size  # ghosts stay as they were


def test_parts_are_windows_on_the_vector() -> None:
    unknowns = Unknowns(system(5, 4, 3))
    vector = np.zeros(unknowns.size)
    unknowns.views(vector)[3][...] = 1.0
    assert vector.sum() == 5 * 4 * 3
