"""Where on a chip its heat comes from: shares of its power over rectangles, from blocks or from equal tiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["MOST_TILES", "SNAP", "Block", "PowerMap", "Tiles", "map_of_blocks", "map_of_tiles", "uniform_map"]

MOST_TILES = 4_000_000
"""Tiles of one power map, at most."""
SNAP = 1e-9
"""Edges nearer to each other than this are one edge [m]."""


@dataclass(frozen=True, slots=True)
class PowerMap:
    """Shares of a chip's power over a grid of rectangles.

    Parameters
    ----------
    x_edges, y_edges : tuple of float
        Edges of columns and rows, rising from 0 at the chip's lower corner to its width and length [m].
    shares : tuple of tuple of float
        Share of the chip's power in each tile, ``shares[row][column]``, the first row at the smallest y; sum 1.
    power : float or None
        Sum of the watts as they are written; None where the map states none (uniform, image) [W].
    """

    x_edges: tuple[float, ...]
    y_edges: tuple[float, ...]
    shares: tuple[tuple[float, ...], ...]
    power: float | None = None


@dataclass(frozen=True, slots=True)
class Tiles:
    """Equal tiles read from a file.

    Parameters
    ----------
    shares : tuple of tuple of float
        ``shares[row][column]``, the first row at the smallest y; sum 1.
    power : float or None
        Sum of the watts; None for an image, which has none [W].
    file : str
        The file as it was named.
    sha256 : str
        Digest of its bytes, for the record of a run.
    """

    shares: tuple[tuple[float, ...], ...]
    power: float | None
    file: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of a chip with the power in it; corners counted from the chip's centre [m], power [W]."""

    name: str
    x_low: float
    x_high: float
    y_low: float
    y_high: float
    power: float


def uniform_map(width: float, length: float) -> PowerMap:
    """Return the map of a chip that is heated evenly.

    Examples
    --------
    >>> uniform_map(0.02, 0.03).shares
    ((1.0,),)
    """
    return PowerMap((0.0, width), (0.0, length), ((1.0,),))


def map_of_tiles(tiles: Tiles, width: float, length: float) -> PowerMap:
    """Return the map of equal tiles laid over a chip of `width` by `length` [m]."""
    rows, columns = len(tiles.shares), len(tiles.shares[0])
    x_edges = tuple(width * step / columns for step in range(columns + 1))
    y_edges = tuple(length * step / rows for step in range(rows + 1))
    return PowerMap(x_edges, y_edges, tiles.shares, tiles.power)


def map_of_blocks(blocks: Sequence[Block], width: float, length: float) -> PowerMap:
    """Return the exact map of blocks that lie inside the chip and do not overlap: its edges are theirs.

    Raises
    ------
    ValueError
        Blocks overlap, one is too thin to have a width, or their power is zero; the message is what a user should read.

    Examples
    --------
    >>> hot = Block("hot", -0.001, 0.001, -0.001, 0.001, 30.0)
    >>> map_of_blocks([hot], 0.004, 0.002).x_edges
    (0.0, 0.001, 0.003, 0.004)
    """
    power = sum(block.power for block in blocks)
    if power <= 0.0:
        message = "the blocks hold no power"
        raise ValueError(message)
    x_edges = _edges(width, [x + width / 2 for block in blocks for x in (block.x_low, block.x_high)])
    y_edges = _edges(length, [y + length / 2 for block in blocks for y in (block.y_low, block.y_high)])
    shares = [[0.0] * (len(x_edges) - 1) for _ in y_edges[1:]]
    owner: dict[tuple[int, int], str] = {}
    for block in blocks:
        columns = _between(x_edges, block.x_low + width / 2, block.x_high + width / 2)
        rows = _between(y_edges, block.y_low + length / 2, block.y_high + length / 2)
        if not columns or not rows:
            message = f"block '{block.name}' is thinner than {SNAP:g} m"
            raise ValueError(message)
        area = (x_edges[columns[-1] + 1] - x_edges[columns[0]]) * (y_edges[rows[-1] + 1] - y_edges[rows[0]])
        for row in rows:
            for column in columns:
                if (row, column) in owner:
                    message = f"block '{block.name}' overlaps block '{owner[row, column]}'"
                    raise ValueError(message)
                owner[row, column] = block.name
                tile = (x_edges[column + 1] - x_edges[column]) * (y_edges[row + 1] - y_edges[row])
                shares[row][column] = block.power / power * tile / area
    return PowerMap(x_edges, y_edges, tuple(map(tuple, shares)), power)


def _edges(size: float, inner: Sequence[float]) -> tuple[float, ...]:
    """Return the edges in order, 0 and `size` the outermost, those that agree taken as one."""
    out = [0.0]
    for edge in sorted(inner):
        if edge - out[-1] > SNAP and size - edge > SNAP:
            out.append(edge)
    return (*out, size)


def _between(edges: Sequence[float], low: float, high: float) -> range:
    """Return the intervals of `edges` whose middle lies between `low` and `high`; empty where there are none."""
    inside = [i for i in range(len(edges) - 1) if low < 0.5 * (edges[i] + edges[i + 1]) < high]
    return range(inside[0], inside[-1] + 1) if inside else range(0)
