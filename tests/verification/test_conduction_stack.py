"""A chip stack under a stress map of power, against what three public solvers gave for the same matrix."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from thermal.fv import Box, solve

ROOT = Path(__file__).parents[2]


def stack_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stack", ROOT / "benchmarks" / "stack.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


STACK = stack_module()


def test_hottest_cell_and_mean_of_the_lowest_layer() -> None:
    problem = STACK.stack("1e5")
    field = solve(problem, 1e-10)
    heated = Box(STACK.DIE, STACK.DIE, (0.0, 7.8e-5))
    assert field.system.source == pytest.approx(1400.0, rel=1e-13)
    assert field.hottest().temperature == pytest.approx(STACK.HOTTEST["1e5"], rel=1e-9)
    assert field.mean(heated) == pytest.approx(STACK.BOTTOM_MEAN["1e5"], rel=1e-9)
    assert abs(field.energy.imbalance) < 1e-12
    problem.set_contact(z=STACK.HEIGHTS[0], resistance=1e-8)  # 0.1 % of the paste
    wrong = solve(problem, 1e-10)
    assert wrong.hottest().temperature != pytest.approx(STACK.HOTTEST["1e5"], rel=1e-6)
    assert wrong.mean(heated) != pytest.approx(STACK.BOTTOM_MEAN["1e5"], rel=1e-6)
