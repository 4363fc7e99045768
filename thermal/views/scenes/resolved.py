"""Scene of a resolved cold plate: its copper cut open by temperature, the coolant as tubes along streamlines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from thermal.results.resolved_file import FlowLines, Resolved, ResolvedField
from thermal.views import palette
from thermal.views.scenes.clip import beyond_text
from thermal.views.scenes.cut import hottest_cell, quarter, skin
from thermal.views.scenes.model import Bar, Label, Piece, Scene
from thermal.views.scenes.paint import LEAST_COOLANT, check_scale
from thermal.views.scenes.run import near
from thermal.views.scenes.scale import Scale, round_scale
from thermal.views.scenes.solids import thinned, tube
from thermal.views.scenes.unfold import Block, block_of, drawn_factors, thinner, unfolded
from thermal.views.tables import number
from thermal.vocabulary import CELSIUS

__all__ = ["CELLS", "FROM_FRONT_LEFT", "SPEED", "THICK", "By", "named_field", "resolved_scene", "scaled_text", "tubes"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Triple = tuple[float, float, float]
By = Literal["temperature", "speed"]

SOLID, COOLANT = "solid", "coolant"
SPEED = "viridis"  # of tubes by speed: no colours of either scale of temperature
FROM_FRONT_LEFT = (-1.0, -1.35, 0.95)
CELLS = (72, 40, 40)  # along the flow, across and up that are drawn of one field
LINES = 72  # tubes at most
STEPS = 48  # of colour along a tube
THICK = 0.11  # of the narrowest passage as it is drawn, the diameter of a tube
STRAIGHT = 0.1  # of that diameter, by which a tube may miss its streamline
SIDES = 7
RAY = 500  # points at which a line of sight is looked at
SAME = 0.05  # [K], which no text shows
LEAST_SOLID = 2.0  # [K] from end to end of the scale


def resolved_scene(
    resolved: Resolved,
    name: str | None = None,
    scale: Scale | None = None,
    *,
    coolant: Scale | None = None,
    by: By = "temperature",
) -> Scene:
    """Return a field with its front left quarter cut away: channels and fins, and the coolant along streamlines.

    What is long and thin is drawn wider and higher, and the subtitle says by how much. A single channel between planes
    of symmetry is drawn as several side by side.

    Parameters
    ----------
    resolved : Resolved
        A resolved cold plate.
    name : str, optional
        Of the field; the first one otherwise.
    scale : (float, float), optional
        Ends of the scale of the solid's temperature [°C].
    coolant : (float, float), optional
        Ends of the scale of the tubes [°C] or, by speed, [m/s].
    by : str
        What colours the tubes: ``temperature`` or ``speed``.

    Raises
    ------
    InputError
        No such field, or the scale is none.
    """
    check_scale(scale)
    check_scale(coolant)
    one = named_field(resolved, name)
    order = CELLS if one.along == "x" else (CELLS[1], CELLS[0], CELLS[2])
    block = unfolded(thinner(block_of(one), order), one)
    factors = drawn_factors(block.extent)
    mixed = _mixed(resolved, name)
    bars = _bars(block, scale, coolant, by, mixed)
    shown = ~block.fluid & ~quarter(block.fluid.shape[1:], _place_of_cut(block, one))
    pieces, label, cut = _solid(block, shown, factors, one)
    coolant_tubes = tubes(block, factors, by)
    beyond = _beyond(bars, pieces, coolant_tubes)
    labels = [label, *_ends(block, shown, factors, mixed)]
    how = "; ".join(part for part in (scaled_text(factors), cut, _copies(block), beyond) if part)
    summary = resolved.summary
    return Scene(
        title=f"{summary['title']} — {one.title}",
        subtitle=f"{_point(resolved)} · {how}",
        pieces=[*pieces, *coolant_tubes],
        bars=bars,
        labels=labels,
        view=FROM_FRONT_LEFT,
        description=_words(resolved, one, block, how, mixed),
    )


def named_field(resolved: Resolved, name: str | None) -> ResolvedField:
    """Return a field by name, the first one without.

    Raises
    ------
    InputError
        No such field; the names are listed.
    """
    if name is None:
        return next(iter(resolved.fields.values()))
    if name not in resolved.fields:
        raise near(name, list(resolved.fields), "field")
    return resolved.fields[name]


def _bars(
    block: Block, scale: Scale | None, coolant: Scale | None, by: By, mixed: tuple[float, float] | None
) -> list[Bar]:
    """Return the scales; the coolant's begins at the inlet, which the scheme may undershoot, where that is known."""
    solid = block.values[~block.fluid] - CELSIUS
    low, high = scale or round_scale([solid], least=LEAST_SOLID)
    bars = [Bar(SOLID, "temperature of the solid [°C]", low, high, palette.LEVELS)]
    if block.lines is not None and len(block.lines):
        if by == "speed":
            low, high = coolant or (0.0, round_scale([block.lines.speed, 0.0], least=1e-9)[1])
            bars.append(Bar(COOLANT, "speed of the coolant [m/s]", low, high, SPEED))
        else:
            warm = np.maximum(block.lines.temperature - CELSIUS, -np.inf if mixed is None else mixed[0])
            low, high = coolant or round_scale([warm], least=LEAST_COOLANT, upward=True)
            bars.append(Bar(COOLANT, "coolant temperature [°C]", low, high, palette.COOLANT))
    return bars


