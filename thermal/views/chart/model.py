"""What a chart shows, before anything draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Chart", "Kind", "Series"]

Kind: TypeAlias = Literal["bars", "stack", "waterfall", "lines", "tornado"]


@dataclass(frozen=True, slots=True)
class Series:
    """One named row of numbers.

    Parameters
    ----------
    name : str
        In the legend.
    values : sequence of float or None
        One per category (or per abscissa, for ``lines``); None leaves a gap.
    low, high : sequence of float, optional
        Range of each value; of a tornado the ends of each bar.
    axis : str
        ``left``, or ``right`` for a second scale (``lines`` only).
    mark : float or None
        Abscissa at which a ring on the line shows the operating point (``lines`` only).
    """

    name: str
    values: Sequence[float | None]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()
    axis: Literal["left", "right"] = "left"
    mark: float | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of one of a few kinds.

    Parameters
    ----------
    name : str
        Short and unique, of letters, digits and underscores: the name of its file.
    kind : str
        ``bars`` (side by side), ``stack`` (on top of each other), ``waterfall`` (each step starts where the last one
        ended; `totals` are bars from zero), ``lines`` (against `x`), ``tornado`` (ranges about `base`).
    title : str
        What it shows.
    unit : str
        Of the values, as shown: ``kPa``, ``°C``, ``USD``.
    categories : sequence of str
        Names along the other axis, from left to right or from top to bottom; empty for ``lines``. A line feed parts
        the name from what is said about it.
    series : sequence of Series
        ``waterfall`` and ``tornado`` take one.
    totals : sequence of int
        Indices of the categories of a waterfall that are levels, not steps.
    x : sequence of float, x_title : str
        Abscissa of ``lines``.
    right_unit : str
        Unit of series on the right axis.
    base : float
        Where the bars of a tornado meet, and where a waterfall of temperatures begins its axis.
    limit : float or None
        A level that must not be passed, drawn as a dashed line across the bars or lines of the left axis.
    limit_name : str
        What that level is; its number and unit are added.
    left_title, right_title : str
        Of the value axes, without unit; the first of every kind, the second of ``lines`` only.
    note : str
        Said beneath.
    description : str
        The message in a sentence with its numbers, for those who cannot see it.
    """

    name: str
    kind: Kind
    title: str
    unit: str
    categories: Sequence[str]
    series: Sequence[Series]
    totals: Sequence[int] = ()
    x: Sequence[float] = ()
    x_title: str = ""
    right_unit: str = ""
    base: float = 0.0
    limit: float | None = None
    limit_name: str = ""
    left_title: str = ""
    right_title: str = ""
    note: str = ""
    description: str = ""
