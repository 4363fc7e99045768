"""Flow that develops in a square duct at a Reynolds number of about 2000, against Shah's correlation (1978)."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from tests.verification.flow_cases import Floats, assert_mass_is_conserved, sabotage, table
from thermal.fv import FlowProblem, Grid
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_steady import solve_flow

REYNOLDS = 1950.0  # the duct is 1 m wide, the velocity 1 m/s, the density 1 kg/m3
HALF, ALONG, X_PLUS = 16, 80, 0.12  # cells across half the duct, along; length in units of Dh Re
STRETCH = 4.0  # the last cell along is exp(4) times as long as the first
SHARE = 0.7  # of a cosine in the faces across
CORRELATION = (1.43, 14.227, 2.9e-4)  # K, f·Re, C of the square
PLACES = (0.003, 0.01, 0.03, 0.1)  # nearer to the inlet the correlation knows nothing of the corner of an even inlet
WITHIN = 0.015  # of apparent friction; the correlation's own bound is 2.4 %
LAST, DEVELOPED = (0.09, 0.11), 0.003  # where the slope of the pressure is that of developed flow, but for so much
EXACT = float(next(row["fRe"] for row in table("duct_fully_developed.csv") if float(row["alpha"]) == 1.0))


@cache
def entrance() -> FlowField:
    """A quarter of the duct, symmetry in its middle; even inlet."""
    s = np.linspace(0.0, 1.0, HALF + 1)
    across = 0.5 * ((1.0 - SHARE) * s + SHARE * (1.0 - np.cos(0.5 * np.pi * s)))
    x = REYNOLDS * X_PLUS * np.expm1(STRETCH * np.linspace(0.0, 1.0, ALONG + 1)) / math.expm1(STRETCH)
    problem = FlowProblem(Grid.from_faces(x, across, across), density=1.0, viscosity=1.0 / REYNOLDS)
    problem.symmetry("y_max")
    problem.symmetry("z_max")
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max")
    return solve_flow(problem)


def lost(flow: FlowField, x_plus: float) -> float:
    """Mean pressure lost from the inlet plane on, over 2 ρ U²: f_app·Re times x+."""
    area = flow.grid.areas(0)
    mean = np.einsum("kjx,kj->x", flow.p, area) / area.sum()
    start = float((flow.side_pressure("x_min") * area).sum() / area.sum())
    return 0.5 * (start - float(np.interp(x_plus * REYNOLDS, flow.grid.centres.x, mean)))


def correlation(x_plus: float) -> float:
    """f_app·Re after Shah (1978)."""
    K, developed, C = CORRELATION
    start = 3.44 / math.sqrt(x_plus)
    return start + (developed + K / (4.0 * x_plus) - start) / (1.0 + C / x_plus**2)


def differences(flow: FlowField) -> Floats:
    """Relative, of apparent friction at the places."""
    return np.array([lost(flow, x_plus) / x_plus / correlation(x_plus) - 1.0 for x_plus in PLACES])


def developed(flow: FlowField) -> float:
    """Relative difference of friction where it hardly develops any more from that of developed flow."""
    first, last = LAST
    return (lost(flow, last) - lost(flow, first)) / (last - first) / EXACT - 1.0


def test_developing_flow_in_a_square_duct() -> None:
    flow = entrance()
    assert np.abs(differences(flow)).max() < WITHIN
    assert abs(developed(flow)) < DEVELOPED
    assert_mass_is_conserved(flow)


@pytest.mark.parametrize("factor", [pytest.param(0.98, marks=pytest.mark.slow), 0.99, 1.01])
def test_a_viscosity_off_is_seen(factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """1 % more and 2 % less against the correlation, 1 % either way where the flow is developed."""
    sabotage(monkeypatch, links=factor, walls=factor)
    flow = entrance.__wrapped__()
    assert abs(developed(flow)) > 2.0 * DEVELOPED
    if factor != 0.99:
        assert np.abs(differences(flow)).max() > WITHIN
