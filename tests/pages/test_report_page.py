"""A report's page in a browser: nothing fails, nothing is asked for, the numbers are there, and it fits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from thermal.views.html import page
from thermal.views.report import Linked, Report, ReportTable

WIDE, PHONE = (1280, 900), (390, 844)
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desktop", "phone"])

NUMBERS = """return [...document.querySelectorAll('table[data-name=' + arguments[0] + '] tbody tr')].map(
    row => [...row.cells].map(cell => cell.dataset.value === undefined ? null : Number(cell.dataset.value)))"""
# a side scroll of the page, not of a box of its own
OVER = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def text(report: Report) -> str:
    return page(report)


def numbers_of(table: ReportTable) -> list[list[float | None]]:
    """What the cells of a table must hold, typed anew from the report."""
    rows = [[row.get(column.key) for column in table.columns] for row in table.rows]
    values = [[cell.value if isinstance(cell, Linked) else cell for cell in row] for row in rows]
    return [[one if isinstance(one, (int, float)) and math.isfinite(one) else None for one in row] for row in values]


def wrong_numbers(shown: Any, report: Report) -> list[str]:
    """Names of the tables whose cells differ from the report's."""
    return [table.name for table in report.tables if shown.run(NUMBERS, table.name) != numbers_of(table)]


@SIZES
def test_a_page_draws_without_an_error_and_asks_for_nothing(show: Any, text: str, size: tuple[int, int]) -> None:
    shown = show(text, size)
    shown.drawn()
    assert shown.errors() == []
    assert shown.requests() == []


def test_a_page_that_asks_for_something_is_caught(show: Any, text: str) -> None:
    shown = show(text.replace("<main", "<img alt='' src='https://example.com/x.png'><main", 1))
    assert any("example.com" in error for error in shown.errors())  # its own policy refuses
    policy = text.index('<meta http-equiv="Content-Security-Policy"')
    open_text = text[:policy] + text[text.index(">", policy) + 1 :]
    shown = show(open_text.replace("<main", "<img alt='' src='https://example.com/x.png'><main", 1))
    assert shown.requests() == ["https://example.com/x.png"]


def test_tables_hold_the_full_numbers_of_the_report(show: Any, text: str, report: Report) -> None:
    assert wrong_numbers(show(text), report) == []
    assert wrong_numbers(show(text.replace("33.333333333333336", "33.333333333333")), report) == ["bill"]


def test_sums_are_those_of_the_rows(show: Any, text: str) -> None:
    shown = show(text)
    cell = "return document.querySelector('table[data-name=bill] tfoot td[data-value]')"
    assert float(shown.run(f"{cell}.dataset.value")) == pytest.approx(72 * 200.25 + 36 * (100 / 3) - 18 * 12.5)
    assert shown.run(f"{cell}.textContent") == "$15,393"


def bright_colors(shown: Any) -> np.ndarray[Any, Any]:
    """Pixels (n, 3) of the scene that are far from grey, without the bar beside it."""
    shown.run("document.querySelectorAll('.scene-canvas .infolayer').forEach(one => { one.style.display = 'none'; })")
    pixels = shown.picture(".scene-canvas").reshape(-1, 3).astype(int)
    return pixels[np.ptp(pixels, axis=1) > 60]


