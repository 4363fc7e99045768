"""Multigrid against a direct sparse solver, and on operators that break weaker methods."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from thermal.errors import ConvergenceError
from thermal.numerics.multigrid import Multigrid, Stencil

Floats = NDArray[np.float64]


def box(k: Floats, dx: Floats, dy: Floats, dz: Floats, h: float) -> Stencil:
    """Operator of a box of conductivity k (nz, ny, nx) cooled by h on its top face."""
    gx, gy, gz, extra = (np.zeros_like(k) for _ in range(4))
    ax = dz[:, None, None] * dy[None, :, None]
    gx[:, :, :-1] = ax / (dx[:-1] / 2 / k[:, :, :-1] + dx[1:] / 2 / k[:, :, 1:])
    ay = dz[:, None, None] * dx[None, None, :]
    y = dy[None, :, None]
    gy[:, :-1] = ay / (y[:, :-1] / 2 / k[:, :-1] + y[:, 1:] / 2 / k[:, 1:])
    az = dy[:, None] * dx[None, :]
    z = dz[:, None, None]
    gz[:-1] = az / (z[:-1] / 2 / k[:-1] + z[1:] / 2 / k[1:])
    extra[-1] = az / (1.0 / h + dz[-1] / 2 / k[-1])
    return Stencil(gx, gy, gz, extra)


def direct(stencil: Stencil, rhs: Floats) -> Floats:
    """Solve with SciPy's sparse factorisation."""
    number = np.arange(rhs.size).reshape(rhs.shape)
    rows, columns, values = [number.ravel()], [number.ravel()], [stencil.extra.ravel()]
    for g, axis in ((stencil.gx, 2), (stencil.gy, 1), (stencil.gz, 0)):
        here = np.moveaxis(number, axis, 0)[:-1].ravel()
        there = np.moveaxis(number, axis, 0)[1:].ravel()
        c = np.moveaxis(g, axis, 0)[:-1].ravel()
        rows += [here, there, here, there]
        columns += [here, there, there, here]
        values += [c, c, -c, -c]
    matrix = coo_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))).tocsc()
    return np.asarray(spsolve(matrix, rhs.ravel())).reshape(rhs.shape)


def random_box(shape: tuple[int, int, int], jump: float, seed: int) -> tuple[Stencil, Floats]:
    rng = np.random.default_rng(seed)
    nz, ny, nx = shape
    k = 10.0 ** (rng.uniform(0.0, np.log10(jump), shape)) if jump > 1.0 else np.ones(shape)
    dx, dy, dz = (rng.uniform(0.5, 2.0, n) * d for n, d in ((nx, 1e-3), (ny, 1e-3), (nz, 1e-4)))
    return box(k, dx, dy, dz, 1.0e4), rng.uniform(0.0, 1.0, shape)


@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 1, 1), (3, 1, 7), (3, 7, 1), (4, 13, 17), (6, 16, 16), (2, 31, 5)])
def test_it_agrees_with_a_direct_solver(shape: tuple[int, int, int]) -> None:
    stencil, rhs = random_box(shape, 1e3, 1)
    solution = Multigrid(stencil).solve(rhs, tolerance=1e-12)
    np.testing.assert_allclose(solution.x, direct(stencil, rhs), rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(st.integers(1, 6), st.integers(1, 12), st.integers(1, 12)),
    st.floats(1.0, 1e6),
    st.integers(0, 1000),
)
def test_any_small_operator(shape: tuple[int, int, int], jump: float, seed: int) -> None:
    stencil, rhs = random_box(shape, jump, seed)
    solution = Multigrid(stencil).solve(rhs, tolerance=1e-11)
    np.testing.assert_allclose(solution.x, direct(stencil, rhs), rtol=1e-6)


