"""Flows that the laws of a cold plate cover, and the flows at which a plate is shown when none are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermal.lumped.plates import law_range
from thermal.rack.parts import Plate
from thermal.results.channel_flow import ChannelFlow

__all__ = [
    "COUNT",
    "LAMINAR_FLOW",
    "POWER",
    "Coverage",
    "beyond_closure",
    "channel_coverages",
    "channel_extremes",
    "channel_reynolds",
    "coverages",
    "default_flows",
    "laminar_flow",
    "outside",
]

LAMINAR = 2000.0  # Reynolds number up to which the channel correlations hold (thermal.correlations.channels)
ROUNDING = 1.0e-9  # of an end of a range: units are converted on the way in
COUNT = 10  # flows shown by default
POWER = 1000.0  # [W] on a plate that no rack heats
RISES = 40.0, 5.0  # [K] of the coolant at the ends of the default flows where no law has a range


@dataclass(frozen=True, slots=True)
class Coverage:
    """The range of one law.

    Attributes
    ----------
    what : str
        ``resistance``, ``pressure drop``, ``laminar flow`` or ``closure``.
    quantity : str
        Row of the vocabulary that the range is in: ``volume_flow``, ``reynolds_number`` and, for a closure's films,
        ``prandtl_number`` and ``thermal_distance``.
    low, high : float
        Ends, SI.
    """

    what: str
    quantity: str
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether the law covers a value, up to rounding."""
        return self.low * (1.0 - ROUNDING) <= value <= self.high * (1.0 + ROUNDING)


LAMINAR_FLOW = Coverage("laminar flow", "reynolds_number", 0.0, LAMINAR)


def coverages(plate: Plate) -> Iterator[Coverage]:
    """Yield the ranges of a plate's laws; a law of pressure drop by coefficients has none."""
    if plate.resistance is not None:
        yield Coverage("resistance", "volume_flow", *law_range(plate.resistance))
    if plate.pressure_drop is not None and plate.pressure_drop.table is not None:
        points = plate.pressure_drop.table.points
        yield Coverage("pressure drop", "volume_flow", float(points[0][0]), float(points[-1][0]))
    if plate.resistance is None or plate.pressure_drop is None:
        yield from channel_coverages(plate, films=plate.resistance is None)


def channel_coverages(plate: Plate, *, films: bool = True) -> Iterator[Coverage]:
    """Yield the ranges of what follows from a plate's channels: laminar flow, and the runs of a closure.

    Parameters
    ----------
    plate : Plate
        The plate.
    films : bool
        Whether a closure's films are at work, and not only its friction.
    """
    yield LAMINAR_FLOW
    closure = plate.channels.closure if plate.channels is not None else None
    if closure is None:
        return
    yield Coverage("closure", "reynolds_number", *closure.reynolds)
    if films:
        yield Coverage("closure", "prandtl_number", *closure.prandtl)
        yield Coverage("closure", "thermal_distance", *closure.x_star)


def outside(
    plate: Plate, flow: float, density: float, viscosity: float, reynolds: float | None, prandtl: float
) -> tuple[str, ...]:
    """Name the laws of a plate that do not cover an operating point.

    Parameters
    ----------
    plate : Plate
        The plate.
    flow : float
        Volume flow [m3/s].
    density, viscosity : float
        Of the coolant [kg/m3], [Pa s]; a pressure drop measured with another fluid is asked at a like Reynolds number.
    reynolds : float or None
        In the channels [-].
    prandtl : float
        Of the coolant [-].
    """
    found = {"resistance": flow, "pressure drop": flow, "laminar flow": reynolds or 0.0}
    drop = plate.pressure_drop
    if drop is not None and drop.table is not None:
        heavier = density / float(drop.table.density) if drop.table.density else 1.0
        thinner = viscosity / float(drop.table.viscosity) if drop.table.viscosity else 1.0
        found["pressure drop"] = flow * heavier / thinner
    beyond = [known.what for known in coverages(plate) if known.what in found and not known.holds(found[known.what])]
    if reynolds is None:
        return tuple(beyond)
    return *beyond, *beyond_closure(plate, [reynolds], prandtl if plate.resistance is None else None)


def beyond_closure(plate: Plate, reynolds: Iterable[float], prandtl: float | None) -> tuple[str, ...]:
    """Name a plate's closure where one of its channels is beyond its runs; arguments as of `FittedClosure.outside`."""
    closure = plate.channels.closure if plate.channels is not None else None
    if closure is None:
        return ()
    return ("closure",) if any(any(closure.outside(one, prandtl)) for one in reynolds if one > 0.0) else ()


def channel_reynolds(plate: Plate, mass_flow: float, viscosity: float) -> float | None:
    """Reynolds number of a plate's channels by their hydraulic diameter [-]; None in a plate without."""
    c = plate.channels
    if c is None:
        return None
    paths = c.count * (2.0 if c.split == "centre" else 1.0)
    return 2.0 * mass_flow / (paths * (float(c.width) + float(c.height)) * viscosity)


def laminar_flow(plate: Plate, flow: float, density: float, viscosity: float) -> float:
    """Return a flow, or the one at which a plate's channels stop being laminar where that is less [m3/s]."""
    Re = channel_reynolds(plate, density * flow, viscosity) or 0.0
    return flow * LAMINAR / Re if Re > LAMINAR * (1.0 + ROUNDING) else flow


def channel_extremes(reynolds: float, channels: ChannelFlow | None) -> tuple[float, ...]:
    """Reynolds numbers of the channels that get least and most coolant, from the mean; the mean where none are known.

    Channels without coolant have no entrance to speak of and are left out.
    """
    if channels is None:
        return (reynolds,)
    relative = channels.relative
    return tuple(reynolds * float(one) for one in (relative.min(), relative.max()) if one > 0.0)


def default_flows(
    plate: Plate, power: float, density: float, viscosity: float, specific_heat: float
) -> NDArray[np.float64]:
    """Return flows over the range that all laws share.

    Parameters
    ----------
    plate : Plate
        The plate.
    power : float
        Heat on it [W].
    density, viscosity, specific_heat : float
        Of the coolant [kg/m3], [Pa s], [J/(kg K)].

    Returns
    -------
    (COUNT,) float64
        Evenly spaced [m3/s]. A plate without any law that has a range is shown where the coolant rises by 40 to 5 K.
    """
    ranges = [(known.low, known.high) for known in coverages(plate) if known.quantity == "volume_flow"]
    if not ranges:
        low, high = ((power or POWER) / (density * specific_heat * rise) for rise in RISES)
        high = laminar_flow(plate, high, density, viscosity)
        return np.linspace(low if low < high else high / COUNT, high, COUNT)
    low, high = max(low for low, _ in ranges), min(high for _, high in ranges)
    if not low < high:  # the laws share no flow: the first one's range, where the other's rows are marked
        low, high = ranges[0]
    return np.linspace(low if low > 0.0 else high / COUNT, high, COUNT)
