"""Fleets, ramps and learning curves, against sums and integrals done on paper."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from thermal.cost.fleet import FleetError, Learning, RackPower, fleet_of, rack_power, read_ramp, read_size
from thermal.cost.learning import mean_factor

POWER = RackPower(135e3, "rated")
RAMP = read_ramp("0.1,0.2,0.3,0.4")


def test_a_power_makes_whole_racks() -> None:
    fleet = fleet_of(read_size("1.4 GW"), POWER, (), None)
    assert fleet.racks == 10_370  # 1,400,000 / 135 = 10,370.4
    assert [quarter.racks for quarter in fleet.quarters] == [10_370]


@pytest.mark.parametrize(("power", "racks"), [("1.35 MW", 10), ("270 kW", 2), ("269.9 kW", 1), ("135 kW", 1)])
def test_a_power_of_whole_racks_makes_just_those(power: str, racks: int) -> None:
    assert fleet_of(read_size(power), POWER, (), None).racks == racks


def test_a_number_of_racks_is_that_number() -> None:
    assert fleet_of(read_size("5000 racks"), POWER, RAMP, None).racks == 5000


@pytest.mark.parametrize("racks", [1, 3, 7, 1001, 10_370, 99_999_999])
def test_the_quarters_sum_to_the_fleet(racks: int) -> None:
    fleet = fleet_of(read_size(str(racks)), POWER, RAMP, None)
    assert sum(quarter.racks for quarter in fleet.quarters) == racks
    for quarter in fleet.quarters:
        assert abs(quarter.racks - racks * quarter.share) <= 1
    assert fleet.racks_at_book_price == racks


def test_a_quarter_without_racks_has_no_price() -> None:
    fleet = fleet_of(read_size("3"), POWER, read_ramp("0.5,0.1,0.4"), Learning(0.9, 1000))
    assert [quarter.racks for quarter in fleet.quarters] == [2, 0, 1]
    factors = [quarter.price_factor for quarter in fleet.quarters]
    assert factors[1] is None
    assert None not in (factors[0], factors[2])
    assert fleet.summary()["quarters"][1]["price_factor"] is None
    assert 0 < fleet.racks_at_book_price < 3
    plain = fleet_of(read_size("3"), POWER, read_ramp("0.5,0.1,0.4"), None)
    assert [quarter.price_factor for quarter in plain.quarters] == [1.0, None, 1.0]
    assert plain.racks_at_book_price == 3


@pytest.mark.parametrize(("text", "said"), [
    ("0", "is no fleet"), ("many", "is no fleet"), ("5 m", "is no fleet"), ("0 GW", "above zero"),
    ("-1 GW", "above zero"), ("1000000000", "from 1 to"), ("1.5", "is no fleet"),
])  # fmt: skip
def test_what_is_no_fleet(text: str, said: str) -> None:
    with pytest.raises(FleetError, match=said):
        read_size(text)


def test_a_power_that_feeds_no_rack_is_refused() -> None:
    with pytest.raises(FleetError, match="100 kW makes 0 racks of 135"):
        fleet_of(read_size("100 kW"), POWER, (), None)


@pytest.mark.parametrize(("text", "said"), [
    ("0.1,0.2", "sums to 0.3; its shares must sum to 1"), ("a,b", "is no ramp"), ("", "is no ramp"),
    ("1.5,-0.5", "from 0 to 1"), ("nan", "from 0 to 1"), ("0.1,0.2,0.3,0.41", "sums to 1.01"),
])  # fmt: skip
def test_what_is_no_ramp(text: str, said: str) -> None:
    with pytest.raises(FleetError, match=said):
        read_ramp(text)


def test_a_ramp_sums_exactly() -> None:
    assert read_ramp("0.1, 0.2, 0.3, 0.4") == (Decimal("0.1"), Decimal("0.2"), Decimal("0.3"), Decimal("0.4"))


def test_the_rated_power_goes_before_the_heat() -> None:
    assert rack_power(135e3, 120e3, "tdp").watts == 135e3
    assert rack_power(None, 120e3, "peak") == RackPower(
        120e3, "heat of devices and fans in power state peak, as the rack file gives no rated power"
    )
    with pytest.raises(FleetError, match="neither a rated power nor heat"):
        rack_power(None, 0.0, "tdp")


class TestLearning:
    @pytest.mark.parametrize("ratio", [0.95, 0.9, 0.8, 0.6, 0.5, 0.5 + 1e-12, 0.3])
    @pytest.mark.parametrize(("start", "stop"), [(1000.0, 2000.0), (1000.0, 11_370.0), (5000.0, 5001.0)])
    def test_the_mean_is_the_integral(self, ratio: float, start: float, stop: float) -> None:
        """Gauss-Legendre with 60 nodes is exact to rounding for so smooth a power."""
        nodes, weights = np.polynomial.legendre.leggauss(60)
        at = 0.5 * (stop - start) * nodes + 0.5 * (stop + start)
        mean = 0.5 * np.sum(weights * (at / 1000.0) ** math.log2(ratio))
        assert mean_factor(ratio, 1000.0, start, stop) == pytest.approx(mean, rel=1e-11)

    def test_a_doubling_multiplies_the_price_by_the_ratio(self) -> None:
        assert mean_factor(0.9, 1000.0, 2000.0, 2000.0) == pytest.approx(0.9, rel=1e-14)
        assert mean_factor(0.9, 1000.0, 4000.0, 4000.0) == pytest.approx(0.81, rel=1e-14)

    def test_half_the_price_per_doubling_is_a_logarithm(self) -> None:
        assert mean_factor(0.5, 1.0, 1.0, math.e) == pytest.approx(1.0 / (math.e - 1.0), rel=1e-14)

    def test_another_ratio_is_another_mean(self) -> None:
        """The sabotaged twin: one per cent of the ratio is far outside the bound above."""
        exact = mean_factor(0.9, 1000.0, 1000.0, 11_370.0)
        assert mean_factor(0.9 * 1.01, 1000.0, 1000.0, 11_370.0) != pytest.approx(exact, rel=1e-3)

    def test_quarters_join_without_gap(self) -> None:
        """The quarters' means, weighted by their racks, are the mean over the whole fleet."""
        learning = Learning(0.9, 1000)
        fleet = fleet_of(read_size("10370"), POWER, RAMP, learning)
        whole = mean_factor(0.9, 1000.0, 1000.0, 11_370.0)
        assert float(fleet.racks_at_book_price) == pytest.approx(10_370 * whole, rel=1e-12)
        factors = [quarter.price_factor for quarter in fleet.quarters]
        assert factors == sorted(factors, reverse=True)
        assert factors[0] < 1.0

    def test_no_learning_is_the_books_price(self) -> None:
        fleet = fleet_of(read_size("10370"), POWER, RAMP, Learning(1.0, 1000))
        assert fleet.racks_at_book_price == Fraction(10_370)


@pytest.mark.parametrize(("made", "racks", "most"), [(100, 10, 1e-3), (1000, 1000, 1e-4), (10_000, 100_000, 1e-5)])
def test_the_integral_nears_the_sum_over_whole_racks(made: int, racks: int, most: float) -> None:
    whole = sum((number / made) ** math.log2(0.9) for number in range(made + 1, made + racks + 1)) / racks
    assert 0.0 < mean_factor(0.9, made, made, made + racks) / whole - 1.0 < most


def test_the_first_rack_of_a_fleet_has_the_books_price() -> None:
    fleet = fleet_of(read_size("1"), POWER, (), Learning(0.9, 10**6))
    assert fleet.quarters[0].price_factor == pytest.approx(1.0, abs=1e-6)


def test_a_fleet_says_the_power_it_was_asked_for() -> None:
    assert fleet_of(read_size("1.4 GW"), POWER, (), None).summary()["power_W"] == 1.4e9
    assert fleet_of(read_size("5000"), POWER, (), None).summary()["power_W"] is None
