"""Scene of one cold plate: its planes pulled apart, or its stored volume, with a quarter cut away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermal.errors import InputError, Problem
from thermal.rack.layout import Box
from thermal.results.dataset import Results
from thermal.results.plate_fields import PlateFields, PlateSet
from thermal.views import palette
from thermal.views.scenes.clip import beyond_text
from thermal.views.scenes.cut import hottest_cell, place_of_cut, quarter, skin
from thermal.views.scenes.field import Field, field_of, sheet_of
from thermal.views.scenes.model import Bar, Label, Piece, Scene
from thermal.views.scenes.paint import COOLANT, DEVICES, LEAST, LEAST_COOLANT, check_scale
from thermal.views.scenes.run import near
from thermal.views.scenes.scale import Scale, round_scale
from thermal.views.scenes.solids import tube
from thermal.views.tables import number
from thermal.vocabulary import CELSIUS

__all__ = ["plate_scene"]

Floats = NDArray[np.float64]

NAMES = {
    "junction": "dies and memory",
    "case": "case, under the interface",
    "base": "plate's base, over the interface",
    "fin_root": "root of the fins",
    "coolant": "coolant between the fins",
}
ACTIVE = "junction"  # the plane of the dies' active surfaces, hotter than the middles of the cells behind it
APART = 0.24  # of the plate's longer side, between planes pulled apart
STRETCH = 3.0  # of heights in a cut block, whose layers are thin
RIM = 0.004  # of the plate's longer side, width of the line around a plane
FROM_FRONT_LEFT = (-1.0, -1.35, 0.95)


@dataclass(frozen=True, eq=False)
class _Plate:
    """One plate of a set, its planes from below upwards in degrees Celsius."""

    path: str
    heights: dict[str, float]
    planes: dict[str, Field]
    of: PlateSet
    row: int

    @property
    def size(self) -> tuple[float, float]:
        field = next(iter(self.planes.values()))
        return float(field.x_faces[-1]), float(field.y_faces[-1])

    @property
    def solids(self) -> dict[str, Field]:
        return {name: field for name, field in self.planes.items() if name != "coolant"}

    @property
    def cut(self) -> tuple[tuple[float, float], str]:
        """Where planes are cut up to, x and y [m], and the words for it: at the hottest spot of the lowest plane."""
        lowest = next(iter(self.planes.values()))
        (row, column), words = place_of_cut(lowest.values.shape, lowest.hottest)
        return (float(lowest.x_faces[column]), float(lowest.y_faces[row + 1])), words


def plate_scene(
    results: Results, plate: str, scale: Scale | None = None, *, coolant: Scale | None = None, cut: bool = True
) -> Scene:
    """Return one plate from its packages up to the coolant.

    Parameters
    ----------
    results : Results
        A run at plate fidelity. With its volumes loaded the plate is one block, cut through its hottest cell; with
        planes only these are pulled apart.
    plate : str
        Its path, such as ``compute[18]/module[1]/gpu_plate[2]``.
    scale : (float, float), optional
        Ends of the scale of temperature [°C].
    coolant : (float, float), optional
        Ends of the scale of the coolant's temperature [°C].
    cut : bool
        Take the front left quarter away, up to the hottest spot.

    Raises
    ------
    InputError
        The run is not at plate fidelity, or has no such plate; near names are listed.
    """
    check_scale(scale)
    check_scale(coolant)
    rack = str(results.summary["rack"])
    if results.plates is None:
        wrong, right = "the run holds no fields of plates", "simulate with --fidelity plate"
        raise InputError([Problem(rack, 0, 0, "plate", wrong, right)])
    one = _plate_of(results.plates, plate)
    bars = _bars(one, scale, coolant)
    volume = "solid" in one.of.volumes
    pieces, labels, how = _block(one, cut=cut) if volume else _planes(one, cut=cut)
    title = str(results.summary.get("title") or rack)
    packages = " and ".join(one.of.packages)
    solved = "solved itself" if bool(one.of.exact[one.row]) else "interpolated between solved plates"
    fed = _fed(one)
    beyond = _beyond(one, bars)
    facts = [f"{NAMES.get(name, name)} up to {number(field.highest)} °C" for name, field in one.planes.items()]
    return Scene(
        title=f"{title} — {plate}",
        subtitle=f"{one.of.part} on {packages} · {how} · {solved}{fed}" + (f" · {beyond}" if beyond else ""),
        pieces=pieces,
        bars=bars,
        labels=labels,
        view=FROM_FRONT_LEFT,
        description=f"Cold plate {plate} of {title}, {how}: {', '.join(facts)}." + (f" {beyond}." if beyond else ""),
    )


def _plate_of(plates: PlateFields, path: str) -> _Plate:
    for one in plates.sets:
        if path in one.paths:
            row = one.paths.index(path)
            order = sorted(one.planes, key=lambda name: one.planes[name].z)
            fields = {name: field_of(plates.plane(path, name)) for name in order}
            known = {name: field for name, field in fields.items() if np.isfinite(field.values).any()}
            return _Plate(path, {name: one.planes[name].z for name in known}, known, one, row)
    raise near(path, plates.paths, "plate")


def _fed(one: _Plate) -> str:
    """Say how unevenly the channels are fed; nothing where it is not stored."""
    if one.of.channels is None:
        return ""
    relative = one.of.channels.of(one.row).relative
    return f" · channels {number(float(relative.min()), 2)}–{number(float(relative.max()), 2)} × mean flow"


def _bars(one: _Plate, scale: Scale | None, coolant: Scale | None) -> list[Bar]:
    low, high = scale or round_scale((field.values for field in one.solids.values()), least=LEAST)
    bars = [Bar(DEVICES, "temperature of the solids [°C]", low, high, palette.LEVELS)]
    if "coolant" in one.planes:
        low, high = coolant or round_scale([one.planes["coolant"].values], least=LEAST_COOLANT)
        bars.append(Bar(COOLANT, "coolant temperature [°C]", low, high, palette.COOLANT))
    return bars


def _beyond(one: _Plate, bars: list[Bar]) -> str:
    """Say how many planes have cells beyond either end of their scale."""
    texts = []
    for bar in bars:
        fields = [field for name, field in one.planes.items() if (name == "coolant") == (bar.key == COOLANT)]
        ends = [(float(np.nanmin(field.values)), field.highest) for field in fields]
        texts.append(beyond_text(bar, ends, ("plane reaches", "planes reach")))
    return "; ".join(text for text in texts if text)


def _planes(one: _Plate, *, cut: bool) -> tuple[list[Piece], list[Label], str]:
    """Planes one above the other, to scale in x and y, at even distances."""
    apart = APART * max(one.size)
    pieces: list[Piece] = []
    labels = []
    for level, (name, field) in enumerate(one.planes.items()):
        pieces += _plane(one, name, field, level * apart, cut=cut and level > 0)
        labels.append(_plane_label(one, name, level * apart))
    real = max(one.heights.values()) - min(one.heights.values())
    factor = apart * (len(one.planes) - 1) / real if real > 0.0 else 1.0
    how = f"to scale across, planes pulled apart to {number(factor, 0)} × their distance"
    return pieces, labels, how + (f", front quarter cut away {one.cut[1]}" if cut else "")


def _plane(one: _Plate, name: str, field: Field, z: float, *, cut: bool) -> list[Piece]:
    keep = np.isfinite(field.values)
    if cut:
        x, y = one.cut[0]
        row, column = int(np.searchsorted(field.y_faces, y - 1e-9)), int(np.searchsorted(field.x_faces, x - 1e-9))
        keep = keep & ~quarter(field.values.shape, (row - 1, column))
    low, high = number(float(np.nanmin(field.values))), number(field.highest)
    text = f"{one.path}\n{NAMES.get(name, name)}\n{low}–{high} °C, mean {number(field.mean)} °C"
    standing = Box(
        one.path, "plate", one.of.part, None, (0.0, 0.0, 0.0), (*one.size, RIM)
    )  # whose height nobody asks for
    surface, values = sheet_of(field, keep, standing, z)
    bar = COOLANT if name == "coolant" else DEVICES
    sheet = Piece(f"{one.path}/{name}", NAMES.get(name, name), surface.points, surface.faces, values, bar, text=text)
    return [sheet, _rim(one, name, z, text)]


def _rim(one: _Plate, name: str, z: float, text: str) -> Piece:
    """Draw the outline of the plate around a plane, so that what is cut away is still seen."""
    (width, length), thick = one.size, RIM * max(one.size)
    line = [(0.0, 0.0, z), (width, 0.0, z), (width, length, z), (0.0, length, z)]
    surface = tube(line, thick, sides=6, closed=True)
    path, layer = f"{one.path}/{name}/outline", NAMES.get(name, name)
    return Piece(path, layer, surface.points, surface.faces, color=palette.PLAIN, text=text)


def _plane_label(one: _Plate, name: str, z: float) -> Label:
    field = one.planes[name]
    low = float(np.nanmin(field.values))
    return Label((one.size[0], 0.0, z), f"{NAMES.get(name, name)}\n{number(low)}–{number(field.highest)} °C")


def _block(one: _Plate, *, cut: bool) -> tuple[list[Piece], list[Label], str]:
    """Draw the whole volume as one block, and the coolant's plane above it."""
    volume = one.of.volumes["solid"]
    values = volume.values[one.row].astype(np.float64) - CELSIUS
    present = _material(one, volume.z_faces, values)
    at = hottest_cell(values, present)
    place, words = place_of_cut(values.shape[1:], at[1:])
    if cut:
        present &= ~quarter(values.shape[1:], place)
    surface, shown = skin((volume.x_faces, volume.y_faces, volume.z_faces * STRETCH), values, present)
    cell = f"{number(float(values[at]))} °C"
    text = f"{one.path}\nhottest cell {cell} in its middle"
    pieces = [Piece(one.path, "solids", surface.points, surface.faces, shown, DEVICES, text=text)]
    middles = [0.5 * (edges[index] + edges[index + 1]) for edges, index in
               zip((volume.x_faces, volume.y_faces, volume.z_faces * STRETCH), at[::-1], strict=True)]  # fmt: skip
    hottest = f"middle of the hottest cell {cell}"
    if ACTIVE in one.planes:
        hottest += f"\nat the active surface {number(one.planes[ACTIVE].highest)} °C"
    labels = [Label((float(middles[0]), float(middles[1]), float(middles[2])), hottest)]
    if "coolant" in one.planes:
        z = float(volume.z_faces[-1]) * STRETCH + APART * max(one.size)
        pieces += _plane(one, "coolant", one.planes["coolant"], z, cut=False)
        labels.append(_plane_label(one, "coolant", z))
    how = f"heights × {number(STRETCH, 0)}, coolant's plane lifted out"
    return pieces, labels, how + (f", cut {words}" if cut else "")


def _material(one: _Plate, z_faces: Floats, values: Floats) -> NDArray[np.bool_]:
    """Return which cells hold something: below the base only what the package covers."""
    present = np.isfinite(values)
    if "case" in one.planes and "base" in one.heights:
        below = 0.5 * (z_faces[1:] + z_faces[:-1]) < one.heights["base"]
        present[below] &= np.isfinite(one.planes["case"].values)
    return present
