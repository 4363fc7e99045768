"""Where every bar of a chart begins and ends and what is written beside it, before anything draws it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from thermal.views.chart.check import check_chart
from thermal.views.chart.model import Chart
from thermal.views.chart.text import digits_for, finite, value_text, wrapped
from thermal.views.palette import CATEGORICAL, DOWN, MUTED, TOTAL, UP

__all__ = ["Bars", "Rod", "Role", "bars_of"]

BREADTH = 0.68  # of a place, taken by its bars together
WIDEST_UPRIGHT = (6, 11)  # bars and characters in a line of their names up to which bars stand upright
NAME_WIDTH, NAME_LINES = 26, 4  # characters and lines of a name beside a lying bar
ROOM_UPRIGHT = 0.065  # of the axis, for a value over a standing bar
ROOM_INSIDE = 0.07  # of the axis, from which a value is written into a part of a stack


@dataclass(frozen=True, slots=True)
class Role:
    """What a colour means; `hatched` tells it without the colour."""

    name: str
    color: str
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class Rod:
    """One bar from `start` to `end` along the value axis, at `place` along the other.

    `text` is written at `anchor`: past it in the direction of `side`, or centred on it when `side` is 0; `spread` is
    the range of the value, drawn as a whisker.
    """

    place: float
    breadth: float
    start: float
    end: float
    role: int
    hover: str
    text: str = ""
    anchor: float = 0.0
    side: Literal[-1, 0, 1] = 1
    spread: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """All that is drawn of a chart of bars.

    Parameters
    ----------
    rods : sequence of Rod
        In drawing order.
    roles : sequence of Role
        By index.
    legend : bool
        The colours need explaining.
    names : sequence of sequence of str
        Lines of the name at each place 0, 1, 2, …
    lying : bool
        Bars run from left to right, places from top to bottom.
    low, high : float
        Ends of the value axis, with room for the texts.
    links : sequence of (float, float, float)
        Thin lines of a waterfall: from place to place at a value.
    datum : float
        Value at which the bars' foot line stands.
    """

    rods: Sequence[Rod]
    roles: Sequence[Role]
    names: Sequence[Sequence[str]]
    lying: bool
    low: float
    high: float
    links: Sequence[tuple[float, float, float]] = ()
    datum: float = 0.0
    legend: bool = True


def bars_of(chart: Chart) -> Bars:
    """Arrange a chart of bars, a stack, a waterfall or a tornado.

    Raises
    ------
    ValueError
        The chart cannot be drawn as it says.
    """
    check_chart(chart)
    arrange = {"bars": _side_by_side, "stack": _stacked, "waterfall": _waterfall, "tornado": _tornado}[chart.kind]
    return arrange(chart)


def _side_by_side(chart: Chart) -> Bars:
    digits = digits_for(value for series in chart.series for value in series.values)
    shared = [
        sum(series.values[place] is not None for series in chart.series) for place in range(len(chart.categories))
    ]
    alone = max(shared) <= 1  # no place has two bars: each takes the whole breadth
    lying, names = _direction(chart, 1 if alone else len(chart.series))
    breadth = BREADTH if alone else BREADTH / len(chart.series)
    rods = []
    for index, series in enumerate(chart.series):
        shift = 0.0 if alone else (index - (len(chart.series) - 1) / 2.0) * breadth
        for place, value in enumerate(series.values):
            if value is None:
                continue
            text = value_text(value, chart.unit, digits)
            spread = _spread(series.low, series.high, place)
            side: Literal[-1, 1] = 1 if value >= 0.0 else -1
            ends = (value, *spread) if spread else (value,)
            anchor = max(ends) if side > 0 else min(ends)
            hover = _hover(chart, place, series.name if len(chart.series) > 1 else "", text, spread, digits)
            rods.append(Rod(place + shift, breadth * 0.94, 0.0, value, index, hover, text, anchor, side, spread))
    roles = _series_roles(chart)
    low, high = _ends(rods, chart, lying=lying)
    return Bars(rods, roles, names, lying, low, high, legend=len(roles) > 1)


def _stacked(chart: Chart) -> Bars:
    lying, names = _direction(chart, 1)
    digits = digits_for(value for series in chart.series for value in series.values)
    tops = [0.0] * len(names)
    rods = []
    full = max((sum(finite(series.values[place] for series in chart.series)) for place in range(len(names))), default=0)
    for index, series in enumerate(chart.series):
        for place, value in enumerate(series.values):
            if value is None or value == 0.0:
                continue
            text = value_text(value, chart.unit, digits)
            hover = _hover(chart, place, series.name, text, _spread(series.low, series.high, place), digits)
            shown = text if value >= ROOM_INSIDE * full * (1.6 if lying else 1.0) else ""
            start, tops[place] = tops[place], tops[place] + value
            rods.append(Rod(place, BREADTH, start, tops[place], index, hover, shown, start + value / 2.0, 0))
    for place, top in enumerate(tops):
        text = value_text(top, chart.unit, digits)
        hover = f"{chart.categories[place]}\n{text}"
        rods.append(Rod(place, 0.0, top, top, 0, hover, text, top, 1))
    roles = _series_roles(chart)
    low, high = _ends(rods, chart, lying=lying)
    return Bars(rods, roles, names, lying, low, high)


def _series_roles(chart: Chart) -> list[Role]:
    """Return a look for every series: colours that come a second time are hatched."""
    many = len(CATEGORICAL)
    return [Role(series.name, CATEGORICAL[i % many], i // many % 2 == 1) for i, series in enumerate(chart.series)]


def _waterfall(chart: Chart) -> Bars:
    lying, names = _direction(chart, 1)
    values = [value or 0.0 for value in chart.series[0].values]
    digits = digits_for(values)
    step_unit = "K" if chart.unit == "°C" else chart.unit  # a difference of temperatures is no temperature
    level, rods, links = chart.base, [], []
    for place, value in enumerate(values):
        if place in chart.totals:
            start, end, role = chart.base, value, 2
            text = value_text(value, chart.unit, digits)
        else:
            start, end, role = level, level + value, 0 if value > 0.0 else 1 if value < 0.0 else 3
            text = value_text(value, step_unit, digits, signed=True)
        if place:
            links.append((place - 1.0, float(place), level))
        level = end
        hover = _hover(chart, place, "", text, None, digits)
        rods.append(Rod(place, BREADTH, start, end, role, hover, text, max(start, end), 1))
    roles = [Role("adds", UP), Role("takes away", DOWN, hatched=True), Role("level", TOTAL), Role("no change", MUTED)]
    low, high = _ends(rods, chart, lying=lying)
    if chart.limit is not None:
        rods = list(_clear_of_limit(rods, chart.totals, chart.limit, high - low, lying=lying))
        low, high = _ends(rods, chart, lying=lying)
    both = any(rod.role == 1 for rod in rods)  # else the signs say it all
    roles = roles if any(rod.role == 3 for rod in rods) else roles[:3]
    return Bars(rods, roles, names, lying, low, high, links, chart.base, legend=both)


def _clear_of_limit(
    rods: Sequence[Rod], totals: Sequence[int], limit: float, length: float, *, lying: bool
) -> Iterator[Rod]:
    """Write a value that the line of the limit would cross before the step's bar, or into the end of a level's."""
    for place, rod in enumerate(rods):
        if rod.anchor - 0.01 * length < limit < rod.anchor + _room(rod, length, lying=lying):
            anchor = max(rod.start, rod.end) if place in totals else min(rod.start, rod.end)
            yield replace(rod, side=-1, anchor=anchor)
        else:
            yield rod


def _tornado(chart: Chart) -> Bars:
    series = chart.series[0]
    digits = digits_for([chart.base, *series.low, *series.high])
    rods = []
    for place, (low, high) in enumerate(zip(series.low, series.high, strict=True)):
        ends = [(0, low), (1, high)]
        for role, end in sorted(ends, key=lambda pair: -abs((pair[1] or 0.0) - chart.base)):  # the longer first
            if end is None:
                continue
            text = value_text(end, chart.unit, digits)
            hover = f"{chart.categories[place]}\n{('low', 'high')[role]} end: {text}"
            side: Literal[-1, 1] = -1 if end < chart.base else 1
            rods.append(Rod(place, BREADTH, chart.base, end, role, hover, text, end, side))
    rods = list(_without_hidden_texts(rods))
    roles = [Role("at the low end", CATEGORICAL[4], hatched=True), Role("at the high end", CATEGORICAL[0])]
    names = [wrapped(name, NAME_WIDTH, NAME_LINES) for name in chart.categories]
    low_end, high_end = _ends(rods, chart, lying=True)
    return Bars(rods, roles, names, True, low_end, high_end, (), chart.base)


def _without_hidden_texts(rods: Sequence[Rod]) -> Iterator[Rod]:
    """Leave the text of the longer bar only where both run to one side."""
    seen: set[tuple[float, int]] = set()
    for rod in rods:
        key = (rod.place, rod.side)
        yield replace(rod, text="") if key in seen else rod
        seen.add(key)


def _direction(chart: Chart, beside: int) -> tuple[bool, list[list[str]]]:
    """Whether bars lie, and the lines of their names."""
    most, width = WIDEST_UPRIGHT
    upright = [wrapped(name, width, 99) for name in chart.categories]
    if len(upright) * beside <= most and all(len(lines) <= 3 and max(map(len, lines)) <= width for lines in upright):
        return False, upright
    return True, [wrapped(name, NAME_WIDTH, NAME_LINES) for name in chart.categories]


def _ends(rods: Sequence[Rod], chart: Chart, *, lying: bool) -> tuple[float, float]:
    """Return the ends of the value axis: all bars and whiskers, the limit, and room for the texts."""
    inside = [chart.base if chart.kind in ("waterfall", "tornado") else 0.0]
    inside += [value for rod in rods for value in (rod.start, rod.end, *(rod.spread or ()))]
    inside += [] if chart.limit is None else [chart.limit]
    least, most = min(inside), max(inside)
    if least == most:
        least, most = least - 0.5 * (abs(least) or 1.0), most + 0.5 * (abs(most) or 1.0)
    low, high = least, most
    for _ in range(6):  # room is a share of an axis that room makes longer
        name = ROOM_UPRIGHT * (high - low) if chart.limit is not None and not lying else 0.0
        low, high = _with_room(rods, least, max(most, (chart.limit or most) + name), high - low, lying=lying)
    return low, high


def _room(rod: Rod, length: float, *, lying: bool) -> float:
    """Return what the text beside a bar takes of an axis of that length."""
    return length * (0.02 + 0.0138 * len(rod.text) if lying else ROOM_UPRIGHT)


def _with_room(rods: Sequence[Rod], low: float, high: float, length: float, *, lying: bool) -> tuple[float, float]:
    """Widen the ends for the texts beside the bars of an axis of that length."""
    for rod in rods:
        room = _room(rod, length, lying=lying)
        if rod.text and rod.side < 0:
            low = min(low, rod.anchor - room)
        elif rod.text and rod.side > 0:
            high = max(high, rod.anchor + room)
    return low, high


def _spread(lows: Sequence[float | None], highs: Sequence[float | None], place: int) -> tuple[float, float] | None:
    low = lows[place] if lows else None
    high = highs[place] if highs else None
    return None if low is None or high is None or low == high else (low, high)


def _hover(chart: Chart, place: int, name: str, text: str, spread: tuple[float, float] | None, digits: int) -> str:
    """Return what a pointer over a bar tells: the name, whose, the value and its range."""
    lines = [chart.categories[place], f"{name}: {text}" if name else text]
    if spread is not None:
        low, high = (value_text(end, chart.unit, digits) for end in spread)
        lines.append(f"{low} to {high}")
    return "\n".join(lines)
