"""What is drawn in three dimensions: named surfaces with one number per face, a bar for each scale, labels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bar", "Label", "Piece", "Scene"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bar:
    """A colour scale.

    Parameters
    ----------
    key : str
        By which pieces name it.
    title : str
        With the unit: ``junction temperature [°C]``.
    low, high : float
        Ends of the scale, in the unit of the title.
    map : str
        Name of a matplotlib colour map: perceptually uniform and safe for the colour-blind.
    limit : float or None
        Where a limit is crossed; drawn in the bar.
    """

    key: str
    title: str
    low: float
    high: float
    map: str
    limit: float | None = None

    @property
    def unit(self) -> str:
        """The unit at the end of the title; empty where it has none."""
        found = re.search(r"\[([^\]]*)\]\s*$", self.title)
        return found.group(1) if found else ""


@dataclass(frozen=True, eq=False)
class Piece:
    """One surface.

    Parameters
    ----------
    path : str
        Hierarchical name, as in the results.
    layer : str
        What can be switched on and off together: ``frame``, ``trays``, ``plates``, ``packages``, ``coolant``, …
    points : (n, 3) float64
        [m].
    faces : (m, 3) int64
        Triangles, anticlockwise seen from outside.
    values : (m,) float64 or None
        One number per face in the unit of the bar; None for a plain surface.
    bar : str
        Key of the bar of `values`.
    color : str
        Of a plain surface, as ``#rrggbb``.
    opacity : float
        Above 0 to 1.
    text : str
        What a pointer over it tells; plain text in lines.
    """

    path: str
    layer: str
    points: Floats
    faces: NDArray[np.int64]
    values: Floats | None = None
    bar: str = ""
    color: str = "#9aa3ad"
    opacity: float = 1.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A text at a point [m]."""

    point: tuple[float, float, float]
    text: str


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture in three dimensions, before anything draws it.

    Parameters
    ----------
    title, subtitle : str
        What is seen, and of which run.
    pieces : sequence of Piece
        Any order.
    bars : sequence of Bar
        At most two.
    labels : sequence of Label
        Few: the hottest device, and what a reader would ask for.
    view : (float, float, float)
        Direction from the scene's middle towards the eye.
    description : str
        What the picture shows, in words, for those who cannot see it.
    """

    title: str
    subtitle: str
    pieces: Sequence[Piece]
    bars: Sequence[Bar]
    labels: Sequence[Label] = ()
    view: tuple[float, float, float] = (-1.0, -1.4, 0.6)
    description: str = ""
