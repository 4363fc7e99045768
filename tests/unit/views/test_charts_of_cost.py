from __future__ import annotations

from typing import Any

import pytest

from thermal.views.chart.bars import bars_of
from thermal.views.chart.of_cost import bill_by_class, class_name, cost_waterfall, tornado

STEP = {"item": "Superchip module", "quantity_a": 36.0, "quantity_b": 36.0, "unit_a": 650.0, "unit_b": 800.0}


def difference(**changes: Any) -> dict[str, Any]:
    content = {
        "prices": "book",
        "currency": "USD",
        "rack_a": "old",
        "rack_b": "new",
        "total_a": 30_000.0,
        "total_b": 42_600.0,
        "complete": True,
        "steps": [
            {**STEP, "change": 5_400.0},
            {**STEP, "item": "Manifold", "quantity_a": 0.0, "quantity_b": 18.0, "unit_a": None, "unit_b": 400.0}
            | {"change": 7_200.0},
            {**STEP, "item": "Same", "unit_b": 650.0, "change": 0.0},
        ],
    }
    return {**content, **changes}


def bill(rack: str = "old", prices: str = "book", currency: str = "USD", **by_class: float) -> dict[str, Any]:
    return {"rack": rack, "prices": prices, "currency": currency, "by_class": by_class}


def test_the_way_from_bill_to_bill_adds_up_and_says_what_changed() -> None:
    chart = cost_waterfall(difference(), {"old": "Old rack"}, [("fans", "198 → 0")])
    assert list(chart.categories) == [
        "Old rack",
        "Superchip module\n36 × $650 → $800",
        "Manifold\n0 → 18 × $400",
        "fans\n198 → 0, not priced",
        "new",
    ]
    assert list(chart.series[0].values) == [30_000.0, 5_400.0, 7_200.0, 0.0, 42_600.0]
    assert chart.name == "waterfall_old_new_book"
    assert "Manifold +$7,200; Superchip module +$5,400" in chart.description
    assert bars_of(chart).rods[3].text == "$0"


def test_a_step_that_is_wrong_by_a_hundredth_is_refused() -> None:
    wrong = difference(total_b=42_600.0 + 54.0)
    with pytest.raises(ValueError, match="the steps lead to 42600, but the level 3 says 42654"):
        bars_of(cost_waterfall(wrong))


def test_an_incomplete_book_is_said() -> None:
    assert "lacks prices" in cost_waterfall(difference(complete=False)).note


def test_bills_are_stacks_of_classes_the_largest_first() -> None:
    chart = bill_by_class([bill(module=10.0, fan=50.0), bill("new", module=60.0)], {"new": "New rack"})
    assert chart is not None
    assert list(chart.categories) == ["old", "New rack"]
    assert [(series.name, list(series.values)) for series in chart.series] == [
        ("superchip modules", [10.0, 60.0]),
        ("fans", [50.0, 0.0]),
    ]
    assert chart.kind == "stack"
    assert chart.description == "Cooling content: old $60; New rack $60. Largest class: superchip modules."


def test_classes_beyond_the_colours_are_put_together_and_named() -> None:
    amounts = {f"thing_{number}": 10.0 - number for number in range(9)}
    chart = bill_by_class([bill(**amounts), bill("new", **amounts)])
    assert chart is not None
    assert len(chart.series) == 8
    assert (chart.series[-1].name, list(chart.series[-1].values)) == ("other classes", [3.0 + 2.0] * 2)
    assert chart.note == "Other classes: thing 7, thing 8."
    assert sum(series.values[0] or 0.0 for series in chart.series) == sum(amounts.values())
    eight = bill_by_class([bill(**dict(list(amounts.items())[:8]))] * 2)
    assert eight is not None
    assert (len(eight.series), eight.note) == (8, "")


def test_one_bill_is_a_bar_for_each_class() -> None:
    chart = bill_by_class([bill(module=10.0, fan=50.0)])
    assert chart is not None
    assert chart.kind == "bars"
    assert (list(chart.categories), list(chart.series[0].values)) == (["fans", "superchip modules"], [50.0, 10.0])
    assert chart.note == "Together $60."


def test_bills_of_one_rack_by_several_books_are_named_by_the_book() -> None:
    chart = bill_by_class([bill(fan=1.0), bill(prices="other", fan=2.0)])
    assert chart is not None
    assert list(chart.categories) == ["book", "other"]
    both = bill_by_class([bill(fan=1.0), bill("new", prices="other", fan=2.0)])
    assert both is not None
    assert list(both.categories) == ["old\nbook", "new\nother"]


def test_currencies_are_not_mixed_and_nothing_is_no_chart() -> None:
    with pytest.raises(ValueError, match="bills in EUR, USD: one chart takes one currency"):
        bill_by_class([bill(fan=1.0), bill(currency="EUR", fan=1.0)])
    assert bill_by_class([]) is None
    assert bill_by_class([bill()]) is None


def test_a_tornado_has_the_widest_on_top_and_says_what_it_leaves_out() -> None:
    rows = [{"name": f"input {n}", "low": 100.0 - n, "high": 100.0 + n} for n in range(21)]
    chart = tornado(rows, 100.0, "USD", "What moves it")
    assert chart is not None
    assert chart.categories[0] == "input 20"
    assert len(chart.categories) == 15
    assert chart.note == "5 narrower ranges are left out."  # that of nothing is not counted
    assert "input 20 moves it most, from $80 at its low end to $120 at its high end" in chart.description
    assert tornado(rows[:1], 100.0, "USD", "Nothing") is None
    bars_of(chart)


def test_every_class_that_books_count_has_a_name() -> None:
    from thermal.cost.classes import COUNTED

    names = [class_name(item_class) for item_class in COUNTED]
    assert len(set(names)) == len(names)
    assert not any("_" in name for name in names)
