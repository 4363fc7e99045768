"""The coolant loop in named cases: missing trays, shut valves, impossible temperatures, flows far from design."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from thermal.correlations.coolant import density
from thermal.correlations.fittings import WATER_DENSITY
from thermal.errors import InputError, OperatingRangeError
from thermal.hydraulics import loop as loop_module
from thermal.hydraulics.assemble import assemble
from thermal.hydraulics.loop import LoopSolution, fluid_table, solve_loop
from thermal.hydraulics.solve import HydraulicSolver
from thermal.lumped.chips import coolant_heat
from thermal.rack.expand import expand
from thermal.rack.loader import load_rack, with_value
from thermal.rack.schema import Rack

Bench = Callable[..., Rack]

L_MIN = 1e-3 / 60
CELSIUS = 273.15
RHO, CP, HEAT = 1000.0, 4000.0, 1000.0  # of the bench rack
GATE = RHO / WATER_DENSITY * 1e5 * (3600 / 0.6) ** 2  # Kv 0.6 m3/h
TRAY = GATE + 1.0e13  # [Pa/(m3/s)2]
PUMP = 1e3 / L_MIN**2


def looped(rack: Rack) -> LoopSolution:
    assembly = expand(rack)
    return solve_loop(rack, assembly, coolant_heat(rack, assembly)[0])


def controlled(bench: Bench, kind: str, value: str, *changes: tuple[str, str], **values: str) -> LoopSolution:
    return looped(bench(*changes, coolant__control=f"{{kind: {kind}, value: {value}}}", **values))


# ------------------------------------------------------------------------------------------------- named cases: racks


def test_one_tray() -> None:
    """A GB300 with a single compute tray and no switch: 1/18 of the flow, all of it through that tray."""
    one = {"trays.compute.slots": "[9]", "trays.switch.remove": "[1, 2, 3, 4, 5, 6, 7, 8, 9]"}
    loop = looped(load_rack("gb300_nvl72", {**one, "cdu.racks_served": "1"}))
    assert loop.back == pytest.approx(55 + CELSIUS, abs=1e-8)
    # by hand: 6.2 kW / (3981 J/kgK × 15 K)
    assert loop.mass_flow == pytest.approx(6200 / (3981 * 15), rel=2e-3)
    through = loop.flow.mass_flow[loop.part.network.branches.index("compute[1]/inlet_coupling")]
    assert through == pytest.approx(loop.mass_flow, rel=1e-10)


def test_removed_tray() -> None:
    """At one flow, a removed tray leaves its share to the others, and its tap is gone."""
    flow = {"coolant.control": "{kind: flow, value: 119 L/min}"}
    full = looped(load_rack("gb300_nvl72", flow))
    less = looped(load_rack("gb300_nvl72", {**flow, "trays.compute.remove": "[3]"}))
    paths = less.part.network.branches
    assert not any(path.startswith("compute[3]/") for path in paths)
    assert any(path.startswith("compute[18]/") for path in paths)

    def through(loop: LoopSolution) -> dict[str, float]:
        pairs = zip(loop.part.network.branches, loop.flow.mass_flow, strict=True)
        return {path: m for path, m in pairs if path.endswith("/inlet_coupling")}

    before, after = through(full), through(less)
    assert len(before) == len(after) + 1 == 27
    assert sum(after.values()) == pytest.approx(less.mass_flow, rel=1e-10)
    gain = np.array([after[path] / before[path] for path in after])
    assert np.all(gain > 1.03)
    assert np.all(gain < 18 / 17 * 1.02)
    assert less.pressure_drop > 1.05 * full.pressure_drop


BY_ITSELF = (
    "trays:\n",
    "  shut: {kind: valve, kv: 0.6 m3/h}\n"
    "trays:\n"
    "  aside:\n"
    "    kind: other\n"
    "    slots: [5]\n"
    "    circuit: {series: [shut, plate]}\n"
    "    devices: {cold: {package: chip, count: 1, cooled_by: plate}}\n",
)
UNHEATED = (
    BY_ITSELF[0],
    BY_ITSELF[1].replace("    devices: {cold: {package: chip, count: 1, cooled_by: plate}}\n", ""),
)


def test_closed_valve_before_a_heated_plate_is_refused(bench: Bench) -> None:
    """The loader names the valve; a value changed after loading is refused by the solver, which names the plate."""
    with pytest.raises(InputError, match="no coolant reaches plate 'plate': 'shut' in series with it is closed"):
        bench(BY_ITSELF, parts__shut__opening="0")
    rack = with_value(bench(BY_ITSELF), "parts.shut.opening", 0.0)
    with pytest.raises(OperatingRangeError, match=r"heated without coolant flow: aside\[1\]/plate \(500 W\)"):
        looped(rack)


def test_closed_valve_in_an_unheated_tray_stops_its_flow_alone(bench: Bench) -> None:
    rack = with_value(bench(UNHEATED), "parts.shut.opening", 0.0)
    loop = looped(rack)
    m = dict(zip(loop.part.network.branches, loop.flow.mass_flow, strict=True))
    assert m["aside[1]/shut"] == 0.0
    assert m["aside[1]/plate"] == 0.0
    assert m["compute[1]/plate"] == pytest.approx(RHO * 2 * L_MIN, rel=1e-10)
    assert loop.pressure_drop == pytest.approx(TRAY * (2 * L_MIN) ** 2, rel=1e-9)
    opened = looped(bench(UNHEATED))
    shares = dict(zip(opened.part.network.branches, opened.flow.mass_flow, strict=True))
    assert shares["aside[1]/plate"] == pytest.approx(RHO * 4 * L_MIN / 3, rel=1e-9)


def test_half_closed_valve(bench: Bench) -> None:
    """Kv scales with the opening: at a half, four times the drop of the gate."""
    loop = controlled(bench, "flow", "4 L/min", parts__gate__opening="0.5")
    assert loop.pressure_drop == pytest.approx((4 * GATE + 1e13) * (2 * L_MIN) ** 2, rel=1e-9)


def test_supply_below_freezing(bench: Bench) -> None:
    """The loader refuses it; so does the solver, for a value changed after loading."""
    with pytest.raises(InputError, match=r"plain freezes at 0\.00 °C, and this is -1\.00 °C"):
        bench(coolant__supply_temperature="-1 degC")
    with pytest.raises(OperatingRangeError, match=r"plain freezes at 0\.0 °C, the supply is -1\.0 °C; raise"):
        looped(with_value(bench(), "coolant.supply_temperature", CELSIUS - 1.0))
    assert looped(bench(coolant__supply_temperature="0.1 degC", facility__supply_temperature="-15 degC")).back > CELSIUS
    with pytest.raises(OperatingRangeError, match=r"PG25 freezes at -10\.0 °C, the supply is -12\.0 °C"):
        looped(with_value(load_rack("gb300_nvl72"), "coolant.supply_temperature", CELSIUS - 12.0))


def test_supply_outside_the_table(bench: Bench) -> None:
    """PG25's table begins at −7.5 °C, above its freezing temperature."""
    with pytest.raises(InputError, match=r"PG25 is known from -7\.50 °C to 100\.00 °C, and this is -8\.00 °C"):
        load_rack("gb300_nvl72", {"coolant.supply_temperature": "-8 degC"})
    with pytest.raises(OperatingRangeError, match=r"PG25 is known from -7\.50 to 100\.00 °C, but the supply at -8\.00"):
        looped(with_value(load_rack("gb300_nvl72"), "coolant.supply_temperature", CELSIUS - 8.0))


