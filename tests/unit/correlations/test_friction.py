"""Friction factors: the equations they solve, their slopes, and how the laws join."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from thermal.correlations.friction import colebrook, epanet_friction, laminar, pipe_friction, swamee_jain

Law = Callable[[float, float], tuple[float, float]]
ROUGHNESSES = [0.0, 1e-6, 1e-4, 3e-3, 0.05]


def colebrook_residual(f: float, Re: float, roughness: float) -> float:
    X = 1.0 / math.sqrt(f)
    return X + 2.0 * math.log10(roughness / 3.7 + 2.51 * X / Re)


@pytest.mark.parametrize("roughness", ROUGHNESSES)
@pytest.mark.parametrize("Re", [4.0e3, 1.0e4, 3.3e5, 1.0e7, 1.0e8])
def test_colebrook_solves_its_equation(Re: float, roughness: float) -> None:
    f = colebrook(Re, roughness)[0]
    assert abs(colebrook_residual(f, Re, roughness)) < 1e-13 / math.sqrt(f)
    assert abs(colebrook_residual(f * (1.0 + 1e-11), Re, roughness)) > 1e-13 / math.sqrt(f)  # the check can fail


@pytest.mark.parametrize("roughness", ROUGHNESSES)
@pytest.mark.parametrize("Re", [2001.0, 2500.0, 3000.0, 3999.0, 4001.0, 2.0e4, 1.0e6, 5.0e7])
@pytest.mark.parametrize("law", [colebrook, swamee_jain, pipe_friction, epanet_friction])
def test_slopes_match_numerical_ones(law: Law, Re: float, roughness: float) -> None:
    h = 1e-5 * Re if min(abs(Re - 2000.0), abs(Re - 4000.0)) > 10.0 else 1e-4 * Re / 2000.0
    numerical = (law(Re + h, roughness)[0] - law(Re - h, roughness)[0]) / (2.0 * h)
    f, slope = law(Re, roughness)
    scale = f / Re
    assert slope == pytest.approx(numerical, rel=2e-6, abs=2e-6 * scale)
    if abs(slope) > 0.01 * scale:
        assert 1.01 * slope != pytest.approx(numerical, rel=2e-6, abs=2e-6 * scale)  # the check can fail


def test_laminar_flow_is_the_exact_solution() -> None:
    assert laminar(640.0) == (pytest.approx(0.1), pytest.approx(-0.1 / 640.0))
    assert pipe_friction(1999.0, 0.01) == laminar(1999.0)
    assert epanet_friction(1999.0, 0.01) == laminar(1999.0)


@pytest.mark.parametrize("roughness", ROUGHNESSES)
@pytest.mark.parametrize("Re", [2000.0, 4000.0])
def test_the_law_of_the_racks_has_no_jump(Re: float, roughness: float) -> None:
    below, above = pipe_friction(Re * (1.0 - 1e-12), roughness), pipe_friction(Re * (1.0 + 1e-12), roughness)
    assert below[0] == pytest.approx(above[0], rel=1e-11)
    assert below[1] == pytest.approx(above[1], rel=1e-8)


def test_laminar_and_colebrook_alone_would_jump() -> None:
    assert laminar(2000.0)[0] != pytest.approx(colebrook(2000.0, 0.0)[0], rel=0.3)


@pytest.mark.parametrize("roughness", [0.0, 1e-4, 3e-3])
@pytest.mark.parametrize(("Re", "jump"), [(2000.0, 1e-4), (4000.0, 1e-4)])
def test_epanet_joins_its_cubic_to_both_sides(Re: float, jump: float, roughness: float) -> None:
    below, above = epanet_friction(Re * (1.0 - 1e-12), roughness), epanet_friction(Re * (1.0 + 1e-12), roughness)
    assert below[0] == pytest.approx(above[0], rel=jump)
    assert below[1] == pytest.approx(above[1], rel=5e-3)


@pytest.mark.parametrize("roughness", ROUGHNESSES)
def test_pressure_drop_rises_with_flow_through_the_transition(roughness: float) -> None:
    for law in (pipe_friction, epanet_friction):
        Re = np.linspace(500.0, 8000.0, 3000)
        drop = np.array([law(R, roughness)[0] * R * R for R in Re])
        assert np.all(np.diff(drop) > 0.0)


@pytest.mark.parametrize("roughness", [1e-6, 1e-4, 1e-2])
@pytest.mark.parametrize("Re", [5.0e3, 1.0e5, 1.0e8])
def test_swamee_jain_is_within_its_stated_error(Re: float, roughness: float) -> None:
    assert swamee_jain(Re, roughness)[0] == pytest.approx(colebrook(Re, roughness)[0], rel=0.03)


def test_known_points_of_the_moody_chart() -> None:
    # Moody, Trans. ASME 66 (1944) 671, as tabulated in Idelchik, Handbook of Hydraulic Resistance, diagram 2-5
    assert colebrook(1e5, 0.0)[0] == pytest.approx(0.0180, rel=0.005)
    assert colebrook(1e8, 0.01)[0] == pytest.approx((2.0 * math.log10(370.0)) ** -2, rel=1e-4)  # fully rough
