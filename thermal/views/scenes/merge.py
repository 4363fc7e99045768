"""Many small surfaces become the few that a browser draws fast: one for each layer and way of colouring."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from thermal.views.scenes.model import Piece

__all__ = ["Merged", "bounds", "creases", "merged"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Key: TypeAlias = tuple[str, str, str, float, bool, bool]

SHARP = np.cos(np.radians(35.0))  # faces that meet at a greater angle meet in an edge; a tube of 12 sides has none
BOX = 12  # faces
ROUNDING = 1e-6  # [m] points nearer than this are one


@dataclass(frozen=True, eq=False)
class Merged:
    """Pieces of one layer that are coloured alike, as one surface.

    Parameters
    ----------
    layer, bar, color : str
        Of its pieces; `color` is empty where values colour it.
    opacity : float
        Of its pieces.
    varied : bool
        Whether the values differ within a piece, so that a pointer is told the value beneath it.
    sheet : bool
        Whether its pieces lie in planes along the axes and so have no form for light to show.
    points : (n, 3) float64
        [m].
    faces : (m, 3) int64
        Triangles.
    values : (m,) float64 or None
        One per face.
    texts : tuple of str
        What the pieces say.
    owner : (m,) int64
        Piece of each face, as index into `texts`.
    point_owner : (n,) int64
        Piece of each point.
    """

    layer: str
    bar: str
    color: str
    opacity: float
    varied: bool
    sheet: bool
    points: Floats
    faces: Counts
    values: Floats | None
    texts: tuple[str, ...]
    owner: Counts
    point_owner: Counts


def merged(pieces: Sequence[Piece]) -> tuple[Merged, ...]:
    """Gather pieces that a renderer may draw at once; layers stay in order of first appearance."""
    groups: dict[Key, list[Piece]] = defaultdict(list)
    layers: dict[str, int] = {}
    for piece in pieces:
        if len(piece.faces) == 0:
            continue
        layers.setdefault(piece.layer, len(layers))
        plain = piece.values is None
        varied = piece.values is not None and float(np.ptp(piece.values)) > 0.0
        sheet = bool((np.ptp(piece.points, axis=0) < ROUNDING).any())
        key = piece.layer, piece.bar * (not plain), piece.color * plain, float(piece.opacity), varied, sheet
        groups[key].append(piece)
    keys = sorted(groups, key=lambda key: layers[key[0]])
    return tuple(_merge(key, groups[key]) for key in keys)


def _merge(key: Key, pieces: Sequence[Piece]) -> Merged:
    layer, bar, color, opacity, varied, sheet = key
    counts = [len(piece.points) for piece in pieces]
    starts = np.cumsum([0, *counts[:-1]])
    numbers = np.arange(len(pieces), dtype=np.int64)
    values = None
    if bar:
        values = np.concatenate([np.asarray(piece.values, np.float64) for piece in pieces])
    return Merged(
        layer=layer,
        bar=bar,
        color=color,
        opacity=opacity,
        varied=varied,
        sheet=sheet,
        points=np.concatenate([np.asarray(piece.points, np.float64) for piece in pieces]),
        faces=np.concatenate([piece.faces + start for piece, start in zip(pieces, starts, strict=True)]),
        values=values,
        texts=tuple(piece.text for piece in pieces),
        owner=np.repeat(numbers, [len(piece.faces) for piece in pieces]),
        point_owner=np.repeat(numbers, counts),
    )


def bounds(pieces: Sequence[Piece]) -> tuple[Floats, Floats]:
    """Return the lowest and highest x, y and z of all pieces [m]; a cube of 1 m when there is none."""
    known = [piece.points for piece in pieces if len(piece.points)]
    if not known:
        return np.zeros(3), np.ones(3)
    low = np.min([points.min(axis=0) for points in known], axis=0)
    high = np.max([points.max(axis=0) for points in known], axis=0)
    return low, high


def creases(one: Merged) -> Floats:
    """Return the edges of the solid boxes in a surface, (k, 2, 3) [m]: without them like colours run into each other.

    An edge is where faces meet at an angle, or end.
    """
    if one.opacity < 1.0:
        return np.empty((0, 2, 3))
    one = _boxes(one)
    if len(one.faces) == 0:
        return np.empty((0, 2, 3))
    places, index = np.unique(np.round(one.points / ROUNDING).astype(np.int64), axis=0, return_inverse=True)
    # like places of two pieces are two: touching boxes keep the edges of both
    index = index.reshape(-1) + one.point_owner * len(places)
    corners = one.points[one.faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(normals, axis=1)
    normals /= np.where(length > 0.0, length, 1.0)[:, None]
    ends = np.concatenate([one.faces[:, [0, 1]], one.faces[:, [1, 2]], one.faces[:, [2, 0]]])
    face = np.tile(np.arange(len(one.faces)), 3)
    names = np.sort(index[ends], axis=1)
    order = np.lexsort((names[:, 1], names[:, 0]))
    ends, face, names = ends[order], face[order], names[order]
    first = np.ones(len(names), bool)
    first[1:] = (names[1:] != names[:-1]).any(axis=1)
    starts = np.flatnonzero(first)
    counts = np.diff(np.append(starts, len(names)))
    pairs = starts[counts == 2]
    bent = (normals[face[pairs]] * normals[face[pairs + 1]]).sum(axis=1) < SHARP
    kept = np.concatenate([starts[counts == 1], pairs[bent]])
    lines: Floats = one.points[ends[kept]]
    return lines


def _boxes(one: Merged) -> Merged:
    """Return what is left of a surface when pieces of more faces than a box are taken out."""
    faces_of = np.bincount(one.owner, minlength=len(one.texts))
    kept = faces_of[one.owner] <= BOX
    return replace(one, faces=one.faces[kept], owner=one.owner[kept], values=None)
