"""What every field with coolant obeys: agreement with elimination, conservation along each stream, symmetry."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from thermal.fv import Box, ConductionProblem, Field, Grid, solve
from thermal.fv.assemble import assemble
from thermal.fv.coolant import ChannelZone, response
from thermal.fv.layout import by_rows
from thermal.numerics.multigrid import Stencil

DIRECTIONS = ["y_max", "y_min", "split"]


@pytest.mark.parametrize("seed", range(12))
def test_multigrid_and_elimination_agree(seed: int, direct, make_coolant) -> None:
    problem = make_coolant(seed, boundary=seed % 4 < 2)
    ours, theirs = solve(problem, 1e-11), solve(problem, solver=direct)
    spread = np.ptp(theirs.rise)
    np.testing.assert_allclose(ours.rise, theirs.rise, atol=1e-6 * spread)
    sabotaged = solve(problem, 1e-11, solver=lambda g, s: direct(g, s._replace(uptake=1.01 * s.uptake)))
    assert not np.allclose(sabotaged.rise, theirs.rise, rtol=0.0, atol=1e-6 * spread)


@pytest.mark.parametrize("seed", range(6))
def test_energy_is_conserved_to_rounding(seed: int, make_coolant) -> None:
    field = solve(make_coolant(seed, boundary=seed % 4 < 2))
    assert abs(field.energy.imbalance) < 1e-12
    assert len(field.energy.coolant) == 2
    outer = field.energy.source + sum(field.energy.sides.values()) - sum(field.energy.coolant)
    assert abs(outer) < 1e-12 * field.energy.entering
    assert abs(field.unbalanced) < 1e-6


def test_the_shift_tells_what_it_took_out(direct, make_coolant) -> None:
    """Coolant that takes up 1 % more in the solver than in the account, and a solver that stops at once."""
    wrong = solve(make_coolant(1), solver=lambda g, s: direct(g, s._replace(uptake=1.01 * s.uptake)))
    for field in (wrong, solve(make_coolant(1), 0.1)):
        assert abs(field.unbalanced) > 1e-4
        assert abs(field.energy.imbalance) < 1e-12
    assert abs(solve(make_coolant(1), solver=direct).unbalanced) < 1e-10


@pytest.mark.parametrize("seed", range(6))
def test_each_stream_and_each_cell_close(seed: int, direct, make_coolant) -> None:
    """Followed cell by cell in kelvin: enters at the inlet temperature, warms by its heat, hands on what it leaves."""
    problem = make_coolant(seed)
    field = solve(problem, solver=direct)
    received = sum(-np.diff(field.heat_flow(axis), axis=2 - axis) for axis in range(3))
    for heat in problem.heats:
        received[heat.cells] += heat.power
    for coolant in field.coolant:
        zone = coolant.zone
        flows = zone.capacity > 0.0
        gained = zone.capacity[:, None, :] * (coolant.leaving - coolant.entering)
        flowing = np.broadcast_to(flows[:, None, :], gained.shape)
        assert np.isnan(gained[~flowing]).all()
        np.testing.assert_allclose(gained[flowing], coolant.taken_up[flowing], atol=1e-9)
        for run in zone.runs:
            assert coolant.entering[:, run[0]][flows] == pytest.approx(coolant.inlet_temperature, rel=1e-14)
            np.testing.assert_allclose(coolant.entering[:, run[1:]], coolant.leaving[:, run[:-1]], rtol=1e-14)
        received[zone.cells] -= coolant.taken_up
        outlets = [(zone.capacity * out)[flows].sum() for out in coolant.outlets]
        assert coolant.outlet_temperature == pytest.approx(sum(outlets) / coolant.capacity_flow, rel=1e-12)
    np.testing.assert_allclose(received, 0.0, atol=1e-9 * field.energy.entering)
    assert np.abs(field.residual).max() < 1e-9 * field.energy.entering


def lopsided(direction: str, *, mirror: bool = False) -> Field:
    """A patch of heat off the middle under coolant of uneven flow."""
    rng = np.random.default_rng(4)
    y = np.concatenate([[0.0], np.cumsum(rng.uniform(0.5, 2.0, 10))]) * 1e-3
    y = np.concatenate([y, 2.0 * y[-1] - y[-2::-1]])
    k, heat = rng.uniform(20.0, 50.0, (2, 4, 20, 5))
    exchange = rng.uniform(1e7, 2e7, (2, 20, 5))
    if mirror:
        k, heat, exchange = (np.ascontiguousarray(np.flip(row, 1)) for row in (k, heat, exchange))
    grid = Grid.from_faces(np.arange(6) * 1e-3, y, np.arange(5) * 1e-3)
    problem = ConductionProblem(grid, k)
    problem.add_cell_heat(heat)
    flow = rng.uniform(0.5, 2.0, (2, 5))
    box = Box(z=(2e-3, 4e-3))
    problem.add_coolant(box, capacity_flow=flow, exchange=exchange, inlet_temperature=300.0, direction=direction)
    return solve(problem, 1e-12)


@pytest.mark.parametrize(("direction", "turned"), [("y_max", "y_min"), ("y_min", "y_max"), ("split", "split")])
def test_the_mirror_image_is_the_solution_of_the_mirrored_problem(direction: str, turned: str) -> None:
    plain, mirrored = lopsided(direction), lopsided(turned, mirror=True)
    np.testing.assert_allclose(np.flip(mirrored.rise, 1), plain.rise, atol=1e-8 * np.ptp(plain.rise))
    np.testing.assert_allclose(np.flip(mirrored.coolant[0].leaving, 1), plain.coolant[0].leaving, rtol=1e-10)
    assert not np.allclose(mirrored.rise, plain.rise, rtol=0.0, atol=1e-2 * np.ptp(plain.rise))


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_coolant_warms_along_its_way(direction: str) -> None:
    field = lopsided(direction)
    coolant = field.coolant[0]
    for run in coolant.zone.runs:
        assert (np.diff(coolant.entering[:, run], axis=1) > 0.0).all()
    assert coolant.heat == pytest.approx(field.system.source, rel=1e-12)
    assert coolant.outlet_temperature - 300.0 == pytest.approx(coolant.heat / coolant.capacity_flow, rel=1e-12)
    assert coolant.capacity_flow == pytest.approx(coolant.zone.capacity.sum() * (2 if direction == "split" else 1))


def test_without_heat_all_is_at_the_inlet_temperature_exactly() -> None:
    grid = Grid.uniform((0.01, 0.02, 0.003), (4, 6, 3))
    problem = ConductionProblem(grid, 30.0)
    given = {"exchange": 1e7, "inlet_temperature": 318.15}
    problem.add_coolant(Box(z=(0.002, 0.003)), capacity_flow=3.0, direction="split", **given)
    field = solve(problem)
    assert (field.temperature == 318.15).all()
    assert field.energy.imbalance == 0.0
    problem.set_convection("z_min", 500.0, 300.0)  # coolant as the only source of heat
    cooled = solve(problem)
    assert cooled.energy.entering == pytest.approx(-cooled.coolant[0].heat, rel=1e-12)
    assert cooled.energy.entering == pytest.approx(-cooled.energy.sides["z_min"], rel=1e-12)
    assert 300.0 < cooled.temperature.min() < cooled.coolant[0].outlet_temperature < 318.15


def test_a_common_offset_of_all_temperatures_is_the_offset_of_the_field(make_coolant) -> None:
    plain, warmer = make_coolant(1), make_coolant(1)
    warmer.zones[:] = [replace(zone, inlet_temperature=zone.inlet_temperature + 20.0) for zone in warmer.zones]
    for conditions in warmer.conditions.values():
        conditions[:] = [c._replace(temperature=c.temperature + 20.0) for c in conditions]
    difference = solve(warmer, 1e-12).temperature - solve(plain, 1e-12).temperature
    np.testing.assert_allclose(difference, 20.0, atol=1e-7)


def test_the_answer_of_coolant_to_one_kelvin(make_coolant) -> None:
    """What `response` says in closed form is what a march through a field of ones takes up."""
    system = assemble(make_coolant(2))
    assert system.streams is not None
    one = Field(system, np.ones(system.grid.shape), 0, ())
    inlet = [zone.inlet_temperature - system.reference for zone in system.zones]
    assert inlet == [0.0, 0.0]
    layers = [zone.cells[0].start - system.streams.first for zone in system.zones]
    for zone, coolant, first in zip(system.zones, one.coolant, layers, strict=True):
        uptake = system.streams.uptake[first : first + zone.capacity.shape[0], :, zone.cells[2]]
        assert response(zone, uptake) == pytest.approx(coolant.heat, rel=1e-12)
        assert response(zone, 1.01 * uptake) != pytest.approx(coolant.heat, rel=1e-6)


def test_capacity_flow_is_spread_by_area() -> None:
    grid = Grid.from_faces([0, 1, 3.0], [0, 1.0, 2.0], [0, 1.0, 1.5, 3.0])
    problem = ConductionProblem(grid, 1.0)
    given = {"exchange": 2.0, "inlet_temperature": 300.0, "direction": "y_max"}
    problem.add_coolant(Box(z=(1.0, 3.0)), capacity_flow=12.0, **given)
    assert problem.zones[0].capacity == pytest.approx(np.array([[1.0, 2.0], [3.0, 6.0]]))
    streams = assemble(problem).streams
    assert streams is not None
    assert (streams.first, streams.capacity.shape, list(streams.step)) == (1, (2, 2, 2), [1, 1])
    assert streams.uptake[1, 0] == pytest.approx(1.0 - math.exp(-2.0 * 1.5 / 3.0))


def test_zones_in_different_layers_leave_zeros_between() -> None:
    """A stream runs through all rows of its run, as the solver asks for, but takes up heat in its zone only."""
    grid = Grid.uniform((2.0, 4.0, 5.0), (2, 4, 5))
    problem = ConductionProblem(grid, 1.0)
    given = {"exchange": 2.0, "inlet_temperature": 300.0, "direction": "y_min"}
    problem.add_coolant(Box((0.0, 1.0), (0.0, 2.0), (4.0, 5.0)), capacity_flow=1.0, **given)
    problem.add_coolant(Box((1.0, 2.0), (1.0, 4.0), (1.0, 2.0)), capacity_flow=2.0, **given)
    streams = assemble(problem).streams
    assert streams is not None
    assert (streams.first, list(streams.step)) == (1, [-1, -1, -1, -1])
    expected = np.zeros((4, 4, 2))
    expected[3, :, 0], expected[0, :, 1] = 1.0, 2.0
    np.testing.assert_array_equal(streams.capacity, expected)
    expected[3, 2:, 0], expected[0, 0, 1] = 0.0, 0.0
    np.testing.assert_array_equal(streams.uptake > 0.0, expected > 0.0)


@pytest.mark.parametrize("inlets", [(300.0, 300.0, 300.0), (300.0, 320.0, 310.0)])
def test_zones_of_different_length_and_inlet(direct, inlets: tuple[float, ...]) -> None:
    """Side by side, one longer than the other, and two that meet head on in one column."""
    grid = Grid.uniform((6e-3, 10e-3, 4e-3), (6, 10, 4))
    problem = ConductionProblem(grid, 50.0)
    problem.add_heat(Box(z=(0.0, 1e-3)), 100.0)
    near, far = Box((0.0, 2e-3), (0.0, 4e-3), (2e-3, 4e-3)), Box((4e-3, 6e-3), (2e-3, 8e-3), (1e-3, 3e-3))
    last = far._replace(y=(8e-3, 10e-3))
    for box, flow, inlet, way in zip(
        (near, far, last), (2.0, 3.0, 1.0), inlets, ("y_max", "y_max", "y_min"), strict=True
    ):
        problem.add_coolant(box, capacity_flow=flow, exchange=1e7, inlet_temperature=inlet, direction=way)
    ours, theirs = solve(problem, 1e-11), solve(problem, solver=direct)
    np.testing.assert_allclose(ours.rise, theirs.rise, atol=1e-8 * np.ptp(theirs.rise))
    assert sum(ours.energy.coolant) == pytest.approx(100.0, rel=1e-12)
    assert [coolant.entering[0, run[0], 0] for coolant in ours.coolant for run in coolant.zone.runs] == list(inlets)


def test_uptake_of_channels_joins_its_series() -> None:
    """1/(1/(1 − exp(−N)) − 1/N) falls from 2 to 1 without a step where the series takes over."""
    grid = Grid.uniform((1.0, 1.0, 1.0), (1, 1, 1))
    wet, film = np.ones((1, 1), bool), np.zeros((1, 1, 1))
    ties = np.array([0.0, 1e-12, 1e-4, 0.0099999999, 0.0100000001, 0.1, 1.0, 30.0, 1e6])
    found = []
    for G in ties:
        zone = ChannelZone((slice(0, 1),) * 3, np.ones((1, 1)), np.ones(1, np.int8), 300.0, wet, (film, film, film))
        zero = np.zeros((1, 1, 1))
        found.append(float(zone.uptake(grid, Stencil(zero, zero, zero, np.full((1, 1, 1), G)))[0, 0, 0]))
    assert found[0] < 2.0
    assert found[2] == pytest.approx(1.0 / (0.5 + 1e-4 / 12.0), rel=1e-13)
    assert found[3] == pytest.approx(found[4], rel=1e-10)
    assert found[6] == pytest.approx(1.0 / (1.0 / (1.0 - math.exp(-1.0)) - 1.0), rel=1e-13)
    assert found[-1] == pytest.approx(1.0 + 1e-6, rel=1e-9)
    assert (np.diff(found) <= 0.0).all()


def test_the_solver_need_not_copy_the_operator(make_coolant) -> None:
    system = assemble(make_coolant(0))
    assert system.streams is not None
    for array in (*system.stencil, system.rhs, system.streams.capacity, system.streams.uptake):
        assert np.shares_memory(by_rows(array), array)
