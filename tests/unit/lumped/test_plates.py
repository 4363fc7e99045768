"""Cold-plate laws: a published R(Q) comes back as it went in, and nothing beats the coolant's own rise."""

from __future__ import annotations

from itertools import product
from math import exp

import pytest
from pydantic import ValidationError

from thermal.correlations.channels import ChannelPlate, channel_plate_resistance
from thermal.errors import OperatingRangeError
from thermal.lumped.plates import case_rise, channel_conductance, law_range, law_resistance, plate_conductance
from thermal.rack.laws import Resistance
from thermal.rack.parts import Plate

L_MIN = 1e-3 / 60
CAPACITY = 4.0e6  # ρ cp [J/(m3 K)]
POWER = Resistance.model_validate(
    {"power": {"value": "0.0235 K/W", "flow": "2.2 L/min", "exponent": 0.36, "flow_low": "0.5 L/min",
               "flow_high": "4 L/min"}}
)  # fmt: skip
TABLE = Resistance.model_validate(
    {"table": (("1 L/min", "0.040 K/W"), ("2 L/min", "0.030 K/W"), ("4 L/min", "0.022 K/W"))}
)


def total(law: Resistance, flow: float, equals: float = 1.0) -> float:
    """Resistance from case to inlet of one of `equals` like devices on a plate [K/W]."""
    UA = plate_conductance("plate", law, flow, CAPACITY, equals)
    return sum(case_rise(1.0, UA, flow * CAPACITY / equals))


def published(flow: float) -> float:
    return 0.0235 * (flow / (2.2 * L_MIN)) ** -0.36


@pytest.mark.parametrize(("flow", "equals"), list(product((0.8, 1.5, 2.2, 4.0), (1.0, 1.7))))
def test_published_resistance_is_reproduced(flow: float, equals: float) -> None:
    """Inside its range the law comes out as it went in, however many devices share the plate."""
    assert total(POWER, flow * L_MIN, equals) == pytest.approx(published(flow * L_MIN), rel=1e-12)
    assert total(POWER, flow * L_MIN, equals) != pytest.approx(1.01 * published(flow * L_MIN), rel=1e-3)


def test_tabulated_resistance_is_reproduced() -> None:
    for flow, R in ((1.0, 0.040), (2.0, 0.030), (4.0, 0.022)):
        assert total(TABLE, flow * L_MIN) == pytest.approx(R, rel=1e-12)
    assert 0.022 < total(TABLE, 3 * L_MIN) < 0.030


def test_low_flow_ends_at_the_coolants_own_rise() -> None:
    """Below its range the law would go on as Q^−0.36; the plate goes to 1/C, and never below it."""
    for flow in (0.3, 0.1, 0.01):
        own = 1 / (flow * L_MIN * CAPACITY)
        assert total(POWER, flow * L_MIN) >= own * (1 - 1e-12)
        assert published(flow * L_MIN) < own or flow > 0.2  # what the law itself would say: impossible
    assert total(POWER, 0.01 * L_MIN) == pytest.approx(1 / (0.01 * L_MIN * CAPACITY), rel=1e-6)


def test_beyond_its_range_the_film_is_held() -> None:
    ends = [plate_conductance("plate", POWER, flow * L_MIN, CAPACITY, 1.0) for flow in (4.0, 6.0, 20.0)]
    assert ends[0] == ends[1] == ends[2]
    # the coolant's share still falls: R → 1/UA + 1/(2C)
    C = 20 * L_MIN * CAPACITY
    assert total(POWER, 20 * L_MIN) == pytest.approx(1 / ends[2] + 0.5 / C, rel=1e-3)


def test_resistance_below_the_coolants_own_rise_is_refused() -> None:
    law = Resistance.model_validate({"power": {"value": "0.01 K/W", "flow": "1 L/min", "exponent": 0.4}})
    own = 1 / (L_MIN * CAPACITY)
    assert own > 0.01
    with pytest.raises(OperatingRangeError, match=rf"tray/plate: resistance 0\.01 K/W at 1\.00 .* rise, {own:.4g} K/W"):
        plate_conductance("tray/plate", law, L_MIN, CAPACITY, 1.0)
    with pytest.raises(OperatingRangeError, match="no plate can do that"):
        plate_conductance("tray/plate", POWER, 1.5 * L_MIN, CAPACITY, 4.0)  # four devices share one flow


