"""Whatever the shares: nothing is lost, nothing is made, and no supplier gets more than its lines."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thermal.cost.bill_of_materials import Bill, Line, bill_of_materials
from thermal.cost.classes import base_class
from thermal.cost.fleet import RackPower, fleet_of, read_size
from thermal.cost.prices import load_prices
from thermal.cost.shares import Scenario
from thermal.cost.supplier_case import ShareChange, with_shares
from thermal.cost.suppliers import content_of
from thermal.cost.uncertainty import ranges, tornado
from thermal.rack.expand import expand
from thermal.rack.loader import load_rack

LINES = ("plates", "quick_disconnects", "module", "qd_pair", "fans", "manifolds")
POWER = RackPower(135e3, "rated")


@pytest.fixture(scope="module")
def bill() -> Bill:
    rack = load_rack("gb300_nvl72")
    return bill_of_materials(rack, expand(rack), load_prices("avc_broker_2025"))


@st.composite
def entries(draw: Any) -> dict[str, Any]:
    """Shares in hundredths of up to three suppliers, summing to 1 at most, each with a range around it."""
    left, found = 100, {}
    for name in draw(st.lists(st.sampled_from("abc"), unique=True, max_size=3)):
        value = draw(st.integers(0, left))
        left -= value
        low, high = draw(st.integers(0, value)), draw(st.integers(value, 100))
        found[name] = {key: Decimal(number) / 100 for key, number in (("value", value), ("low", low), ("high", high))}
    return found


scenarios = st.dictionaries(st.sampled_from(LINES), entries(), max_size=4).map(
    lambda shares: Scenario.model_validate({"title": "any", "shares": shares})
)


@settings(max_examples=60, deadline=None)
@given(scenario=scenarios)
def test_the_rack_is_divided_without_rest(bill: Bill, scenario: Scenario) -> None:
    content = content_of(bill, "any", scenario)
    assert sum(content.by_supplier.values()) == Fraction(bill.total)
    assert all(amount >= 0 for amount in content.by_supplier.values())


@settings(max_examples=30, deadline=None)
@given(scenario=scenarios, seed=st.integers(0, 100))
def test_draws_and_swings_stay_within_the_dearest_rack(bill: Bill, scenario: Scenario, seed: int) -> None:
    content = content_of(bill, "any", scenario)
    found = ranges(content, samples=200, seed=seed)
    most = float(bill.total_high) * (1.0 + 1e-12)
    for spread in found.values():
        assert -1e-6 <= spread.p5 <= spread.p50 <= spread.p95 <= most
    assert sum(spread.mean for spread in found.values()) == pytest.approx(2.0 * found["total"].mean, rel=1e-9)
    for swing in tornado(content, next(iter(content.by_supplier))):
        assert -1e-6 <= min(swing.low, swing.high) <= max(swing.low, swing.high) <= most


groups = st.sampled_from(("plates", "quick_disconnects", "module", "qd_pair", "qd_piece", "switch_plate"))
tables = st.dictionaries(st.sampled_from(("plates", "quick_disconnects", "module", "qd_piece", "fans")), entries())


def about(key: str, line: Line) -> bool:
    return key == line.supplier_group or base_class(key) in (base_class(line.item_class), base_class(line.counted))


@settings(max_examples=150, deadline=None)
@given(shares=tables, here=tables, value=st.integers(0, 1000), key=groups)
def test_an_own_share_is_met_on_every_line_and_the_rest_stays(
    bill: Bill, shares: dict[str, Any], here: dict[str, Any], value: int, key: str
) -> None:
    """Whether a line is divided by its class or its group, for any rack or this one."""
    scenario = Scenario.model_validate({"title": "any", "shares": shares, "racks": {bill.rack: here}})
    share = Decimal(value) / 1000
    before = content_of(bill, "any", scenario)
    after = content_of(bill, "any", with_shares(scenario, [ShareChange(key, "a", share)], bill))
    assert sum(after.by_supplier.values()) == Fraction(bill.total)
    assert {about(key, line) for line in bill.lines} == {True, False}
    for old, new in zip(before.portions, after.portions, strict=True):
        if not about(key, old.line):
            assert new.shares == old.shares
            continue
        assert new.shares["a"].value == share
        assert sum(each.value for each in new.shares.values()) <= 1
        rest = sum(each.value for name, each in old.shares.items() if name != "a")
        scale = min(Fraction(1), Fraction(1 - share) / Fraction(rest)) if rest else 1
        for name, each in old.shares.items():
            if name != "a":
                assert float(new.shares[name].value) == pytest.approx(float(Fraction(each.value) * scale), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(shares=tables, swapped=st.booleans())
def test_a_class_goes_before_its_group_in_either_order(bill: Bill, shares: dict[str, Any], swapped: bool) -> None:
    scenario = Scenario.model_validate({"title": "any", "shares": shares})
    changes = [ShareChange("plates", "a", Decimal("0.2")), ShareChange("module", "a", Decimal("0.7"))]
    changed = with_shares(scenario, changes[::-1] if swapped else changes, bill)
    found = {portion.line.item_class: portion.shares for portion in content_of(bill, "any", changed).portions}
    assert (found["module"]["a"].value, found["switch_plate"]["a"].value) == (Decimal("0.7"), Decimal("0.2"))


@given(racks=st.integers(1, 10**6), tenths=st.lists(st.integers(0, 10), min_size=1, max_size=8))
def test_quarters_are_whole_racks_that_sum_to_the_fleet(racks: int, tenths: list[int]) -> None:
    total = sum(tenths)
    if total == 0:
        tenths, total = [1], 1
    shares = [Decimal(part) / total for part in tenths[:-1]]
    fleet = fleet_of(read_size(str(racks)), POWER, [*shares, 1 - sum(shares, Decimal(0))], None)
    assert sum(quarter.racks for quarter in fleet.quarters) == racks
    assert all(quarter.racks >= 0 for quarter in fleet.quarters)
