"""Restarted GMRES with a right preconditioner in float32 around an operator in float64.

The basis is kept in float32, operator, answer and true residual in float64; a restart at a moderate reduction keeps the
rounding of the basis out of the answer (Saad & Schultz, SIAM J. Sci. Stat. Comput. 7 (1986) 856).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from thermal.numerics import stream_kernels as kernels
from thermal.numerics.multigrid import Solution, failure
from thermal.numerics.reserved import reserved

__all__ = ["Operator", "Preconditioner", "Values", "gmres", "improve"]

ITERATIONS = 400
VECTORS = 8, 60  # least and most kept before a restart
SMALL = 4e6, 4e7  # memory for more than the least, at first and where that is slow [bytes]
SLOW = 0.05  # a restart that leaves more than this of the residual is followed by one with twice the vectors
REDUCTION = 1.0e-6  # least residual before a restart, over that after the one before; float32 holds 6e-8
ROUGHER = 10.0  # times that where the preconditioner rounds the sum of all vectors at once
CLOSER = 0.7  # share of the tolerance at which the estimate of the residual is trusted
TWICE = 1.0e-2  # share of a vector that is new, below which rounding in float32 leaves too much of the old in it
STALLED = 0.9  # a restart, with all vectors it may have, that leaves more than this has stalled
CAUSE = "conductances or flows that span more than double precision holds; check materials, flows and grid"
INNER = "numbers that are not finite arose in a step; check what is given, above all very large and very small values"
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Values = Floats | Singles
Operator = Callable[[Values, Floats], None]  # puts A x into the second
Preconditioner = Callable[[Floats, float, Values], None]  # puts M (scale · r) into the third
Inner = Callable[[Singles, Singles], None]  # puts A z or M v into the second


def gmres(
    operator: Operator,
    precondition: Preconditioner,
    b: Floats,
    x: Floats,
    tolerance: float,
    *,
    lean: bool = False,
) -> Solution:
    """Solve A x = b.

    Parameters
    ----------
    operator : callable
        ``operator(x, out)`` puts A x into `out`.
    precondition : callable
        ``precondition(r, scale, out)`` puts an approximate answer to scale · r into `out`; linear, and the same
        throughout.
    b : float64
        Right-hand side, of any shape, contiguous.
    x : float64
        Start values; receives the answer.
    tolerance : float
        Relative residual in L2 at which to stop [-].
    lean : bool
        Keep no preconditioned vectors: half the memory, and the preconditioner once more at each restart.

    Returns
    -------
    Solution
        Field, iterations, history.

    Raises
    ------
    ConvergenceError
        With the history.
    """
    scale = float(np.linalg.norm(b))
    if scale == 0.0:
        x[...] = 0.0
        return Solution(x, 0, (0.0,))
    few, most = (int(np.clip(room / ((4 if lean else 8) * b.size), *VECTORS)) for room in SMALL)
    V, Z = reserved((most + 1, b.size)), reserved((1 if lean else most, *b.shape))
    w = np.empty_like(b)
    history = [_residual(operator, b, x, w) / scale]
    while not history[-1] <= tolerance:
        before = history[-1]
        if not np.isfinite(before):
            raise failure(history, CAUSE)
        goal = max(CLOSER * tolerance / before, ROUGHER * REDUCTION if lean else REDUCTION)
        _restart(operator, precondition, (V[: few + 1], Z, w), x, history, goal)
        history[-1] = _residual(operator, b, x, w) / scale
        stalled = few == most and not history[-1] < STALLED * before
        if history[-1] > tolerance and (stalled or len(history) > ITERATIONS):
            raise failure(history, CAUSE)
        few = min(2 * few, most) if history[-1] > SLOW * before else few
    return Solution(x, len(history) - 1, tuple(history))


def improve(
    operator: Inner,
    precondition: Inner,
    w: Values,
    target: float,
    most: int,
    *,
    lean: bool = False,
    few: tuple[int, float] | None = None,
) -> tuple[Singles, list[float]]:
    """Solve A x = w roughly in float32, as the inner step of an outer iteration.

    Parameters
    ----------
    operator, precondition : callable
        Put A v and M v into their second argument, float32 vectors of the length of w, which may be their first.
    w : float32 or float64
        Right-hand side, a vector.
    target : float
        Estimated residual over w at which to stop [-].
    most : int
        Iterations.
    lean : bool
        Keep one basis, not two, and precondition the answer once more.
    few : (int, float), optional
        Iterations after which less will do, and the estimated residual over w that will; each vector more takes memory.

    Returns
    -------
    (float32, list of float)
        The answer, and the estimates of the relative residual before and after each iteration.

    Raises
    ------
    ConvergenceError
        Values that are not finite.
    """
    beta, history = float(np.linalg.norm(w)), [1.0]
    if beta == 0.0:
        return np.zeros(w.size, np.float32), history
    V = reserved((most + 1, w.size))
    Z = V[1:] if lean else reserved((most, w.size))
    np.multiply(w, 1.0 / beta, out=V[0], casting="same_kind")
    del w  # of which this may be the last reference
    H, y = np.zeros((most + 1, most)), np.zeros(0)
    for n in range(most):
        precondition(V[n], Z[n])
        operator(Z[n], V[n + 1])
        H[n + 1, n] = kernels.orthogonalise(V[n + 1], V, n + 1, H[:, n])
        if H[n + 1, n] < TWICE * np.linalg.norm(H[: n + 1, n]):
            again = np.zeros(most + 1)
            H[n + 1, n] = kernels.orthogonalise(V[n + 1], V, n + 1, again)
            H[: n + 1, n] += again[: n + 1]
        y, left = _least(H[: n + 2, : n + 1], history, INNER)
        history.append(left)
        enough = target if few is None or n + 1 < few[0] else few[1]
        if left <= enough or H[n + 1, n] <= REDUCTION * target:
            break
        V[n + 1] /= H[n + 1, n]
    x = np.zeros(V.shape[1], np.float32)
    kernels.combine(x, V if lean else Z, beta * y)
    if lean:
        precondition(x, x)
    return x, history


def _least(H: Floats, history: list[float], cause: str) -> tuple[Floats, float]:
    """Return what of each vector leaves the least residual, and that, over the one of the beginning."""
    if not np.isfinite(H).all():
        raise failure([*history, np.inf], cause)
    goal = np.zeros(len(H))
    goal[0] = 1.0
    y = np.asarray(np.linalg.lstsq(H, goal)[0], np.float64)
    return y, float(np.linalg.norm(goal - H @ y))


def _residual(operator: Operator, b: Floats, x: Floats, w: Floats) -> float:
    """Put b − A x into w; return its length."""
    if not x.any():
        w[...] = b
        return float(np.linalg.norm(b))
    operator(x, w)
    return float(np.sqrt(kernels.subtract_from(b, w)))


def _restart(
    operator: Operator,
    precondition: Preconditioner,
    basis: tuple[Singles, Singles, Floats],
    x: Floats,
    history: list[float],
    target: float,
) -> None:
    """Improve x from the residual in w until the estimate of what is left falls to `target`."""
    V, Z, w = basis
    unit, most, lean = history[-1], len(V) - 1, len(Z) == 1
    beta = norm = float(np.linalg.norm(w))
    H, y = np.zeros((most + 1, most)), np.zeros(0)
    for n in range(most):
        kernels.keep(w, 1.0 / norm, V[n])
        z = Z[0 if lean else n]
        precondition(w, 1.0 / norm, z)
        operator(z, w)
        norm = H[n + 1, n] = float(kernels.orthogonalise(w.reshape(-1), V, n + 1, H[:, n]))
        y, left = _least(H[: n + 2, : n + 1], history, CAUSE)
        history.append(left * unit)
        if left <= target or norm <= REDUCTION * target * beta:
            break
    if lean:
        w[...] = 0.0
        kernels.combine(w, V, y)
        precondition(w, 1.0, Z[0])
        y = np.ones(1)
    kernels.combine(x, Z, beta * y)
