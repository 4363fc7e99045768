"""The bounded scheme makes no new extremes: a velocity that nothing drives stays between what comes in, on any cells.

Along a periodic direction of one cell without a pressure drop a velocity is carried by the others and drives nothing.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from tests.verification.flow_cases import Floats
from thermal.fv import FlowProblem, Grid, flow_steady
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_kernels import _limited
from thermal.fv.flow_steady import solve_flow

CELLS = 24
SLOPE = 0.55  # of the flow across the grid
FRONT = 0.3  # where it comes in
ROUNDING = 1e-6  # of what comes in
THIN = 1e-9  # viscosity that does nothing


def spread(widths: Floats) -> Floats:
    """Faces from 0 to 1 of cells with given ratios of widths."""
    return np.asarray(np.concatenate([[0.0], np.cumsum(widths)]) / widths.sum())


ROWS = {
    "even": spread(np.ones(CELLS)),
    "alternating 1 : 2": spread(np.where(np.arange(CELLS) % 2, 2.0, 1.0)),
    "alternating 1 : 8": spread(np.where(np.arange(CELLS) % 2, 8.0, 1.0)),
    "growing": spread(1.2 ** np.arange(CELLS)),
    "shrinking": spread(1.2 ** -np.arange(CELLS)),
}


@cache
def front(cells: str, scheme: str) -> FlowField:
    """A front carried askew through inlets on all sides; w is 1 below it and 0 above."""
    x = ROWS[cells]
    grid = Grid.from_faces(x, x, [0.0, 1.0])
    problem = FlowProblem(grid, density=1.0, viscosity=THIN, scheme=scheme, least_cells=1)  # type: ignore[arg-type]
    problem.periodic("z")

    def below(x: Any, y: Any) -> Floats:
        return np.where(y - SLOPE * x < FRONT, 1.0, 0.0)

    centres = grid.centres.x
    for side, w in {
        "x_min": below(0.0, centres),
        "x_max": below(1.0, centres),
        "y_min": below(centres, 0.0),
        "y_max": below(centres, 1.0),
    }.items():
        velocity = np.zeros((3, 1, CELLS))
        velocity[0], velocity[1], velocity[2] = 1.0, SLOPE, w
        problem.inlet(side, velocity=velocity)  # type: ignore[arg-type]
    return solve_flow(problem)


def beyond(flow: FlowField) -> float:
    """How far w is below 0 or above 1."""
    return float(max(-flow.w.min(), flow.w.max() - 1.0))


@pytest.mark.parametrize("cells", ROWS)
def test_a_front_stays_between_what_comes_in(cells: str) -> None:
    assert beyond(front(cells, "bounded")) < ROUNDING
    assert beyond(front(cells, "linear_upwind")) > 0.05


@pytest.mark.parametrize("cells", ["even", "alternating 1 : 2"])
def test_it_is_steeper_than_of_first_order(cells: str) -> None:
    def smeared(scheme: str) -> int:
        w = front(cells, scheme).w[0]
        return int(np.count_nonzero((w > 0.1) & (w < 0.9)))

    assert smeared("bounded") < 0.7 * smeared("upwind")


def test_no_face_takes_more_than_its_neighbours() -> None:
    """Van Albada's mean alone does, behind cells that become more than 4.8 times as narrow."""
    ratio = 1.0 + np.sqrt(2.0)  # of the two steps, where the mean is largest
    limit = _limited.py_func
    for share, bound in ((0.5, 0.5 * ratio * 0.5), (8.0 / 9.0, 1.0)):  # of the way to the next point
        for whole in (1.0, -1.0):
            assert limit(share * whole, ratio * share * whole, whole) == pytest.approx(whole * bound)
    assert limit(0.3, -0.1, 1.0) == 0.0


@cache
def rising(scheme: str, floor: str) -> FlowField:
    """Flow from the left turns up and leaves the floor; w comes in beside it alone.

    `floor`: symmetry, wall, or whole for the mirrored flow in the grid as well.
    """
    n = 16
    y = np.linspace(-1.0 if floor == "whole" else 0.0, 1.0, 2 * n + 1 if floor == "whole" else n + 1)
    grid = Grid.from_faces(np.linspace(0.0, 1.0, n + 1), y, [0.0, 1.0])
    problem = FlowProblem(grid, density=1.0, viscosity=1e-4, scheme=scheme, least_cells=1)  # type: ignore[arg-type]
    problem.periodic("z")
    velocity = np.zeros((3, 1, y.size - 1))
    velocity[0], velocity[2] = 1.0, np.abs(grid.centres.y) < 1.0 / n
    problem.inlet("x_min", velocity=velocity)
    problem.symmetry("x_max")
    problem.outlet("y_max")
    if floor == "symmetry":
        problem.symmetry("y_min")
    elif floor == "whole":
        problem.outlet("y_min")
    return solve_flow(problem)


@pytest.mark.parametrize("floor", ["symmetry", "wall"])
def test_what_leaves_a_wall_or_a_plane_of_symmetry_makes_none_either(floor: str) -> None:
    assert beyond(rising("bounded", floor)) < ROUNDING
    assert beyond(rising("linear_upwind", floor)) > 0.2


def difference() -> float:
    """Largest, of half a flow and the upper half of the whole."""
    half, whole = rising("bounded", "symmetry"), rising("bounded", "whole")
    return max(
        float(np.abs(half.w[0] - whole.w[0][16:]).max()),
        float(np.abs(half.u[0] - whole.u[0][16:]).max()),
    )


def test_half_of_a_symmetric_flow_is_half_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    assert difference() < 1e-5
    layout = flow_steady.flow_system
    nothing = (np.zeros((2, 0), np.int64),) * 3
    monkeypatch.setattr(flow_steady, "flow_system", lambda given: layout(given)._replace(mirrors=nothing))
    wrong = rising.__wrapped__("bounded", "symmetry")
    assert np.abs(wrong.u[0] - rising("bounded", "whole").u[0][16:]).max() > 1e-5


@pytest.mark.parametrize("scheme", ["upwind", "central", "linear_upwind", "bounded"])
@pytest.mark.parametrize("forward", [True, False])
def test_an_even_flow_from_two_inlets_to_two_outlets_stays_even(scheme: str, *, forward: bool) -> None:
    """What comes in where an inlet meets an outlet brings all of its momentum to the outlet's faces."""
    n = 8
    grid = Grid.from_faces(spread(1.1 ** np.arange(n)), spread(np.ones(n)), [0.0, 1.0])
    problem = FlowProblem(grid, density=1.0, viscosity=1e-2, scheme=scheme, least_cells=1)  # type: ignore[arg-type]
    sign = 1.0 if forward else -1.0
    for side in ("x_min" if forward else "x_max", "y_min"):
        problem.inlet(side, velocity=(sign, SLOPE, 0.0))  # type: ignore[arg-type]
    problem.outlet("x_max" if forward else "x_min")
    problem.outlet("y_max")
    flow = solve_flow(problem)
    np.testing.assert_allclose(flow.u, sign, atol=1e-6)
    np.testing.assert_allclose(flow.v, SLOPE, atol=1e-6)
