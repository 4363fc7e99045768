"""What is known of one plate after a solve: devices, planes, coolant, and the heat account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.fv.grid import Floats, Grid
from thermal.results.channel_flow import ChannelFlow

__all__ = ["ChipTemperature", "DeviceField", "Plane", "PlateField"]

Singles = NDArray[np.float32]


class ChipTemperature(NamedTuple):
    """Temperatures of a chip's active face [K]."""

    max: float
    mean: float


@dataclass(frozen=True, slots=True)
class DeviceField:
    """One device on a plate.

    Attributes
    ----------
    power : float
        Heat given off [W].
    junction_max, junction_mean : float
        Of the active faces of the chips that count for the junction [K].
    case_mean, case_max : float
        Of the package's upper face, below the interface [K].
    chips : mapping of str to ChipTemperature
        Every chip, those that do not count for the junction as well.
    hot_spot : (float, float)
        Where `junction_max` is, in the plate's frame [m].
    """

    power: float
    junction_max: float
    junction_mean: float
    case_mean: float
    case_max: float
    chips: Mapping[str, ChipTemperature]
    hot_spot: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Temperatures on a level of a plate.

    Attributes
    ----------
    z : float
        Level [m].
    x_faces, y_faces : (nx + 1,), (ny + 1,) float64
        Faces of the cells [m].
    values : (ny, nx) float32
        Temperatures; not a number where the plane has none [K].
    """

    z: float
    x_faces: Floats
    y_faces: Floats
    values: Singles


@dataclass(frozen=True, slots=True, eq=False)
class PlateField:
    """Temperatures of a plate and its packages; in a response, those over the inlet for a power of 1 W [K/W].

    Attributes
    ----------
    devices : tuple of DeviceField
        In the order of the packages.
    inlet, outlet : float
        Of the coolant [K].
    pressure_drop : float
        Of the plate [Pa].
    heat : float
        Taken up by the coolant [W].
    imbalance : float
        Heat taken up by the coolant less the power asked for, over the latter [-].
    iterations : int
        Of the linear solver.
    cells : int
        Of the grid.
    planes : mapping of str to Plane
        ``junction`` (active faces, within packages; at the level of the lowest), ``case`` (upper faces of packages),
        ``base`` (lower face of the plate), ``fin_root`` (upper face of the base) and ``coolant`` (mean over the
        channels' height).
    volume : (nz, ny, nx) float32 or None
        Temperatures of all cells, walls and coolant between them apart [K].
    coolant_volume : (layers, ny, nx) float32 or None
        Mean temperatures of the coolant in the cells of the fins' layers, not a number where there is none [K].
    channels : ChannelFlow or None
        How the flow is shared out over the channels, as heat was carried; None in a plate without flow.
    unbalanced : float
        Imbalance that the linear solver left and a common shift of all temperatures took out, over the power [-].
    grid : Grid
        The grid of planes and volumes.
    """

    devices: tuple[DeviceField, ...]
    inlet: float
    outlet: float
    pressure_drop: float
    heat: float
    imbalance: float
    iterations: int
    cells: int
    grid: Grid = field(repr=False)
    planes: Mapping[str, Plane] = field(repr=False)
    volume: Singles | None = field(default=None, repr=False)
    coolant_volume: Singles | None = field(default=None, repr=False)
    channels: ChannelFlow | None = field(default=None, repr=False)
    unbalanced: float = 0.0

    @property
    def largest_imbalance(self) -> float:
        """The larger of what the field misses of the power asked and what the iteration had left over, relative [-]."""
        return max(abs(self.imbalance), abs(self.unbalanced))
