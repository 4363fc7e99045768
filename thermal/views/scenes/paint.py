"""How a scene is coloured: which number each device and each tube shows, and on which scale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from thermal.errors import InputError, Problem
from thermal.results.dataset import Results
from thermal.views import palette
from thermal.views.scenes.field import Field, field_of
from thermal.views.scenes.model import Bar
from thermal.views.scenes.run import Row, Run, run_of
from thermal.views.scenes.scale import Scale, around_zero, round_scale
from thermal.vocabulary import CELSIUS

__all__ = ["LEAST", "LEAST_COOLANT", "Paint", "check_scale", "common_coolant_scale", "common_scale",
           "difference_paint", "margin_paint", "temperature_paint"]  # fmt: skip

DEVICES, COOLANT = "devices", "coolant"
PLANE = "junction"
WIDEST_MARGIN = 20.0  # [K]; beyond it nobody worries, and near zero the colours must differ
LEAST, LEAST_COOLANT = 10.0, 5.0  # [K] from end to end of a scale: what hardly differs is not to look different
NARROW = 5.0  # [K] half a diverging scale has at least


@dataclass(frozen=True, eq=False)
class Paint:
    """Numbers to colour with.

    Parameters
    ----------
    bars : sequence of Bar
        One for the devices, and one for the coolant where it has its own.
    devices : mapping of str to float
        Number of each device; one that is absent is plain grey.
    fields : mapping of str to Field
        Of each plate, the plane that its packages show instead of one number.
    tubes : mapping of str to (float, float)
        Numbers at inlet and outlet of each branch; one that is absent is plain.
    tube_bar : str
        Key of the bar of the tubes.
    """

    bars: Sequence[Bar]
    devices: Mapping[str, float]
    fields: Mapping[str, Field] = field(default_factory=dict)
    tubes: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    tube_bar: str = COOLANT


def temperature_paint(run: Run, scale: Scale | None, tray: str | None = None, *, coolant: Scale | None = None) -> Paint:
    """Colour devices by junction temperature and tubes by that of the coolant.

    Parameters
    ----------
    run : Run
        The run.
    scale : (float, float) or None
        Ends of the devices' scale [°C]; round ends of this run when None.
    tray : str or None
        Only this tray is shown.
    coolant : (float, float) or None
        Ends of the coolant's scale [°C], likewise.
    """
    check_scale(scale)
    check_scale(coolant)
    paths = {box.path for box in run.drawn_devices(tray)}
    devices = {path: row["junction_max_C"] for path, row in run.devices.items() if _number(row, "junction_max_C")}
    fields = junction_fields(run, tray)
    tubes = _tubes(run, tray)
    shown = [value for path, value in devices.items() if path in paths]
    low, high = scale or round_scale([*shown, *(one.values for one in fields.values())], least=LEAST)
    with_memory = any(run.devices[path].get("memory_max_C") is not None for path in paths) and fields
    title = "junction temperature, dies and memory [°C]" if with_memory else "junction temperature [°C]"
    bars = [Bar(DEVICES, title, low, high, palette.LEVELS)]
    if tubes:
        low, high = coolant or round_scale([end for ends in tubes.values() for end in ends], least=LEAST_COOLANT)
        bars.append(Bar(COOLANT, "coolant temperature [°C]", low, high, palette.COOLANT))
    return Paint(bars, devices, fields, tubes)


def margin_paint(run: Run) -> Paint:
    """Colour devices by their margin: red where the limit is crossed and nowhere else."""
    devices = {path: row["margin_K"] for path, row in run.devices.items() if _number(row, "margin_K")}
    low, high = around_zero(devices.values(), NARROW, WIDEST_MARGIN)
    bar = Bar(DEVICES, "margin to the limit [K]", low, high, palette.MARGIN, limit=0.0)
    return Paint([bar], devices)


def difference_paint(run: Run, other: Run) -> Paint:
    """Colour devices and coolant by how much warmer they are than in another run.

    Raises
    ------
    InputError
        They are runs of two racks, or no device is in both.
    """
    place, racks = "--minus", [str(one.results.summary["rack"]) for one in (run, other)]
    if racks[0] != racks[1]:
        wrong = f"the run to take away is of {racks[1]}, the first one of {racks[0]}"
        raise InputError([Problem(place, 0, 0, "rack", wrong, "compare runs of one rack")])
    devices = {}
    for path, row in run.devices.items():
        twin = other.devices.get(path, {})
        if _number(row, "junction_max_C") and _number(twin, "junction_max_C"):
            devices[path] = row["junction_max_C"] - twin["junction_max_C"]
    if not devices:
        wrong = f"the runs of {racks[0]} have no device in common"
        raise InputError([Problem(place, 0, 0, "devices", wrong, "compare runs of one rack")])
    ours, theirs = _tubes(run, None), _tubes(other, None)
    tubes = {
        path: (ends[0] - theirs[path][0], ends[1] - theirs[path][1]) for path, ends in ours.items() if path in theirs
    }
    fields = _field_differences(junction_fields(run), junction_fields(other))
    numbers = [*devices.values(), *(end for ends in tubes.values() for end in ends)]
    low, high = around_zero([*numbers, *(one.values for one in fields.values())], least=1.0)
    bar = Bar(DEVICES, "temperature difference [K]", low, high, palette.DIFFERENCE)
    return Paint([bar], devices, fields, tubes, tube_bar=DEVICES)


def junction_fields(run: Run, tray: str | None = None) -> dict[str, Field]:
    """Return the plane of the junctions of every plate that is drawn; none at network fidelity."""
    plates = run.results.plates
    if plates is None:
        return {}
    drawn = {box.path for box in run.boxes("plate", tray=tray)}
    names = {path for one in plates.sets if PLANE in one.planes for path in one.paths}
    return {path: field_of(plates.plane(path, PLANE)) for path in sorted(names & drawn)}


def common_scale(runs: Iterable[Results]) -> Scale:
    """Return one scale [°C] for pictures of several runs that are to be compared."""
    values: list[float] = []
    for results in runs:
        for name in ("junction_temperature", "memory_temperature"):
            if name in results.devices.columns:
                values += (results.devices.numbers(name) - CELSIUS).tolist()
    return round_scale(values, least=LEAST)


def common_coolant_scale(runs: Iterable[Results]) -> Scale | None:
    """Return one scale of the coolant [°C] for pictures of several runs; None where none has any that is drawn."""
    values: list[float] = []
    for results in runs:
        with suppress(InputError):  # whoever draws it says that it cannot be drawn
            values += [end for ends in _tubes(run_of(results), None).values() for end in ends]
    return round_scale(values, least=LEAST_COOLANT) if values else None


def check_scale(scale: Scale | None) -> None:
    """Refuse a scale that is not from a number to a higher one.

    Raises
    ------
    InputError
        The ends are not finite, or not in order.
    """
    if scale is not None and not (np.isfinite(scale).all() and scale[0] < scale[1]):
        wrong = f"{scale[0]:g} to {scale[1]:g} is no scale"
        raise InputError([Problem("scale", 0, 0, "range", wrong, "give the lower end first, such as 40:90")])


def _tubes(run: Run, tray: str | None) -> dict[str, tuple[float, float]]:
    drawn = {tube.path for tube in run.layout.tubes if tray in (None, tube.tray)}
    return {
        path: (row["inlet_C"], row["outlet_C"])
        for path, row in run.branches.items()
        if path in drawn and _number(row, "inlet_C") and _number(row, "outlet_C")
    }


def _field_differences(ours: Mapping[str, Field], theirs: Mapping[str, Field]) -> dict[str, Field]:
    """Return the differences of fields on like grids."""
    differences = {}
    for path, one in ours.items():
        twin = theirs.get(path)
        if twin is not None and _same_grid(one, twin):
            differences[path] = Field(one.x_faces, one.y_faces, one.values - twin.values)
    return differences


def _same_grid(one: Field, other: Field) -> bool:
    return np.array_equal(one.x_faces, other.x_faces) and np.array_equal(one.y_faces, other.y_faces)


def _number(row: Row, key: str) -> bool:
    value = row.get(key)
    return value is not None and bool(np.isfinite(value))
