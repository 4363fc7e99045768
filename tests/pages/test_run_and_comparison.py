"""The reports of a run and of a comparison as a reader has them: in a browser, and in LibreOffice."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from thermal.cost.side_by_side import compared
from thermal.rack.loader import load_rack
from thermal.rack.used_values import used_values
from thermal.results.dataset import Results
from thermal.simulation.plate_curves import plate_curves
from thermal.simulation.steady import simulate
from thermal.views import xlsx
from thermal.views.html import page
from thermal.views.report import Linked, Report
from thermal.views.reports.compare import compare_report
from thermal.views.reports.simulate import simulate_report

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
NAMES = ("gb300_nvl72", "vr200_nvl144_cpx")
SIZES = pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desktop", "phone"])
OVER = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
COLUMN = """const [name, key] = arguments;
const table = document.querySelector(`table[data-name=${name}]`);
return [...table.querySelectorAll('tbody tr')].map(row => Number(row.cells[key].dataset.value))"""
FIRST_ROW = 5


@pytest.fixture(scope="module")
def runs() -> list[Results]:
    return [simulate(load_rack(name)) for name in NAMES]


@pytest.fixture(scope="module")
def content(runs: list[Results]) -> dict[str, Any]:
    plain = {"racks": [run.summary for run in runs], **compared([load_rack(name) for name in NAMES])}
    whole: dict[str, Any] = json.loads(json.dumps(plain, allow_nan=False))
    return whole


@pytest.fixture(scope="module")
def comparison(content: dict[str, Any], runs: list[Results]) -> Report:
    return compare_report(content, runs, {name: used_values(load_rack(name)) for name in NAMES})


@pytest.fixture(scope="module")
def single(runs: list[Results]) -> Report:
    rack = load_rack(NAMES[0])
    curves, notes = plate_curves(rack, runs[0].summary)
    return simulate_report(runs[0], values=used_values(rack), curves=curves, notes=notes)


@pytest.fixture(scope="module")
def pages(single: Report, comparison: Report) -> dict[str, str]:
    return {"single": page(single), "comparison": page(comparison)}


def place(report: Report, table: str, key: str) -> int:
    (found,) = [each for each in report.tables if each.name == table]
    return [column.key for column in found.columns].index(key)


@SIZES
@pytest.mark.parametrize("which", ["single", "comparison"])
def test_the_page_draws_and_fits_without_an_error(
    show: Any, pages: dict[str, str], which: str, size: tuple[int, int]
) -> None:
    shown = show(pages[which], size)
    shown.drawn()
    assert shown.errors() == []
    assert shown.requests() == []
    assert shown.run(OVER) <= 0
    heat_map = shown.picture(".scene-canvas").reshape(-1, 3).astype(int)
    bright = heat_map[np.ptp(heat_map, axis=1) > 60]
    assert len(np.unique(bright // 16, axis=0)) > 8, "the heat map has colours"


CUT = """return [...document.querySelectorAll('main table')].filter(one => !one.closest('details')).flatMap(one =>
  [...one.tHead.rows[0].cells].filter(head => head.classList.contains('n')
    && head.getBoundingClientRect().right > one.closest('.box').getBoundingClientRect().right + 1)
  .map(head => one.dataset.name + ' ' + head.dataset.key))"""


@pytest.mark.parametrize("which", ["single", "comparison"])
def test_numbers_are_seen_without_scrolling_on_a_laptop(show: Any, pages: dict[str, str], which: str) -> None:
    shown = show(pages[which], (1280, 900))
    assert shown.run(CUT) == []
    shown.run("document.querySelectorAll('.page').forEach(page => { page.style.width = '700px' })")
    assert shown.run(CUT)


@pytest.mark.parametrize("which", ["single", "comparison"])
def test_a_page_is_small_enough_to_send(pages: dict[str, str], which: str) -> None:
    assert len(pages[which].encode()) < 13e6


def test_a_page_of_many_racks_is_small_enough_to_send() -> None:
    """Six of the racks that take most: what the four bundled ones leave below the bound has room for two more of it."""
    names = ("gb200_nvl72", "gb300_nvl72", "vr200_nvl72", "vr200_nvl144_cpx")
    racks = [load_rack(name) for name in names]
    many = [simulate(rack) for rack in racks]
    content = json.loads(json.dumps({"racks": [run.summary for run in many], **compared(racks)}))
    text = page(compare_report(content, many, {rack.name: used_values(rack) for rack in racks}))
    scenes = [len(found[0]) for found in re.findall(r'(<figure class="scene.*?</figure>)()', text, re.DOTALL)]
    assert len(scenes) == len(names)
    assert len(text.encode()) + 2 * max(scenes) < 15e6


def test_a_scene_below_is_drawn_when_it_comes_near_or_goes_to_paper(show: Any, pages: dict[str, str]) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    shown = show(pages["comparison"])
    drawn = "return document.querySelectorAll('.scene-canvas[data-drawn]').length"
    assert shown.run("return document.querySelectorAll('.scene-canvas').length") == 2
    assert shown.run("return Boolean(window.Plotly)")
    assert shown.run(drawn) == 0
    shown.run("dispatchEvent(new Event('beforeprint'))")
    WebDriverWait(shown.browser, 30).until(lambda _: shown.run(drawn) == 2)


def test_tables_of_the_page_hold_the_numbers_of_the_json(
    show: Any, pages: dict[str, str], single: Report, comparison: Report, content: dict[str, Any]
) -> None:
    shown = show(pages["single"])
    devices = content["racks"][0]["devices"]
    powers = shown.run(COLUMN, "devices", place(single, "devices", "power"))
    assert powers == [device["power_W"] for device in devices]
    shown = show(pages["comparison"])
    per_gpu = shown.run(COLUMN, "content", place(comparison, "content", "per_gpu"))
    assert per_gpu == [bill["per_gpu"] for bill in content["bills"]]
    totals = shown.run(COLUMN, "books", place(comparison, "books", "total"))
    assert totals == [entry["total"] for book in content["books"] for entry in book["racks"]]


def recalculated(report: Report, folder: Path, price: float | None = None) -> Any:
    """Values as LibreOffice works them out; what openpyxl saves holds no results of ours."""
    assert OFFICE is not None
    ours, bare, out = folder / "ours.xlsx", folder / "bare.xlsx", folder / "out"
    xlsx.write(report, ours)
    book = openpyxl.load_workbook(ours)
    if price is not None:
        cell = book["bill_1_avc_broker_2025"].cell(FIRST_ROW, place(report, "bill_1_avc_broker_2025", "unit_price") + 1)
        assert cell.value == 650
        cell.value = price
    book.save(bare)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [OFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), str(bare)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (out / bare.name).is_file(), done.stdout + done.stderr
    return openpyxl.load_workbook(out / bare.name, data_only=True)


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed: nothing recalculates workbooks")
def test_every_formula_of_the_workbook_comes_to_our_number(comparison: Report, tmp_path: Path) -> None:
    book = recalculated(comparison, tmp_path)
    wrong, linked = [], 0
    for table in comparison.tables:
        for row, record in enumerate(table.rows):
            for number, column in enumerate(table.columns, start=1):
                ours, there = record.get(column.key), book[table.name].cell(FIRST_ROW + row, number).value
                if isinstance(ours, Linked):
                    linked += 1
                    if not isinstance(there, int | float) or not math.isclose(
                        there, ours.value, rel_tol=1e-9, abs_tol=1e-6
                    ):
                        wrong.append(f"{table.name}[{row}].{column.key}: {there!r}, not {ours.value!r}")
    assert wrong == []
    assert linked > 50


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed: nothing recalculates workbooks")
def test_a_changed_unit_price_moves_what_hangs_on_it(comparison: Report, tmp_path: Path) -> None:
    """36 modules at 700: 1,800 more in the bill, in the content and per 72 GPUs, and as much less in the change."""
    book = recalculated(comparison, tmp_path, 700)
    content, steps = book["content"], book["difference_1_avc_broker_2025"]
    assert content.cell(FIRST_ROW, place(comparison, "content", "total") + 1).value == pytest.approx(37_710)
    assert content.cell(FIRST_ROW, place(comparison, "content", "per_gpu") + 1).value == pytest.approx(37_710 / 72)
    change = place(comparison, "difference_1_avc_broker_2025", "change") + 1
    assert steps.cell(FIRST_ROW, change).value == pytest.approx(5_400 - 1_800)
    by_price = place(comparison, "difference_1_avc_broker_2025", "by_price") + 1
    assert steps.cell(FIRST_ROW, by_price).value == pytest.approx(36 * (800 - 700))
    data = {row[0].value: [cell.value for cell in row[1:]] for row in book["Chart data"].iter_rows()}
    module = next(name for name in data if str(name).startswith("Superchip module,"))
    assert data[module][0] == pytest.approx(5_400 - 1_800), "the waterfall follows"
    charts = [values for row in book["Chart data"].iter_rows() for values in [[cell.value for cell in row]]]
    start = next(number for number, values in enumerate(charts) if "superchip modules" in values)
    modules = charts[start].index("superchip modules")
    assert charts[start + 1][modules] == pytest.approx(36 * 700), "the stacks of classes follow"
