"""The cooling unit: pumps alone and side by side, their ends, their power, and its heat exchanger in closed form."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from thermal.correlations.fittings import WATER_DENSITY
from thermal.errors import OperatingRangeError
from thermal.hydraulics.loop import LoopSolution, solve_loop
from thermal.lumped.chips import coolant_heat
from thermal.rack.expand import expand
from thermal.rack.schema import Rack

Bench = Callable[..., Rack]

DATA = Path(__file__).parents[2] / "data"
L_MIN = 1e-3 / 60
CELSIUS = 273.15
RHO, CP = 1000.0, 4000.0  # of the bench rack
TRAY = RHO / WATER_DENSITY * 1e5 * (3600 / 0.6) ** 2 + 1.0e13  # [Pa/(m3/s)2]
SHUT_OFF, PUMP = 100e3, 1e3 / L_MIN**2
ALONE = "{series: [swap, pump]}"


def looped(rack: Rack) -> LoopSolution:
    assembly = expand(rack)
    return solve_loop(rack, assembly, coolant_heat(rack, assembly)[0])


def unit_flows(rack: Rack) -> dict[str, float]:
    """Volume flow of each element of the cooling unit [m3/s]."""
    loop, assembly = looped(rack), expand(rack)
    assert loop.pumps is not None
    flows = zip(loop.pumps.part.elements, loop.pumps.flow.mass_flow, strict=True)
    return {assembly.elements[e].path: m / RHO for e, m in flows if e in assembly.cdu_elements}


def side_by_side(bench: Bench, pumps: str, *changes: tuple[str, str], **values: str) -> Rack:
    return bench((ALONE, f"{{series: [swap, {{parallel: {pumps}}}]}}"), *changes, **values)


# ----------------------------------------------------------------------------------------------------- parallel pumps


@pytest.mark.parametrize("number", [2, 3], ids=["two_parallel_pumps", "three_parallel_pumps"])
def test_parallel_pumps_share_the_flow(bench: Bench, number: int) -> None:
    """At speed s: Q = s √(H₀ / (R/4 + b/n²)), Q/n in each."""
    pumps = f"[{{part: pump, repeat: {number}}}]"
    rack = side_by_side(bench, pumps, coolant__control="{kind: pump_speed, value: 0.7}")
    flows = unit_flows(rack)
    each = [flow for path, flow in flows.items() if "/pump[" in path]
    assert len(each) == number
    total = 0.7 * np.sqrt(SHUT_OFF / (TRAY / 4 + PUMP / number**2))
    assert each == pytest.approx([total / number] * number, rel=1e-8)
    assert flows["cdu/swap"] == pytest.approx(total, rel=1e-8)
    assert sum(each) != pytest.approx(0.7 * np.sqrt(SHUT_OFF / (TRAY / 4 + PUMP)), rel=1e-2)  # what one would give


@pytest.mark.parametrize("number", [2, 3], ids=["two_parallel_pumps", "three_parallel_pumps"])
def test_parallel_pumps_held_to_a_flow_run_slower_than_one(bench: Bench, number: int) -> None:
    """Speed by hand: s² = ((R/4 + b/n²) Q²) / H₀."""
    rack = side_by_side(bench, f"[{{part: pump, repeat: {number}}}]")
    loop = looped(rack)
    expected = np.sqrt((TRAY / 4 + PUMP / number**2) * (4 * L_MIN) ** 2 / SHUT_OFF)
    assert loop.pumps is not None
    assert loop.pumps.speed == pytest.approx(expected, rel=1e-9)
    assert loop.pump_power == pytest.approx(loop.pressure_drop * 4 * L_MIN / 0.5, rel=1e-9)
    one = looped(bench()).pumps
    assert one is not None
    assert loop.pumps.speed < one.speed


DOWN = (
    "  gate:",
    "  down:\n    {extends: pump, head: {coefficients: [30 kPa, 0 kPa/(L/min), -1 kPa/(L/min)^2]}}\n  gate:",
)


@pytest.mark.parametrize("control", ["{kind: flow, value: 4 L/min}", "{kind: pump_speed, value: 0.6}"])
def test_two_parallel_pumps_one_down_and_its_check_valve_closes(bench: Bench, control: str) -> None:
    """A pump far below the other's pressure: its check valve shuts, and the other runs as if alone."""
    rack = side_by_side(bench, "[pump, down]", DOWN, coolant__control=control)
    flows, alone = unit_flows(rack), unit_flows(bench(coolant__control=control))
    assert flows["cdu/down"] == 0.0
    assert flows["cdu/pump"] == pytest.approx(alone["cdu/pump"], rel=1e-9)
    assert flows["cdu/swap"] == pytest.approx(flows["cdu/pump"], rel=1e-9)


