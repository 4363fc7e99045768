"""Scene of any solved field: its cells by temperature, or by speed where none is known, cut open; streamlines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from thermal.results.resolved_file import Resolved, ResolvedField
from thermal.views import palette
from thermal.views.scenes.cut import hottest_cell, place_of_cut, quarter, skin
from thermal.views.scenes.model import Bar, Piece, Scene
from thermal.views.scenes.resolved import CELLS, FROM_FRONT_LEFT, SPEED, THICK, By, named_field, scaled_text, tubes
from thermal.views.scenes.scale import round_scale
from thermal.views.scenes.unfold import Block, block_of, drawn_factors, thinner
from thermal.vocabulary import CELSIUS

__all__ = ["cells_scene"]

Mask = NDArray[np.bool_]
Triple = tuple[float, float, float]

KEY = "coolant"  # of the bar, which tubes name
FINEST = 160  # cells along each direction that are drawn of a plane
THIN = 0.05  # of the longest side as it is drawn, the thickness of a plane
FINE = 0.03  # of the narrowest passage as it is drawn, the diameter of a tube in a block
OVER = "#ffffff"  # of streamlines over a plane of their own colours
ACROSS = ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, -1e-3, 1.0))  # from where a plane across x, y or z is seen
LEAST_WARM, LEAST_FAST = 2.0, 1e-30  # [K], [m/s] from end to end of a scale


def cells_scene(resolved: Resolved, name: str | None = None) -> Scene:
    """Return a field with its front left quarter cut away; one that is a cell deep is seen from across, whole.

    All cells are coloured by temperature. Where none is known, fluid is by speed and what is blocked is grey.

    Parameters
    ----------
    resolved : Resolved
        Holds the field.
    name : str, optional
        Of the field; the first one otherwise.

    Raises
    ------
    InputError
        No such field.
    """
    one = named_field(resolved, name)
    by: By = "temperature" if np.isfinite(one.temperature).any() else "speed"
    values = np.asarray(one.temperature - CELSIUS if by == "temperature" else one.speed, np.float64)
    flat = next((axis for axis in (2, 1, 0) if one.fluid.shape[2 - axis] == 1), None)
    most = CELLS if one.along == "x" else (CELLS[1], CELLS[0], CELLS[2])
    block = thinner(block_of(one, values), most if flat is None else (FINEST, FINEST, FINEST))
    shown, view, cut = np.ones(block.fluid.shape, np.bool_), FROM_FRONT_LEFT, ""
    if flat is None:
        factors = drawn_factors(block.extent)
        shown, cut = _open(block, by)
        lines = tubes(block, factors, by, FINE)
    else:
        block, factors = _thin(block, flat)
        view = ACROSS[flat]
        lines = [replace(tube, values=None, color=OVER) for tube in tubes(block, factors, by, THICK)]
    bar = _bar(values, by)
    how = "; ".join(part for part in (scaled_text(factors), cut) if part)
    title = f"{resolved.summary['title']} — {one.title}"
    reach = f"{by.capitalize()} from {values.min():.4g} to {values.max():.4g} {bar.unit}."
    pieces = [*_bodies(block, shown, factors, one, by), *lines]
    return Scene(title, how, pieces, [bar], view=view, description=f"{title}: {how}. {reach}")


def _open(block: Block, by: By) -> tuple[Mask, str]:
    """Return which cells are left without a quarter, up to the hottest or the fastest cell, and words for the cut."""
    _, row, column = hottest_cell(block.values, np.ones_like(block.fluid))
    at, where = place_of_cut(block.fluid.shape[1:], (row, column))
    words = where if by == "temperature" else where.replace("hottest", "fastest")
    shown = np.broadcast_to(~quarter(block.fluid.shape[1:], at), block.fluid.shape)
    return shown, f"front left quarter cut away {words}"


def _thin(block: Block, flat: int) -> tuple[Block, Triple]:
    """Return a plane field as a thin slab, its streamlines on the side that is seen, and how much wider it is drawn."""
    sizes = block.extent
    sizes[flat] = np.delete(sizes, flat).max()
    factors = drawn_factors(sizes)
    faces = [*block.faces]
    faces[flat] = faces[flat][0] + np.array([0.0, THIN * float((sizes * factors).max())])
    lines = block.lines
    if lines is not None:
        points = lines.points.copy()
        points[:, flat] = faces[flat][0 if ACROSS[flat][flat] < 0.0 else 1]
        lines = replace(lines, points=points)
    return replace(block, faces=(faces[0], faces[1], faces[2]), lines=lines), factors


def _bodies(block: Block, shown: Mask, factors: Triple, one: ResolvedField, by: By) -> list[Piece]:
    """Return the skins of all cells, or of fluid and, plain, of what is blocked."""
    x, y, z = (row * factor for row, factor in zip(block.faces, factors, strict=True))
    parts = {"cells": shown}
    if by == "speed":
        parts = {"fluid": shown & block.fluid, one.materials[0]: shown & ~block.fluid}
    pieces = []
    for kind, part in parts.items():
        if part.any():
            surface, colours = skin((x, y, z), block.values, part)
            values = None if by == "speed" and kind != "fluid" else colours
            pieces.append(Piece(f"{one.title}/{kind}", kind, surface.points, surface.faces, values, KEY, text=kind))
    return pieces


def _bar(values: NDArray[np.float64], by: By) -> Bar:
    """Return the scale of cells and streamlines."""
    if by == "temperature":
        return Bar(KEY, "temperature [°C]", *round_scale([values], least=LEAST_WARM), palette.LEVELS)
    return Bar(KEY, "speed [m/s]", 0.0, round_scale([values, 0.0], least=LEAST_FAST)[1], SPEED)
