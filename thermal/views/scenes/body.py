"""The parts of a rack or of one tray as surfaces: frame, trays, plates, packages, coolant, fans, cooling unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from thermal.rack.layout import Box, Tube
from thermal.views.scenes.field import coarse, inside, sheet_of, stride
from thermal.views.scenes.model import Piece
from thermal.views.scenes.paint import DEVICES, Paint
from thermal.views.scenes.run import Run
from thermal.views.scenes.solids import Surface, box, edges, join, path_length, ring, rounded, thinned, tube
from thermal.views.scenes.text import box_text, branch_text, device_text

__all__ = ["FAR", "RACK", "TRAY", "body"]

Floats = NDArray[np.float64]

STEEL, SHEET_METAL, GLASS, MACHINED, GREY = "#5c6773", "#dfe4ea", "#b9c7d6", "#b87333", "#9aa3ad"
PLAIN_TUBE = "#8fa3b8"
DARK = "#26303b"
FRAME = 6e-3  # [m] width of a rack's posts as drawn
COLLAR = 1.9  # times as thick as its tube a quick disconnect's collar is drawn
LIFT = 3e-4  # [m] a field lies this far above its package, so that the two are not fought over
AIRWARD = 1  # air goes from front to rear
THINNEST = 2e-3  # [m] a tube is drawn at least this thick
WIDE, ROUND = 0.015, 12  # [m] a tube this thick is drawn with so many corners at least


@dataclass(frozen=True, slots=True)
class Detail:
    """How finely things are drawn.

    Parameters
    ----------
    cells : int
        Cells of all fields together, about.
    sides : int
        Corners of a thin tube's section.
    slack : float
        Tubes may be drawn so far from their line [m].
    ring, wire : int
        Corners of a fan's ring, and of the section of its wire.
    bar : float
        Width of the bars along edges [m].
    rims : bool
        Whether plates are drawn with their edges.
    floor : float
        Opacity of the trays' floors.
    glass : float
        Opacity of plates.
    plain : float
        Opacity of devices without a number, which may be large and stand before others.
    cases : bool
        Whether fans are drawn with their case, and heat sinks with their edges.
    """

    cells: int
    sides: int
    slack: float
    ring: int
    wire: int
    bar: float
    rims: bool
    floor: float
    glass: float
    plain: float
    cases: bool


RACK = Detail(cells=36_000, sides=6, slack=2e-4, ring=10, wire=3, bar=1.2e-3, rims=True, floor=0.03, glass=0.05,
              plain=0.1, cases=False)  # fmt: skip
FAR = replace(RACK, cells=12_000, sides=4, slack=2.5e-3, ring=6, rims=False, glass=0.1)
"""A rack that shares its page with several."""
TRAY = Detail(cells=60_000, sides=16, slack=0.0, ring=32, wire=5, bar=1.2e-3, rims=True, floor=1.0, glass=0.22,
              plain=0.5, cases=True)  # fmt: skip


def body(run: Run, paint: Paint, detail: Detail, tray: str | None = None) -> list[Piece]:
    """Return the pieces of a rack, or of one of its trays."""
    pieces = [] if tray is not None else [*_frames(run), *_units(run)]
    pieces += _trays(run, detail, tray)
    pieces += _plates(run, detail, tray)
    pieces += _packages(run, paint, detail, tray)
    pieces += _tubes(run, paint, detail, tray)
    pieces += _others(run, detail, tray)
    pieces += _fans(run, detail, tray)
    return pieces


def _frames(run: Run) -> Iterator[Piece]:
    for one in run.boxes("frame"):
        yield _piece(one.path, "frame", edges(one.origin, one.size, FRAME), STEEL, 1.0, box_text(one, run))


def _units(run: Run) -> Iterator[Piece]:
    """Cooling units, and whatever else is not inside a tray, as glass boxes with edges."""
    for one in run.boxes("cdu", "other"):
        if one.tray is None and one.path not in run.devices:
            layer = "cooling unit" if one.role == "cdu" else "other parts"
            yield from _case(one, layer, run, 0.5 * FRAME, 0.05)


def _trays(run: Run, detail: Detail, tray: str | None) -> Iterator[Piece]:
    for one in run.boxes("tray", tray=tray):
        text = box_text(one, run)
        floor = box(one.origin, (*one.size[:2], 1e-3))
        yield _piece(one.path, "trays", floor, SHEET_METAL, detail.floor, text)
        yield _piece(one.path, "trays", edges(one.origin, one.size, detail.bar), GREY, 1.0, text)


def _plates(run: Run, detail: Detail, tray: str | None) -> Iterator[Piece]:
    for one in run.boxes("plate", tray=tray):
        yield from _case(one, "plates", run, 0.6 * detail.bar if detail.rims else 0.0, detail.glass)


def _case(one: Box, layer: str, run: Run, bar: float, opacity: float) -> Iterator[Piece]:
    """Draw a box one looks into, with its edges where they have a width."""
    text = box_text(one, run)
    yield _piece(one.path, layer, box(one.origin, one.size), GLASS, opacity, text)
    if bar > 0.0:
        yield _piece(one.path, layer, edges(one.origin, one.size, bar), STEEL, 1.0, text)


def _packages(run: Run, paint: Paint, detail: Detail, tray: str | None) -> Iterator[Piece]:
    """Draw packages and other devices; where a plate's field is known, they show it on top."""
    sheets = _sheets(run, paint, detail, tray)
    for one in run.drawn_devices(tray):
        text = device_text(run.devices[one.path])
        value = paint.devices.get(one.path)
        if value is None:
            layer, bar = "devices without a number", edges(one.origin, one.size, detail.bar)
            yield _piece(one.path, layer, box(one.origin, one.size), GREY, detail.plain, text)
            yield _piece(one.path, layer, bar, GREY, 1.0, text)
            continue
        solid = box(one.origin, one.size)
        values = np.full(len(solid), value)
        if one.path in sheets:
            surface, more = sheets[one.path]
            solid, values = join([solid, surface]), np.concatenate([values, more])
        layer = "packages"
        yield Piece(one.path, layer, solid.points, solid.faces, values, DEVICES, text=text)


