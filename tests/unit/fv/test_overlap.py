"""Shares of tiles in cells and of rectangles on faces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thermal.fv.overlap import owned_shares, tile_shares

FACES = np.array([0.0, 0.1, 0.4, 1.0])


def test_a_range_is_shared_by_length() -> None:
    np.testing.assert_allclose(tile_shares((0.05, 0.55), 1, FACES), [[0.1, 0.6, 0.3]])
    np.testing.assert_allclose(tile_shares((0.0, 1.0), 2, FACES), [[0.2, 0.6, 0.2], [0.0, 0.0, 1.0]])


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.0, 0.9), st.floats(0.01, 0.1))
def test_nothing_is_lost(tiles: int, cells: int, low: float, length: float) -> None:
    shares = tile_shares((low, low + length), tiles, np.linspace(0.0, 1.0, cells + 1))
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-14)
    assert (shares >= 0.0).all()


def test_tiles_on_faces_leave_no_slivers() -> None:
    faces = np.linspace(0.0, 60e-3, 61)
    shares = tile_shares((15e-3, 45e-3), 10, faces)
    assert np.count_nonzero(shares) == 30
    assert shares[shares > 0.0] == pytest.approx(np.full(30, 1 / 3), rel=1e-9)


def test_the_last_rectangle_wins() -> None:
    whole, patch = ((0.0, 1.0), (0.0, 1.0)), ((0.05, 0.25), (0.0, 0.5))
    first, second = owned_shares([whole, patch], FACES, FACES)
    np.testing.assert_allclose(second[0], [0.5, 0.5, 0.0])
    np.testing.assert_allclose(second[2, :2], [0.5 / 6, 0.5 / 6])
    np.testing.assert_allclose(first + second, 1.0)
    hidden, over = owned_shares([patch, whole], FACES, FACES)
    assert not hidden.any()
    np.testing.assert_allclose(over, 1.0, rtol=1e-15)


@given(st.lists(st.tuples(*[st.floats(0.0, 1.0)] * 4), min_size=1, max_size=5))
def test_areas_of_owned_rectangles(corners: list[tuple[float, float, float, float]]) -> None:
    rectangles = [
        ((min(a, b), max(a, b)), (min(c, d), max(c, d))) for a, b, c, d in corners if abs(a - b) > 1e-6 < abs(c - d)
    ]
    if not rectangles:
        return
    shares = owned_shares(rectangles, FACES, FACES)
    area = np.outer(np.diff(FACES), np.diff(FACES))
    (a, b), (c, d) = rectangles[-1]
    assert (shares[-1] * area).sum() == pytest.approx((b - a) * (d - c), rel=1e-9)
    assert (sum(shares) < 1.0 + 1e-9).all()
