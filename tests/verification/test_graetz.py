"""Nusselt numbers of ducts, plates and tubes against exact developed values and the Graetz solutions."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from thermal.correlations import nusselt

DATA = Path(__file__).parents[1] / "data"

# geometry in graetz_entry.csv → width over height, heated walls
DUCTS = {
    "plates": (0.0, 4),
    "duct4_1.0": (1.0, 4),
    "duct4_0.5": (0.5, 4),
    "duct4_0.25": (0.25, 4),
    "duct4_0.1": (0.1, 4),
    "duct3_0.25": (0.25, 3),
    "duct3_0.1": (0.1, 3),
}
# column → law, bound; the coefficients were fitted to another solution, of scripts/make_duct_nusselt.py
LAWS: dict[str, tuple[Callable[[float, float, int], float], float]] = {
    "Nu_m_T": (nusselt.mean_nusselt_T, 1e-3),
    "Nu_x_T": (nusselt.local_nusselt_T, 4e-3),
    "Nu_x_H1": (nusselt.local_nusselt_H1, 2e-3),
}
DEVELOPED: dict[str, tuple[Callable[[float, int], float], int]] = {
    "Nu_T_4": (nusselt.developed_nusselt_T, 4),
    "Nu_H1_4": (nusselt.developed_nusselt_H1, 4),
    "Nu_T_3": (nusselt.developed_nusselt_T, 3),
    "Nu_H1_3": (nusselt.developed_nusselt_H1, 3),
}


def rows(name: str) -> list[dict[str, str]]:
    lines = [line for line in (DATA / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def developed_error(column: str, factor: float = 1.0) -> float:
    law, walls = DEVELOPED[column]
    table = rows("duct_fully_developed.csv")
    return max(abs(factor * law(float(row["alpha"]), walls) / float(row[column]) - 1.0) for row in table)


@pytest.mark.parametrize("column", DEVELOPED)
def test_developed_nusselt_numbers(column: str) -> None:
    assert developed_error(column) < 2e-4
    assert developed_error(column, factor=1.01) > 2e-4


def test_often_quoted_polynomial_is_low() -> None:
    """The three-wall polynomial that we do not use lies 0.5 to 1.4 % below the exact values."""
    for row in rows("duct_fully_developed.csv"):
        b = float(row["alpha"])
        if b > 0.0:
            quoted = 8.235 * (1 - 1.883 * b + 3.767 * b**2 - 5.814 * b**3 + 5.361 * b**4 - 2.0 * b**5)
            assert 0.984 < quoted / nusselt.developed_nusselt_H1(b, 3) < 0.996


def entrance_error(geometry: str, column: str, factor: float = 1.0) -> float:
    """Largest relative error over 13 or 14 stations, 0.001 or 0.002 ≤ x* ≤ 0.2."""
    law = LAWS[column][0]
    return max(
        abs(factor * law(DUCTS[geometry][0], float(row["x_star"]), DUCTS[geometry][1]) / float(row[column]) - 1.0)
        for row in rows("graetz_entry.csv")
        if row["geometry"] == geometry
    )


@pytest.mark.parametrize("geometry", DUCTS)
@pytest.mark.parametrize("column", LAWS)
def test_thermal_entrance(geometry: str, column: str) -> None:
    bound = LAWS[column][1]
    assert entrance_error(geometry, column) < bound
    assert entrance_error(geometry, column, factor=1.01) > bound


def tube_error(column: str, law: Callable[[float], float], factor: float = 1.0) -> float:
    table = [row for row in rows("graetz_entry.csv") if row["geometry"] == "tube"]
    return max(abs(factor * law(float(row["x_star"])) / float(row[column]) - 1.0) for row in table)


def test_tube() -> None:
    assert tube_error("Nu_m_T", nusselt.tube_mean_nusselt_T) < 0.012
    assert tube_error("Nu_m_T", nusselt.tube_mean_nusselt_T, factor=1.01) > 0.012
    assert tube_error("Nu_x_H1", nusselt.tube_local_nusselt_H1) < 0.05
    assert tube_error("Nu_x_H1", nusselt.tube_local_nusselt_H1, factor=1.01) > 0.05


def test_leveque_limit_between_plates() -> None:
    """Shah & London (1978): Nu_m = 1.849 x*^(−1/3), Nu_x,H1 = 1.490 x*^(−1/3) as x* → 0."""
    t = 1e-4 ** (1.0 / 3.0)
    assert nusselt.mean_nusselt_T(0.0, 1e-4, 4) * t == pytest.approx(1.849, rel=5e-3)
    assert nusselt.local_nusselt_H1(0.0, 1e-4, 4) * t == pytest.approx(1.490, rel=5e-3)


def test_laws_meet_where_their_pieces_join() -> None:
    for ratio, walls in DUCTS.values():
        for law, join in (
            (nusselt.mean_nusselt_T, 1.0),
            (nusselt.local_nusselt_T, 0.5),
            (nusselt.local_nusselt_H1, 1.0),
        ):
            below, above = law(ratio, join * (1.0 - 1e-9), walls), law(ratio, join * (1.0 + 1e-9), walls)
            assert above == pytest.approx(below, rel=6e-3)


def test_a_duct_with_four_heated_walls_may_be_turned() -> None:
    assert nusselt.mean_nusselt_T(4.0, 0.01, 4) == pytest.approx(nusselt.mean_nusselt_T(0.25, 0.01, 4), rel=1e-12)
    assert nusselt.developed_nusselt_H1(4.0, 3) != pytest.approx(nusselt.developed_nusselt_H1(0.25, 3), rel=0.01)
