"""Heat of a flow into which mass is put and from which it is taken, against exact solutions."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.errors import InputError
from thermal.fv import Box, ConductionProblem, Field, FlowProblem, Grid, solve, solve_flow
from thermal.fv.conjugate import CarryScheme

RHO, C = 1000.0, 4.0
HEAT = 1e5
INLET, PUT_IN = 300.0, 350.0
Floats = NDArray[np.float64]


def stream(share: float, cells: int, scheme: CarryScheme = "linear_upwind", *, off: float = 1.0) -> Field:
    """1 m/s through 1 m of duct that hardly conducts, evenly heated; `share` of the inflow is put in along it."""
    x = np.linspace(0.0, 1.0, cells + 1) ** 1.2
    grid = Grid.from_faces(x, np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    flow = FlowProblem(grid, density=RHO, viscosity=1e-9, least_cells=1)
    flow.inlet("x_min", velocity=1.0)
    flow.outlet("x_max")
    flow.add_mass(Box(), share * RHO)
    found = solve_flow(flow)
    assert found.input.mass is not None
    problem = ConductionProblem(grid, conductivity=1e-9)
    problem.add_heat(Box(), HEAT)
    problem.carry(
        *found.velocity,
        heat_capacity=RHO * C,
        inlet_temperature={"x_min": INLET, "cells": INLET + off * (PUT_IN - INLET)},
        scheme=scheme,
        sources=found.input.mass / RHO,
    )
    return solve(problem, 1e-11)


def exact(share: float, x: Floats) -> Floats:
    """With m = 1 + share x of the inflow: d(m T)/dx = Q/(ρ c) + share T_in for sources, m dT/dx = Q/(ρ c) for sinks."""
    left = 1.0 + share * x
    rise = HEAT / (RHO * C)
    if share < 0.0:
        return np.asarray(INLET + rise * np.log(left) / share)
    return np.asarray(INLET + (rise + share * (PUT_IN - INLET)) * x / left)


def error(field: Field, share: float) -> float:
    """Largest, over the rise at the outlet."""
    x = field.grid.centres.x
    rise = float(exact(share, np.array([1.0]))[0]) - INLET
    return float(np.abs(field.temperature[0, 0] - exact(share, x)).max() / rise)


@pytest.mark.parametrize("share", [1.5, -0.7], ids=["put in", "taken out"])
@pytest.mark.parametrize("scheme", ["linear_upwind", "central", "bounded"])
def test_temperatures_converge_at_second_order(share: float, scheme: CarryScheme) -> None:
    coarse, fine = (error(stream(share, cells, scheme), share) for cells in (40, 80))
    assert fine < 1.5e-3
    assert np.log2(coarse / fine) > 1.7


def test_a_source_of_one_percent_another_temperature_is_seen() -> None:
    assert error(stream(1.5, 80), 1.5) < 1.5e-3 < error(stream(1.5, 80, off=1.01), 1.5)


@pytest.mark.parametrize("share", [1.5, -0.7], ids=["put in", "taken out"])
def test_the_account_is_exact(share: float) -> None:
    """All heat leaves with the flow, the mean of what leaves included that by cells."""
    field = stream(share, 20)
    account = field.energy
    assert account.coolant == pytest.approx((HEAT,), rel=1e-12)
    assert abs(account.imbalance) < 1e-13
    assert abs(field.residual).max() < 1e-7 * HEAT
    come = 1.0 + max(share, 0.0)
    mixed = INLET + (HEAT / (RHO * C) + max(share, 0.0) * (PUT_IN - INLET)) / come
    assert field.outlet_temperature == pytest.approx(mixed, rel=1e-12)


@pytest.mark.parametrize("scheme", ["upwind", "bounded"])
def test_flow_from_one_cell_to_the_next_takes_what_was_put_in(scheme: CarryScheme) -> None:
    """No sides let anything through: 2 kg/s put into one cell, as much taken out of the next."""
    grid = Grid.uniform((2.0, 1.0, 1.0), (2, 1, 1))
    sources = np.array([[[2.0, -2.0]]]) / RHO
    u = np.zeros((1, 1, 3))
    u[0, 0, 1] = 2.0 / RHO
    problem = ConductionProblem(grid, conductivity=1e-9)
    problem.add_heat(Box(x=(1.0, 2.0)), 80.0)
    problem.carry(u, heat_capacity=RHO * C, inlet_temperature=320.0, sources=sources, scheme=scheme)
    field = solve(problem, 1e-12)
    assert field.temperature[0, 0] == pytest.approx([320.0, 320.0 + 80.0 / (2.0 * C)], rel=1e-9)
    assert field.outlet_temperature == pytest.approx(330.0, rel=1e-9)


def test_what_does_not_fit_is_told() -> None:
    grid = Grid.uniform((2.0, 1.0, 1.0), (2, 1, 1))
    problem = ConductionProblem(grid, conductivity=1.0)
    u = np.array([[[1.0, 1.0, 0.5]]])
    with pytest.raises(InputError, match="give what is put into cells or taken out of them as `sources`"):
        problem.carry(u, heat_capacity=4e6, inlet_temperature=300.0)
    with pytest.raises(InputError, match="make velocities and `sources` balance"):
        problem.carry(u, heat_capacity=4e6, inlet_temperature=300.0, sources=np.array([[[0.0, 0.5]]]))
    with pytest.raises(InputError) as told:
        problem.carry(u, heat_capacity=-1.0, inlet_temperature=300.0, sources=np.zeros(2))
    assert {one.path for one in told.value.problems} == {"heat_capacity", "sources"}
    with pytest.raises(InputError, match=r"W/K are put into cells without one; add inlet_temperature\['cells'\]"):
        problem.carry(u[..., ::-1], heat_capacity=4e6, inlet_temperature={"x_min": 300.0}, sources=[[[0.5, 0.0]]])
    problem.carry(u, heat_capacity=4e6, inlet_temperature={"x_min": 300.0}, sources=[[[0.0, -0.5]]])