def test_two_parallel_pumps_one_down_without_a_check_valve_leaks_back(bench: Bench) -> None:
    """The sabotaged twin: without check valves coolant runs backwards through the pump that is down."""
    leaky = (DOWN[0], DOWN[1].replace("extends: pump,", "extends: pump, check_valve: false,"))
    flows = unit_flows(side_by_side(bench, "[pump, down]", leaky, coolant__control="{kind: pump_speed, value: 0.6}"))
    assert flows["cdu/down"] < -0.1 * L_MIN
    assert flows["cdu/pump"] > 1.1 * flows["cdu/swap"]


def test_three_parallel_pumps_one_behind_a_closed_valve(bench: Bench) -> None:
    stop = ("  gate:", "  stop: {kind: valve, kv: 5 m3/h, opening: 0}\n  gate:")
    pumps = "[{part: pump, repeat: 2}, {series: [{part: pump, name: third}, stop]}]"
    flows = unit_flows(side_by_side(bench, pumps, stop, coolant__control="{kind: pump_speed, value: 0.7}"))
    total = 0.7 * np.sqrt(SHUT_OFF / (TRAY / 4 + PUMP / 4))
    assert flows["cdu/third"] == flows["cdu/stop"] == 0.0
    assert flows["cdu/pump[1]"] == pytest.approx(total / 2, rel=1e-8)
    assert flows["cdu/pump[2]"] == pytest.approx(total / 2, rel=1e-8)


# ------------------------------------------------------------------------------------------------------- end of curves


def test_pump_beyond_its_curve(bench: Bench) -> None:
    """4 L/min at 0.56 of rated speed, where the curve ends at 0.56 × 6 L/min."""
    message = r"cdu/pump runs at 4\.0 L/min, beyond the end of its curve at this speed \(3\.[3-9] L/min at 0\.\d\d of"
    with pytest.raises(OperatingRangeError, match=message):
        looped(bench(parts__pump__max_flow="6 L/min"))
    assert looped(bench(parts__pump__max_flow="7.5 L/min")).pumps is not None


def test_pump_beyond_its_curve_at_the_highest_speed(bench: Bench) -> None:
    with pytest.raises(OperatingRangeError, match=r"cdu/pump runs at 12\.0 L/min, beyond .* \(9\.0 L/min at 1\.00 of"):
        looped(bench(coolant__control="{kind: flow, value: 12 L/min}"))


def test_pump_beyond_its_curve_at_a_fixed_speed(bench: Bench) -> None:
    wide = {"parts__gate__kv": "60 m3/h", "parts__plate__pressure_drop": "{quadratic: {quadratic: 1 Pa/(m3/s)^2}}"}
    with pytest.raises(OperatingRangeError, match=r"cdu/pump runs at .* \(4\.5 L/min at 0\.50 of rated speed\)"):
        looped(bench(coolant__control="{kind: pump_speed, value: 0.5}", **wide))


def test_pump_of_two_racks_beyond_its_curve(bench: Bench) -> None:
    """Its end counts for the flow of all racks: 2 × 3 L/min at 0.67 of rated speed, where 8 L/min shrink to 5.3."""
    values = {"coolant__control": "{kind: flow, value: 3 L/min}", "parts__pump__max_flow": "8 L/min"}
    assert looped(bench(**values)).pumps is not None
    with pytest.raises(OperatingRangeError, match=r"cdu/pump runs at 6\.0 L/min, beyond .* \(5\.\d L/min at 0\.6\d of"):
        looped(bench(**values, cdu__racks_served="2"))


def test_pump_beyond_its_tabulated_curve(bench: Bench) -> None:
    table = ("{coefficients: [100 kPa, 0 kPa/(L/min), -1 kPa/(L/min)^2]}",
             "{table: [[0 L/min, 100 kPa], [3 L/min, 91 kPa], [6 L/min, 64 kPa]]}")  # fmt: skip
    with pytest.raises(OperatingRangeError, match=r"cdu/pump runs at 4\.0 L/min, beyond the end of its curve"):
        looped(bench(table))
    steady = looped(bench(table, coolant__control="{kind: flow, value: 3 L/min}", parts__gate__kv="0.25 m3/h"))
    assert steady.pumps is not None
    assert 0.5 < steady.pumps.speed < 1.0


