"""How tiles and rectangles lie over cells: shares by length, and shares by area where the last one wins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from thermal.fv.grid import Floats, Range

__all__ = ["owned_shares", "tile_shares"]


def tile_shares(ends: Range, tiles: int, faces: Floats) -> Floats:
    """Share of each of `tiles` equal parts of a range that lies in each cell.

    Parameters
    ----------
    ends : (float, float)
        The range, inside the row of cells [m].
    tiles : int
        Equal parts it is cut into.
    faces : (n + 1,) float64
        Faces of the cells [m].

    Returns
    -------
    (tiles, n) float64
        Every row sums to one, so that nothing distributed with it is lost [-].
    """
    edges = np.linspace(*ends, tiles + 1)[:, None]
    nearest = np.abs(edges - faces).argmin(axis=1)
    close = np.abs(edges[:, 0] - faces[nearest]) <= 1.0e-9 * (ends[1] - ends[0]) / tiles
    edges[close, 0] = faces[nearest[close]]  # no slivers by rounding
    length = np.clip(np.minimum(edges[1:], faces[1:]) - np.maximum(edges[:-1], faces[:-1]), 0.0, None)
    return np.asarray(length / length.sum(axis=1, keepdims=True))


def owned_shares(rectangles: Sequence[tuple[Range, Range]], columns: Floats, rows: Floats) -> list[Floats]:
    """Share of each face of a plane that each rectangle covers, a later rectangle hiding the earlier ones.

    The plane is cut along all edges of cells and rectangles, so that partly covered faces are exact.

    Parameters
    ----------
    rectangles : sequence of ((float, float), (float, float))
        Ends along the columns and along the rows, inside the plane [m].
    columns, rows : (n + 1,) float64
        Faces of the cells along the two directions of the plane [m].

    Returns
    -------
    list of (rows, columns) float64
        One for each rectangle; their sum is at most one [-].
    """
    u = np.unique(np.concatenate([columns, [end for across, _ in rectangles for end in across]]))
    v = np.unique(np.concatenate([rows, [end for _, along in rectangles for end in along]]))
    owner = np.full((len(v) - 1, len(u) - 1), -1)
    for n, (across, along) in enumerate(rectangles):
        (u0, u1), (v0, v1) = np.searchsorted(u, across), np.searchsorted(v, along)
        owner[v0:v1, u0:u1] = n
    piece = np.diff(v)[:, None] * np.diff(u)
    face = np.diff(rows)[:, None] * np.diff(columns)
    starts = np.searchsorted(v, rows[:-1]), np.searchsorted(u, columns[:-1])
    shares = []
    for n in range(len(rectangles)):
        area = np.where(owner == n, piece, 0.0)
        for axis, start in enumerate(starts):
            area = np.add.reduceat(area, start, axis=axis)
        shares.append(area / face)
    return shares
