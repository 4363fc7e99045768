"""Devices: the chain of temperature steps adds up, on plates of their own, on shared plates, and in air."""

from __future__ import annotations

from collections.abc import Callable
from math import exp

import numpy as np
import pytest

from thermal.correlations.channels import ChannelPlate, channel_plate_resistance
from thermal.errors import OperatingRangeError
from thermal.lumped.chips import Chips, coolant_heat
from thermal.rack.bundled import bundled
from thermal.rack.loader import load_rack
from thermal.rack.schema import Rack
from thermal.simulation.steady import Solved, solve

Bench = Callable[..., Rack]

L_MIN = 1e-3 / 60
CELSIUS = 273.15
RHO, CP = 1000.0, 4000.0
C = RHO * CP * 2 * L_MIN  # capacity flow of one tray of the bench rack at 4 L/min [W/K]

GPU = "      gpu: {package: chip, count: 1, cooled_by: plate}\n"


def by_path(solved: Solved, column: str) -> dict[str, float]:
    values = getattr(solved.chips, column)
    return {device.path: float(v) for device, v in zip(solved.assembly.devices, values, strict=True)}


def test_chain_by_hand(bench: Bench) -> None:
    """500 W at 2 L/min: case 500 × 0.05 K over the entering coolant, junction 500 × 0.02 K over the case."""
    solved = solve(bench())
    inlet = by_path(solved, "inlet")["compute[1]/gpu"]
    assert inlet - 303.15 == pytest.approx(4004.0 / (RHO * CP), abs=1e-6)  # friction in the gate alone
    assert by_path(solved, "coolant_rise")["compute[1]/gpu"] == pytest.approx(inlet - 303.15 + 500 / C, rel=1e-10)
    assert by_path(solved, "plate_rise")["compute[1]/gpu"] == pytest.approx(500 * 0.05 - 500 / C, rel=1e-10)
    assert by_path(solved, "package_rise")["compute[1]/gpu"] == pytest.approx(10.0, rel=1e-12)
    junction = by_path(solved, "junction")["compute[1]/gpu"]
    assert junction == pytest.approx(inlet + 25 + 10, rel=1e-12)
    assert junction - inlet != pytest.approx(1.01 * 35, rel=1e-3)
    assert by_path(solved, "limit")["compute[1]/gpu"] == 80 + CELSIUS
    assert by_path(solved, "volume_flow")["compute[1]/gpu"] == pytest.approx(2 * L_MIN, rel=1e-9)


@pytest.mark.parametrize("name", bundled("racks"))
def test_steps_add_up_to_the_junction(name: str) -> None:
    """Supply (or air) + coolant + plate + package, for every device that has a junction."""
    solved = solve(load_rack(name))
    chips: Chips = solved.chips
    start = np.full(chips.junction.size, solved.loop.supply if solved.loop else np.nan)
    start = np.where(np.isfinite(chips.air), chips.air, start)
    known = np.isfinite(chips.junction)
    assert known.sum() >= 30
    total = start + chips.coolant_rise + chips.plate_rise + chips.package_rise
    np.testing.assert_allclose(total[known], chips.junction[known], rtol=1e-13)
    assert np.all(chips.plate_rise[known] >= 0.0)
    assert np.all(chips.package_rise[known] > 0.0)


def test_two_devices_on_one_plate(bench: Bench) -> None:
    """The law's resistance is the one each device sees: 0.05 K/W for each of two, sharing the coolant's rise."""
    solved = solve(bench((GPU, GPU.replace("count: 1", "count: 2"))))
    inlet, junction = by_path(solved, "inlet"), by_path(solved, "junction")
    for number in (1, 2):
        path = f"compute[1]/gpu[{number}]"
        assert junction[path] - inlet[path] == pytest.approx(500 * 0.07, rel=1e-10)
        assert by_path(solved, "outlet")[path] - inlet[path] == pytest.approx(1000 / C, rel=1e-3)
        step = by_path(solved, "coolant_rise")[path] - (inlet[path] - 303.15)
        assert step == pytest.approx(1000 / C, rel=1e-10)


