"""What momentum and mass fail to balance by, face by face and cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.fv import flow_kernels as kernels
from thermal.fv.flow_links import edges, turned
from thermal.fv.flow_system import FlowSystem
from thermal.fv.grid import Floats

__all__ = ["Carried", "Residual", "link_weights"]

SCHEMES = {
    "upwind": kernels.UPWIND,
    "central": kernels.CENTRAL,
    "linear_upwind": kernels.LINEAR,
    "bounded": kernels.BOUNDED,
}


def link_weights(points: Floats, links: Floats) -> Floats:
    """Weights of the schemes at each link l, which lies between points l − 1 and l; (3, n).

    Rows: share of the way from the point before to the link; the way from the point before to the link over that from
    the one before it; the same seen from the other side.
    """
    n = points.size
    out = np.zeros((3, n + 1))
    step = np.diff(points)
    out[0, 1:n] = (links[1:n] - points[:-1]) / step
    out[1, 2:n] = (links[2:n] - points[1:-1]) / step[:-1]
    out[2, 1 : n - 1] = (points[1:-1] - links[1 : n - 1]) / step[1:]
    return out


class Carried(NamedTuple):
    """What is held at a state while the rest changes."""

    flows: Mapping[int, Floats]  # mass flow through the faces across x, y, z [kg/s]
    speed: Floats | None  # in the cells, where drag grows with it [m/s]


class Residual:
    """The residual of a flow problem: velocities and pressure in, imbalances of momentum [N] and volume [m3/s] out."""

    def __init__(self, system: FlowSystem) -> None:
        self.system = system
        given = system.input
        self.scheme = SCHEMES[given.scheme]
        self.rho = given.density
        self.live = [a for a in range(3) if not system.flat[a]]
        self.NX, self.NXY = system.shape[2], system.shape[2] * system.shape[1]
        self.step = (1, self.NX, self.NXY)
        self.lo = np.array(system.first)
        self.cells = self.lo + np.array(given.grid.shape)
        self.widths = tuple(np.ascontiguousarray(row.ravel()) for row in system.widths)
        self.weights = {(m, t): self._weights(m, t) for m in self.live for t in self.live}
        self.edges = {} if system.excess is None else {(m, t): self._edges(m, t) for m in self.live for t in self.live}

    def _weights(self, m: int, t: int) -> Floats:
        """Of a component's links along an axis."""
        system = self.system
        faces = system.input.grid.faces[t]
        width = np.pad(np.diff(faces), (2, 3), "wrap" if system.input.periodic[t] else "edge")
        faces = faces[0] - width[:2].sum() + np.concatenate([[0.0], np.cumsum(width)])
        centres = 0.5 * (faces[1:] + faces[:-1])
        faces = faces[:-1]
        # entry q of a component along its own axis is the face before cell q, its link the cell before that face
        if t == m:
            return link_weights(faces, np.concatenate([[0.0], centres[:-1]]))
        return link_weights(centres, faces)

    def _edges(self, m: int, t: int) -> Floats:
        """Of the part of a component's viscous stress that its velocity along an axis turns into."""
        system = self.system
        out, hi = np.zeros(system.shape), self.hi(m)
        hi[2 - t] += 1
        edges(m, t, self.lo, hi, system.passable, system.excess, self.widths, out)
        return out

    def hi(self, m: int) -> NDArray[np.int64]:
        """Return the end, in z, y, x, of the range of a component's faces (the cells' own for m = 3)."""
        out = self.cells.copy()
        if m < 3 and not self.system.flat[m]:
            out[2 - m] += 1
        return out

    def carried(self, x: Floats) -> Carried:
        """Mass flows through the faces and speeds in the cells of a state, to be held."""
        return Carried(
            {t: self._flow(x, t) for t in self.live}, self.speed(x) if self.system.quadratic is not None else None
        )

    def __call__(self, x: Floats, out: Floats, *, carried: Carried | None = None) -> Floats:
        """Put the residual of a state into `out`.

        Parameters
        ----------
        x : (4, NZ, NY, NX) float64
            Velocities along x, y, z on the low faces of cells, and pressure [m/s, Pa]; ghosts round periodic directions
            and behind planes of symmetry are filled on the way.
        out : (4, NZ, NY, NX) float64
            Receives what leaves each volume, less what drives it, and what leaves each cell [N, m3/s].
        carried : Carried, optional
            What carries momentum and drags, that of x itself by default.

        Returns
        -------
        (4, NZ, NY, NX) float64
            `out`.
        """
        system = self.system
        for m in (*self.live, 3):
            system.wrap(x[m])
        for m in self.live:
            ghosts, faces = system.mirrors[m]
            x[m].reshape(-1)[ghosts] = x[m].reshape(-1)[faces]
        out[...] = 0.0
        for t in self.live:
            flow = self._flow(x, t) if carried is None else carried.flows[t]
            for m in self.live:
                args = (x[m].ravel(), flow.ravel(), system.links[m][t].ravel(), self.weights[m, t], out[m].ravel())
                if t == 0:
                    kernels.along_x(self.scheme, self.lo, self.hi(m), self.NX, self.NXY, self.step[m], *args)
                else:
                    kernels.across_x(self.scheme, self.lo, self.hi(m), self.NX, self.NXY, t, self.step[m], *args)
            del flow
            for m in self.live if self.edges else ():
                turned(
                    self.lo, self.hi(m), self.NX, self.NXY, self.step[m], self.step[t], system.passable.ravel(),
                    self.edges[m, t].ravel(), x[t].ravel(), out[m].ravel(),
                )  # fmt: skip
        speed = None
        if system.quadratic is not None:
            speed = self.speed(x) if carried is None else carried.speed
        for m in self.live:
            if system.linear is not None:
                out[m] += system.linear[m] * x[m]
            if speed is not None and system.quadratic is not None:
                out[m] += system.quadratic[m] * 0.5 * (speed + np.roll(speed, 1, 2 - m)) * x[m]
            kernels.rub(system.near[m], system.walls[m], system.pull[m], x[m].ravel(), out[m].ravel())
            widths = tuple(np.ones_like(row) if t == m else row for t, row in enumerate(self.widths))
            kernels.close(
                self.lo, self.hi(m), self.NX, self.NXY, system.active[m].ravel(), self.step[m], x[3].ravel(), widths,
                system.force[m].ravel(), out[m].ravel(),
            )  # fmt: skip
        self.divergence(x, out[3])
        return out

    def divergence(self, x: Floats, out: Floats) -> Floats:
        """Put the volume flow that leaves each cell, less its source, into `out` [m3/s]."""
        system = self.system
        out[...] = 0.0
        live = np.array([not f for f in system.flat])
        kernels.divergence(
            self.lo, self.cells, self.NX, self.NXY, tuple(x[m].ravel() for m in range(3)),
            self.widths, live, out.ravel(),
        )  # fmt: skip
        if system.mass is not None:
            out -= system.mass
        out[~system.fluid] = 0.0
        return out

    def speed(self, x: Floats) -> Floats:
        """Speed in each cell [m/s]."""
        total = np.zeros(self.system.shape)
        for m in self.live:
            total += (0.5 * (x[m] + np.roll(x[m], -1, 2 - m))) ** 2
        out = np.sqrt(total)
        out[~self.system.fluid] = 0.0
        self.system.wrap(out)
        return np.asarray(out)

    def _flow(self, x: Floats, axis: int) -> Floats:
        """Mass flow through the faces across an axis [kg/s].

        Through a side it goes on unchanged through the ghosts, for half volumes at outlets.
        """
        system = self.system
        inner = system.inner(axis)
        out = np.zeros(system.shape)
        area = np.broadcast_to(self.rho * system.area(axis), system.shape)
        np.multiply(area[inner], x[axis][inner], out=out[inner])
        system.wrap(out)
        if not system.input.periodic[axis]:
            view = np.moveaxis(out, 2 - axis, 0)
            n = system.input.grid.shape[2 - axis]
            view[1], view[n + 3] = view[2], view[n + 2]
        return out
