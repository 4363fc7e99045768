"""Laws of the branches: value, oddness, and each slope against a numerical derivative."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.correlations.friction import colebrook
from thermal.hydraulics.branches import PIPE_EPANET, PIPE_SWAMEE_JAIN, pressure_drops
from thermal.hydraulics.network import GRAVITY, Network, NetworkBuilder, coefficients

Floats = NDArray[np.float64]
RHO, MU = 1014.0, 1.4e-3
PIPE = {"length": 1.7, "diameter": 0.012, "roughness": 2e-6, "loss": 3.0}
FLUID = {"density": 998.0, "viscosity": 1.0e-3}
FLOW = np.array([0.5e-4, 1.0e-4, 2.0e-4, 3.0e-4])
DROP = np.array([3.0e3, 1.0e4, 3.5e4, 7.5e4])
HEAD = np.array([9.0e4, 8.5e4, 7.0e4, 4.0e4])
CHANNEL = {"number": 120.0, "width": 1e-4, "height": 2e-3, "length": 0.04, "loss": 1.2, "split": 1.0}

Add = Callable[[NetworkBuilder], int]
ELEMENTS: dict[str, Add] = {
    "pipe": lambda b: b.pipe("x", 0, 1, **PIPE),
    "pipe as EPANET": lambda b: b.pipe("x", 0, 1, law=PIPE_EPANET, **PIPE),
    "pipe after Swamee and Jain": lambda b: b.pipe("x", 0, 1, law=PIPE_SWAMEE_JAIN, **PIPE),
    "fitting": lambda b: b.fitting("x", 0, 1, kv=1.2),
    "half open valve": lambda b: b.fitting("x", 0, 1, kv=1.2, opening=0.5),
    "orifice": lambda b: b.orifice("x", 0, 1, loss=2.5, diameter=0.008),
    "resistance": lambda b: b.resistance("x", 0, 1, linear=2e8, quadratic=1e12, **FLUID),
    "power": lambda b: b.power("x", 0, 1, factor=3e10, exponent=1.6, **FLUID),
    "table": lambda b: b.table("x", 0, 1, flow=FLOW, drop=DROP, **FLUID),
    "channels": lambda b: b.channels("x", 0, 1, **CHANNEL),
    "pump": lambda b: b.pump("x", 0, 1, head=(9e4, -1e7, -4e11), limit=4e-4, speed=0.8),
    "pump table": lambda b: b.pump("x", 0, 1, head=(FLOW - FLOW[0], HEAD), limit=2.5e-4, speed=0.8),
}
PASSIVE = [name for name in ELEMENTS if "pump" not in name]
SIZES = [1e-5, 0.003, 0.02, 0.0213, 0.05, 0.3, 3.0]  # [kg/s]; laminar to beyond the last point of the table


def element(name: str, copies: float = 1.0) -> Network:
    builder = NetworkBuilder()
    builder.node("a")
    builder.node("b")
    branch = ELEMENTS[name](builder)
    builder.scale(branch, copies)
    return builder.build()


def drop_and_slope(network: Network, m: float, rho: float = RHO, mu: float = MU) -> tuple[float, float]:
    laws = coefficients(network, np.array([rho]), np.array([mu]))
    drop, slope = np.zeros(1), np.zeros(1)
    pressure_drops(laws, network.curves, network.channels, np.ones(1, np.bool_), np.array([m]), drop, slope)
    return float(drop[0]), float(slope[0])


def numerical_slope(network: Network, m: float) -> float:
    h = 1e-4 * max(abs(m), 1e-3)
    values = [drop_and_slope(network, m + k * h)[0] for k in (-2, -1, 1, 2)]
    return (values[0] - 8.0 * values[1] + 8.0 * values[2] - values[3]) / (12.0 * h)


def close(a: float, b: float) -> bool:
    return a == pytest.approx(b, rel=1e-6, abs=2e-3)


@pytest.mark.parametrize("copies", [1.0, 3.0])
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ELEMENTS)
def test_slope_is_the_derivative(name: str, size: float, sign: float, copies: float) -> None:
    network = element(name, copies)
    slope = drop_and_slope(network, sign * size)[1]
    numerical = numerical_slope(network, sign * size)
    if numerical < 1.0 and "pump" in name:  # level curve: the matrix gets a small slope instead
        assert 0.0 < slope < 1e-3 * 1e5
        return
    assert close(slope, numerical)
    assert not close(1.01 * slope, numerical)


@pytest.mark.parametrize("size", [1e-7, 1e-3, 0.0214, 0.7])
@pytest.mark.parametrize("name", PASSIVE)
def test_passive_laws_are_odd(name: str, size: float) -> None:
    network = element(name)
    assert drop_and_slope(network, -size)[0] == -drop_and_slope(network, size)[0]
    assert drop_and_slope(network, 0.0)[0] == 0.0
    assert 0.0 < drop_and_slope(network, 0.0)[1] < np.inf


@pytest.mark.parametrize("name", [name for name in ELEMENTS if "Swamee" not in name])
def test_the_drop_never_falls_when_flow_rises(name: str) -> None:
    network = element(name)
    m = np.concatenate([-np.geomspace(10.0, 1e-9, 2000), np.geomspace(1e-9, 10.0, 2000)])
    drops = np.array([drop_and_slope(network, x)[0] for x in m])
    assert np.all(np.diff(drops) >= 0.0)


def test_a_turbulent_pipe_is_darcy_and_weisbach() -> None:
    m = 0.3
    v = m / RHO / (0.25 * np.pi * PIPE["diameter"] ** 2)
    Re = RHO * v * PIPE["diameter"] / MU
    f = colebrook(Re, PIPE["roughness"] / PIPE["diameter"])[0]
    expected = (f * PIPE["length"] / PIPE["diameter"] + PIPE["loss"]) * 0.5 * RHO * v**2
    assert drop_and_slope(element("pipe"), m)[0] == pytest.approx(expected, rel=1e-12)


def test_elements_with_published_data_give_it_back() -> None:
    rho, mu = FLUID["density"], FLUID["viscosity"]
    Q = 1.5e-4
    assert drop_and_slope(element("resistance"), rho * Q, rho, mu)[0] == pytest.approx(2e8 * Q + 1e12 * Q**2)
    assert drop_and_slope(element("power"), rho * Q, rho, mu)[0] == pytest.approx(3e10 * Q**1.6)
    for flow, drop in zip(FLOW, DROP, strict=True):
        assert drop_and_slope(element("table"), rho * flow, rho, mu)[0] == pytest.approx(drop)


@pytest.mark.parametrize("name", ["resistance", "power", "table"])
def test_data_move_to_another_coolant_by_similarity(name: str) -> None:
    # equal Reynolds numbers give equal Euler numbers: Δp ρ/μ² is one function of ṁ/μ
    network = element(name)
    m = 0.12
    first = drop_and_slope(network, m, 998.0, 1.0e-3)[0] * 998.0 / 1.0e-3**2
    second = drop_and_slope(network, 1.7 * m, 1030.0, 1.7e-3)[0] * 1030.0 / 1.7e-3**2
    assert second == pytest.approx(first, rel=1e-12)
    wrong = drop_and_slope(network, 1.7 * m, 1030.0, 1.72e-3)[0] * 1030.0 / 1.7e-3**2
    assert wrong != pytest.approx(first, rel=1e-4)


def test_data_without_a_fluid_are_used_as_they_are() -> None:
    builder = NetworkBuilder()
    builder.node("a")
    builder.node("b")
    builder.resistance("x", 0, 1, linear=2e8)
    for rho, mu in ((998.0, 1e-3), (1030.0, 5e-3)):
        assert drop_and_slope(builder.build(), rho * 1e-4, rho, mu)[0] == pytest.approx(2e4)


@pytest.mark.parametrize("name", ["pump", "pump table"])
def test_pumps_follow_the_affinity_laws(name: str) -> None:
    full, half = NetworkBuilder(), NetworkBuilder()
    for builder, speed in ((full, 1.0), (half, 0.5)):
        builder.node("a")
        builder.node("b")
        head = (9e4, -1e7, -4e11) if name == "pump" else (FLOW - FLOW[0], HEAD)
        builder.pump("x", 0, 1, head=head, limit=2.5e-4, speed=speed)
    for Q in (0.0, 0.3e-4, 1.3e-4, 2.4e-4, 4.0e-4):
        at_full = drop_and_slope(full.build(), RHO * Q)[0]
        assert drop_and_slope(half.build(), 0.5 * RHO * Q)[0] == pytest.approx(at_full / 4.0, rel=1e-9)
        assert drop_and_slope(half.build(), 0.5 * RHO * Q)[0] != pytest.approx(at_full / 2.0, rel=1e-9)


def test_copies_multiply_the_flow() -> None:
    assert drop_and_slope(element("pipe", 4.0), 0.05)[0] == drop_and_slope(element("pipe"), 0.2)[0]
    assert drop_and_slope(element("pipe", 4.0), 0.05)[1] == 4.0 * drop_and_slope(element("pipe"), 0.2)[1]


def test_a_riser_weighs_its_column() -> None:
    builder = NetworkBuilder()
    builder.node("floor", 0.0)
    builder.node("top", 2.0)
    builder.pipe("riser", 0, 1, **PIPE)
    assert drop_and_slope(builder.build(), 0.0)[0] == pytest.approx(RHO * GRAVITY * 2.0)


def test_a_closed_branch_is_left_alone() -> None:
    network = element("pipe")
    laws = coefficients(network, np.array([RHO]), np.array([MU]))
    drop, slope = np.full(1, 7.0), np.full(1, 7.0)
    pressure_drops(laws, network.curves, network.channels, np.zeros(1, np.bool_), np.array([1.0]), drop, slope)
    assert drop[0] == slope[0] == 7.0
