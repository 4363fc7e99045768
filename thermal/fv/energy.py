"""The energy equation on cells: heat through faces, what a cell is out of balance by, and the account of the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from thermal.fv.assemble import System
from thermal.fv.boundary import Side, side_of
from thermal.fv.conjugate_field import stream_heats
from thermal.fv.coolant import response, within
from thermal.fv.coolant_field import Coolant, coolant_of
from thermal.fv.grid import Floats
from thermal.fv.layout import by_rows, zeros
from thermal.numerics.streams import march

__all__ = ["EnergyBalance", "Shift", "balance", "common_shift", "heat_flow", "residual"]


@dataclass(frozen=True)
class EnergyBalance:
    """The heat account of a field.

    Attributes
    ----------
    source : float
        Heat of the sources [W].
    sides : mapping of str to float
        Heat into the solid through each side [W].
    coolant : tuple of float
        Heat carried off by the coolant of each zone, or by the flow that `carry` was given [W].
    entering : float
        All heat that enters, from sources, faces and warmer coolant, without what leaves [W].
    imbalance : float
        What is left of sources, sides and coolant together, over `entering` [-].
    """

    source: float
    sides: Mapping[Side, float]
    coolant: tuple[float, ...]
    entering: float
    imbalance: float


class Shift(NamedTuple):
    """What brings the account of the whole into balance."""

    by: float  # of all temperatures [K]
    unbalanced: float  # imbalance before it, over the heat that enters [-]


@njit(cache=True)
def exchanged(g: float, T_here: float, T_there: float) -> float:
    """Heat received here through one face [W], g being its conductance [W/K]."""
    return g * (T_there - T_here)


@njit(cache=True)
def _residual(gx, gy, gz, extra, rhs, T, out):  # type: ignore[no-untyped-def]
    """Heat each cell receives beyond what balances it, without coolant, arrays (ny, nz, nx) [W]."""
    ny, nz, nx = T.shape
    for j in range(ny):
        for k in range(nz):
            for i in range(nx):
                here = T[j, k, i]
                heat = rhs[j, k, i] - extra[j, k, i] * here
                if i > 0:
                    heat += exchanged(gx[j, k, i - 1], here, T[j, k, i - 1])
                if i < nx - 1:
                    heat += exchanged(gx[j, k, i], here, T[j, k, i + 1])
                if j > 0:
                    heat += exchanged(gy[j - 1, k, i], here, T[j - 1, k, i])
                if j < ny - 1:
                    heat += exchanged(gy[j, k, i], here, T[j + 1, k, i])
                if k > 0:
                    heat += exchanged(gz[j, k - 1, i], here, T[j, k - 1, i])
                if k < nz - 1:
                    heat += exchanged(gz[j, k, i], here, T[j, k + 1, i])
                out[j, k, i] = heat


@njit(cache=True)
def _flow(g, T, up, north, east, out):  # type: ignore[no-untyped-def]
    """Heat to the next cell, `up` layers, `north` rows and `east` columns on, arrays (ny, nz, nx) [W]."""
    ny, nz, nx = T.shape
    for j in range(ny - north):
        for k in range(nz - up):
            for i in range(nx - east):
                out[j + north, k + up, i + east] = exchanged(
                    g[j, k, i], T[j + north, k + up, i + east], T[j, k, i]
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
    out = zeros(system.grid.shape)
    gx, gy, gz, extra, rhs, T = (by_rows(row) for row in (*system.stencil, system.rhs, rise))
    _residual(gx, gy, gz, extra, rhs, T, by_rows(out))
    if system.streams is not None:
        _, _, heat = march(system.streams, rise)
        out[system.streams.first :][: heat.shape[0]] -= heat
    if system.carried is not None:
        out -= system.carried.carried_off(rise)
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
    nz, ny, nx = system.grid.shape
    out = zeros((nz + up, ny + north, nx + east))
    _flow(by_rows(system.stencil[axis]), by_rows(rise), up, north, east, by_rows(out))
    low, high = [side for side in system.sides if side[0] == "xyz"[axis]]
    planes = np.moveaxis(out, 2 - axis, 0)
    planes[0] = system.sides[low].received(side_of(rise, low))
    planes[-1] = -system.sides[high].received(side_of(rise, high))
    return out


def balance(system: System, rise: Floats, coolant: Sequence[Coolant]) -> EnergyBalance:
    """Add up sources, sides, coolant and flow; `rise` as in `residual`, `coolant` what `coolant_of` finds in it."""
    heat = {side: exchange.received(side_of(rise, side)) for side, exchange in system.sides.items()}
    sides = {side: float(faces.sum()) for side, faces in heat.items()}
    carried_off = tuple(zone.heat for zone in coolant)
    entering = system.entering + sum(float(faces.sum(where=faces > 0.0)) for faces in heat.values())
    entering += sum(zone.given_off for zone in coolant)
    if system.carried is not None:
        streams = stream_heats(system.carried, rise)
        carried_off = (*carried_off, sum(streams))
        entering -= sum(heat for heat in streams if heat < 0.0)
    net = system.source + sum(sides.values()) - sum(carried_off)
    return EnergyBalance(system.source, sides, carried_off, entering, net / entering if entering > 0.0 else net)


def common_shift(system: System, rise: Floats) -> Shift:
    """Return the shift of all temperatures that makes what enters equal what leaves, and the imbalance without it.

    A field one kelvin warmer gives each side its conductance, the coolant C (1 − Π(1 − e)) of every stream, and a flow
    all its capacity.
    """
    account = balance(system, rise, coolant_of(system, rise))
    net = account.source + sum(account.sides.values()) - sum(account.coolant)
    answer = sum(float(side.conductance.sum()) for side in system.sides.values())
    if system.streams is not None:
        answer += sum(response(zone, system.streams.uptake[within(system.streams, zone)]) for zone in system.zones)
    if system.carried is not None:
        answer += system.carried.entering
    return Shift(net / answer, account.imbalance)
