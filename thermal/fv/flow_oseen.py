"""The linear operator that stands for momentum in preconditioners: upwind convection by flows that are held."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from thermal.fv.flow_residual import Residual
from thermal.fv.grid import Floats

__all__ = ["Oseen", "oseen"]


class Oseen(NamedTuple):
    """Seven coefficients of a component on the padded grid [kg/s]: Σ over axes of (before + after), and the diagonal."""

    before: tuple[Floats, ...]  # along x, y, z, to the face before; zero where there is none
    after: tuple[Floats, ...]
    diagonal: Floats


def oseen(residual: Residual, x: Floats, m: int, *, inertia: float = 0.0) -> Oseen:
    """Return the operator of component m at the flows of x; `inertia` is ρ/Δt, to be added [kg/(m3 s)]."""
    system = residual.system
    on = system.active[m]
    diagonal = system.wall[m] + inertia * system.volume[m]
    before, after = [], []
    for t in range(3):
        if t not in residual.live:
            before.append(np.zeros(system.shape))
            after.append(np.zeros(system.shape))
            continue
        flow = residual.rho * system.area[t] * x[t]
        residual._beyond(flow, t)
        F, D, o = 0.5 * (flow + np.roll(flow, 1, 2 - m)), system.links[m][t], 2 - t
        low = D + np.maximum(F, 0.0)
        high = np.roll(D + np.maximum(-F, 0.0), -1, o)
        diagonal = diagonal + low + high
        before.append(np.where(on, low, 0.0))
        after.append(np.where(on, high, 0.0))
    if system.linear is not None:
        diagonal = diagonal + system.linear[m]
    if system.quadratic is not None:
        speed = residual.speed(x)
        diagonal = diagonal + system.quadratic[m] * (speed + np.roll(speed, 1, 2 - m))
    return Oseen(tuple(before), tuple(after), np.where(on, diagonal, 1.0))
