"""Couplings, orifices and header tees: definitions, six flow patterns, their joins and their slopes."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from thermal.correlations.fittings import junction_losses, junction_slopes, orifice_resistance, valve_resistance

RATIO, RUN = 0.25, 0.4


def losses(far: float, side: float, ratio: float = RATIO, run: float = RUN) -> tuple[float, float]:
    """Differences with the port leg carrying what the two others do not."""
    return junction_losses(-(far + ratio * side), far, side, run)


def on_circle(angle: float) -> tuple[float, float]:
    """Velocities in the far leg and the side at one point of the circle of all flow splits."""
    return math.cos(angle), math.sin(angle) / RATIO


def angles_of_patterns() -> list[float]:
    """Middle of each of the six patterns on the circle; the borders are at far = 0, side = 0 and port = 0."""
    borders = sorted([0.0, 0.5 * math.pi, 0.75 * math.pi, math.pi, 1.5 * math.pi, 1.75 * math.pi, 2.0 * math.pi])
    return [0.5 * (a + b) for a, b in pairwise(borders)]


def pattern(far: float, side: float) -> tuple[bool, bool, bool]:
    return -(far + RATIO * side) > 0.0, far > 0.0, side > 0.0


def test_the_six_middles_are_the_six_patterns() -> None:
    assert len({pattern(*on_circle(angle)) for angle in angles_of_patterns()}) == 6


@pytest.mark.parametrize("shift", [-0.2, 0.0, 0.2])
@pytest.mark.parametrize("angle", angles_of_patterns())
def test_slopes_match_numerical_ones_in_every_pattern(angle: float, shift: float) -> None:
    far, side = on_circle(angle + shift)
    h = 1e-6
    numerical = []
    for leg in (0, 1):
        d_far, d_side = (h, 0.0) if leg == 0 else (0.0, h)
        up, down = losses(far + d_far, side + d_side), losses(far - d_far, side - d_side)
        numerical.append([(a - b) / (2.0 * h) for a, b in zip(up, down, strict=True)])
    run_far, run_side, side_far, side_side = junction_slopes(-(far + RATIO * side), far, side, RUN, RATIO)
    expected = [numerical[0][0], numerical[1][0], numerical[0][1], numerical[1][1]]
    found = [run_far, run_side, side_far, side_side]
    np.testing.assert_allclose(found, expected, atol=1e-7)
    largest = int(np.argmax(np.abs(found)))
    found[largest] *= 1.01  # the check can fail
    assert not np.allclose(found, expected, atol=1e-7)


@pytest.mark.parametrize("run", [0.0, 0.4, 1.0])
def test_losses_are_continuous_around_the_circle(run: float) -> None:
    angles = np.linspace(0.0, 2.0 * math.pi, 20001)
    values = np.array([losses(*on_circle(angle), run=run) for angle in angles])
    largest_step = np.max(np.abs(np.diff(values, axis=0)))
    assert largest_step < 60.0 * (angles[1] - angles[0])  # velocities reach 4, slopes about 2·4·4
    assert np.ptp(values) > 10.0


def test_a_jump_would_be_seen() -> None:
    angles = np.linspace(0.0, 2.0 * math.pi, 20001)
    values = np.array([losses(*on_circle(angle)) for angle in angles])
    values[angles > math.pi] += 0.02 * np.ptp(values)
    assert np.max(np.abs(np.diff(values, axis=0))) > 60.0 * (angles[1] - angles[0])


@pytest.mark.parametrize("angle", angles_of_patterns())
def test_losses_grow_with_the_square_of_the_flow(angle: float) -> None:
    far, side = on_circle(angle)
    once, thrice = losses(far, side), losses(3.0 * far, 3.0 * side)
    assert thrice == pytest.approx(tuple(9.0 * value for value in once))


@pytest.mark.parametrize("angle", angles_of_patterns())
def test_exchanging_the_header_legs_mirrors_the_losses(angle: float) -> None:
    far, side = on_circle(angle)
    port = -(far + RATIO * side)
    to_far, to_side = junction_losses(port, far, side, RUN)
    back, back_side = junction_losses(far, port, side, RUN)
    assert back == pytest.approx(-to_far)
    assert back_side == pytest.approx(to_side - to_far)


def static_rise(far: float, side: float) -> float:
    """Static pressure of the far leg minus that of the port leg, over ρ/2."""
    port = -(far + RATIO * side)
    return port**2 - far**2 - losses(far, side)[0]


def test_static_pressure_rises_along_a_dividing_header() -> None:
    # momentum recovery: half the flow leaves, the lost momentum comes back as pressure, less the loss τ (V − V_F)²
    far = -0.5
    side = -0.5 / RATIO
    assert static_rise(far, side) == pytest.approx(1.0 - 0.25 - RUN * 0.25)
    assert static_rise(far, side) > 0.0


def test_static_pressure_falls_along_a_combining_header_towards_its_port() -> None:
    # flow joins on the way to the port: the header must speed up, so the static pressure is lower at the port
    far, side = 0.5, 0.5 / RATIO
    assert static_rise(far, side) == pytest.approx(1.0 - 0.25 + 1.55 * 0.5 - 0.25)
    assert static_rise(far, side) > 0.0


def test_nothing_is_lost_where_the_side_carries_nothing() -> None:
    for far in (-1.0, 1.0):
        to_far, to_side = losses(far, 0.0)
        assert to_far == 0.0
        assert to_side == pytest.approx(1.0)  # a closed side feels the static pressure of the header
    assert losses(0.0, 0.0) == (0.0, 0.0)


def test_points_of_the_diagrams() -> None:
    # Idelchik diagram 7-20 (dividing, F_s/F_c ≤ 0.35): side ζ = 1 + (v/V)², straight ζ = 0.4 (Q_s/Q_c)²
    V, v = 2.0, 3.0
    to_far, to_side = junction_losses(V, -(V - RATIO * v), -v, 0.4)
    assert to_side / V**2 == pytest.approx(1.0 + (v / V) ** 2)
    assert to_far / V**2 == pytest.approx(0.4 * (RATIO * v / V) ** 2)
    # diagram 7-4 (combining): side ζ = 1 + (v/V)² − 2 (1 − Q_s/Q_c)², straight ζ = 1.55 q − q²
    q = RATIO * v / V
    to_far, to_side = junction_losses(-V, V - RATIO * v, v, 0.4)
    assert -to_side / V**2 == pytest.approx(1.0 + (v / V) ** 2 - 2.0 * (1.0 - q) ** 2)
    assert -to_far / V**2 == pytest.approx(1.55 * q - q * q)


def test_dividing_never_gains_total_pressure() -> None:
    for share in np.linspace(0.0, 1.0, 11):
        to_far, to_side = losses(-(1.0 - share), -share / RATIO)
        assert to_far >= 0.0
        assert to_side >= 0.0


def test_kv_is_the_flow_at_one_bar() -> None:
    density = 999.016
    kv = 2.5
    m = density * kv / 3600.0
    assert valve_resistance(kv, density) * m**2 == pytest.approx(1.0e5)
    assert valve_resistance(kv, 2.0 * density) * (2.0 * m) ** 2 == pytest.approx(2.0e5)  # heavier fluid, same volume
    assert valve_resistance(1.01 * kv, density) * m**2 != pytest.approx(1.0e5, rel=1e-3)


def test_an_orifice_loses_k_velocity_heads() -> None:
    v, d, rho = 2.0, 0.012, 1020.0
    m = rho * v * 0.25 * math.pi * d**2
    assert orifice_resistance(3.0, d, rho) * m**2 == pytest.approx(3.0 * 0.5 * rho * v**2)
