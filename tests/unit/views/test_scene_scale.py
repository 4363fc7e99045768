"""Scales have round ends that hold every number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thermal.views.scenes.scale import around_zero, round_scale, ticks

NUMBERS = st.lists(st.floats(-300.0, 3000.0), min_size=1, max_size=5)


@given(NUMBERS, st.booleans())
def test_a_scale_holds_its_numbers_and_ticks_stand_at_its_ends(values: list[float], upward: bool) -> None:
    low, high = round_scale(values, upward=upward)
    assert low < high
    assert low <= min(values) + 1e-6
    assert max(values) <= high + 1e-6
    marks = [mark for mark, _ in ticks(low, high)]
    assert marks[0] == pytest.approx(low)
    assert marks[-1] == pytest.approx(high)


def test_what_is_no_number_is_left_out() -> None:
    assert round_scale([np.array([41.2, np.nan]), float("nan"), 88.0]) == (40.0, 90.0)
    assert round_scale([]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("values", "least", "most", "scale"),
    [([0.2], 5.0, 20.0, 5.0), ([-61.0, 3.0], 5.0, 20.0, 20.0), ([-6.1], 1.0, 100.0, 8.0), ([], 1.0, 2.0, 1.0)],
)
def test_a_diverging_scale_is_even_about_zero(values: list[float], least: float, most: float, scale: float) -> None:
    assert around_zero(values, least, most) == (-scale, scale)


def test_ticks_have_the_decimals_they_need() -> None:
    assert [text for _, text in ticks(-0.5, 0.5, 4)] == ["−0.50", "−0.25", "0.00", "0.25", "0.50"]
