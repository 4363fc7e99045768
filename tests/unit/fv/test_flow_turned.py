"""The turned part of the viscous stress: nothing where the viscosity is even, and what a varying one does."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.fv import Box, FlowProblem, Grid, solve_flow
from thermal.fv.flow_residual import Residual
from thermal.fv.flow_steady import state_of
from thermal.fv.flow_system import flow_system

Floats = NDArray[np.float64]


def channel(cells: tuple[int, int, int], *, periodic: bool = False) -> FlowProblem:
    """Flow round a block, on an uneven grid."""
    faces = (np.linspace(0.0, 1.0, n + 1) ** 1.2 * size for n, size in zip(cells, (2.0, 1.0, 0.8), strict=True))
    problem = FlowProblem(Grid.from_faces(*faces), density=1.0, viscosity=0.05, least_cells=1)
    problem.block(Box(x=(0.6, 1.0), y=(0.0, 0.4)))
    if periodic:
        problem.periodic("x", pressure_drop=0.5)
    else:
        problem.inlet("x_min", velocity=1.0)
        problem.outlet("x_max")
    return problem


def change(problem: FlowProblem, excess: Floats | float, stir: float = 0.0) -> float:
    """What the residual of a solved flow changes by, over its largest viscous force."""
    given = problem.checked()
    system = flow_system(given)
    x = state_of(system, solve_flow(given, tolerance=1e-10))
    x[:3] += stir * np.random.default_rng(2).standard_normal(x[:3].shape) * np.array(system.active)
    even, uneven = Residual(system), Residual(system._replace(excess=np.where(system.passable, excess, 0.0)))
    before, after = (residual(x, np.zeros_like(x))[:3] for residual in (even, uneven))
    largest = max(float(np.abs(wall).max()) for wall in system.walls if wall.size)
    return float(np.abs(after - before).max()) / (largest * float(np.abs(x[:3]).max()))


@pytest.mark.parametrize("cells", [(14, 10, 1), (12, 8, 6)])
@pytest.mark.parametrize("periodic", [False, True])
def test_an_even_viscosity_has_none_where_mass_is_conserved(cells: tuple[int, int, int], periodic: bool) -> None:
    problem = channel(cells, periodic=periodic)
    assert change(problem, 0.05) < 1e-12
    assert change(problem, 0.05, stir=1e-3) > 1e-5  # velocities that do not conserve mass would show it


def test_it_is_left_out_where_the_viscosity_is_even_and_not_where_it_varies() -> None:
    grid = Grid.uniform((1.0, 1.0, 1.0), (4, 4, 1))
    even = FlowProblem(grid, density=1.0, viscosity=0.1, least_cells=1)
    varied = FlowProblem(grid, density=1.0, viscosity=0.1 + 0.01 * np.arange(16.0).reshape(1, 4, 4), least_cells=1)
    assert flow_system(even.checked()).excess is None
    excess = flow_system(varied.checked()).excess
    assert excess is not None
    assert excess.max() == pytest.approx(0.15)
    assert excess.min() == 0.0


def test_a_stream_that_slows_down_in_thick_fluid_feels_it() -> None:
    """u = −x, v = y with μ = 1 + x: the stress turned round pushes by ∂μ/∂x ∂u/∂x = −1 along x, and not along y."""
    n = 8
    grid = Grid.uniform((1.0, 1.0, 1.0), (n, n, 1))
    viscosity = 1.0 + np.broadcast_to(grid.centres.x, (1, n, n))
    system = flow_system(FlowProblem(grid, density=1e-9, viscosity=viscosity, least_cells=1).checked())
    x = np.zeros((4, *system.shape))
    x[0][system.inner(0)], x[1][system.inner(1)] = -grid.faces.x, grid.faces.y[:, None]
    turned = Residual(system)(x, np.zeros_like(x)) - Residual(system._replace(excess=None))(x, np.zeros_like(x))
    inside = slice(2, -2)
    volume = system.volume(0)[system.inner(0)][0, inside, inside]
    np.testing.assert_allclose(turned[0][system.inner(0)][0, inside, inside], volume, rtol=1e-10)
    np.testing.assert_allclose(turned[1][system.inner(1)][0, inside, inside], 0.0, atol=1e-12)
