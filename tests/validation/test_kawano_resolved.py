"""The heat sink of Kawano et al. (1998) with its flow resolved: developing from an even inlet, in half a pitch.

Inside the bars, which are wide (`test_kawano`), and within 1.5 % of what a public CFD study of the same point
(github.com/using76/Iteration-CFD, section 79 of its specification) extrapolates to: 0.094 and 0.235 K cm2/W.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.validation.test_kawano import (
    AT_20,
    BACK,
    FLUX,
    HEATED,
    HEIGHT,
    LENGTH,
    REYNOLDS,
    SILICON,
    WALL,
    WATER,
    WIDTH,
    outside,
)
from thermal.fv import Box, ConductionProblem, FlowField, FlowProblem, Grid, solve, solve_flow

CFD = {"R_in": 0.094, "R_out": 0.235}  # [K cm2/W]
WITHIN = 0.015


def grid() -> Grid:
    """Half a pitch, heated silicon below; closer at the inlet and at the walls of the channel."""
    gap, pitch = 0.5 * WIDTH, 0.5 * (WIDTH + WALL)
    s = np.linspace(0.0, 1.0, 9)
    across = np.concatenate([gap * np.sin(0.5 * np.pi * s), np.linspace(gap, pitch, 6)[1:]])
    up = HEIGHT * (0.5 - 0.5 * np.cos(np.pi * np.linspace(0.0, 1.0, 25)))
    z = np.concatenate([np.linspace(0.0, HEATED, 11), HEATED + up[1:], HEATED + HEIGHT + np.linspace(0.0, BACK, 7)[1:]])
    along = np.linspace(0.0, 1.0, 49)
    return Grid.from_faces(LENGTH * (0.3 * along + 0.7 * along**2), across, z)


WET = Box(y=(0.0, 0.5 * WIDTH), z=(HEATED, HEATED + HEIGHT))
METAL = [
    Box(z=(0.0, HEATED)),
    Box(z=(HEATED + HEIGHT, HEATED + HEIGHT + BACK)),
    Box(y=(0.5 * WIDTH, 0.5 * (WIDTH + WALL))),
]


@cache
def flow(share: float = 1.0) -> FlowField:
    """Water at 20 °C."""
    problem = FlowProblem(grid(), density=AT_20.density, viscosity=AT_20.viscosity)
    for box in METAL:
        problem.block(box)
    diameter = 2.0 * WIDTH * HEIGHT / (WIDTH + HEIGHT)
    problem.inlet("x_min", velocity=share * REYNOLDS * AT_20.viscosity / (AT_20.density * diameter), box=WET)
    problem.outlet("x_max", box=WET)
    problem.symmetry("y_min")
    problem.symmetry("y_max")
    return solve_flow(problem)


def resistances(share: float = 1.0, metal: float = SILICON) -> dict[str, float]:
    """From the heated face to the inlet, at both ends [K cm2/W]."""
    moving = flow(share)
    problem = ConductionProblem(moving.grid, conductivity=metal)
    problem.set_material(WET, WATER)
    problem.set_flux("z_min", FLUX)
    problem.carry(
        moving.u, moving.v, moving.w, heat_capacity=AT_20.density * AT_20.specific_heat, inlet_temperature=293.15
    )
    face = solve(problem).sample([0.0, LENGTH], 0.0, 0.0)
    return dict(zip(CFD, 1e4 * (face - 293.15) / FLUX, strict=True))


def test_inside_the_bars_and_as_another_code_has_it() -> None:
    found = resistances()
    assert not outside(found)
    assert found == pytest.approx(CFD, rel=WITHIN)
    assert flow().imbalance < 1e-12


@pytest.mark.parametrize("wrong", [{"share": 0.5}, {"metal": 15.0}])
def test_half_the_flow_or_poor_silicon_is_outside(wrong: dict[str, float]) -> None:
    assert outside(resistances(**wrong))


def test_five_per_cent_of_flow_are_seen_against_another_code() -> None:
    assert resistances(share=0.95) != pytest.approx(CFD, rel=WITHIN)
