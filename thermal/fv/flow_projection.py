"""Mass made exact: the least change of velocities, by kinetic energy, that leaves no cell with a net flow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thermal.fv.flow_precondition import Preconditioner
from thermal.fv.flow_residual import Residual
from thermal.fv.flow_system import FlowSystem
from thermal.fv.flow_vector import Unknowns
from thermal.fv.grid import Floats
from thermal.numerics.gmres import improve
from thermal.numerics.saddle_levels import Momentum, Saddle, Singles

__all__ = ["project"]

EXACT = 1.0e-14  # largest net flow of a cell over the largest flow through a face
ROUNDS = 8
REDUCTION, ROUGH = 1.0e-3, 0.1  # of what a round removes
VECTORS = 30
LARGE = 200_000  # unknowns from which GMRES keeps one basis


def project(residual: Residual, x: Floats, *, rough: bool = False) -> None:
    """Change the velocities of x so that mass is conserved, to rounding or to a tenth; the pressure stays."""
    system = residual.system
    net = np.zeros(system.shape)
    unknowns = Unknowns(system)
    step: _Step | None = None
    for _ in range(1 if rough else ROUNDS):
        residual.divergence(x, net)
        largest = max(float(np.abs(flow).max()) for flow in _flows(system, unknowns, x))
        if not np.abs(net).max() > EXACT * largest:
            return
        step = step or _Step(system, unknowns, ROUGH if rough else REDUCTION)
        unknowns.add(x, step(net), 1.0)
        for m in residual.live:
            system.wrap(x[m])


def _flows(system: FlowSystem, unknowns: Unknowns, x: Floats) -> Iterator[Floats]:
    """Yield the volume flows through the faces across each axis."""
    for m in unknowns.parts[:-1]:
        inner = unknowns.inner[m]
        yield np.broadcast_to(system.area(m), system.shape)[inner] * x[m][inner]


class _Step:
    """The least change, to a few digits: V u + A ∂p = 0 on the faces, and what leaves each cell."""

    def __init__(self, system: FlowSystem, unknowns: Unknowns, reduction: float) -> None:
        self.system, self.unknowns, self.reduction = system, unknowns, reduction
        self.length = np.float32(np.cbrt(system.input.grid.volumes.mean()))
        self.lean = unknowns.size > LARGE
        self.momenta: dict[int, Momentum] = {}
        flows: list[Singles | None] = [None] * 3
        for m in unknowns.parts[:-1]:
            inner = unknowns.inner[m]
            sink, free = (a[inner].astype(np.float32) for a in (system.volume(m), system.free(m)))
            none = flows[m] = np.zeros_like(sink)
            self.momenta[m] = Momentum((none,) * 3, (none,) * 3, sink, free)
        saddle = Saddle(system.input.grid.widths, self.momenta.__getitem__, tuple(flows), system.input.periodic)
        self.cycle = Preconditioner(system, unknowns, saddle)

    def __call__(self, net: Floats) -> Singles:
        """Return the change of the velocities for the flows that leave the cells, padded [m3/s]; without pressure."""
        w = np.zeros(self.unknowns.size)
        cells = self.unknowns.views(w)[3]
        cells[...] = -net[self.unknowns.inner[3]]
        if self.cycle.closed:
            fluid = self.system.input.fluid
            cells[fluid] -= cells[fluid].mean()
        step, _ = improve(self._operator, self._precondition, w, self.reduction, VECTORS, lean=self.lean)
        parts = self.unknowns.views(step)
        for m in self.unknowns.parts[:-1]:
            parts[m][~self.system.active[m][self.unknowns.inner[m]]] = 0.0
        parts[3][...] = 0.0
        return step

    def _operator(self, v: Singles, out: Singles) -> None:
        """Put V u + A ∂p and the net flows into `out`."""
        parts, found = self.unknowns.views(v), self.unknowns.views(out)
        p = parts[3]
        found[3][...] = 0.0
        for m in self.unknowns.parts[:-1]:
            momentum = self.momenta[m]
            d, around = 2 - m, self.system.input.periodic[m]
            edges = [(0, 0)] * 3
            edges[d] = (1, 1)
            fall = np.diff(np.pad(p, edges, "wrap" if around else "constant"), axis=d)
            found[m][...] = (momentum.sink * parts[m] + momentum.area * fall) / self.length
            found[3][...] += np.diff(momentum.area * parts[m], axis=d)
        found[3][~self.system.input.fluid] = 0.0

    def _precondition(self, v: Singles, out: Singles) -> None:
        self.cycle(v, out, (float(self.length), 1.0))
