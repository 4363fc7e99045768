"""The piecewise cubic: through its points, monotone where they are, with the right slope."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from thermal.numerics.interpolation import hermite, monotone_slopes

Floats = NDArray[np.float64]


def curve(x: Floats, y: Floats, at: Floats) -> tuple[Floats, Floats]:
    slope = monotone_slopes(x, y)
    pairs = [hermite(x, y, slope, 0, x.size, a) for a in at]
    return np.array([value for value, _ in pairs]), np.array([rise for _, rise in pairs])


def monotone(values: Floats) -> bool:
    return bool(np.all(np.diff(values) >= -1e-12 * np.max(np.abs(values))))


@settings(deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.floats(0.01, 10.0), st.floats(0.0, 100.0)), min_size=1, max_size=8))
def test_rising_points_give_a_rising_curve(steps: list[tuple[float, float]]) -> None:
    x = np.cumsum([0.0, *(dx for dx, _ in steps)])
    y = np.cumsum([0.0, *(dy for _, dy in steps)])
    at = np.linspace(0.0, x[-1], 300)
    values, slopes = curve(x, y, at)
    assert monotone(values)
    assert np.all(slopes >= -1e-9 * max(np.max(y), 1e-300))
    assert values.min() >= -1e-12 * y[-1]
    assert values.max() <= y[-1] * (1.0 + 1e-12)


def test_a_spline_through_the_same_points_would_overshoot() -> None:
    x, y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 0.0, 1.0, 1.0])
    at = np.linspace(0.0, 3.0, 301)
    assert monotone(curve(x, y, at)[0])
    assert not monotone(np.polyval(np.polyfit(x, y, 3), at))


def test_the_curve_passes_through_its_points() -> None:
    x, y = np.array([0.0, 0.3, 1.0, 4.0]), np.array([0.0, 1.0, 1.5, 9.0])
    np.testing.assert_allclose(curve(x, y, x)[0], y, rtol=1e-15)


def test_a_straight_line_and_two_points_stay_straight() -> None:
    x = np.array([0.0, 1.0, 5.0, 7.0])
    values, slopes = curve(x, 2.0 * x, np.linspace(0.0, 7.0, 50))
    np.testing.assert_allclose(values, 2.0 * np.linspace(0.0, 7.0, 50), atol=1e-14)
    np.testing.assert_allclose(slopes, 2.0)
    assert curve(np.array([1.0, 3.0]), np.array([2.0, 8.0]), np.array([2.0]))[0] == pytest.approx(5.0)


def test_a_parabola_is_met_exactly() -> None:
    x = np.array([0.0, 0.2, 0.5, 0.6, 1.0])
    at = np.linspace(0.0, 1.0, 50)
    np.testing.assert_allclose(curve(x, (x + 1.0) ** 2, at)[0], (at + 1.0) ** 2, rtol=1e-14)


def test_an_exponential_is_met_to_third_order() -> None:
    errors = []
    for n in (9, 17, 33):
        x = np.linspace(0.0, 1.0, n)
        at = np.linspace(0.2, 0.8, 500)
        errors.append(np.max(np.abs(curve(x, np.exp(x), at)[0] - np.exp(at))))
    assert errors[0] / errors[1] > 7.0
    assert errors[1] / errors[2] > 7.0


def test_the_slope_is_the_derivative() -> None:
    x, y = np.array([0.0, 0.5, 1.0, 3.0]), np.array([0.0, 1.0, 4.0, 9.0])
    at = np.array([0.1, 0.45, 0.7, 1.5, 2.9])
    h = 1e-6
    numerical = (curve(x, y, at + h)[0] - curve(x, y, at - h)[0]) / (2.0 * h)
    np.testing.assert_allclose(curve(x, y, at)[1], numerical, rtol=1e-8)


def test_slopes_vanish_at_turning_points() -> None:
    slope = monotone_slopes(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 5.0, 1.0, 4.0]))
    assert slope[1] == slope[2] == 0.0
