"""What racks hold, what a bill says of it, and content per GPU, kilowatt and PFLOP/s."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from thermal.cost.hardware import coverage, hardware, hardware_rows, unpriced_changes
from thermal.cost.side_by_side import compared
from thermal.errors import InputError
from thermal.rack.loader import load_rack

A, B = "gb300_nvl72", "vr200_nvl144_cpx"


@cache
def both() -> dict[str, Any]:
    return compared([load_rack(A), load_rack(B)])


def counts(item_class: str) -> tuple[float, float]:
    (row,) = [row for row in both()["hardware"] if row["item_class"] == item_class]
    return row["counts"][A], row["counts"][B]


@pytest.mark.parametrize(
    ("item_class", "expected"),
    [
        ("gpu_plate", (72, 72)),
        ("cpu_plate", (36, 36)),
        ("switch_plate", (18, 36)),
        ("power_plate", (0, 18)),
        ("cpx_plate", (0, 36)),
        ("qd_piece", (198, 414)),
        ("qd_pair", (126, 234)),
        ("internal_manifold", (0, 18)),
        ("rack_manifold", (2, 2)),
        ("fan", (198, 0)),
        ("cdu", (pytest.approx(1 / 6), 0.25)),
    ],
)
def test_hardware_as_the_sources_count_it(item_class: str, expected: tuple[float, float]) -> None:
    """18 trays of "8+2" and "20+2" halves and 9 of 2; 8 fans in each compute and 6 in each switch tray, or none."""
    assert counts(item_class) == expected


@dataclass(frozen=True)
class Thing:
    path: str
    part: str
    item_class: str
    pieces: float = 1.0


def test_what_comes_with_a_cdu_is_no_hardware_of_its_own() -> None:
    things = [Thing("cdu", "unit", "cdu", 0.25), Thing("cdu/pump", "p", "pump", 0.25), Thing("t/a", "c", "qd_pair", 2)]
    assert hardware(things) == {"qd_piece": 2, "qd_pair": 1, "cdu": Fraction(1, 4)}


def test_a_class_of_ones_own_comes_last_under_its_own_name() -> None:
    rows = hardware_rows({"a": hardware([Thing("x", "x", "leak_sensor"), Thing("y", "y", "fan")]), "b": {}})
    assert [(row["item_class"], row["counts"]) for row in rows] == [
        ("fan", {"a": 1, "b": 0}),
        ("leak_sensor", {"a": 1, "b": 0}),
    ]
    assert rows[1]["what"] == "leak_sensor"


def test_changes_that_the_book_does_not_cover_are_listed() -> None:
    (difference,) = both()["differences"]
    found = {row["item_class"]: (row["quantity_a"], row["quantity_b"]) for row in difference["not_covered"]}
    assert found["fan"] == (198, 0)
    assert "qd_pair" not in found  # priced
    assert "gpu_plate" not in found  # in the price of the module
    assert "tray_hose" not in found  # 54 in both


def test_a_class_that_one_bill_prices_is_no_uncovered_change() -> None:
    a, b = {"fan": Fraction(8)}, {"fan": Fraction(6)}
    assert unpriced_changes(a, b, {"fan": "not covered"}, {"fan": "not covered"}) != []
    assert unpriced_changes(a, b, {"fan": "not covered"}, {"fan": "priced"}) == []
    assert unpriced_changes(a, b, {}, {}) == []


def test_measures_are_the_total_over_what_they_name() -> None:
    """35,910 over 72 GPUs, 135 kW and 1100 PFLOP/s; 69,930 over 72, 370 and 8000."""
    a, b = both()["bills"]
    assert (a["gpus"], a["per_gpu"], a["PFLOP"]) == (72, 498.75, 1100.0)
    assert a["per_PFLOP"] == pytest.approx(35_910 / 1100, rel=1e-12)
    assert a["per_kW"] == pytest.approx(35_910 / a["heat_kW"], rel=1e-12)
    assert (b["gpus"], b["per_gpu"], b["PFLOP"]) == (72, 971.25, 8000.0)
    assert "FP4" in a["PFLOP_source"]


def test_a_rack_without_stated_performance_has_none_per_pflop() -> None:
    bills = compared([load_rack("asic_liquid"), load_rack(A)], "avc_broker_2025")["bills"]
    assert bills[0]["PFLOP"] is None
    assert bills[0]["per_PFLOP"] is None
    assert bills[0]["gpus"] > 0  # its accelerators are of kind asic


def test_every_bundled_book_stands_beside_the_others() -> None:
    books = {book["prices"]: book for book in both()["books"]}
    assert set(books) == {"avc_broker_2025", "guosen_2026", "morgan_stanley_2025"}
    totals = {name: [entry["total"] for entry in book["racks"]] for name, book in books.items()}
    assert totals["avc_broker_2025"] == [35_910.0, 69_930.0]
    assert totals["morgan_stanley_2025"][0] == 49_860.0
    written = {name: [entry["written_for"] for entry in book["racks"]] for name, book in books.items()}
    assert written["avc_broker_2025"] == [True, True]
    assert written["guosen_2026"] == [False, False]
    cover = books["morgan_stanley_2025"]["racks"][0]["coverage"]
    assert (cover["fan"], cover["qd_pair"], cover["cdu"]) == ("priced", "included", "not covered")


def test_a_gap_in_the_book_is_told_before_what_is_priced() -> None:
    (book,) = [
        book
        for book in compared([load_rack("gb200_nvl72"), load_rack(A)], "morgan_stanley_2025")["books"]
        if book["prices"] == "morgan_stanley_2025"
    ]
    assert book["racks"][0]["coverage"]["gpu_plate"] == "no price"
    assert book["racks"][0]["complete"] is False
    assert book["racks"][1]["coverage"]["gpu_plate"] == "priced"


def test_bills_in_another_currency_keep_their_proportions() -> None:
    racks = [load_rack(A), load_rack(B)]
    there = compared(racks, None, "TWD")
    for own, other in zip(both()["bills"], there["bills"], strict=True):
        assert other["currency"] == "TWD"
        assert other["per_gpu"] / other["total"] == pytest.approx(own["per_gpu"] / own["total"], rel=1e-12)
        assert other["total"] > own["total"]
    assert {book["currency"] for book in there["books"]} == {"TWD"}
    with pytest.raises(InputError, match="XXX"):
        compared(racks, None, "XXX")


def test_coverage_names_every_class_held() -> None:
    """Every class that is a purchase is priced, included, without a price or not covered; nothing falls through."""
    from thermal.cost.bill_of_materials import bill_of_materials
    from thermal.cost.classes import base_class
    from thermal.cost.prices import load_prices
    from thermal.rack.expand import expand

    for name in (A, B, "hgx_h100_liquid"):
        rack = load_rack(name)
        assembly = expand(rack)
        said = coverage(bill_of_materials(rack, assembly, load_prices("avc_broker_2025")))
        held = {base_class(item_class) for item_class in hardware(assembly.items)}
        containers = {item_class for item_class in held if item_class.endswith(("_tray", "module", "assembly"))}
        assert held - containers <= said.keys()


def test_an_assembly_without_a_class_of_its_own_is_no_purchase() -> None:
    things = [Thing("t/pair[1]", "pair", "assembly"), Thing("t/pair[1]/plate", "p", "gpu_plate")]
    assert hardware(things) == {"gpu_plate": 1}
    racks = [load_rack("hgx_h100_liquid"), load_rack(A)]
    assert "assembly" not in {row["item_class"] for row in compared(racks)["hardware"]}


def test_a_printed_total_keeps_the_currency_it_is_printed_in() -> None:
    racks = [load_rack(A), load_rack(B)]
    (book,) = [each for each in compared(racks, None, "TWD")["books"] if each["prices"] == "avc_broker_2025"]
    entry = book["racks"][0]
    assert (book["currency"], entry["published_total"], entry["published_currency"]) == ("TWD", 36_000.0, "USD")
    for each in both()["books"]:
        for entry in each["racks"]:
            assert (entry["published_total"] is None) == (entry["published_currency"] is None)


def test_a_rack_of_which_nothing_is_in_scope_is_told_from_a_complete_one() -> None:
    racks = [load_rack("hgx_h100_air"), load_rack(A)]
    air, gb300 = compared(racks, "avc_broker_2025")["bills"]
    assert (air["lines"], air["total"], air["complete"], air["nothing_in_scope"]) == ([], 0.0, True, True)
    assert air["outside_scope"] == 96 + 48  # heat sinks and fans
    assert gb300["nothing_in_scope"] is False
    assert gb300["outside_scope"] == pytest.approx(
        sum(entry["quantity"] for entry in gb300["not_covered"] if "scope" in entry["why"])
    )
