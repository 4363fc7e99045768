"""The coolant loop: every control against pencil and paper, and what must be refused is refused with its place."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from thermal.correlations.coolant import density, enthalpy
from thermal.correlations.fittings import WATER_DENSITY
from thermal.errors import ConvergenceError
from thermal.hydraulics import loop as loop_module
from thermal.hydraulics.loop import LoopSolution, solve_loop
from thermal.lumped.chips import coolant_heat
from thermal.rack.bundled import bundled
from thermal.rack.expand import expand
from thermal.rack.loader import load_rack
from thermal.rack.schema import Rack

Bench = Callable[..., Rack]

L_MIN = 1e-3 / 60
CELSIUS = 273.15
RHO, CP, HEAT = 1000.0, 4000.0, 1000.0  # of the bench rack
GATE = RHO / WATER_DENSITY * 1e5 * (3600 / 0.6) ** 2  # Kv 0.6 m3/h
TRAY = GATE + 1.0e13  # [Pa/(m3/s)2]
PUMP = 1e3 / L_MIN**2
WET = [name for name in bundled("racks") if name != "hgx_h100_air"]
AS = {"return_temperature": "{back} K", "flow": "{flow} m3/s", "pressure_drop": "{drop} Pa", "pump_speed": "{speed}"}


def looped(rack: Rack) -> LoopSolution:
    assembly = expand(rack)
    return solve_loop(rack, assembly, coolant_heat(rack, assembly)[0])


def volume(loop: LoopSolution) -> float:
    """Flow at the supply temperature [m3/s]."""
    return loop.mass_flow / density(loop.fluid, loop.supply)


def controlled(bench: Bench, kind: str, value: str, *changes: tuple[str, str], **values: str) -> LoopSolution:
    return looped(bench(*changes, coolant__control=f"{{kind: {kind}, value: {value}}}", **values))


@cache
def reference(name: str) -> LoopSolution:
    return looped(load_rack(name))


def by(name: str, kind: str) -> LoopSolution:
    """Solve a bundled rack under a control, set to what the rack's own control has found."""
    found = reference(name)
    assert found.pumps is not None
    numbers = {"back": found.back, "flow": volume(found), "drop": found.pressure_drop, "speed": found.pumps.speed}
    value = AS[kind].format(**{k: repr(float(v)) for k, v in numbers.items()})
    return looped(load_rack(name, {"coolant.control": f"{{kind: {kind}, value: {value}}}"}))


# ------------------------------------------------------------------------------------------- controls, in closed form


def test_flow_control(bench: Bench) -> None:
    loop = controlled(bench, "flow", "4 L/min")
    Q = 4 * L_MIN
    assert loop.mass_flow == pytest.approx(RHO * Q, rel=1e-12)
    assert loop.pressure_drop == pytest.approx(TRAY * (Q / 2) ** 2, rel=1e-9)
    assert loop.pressure_drop != pytest.approx(1.01 * TRAY * (Q / 2) ** 2, rel=1e-9)
    assert loop.back - loop.supply == pytest.approx((HEAT + loop.pressure_drop * Q) / (RHO * Q * CP), rel=1e-10)
    assert loop.back - loop.supply != pytest.approx(HEAT / (RHO * Q * CP), rel=1e-4)  # friction heat is there


def test_pressure_drop_control(bench: Bench) -> None:
    loop = controlled(bench, "pressure_drop", "20 kPa")
    assert loop.pressure_drop == pytest.approx(20e3, rel=1e-12)
    assert volume(loop) == pytest.approx(2 * np.sqrt(20e3 / TRAY), rel=1e-8)
    assert volume(loop) != pytest.approx(2 * np.sqrt(20e3 / TRAY / 1.01), rel=1e-3)


def test_return_temperature_control(bench: Bench) -> None:
    loop = controlled(bench, "return_temperature", "36 degC")
    assert loop.back == pytest.approx(36 + CELSIUS, abs=1e-9)
    Q = volume(loop)
    assert (HEAT + loop.pressure_drop * Q) / (RHO * Q * CP) == pytest.approx(6.0, rel=1e-9)
    without_friction = HEAT / (RHO * Q * CP)
    assert without_friction != pytest.approx(6.0, rel=1e-4)


@pytest.mark.parametrize("speed", [0.4, 0.8, 1.0])
def test_pump_speed_control(bench: Bench, speed: float) -> None:
    """n²·H₀ − b·Q² = (R/4)·Q²."""
    loop = controlled(bench, "pump_speed", str(speed))
    expected = speed * np.sqrt(100e3 / (TRAY / 4 + PUMP))
    assert volume(loop) == pytest.approx(expected, rel=1e-8)
    assert volume(loop) != pytest.approx(1.01 * expected, rel=1e-3)
    assert loop.pumps is not None
    assert loop.pumps.speed == speed
    power = loop.pressure_drop * volume(loop) / 0.5
    assert loop.pump_power == pytest.approx(power, rel=1e-9)


