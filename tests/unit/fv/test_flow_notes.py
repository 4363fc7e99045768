"""What is noted of a flow: fluid that comes in through outlets; warned of alike by steady flow and flow in time."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from thermal.errors import InputError, RangeWarning
from thermal.fv import Box, ConductionProblem, FlowField, FlowProblem, Grid, march_flow, solve_flow
from thermal.fv.flow_notes import RETURNED, _percent, noted, outlet_notes, returned

LONG, SHORT = 0.2, 0.03


def step(length: float) -> FlowProblem:
    """A backward-facing step, Reynolds number 200 on the inlet's height, cut off behind it."""
    grid = Grid.uniform((length, 0.02, 0.001), (round(length / 1.25e-3), 16, 1))
    problem = FlowProblem(grid, density=1000.0, viscosity=1e-3, least_cells=1)
    problem.block(Box(x=(0.0, 0.01), y=(0.0, 0.01)))
    problem.inlet("x_min", velocity=0.02, box=Box(y=(0.01, 0.02)))
    problem.outlet("x_max")
    return problem


def solved(problem: FlowProblem) -> FlowField:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RangeWarning)
        return solve_flow(problem)


@pytest.fixture(scope="module")
def cut_short() -> FlowField:
    return solved(step(SHORT))


def test_the_share_of_the_flow_that_comes_back_in_is_told(cut_short: FlowField) -> None:
    through = cut_short.u[0, :, -1]
    share = -through[through < 0.0].sum() / through.sum()
    back = share / (1.0 + share)  # of what comes in through inlet and outlet
    assert back > 1e-3
    assert returned(cut_short) == {"x_max": pytest.approx(back, rel=1e-9)}
    (note,) = (note for note in cut_short.notes if "through the outlet" in note)
    assert note.startswith(f"{100.0 * back:.2g} % of the flow comes in through the outlet at x_max")
    assert f"{101.0 * back:.3g}" not in note


def test_an_outlet_that_only_lets_out_is_not_told_of() -> None:
    field = solved(step(LONG))
    assert returned(field) == {}
    assert outlet_notes(field) == {}


def test_rounding_is_not_told_of(cut_short: FlowField) -> None:
    share = returned(cut_short)["x_max"]
    u = cut_short.u.copy()
    u[..., -1] = np.where(u[..., -1] < 0.0, 0.5 * RETURNED / share * u[..., -1], u[..., -1])
    field = FlowField(cut_short.input, u, cut_short.v, cut_short.w, cut_short.p)
    assert 0.0 < returned(field)["x_max"] < RETURNED
    assert outlet_notes(field) == {}


def test_with_heat_what_comes_back_in_needs_a_temperature(cut_short: FlowField) -> None:
    problem = ConductionProblem(cut_short.grid, conductivity=0.6)
    velocity = cut_short.velocity
    with pytest.raises(InputError, match=r"come in on x_max without one; add inlet_temperature\['x_max'\], that of"):
        problem.carry(*velocity, heat_capacity=4e6, inlet_temperature={"x_min": 300.0})
    problem.carry(*velocity, heat_capacity=4e6, inlet_temperature={"x_min": 300.0, "x_max": 310.0})
    assert problem.carried is not None
    assert problem.carried.inlet_range == (300.0, 310.0)


def fast(speed: float) -> FlowProblem:
    """Water between plates 20 mm apart; turbulent at 1 m/s."""
    grid = Grid.uniform((0.2, 0.02, 0.02), (8, 6, 1))
    problem = FlowProblem(grid, density=1000.0, viscosity=1e-3, least_cells=1, scheme="upwind")
    problem.inlet("x_min", velocity=speed)
    problem.outlet("x_max")
    return problem


def test_steady_flow_and_flow_in_time_warn_in_the_same_way() -> None:
    with pytest.warns(RangeWarning) as steady:
        field = solve_flow(fast(1.0))
    assert [str(one.message) for one in steady] == list(field.notes)
    with pytest.warns(RangeWarning) as marched:
        fields = list(march_flow(fast(1.0), step=2e-3, end=0.02, every=2))
    assert [str(one.message) for one in marched] == list(fields[0].notes)
    assert all(len(one.notes) == 1 for one in (field, *fields))
    assert {one.filename for one in (*steady, *marched)} == {__file__}
    assert field.notes[0].split(":")[1:] == fields[-1].notes[0].split(":")[1:]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        *_, slow = march_flow(fast(0.01), step=0.2, end=0.4)
    assert slow.notes == ()


def test_a_kind_of_note_is_warned_of_once(cut_short: FlowField) -> None:
    told = {"expansion"}
    with pytest.warns(RangeWarning) as found:
        field = noted(cut_short, depth=1, told=told)
    assert [str(one.message) for one in found] == [field.notes[-1]]
    assert told == {"expansion", "outlet"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert noted(cut_short, depth=1, told=told).notes == field.notes


def test_nearly_all_of_the_flow_is_told_in_plain_digits() -> None:
    assert [_percent(share) for share in (0.0123, 0.996, 1.0)] == ["1.2 %", "100 %", "100 %"]
