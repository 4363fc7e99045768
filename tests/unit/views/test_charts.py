from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from tests.unit.views import chart_samples as samples
from thermal.views.chart.model import Chart
from thermal.views.charts import chart_files, png, svg

SVG = "{http://www.w3.org/2000/svg}"
NAMES = [chart.name for chart in samples.EVERY]


def texts(drawing: str) -> list[str]:
    root = ElementTree.fromstring(drawing)  # noqa: S314 - our own
    return ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("chart", samples.EVERY, ids=NAMES)
def test_a_chart_becomes_two_files(chart: Chart, tmp_path: Path) -> None:
    picture, drawing = chart_files(chart, tmp_path / "charts")
    assert (picture.name, drawing.name) == (f"{chart.name}.png", f"{chart.name}.svg")
    with Image.open(picture) as image:
        assert image.size[0] == 1920
        assert image.info["Description"] == chart.description or not chart.description
        pixels = np.asarray(image.convert("RGB"))
    assert len(np.unique(pixels.reshape(-1, 3)[::7], axis=0)) > 20  # not blank
    ElementTree.parse(drawing)  # noqa: S314 - our own


@pytest.mark.parametrize("chart", samples.EVERY, ids=NAMES)
def test_nothing_is_cut_off_at_the_edges(chart: Chart) -> None:
    with Image.open(io.BytesIO(png(chart))) as image:
        pixels = np.asarray(image.convert("L"))
    edge = 12
    frame = (pixels[:edge], pixels[-edge:], pixels[:, :edge], pixels[:, -edge:])
    assert all((part == 255).all() for part in frame)


def test_the_check_of_the_edges_sees_a_title_that_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thermal.views.chart.frame.TITLE_WIDTH", 200)
    long = samples.bars(title="A title that is far too long for one line of the picture, whatever it may be about " * 2)
    with Image.open(io.BytesIO(png(long))) as image:
        assert (np.asarray(image.convert("L"))[:, -12:] < 255).any()


def test_texts_of_a_drawing_are_texts_with_units() -> None:
    found = texts(svg(samples.waterfall()))
    for text in ("Where the kelvins go", "40.0 °C", "+15.0 K", "+30.0 K", "85.0 °C", "limit 87.0 °C", "junction"):
        assert text in found


def test_what_looks_like_markup_or_a_formula_stays_text() -> None:
    drawing = svg(samples.evil())
    assert "<script" not in drawing
    shown = " ".join(texts(drawing))
    assert "<script>alert(1)</script>" in shown
    assert "$x^2$" in shown
    root = ElementTree.fromstring(drawing)  # noqa: S314 - our own
    assert root.attrib["aria-label"] == samples.EVIL


def test_a_drawing_asks_for_nothing_from_outside() -> None:
    for chart in samples.EVERY:
        drawing = svg(chart)
        links = re.findall(r'(?:href|src)="([^"]*)"|url\(([^)]*)\)', drawing)
        assert all("".join(link).startswith("#") for link in links)


def test_drawings_share_no_ids_so_that_several_stand_in_one_page() -> None:
    one, other = (svg(samples.waterfall(name=name)) for name in ("first", "second"))
    ids = [set(re.findall(r'\bid="([^"]+)"', drawing)) for drawing in (one, other)]
    assert ids[0]
    assert not ids[0] & ids[1]
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', one))
    assert used <= ids[0]


def test_the_same_chart_gives_the_same_files_whatever_the_users_settings() -> None:
    before = png(samples.waterfall()), svg(samples.waterfall())
    with mpl.rc_context({"font.size": 30.0, "axes.facecolor": "black", "text.usetex": False}):
        settings = mpl.rcParams.copy()
        assert (png(samples.waterfall()), svg(samples.waterfall())) == before
        assert mpl.rcParams["font.size"] == settings["font.size"] == 30.0


def test_a_letter_that_the_font_lacks_is_no_warning() -> None:
    assert png(samples.bars(title="冷却板"))


def test_a_hundred_trays_are_named_sparsely() -> None:
    names = [f"compute[{number}]" for number in range(100)]
    chart = samples.bars(categories=names, series=[samples.Series("flow", [float(n) for n in range(100)])])
    shown = [text for text in texts(svg(chart)) if text.startswith("compute")]
    assert 20 <= len(shown) <= 45