def _solid(block: Block, shown: Mask, factors: Triple, one: ResolvedField) -> tuple[list[Piece], Label, str]:
    """Return the skin of the solid less its front left quarter, a label at its hottest cell, and words for the cut."""
    values = block.values - CELSIUS
    solid = ~block.fluid
    hottest = float(values[hottest_cell(values, solid)])
    seen = shown & (values >= hottest - SAME)  # as hot, and not in what is cut away
    at = hottest_cell(values, seen if seen.any() else solid)
    faces = [row_ * factor for row_, factor in zip(block.faces, factors, strict=True)]
    surface, colours = skin((faces[0], faces[1], faces[2]), values, shown)
    low, high = number(float(values[solid].min())), number(hottest)
    names = " and ".join(dict.fromkeys(one.materials[n] for n in np.unique(one.material[~one.fluid])))
    text = f"{names}\n{low}–{high} °C"
    piece = Piece(f"{one.title}/solid", names, surface.points, surface.faces, colours, SOLID, text=text)
    x, y, z = (0.5 * float(edges[n] + edges[n + 1]) for edges, n in zip(faces, at[::-1], strict=True))
    where = "hottest solid" if seen.any() else "hottest solid, in the part cut away"
    label = Label((x, y, z), f"{where}\n{high} °C")
    return [piece], label, "front left quarter cut away"


def _place_of_cut(block: Block, one: ResolvedField) -> tuple[int, int]:
    """Return row and column up to which the quarter is cut: through the middle of a passage, at half the length."""
    middles = []
    for axis in (1, 0):
        faces = block.faces[axis]
        half = int(np.abs(faces - 0.5 * (faces[0] + faces[-1])).argmin())
        middles.append(min(max(half, 1), len(faces) - 2) if len(faces) > 2 else 0)
    across = 1 if one.along == "x" else 0
    wet = block.fluid.any(axis=(0, 1 if across == 0 else 2))  # along the direction across
    runs = np.flatnonzero(np.diff(np.concatenate([[0], wet.astype(np.int8), [0]]))).reshape(-1, 2)
    if wet.all():  # passages are told apart where fins stand between them
        share = block.fluid.mean(axis=(0, 1 if across == 0 else 2))
        runs = np.flatnonzero(np.diff(np.concatenate([[0], (share >= share.max()).astype(np.int8), [0]]))).reshape(
            -1, 2
        )
    faces = block.faces[across]
    if len(runs):
        centre = 0.5 * (faces[0] + faces[-1])
        places = [int(np.abs(faces - 0.5 * (faces[a] + faces[b])).argmin()) for a, b in runs]
        middles[0 if across == 1 else 1] = min(places, key=lambda n: abs(float(faces[n]) - centre))
    return middles[0] - 1, middles[1]