def test_pump_too_weak(bench: Bench) -> None:
    """8.5 L/min: the rack needs 68 kPa, the pump has 100 − 72 = 27.8 kPa left."""
    drop = TRAY * (4.25 * L_MIN) ** 2 / 1e3
    message = rf"unit: at its highest speed it gives 27\.\d kPa at 8\.5 L/min per rack, the rack needs {drop:.1f} kPa"
    with pytest.raises(OperatingRangeError, match=message):
        looped(bench(coolant__control="{kind: flow, value: 8.5 L/min}"))
    faster = looped(bench(coolant__control="{kind: flow, value: 8.5 L/min}", parts__pump__speed_max="1.5"))
    assert faster.pumps is not None
    assert faster.pumps.speed == pytest.approx(np.sqrt((TRAY / 4 + PUMP) * (8.5 * L_MIN) ** 2 / SHUT_OFF), rel=1e-9)


# ------------------------------------------------------------------------------------------------------- shared, power


def test_a_unit_shared_by_racks_sees_their_flow_together(bench: Bench) -> None:
    """Two racks of 3 L/min: the pump gives 6 L/min at this rack's pressure drop; power is this rack's half."""
    loop = looped(bench(cdu__racks_served="2", coolant__control="{kind: flow, value: 3 L/min}"))
    speed = math.sqrt((TRAY / 4 * (3 * L_MIN) ** 2 + PUMP * (6 * L_MIN) ** 2) / SHUT_OFF)
    assert loop.pumps is not None
    assert loop.pumps.speed == pytest.approx(speed, rel=1e-9)
    assert loop.pump_power == pytest.approx(loop.pressure_drop * 3 * L_MIN / 0.5, rel=1e-9)
    back = looped(bench(cdu__racks_served="2", coolant__control=f"{{kind: pump_speed, value: {speed!r}}}"))
    assert back.mass_flow == pytest.approx(RHO * 3 * L_MIN, rel=1e-8)


def test_efficiency_table_is_read_at_the_flow_of_rated_speed(bench: Bench) -> None:
    """Affinity: efficiency holds at Q/s. 4 L/min at s = 0.558 is 7.17 L/min at rated speed."""
    line = "{table: [[2 L/min, 0.2], [6 L/min, 0.6], [9 L/min, 0.9]]}"  # efficiency = flow / (10 L/min)
    loop = looped(bench(parts__pump__efficiency=line))
    assert loop.pumps is not None
    efficiency = 0.1 * 4 / loop.pumps.speed
    assert loop.pump_power == pytest.approx(loop.pressure_drop * 4 * L_MIN / efficiency, rel=1e-9)
    assert loop.pump_power != pytest.approx(loop.pressure_drop * 4 * L_MIN / 0.4, rel=1e-2)
    with pytest.raises(OperatingRangeError, match=r"cdu/pump: 7 L/min lies outside its efficiency table \(2 to 6"):
        looped(bench(parts__pump__efficiency="{table: [[2 L/min, 0.2], [6 L/min, 0.6]]}"))


def test_an_idle_pump_needs_no_efficiency(bench: Bench) -> None:
    line = ("    efficiency: 0.5\n", "    efficiency: {table: [[2 L/min, 0.2], [6 L/min, 0.6], [9 L/min, 0.9]]}\n")
    loop = looped(side_by_side(bench, "[pump, down]", DOWN, line))
    alone = looped(bench(line))
    assert loop.pump_power == pytest.approx(alone.pump_power, rel=1e-9)


def test_power_of_a_unit_of_several_elements(bench: Bench) -> None:
    """An exchanger with a drop of its own: the pump makes up for both, and only the pump draws power."""
    loop = looped(bench(parts__swap__quadratic="2.0e12 Pa/(m3/s)^2"))
    Q = 4 * L_MIN
    assert loop.pumps is not None
    assert loop.pumps.speed == pytest.approx(np.sqrt((TRAY / 4 + PUMP + 2e12) * Q**2 / SHUT_OFF), rel=1e-9)
    assert loop.pump_power == pytest.approx((TRAY / 4 + 2e12) * Q**3 / 0.5, rel=1e-9)


def test_a_rack_without_a_unit_has_no_pumps(bench: Bench) -> None:
    rack = bench().model_copy(update={"cdu": None})
    loop = looped(rack)
    assert (loop.pumps, loop.pump_power, loop.exchange) == (None, None, None)
    assert loop.pressure_drop == pytest.approx(TRAY * (2 * L_MIN) ** 2, rel=1e-9)


# ------------------------------------------------------------------------------------------------------ heat exchanger