def test_unlike_devices_on_one_plate(bench: Bench) -> None:
    """500 W and 100 W: like devices are 600/500 of the large one; UA is the same for both, the coolant is shared."""
    small = (
        "trays:\n",
        "  small: {kind: package, device_kind: nic, power: {tdp: 100 W}, resistance: {junction_to_case: 0.1 K/W}}\n"
        "trays:\n",
    )
    both = (GPU, GPU + "      nic: {package: small, count: 1, cooled_by: plate}\n")
    solved = solve(bench(small, both))
    inlet = by_path(solved, "inlet")["compute[1]/gpu"]
    junction = by_path(solved, "junction")
    assert junction["compute[1]/gpu"] - inlet == pytest.approx(500 * 0.07, rel=1e-10)
    units = -np.log(1 - 1.2 / (0.05 * C)) / 1.2  # UA/C from R = 0.05 at C/1.2
    rise = 600 / C / (1 - exp(-units * 6))
    assert junction["compute[1]/nic"] - inlet == pytest.approx(rise + 100 * 0.1, rel=1e-10)


def test_a_device_that_is_off_sits_at_the_coolant(bench: Bench) -> None:
    solved = solve(bench(parts__chip__power="{tdp: 0 W}"))
    junction, outlet = by_path(solved, "junction"), by_path(solved, "outlet")
    assert junction["compute[1]/gpu"] == pytest.approx(outlet["compute[1]/gpu"], abs=1e-12)
    assert by_path(solved, "plate_rise")["compute[1]/gpu"] == 0.0


def test_plate_given_by_its_channels(bench: Bench) -> None:
    """Two devices on a plate of channels: together they see the correlation's resistance for all the heat."""
    channels = (
        "    resistance: {power: {value: 0.05 K/W, flow: 2 L/min, exponent: 0.4, flow_low: 1 L/min, "
        "flow_high: 4 L/min}}\n",
        "    channels: {count: 60, width: 0.3 mm, height: 2 mm, length: 40 mm, wall: 0.2 mm, base: 2 mm, "
        "conductivity: 385 W/(m*K), footprint_length: 30 mm, footprint_width: 25 mm}\n",
    )
    solved = solve(bench(channels, (GPU, GPU.replace("count: 1", "count: 2"))))
    geometry = ChannelPlate(60, 0.3e-3, 2e-3, 40e-3, 0.2e-3, 2e-3, 385.0, False)
    chain = channel_plate_resistance(RHO * 2 * L_MIN, geometry, 30e-3, 25e-3, CP, 0.6)
    inlet, junction = by_path(solved, "inlet"), by_path(solved, "junction")
    for path in ("compute[1]/gpu[1]", "compute[2]/gpu[2]"):
        assert junction[path] - inlet[path] == pytest.approx(1000 * sum(chain) + 10, rel=1e-9)
        assert junction[path] - inlet[path] != pytest.approx(1000 * 1.01 * sum(chain) + 10, rel=1e-3)


def test_flow_outside_the_laws_range_is_noted(bench: Bench) -> None:
    slow = solve(bench(coolant__control="{kind: flow, value: 1.6 L/min}"))
    assert slow.chips.notes == (
        "compute[1]/plate: 0.80 L/min is below the range of plate's resistance (1.00 to 4.00 L/min); "
        "its film is held at the end of the range",
    )
    fast = solve(bench(coolant__control="{kind: flow, value: 8.4 L/min}", parts__pump__speed_max="3"))
    assert "4.20 L/min is above the range" in fast.chips.notes[0]
    assert solve(bench()).chips.notes == ()


def test_a_plate_better_than_its_coolant_is_refused(bench: Bench) -> None:
    with pytest.raises(
        OperatingRangeError, match=r"compute\[1\]/plate: resistance 0\.007 K/W .* own rise, 0\.0075 K/W"
    ):
        solve(bench(parts__plate__resistance__power__value="0.007 K/W"))


def test_a_package_without_resistance_has_no_junction(bench: Bench) -> None:
    solved = solve(bench(("    resistance: {junction_to_case: 0.02 K/W}\n", "")))
    assert np.isnan(solved.chips.junction).all()
    assert np.isfinite(solved.chips.outlet).all()


# ---------------------------------------------------------------------------------------------------------------- air

FAN = (
    "  chip:\n",
    "  fan: {kind: fan, curve: {table: [[0 m3/s, 300 Pa], [0.01 m3/s, 150 Pa], [0.02 m3/s, 0 Pa]]}, power: 10 W}\n"
    "  fins: {kind: heat_sink, resistance: {table: [[0.01 m3/s, 0.6 K/W], [0.05 m3/s, 0.2 K/W]]}}\n"
    "  nic:\n"
    "    kind: package\n"
    "    device_kind: nic\n"
    "    power: {tdp: 40 W}\n"
    "    resistance: {junction_to_case: 0.5 K/W}\n"
    "    limits: {shutdown: 105 degC}\n"
    "    heat_sink: fins\n"
    "  chip:\n",
)
BLOWN = (
    GPU,
    GPU + "      nic: {package: nic, count: 2, cooled_by: air}\n"
    "    air: {fans: {part: fan, count: 2}, impedance: {quadratic: 4.0e5 Pa/(m3/s)^2}}\n"
    "    heat_to_liquid: 0\n",
)


