"""Case B: water in half a microchannel and the copper around it, its sizes, materials and cells."""

from __future__ import annotations

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
    "GROWTH",
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
    "places",
]

LENGTH, CHANNEL, FIN, BASE, HEIGHT = 30e-3, 0.05e-3, 0.05e-3, 1e-3, 1e-3  # half a channel, half a fin [m]
DENSITY, VISCOSITY, HEAT_CAPACITY, WATER, COPPER = 990.2, 5.96e-4, 4180.0, 0.637, 390.0  # SI units
SPEED, INLET, FLUX = 1.0, 318.15, 1.0e6  # [m/s], [K], [W/m2]
TOLERANCE = 1.0e-6
Cells = tuple[int, int, int, int, int]
GROWTH = (
    1.021  # of each cell over the one before it, where cells are graded: the first is then an eighth of an even one
)
CELLS: Cells = 160, 10, 5, 16, 26  # along, half a channel, half a fin, base, height


def cells(scale: float) -> Cells:
    """Cells along, across half a channel and half a fin, in the base, up the channel; `scale` times as fine."""
    nx, nc, nf, nb, nz = (round(n * scale) for n in CELLS)
    return nx, nc, nf, nb, nz


def places(n: int, growth: float = 1.0, length: float = LENGTH) -> NDArray[np.float64]:
    """Faces of `n` cells along the channel, each `growth` times as long as the one before it [m]."""
    if growth == 1.0:
        return np.linspace(0.0, length, n + 1)
    return np.asarray(length * (growth ** np.arange(n + 1) - 1.0) / (growth**n - 1.0), np.float64)