def test_range_of_a_law() -> None:
    bare = Resistance.model_validate({"power": {"value": "0.03 K/W", "flow": "2 L/min", "exponent": 0.4}})
    assert law_range(bare) == pytest.approx((0.5 * L_MIN, 8 * L_MIN))
    assert law_range(POWER) == pytest.approx((0.5 * L_MIN, 4 * L_MIN))
    assert law_range(TABLE) == pytest.approx((1 * L_MIN, 4 * L_MIN))
    assert law_resistance(POWER, 2.2 * L_MIN) == pytest.approx(0.0235)


def test_case_rise_in_closed_form() -> None:
    """(P/C)/(1 − e^(−UA/C)), split at P/C."""
    coolant, plate = case_rise(1000.0, 60.0, 80.0)
    assert coolant == pytest.approx(12.5)
    assert coolant + plate == pytest.approx(12.5 / (1 - exp(-0.75)), rel=1e-12)
    assert coolant + plate != pytest.approx(12.5 / (1 - exp(-0.7575)), rel=1e-4)


def test_case_rise_at_its_ends() -> None:
    assert case_rise(1000.0, 1e9, 80.0) == (12.5, 0.0)
    assert case_rise(1000.0, float("inf"), 80.0) == (12.5, 0.0)
    coolant, plate = case_rise(1000.0, 60.0, 1e9)  # endless flow: P/UA
    assert coolant + plate == pytest.approx(1000 / 60, rel=1e-6)
    assert case_rise(0.0, 60.0, 80.0) == (0.0, 0.0)


def test_plate_from_channels_is_the_correlation() -> None:
    plate = Plate.model_validate(
        {"kind": "plate", "channels": {
            "count": 300, "width": "75 um", "height": "3 mm", "length": "40 mm", "wall": "75 um", "base": "1.5 mm",
            "conductivity": "385 W/(m*K)", "footprint_length": "30 mm", "footprint_width": "33 mm", "split": "centre"}}
    )  # fmt: skip
    geometry = ChannelPlate(300, 75e-6, 3e-3, 40e-3, 75e-6, 1.5e-3, 385.0, True)
    chain = channel_plate_resistance(0.0375, geometry, 30e-3, 33e-3, 3962.0, 0.487)
    UA, base = channel_conductance(plate, 0.0375, (30e-3, 33e-3), 3962.0, 0.487)
    assert base == pytest.approx(chain.base, rel=1e-12)
    assert sum(case_rise(1.0, UA, 0.0375 * 3962.0)) + base == pytest.approx(sum(chain), rel=1e-12)
    assert base + 1 / UA != pytest.approx(sum(chain), rel=1e-2)


def test_a_law_that_names_its_coolant_is_moved_to_another() -> None:
    fluid = {"conductivity": "0.5 W/(m K)", "density": "1000 kg/m3", "specific_heat": "4 kJ/(kg K)"}
    law = Resistance.model_validate(
        {"power": {"value": "0.03 K/W", "flow": "2 L/min", "exponent": 0.4, "flow_low": "1 L/min", **fluid}}
    )
    flow, own = 2.0 * L_MIN, 4.0e6
    as_rated = plate_conductance("plate", law, flow, own, 1.0, 0.5)
    assert case_rise(100.0, as_rated, flow * own)[0] + case_rise(100.0, as_rated, flow * own)[1] == pytest.approx(3.0)
    better = plate_conductance("plate", law, flow, 1.05 * own, 1.0, 0.6)
    assert better / as_rated == pytest.approx((0.6 / 0.5) ** 0.6 * 1.05**0.4, rel=1e-12)


def test_a_law_that_names_half_a_coolant_is_refused() -> None:
    power = {"value": "0.03 K/W", "flow": "2 L/min", "exponent": 0.4, "density": "1000 kg/m3"}
    with pytest.raises(ValidationError, match="give all three or none"):
        Resistance.model_validate({"power": power})