def tubes(block: Block, factors: Triple, by: By, width: float = THICK) -> list[Piece]:
    """Return the streamlines as tubes, evenly picked where there are too many.

    Parameters
    ----------
    block : Block
        What is drawn.
    factors : (float, float, float)
        By which x, y and z are drawn wider.
    by : str
        What colours them: ``temperature`` or ``speed``.
    width : float
        Diameter over the narrowest passage as it is drawn [-].
    """
    lines = block.lines
    if lines is None or len(lines) == 0:
        return []
    thick = width * _narrowest(block, factors)
    pieces = []
    for n in np.unique(np.linspace(0, len(lines) - 1, min(len(lines), LINES)).round().astype(int)):
        part = lines.line(int(n))
        points = lines.points[part] * factors
        values = lines.speed[part] if by == "speed" else lines.temperature[part] - CELSIUS
        line, along, total = _resampled(points, STRAIGHT * thick)
        if total <= thick:
            continue
        surface = tube(line, thick, sides=SIDES)
        share = np.zeros(0) if surface.along is None else surface.along
        first, last = number(float(values[0]), 1 + (by == "speed")), number(float(values[-1]), 1 + (by == "speed"))
        unit = "m/s" if by == "speed" else "°C"
        text = f"streamline {n + 1}\n{first} → {last} {unit} in {number(1e3 * float(lines.time[part][-1]), 1)} ms"
        colours = np.interp(share * total, along, values)
        pieces.append(
            Piece(f"streamline {n + 1}", "coolant", surface.points, surface.faces, colours, COOLANT, text=text)
        )
    return pieces


def _resampled(points: Floats, tolerance: float) -> tuple[Floats, Floats, float]:
    """Return a line with as many points as its form and its colours ask for, its own lengths, and the whole length."""
    along = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1)))
    total = float(along[-1])
    if total == 0.0:
        return points, along, total
    kept = thinned(np.column_stack([points, along * 0.0]), tolerance)[:, :3]
    at = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(kept, axis=0), axis=1)))
    places = np.union1d(at, np.linspace(0.0, float(at[-1]), STEPS))
    line = np.stack([np.interp(places, at, kept[:, n]) for n in range(3)], axis=1)
    return line, along, total


def _narrowest(block: Block, factors: Triple) -> float:
    """Return the width of the narrowest passage as it is drawn, along x, y or z [m]."""
    found = []
    for axis in range(3):
        rows = np.moveaxis(block.fluid, 2 - axis, -1).reshape(-1, block.fluid.shape[2 - axis])
        edges = np.diff(np.pad(rows.astype(np.int8), ((0, 0), (1, 1))), axis=1)
        first, after = np.nonzero(edges == 1)[1], np.nonzero(edges == -1)[1]
        if len(first):
            widths = block.faces[axis][after] - block.faces[axis][first]
            found.append(float(np.median(widths)) * factors[axis])
    return min(found, default=float(block.extent.min()))


def _mixed(resolved: Resolved, name: str | None) -> tuple[float, float] | None:
    """Return the coolant's temperature before and, mixed, behind a field, where the summary has it [°C]."""
    rows = resolved.summary.get("rows", ())
    if len(rows) != len(resolved.fields):
        return None
    row = rows[0 if name is None else list(resolved.fields).index(name)]
    return float(row["inlet_C"]), float(row["outlet_C"])


