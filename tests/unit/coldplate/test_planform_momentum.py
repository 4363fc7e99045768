"""Faces, kernels and Newton's method of the momentum in plenums: derivatives, balance of momentum, hard cases."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.coldplate import planform_kernels as kernels
from thermal.coldplate import planform_network as network
from thermal.coldplate.planform import PlateShape, plate_flow
from thermal.coldplate.planform_momentum import NONE, Momentum, momentum_faces
from thermal.coldplate.planform_network import loops_of
from thermal.errors import ConvergenceError

Floats = NDArray[np.float64]
RHO, MU, TOTAL, HEIGHT = 1000.0, 0.5, 0.02, 2e-3  # so viscous that a lost term shows
COLUMNS = 30e-3 * np.linspace(0.0, 1.0, 6) ** 1.3
DEPTHS = (3e-3, 5e-3)
GRACE = PlateShape(48, 0.4e-3, 1.2e-3, 31e-3, 0.5, 1.0, True, 5e-3, 1e-3, 3e-3, 8e-3, 6.9)


def bench(rows: int = 8) -> tuple[Momentum, Floats, NDArray[np.int64]]:
    """Faces, flows of some stream function, loops; sources are left out of account."""
    random = np.random.default_rng(3)
    entering = random.normal(size=(COLUMNS.size - 1, rows))
    loops = loops_of(COLUMNS.size - 1, rows)
    flow = np.zeros(loops.shape[0])
    kernels.add_along_links(random.normal(size=(COLUMNS.size - 2) * (rows - 1)) * TOTAL, loops, flow)
    return momentum_faces(COLUMNS, DEPTHS, HEIGHT, entering, 1.2), flow, loops


def around(flow: Floats, momentum: Momentum, loops: NDArray[np.int64]) -> Floats:
    drop, out = np.zeros(flow.size), np.empty((COLUMNS.size - 2) * (momentum_rows(loops) - 1))
    kernels.add_momentum(flow, momentum, RHO, MU, TOTAL, drop)
    kernels.sum_around(drop, loops, out)
    return out


def momentum_rows(loops: NDArray[np.int64]) -> int:
    n = COLUMNS.size - 1
    return (loops.shape[0] + n) // (2 * n - 1)


@pytest.mark.parametrize("rows", [2, 4, 8])
def test_slopes_are_those_of_the_drops(rows: int) -> None:
    """The whole matrix against central differences; all its entries lie in the band."""
    momentum, flow, loops = bench(rows)
    n, wide = (COLUMNS.size - 2) * (rows - 1), 3 * (rows - 1) + 2
    band = np.zeros((3 * wide + 1, n), order="F")
    kernels.add_momentum_slopes(flow, momentum, RHO, MU, TOTAL, loops, wide, band)
    matrix = np.zeros((n, n))
    for row in range(n):
        for column in range(max(0, row - wide), min(n, row + wide + 1)):
            matrix[row, column] = band[2 * wide + row - column, column]
    expected, step = np.zeros((n, n)), 1e-6 * TOTAL
    for column in range(n):
        psi = np.zeros(n)
        psi[column] = step
        turn = np.zeros(flow.size)
        kernels.add_along_links(psi, loops, turn)
        change = around(flow + turn, momentum, loops) - around(flow - turn, momentum, loops)
        expected[:, column] = change / (2.0 * step)
    np.testing.assert_allclose(matrix, expected, atol=1e-6 * np.abs(expected).max())
    assert np.abs(1.01 * matrix - expected).max() > 1e-3 * np.abs(expected).max()


def test_compiled_kernels_are_plain_python_too() -> None:
    momentum, flow, loops = bench(4)
    drops = [np.zeros(flow.size), np.zeros(flow.size)]
    kernels.add_momentum(flow, momentum, RHO, MU, TOTAL, drops[0])
    kernels.add_momentum.py_func(flow, momentum, RHO, MU, TOTAL, drops[1])
    np.testing.assert_allclose(drops[0], drops[1], rtol=1e-12)
    n, wide = (COLUMNS.size - 2) * 3, 11
    bands = [np.zeros((3 * wide + 1, n), order="F") for _ in range(2)]
    kernels.add_momentum_slopes(flow, momentum, RHO, MU, TOTAL, loops, wide, bands[0])
    kernels.add_momentum_slopes.py_func(flow, momentum, RHO, MU, TOTAL, loops, wide, bands[1])
    kernels.add_slopes(flow, loops, wide, bands[0])
    kernels.add_slopes.py_func(flow, loops, wide, bands[1])
    np.testing.assert_allclose(bands[0], bands[1], rtol=1e-12, atol=1e-12)
    sums = [np.empty(n), np.empty(n)]
    kernels.sum_around(drops[0], loops, sums[0])
    kernels.sum_around.py_func(drops[0], loops, sums[1])
    np.testing.assert_allclose(sums[0], sums[1], rtol=1e-12)
    turned = [flow.copy(), flow.copy()]
    kernels.add_along_links(sums[0], loops, turned[0])
    kernels.add_along_links.py_func(sums[0], loops, turned[1])
    np.testing.assert_allclose(turned[0], turned[1], rtol=1e-12)


@pytest.mark.parametrize(("a", "b"), [(1.0, 0.7), (0.02, 3.0), (1.0, -0.4), (-0.5, -0.5), (0.0, 0.0)])
@pytest.mark.parametrize("ratio", [1.0, 0.4, 0.0, -1.0])
def test_the_slope_is_smooth_and_stays_low(a: float, b: float, ratio: float) -> None:
    value, by_a, by_b = kernels.slope(a, b, ratio, 0.01)
    again = kernels.slope.py_func(a, b, ratio, 0.01)
    assert (value, by_a, by_b) == pytest.approx(again, rel=1e-12, abs=1e-15)
    h = 1e-6
    assert by_a == pytest.approx(
        (kernels.slope(a + h, b, ratio, 0.01)[0] - kernels.slope(a - h, b, ratio, 0.01)[0]) / (2 * h), abs=1e-6
    )
    assert by_b == pytest.approx(
        (kernels.slope(a, b + h, ratio, 0.01)[0] - kernels.slope(a, b - h, ratio, 0.01)[0]) / (2 * h), abs=1e-6
    )
    if ratio > 0.0 and a * b > 0.0:
        assert abs(value) <= 2.0 * min(abs(ratio * a), abs(b)) + 0.01


def test_even_flow_has_a_slope_of_its_own() -> None:
    """Equal steps on both sides, that is what is between."""
    assert kernels.slope(0.3, 0.3, 1.0, 1e-3)[0] == pytest.approx(0.3)
    assert kernels.slope(0.3, 0.6, 2.0, 1e-3)[0] == pytest.approx(0.6)  # the next link upstream half as far


def test_momentum_given_up_is_taken_up() -> None:
    """What leaves one link's volume enters another's; the fins and walls keep the rest, and the port its share."""
    momentum, flow, _ = bench()
    inside = (momentum.between != NONE).all(axis=1)
    assert inside.sum() > 100
    inner = momentum._replace(
        between=momentum.between[inside], flow=momentum.flow[inside], flow_weight=momentum.flow_weight[inside],
        beside=momentum.beside[inside], way=momentum.way[inside], ratio=momentum.ratio[inside],
        viscous=momentum.viscous[inside], leaving=np.zeros(flow.size),
    )  # fmt: skip
    drop = np.zeros(flow.size)
    kernels.add_momentum(flow, inner, RHO, MU, TOTAL, drop)
    across = (COLUMNS.size - 2) * 8
    for part in (slice(0, across), slice(across, None)):
        forces = (drop * momentum.area)[part]
        assert abs(forces.sum()) < 1e-12 * np.abs(forces).sum()


def test_mass_flows_through_the_faces_of_a_volume_as_through_its_cells() -> None:
    """A flow of one velocity everywhere carries no momentum into a link's volume beyond what its sources bring."""
    entering = np.zeros((COLUMNS.size - 1, 8))
    momentum = momentum_faces(COLUMNS, DEPTHS, HEIGHT, entering, 1.0)
    _, flow, loops = bench()
    net = np.zeros(flow.size)
    for f in range(momentum.viscous.size):
        F = (momentum.flow_weight[f] * flow[momentum.flow[f]]).sum()
        for end, sign in ((0, 1.0), (1, -1.0)):
            link = momentum.between[f, end]
            if link != NONE:
                net[link] += sign * F
    middle = (COLUMNS.size - 2) * 8 + np.arange(COLUMNS.size - 1) * 7 + 3
    others = np.setdiff1d(np.arange(flow.size), middle)
    assert np.abs(net[others]).max() < 1e-15
    assert np.abs(net[middle]).max() < 1e-15  # what enters by the mouth of one plenum leaves by the other's
    assert loops.shape == (flow.size, 2)


def test_where_newton_loses_its_way_momentum_is_brought_in_by_and_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """A low plenum at three times the flow of a rack."""
    faces = np.linspace(0.0, 31.2e-3, 62)
    flow = plate_flow(GRACE, 0.1548, 1010.0, 1e-3, faces)
    assert flow.imbalance < 1e-12
    monkeypatch.setattr(network, "RAMPS", network.RAMPS[:1])
    with pytest.raises(ConvergenceError, match=r"no steady flow may exist .*body\.plenum\.height"):
        plate_flow(GRACE, 0.1548, 1010.0, 1e-3, faces)


def test_the_solution_does_not_depend_on_the_way_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    faces = np.linspace(0.0, 31.2e-3, 41)
    shape = GRACE._replace(plenum_height=4.5e-3)
    straight = plate_flow(shape, 0.0516, 1010.0, 1e-3, faces).share
    monkeypatch.setattr(network, "RAMPS", network.RAMPS[1:])
    np.testing.assert_allclose(plate_flow(shape, 0.0516, 1010.0, 1e-3, faces).share, straight, rtol=1e-9)
