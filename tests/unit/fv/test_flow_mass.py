"""Mass put into a flow and taken out of it: the forces on all of the fluid balance, with the momentum that leaves."""

from __future__ import annotations

import numpy as np
import pytest

from thermal.fv import flow_system as layouts
from thermal.fv.flow import FlowProblem
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_steady import solve_flow
from thermal.fv.flow_system import FlowSystem
from thermal.fv.flow_time_drive import driven_system
from thermal.fv.grid import Box, Floats, Grid

LENGTH, HEIGHT, DEEP = 0.02, 2e-3, 1e-3
NX, NY = 20, 6
RHO, MU, SPEED = 1000.0, 1e-3, 0.05
TAKEN = 0.4 * RHO * SPEED * HEIGHT * DEEP  # of what flows in


def channel(flow: float) -> FlowProblem:
    """A channel with a sink (or source) over part of its floor, away from both ends."""
    grid = Grid.uniform((LENGTH, HEIGHT, DEEP), (NX, NY, 1))
    problem = FlowProblem(grid, density=RHO, viscosity=MU, scheme="upwind", least_cells=1)
    problem.inlet("x_min", velocity=SPEED)
    problem.outlet("x_max")
    problem.symmetry("y_max")
    problem.add_mass(Box(x=(0.3 * LENGTH, 0.7 * LENGTH), y=(0.0, HEIGHT / NY)), flow)
    return problem


def forces(flow: FlowField) -> dict[str, float]:
    """Along x on the fluid from the middle of the first column of cells to the outlet [N]."""
    u = flow.u[0]
    dx, dy = LENGTH / NX, HEIGHT / NY
    face = dy * DEEP
    first = 0.5 * RHO * face * (u[:, 0] + u[:, 1])
    mass = np.zeros((NY, NX)) if flow.input.mass is None else flow.input.mass[0]
    inside = 0.5 * (u[:, 1:] + u[:, :-1])
    along = np.full(NX, dx)
    along[-1] = 0.5 * dx  # the volume around the outlet's faces
    return {
        "carried in": float((first * u[:, 0]).sum()),
        "carried out": -float((RHO * face * u[:, -1] ** 2).sum()),
        "taken out": float((np.minimum(mass, 0.0) * inside).sum()),
        "pressed": float((face * flow.p[0, :, 0]).sum()),
        "rubbed at the inlet": -float((MU * face * (u[:, 1] - u[:, 0]) / dx).sum()),
        "rubbed by the floor": -float((MU * along * DEEP * u[0, 1:] / (0.5 * dy)).sum()),
    }


def imbalance(flow: FlowField) -> float:
    parts = forces(flow)
    return abs(sum(parts.values())) / max(abs(part) for part in parts.values())


def left_behind(system: FlowSystem, mass: Floats) -> FlowSystem:
    return system._replace(mass=mass)


@pytest.mark.parametrize("flow", [-TAKEN, TAKEN], ids=["taken out", "put in"])
def test_forces_balance_with_mass_taken_out_or_put_in(flow: float) -> None:
    field = solve_flow(channel(flow), tolerance=1e-11)
    assert field.mass_flow("x_max") == pytest.approx(-(RHO * SPEED * HEIGHT * DEEP + flow), rel=1e-12)
    assert imbalance(field) < 1e-8


def test_momentum_left_behind_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layouts, "with_mass", left_behind)
    assert imbalance(solve_flow(channel(-TAKEN), tolerance=1e-11)) > 1e-3
    assert imbalance(solve_flow(channel(TAKEN), tolerance=1e-11)) < 1e-8  # what comes in at rest brings none


def test_an_even_stream_stays_even_where_mass_is_taken_out_of_all_of_it() -> None:
    """Without friction u falls in line with what is left, and the pressure rises by what that takes: ρ (U² − u²)/2."""
    n = 400
    problem = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (n, 1, 1)), density=2.0, viscosity=1e-9, least_cells=1)
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max")
    problem.add_mass(Box(), -1.0)  # half of it
    field = solve_flow(problem)
    assert field.u[0, 0] == pytest.approx(1.0 - 0.5 * field.input.grid.faces[0], abs=1e-9)
    assert field.p[0, 0, 0] == pytest.approx(-0.5 * 2.0 * (1.0 - 0.25), rel=4.0 / n)


@pytest.mark.parametrize("factor", [0.5, 2.0, -1.0])
def test_a_drive_drives_what_leaves_with_the_mass(factor: float) -> None:
    whole = layouts.flow_system(channel(-TAKEN).checked())
    driven = driven_system(whole, factor)
    expected = layouts.with_mass(whole._replace(linear=None, mass=None), factor * whole.mass)  # type: ignore[operator]
    assert driven.mass is not None
    np.testing.assert_array_equal(driven.mass, expected.mass)
    for m in range(3):
        found = driven.linear[m] if driven.linear else 0.0
        wanted = expected.linear[m] if expected.linear else np.zeros(whole.shape)
        np.testing.assert_allclose(found, wanted, atol=1e-18)
