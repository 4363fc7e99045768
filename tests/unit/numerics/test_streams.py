"""Conduction with coolant: against a direct solver that knows the coolant's temperatures, and on hard operators."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from thermal.errors import ConvergenceError
from thermal.numerics import gmres as gmres_module
from thermal.numerics.multigrid import Stencil
from thermal.numerics.streams import StreamMultigrid, Streams, march

Floats = NDArray[np.float64]


def conduction(shape: tuple[int, int, int], seed: int, jump: float = 1e3) -> Stencil:
    rng = np.random.default_rng(seed)
    gx, gy, gz = (10.0 ** rng.uniform(0.0, np.log10(jump), shape) for _ in range(3))
    gx[:, :, -1] = gy[:, -1] = gz[-1] = 0.0
    return Stencil(gx, gy, gz, np.zeros(shape))


def flows(shape: tuple[int, int, int], first: int, layers: int, step: list[int], seed: int, most: float) -> Streams:
    """Coolant of a random capacity flow in each column, with random uptakes."""
    rng = np.random.default_rng(seed)
    _, ny, nx = shape
    capacity = np.repeat(rng.uniform(0.5, 5.0, (layers, 1, nx)), ny, axis=1)
    capacity[:, np.array(step) == 0] = 0.0
    uptake = rng.uniform(0.0, most, (layers, ny, nx))
    return Streams(first, capacity, uptake, np.array(step, np.int8))


def direct(stencil: Stencil, streams: Streams, rhs: Floats) -> Floats:
    """Solve with the coolant leaving each cell as a further unknown, by a sparse factorisation."""
    _, ny, nx = rhs.shape
    cells = np.arange(rhs.size).reshape(rhs.shape)
    nk = streams.capacity.shape[0]
    leaving = rhs.size + np.arange(nk * ny * nx).reshape(nk, ny, nx)
    entries: list[tuple[int, int, float]] = [
        (c, c, float(e)) for c, e in zip(cells.ravel(), stencil.extra.ravel(), strict=True)
    ]
    for g, axis in ((stencil.gx, 2), (stencil.gy, 1), (stencil.gz, 0)):
        here = np.moveaxis(cells, axis, 0)[:-1].ravel()
        there = np.moveaxis(cells, axis, 0)[1:].ravel()
        for a, b, c in zip(here, there, np.moveaxis(g, axis, 0)[:-1].ravel(), strict=True):
            entries += [(a, a, c), (b, b, c), (a, b, -c), (b, a, -c)]
    step = streams.step.astype(int)
    for k in range(nk):
        for j in range(ny):
            before = j - step[j]
            begins = not 0 <= before < ny or step[before] != step[j]
            for i in range(nx):
                cell, out, e, C = cells[streams.first + k, j, i], leaving[k, j, i], streams.uptake[k, j, i], 0.0
                if step[j] != 0:
                    C = streams.capacity[k, j, i]
                entries += [(out, out, 1.0), (out, cell, -e), (cell, cell, C * e)]
                if not begins:
                    entries += [(out, leaving[k, before, i], -(1.0 - e)), (cell, leaving[k, before, i], -C * e)]
    size = rhs.size + leaving.size
    rows, columns, values = zip(*entries, strict=True)
    matrix = coo_matrix((values, (rows, columns)), shape=(size, size)).tocsc()
    full = np.zeros(size)
    full[: rhs.size] = rhs.ravel()
    return np.asarray(spsolve(matrix, full)[: rhs.size]).reshape(rhs.shape)


FORWARD, BACKWARD, SPLIT = [1] * 7, [-1] * 7, [0, -1, -1, 1, 1, 1, 0]


@pytest.mark.parametrize("step", [FORWARD, BACKWARD, SPLIT, [1, 1, -1, -1, 0, 1, 1]])
@pytest.mark.parametrize("most", [0.9, 1.9])
def test_it_agrees_with_a_direct_solver(step: list[int], most: float) -> None:
    shape = (5, 7, 11)
    stencil, streams = conduction(shape, 1), flows(shape, 2, 2, step, 2, most)
    rhs = np.random.default_rng(3).uniform(size=shape)
    solution = StreamMultigrid(stencil, streams).solve(rhs, tolerance=1e-12)
    np.testing.assert_allclose(solution.x, direct(stencil, streams, rhs), rtol=1e-8)


@pytest.mark.parametrize("wrong", ["uptake", "step"])
def test_that_comparison_sees_a_small_fault(wrong: str) -> None:
    shape = (5, 7, 11)
    stencil, streams = conduction(shape, 1), flows(shape, 2, 2, FORWARD, 2, 0.9)
    rhs = np.random.default_rng(3).uniform(size=shape)
    answer = direct(stencil, streams, rhs)
    other = (
        streams._replace(uptake=1.01 * streams.uptake)
        if wrong == "uptake"
        else streams._replace(step=-streams.step)
    )  # fmt: skip
    assert not np.allclose(StreamMultigrid(stencil, other).solve(rhs, tolerance=1e-12).x, answer, rtol=1e-3)


@settings(max_examples=20, deadline=None)
@given(
    st.tuples(st.integers(1, 5), st.integers(1, 9), st.integers(1, 9)),
    st.lists(st.sampled_from([-1, 0, 1]), min_size=9, max_size=9),
    st.integers(0, 1000),
)
def test_any_small_operator(shape: tuple[int, int, int], steps: list[int], seed: int) -> None:
    stencil = conduction(shape, seed)
    stencil.extra[0] = 1.0
    streams = flows(shape, shape[0] // 2, 1, steps[: shape[1]], seed, 1.5)
    rhs = np.random.default_rng(seed).uniform(size=shape)
    solution = StreamMultigrid(stencil, streams).solve(rhs, tolerance=1e-10)
    np.testing.assert_allclose(solution.x, direct(stencil, streams, rhs), rtol=1e-5)


def plate(n: int, layers: tuple[int, ...], capacity: float, *, split: bool) -> tuple[Stencil, Streams, Floats]:
    """A heated base of copper under fins that do not conduct across, n × n columns over 60 mm; heat on a part of it."""
    base, fins, cover = layers
    thickness = np.r_[np.full(base, 2e-3 / base), np.full(fins, 3e-3 / fins), np.full(cover, 1e-3 / cover)]
    k_x, k = np.full(sum(layers), 390.0), np.full(sum(layers), 390.0)
    k_x[base : base + fins], k[base : base + fins] = 1.0, 195.0
    d = 0.06 / n
    shape = (sum(layers), n, n)
    gx = np.broadcast_to((k_x * thickness)[:, None, None], shape).copy()
    gy = np.broadcast_to((k * thickness)[:, None, None], shape).copy()
    gz = np.zeros(shape)
    gz[:-1] = (d * d / (0.5 * thickness[:-1] / k[:-1] + 0.5 * thickness[1:] / k[1:]))[:, None, None]
    gx[:, :, -1] = gy[:, -1] = 0.0
    flow = np.full((fins, n, n), capacity / (fins * n) / (2 if split else 1))
    uptake = -np.expm1(-2e8 * d * d * 3e-3 / fins / flow)
    step = np.ones(n, np.int8)
    if split:
        step[: n // 2] = -1
    rhs = np.zeros(shape)
    rhs[0, n // 4 : n // 2, n // 3 : n // 2] = 1.0
    return Stencil(gx, gy, gz, np.zeros(shape)), Streams(base, flow, uptake, step), rhs


@pytest.mark.parametrize("split", [False, True])
@pytest.mark.parametrize("capacity", [150.0, 20.0])  # 2.2 and 0.3 L/min [W/K]
def test_iterations_do_not_grow_with_the_mesh(capacity: float, *, split: bool) -> None:
    counts = []
    for n, layers in ((31, (4, 5, 3)), (64, (5, 8, 4)), (127, (7, 12, 5))):
        stencil, streams, rhs = plate(n, layers, capacity, split=split)
        counts.append(StreamMultigrid(stencil, streams).solve(rhs).iterations)
    assert max(counts) - min(counts) <= 3
    assert max(counts) <= 18


def test_without_the_planes_the_iterations_do_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thermal.numerics.cycle.planes_of", lambda *_: None)
    counts = []
    for n, layers in ((31, (4, 5, 3)), (127, (7, 12, 5))):
        stencil, streams, rhs = plate(n, layers, 20.0, split=False)
        counts.append(StreamMultigrid(stencil, streams).solve(rhs).iterations)
    assert counts[1] - counts[0] > 3


def test_the_heat_goes_into_the_coolant() -> None:
    stencil, streams, rhs = plate(31, (4, 5, 3), 20.0, split=True)
    x = StreamMultigrid(stencil, streams).solve(rhs, tolerance=1e-12).x
    entering, leaving, heat = march(streams, x)
    np.testing.assert_allclose(heat.sum(), rhs.sum(), rtol=1e-9)
    ends = (leaving[:, [0, -1]] * streams.capacity[:, [0, -1]]).sum()
    np.testing.assert_allclose(ends, rhs.sum(), rtol=1e-9)
    assert (entering[:, [14, 15]] == 0.0).all()


def test_a_start_is_used_and_no_heat_gives_zero() -> None:
    stencil, streams, rhs = plate(31, (4, 5, 3), 20.0, split=False)
    solver = StreamMultigrid(stencil, streams)
    cold = solver.solve(rhs)
    assert solver.solve(rhs, start=cold.x * (1.0 + 1e-5)).iterations < cold.iterations
    assert solver.solve(np.zeros_like(rhs)).iterations == 0


def test_the_answer_does_not_depend_on_the_scale() -> None:
    stencil, streams, rhs = plate(31, (4, 5, 3), 20.0, split=False)
    solver = StreamMultigrid(stencil, streams)
    np.testing.assert_allclose(solver.solve(1e-9 * rhs).x, 1e-9 * solver.solve(rhs).x, rtol=1e-6)


def test_a_failure_carries_its_history(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gmres_module, "ITERATIONS", 3)
    stencil, streams, rhs = plate(31, (4, 5, 3), 20.0, split=False)
    with pytest.raises(ConvergenceError) as caught:
        StreamMultigrid(stencil, streams).solve(rhs)
    assert len(caught.value.history) > 3


GOOD = plate(5, (1, 2, 1), 20.0, split=False)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"uptake": np.full((2, 5, 5), 2.0)}, "uptake at layer 0, row 0, column 0 is 2.0"),
        ({"capacity": np.full((2, 5, 5), -1.0)}, "capacity at layer 0, row 0, column 0 is -1.0"),
        ({"capacity": np.full((2, 5, 5), np.nan)}, "capacity at layer 0"),
        ({"capacity": np.arange(50.0).reshape(2, 5, 5)}, "changes along a run, between rows 0 and 1"),
        ({"step": np.ones(4, np.int8)}, "streams have the shapes"),
        ({"first": 3}, "layers 3 to 4 of a grid with 4"),
        ({"step": np.zeros(5, np.int8)}, "neither coolant nor a face"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, object], text: str) -> None:
    stencil, streams, _ = GOOD
    with pytest.raises(ValueError, match=text):
        StreamMultigrid(stencil, streams._replace(**change))


def test_a_right_hand_side_that_does_not_fit() -> None:
    stencil, streams, rhs = GOOD
    with pytest.raises(ValueError, match="right-hand side"):
        StreamMultigrid(stencil, streams).solve(rhs[1:])