def test_device_in_air(bench: Bench) -> None:
    """Entering air + P (R_sink(Q) + R_jc), the sink's table read at the flow where fans meet the tray."""
    solved = solve(bench(FAN, BLOWN))
    c, b = 300 / 0.04, 4e5
    Q = (-c + np.sqrt(c * c + 1200 * b)) / (2 * b)
    assert solved.chips.trays["compute[1]"].flow == pytest.approx(Q, rel=1e-10)
    R = 0.6 + (Q - 0.01) / 0.04 * (0.2 - 0.6)  # two rows: a straight line
    path = "compute[2]/nic[2]"
    assert by_path(solved, "air")[path] == 298.15
    assert by_path(solved, "plate_rise")[path] == pytest.approx(40 * R, rel=1e-9)
    assert by_path(solved, "junction")[path] == pytest.approx(298.15 + 40 * (R + 0.5), rel=1e-10)
    assert by_path(solved, "junction")[path] != pytest.approx(298.15 + 40 * (1.01 * R + 0.5), rel=1e-5)
    assert by_path(solved, "limit")[path] == 105 + CELSIUS  # without a slow-down limit the shut-down one counts
    assert np.isnan(by_path(solved, "inlet")[path])


def test_heat_sink_outside_its_range_is_refused(bench: Bench) -> None:
    with pytest.raises(
        OperatingRangeError, match=r"compute\[1\]/nic\[1\]: .* outside the range of fins \(0\.03 to 0\.05"
    ):
        solve(bench(FAN, BLOWN, parts__fins__resistance="{table: [[0.03 m3/s, 0.6 K/W], [0.05 m3/s, 0.2 K/W]]}"))


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_share_of_air_heat_that_ends_in_the_coolant(bench: Bench, share: float) -> None:
    """80 W per tray in air: the share leaves with the coolant at the tray's end, the rest with the air."""
    solved = solve(bench(FAN, BLOWN, trays__compute__heat_to_liquid=str(share)))
    heat, to_air = coolant_heat(solved.rack, solved.assembly)
    assert heat.sum() == pytest.approx(1000 + 160 * share)
    assert to_air == pytest.approx({"compute[1]": 80 * (1 - share), "compute[2]": 80 * (1 - share)})
    assert solved.loop is not None
    friction = solved.loop.pressure_drop * 4 * L_MIN
    assert solved.loop.back - solved.loop.supply == pytest.approx((1000 + 160 * share + friction) / (2 * C), rel=1e-9)
    air = solved.chips.trays["compute[1]"]
    rho = 100e3 / (287.05 * 298.15)
    assert air.outlet - 298.15 == pytest.approx((80 * (1 - share) + 20) / (rho * 1006 * air.flow), rel=1e-10)


def test_the_air_cooling_wall() -> None:
    """An air-cooled H100 system: 700 W within the limit of 87 °C, 1000 W beyond it and beyond shut-down.

    By hand: 12 fans meet 1800 Pa/(m3/s)² near 0.52 m3/s, where the sink has 0.065 K/W: 25 + P (0.065 + 0.010) °C.
    """
    usual, article = (solve(load_rack("hgx_h100_air", {"power_state": s})) for s in ("tdp", "avc_article"))
    for solved, power, expected in ((usual, 700.0, 77.5), (article, 1000.0, 100.0)):
        gpus = [d for d, device in enumerate(solved.assembly.devices) if device.package == "h100"]
        assert {solved.assembly.devices[d].power for d in gpus} == {power}
        np.testing.assert_allclose(solved.chips.junction[gpus] - CELSIUS, expected, atol=0.5)
        assert solved.chips.trays["system[1]"].flow == pytest.approx(0.52, rel=0.01)
        assert solved.loop is None
    gpus = [d for d, device in enumerate(usual.assembly.devices) if device.package == "h100"]
    assert np.all(usual.chips.junction[gpus] < usual.chips.limit[gpus])
    assert np.all(article.chips.junction[gpus] > article.chips.limit[gpus])
    # 10.2 kW and fans through 0.52 m3/s, by hand: 16.5 K
    assert usual.chips.trays["system[1]"].outlet - 298.15 == pytest.approx(16.5, rel=0.01)
