"""The energy equation on cells: heat through faces, what a cell is out of balance by, and the account of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numba import njit

from thermal.fv.assemble import System
from thermal.fv.boundary import Side, side_of
from thermal.fv.grid import Floats

__all__ = ["EnergyBalance", "balance", "heat_flow", "residual"]


@dataclass(frozen=True)
class EnergyBalance:
    """The heat account of a field.

    Attributes
    ----------
    source : float
        Heat of the sources [W].
    sides : mapping of str to float
        Heat into the solid through each side [W].
    entering : float
        All heat that enters, from sources and faces, without what leaves [W].
    imbalance : float
        What is left of sources and sides together, over `entering` [-].
    """

    source: float
    sides: Mapping[Side, float]
    entering: float
    imbalance: float


@njit(cache=True)
def exchanged(g: float, T_here: float, T_there: float) -> float:
    """Heat received here through one face [W], g being its conductance [W/K]."""
    return g * (T_there - T_here)


@njit(cache=True)
def _residual(gx, gy, gz, extra, rhs, T, out):  # type: ignore[no-untyped-def]
    """Heat each cell receives beyond what balances it [W]."""
    nz, ny, nx = T.shape
    for k in range(nz):
        for j in range(ny):
            for i in range(nx):
                here = T[k, j, i]
                heat = rhs[k, j, i] - extra[k, j, i] * here
                if i > 0:
                    heat += exchanged(gx[k, j, i - 1], here, T[k, j, i - 1])
                if i < nx - 1:
                    heat += exchanged(gx[k, j, i], here, T[k, j, i + 1])
                if j > 0:
                    heat += exchanged(gy[k, j - 1, i], here, T[k, j - 1, i])
                if j < ny - 1:
                    heat += exchanged(gy[k, j, i], here, T[k, j + 1, i])
                if k > 0:
                    heat += exchanged(gz[k - 1, j, i], here, T[k - 1, j, i])
                if k < nz - 1:
                    heat += exchanged(gz[k, j, i], here, T[k + 1, j, i])
                out[k, j, i] = heat


@njit(cache=True)
def _flow(g, T, up, north, east, out):  # type: ignore[no-untyped-def]
    """Heat to the next cell, which lies `up` layers, `north` rows and `east` columns on [W]."""
    nz, ny, nx = T.shape
    for k in range(nz - up):
        for j in range(ny - north):
            for i in range(nx - east):
                out[k + up, j + north, i + east] = exchanged(
                    g[k, j, i], T[k + up, j + north, i + east], T[k, j, i]
                )  # fmt: skip


def residual(system: System, rise: Floats) -> Floats:
    """Heat by which each cell is out of balance, shape (nz, ny, nx) [W].

    Parameters
    ----------
    system : System
        The assembled problem.
    rise : (nz, ny, nx) float64
        Temperature over the system's reference [K].
    """
    out = np.empty(system.grid.shape)
    _residual(*system.stencil, system.rhs, rise, out)
    return out


def heat_flow(system: System, rise: Floats, axis: int) -> Floats:
    """Heat through every face across a direction, outer ones included, positive towards higher coordinates [W].

    Parameters
    ----------
    system, rise : System, (nz, ny, nx) float64
        As in `residual`.
    axis : int
        0, 1, 2 for x, y, z.

    Returns
    -------
    float64
        One face more than there are cells along that direction.
    """
    up, north, east = (int(n == axis) for n in (2, 1, 0))
    out = np.zeros(np.add(system.grid.shape, (up, north, east)))
    _flow(system.stencil[axis], rise, up, north, east, out)
    low, high = [side for side in system.sides if side[0] == "xyz"[axis]]
    planes = np.moveaxis(out, 2 - axis, 0)
    planes[0] = system.sides[low].received(side_of(rise, low))
    planes[-1] = -system.sides[high].received(side_of(rise, high))
    return out


def balance(system: System, rise: Floats) -> EnergyBalance:
    """Add up sources and sides; `rise` as in `residual`."""
    heat = {side: exchange.received(side_of(rise, side)) for side, exchange in system.sides.items()}
    sides = {side: float(faces.sum()) for side, faces in heat.items()}
    entering = system.entering + sum(float(faces.sum(where=faces > 0.0)) for faces in heat.values())
    net = system.source + sum(sides.values())
    return EnergyBalance(system.source, sides, entering, net / entering if entering > 0.0 else net)
