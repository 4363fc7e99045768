"""Couplings in 16 bits: how close they are, and that rows without walls go on to add up to their diagonal."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.numerics.saddle_quantised import PARTS, quantised

Singles = NDArray[np.float32]


def row(*couplings: float, rest: float = 0.0) -> tuple[tuple[Singles, ...], Singles]:
    """Couplings of one velocity, and its diagonal."""
    beside = tuple(np.full((1, 1, 1), value, np.float32) for value in couplings)
    return beside, np.full((1, 1, 1), sum(couplings) + rest, np.float32)


def random_rows(count: int, rest: float) -> tuple[tuple[Singles, ...], Singles]:
    """Rows whose couplings span six decades."""
    rng = np.random.default_rng(7)
    beside = tuple((10.0 ** rng.uniform(-6.0, 0.0, (count, 1, 1))).astype(np.float32) for _ in range(6))
    total = np.sum([one.astype(np.float64) for one in beside], axis=0)
    return beside, (total * (1.0 + rest)).astype(np.float32)


def test_each_is_kept_to_a_few_parts() -> None:
    beside, diagonal = random_rows(500, 0.3)
    found = quantised(beside, diagonal) / PARTS * diagonal
    assert np.abs(found - np.array(beside)).max() <= (3.5 / PARTS * diagonal).max()


@pytest.mark.parametrize("rest", [0.0, 1e-4, 0.3])
def test_a_row_adds_up_to_what_it_did(rest: float) -> None:
    beside, diagonal = random_rows(500, rest)
    found = quantised(beside, diagonal).astype(np.int64).sum(axis=0)
    np.testing.assert_array_equal(found, np.round(np.sum(np.array(beside, np.float64), axis=0) / diagonal * PARTS))


def test_rounded_one_by_one_it_would_not() -> None:
    beside, diagonal = random_rows(500, 0.0)
    each = sum(np.round(one / diagonal * PARTS) for one in beside)
    assert (each != PARTS).mean() > 0.3


def test_what_is_too_little_for_a_part_is_given_to_the_greatest() -> None:
    found = quantised(*row(1.0, 1e-9, 1e-9, 1.0, 0.0, 0.0))[:, 0, 0, 0]
    assert found.tolist() == [PARTS // 2, 0, 0, PARTS // 2, 0, 0]


def test_the_only_coupling_of_a_row_stays_within_16_bits() -> None:
    assert quantised(*row(0.0, 3.0, 0.0, 0.0, 0.0, 0.0))[:, 0, 0, 0].tolist() == [0, PARTS - 1, 0, 0, 0, 0]