def test_coolant_that_would_leave_its_table_is_refused(bench: Bench) -> None:
    with pytest.raises(OperatingRangeError, match=r"the coolant leaves compute\[1\]/plate outside its table"):
        controlled(bench, "flow", "0.2 L/min")


def test_return_temperature_below_the_supply(bench: Bench) -> None:
    with pytest.raises(InputError, match=r"a return of 29\.00 °C cannot be held with a supply of 30\.00 °C"):
        bench(coolant__control="{kind: return_temperature, value: 29 degC}")
    held = bench(coolant__control="{kind: return_temperature, value: 36 degC}")
    with pytest.raises(OperatingRangeError, match=r"a return of 29\.0 °C cannot be held with a supply of 30\.0 °C"):
        looped(with_value(held, "coolant.control.value", CELSIUS + 29.0))
    with pytest.raises(OperatingRangeError, match=r"the return \(coolant\.control\.value\) at 96\.00 °C"):
        looped(with_value(held, "coolant.control.value", CELSIUS + 96.0))


def test_return_temperature_without_heat(bench: Bench) -> None:
    with pytest.raises(OperatingRangeError, match="no heat reaches the coolant, so no flow gives a return temperature"):
        controlled(bench, "return_temperature", "36 degC", parts__chip__power="{tdp: 0 W}")


