"""The numbers of a chart as a table, for those who cannot see it and those who want to take them along."""

from __future__ import annotations

from collections.abc import Sequence

from thermal.views.chart.model import Chart, Series
from thermal.views.report import Cell, Column, ReportTable

__all__ = ["chart_table"]


def chart_table(chart: Chart) -> ReportTable:
    """Return a table with one row per category (or abscissa) and one column per series and end of its range."""
    lines = chart.kind == "lines"
    first = chart.x_title if lines else "Name"
    names: Sequence[Cell] = list(chart.x) if lines else list(chart.categories)
    columns = [Column("name", first or "x", "number" if lines else "text", _digits(chart.x))]
    rows: list[dict[str, Cell]] = [{"name": name} for name in names]
    for index, series in enumerate(chart.series):
        unit = chart.right_unit if series.axis == "right" else chart.unit
        for part, values in _parts(series).items():
            key = f"{part}{index}"
            name = series.name if part == "value" else f"{series.name}, {part}"
            columns.append(Column(key, f"{name} [{unit}]" if unit else name, "number", _digits(values)))
            for row, value in zip(rows, values, strict=False):
                row[key] = value
    return ReportTable(f"{chart.name}_numbers", f"Numbers of “{chart.title}”", columns, rows)


def _parts(series: Series) -> dict[str, Sequence[float | None]]:
    """Return the values and, where there are any, both ends of their range."""
    parts = {"value": series.values, "low": series.low, "high": series.high}
    return {name: values for name, values in parts.items() if values}


def _digits(values: Sequence[float | None]) -> int:
    """Return decimals that show three or four figures of the largest number, none where all are whole."""
    known = [abs(value) for value in values if value is not None]
    if all(float(value).is_integer() for value in known):
        return 0
    largest = max(known)
    return next((digits for digits, bound in ((0, 1000.0), (1, 100.0), (2, 1.0), (3, 0.1)) if largest >= bound), 4)
