"""The suppliers' report in a browser: nothing fails, nothing is asked for, and its numbers are those of the JSON."""

from __future__ import annotations

from typing import Any

import pytest

from thermal.cost.fleet import read_size
from thermal.cost.outlook import Question, outlooks
from thermal.cost.prices import load_prices
from thermal.cost.shares import load_shares
from thermal.rack.expand import expand
from thermal.rack.loader import load_rack
from thermal.views.html import page
from thermal.views.reports.suppliers import suppliers_report

AMOUNTS = """return [...document.querySelectorAll('table[data-name=content_1] tbody tr')].map(
    row => Number(row.cells[1].dataset.value))"""
OVER = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    file, rack = load_shares("analysts_2025"), load_rack("gb300_nvl72")
    question = Question(("avc_leads",), 200, size=read_size("1.4 GW"), ramp=file.ramp)
    shares = {key: getattr(file, key) for key in ("name", "title", "date", "source", "note")}
    made = outlooks([(rack, expand(rack), (load_prices("avc_broker_2025"),))], file, question)
    return {"shares": shares, "samples": 200, "seed": 1, "outlooks": made}


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desktop", "phone"])
def test_the_page_draws_fits_and_holds_the_numbers(show: Any, content: dict[str, Any], size: tuple[int, int]) -> None:
    shown = show(page(suppliers_report(content)), size)
    shown.drawn()
    assert shown.errors() == []
    assert shown.requests() == []
    assert shown.run(OVER) <= 0
    assert shown.run(AMOUNTS) == [row["per_rack"] for row in content["outlooks"][0]["suppliers"]]


def test_numbers_are_seen_without_scrolling_on_a_laptop(show: Any, content: dict[str, Any]) -> None:
    shown = show(page(suppliers_report(content)), (1280, 900))
    cut = """return [...document.querySelectorAll('main table')].filter(one => !one.closest('details')).flatMap(one =>
      [...one.tHead.rows[0].cells].filter(head => head.classList.contains('n')
        && head.getBoundingClientRect().right > one.closest('.box').getBoundingClientRect().right + 1)
      .map(head => one.dataset.name + ' ' + head.dataset.key))"""
    assert shown.run(cut) == []
    shown.run("document.querySelectorAll('.page').forEach(page => { page.style.width = '500px' })")
    assert shown.run(cut)


def test_a_title_that_is_a_script_stays_text(show: Any, content: dict[str, Any]) -> None:
    hostile = "<script>window.hacked = 1</script>"
    outlook = {**content["outlooks"][0], "rack_title": hostile, "scenario_title": hostile}
    shown = show(page(suppliers_report({**content, "outlooks": [outlook]})))
    shown.drawn()
    assert shown.run("return window.hacked ?? null") is None
    assert hostile in shown.run("return document.querySelector('h1').textContent")
