"""Where the eye has to be so that a scene fills its picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

__all__ = ["FIELD_OF_VIEW", "Framing", "framing"]

Floats = NDArray[np.float64]

FIELD_OF_VIEW = math.pi / 4  # [rad] from top to bottom, as plotly has it
AIR = 1.02  # left around the scene
STEEP = 0.98  # of a view's unit vector: seen from above or below, where up is no direction any more
ROUNDS = 24  # of moving the picture's middle, each of which leaves a small part of the error

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Framing:
    """A scene's box as the eye meets it, in lengths of the box's longest side.

    Attributes
    ----------
    ratio : (float, float, float)
        Sides of the box.
    view, aside, above : (float, float, float)
        Unit vectors from the middle to the eye, to the right and upwards in the picture.
    up : (float, float, float)
        Axis that stands upright in the picture.
    corners : tuple of (float, float, float)
        Of the box, along `view`, `aside` and `above`.
    """

    ratio: Triple
    view: Triple
    aside: Triple
    above: Triple
    up: Triple
    corners: tuple[Triple, ...]

    def seen(self, point: Floats) -> Triple:
        """Return a point, from the box's middle in lengths of its longest side, along `view`, `aside` and `above`."""
        return _triple(np.array([self.view, self.aside, self.above]) @ point)

    def camera(self, aspect: float) -> dict[str, dict[str, float]]:
        """Return plotly's camera so that the box fills a picture `aspect` times as wide as high, in its middle."""
        half = math.tan(FIELD_OF_VIEW / 2)
        near, across, upward = np.array(self.corners).T
        middle = np.zeros(2)
        distance = 0.0
        for _ in range(ROUNDS):
            x, y = across - middle[0], upward - middle[1]
            distance = float((near + np.maximum(np.abs(x) / (half * aspect), np.abs(y) / half)).max())
            depth = np.maximum(distance - near, 1e-6)
            for axis, offset in enumerate((x / depth, y / depth)):
                middle[axis] += 0.5 * distance * float(offset.max() + offset.min()) / 2
        center = middle[0] * np.array(self.aside) + middle[1] * np.array(self.above)
        eye = center + AIR * distance * np.array(self.view)
        places = {"center": center, "eye": eye, "up": np.array(self.up)}
        return {name: dict(zip("xyz", map(float, place), strict=True)) for name, place in places.items()}


def framing(low: Floats, high: Floats, view: Sequence[float]) -> Framing:
    """Return how the box between two corners [m] is met from a direction of any length but zero."""
    size = high - low
    ratio = np.maximum(size / max(float(size.max()), 1e-9), 1e-3)
    towards = np.asarray(view, np.float64) / np.linalg.norm(view)
    upright = np.array([0.0, 0.0, 1.0]) if abs(towards[2]) < STEEP else np.array([0.0, 1.0, 0.0])
    aside = np.cross(upright, towards)
    aside /= np.linalg.norm(aside)
    above = np.cross(towards, aside)
    axes = np.stack([towards, aside, above])
    corners = tuple(_triple(axes @ (ratio * signs)) for signs in product((-0.5, 0.5), repeat=3))
    return Framing(_triple(ratio), _triple(towards), _triple(aside), _triple(above), _triple(upright), corners)


def _triple(values: Floats) -> Triple:
    x, y, z = (float(value) for value in values)
    return x, y, z
