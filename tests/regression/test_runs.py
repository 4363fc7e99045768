"""Each bundled rack, run as shipped, against arithmetic that fits on an envelope. No stored output of our own."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from thermal.rack.loader import load_rack
from thermal.results.dataset import Results
from thermal.simulation.steady import simulate


class Hand(NamedTuple):
    """What pencil and paper say of a rack."""

    plates: float  # heat on plates [W]
    air: float  # heat to air, fans included [W]
    supply: float  # [°C]
    specific_heat: float  # PG25 at the mean temperature [J/(kg K)]
    density: float  # PG25 at the supply temperature [kg/m3]
    back: float | None  # return held by the control [°C]
    flow: float | None  # flow held by the control [L/min]


# PG25 (25 % by volume): ASHRAE Handbook – Fundamentals, between its columns of 20 and 30 %.
WET = {
    "gb200_nvl72": Hand(18 * 5400 + 9 * 900, 18 * 500 + 9 * 340 + 8 * 330, 40, 3981, 1014.5, 55, None),
    "gb300_nvl72": Hand(18 * 6200 + 9 * 900, 18 * 400 + 9 * 340 + 8 * 630, 40, 3981, 1014.5, 55, None),
    "vr200_nvl72": Hand(18 * 11000 + 9 * 2200, 8 * 1150, 45, 3993, 1012.0, 60, None),
    "vr200_nvl144_cpx": Hand(18 * 18040 + 9 * 2200, 8 * 3185, 45, 3993, 1012.0, 60, None),
    "hgx_h100_liquid": Hand(4 * 7100, 4 * 2100, 35, 3965, 1017.0, None, 40),
    "asic_liquid": Hand(16 * 4350, 16 * 650, 40, 3975, 1014.5, None, 90),
}
L_MIN = 1e-3 / 60


@cache
def run(name: str) -> Results:
    return simulate(load_rack(name))


@pytest.mark.parametrize("name", WET)
def test_heat(name: str) -> None:
    s, hand = run(name).summary, WET[name]
    assert s["heat_to_liquid_W"] == pytest.approx(hand.plates, rel=1e-9)
    assert s["heat_to_air_W"] == pytest.approx(hand.air, rel=1e-3)  # tens of watts are rounded in the sums above


@pytest.mark.parametrize("name", WET)
def test_flow_and_return_temperature(name: str) -> None:
    """T_return = T_supply + heat/(ṁ cp): within 0.5 %, which covers cp to its third digit and friction (0.1 %)."""
    s, hand = run(name).summary, WET[name]
    coolant = s["coolant"]
    assert coolant is not None
    assert coolant["fluid"] == "PG25"
    assert coolant["supply_C"] == pytest.approx(hand.supply, abs=1e-9)
    if hand.back is not None:
        flow = hand.plates / (hand.density * hand.specific_heat * (hand.back - hand.supply)) / L_MIN
        assert coolant["return_C"] == pytest.approx(hand.back, abs=1e-6)
        assert coolant["flow_L_min"] == pytest.approx(flow, rel=5e-3)
        assert coolant["flow_L_min"] != pytest.approx(1.01 * flow, rel=4e-3)
    else:
        assert hand.flow is not None
        rise = hand.plates / (hand.density * hand.flow * L_MIN * hand.specific_heat)
        assert coolant["flow_L_min"] == pytest.approx(hand.flow, rel=1e-9)
        assert coolant["return_C"] - hand.supply == pytest.approx(rise, rel=5e-3)


@pytest.mark.parametrize("name", WET)
def test_pump_power(name: str) -> None:
    """Flow times pressure drop over the efficiency of the unit's pump; published heads are external."""
    rack, s = load_rack(name), run(name).summary
    assert rack.cdu is not None
    efficiency = float(rack.parts[f"{rack.cdu.part}_pump"].efficiency)  # type: ignore[union-attr, arg-type]
    assert s["coolant"] is not None
    assert s["pressure_drop_kPa"] is not None
    power = s["coolant"]["flow_L_min"] * L_MIN * s["pressure_drop_kPa"] * 1e3 / efficiency
    assert s["pump_power_W"] == pytest.approx(power, rel=1e-3)