def test_heat_without_flow(bench: Bench) -> None:
    """A pump too weak to matter: the heat has nowhere to go, and the message says where it is."""
    rack = bench(coolant__control="{kind: pump_speed, value: 1.0e-9}")
    with pytest.raises(OperatingRangeError, match=r"compute\[1\]/plate"):
        looped(rack)


def test_heat_in_a_tray_whose_valve_is_closed(bench: Bench) -> None:
    """Heat that `heat_to_liquid` puts into a circuit without plates meets the closed valve as well."""
    lone = (
        "trays:\n",
        "  shut: {kind: valve, kv: 0.6 m3/h}\n"
        "trays:\n"
        "  aside:\n"
        "    kind: other\n"
        "    slots: [5]\n"
        "    circuit: {series: [shut]}\n"
        "    heat_to_liquid: 0.5\n"
        "    devices: {cold: {package: chip, count: 1, cooled_by: air}}\n",
    )
    loop = looped(bench(lone))
    assert loop.temperatures.heat == pytest.approx(HEAT + 250.0)
    with pytest.raises(OperatingRangeError, match=r"heated without coolant flow: aside\[1\]/shut \(250 W\)"):
        looped(bench(lone, parts__shut__opening="0"))


# ------------------------------------------------------------------------------------------------- named cases: flows


def network_drops(rack: Rack, flows: np.ndarray) -> tuple[np.ndarray, list[float]]:
    """Pressure drop of the rack's network alone, unheated and at one temperature, at each flow; and imbalances."""
    assert rack.coolant is not None
    assembly = expand(rack)
    inside = [e for e in range(len(assembly.elements)) if e not in assembly.cdu_elements]
    network = assemble(rack, assembly, inside).network
    solver = HydraulicSolver(network, [assembly.return_port])
    fluid = fluid_table(rack.coolant.fluid)
    rho, mu = density(fluid, 313.15), loop_module.viscosity(fluid, 313.15)
    drops, imbalances = [], []
    for Q in flows:
        injection = np.zeros(len(assembly.nodes))
        injection[assembly.supply_port] = rho * Q
        flow = solver.solve(np.zeros(1), density=rho, viscosity=mu, injection=injection)
        drops.append(flow.pressure[assembly.supply_port])
        count = len(assembly.nodes)
        net = injection + np.bincount(network.end, flow.mass_flow, count)
        net -= np.bincount(network.start, flow.mass_flow, count)
        net[assembly.return_port] = 0.0
        imbalances.append(float(np.abs(net).max() / (rho * Q)))
    return np.array(drops), imbalances


def test_one_millionth_and_thousand_times_the_flow() -> None:
    """Unheated: laminar and linear at the small end, all but quadratic at the large one, and balanced at both."""
    design = 119 * L_MIN
    scale = np.array([1e-6, 2e-6, 1.0, 1e3, 2e3])
    drops, imbalances = network_drops(load_rack("gb300_nvl72"), scale * design)
    assert max(imbalances) < 1e-10
    assert drops[1] / drops[0] == pytest.approx(2.0, rel=1e-3)
    assert drops[4] / drops[3] == pytest.approx(4.0, rel=1e-2)
    assert drops[4] / drops[3] != pytest.approx(4.0 * 1.02, rel=1e-2)
    assert drops[2] == pytest.approx(58.6e3, rel=0.03)
    assert 1e3**1.75 < drops[3] / drops[2] < 1e3**2


