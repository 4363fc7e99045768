"""Multigrid for diffusion and convection: against sparse direct solves, with blocked cells, and on hard grids."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import spsolve

from thermal.errors import ConvergenceError
from thermal.numerics import transport_cycle
from thermal.numerics.gmres import Operator, Values
from thermal.numerics.multigrid import Stencil
from thermal.numerics.transport import Flows, TransportMultigrid

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


def closed(rows: list[Floats]) -> tuple[Floats, Floats, Floats]:
    """Close the last faces of what is given along x, y and z."""
    gx, gy, gz = rows
    gx[..., -1] = 0.0
    gy[:, -1] = 0.0
    gz[-1] = 0.0
    return gx, gy, gz


def random_stencil(shape: tuple[int, int, int], jump: float = 1.0, seed: int = 0) -> Stencil:
    rng = np.random.default_rng(seed)
    extra = np.zeros(shape)
    extra[0] = 0.5
    return Stencil(*closed([10.0 ** (jump * rng.uniform(-1, 1, shape)) for _ in range(3)]), extra)


def whirl(shape: tuple[int, int, int], strength: float, seed: int = 1) -> Flows:
    """Flows without divergence in closed loops, from random stream functions along z, x and y."""
    rng = np.random.default_rng(seed)
    nz, ny, nx = shape
    a, b, c = (np.zeros((nz + 1, ny + 1, nx + 1)) for _ in range(3))
    for psi in (a, b, c):
        psi[1:-1, 1:-1, 1:-1] = strength * rng.standard_normal((nz - 1, ny - 1, nx - 1))
    fx = np.diff(c, axis=1)[:-1] - np.diff(b, axis=0)[:, :-1]
    fy = np.diff(a, axis=0)[:, :, :-1] - np.diff(c, axis=2)[:-1]
    fz = np.diff(b, axis=2)[:, :-1] - np.diff(a, axis=1)[..., :-1]
    return Flows(*closed([fx[..., 1:], fy[:, 1:].copy(), fz[1:].copy()]))


def matrix(stencil: Stencil, flows: Flows | None) -> csr_array:
    """The operator entry by entry, from its definition."""
    shape = stencil.extra.shape
    index = np.arange(stencil.extra.size).reshape(shape)
    entries: list[tuple[Integers, Integers, Floats]] = [(index.ravel(), index.ravel(), stencil.extra.ravel())]
    for axis, g in enumerate(stencil[:3]):
        f = flows[axis] if flows is not None else np.zeros(shape)
        low = tuple(slice(0, -1) if n == 2 - axis else slice(None) for n in range(3))
        high = tuple(slice(1, None) if n == 2 - axis else slice(None) for n in range(3))
        p, q = index[low].ravel(), index[high].ravel()
        into_q = (g[low] + np.maximum(f[low], 0.0)).ravel()
        into_p = (g[low] + np.maximum(-f[low], 0.0)).ravel()
        entries += [(q, q, into_q), (q, p, -into_q), (p, p, into_p), (p, q, -into_p)]
    i, j, v = (np.concatenate(part) for part in zip(*entries, strict=True))
    return csr_array((v, (i, j)), shape=(index.size, index.size))


SHAPES = [(7, 6, 5), (1, 9, 8), (6, 1, 7), (5, 4, 1), (1, 1, 12), (9, 1, 1), (1, 1, 1), (4, 11, 16)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("strength", [None, 0.3, 30.0])
def test_agrees_with_a_direct_solve(shape: tuple[int, int, int], strength: float | None) -> None:
    stencil, flows = random_stencil(shape), None if strength is None else whirl(shape, strength)
    rhs = np.random.default_rng(2).standard_normal(shape)
    found = TransportMultigrid(stencil, flows).solve(rhs, tolerance=1e-12)
    exact = spsolve(matrix(stencil, flows).tocsc(), rhs.ravel()).reshape(shape)
    np.testing.assert_allclose(found.x, exact, atol=1e-9 * np.abs(exact).max())
    assert found.history[-1] <= 1e-12
    assert len(found.history) == found.iterations + 1
    off = spsolve(1.01 * matrix(stencil, flows).tocsc(), rhs.ravel()).reshape(shape)
    assert np.abs(found.x - off).max() > 1e-3 * np.abs(exact).max()


def test_the_operator_is_that_of_the_definition() -> None:
    shape = (4, 5, 6)
    stencil, flows = random_stencil(shape), whirl(shape, 2.0)
    x, out = np.random.default_rng(3).standard_normal(shape), np.empty(shape)
    TransportMultigrid(stencil, flows).apply(x, out)
    np.testing.assert_allclose(out.ravel(), matrix(stencil, flows) @ x.ravel(), atol=1e-12)
    downwind = Flows(*(-f for f in flows))
    assert np.abs(out.ravel() - matrix(stencil, downwind) @ x.ravel()).max() > 0.1


def blocked(shape: tuple[int, int, int]) -> tuple[Stencil, NDArray[np.bool_]]:
    """Equal conductances, all faces of a block and of one single cell closed, nothing tied down."""
    solid = np.zeros(shape, bool)
    solid[1:3, 2:5, 3:6] = True
    solid[-1, -1, -1] = True
    rows = closed([np.ones(shape) for _ in range(3)])
    for axis, g in enumerate(rows):
        g[solid] = 0.0
        g[np.roll(solid, -1, 2 - axis)] = 0.0
    return Stencil(*rows, np.zeros(shape)), solid


def test_pressure_with_blocked_cells_and_no_reference() -> None:
    shape = (6, 8, 10)
    stencil, solid = blocked(shape)
    rhs = np.random.default_rng(4).standard_normal(shape)
    rhs[solid] = 0.0
    rhs[~solid] -= rhs[~solid].mean()
    solver = TransportMultigrid(stencil)
    found = solver.solve(rhs, tolerance=1e-11)
    out = np.empty(shape)
    solver.apply(found.x, out)
    np.testing.assert_allclose(out, rhs, atol=1e-9)
    assert (found.x[solid] == 0.0).all()
    assert abs(found.x[~solid].mean()) < 1e-12
    rhs[0, 0, 0] += 1.0
    with pytest.raises(ValueError, match="adds up to 1"):
        solver.solve(rhs)


def cubes(n: int, nz: int) -> tuple[Stencil, Floats]:
    shape = (nz, n, n)
    rhs = np.random.default_rng(5).standard_normal(shape)
    return Stencil(*closed([np.ones(shape) for _ in range(3)]), np.zeros(shape)), rhs - rhs.mean()


@pytest.mark.parametrize(("n", "nz", "most"), [(32, 32, 15), (128, 1, 14), (16, 16, 14)])
def test_pressure_in_cubes_takes_the_same_iterations_on_every_grid(n: int, nz: int, most: int) -> None:
    stencil, rhs = cubes(n, nz)
    solver = TransportMultigrid(stencil)
    assert solver.solve(rhs).iterations <= most
    fine, coarse = solver._cycle.levels[:2]
    assert coarse.x.shape[1] == (fine.x.shape[1] + 1) // 2  # lines are coarsened as well


def channel(f: int, speed: float = 1.0) -> tuple[Stencil, Flows, Floats]:
    """Half a channel of water and half a fin of copper, cells 37 times as long as wide, flow along x."""
    nz, ny, nx = 42 * f, 15 * f, 40 * f
    dx, dy, dz = 7.5e-3 / nx, 1e-4 / ny, 2e-3 / nz
    k = np.full((nz, ny, nx), 390.0)
    wet = np.s_[nz // 3 :, : 2 * ny // 3]
    k[wet] = 0.637
    rows = []
    for axis, (area, d) in enumerate(((dy * dz, dx), (dx * dz, dy), (dx * dy, dz))):
        after = np.roll(k, -1, 2 - axis)
        rows.append(2.0 * area / d * k * after / (k + after))
    flow = np.zeros((nz, ny, nx))
    flow[wet] = 4.14e6 * speed * dy * dz
    extra = np.zeros_like(k)
    extra[..., 0] = np.abs(flow[..., 0])
    rhs = np.zeros_like(k)
    rhs[0] = 1e6 * dx * dy
    still = np.zeros_like(k)
    return Stencil(*closed(rows), extra), Flows(*closed([flow, still, still.copy()])), rhs


@pytest.mark.parametrize(("speed", "most"), [(0.01, 15), (1.0, 16), (10.0, 32), (100.0, 34)])
def test_long_cells_and_jumps_of_conductivity(speed: float, most: int) -> None:
    stencil, flows, rhs = channel(1, speed)
    assert TransportMultigrid(stencil, flows).solve(rhs).iterations <= most


def graded_duct(growth: float, shape: tuple[int, int, int] = (12, 12, 60)) -> tuple[Stencil, Floats]:
    """Pressure in a duct of side 1 and length 300, cells along it growing so many times, held at its far end."""
    nz, ny, nx = shape
    lengths = growth ** np.linspace(0.0, 1.0, nx)
    z, y, x = np.meshgrid(np.full(nz, 1.0 / nz), np.full(ny, 1.0 / ny), 300.0 * lengths / lengths.sum(), indexing="ij")
    widths = {2: (x, y * z), 1: (y, x * z), 0: (z, x * y)}
    rows = [2.0 * area / (d + np.roll(d, -1, axis)) for axis, (d, area) in widths.items()]
    extra = np.zeros(shape)
    extra[..., -1] = (2.0 * y * z / x)[..., -1]
    rhs = np.zeros(shape)
    rhs[..., 0] = np.random.default_rng(7).standard_normal((nz, ny))
    return Stencil(*closed(rows), extra), rhs


@pytest.mark.parametrize("growth", [30.0, 1000.0, 30000.0])
@pytest.mark.parametrize("along", [0, 1, 2])
def test_cells_that_grow_along_a_duct_are_no_harder(growth: float, along: int) -> None:
    """Near the inlet they are short, and coupled along it; far off they are long, and coupled across."""
    stencil, rhs = graded_duct(growth)
    rows = list(reversed(stencil[:3]))  # along the axes of the arrays: z, y, x
    axes = [(0, 1, 2), (0, 2, 1), (2, 0, 1)][along]  # the duct along x, y or z
    gz, gy, gx = (rows[axis].transpose(axes) for axis in axes)
    solver = TransportMultigrid(Stencil(gx, gy, gz, stencil.extra.transpose(axes)))
    assert solver.solve(np.ascontiguousarray(rhs.transpose(axes))).iterations <= 13


def test_lines_across_a_graded_duct_do_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_cycle, "UNLIKE", np.inf)  # so that they run along the strongest coupling
    stencil, rhs = graded_duct(1000.0)
    with pytest.raises(ConvergenceError):
        TransportMultigrid(stencil).solve(rhs)


def test_flow_against_the_axis_is_as_easy() -> None:
    stencil, flows, rhs = channel(1)
    turned = Stencil(*(np.roll(row[..., ::-1], -1, 2) if n == 0 else row[..., ::-1] for n, row in enumerate(stencil)))
    back = Flows(-np.roll(flows.fx[..., ::-1], -1, 2), flows.fy, flows.fz)
    forth = TransportMultigrid(stencil, flows).solve(rhs)
    found = TransportMultigrid(turned, back).solve(rhs)
    np.testing.assert_allclose(found.x[..., ::-1], forth.x, rtol=1e-6, atol=1e-6)
    assert abs(found.iterations - forth.iterations) <= 2


def central(solver: TransportMultigrid, flows: Flows) -> Operator:
    """The operator with the mean of both cells carried through a face, where upwind carries the one before."""

    def operator(x: Values, out: Floats) -> None:
        solver.apply(x, out)
        for axis, f in enumerate(flows):
            low, high = ([slice(None)] * 3 for _ in range(2))
            low[2 - axis], high[2 - axis] = slice(0, -1), slice(1, None)
            more = 0.5 * np.abs(f[tuple(low)]) * (x[tuple(high)].astype(float) - x[tuple(low)])
            out[tuple(low)] += more
            out[tuple(high)] -= more

    return operator


def test_another_operator_outside_the_cycle() -> None:
    shape = (6, 7, 8)
    stencil, flows = random_stencil(shape, 0.2), whirl(shape, 1.0)
    solver = TransportMultigrid(stencil, flows)
    operator, rhs = central(solver, flows), np.random.default_rng(6).standard_normal(shape)
    found = solver.solve(rhs, tolerance=1e-11, operator=operator)
    out = np.empty(shape)
    operator(found.x, out)
    np.testing.assert_allclose(out, rhs, atol=1e-9)
    solver.apply(found.x, out)
    assert np.abs(out - rhs).max() > 0.01


def test_start_values_and_nothing_to_do() -> None:
    stencil, flows, rhs = channel(1)
    for given in (flows, None):
        solver = TransportMultigrid(stencil, given)
        found = solver.solve(rhs)
        again = solver.solve(rhs, start=found.x)
        assert again.iterations == 0
        np.testing.assert_array_equal(again.x, found.x)
        assert not solver.solve(0.0 * rhs).x.any()


def test_refuses_what_makes_no_sense() -> None:
    stencil, flows, rhs = channel(1)
    with pytest.raises(ValueError, match="fy is not zero in the last"):
        TransportMultigrid(stencil, Flows(flows.fx, flows.fy + 1.0, flows.fz))
    with pytest.raises(ValueError, match="fx has shape"):
        TransportMultigrid(stencil, Flows(flows.fx[1:], flows.fy, flows.fz))
    broken = flows.fx.copy()
    broken[3, 2, 1] = np.nan
    with pytest.raises(ValueError, match="fx at layer 3, row 2, column 1 is nan"):
        TransportMultigrid(stencil, Flows(broken, flows.fy, flows.fz))
    with pytest.raises(ValueError, match="right-hand side of shape"):
        TransportMultigrid(stencil, flows).solve(rhs[1:])


def test_an_operator_that_the_cycle_does_not_fit_is_told() -> None:
    stencil, flows, rhs = channel(1)

    def lost(x: Values, out: Floats) -> None:
        out[...] = 0.0

    with pytest.raises(ConvergenceError, match="multigrid"):
        TransportMultigrid(stencil, flows).solve(rhs, operator=lost)