@pytest.mark.parametrize(("name", "group", "share"), [
    ("gb200_nvl72", "compute", 5400 / 105300), ("gb300_nvl72", "compute", 6200 / 119700),
    ("vr200_nvl72", "compute", 11000 / 217800), ("vr200_nvl144_cpx", "compute", 18040 / 344520),
    ("hgx_h100_liquid", "system", 1 / 4), ("asic_liquid", "accelerator", 1 / 16),
])  # fmt: skip
def test_trays_take_flow_by_their_heat(name: str, group: str, share: float) -> None:
    """Restrictors were sized so; a tray's flow is its share of the heat within 5 %."""
    s = run(name).summary
    assert s["coolant"] is not None
    flows = [row["flow_L_min"] for row in s["trays"] if row["path"].startswith(f"{group}[")]
    np.testing.assert_allclose(flows, share * s["coolant"]["flow_L_min"], rtol=0.05)


@pytest.mark.parametrize(("name", "package", "expected"), [
    # supply + power × (plate at its flow + junction to case)
    ("gb300_nvl72", "b300", 40 + 1400 * (0.0235 * (1.53 / 2.2) ** -0.36 + 0.006)),
    ("gb200_nvl72", "b200", 40 + 1200 * (0.027 * (1.34 / 1.4) ** -0.36 + 0.006)),
    ("vr200_nvl72", "rubin", 45 + 2300 * (0.013 + 0.004)),
    ("vr200_nvl144_cpx", "rubin", 45 + 2300 * (0.013 + 0.004)),
    ("hgx_h100_liquid", "h100", None),
    ("hgx_h100_air", "h100", 25 + 700 * (0.065 + 0.010)),
])  # fmt: skip
def test_gpu_junctions(name: str, package: str, expected: float | None) -> None:
    """Within 1.5 K of the envelope; two H100 in series differ by what the first one heats the coolant."""
    rows = [row for row in run(name).summary["devices"] if row["part"] == package]
    junctions = np.array([row["junction_max_C"] for row in rows])
    if expected is not None:
        np.testing.assert_allclose(junctions, expected, atol=1.5)
        return
    rise = 700 / (1017 * 3965 * rows[0]["flow_L_min"] * L_MIN)
    entering = np.array([row["inlet_C"] for row in rows])
    assert np.ptp(entering) == pytest.approx(rise, rel=0.02)
    assert np.ptp(junctions) == pytest.approx(rise, rel=0.1)


@pytest.mark.parametrize(("name", "group", "heat", "flow"), [
    ("gb300_nvl72", "compute", 400, 0.027), ("gb300_nvl72", "switch", 340, 0.023), ("gb300_nvl72", "power", 630, 0.042),
    ("gb200_nvl72", "compute", 500, 0.030), ("gb200_nvl72", "switch", 340, 0.023), ("gb200_nvl72", "power", 330, 0.031),
    ("vr200_nvl72", "power", 1150, 0.069), ("vr200_nvl144_cpx", "power", 3185, 0.18),
    ("hgx_h100_liquid", "system", 2100, 0.126), ("hgx_h100_air", "system", 10200, 0.52),
    ("asic_liquid", "accelerator", 650, 0.039),
])  # fmt: skip
def test_air(name: str, group: str, heat: float, flow: float) -> None:
    """Flow where fans meet the tray, read off the curves by eye within 6 %: six of 0.0052 m3/s at 195 Pa, and so on.

    Rise = heat/(ρ cp Q) with 1.184 kg/m3 and 1006 J/(kg K).
    """
    row: dict[str, Any] = next(r for r in run(name).summary["trays"] if r["path"].startswith(f"{group}["))
    found = row["air_flow_m3_h"] / 3600
    assert found == pytest.approx(flow, rel=0.06)
    assert row["air_outlet_C"] - 25 == pytest.approx(heat / (1.184 * 1006 * found), rel=5e-3)


@pytest.mark.parametrize("name", WET)
def test_physical_bounds(name: str) -> None:
    """No coolant is colder than the supply or warmer than the chip it comes from; pressures stay in their range."""
    results, hand = run(name), WET[name]
    temperatures = results.nodes.numbers("temperature") - 273.15
    assert temperatures.min() >= hand.supply - 1e-6
    assert temperatures.max() < 90.0
    for row in results.summary["devices"]:
        if row["plate"] and row["junction_max_C"] is not None:
            assert hand.supply - 1e-6 <= row["inlet_C"] < row["outlet_C"] < row["junction_max_C"] < 105.0
    pressures = results.nodes.numbers("pressure")
    assert pressures.min() > 150e3
    assert pressures.max() < 450e3
    assert 0.0 < (results.summary["flow_spread_rel"] or 0.0) < 0.10
