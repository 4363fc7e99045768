"""Package stacks: plain layers by hand, a lid's spreading against the exact series."""

from __future__ import annotations

from typing import Any

import pytest

from thermal.correlations.spreading import Rectangle, layered_plate, resistance_mean, song_lee_au
from thermal.lumped.packages import package_resistance
from thermal.rack.laws import PackageResistance

BEYOND = 0.03  # from case to coolant [K/W]


def stack(*layers: dict[str, Any]) -> PackageResistance:
    return PackageResistance.model_validate({"stack": {"die_length": "30 mm", "die_width": "26 mm", "layers": layers}})


TIM1 = {"name": "tim1", "thickness": "50 um", "conductivity": "20 W/(m*K)"}
LID = {"name": "lid", "thickness": "3 mm", "conductivity": "390 W/(m*K)", "length": "60 mm", "width": "52 mm"}
TIM2 = {"name": "tim2", "areal_resistance": "1.0e-5 m2*K/W", "length": "60 mm", "width": "52 mm"}
DIE, FACE = 30e-3 * 26e-3, 60e-3 * 52e-3


def test_one_number() -> None:
    given = PackageResistance.model_validate({"junction_to_case": "0.006 K/W"})
    assert package_resistance(given, BEYOND) == 0.006


def test_layers_of_the_dies_size_add_up() -> None:
    """Σ t/(kA) + R''/A."""
    paste = {"name": "paste", "areal_resistance": "5.0e-6 m2*K/W"}
    slab = {"name": "slab", "thickness": "2 mm", "conductivity": "400 W/(m*K)"}
    expected = (50e-6 / 20 + 5e-6 + 2e-3 / 400) / DIE
    assert package_resistance(stack(TIM1, paste, slab), BEYOND) == pytest.approx(expected, rel=1e-12)
    assert package_resistance(stack(TIM1, paste, slab), 7 * BEYOND) == pytest.approx(expected, rel=1e-10)
    assert package_resistance(stack(TIM1, paste, slab), BEYOND) != pytest.approx(1.01 * expected, rel=1e-4)


def test_lid_spreads_as_the_correlation_says() -> None:
    """The lid alone is Song, Lee & Au's form with all that lies beyond as its film."""
    h = 1 / (BEYOND * FACE)
    expected = song_lee_au(DIE, FACE, 3e-3, 390.0, h)[0] - BEYOND
    assert package_resistance(stack(LID), BEYOND) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("beyond", [0.01, 0.03, 0.1])
def test_lid_spreads_as_the_exact_series(beyond: float) -> None:
    """Mean of the die over the case against the double cosine series: within 5 %, which 20 % of conductivity is not."""
    plate = layered_plate(60e-3, 52e-3, [3e-3], [390.0], 1 / (beyond * FACE))
    exact = resistance_mean(plate, Rectangle(30e-3, 26e-3, 30e-3, 26e-3)) - beyond
    found = package_resistance(stack(LID), beyond)
    assert found == pytest.approx(exact, rel=0.05)
    assert package_resistance(stack({**LID, "conductivity": "312 W/(m*K)"}), beyond) != pytest.approx(exact, rel=0.05)


def test_whole_stack_against_the_exact_series() -> None:
    """Die, TIM1, lid, TIM2: TIM2 joins the film beyond the lid, TIM1 of the die's size adds up."""
    plate = layered_plate(60e-3, 52e-3, [3e-3], [390.0], 1 / (BEYOND * FACE), contact=[1e-5])
    exact = resistance_mean(plate, Rectangle(30e-3, 26e-3, 30e-3, 26e-3)) - BEYOND + 50e-6 / 20 / DIE
    found = package_resistance(stack(TIM1, LID, TIM2), BEYOND)
    assert found == pytest.approx(exact, rel=0.02)
    assert found - 1e-5 / FACE != pytest.approx(exact, rel=0.02)  # without TIM2


def test_a_worse_plate_makes_the_heat_spread_wider() -> None:
    """With more resistance beyond, heat runs further sideways in the lid, and the lid's step grows."""
    steps = [package_resistance(stack(LID), beyond) for beyond in (0.003, 0.01, 0.03, 0.1)]
    assert steps == sorted(steps)
    assert steps[-1] > 1.5 * steps[0]
