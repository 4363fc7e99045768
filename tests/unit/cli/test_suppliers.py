from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
AVC = ("--prices", "avc_broker_2025", "--samples", "200")
OUTLOOK = {
    *("rack", "rack_title", "prices", "scenario", "scenario_title", "currency", "conversion", "complete"),
    *("rack_power_W", "rack_power_basis", "per_rack", "per_MW", "range", "fleet_amount", "quarters", "total_before"),
    *("nothing_in_scope", "outside_scope", "scaled_draws"),
    *("suppliers", "tornado", "fleet", "lines", "shares", "remarks"),
}
SUPPLIER = {
    *("supplier", "title", "rank", "share", "by_class", "per_rack_before", "rank_before"),
    *("per_rack", "per_MW", "range", "fleet_amount", "quarters"),
}


def test_the_promised_keys_are_there(command: Command) -> None:
    finished = command("suppliers", "gb300_nvl72", *AVC, "--fleet", "5000", "--json")
    content = json.loads(finished.out)
    assert (finished.status, finished.err) == (0, "")
    assert content.keys() == {"shares", "samples", "seed", "outlooks"}
    assert [outlook["scenario"] for outlook in content["outlooks"]] == ["cooler_master_leads", "avc_leads", "even"]
    for outlook in content["outlooks"]:
        assert outlook.keys() == OUTLOOK
        assert all(row.keys() == SUPPLIER for row in outlook["suppliers"])
        assert outlook["range"].keys() == {"p5", "p50", "p95", "mean", "deviation"}
        assert len(outlook["quarters"]) == len(outlook["fleet"]["quarters"]) == 4


def test_the_same_seed_prints_the_same(command: Command) -> None:
    first, second, other = (
        command("suppliers", "gb300_nvl72", *AVC, "--json", "--seed", seed).out for seed in ("3", "3", "4")
    )
    assert first == second
    assert first != other


def test_text(command: Command) -> None:
    out = command("suppliers", "gb300_nvl72", *AVC, "--supplier", "avc", "--scenario", "avc_leads").out
    assert "NVIDIA GB300 NVL72 · avc_broker_2025 · $35,910 per rack" in out
    assert "  per MW     avc: $110,000 in avc_leads" in out
    assert "cooler_master_leads" not in out
    assert command("suppliers", "gb300_nvl72", *AVC, "--quiet").out == ""


def test_a_fleet_in_millions(command: Command) -> None:
    out = command("suppliers", "gb300_nvl72", *AVC, "--fleet", "1.4 GW", "--scenario", "avc_leads").out
    assert "1.4 GW: 10,370 racks" in out
    assert "Q1 1,037 · Q2 2,074 · Q3 3,111 · Q4 4,148" in out
    assert ["avc", "153.99"] in [line.split() for line in out.splitlines()]  # 10,370 × 14,850
    assert "avc_leads, avc, million USD: Q1 15.40 · Q2 30.80 · Q3 46.20 · Q4 61.60" in out


def test_a_rack_that_no_book_prices_is_said(command: Command, tmp_path: Path) -> None:
    report = ("--report", str(tmp_path / "air.xlsx"))
    finished = command("suppliers", "hgx_h100_air", *AVC, "--scenario", "avc_leads", "--fleet", "9", *report)
    assert finished.status == 0
    assert "nothing of this rack is in the book's scope" in finished.out
    assert (tmp_path / "air.xlsx").stat().st_size > 0


def test_a_change_of_price_and_share_moves_content_and_rank(command: Command) -> None:
    out = command(
        *("suppliers", "gb300_nvl72", *AVC, "--scenario", "cooler_master_leads"),
        *("--price", "Superchip module=700", "--share", "plates.avc=60 %"),
    ).out
    said = " ".join(out.split())
    assert "total $35,910 → $37,710; avc $6,750 → $17,280, rank 2 → 1" in said


