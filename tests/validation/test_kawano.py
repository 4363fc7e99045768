"""A silicon micro heat sink measured by Kawano et al. (1998), in the reading of Qu & Mudawar (2002).

Channels of 57 × 180 µm at a pitch of 100 µm, 10 mm long, under 450 µm of heated silicon; Re = 140, 90 W/cm2.  From
that face to the inlet they measured, in K cm2/W,

======  ==========================
inlet   0.116, between 0.080 and 0.152
outlet  0.222, between 0.156 and 0.288
======  ==========================

This is a gate for gross errors only: the bars are ±30 %, the points were read off a figure, and the temperature at
which the properties of water are to be taken is not given; 20 or 30 °C move the outlet by 15 %.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from thermal.coldplate.closure import film_along, unit_cell
from thermal.fv import Box, ConductionProblem, Grid, Layer, solve

DATA = Path(__file__).parents[1] / "data" / "kawano_qu_mudawar_silicon.csv"
WIDTH, HEIGHT, WALL, LENGTH = 57e-6, 180e-6, 43e-6, 10e-3
HEATED, BACK = 450e-6, 270e-6  # silicon on both sides of the channels
SILICON, WATER, FLUX, REYNOLDS = 148.0, 0.61, 9e5, 140.0
ROWS = 60


class Water(NamedTuple):
    """At one temperature; IAPWS, rounded."""

    density: float
    specific_heat: float
    viscosity: float


AT_20, AT_30 = Water(998.2, 4182.0, 1.002e-3), Water(995.7, 4180.0, 0.7974e-3)


def bars() -> dict[str, tuple[float, float]]:
    lines = [line for line in DATA.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row["quantity"]: (float(row["kawano_low"]), float(row["kawano_high"])) for row in csv.DictReader(lines)}


def resistances(water: Water, *, flow: float = 1.0, metal: float = SILICON, forward: bool = True) -> dict[str, float]:
    """Over the inlet, at both ends of the heated face [K cm2/W]."""
    pitch = WIDTH + WALL
    layers = [Layer(HEATED, 12), Layer(HEIGHT, 24), Layer(BACK, 6)]
    y = LENGTH * np.linspace(0.0, 1.0, ROWS + 1)
    grid = Grid.from_faces([0.0, pitch], y, Grid.layered(pitch, LENGTH, layers, cells=(1, ROWS)).faces.z)
    problem = ConductionProblem(grid, conductivity=metal)
    fins = Box(z=(HEATED, HEATED + HEIGHT))
    problem.set_material(fins, metal * WALL / pitch)
    Dh = 2.0 * WIDTH * HEIGHT / (WIDTH + HEIGHT)
    velocity = flow * REYNOLDS * water.viscosity / (water.density * Dh)
    film = unit_cell(WIDTH, HEIGHT, WALL, metal, WATER, cover=BACK).film
    capacity = water.density * water.specific_heat
    inlet = 0.0 if forward else LENGTH
    h = film_along(film, WIDTH, HEIGHT, y, inlet, np.array([velocity]), WATER / capacity)
    problem.add_coolant(
        fins,
        capacity_flow=capacity * velocity * WIDTH * HEIGHT,
        exchange=np.broadcast_to(2.0 * h / pitch, (24, *h.shape)),
        inlet_temperature=293.15,
        direction="y_max" if forward else "y_min",
    )
    problem.set_flux("z_min", FLUX)
    face = solve(problem).sample(0.0, [0.0, LENGTH], 0.0)
    return dict(zip(("R_in", "R_out"), 1e4 * (face - 293.15) / FLUX, strict=True))


def outside(found: dict[str, float]) -> list[str]:
    return [name for name, (low, high) in bars().items() if not low < found[name] < high]


@pytest.mark.parametrize("water", [AT_20, AT_30])
def test_inside_the_bars(water: Water) -> None:
    assert not outside(resistances(water))
    for wrong in ({"flow": 0.5}, {"forward": False}, {"metal": 15.0}):
        assert outside(resistances(water, **wrong)), wrong


def test_the_open_properties_move_the_outlet_by_as_much_as_half_the_bar() -> None:
    cold, warm = resistances(AT_20), resistances(AT_30)
    assert cold["R_out"] == pytest.approx(0.233, abs=0.003)
    assert warm["R_out"] / cold["R_out"] == pytest.approx(1.147, abs=0.01)
