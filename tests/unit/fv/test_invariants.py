"""What any conduction field obeys: agreement with elimination, conservation, symmetry, the maximum principle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thermal.fv import Box, ConductionProblem, Field, Grid, solve
from thermal.numerics.multigrid import Multigrid, Stencil


def more_conductive(stencil: Stencil) -> Multigrid:
    """All conductances between cells 1 % too large."""
    return Multigrid(Stencil(*(1.01 * g for g in stencil[:3]), stencil.extra))


@pytest.mark.parametrize("seed", range(25))
def test_multigrid_and_elimination_agree(seed: int, direct, make_random) -> None:
    problem = make_random(seed)
    ours, theirs = solve(problem, 1e-11), solve(problem, solver=direct)
    spread = np.ptp(theirs.rise)
    np.testing.assert_allclose(ours.rise, theirs.rise, atol=1e-6 * spread)
    sabotaged = solve(problem, 1e-11, solver=more_conductive)
    assert not np.allclose(sabotaged.rise, theirs.rise, rtol=0.0, atol=1e-6 * spread)


@pytest.mark.parametrize("seed", range(25))
def test_energy_is_conserved_to_rounding(seed: int, make_random) -> None:
    field = solve(make_random(seed))
    assert abs(field.energy.imbalance) < 1e-12
    assert abs(field.unbalanced) < 1e-6
    source = sum(float(heat.power.sum()) for heat in make_random(seed).heats)  # of the problem, not of the field
    outer = sum(field.energy.sides.values()) + source
    assert abs(outer) < 1e-12 * field.energy.entering


def test_the_shift_tells_what_it_took_out(make_random) -> None:
    """The account of the whole is closed in any case; a loose tolerance or another operator shows before the shift."""

    def cooler(stencil: Stencil) -> Multigrid:
        return Multigrid(stencil._replace(extra=1.01 * stencil.extra))

    for field in (solve(make_random(4), 0.1), solve(make_random(4), 1e-11, solver=cooler)):
        assert abs(field.unbalanced) > 1e-4
        assert abs(field.energy.imbalance) < 1e-12
    assert abs(solve(make_random(4), 1e-11).unbalanced) < 1e-9


def test_a_wrong_conductance_breaks_the_balance_of_cells(make_random) -> None:
    """The common shift closes the account of the whole in any case; the cells show what is wrong."""
    problem = make_random(4)
    wrong = solve(problem, solver=more_conductive)
    right = solve(problem)
    assert np.linalg.norm(wrong.residual) > 1e3 * np.linalg.norm(right.residual)


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_maximum_principle(direct, make_random, seed: int) -> None:
    """Without sources no cell is outside the temperatures given; with heat added none gets colder."""
    problem = make_random(seed, sources=False, jump=1.0)
    cold = solve(problem, solver=direct)
    given_temperatures = [
        condition.temperature
        for conditions in problem.conditions.values()
        for condition in conditions
        if condition.kind != "flux"
    ]
    low, high = min(given_temperatures), max(given_temperatures)
    slack = 1e-9 * high
    assert low - slack <= cold.temperature.min()
    assert cold.temperature.max() <= high + slack
    problem.add_heat(Box(), 3.0)
    hot = solve(problem, solver=direct)
    assert (hot.temperature >= cold.temperature - slack).all()
    assert hot.temperature.mean() > cold.temperature.mean()


def mirrored(axis: int | None) -> Field:
    """A lopsided problem, as it is or with x, y or z turned round."""
    rng = np.random.default_rng(11)
    faces = [np.concatenate([[0.0], np.cumsum(rng.uniform(0.5, 2.0, n))]) for n in (5, 6, 7)]
    k, heat = rng.uniform(1.0, 50.0, (2, 7, 6, 5))
    ends = ["min", "max"]
    if axis is not None:
        faces[axis] = faces[axis][-1] - faces[axis][::-1]
        k, heat = np.flip(k, 2 - axis), np.flip(heat, 2 - axis)
    grid = Grid.from_faces(*faces)
    problem = ConductionProblem(grid, np.ascontiguousarray(k))
    problem.add_cell_heat(heat)
    for n, name in enumerate("xyz"):
        first, last = reversed(ends) if n == axis else ends
        problem.set_convection(f"{name}_{first}", 3.0 + n, 300.0)
        problem.fix_temperature(f"{name}_{last}", 310.0 + n)
    return solve(problem, 1e-12)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_the_mirror_image_is_the_solution_of_the_mirrored_problem(axis: int) -> None:
    plain, turned = mirrored(None), mirrored(axis)
    np.testing.assert_allclose(np.flip(turned.rise, 2 - axis), plain.rise, atol=1e-8 * np.ptp(plain.rise))
    assert not np.allclose(turned.rise, plain.rise, rtol=0.0, atol=1e-3 * np.ptp(plain.rise))


def test_influence_is_mutual(make_random) -> None:
    """A watt here warms there as much as a watt there warms here."""
    rises = []
    for here, there in (((1, 2, 3), (2, 0, 1)), ((2, 0, 1), (1, 2, 3))):
        rng = np.random.default_rng(8)
        grid = Grid.uniform((0.05, 0.04, 0.03), (5, 4, 3))
        problem = ConductionProblem(grid, rng.uniform(1.0, 100.0, grid.shape))
        heat = np.zeros(grid.shape)
        heat[here] = 1.0
        problem.add_cell_heat(heat)
        problem.set_convection("z_min", 200.0, 0.0)
        rises.append(solve(problem, 1e-12).rise[there])
    assert rises[0] == pytest.approx(rises[1], rel=1e-9)
    assert rises[0] != pytest.approx(1.01 * rises[1], rel=1e-9)


def test_the_common_shift_only_improves(direct, make_random) -> None:
    """Stopped early, the field that solve returns is nearer to the exact one in the energy norm than the iterate."""

    class Hasty(Multigrid):
        def solve(self, rhs, *, tolerance=1e-8, start=None):
            return super().solve(rhs, tolerance=0.3, start=start)

    problem = make_random(9)
    exact, hasty = solve(problem, solver=direct), solve(problem, solver=Hasty)
    raw = Hasty(hasty.system.stencil).solve(hasty.system.rhs).x
    assert energy_norm(hasty.system.stencil, hasty.rise - exact.rise) <= energy_norm(
        hasty.system.stencil, np.ascontiguousarray(raw) - exact.rise
    )
    assert abs(hasty.energy.imbalance) < 1e-12 < abs(hasty.unbalanced)


def energy_norm(g: Stencil, x: np.ndarray) -> float:
    """Square of x·A·x."""
    steps = (np.diff(x, axis=2) ** 2 * g.gx[..., :-1], np.diff(x, axis=1) ** 2 * g.gy[:, :-1])
    return float(sum(s.sum() for s in steps) + (np.diff(x, axis=0) ** 2 * g.gz[:-1]).sum() + (g.extra * x**2).sum())