def _ends(block: Block, shown: Mask, factors: Triple, mixed: tuple[float, float] | None) -> list[Label]:
    """Label where streamlines begin and end, in front, with the coolant's temperature there, else the lines' mean.

    Where solid hides all of those places, the label stands above them, on the upper face of the block.
    """
    lines = block.lines
    if lines is None or len(lines) == 0:
        return []
    labels = []
    means = _means_of(lines)
    for n, words in enumerate(("coolant in", "coolant out")):
        ends = lines.points[lines.start[:-1] if n == 0 else lines.start[1:] - 1] * factors
        ends = ends[np.argsort(ends @ -np.array(FROM_FRONT_LEFT))]
        seen = next((end for end in ends if not _hidden(block, shown, factors, end)), None)
        x, y, z = (float(value) for value in (ends[0] if seen is None else seen))
        if seen is None:
            words, z = f"{words} behind", factors[2] * float(block.faces[2][-1])
        kind = ", mean of lines" if mixed is None else ", mixed" if n else ""
        labels.append(Label((x, y, z), f"{words}{kind}\n{number((mixed or means)[n])} °C"))
    return labels


def _hidden(block: Block, shown: Mask, factors: Triple, place: Floats) -> bool:
    """Whether solid that is shown stands between a place, as it is drawn, and the viewer."""
    sizes = block.extent * factors
    toward = np.array(FROM_FRONT_LEFT) / np.linalg.norm(FROM_FRONT_LEFT)
    ray = place + np.linspace(1e-6, 1.0, RAY)[:, None] * float(np.linalg.norm(sizes)) * toward
    cells, inside = [], np.ones(RAY, bool)
    for axis, (faces, factor) in enumerate(zip(block.faces, factors, strict=True)):
        at = np.searchsorted(faces * factor, ray[:, axis], side="right") - 1
        inside &= (at >= 0) & (at < len(faces) - 1)
        cells.append(at)
    x, y, z = (at[inside] for at in cells)
    return bool(shown[z, y, x].any())


def _means_of(lines: FlowLines) -> tuple[float, float]:
    """Return the mean temperature where streamlines begin, and where they end [°C]."""
    first, last = (float(lines.temperature[at].mean()) for at in (lines.start[:-1], lines.start[1:] - 1))
    return first - CELSIUS, last - CELSIUS


def scaled_text(factors: Triple) -> str:
    """Say which directions are drawn larger, and by how much."""
    more = [f"{name} × {number(factor, 0)}" for name, factor in zip("xyz", factors, strict=True) if factor != 1.0]
    rest = [name for name, factor in zip("xyz", factors, strict=True) if factor == 1.0]
    if not more:
        return "to scale"
    return f"not to scale: {' and '.join(more)}, {' and '.join(rest)} × 1"


def _copies(block: Block) -> str:
    return "" if block.copies == 1 else f"the field and its mirror images {block.copies} times side by side"


def _beyond(bars: Sequence[Bar], solids: Sequence[Piece], tubes: Sequence[Piece]) -> str:
    """Say how many surfaces and tubes reach beyond their scale."""
    texts = []
    for bar, pieces, names in zip(
        bars,
        (solids, tubes),
        (("solid reaches", "solids reach"), ("streamline reaches", "streamlines reach")),
        strict=False,
    ):
        ends = [(float(p.values.min()), float(p.values.max())) for p in pieces if p.values is not None]
        texts.append(beyond_text(bar, ends, names))
    return "; ".join(text for text in texts if text)


def _point(resolved: Resolved) -> str:
    """Return part, coolant and, where the summary tells it, flow."""
    summary = resolved.summary
    flow = summary.get("flow_L_min")
    return " · ".join(
        [str(summary["part"]), f"{summary['coolant']}" + ("" if flow is None else f" {number(float(flow), 2)} L/min")]
    )


def _words(resolved: Resolved, one: ResolvedField, block: Block, how: str, mixed: tuple[float, float] | None) -> str:
    """Say what is seen."""
    solid = block.values[~block.fluid] - CELSIUS
    low, high = number(float(solid.min())), number(float(solid.max()))
    text = f"{resolved.summary['title']}, {one.title}: {how}. Solid from {low} to {high} °C."
    if block.lines is None or len(block.lines) == 0:
        return text
    first, last = mixed or _means_of(block.lines)
    what = "Streamlines of the coolant" if mixed is None else "Coolant"
    fastest = number(float(block.lines.speed.max()), 2)
    return f"{text} {what} from {number(first)} to {number(last)} °C, up to {fastest} m/s."
