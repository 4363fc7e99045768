"""A resolved field made ready to draw: thinner by layers of like material, gone on behind its mirrors, drawn wider."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from thermal.results.resolved_file import FlowLines, ResolvedField

__all__ = ["Block", "block_of", "drawn_factors", "thinner", "unfolded"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

PITCHES = 3  # of a single mirrored channel that are drawn
LEAST = 0.2  # of the longest side: a side as long as that is drawn to scale
AIM = 0.4  # of the longest side, to which shorter sides are drawn
FACTORS = (2.0, 3.0, 4.0, 5.0, 8.0)  # times powers of ten: how many times wider a side is drawn


@dataclass(frozen=True, eq=False)
class Block:
    """What is drawn of a field.

    Attributes
    ----------
    faces : (x, y, z) of float64
        Faces of the cells [m].
    values : (nz, ny, nx) float64
        One number per cell: temperature [K], or what else is shown.
    fluid : (nz, ny, nx) bool
        Cells with coolant.
    lines : FlowLines or None
        Streamlines.
    copies : int
        How many times the field stands beside itself.
    """

    faces: tuple[Floats, Floats, Floats]
    values: Floats
    fluid: Mask
    lines: FlowLines | None
    copies: int = 1

    @property
    def extent(self) -> Floats:
        """Sides along x, y and z [m]."""
        return np.array([float(np.ptp(row)) for row in self.faces])


def block_of(one: ResolvedField, values: Floats | None = None) -> Block:
    """Return a field as it is, with its temperature or another number for each cell."""
    shown = one.temperature if values is None else values
    return Block(one.faces, np.asarray(shown, np.float64), one.fluid, one.lines)


def thinner(block: Block, most: tuple[int, int, int]) -> Block:
    """Return a block with fewer cells: layers across x, y and z with the same coolant cells taken together.

    Parameters
    ----------
    block : Block
        The block.
    most : (int, int, int)
        Layers that are left along x, y and z, but for what differs from layer to layer.
    """
    for axis, count in enumerate(most):
        starts = _groups(block.fluid, 2 - axis, count)
        m = 2 - axis
        widths = np.diff(block.faces[axis])
        shape = [1, 1, 1]
        shape[m] = -1
        total = np.add.reduceat(block.values * widths.reshape(shape), starts, axis=m)
        values = total / np.add.reduceat(widths, starts).reshape(shape)
        faces = list(block.faces)
        faces[axis] = np.append(faces[axis][starts], faces[axis][-1])
        block = replace(
            block, faces=(faces[0], faces[1], faces[2]), values=values, fluid=np.take(block.fluid, starts, m)
        )
    return block


def unfolded(block: Block, one: ResolvedField) -> Block:
    """Return a single channel between planes of symmetry as several channels side by side; any other block as it is."""
    axis = 1 if one.along == "x" else 0
    name = "xyz"[axis]
    low, high = f"{name}_min" in one.mirrors, f"{name}_max" in one.mirrors
    if not (low or high) or _channels(block.fluid, axis) != 1:
        return block
    if low and not high:
        return _beside(_turned(block, axis), axis)
    pair = _beside(block, axis)
    return pair if not low else _repeated(pair, axis, PITCHES)


def drawn_factors(extent: Floats) -> tuple[float, float, float]:
    """Return by what to multiply lengths along x, y and z so that what is long and thin can be seen.

    >>> drawn_factors(np.array([0.03, 6e-4, 4e-3]))
    (1.0, 20.0, 3.0)
    """
    longest = float(extent.max())
    x, y, z = (1.0 if size >= LEAST * longest else _round(AIM * longest / float(size)) for size in extent)
    return x, y, z


def _round(factor: float) -> float:
    """Return the round number nearest to a factor, by ratio."""
    power = 10.0 ** np.floor(np.log10(factor))
    choices = [1.0 * power, *(step * power for step in FACTORS), 10.0 * power]
    return float(min(choices, key=lambda one: abs(np.log(one / factor))))


def _groups(fluid: Mask, m: int, most: int) -> NDArray[np.intp]:
    """Return first layers of the groups that layers along an axis of the array are gathered in."""
    count = fluid.shape[m]
    layers = np.moveaxis(fluid, m, 0).reshape(count, -1)
    runs = np.append(np.append(0, np.flatnonzero((layers[1:] != layers[:-1]).any(axis=1)) + 1), count)
    starts: list[int] = []
    for first, after in pairwise(runs):
        size = int(after - first)
        parts = min(size, max(2, round(most * size / count)))
        starts += (first + np.arange(parts) * size // parts).tolist()
    return np.array(starts, np.intp)


def _channels(fluid: Mask, axis: int) -> int:
    """Return how many channels lie side by side, at most, in any line along x or y."""
    rows = np.moveaxis(fluid, 2 - axis, 0).reshape(fluid.shape[2 - axis], -1).astype(np.int8)
    begun = rows[:1].astype(np.int64).sum(axis=0) + (np.diff(rows, axis=0) == 1).sum(axis=0)
    return int(begun.max(initial=0))


def _turned(block: Block, axis: int) -> Block:
    """Return the mirror image of a block, in its own place."""
    faces = list(block.faces)
    ends = faces[axis][0] + faces[axis][-1]
    faces[axis] = (ends - faces[axis])[::-1]
    lines = block.lines
    if lines is not None:
        points = lines.points.copy()
        points[:, axis] = ends - points[:, axis]
        lines = replace(lines, points=points)
    m = 2 - axis
    return Block((faces[0], faces[1], faces[2]), np.flip(block.values, m), np.flip(block.fluid, m), lines,
                 block.copies)  # fmt: skip


def _beside(block: Block, axis: int) -> Block:
    """Return a block with its mirror image behind it."""
    return _joined([block, _turned(block, axis)], axis)


def _repeated(block: Block, axis: int, count: int) -> Block:
    """Return a block several times, one behind the other."""
    return _joined([block] * count, axis)


def _joined(blocks: list[Block], axis: int) -> Block:
    """Return blocks of like sections one behind the other along x or y."""
    m = 2 - axis
    size = float(np.ptp(blocks[0].faces[axis]))
    start = float(blocks[0].faces[axis][0])
    rows = [one.faces[axis] - start + n * size for n, one in enumerate(blocks)]
    faces = list(blocks[0].faces)
    faces[axis] = start + np.concatenate([rows[0], *(row[1:] for row in rows[1:])])
    return Block(
        (faces[0], faces[1], faces[2]),
        np.concatenate([one.values for one in blocks], axis=m),
        np.concatenate([one.fluid for one in blocks], axis=m),
        _joined_lines([one.lines for one in blocks], axis, size),
        sum(one.copies for one in blocks),
    )


def _joined_lines(parts: list[FlowLines | None], axis: int, size: float) -> FlowLines | None:
    """Return the streamlines of blocks that stand one behind the other."""
    known = [(n, one) for n, one in enumerate(parts) if one is not None]
    if not known:
        return None
    points = []
    for n, one in known:
        moved = one.points.copy()
        moved[:, axis] += n * size
        points.append(moved)
    firsts = np.cumsum([0, *(len(one.points) for _, one in known)])
    start = np.concatenate([one.start[:-1] + first for (_, one), first in zip(known, firsts[:-1], strict=True)])
    speed, time, temperature = (
        np.concatenate([getattr(one, name) for _, one in known]) for name in ("speed", "time", "temperature")
    )
    return FlowLines(np.concatenate(points), np.append(start, firsts[-1]).astype(np.intp), speed, time, temperature)
