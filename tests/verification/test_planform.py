"""Momentum in the plan of a plate against closed forms and a general solver: manifolds, injected flow, limits."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq

from thermal.coldplate import plenum as plenum_module
from thermal.coldplate.planform import MOMENTUM, PlanformFlow, PlateShape, plate_flow
from thermal.coldplate.planform_momentum import Momentum, momentum_faces
from thermal.coldplate.planform_network import ChannelLaw, PlenumLinks, PlenumSolution, solve_plenums
from thermal.correlations.ducts import aspect_ratio, fully_developed_friction, hydraulic_diameter
from thermal.fv.flow import FlowProblem
from thermal.fv.flow_steady import solve_flow
from thermal.fv.grid import Grid

Floats = NDArray[np.float64]
RHO, MU, FLOW = 1014.5, 1.37e-3, 0.0375
CENTRE = PlateShape(300, 75e-6, 3e-3, 40e-3, 0.5, 1.0, True, 6e-3, 3e-3, 3e-3, 6e-3, 8.0)
END = CENTRE._replace(split=False)
HEIGHT, DEPTH, LENGTH = 1e-3, 1e-3, 0.1  # of a slender plenum [m]
OPEN = ChannelLaw(0.1, 0.1, 1.0, 0.0, 1000.0, 1e-9)  # channels that resist next to nothing, inviscid coolant
SECTION = OPEN.rho * (HEIGHT * DEPTH) ** 2  # ρ A²


def manifold(entering: Floats, resistance: float, factor: float = MOMENTUM) -> tuple[PlenumLinks, Momentum]:
    """Two plenums without friction, and a resistance [Pa s/kg] between them in each column."""
    columns, rows = entering.shape
    branch = np.zeros((columns, rows - 1))
    branch[:, rows // 2 - 1] = resistance
    nothing = np.zeros((columns - 1, rows))
    links = PlenumLinks(nothing, nothing, branch, np.zeros(branch.shape), np.ones(columns), entering)
    faces = np.linspace(0.0, LENGTH, columns + 1)
    return links, momentum_faces(faces, (DEPTH, DEPTH), HEIGHT, entering, factor)


def solved(entering: Floats, resistance: float, factor: float = MOMENTUM) -> PlenumSolution:
    links, momentum = manifold(entering, resistance, factor)
    return solve_plenums(links, OPEN, 1.0e-3, momentum)


# -------------------------------------------------------------------------------------------- one row: manifolds
#
# Coolant that leaves a plenum through the fins takes its velocity along the plenum with it: d(βU²) − βU dU = −dp/ρ, so
# that pressure rises by βρU²/2.  What enters the other plenum brings none: d(βU²) = −dp/ρ, and it falls by βρU².
# With P the difference across the fins, −dQ/dx = g P and k = β/(ρA²):
#   both ports at one end      P = P_end + k Q²/2
#   ports at opposite ends     P = C + k (2 Q₀ − Q)²/2
# after Bajura & Jones, J. Fluids Eng. 98 (1976) 654, for these shares of the momentum carried off and brought in.


def ports(columns: int, *, opposite: bool) -> Floats:
    entering = np.zeros((columns, 2))
    entering[0, 0] = 1.0
    entering[-1 if opposite else 0, 1] = -1.0
    return entering


def run_through(level: float, k: float, low: float, high: float) -> float:
    """∫ dy / (level + k y²/2)."""
    if level > 0.0:
        root = math.sqrt(2.0 * level / k)
        return (math.atan(high / root) - math.atan(low / root)) * 2.0 / (k * root)
    root = math.sqrt(-2.0 * level / k)
    return (math.atanh(root / low) - math.atanh(root / high)) * 2.0 / (k * root)


def closed_form(shares: Floats, resistance: float, factor: float, *, opposite: bool) -> Floats:
    """Shares of the columns but those with ports, in which the flow across the plenum begins and ends."""
    n, flow = shares.size, 1.0e-3
    g, k = n / (resistance * LENGTH), factor / SECTION
    dx, begin, end = LENGTH / n, (1.0 - shares[0]) * flow, (shares[-1] if opposite else 0.0) * flow
    first, last = (2.0 * flow - begin, 2.0 * flow - end) if opposite else (end, begin)
    span = LENGTH - (2.0 if opposite else 1.0) * dx
    lowest = -0.5 * k * first * first
    level = brentq(
        lambda c: run_through(c, k, first, last) - g * span,
        lowest * (1.0 - 1e-9) + 1e-9,
        1e3 * resistance * flow,
        xtol=1e-12,
    )
    inner = np.linspace(0.0, span, n - (1 if opposite else 0))

    def at(x: float) -> float:
        return float(brentq(lambda y: run_through(level, k, first, y) - g * x, first + 1e-18, 2.0 * last, xtol=1e-18))

    y = np.array([at(float(x)) if x > 0.0 else first for x in inner])
    taken = np.diff(y) / flow
    return taken if opposite else taken[::-1]


@pytest.mark.parametrize(("opposite", "close"), [(False, 1e-4), (True, 2e-3)])
def test_momentum_divides_the_flow_of_a_manifold(*, opposite: bool, close: float) -> None:
    """But for three columns beside a port, in which the stream along the plenum begins."""
    columns, resistance = 80, 8.0e7
    found = solved(ports(columns, opposite=opposite), resistance).flow_y[:, 0] / 1.0e-3

    def off(factor: float) -> float:
        exact = closed_form(found, resistance, factor, opposite=opposite)
        inside = found[1:-1] if opposite else found[1:]
        return float(np.abs(inside / exact - 1.0)[3 : -3 if opposite else None].max())

    assert found.max() > 1.5 * found.min()
    assert off(MOMENTUM) < close
    assert off(1.01 * MOMENTUM) > 3.0 * close


def even(columns: int, rows: int, plenum: int) -> Floats:
    """Sources or sinks all over one of the plenums (0 or 1), and the port at the far end of the other."""
    entering = np.zeros((columns, 2 * rows))
    own, other = (slice(0, rows), slice(rows, None)) if plenum == 0 else (slice(rows, None), slice(0, rows))
    sign = 1.0 if plenum == 0 else -1.0
    entering[:, own] = sign / (columns * rows)
    entering[-1, other] = -sign / rows
    return entering


def change(columns: int, rows: int, plenum: int) -> tuple[float, Floats]:
    """Pressure between a quarter and three quarters of the other plenum, over βρU² there, and the velocities across."""
    found = solved(even(columns, rows, plenum), 1.0e14)  # so large that all columns get the same
    half = slice(rows, None) if plenum == 0 else slice(0, rows)
    pressure = found.pressure[:, half].mean(axis=1)
    flow = np.abs(found.flow_x[:, half].sum(axis=1))
    low, high = columns // 4, 3 * columns // 4
    middle = [0.5 * (flow[i - 1] + flow[i]) for i in (low, high)]
    dynamic = MOMENTUM / SECTION * (middle[1] ** 2 - middle[0] ** 2)
    velocities = found.flow_x[high, half] / found.flow_x[high, half].mean()
    return float(pressure[low] - pressure[high]) / dynamic, velocities


def test_pressure_comes_back_as_a_plenum_gives_off_its_flow() -> None:
    """βρU²/2 in one row as in many: the flow has no vorticity, U is even over the depth."""
    for rows in (1, 8):
        gained, velocities = change(80, rows, 1)
        assert gained == pytest.approx(0.5, rel=5e-3)
        np.testing.assert_allclose(velocities, 1.0, atol=3e-3)


def test_a_plenum_that_gathers_loses_the_pressure_of_injected_flow() -> None:
    """One row: βρU². Many: U ∝ sin(πy/2) from the fins, and π²/8 βρU²; Taylor (1956), Culick, AIAA J. 4 (1966) 1462."""
    assert change(80, 1, 0)[0] == pytest.approx(1.0, rel=2e-3)
    errors = []
    for rows in (4, 8, 16):
        lost, velocities = change(5 * rows, rows, 0)
        exact = 0.5 * math.pi * np.sin(0.5 * math.pi * (np.arange(rows) + 0.5) / rows)
        errors.append((abs(lost / (math.pi**2 / 8.0) - 1.0), float(np.abs(velocities / exact - 1.0).max())))
    for coarse, fine in pairwise(errors):
        assert coarse[0] > 3.5 * fine[0]
        assert coarse[1] > 3.0 * fine[1]
    assert errors[-1][0] < 2e-3
    assert errors[-1][1] < 8e-3
    # an even profile, as of a plenum that gives off its flow, is not it
    assert abs(lost - 1.0) > 0.2


# ---------------------------------------------------------------------------------------------------------- limits


def spread(flow: PlanformFlow) -> float:
    return float(flow.velocity.max() / flow.velocity.min() - 1.0)


@pytest.mark.parametrize("shape", [END, CENTRE])
def test_without_momentum_it_is_darcy_forchheimer_flow(shape: PlateShape) -> None:
    """As much less momentum, as much nearer; what is left is the in-plane viscosity."""
    faces = np.linspace(0.0, 45e-3, 61)
    without = plate_flow(shape, FLOW, RHO, MU, faces, momentum=None)
    viscous = plate_flow(shape, FLOW, RHO, MU, faces, momentum=0.0)
    assert viscous.pressure_drop == pytest.approx(without.pressure_drop, rel=1e-3)
    off = [
        float(np.abs(plate_flow(shape, FLOW, RHO, MU, faces, momentum=factor).share / viscous.share - 1.0).max())
        for factor in (1e-3, 1e-4, 1e-5)
    ]
    assert off[0] > 5.0 * off[1] > 25.0 * off[2]
    assert spread(plate_flow(shape, FLOW, RHO, MU, faces)) > 4.0 * spread(without)


def test_numbers_of_the_model_without_momentum() -> None:
    """Kept from its pressure-based solution by banded Cholesky factors, on 90 columns."""
    faces = np.linspace(0.0, 45e-3, 91)
    drops = [plate_flow(shape, FLOW, RHO, MU, faces, momentum=None).pressure_drop for shape in (END, CENTRE)]
    np.testing.assert_allclose(drops, [72392.552398, 23451.147023], rtol=1e-10)


def test_slow_flow_has_no_momentum() -> None:
    faces = np.linspace(0.0, 45e-3, 61)
    slow = [plate_flow(CENTRE, 1e-6, RHO, MU, faces, momentum=factor).share for factor in (0.0, MOMENTUM)]
    np.testing.assert_allclose(slow[0], slow[1], rtol=1e-5)


@pytest.mark.parametrize("shape", [END, CENTRE])
@pytest.mark.parametrize("height", [1e-3, 3e-3])
def test_a_plate_is_mirrored_and_loses_nothing(shape: PlateShape, height: float) -> None:
    flow = plate_flow(shape._replace(plenum_height=height), FLOW, RHO, MU, np.linspace(0.0, 45e-3, 61))
    np.testing.assert_allclose(flow.share, flow.share[::-1], rtol=1e-8)
    assert flow.share.sum() == pytest.approx(1.0, abs=1e-12)
    assert flow.imbalance < 1e-12
    assert sum(flow.parts.values()) == pytest.approx(flow.pressure_drop, rel=1e-12)


@pytest.mark.parametrize("shape", [END, CENTRE])
def test_shares_converge_with_the_grid(shape: PlateShape) -> None:
    """What flows to the left of four places in the plate."""
    places = np.array([5e-3, 15e-3, 20e-3, 21.5e-3])
    found, drops = [], []
    for columns, rows in ((30, 4), (60, 8), (120, 16), (240, 32)):
        faces = np.linspace(0.0, 45e-3, columns + 1)
        flow = plate_flow(shape, FLOW, RHO, MU, faces, rows=rows)
        found.append(np.interp(places, faces, np.concatenate([[0.0], np.cumsum(flow.share)])))
        drops.append(flow.pressure_drop)
    off = np.abs(np.array(found) - found[-1]).max(axis=1)
    assert off[1] < 3e-4
    assert off[2] < 1e-4
    assert off[0] < 6e-4
    np.testing.assert_allclose(drops[1], drops[-1], rtol=1e-3)
    without = plate_flow(shape, FLOW, RHO, MU, faces, rows=rows, momentum=None)  # what is resolved is far larger
    cumulated = np.interp(places, faces, np.concatenate([[0.0], np.cumsum(without.share)]))
    assert np.abs(cumulated - found[-1]).max() > 6e-4


# --------------------------------------------------------------------------------- the solver of the whole equations


def by_flow_problem(entering: Floats, resistance: float, law: ChannelLaw, mu: float, factor: float) -> Floats:
    """Shares of the columns by `solve_flow`, momentum factor as density: fins are three rows with no flow across."""
    columns, rows = entering.shape[0], entering.shape[1] // 2
    x, y = np.linspace(0.0, WIDTH, columns + 1), np.linspace(0.0, DEEP, rows + 1)
    fins = DEEP + FINS * np.arange(1, 3) / 3.0
    grid = Grid.from_faces(x, np.concatenate([y, fins, DEEP + FINS + y]), [0.0, HIGH])
    problem = FlowProblem(grid, density=factor * law.rho, viscosity=law.mu, scheme="linear_upwind", least_cells=1)
    for side in ("x_min", "x_max", "y_min", "y_max"):
        problem.symmetry(side)
    fin = np.zeros(grid.shape, bool)
    fin[:, rows : rows + 3] = True
    Dh = float(hydraulic_diameter(DEEP, HIGH))
    along = 12.0 * mu / HIGH**2, 2.0 * float(fully_developed_friction(aspect_ratio(DEEP, HIGH))) * mu / Dh**2
    problem.add_resistance(~fin, linear=(along[1], along[0], 0.0))
    problem.add_resistance(fin, linear=(1e9, resistance * law.rho * HIGH * WIDTH / columns / FINS, 0.0))
    given = problem.checked()
    mass = np.zeros(grid.shape)
    mass[0, :rows], mass[0, rows + 3 :] = factor * SLOW * entering[:, :rows].T, factor * SLOW * entering[:, rows:].T
    flow = solve_flow(replace(given, mass=mass))
    return np.asarray(flow.v[0, rows] * HIGH * law.rho * WIDTH / columns / SLOW)


WIDTH, DEEP, HIGH, FINS, SLOW = 40e-3, 4e-3, 2e-3, 4e-3, 0.01


def test_the_solver_of_the_whole_equations_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without momentum to rounding; with it to what 24 columns and another second-order scheme leave."""
    monkeypatch.setattr(plenum_module, "TURBULENT", 0.0)  # there a law of the speed, here of each component
    columns, rows, mu, resistance = 24, 4, 1.0e-3, 4.8e6
    law = OPEN._replace(rho=1000.0)
    faces = np.linspace(0.0, WIDTH, columns + 1)
    space = plenum_module.plenum(DEEP, DEEP, HIGH, faces, rows, law.rho, mu)
    port = plenum_module.port_shares(0.5 * WIDTH, 0.5 * DEEP, DEEP, 6e-3, faces, rows)
    entering = np.hstack([port, -port])
    links = plenum_module.joined(space, space, np.ones(columns), entering)
    links.linear_y[:, rows - 1] += resistance

    whole = {factor: by_flow_problem(entering, resistance, law, mu, factor) for factor in (1e-6, MOMENTUM)}

    def off(factor: float, other: float) -> float:
        momentum = momentum_faces(faces, (DEEP, DEEP), HIGH, entering, factor)
        share = solve_plenums(links, law, SLOW, momentum).flow_y[:, rows - 1] / SLOW
        return float(np.abs(share / whole[other] - 1.0).max())

    assert off(1e-6, 1e-6) < 1e-5
    assert off(MOMENTUM, MOMENTUM) < 0.03
    assert off(0.75 * MOMENTUM, MOMENTUM) > 0.03
    assert off(1e-6, MOMENTUM) > 0.1
