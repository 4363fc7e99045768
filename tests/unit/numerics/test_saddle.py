"""Multigrid of velocities and pressure: its transfers, its lines, and how few cycles hard grids take."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.fv import Box, FlowProblem, Grid, solve_flow
from thermal.fv.flow_precondition import Preconditioner, saddle_at
from thermal.fv.flow_residual import Residual
from thermal.fv.flow_system import flow_system
from thermal.fv.flow_vector import Unknowns
from thermal.numerics import saddle
from thermal.numerics.saddle import SaddleMultigrid
from thermal.numerics.saddle_levels import Saddle, coefficients, paired

Floats = NDArray[np.float64]
CREEPING = 1e-9  # density that carries no momentum to speak of
MOST = 40


def system_of(problem: FlowProblem) -> tuple[Residual, Floats, Saddle]:
    residual = Residual(flow_system(problem.checked()))
    x = residual.system.start()
    return residual, x, saddle_at(residual, x)


def cavity(n: int) -> FlowProblem:
    problem = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (n, n, 1)), density=CREEPING, viscosity=1.0, least_cells=1)
    problem.wall("y_max", velocity=(1.0, 0.0, 0.0))
    return problem


def channel(cells: tuple[int, int, int], size: tuple[float, float, float] = (2.0, 1.0, 1.0)) -> FlowProblem:
    problem = FlowProblem(Grid.uniform(size, cells), density=CREEPING, viscosity=1.0, least_cells=1)
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max")
    return problem


def around(cells: tuple[int, int, int], axes: str) -> FlowProblem:
    """Flow past a block, driven round periodic directions."""
    problem = FlowProblem(Grid.uniform((1.0, 0.5, 0.8), cells), density=CREEPING, viscosity=1.0, least_cells=1)
    for axis in axes:
        problem.periodic(axis, pressure_drop=1.0 if axis == "x" else 0.0)  # type: ignore[arg-type]
    problem.block(Box(x=(0.3, 0.6), y=(0.0, 0.2), z=(0.0, 0.5)))
    return problem


def fins_and_plenum() -> FlowProblem:
    """Half a channel of 45 µm beside half a fin, open above over the inlet and the outlet only."""
    x = np.append(np.linspace(0.0, 45e-6, 10), np.linspace(45e-6, 75e-6, 7)[1:])
    ends = np.linspace(0.0, 1.5e-3, 11), np.linspace(29e-3, 34e-3, 11)[1:]
    y = np.concatenate([ends[0], np.linspace(1.5e-3, 29e-3, 61)[1:], ends[1]])
    z = np.append(np.linspace(0.0, 3e-3, 21), np.linspace(3e-3, 5e-3, 11)[1:])
    problem = FlowProblem(Grid.from_faces(x, y, z), density=1010.0, viscosity=1.1e-3, least_cells=1)
    problem.block(Box(x=(45e-6, 75e-6), y=(0.0, 29e-3), z=(0.0, 3e-3)))
    problem.block(Box(y=(1.5e-3, 29e-3), z=(3e-3, 5e-3)))
    problem.symmetry("x_min")
    problem.symmetry("x_max")
    problem.inlet("y_min", velocity=1e-3)
    problem.outlet("y_max")
    return problem


def slots(*, at_the_far_end: bool) -> FlowProblem:
    """A channel with dead ends one cell wide on one side; lines run along them."""
    n = 32
    problem = FlowProblem(Grid.uniform((1.0, 0.5, 1.0), (n, n, 1)), density=CREEPING, viscosity=1.0, least_cells=1)
    far, near = (0.25, 0.5), (0.0, 0.25)
    for i in range(0, n, 2):
        problem.block(Box(x=(i / n, (i + 1) / n), y=far if at_the_far_end else near))
    through = Box(y=near if at_the_far_end else far)
    problem.inlet("x_min", velocity=1.0, box=through)
    problem.outlet("x_max", box=through)
    return problem


def iterations(problem: FlowProblem) -> int:
    """Of GMRES, until the linear problem at the start is solved to 1e-4."""
    residual, x, linear = system_of(problem)
    system = residual.system
    unknowns = Unknowns(system)
    work = np.zeros_like(x)
    cycle, carried = Preconditioner(system, unknowns, linear, work), residual.carried(x)
    r = unknowns.gather(residual(x, work), np.empty(unknowns.size))
    momenta = {m: linear.momentum(m) for m in residual.live}
    sizes = [coefficients(linear, m, row)[2][row.area > 0.0] for m, row in momenta.items()]
    momentum = 1.0 / np.sqrt(np.mean(np.concatenate(sizes).astype(np.float64) ** 2))
    areas = np.concatenate([system.free(m)[system.active[m]] for m in residual.live])
    volume = 1.0 / np.sqrt(np.mean(areas**2))

    def scaled(v: Floats) -> Floats:
        for m, part in unknowns.views(v).items():
            part *= volume if m == 3 else momentum
        return v

    def operator(z: Any, out: Floats) -> None:
        y = x.copy()
        unknowns.add(y, z, 1.0)
        out[:] = scaled(unknowns.gather(residual(y, work, carried=carried), np.empty(unknowns.size)) - r)

    def precondition(v: Floats, z: Any) -> None:
        cycle(v.astype(np.float32), z, (1.0 / momentum, 1.0 / volume))

    return krylov(operator, precondition, scaled(-r))


def krylov(operator: Any, precondition: Any, b: Floats) -> int:
    """Iterations of GMRES in double precision to 1e-4."""
    beta, V, Z, H = np.linalg.norm(b), [b / np.linalg.norm(b)], [], np.zeros((MOST + 1, MOST))
    goal = np.append(beta, np.zeros(MOST))
    for n in range(MOST):
        Z.append(np.zeros_like(b))
        w = np.zeros_like(b)
        precondition(V[n], Z[n])
        operator(Z[n], w)
        for i in range(n + 1):
            H[i, n] = np.vdot(V[i], w)
            w -= H[i, n] * V[i]
        H[n + 1, n] = np.linalg.norm(w)
        V.append(w / H[n + 1, n])
        small = H[: n + 2, : n + 1]
        y = np.linalg.lstsq(small, goal[: n + 2])[0]
        if np.linalg.norm(goal[: n + 2] - small @ y) < 1e-4 * beta:
            return n + 1
    return MOST


def views(multigrid: SaddleMultigrid, at: int, fields: Any) -> dict[int, Any]:
    """Velocities (by axis) or pressure (3) of a level, without ghosts, in the order (a, c, b)."""
    size = [int(n) for n in multigrid.levels[at].n]
    a, c, b = multigrid.order
    rows = [(m, axis) for m, axis in enumerate((a, b, c, 3)) if axis == 3 or axis in multigrid.live]
    shape = multigrid._shape(size)
    return {axis: fields[m].reshape(shape)[multigrid._place(size, axis)] for m, axis in rows if m < len(fields)}


def random_fields(multigrid: SaddleMultigrid, at: int, periodic: tuple[bool, ...], seed: int) -> Any:
    """Random on active faces and in cells; on periodic axes the last face repeats the first."""
    rng = np.random.default_rng(seed)
    level = multigrid.levels[at]
    fields = np.zeros(level.x.shape)
    area = views(multigrid, at, level.area)
    for axis, view in views(multigrid, at, fields).items():
        view[...] = rng.standard_normal(view.shape) * (area[axis] > 0.0 if axis < 3 else 1.0)
        if axis < 3 and periodic[axis]:
            d = multigrid.order.index(axis)
            np.moveaxis(view, d, 0)[-1] = np.moveaxis(view, d, 0)[0]
    return fields


def transferred(
    monkeypatch: pytest.MonkeyPatch, multigrid: SaddleMultigrid, rhs: Any, coarse: Any
) -> tuple[dict[int, Any], dict[int, Any]]:
    """What the next level is given for `rhs`, and what comes back for its answer `coarse`; nothing is relaxed."""
    whole = SaddleMultigrid._cycle

    def cycle(at: int) -> None:
        if at == 0:
            whole(multigrid, 0)
        else:
            multigrid.levels[1].x[...] = coarse
            if multigrid.wraps.any():
                multigrid._wrap(multigrid.levels[1])

    monkeypatch.setattr(multigrid, "_cycle", cycle)
    monkeypatch.setattr(multigrid, "_relax", lambda level, sweeps: None)
    multigrid.levels[0].b[...] = rhs
    multigrid.cycle()
    return views(multigrid, 1, multigrid.levels[1].b), views(multigrid, 0, multigrid.levels[0].x)


def product(multigrid: SaddleMultigrid, one: dict[int, Any], two: dict[int, Any], periodic: tuple[bool, ...]) -> float:
    """Scalar product, with the faces of a periodic axis counted once."""
    total = 0.0
    for axis in one:
        a, b = one[axis], two[axis]
        if axis < 3 and periodic[axis]:
            d = multigrid.order.index(axis)
            a, b = (np.moveaxis(v, d, 0)[:-1] for v in (a, b))
        total += float((np.asarray(a, np.float64) * b).sum())
    return total


def divergence(multigrid: SaddleMultigrid, at: int, velocity: dict[int, Any]) -> Floats:
    area = views(multigrid, at, multigrid.levels[at].area)
    parts = [
        np.diff(area[axis].astype(np.float64) * velocity[axis], axis=multigrid.order.index(axis))
        for axis in velocity
        if axis < 3
    ]
    return np.asarray(sum(parts))


GRIDS = {
    "plane": channel((13, 9, 1)),
    "plane, odd and even": channel((10, 7, 1)),
    "space": channel((9, 7, 5)),
    "space, even": channel((8, 8, 6)),
    "round x": around((9, 6, 7), "x"),
    "round x and z": around((8, 6, 7), "xz"),
    "round x, plane": around((11, 6, 1), "x"),
}


@pytest.mark.parametrize("name", GRIDS)
class TestTransfers:
    def test_restriction_is_the_transpose_of_prolongation(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        _, _, linear = system_of(GRIDS[name])
        multigrid = SaddleMultigrid(linear)
        fine, coarse = (random_fields(multigrid, at, linear.periodic, at) for at in (0, 1))
        down, up = transferred(monkeypatch, multigrid, fine, coarse)
        left = product(multigrid, down, views(multigrid, 1, coarse), linear.periodic)
        right = product(multigrid, views(multigrid, 0, fine), up, linear.periodic)
        assert left == pytest.approx(right, rel=1e-5)
        assert abs(right) > 1e-3

    def test_mass_that_leaves_a_coarse_cell_leaves_its_fine_ones(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _, _, linear = system_of(GRIDS[name])
        multigrid = SaddleMultigrid(linear)
        coarse = random_fields(multigrid, 1, linear.periodic, 3)
        _, up = transferred(monkeypatch, multigrid, np.zeros(multigrid.levels[0].b.shape), coarse)
        fine = divergence(multigrid, 0, up)
        for d, rows in enumerate(multigrid.levels[0].rows):
            fine = np.add.reduceat(fine, rows[:-1], axis=d)
        wanted = divergence(multigrid, 1, views(multigrid, 1, coarse))
        np.testing.assert_allclose(fine, wanted, atol=1e-5 * np.abs(wanted).max())
        assert np.abs(wanted).max() > 0.0


def left_after_one_relaxation(problem: FlowProblem) -> float:
    """Largest remainder over the largest right-hand side, in the momentum and in the continuity equations."""
    _, _, linear = system_of(problem)
    multigrid = SaddleMultigrid(linear)
    level = multigrid.levels[0]
    level.b[...] = random_fields(multigrid, 0, linear.periodic, 5)
    level.b[:3] *= level.area > 0.0
    multigrid._relax(level, 1)
    return float(np.abs(multigrid.remainder(level)).max() / np.abs(level.b).max())


class TestLines:
    def test_one_line_is_solved_exactly(self) -> None:
        assert left_after_one_relaxation(channel((1, 24, 1), (0.2, 1.0, 1.0))) < 1e-4

    def test_several_are_not(self) -> None:
        assert left_after_one_relaxation(channel((8, 24, 1), (1.6, 1.0, 1.0))) > 1e-2

    def test_a_line_closed_but_for_its_far_end(self) -> None:
        """No pressure stands on anything until the last face; a thousandth is what each cell gives way by."""
        problem = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (12, 1, 1)), density=CREEPING, viscosity=1.0, least_cells=1)
        problem.inlet("x_min", velocity=1.0)
        problem.outlet("x_max")
        assert left_after_one_relaxation(problem) < 0.02


class TestIterations:
    def test_a_cavity_takes_no_more_on_a_finer_grid(self) -> None:
        coarse, fine = iterations(cavity(32)), iterations(cavity(64))
        assert fine <= coarse + 2
        assert coarse <= 12

    def test_nor_does_a_channel(self) -> None:
        coarse, fine = iterations(channel((16, 8, 8))), iterations(channel((32, 16, 16)))
        assert fine <= coarse + 2
        assert coarse <= 12

    def test_without_coarse_levels_it_does(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(saddle, "_starts", lambda level, order: tuple(np.arange(w.size) for w in level.widths))
        monkeypatch.setattr(saddle, "MOST", 1)
        assert iterations(cavity(16)) < iterations(cavity(32)) == MOST

    def test_fins_below_a_plenum(self) -> None:
        assert iterations(fins_and_plenum()) <= 15

    def test_fins_below_a_plenum_joined_in_both_directions_at_once_take_more_than_twice_as_many(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(saddle, "MUCH", 3.0)
        assert iterations(fins_and_plenum()) > 30

    def test_dead_ends_at_the_beginning_of_lines_cost_no_more_than_at_their_end(self) -> None:
        assert iterations(slots(at_the_far_end=False)) <= iterations(slots(at_the_far_end=True)) + 1


class TestLongCells:
    """The fins' cells are 90 times as long as wide."""

    def test_the_whole_flow_through_them_is_found(self) -> None:
        """About 24 iterations in 7 steps."""
        flow = solve_flow(fins_and_plenum())
        assert flow.iterations < 50
        assert flow.imbalance < 1e-12


def test_cells_are_not_joined_across_where_they_are_parted() -> None:
    parted = np.zeros(9, bool)
    parted[[2, 3]] = True
    assert paired(parted).tolist() == [0, 2, 3, 4, 6, 8]
    assert paired(np.zeros(0, bool)).tolist() == [0]
