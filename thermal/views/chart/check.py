"""What a chart must hold before anything draws it, so that mistakes are told rather than drawn."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from thermal.views.chart.model import Chart
from thermal.views.chart.text import finite

__all__ = ["check_chart"]

TOLERANCE = 1e-6  # of the largest value, within which a waterfall adds up
ONE_SERIES = {"waterfall", "tornado"}


def check_chart(chart: Chart) -> None:
    """Raise for a chart that cannot be drawn as it says.

    Raises
    ------
    ValueError
        With everything wrong: a name that is no file name, lengths that differ, numbers that are not finite.
    """
    wrong = list(_wrong(chart))
    if wrong:
        msg = f"chart {chart.name!r}: " + "; ".join(wrong)
        raise ValueError(msg)


def _wrong(chart: Chart) -> Iterator[str]:
    if not re.fullmatch(r"[A-Za-z0-9_]+", chart.name):
        yield "the name takes letters, digits and underscores only"
    if not chart.series:
        yield "there is no series"
    if chart.kind in ONE_SERIES and len(chart.series) > 1:
        yield f"a {chart.kind} takes one series, not {len(chart.series)}"
    count = len(chart.x) if chart.kind == "lines" else len(chart.categories)
    if count == 0:
        yield "there is nothing along the axis"
    for series in chart.series:
        rows: dict[str, Sequence[float | None]] = {"values": series.values, "low": series.low, "high": series.high}
        for what, row in rows.items():
            needed = what == "values" or (chart.kind == "tornado")
            if (needed or row) and len(row) != count:
                yield f"series {series.name!r}: {len(row)} {what} for {count} places"
            if any(value is not None and not math.isfinite(value) for value in row):
                yield f"series {series.name!r}: {what} that are not finite"
    if chart.kind == "stack" and any(value < 0.0 for series in chart.series for value in finite(series.values)):
        yield "a stack takes no negative values"
    if any(not 0 <= index < count for index in chart.totals):
        yield "a total lies outside the categories"
    if not all(map(math.isfinite, (chart.base, *chart.x))):
        yield "base or abscissa that are not finite"
    if chart.kind == "waterfall" and len(chart.series) == 1:
        yield from _sums(chart)


def _sums(chart: Chart) -> Iterator[str]:
    """Find levels that the steps before them do not lead to."""
    values = [value or 0.0 for value in chart.series[0].values]
    level, size = chart.base, max(map(abs, values), default=0.0)
    for index, value in enumerate(values):
        if index not in chart.totals:
            level += value
            continue
        if index > 0 and abs(level - value) > TOLERANCE * size:
            yield f"the steps lead to {level:g}, but the level {index} says {value:g}"
        level = value
