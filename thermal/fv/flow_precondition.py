"""The multigrid of velocities and pressure, set up for a flow problem at given velocities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thermal.fv.flow_residual import Residual
from thermal.fv.flow_system import FlowSystem
from thermal.fv.flow_vector import Unknowns
from thermal.fv.grid import Floats
from thermal.numerics.saddle import SaddleMultigrid
from thermal.numerics.saddle_levels import Momentum, Saddle, Singles

__all__ = ["Preconditioner", "saddle_at"]

JUMP = 10.0  # of resistance from a cell to the next
FEW = 4  # such places along an axis, and their share of its cells, up to which they part zones


def saddle_at(residual: Residual, x: Floats) -> Saddle:
    """Momentum and continuity linear in velocities and pressure: what carries momentum is held at x.

    Each momentum is made anew when it is asked for: one at a time takes a third of the memory.
    """
    system = residual.system
    speed = residual.speed(x) if system.quadratic is not None else None
    flows = []
    for m in range(3):
        area = np.broadcast_to(residual.rho * system.area(m), system.shape)
        inner = system.inner(m)
        flows.append(None if system.flat[m] else _single(area[inner] * x[m][inner]))

    def momentum(m: int) -> Momentum:
        inner = system.inner(m)
        sink = np.zeros(x[m][inner].shape, np.float32)
        if system.linear is not None:
            sink += system.linear[m][inner]
        if speed is not None and system.quadratic is not None:
            drag = system.quadratic[m] * (speed + np.roll(speed, 1, 2 - m))  # the derivative doubles it
            sink += drag[inner]
        links = tuple(_single(link[inner]) for link in system.links[m])
        none = np.zeros_like(sink)
        walls = tuple(_single(system.wall(m, t)[inner]) if system.walls[m][t].any() else none for t in range(3))
        return Momentum(links, walls, sink, _single(system.free(m)[inner]))

    return Saddle(system.input.grid.widths, momentum, tuple(flows), system.input.periodic, _parted(system, speed))


def _parted(system: FlowSystem, speed: Floats | None) -> tuple[NDArray[np.bool_], ...]:
    """Where along x, y, z a cell resists JUMP times as much as the next: a coarse cell of both would be neither.

    What resists least is what viscosity does over the whole of the problem. Where such places are many they are no
    zones, and nothing is parted.
    """
    given, fluid = system.input, system.input.fluid
    shape = fluid.shape
    if system.linear is None and system.quadratic is None and system.excess is None:
        return tuple(np.zeros(shape[2 - t] - 1, np.bool_) for t in range(3))
    size = max(float(given.grid.widths[t].sum()) for t in range(3) if not system.flat[t])
    fields = [given.viscosity]
    for m in range(3):
        linear, quadratic = (None if row is None else row[m] for row in (given.linear, given.quadratic))
        if linear is None and quadratic is None:
            continue
        drag = given.viscosity / size**2
        if linear is not None:
            drag = drag + linear
        if quadratic is not None and speed is not None:
            drag = drag + quadratic * speed[system.inner()]
        fields.append(drag)
    rows = [np.zeros(shape[2 - t] - 1, np.bool_) for t in range(3)]
    for field in fields:
        inside = np.where(fluid, field, np.nan)
        for t in range(3):
            cells = np.moveaxis(inside, 2 - t, 0)
            low, high = cells[:-1], cells[1:]
            rows[t] |= ((low > JUMP * high) | (high > JUMP * low)).any(axis=(1, 2))
    return tuple(row & (np.count_nonzero(row) <= max(FEW, row.size // FEW)) for row in rows)


def _single(values: NDArray[np.floating]) -> Singles:
    return np.ascontiguousarray(values, np.float32)


class Preconditioner:
    """Cycles on vectors of the unknowns of a problem.

    Parameters
    ----------
    system : FlowSystem
        The problem.
    unknowns : Unknowns
        Of it.
    saddle : Saddle
        Its linear system.
    work : (4, NZ, NY, NX) float64
        Memory for vectors while a cycle lasts, a state's in size.
    """

    def __init__(self, system: FlowSystem, unknowns: Unknowns, saddle: Saddle, work: Floats) -> None:
        self.system, self.unknowns = system, unknowns
        self.solid = ~system.input.fluid
        self.closed = not system.input.has_outlet
        self.multigrid = SaddleMultigrid(saddle, work=work.reshape(-1).view(np.float32))

    def __call__(self, r: Singles, out: Singles, scales: tuple[float, float] = (1.0, 1.0)) -> None:
        """Put an approximate answer for imbalances of momentum and volume times `scales` into `out`, which may be r."""
        momentum, volume = scales
        parts = self.unknowns.views(r)
        loaded = {m: part * np.float32(volume if m == 3 else momentum) for m, part in parts.items()}
        for m, part in loaded.items():
            if m < 3 and self.system.input.periodic[m]:  # the last face is the first
                faces = np.moveaxis(part, 2 - m, 0)
                faces[-1] = faces[0]
        if self.closed:
            self._balance(loaded[3])
        self.multigrid.load(loaded)
        del loaded
        self.multigrid.cycle()
        found = self.unknowns.views(out)
        self.multigrid.result(found)
        found[3][self.solid] = 0.0
        if self.closed:
            self._balance(found[3])

    def _balance(self, cells: Singles) -> None:
        """Take the mean out of what stands in the cells with fluid."""
        fluid = ~self.solid
        cells[fluid] -= cells[fluid].mean(dtype=np.float64)
