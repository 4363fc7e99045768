"""Reports say what the JSON says: same numbers, formulas that come to them, charts and scenes where they belong."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.unit.views.report_samples import (
    A,
    B,
    check_formulas,
    column,
    content,
    double,
    named_value,
    number,
    run,
    single,
    table,
)
from thermal.cost.side_by_side import compared
from thermal.rack.loader import load_rack
from thermal.simulation.plate import plate_curve
from thermal.simulation.plate_curves import plate_curves
from thermal.views.chart.of_run import plate_curves as draw_curves
from thermal.views.report import Text
from thermal.views.reports.compare import compare_report
from thermal.views.reports.difference import coverage_table
from thermal.views.reports.simulate import simulate_report
from thermal.views.scenes.model import Scene

# ----------------------------------------------------------------------------------------------------------- simulate


def test_the_report_of_a_run_holds_the_numbers_of_its_json() -> None:
    summary, report = run(A).summary, single()
    assert column(report, "devices", "junction") == [
        d["junction_max_C"] for d in summary["devices"] if d["junction_max_C"] is not None
    ]
    assert len(table(report, "devices").rows) == len(summary["devices"])
    assert column(report, "trays", "flow") == [t["flow_L_min"] for t in summary["trays"] if t["flow_L_min"] is not None]
    assert math.fsum(column(report, "pressure", "drop")) == pytest.approx(summary["pressure_drop_kPa"], rel=1e-12)
    assert math.fsum(column(report, "pressure", "share")) == pytest.approx(1.0)
    assert math.fsum(column(report, "kinds", "count")) == len(summary["devices"])
    for place, bill in enumerate(run(A).bills, start=1):
        assert named_value(report, f"total_{place}") == pytest.approx(bill["total"])
        assert math.fsum(column(report, f"bill_{place}", "amount_low")) == pytest.approx(bill["total_low"])
        assert math.fsum(column(report, f"bill_{place}", "amount_high")) == pytest.approx(bill["total_high"])


def test_the_answer_comes_first_and_says_what_it_rests_on() -> None:
    report = single()
    first = report.sections[0].blocks[0]
    assert isinstance(first, Text)
    assert first.emphasis == "warning"  # a guideline is exceeded
    assert first.paragraphs[0].startswith("Within limits")
    basis = {row["what"]: row["basis"] for row in table(report, "rests_on").rows}
    assert basis["plate resistance"] == "fitted"
    assert report.about["rack"] == A


def test_the_report_of_a_run_draws_what_the_issue_asks_for() -> None:
    kinds = [chart.name for chart in single().charts]
    for wanted in ("temperature_chain", "flow_per_tray", "pressure_path", "plate_curves", "bill_by_class"):
        assert any(name.startswith(wanted) for name in kinds), wanted
    assert len(set(kinds)) == len(kinds)
    scenes = [block for section in single().sections for block in section.blocks if isinstance(block, Scene)]
    assert len(scenes) == 1
    names = [each.name for each in single().tables]
    assert len(set(names)) == len(names)


def test_manifold_segments_are_one_row() -> None:
    rows = table(single(), "pressure").rows
    assert [row["what"] for row in rows if "manifold" in str(row["what"])] == ["supply manifold", "return manifold"]
    assert "… segment[26]" in str(rows[1]["path"])


def test_a_rack_in_air_has_a_report_without_coolant() -> None:
    report = single("hgx_h100_air")
    headings = [section.heading for section in report.sections]
    assert "Where the pressure goes" not in headings
    assert "Cold plates" not in headings
    assert check_formulas(report) >= 0
    assert "air only" in report.subtitle


def test_a_crossed_limit_is_bad_news() -> None:
    violation: Any = {
        "path": "compute[1]/gpu[1]", "quantity": "junction_temperature", "value": 90.0, "limit": 87.0, "unit": "degC",
        "text": "too hot", "severity": "limit",
    }  # fmt: skip
    summary: Any = {**run(A).summary, "violations": [violation]}
    report = simulate_report(replace(run(A), summary=summary))
    first = report.sections[0].blocks[0]
    assert isinstance(first, Text)
    assert first.emphasis == "bad"
    (row,) = table(report, "limits").rows
    assert (row["value"], row["limit"], row["severity"]) == (90.0, 87.0, "limit")
    assert row["quantity"] == "junction temperature [°C]"


def test_the_rack_is_a_column_only_beside_another() -> None:
    for report, wanted in ((single(), False), (double(), True)):
        for name in ("rests_on", "limits"):
            assert ("rack" in {column.key for column in table(report, name).columns}) == wanted


def test_sentences_of_a_verdict_begin_with_a_capital_letter() -> None:
    told = [block for section in double().sections for block in section.blocks if isinstance(block, Text)]
    named = [block.paragraphs[0] for block in told if block.emphasis]
    assert [re.match(r"NVIDIA .*: Within limits", sentence) is not None for sentence in named] == [True, True]
    verdict = single().sections[0].blocks[0]
    assert isinstance(verdict, Text)
    assert all(paragraph[0].isupper() for paragraph in verdict.paragraphs), verdict.paragraphs


def test_a_run_without_layout_says_so_instead_of_a_heat_map() -> None:
    report = simulate_report(replace(run(A), layout=None))
    (section,) = [each for each in report.sections if each.heading == "Heat map"]
    (block,) = section.blocks
    assert isinstance(block, Text)
    assert "No heat map of gb300_nvl72" in block.paragraphs[0]


def test_curves_pass_through_the_point_of_the_run() -> None:
    """At the run's own flow the GPU plate's curve is its law, and takes what the branch of the run takes."""
    curves, notes = plate_curves(load_rack(A), run(A).summary)
    assert notes == []
    assert [curve["plate"] for curve in curves] == ["gb300_gpu_plate", "grace_plate", "nvswitch_plate"]
    gpu = curves[0]
    step = next(s for s in run(A).summary["pressure_path"] if s["part"] == "gb300_gpu_plate")
    pairs = list(zip(gpu["flow_L_min"], gpu["pressure_drop_kPa"], strict=True))
    assert [flow for flow, _ in pairs] == sorted(flow for flow, _ in pairs)
    (own,) = (drop for flow, drop in pairs if flow == gpu["at_L_min"])
    assert own == pytest.approx(step["pressure_drop_kPa"], rel=0.02)  # of the hottest device; each coolant as supplied
    (exact,) = plate_curve(load_rack(A), "gb300_gpu_plate", flows=[gpu["at_L_min"] / 6e4]).points
    assert own == pytest.approx(exact.pressure_drop / 1e3, rel=1e-11)
    below, above = (max(p for p in pairs if p[0] < gpu["at_L_min"]), min(p for p in pairs if p[0] > gpu["at_L_min"]))
    straight = np.interp(gpu["at_L_min"], [below[0], above[0]], [below[1], above[1]])
    assert own != pytest.approx(straight, rel=1e-4), "a straight line between points is not the law"
    assert gpu["inlet_C"] == 40.0
    chart = draw_curves(curves)
    assert chart is not None
    assert "coolant that enters at 40.0 °C, the rack's supply temperature" in chart.note


def test_the_band_is_drawn_where_there_is_one() -> None:
    value = {"path": "p", "title": "plate", "basis": "fitted", "source": None, "low": 0.02, "high": 0.03,
             "margin_at_low_K": 5.0, "margin_at_high_K": -8.0}  # fmt: skip
    band = {"margin_low_K": -8.0, "margin_high_K": 5.0, "nominal_K": 1.0, "decided_by": value, "values": [value]}
    summary: Any = {**run(A).summary, "band": band}
    report = simulate_report(replace(run(A), summary=summary))
    (chart,) = [chart for chart in report.charts if chart.kind == "tornado"]
    assert list(chart.series[0].low) == [5.0]


# ------------------------------------------------------------------------------------------------------------ compare


def test_the_comparison_holds_the_numbers_of_its_json() -> None:
    report = double()
    assert column(report, "content", "total") == [bill["total"] for bill in content()["bills"]]
    assert column(report, "content", "per_gpu") == [498.75, 971.25]
    assert column(report, "content", "per_PFLOP") == [bill["per_PFLOP"] for bill in content()["bills"]]
    assert column(report, "heat", "total") == [summary["heat_total_W"] / 1e3 for summary in content()["racks"]]
    assert column(report, "coolant", "flow") == [summary["coolant"]["flow_L_min"] for summary in content()["racks"]]
    books = [entry["total"] for book in content()["books"] for entry in book["racks"]]
    assert column(report, "books", "total") == books
    (difference,) = content()["differences"]
    assert math.fsum(column(report, "difference_1", "change")) == pytest.approx(34_020.0)
    assert math.fsum(column(report, "difference_1", "amount_b")) == pytest.approx(difference["total_b"])


def test_hardware_differs_as_counted() -> None:
    rows = {row["class"]: row for row in table(double(), "hardware").rows}
    assert (rows["qd_piece"]["rack_1"], rows["qd_piece"]["rack_2"]) == (198, 414)
    assert number(rows["fan"]["change"]) == -198
    short = double().sections[0].blocks[0]
    assert isinstance(short, Text)
    told = " ".join(short.paragraphs)
    assert "$35,910" in told
    assert "+94.7 %" in told
    assert "cold plates 126 → 198" in told
    assert "fans of trays 198 → 0" in told


def test_the_waterfall_names_what_the_book_does_not_price() -> None:
    (chart,) = [chart for chart in double().charts if chart.name.startswith("waterfall")]
    steps = dict(zip(chart.categories, chart.series[0].values, strict=True))
    assert any("fans" in name and "198 → 0" in name and value == 0.0 for name, value in steps.items())
    nothing = [name.partition("\n")[0] for name, value in steps.items() if value == 0.0]
    assert nothing == ["fans", "CDU share"], "what readers ask for"
    assert "Also not priced by this book: restrictors 9 → 27" in chart.note
    values = [value or 0.0 for value in chart.series[0].values]
    assert values[0] + math.fsum(values[1:-1]) == pytest.approx(values[-1])
    assert (values[0], values[-1]) == (35_910.0, 69_930.0)


def test_heat_maps_share_one_scale() -> None:
    scenes = [block for section in double().sections for block in section.blocks if isinstance(block, Scene)]
    assert len(scenes) == 2
    ends = {(bar.key, bar.low, bar.high) for scene in scenes for bar in scene.bars if "junction" in bar.title}
    assert len(ends) == 1


def test_how_each_run_was_computed_is_told() -> None:
    rows = {row["what"]: row for row in table(double(), "computed").rows}
    assert rows["Hash of the definition"]["run_1"] == run(A).provenance["rack_sha256"]
    assert rows["Hash of the definition"]["run_2"] == run(B).provenance["rack_sha256"]


def test_a_class_of_which_only_some_is_priced_says_where() -> None:
    racks = [load_rack(name) for name in ("gb200_nvl72", A, "vr200_nvl72")]
    costs = compared(racks, "morgan_stanley_2025")
    of = coverage_table(costs["books"], costs["hardware"])
    (row,) = [row for row in of.rows if row["class"] == "gpu_plate"]
    assert row["book_1"] == "no price (gb200_nvl72); priced (gb300_nvl72, vr200_nvl72)"


def test_the_matrix_says_what_each_book_covers() -> None:
    of = table(double(), "coverage")
    books = {column.heading: column.key for column in of.columns[2:]}
    rows = {row["class"]: row for row in of.rows}
    assert rows["fan"][books["avc_broker_2025"]] == "not covered"
    assert rows["fan"][books["morgan_stanley_2025"]] == "priced"
    assert rows["gpu_plate"][books["avc_broker_2025"]] == "included"


def test_values_that_racks_share_stand_once() -> None:
    of = table(double(), "values")
    paths = [(row["path"], row["text"], row["racks"]) for row in of.rows]
    assert len(set(paths)) == len(paths)
    assert any(row["racks"] == f"{A}, {B}" for row in of.rows)
    assert any(row["racks"] == B for row in of.rows)


def test_books_of_several_currencies_carry_no_common_sign() -> None:
    plain = json.loads(json.dumps(content()))
    plain["books"][0]["currency"] = "TWD"
    plain["bills"] += [{**bill, "prices": "another", "currency": "TWD"} for bill in plain["bills"]]
    report = compare_report({**plain, "differences": []}, [])
    for name in ("books", "content"):
        forms = {column.key: column.format for column in table(report, name).columns}
        assert forms["total"] == "number"
        assert {c.key: c.format for c in table(double(), name).columns}["total"] == "money"
