"""What momentum and mass fail to balance by, face by face and cell by cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thermal.fv import flow_kernels as kernels
from thermal.fv.flow_system import FlowSystem
from thermal.fv.grid import Floats

__all__ = ["Residual", "link_weights"]

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
        self.weights = {(m, t): self._weights(m, t) for m in self.live for t in self.live}

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

    def hi(self, m: int) -> NDArray[np.int64]:
        """Return the end, in z, y, x, of the range of a component's faces (the cells' own for m = 3)."""
        out = self.cells.copy()
        if m < 3 and not self.system.flat[m]:
            out[2 - m] += 1
        return out

    def __call__(self, x: Floats, out: Floats, *, carrier: Floats | None = None) -> Floats:
        """Put the residual of a state into `out`.

        Parameters
        ----------
        x : (4, NZ, NY, NX) float64
            Velocities along x, y, z on the low faces of cells, and pressure [m/s, Pa]; ghosts round periodic directions
            are filled on the way.
        out : (4, NZ, NY, NX) float64
            Receives what leaves each volume, less what drives it, and what leaves each cell [N, m3/s].
        carrier : (4, NZ, NY, NX) float64, optional
            Velocities that carry momentum, x itself by default.

        Returns
        -------
        (4, NZ, NY, NX) float64
            `out`.
        """
        system = self.system
        for m in (*self.live, 3):
            system.wrap(x[m])
        carrier = x if carrier is None else carrier
        flows = [self.rho * system.area[t] * carrier[t] for t in range(3)]
        for t in self.live:
            self._beyond(flows[t], t)
        speed = None
        if system.quadratic is not None:
            speed = self.speed(carrier)
        for m in self.live:
            o = out[m]
            o[...] = 0.0
            flat = o.ravel()
            for t in self.live:
                args = (x[m].ravel(), flows[t].ravel(), system.links[m][t].ravel(), self.weights[m, t], flat)
                if t == 0:
                    kernels.along_x(self.scheme, self.lo, self.hi(m), self.NX, self.NXY, self.step[m], *args)
                else:
                    kernels.across_x(self.scheme, self.lo, self.hi(m), self.NX, self.NXY, t, self.step[m], *args)
            if system.linear is not None:
                o += system.linear[m] * x[m]
            if speed is not None and system.quadratic is not None:
                o += system.quadratic[m] * 0.5 * (speed + np.roll(speed, 1, 2 - m)) * x[m]
            kernels.close(
                system.active[m].ravel(), self.step[m], x[m].ravel(), x[3].ravel(), system.area[m].ravel(),
                system.wall[m].ravel(), system.pull[m].ravel(), system.force[m].ravel(), flat,
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
            tuple(area.ravel() for area in system.area), live, out.ravel(),
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

    def _beyond(self, flow: Floats, axis: int) -> None:
        """Let the flow through a side's faces go on unchanged through the ghosts, for half volumes at outlets."""
        if self.system.input.periodic[axis]:
            return
        view = np.moveaxis(flow, 2 - axis, 0)
        n = self.system.input.grid.shape[2 - axis]
        view[1], view[n + 3] = view[2], view[n + 2]

    def start(self) -> Floats:
        """Velocities and pressures as given on the sides, zero elsewhere."""
        return np.array([*self.system.velocity, self.system.pressure])
