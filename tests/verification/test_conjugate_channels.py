"""Channels of finite length, fins and coolant smeared, against conjugate solutions that resolve both.

The reference solves coolant and metal of half a pitch in three dimensions: developed velocity, coolant convected in at
the inlet temperature and without conduction along the flow, ends of the metal adiabatic; good to 0.15 %.  The model
knows of the cross-section only its film coefficient (`unit_cell`) and that it develops along the channel.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from thermal.coldplate.closure import film_along, unit_cell
from thermal.fv import Box, ConductionProblem, Field, Grid, solve

DATA = Path(__file__).parents[1] / "data"
STATIONS = {"R_in": 0.0, "R_out": 1.0, **{f"R_x{at:.2f}L": at for at in (0.1, 0.25, 0.5, 0.75, 0.9)}}
# silicon 57/43/180 µm, 10 mm, Re 140; copper 100/100/2000 µm, 25 mm, 0.4 m/s: largest relative errors
BOUNDS = {
    "S1": {"R_in": 0.03, "R_x0.10L": 0.018, "R_out": 0.01, "R_mean": 0.004},
    "S2": {"R_in": 0.017, "R_x0.10L": 0.009, "R_out": 0.004, "R_mean": 0.003},
}
ELSEWHERE = {"S1": 0.008, "S2": 0.004}


def table(name: str, key: str) -> dict[str, dict[str, str]]:
    lines = [line for line in (DATA / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row[key][:2]: row for row in csv.DictReader(lines)}


CELLS = table("conjugate_fully_developed.csv", "name")
ALONG = table("conjugate_3d.csv", "run")


class Channel(NamedTuple):
    """A case of the tables, turned so that heat enters from below; the last three may be wrong on purpose."""

    name: str
    rows: int = 60
    layers: tuple[int, int, int] = (12, 24, 6)
    film: float = 1.0
    flow: float = 1.0
    developing: bool = True

    def cell(self, key: str) -> float:
        return float(CELLS[self.name][key])

    def run(self, key: str) -> float:
        return float(ALONG[self.name][key])

    @property
    def plates(self) -> tuple[float, float]:
        """Thickness of the metal below and above the channels."""
        base, cover = self.cell("t_base_m"), self.cell("t_cover_m")
        return (cover, base) if CELLS[self.name]["heated_face"] == "top" else (base, cover)

    @property
    def capacity(self) -> float:
        """Capacity flow of a channel [W/K]."""
        area = self.cell("wc_m") * self.cell("hc_m")
        return self.flow * self.cell("rho_cp") * self.run("u_mean") * area

    def solve(self) -> Field:
        width, wall, height = self.cell("wc_m"), self.cell("ww_m"), self.cell("hc_m")
        metal, coolant = self.cell("k_solid"), self.cell("k_fluid")
        pitch, (base, cover) = width + wall, self.plates
        y = self.run("L_m") * np.linspace(0.0, 1.0, self.rows + 1) ** 1.5  # finer at the inlet
        z = np.unique(np.concatenate([
            np.linspace(0.0, base, self.layers[0] + 1),
            base + np.linspace(0.0, height, self.layers[1] + 1),
            base + height + np.linspace(0.0, cover, self.layers[2] + 1),
        ]).round(12))  # fmt: skip
        problem = ConductionProblem(Grid.from_faces([0.0, pitch], y, z), conductivity=metal)
        fins = Box(z=(base, base + height))
        problem.set_material(fins, metal * wall / pitch)
        film = self.film * unit_cell(width, height, wall, metal, coolant, cover=cover).film
        velocity = np.array([self.run("u_mean") if self.developing else 0.0])
        h = film_along(film, width, height, y, 0.0, velocity, coolant / self.cell("rho_cp"))
        problem.add_coolant(
            fins,
            capacity_flow=self.capacity,
            exchange=np.broadcast_to(2.0 * h / pitch, (self.layers[1], *h.shape)),
            inlet_temperature=self.run("T_in"),
            direction="y_max",
        )
        problem.set_flux("z_min", self.run("q"))
        return solve(problem, 1e-11)

    def errors(self) -> dict[str, float]:
        """Relative errors of the resistance from the heated face to the inlet."""
        field, inlet, flux = self.solve(), self.run("T_in"), self.run("q")
        face = {key: float(field.sample(0.0, at * self.run("L_m"), 0.0)) for key, at in STATIONS.items()}
        face["R_mean"] = field.surface_mean("z_min")
        return {key: (T - inlet) / flux / self.run(key) - 1.0 for key, T in face.items()}


def beyond(given: Channel) -> dict[str, float]:
    """Errors beyond their bounds."""
    bounds = BOUNDS[given.name]
    return {key: error for key, error in given.errors().items() if abs(error) > bounds.get(key, ELSEWHERE[given.name])}


@pytest.mark.parametrize("name", BOUNDS)
def test_along_the_heated_face(name: str) -> None:
    """Worst at the inlet, where a law of the film for even flux is least true: metal carries heat upstream."""
    assert not beyond(Channel(name))
    for wrong in (
        Channel(name, film=1.01),
        Channel(name, film=0.95),
        Channel(name, flow=1.01),
        Channel(name, flow=0.98),
        Channel(name, developing=False),
    ):
        assert beyond(wrong), wrong


@pytest.mark.parametrize("name", BOUNDS)
def test_the_error_is_that_of_the_model_not_of_the_grid(name: str) -> None:
    coarse, fine = Channel(name).errors(), Channel(name, rows=120, layers=(24, 48, 12)).errors()
    assert max(abs(fine[key] - coarse[key]) for key in coarse) < 7e-4
    assert coarse["R_in"] < -0.01
    assert fine["R_in"] < -0.01


@pytest.mark.parametrize("name", BOUNDS)
def test_a_grid_as_coarse_as_that_of_a_plate(name: str) -> None:
    """8 layers over the fins, 30 even rows: 3 % everywhere."""
    coarse = Channel(name, rows=30, layers=(6, 8, 4)).errors()
    assert max(map(abs, coarse.values())) < 0.03
    assert abs(coarse["R_mean"]) < 0.004


@pytest.mark.parametrize(("name", "rise"), [("S1", 12.946), ("S2", None)])
def test_the_coolant_takes_up_all_heat(name: str, rise: float | None) -> None:
    given = Channel(name)
    field = given.solve()
    area = (given.cell("wc_m") + given.cell("ww_m")) * given.run("L_m")
    (coolant,) = field.coolant
    found = coolant.outlet_temperature - given.run("T_in")
    assert found == pytest.approx(given.run("q") * area / given.capacity, rel=1e-9)
    assert rise is None or found == pytest.approx(rise, abs=1e-3)
    assert abs(field.unbalanced) < 1e-8
    (faster,) = Channel(name, flow=1.01).solve().coolant
    assert rise is None or faster.outlet_temperature - given.run("T_in") != pytest.approx(rise, abs=0.1)
