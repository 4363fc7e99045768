"""The rough solver inside other iterations: what it says is left is left, also where rounding bends its basis."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.errors import ConvergenceError
from thermal.numerics import gmres

Floats = NDArray[np.float64]
N = 300


def matrix(strong: float) -> Floats:
    """Six groups of eigenvalues, and one direction that is `strong` times as stiff."""
    rng = np.random.default_rng(3)
    v = rng.standard_normal(N)
    v /= np.linalg.norm(v)
    return np.diag(1.0 + np.arange(N) % 6) + strong * np.outer(v, v)


def solved(A: Floats, target: float, *, lean: bool = False) -> tuple[float, float]:
    """What it says is left and what is, over the right-hand side."""
    w = np.random.default_rng(4).standard_normal(N)

    def operator(v: Any, out: Any) -> None:
        out[...] = A @ v

    def precondition(v: Any, out: Any) -> None:
        out[...] = v

    x, history = gmres.improve(operator, precondition, w.copy(), target, 60, lean=lean)
    return history[-1], float(np.linalg.norm(w - A @ x) / np.linalg.norm(w))


@pytest.mark.parametrize("lean", [False, True])
def test_it_stops_below_the_target_and_tells_the_truth(lean: bool) -> None:
    said, left = solved(matrix(1e3), 1e-2, lean=lean)
    assert said <= 1e-2
    assert left == pytest.approx(said, rel=1e-2)


def test_what_it_says_is_left_is_left_where_one_direction_is_far_stiffer() -> None:
    said, left = solved(matrix(1e6), 1e-2)
    assert said <= 1e-2
    assert left < 5e-3


def test_made_orthogonal_once_it_would_not_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gmres, "TWICE", 0.0)
    _, left = solved(matrix(1e6), 1e-2)
    assert left > 1e-2


def test_numbers_that_are_not_finite_end_it() -> None:
    with pytest.raises(ConvergenceError, match="not finite"):
        solved(np.full((N, N), np.nan), 1e-2)


def hard(vectors: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> int:
    """Iterations for a symmetric matrix of both signs, which few vectors at a time do not solve."""
    monkeypatch.setattr(gmres, "VECTORS", vectors)
    monkeypatch.setattr(gmres, "SMALL", (0.0, 4e7))
    A = np.diag(np.concatenate([np.linspace(-2.0, -1.0, N // 2), np.linspace(1.0, 100.0, N // 2)]))

    def operator(v: Any, out: Any) -> None:
        out[...] = A @ v

    def precondition(v: Any, scale: float, out: Any) -> None:
        out[...] = scale * v

    b = np.random.default_rng(5).standard_normal(N)
    found = gmres.gmres(operator, precondition, b, np.zeros(N), 1e-6)
    assert np.linalg.norm(b - A @ found.x) <= 1e-6 * np.linalg.norm(b)
    return found.iterations


def test_a_slow_restart_is_followed_by_longer_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hard((8, 60), monkeypatch) < 300
    with pytest.raises(ConvergenceError):
        hard((8, 8), monkeypatch)


def test_a_residual_that_is_no_number_is_no_answer() -> None:
    def operator(v: Any, out: Any) -> None:
        out[...] = np.nan

    with pytest.raises(ConvergenceError):
        gmres.gmres(operator, lambda v, s, out: None, np.ones(N), np.ones(N), 1e-6)
