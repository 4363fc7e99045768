"""What the bundled racks hold: published counts, heats and bills, all counted from the expanded circuits."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from thermal.cost.bill_of_materials import bill_of_materials
from thermal.cost.classes import COUNTED
from thermal.cost.comparison import explain
from thermal.cost.prices import load_prices
from thermal.rack.bundled import bundled
from thermal.rack.expand import Assembly, expand
from thermal.rack.loader import load_rack
from thermal.rack.parts import Fan
from thermal.rack.provenance import values_in
from thermal.rack.schema import Rack
from thermal.rack.tree import dotted

COUPLING = "quick_disconnect"
RACKS = bundled("racks")


@cache
def loaded(name: str) -> tuple[Rack, Assembly]:
    rack = load_rack(name)
    return rack, expand(rack)


def counts(name: str) -> Counter[str]:
    return Counter(item.item_class for item in loaded(name)[1].items)


def fan_power(rack: Rack, assembly: Assembly) -> float:
    """Electric power of the fans, which is heat as well [W]."""
    parts = [rack.parts[item.part] for item in assembly.items if item.item_class.endswith("fan")]
    return sum(float(part.power) for part in parts if isinstance(part, Fan) and part.power is not None)


def pieces(name: str, tray: str = "") -> dict[int, int]:
    """Number of couplings by the halves each brings, in one tray or in the whole rack."""
    items = loaded(name)[1].items
    found = Counter(int(i.pieces) for i in items if i.item_class == COUPLING and i.path.startswith(tray))
    return dict(found)


@pytest.mark.parametrize(("rack", "inside"), [("gb300_nvl72", 8), ("gb200_nvl72", 8), ("vr200_nvl144_cpx", 20)])
def test_pieces_of_a_compute_tray(rack: str, inside: int) -> None:
    """ "8+2" and "20+2": halves inside the tray, and the tray's two halves towards the manifold."""
    found = pieces(rack, "compute[1]/")
    assert (found[2] * 2, found[1]) == (inside, 2)


@pytest.mark.parametrize(("rack", "halves", "pairs"), [
    ("gb300_nvl72", 198, 126), ("gb200_nvl72", 198, 126), ("vr200_nvl144_cpx", 414, 234),
])  # fmt: skip
def test_quick_disconnects_of_a_rack(rack: str, halves: int, pairs: int) -> None:
    found = pieces(rack)
    assert found[1] + 2 * found[2] == halves
    assert found[1] + found[2] == pairs


@pytest.mark.parametrize("rack", RACKS)
def test_internal_manifolds_are_in_rubin_cpx_trays_alone(rack: str) -> None:
    assert counts(rack)["internal_manifold"] == (18 if rack == "vr200_nvl144_cpx" else 0)


@pytest.mark.parametrize(("rack", "expected"), [
    ("gb300_nvl72", {"gpu_plate": 72, "cpu_plate": 36, "switch_plate": 18, "module": 36, "fan": 198}),
    ("gb200_nvl72", {"gpu_plate": 72, "cpu_plate": 36, "switch_plate": 18, "module": 36, "fan": 198}),
    ("vr200_nvl72", {"gpu_plate": 72, "cpu_plate": 36, "switch_plate": 36, "module": 36, "fan": 0}),
    ("vr200_nvl144_cpx", {"gpu_plate": 72, "cpu_plate": 36, "switch_plate": 36, "power_plate": 18, "cpx_plate": 36,
                          "module": 36, "fan": 0}),
])  # fmt: skip
def test_plates_modules_and_fans(rack: str, expected: dict[str, int]) -> None:
    found = counts(rack)
    assert {name: found[name] for name in expected} == expected
    assert (found["compute_tray"], found["switch_tray"], found["rack_manifold"]) == (18, 9, 2)


@pytest.mark.parametrize(("rack", "liquid", "total"), [
    ("gb300_nvl72", 119_700, 135_000),      # 18 × 6200 + 9 × 900; Lenovo LP2357 gives 135 kW and about 90 %
    ("gb200_nvl72", 105_300, 120_000),      # 18 × 5400 + 9 × 900; MGX gives 120 kW and 85 %
    ("vr200_nvl72", 217_800, 227_000),      # 18 × 11000 + 9 × 2200; SemiAnalysis gives 227 kW and 218 kW
    ("vr200_nvl144_cpx", 344_520, 370_000), # 18 × 18040 + 9 × 2200
    ("hgx_h100_liquid", 28_400, 36_800),    # 4 × 7100 of 4 × 9200
    ("hgx_h100_air", 0, 40_800),            # 4 × 10200 (DGX H100 user guide)
    ("asic_liquid", 69_600, 80_000),        # 16 × 4350 of 16 × 5000
])  # fmt: skip
def test_heat_to_liquid_and_in_all(rack: str, liquid: float, total: float) -> None:
    made, assembly = loaded(rack)
    devices = assembly.devices
    assert sum(d.power for d in devices) + fan_power(made, assembly) == pytest.approx(total, rel=1e-12)
    assert sum(d.power for d in devices if d.element is not None) == pytest.approx(liquid, rel=1e-12, abs=1e-9)


