"""Laminar friction in rectangular ducts and pressure drop of channels, against exact and marched solutions."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from thermal.correlations import ducts
from thermal.correlations.channels import channel_pressure_drop

DATA = Path(__file__).parents[1] / "data"


def rows(name: str) -> list[dict[str, float]]:
    """Rows of a reference table, all numbers."""
    lines = [line for line in (DATA / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(lines)]


def friction_error(factor: float = 1.0) -> float:
    """Largest relative error of f·Re over seven aspect ratios."""
    return max(
        abs(factor * ducts.fully_developed_friction(row["alpha"]) / row["fRe"] - 1.0)
        for row in rows("duct_fully_developed.csv")
    )


def test_developed_friction_is_exact() -> None:
    assert friction_error() < 1e-7
    assert friction_error(factor=1.01) > 1e-7


def sine_series_momentum_factor(alpha: float) -> float:
    """β from the double sine series of the velocity, 2000 × 60 odd modes."""
    m, n = 2.0 * np.arange(2000) + 1.0, (2.0 * np.arange(60) + 1.0)[:, None]
    amplitude = 1.0 / (m * n * (alpha**2 * m**2 + n**2))
    return float(0.25 * (amplitude**2).sum() / (amplitude * 4.0 / (math.pi**2 * m * n)).sum() ** 2)


@pytest.mark.parametrize("alpha", [0.02, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0])
def test_momentum_factor(alpha: float) -> None:
    exact = sine_series_momentum_factor(alpha)
    assert ducts.momentum_factor(alpha) == pytest.approx(exact, rel=3e-4)
    assert ducts.momentum_factor(alpha) != pytest.approx(1.01 * exact, rel=3e-4)


def entrance_error(column: str, factor: float = 1.0) -> float:
    """Largest relative error of the apparent friction between parallel plates."""
    return max(
        abs(factor * ducts.apparent_friction(0.0, row["x_plus"]) / row[column] - 1.0)
        for row in rows("entry_plates_fapp.csv")
    )


def test_entrance_friction_between_plates() -> None:
    """Within Shah's stated 2.4 % of a boundary-layer solution, and his formula to the digits given."""
    assert entrance_error("fapp_Re") < 0.024
    assert entrance_error("shah78_fapp_Re") < 1e-7
    assert entrance_error("shah78_fapp_Re", factor=1.01) > 1e-7


def test_entrance_friction_at_shahs_aspect_ratios() -> None:
    """Far from the inlet f_app·Re − f·Re = K(∞)/(4x⁺) with his table's K; near it 3.44/√x⁺."""
    for alpha, K in ((1.0, 1.43), (0.5, 1.28), (0.2, 0.931), (0.0, 0.674)):
        excess = ducts.apparent_friction(alpha, 10.0) - ducts.fully_developed_friction(alpha)
        assert 40.0 * excess == pytest.approx(K, rel=2e-3)
        assert 1e-4 * ducts.apparent_friction(alpha, 1e-8) == pytest.approx(3.44, rel=1e-6)


@pytest.mark.parametrize("alpha", [0.0, 0.03, 0.2, 0.35, 1.0])
@pytest.mark.parametrize("x_plus", [2e-4, 3e-3, 0.05, 1.0])
def test_slope_of_apparent_friction(alpha: float, x_plus: float) -> None:
    step = 1e-5 * x_plus
    rise = ducts.apparent_friction(alpha, x_plus + step) - ducts.apparent_friction(alpha, x_plus - step)
    assert ducts.apparent_friction_slope(alpha, x_plus) == pytest.approx(rise / (2.0 * step), rel=1e-6)
    assert 1.01 * ducts.apparent_friction_slope(alpha, x_plus) != pytest.approx(rise / (2.0 * step), rel=1e-6)


# ------------------------------------------------------------------------------------------- channels of a cold plate

PLATE = (300, 75e-6, 3e-3, 40e-3, 1.2)  # count, width, height, length, loss
FLUID = (1014.5, 1.37e-3)


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("m_dot", [-0.3, -0.02, 1e-6, 5e-4, 0.0375, 0.3])
def test_slope_of_the_pressure_drop(m_dot: float, split: bool) -> None:
    step = 1e-5 * abs(m_dot)
    ahead, behind = (channel_pressure_drop(m_dot + sign * step, *PLATE, split, *FLUID)[0] for sign in (1, -1))
    slope = channel_pressure_drop(m_dot, *PLATE, split, *FLUID)[1]
    assert slope == pytest.approx((ahead - behind) / (2.0 * step), rel=1e-7)
    assert 1.01 * slope != pytest.approx((ahead - behind) / (2.0 * step), rel=1e-7)


def test_pressure_drop_is_odd_and_starts_as_developed_laminar_flow() -> None:
    forward, backward = (channel_pressure_drop(m, *PLATE, True, *FLUID) for m in (0.02, -0.02))
    assert backward == (-forward[0], forward[1])
    drop, slope = channel_pressure_drop(0.0, *PLATE, False, *FLUID)
    count, width, height, length, _ = PLATE
    Dh = ducts.hydraulic_diameter(width, height)
    fRe = ducts.fully_developed_friction(width / height)
    assert drop == 0.0
    assert slope == pytest.approx(
        2.0 * fRe * FLUID[1] * length / (Dh**2 * FLUID[0] * count * width * height), rel=1e-12
    )


def test_split_plate_is_two_plates_of_half_the_length_in_parallel() -> None:
    count, width, height, length, loss = PLATE
    split = channel_pressure_drop(0.0375, *PLATE, True, *FLUID)
    half = channel_pressure_drop(0.5 * 0.0375, count, width, height, 0.5 * length, loss, False, *FLUID)
    assert split[0] == pytest.approx(half[0], rel=1e-12)
    assert split[1] == pytest.approx(0.5 * half[1], rel=1e-12)


def test_loss_coefficient_adds_velocity_heads() -> None:
    count, width, height, length, _ = PLATE
    with_loss, without = (
        channel_pressure_drop(0.0375, count, width, height, length, loss, False, *FLUID)[0] for loss in (1.0, 0.0)
    )
    velocity = 0.0375 / (FLUID[0] * count * width * height)
    assert with_loss - without == pytest.approx(0.5 * FLUID[0] * velocity**2, rel=1e-9)


def test_inlet_and_outlet_losses() -> None:
    """No change of area loses nothing, a great plenum loses a velocity head, and momentum is kept in between."""
    assert ducts.contraction_loss(1.0) == 0.0
    assert ducts.contraction_loss(0.0) == 0.5
    assert ducts.expansion_loss(0.0, 1.2) == 1.0
    assert ducts.expansion_loss(1.0, 1.0) == pytest.approx(0.0, abs=1e-15)
    # momentum balance across the expansion: p2 − p1 = ρu²(βσ − σ²)
    beta, sigma = 1.3, 0.4
    rise = 0.5 * (1.0 - sigma**2 - ducts.expansion_loss(sigma, beta))
    assert rise == pytest.approx(beta * sigma - sigma**2, rel=1e-14)