def _sheets(run: Run, paint: Paint, detail: Detail, tray: str | None) -> dict[str, tuple[Surface, Floats]]:
    """Return the part of its plate's field that each package shows."""
    on_plate = _packages_of(run, tray)
    shown = {path: paint.fields[path] for path in on_plate if path in paint.fields}
    step = stride(sum(int(np.isfinite(one.values).sum()) for one in shown.values()), detail.cells)
    plates = {one.path: one for one in run.boxes("plate", tray=tray)}
    sheets = {}
    for path, field in shown.items():
        cells = coarse(field, step)
        for package, keep in zip(on_plate[path], inside(cells, plates[path], on_plate[path]), strict=True):
            if keep.any():
                z = package.origin[2] + package.size[2] + LIFT
                sheets[package.path] = sheet_of(cells, keep, plates[path], z)
    return sheets


def _packages_of(run: Run, tray: str | None) -> Mapping[str, Sequence[Box]]:
    """Return the devices on each plate: those of its tray with their middle within it, seen from above."""
    by_tray = defaultdict(list)
    for one in run.drawn_devices(tray):
        if run.devices[one.path].get("plate"):
            by_tray[one.tray].append(one)
    return {
        plate.path: found
        for plate in run.boxes("plate", tray=tray)
        if (found := [one for one in by_tray[plate.tray] if _is_over(one, plate)])
    }


def _is_over(package: Box, plate: Box) -> bool:
    middle = [package.origin[axis] + 0.5 * package.size[axis] for axis in (0, 1)]
    return all(plate.origin[axis] <= middle[axis] <= plate.origin[axis] + plate.size[axis] for axis in (0, 1))