def effectiveness(UA: float, C_hot: float, C_cold: float) -> float:
    """Counterflow, Kays & London: ε = (1 − E)/(1 − r E) of the smaller capacity flow."""
    smaller, larger = min(C_hot, C_cold), max(C_hot, C_cold)
    r, ntu = smaller / larger, UA / smaller
    if r == 1.0:
        return ntu / (1 + ntu)
    E = math.exp(-ntu * (1 - r))
    return (1 - E) / (1 - r * E)


def settled(Q: float, UA: float, C_hot: float, C_cold: float, inlet: float) -> tuple[float, float]:
    """Return and supply temperature of a loop closed by an exchanger."""
    back = inlet + Q / (effectiveness(UA, C_hot, C_cold) * min(C_hot, C_cold))
    return back, back - Q / C_hot


def rated_UA(heat: float, approach: float, C_hot: float, C_cold: float) -> float:
    """UA of a rating, by bisection of the closed form."""
    low, high = 1e-3 * C_hot, 1e3 * C_hot
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if settled(heat, middle, C_hot, C_cold, 0.0)[1] > approach else (low, middle)
    return high


def test_supply_follows_the_exchanger_of_the_published_case(bench: Bench) -> None:
    """120 kW, UA 28 kW/K, 3.2 kg/s of 3930 J/kgK and 4.0 kg/s of 4180 J/kgK at 30 °C, whose answer is in the file.

    The rating is another point of the same exchanger, so that UA has to be found from it.
    """
    known = json.loads((DATA / "cdu_counterflow.json").read_text(encoding="utf-8"))
    heat, UA, m_hot, c_hot, m_cold, c_cold, inlet = known["par"]
    approach = settled(100e3, UA, 2.5 * c_hot, 3.5 * c_cold, 0.0)[1]

    def supplied(UA_factor: float) -> LoopSolution:
        point = settled(100e3, UA * UA_factor, 2.5 * c_hot, 3.5 * c_cold, 0.0)[1]
        rack = bench(
            ("head: {coefficients: [100 kPa, 0 kPa/(L/min), -1 kPa/(L/min)^2]}\n    max_flow: 9 L/min",
             "head: {coefficients: [100 kPa, 0 kPa/(L/min), -1e-4 kPa/(L/min)^2]}\n    max_flow: 2000 L/min"),
            ("rated: {heat: 2 kW, approach: 4 K, flow: 4 L/min, facility_flow: 6 L/min}",
             f"rated: {{heat: 100 kW, approach: {point!r} K, flow: 150 L/min, facility_flow: 210 L/min}}"),
            parts__gate__kv="600 m3/h",
            parts__plate__pressure_drop="{quadratic: {quadratic: 1e3 Pa/(m3/s)^2}}",
            parts__chip__power="{tdp: 60 kW}",
            coolant__control=f"{{kind: flow, value: {m_hot * 60} L/min}}",
            coolant__fluid__columns__specific_heat=f"{{unit: J/(kg*K), values: [{c_hot}, {c_hot}, {c_hot}]}}",
            facility__fluid__columns__specific_heat=f"{{unit: J/(kg*K), values: [{c_cold}, {c_cold}, {c_cold}]}}",
            facility__flow=f"{m_cold * 60} L/min",
            facility__supply_temperature=f"{inlet} degC",
            facility__control="none",
        )  # fmt: skip
        assert heat == 120e3 == sum(device.power for device in expand(rack).devices)
        return looped(rack)

    assert 2.0 < approach < 2.5  # not the answer itself
    loop = supplied(1.0)
    assert loop.supply - CELSIUS == pytest.approx(known["T_supply"], abs=1e-5)
    assert loop.back - CELSIUS == pytest.approx(known["T_return"], abs=1e-5)
    assert loop.exchange is not None
    assert loop.exchange.facility_return - CELSIUS == pytest.approx(known["T_fws_out"], abs=1e-5)
    assert loop.exchange.conductance == pytest.approx(UA, rel=1e-9)
    assert supplied(1.01).supply - CELSIUS != pytest.approx(known["T_supply"], abs=1e-2)


RATED = rated_UA(2e3, 4.0, RHO * CP * 4 * L_MIN, RHO * CP * 6 * L_MIN)  # of the bench rack's exchanger [W/K]


