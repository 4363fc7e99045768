"""What the grid leaves in a plate's temperatures: Richardson's estimate from coarser grids."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from thermal.coldplate.field import PlateField
from thermal.coldplate.model import PlateModel
from thermal.correlations.coolant import CoolantTable
from thermal.errors import InputError, Problem
from thermal.rack.parts import Package, Plate

__all__ = ["Extrapolation", "GridEstimate", "extrapolate", "grid_estimate"]

ORDER = 2.0  # of the method, and the highest order believed
LEAST_ORDER = 1.0  # where the observed order is lower, differences are for a good part scatter
RATIO = math.sqrt(2.0)  # of cell sizes from one grid to the next, where there are three
SETTLED = 1.0e-5  # differences below this come from the linear solver [K]


@dataclass(frozen=True, slots=True)
class Extrapolation:
    """A quantity on grids of falling fineness, and what it would be on an infinitely fine one.

    Attributes
    ----------
    values : tuple of float
        On each grid, the finest first [K].
    order : float or None
        Observed; None from two grids, or where the values go to and fro.
    limit : float
        Extrapolated value [K].
    error : float
        Estimate of what the finest grid is off by, without sign [K].
    """

    values: tuple[float, ...]
    order: float | None
    limit: float
    error: float


@dataclass(frozen=True, slots=True)
class GridEstimate:
    """The grid's error at one operating point.

    Attributes
    ----------
    resolutions : tuple of float
        Of the grids, the finest first.
    cells : tuple of int
        Their cells.
    hot_spot : Extrapolation
        Of the highest junction temperature of all devices.
    mean : Extrapolation
        Of the mean junction temperature of the device that has it on the finest grid.
    """

    resolutions: tuple[float, ...]
    cells: tuple[int, ...]
    hot_spot: Extrapolation
    mean: Extrapolation


def grid_estimate(
    name: str,
    plate: Plate,
    packages: Sequence[Package],
    *,
    mass_flow: float,
    inlet_temperature: float,
    powers: Sequence[float],
    fluid: CoolantTable,
    resolution: float = 1.0,
    grids: int = 3,
    finest: PlateField | None = None,
) -> GridEstimate:
    """Solve an operating point on coarser grids too and estimate what the grid leaves.

    Parameters
    ----------
    name, plate, packages, resolution
        As of `PlateModel`.
    mass_flow, inlet_temperature, powers, fluid
        As of `PlateModel.solve`.
    grids : int
        3: at the resolution, over √2 and over 2, with the order observed; 2: at the resolution and half of it, with
        the order taken as 2.
    finest : PlateField, optional
        The field at `resolution`, where it is solved already.

    Returns
    -------
    GridEstimate
        Values, order, estimate.

    Raises
    ------
    InputError
        Another number of grids; and as `PlateModel`.
    OperatingRangeError, ConvergenceError
        As of `PlateModel.solve`.
    """
    if grids not in {2, 3}:
        raise InputError([Problem(name, 0, 0, "grids", f"{grids}", "give 2 or 3")])
    ratio = RATIO if grids == 3 else 2.0
    resolutions = tuple(resolution / ratio**n for n in range(grids))
    fields = [finest] if finest is not None else []
    for each in resolutions[len(fields) :]:
        model = PlateModel(name, plate, packages, resolution=each)
        fields.append(model.solve(mass_flow, inlet_temperature, powers, fluid))
    highest = [device.junction_max for device in fields[0].devices]
    hottest = highest.index(max(highest))
    return GridEstimate(
        resolutions,
        tuple(field.cells for field in fields),
        extrapolate([max(device.junction_max for device in field.devices) for field in fields], ratio),
        extrapolate([field.devices[hottest].junction_mean for field in fields], ratio),
    )


def extrapolate(values: Sequence[float], ratio: float) -> Extrapolation:
    """Extrapolate to cells of no size.

    Parameters
    ----------
    values : sequence of float
        On two or three grids, the finest first [K].
    ratio : float
        Of the cell sizes from one grid to the next, above 1 [-].

    Returns
    -------
    Extrapolation
        From two values, of the second order. From three that approach a limit from one side, of the order observed, if
        it is at least 1, and of the second where it is higher. From others, which scatter because edges lie otherwise
        between the cells of each grid, a fit of the second order; its scatter is added to the error.

    Notes
    -----
    Source: Richardson's extrapolation; limits and fit after Eça & Hoekstra, J. Comput. Phys. 262
    (2014) 104, without their factor of safety.

    Examples
    --------
    >>> from math import sqrt
    >>> extrapolate([1.01, 1.02, 1.04], sqrt(2.0))
    Extrapolation(values=(1.01, 1.02, 1.04), order=2.0, limit=1.0, error=0.01)
    """
    given, step = tuple(map(float, values)), float(values[0] - values[1])
    if len(given) == 2:
        rest = step / (ratio**ORDER - 1.0)
        return Extrapolation(given, None, given[0] + rest, abs(rest))
    before, spread = given[1] - given[2], max(given) - min(given)
    if spread <= SETTLED:
        return Extrapolation(given, None, given[0], spread)
    order = math.log(before / step) / math.log(ratio) if before * step > 0.0 else None
    if order is None or order < LEAST_ORDER:
        return _fitted(given, ratio, order)
    rest = step / (ratio ** min(order, ORDER) - 1.0)
    return Extrapolation(given, order, given[0] + rest, abs(rest))


def _fitted(values: tuple[float, ...], ratio: float, order: float | None) -> Extrapolation:
    """Fit limit + a·h² to three values; the error is what the finest is off by, and the scatter about the fit."""
    square = ratio ** (ORDER * np.arange(3))
    slope, limit = np.polyfit(square, np.array(values) - values[0], 1)
    scatter = math.sqrt(float(((limit + slope * square + values[0] - np.array(values)) ** 2).sum()))
    return Extrapolation(values, order, values[0] + float(limit), abs(float(limit)) + scatter)
