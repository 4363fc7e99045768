"""The memory that is asked for before a flow is stated, solved and marched is what it takes."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from thermal.errors import InputError
from thermal.fv import Box, FlowProblem, Grid, march_flow, memory, solve_flow
from thermal.numerics.gmres import VECTORS

CELLS = (36, 34, 35)
BASIS = 4 * 4 * (VECTORS[0] + 1)  # bytes a cell of the vectors of GMRES, four unknowns each, which are not traced


def stated(cells: tuple[int, int, int] = CELLS) -> FlowProblem:
    """A duct with a porous part."""
    grid = Grid.uniform((3.6, 3.4, 3.5), cells)
    problem = FlowProblem(grid, density=1.0, viscosity=1.0)
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max")
    problem.add_porous(Box(x=(1.0, 2.0)), permeability=(1.0, 2.0, 3.0))
    return problem


def peak(work: Callable[[], object]) -> float:
    """Bytes for each cell that work holds at its peak."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / (CELLS[0] * CELLS[1] * CELLS[2])
    finally:
        tracemalloc.stop()


def test_stating_solving_and_marching_stay_within_what_is_asked_for() -> None:
    few = stated((6, 6, 6))  # what is loaded when first used is none of it
    solve_flow(few)
    list(march_flow(few, step=0.01, end=0.01))
    assert 0.3 * memory.FLOW_STATED < peak(lambda: stated().checked()) < memory.FLOW_STATED
    given = stated().checked()
    solved = peak(lambda: solve_flow(given, tolerance=1e-2)) + BASIS
    assert 0.5 * memory.FLOW_SOLVED < solved < memory.FLOW_SOLVED
    marched = peak(lambda: list(march_flow(given, step=0.01, end=0.02)))
    assert 0.5 * memory.FLOW_MARCHED < marched < memory.FLOW_MARCHED


@pytest.mark.parametrize(
    ("what", "work"),
    [
        ("FLOW_STATED", lambda: stated()),
        ("FLOW_SOLVED", lambda: solve_flow(stated())),
        ("FLOW_MARCHED", lambda: march_flow(stated(), step=0.01, end=0.1)),
    ],
)
def test_too_little_of_it_is_refused_at_once(
    what: str, work: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = CELLS[0] * CELLS[1] * CELLS[2]
    monkeypatch.setattr(memory, "available_memory", lambda: 0.99 * getattr(memory, what) * cells)
    with pytest.raises(InputError, match="GB are free"):
        work()