def stack(n: int, jump: float) -> tuple[Stencil, Floats]:
    """A thin layer with a square of another material, on copper; n × n columns over 60 mm."""
    thickness = np.r_[np.full(6, 1.0e-4), np.full(3, 1.0e-5), np.full(7, 3.0e-4)]
    k = np.full((16, n, n), 390.0)
    inside = slice(n // 4, 3 * n // 4)
    k[:9] = 390.0 / jump
    k[:9, inside, inside] = 120.0
    rhs = np.zeros_like(k)
    rhs[0, inside, inside] = 1.0
    d = np.full(n, 0.06 / n)
    return box(k, d, d, thickness, 4.0e4), rhs


def test_iterations_do_not_grow_with_the_mesh() -> None:
    counts = [Multigrid(operator).solve(rhs).iterations for operator, rhs in (stack(n, 500.0) for n in (31, 64, 127))]
    assert max(counts) - min(counts) <= 3
    assert max(counts) <= 14


@pytest.mark.parametrize("jump", [1.0, 1e2, 1e5])
def test_jumps_inside_a_layer(jump: float) -> None:
    operator, rhs = stack(61, jump)
    assert Multigrid(operator).solve(rhs).iterations <= 20


def test_flat_cells_of_aspect_ten_thousand() -> None:
    n = 41
    d = np.full(n, 1.0e-2)
    operator = box(np.full((8, n, n), 200.0), d, d, np.full(8, 1.0e-6), 2.0e4)
    rhs = np.zeros((8, n, n))
    rhs[0, 5, 7] = 1.0
    assert Multigrid(operator).solve(rhs).iterations <= 14


@pytest.mark.parametrize("ratio", [30.0, 1.0 / 30.0])
def test_long_and_narrow_columns(ratio: float) -> None:
    """Cells thirty times longer in one lateral direction: only the stronger one is coarsened at first."""
    n = 64
    operator = box(np.full((6, n, n), 200.0), np.full(n, 1e-4 * ratio), np.full(n, 1e-4), np.full(6, 1e-4), 1e4)
    rhs = np.random.default_rng(3).uniform(size=(6, n, n))
    assert Multigrid(operator).solve(rhs).iterations <= 20


def test_a_good_start_saves_iterations_and_no_heat_gives_zero() -> None:
    operator, rhs = stack(31, 100.0)
    solver = Multigrid(operator)
    first = solver.solve(rhs)
    assert solver.solve(rhs, start=first.x).iterations == 0
    assert not solver.solve(np.zeros_like(rhs)).x.any()
    assert rhs[0].sum() > 0.0  # the right-hand side is not touched


def test_the_answer_balances_heat() -> None:
    operator, rhs = stack(31, 100.0)
    x = Multigrid(operator).solve(rhs, tolerance=1e-12).x
    assert float((operator.extra * x).sum()) == pytest.approx(rhs.sum(), rel=1e-10)


def test_a_wrong_operator_is_noticed() -> None:
    """The sabotaged twin: one conductance off by 1 % misses the direct solution."""
    operator, rhs = random_box((4, 9, 9), 10.0, 5)
    wrong = operator._replace(gz=operator.gz * 1.01)
    gap = np.abs(Multigrid(wrong).solve(rhs, tolerance=1e-12).x / direct(operator, rhs) - 1.0).max()
    assert gap > 1e-5


def test_what_has_no_unique_solution_is_refused() -> None:
    operator, _ = stack(9, 1.0)
    with pytest.raises(ValueError, match="no cell is tied to a known temperature"):
        Multigrid(operator._replace(extra=np.zeros_like(operator.extra)))


def test_a_bad_conductance_is_named() -> None:
    operator, rhs = stack(9, 1.0)
    gz = operator.gz.copy()
    gz[2, 3, 4] = -1.0
    with pytest.raises(ValueError, match="gz at layer 2, row 3, column 4"):
        Multigrid(operator._replace(gz=gz))
    with pytest.raises(ValueError, match="right-hand side"):
        Multigrid(operator).solve(rhs[:3])


def test_a_parted_operator_ends_with_its_history() -> None:
    """Two columns without contact, the heated one not cooled: no solution exists."""
    zero = np.zeros((2, 1, 2))
    gz, extra = zero.copy(), zero.copy()
    gz[0], extra[0, 0, 0] = 1.0, 1.0
    rhs = zero.copy()
    rhs[0, 0, 1] = 1.0
    with pytest.raises(ConvergenceError) as caught:
        Multigrid(Stencil(zero, zero, gz, extra)).solve(rhs)
    assert caught.value.history


def test_columns_that_conduct_nothing_to_each_other() -> None:
    nothing = np.zeros((3, 4, 5))
    gz = np.ones((3, 4, 5))
    gz[-1] = 0.0
    extra = nothing.copy()
    extra[0] = 1.0
    x = Multigrid(Stencil(nothing, nothing, gz, extra)).solve(np.ones((3, 4, 5))).x
    np.testing.assert_allclose(x[:, 2, 3], [3.0, 5.0, 6.0], rtol=1e-7)


@pytest.mark.parametrize("start", [np.zeros((3, 3, 3)), np.full((3, 1, 7), np.nan)])
def test_a_start_that_does_not_fit(start: Floats) -> None:
    stencil, rhs = random_box((3, 1, 7), 1e3, 1)
    with pytest.raises(ValueError, match="start of shape"):
        Multigrid(stencil).solve(rhs, start=start)
