"""Mass made exact: the least change of velocities, by kinetic energy, that leaves no cell with a net flow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thermal.fv.flow_precondition import Preconditioner
from thermal.fv.flow_residual import Residual
from thermal.fv.grid import Floats
from thermal.numerics.gmres import improve
from thermal.numerics.saddle_levels import Momentum, Saddle

__all__ = ["project"]

EXACT = 1.0e-14  # largest net flow of a cell over the largest flow through a face
ROUNDS = 6
REDUCTION = 1.0e-4
VECTORS = 30


def project(residual: Residual, x: Floats) -> None:
    """Change the velocities of x so that mass is conserved to rounding; the pressure stays."""
    system = residual.system
    momenta: list[Momentum | None] = []
    for m in range(3):
        if system.flat[m]:
            momenta.append(None)
            continue
        inner = system.inner(m)
        none = np.zeros_like(system.area[m][inner], np.float32)
        sink, free = (np.ascontiguousarray(a[m][inner], np.float32) for a in (system.volume, system.free))
        momenta.append(Momentum((none,) * 3, (none,) * 3, sink, free, none))
    cycle = Preconditioner(residual, Saddle(system.input.grid.widths, tuple(momenta), system.input.periodic))
    closed, fluid = not system.input.has_outlet, system.fluid
    zero = np.zeros_like(x)
    length = np.cbrt(system.input.grid.volumes.mean())

    def operator(z: NDArray[np.floating], out: Floats) -> None:
        y = np.asarray(z, np.float64)
        for m in residual.live:
            fall = system.free[m] * (y[3] - np.roll(y[3], 1, 2 - m))
            out[m] = np.where(system.active[m], system.volume[m] * y[m] + fall, 0.0) / length
        _net(residual, y, out[3])

    def precondition(v: Floats, scale: float, z: NDArray[np.floating]) -> None:
        scaled = v * scale
        scaled[:3] *= length
        if closed:
            scaled[3][fluid] -= scaled[3][fluid].mean()
        cycle(scaled, z)

    for _ in range(ROUNDS):
        net = residual.divergence(x, np.zeros(system.shape))
        largest = max(float(np.abs(system.area[m] * x[m]).max()) for m in residual.live)
        if not np.abs(net).max() > EXACT * largest:
            return
        w, step = zero.copy(), np.zeros_like(x)
        w[3] = -net
        if closed:
            w[3][fluid] -= w[3][fluid].mean()
        improve(operator, precondition, w, step, [1.0], REDUCTION, VECTORS)
        for m in residual.live:
            x[m] += np.where(system.active[m], step[m], 0.0)
            system.wrap(x[m])


def _net(residual: Residual, y: Floats, out: Floats) -> None:
    """Put the net volume flow of corrections into `out`; given velocities and sources stay out of it."""
    system = residual.system
    total = np.zeros(system.shape)
    for m in residual.live:
        flow = system.free[m] * y[m]
        total += np.roll(flow, -1, 2 - m) - flow
    out[...] = np.where(system.fluid, total, 0.0)
