"""Heat carried by flows so slow that metal and coolant become of one temperature."""

from __future__ import annotations

import pytest

from thermal.errors import ConvergenceError
from thermal.fv import Box, ConductionProblem, FlowProblem, Grid, assemble, solve, solve_flow
from thermal.fv.field import Field

GRID = Grid.uniform((0.02, 0.001, 0.0015), (20, 6, 9))
METAL = Box(z=(0.0, 0.0005))
RISE = 2.0  # of the coolant [K]


def heated(flow: float) -> Field:
    """Metal below coolant of so much mass flow [kg/s], heated from below as much as it takes."""
    problem = FlowProblem(GRID, density=1000.0, viscosity=6.5e-4, least_cells=3)
    problem.block(METAL)
    problem.inlet("x_min", flow=flow)
    problem.outlet("x_max")
    moving = solve_flow(problem)
    heat = ConductionProblem(GRID, conductivity=0.6)
    heat.set_material(METAL, 400.0)
    heat.set_flux("z_min", flow * 4000.0 * RISE / 2e-5)
    heat.carry(moving.u, moving.v, moving.w, heat_capacity=4e6, inlet_temperature=300.0)
    return solve(heat)


@pytest.mark.parametrize("flow", [1e-4, 1e-7, 1e-9, 1e-10])
def test_what_leaves_is_warmer_by_what_it_was_given(flow: float) -> None:
    field = heated(flow)
    assert field.outlet_temperature - 300.0 == pytest.approx(RISE, rel=1e-9)
    if flow < 1e-8:
        assert field.temperature.min() > 300.0 + 0.9 * RISE


def test_counted_from_the_inlet_the_slowest_do_not_get_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assemble, "WEAK", 0.0)
    with pytest.raises(ConvergenceError):
        heated(1e-11)


def test_less_than_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConvergenceError, match="next to nothing"):
        heated(1e-16)
