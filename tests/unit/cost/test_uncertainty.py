"""Draws and swings, against the closed forms of the triangular distribution."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from thermal.cost.currency import in_currency
from thermal.cost.prices import load_prices
from thermal.cost.shares import OTHER, Scenario, load_shares
from thermal.cost.suppliers import Content, content_of
from thermal.cost.uncertainty import ranges, scaled_draws, tornado, triangular

LOW, MODE, HIGH = 600.0, 650.0, 1200.0
SAMPLES = 200_000


def mean_of(low: float, mode: float, high: float) -> float:
    return (low + mode + high) / 3.0


def variance_of(low: float, mode: float, high: float) -> float:
    return (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18.0


def quantile(p: float, low: float, mode: float, high: float) -> float:
    if p < (mode - low) / (high - low):
        return low + math.sqrt(p * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - p) * (high - low) * (high - mode))


def content(gb300: Any, shares: dict[str, dict[str, Any]], book: str = "avc_broker_2025") -> Content:
    return content_of(gb300.price(book), "s", Scenario.model_validate({"title": "t", "shares": shares}))


def test_draws_have_the_mean_and_variance_of_the_triangle() -> None:
    drawn = triangular(np.random.default_rng(5).random(SAMPLES), LOW, MODE, HIGH)
    error = math.sqrt(variance_of(LOW, MODE, HIGH) / SAMPLES)
    assert np.mean(drawn) == pytest.approx(mean_of(LOW, MODE, HIGH), abs=4.0 * error)
    assert np.var(drawn) == pytest.approx(variance_of(LOW, MODE, HIGH), rel=0.02)
    assert drawn.min() >= LOW
    assert drawn.max() <= HIGH


def test_another_triangle_has_another_mean() -> None:
    """The sabotaged twin: the peak off by one per cent fails the check above."""
    drawn = triangular(np.random.default_rng(5).random(SAMPLES), LOW, MODE * 1.01, HIGH)
    error = math.sqrt(variance_of(LOW, MODE, HIGH) / SAMPLES)
    assert np.mean(drawn) != pytest.approx(mean_of(LOW, MODE, HIGH), abs=4.0 * error)


@pytest.mark.parametrize("mode", [0.0, 0.3, 1.0])
def test_the_peak_may_be_at_either_end(mode: float) -> None:
    uniform = np.linspace(0.0, 1.0, 100_001)
    drawn = triangular(uniform, 0.0, mode, 1.0)
    assert np.all(np.diff(drawn) >= 0.0)
    assert np.sum(0.5 * (drawn[1:] + drawn[:-1]) * np.diff(uniform)) == pytest.approx(mean_of(0.0, mode, 1.0), rel=1e-6)


def test_no_range_is_no_spread() -> None:
    assert set(triangular(np.array([0.0, 0.5, 1.0]), 3.0, 3.0, 3.0)) == {3.0}


def test_a_supplier_has_the_mean_and_variance_of_a_product(gb300: Any) -> None:
    """36 × price × share of independent triangles: E = E(p) E(s), E² as well."""
    shares = {"module": {"a": {"value": 0.25, "low": 0.15, "high": 0.35}}, "switch_plate": {}, "qd_piece": {}}
    found = ranges(content(gb300, shares), samples=SAMPLES, seed=3)["a"]
    price, share = (LOW, MODE, HIGH), (0.15, 0.25, 0.35)
    mean = 36 * mean_of(*price) * mean_of(*share)
    squares = (variance_of(*price) + mean_of(*price) ** 2) * (variance_of(*share) + mean_of(*share) ** 2)
    deviation = math.sqrt(36**2 * squares - mean**2)
    assert found.mean == pytest.approx(mean, abs=4.0 * deviation / math.sqrt(SAMPLES))
    assert found.deviation == pytest.approx(deviation, rel=0.02)


def test_percentiles_are_those_of_the_triangle(gb300: Any) -> None:
    found = ranges(content(gb300, {"module": {"a": 0.5}}), samples=SAMPLES, seed=3)["a"]
    for p, value in ((0.05, found.p5), (0.5, found.p50), (0.95, found.p95)):
        assert value == pytest.approx(18 * quantile(p, LOW, MODE, HIGH), rel=0.005)


def test_the_same_seed_gives_the_same_numbers_and_another_others(gb300: Any) -> None:
    made = content_of(gb300.price("avc_broker_2025"), "s", load_shares("analysts_2025").scenarios["avc_leads"])
    assert ranges(made, samples=500, seed=7) == ranges(made, samples=500, seed=7)
    assert ranges(made, samples=500, seed=7) != ranges(made, samples=500, seed=8)


def test_the_total_does_not_depend_on_who_shares_it(gb300: Any) -> None:
    shared = ranges(content(gb300, {"module": {"a": {"value": 0.5, "low": 0.1, "high": 0.9}}}), samples=1000, seed=1)
    alone = ranges(content(gb300, {}), samples=1000, seed=1)
    assert shared["total"].p95 == pytest.approx(alone["total"].p95, rel=1e-12)
    assert shared["total"].mean == pytest.approx(shared["a"].mean + shared[OTHER].mean, rel=1e-12)


def test_shares_never_exceed_the_whole(gb300: Any) -> None:
    wide = {"module": {name: {"value": 0.4, "low": 0.1, "high": 0.9} for name in ("a", "b")}}
    found = ranges(content(gb300, wide), samples=20_000, seed=1)
    assert found["total"].mean == pytest.approx(sum(found[name].mean for name in ("a", "b", OTHER)), rel=1e-12)
    assert (
        found[OTHER].p5 >= 18 * 200 + 198 * 30
    )  # plates and halves at their lowest, so modules never leave less than nothing
    assert found["a"].p95 < 36 * HIGH


def test_a_share_that_is_sure_does_not_give_way(gb300: Any) -> None:
    shares = {"module": {"sure": 0.7, "b": {"value": 0.2, "low": 0.1, "high": 0.9}}}
    made = content(gb300, shares)
    found = ranges(made, samples=2000, seed=1)
    alone = ranges(content(gb300, {"module": {"sure": 0.7}}), samples=2000, seed=1)
    assert found["sure"] == alone["sure"]
    high = next(row for row in tornado(made, "b") if row.kind == "share")
    assert high.high == pytest.approx(36 * MODE * 0.9 / 1.6, rel=1e-12)  # 0.7 + 0.9, both held, are scaled to one


class TestTornado:
    def test_each_end_is_the_content_there(self, gb300: Any) -> None:
        shares = {"module": {"a": {"value": 0.5, "low": 0.4, "high": 0.55}}, "qd_pair": {"a": 0.1}}
        rows = {row.name: row for row in tornado(content(gb300, shares), "a")}
        rest = 0.1 * 8_910
        price = rows["price: Superchip module"]
        assert (price.low, price.high) == pytest.approx((18 * 600 + rest, 18 * 1200 + rest), rel=1e-12)
        share = rows["share: module, a"]
        assert (share.low, share.high) == pytest.approx((23_400 * 0.4 + rest, 23_400 * 0.55 + rest), rel=1e-12)
        halves = rows["price: Quick disconnect piece"]
        assert (halves.low, halves.high) == pytest.approx((11_700 + 19.8 * 30, 11_700 + 19.8 * 50), rel=1e-12)

    def test_the_widest_comes_first_and_what_moves_nothing_is_left_out(self, gb300: Any) -> None:
        shares = {"module": {"a": {"value": 0.5, "low": 0.4, "high": 0.55}, "b": {"value": 0.1, "low": 0, "high": 0.2}}}
        rows = tornado(content(gb300, shares), "a")
        assert [row.name for row in rows] == ["price: Superchip module", "share: module, a"]

    def test_others_give_way_to_the_share_that_is_moved(self, gb300: Any) -> None:
        wide = {name: {"value": 0.5, "low": 0.3, "high": 0.8} for name in ("a", "b")}
        rows = {row.name: row for row in tornado(content(gb300, {"module": wide}), "a")}
        assert rows["share: module, b"].high == pytest.approx(23_400 * 0.2, rel=1e-12)
        assert rows["share: module, b"].low == pytest.approx(11_700, rel=1e-12)
        assert rows["share: module, a"].high == pytest.approx(23_400 * 0.8, rel=1e-12)


@pytest.mark.parametrize("book", ["avc_broker_2025", "morgan_stanley_2025"])
def test_draws_do_not_depend_on_the_currency(gb300: Any, book: str) -> None:
    """Every percentile in TWD is that in USD times the rate: prices are drawn in the book's currency."""
    scenario, bill = load_shares("analysts_2025").scenarios["even"], gb300.price(book)
    converted = in_currency(bill, load_prices(book), "TWD")
    assert converted.conversion is not None
    rate = float(converted.conversion.rate)
    own = ranges(content_of(bill, "s", scenario), samples=500, seed=3)
    there = ranges(content_of(converted, "s", scenario), samples=500, seed=3)
    for name, spread in own.items():
        for key, value in spread.summary().items():
            assert there[name].summary()[key] == pytest.approx(rate * value, rel=1e-12, abs=1e-9)


def test_draws_that_are_scaled_are_counted(gb300: Any) -> None:
    """Two shares uniform-like from 0 to 1 with the peak at 1/2 exceed 1 together in half of the draws."""
    half = {name: {"value": 0.5, "low": 0, "high": 1} for name in ("a", "b")}
    made = content(gb300, {"module": half})
    assert scaled_draws(made, samples=SAMPLES, seed=1) == pytest.approx(0.5, abs=0.005)
    assert scaled_draws(content(gb300, {"module": {"a": 0.6, "b": 0.4}}), samples=100, seed=1) == 0.0
    assert scaled_draws(content(gb300, {}), samples=100, seed=1) == 0.0
