"""What the command tells of one rack, book and scenario, with the bundled racks."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from thermal.cost.fleet import Learning, read_size
from thermal.cost.outlook import Question, outlooks
from thermal.cost.prices import load_prices
from thermal.cost.shares import load_shares
from thermal.cost.supplier_case import CaseError, read_share
from thermal.rack.expand import expand
from thermal.rack.loader import load_rack

FILE = load_shares("analysts_2025")


@pytest.fixture(scope="module")
def racks() -> Any:
    rack = load_rack("gb300_nvl72")
    return [(rack, expand(rack), (load_prices("avc_broker_2025"),))]


def asked(racks: Any, **changes: Any) -> dict[str, Any]:
    (found,) = outlooks(racks, FILE, Question(**{"scenarios": ("avc_leads",), "samples": 200, **changes}))
    json.dumps(found, allow_nan=False)
    return found


def of(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in found["suppliers"] if row["supplier"] == name)


def test_a_plate_maker_per_rack_and_per_megawatt(racks: Any) -> None:
    """55 % of 36 modules at 650 and 18 plates at 200; 135 kW a rack."""
    found = asked(racks)
    avc = of(found, "avc")
    assert avc["per_rack"] == pytest.approx(0.55 * 27_000)
    assert avc["per_MW"] == pytest.approx(0.55 * 27_000 / 0.135)
    assert avc["share"] == pytest.approx(0.55 * 27_000 / 35_910)
    assert avc["rank"] == 1
    assert avc["by_class"] == {"module": pytest.approx(12_870), "switch_plate": pytest.approx(1_980)}
    assert found["tornado"]["supplier"] == "avc"
    assert sum(row["per_rack"] for row in found["suppliers"]) == pytest.approx(found["per_rack"], rel=1e-14)
    assert found["total_before"] is None


def test_a_fleet_is_the_rack_times_its_number(racks: Any) -> None:
    found = asked(racks, size=read_size("1.4 GW"), ramp=FILE.ramp)
    avc = of(found, "avc")
    assert found["fleet"]["racks"] == 10_370
    assert avc["fleet_amount"] == pytest.approx(10_370 * 14_850)
    assert avc["quarters"] == pytest.approx([q["racks"] * 14_850 for q in found["fleet"]["quarters"]])
    assert sum(avc["quarters"]) == pytest.approx(avc["fleet_amount"])


def test_learning_lowers_the_fleet_alone(racks: Any) -> None:
    found = asked(racks, size=read_size("10370"), learning=Learning(0.9, 1000))
    avc = of(found, "avc")
    assert avc["per_rack"] == pytest.approx(14_850)
    assert avc["fleet_amount"] < 0.9 * 10_370 * 14_850
    assert found["fleet"]["learning"] == {"ratio": 0.9, "from_racks": 1000}


def test_an_own_case_moves_content_and_rank(racks: Any) -> None:
    shares = (read_share("plates.avc=0.6", FILE),)
    prices = {"Superchip module": Decimal(700)}
    found = asked(racks, scenarios=("cooler_master_leads",), prices=prices, shares=shares, supplier="avc")
    avc = of(found, "avc")
    assert (avc["per_rack_before"], avc["rank_before"]) == (pytest.approx(0.25 * 27_000), 2)
    assert (avc["per_rack"], avc["rank"]) == (pytest.approx(0.6 * (36 * 700 + 3_600)), 1)
    assert of(found, "cooler_master")["rank"] == 2
    assert (found["total_before"], found["per_rack"]) == (35_910, 37_710)
    assert any(share["source"] == "given on the command line" for share in found["shares"])


def test_the_currency_is_that_asked_for(racks: Any) -> None:
    dollars, taiwan = asked(racks), asked(racks, currency="TWD")
    assert taiwan["currency"] == "TWD"
    assert taiwan["conversion"]["rate"] == 31.438
    for key in ("per_rack", "per_MW"):
        assert of(taiwan, "avc")[key] == pytest.approx(31.438 * of(dollars, "avc")[key], rel=1e-12)
    assert of(taiwan, "avc")["range"]["p95"] > 30 * of(dollars, "avc")["range"]["p5"]


def test_what_is_left_and_what_is_assumed_is_said(racks: Any) -> None:
    remarks = " | ".join(asked(racks)["remarks"])
    assert "leave 10 % of plates, 10 % of quick_disconnects to other" in remarks
    assert "8 of 9 shares used are assumed" in remarks


@pytest.mark.parametrize(("changes", "said"), [
    ({"prices": {"Superchip": Decimal(1)}}, "no bill has the item 'Superchip'; did you mean 'Superchip module'"),
    ({"shares": (read_share("fans.avc=0.5", FILE),)}, "no bill has a line of 'fans' to share"),
    ({"supplier": "vertiv"}, "no scenario shown has the supplier 'vertiv'"),
])  # fmt: skip
def test_what_fits_no_bill_is_refused(racks: Any, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(CaseError, match=said):
        asked(racks, **changes)
