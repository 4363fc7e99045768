"""Reports of bundled racks, and their formulas worked out as a workbook does."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from thermal.cost.side_by_side import compared
from thermal.rack.loader import load_rack
from thermal.rack.used_values import used_values
from thermal.results.dataset import Results
from thermal.simulation.plate_curves import plate_curves
from thermal.simulation.steady import simulate
from thermal.views.report import Linked, Report, ReportTable
from thermal.views.reports.compare import compare_report
from thermal.views.reports.simulate import simulate_report

A, B = "gb300_nvl72", "vr200_nvl144_cpx"


@cache
def run(name: str) -> Results:
    return simulate(load_rack(name))


@cache
def single(name: str = A) -> Report:
    rack = load_rack(name)
    curves, notes = plate_curves(rack, run(name).summary)
    return simulate_report(run(name), values=used_values(rack), curves=curves, notes=notes)


@cache
def content() -> dict[str, Any]:
    racks = [load_rack(A), load_rack(B)]
    plain = {"racks": [run(A).summary, run(B).summary], **compared(racks)}
    whole: dict[str, Any] = json.loads(json.dumps(plain, allow_nan=False))
    return whole


@cache
def double() -> Report:
    return compare_report(content(), [run(A), run(B)], {name: used_values(load_rack(name)) for name in (A, B)})


def table(report: Report, name: str) -> ReportTable:
    (found,) = [each for each in report.tables if each.name.startswith(name)]
    return found


def number(cell: Any) -> float:
    return float(cell.value if isinstance(cell, Linked) else cell)


def column(report: Report, name: str, key: str) -> list[float]:
    return [number(row[key]) for row in table(report, name).rows if row.get(key) is not None]


def named_value(report: Report, name: str) -> float:
    for each in report.tables:
        if name in each.names:
            row, key = each.names[name]
            if row >= 0:
                return worked_out(report, each, each.rows[row], key)
            assert key in each.sums
            return math.fsum(worked_out(report, each, entry, key) for entry in each.rows if entry.get(key) is not None)
    raise KeyError(name)


def worked_out(report: Report, of: ReportTable, row: Mapping[str, Any], key: str) -> float:
    """Work a cell out as a workbook does: from inputs and formulas only, never from the stored result."""
    cell = row[key]
    if not isinstance(cell, Linked):
        return float(cell)

    def filled(match: re.Match[str]) -> str:
        inner = match[1]
        value = named_value(report, inner[:-1]) if inner.endswith("!") else worked_out(report, of, row, inner)
        return repr(value)

    formula = re.sub(r"\{([^}]+)\}", filled, cell.formula)
    assert re.fullmatch(r"(ROUND|[-+*/(),.\de ])+", formula), formula
    value = eval(formula.replace("ROUND", "round"), {"__builtins__": {}, "round": round})  # noqa: S307 - checked above
    return float(value)


def check_formulas(report: Report) -> int:
    count = 0
    for each in report.tables:
        for row in each.rows:
            for key, cell in row.items():
                if isinstance(cell, Linked):
                    assert worked_out(report, each, row, key) == pytest.approx(cell.value, rel=1e-9, abs=0.006), (
                        each.name,
                        key,
                    )
                    count += 1
    return count


def changed(report: Report, name: str, row: int, **cells: Any) -> Report:
    """The report with cells of one table changed."""
    sections = []
    for section in report.sections:
        blocks = [
            replace(
                block, rows=[{**entry, **cells} if place == row else entry for place, entry in enumerate(block.rows)]
            )
            if isinstance(block, ReportTable) and block.name.startswith(name)
            else block
            for block in section.blocks
        ]
        sections.append(replace(section, blocks=blocks))
    return replace(report, sections=sections)
