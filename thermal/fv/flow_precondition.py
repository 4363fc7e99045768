"""The multigrid of velocities and pressure, set up for a flow problem at given velocities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thermal.fv.flow_residual import Residual
from thermal.fv.grid import Floats
from thermal.numerics.saddle import SaddleMultigrid
from thermal.numerics.saddle_levels import Momentum, Saddle

__all__ = ["Preconditioner", "saddle_at"]

Singles = NDArray[np.float32]


def saddle_at(residual: Residual, x: Floats) -> Saddle:
    """Momentum and continuity linear in velocities and pressure: what carries momentum is held at x."""
    system = residual.system
    speed = residual.speed(x) if system.quadratic is not None else None
    momenta: list[Momentum | None] = []
    for m in range(3):
        if system.flat[m]:
            momenta.append(None)
            continue
        inner = system.inner(m)
        sink = np.zeros(system.shape)
        if system.linear is not None:
            sink += system.linear[m]
        if speed is not None and system.quadratic is not None:
            sink += system.quadratic[m] * (speed + np.roll(speed, 1, 2 - m))  # the derivative doubles it
        links = tuple(_single(link[inner]) for link in system.links[m])
        walls = tuple(_single(wall[inner]) for wall in system.walls[m])
        flow = residual.rho * system.area[m][inner] * x[m][inner]
        momenta.append(Momentum(links, walls, _single(sink[inner]), _single(system.free[m][inner]), _single(flow)))
    return Saddle(system.input.grid.widths, tuple(momenta), system.input.periodic)


def _single(values: NDArray[np.floating]) -> Singles:
    return np.ascontiguousarray(values, np.float32)


class Preconditioner:
    """Cycles on the padded arrays of a problem.

    Parameters
    ----------
    residual : Residual
        The problem.
    saddle : Saddle
        Its linear system.
    """

    def __init__(self, residual: Residual, saddle: Saddle) -> None:
        self.system, self.multigrid = residual.system, SaddleMultigrid(saddle)
        self.live = [*residual.live, 3]

    def __call__(self, r: Floats, out: NDArray[np.floating]) -> None:
        """Put an approximate answer for the imbalances r (4, NZ, NY, NX) into `out`."""
        system = self.system
        inner = {m: system.inner(m if m < 3 else None) for m in self.live}
        for m in self.live:
            system.wrap(r[m])
        self.multigrid.load({m: r[m][inner[m]] for m in self.live})
        self.multigrid.cycle()
        out[...] = 0.0
        self.multigrid.result({m: out[m][inner[m]] for m in self.live})
        out[3][~system.fluid] = 0.0
        for m in self.live:
            system.wrap(out[m])