@pytest.mark.parametrize("flow", [3.0, 4.0, 6.0, 8.0])
@pytest.mark.parametrize("facility", [3.0, 6.0, 12.0])
def test_supply_follows_the_exchanger(bench: Bench, flow: float, facility: float) -> None:
    """`facility.control: none` against the closed form, either side having the smaller capacity flow."""
    loop = looped(
        bench(
            coolant__control=f"{{kind: flow, value: {flow} L/min}}",
            facility__flow=f"{facility} L/min",
            facility__control="none",
            parts__pump__speed_max="3",
        )
    )
    Q = 1000.0 + loop.pressure_drop * flow * L_MIN  # heat of devices and friction
    back, supply = settled(Q, RATED, RHO * CP * flow * L_MIN, RHO * CP * facility * L_MIN, 20 + CELSIUS)
    assert loop.supply == pytest.approx(supply, abs=1e-6)
    assert loop.back == pytest.approx(back, abs=1e-6)
    wrong = settled(Q, 1.01 * RATED, RHO * CP * flow * L_MIN, RHO * CP * facility * L_MIN, 20 + CELSIUS)[1]
    assert loop.supply != pytest.approx(wrong, abs=1e-6)


def test_supply_follows_under_every_control(bench: Bench) -> None:
    """Whatever holds the flow, heat, flow and temperatures satisfy the exchanger's closed form."""
    for kind, value in (("return_temperature", "27 degC"), ("pressure_drop", "20 kPa"), ("pump_speed", "0.6")):
        loop = looped(bench(coolant__control=f"{{kind: {kind}, value: {value}}}", facility__control="none"))
        C = loop.mass_flow * CP
        Q = 1000.0 + loop.pressure_drop * loop.mass_flow / RHO
        back, supply = settled(Q, RATED, C, RHO * CP * 6 * L_MIN, 20 + CELSIUS)
        assert (loop.back, loop.supply) == pytest.approx((back, supply), abs=1e-6)
        assert loop.mass_imbalance < 1e-10
        assert abs(loop.temperatures.imbalance) < 1e-10


def test_a_return_that_no_flow_can_reach(bench: Bench) -> None:
    """Even with endless coolant the return stays above T + Q/(C (1 − exp(−UA/C))) of the facility side."""
    C = RHO * CP * 6 * L_MIN
    least = 20 + 1000 / C / -math.expm1(-RATED / C)
    with pytest.raises(OperatingRangeError, match=r"no flow brings the coolant back at .* exchanger is too small"):
        looped(bench(coolant__control=f"{{kind: return_temperature, value: {least - 0.1} degC}}",
                     facility__control="none"))  # fmt: skip


def test_valve_gives_just_the_facility_flow_that_holds_the_supply(bench: Bench) -> None:
    """The flow that is found, run with the valve gone, gives the supply temperature that was asked for."""
    held = looped(bench(coolant__supply_temperature="24 degC"))
    assert held.exchange is not None
    found = held.exchange.facility_flow
    assert 0.5 * L_MIN < found < 6 * L_MIN
    Q = 1000.0 + held.pressure_drop * 4 * L_MIN
    assert settled(Q, RATED, RHO * CP * 4 * L_MIN, RHO * CP * found, 20 + CELSIUS)[1] == pytest.approx(
        24 + CELSIUS, abs=1e-6
    )
    assert held.exchange.facility_return == pytest.approx(20 + CELSIUS + Q / (RHO * CP * found), abs=1e-6)
    assert held.exchange.duty == pytest.approx(Q, rel=1e-9)
    free = looped(bench(facility__flow=f"{found!r} m3/s", facility__control="none"))
    assert free.supply == pytest.approx(24 + CELSIUS, abs=1e-6)


def test_exchanger_cannot_hold_the_supply(bench: Bench) -> None:
    """At full facility flow the coolant leaves at 22.0 °C: 21.9 is refused, 22.1 is held."""
    Q = 1000.0 + TRAY * (2 * L_MIN) ** 2 * 4 * L_MIN
    best = settled(Q, RATED, RHO * CP * 4 * L_MIN, RHO * CP * 6 * L_MIN, 20.0)[1]
    with pytest.raises(OperatingRangeError, match=rf"unit cannot hold a supply of .* the coolant leaves at {best:.1f}"):
        looped(bench(coolant__supply_temperature=f"{best - 0.01} degC"))
    held = looped(bench(coolant__supply_temperature=f"{best + 0.01} degC")).exchange
    assert held is not None
    assert held.facility_flow == pytest.approx(6 * L_MIN, rel=2e-2)


def test_impossible_rating_names_the_exchanger(bench: Bench) -> None:
    with pytest.raises(OperatingRangeError, match=r"cdu/swap: its rating is impossible: .* rated\.facility_flow"):
        looped(bench(parts__swap__rated="{heat: 2 kW, approach: 0.1 K, flow: 6 L/min, facility_flow: 4 L/min}"))


def test_exchanger_without_facility_flow_is_not_computed(bench: Bench) -> None:
    loop = looped(bench(("  flow: 6 L/min\n", "")))
    assert loop.exchange is None
    assert loop.supply == 30 + CELSIUS
