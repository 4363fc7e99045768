"""Spreading on layered plates against an exact series of nine million terms and half-space limits."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from thermal.correlations import spreading
from thermal.correlations.spreading import (
    Plate,
    Rectangle,
    layered_plate,
    resistance_at_point,
    resistance_between,
    resistance_mean,
    song_lee_au,
    uniform_resistance,
)

CASES = json.loads((Path(__file__).parents[1] / "data" / "spreading.json").read_text(encoding="utf-8"))
NAMES = ("S_A_single_centered", "S_B_single_eccentric", "S_C_three_layer_hotspot")


def plate_and_source(case: dict[str, Any], *, conductivity_factor: float = 1.0) -> tuple[Plate, Rectangle]:
    thickness = [layer[0] for layer in case["layers"]]
    conductivity = [conductivity_factor * layer[1] for layer in case["layers"]]
    contact = [*case["Rc"], 0.0] if case["Rc"] else 0.0
    plate = layered_plate(case["Lx"], case["Ly"], thickness, conductivity, case["h"], contact)
    return plate, Rectangle(case["xc"], case["yc"], case["a"], case["b"])


@pytest.mark.parametrize("name", NAMES)
def test_mean_and_centre(name: str) -> None:
    reference = CASES[name]
    plate, source = plate_and_source(reference["case"])
    assert uniform_resistance(plate) == pytest.approx(reference["R_1D"], rel=1e-12)
    assert resistance_mean(plate, source) == pytest.approx(reference["R_mean"], rel=3e-6)
    assert resistance_at_point(plate, source, source.x, source.y) == pytest.approx(reference["R_src_centre"], rel=3e-5)
    sabotaged, _ = plate_and_source(reference["case"], conductivity_factor=1.01)
    assert resistance_mean(sabotaged, source) != pytest.approx(reference["R_mean"], rel=1e-4)
    assert resistance_at_point(sabotaged, source, source.x, source.y) != pytest.approx(
        reference["R_src_centre"], rel=1e-4
    )


@pytest.mark.parametrize("name", NAMES)
def test_far_points(name: str) -> None:
    reference = CASES[name]
    plate, source = plate_and_source(reference["case"])
    for x, y, key in ((0.0, 0.0, "T_corner_origin"), (plate.length, plate.width, "T_corner_far")):
        assert resistance_at_point(plate, source, x, y) == pytest.approx(reference[key], rel=1e-6)
        assert 1.01 * resistance_at_point(plate, source, x, y) != pytest.approx(reference[key], rel=1e-6)


@pytest.mark.parametrize("name", NAMES[:2])
def test_song_lee_au(name: str) -> None:
    reference = CASES[name]
    case = reference["case"]
    thickness, k = case["layers"][0]
    mean, peak = song_lee_au(case["a"] * case["b"], case["Lx"] * case["Ly"], thickness, k, case["h"])
    assert (mean, peak) == pytest.approx((reference["song_mean"], reference["song_max"]), rel=1e-12)
    # what the closed form is worth against the exact series
    expected = {"S_A_single_centered": (0.008, 0.046), "S_B_single_eccentric": (0.031, 0.052)}[name]
    assert mean / reference["R_mean"] - 1.0 == pytest.approx(expected[0], abs=1e-3)
    assert peak / reference["R_src_centre"] - 1.0 == pytest.approx(expected[1], abs=1e-3)


def test_square_on_a_half_space() -> None:
    """Small source on a thick plate: 0.4732/(k √A) in the mean, 0.5611/(k √A) at the centre (Carslaw & Jaeger)."""
    side, k, size = 2e-3, 100.0, 24e-3
    plate = layered_plate(size, size, [size], [k], 1e3)
    source = Rectangle(0.5 * size, 0.5 * size, side, side)
    centre = 2.0 * math.log(1.0 + math.sqrt(2.0)) / math.pi  # 0.5611
    # the difference of two plates' values removes the far field, the same for both sources to (a/L)²
    half = Rectangle(0.5 * size, 0.5 * size, 0.5 * side, 0.5 * side)
    mean_step = resistance_mean(plate, half) - resistance_mean(plate, source)
    peak_step = resistance_at_point(plate, half, half.x, half.y) - resistance_at_point(plate, source, half.x, half.y)
    assert mean_step * k * side == pytest.approx(0.47320, rel=2e-3)
    assert peak_step * k * side == pytest.approx(centre, rel=2e-3)


def test_whole_face_heated_is_one_dimensional() -> None:
    plate = layered_plate(0.05, 0.04, [1e-3, 2e-3], [150.0, 390.0], 2e4, [1e-6, 0.0])
    whole = Rectangle(0.025, 0.02, 0.05, 0.04)
    assert resistance_mean(plate, whole) == pytest.approx(uniform_resistance(plate), rel=1e-12)
    assert resistance_at_point(plate, whole, 0.01, 0.03) == pytest.approx(uniform_resistance(plate), rel=1e-12)


def test_influence_is_mutual_and_sums_to_the_mean() -> None:
    """Reciprocity; and four quarters of a rectangle heated by one watt in all are that rectangle."""
    plate = layered_plate(0.06, 0.04, [2e-3], [390.0], 1.5e4)
    a, b = Rectangle(0.02, 0.01, 0.01, 0.012), Rectangle(0.045, 0.03, 0.015, 0.01)
    assert resistance_between(plate, a, b) == pytest.approx(resistance_between(plate, b, a), rel=1e-12)
    whole = Rectangle(0.03, 0.02, 0.02, 0.02)
    quarters = [Rectangle(0.03 + 0.005 * i, 0.02 + 0.005 * j, 0.01, 0.01) for i in (-1, 1) for j in (-1, 1)]
    total = sum(resistance_between(plate, p, q) for p in quarters for q in quarters) / 16.0
    assert total == pytest.approx(resistance_mean(plate, whole), rel=3e-4)
    assert 1.01 * total != pytest.approx(resistance_mean(plate, whole), rel=3e-4)


@pytest.mark.parametrize("name", NAMES)
def test_truncation_error_of_default_modes(name: str) -> None:
    """Three times the modes change nothing above 2e-5, as the docstring states."""
    plate, source = plate_and_source(CASES[name]["case"])
    count = 3 * spreading.mode_count(plate.length, min(source.length, source.width))
    X = spreading.mode_weights(plate.length, source.x, source.length, source.x, source.length, count, False)
    Y = spreading.mode_weights(plate.width, source.y, source.width, source.y, source.width, count, False)
    fine, coarse = spreading.mode_sum(plate, X, Y)
    assert resistance_mean(plate, source) == pytest.approx(fine + (fine - coarse) / 3.0, rel=2e-5)