def test_gb300_peak_is_155_kilowatt() -> None:
    rack = load_rack("gb300_nvl72", {"power_state": "peak"})
    assembly = expand(rack)
    devices = assembly.devices
    assert sum(d.power for d in devices) + fan_power(rack, assembly) == pytest.approx(155_000, rel=1e-12)
    assert {d.power for d in devices if d.kind == "gpu"} == {1640.0}


@pytest.mark.parametrize(("rack", "package", "power"), [
    ("hgx_h100_air", "h100", 1000.0), ("gb200_nvl72", "b200", 1800.0), ("vr200_nvl72", "rubin", 2300.0),
])  # fmt: skip
def test_powers_of_the_avc_article_can_be_chosen(rack: str, package: str, power: float) -> None:
    devices = expand(load_rack(rack, {"power_state": "avc_article"})).devices
    assert {(d.power, d.power_state) for d in devices if d.package == package} == {(power, "avc_article")}
    assert {d.power_state for d in devices if d.package != package} == {"tdp"}


def test_rubin_cpx_says_that_it_is_a_scenario() -> None:
    rack = loaded("vr200_nvl144_cpx")[0]
    assert rack.status == "scenario"
    assert "announced in September 2025 and shelved in March 2026" in rack.note


@pytest.mark.parametrize("rack", RACKS)
def test_every_value_has_a_basis_and_a_source(rack: str) -> None:
    made, _ = loaded(rack)
    assert [dotted(path) for path, value in values_in(made) if not (value.basis and value.source)] == []


@pytest.mark.parametrize("rack", RACKS)
def test_items_have_classes_that_books_can_name(rack: str) -> None:
    assert set(counts(rack)) <= {*COUNTED, COUPLING}


@pytest.mark.parametrize(("book", "rack", "total"), [
    ("morgan_stanley_2025", "gb300_nvl72", 49_860), ("morgan_stanley_2025", "vr200_nvl72", 55_710),
    ("guosen_2026", "gb200_nvl72", 83_770),
    ("avc_broker_2025", "gb300_nvl72", 35_910), ("avc_broker_2025", "vr200_nvl144_cpx", 69_930),
])  # fmt: skip
def test_published_totals_from_counted_quantities(book: str, rack: str, total: int) -> None:
    bill = bill_of_materials(*loaded(rack), load_prices(book))
    assert bill.total == total
    printed = load_prices(book).published_totals[rack].value
    assert abs(bill.total - printed) <= (0 if book != "avc_broker_2025" else printed * 2 / 100)


@pytest.mark.parametrize("tray", ["trays.compute.remove", "trays.switch.remove"])
def test_a_removed_tray_spoils_the_published_total(tray: str) -> None:
    """The sabotaged twin: totals are counted, not typed."""
    rack = load_rack("gb300_nvl72", {tray: "[1]"})
    bill = bill_of_materials(rack, expand(rack), load_prices("morgan_stanley_2025"))
    assert bill.total == 49_860 - (2_260 if "compute" in tray else 1_020)


def test_what_made_36_thousand_become_70() -> None:
    book = load_prices("avc_broker_2025")
    small, large = (bill_of_materials(*loaded(rack), book) for rack in ("gb300_nvl72", "vr200_nvl144_cpx"))
    assert {step.item: (step.quantity_effect, step.price_effect) for step in explain(small, large)} == {
        "Superchip module": (0, 5_400), "Switch plate": (3_600, 0), "Quick disconnect piece": (9_720, 0),
        "Extra plate": (8_100, 0), "Internal manifold": (7_200, 0),
    }  # fmt: skip


@pytest.mark.parametrize("book", bundled("prices"))
def test_parts_and_racks_that_a_book_names_exist(book: str) -> None:
    prices = load_prices(book)
    parts = set().union(*(loaded(rack)[0].parts for rack in RACKS))
    assert {part for line in prices.lines for part in line.parts or ()} <= parts
    assert {rack for line in prices.lines for rack in line.racks or ()} | set(prices.written_for) <= set(RACKS)


@pytest.mark.parametrize("book", bundled("prices"))
@pytest.mark.parametrize("rack", RACKS)
def test_every_book_prices_every_rack_without_losing_a_thing(book: str, rack: str) -> None:
    made, assembly = loaded(rack)
    bill = bill_of_materials(made, assembly, load_prices(book))
    parts = {line.part for line in bill.lines} | {entry.part for entry in (*bill.included, *bill.not_covered)}
    within = {item.path for item in assembly.items if item.contained_in == "cdu"}
    holders = {item.contained_in for item in assembly.items} - {"cdu"}
    assert {item.part for item in assembly.items if item.path not in holders | within} <= parts
