"""Fans against a tray: operating point in closed form, heat balance of the air."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import pytest

from thermal.errors import InputError, OperatingRangeError
from thermal.lumped.air import SPECIFIC_HEAT, air_density, tray_air
from thermal.rack.schema import Rack

Bench = Callable[..., Rack]

# Straight curve: 300 Pa (1 − Q/0.02 m3/s).
AIR = (
    "  chip:\n",
    "  fan: {kind: fan, curve: {table: [[0 m3/s, 300 Pa], [0.01 m3/s, 150 Pa], [0.02 m3/s, 0 Pa]]}, power: 10 W}\n"
    "  chip:\n",
)
TRAY = (
    "      gpu: {package: chip, count: 1, cooled_by: plate}\n",
    "      gpu: {package: chip, count: 1, cooled_by: plate}\n"
    "    air:\n"
    "      fans: {part: fan, count: 4}\n"
    "      impedance: {linear: 500 Pa/(m3/s), quadratic: 4.0e4 Pa/(m3/s)^2}\n",
)


def air_of(bench: Bench, heat: float = 400.0, **values: str):  # type: ignore[no-untyped-def]
    rack = bench(AIR, TRAY, **values)
    air = rack.trays["compute"].air
    assert air is not None
    return tray_air(rack, "compute[1]", air, heat)


def crossing(a: float, b: float, count: int) -> float:
    """Positive root of b Q² + (a + 300/(0.02 n)) Q − 300 = 0."""
    c = a + 300 / (0.02 * count)
    return (-c + sqrt(c * c + 1200 * b)) / (2 * b)


@pytest.mark.parametrize(("count", "b"), [(1, 4e4), (4, 4e4), (8, 2e3)])
def test_fans_meet_the_impedance(bench: Bench, count: int, b: float) -> None:
    found = air_of(bench, trays__compute__air__fans__count=str(count),
                   trays__compute__air__impedance__quadratic=f"{b} Pa/(m3/s)^2")  # fmt: skip
    Q = crossing(500.0, b, count)
    assert found.flow == pytest.approx(Q, rel=1e-10)
    assert found.flow != pytest.approx(crossing(500.0, 1.01 * b, count), rel=1e-4)
    assert found.pressure == pytest.approx(500 * Q + b * Q**2, rel=1e-10)
    assert found.pressure == pytest.approx(300 * (1 - Q / (0.02 * count)), rel=1e-9)
    assert found.fan_power == 10.0 * count


def test_air_takes_up_the_heat(bench: Bench) -> None:
    """ΔT = (P + P_fan)/(ρ cp Q), fans included."""
    found = air_of(bench, 400.0)
    rho = 100e3 / (287.05 * 298.15)
    expected = (400 + 40) / (rho * 1006 * crossing(500.0, 4e4, 4))
    assert found.outlet - 298.15 == pytest.approx(expected, rel=1e-10)
    assert found.outlet - 298.15 != pytest.approx(expected * 400 / 440, rel=1e-2)


def test_thin_air_carries_less_at_the_same_flow(bench: Bench) -> None:
    """Curve and impedance fall alike with density: same flow, 30 % warmer at 77 kPa."""
    sea, high = air_of(bench), air_of(bench, ambient__pressure="77 kPa")
    assert high.flow == sea.flow
    assert (high.outlet - 298.15) / (sea.outlet - 298.15) == pytest.approx(100 / 77, rel=1e-10)


def test_density_of_air() -> None:
    """1.184 kg/m3 at 25 °C and one atmosphere (ideal gas of 287.05 J/kgK)."""
    assert air_density(298.15, 101325.0) == pytest.approx(1.184, rel=1e-3)
    assert SPECIFIC_HEAT == 1006.0


def test_a_curve_that_ends_before_the_impedance_is_refused(bench: Bench) -> None:
    short = (AIR[0], AIR[1].replace(", [0.02 m3/s, 0 Pa]", ""))
    rack = bench(short, TRAY, trays__compute__air__impedance="{quadratic: 100 Pa/(m3/s)^2}")
    air = rack.trays["compute"].air
    assert air is not None
    with pytest.raises(
        OperatingRangeError, match=r"compute\[1\]: the fans' curve \(fan\) .* ends at 0\.01 m3/s per fan"
    ):
        tray_air(rack, "compute[1]", air, 100.0)


def test_a_curve_that_begins_past_rest_is_refused(bench: Bench) -> None:
    late = (AIR[0], AIR[1].replace("[0 m3/s, 300 Pa], ", ""))
    with pytest.raises(InputError, match="the curve begins at"):
        bench(late, TRAY)
