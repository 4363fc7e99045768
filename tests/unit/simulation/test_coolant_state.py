"""State of rack and cooling unit together: flows, pressures and temperatures that fit at the seams."""

from __future__ import annotations

from collections.abc import Callable
from math import pi

import numpy as np
import pytest

from thermal.rack.bundled import bundled
from thermal.rack.loader import load_rack
from thermal.rack.schema import Rack
from thermal.simulation.coolant_state import CoolantState, coolant_state
from thermal.simulation.steady import Solved, solve

Bench = Callable[..., Rack]

L_MIN = 1e-3 / 60
CELSIUS = 273.15
WET = [name for name in bundled("racks") if name != "hgx_h100_air"]
CONTROLS = ["{kind: flow, value: 4 L/min}", "{kind: pump_speed, value: 0.5578086678059954}"]  # the same state


def states(rack: Rack) -> tuple[Solved, CoolantState]:
    solved = solve(rack)
    return solved, coolant_state(solved)


def at(state: CoolantState, path: str) -> int:
    return state.branch_paths.index(path)


@pytest.mark.parametrize("control", CONTROLS, ids=["flow", "pump_speed"])
def test_pressure_goes_round_the_loop(bench: Bench, control: str) -> None:
    """200 kPa back, up by the pump to 215.1, down through gate (4.0) and plate (11.1)."""
    rack = bench(coolant__control=control)
    _, state = states(rack)
    drops = dict(zip(state.branch_paths, state.pressure_drop, strict=True))
    assert drops["cdu/pump"] == pytest.approx(-15115.05, rel=1e-6)
    assert drops["cdu/swap"] == pytest.approx(0.0, abs=1e-6)
    # the lower tray's middle is 25 mm above the ports: the column's weight is in the pressures, not in the drops
    assert drops["compute[1]/gate"] == pytest.approx(4003.94, rel=1e-5)
    assert drops["compute[1]/plate"] == pytest.approx(11111.11, rel=1e-6)
    nodes = dict(zip(state.node_paths, state.pressure, strict=True))
    assert nodes["return_port"] == pytest.approx(200e3, rel=1e-12)
    assert nodes["supply_port"] == pytest.approx(215115.05, rel=1e-7)


@pytest.mark.parametrize("control", CONTROLS, ids=["flow", "pump_speed"])
def test_the_exchanger_cools_and_the_pump_passes_on(bench: Bench, control: str) -> None:
    """Return water up to the exchanger, supply water from there, whatever the control."""
    solved, state = states(bench(coolant__control=control))
    assert solved.loop is not None
    swap, pump = at(state, "cdu/swap"), at(state, "cdu/pump")
    assert state.inlet[swap] == pytest.approx(solved.loop.back, abs=1e-9)
    assert state.outlet[swap] == pytest.approx(303.15, abs=1e-9)
    assert state.inlet[pump] == pytest.approx(303.15, abs=1e-9)
    assert state.outlet[pump] == pytest.approx(303.15, abs=1e-9)
    temperatures = dict(zip(state.node_paths, state.temperature, strict=True))
    assert temperatures["supply_port"] == pytest.approx(303.15, abs=1e-9)
    assert temperatures["return_port"] == pytest.approx(solved.loop.back, abs=1e-9)


def test_velocity_and_reynolds_number_by_hand(bench: Bench) -> None:
    """2 L/min through 10 mm of plain coolant: 0.424 m/s, Re = 4244."""
    rack = bench(parts__plate__inner_diameter="10 mm")
    _, state = states(rack)
    plate = at(state, "compute[2]/plate")
    speed = 2 * L_MIN / (0.25 * pi * 0.01**2)
    assert state.velocity[plate] == pytest.approx(speed, rel=1e-9)
    assert state.reynolds[plate] == pytest.approx(1000 * speed * 0.01 / 1e-3, rel=1e-9)
    assert state.volume_flow[plate] == pytest.approx(2 * L_MIN, rel=1e-9)
    assert np.isnan(state.velocity[at(state, "compute[2]/gate")])


def test_a_shared_unit_shows_one_racks_flow_and_the_velocity_of_all(bench: Bench) -> None:
    filtered = (
        "{series: [swap, pump]}",
        "{series: [swap, {part: tube}, pump]}",
    )
    tube = ("  gate:", "  tube: {kind: pipe, length: 0.1 m, inner_diameter: 10 mm}\n  gate:")
    values = {"cdu__racks_served": "2", "coolant__control": "{kind: flow, value: 3 L/min}"}
    _, state = states(bench(filtered, tube, **values))
    b = at(state, "cdu/tube")
    assert state.volume_flow[b] == pytest.approx(3 * L_MIN, rel=1e-9)
    assert state.velocity[b] == pytest.approx(6 * L_MIN / (0.25 * pi * 0.01**2), rel=1e-9)


@pytest.mark.parametrize("name", WET)
def test_trays_fit_the_headers(name: str) -> None:
    """Flows of trays add up to the rack's; each tray's heat is its flow times its temperature rise."""
    solved, state = states(load_rack(name))
    assert solved.loop is not None
    assert set(state.trays) == {tray.path for tray in solved.assembly.trays if tray.start >= 0}
    mass = sum(state.mass_flow[i] for i, p in enumerate(state.branch_paths) if p.endswith("/inlet_coupling"))
    assert mass == pytest.approx(solved.loop.mass_flow, rel=1e-9)
    for path, tray in state.trays.items():
        heat = sum(d.power for d in solved.assembly.devices if d.tray == path and d.element is not None)
        rise = tray["return_temperature"] - tray["supply_temperature"]
        rho_cp = 4.04e6  # PG25 and its like between 40 and 60 °C, within 2 %
        assert tray["volume_flow"] * rho_cp * rise == pytest.approx(heat, rel=0.03), path
        assert tray["pressure_drop"] > 0.0


@pytest.mark.parametrize("name", WET)
def test_temperature_rises_along_the_coolants_way(name: str) -> None:
    """No element of the rack cools the coolant, none boils it, and friction alone never warms it by 0.1 K."""
    _, state = states(load_rack(name))
    inside = np.array([role != "cdu" for role in state.branch_roles])
    rise = (state.outlet - state.inlet)[inside]
    assert rise.min() > -1e-9
    unheated = state.heat[inside] == 0.0
    assert rise[unheated].max() < 0.1
    assert rise[~unheated].min() > 0.1


def test_air_cooled_rack_has_an_empty_state() -> None:
    _, state = states(load_rack("hgx_h100_air"))
    assert state.branch_paths == ()
    assert np.isnan(state.tray("system[1]")["volume_flow"])
