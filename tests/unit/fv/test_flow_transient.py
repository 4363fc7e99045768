"""Marching a flow: where it ends, what it conserves, how it is handed out, and what it refuses."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from thermal.errors import ConvergenceError, InputError
from thermal.fv import Box, FlowProblem, Grid
from thermal.fv import flow_transient as transient
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_residual import Residual
from thermal.fv.flow_steady import solve_flow
from thermal.fv.flow_system import flow_system
from thermal.fv.flow_time_solvers import momentum_solver, unknowns
from thermal.fv.flow_transient import march_flow


def channel(viscosity: float = 0.05) -> FlowProblem:
    """A channel four times as long as it is high, 24 × 8 cells."""
    problem = FlowProblem(Grid.uniform((4.0, 1.0, 1.0), (24, 8, 1)), density=2.0, viscosity=viscosity)
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max", pressure=3.0)
    return problem


def porous_step() -> FlowProblem:
    """A step with a porous zone behind it, where drag is a hundred times inertia."""
    problem = channel()
    problem.block(Box(x=(0.0, 1.0), y=(0.0, 0.25)))
    problem.add_porous(Box(x=(2.0, 3.0)), permeability=(1e-3, 2e-3, 1e-3), forchheimer=5.0)
    return problem


def sources() -> FlowProblem:
    """Viscosity that rises sevenfold, mass put in, half a side open."""
    viscosity = 0.05 * np.exp(np.linspace(0.0, 2.0, 24)) * np.ones((1, 12, 1))
    problem = FlowProblem(Grid.uniform((4.0, 1.0, 1.0), (24, 12, 1)), density=1.0, viscosity=viscosity)
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max", box=Box(y=(0.0, 0.5)))
    problem.add_mass(Box(x=(2.0, 2.5)), 0.3)
    return problem


def duct() -> FlowProblem:
    """A periodic duct, one wall of which moves, in 3-D."""
    problem = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (8, 8, 4)), density=1.0, viscosity=0.2)
    problem.periodic("z", pressure_drop=0.5)
    problem.wall("y_max", velocity=(1.0, 0.0, 0.2))
    return problem


def between_plates() -> FlowProblem:
    """One cell along the flow, drag in half the gap."""
    problem = FlowProblem(Grid.uniform((0.1, 1.0, 1.0), (1, 12, 1)), density=1.0, viscosity=1.0)
    problem.periodic("x", pressure_drop=0.8)
    problem.add_resistance(Box(y=(0.0, 0.5)), linear=50.0)
    return problem


CASES = [(channel, 0.025, 8.0), (porous_step, 0.02, 6.0), (sources, 0.005, 4.0), (duct, 0.02, 5.0)]


@pytest.mark.parametrize(("make", "step", "end"), [*CASES, (between_plates, 0.02, 3.0)])
def test_a_march_ends_where_steady_flow_is(make: Callable[[], FlowProblem], step: float, end: float) -> None:
    problem = make()
    *_, last = march_flow(problem, step=step, end=end)
    steady = solve_flow(problem, tolerance=1e-9)
    fastest = max(float(np.abs(part).max()) for part in steady.velocity)
    for one, other in zip(last.velocity, steady.velocity, strict=True):
        np.testing.assert_allclose(one, other, rtol=0.0, atol=3e-6 * fastest)
    np.testing.assert_allclose(last.p, steady.p, rtol=0.0, atol=3e-6 * max(float(np.abs(steady.p).max()), 0.1))
    assert last.history[-1] < 1e-5 < max(last.history)


@pytest.mark.parametrize(("make", "step", "end"), CASES)
def test_mass_is_conserved_at_every_instant(make: Callable[[], FlowProblem], step: float, end: float) -> None:
    flows = list(march_flow(make(), step=step, end=5 * step, every=1))
    assert [flow.time for flow in flows] == pytest.approx([step * n for n in range(1, 6)])
    assert max(flow.imbalance for flow in flows) < 1e-12
    assert end > 5 * step


def test_instants_and_progress() -> None:
    seen: list[tuple[int, float]] = []
    flows = march_flow(channel(), step=0.02, end=0.14, every=3, progress=lambda *step: seen.append(step))
    assert not seen  # nothing is computed before it is asked for
    assert [(flow.iterations, round(flow.time or 0.0, 9)) for flow in flows] == [(3, 0.06), (6, 0.12), (7, 0.14)]
    assert seen[-1] == (7, pytest.approx(0.14))


def test_a_march_goes_on_from_a_field() -> None:
    *_, whole = march_flow(channel(), step=0.01, end=0.4)
    *_, half = march_flow(channel(), step=0.01, end=0.2)
    *_, rest = march_flow(channel(), step=0.01, end=0.4, start=half)
    assert rest.time == pytest.approx(0.4)
    assert np.abs(rest.u - whole.u).max() < 1e-3  # another first step, of the same order
    assert np.abs(half.u - whole.u).max() > 1e-2


def test_steady_flow_stays() -> None:
    steady = solve_flow(porous_step(), tolerance=1e-10)
    *_, after = march_flow(porous_step(), step=0.02, end=0.2, start=steady)
    np.testing.assert_allclose(after.u, steady.u, rtol=0.0, atol=1e-7)
    np.testing.assert_allclose(after.p, steady.p, rtol=0.0, atol=1e-5 * float(np.ptp(steady.p)))


def test_a_start_that_does_not_conserve_mass_is_projected() -> None:
    problem = channel()
    wild = np.random.default_rng(1)
    start = FlowField(
        problem.checked(), *(0.3 * wild.standard_normal(n) for n in ((1, 8, 25), (1, 9, 24), (2, 8, 24), (1, 8, 24)))
    )
    (after,) = march_flow(problem, step=0.01, end=0.01, start=start)
    assert after.imbalance < 1e-12


def test_a_drive_that_rises() -> None:
    def factor(time: float) -> float:
        return 1.0 - math.exp(-3.0 * time)

    for flow in march_flow(sources(), step=0.005, end=0.3, every=20, drive=factor):
        share = factor(flow.time or 0.0)
        assert flow.mass_flow("x_min") == pytest.approx(share)
        assert flow.mass_flow("x_max") == pytest.approx(-1.3 * share)
        assert flow.imbalance < 1e-12


def test_a_constant_drive_changes_nothing() -> None:
    *_, plain = march_flow(porous_step(), step=0.02, end=0.2)
    *_, driven = march_flow(porous_step(), step=0.02, end=0.2, drive=lambda _: 1.0)
    np.testing.assert_allclose(driven.u, plain.u, rtol=0.0, atol=1e-12)
    np.testing.assert_allclose(driven.p, plain.p, rtol=0.0, atol=1e-9)


@pytest.mark.parametrize("make", [duct, between_plates, porous_step])
def test_the_momentum_solver_undoes_friction_and_drag(make: Callable[[], FlowProblem]) -> None:
    """Its matrix is the derivative of the residual at rest, seen in one random change."""
    system = flow_system(make().checked())
    residual = Residual(system)
    for m in residual.live:
        place = unknowns(residual, m)
        change = np.zeros((4, *system.shape))
        on = system.active[m][place]
        change[m][place] = np.where(on, np.random.default_rng(m).standard_normal(on.shape), 0.0)
        still = residual.carried(0.0 * change)
        rest = residual(np.zeros_like(change), np.zeros_like(change), carried=still)
        pushed = residual(change, np.zeros_like(change), carried=still)
        inertia = 3.0 * system.volume(m) + (0.0 if system.linear is None else system.linear[m])
        rhs = (pushed - rest)[m][place] + np.where(on, 3.0 * (system.volume(m) * change[m])[place], 0.0)
        found = momentum_solver(residual, m, inertia).solve(rhs, tolerance=1e-11).x
        np.testing.assert_allclose(found, change[m][place], rtol=0.0, atol=1e-7)


def test_a_start_that_is_not_finite_is_refused() -> None:
    (start,) = march_flow(channel(), step=0.01, end=0.01)
    start.u[0, 3, 4] = math.nan
    with pytest.raises(InputError, match="start: velocities or pressures that are not finite"):
        march_flow(channel(), step=0.01, end=0.1, start=start)


def parted() -> FlowProblem:
    """A cavity in two parts, of which one has an outlet and one a cell shut in."""
    problem = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (16, 12, 1)), density=1.0, viscosity=0.05, least_cells=1)
    problem.wall("y_max", velocity=(1.0, 0.0, 0.0))
    problem.outlet("x_min")
    shut = np.zeros(problem.grid.shape, bool)
    shut[:, :, 8] = shut[0, 4, 12] = shut[0, 6, 12] = shut[0, 5, 11] = shut[0, 5, 13] = True
    problem.block(shut)
    return problem


def seam() -> FlowProblem:
    """A block across the seam of a periodic direction."""
    problem = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (16, 12, 1)), density=1.0, viscosity=0.05, least_cells=1)
    problem.periodic("x")
    problem.wall("y_max", velocity=(1.0, 0.0, 0.0))
    problem.block(Box(x=(0.0, 0.2), y=(0.0, 0.5)))
    problem.block(Box(x=(0.9, 1.0), y=(0.0, 0.5)))
    return problem


@pytest.mark.parametrize("make", [parted, seam])
def test_parts_that_are_closed_and_blocks_at_a_seam(make: Callable[[], FlowProblem]) -> None:
    problem = make()
    wild = np.random.default_rng(2)
    parts = (0.1 * wild.standard_normal(shape) for shape in ((1, 12, 17), (1, 13, 16), (2, 12, 16), (1, 12, 16)))
    *_, flow = march_flow(problem, step=0.01, end=0.1, start=FlowField(problem.checked(), *parts))
    assert flow.imbalance < 1e-12
    assert 0.1 < np.abs(flow.u).max() < 1.0


def test_the_place_of_the_seam_does_not_matter() -> None:
    shifted = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (16, 12, 1)), density=1.0, viscosity=0.05, least_cells=1)
    shifted.periodic("x")
    shifted.wall("y_max", velocity=(1.0, 0.0, 0.0))
    shifted.block(np.roll(~seam().checked().fluid, 5, axis=2))
    (one,), (other,) = (list(march_flow(problem, step=0.01, end=0.2)) for problem in (seam(), shifted))
    np.testing.assert_allclose(np.roll(one.u[..., :-1], 5, axis=2), other.u[..., :-1], rtol=0.0, atol=1e-8)
    np.testing.assert_allclose(np.roll(one.v, 5, axis=2), other.v, rtol=0.0, atol=1e-8)
    np.testing.assert_allclose(np.roll(one.p, 5, axis=2), other.p, rtol=0.0, atol=1e-6)


def test_what_is_wrong_with_a_march_is_told_at_once() -> None:
    other = solve_flow(between_plates())
    with pytest.raises(InputError) as told:
        march_flow(channel(), step=0.0, end=1.0, every=0, tolerance=2.0, start=other)
    assert {problem.path for problem in told.value.problems} == {"step", "every", "tolerance", "start"}


@pytest.mark.parametrize(
    ("step", "end", "path", "right"),
    [
        (0.3, 1.0, "step", "take a step of 0.25 s"),
        (2.0, 1.0, "step", "take a step of 1 s"),
        (math.nan, 1.0, "step", "above 0"),
        (0.1, 0.0, "end", "give a later time"),
        (0.1, math.inf, "end", "give a later time"),
    ],
)
def test_steps_that_do_not_fit(step: float, end: float, path: str, right: str) -> None:
    with pytest.raises(InputError, match=right) as told:
        march_flow(channel(), step=step, end=end)
    assert told.value.problems[0].path == path


def test_a_step_too_long_names_the_one_to_take() -> None:
    with pytest.raises(
        InputError, match=r"step: 0\.1 s, and at 0 s .* times the fluid of cell .*; take at most"
    ) as told:
        next(march_flow(channel(), step=0.1, end=1.0))
    step = float(told.value.problems[0].right.split()[3])
    *_, flow = march_flow(channel(), step=step, end=5 * step)
    assert 0.02 < step < 0.04
    assert np.isfinite(flow.u).all()


def test_a_step_that_becomes_too_long_on_the_way() -> None:
    problem = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (12, 12, 1)), density=1.0, viscosity=0.02)
    force = np.zeros((1, 12, 13))
    force[:, 6:] = 8.0
    problem.add_force((force, 0.0, 0.0))
    with pytest.raises(InputError, match=r"scheme='bounded' on a finer grid"):
        list(march_flow(problem, step=0.05, end=5.0))


def test_growth_without_bound_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transient, "GROWTH", 1.01)
    problem = between_plates()
    with pytest.raises(ConvergenceError, match="take a shorter step") as told:
        list(march_flow(problem, step=0.01, end=1.0))
    assert told.value.history


def test_a_drive_without_end_is_refused() -> None:
    with pytest.raises(InputError, match="drive: inf at 0 s"):
        march_flow(channel(), step=0.01, end=0.1, drive=lambda _: math.inf)
