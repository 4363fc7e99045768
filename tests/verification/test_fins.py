"""Fins and finned plates: closed forms, and the known bias of the fin model against exact conjugate cells."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import pytest

from thermal.correlations import ducts, fins, nusselt
from thermal.correlations.channels import (
    ChannelPlate,
    channel_plate_resistance,
    channel_pressure_drop,
    film_conductance,
)
from thermal.correlations.exchanger import parallel_effectiveness

DATA = Path(__file__).parents[1] / "data"


def rows(name: str) -> list[dict[str, str]]:
    lines = [line for line in (DATA / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def fin_reference() -> dict[str, list[float]]:
    reference: dict[str, list[float]] = json.loads((DATA / "fin_profile.json").read_text(encoding="utf-8"))
    return reference


def test_fin_efficiency_and_profile() -> None:
    reference = fin_reference()
    length, thickness, k, h = reference["par"]
    m = fins.fin_parameter(h, k, thickness)
    assert m == pytest.approx(reference["m"], rel=1e-12)
    assert fins.fin_efficiency(m * length) == pytest.approx(reference["eta"], rel=1e-12)
    assert fins.fin_efficiency(1.01 * m * length) != pytest.approx(reference["eta"], rel=1e-3)
    for index, theta in enumerate(reference["prof"]):
        assert fins.fin_profile(m * length, 0.25 * index) == pytest.approx(theta, rel=1e-12)


def test_efficiency_is_the_mean_of_the_profile() -> None:
    steps = 2000
    mean = math.fsum(fins.fin_profile(2.0, (i + 0.5) / steps) for i in range(steps)) / steps
    assert fins.fin_efficiency(2.0) == pytest.approx(mean, rel=1e-6)
    assert 1.01 * fins.fin_efficiency(2.0) != pytest.approx(mean, rel=1e-6)
    assert fins.fin_efficiency(0.99e-4) == pytest.approx(math.tanh(0.99e-4) / 0.99e-4, rel=1e-12)


def test_array_conductance_is_surface_efficiency_times_area() -> None:
    h, gap, wall, height, k = 2e4, 1e-4, 0.8e-4, 2e-3, 390.0
    efficiency = fins.fin_efficiency(height * fins.fin_parameter(h, k, wall))
    total = gap + 2.0 * height
    overall = fins.surface_efficiency(efficiency, 2.0 * height, total)
    assert fins.fin_array_conductance(h, gap, wall, height, k) == pytest.approx(h * overall * total / (gap + wall))


# ------------------------------------------------------------ exact conjugate cells, fully developed, evenly heated

BIAS = {
    "S1_Si_57x180_kawano_cell_top_heated": 0.0455,
    "S2_Cu_skived_0.10gap_0.10fin_2.0h": -0.0960,
    "S3_Cu_0.231x0.713_QuMudawar_cell": -0.0125,
}


def fin_model(cell: dict[str, str], *, h_factor: float = 1.0) -> float:
    """Resistance from coolant to heated face of one cell by the straight-fin model [m2 K/W]."""
    gap, wall, height, k = (float(cell[key]) for key in ("wc_m", "ww_m", "hc_m", "k_solid"))
    covered = cell["heated_face"] == "top"
    Nu = nusselt.developed_nusselt_H1(gap / height, 4 if covered else 3)
    h = h_factor * Nu * float(cell["k_fluid"]) / ducts.hydraulic_diameter(gap, height)
    base = float(cell["t_cover_m"] if covered else cell["t_base_m"])
    return base / k + 1.0 / fins.fin_array_conductance(h, gap, wall, height, k)


@pytest.mark.parametrize("name", BIAS)
def test_bias_of_the_fin_model_is_the_known_one(name: str) -> None:
    cell = next(row for row in rows("conjugate_fully_developed.csv") if row["name"] == name)
    exact = float(cell["R_heated"])
    assert fin_model(cell) / exact - 1.0 == pytest.approx(BIAS[name], abs=2e-4)
    assert fin_model(cell, h_factor=1.01) / exact - 1.0 != pytest.approx(BIAS[name], abs=2e-4)


def test_finned_plate_against_a_conjugate_channel() -> None:
    """S2 at 0.4 m/s over 25 mm: mean and outlet resistance of an evenly heated base, by h of the isothermal wall.

    The fin model is low here by 4.8 % in the mean. The isothermal base that a plate assumes lies between the two.
    """
    case = next(row for row in rows("conjugate_3d.csv") if row["run"] == "S2_0.4mps")
    length, mean, outlet = float(case["L_m"]), float(case["R_mean"]), float(case["R_out"])
    gap, wall, height, k, rho, cp = 1e-4, 1e-4, 2e-3, 0.475, 1012.0, 3930.0
    plate = ChannelPlate(1, gap, height, length, wall, 1.5e-3, 390.0, False)
    m_dot = rho * float(case["u_mean"]) * gap * height
    area = (gap + wall) * length
    rise = area / (m_dot * cp)
    walls = 1.0 / film_conductance(m_dot, plate, cp, k) + 1.5e-3 / 390.0
    assert (0.5 * rise + walls) / mean - 1.0 == pytest.approx(-0.048, abs=0.002)
    chain = channel_plate_resistance(m_dot, plate, length, gap + wall, cp, k)
    assert mean < sum(chain) * area < outlet


# ---------------------------------------------------------------------------------------------- the plate as a whole

PLATE = ChannelPlate(300, 75e-6, 3e-3, 40e-3, 75e-6, 1.5e-3, 385.0, True)


@pytest.mark.parametrize("m_dot", [1e-4, 0.0375, 1.0])
def test_chain_closes_as_an_isothermal_wall(m_dot: float) -> None:
    chain = channel_plate_resistance(m_dot, PLATE, 40e-3, 45e-3, 3962.0, 0.487)
    C = m_dot * 3962.0
    effectiveness = parallel_effectiveness(1.0 / (chain.convection * C), 0.0)
    assert chain.coolant + chain.convection == pytest.approx(1.0 / (effectiveness * C), rel=1e-12)
    assert 0.5 / C < chain.coolant < 1.0 / C


def test_evenly_heated_base_conducts_in_one_dimension() -> None:
    zone = PLATE.number * (PLATE.width + PLATE.wall)
    chain = channel_plate_resistance(0.0375, PLATE, 1.0, 1.0, 3962.0, 0.487)
    assert chain.base == pytest.approx(PLATE.base / (PLATE.conductivity * zone * PLATE.length), rel=1e-9)
    smaller = channel_plate_resistance(0.0375, PLATE, 30e-3, 33e-3, 3962.0, 0.487)
    assert smaller.base > chain.base


def test_no_flow_takes_no_heat_and_direction_does_not_matter() -> None:
    assert channel_plate_resistance(0.0, PLATE, 30e-3, 33e-3, 3962.0, 0.487).coolant == math.inf
    forward, backward = (channel_plate_resistance(m, PLATE, 30e-3, 33e-3, 3962.0, 0.487) for m in (0.03, -0.03))
    assert forward == backward


def test_split_flow_keeps_the_film_and_quarters_the_friction() -> None:
    """Half the run at half the speed is the same x*; friction falls fourfold, entrance and loss terms a little less."""
    end_to_end = PLATE._replace(split=False)
    film = film_conductance(0.0375, PLATE, 3962.0, 0.487)
    assert film == pytest.approx(film_conductance(0.0375, end_to_end, 3962.0, 0.487), rel=1e-12)
    drops = [channel_pressure_drop(1e-6, 300, 75e-6, 3e-3, 40e-3, 0.0, s, 1014.5, 1.37e-3)[0] for s in (False, True)]
    assert drops[0] / drops[1] == pytest.approx(4.0, rel=1e-5)
