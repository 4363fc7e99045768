"""One plate alone: its laws by hand, and the same numbers as in the rack it comes from."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log
from typing import Any

import pytest

from thermal.correlations.channels import (
    ChannelPlate,
    channel_plate_resistance,
    channel_pressure_drop,
    film_conductance,
)
from thermal.correlations.coolant import conductivity, density, specific_heat, viscosity
from thermal.errors import InputError, OperatingRangeError
from thermal.hydraulics.loop import fluid_table
from thermal.rack.fluids import load_coolant
from thermal.rack.loader import load_rack
from thermal.rack.named_plate import load_plate
from thermal.rack.schema import Rack
from thermal.simulation.plate import plate_curve
from thermal.simulation.plate_report import PlatePoint
from thermal.simulation.steady import simulate

Bench = Callable[..., Rack]
L_MIN = 1e-3 / 60
RHO, CP = 1000.0, 4000.0  # of the bench's coolant
CHANNELS = (
    "channels: {count: 300, width: 75 um, height: 3 mm, length: 40 mm, wall: 75 um, base: 1.5 mm, "
    "conductivity: 385 W/(m*K), footprint_length: 30 mm, footprint_width: 33 mm, split: centre}"
)
DROP = "pressure_drop: {quadratic: {quadratic: 1.0e13 Pa/(m3/s)^2}}"
RESISTANCE = (
    "resistance: {power: {value: 0.05 K/W, flow: 2 L/min, exponent: 0.4, flow_low: 1 L/min, flow_high: 4 L/min}}"
)


def at(rack: Rack, name: str, flow: float, **asked: Any) -> PlatePoint:
    (point,) = plate_curve(rack, name, flows=[flow], **asked).points
    return point


def test_a_quadratic_law_by_hand(bench: Bench) -> None:
    """1e13 Pa/(m3/s)² at 3 L/min: 1e13 · (5e-5)² = 25 kPa."""
    point = at(bench(), "plate", 3 * L_MIN)
    assert point.pressure_drop == pytest.approx(25_000.0, rel=1e-9)
    assert point.pressure_drop != pytest.approx(1.01 * 25_000.0, rel=1e-3)


def test_resistance_at_the_rated_flow_and_off_it(bench: Bench) -> None:
    assert at(bench(), "plate", 2 * L_MIN).thermal_resistance == pytest.approx(0.05, rel=1e-12)
    expected = 0.05 * 1.5**-0.4
    found = at(bench(), "plate", 3 * L_MIN)
    assert found.thermal_resistance == pytest.approx(expected, rel=1e-12)
    assert found.thermal_resistance != pytest.approx(0.05 * 1.5**-0.404, rel=1e-4)
    assert found.case_temperature == pytest.approx(303.15 + 500 * expected, rel=1e-12)


def test_outlet_holds_the_heat_and_the_friction(bench: Bench) -> None:
    """800 W and 25 kPa · 5e-5 m3/s = 1.25 W into 200 W/K."""
    point = at(bench(), "plate", 3 * L_MIN, power=800.0, temperatures=[310.0])
    assert point.outlet_temperature - 310.0 == pytest.approx(801.25 / (RHO * 3 * L_MIN * CP), rel=1e-9)
    assert point.outlet_temperature - 310.0 != pytest.approx(800.0 / (RHO * 3 * L_MIN * CP), rel=1e-3)
    assert point.inlet_temperature == 310.0


def film_of_gb300(capacity_flow: float, k: float) -> float:
    """Conductance from 440 channels of 0.09 × 3 mm between walls of 0.06 mm, 58 mm long, fed in the middle [W/K]."""
    plate = ChannelPlate(440, 0.09e-3, 3e-3, 58e-3, 0.06e-3, 2e-3, 385.0, split=True)
    return 440 * 0.15e-3 * 58e-3 * film_conductance(capacity_flow, plate, 1.0, k)


def moved(Q: float, mean: float, fluid: str) -> tuple[float, float]:
    """Pressure drop and resistance of the bundled GB300 plate, its laws written out once more."""
    table = fluid_table(load_coolant(fluid))
    rho, mu, cp, k = (f(table, mean) for f in (density, viscosity, specific_heat, conductivity))
    drop = 2.1e8 * Q * mu / 1.14e-3 + 8.8e12 * Q**2 * rho / 1010.0
    rated = 1010.0 * 3981.0
    R = 0.0235 * (Q / (2.2 * L_MIN)) ** -0.36
    UA = -Q * rated * log(1 - 1 / (R * Q * rated))
    film, film_own = film_of_gb300(Q * rho * cp, k), film_of_gb300(Q * rated, 0.493)
    UA = 1 / (1 / UA + 1 / film - 1 / film_own)  # joints and metal know nothing of the coolant
    C = rho * cp * Q
    return drop, 1 / (C * (1 - exp(-UA / C)))


@pytest.mark.parametrize("fluid", ["PG25", "water", "EG50"])
def test_laws_are_moved_to_another_coolant(fluid: str) -> None:
    Q = 1.7 * L_MIN
    point = at(load_plate("gb300_gpu_plate"), "gb300_gpu_plate", Q, fluids=[fluid], temperatures=[303.15])
    mean = 0.5 * (point.inlet_temperature + point.outlet_temperature)
    drop, R = moved(Q, mean, fluid)
    assert point.pressure_drop == pytest.approx(drop, rel=1e-8)
    assert point.thermal_resistance == pytest.approx(R, rel=1e-10)
    assert point.pressure_drop != pytest.approx(moved(Q, mean - 5.0, fluid)[0], rel=1e-3)  # at the mean, not elsewhere


def test_water_is_better_and_easier_than_glycol() -> None:
    rack, name = load_plate("gb300_gpu_plate"), "gb300_gpu_plate"
    curve = plate_curve(rack, name, fluids=["PG25", "water"], temperatures=[303.15, 313.15], flows=[2 * L_MIN])
    assert [(p.fluid, p.inlet_temperature) for p in curve.points] == [
        ("PG25", 303.15), ("PG25", 313.15), ("water", 303.15), ("water", 313.15)
    ]  # fmt: skip
    glycol, warm, water, _ = curve.points
    assert water.thermal_resistance < glycol.thermal_resistance
    assert water.pressure_drop < warm.pressure_drop < glycol.pressure_drop


def test_channels_are_the_correlations(bench: Bench) -> None:
    rack = bench((f"    {DROP}\n", ""), (RESISTANCE, CHANNELS))
    Q = 2.2 * L_MIN
    m = RHO * Q
    point = at(rack, "plate", Q)
    geometry = ChannelPlate(300, 75e-6, 3e-3, 40e-3, 75e-6, 1.5e-3, 385.0, True)
    chain = channel_plate_resistance(m, geometry, 30e-3, 33e-3, CP, 0.6)
    drop = channel_pressure_drop(m, 300, 75e-6, 3e-3, 40e-3, 1.5, True, RHO, 1e-3)[0]
    assert point.thermal_resistance == pytest.approx(sum(chain), rel=1e-10)
    assert point.pressure_drop == pytest.approx(drop, rel=1e-8)
    assert point.pressure_drop != pytest.approx(
        channel_pressure_drop(m, 300, 75.75e-6, 3e-3, 40e-3, 1.5, True, RHO, 1e-3)[0], rel=1e-2
    )
    # 600 half channels of 75 µm × 3 mm: u = 0.2716 m/s, Dh = 146.3 µm
    assert point.reynolds_number == pytest.approx(39.74, rel=1e-3)
    assert point.outside == ()
    fast = at(rack, "plate", 2000 / 39.74 * 1.01 * Q)
    assert fast.outside == ("laminar flow",)
    assert at(rack, "plate", 2000 / 39.74 * 0.99 * Q).outside == ()


def test_channels_without_a_range_are_shown_by_the_coolants_rise(bench: Bench) -> None:
    points = plate_curve(bench((f"    {DROP}\n", ""), (RESISTANCE, CHANNELS)), "plate").points
    rises = [500 / (RHO * CP * point.volume_flow) for point in points]
    assert len(points) == 10
    assert rises[0] == pytest.approx(40.0)
    assert rises[-1] == pytest.approx(5.0)
    narrow = CHANNELS.replace("count: 300", "count: 2")
    points = plate_curve(bench((f"    {DROP}\n", ""), (RESISTANCE, narrow)), "plate", power=0.0).points
    assert points[-1].reynolds_number == pytest.approx(2000.0, rel=1e-6)
    assert all(point.outside == () for point in points)
    assert points[0].outlet_temperature == pytest.approx(303.15, abs=20.0)


@pytest.mark.parametrize(
    ("name", "rack", "device"),
    [
        ("gb300_gpu_plate", "gb300_nvl72", "compute[3]/gpu[1]"),
        ("cpx_plate", "vr200_nvl144_cpx", "compute[18]/cpx[1]"),
    ],
)
def test_a_plate_alone_is_the_plate_in_its_rack(name: str, rack: str, device: str) -> None:
    definition = load_rack(rack)
    row = next(row for row in simulate(definition).devices.rows() if row["path"] == device)
    assert row["plate"] == name
    flow, inlet = row["flow_L_min"] * L_MIN, row["inlet_C"] + 273.15
    point = at(definition, name, flow, temperatures=[inlet])
    case = row["junction_max_C"] - row["package_rise_K"] + 273.15
    assert point.outlet_temperature - 273.15 == pytest.approx(row["outlet_C"], abs=1e-6)
    assert point.case_temperature == pytest.approx(case, abs=1e-6)
    more = at(definition, name, 1.01 * flow, temperatures=[inlet])
    assert more.case_temperature != pytest.approx(case, abs=1e-2)


def test_devices_that_share_a_plate_are_counted() -> None:
    curve = plate_curve(load_plate("cpx_plate"), "cpx_plate", flows=[4 * L_MIN])
    assert curve.devices == {"rubin_cpx": 4, "cx9": 4}
    assert curve.power == pytest.approx(4 * 880.0 + 4 * 60.0)
    assert curve.like_devices == pytest.approx(3760.0 / 880.0)


def test_flows_outside_the_laws_are_marked(bench: Bench) -> None:
    points = plate_curve(bench(), "plate", flows=[Q * L_MIN for Q in (0.9, 1.0, 4.0, 4.1)]).points
    assert [point.outside for point in points] == [("resistance",), (), (), ("resistance",)]
    assert [point.row()["in_range"] for point in points] == [False, True, True, False]


def test_a_table_measured_with_another_fluid_ends_at_its_reynolds_number(bench: Bench) -> None:
    """Points to 2 L/min at twice the viscosity: the same Reynolds number is reached at 1 L/min."""
    table = "table: {points: [[0.5 L/min, 1 kPa], [2 L/min, 10 kPa]], viscosity: 2 mPa*s, density: 1000 kg/m3}"
    rack = bench(("quadratic: {quadratic: 1.0e13 Pa/(m3/s)^2}", table))
    points = plate_curve(rack, "plate", flows=[0.99 * L_MIN, 1.01 * L_MIN], power=0.0).points
    assert ["pressure drop" in point.outside for point in points] == [False, True]
    end = at(rack, "plate", 1.0 * L_MIN, power=0.0)
    assert end.pressure_drop == pytest.approx(10_000.0 / 4, rel=1e-6)  # Δp ρ/μ² is the same


def test_default_flows_span_what_all_laws_cover(bench: Bench) -> None:
    flows = [point.volume_flow / L_MIN for point in plate_curve(bench(), "plate").points]
    assert len(flows) == 10
    assert (flows[0], flows[-1]) == pytest.approx((1.0, 4.0))
    table = "table: {points: [[0.5 L/min, 1 kPa], [2 L/min, 10 kPa]]}"
    rack = bench(("quadratic: {quadratic: 1.0e13 Pa/(m3/s)^2}", table))
    flows = [point.volume_flow / L_MIN for point in plate_curve(rack, "plate").points]
    assert (flows[0], flows[-1]) == pytest.approx((1.0, 2.0))


def test_the_racks_own_coolant_is_found_by_name_with_its_factor(bench: Bench) -> None:
    rack = bench((f"    {DROP}\n", ""), (RESISTANCE, CHANNELS))
    thick = bench((f"    {DROP}\n", ""), (RESISTANCE, CHANNELS), coolant__viscosity_factor="1.5")
    plain, thicker = (at(r, "plate", 2 * L_MIN, fluids=["plain"]) for r in (rack, thick))
    assert plain.reynolds_number == pytest.approx(1.5 * (thicker.reynolds_number or 0.0), rel=1e-9)
    with pytest.raises(InputError, match="there is no coolant 'plian'"):
        plate_curve(rack, "plate", fluids=["plian"])


def test_a_rack_without_coolant_or_load_has_defaults(bench: Bench) -> None:
    point = at(load_plate("gb300_gpu_plate", "asic_liquid"), "gb300_gpu_plate", 2 * L_MIN)
    heat = (point.case_temperature - point.inlet_temperature) / point.thermal_resistance
    assert heat == pytest.approx(1000.0)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"flows": [2 * L_MIN, 0.0, -L_MIN]}, r"plate: a flow of 0, -1 L/min .* give flows above zero"),
        ({"flows": [float("nan")]}, "a flow of nan L/min"),
        ({"power": -1.0}, "a power of -1 W is not possible"),
        ({"temperatures": [273.15]}, "plain freezes at 0.0 °C, the inlet is 0.0 °C"),
        ({"temperatures": [400.0]}, "plain is known from .* but the inlet at 126.85 °C"),
        ({"flows": [0.01 * L_MIN]}, "the coolant leaves plate outside its table"),
    ],
)
def test_impossible_points_are_refused(bench: Bench, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(OperatingRangeError, match=message):
        plate_curve(bench(), "plate", **asked)


def test_a_law_below_the_coolants_own_rise_is_refused(bench: Bench) -> None:
    rack = bench(parts__plate__resistance__power__value="0.005 K/W")
    with pytest.raises(OperatingRangeError, match=r"plate: resistance .* no plate can do that"):
        plate_curve(rack, "plate")


PLATES = sorted(name for name in load_rack("gb300_nvl72").parts if name.endswith("_plate"))


@pytest.mark.parametrize("name", PLATES)
def test_every_bundled_plate_has_a_curve(name: str) -> None:
    summary = plate_curve(load_plate(name), name).summary()
    assert len(summary["rows"]) == 10
    assert all(row["in_range"] for row in summary["rows"])
    drops = [row["pressure_drop_kPa"] for row in summary["rows"]]
    assert drops == sorted(drops)
    assert {"resistance", "pressure drop", "coolant"} <= {value["what"] for value in summary["rests_on"]}
    assert all(value["basis"] and value["source"] for value in summary["rests_on"])


def test_what_a_curve_rests_on() -> None:
    name, path = "gb300_gpu_plate", "parts.gb300_gpu_plate.resistance.power.value"
    asked = plate_curve(load_plate(name), name, flows=[2 * L_MIN], power=1000.0)
    found = {value["what"]: value for value in asked.rests_on}
    assert found["resistance"]["value"] == "0.0235 K/W at 2.2 L/min, 0.02 to 0.035 K/W"
    assert found["resistance"]["basis"] == "fitted"
    assert found["coolant"]["value"] == "PG25"
    assert "power of a device" not in found  # it was asked for, and rests on nothing
    changed = plate_curve(load_plate(name, overrides={path: "0.03 K/W"}), name, flows=[2 * L_MIN])
    found = {value["what"]: value for value in changed.rests_on}
    assert found["resistance"]["basis"] == "assumed"
    assert found["power of a device"]["value"] == "1400 W"
