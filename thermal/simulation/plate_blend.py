"""A plate's field between those of like plates: which combination of solved ones, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thermal.results.channel_flow import ChannelFlow

if TYPE_CHECKING:
    from thermal.coldplate.field import DeviceField, PlateField

__all__ = ["blend", "coordinates", "difference", "reach", "weights"]

Floats = NDArray[np.float64]
Mixer = Callable[[Sequence[float]], float]
WARMTH = 0.003  # relative change of a rise per kelvin of inlet temperature, by conductivity and specific heat [1/K]
SMALL = 1.0e-3  # so small that each power of the coordinates counts for more than all higher ones
POWERS = tuple((i, n - i) for n in range(4) for i in range(n, -1, -1))  # of the two coordinates, up to cubes


def coordinates(mass_flow: Floats, inlet: Floats) -> Floats:
    """Place operating points where a plate's rise over its inlet is nearly a plane.

    The coolant's own rise goes with 1/ṁ; films and properties make what is left smooth.

    Parameters
    ----------
    mass_flow, inlet : (points,) float64
        [kg/s], [K].

    Returns
    -------
    (points, 2) float64
        Relative to the mean of the points, in proportion to the relative change of the rise that they make, the
        farthest point at `SMALL` [-].
    """
    slowness = 1.0 / mass_flow
    places = np.stack([slowness / slowness.mean() - 1.0, WARMTH * (inlet - inlet.mean())], axis=1)
    farthest = float(np.abs(places).max(initial=0.0))
    return np.asarray(places * (SMALL / farthest if farthest > 0.0 else 1.0))


def weights(nodes: Floats, point: Floats) -> Floats:
    """Weights with which fields at the nodes make up the field at a point; they sum to one.

    Those that reproduce powers of the coordinates at the point best. As the coordinates are small, low powers weigh
    most, so that n nodes in a row give Lagrange's polynomial through them.

    Parameters
    ----------
    nodes : (n, 2) float64
        Coordinates of solved points.
    point : (2,) float64
        Where a field is wanted.
    """
    found: Floats = np.linalg.lstsq(_moments(nodes).T, _moments(point[None])[0], rcond=1.0e-14)[0]
    return np.asarray(found / found.sum())


def reach(nodes: Floats, point: Floats) -> float:
    """How badly the nodes reproduce powers of the coordinates at a point: what is to be solved next [-]."""
    w = weights(nodes, point)
    return float(np.abs(_moments(nodes).T @ w - _moments(point[None])[0]).sum())


def _moments(points: Floats) -> Floats:
    """Powers of both coordinates, (points, len(POWERS))."""
    return np.stack([points[:, 0] ** i * points[:, 1] ** j for i, j in POWERS], axis=1)


def blend(fields: Sequence[PlateField], w: Floats, inlet: float) -> PlateField:
    """Combine fields, each by its rise over its own inlet, their pressure drops and the flows of their channels.

    Parameters
    ----------
    fields : sequence of PlateField
        Solved ones, of one grid.
    w : (fields,) float64
        Weights that sum to one.
    inlet : float
        Of the plate wanted [K].

    Returns
    -------
    PlateField
        With all temperatures, the pressure drop and the channels' flows made up of the others'; what describes a
        solution (iterations, imbalance) is the nearest one's.
    """
    inlets = np.array([one.inlet for one in fields])
    nearest = fields[int(np.argmax(w))]

    def mixed(values: Sequence[float]) -> float:
        return inlet + float(w @ (np.asarray(values, np.float64) - inlets))

    def spread(values: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        out = np.full(values[0].shape, inlet)
        for share, T, T_in in zip(w, values, inlets, strict=True):
            out += share * (T - T_in)
        return out.astype(np.float32)

    planes = {
        name: replace(plane, values=spread([one.planes[name].values for one in fields]))
        for name, plane in nearest.planes.items()
    }
    kept: dict[str, Any] = {
        name: spread([getattr(one, name) for one in fields])
        for name in ("volume", "coolant_volume")
        if getattr(nearest, name) is not None
    }
    devices = tuple(_device(nearest, d, [one.devices[d] for one in fields], mixed) for d in range(len(nearest.devices)))
    return replace(
        nearest,
        devices=devices,
        planes=planes,
        inlet=inlet,
        outlet=mixed([one.outlet for one in fields]),
        pressure_drop=float(w @ np.array([one.pressure_drop for one in fields])),
        channels=_channels([one.channels for one in fields], w),
        **kept,
    )


def _channels(flows: Sequence[ChannelFlow | None], w: Floats) -> ChannelFlow | None:
    """Combine the flows of channels; shares that each sum to 1 go on doing so."""
    known = [one for one in flows if one is not None]
    if len(known) < len(flows):
        return None
    share, velocity = (np.tensordot(w, np.stack(values), 1) for values in
                       ([one.share for one in known], [one.velocity for one in known]))  # fmt: skip
    return ChannelFlow(known[0].column_faces, share, velocity)


def _device(nearest: PlateField, d: int, others: Sequence[DeviceField], mixed: Mixer) -> DeviceField:
    """Combine one device's temperatures; the hot spot lies where it does in the nearest field."""
    device = nearest.devices[d]
    names = ("junction_max", "junction_mean", "case_mean", "case_max")
    chips = {
        name: type(chip)(*(mixed([other.chips[name][value] for other in others]) for value in range(len(chip))))
        for name, chip in device.chips.items()
    }
    mean: dict[str, Any] = {name: mixed([getattr(one, name) for one in others]) for name in names}
    return replace(device, chips=chips, **mean)


def difference(one: PlateField, other: PlateField) -> float:
    """Largest difference between two fields of a plate, over its planes, junctions and cases [K]."""
    found = [np.nanmax(np.abs(one.planes[name].values - other.planes[name].values)) for name in one.planes]
    for a, b in zip(one.devices, other.devices, strict=True):
        found += [abs(getattr(a, name) - getattr(b, name)) for name in ("junction_max", "junction_mean", "case_mean")]
        found += [abs(a.chips[name][0] - b.chips[name][0]) for name in a.chips]
    return float(max(found))
