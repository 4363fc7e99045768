"""The page of one scene, seen in a browser without a network."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle
from typing import Any

import numpy as np
import pytest

from thermal.views.scenes.model import Bar, Label, Piece, Scene
from thermal.views.scenes.page import page

Show = Callable[..., Any]
WIDE, PHONE = (1280, 900), (390, 844)


def png() -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (40, 30), (255, 0, 255)).save(file, "PNG")
    return file.getvalue()


def colours(pixels: np.ndarray[Any, Any]) -> int:
    """How many clearly different colours there are, greys left out."""
    coarse = (pixels.reshape(-1, 3) // 32).astype(int)
    vivid = coarse[np.ptp(coarse, axis=1) > 1]
    return len(np.unique(vivid, axis=0))


def wait_drawn(shown: Any) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(shown.browser, 30).until(
        lambda _: shown.run("return Boolean(document.querySelector('[data-drawn]'))")
    )


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_it_draws_without_a_request_or_an_error(show: Show, scene: Scene, size: tuple[int, int]) -> None:
    shown = show(page(scene), size)
    wait_drawn(shown)
    assert shown.errors() == []
    assert shown.requests() == []
    assert shown.run("return window.hacked") is None
    assert colours(shown.picture(".scene-canvas")) >= 6
    assert shown.run("return document.documentElement.scrollWidth <= innerWidth")


def test_a_scene_of_nothing_is_seen_to_be_blank(show: Show, scene: Scene) -> None:
    shown = show(page(replace(scene, pieces=(), bars=(), labels=())))
    wait_drawn(shown)
    assert colours(shown.picture(".scene-canvas")) < 6


def test_title_description_and_label_are_read(show: Show, scene: Scene) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    shown = show(page(scene))
    wait_drawn(shown)
    assert shown.run("return document.querySelector('h1').textContent") == scene.title
    assert shown.run("return document.querySelector('.scene-canvas').getAttribute('aria-label')") == scene.description
    assert shown.run("return document.querySelector('figcaption').textContent") == scene.description
    script = "return [...document.querySelectorAll('.annotation-text')].map(one => one.textContent).join()"
    label = WebDriverWait(shown.browser, 20).until(lambda _: shown.run(script))
    assert label == scene.labels[0].text.replace("\n", "")
    bars = shown.run("return [...document.querySelectorAll('.colorbar')].map(bar => bar.textContent).join()")
    assert "[°C]" in bars
    assert "87 limit" in bars


def test_the_pointer_reads_the_part_beneath_it(show: Show, scene: Scene) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.support.wait import WebDriverWait

    piece = replace(scene.pieces[0], text="compute[1]/gpu\n<b>60 °C & more</b>")
    shown = show(page(replace(scene, pieces=[piece], labels=())))
    wait_drawn(shown)
    canvas = shown.browser.find_element("css selector", ".scene-canvas")

    script = "return [...document.querySelectorAll('.hovertext')].map(one => one.textContent).join()"
    places = cycle((-3, 0, 3))

    def told(_: Any) -> str:
        place = next(places)
        move = ActionChains(shown.browser, duration=50).move_to_element_with_offset(canvas, place, place)
        move.pause(1.0).perform()  # the first moves only wake the scene up
        return str(shown.run(script))

    assert WebDriverWait(shown.browser, 20).until(told) == "compute[1]/gpu<b>60 °C & more</b>"


def test_a_name_in_the_legend_hides_its_layer(show: Show, scene: Scene) -> None:
    shown = show(page(scene))
    wait_drawn(shown)
    script = """const box = document.querySelector('.scene-canvas');
    const number = box.data.findIndex(trace => trace.showlegend);
    return Plotly.restyle(box, {visible: 'legendonly'}, box.data.map((one, n) => n)
        .filter(n => box.data[n].legendgroup === box.data[number].legendgroup))"""
    before = colours(shown.picture(".scene-canvas"))
    shown.run(script)
    assert colours(shown.picture(".scene-canvas")) < before


def test_the_picture_stands_in_on_paper_and_without_scripts(show: Show, scene: Scene) -> None:
    shown = show(page(scene, png()))
    wait_drawn(shown)
    visible = "return getComputedStyle(document.querySelector(arguments[0])).display !== 'none'"
    assert shown.run(visible, ".scene-canvas")
    assert not shown.run(visible, ".scene-picture")
    shown.media("print")
    assert not shown.run(visible, ".scene-canvas")
    assert shown.run(visible, ".scene-picture")
    still = show(page(scene, png()), scripts=False)
    assert still.browser.find_element("css selector", ".scene-picture").is_displayed()
    assert still.browser.find_element("css selector", ".scene-picture").get_attribute("alt") == scene.description
    assert still.browser.find_element("css selector", ".scene-unable").is_displayed()


@pytest.mark.parametrize("pictured", [True, False])
def test_a_scene_that_cannot_be_drawn_gives_way_to_its_picture(show: Show, scene: Scene, pictured: bool) -> None:
    """A box that stays empty tells nothing."""
    from selenium.webdriver.support.wait import WebDriverWait

    refuse = """let own; Object.defineProperty(window, 'Plotly', {
        get: () => own && Object.assign({}, own, {newPlot: () => Promise.reject(new Error('lost'))}),
        set: (given) => { own = given; }, configurable: true})"""
    browser = show("<title>blank</title>").browser
    added = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": refuse})
    try:
        shown = show(page(scene, png() if pictured else None))
        WebDriverWait(browser, 20).until(lambda _: shown.run("return document.querySelector('.scene-still') !== null"))
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
    visible = "return getComputedStyle(document.querySelector(arguments[0])).display !== 'none'"
    assert not shown.run(visible, ".scene-canvas")
    assert shown.run("return document.querySelector('[data-drawn]')") is None
    told = browser.find_element("css selector", ".scene-unable")
    assert told.is_displayed()
    assert ("could not be drawn here; this is a picture of it" in told.text) is pictured
    assert (len(browser.find_elements("css selector", ".scene-picture")) == 1) is pictured
    if pictured:
        assert shown.run(visible, ".scene-picture")


def test_the_page_lets_nothing_be_sent_or_moved(scene: Scene) -> None:
    policy = page(scene).split('Content-Security-Policy" content="', 1)[1].split('"', 1)[0].replace("&#39;", "'")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert [rules[name] for name in ("default-src", "base-uri", "form-action")] == ["'none'"] * 3


def test_the_scene_is_fitted_again_when_the_window_changes(show: Show) -> None:
    points = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=np.float64) * (1.0, 0.5, 0.2)
    faces = np.array([[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1]])
    tray = Piece("tray", "trays", points, faces, np.linspace(0, 1, 6), "t")
    scene = Scene("Tray", "", [tray], [Bar("t", "T [°C]", 0, 1, "viridis")], [Label((0.5, 0.2, 0.1), "here")])
    shown = show(page(scene))
    wait_drawn(shown)
    eye = "return Math.hypot(...Object.values(document.querySelector('.scene-canvas').layout.scene.camera.eye))"
    wide = shown.run(eye)
    shown.browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    )
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(shown.browser, 10).until(lambda _: shown.run(eye) > 1.2 * wide)
    assert shown.run("return document.documentElement.scrollWidth <= innerWidth")
