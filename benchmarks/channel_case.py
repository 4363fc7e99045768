"""Case B: water in half a microchannel and the copper around it, its sizes, materials and cells."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BASE",
    "CELLS",
    "CHANNEL",
    "COPPER",
    "DENSITY",
    "FIN",
    "FLUX",
    "HEAT_CAPACITY",
    "HEIGHT",
    "INLET",
    "LENGTH",
    "SPEED",
    "TOLERANCE",
    "VISCOSITY",
    "WATER",
    "Cells",
    "cells",
    "grading",
    "places",
]

LENGTH, CHANNEL, FIN, BASE, HEIGHT = 30e-3, 0.05e-3, 0.05e-3, 1e-3, 1e-3  # half a channel, half a fin [m]
DENSITY, VISCOSITY, HEAT_CAPACITY, WATER, COPPER = 990.2, 5.96e-4, 4180.0, 0.637, 390.0  # SI units
SPEED, INLET, FLUX = 1.0, 318.15, 1.0e6  # [m/s], [K], [W/m2]
TOLERANCE = 1.0e-6
# Graded: a quarter of the cells in the first tenth of the channel, the first an eighth as long as if all were even and
# each GROWTH times as long as the one before it; the others are even.
PART, SHARE, GROWTH = 0.1, 0.25, 1.0524


class Cells(NamedTuple):
    """How many there are, and whether they are graded towards the inlet."""

    along: int
    channel: int  # across half of it
    fin: int  # across half of it
    base: int
    height: int  # up the channel
    graded: bool = False


CELLS = Cells(160, 10, 5, 16, 26)


def cells(scale: float) -> Cells:
    """Even cells, `scale` times as fine in every direction."""
    return Cells(*(round(n * scale) for n in CELLS[:5]))


def places(n: Cells, length: float = LENGTH) -> NDArray[np.float64]:
    """Faces of the cells along the channel [m]."""
    if not n.graded:
        return np.linspace(0.0, length, n.along + 1)
    short = round(SHARE * n.along)
    first = PART * (GROWTH ** np.arange(short) - 1.0) / (GROWTH**short - 1.0)
    return length * np.concatenate([first, np.linspace(PART, 1.0, n.along - short + 1)])


def grading(n: Cells) -> str:
    """Say the same as OpenFOAM's mesher is told: shares of length and cells, and the last cell over the first."""
    if not n.graded:
        return "1"
    return f"(({PART} {SHARE} {GROWTH ** (round(SHARE * n.along) - 1)!r}) ({1.0 - PART} {1.0 - SHARE} 1))"
