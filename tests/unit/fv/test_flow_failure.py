"""What is said where a steady flow was not found: the place, a cause that fits, a remedy."""

from __future__ import annotations

import numpy as np
import pytest

from thermal.errors import ConvergenceError
from thermal.fv import FlowProblem, Grid, flow_newton, solve_flow
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
    number = float(message.split("Reynolds number (")[1].split(",")[0])
    assert 800.0 < number < 1000.0  # 1010 · 0.02 · 0.04 / 1e-3 over the height, and a little more where it is fastest
