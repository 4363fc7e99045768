"""What is said where a steady flow was not found: the place, a cause that fits, a remedy."""

from __future__ import annotations

import re

import numpy as np
import pytest

from thermal.errors import ConvergenceError
from thermal.fv import Box, FlowProblem, Grid, flow_newton, solve_flow
from thermal.fv.grid import Floats


def problem(viscosity: float | Floats = 1e-3, speed: float = 1e-3) -> FlowProblem:
    """A channel, 50 × 40 mm."""
    flow = FlowProblem(Grid.uniform((0.05, 0.04, 0.002), (25, 20, 1)), density=1010.0, viscosity=viscosity)
    flow.inlet("x_min", velocity=speed)
    flow.outlet("x_max")
    return flow


def failure(flow: FlowProblem, monkeypatch: pytest.MonkeyPatch, tolerance: float = 1e-8, steps: int = 3) -> str:
    monkeypatch.setattr(flow_newton, "STEPS", steps)
    with pytest.raises(ConvergenceError) as caught:
        solve_flow(flow, tolerance=tolerance)
    assert "whole field" not in caught.value.place
    return str(caught.value)


def test_a_tolerance_below_rounding_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "give a tolerance of" in failure(problem(), monkeypatch, 1e-30, 80)


def test_a_jump_of_viscosity_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    mu = np.full((1, 20, 25), 1e-3)
    mu[:, 5:10] = 0.1
    message = failure(problem(mu), monkeypatch)
    assert "the viscosity changes 100-fold from one cell to the next" in message
    assert "momentum along" in message


def test_a_creeping_flow_is_not_told_to_slow_down(monkeypatch: pytest.MonkeyPatch) -> None:
    message = failure(problem(speed=1e-7), monkeypatch)
    assert "creeps" in message
    assert "lower" not in message


def test_a_fast_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    message = failure(problem(speed=0.02), monkeypatch)
    assert "lower the flow or raise the viscosity" in message
    assert "on a hydraulic diameter of 0.08 m)" in message
    number = float(message.split("Reynolds number (")[1].split(" ")[0])
    assert number == pytest.approx(1010.0 * 0.02 * 0.08 / 1e-3, rel=0.01)  # on twice the gap


def test_the_number_is_that_of_the_narrowest_passage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two plenums joined by a hole of 12 mm square across the main direction."""
    flow = FlowProblem(Grid.uniform((0.04, 0.02, 0.02), (20, 20, 10)), density=1000.0, viscosity=1e-3)
    wall = np.zeros((10, 20, 20), np.bool_)
    wall[:, 9:11] = True
    wall[2:8, 9:11, 7:13] = False
    flow.block(wall)
    flow.inlet("x_min", velocity=0.05, box=Box(y=(0.011, 0.02)))
    flow.outlet("x_max", box=Box(y=(0.0, 0.009)))
    message = failure(flow, monkeypatch)
    found = re.search(
        r"Reynolds number \((\d+) at y = 0\.0(?:095|105) m on a hydraulic diameter of 0\.012 m\)", message
    )
    assert found is not None
    assert float(found[1]) == pytest.approx(4.0 * 0.05 * 0.009 * 0.02 / 0.048 / 1e-6, rel=0.03)  # flow not yet found


def test_without_a_passage_no_number_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (12, 12, 1)), density=1.0, viscosity=1e-3)
    along = np.zeros((1, 12, 13))
    along[:, 6:] = 1.0
    flow.add_force((along, 0.0, 0.0))
    message = failure(flow, monkeypatch)
    assert "no steady flow as fast as this" in message


def test_a_zone_too_dense_for_the_linear_solver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def slab(permeability: float) -> FlowProblem:
        flow = FlowProblem(Grid.uniform((0.01, 0.001, 0.001), (40, 10, 1)), density=998.0, viscosity=1e-3)
        flow.inlet("x_min", velocity=0.1)
        flow.outlet("x_max")
        flow.add_porous(Box(x=(0.004, 0.006)), permeability=permeability)
        return flow

    message = failure(slab(1e-15), monkeypatch, steps=80)
    assert "the zone at x = 0.004 to 0.006 m, y = 0 to 0.001 m resists so much that 2e+08 Pa are lost there" in message
    assert "give a permeability 10 times as large or more" in message
    assert "Reynolds number" not in message
    drop = 0.1 * 1e-3 * 0.002 / 1e-14
    assert solve_flow(slab(1e-14)).pressure_drop == pytest.approx(drop, rel=1e-5)  # as is told
