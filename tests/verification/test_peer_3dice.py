"""Two stacked dies against 3D-ICE 4.0 on the same cells: cooled through their faces, and by water between them.

The cases are those of the test suite of 3D-ICE (test/solid/steady, test/mc4rm/steady): dies of 48 µm of silicon and
2 µm in which the heat is set free, on 10 × 10 mm.  Two things are known to differ:

* 3D-ICE puts the unknown of a lowest or highest layer on its outer face where no sink is, half of 2 µm too far out;
* between its coolant cells temperatures are halfway (central differences), here they follow the wall exactly.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from thermal.fv import Box, ConductionProblem, Field, Grid, Layer, solve

DATA = Path(__file__).parents[1] / "data"
SIDE, SILICON = 10e-3, 130.0
SOURCE, DIE = 2e-6, 48e-6
HALF_SOURCE = 0.5 * SOURCE / SILICON  # [m2 K/W]
BOUND = 0.01  # [K]
FLOW, HEAT_CAPACITY, INLET = 48e-6 / 60.0, 4.172638e6, 300.0  # [m3/s], [J/(m3 K)], [K]
CHANNELS, PITCH, DEPTH = 100, 100e-6, 100e-6


def references() -> dict[tuple[str, int], tuple[float, float | None]]:
    """Temperatures of both nodes, by case and length of the cells in µm."""
    lines = (DATA / "threedice_steady.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {
        (row["case"], int(row["width_um"])): (float(row["node1"]), float(row["node2"]) if row["node2"] else None)
        for row in rows
    }


REFERENCES = references()
LENGTHS = [length for case, length in REFERENCES if case == "mc4rm_background"]


def nodes(field: Field) -> tuple[float, float]:
    """Lower die in the cell that begins at (5000, 4800) µm or holds it inside, upper die in the corner."""
    columns, rows = field.grid.faces.x, field.grid.faces.y
    i, j = (int(np.searchsorted(row, at + 1e-9) - 1) for row, at in ((columns, 5000e-6), (rows, 4800e-6)))
    return float(field.temperature[0, j, i]), float(field.temperature[-1, 0, 0])


def errors(field: Field, case: str, length: int = 200) -> list[float]:
    """Differences from 3D-ICE [K]."""
    return [abs(ours - theirs) for ours, theirs in zip(nodes(field), REFERENCES[case, length], strict=True) if theirs]


def add_quarters(problem: ConductionProblem, z: tuple[float, float], middle: float = 0.5 * SIDE) -> None:
    """12.5 W into the first and the fourth quarter of a die, nothing into the others: the first slot of the test."""
    low, high = (0.0, middle), (middle, SIDE)
    problem.add_heat(Box(low, (0.0, 0.5 * SIDE), z), 12.5)
    problem.add_heat(Box(high, (0.5 * SIDE, SIDE), z), 12.5)


# ----------------------------------------------------------------------------------------------------------- sinks


def solid(case: str, *, h: float = 1e5, k: float = SILICON, as_theirs: bool = False) -> Field:
    """Two dies back to back, sinks of 300 K; `as_theirs` with their outermost unknowns."""
    layers = [Layer(SOURCE, 1), Layer(DIE, 1), Layer(DIE, 1), Layer(SOURCE, 1)]
    grid = Grid.layered(SIDE, SIDE, layers, cells=(200, 50))
    problem = ConductionProblem(grid, conductivity=k)
    z = grid.faces.z
    for side, plane, cases in (("z_min", z[1], {"bottomsink", "bothsink"}), ("z_max", z[-2], {"topsink", "bothsink"})):
        if case in cases:
            problem.set_convection(side, h, 300.0)
        elif as_theirs:
            problem.set_contact(resistance=HALF_SOURCE, z=plane)
    problem.add_heat(Box(z=(z[0], z[1])), 50.0)
    add_quarters(problem, (z[-2], z[-1]))
    return solve(problem, 1e-10)


@pytest.mark.parametrize("case", ["bothsink", "bottomsink", "topsink"])
def test_sinks(case: str) -> None:
    """To 0.004 K as it is, and to 0.00002 K with their outermost unknowns; three digits are known of the upper sink."""
    exact = 6e-4 if case == "topsink" else 2e-5
    assert max(errors(solid(case), f"solid_{case}")) < 4e-3
    assert max(errors(solid(case, as_theirs=True), f"solid_{case}")) < exact
    assert max(errors(solid(case, h=1.01e5), f"solid_{case}")) > 0.03
    assert max(errors(solid(case, as_theirs=True, k=0.9 * SILICON), f"solid_{case}")) > 2.0 * exact


# -------------------------------------------------------------------------------------------------------- channels


class Channels(NamedTuple):
    """100 channels of 50 × 100 µm between two dies; each field is one thing that may be wrong."""

    length: int = 200  # of the cells along the flow [µm]
    quarters: bool = False
    films: tuple[float, float, float] = (27132.0, 57132.0, 47132.0)  # on the sides, below, above [W/(m2 K)]
    flow: float = FLOW
    direction: str = "y_max"
    as_theirs: bool = False

    def solve(self) -> Field:
        x = np.concatenate([[0.0], 0.25 * PITCH + 0.5 * PITCH * np.arange(2 * CHANNELS), [SIDE]])
        y = np.linspace(0.0, SIDE, round(SIDE / (self.length * 1e-6)) + 1)
        z = np.cumsum([0.0, SOURCE, DIE, DEPTH, DIE, SOURCE])
        problem = ConductionProblem(Grid.from_faces(x, y, z), conductivity=SILICON)
        h_side, h_bottom, h_top = self.films
        problem.add_channels(
            Box(z=(z[2], z[3])),
            mask=np.arange(2 * CHANNELS + 1)[None, :] % 2 == 1,
            capacity_flow=self.flow * HEAT_CAPACITY,
            h_side=h_side, h_bottom=h_bottom, h_top=h_top,
            inlet_temperature=INLET,
            direction=self.direction,
        )  # fmt: skip
        for low, high, plane in ((z[0], z[1], z[1]), (z[4], z[5], z[4])):
            if self.quarters:  # their floorplan for this grid has its edge on the face before the middle wall
                add_quarters(problem, (low, high), middle=4975e-6)
            else:
                problem.add_heat(Box(z=(low, high)), 50.0)
            if self.as_theirs:
                problem.set_contact(resistance=HALF_SOURCE, z=plane)
        return solve(problem, 1e-10)

    def errors(self) -> list[float]:
        return errors(self.solve(), "mc4rm_four_elements" if self.quarters else "mc4rm_background", self.length)


@pytest.mark.parametrize("length", LENGTHS)
def test_water_between_evenly_heated_dies(length: int) -> None:
    given = Channels(length)
    assert max(given.errors()) < BOUND
    h_side, h_bottom, h_top = given.films
    for wrong in (
        given._replace(films=(1.01 * h_side, 1.01 * h_bottom, 1.01 * h_top)),
        given._replace(flow=0.99 * FLOW),
        given._replace(films=(h_side, h_top, h_bottom)),
        given._replace(direction="y_min"),
    ):
        assert max(wrong.errors()) > 4.0 * BOUND, wrong


def test_what_is_left_falls_with_the_square_of_the_cells() -> None:
    """With their outermost unknowns only the two schemes along the flow differ, both of second order."""
    left = [Channels(length, as_theirs=True).errors()[0] for length in LENGTHS]
    assert LENGTHS == [200, 100, 50, 25]
    assert (np.array(left) < [6.5e-3, 1.5e-3, 4e-4, 1e-4]).all()
    assert left[1] < 0.3 * left[0]
    assert left[2] < 0.3 * left[1]


def test_water_between_dies_heated_in_quarters() -> None:
    given = Channels(quarters=True)
    assert max(given.errors()) < BOUND
    h_side, h_bottom, h_top = given.films
    for wrong in (
        given._replace(films=(1.01 * h_side, 1.01 * h_bottom, 1.01 * h_top)),
        given._replace(flow=0.99 * FLOW),
        given._replace(films=(h_side, h_top, h_bottom)),
    ):
        assert max(wrong.errors()) > 2.0 * BOUND, wrong


def test_the_water_takes_up_all_heat() -> None:
    """100 W into 48 ml/min: 29.957 K."""
    field = Channels().solve()
    (water,) = field.coolant
    assert water.outlet_temperature - INLET == pytest.approx(29.957, abs=5e-4)
    assert abs(field.unbalanced) < 1e-8
    (less,) = Channels(flow=0.99 * FLOW).solve().coolant
    assert less.outlet_temperature - INLET != pytest.approx(29.957, abs=0.05)
