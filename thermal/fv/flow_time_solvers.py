"""The symmetric linear systems of a time step, one for each velocity and one for the pressure, also around a period."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from thermal.fv.flow_residual import Residual
from thermal.fv.grid import Floats
from thermal.numerics.gmres import Values
from thermal.numerics.multigrid import Stencil
from thermal.numerics.transport import TransportMultigrid

__all__ = ["Around", "mobility", "momentum_solver", "pressure_solver", "unknowns"]

Place = tuple[slice, slice, slice]
FIRST, LAST = slice(0, 1), slice(-1, None)


class Around(TransportMultigrid):
    """Conjugate gradients for an operator whose last cells may be coupled to the first.

    The preconditioner leaves those couplings out: that costs twice the iterations at 32 cells around the period, and
    spares a second multigrid.

    Parameters
    ----------
    stencil : Stencil
        All other conductances.
    around : mapping from axis (0, 1, 2 for x, y, z) to float64
        Conductance between the last cells and the first, one cell thick along the axis.
    """

    def __init__(self, stencil: Stencil, around: Mapping[int, Floats]) -> None:
        super().__init__(stencil)
        self._around = around

    def apply(self, x: Values, out: Floats) -> None:
        """Put A x into `out`, arrays (nz, ny, nx)."""
        super().apply(x, out)
        for axis, g in self._around.items():
            first, last = (tuple(cut if d == 2 - axis else slice(None) for d in range(3)) for cut in (FIRST, LAST))
            flow = g * (x[first] - x[last])
            out[first] += flow
            out[last] -= flow


def unknowns(residual: Residual, m: int | None) -> Place:
    """Where the faces of a component, or the cells, stand in padded arrays, each place once."""
    system = residual.system
    z, y, x = system.inner(m)
    if m is None or not system.input.periodic[m]:
        return z, y, x
    z, y, x = (slice(cut.start, cut.stop - (d == 2 - m)) for d, cut in enumerate((z, y, x)))
    return z, y, x


def momentum_solver(residual: Residual, m: int, inertia: Floats) -> Around:
    """Return the solver of inertia, drag and friction of component m; faces with a given velocity hold zero.

    Parameters
    ----------
    residual : Residual
        The problem.
    m : int
        0, 1, 2 for x, y, z.
    inertia : float64
        Of the volume around each face: density over time step, with the drag; padded [kg/s].
    """
    system = residual.system
    on = system.active[m].copy()
    system.wrap(on)
    extra = inertia + system.wall(m)
    links: dict[int, Floats] = {}
    for t in residual.live:
        link, before = system.links[m][t], np.roll(on, 1, 2 - t)
        links[t] = np.where(on & before, link, 0.0)
        extra = extra + np.where(before, 0.0, link) + np.roll(np.where(on, 0.0, link), -1, 2 - t)
    return _solver(residual, links, np.where(on, extra, 0.0), unknowns(residual, m))


def pressure_solver(residual: Residual, flows: Mapping[int, Floats]) -> Around:
    """Return the solver of the pressure that makes velocities conserve volume.

    Parameters
    ----------
    residual : Residual
        The problem.
    flows : mapping from axis to float64
        See `mobility`.
    """
    system = residual.system
    fluid = system.fluid.copy()
    system.wrap(fluid)
    extra = np.zeros(system.shape)
    links: dict[int, Floats] = {}
    for t, flow in flows.items():
        before = np.roll(fluid, 1, 2 - t)
        links[t] = np.where(fluid & before, flow, 0.0)
        outlets = np.where(fluid & before, 0.0, flow)
        extra += outlets + np.roll(outlets, -1, 2 - t)
    return _solver(residual, links, np.where(fluid, extra, 0.0), unknowns(residual, None))


def mobility(residual: Residual, inertia: Floats, m: int) -> Floats:
    """Volume flow through each face across an axis that a pressure difference sets going [m3/(s Pa)]."""
    system = residual.system
    on = system.active[m].copy()
    system.wrap(on)
    square = np.where(on, system.area(m) ** 2, 0.0)
    return np.asarray(np.divide(square, inertia, out=np.zeros(system.shape), where=on))


def _solver(residual: Residual, links: Mapping[int, Floats], extra: Floats, place: Place) -> Around:
    """Put together a solver from links to the entry before and couplings to what is known."""
    shape = extra[place].shape
    rows = np.zeros((3, *shape))
    around = {}
    for t, link in links.items():
        here = np.moveaxis(link[place], 2 - t, 0)
        np.moveaxis(rows[t], 2 - t, 0)[:-1] = here[1:]
        if residual.system.input.periodic[t] and here.shape[0] > 1:
            around[t] = np.moveaxis(here[:1], 0, 2 - t).copy()
    return Around(Stencil(rows[0], rows[1], rows[2], extra[place].copy()), around)
