"""Suppliers' contents: sums that are exact, and shares that go where they belong."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from thermal.cost.currency import in_currency
from thermal.cost.prices import load_prices, read_prices
from thermal.cost.shares import OTHER, Scenario, load_shares
from thermal.cost.supplier_case import CaseError, read_price, read_share, with_prices, with_shares
from thermal.cost.suppliers import content_of, ranks
from thermal.errors import InputError

FILE = load_shares("analysts_2025")


def scenario(shares: dict[str, dict[str, Any]], racks: dict[str, Any] | None = None) -> Scenario:
    return Scenario.model_validate({"title": "t", "shares": shares, "racks": racks or {}})


@pytest.mark.parametrize("rack", ["gb300", "gb200", "vr200", "cpx"])
@pytest.mark.parametrize("book", ["avc_broker_2025", "morgan_stanley_2025", "guosen_2026"])
@pytest.mark.parametrize("name", list(FILE.scenarios))
def test_contents_sum_to_the_bill_exactly(rack: str, book: str, name: str, request: pytest.FixtureRequest) -> None:
    bill = request.getfixturevalue(rack).price(book)
    content = content_of(bill, name, FILE.scenarios[name])
    assert sum(content.by_supplier.values()) == Fraction(bill.total) == content.total
    for supplier, amount in content.by_supplier.items():
        assert sum(content.by_class[supplier].values()) == amount
    assert list(content.by_supplier)[-1] == OTHER


def test_a_content_by_hand(gb300: Any) -> None:
    """36 modules at 650 and 18 switch plates at 200 make 27,000 of plates, 198 halves at 45 make 8,910."""
    content = content_of(gb300.price("avc_broker_2025"), "s", scenario({"plates": {"a": 0.6}, "quick_disconnects": {}}))
    # hand-made parts name no supplier group, so nothing is shared by group
    assert content.by_supplier == {OTHER: 35_910}
    by_class = scenario({"module": {"a": 0.6, "b": 0.1}, "switch_plate": {"b": 0.5}, "qd_pair": {"c": 1}})
    content = content_of(gb300.price("avc_broker_2025"), "s", by_class)
    assert content.by_supplier == {"a": 14_040, "c": 8_910, "b": 2_340 + 1_800, OTHER: 23_400 * Fraction(3, 10) + 1_800}
    assert ranks(content) == {"a": 1, "c": 2, "b": 3}


def test_a_share_off_by_one_per_cent_is_another_content(gb300: Any) -> None:
    """The sabotaged twin of the content by hand."""
    bill = gb300.price("avc_broker_2025")
    content = content_of(bill, "s", scenario({"module": {"a": 0.606}}))
    assert content.by_supplier["a"] != 14_040


def test_thirds_of_a_cent_are_not_lost(gb300: Any) -> None:
    content = content_of(gb300.price("avc_broker_2025"), "s", scenario({"module": {"a": 0.333, "b": 0.333}}))
    assert content.by_supplier["a"] == Fraction(23_400) * Fraction(333, 1000)
    assert sum(content.by_supplier.values()) == 35_910


def test_a_class_goes_before_a_group_and_a_rack_before_any(gb300: Any) -> None:
    bill = gb300.price("avc_broker_2025")
    bill = replace(bill, lines=tuple(replace(line, supplier_group="plates") for line in bill.lines))
    shares = {"plates": {"group": 1}, "module": {"own": 1}}
    assert content_of(bill, "s", scenario(shares)).by_supplier == {"own": 23_400, "group": 12_510, OTHER: 0}
    here = scenario(shares, {"gb300_nvl72": {"plates": {"here": 1}}, "another": {"module": {"there": 1}}})
    assert content_of(bill, "s", here).by_supplier == {"here": 35_910, OTHER: 0}


def test_what_nobody_shares_is_said(gb300: Any) -> None:
    content = content_of(gb300.price("avc_broker_2025"), "s", scenario({"module": {"a": 1}}))
    assert content.without_shares == ("switch_plate", "qd_piece")


def test_equal_amounts_share_a_rank(gb300: Any) -> None:
    shares = scenario({"module": {"a": 0.2, "b": 0.2, "c": 0.1}})
    assert ranks(content_of(gb300.price("avc_broker_2025"), "s", shares)) == {"a": 1, "b": 1, "c": 3}


class TestOwnCase:
    def test_a_price_moves_the_bill_and_loses_its_range(self, gb300: Any) -> None:
        bill = with_prices(gb300.price("avc_broker_2025"), dict([read_price("Superchip module=700")]))
        assert bill.total == 35_910 + 36 * 50
        assert bill.by_class["module"] == 25_200
        assert bill.total_low == 25_200 + 18 * 200 + 198 * 30
        assert (bill.lines[0].low, bill.lines[0].high) == (700, 700)

    def test_a_share_takes_from_other_first(self, gb300: Any) -> None:
        bill = gb300.price("avc_broker_2025")
        before = scenario({"module": {"a": 0.2, "b": 0.3}})
        after = with_shares(before, [read_share("module.avc=40 %", FILE)], bill)
        assert content_of(bill, "s", after).by_supplier == {
            "avc": 9_360, "b": 7_020, "a": 4_680, OTHER: Fraction(23_400, 10) + 3_600 + 8_910,
        }  # fmt: skip

    def test_beyond_that_the_others_give_way_in_proportion(self, gb300: Any) -> None:
        bill = gb300.price("avc_broker_2025")
        before = scenario({"module": {"a": 0.2, "b": 0.6}})
        after = with_shares(before, [read_share("module.avc=0.5", FILE)], bill)
        shares = after.racks["gb300_nvl72"]["module"]
        assert [float(shares[name].value) for name in ("a", "b", "avc")] == pytest.approx(
            [0.125, 0.375, 0.5], rel=1e-14
        )
        assert sum(share.value for share in shares.values()) <= 1

    def test_shares_that_give_way_are_round_numbers(self, gb300: Any) -> None:
        """0.15 of 0.6 that must become 0.4 is 0.1, not 0.0999…; three equal parts of 0.5 still sum to 1 at most."""
        bill = gb300.price("avc_broker_2025")
        before = scenario({"module": {"a": {"value": 0.15, "low": 0.15, "high": 0.3}, "b": 0.45}})
        shares = with_shares(before, [read_share("module.avc=0.6", FILE)], bill).racks["gb300_nvl72"]["module"]
        assert (shares["a"].value, shares["a"].low, shares["a"].high) == (
            Decimal("0.1"),
            Decimal("0.1"),
            Decimal("0.2"),
        )
        before = scenario({"module": {"a": 0.2, "b": 0.2, "c": 0.2}})
        shares = with_shares(before, [read_share("module.avc=0.5", FILE)], bill).racks["gb300_nvl72"]["module"]
        assert 0 <= 1 - sum(share.value for share in shares.values()) < Decimal("1e-11")
        assert all(share.value.as_tuple().exponent >= -12 for share in shares.values())

    def test_a_class_starts_from_the_group_it_was_shared_by(self, gb300: Any) -> None:
        bill = gb300.price("avc_broker_2025")
        bill = replace(bill, lines=tuple(replace(line, supplier_group="plates") for line in bill.lines))
        after = with_shares(scenario({"plates": {"a": 0.4}}), [read_share("module.avc=0.6", FILE)], bill)
        content = content_of(bill, "s", after)
        assert content.by_class["a"]["module"] == 9_360
        assert content.by_class["avc"] == {"module": 14_040}
        assert content.by_class["a"]["qd_piece"] == 3_564

    def test_shares_that_cannot_be_met_are_refused(self, gb300: Any) -> None:
        changes = [read_share("module.avc=0.6", FILE), read_share("module.boyd=0.5", FILE)]
        with pytest.raises(CaseError, match=r"the shares given for 'module' sum to 1\.1; lower them"):
            with_shares(scenario({"module": {}}), changes, gb300.price("avc_broker_2025"))

    @pytest.mark.parametrize("text", ["Superchip module", "=5", "a=", "a=free", "a=-1", "a=nan", "a=1e12"])
    def test_what_is_no_price(self, text: str) -> None:
        with pytest.raises(CaseError, match='write for example "Superchip module=700"'):
            read_price(text)

    @pytest.mark.parametrize(("text", "said"), [
        ("avc=0.5", "write for example"), ("plates.avc", "write for example"), ("plats.avc=1", "did you mean 'plates'"),
        ("plates.acv=0.5", "did you mean 'avc'"), ("plates.avc=1.5", "not between 0 and 1"),
        ("plates.avc=much", "is not a share"), ("plates.other=0.1", "gets what the named suppliers leave"),
    ])  # fmt: skip
    def test_what_is_no_share(self, text: str, said: str) -> None:
        with pytest.raises(CaseError, match=said):
            read_share(text, FILE)


class TestCurrency:
    def test_every_amount_is_quantity_times_converted_price(self, gb300: Any) -> None:
        bill = in_currency(gb300.price("avc_broker_2025"), load_prices("avc_broker_2025"), "TWD")
        rate = Decimal("31.438")
        assert bill.currency == "TWD"
        assert bill.lines[0].unit_price == 650 * rate
        assert bill.total == sum((line.quantity.numerator * line.unit_price for line in bill.lines), Decimal(0))
        assert bill.total == 35_910 * rate
        assert bill.total_high == (36 * 1200 + 18 * 200 + 198 * 50) * rate
        assert sum(bill.by_class.values()) == bill.total
        assert bill.per_kW == pytest.approx(35_910 * 31.438 / 135.0, rel=1e-12)

    def test_the_rate_and_its_date_are_said(self, gb300: Any) -> None:
        bill = in_currency(gb300.price("avc_broker_2025"), load_prices("avc_broker_2025"), "TWD")
        assert any("31.438 TWD per USD of 2025-12-31" in remark for remark in bill.remarks)
        assert bill.summary()["conversion"] == {
            "book_currency": "USD", "rate": 31.438, "date": "2025-12-31", "basis": "published",
            "source": "close of the Taipei market, Central News Agency, 31 Dec 2025",
        }  # fmt: skip

    def test_the_books_own_currency_changes_nothing(self, gb300: Any) -> None:
        bill = gb300.price("avc_broker_2025")
        assert in_currency(bill, load_prices("avc_broker_2025"), "USD") is bill
        assert bill.summary()["conversion"] is None

    def test_a_missing_rate_is_an_error_with_place_and_remedy(self, gb300: Any) -> None:
        with pytest.raises(InputError) as caught:
            in_currency(gb300.price("avc_broker_2025"), load_prices("avc_broker_2025"), "EUR")
        said = str(caught.value)
        assert re.match(r"prices/avc_broker_2025\.yaml:[1-9][0-9]*:11: rates\.EUR: the book is in USD and has no", said)
        assert "it has rates to TWD" in said
        assert "add `rates: {EUR:" in said

    def test_rates_that_cannot_be(self) -> None:
        head = """\
name: small
title: Small book
currency: USD
date: "2026"
basis: estimate
source: a list
basket: plates
covers: [gpu_plate]
lines: [{item: Plate, counts: [gpu_plate], price: 1}]
rates:
"""
        assert read_prices(head + '  EUR: {value: 0.85, date: "2026"}\n').rates["EUR"].value == Decimal("0.85")
        for rate, said in (
            ('  USD: {value: 1, date: "2026"}', "USD is the book's own currency"),
            ('  EUR: {value: 0, date: "2026"}', "a rate of 0 converts nothing"),
            ('  EUR: {value: -1, date: "2026"}', "is negative"),
            ("  EUR: {value: 1}", "`date` is missing"),
            ('  euro: {value: 1, date: "2026"}', "'euro' is not a currency"),
            ('  EUR: {value: 1, date: "soon"}', "is not a date"),
        ):
            with pytest.raises(InputError) as caught:
                read_prices(head + rate + "\n", "small.yaml")
            assert len(caught.value.problems) == 1
            assert said in str(caught.value)
            assert str(caught.value).startswith("small.yaml:11:")
