"""Steady flow: how the iteration begins, reports, ends and fails."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from thermal.errors import ConvergenceError, InputError, RangeWarning
from thermal.fv import FlowField, FlowProblem, Grid, flow_newton, solve_flow


def cavity(reynolds: float = 100.0, n: int = 12) -> FlowProblem:
    problem = FlowProblem(
        Grid.uniform((1.0, 1.0, 1.0), (n, n, 1)), density=1.0, viscosity=1.0 / reynolds, least_cells=1
    )
    problem.wall("y_max", velocity=(1.0, 0.0, 0.0))
    return problem


@pytest.fixture(scope="module")
def solved() -> FlowField:
    return solve_flow(cavity())


def test_progress_tells_each_step_and_the_imbalance_before_it() -> None:
    told: list[tuple[int, float]] = []
    field = solve_flow(cavity(), progress=lambda step, left: told.append((step, left)))
    assert [step for step, _ in told] == list(range(len(told)))
    assert tuple(left for _, left in told) == field.history
    assert field.iterations >= len(told) - 1


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6, 1e-10])
def test_it_ends_at_the_tolerance_and_not_before(tolerance: float) -> None:
    history = solve_flow(cavity(), tolerance=tolerance).history
    assert history[-1] <= tolerance < min(history[:-1])


def test_a_tighter_tolerance_changes_the_answer_by_less_than_the_looser_one(solved: FlowField) -> None:
    rough, fine = (solve_flow(cavity(), tolerance=tolerance) for tolerance in (1e-3, 1e-11))
    assert 1e-6 < np.abs(rough.u - fine.u).max() < 1e-2
    assert np.abs(solved.u - fine.u).max() < 1e-7


def test_a_solved_flow_is_solved(solved: FlowField) -> None:
    again = solve_flow(cavity(), start=solved)
    assert len(again.history) == 1
    np.testing.assert_allclose(again.u, solved.u, atol=1e-12)


def test_the_flow_at_a_lower_reynolds_number_is_a_shorter_way() -> None:
    before, problem = solve_flow(cavity(380.0, n=24)), cavity(400.0, n=24)
    assert len(solve_flow(problem, start=before).history) < len(solve_flow(problem).history)


def test_residuals_beyond_bounds_are_said_to_diverge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_newton, "DIVERGED", 1e-9)  # any residual counts as one
    with pytest.raises(ConvergenceError, match="diverges; check velocities and viscosity") as raised:
        solve_flow(cavity())
    assert len(raised.value.history) == 1


def test_numbers_that_are_not_finite_are_said_to_diverge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_newton.Newton, "_measured", lambda self, r: float("nan"))
    with pytest.raises(ConvergenceError, match="diverges"):
        solve_flow(cavity())


def test_a_flow_that_does_not_settle_tells_its_history_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_newton, "STEPS", 3)
    with pytest.raises(ConvergenceError, match="no steady flow at this Reynolds number") as raised:
        solve_flow(cavity())
    error = raised.value
    assert len(error.history) == 4
    assert error.history[-1] < error.history[0]
    for remedy in ("lower the flow", "refine the grid", "march in time"):
        assert remedy in str(error)
    assert "scheme='bounded'" not in str(error)  # it has that already


def test_another_scheme_is_told_of_the_bounded_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_newton, "STEPS", 3)
    with pytest.raises(ConvergenceError, match="use scheme='bounded', or march in time"):
        solve_flow(replace(cavity().checked(), scheme="central"))


@pytest.mark.parametrize("tolerance", [0.0, -1.0, 1.0, float("nan")])
def test_a_tolerance_that_cannot_be_met_or_means_nothing_is_refused(tolerance: float) -> None:
    with pytest.raises(InputError, match=r"solve_flow: tolerance: .*; give a number between 0 and 1, such as 1e-8"):
        solve_flow(cavity(), tolerance=tolerance)


def test_something_that_is_no_problem_is_refused() -> None:
    with pytest.raises(InputError, match="solve_flow: problem: 3; give a FlowProblem"):
        solve_flow(3)  # type: ignore[arg-type]


def test_a_flow_is_shown_in_one_line(solved: FlowField) -> None:
    assert repr(solved) == f"FlowField(12 × 12 × 1 cells, {solved.iterations} iterations)"


def test_steps_without_gain_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_newton, "STALLED", 2)
    monkeypatch.setattr(flow_newton.Newton, "_step", lambda self, cycle: np.zeros(self.unknowns.size, np.float32))
    with pytest.raises(ConvergenceError, match="no steady flow") as raised:
        solve_flow(cavity())
    assert len(raised.value.history) == 4


def test_notes_on_turbulence_are_carried() -> None:
    grid = Grid.uniform((0.2, 0.02, 0.02), (8, 6, 1))

    def channel(speed: float) -> FlowField:
        problem = FlowProblem(grid, density=1000.0, viscosity=1e-3, least_cells=1, scheme="upwind")
        problem.inlet("x_min", velocity=speed)
        problem.outlet("x_max")
        return solve_flow(problem)

    assert channel(0.01).notes == ()
    with pytest.warns(RangeWarning, match="turbulent|laminar") as told:
        notes = channel(1.0).notes
    assert any("turbulent" in note or "laminar" in note for note in notes)
    assert [str(one.message) for one in told] == list(notes)


def test_a_start_on_another_grid_and_a_tolerance_out_of_range_are_told_at_once(solved: FlowField) -> None:
    with pytest.raises(InputError) as told:
        solve_flow(cavity(n=8), start=solved, tolerance=0.0)
    assert {problem.path for problem in told.value.problems} == {"start", "tolerance"}


def step_flow(number: float, start: FlowField | None = None) -> FlowField:
    """Flow behind a step, which comes in over the upper half."""
    problem = FlowProblem(Grid.uniform((15.0, 1.0, 1.0), (120, 24, 1)), density=1.0, viscosity=1.0 / number)
    y = (np.arange(24) + 0.5) / 24
    problem.inlet("x_min", velocity=np.maximum(24.0 * (1.0 - y) * (y - 0.5), 0.0)[None])
    problem.outlet("x_max")
    return solve_flow(problem, start=start)


@pytest.mark.filterwarnings("ignore::thermal.errors.RangeWarning")
def test_a_start_near_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Held carriers do not come nearer from there, and the first residual is no measure of how near it is."""
    start = step_flow(800.0)
    near = step_flow(808.0, start)
    assert near.iterations < 0.5 * start.iterations
    np.testing.assert_allclose(near.u, step_flow(808.0).u, atol=1e-4)
    monkeypatch.setattr(flow_newton, "SLOW", flow_newton.STALLED)
    with pytest.raises(ConvergenceError, match="steady flow"):
        step_flow(808.0, start)
