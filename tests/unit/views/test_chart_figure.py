from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.views import chart_samples as samples
from thermal.views.chart.figure import figure
from thermal.views.chart.model import Chart
from thermal.views.palette import CATEGORICAL, FONT


def plain(chart: Chart, **options: bool) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(figure(chart, **options).to_json())
    return found


def strings(node: Any) -> list[str]:
    if isinstance(node, str):
        return [node]
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [text for child in children for text in strings(child)]


@pytest.mark.parametrize("chart", samples.EVERY, ids=[chart.name for chart in samples.EVERY])
def test_every_kind_becomes_a_figure_in_the_one_style(chart: Chart) -> None:
    found = plain(chart)
    assert found["data"]
    layout = found["layout"]
    assert layout["font"]["family"] == FONT
    assert layout["height"] >= 150
    assert "width" not in layout  # it fills the page
    assert chart.title.split()[-1].replace("&", "&amp;") in layout["title"]["text"]


def test_bars_begin_and_end_where_the_chart_says() -> None:
    found = plain(samples.waterfall())
    bars = [trace for trace in found["data"] if trace["type"] == "bar"]
    ends = {(base, base + length) for trace in bars for base, length in zip(trace["base"], trace["y"], strict=True)}
    assert ends == {(30.0, 40.0), (40.0, 55.0), (55.0, 85.0), (30.0, 85.0)}
    notes = [note["text"] for note in found["layout"]["annotations"]]
    assert {"40.0 °C", "+15.0 K", "+30.0 K", "85.0 °C", "limit 87.0 °C"} <= set(notes)


def test_whiskers_reach_from_low_to_high() -> None:
    first = next(trace for trace in plain(samples.bars())["data"] if trace["type"] == "bar")
    axis = "x" if first["orientation"] == "h" else "y"
    error = first[f"error_{axis}"]
    assert error["array"] == [2.0, 2.0]
    assert error["arrayminus"] == [1.0, 5.0]


def test_lines_hold_their_numbers_and_their_axis() -> None:
    traces = plain(samples.lines())["data"]
    left, ring, right = traces
    assert (left["x"], left["y"], left["line"]["color"]) == ([1.0, 3.0], [0.04, 0.02], CATEGORICAL[0])
    assert (ring["x"], ring["y"]) == ([2.0], [pytest.approx(0.03)])
    assert (right["yaxis"], right["line"]["dash"]) == ("y2", "dash")


def test_what_looks_like_markup_stays_text_everywhere() -> None:
    found = strings(plain(samples.evil()))
    assert not any("<script" in text for text in found)
    assert sum("&lt;script&gt;" in text for text in found) >= 6  # title, note, names, hovers, legend, limit


def test_names_that_are_alike_keep_their_own_bars() -> None:
    chart = samples.bars(categories=["gpu", "gpu", "gpu"])
    bars = [trace for trace in plain(chart)["data"] if trace["type"] == "bar"]
    axis = "y" if bars[0]["orientation"] == "h" else "x"
    places = [place for trace in bars for place in trace[axis]]
    assert len(set(places)) == 5


def test_a_page_may_write_title_and_note_itself() -> None:
    chart = samples.bars(note="A note.")
    titled, bare = plain(chart), plain(chart, titled=False)
    assert "A note." in strings(titled)
    assert "A note." not in strings(bare)
    assert "title" not in bare["layout"]
    assert bare["layout"]["height"] < titled["layout"]["height"]


def test_hover_tells_name_value_and_range() -> None:
    first = next(trace for trace in plain(samples.bars())["data"] if trace["type"] == "bar")
    assert first["hovertext"][0] == "gpu<br>one: 2.0 K<br>1.0 K to 4.0 K"
