"""Margin as a range: the low and high ends of every uncertain value, one at a time and all together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from thermal.errors import ThermalError
from thermal.rack.schema import Rack
from thermal.rack.uncertain import uncertain_values, with_value
from thermal.rack.values import Value
from thermal.results.summary import Band, BandValue
from thermal.units import UnitError, comparable, parse_unit

if TYPE_CHECKING:
    from thermal.simulation.steady import Progress, Solved

__all__ = ["margin_band"]

NO_EFFECT = 1.0e-6  # [K]
NUMBER = re.compile(r"\s*[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?")


def margin_band(solved: Solved, progress: Progress | None = None) -> tuple[Band | None, list[str]]:
    """Run the ends of every value that carries a range.

    Each value is moved alone to its low and to its high end; then all are moved together to the ends that lower, and
    to the ends that raise, the least margin of the rack. No probability is claimed for that range.

    Parameters
    ----------
    solved : Solved
        The nominal case.
    progress : callable, optional
        Called with runs done and runs in all.

    Returns
    -------
    Band or None
        None when no device has both a junction temperature and a limit.
    list of str
        Ends at which the rack has no operating point, so that the band leaves them out.
    """
    nominal = least_margin(solved)
    if nominal is None:
        return None, ["no band: no device has both a junction temperature and a limit"]
    rack = solved.rack
    values = uncertain_values(rack)
    notes: list[str] = []
    moved: list[tuple[BandValue, Value]] = []
    for done, (path, value) in enumerate(values):
        if progress is not None:
            progress(2 * done, 2 * len(values) + 2)
        low, high = (_margin_with(rack, {path: end}, notes) for end in (value.low, value.high))
        if low is not None and high is not None and max(abs(low - nominal), abs(high - nominal)) > NO_EFFECT:
            moved.append((_row(rack, path, value, low, high), value))
    moved.sort(key=lambda pair: -abs(pair[0]["margin_at_high_K"] - pair[0]["margin_at_low_K"]))
    worst, best = {}, {}
    for row, value in moved:
        ends = sorted(((row["margin_at_low_K"], value.low), (row["margin_at_high_K"], value.high)), key=lambda e: e[0])
        worst[row["path"]], best[row["path"]] = ends[0][1], ends[1][1]
    low, high = _margin_with(rack, worst, notes), _margin_with(rack, best, notes)
    if progress is not None:
        progress(2 * len(values) + 2, 2 * len(values) + 2)
    rows = [row for row, _ in moved]
    singles = [m for row in rows for m in (row["margin_at_low_K"], row["margin_at_high_K"])]
    return {
        "margin_low_K": min([nominal, *singles] if low is None else [nominal, low]),
        "margin_high_K": max([nominal, *singles] if high is None else [nominal, high]),
        "nominal_K": nominal,
        "decided_by": rows[0] if rows else None,
        "values": rows,
    }, notes


def least_margin(solved: Solved) -> float | None:
    """Least margin to a junction limit over the devices [K]; None when none has one."""
    margins = solved.chips.limit - solved.chips.junction
    known = margins[np.isfinite(margins)]
    return float(known.min()) if known.size else None


def _margin_with(rack: Rack, ends: dict[str, float | None], notes: list[str]) -> float | None:
    """Least margin with some values moved; None, and a note, where there is no operating point."""
    from thermal.simulation.steady import solve

    changed = rack
    for path, end in ends.items():
        assert end is not None  # only values with both ends come here
        changed = with_value(changed, path, end)
    try:
        return least_margin(solve(changed))
    except ThermalError as error:
        what = next(iter(ends)) if len(ends) == 1 else "all uncertain values together at one end"
        notes.append(f"band: no operating point with {what} moved: {error}")
        return None


def _row(rack: Rack, path: str, value: Value, low: float, high: float) -> BandValue:
    assert value.low is not None
    assert value.high is not None
    unit = NUMBER.sub("", value.text, count=1).strip()
    row: BandValue = {
        "path": path,
        "title": _title(rack, path),
        "basis": value.basis,
        "source": value.source,
        "low": _shown(value.low, unit),
        "high": _shown(value.high, unit),
        "margin_at_low_K": low,
        "margin_at_high_K": high,
    }
    if unit:
        row["unit"] = unit
    return row


def _shown(si: float, unit: str) -> float:
    """Show an SI number in the unit that the value was written in."""
    try:
        scale, zero = parse_unit(unit, "temperature")
    except UnitError:
        scale, zero = comparable(f"1 {unit}")[0], 0.0
    return (si - zero) / scale


def _title(rack: Rack, path: str) -> str:
    """Name a value for people: the resistance of the GPU cold plate."""
    first, *rest = path.split(".")
    if first == "parts":
        field = " ".join(step.replace("_", " ") for step in rest[1:] if step not in ("value", "power", "tdp"))
        part = rack.parts[rest[0]]
        return f"{field or 'power'} of {part.title or rest[0]}"
    return path.replace("_", " ").replace(".", ": ")
