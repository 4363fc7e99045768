"""The numbers of a chart stand in a table too."""

from __future__ import annotations

from thermal.views.chart.model import Chart, Series
from thermal.views.chart.table import chart_table


def test_bars_give_a_row_per_category_and_a_column_per_end() -> None:
    series = Series("price", [200.0, None], low=[150.0, 10.0], high=[250.0, 20.5])
    table = chart_table(Chart("c", "bars", "Prices", "USD", ["a", "b"], [series]))
    assert [column.heading for column in table.columns] == [
        "Name",
        "price [USD]",
        "price, low [USD]",
        "price, high [USD]",
    ]
    assert table.rows == [
        {"name": "a", "value0": 200.0, "low0": 150.0, "high0": 250.0},
        {"name": "b", "value0": None, "low0": 10.0, "high0": 20.5},
    ]
    assert [column.digits for column in table.columns[1:]] == [0, 0, 1]


def test_lines_give_a_row_per_abscissa_and_each_axis_its_unit() -> None:
    series = [Series("resistance", [0.03, 0.02]), Series("drop", [3.25, 9.5], axis="right")]
    chart = Chart("c", "lines", "Plate", "K/W", [], series, x=[0.5, 1.0], x_title="flow [L/min]", right_unit="kPa")
    table = chart_table(chart)
    assert [column.heading for column in table.columns] == ["flow [L/min]", "resistance [K/W]", "drop [kPa]"]
    assert table.rows[1] == {"name": 1.0, "value0": 0.02, "value1": 9.5}
    assert [column.digits for column in table.columns] == [2, 4, 2]


def test_an_empty_chart_gives_an_empty_table() -> None:
    assert chart_table(Chart("c", "bars", "Nothing", "", [], [Series("none", [])])).rows == []
