"""Where the pressure goes: the steps along one way add up to the rack's pressure drop."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from thermal.correlations.coolant import density
from thermal.rack.loader import load_rack
from thermal.rack.schema import Rack
from thermal.simulation.coolant_state import coolant_state
from thermal.simulation.pressure_path import BUOYANCY, pressure_path
from thermal.simulation.steady import Solved, solve

Bench = Callable[..., Rack]
GRAVITY = 9.80665


def path_of(rack: Rack) -> tuple[Solved, list[Any]]:
    solved = solve(rack)
    return solved, pressure_path(solved, coolant_state(solved))


def check_sum(steps: Sequence[Any], drop: float) -> None:
    assert sum(step["pressure_drop_kPa"] for step in steps) == pytest.approx(drop / 1e3, rel=1e-9)


def test_on_the_bench_the_numbers_are_those_on_paper(bench: Bench) -> None:
    """A tray of 2 L/min takes 4 kPa in its gate and 11.1 kPa in its plate; a constant density weighs nothing."""
    solved, steps = path_of(bench())
    assert solved.loop is not None
    assert [step["what"] for step in steps] == ["valve", "cold plate"]
    assert [step["part"] for step in steps] == ["gate", "plate"]
    assert steps[1]["path"] == "compute[1]/plate"
    flow = 2e-3 / 60.0
    assert steps[0]["pressure_drop_kPa"] == pytest.approx(4.0, rel=2e-3)
    assert steps[1]["pressure_drop_kPa"] == pytest.approx(1e13 * flow**2 / 1e3, rel=1e-9)
    check_sum(steps, solved.loop.pressure_drop)


@pytest.mark.parametrize("name", ["gb300_nvl72", "vr200_nvl144_cpx", "hgx_h100_liquid", "asic_liquid"])
def test_the_steps_follow_the_flow_and_add_up(name: str) -> None:
    """What is left over is the difference in weight of the columns, worked out here from densities and heights."""
    rack = load_rack(name)
    solved, steps = path_of(rack)
    loop, assembly = solved.loop, solved.assembly
    assert loop is not None
    check_sum(steps, loop.pressure_drop)
    index = {element.path: e for e, element in enumerate(assembly.elements)}
    branch = {int(e): b for b, e in enumerate(loop.part.elements)}
    here, weight = assembly.supply_port, 0.0
    for step in steps[:-1]:
        element = assembly.elements[index[step["path"]]]
        assert element.start == here
        here = element.end
        rise = assembly.nodes[element.end].height - assembly.nodes[element.start].height
        mean = 0.5 * (loop.temperatures.inlet + loop.temperatures.outlet)[branch[index[step["path"]]]]
        weight += GRAVITY * density(loop.fluid, mean) * rise
        assert step["pressure_drop_kPa"] > 0.0
    assert here == assembly.return_port
    ports = assembly.nodes[assembly.return_port].height - assembly.nodes[assembly.supply_port].height
    weight -= GRAVITY * density(loop.fluid, loop.supply) * ports
    assert steps[-1]["what"] == BUOYANCY
    assert steps[-1]["pressure_drop_kPa"] == pytest.approx(weight / 1e3, abs=1e-6)
    with pytest.raises(AssertionError):
        check_sum(steps[1:], loop.pressure_drop)  # a branch left out shows


def test_the_way_leads_through_the_plate_of_the_least_margin() -> None:
    solved, steps = path_of(load_rack("gb300_nvl72"))
    device = solved.assembly.devices[int(np.nanargmin(solved.chips.limit - solved.chips.junction))]
    assert device.element is not None
    assert solved.assembly.elements[device.element].path in [step["path"] for step in steps]
    headers, hoses, plates = (("supply", "return"), ("rack", "tray"), ("GPU", "CPU"))
    expected = {f"{a} manifold" for a in headers} | {f"{a} hose" for a in hoses} | {f"{a} plate" for a in plates}
    assert {step["what"] for step in steps} == expected | {"quick disconnect", BUOYANCY}


def test_coolant_that_flows_against_the_drawing_is_followed_too(bench: Bench) -> None:
    """A branch drawn from return to supply has a negative flow and a negative drop; its step is positive."""
    solved = solve(bench())
    state = coolant_state(solved)
    rows = [state.branch_paths.index(f"compute[1]/{name}") for name in ("gate", "plate")]
    flow, drop = state.mass_flow.copy(), state.pressure_drop.copy()
    flow[rows], drop[rows] = -flow[rows], -drop[rows]
    turned = copy.copy(state)
    object.__setattr__(turned, "mass_flow", flow)
    object.__setattr__(turned, "pressure_drop", drop)
    elements = tuple(
        type(e)(e.path, e.part, e.end, e.start, e.tray, e.role, e.length) if e.path.startswith("compute[1]") else e
        for e in solved.assembly.elements
    )
    object.__setattr__(solved.assembly, "elements", elements)
    steps = pressure_path(solved, turned)
    assert [step["part"] for step in steps] == ["gate", "plate"]
    assert all(step["pressure_drop_kPa"] > 0.0 for step in steps)


def test_a_rack_in_air_has_no_way(bench: Bench) -> None:
    assert path_of(load_rack("hgx_h100_air"))[1] == []


def test_a_plate_without_flow_is_passed_over(bench: Bench) -> None:
    """With both gates closed nothing flows anywhere, with one closed the other tray is taken."""
    solved = solve(bench())
    state = coolant_state(solved)
    for trays, expected in (
        (["compute[1]"], ["compute[2]/gate", "compute[2]/plate"]),
        (["compute[1]", "compute[2]"], []),
    ):
        flow = state.mass_flow.copy()
        for row, path in enumerate(state.branch_paths):
            if path.partition("/")[0] in trays:
                flow[row] = 0.0
        still = copy.copy(state)
        object.__setattr__(still, "mass_flow", flow)
        assert [step["path"] for step in pressure_path(solved, still) if step["part"]] == expected