@SIZES
def test_the_scene_is_drawn(show: Any, text: str, size: tuple[int, int]) -> None:
    shown = show(text, size)
    shown.drawn()
    bright = bright_colors(shown)
    assert len(bright) > 0.01 * size[0] * size[1]
    assert len(np.unique(bright // 16, axis=0)) > 8
    shown.run("document.querySelectorAll('.scene-canvas canvas').forEach(one => one.remove())")
    assert len(bright_colors(shown)) == 0  # a blank scene would be seen


@SIZES
def test_the_page_does_not_scroll_sideways(show: Any, text: str, size: tuple[int, int]) -> None:
    shown = show(text, size)
    shown.drawn()
    assert shown.run(OVER) <= 0
    boxes = shown.run("return [...document.querySelectorAll('.box')].map(box => box.scrollWidth - box.clientWidth)")
    assert size == WIDE or max(boxes) > 100  # the wide table does, in its own box
    shown.run("document.querySelector('main').style.width = '1400px'")
    assert shown.run(OVER) > 0


@SIZES
def test_values_beside_bars_are_not_cut_off(show: Any, text: str, size: tuple[int, int]) -> None:
    shown = show(text, size)
    shown.drawn()
    beyond = shown.run(
        """const live = document.querySelector('figure.chart .live').getBoundingClientRect();
        return [...document.querySelectorAll('figure.chart .live text')].map(one => one.getBoundingClientRect())
            .filter(box => box.width > 0 && (box.right > live.right + 1 || box.left < live.left - 1)).length"""
    )
    assert beyond == 0


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
def test_text_that_wants_to_be_a_program_stays_text(show: Any, text: str, scripts: bool) -> None:
    shown = show(text, scripts=scripts)
    if scripts:
        shown.drawn()
        assert shown.run("return window.hacked === undefined")
    read = shown.browser.find_element("tag name", "body").text
    assert read.count("<script>window.hacked = 1</script>") >= 6
    assert "=cmd|' /C calc'!A0" in read


def test_a_script_that_was_not_escaped_would_not_run(show: Any, text: str) -> None:
    smuggled = text.replace("<main", "<script>window.hacked = 1</script><main", 1)
    shown = show(smuggled)
    assert shown.run("return window.hacked === undefined")
    assert any("Content Security Policy" in error for error in shown.errors())


def test_paper_gets_still_pictures_and_whole_tables(show: Any, text: str) -> None:
    shown = show(text)
    shown.drawn()
    seen = "return [...document.querySelectorAll(arguments[0])].map(one => one.getBoundingClientRect().height > 50)"
    assert shown.run(seen, ".live, .scene-canvas") == [True, True]
    shown.media("print")
    assert shown.run(seen, ".live, .scene-canvas") == [False, False]
    assert shown.run(seen, ".still, .scene-picture") == [True, True]
    cut = "return [...document.querySelectorAll('section > .table > .box')].map(one => getComputedStyle(one).overflow)"
    assert set(shown.run(cut)) == {"visible"}


def test_without_scripts_the_pictures_and_tables_are_there(show: Any, text: str) -> None:
    shown = show(text, scripts=False)
    stills = shown.browser.find_elements("css selector", ".still, .scene-picture")
    assert [still.is_displayed() and still.size["height"] > 100 for still in stills] == [True, True]
    assert "b300" in shown.browser.find_element("css selector", "table[data-name=devices]").text


def test_a_table_can_be_sorted_and_searched(show: Any, text: str) -> None:
    shown = show(text)
    first = "return document.querySelector('table[data-name=devices] tbody tr:not([hidden])').cells[0].textContent"
    head = shown.browser.find_elements("css selector", "table[data-name=devices] thead .sort")[2]
    for expected, sort in (
        ("compute[1]/module[1]/gpu[1]", "ascending"),
        ("compute[12]/module[1]/gpu[4]", "descending"),
    ):
        shown.run("arguments[0].click()", head)
        assert shown.run(first) == expected
        assert shown.run("return arguments[0].closest('th').getAttribute('aria-sort')", head) == sort
    field = shown.browser.find_element("css selector", ".filter input")
    field.send_keys("gpu[2] compute[7]")
    assert shown.run(first) == "compute[7]/module[1]/gpu[2]"
    assert shown.browser.find_element("css selector", ".filter [role=status]").text == "1 of 48 rows"


def test_a_finger_moves_the_page_until_it_takes_hold_of_the_scene(show: Any, text: str) -> None:
    shown = show(text, PHONE)
    shown.drawn()
    canvas = shown.browser.find_element("css selector", ".scene-canvas")
    shown.run("arguments[0].scrollIntoView({behavior: 'instant', block: 'center'})", canvas)
    touched = """const box = document.querySelector('.scene-canvas').getBoundingClientRect();
        return document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2).className"""
    assert shown.run(touched) == "grip"
    shown.browser.find_element("css selector", ".take").click()
    assert shown.run(touched) != "grip"
