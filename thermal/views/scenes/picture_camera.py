"""Where the eye stands so that a scene fills its window, and where a point of the scene appears in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermal.views.scenes.model import Scene

__all__ = ["Camera", "camera_for", "slenderness"]

Floats = NDArray[np.float64]

ANGLE = 22.0  # [degrees] from top to bottom: a long lens, so that what is far is not much smaller
FILL = 0.97  # of the window that the scene takes, in the tighter direction
ROUNDS = 12


@dataclass(frozen=True, eq=False)
class Camera:
    """An eye with a lens.

    Parameters
    ----------
    eye, focus : (3,) float64
        Where it is and what it looks at [m].
    right, up : (3,) float64
        Unit vectors of the window.
    window : (int, int)
        Width and height in pixels.
    angle : float
        From top to bottom of the window [degrees].
    """

    eye: Floats
    focus: Floats
    right: Floats
    up: Floats
    window: tuple[int, int]
    angle: float = ANGLE

    @property
    def position(self) -> list[tuple[float, ...]]:
        """Eye, focus and upward direction, as a renderer takes them."""
        return [tuple(map(float, vector)) for vector in (self.eye, self.focus, self.up)]

    def pixels(self, points: Floats) -> Floats:
        """Return where points (n, 3) appear (n, 2), in pixels from the upper left corner."""
        forward = (self.focus - self.eye) / np.linalg.norm(self.focus - self.eye)
        seen = points - self.eye
        depth = seen @ forward
        scale = 0.5 * self.window[1] / np.tan(np.radians(self.angle) / 2.0)
        across, above = (seen @ self.right) / depth, (seen @ self.up) / depth
        where = np.stack([0.5 * self.window[0] + scale * across, 0.5 * self.window[1] - scale * above], axis=1)
        return np.asarray(where, dtype=np.float64)


def camera_for(scene: Scene, window: tuple[int, int]) -> Camera:
    """Return the camera from which a scene fills a window of so many pixels, nothing cut off.

    Raises
    ------
    ValueError
        When the scene has no points.
    """
    if not any(len(piece.points) for piece in scene.pieces):
        message = "the scene is empty; give a run with parts to draw"
        raise ValueError(message)
    corners = _extremes(scene)
    toward, right, up = _axes(scene)
    focus = 0.5 * (corners.min(axis=0) + corners.max(axis=0))
    distance = 4.0 * float(np.linalg.norm(np.ptp(corners, axis=0)))
    middle = 0.5 * np.array(window)
    for _ in range(ROUNDS):
        camera = Camera(focus + distance * toward, focus, right, up, window)
        seen = camera.pixels(corners)
        low, high = seen.min(axis=0), seen.max(axis=0)
        metres = 2.0 * distance * np.tan(np.radians(ANGLE) / 2.0) / window[1]  # a pixel at the focus
        aside, below = 0.5 * (low + high) - middle
        focus = focus + metres * (aside * right - below * up)
        distance *= float(((high - low) / window).max()) / FILL
    return Camera(focus + distance * toward, focus, right, up, window)


def slenderness(scene: Scene) -> float:
    """Return the width of a scene over its height, as it is seen from far."""
    _, right, up = _axes(scene)
    corners = _extremes(scene)
    return float(np.ptp(corners @ right) / max(float(np.ptp(corners @ up)), 1e-9))


def _axes(scene: Scene) -> tuple[Floats, Floats, Floats]:
    """Return unit vectors towards the eye, to the right and upwards in the picture."""
    toward = np.asarray(scene.view, dtype=np.float64)
    toward = toward / np.linalg.norm(toward)
    right = np.cross([0.0, 0.0, 1.0], toward)
    right = right / np.linalg.norm(right)
    return toward, right, np.cross(toward, right)


def _extremes(scene: Scene) -> Floats:
    """Return the corners of the boxes around the pieces: few points that reach as far as all of them."""
    boxes = [(piece.points.min(axis=0), piece.points.max(axis=0)) for piece in scene.pieces if len(piece.points)]
    ends = np.array(boxes)  # (pieces, 2, 3)
    return np.concatenate([np.stack([ends[:, i, 0], ends[:, j, 1], ends[:, k, 2]], axis=1)
                           for i in (0, 1) for j in (0, 1) for k in (0, 1)])  # fmt: skip
