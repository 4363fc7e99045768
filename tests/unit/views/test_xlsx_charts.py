from __future__ import annotations

import html
import io
import re
from dataclasses import replace
from zipfile import ZipFile

import openpyxl
import pytest

from tests.unit.views import chart_samples as samples
from thermal.views import xlsx
from thermal.views.chart.bars import bars_of
from thermal.views.chart.model import Chart, Series
from thermal.views.report import Report, Section

Points = list[tuple[float, float]]


def drawn(chart: Chart) -> tuple[str, list[list[object]]]:
    """Return the chart's own XML and its block of cells, heading first."""
    content = xlsx.content(Report("T", "", [Section("S", [chart])]))
    with ZipFile(io.BytesIO(content)) as parts:
        xml = "".join(parts.read(name).decode() for name in parts.namelist() if "/charts/chart" in name)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Chart data"]
    return xml, [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]


def curves(chart: Chart) -> list[Points]:
    """Return the points of every series of a scatter chart, as its cell references lead to them."""
    xml, rows = drawn(chart)
    out = []
    for xs, ys in re.findall(r"<c:xVal>.*?<c:f>(.*?)</c:f>.*?<c:yVal>.*?<c:f>(.*?)</c:f>", xml, re.DOTALL):
        columns = []
        for cells in (xs, ys):
            letter, first, last = re.fullmatch(r"'Chart data'!\$([A-Z]+)\$(\d+)(?::\$\1\$(\d+))?", cells).groups()  # type: ignore[union-attr]
            column = openpyxl.utils.column_index_from_string(letter) - 1
            columns.append([rows[row - 2][column] for row in range(int(first), int(last or first) + 1)])
        out.append(list(zip(*columns, strict=True)))
    return out  # type: ignore[return-value]


def interleaved(**changes: object) -> Chart:
    x = [1.0, 1.5, 2.0, 2.5, 3.0, 3.5]
    series = [
        Series("one", [10.0, None, 20.0, None, 30.0, None], mark=2.5),
        Series("two", [None, 1.0, None, 2.0, None, 3.0], axis="right", mark=3.5),
    ]
    chart = Chart("c", "lines", "Curves", "K/W", (), series, x=x, x_title="flow", right_unit="kPa")
    return replace(chart, **changes)  # type: ignore[arg-type]


def test_curves_with_points_of_their_own_have_columns_of_their_own() -> None:
    """Between points that blanks part a spreadsheet draws nothing."""
    one, ring_one, two, ring_two = curves(interleaved())
    assert one == [(1.0, 10.0), (2.0, 20.0), (3.0, 30.0)]
    assert two == [(1.5, 1.0), (2.5, 2.0), (3.5, 3.0)]
    assert (ring_one, ring_two) == ([(2.5, 25.0)], [(3.5, 3.0)])


def test_an_operating_point_beyond_its_curve_is_not_made_up() -> None:
    series = [Series("one", [10.0, None, 20.0, None, 30.0, None], mark=3.4)]
    assert curves(interleaved(series=series)) == [[(1.0, 10.0), (2.0, 20.0), (3.0, 30.0)]]


def test_a_limit_runs_from_end_to_end_of_the_curves() -> None:
    assert [(1.0, 15.0), (3.5, 15.0)] in curves(interleaved(limit=15.0, limit_name="most"))


def test_the_legend_tells_of_curves_and_the_limit_and_not_of_rings() -> None:
    xml, rows = drawn(interleaved(limit=15.0))
    names = re.findall(r"<c:ser><c:idx[^>]*/><c:order[^>]*/><c:tx>.*?<c:(?:f|v)>(.*?)</c:(?:f|v)>", xml, re.DOTALL)
    told = [name if "$" not in name else rows[0][ord(name.split("$")[1]) - ord("A")] for name in names]
    hidden = {int(number) for number in re.findall(r'<c:legendEntry><c:idx val="(\d+)"/>', xml)}
    assert [name for index, name in enumerate(told) if index not in hidden] == ["one", "limit: 15 K/W", "two"]


def test_series_of_one_name_stay_apart() -> None:
    series = [Series("a", [1.0]), Series("a", [2.0]), Series("level", [3.0])]
    _, rows = drawn(Chart("c", "bars", "C", "K", ["x"], series))
    assert rows[0][1:4] == ["a", "a 2", "level 3"]
    assert rows[1][1:4] == [1, 2, 3]


def test_colours_of_a_tornado_are_those_of_the_picture() -> None:
    xml, _ = drawn(samples.tornado())
    low, high = bars_of(samples.tornado()).roles
    fills = re.findall(r"<c:spPr><a:(pattFill|solidFill).*?</c:spPr>", xml, re.DOTALL)
    assert [fill == "pattFill" for fill in fills[:2]] == [low.hatched, high.hatched]
    found = [color.lower() for color in re.findall(r'<a:srgbClr val="([0-9A-Fa-f]{6})"', xml)]
    assert found.index(low.color[1:]) < found.index(high.color[1:])
    assert "change from $100" in xml


def test_what_a_tornado_starts_from_is_written_in_full() -> None:
    series = Series("range", [1_128_937.0], [1_100_000.0], [1_200_000.0])
    xml, _ = drawn(replace(samples.tornado(), series=[series], categories=["price"], base=1_128_937.0))
    assert "change from $1,128,937" in xml


@pytest.mark.parametrize("base", [30.0, -10.0])
def test_the_limit_of_a_waterfall_is_a_line(base: float) -> None:
    chart = replace(samples.waterfall(), base=base)
    xml, rows = drawn(chart)
    assert "<c:lineChart>" in xml
    assert "limit: 87 °C" in xml
    column = rows[0].index("limit")
    assert [row[column] for row in rows[1:5]] == [87.0] * 4
    level = rows[0].index("level")
    assert rows[2][level] == "=" + f"{openpyxl.utils.get_column_letter(level + 1)}3+B4"
    without, _ = drawn(replace(chart, limit=None))
    assert "<c:lineChart>" not in without


def test_over_lying_bars_the_axis_tells_the_limit() -> None:
    names = [f"a name too long to stand {number}" for number in range(3)]
    xml, _ = drawn(samples.bars(categories=names, limit=2.5, limit_name="least"))
    assert "least: 2.5 K" in xml


@pytest.mark.parametrize("text", ["Rack of Mary (see Sheet!A1)", "=cmd|' /C calc'!A0", "Sheet!$B$2"])
@pytest.mark.parametrize("kind", ["bars", "stack", "waterfall", "lines", "tornado"])
def test_no_text_becomes_a_reference(kind: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The writer takes such titles and names for formulas, and prints what it thinks of them."""
    chart = getattr(samples, kind)()
    words = {"title": text, "left_title": text, "x_title": text, "right_title": text}
    words |= {"limit": 1.0, "limit_name": text} if kind != "tornado" else {}
    series = [replace(each, name=f"{text} {number}") for number, each in enumerate(chart.series)]
    if chart.categories:
        words["categories"] = [text, *chart.categories[1:]]
    xml, rows = drawn(replace(chart, series=series, **words))
    cells = re.findall(r"<c:f>(.*?)</c:f>", xml)
    assert cells
    assert all(re.match(r"'Chart data'!\$[A-Z]+\$\d+(:|$)", cell) for cell in cells), cells
    assert f"<c:v>{html.escape(text, quote=False)}</c:v>" in xml, "the title is drawn"
    assert not any(capsys.readouterr())
    assert rows
