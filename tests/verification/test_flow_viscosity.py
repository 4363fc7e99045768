"""Viscosity that follows a temperature across a gap: developed flow between plates, against its quadrature."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest
from scipy.integrate import cumulative_trapezoid

from tests.verification.flow_cases import Floats, assert_mass_is_conserved, sabotage
from thermal.correlations.coolant import viscosity
from thermal.fv import FlowProblem, Grid
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_steady import solve_flow
from thermal.hydraulics.loop import fluid_table
from thermal.rack.loader import load_coolant

GAP, GRADIENT, DENSITY = 1e-3, 1000.0, 1020.0  # [m], [Pa/m], [kg/m3]
COLD, HOT = 293.15, 353.15  # of the plates [K]; the coolant is four times as viscous at the one as at the other
POINTS = 4001  # of the quadrature
AT_40 = {"flow": 0.002, "velocity": 0.001, "shear": 0.0002}  # with 40 even cells across
EXTRAPOLATED = {"flow": 1e-6, "velocity": 2e-6, "shear": 1e-6}  # from 40 and 20
COOLANT = fluid_table(load_coolant("PG25"))

Law = Callable[[Floats], Floats]  # viscosity over distance from the cold plate


def right(y: Floats) -> Floats:
    """Of PG25 where the temperature rises straight from plate to plate [Pa s]."""
    return np.array([viscosity(COOLANT, COLD + (HOT - COLD) * float(t) / GAP) for t in y])


def steeper(y: Floats) -> Floats:
    """1 % more sensitive to temperature, about that of the cold plate."""
    return np.asarray(right(y) * (right(y) / viscosity(COOLANT, COLD)) ** 0.01)


def warmer(y: Floats) -> Floats:
    """Differences of temperature 1 % larger."""
    return right(1.01 * y)


class Answer(NamedTuple):
    """Mean velocity [m/s], velocities at some places [m/s], shear on the cold plate [Pa]."""

    flow: float
    velocity: Floats
    shear: float


def exact(places: Floats) -> Answer:
    """Shear falls straight from τ at the cold plate, τ − G y = μ du/dy, and τ makes u vanish at the hot one."""
    y = np.linspace(0.0, GAP, POINTS)
    mu = right(y)
    slip, lean = (cumulative_trapezoid(part / mu, y, initial=0.0) for part in (np.ones(POINTS), y))
    shear = GRADIENT * lean[-1] / slip[-1]
    u = shear * slip - GRADIENT * lean
    return Answer(float(np.trapezoid(u, y)) / GAP, np.interp(places, y, u), shear)


def solved(cells: int, law: Law) -> FlowField:
    """Periodic along the plates, with the viscosity of each cell."""
    grid = Grid.uniform((GAP, GAP, GAP), (2, cells, 1))
    mu = np.broadcast_to(law(grid.centres.y)[None, :, None], grid.shape)
    problem = FlowProblem(grid, density=DENSITY, viscosity=np.array(mu))
    problem.periodic("x", pressure_drop=GRADIENT * GAP)
    return solve_flow(problem, tolerance=1e-9)


def read(flow: FlowField) -> Answer:
    return Answer(float(flow.u.mean()), flow.u[0, :, 0], float(flow.wall_shear("y_min")[0].mean()))


def off(found: Answer, wanted: Answer) -> dict[str, float]:
    """Of flow and shear relative; of velocities the largest, over the largest velocity."""
    return {
        "flow": abs(found.flow / wanted.flow - 1.0),
        "velocity": float(np.abs(found.velocity - wanted.velocity).max() / wanted.velocity.max()),
        "shear": abs(found.shear / wanted.shear - 1.0),
    }


def off_at_40(law: Law) -> dict[str, float]:
    flow = solved(40, law)
    assert_mass_is_conserved(flow)
    return off(read(flow), exact(flow.grid.centres.y))


def off_extrapolated(law: Law) -> dict[str, float]:
    """Velocities at the centres of the coarser grid, where those of the finer are means of two and a fourth less."""
    coarse, fine = (solved(cells, law) for cells in (20, 40))
    places = coarse.grid.centres.y
    u = fine.u[0, :, 0]
    middle = (9.0 * (u[::2] + u[1::2])[1:-1] - (u[1::2][:-2] + u[::2][2:])) / 16.0  # cubic through four
    a, b = read(coarse), read(fine)
    third = Answer(
        *((4.0 * q - p) / 3.0 for p, q in ((a.flow, b.flow), (a.velocity[1:-1], middle), (a.shear, b.shear)))
    )
    return off(third, exact(places)._replace(velocity=exact(places).velocity[1:-1]))


def within(found: dict[str, float], bounds: dict[str, float]) -> list[str]:
    """Names of what lies within its bound."""
    return [name for name, bound in bounds.items() if found[name] < bound]


def test_developed_flow_with_a_viscosity_that_follows_the_temperature() -> None:
    assert len(within(off_at_40(right), AT_40)) == 3
    assert len(within(off_extrapolated(right), EXTRAPOLATED)) == 3


@pytest.mark.parametrize("law", [steeper, warmer])
def test_one_per_cent_of_sensitivity_or_of_temperature_is_seen(law: Law) -> None:
    assert not within(off_at_40(law), AT_40)
    assert not within(off_extrapolated(law), EXTRAPOLATED)


@pytest.mark.parametrize("part", ["links", "walls"])
def test_one_per_cent_of_what_viscosity_does_is_seen(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(monkeypatch, **{part: 1.01})
    assert not within(off_extrapolated(right), EXTRAPOLATED)