def test_one_millionth_of_the_flow_through_the_whole_loop() -> None:
    rack = load_rack("gb300_nvl72", {"coolant.control": "{kind: flow, value: 1.19e-4 L/min}"})
    assembly = expand(rack)
    loop = solve_loop(rack, assembly, np.zeros(len(assembly.elements)))
    assert loop.mass_imbalance < 1e-10
    assert loop.back == pytest.approx(loop.supply, abs=1e-6)
    assert 0.0 < loop.pressure_drop < 1.0


def test_thousand_times_the_flow_boils_by_friction_and_is_refused() -> None:
    """Some 1e10 Pa of friction are 1e4 K: outside any table, so an error and no number."""
    rack = load_rack("gb300_nvl72", {"coolant.control": "{kind: flow, value: 119000 L/min}"})
    assembly = expand(rack)
    with pytest.raises(OperatingRangeError, match="outside its table"):
        solve_loop(rack, assembly, np.zeros(len(assembly.elements)))


def test_rack_in_gallons_psi_and_fahrenheit_equals_rack_in_litres_kilopascal_and_celsius(bench: Bench) -> None:
    gpm, psi = 3.785411784, 6.894757293168  # L/min, kPa; exact by definition of gallon, pound and inch

    def said(value: float) -> str:
        return repr(float(value))

    metric = bench(coolant__supply_temperature="35 degC", coolant__control="{kind: flow, value: 4.2 L/min}")
    pump = f"[{said(100 / psi)} psi, 0 psi/gpm, {said(-(gpm**2) / psi)} psi/gpm^2]"
    imperial = bench(
        ("head: {coefficients: [100 kPa, 0 kPa/(L/min), -1 kPa/(L/min)^2]}", f"head: {{coefficients: {pump}}}"),
        ("flow: 2 L/min, exponent: 0.4, flow_low: 1 L/min", f"flow: {said(2 / gpm)} gpm, exponent: 0.4, "
         f"flow_low: {said(1 / gpm)} gpm"),
        ("pressure_drop: {quadratic: {quadratic: 1.0e13 Pa/(m3/s)^2}}",
         "pressure_drop: {quadratic: {quadratic: " + said(1e13 * (gpm * L_MIN) ** 2 / psi / 1e3) + " psi/gpm^2}}"),
        coolant__supply_temperature="95 degF",
        coolant__control=f"{{kind: flow, value: {said(4.2 / gpm)} gpm}}",
        coolant__return_pressure=f"{said(200 / psi)} psi",
    )  # fmt: skip
    a, b = looped(metric), looped(imperial)
    assert b.mass_flow == pytest.approx(a.mass_flow, rel=1e-12)
    assert b.pressure_drop == pytest.approx(a.pressure_drop, rel=1e-10)
    assert b.back == pytest.approx(a.back, abs=1e-9)
    assert b.pumps is not None
    assert a.pumps is not None
    assert b.pumps.speed == pytest.approx(a.pumps.speed, rel=1e-9)
    wrong = controlled(bench, "flow", f"{said(4.2 * 0.99)} L/min", coolant__supply_temperature="35 degC")
    assert wrong.pressure_drop != pytest.approx(a.pressure_drop, rel=1e-3)


def test_facility_control_needs_no_supply_temperature_near_the_answer(bench: Bench) -> None:
    """With `facility.control: none` the supply temperature written in the file is no start value to stumble over."""
    answers = [
        controlled(bench, "return_temperature", "33 degC", facility__control="none", coolant__supply_temperature=T)
        for T in ("30 degC", "21 degC", "80 degC")
    ]
    assert answers[0].supply < 33 + CELSIUS
    assert [a.supply for a in answers[1:]] == pytest.approx([answers[0].supply] * 2, abs=1e-9)