def _tubes(run: Run, paint: Paint, detail: Detail, tray: str | None) -> Iterator[Piece]:
    """Hoses, pipes and headers, as wide as the root of their flow; the widest one has its own diameter."""
    tubes = [one for one in run.layout.tubes if tray in (None, one.tray)]
    flows = {one.path: abs(run.branches.get(one.path, {}).get("flow_L_min") or 0.0) for one in tubes}
    most = max(flows.values(), default=0.0)
    widest = max((one.diameter for one in tubes if most > 0.0 and flows[one.path] == most), default=0.0)
    for one in tubes:
        if path_length(one.points) == 0.0:
            continue
        width = one.diameter if most == 0.0 else widest * float(np.sqrt(flows[one.path] / most))
        width = max(width, THINNEST)
        sides = detail.sides if width < WIDE else max(detail.sides, ROUND)
        surface = tube(thinned(rounded(one.points, width), detail.slack), width, sides=sides)
        text = branch_text(one, run.branches.get(one.path))
        yield _coloured(one, surface, paint, text)
        if one.role == "coupling" and detail.cases:
            yield _collar(one, width, detail, text)


def _collar(one: Tube, width: float, detail: Detail, text: str) -> Piece:
    """Draw a dark collar about the longest straight of a quick disconnect, by which it is told from its hose."""
    ends = list(pairwise(np.asarray(one.points, dtype=np.float64)))
    first, last = max(ends, key=lambda pair: float(np.linalg.norm(pair[1] - pair[0])))
    line = [tuple(map(float, first + share * (last - first))) for share in (0.2, 0.8)]
    return _piece(one.path, "couplings", tube(line, COLLAR * width, sides=detail.sides), DARK, 1.0, text)


def _coloured(one: Tube, surface: Surface, paint: Paint, text: str) -> Piece:
    layer = "manifolds" if one.role == "header" else "couplings" if one.role == "coupling" else "hoses"
    ends = paint.tubes.get(one.path)
    if ends is None or surface.along is None:
        return _piece(one.path, layer, surface, PLAIN_TUBE, 1.0, text)
    first, last = one.stretch
    values = ends[0] + (ends[1] - ends[0]) * (first + (last - first) * surface.along)
    return Piece(one.path, layer, surface.points, surface.faces, values, paint.tube_bar, text=text)


def _others(run: Run, detail: Detail, tray: str | None) -> Iterator[Piece]:
    """Whatever else is inside a tray, as glass boxes."""
    for one in run.boxes("other", tray=tray):
        if one.tray is not None and one.path not in run.devices:
            yield from _case(one, "other parts", run, 0.6 * detail.bar if detail.cases else 0.0, detail.glass)


def _fans(run: Run, detail: Detail, tray: str | None) -> Iterator[Piece]:
    """Draw a fan as a ring across the air, with its hub and in its case where there is room to see them."""
    for one in run.boxes("fan", tray=tray):
        radius = 0.47 * min(one.size[0], one.size[2])
        middle = np.asarray(one.origin) + 0.5 * np.asarray(one.size)
        width, corners = 1.6 * detail.bar, {"sides": detail.ring, "wire": detail.wire}
        parts = [ring(middle, radius, AIRWARD, width, **corners)]
        if detail.cases:
            parts += [ring(middle, 0.35 * radius, AIRWARD, width, **corners)]
            parts += [edges(one.origin, one.size, 0.8 * detail.bar)]
        surface = join(parts)
        yield _piece(one.path, "fans", surface, STEEL if detail.cases else GREY, 1.0, box_text(one, run))


def _piece(path: str, layer: str, surface: Surface, color: str, opacity: float, text: str) -> Piece:
    return Piece(path, layer, surface.points, surface.faces, color=color, opacity=opacity, text=text)
