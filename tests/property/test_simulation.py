"""What must hold of any run of a rack: monotone in temperature and power, heat conserved."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from thermal.correlations.coolant import enthalpy
from thermal.rack.loader import load_rack, with_value
from thermal.rack.schema import Rack
from thermal.simulation.coolant_state import coolant_state
from thermal.simulation.steady import Solved, solve

L_MIN = 1e-3 / 60
few = settings(max_examples=12, deadline=None)

CONTROL = {"coolant.control": "{kind: flow, value: 119 L/min}"}
# without its cooling unit, so that no pump or exchanger sets an end to what is tried
FLOW = load_rack("gb300_nvl72", CONTROL).model_copy(update={"cdu": None, "facility": None})
PACKAGES = (
    "b300",
    "grace",
    "nvswitch_gb",
    "cx8",
    "bluefield3",
    "gb300_tray_rest",
    "switch_tray_rest",
    "power_shelf_loss",
)
supplies = st.floats(15.0, 50.0)
flows = st.floats(60.0, 240.0)


def at(rack: Rack, supply: float, flow: float = 119.0) -> Solved:
    rack = with_value(rack, "coolant.supply_temperature", supply + 273.15)
    return solve(with_value(rack, "coolant.control.value", flow * L_MIN))


@few
@given(supply=supplies, step=st.floats(0.5, 10.0), flow=flows)
def test_junctions_rise_with_the_supply_temperature(supply: float, step: float, flow: float) -> None:
    """Each device on a plate becomes warmer, by the step within the few per cent that properties change."""
    cold, warm = at(FLOW, supply, flow), at(FLOW, supply + step, flow)
    known = np.isfinite(cold.chips.inlet) & np.isfinite(cold.chips.junction)
    rise = (warm.chips.junction - cold.chips.junction)[known]
    assert rise.min() > 0.0
    np.testing.assert_allclose(rise, step, rtol=0.05, atol=0.02)
    in_air = np.isfinite(cold.chips.air) & np.isfinite(cold.chips.junction)
    np.testing.assert_array_equal(warm.chips.junction[in_air], cold.chips.junction[in_air])


@few
@given(power=st.floats(300.0, 1500.0), factor=st.floats(1.01, 1.3))
def test_margin_falls_with_power(power: float, factor: float) -> None:
    path = "parts.b300.power.tdp"
    less, more = (at(with_value(FLOW, path, p), 40.0) for p in (power, factor * power))
    gpus = [d for d, device in enumerate(less.assembly.devices) if device.package == "b300"]
    rises = [(s.chips.junction[gpus] - s.chips.inlet[gpus]) for s in (less, more)]
    np.testing.assert_allclose(rises[1] / rises[0], factor, rtol=5e-3)
    margins = [float((s.chips.limit - s.chips.junction)[gpus].min()) for s in (less, more)]
    assert margins[1] < margins[0] - 0.9 * (factor - 1) * power * 0.03


@few
@given(flow=flows, factor=st.floats(1.05, 1.5))
def test_more_flow_costs_pressure_and_buys_margin(flow: float, factor: float) -> None:
    """Pressure drop between the first and the second power of flow; no device becomes hotter."""
    slow, fast = at(FLOW, 40.0, flow), at(FLOW, 40.0, flow * factor)
    assert slow.loop is not None
    assert fast.loop is not None
    ratio = fast.loop.pressure_drop / slow.loop.pressure_drop
    assert factor < ratio < factor**2 * 1.01
    known = np.isfinite(slow.chips.inlet) & np.isfinite(slow.chips.junction)
    assert np.all(fast.chips.junction[known] < slow.chips.junction[known])
    shares = [s.loop.flow.mass_flow / s.loop.mass_flow for s in (slow, fast) if s.loop is not None]
    assert np.abs(shares[1] - shares[0]).max() < 0.05


@few
@given(powers=st.lists(st.floats(0.0, 1.2), min_size=len(PACKAGES), max_size=len(PACKAGES)), supply=supplies)
def test_heat_is_conserved_for_any_powers(powers: list[float], supply: float) -> None:
    """Whatever the devices draw, it leaves with coolant and air; enthalpy between the ports is heat and friction."""
    rack = FLOW
    for name, factor in zip(PACKAGES, powers, strict=True):
        path = f"parts.{name}.power.tdp"
        part = rack.parts[name]
        rack = with_value(rack, path, factor * float(part.power["tdp"]))  # type: ignore[union-attr]
    solved = at(rack, supply)
    loop = solved.loop
    assert loop is not None
    total = sum(device.power for device in solved.assembly.devices)
    on_plates = sum(device.power for device in solved.assembly.devices if device.element is not None)
    to_air = sum(solved.chips.air_heat.values())
    np.testing.assert_allclose([on_plates + to_air, loop.temperatures.heat], [total, on_plates], rtol=1e-12)
    back, supply_h = (enthalpy(loop.fluid, T) for T in (loop.back, loop.supply))
    carried = loop.mass_flow * (back - supply_h)
    np.testing.assert_allclose(carried, on_plates + loop.temperatures.dissipation, rtol=1e-9)
    assert abs(loop.temperatures.imbalance) < 1e-10
    assert loop.mass_imbalance < 1e-10
    state = coolant_state(solved)
    np.testing.assert_allclose(state.heat.sum(), on_plates, rtol=1e-12)
    known = np.isfinite(solved.chips.inlet)
    assert np.all(solved.chips.outlet[known] >= solved.chips.inlet[known] - 1e-9)
