"""The independent solver, and random problems to put to both solvers."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thermal.fv import SIDES, Box, ConductionProblem, Grid


@pytest.fixture(scope="session")
def direct() -> Any:
    spec = importlib.util.spec_from_file_location("reference", Path(__file__).with_name("reference.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Direct


def random_problem(seed: int, *, sources: bool = True, jump: float = 2.0) -> ConductionProblem:
    """Odd cell counts, uneven widths, conductivities over 2·jump decades, contacts, and all kinds of conditions."""
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 9, 3)
    faces = [np.concatenate([[0.0], np.cumsum(10.0 ** rng.uniform(-4.0, -2.0, n))]) for n in shape]
    grid = Grid.from_faces(*faces)
    problem = ConductionProblem(grid, 10.0 ** rng.uniform(-jump, jump, grid.shape))
    if rng.random() < 0.5:
        problem.set_material(None, 10.0 ** rng.uniform(-jump, jump, 3))
    if sources:
        problem.add_heat(Box(*(random_range(rng, row) for row in faces)), rng.uniform(0.0, 10.0, (2, 3)))
    for name, row in zip("xyz", faces, strict=True):
        if len(row) > 2:
            problem.set_contact(resistance=10.0 ** rng.uniform(-7.0, -3.0), **{name: float(rng.choice(row[1:-1]))})
    for side, (axis, _) in SIDES.items():
        within = Box(*(None if n == axis else random_range(rng, row) for n, row in enumerate(faces)))
        kind = rng.integers(4)
        if kind == 0:
            problem.fix_temperature(side, rng.uniform(280.0, 350.0), within)
        elif kind == 1:
            problem.set_convection(side, 10.0 ** rng.uniform(1.0, 5.0), rng.uniform(280.0, 350.0))
        elif kind == 2 and sources:
            problem.set_flux(side, 10.0 ** rng.uniform(1.0, 4.0), within)
    problem.set_convection("z_max", 500.0, 300.0, Box(*(random_range(rng, row) for row in faces[:2])))
    return problem


def random_coolant(seed: int, *, boundary: bool = True) -> ConductionProblem:
    """A porous zone beside channels, with uneven flow and exchange, over a heated layer."""
    rng = np.random.default_rng(seed)
    x, y, z = (np.concatenate([[0.0], np.cumsum(10.0 ** rng.uniform(-4.0, -3.0, n))]) for n in (9, 11, 6))
    y = np.concatenate([y, 2.0 * y[-1] - y[-2::-1]])  # a face in the middle
    grid = Grid.from_faces(x, y, z)
    problem = ConductionProblem(grid, (3.0, 150.0, 200.0))
    problem.set_material(Box(z=(0.0, z[2])), 40.0)
    heated = Box(random_range(rng, x), random_range(rng, y), (0.0, z[1]))
    problem.add_heat(heated, rng.uniform(0.0, 10.0, (2, 3)))
    along = ("y_max", "y_min", "split")[seed % 3]
    problem.add_coolant(
        Box(x=(x[0], x[4]), z=(z[2], z[4])),
        capacity_flow=rng.uniform(0.0, 0.4, (2, 4)),
        exchange=10.0 ** rng.uniform(6.0, 8.0, (2, grid.shape[1], 4)),
        inlet_temperature=305.0,
        direction=along,
    )
    mask = np.array([[True, False, True, True, False]] * 2)
    problem.add_channels(
        Box(x=(x[4], x[9]), z=(z[3], z[5])),
        mask=mask,
        capacity_flow=np.where(mask, rng.uniform(0.05, 0.4, (2, 5)), 0.0),
        h_side=10.0 ** rng.uniform(3.0, 5.0, (2, grid.shape[1], 5)),
        h_bottom=2e4,
        h_top=9e3,
        inlet_temperature=305.0 + 10.0 * (seed % 2),
        direction=along,
    )
    if boundary:
        problem.set_convection("z_max", 900.0, 295.0)
        problem.fix_temperature("y_min", 320.0, Box(z=(0.0, z[1])))
    return problem


def random_range(rng: np.random.Generator, row: np.ndarray) -> tuple[float, float]:
    """A part of a row of faces, not aligned with them."""
    low, high = np.sort(rng.uniform(row[0], row[-1], 2))
    return float(low), float(max(high, low + 1e-3 * (row[-1] - row[0])))


@pytest.fixture(scope="session")
def make_coolant() -> Callable[..., ConductionProblem]:
    return random_coolant


@pytest.fixture(scope="session")
def make_random() -> Callable[..., ConductionProblem]:
    return random_problem