@pytest.mark.parametrize(("arguments", "said"), [
    (("--scenario", "avc_lead"), "did you mean 'avc_leads'?"),
    (("--shares", "analyst"), "did you mean 'analysts_2025'?"),
    (("--ramp", "0.5,0.5"), "a ramp is of a fleet"),
    (("--fleet", "lots"), "'lots' is no fleet"),
    (("--fleet", "5", "--ramp", "0.5"), "its shares must sum to 1"),
    (("--fleet", "5", "--learning", "0.9"), "add --learning-from 1000"),
    (("--fleet", "5", "--learning-from", "9"), "add --learning 0.9"),
    (("--fleet", "5", "--learning", "1.2", "--learning-from", "9"), "1.2 is no ratio of prices"),
    (("--fleet", "5", "--learning", "nan", "--learning-from", "9"), "nan is no ratio of prices"),
    (("--learning", "0.9", "--learning-from", "9"), "learning is over a fleet"),
    (("--price", "Module=5"), "known: Superchip module, Switch plate"),
    (("--share", "plates.acv=0.5"), "did you mean 'avc'?"),
    (("--supplier", "acv"), "did you mean 'avc'?"),
    (("--currency", "EUR"), "rates.EUR: the book is in USD and has no rate to EUR"),
    (("--currency", "euros"), "is not a currency; write its three letters"),
    (("--samples", "5"), "100<=x<=1000000"),
    (("--seed", "-1"), "0<=x<="),
    (("--report", "out.docx"), "end it in one of .html, .htm, .xlsx, .md"),
    (("gb300_nvl72",), "two racks have the name 'gb300_nvl72'"),
])  # fmt: skip
def test_bad_input_is_refused_with_a_remedy(command: Command, arguments: tuple[str, ...], said: str) -> None:
    finished = command("suppliers", "gb300_nvl72", *AVC, *arguments)
    assert finished.status == 2
    assert said in " ".join(finished.err.split())
    assert finished.out == ""


def test_shares_above_one_are_refused_with_their_place(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "name: own\ntitle: Own\ndate: '2026'\nbasis: assumed\nsource: me\n"
        "scenarios:\n  base:\n    title: Base\n    shares:\n      plates: {a: 0.7, b: 0.4}\n",
        encoding="utf-8",
    )
    finished = command("suppliers", "gb300_nvl72", "--shares", str(file))
    assert finished.status == 2
    assert ":10:7: scenarios.base.shares.plates: the shares of 'plates' sum to 1.1" in finished.err


def test_bills_in_another_currency(command: Command) -> None:
    bill = json.loads(command("cost", "gb300_nvl72", "--prices", "avc_broker_2025", "--currency", "twd", "--json").out)
    assert bill["currency"] == "TWD"
    assert bill["total"] == 1_128_938.58  # 35,910 × 31.438
    assert bill["conversion"]["date"] == "2025-12-31"
    finished = command("cost", "gb300_nvl72", "--prices", "avc_broker_2025", "--currency", "GBP")
    assert finished.status == 2
    assert "no rate to GBP" in finished.err
    assert "add `rates: {GBP:" in finished.err


def test_racks_and_schema_know_of_shares(command: Command) -> None:
    assert json.loads(command("racks", "--json").out)["shares"] == ["analysts_2025"]
    assert "scenarios" in json.loads(command("schema", "shares").out)["properties"]


def test_how_draws_and_learning_are_done_is_said(command: Command) -> None:
    fleet = ("--fleet", "5000", "--learning", "0.9", "--learning-from", "1000")
    finished = command("suppliers", "gb300_nvl72", *AVC, "--scenario", "even", *fleet)
    said = " ".join(finished.out.split())
    assert re.search(r"exceed 1 when drawn are scaled to 1 \([0-9.]+ % of draws in even\)", said)
    assert "lines of one item and price move together, everything else is independent" in said
    assert "the fleet starts after 1,000 racks, the last of them at the book's price" in said
    assert "the integral of the curve over its racks, each counted in fractions (exact for large fleets)" in said
    assert "things of this rack outside the book's scope: 419.167" in said
    help_text = " ".join(command("suppliers", "--help").out.split())
    assert "exact for large fleets" in help_text
    assert "scaled to 1" in help_text


def test_a_bill_of_nothing_says_so(command: Command) -> None:
    out = command("cost", "hgx_h100_air", "--prices", "avc_broker_2025").out
    assert "nothing of this rack is in the book's scope" in out
    out = command("cost", "gb300_nvl72", "--prices", "avc_broker_2025").out
    assert "nothing of this rack" not in out
    assert "things outside its scope: 419.167" in " ".join(out.split())


def test_a_shared_rank_names_with_whom(command: Command) -> None:
    changed = ("--share", "plates.avc=0.125", "--price", "Superchip module=700", "--scenario", "even")
    said = " ".join(command("suppliers", "gb300_nvl72", *AVC, *changed).out.split())
    assert "rank 1 → 1, level with" in said
    alone = ("--share", "plates.avc=0.2", "--scenario", "even")
    said = " ".join(command("suppliers", "gb300_nvl72", *AVC, *alone).out.split())
    assert "rank 1 → 1;" in said