def test_warmer_supply_means_more_flow_for_the_same_return(bench: Bench) -> None:
    cold, warm = (controlled(bench, "return_temperature", "36 degC", coolant__supply_temperature=f"{T} degC")
                  for T in (30, 33))  # fmt: skip
    assert volume(warm) == pytest.approx(2 * volume(cold), rel=1e-2)


# -------------------------------------------------------------------------------------------- every rack, every control


@pytest.mark.parametrize("kind", AS)
@pytest.mark.parametrize("name", WET)
def test_every_control_finds_the_same_state_and_balances(name: str, kind: str) -> None:
    found, same = reference(name), by(name, kind)
    assert found.pumps is not None
    assert same.pumps is not None
    assert same.mass_flow == pytest.approx(found.mass_flow, rel=1e-9)
    assert same.pressure_drop == pytest.approx(found.pressure_drop, rel=1e-9)
    assert same.pumps.speed == pytest.approx(found.pumps.speed, rel=1e-9)
    assert same.pump_power == pytest.approx(found.pump_power, rel=1e-8)
    assert same.back == pytest.approx(found.back, abs=1e-7)
    assert abs(same.temperatures.imbalance) < 1e-10
    assert same.mass_imbalance < 1e-10
    assert same.pressure_residual < 1e-8


@pytest.mark.parametrize("kind", AS)
def test_ports_at_different_heights_change_nothing(kind: str) -> None:
    """Return port 2.1 m above the supply port: 21 kPa of weight that no control, pump or pressure drop may see."""
    high = {"manifold.arrangement": "reverse"}
    found = looped(load_rack("gb300_nvl72", high))
    assert found.pressure_drop == pytest.approx(reference("gb300_nvl72").pressure_drop, rel=0.03)
    assert found.pumps is not None
    numbers = {"back": found.back, "flow": volume(found), "drop": found.pressure_drop, "speed": found.pumps.speed}
    value = AS[kind].format(**{k: repr(float(v)) for k, v in numbers.items()})
    same = looped(load_rack("gb300_nvl72", {**high, "coolant.control": f"{{kind: {kind}, value: {value}}}"}))
    assert same.mass_flow == pytest.approx(found.mass_flow, rel=1e-9)
    assert same.pumps is not None
    assert same.pumps.speed == pytest.approx(found.pumps.speed, rel=1e-9)


@pytest.mark.parametrize("name", WET)
def test_heat_at_the_ports_is_heat_put_in(name: str) -> None:
    """Enthalpy between the ports, taken from the property table alone, is device heat and friction."""
    loop = reference(name)
    rack = load_rack(name)
    heat = coolant_heat(rack, expand(rack))[0].sum()
    carried = loop.mass_flow * (enthalpy(loop.fluid, loop.back) - enthalpy(loop.fluid, loop.supply))
    assert carried == pytest.approx(heat + loop.temperatures.dissipation, rel=1e-9)
    assert 1.01 * carried != pytest.approx(heat + loop.temperatures.dissipation, rel=1e-3)


@pytest.mark.parametrize("kind", AS)
def test_a_perturbed_start_ends_in_the_same_place(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """The answer does not remember where the property iteration began: 25 K warmer, and an absurd first flow."""
    usual = by("gb300_nvl72", kind)

    class Perturbed(loop_module._Loop):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)
            self.mean = self.mean + np.linspace(0.0, 25.0, self.mean.size)
            self.extra = 2e3

    monkeypatch.setattr(loop_module, "_Loop", Perturbed)
    other = by("gb300_nvl72", kind)
    np.testing.assert_allclose(other.temperatures.node, usual.temperatures.node, rtol=0, atol=2e-9)
    np.testing.assert_allclose(other.flow.mass_flow, usual.flow.mass_flow, rtol=1e-9)


def test_properties_are_those_of_the_solved_temperatures() -> None:
    """At the end, density and viscosity belong to the mean of inlet and outlet of each branch."""
    loop = reference("gb300_nvl72")
    mean = 0.5 * (loop.temperatures.inlet + loop.temperatures.outlet)
    expected = [density(loop.fluid, T) for T in mean]
    np.testing.assert_allclose(loop.density, expected, rtol=1e-11)
    assert np.ptp(mean) > 10.0  # else any temperature would do
    cold = [density(loop.fluid, loop.supply)] * mean.size
    assert not np.allclose(loop.density, cold, rtol=1e-4)


def test_a_loop_that_never_settles_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_module, "ITERATIONS", 2)
    with pytest.raises(ConvergenceError, match="the coolant loop did not converge in 2 iterations") as caught:
        looped(load_rack("gb300_nvl72"))
    assert len(caught.value.history) == 2
    assert caught.value.history[0] > caught.value.history[1] > loop_module.SETTLED
    assert caught.value.place.partition("[")[0] in {"compute", "switch", "return_manifold/segment", "supply_port"}
