"""Coolant in a solid against closed forms: effectiveness, a wall with a gradient, a fin, an evenly heated plate."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from thermal.fv import Box, ConductionProblem, Field, Grid, solve

TIGHT = 1e-12
INLET, WALL = 300.0, 340.0
SIZE = (0.04, 0.06, 0.002)  # [m]
VOLUME = math.prod(SIZE)
DIRECTIONS = ("y_max", "y_min", "split")


def block(rows: int, direction: str, *, ntu: float = 1.7, slope: float = 0.0, spread: float = 1.0) -> Field:
    """Solid that takes the temperature of its base, which may rise along y, with coolant of 50 W/K (each half)."""
    widths = np.where(np.arange(rows) % 2 == 0, spread, 1.0)
    y = SIZE[1] * np.concatenate([[0.0], np.cumsum(widths)]) / widths.sum()
    y = 0.5 * (y + SIZE[1] - y[::-1])  # a face in the middle
    grid = Grid.from_faces(np.linspace(0.0, SIZE[0], 4), y, np.linspace(0.0, SIZE[2], 3))
    problem = ConductionProblem(grid, (1e-9, 1e-9, 1e9))
    problem.fix_temperature("z_min", np.broadcast_to((WALL + slope * grid.centres.y)[:, None], (rows, 3)))
    halves = 2 if direction == "split" else 1
    given = {"capacity_flow": 50.0, "inlet_temperature": INLET, "direction": direction}
    problem.add_coolant(Box(), exchange=ntu * 50.0 * halves / VOLUME, **given)
    return solve(problem, TIGHT)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("ntu", [0.05, 1.7, 9.0])
def test_effectiveness_of_a_plate_at_one_temperature(direction: str, ntu: float) -> None:
    """ε = 1 − exp(−NTU) whatever the rows, and the exponential at every face on the way."""
    for rows in (2, 30):
        coolant = block(rows, direction, ntu=ntu).coolant[0]
        effectiveness = (coolant.outlet_temperature - INLET) / (WALL - INLET)
        assert effectiveness == pytest.approx(-math.expm1(-ntu), rel=1e-6)
        assert coolant.heat == pytest.approx(coolant.capacity_flow * 40.0 * -math.expm1(-ntu), rel=1e-6)
        for run in coolant.zone.runs:
            exact = WALL - 40.0 * np.exp(-ntu * np.arange(1, run.size + 1) / run.size)
            assert coolant.leaving[:, run].mean(axis=(0, 2)) == pytest.approx(exact, abs=1e-5)
    wrong = block(30, direction, ntu=1.01 * ntu).coolant[0]
    assert (wrong.outlet_temperature - INLET) / (WALL - INLET) != pytest.approx(-math.expm1(-ntu), rel=1e-6)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_all_directions_carry_the_same_heat_from_one_temperature(direction: str) -> None:
    field, forward = block(20, direction), block(20, "y_max")
    halves = 2 if direction == "split" else 1
    assert field.coolant[0].heat == pytest.approx(halves * forward.coolant[0].heat, rel=1e-6)
    assert block(20, direction, ntu=1.717).coolant[0].heat != pytest.approx(halves * forward.coolant[0].heat, rel=1e-6)
    turned = block(20, "y_min").coolant[0]
    np.testing.assert_allclose(turned.leaving[:, ::-1], forward.coolant[0].leaving, rtol=1e-9)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_energy_closes_in_each_direction(direction: str) -> None:
    """Copper heated off its middle and cooled by air as well."""
    grid = Grid.uniform(SIZE, (8, 12, 4))
    problem = ConductionProblem(grid, 390.0)
    problem.add_heat(Box((0.0, 0.01), (0.0, 0.02), (0.0, 0.0005)), 700.0)
    problem.set_convection("z_min", 50.0, 295.0)
    given = {"capacity_flow": 50.0, "exchange": 3e7, "inlet_temperature": INLET, "direction": direction}
    problem.add_coolant(Box(z=(0.001, 0.002)), **given)
    field = solve(problem)
    account, coolant = field.energy, field.coolant[0]
    assert abs(field.unbalanced) < 1e-6
    assert pytest.approx(coolant.heat - account.sides["z_min"], rel=1e-10) == 700.0
    ends = [(coolant.zone.capacity * (outlet - INLET)).sum() for outlet in coolant.outlets]
    assert sum(ends) == pytest.approx(coolant.heat, rel=1e-10)
    assert 1.01 * sum(ends) - account.sides["z_min"] != pytest.approx(700.0, rel=1e-10)


def linear_wall(direction: str, slope: float, ntu: float) -> list[float]:
    """Outlet temperature of each feed along a wall of WALL + slope·y, towards y = 0 first [K]."""
    half = direction == "split"
    length = 0.5 * SIZE[1] if half else SIZE[1]
    starts = [(0.5 * SIZE[1], -1.0), (0.5 * SIZE[1], 1.0)] if half else [(0.0, 1.0)]
    starts = [(SIZE[1], -1.0)] if direction == "y_min" else starts
    outlets = []
    for begin, sign in starts:
        first, lag = WALL + slope * begin, sign * slope * length / ntu
        outlets.append(first + sign * slope * length - lag - (first - INLET - lag) * math.exp(-ntu))
    return outlets


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("spread", [1.0, 2.5])
def test_second_order_along_a_wall_with_a_gradient(direction: str, spread: float) -> None:
    errors = {1.0: [], 1.01: []}
    exact = linear_wall(direction, 2000.0, 1.7)
    for factor, found in errors.items():
        for rows in (8, 16, 32, 64):
            field = block(rows, direction, slope=2000.0, ntu=factor * 1.7, spread=spread)
            outlets = [outlet.mean() for outlet in field.coolant[0].outlets]
            found.append(max(abs(outlet - end) for outlet, end in zip(outlets, exact, strict=True)))
    order, wrong = ([math.log2(a / b) for a, b in itertools.pairwise(found)] for found in errors.values())
    assert order == pytest.approx([2.0, 2.0, 2.0], abs=0.1)
    assert errors[1.0][-1] < 0.03
    assert wrong != pytest.approx([2.0, 2.0, 2.0], abs=0.1)


M = 1.3  # √(exchange / conductivity) times the height of the fin


def fin(layers: int, *, factor: float = 1.0) -> Field:
    """A fin of 2 mm in coolant that hardly warms, held at its root."""
    grid = Grid.uniform((0.002, 0.002, 0.002), (2, 2, layers))
    problem = ConductionProblem(grid, 200.0)
    problem.fix_temperature("z_min", WALL)
    exchange = factor * 200.0 * (M / 0.002) ** 2
    problem.add_coolant(Box(), capacity_flow=1e9, exchange=exchange, inlet_temperature=INLET, direction="y_max")
    return solve(problem, TIGHT)


def test_a_fin_in_coolant() -> None:
    """The tanh of a straight fin, and its cosh profile, both of second order in the layers."""
    exact = 40.0 * 200.0 * 0.002**2 / 0.002 * M * math.tanh(M)
    heats, profiles = [], []
    for layers in (8, 16, 32):
        field = fin(layers)
        heats.append(abs(field.energy.sides["z_min"] / exact - 1.0))
        profile = INLET + 40.0 * np.cosh(M * (1.0 - field.grid.centres.z / 0.002)) / math.cosh(M)
        profiles.append(np.abs(field.temperature - profile[:, None, None]).max())
    assert heats[-1] < 3e-4
    for errors in (heats, profiles):
        assert [math.log2(a / b) for a, b in itertools.pairwise(errors)] == pytest.approx([2.0, 2.0], abs=0.1)
    assert abs(fin(32, factor=1.01).energy.sides["z_min"] / exact - 1.0) > 3e-4


def heated(rows: int, *, k: float, factor: float = 1.0) -> Field:
    """A plate evenly heated, conducting along the flow, with coolant from end to end."""
    grid = Grid.uniform((1.0, 1.0, 1.0), (1, rows, 1))
    problem = ConductionProblem(grid, (1.0, k, 1.0))
    problem.add_heat(Box(), 60.0)
    given = {"capacity_flow": 2.0, "inlet_temperature": INLET, "direction": "y_max"}
    problem.add_coolant(Box(), exchange=5.0 * factor, **given)
    return solve(problem, 1e-11)


def conducting_plate(k: float, y: np.ndarray) -> np.ndarray:
    """Rise of the coolant s with 2 s' = 5 (T − s), k T'' = 5 (T − s) − 60, T' = 0 at both ends, s = 0 at the first.

    With T = s + 0.4 s' this is 0.4 k s''' + k s'' − 2 s' + 60 = 0; s = 30 y + c0 + c1 exp(r1 y) + c2 exp(r2 (y − 1)).
    """
    negative, positive = sorted(np.roots([0.4 * k, k, -2.0]).real)
    rows, right = [[1.0, 1.0, math.exp(-positive)]], [0.0]
    for end in (0.0, 1.0):  # T' = s' + 0.4 s''
        ends = ((negative, math.exp(negative * end)), (positive, math.exp(positive * (end - 1.0))))
        rows.append([0.0, *(r * (1.0 + 0.4 * r) * e for r, e in ends)])
        right.append(-30.0)
    c = np.linalg.solve(rows, right)
    return 30.0 * y + c[0] + c[1] * np.exp(negative * y) + c[2] * np.exp(positive * (y - 1.0))


@pytest.mark.parametrize("k", [0.3, 4.0])
def test_a_heated_plate_that_conducts_along_the_flow(k: float) -> None:
    """Coolant and solid coupled both ways: second order towards the closed form."""
    errors, wrong = [], []
    for rows in (10, 20, 40):
        for found, factor in ((errors, 1.0), (wrong, 1.01)):
            field = heated(rows, k=k, factor=factor)
            exact = conducting_plate(k, field.grid.faces.y[1:])
            found.append(np.abs(field.coolant[0].leaving[0, :, 0] - INLET - exact).max())
            assert field.coolant[0].outlet_temperature == pytest.approx(INLET + 30.0, rel=1e-12)
            assert abs(field.unbalanced) < 1e-9
    assert [math.log2(a / b) for a, b in itertools.pairwise(errors)] == pytest.approx([2.0, 2.0], abs=0.1)
    assert errors[-1] < 0.01
    assert [math.log2(a / b) for a, b in itertools.pairwise(wrong)] != pytest.approx([2.0, 2.0], abs=0.1)


def channel(rows: int, *, factor: float = 1.0, slope: float = 0.0) -> Field:
    """Cells that are all coolant, 0.2 × 0.5 mm, between walls that take the temperature of their base."""
    x, z = np.array([0.0, 0.1, 0.3, 0.4]) * 1e-3, np.array([0.0, 0.1, 0.6, 0.7]) * 1e-3
    grid = Grid.from_faces(x, np.linspace(0.0, 0.01, rows + 1), z)
    problem = ConductionProblem(grid, (1e9, 1e-12, 1e9))
    for side in ("z_min", "z_max"):
        problem.fix_temperature(side, np.broadcast_to((WALL + slope * grid.centres.y)[:, None], (rows, 3)))
    given = {"capacity_flow": 0.4, "inlet_temperature": INLET, "direction": "y_max"}
    films = {"h_side": 3e4, "h_bottom": 2e4 * factor, "h_top": 1e4}
    problem.add_channels(Box(z=(1e-4, 6e-4)), mask=[[False, True, False]], **given, **films)
    return solve(problem, TIGHT)


NTU = (3e4 * 2 * 0.5e-3 + 2e4 * 0.2e-3 + 1e4 * 0.2e-3) * 0.01 / 0.4


def test_effectiveness_of_a_channel_between_walls_at_one_temperature() -> None:
    for rows in (1, 7, 40):
        field = channel(rows)
        assert field.coolant[0].outlet_temperature == pytest.approx(WALL - 40.0 * math.exp(-NTU), abs=1e-5)
    assert channel(7, factor=1.01).coolant[0].outlet_temperature != pytest.approx(
        WALL - 40.0 * math.exp(-NTU), abs=1e-5
    )


def test_second_order_of_a_channel_along_walls_with_a_gradient() -> None:
    lag = 2000.0 * 0.01 / NTU
    exact = WALL + 20.0 - lag - (WALL - INLET - lag) * math.exp(-NTU)
    errors, wrong = (
        [abs(channel(rows, slope=2000.0, factor=f).coolant[0].outlet_temperature - exact) for rows in (8, 16, 32)]
        for f in (1.0, 1.01)
    )
    assert [math.log2(a / b) for a, b in itertools.pairwise(errors)] == pytest.approx([2.0, 2.0], abs=0.1)
    assert [math.log2(a / b) for a, b in itertools.pairwise(wrong)] != pytest.approx([2.0, 2.0], abs=0.1)
