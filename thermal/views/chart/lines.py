"""What each line of a chart looks like and where its operating point lies, before anything draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from thermal.views.chart.check import check_chart
from thermal.views.chart.model import Chart, Series
from thermal.views.chart.text import digits_for, value_text
from thermal.views.palette import CATEGORICAL

__all__ = ["Line", "lines_of"]

MOST_MARKED = 24  # points of a line, up to which each is a dot


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its points, its colour, whether it belongs to the right axis (and is dashed), its operating point."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    color: str
    right: bool
    dotted: bool
    hovers: Sequence[str]
    mark: tuple[float, float] | None
    low: Sequence[float] = ()
    high: Sequence[float] = ()


def lines_of(chart: Chart) -> tuple[Line, ...]:
    """Arrange the lines of a chart; the first of each axis share a colour, and so do the second ones.

    Raises
    ------
    ValueError
        The chart cannot be drawn as it says.
    """
    check_chart(chart)
    counts = {"left": 0, "right": 0}
    lines = []
    for series in chart.series:
        color = CATEGORICAL[counts[series.axis] % len(CATEGORICAL)]
        counts[series.axis] += 1
        lines.append(_line(chart, series, color))
    return tuple(lines)


def _line(chart: Chart, series: Series, color: str) -> Line:
    points = sorted((x, y, at) for at, (x, y) in enumerate(zip(chart.x, series.values, strict=True)) if y is not None)
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    unit = chart.right_unit if series.axis == "right" else chart.unit
    digits, places = digits_for(ys), digits_for(xs)
    hovers = [f"{series.name}\n{value_text(y, unit, digits)} at {x:.{places}f} {chart.x_title}" for x, y, _ in points]
    bounds = [(series.low[at], series.high[at]) for *_, at in points] if series.low and series.high else []
    known = [(low, high) for low, high in bounds if low is not None and high is not None]
    complete = len(known) == len(points)
    return Line(
        name=series.name,
        x=xs,
        y=ys,
        color=color,
        right=series.axis == "right",
        dotted=len(xs) <= MOST_MARKED,
        hovers=hovers,
        mark=_mark(series.mark, xs, ys),
        low=[low for low, _ in known] if complete else (),
        high=[high for _, high in known] if complete else (),
    )


def _mark(at: float | None, xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float] | None:
    """Return the point of the drawn line at an abscissa; None outside the line."""
    if at is None:
        return None
    for x0, x1, y0, y1 in zip(xs, xs[1:], ys, ys[1:], strict=False):
        if x0 <= at <= x1:
            return at, y0 if x1 == x0 else y0 + (y1 - y0) * (at - x0) / (x1 - x0)
    return None
