"""The unit cell of a plate's channels as a grid: from the middle of a fin to the middle of a channel, base to cover."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from thermal.coldplate.clustering import clustered, grown, joined
from thermal.errors import InputError, Problem
from thermal.fv.grid import Floats, Grid, Slices
from thermal.rack.bodies import PlateBody
from thermal.rack.laws import Channels

__all__ = ["CellShape", "ResolvedGrid", "cell_grid", "cell_shape", "channel_cells", "conductivities"]

HALF = 10  # cells across half a channel at resolution 1
FIN, BASE, UP, ALONG, COVER = 0.5, 1.0, 4.0, 6.0, 0.5  # of that number: half fin, base, height, length, cover
LEAST = 6  # cells across a whole channel
FIRST = 0.4  # of the channel's width: the first cell along the flow at resolution 1


class CellShape(NamedTuple):
    """A unit cell, and how many of it make the plate."""

    width: float  # of a channel [m]
    height: float  # of channels and fins [m]
    wall: float  # fin thickness [m]
    base: float  # thickness under the channels [m]
    conductivity: float  # of base and fins [W/(m K)]
    cover: float  # thickness over the channels, joined to the fins; 0: the channels' top takes no heat [m]
    cover_conductivity: float  # [W/(m K)]
    run: float  # length that the coolant passes [m]
    paths: int  # whole channels that the coolant passes side by side, twice their number in a centre-fed plate

    @property
    def pitch(self) -> float:
        """Channel and fin [m]."""
        return self.width + self.wall

    @property
    def hydraulic_diameter(self) -> float:
        """Of a channel [m]."""
        return 2.0 * self.width * self.height / (self.width + self.height)

    @property
    def area(self) -> float:
        """Of the base below all cells [m2]."""
        return self.paths * self.pitch * self.run


@dataclass(frozen=True, eq=False)
class ResolvedGrid:
    """A grid in x (across), y (along the flow) and z (up), with the cells that are coolant.

    Attributes
    ----------
    grid : Grid
        x from the middle of a fin, y from where the coolant enters, z from the lower face of the base.
    fluid : (nz, ny, nx) bool
        Which cells are coolant.
    root : int
        Number of layers of the base, so the layer with which fins and channels begin.
    fins : (slice, slice, slice)
        Layers, rows and columns of the fins and channels.
    """

    grid: Grid
    fluid: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    root: int
    fins: Slices


def cell_shape(channels: Channels, body: PlateBody | None) -> CellShape:
    """Return the unit cell of a plate's channels; without a body the channels' top takes no heat."""
    split = channels.split == "centre"
    return CellShape(
        width=float(channels.width),
        height=float(channels.height),
        wall=float(channels.wall),
        base=float(channels.base),
        conductivity=float(channels.conductivity),
        cover=float(body.cover.thickness) if body is not None else 0.0,
        cover_conductivity=float(body.cover.conductivity[2]) if body is not None else float(channels.conductivity),
        run=float(channels.length) / (2.0 if split else 1.0),
        paths=channels.count * (2 if split else 1),
    )


def channel_cells(name: str, resolution: float) -> int:
    """Cells across half a channel at a resolution.

    Raises
    ------
    InputError
        Fewer than 6 across the whole channel, with the resolution that has them.
    """
    half = round(HALF * resolution)
    if 2 * half < LEAST:
        needed = 0.5 * LEAST / HALF
        wrong = f"{resolution:g} puts {2 * half} cells across a channel, which needs {LEAST} at least"
        right = f"use a resolution of {math.ceil(100.0 * needed) / 100.0:g} or more"
        raise InputError([Problem(name, 0, 0, "resolution", wrong, right)])
    return half


def cell_grid(name: str, shape: CellShape, resolution: float = 1.0) -> ResolvedGrid:
    """Cut a unit cell: dense towards the walls and the inlet; the cells of all directions in proportion.

    Parameters
    ----------
    name : str
        Of the plate, for messages.
    shape : CellShape
        The cell.
    resolution : float
        1 is 10 cells across half a channel, 2 twice as many in each direction.

    Raises
    ------
    InputError
        As `channel_cells`.
    """
    half = channel_cells(name, resolution)
    x = across(shape, half, 1)
    y = grown(0.0, shape.run, round(ALONG * half), FIRST * shape.width * HALF / half)
    base, up, cover = layers(shape, half)
    grid = Grid.from_faces(x, y, joined(base, up, *([cover] if cover.size else [])))
    root = base.size - 1
    fins = slice(root, root + up.size - 1), slice(0, y.size - 1), slice(0, x.size - 1)
    fluid = np.zeros(grid.shape, bool)
    fluid[(*fins[:2], np.flatnonzero(grid.centres.x > 0.5 * shape.wall))] = True
    return ResolvedGrid(grid, fluid, root, fins)


def across(shape: CellShape, half: int, half_pitches: int) -> Floats:
    """Faces across the flow, from the middle of a fin over a number of half pitches [m]."""
    fin = max(2, round(FIN * half))
    wall, middle = 0.5 * shape.wall, 0.5 * shape.pitch
    one = joined(clustered(0.0, wall, fin, "end"), clustered(wall, middle, half, "start"))
    pieces = [one]
    for n in range(1, half_pitches):
        piece = n * middle + (one if n % 2 == 0 else middle - one[::-1])
        piece[0] = pieces[-1][-1]
        pieces.append(piece)
    return joined(*pieces)


def layers(shape: CellShape, half: int) -> tuple[Floats, Floats, Floats]:
    """Faces up through base, channels and cover, from z = 0 at the base's lower face [m]; the cover's may be none."""
    base = shape.base - _away(shape.base, shape.pitch, max(2, round(BASE * half)))[::-1]
    roof = shape.base + shape.height
    up = clustered(shape.base, roof, round(UP * half), "both")
    base[0], base[-1] = 0.0, shape.base
    if shape.cover <= 0.0:
        return base, up, np.zeros(0)
    cover = roof + _away(shape.cover, shape.pitch, max(2, round(COVER * half)))
    cover[0] = roof
    return base, up, cover


def _away(thickness: float, pitch: float, cells: int) -> Floats:
    """Distances of a wall's faces from the channels: fine over about a pitch, coarse beyond."""
    return grown(0.0, thickness, cells, min(thickness, 0.5 * pitch) / cells)


def conductivities(cut: ResolvedGrid, shape: CellShape, coolant: float) -> Floats:
    """Conductivity of each cell (nz, ny, nx) [W/(m K)]."""
    k = np.full(cut.grid.shape, shape.conductivity)
    k[cut.fins[0].stop :] = shape.cover_conductivity
    k[cut.fluid] = coolant
    return k
