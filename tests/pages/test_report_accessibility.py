"""A report's page for those who cannot see it well or at all: names, order, contrast, keyboard."""

from __future__ import annotations

from typing import Any

import pytest

from thermal.views.html import page
from thermal.views.report import Report

WIDE, PHONE = (1280, 900), (390, 844)
SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desktop", "phone"])

# Contrast of each text with what lies behind it, by WCAG 2.2's formula; pictures have their own tests.
FAINT = """
const linear = part => { part /= 255; return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; };
const light = rgb => 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
const parts = color => color.match(/[\\d.]+/g).map(Number);
const behind = one => {
  for (; one; one = one.parentElement) {
    const color = parts(getComputedStyle(one).backgroundColor);
    if (color.length === 3 || color[3] === 1) return color;
  }
  return [255, 255, 255];
};
const faint = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const parent = walk.currentNode.parentElement;
  if (!walk.currentNode.textContent.trim() || parent.closest('script, svg, .live, .scene-canvas')) continue;
  if (!parent.getClientRects().length) continue;
  const [over, under] = [light(parts(getComputedStyle(parent).color)), light(behind(parent))];
  const contrast = (Math.max(over, under) + 0.05) / (Math.min(over, under) + 0.05);
  if (contrast < 4.5) faint.push(contrast.toFixed(2) + ' ' + walk.currentNode.textContent.trim().slice(0, 40));
}
return [...new Set(faint)];
"""

# Of each control: is there a text, a label or an aria-label?
NAMELESS = """
const name = one => one.textContent.trim() || one.getAttribute('aria-label') || (one.labels && one.labels.length);
return [...document.querySelectorAll('a, button, input, [role=button], [role=region], [role=img], nav, summary')]
    .filter(one => !one.closest('.live, .scene-canvas') || one.matches('[role=img]')).filter(one => !name(one))
    .map(one => one.outerHTML.slice(0, 80));
"""


@pytest.fixture(scope="module")
def text(report: Report) -> str:
    return page(report)


@SIZES
def test_text_has_contrast(show: Any, text: str, size: tuple[int, int]) -> None:
    shown = show(text, size)
    shown.drawn()
    assert shown.run(FAINT) == []
    shown.run("document.querySelector('h1').style.color = '#999'")
    assert [line[-12:] for line in shown.run(FAINT)] == ["A small rack"]


@SIZES
def test_everything_that_acts_or_shows_has_a_name(show: Any, text: str, size: tuple[int, int]) -> None:
    shown = show(text, size)
    shown.drawn()
    assert shown.run(NAMELESS) == []
    shown.run("document.querySelector('input').labels[0].remove()")
    assert len(shown.run(NAMELESS)) == 1


def test_pictures_have_a_text_and_tables_have_heads(show: Any, text: str) -> None:
    shown = show(text)
    assert shown.run("return [...document.images].map(one => one.alt)") == [
        "Four GPUs from 60 to 84 °C, the hottest in compute[4] <script>window.hacked = 1</script>"
        "<img src=x onerror='window.hacked = 2'>.",
        "The switch tray takes 0.99 L/min, the others 6.1.",
    ]
    heads = "return [...document.querySelectorAll('thead th, tbody tr > :first-child')].map(one => one.scope)"
    assert set(shown.run(heads)) == {"col", "row"}
    assert shown.run("return [...document.querySelectorAll('table')].every(one => one.caption.textContent.trim())")


def test_headings_and_places_are_in_order(show: Any, text: str, report: Report) -> None:
    shown = show(text)
    assert shown.run("return document.documentElement.lang") == "en"
    levels = shown.run("return [...document.querySelectorAll('h1, h2, h3, h4')].map(one => Number(one.tagName[1]))")
    assert levels == [1, *[2] * (len(report.sections) + 1)]
    assert shown.run("return document.querySelectorAll('main, header, footer, nav').length") == 4
    doubled = (
        "const all = [...document.querySelectorAll('[id]')].map(one => one.id); return all.length - new Set(all).size"
    )
    assert shown.run(doubled) == 0
    lost = "return [...document.querySelectorAll('a')].filter(one => !document.querySelector(CSS.escape ? '#' + CSS.escape(one.hash.slice(1)) : one.hash)).length"  # noqa: E501 - one expression
    assert shown.run(lost) == 0


def test_the_keyboard_reaches_the_content_the_tables_and_the_sorting(show: Any, text: str) -> None:
    from selenium.webdriver.common.keys import Keys

    shown = show(text)
    shown.browser.find_element("tag name", "body").send_keys(Keys.TAB)
    assert shown.run("return document.activeElement.className") == "skip"
    shown.browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert shown.run("return document.activeElement.id") == "content"
    scrolling = "return [...document.querySelectorAll('.box')].filter(one => one.scrollWidth > one.clientWidth)"
    assert shown.run(f"{scrolling}.every(one => one.tabIndex === 0)")
    head = shown.browser.find_element("css selector", "table[data-name=devices] thead .sort")
    head.send_keys(Keys.ENTER)
    assert shown.run("return arguments[0].closest('th').getAttribute('aria-sort')", head) == "ascending"


def test_emphasis_is_told_in_words_too(show: Any, text: str) -> None:
    words = "return [...document.querySelectorAll('.callout')].map(one => one.textContent.trim().split(':')[0])"
    assert show(text).run(words) == ["Good", "Caution", "Problem"]
