"""What a scene says of numbers beyond the ends of its scales, which show the colour of the nearer end."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from thermal.views.scenes.model import Bar
from thermal.views.scenes.paint import DEVICES, Paint
from thermal.views.scenes.run import Run
from thermal.views.tables import number

__all__ = ["beyond_text", "clipped_text"]

SAME = 1e-3  # [K], less than any text shows


def clipped_text(run: Run, paint: Paint, tray: str | None = None) -> str:
    """Say how many of the drawn devices, plates and branches are beyond either end of their scale; else nothing."""
    drawn = [paint.devices[box.path] for box in run.drawn_devices(tray) if box.path in paint.devices]
    fields = [one.values[np.isfinite(one.values)] for one in paint.fields.values()]
    things = (
        (DEVICES, ("device", "devices"), [(value, value) for value in drawn]),
        (
            DEVICES,
            ("plate has cells", "plates have cells"),
            [(float(v.min()), float(v.max())) for v in fields if v.size],
        ),
        (paint.tube_bar, ("branch", "branches"), [(min(ends), max(ends)) for ends in paint.tubes.values()]),
    )
    bars = {bar.key: bar for bar in paint.bars}
    texts = [beyond_text(bars[key], ends, names) for key, names, ends in things if key in bars]
    return "; ".join(text for text in texts if text)


def beyond_text(bar: Bar, ends: Iterable[tuple[float, float]], names: tuple[str, str]) -> str:
    """Say how many things are beyond either end of a scale.

    Parameters
    ----------
    bar : Bar
        The scale; its unit stands in brackets in its title.
    ends : iterable of (float, float)
        Least and greatest number that each thing shows.
    names : (str, str)
        What one of them is called, and several.
    """
    below = above = 0
    for least, greatest in ends:
        below += least < bar.low - SAME
        above += greatest > bar.high + SAME
    counts = ((above, "above", bar.high), (below, "below", bar.low))
    said = [f"{n} {names[n != 1]} {where} {_end(end)} {bar.unit}" for n, where, end in counts if n]
    return f"{' and '.join(said)} in the colour of that end" if said else ""


def _end(value: float) -> str:
    return number(value, 0 if abs(value - round(value)) < 1e-6 else 1)
