"""Elimination with a stored order against a dense solver."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.numerics.elimination import Elimination, entries, order, solve

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def random_pattern(n: int, pairs: int, seed: int) -> tuple[Integers, Integers]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, n, pairs), rng.integers(0, n, pairs)


def random_matrix(n: int, first: Integers, second: Integers, seed: int) -> Floats:
    """Unsymmetric values on a symmetric pattern, diagonally dominant as a network's matrix is."""
    rng = np.random.default_rng(seed)
    A = np.zeros((n, n))
    for i, j in zip(first, second, strict=True):
        if i != j:
            A[i, j] = rng.uniform(-1.0, 0.3)
            A[j, i] = rng.uniform(-1.0, 0.3)
    A[np.diag_indices(n)] = np.abs(A).sum(axis=1) + np.abs(A).sum(axis=0) + rng.uniform(0.01, 1.0, n)
    return A


def eliminate(structure: Elimination, A: Floats, first: Integers, second: Integers, b: Floats) -> tuple[Floats, int]:
    """Solve A x = b by putting A into the arrays of the stored structure."""
    position = structure.position
    diagonal, x = np.zeros(len(b)), np.zeros(len(b))
    diagonal[position], x[position] = np.diag(A), b
    lower, upper = np.zeros(structure.row.size), np.zeros(structure.row.size)
    unlike = first != second
    i, j = first[unlike], second[unlike]
    place = entries(structure, i, j)
    swap = position[i] > position[j]
    early, late = np.where(swap, j, i), np.where(swap, i, j)
    lower[place], upper[place] = A[late, early], A[early, late]
    failed = solve(structure, diagonal, lower, upper, x)
    return x[position], failed


@pytest.mark.parametrize("seed", range(12))
def test_random_unsymmetric_matrices_match_a_dense_solver(seed: int) -> None:
    n = 3 + 5 * seed
    first, second = random_pattern(n, 3 * n, seed)  # with repeats and pairs of an unknown with itself
    A = random_matrix(n, first, second, seed)
    b = np.random.default_rng(seed).normal(size=n)
    x, failed = eliminate(order(n, first, second), A, first, second, b)
    assert failed == -1
    np.testing.assert_allclose(x, np.linalg.solve(A, b), rtol=1e-12, atol=1e-13)
    A[first[0], second[0]] += 0.01  # the check can fail
    assert not np.allclose(x, np.linalg.solve(A, b), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("n", [0, 1])
def test_without_couplings_there_is_only_the_diagonal(n: int) -> None:
    none = np.empty(0, np.int64)
    x, failed = eliminate(order(n, none, none), np.diag(np.full(n, 4.0)), none, none, np.full(n, 2.0))
    assert failed == -1
    assert np.all(x == 0.5)


def test_a_full_matrix_is_filled_completely() -> None:
    n = 7
    first, second = np.triu_indices(n, 1)
    A = random_matrix(n, first, second, 1)
    structure = order(n, first, second)
    assert structure.row.size == n * (n - 1) // 2
    x, _ = eliminate(structure, A, first, second, np.arange(n, dtype=float))
    np.testing.assert_allclose(A @ x, np.arange(n), atol=1e-13)


def test_a_tree_is_eliminated_without_fill() -> None:
    n = 200
    rng = np.random.default_rng(3)
    child = np.arange(1, n)
    parent = rng.integers(0, child)
    assert order(n, child, parent).row.size == n - 1


def test_a_ladder_is_eliminated_with_little_fill() -> None:
    steps = 300
    left, right = np.arange(steps), np.arange(steps) + steps
    first = np.concatenate([left, left[:-1], right[:-1]])
    second = np.concatenate([right, left[1:], right[1:]])
    assert order(2 * steps, first, second).row.size <= 4 * steps


def test_the_order_holds_every_unknown_once() -> None:
    first, second = random_pattern(40, 90, 5)
    structure = order(40, first, second)
    assert sorted(structure.position) == list(range(40))
    for k in range(40):
        later = structure.row[structure.start[k] : structure.start[k + 1]]
        assert np.all(np.diff(later) > 0)
        assert np.all(later > k)


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_a_vanishing_pivot_is_reported(value: float) -> None:
    first, second = np.array([0, 1]), np.array([1, 2])
    A = random_matrix(3, first, second, 0)
    structure = order(3, first, second)
    A[0, 0] = value
    A[0, 1] = A[1, 0] = 0.0
    _, failed = eliminate(structure, A, first, second, np.ones(3))
    assert failed == structure.position[0]
