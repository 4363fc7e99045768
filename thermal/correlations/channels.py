"""A cold plate's parallel rectangular channels: pressure drop, and the chain of resistances from coolant to base."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from thermal.correlations.ducts import aspect_ratio, entrance_constants, hydraulic_diameter
from thermal.correlations.entrance import entrance_friction, fitted_nusselt
from thermal.correlations.fins import fin_array_conductance
from thermal.correlations.nusselt import mean_nusselt_T
from thermal.correlations.spreading import Plate, Rectangle, resistance_mean

__all__ = [
    "ChannelPlate",
    "PlateResistance",
    "channel_plate_resistance",
    "channel_pressure_drop",
    "developing_pressure_drop",
    "film_conductance",
    "fitted_film_conductance",
    "plate_chain",
]


class ChannelPlate(NamedTuple):
    """A finned plate: channels side by side between fins, on a base, under a cover that takes no heat."""

    number: int
    width: float  # of a channel [m]
    height: float  # of a channel, and of the fins [m]
    length: float  # of the finned zone along the flow [m]
    wall: float  # fin thickness [m]
    base: float  # base thickness [m]
    conductivity: float  # of base and fins [W/(m K)]
    split: bool  # centre-fed: the coolant enters in the middle and leaves at both ends


class PlateResistance(NamedTuple):
    """The chain from the coolant's inlet to the mean of the heated rectangle; the sum is the plate's resistance."""

    coolant: float  # the coolant's own rise, as the walls feel it [K/W]
    convection: float  # from the coolant to the fins' root [K/W]
    base: float  # conduction and spreading in the base [K/W]


@njit(cache=True)
def channel_pressure_drop(
    m_dot: float,
    count: int,
    width: float,
    height: float,
    length: float,
    loss: float,
    split: bool,
    rho: float,
    mu: float,
) -> tuple[float, float]:
    """Pressure drop of parallel rectangular channels in developing laminar flow, and its slope against the flow.

    Δp = 2 (f_app·Re) μ u L/Dh² + K ρu²/2, f_app from the inlet; a centre-fed (split) plate has twice as many
    channels of half the length. Odd in the flow; at zero flow the slope is that of developed laminar flow.

    Parameters
    ----------
    m_dot : float
        Mass flow of the plate, either sign [kg/s].
    count : int
        Channels side by side [-].
    width, height, length : float
        Of one channel, the length being that of the finned zone [m].
    loss : float
        Sum of inlet and outlet loss coefficients on the channel's velocity head, Hagenbach's excess not counted [-].
    split : bool
        Centre-fed: the coolant enters in the middle and leaves at both ends.
    rho, mu : float
        Density [kg/m3] and viscosity [Pa s].

    Returns
    -------
    tuple of float
        Pressure drop [Pa] and its derivative with respect to the mass flow [Pa s/kg].

    Notes
    -----
    Range: laminar, channel Re below about 2000; like channels, evenly fed; x⁺ > 1e-4. Plena and pipes not included.
    Source: Shah, J. Fluids Eng. 100 (1978) 177, with loss coefficients after Kays, Trans. ASME 72 (1950) 1067.

    Examples
    --------
    >>> dp, slope = channel_pressure_drop(0.0375, 300, 75e-6, 3e-3, 40e-3, 1.0, True, 1014.5, 1.37e-3)
    >>> round(dp), round(slope)
    (16326, 437090)
    """
    friction = entrance_constants(aspect_ratio(width, height))
    return developing_pressure_drop(m_dot, count, width, height, length, loss, 0.0, split, rho, mu, *friction)


@njit(cache=True)
def developing_pressure_drop(
    m_dot: float,
    count: int,
    width: float,
    height: float,
    length: float,
    loss: float,
    laminar_loss: float,
    split: bool,
    rho: float,
    mu: float,
    developed: float,
    excess: float,
    constant: float,
) -> tuple[float, float]:
    """Pressure drop as `channel_pressure_drop`, with constants of friction and losses of one's own.

    Parameters
    ----------
    m_dot, count, width, height, length, split, rho, mu
        As of `channel_pressure_drop`.
    loss, laminar_loss : float
        K = loss + laminar_loss/Re of mouths, on the channel's velocity head [-].
    developed, excess, constant : float
        Of `thermal.correlations.entrance.entrance_friction` [-].

    Returns
    -------
    tuple of float
        Pressure drop [Pa] and its derivative with respect to the mass flow [Pa s/kg].

    Notes
    -----
    Range: that of the constants; laminar.
    Source: as of `channel_pressure_drop`.

    Examples
    --------
    >>> constants = entrance_constants(aspect_ratio(75e-6, 3e-3))
    >>> drop, _ = developing_pressure_drop(
    ...     0.0375, 300, 75e-6, 3e-3, 40e-3, 1.0, 0.0, True, 1014.5, 1.37e-3, *constants)
    >>> round(drop)
    16326
    """
    paths = 2.0 * count if split else 1.0 * count
    run = 0.5 * length if split else length
    Dh = hydraulic_diameter(width, height)
    speed = 1.0 / (rho * paths * width * height)  # velocity per mass flow
    z_slope = rho * speed * Dh * Dh / (mu * run)  # of z = Re Dh/L
    fRe, fRe_slope = entrance_friction(z_slope * abs(m_dot), developed, excess, constant)
    friction = 2.0 * mu * run * speed / (Dh * Dh)  # Δp = friction·fRe·ṁ
    head = 0.5 * loss * rho * speed * speed
    slow = 0.5 * laminar_loss * mu * speed / Dh  # K ∝ 1/Re: in proportion to the flow
    drop = (friction * fRe + slow + head * abs(m_dot)) * m_dot
    slope = friction * (fRe + fRe_slope * z_slope * abs(m_dot)) + slow + 2.0 * head * abs(m_dot)
    return drop, slope


@njit(cache=True)
def film_conductance(m_dot: float, plate: ChannelPlate, specific_heat: float, conductivity: float) -> float:
    """Conductance from the fins' root to the coolant per base area, mean over the length.

    h = Nu_m k/Dh, three walls heated at uniform temperature, thermally developing over the run; then floor and fins.

    Parameters
    ----------
    m_dot : float
        Mass flow of the plate, either sign, not zero [kg/s].
    plate : ChannelPlate
        Geometry.
    specific_heat, conductivity : float
        Of the coolant [J/(kg K)], [W/(m K)].

    Returns
    -------
    float
        Conductance [W/(m2 K)].

    Notes
    -----
    Range: laminar, width/height ≤ 2; velocity developed at the inlet.
    Source: `mean_nusselt_T` and `fin_array_conductance`.

    Examples
    --------
    >>> plate = ChannelPlate(300, 75e-6, 3e-3, 40e-3, 75e-6, 1.5e-3, 385.0, True)
    >>> round(film_conductance(0.0375, plate, 3962.0, 0.487))
    260656
    """
    paths = 2.0 * plate.number if plate.split else 1.0 * plate.number
    run = 0.5 * plate.length if plate.split else plate.length
    Dh = hydraulic_diameter(plate.width, plate.height)
    flow_area = paths * plate.width * plate.height
    x_star = run * conductivity * flow_area / (Dh * Dh * specific_heat * abs(m_dot))
    h = mean_nusselt_T(plate.width / plate.height, x_star, 3) * conductivity / Dh
    return fin_array_conductance(h, plate.width, plate.wall, plate.height, plate.conductivity)


@njit(cache=True)
def channel_plate_resistance(
    m_dot: float,
    plate: ChannelPlate,
    source_length: float,
    source_width: float,
    specific_heat: float,
    conductivity: float,
) -> PlateResistance:
    """Resistance of a finned cold plate, from the coolant's inlet to the mean of a centred heated rectangle.

    Fins and channels: R = 1/[C (1 − exp(−UA/C))], the base being uniform in temperature along the flow and C = ṁ cp;
    1/(UA) of it is called convection and the rest coolant, which lies between 1/(2C) and 1/C. Base: the spreading
    series on the finned zone, less its film. Were the heat taken evenly along the flow instead, mean and outlet would
    stand at 1/(2C) + 1/(UA) and 1/C + 1/(UA), below and above this value.

    Parameters
    ----------
    m_dot : float
        Mass flow of the plate, either sign [kg/s].
    plate : ChannelPlate
        Geometry.
    source_length, source_width : float
        Heated rectangle, along and across the flow; cut to the finned zone [m].
    specific_heat, conductivity : float
        Of the coolant [J/(kg K)], [W/(m K)].

    Returns
    -------
    PlateResistance
        Coolant, convection and base [K/W]; infinite coolant resistance without flow.

    Notes
    -----
    Range: laminar, width/height ≤ 2, fins and base of one metal; base beyond the finned zone carries no heat.
    Accuracy: a straight fin with one h is a model, not the conjugate solution: in developed flow the whole resistance
    from coolant to heated face is 9.6 % too low for 0.1/0.1/2 mm copper fins (h is small near the root, where heat
    leaves), 1.3 % too low for 0.23/0.24/0.71 mm copper and 4.6 % too high for a 57/43/180 µm silicon cell.
    Source: Kays & London, Compact Heat Exchangers (1984), for C = 0; fins after Incropera & DeWitt; spreading after
    Muzychka, Culham & Yovanovich, J. Electron. Packag. 125 (2003) 178.

    Examples
    --------
    >>> plate = ChannelPlate(300, 75e-6, 3e-3, 40e-3, 75e-6, 1.5e-3, 385.0, True)
    >>> chain = channel_plate_resistance(0.0375, plate, 30e-3, 33e-3, 3962.0, 0.487)
    >>> [round(part, 5) for part in chain]
    [0.0049, 0.00213, 0.00495]
    """
    if m_dot == 0.0:
        return PlateResistance(math.inf, 0.0, 0.0)
    U = film_conductance(m_dot, plate, specific_heat, conductivity)
    return plate_chain(U, m_dot, plate, source_length, source_width, specific_heat)


@njit(cache=True)
def plate_chain(
    film: float,
    m_dot: float,
    plate: ChannelPlate,
    source_length: float,
    source_width: float,
    specific_heat: float,
) -> PlateResistance:
    """Resistance of a finned cold plate as `channel_plate_resistance`, from a conductance of the fins that is known.

    Parameters
    ----------
    film : float
        Conductance from the fins' root to the coolant per base area, mean over the length [W/(m2 K)].
    m_dot, plate, source_length, source_width, specific_heat
        As of `channel_plate_resistance`; the flow not zero.

    Returns
    -------
    PlateResistance
        Coolant, convection and base [K/W].

    Notes
    -----
    Range: that of the conductance.
    Source: as of `channel_plate_resistance`.

    Examples
    --------
    >>> plate = ChannelPlate(300, 75e-6, 3e-3, 40e-3, 75e-6, 1.5e-3, 385.0, True)
    >>> [round(part, 5) for part in plate_chain(260656.0, 0.0375, plate, 30e-3, 33e-3, 3962.0)]
    [0.0049, 0.00213, 0.00495]
    """
    zone = plate.number * (plate.width + plate.wall)
    C = abs(m_dot) * specific_heat
    convection = 1.0 / (film * zone * plate.length)
    together = -1.0 / (C * math.expm1(-1.0 / (convection * C)))
    slab = Plate(
        plate.length, zone, np.array([plate.base]), np.array([plate.conductivity]), np.array([0.0]), film
    )  # fmt: skip
    side, across = min(source_length, plate.length), min(source_width, zone)
    source = Rectangle(0.5 * plate.length, 0.5 * zone, side, across)
    return PlateResistance(together - convection, convection, resistance_mean(slab, source) - convection)


@njit(cache=True)
def fitted_film_conductance(
    m_dot: float,
    plate: ChannelPlate,
    specific_heat: float,
    conductivity: float,
    developed: float,
    entry: float,
    exponent: float,
    blend: float,
) -> float:
    """Conductance from the fins' root to the coolant per base area where it was computed and fitted; mean over length.

    The fit is of that mean, against x* at the end of the path.

    Parameters
    ----------
    m_dot, plate, specific_heat, conductivity
        As of `film_conductance`.
    developed, entry, exponent, blend : float
        Of `thermal.correlations.entrance.fitted_nusselt`, for the conductance by area of base times Dh over k [-].

    Returns
    -------
    float
        Conductance [W/(m2 K)].

    Notes
    -----
    Range: that of the fit.
    Source: `fitted_nusselt`.

    Examples
    --------
    >>> plate = ChannelPlate(300, 75e-6, 3e-3, 40e-3, 75e-6, 1.5e-3, 385.0, True)
    >>> round(fitted_film_conductance(0.0375, plate, 3962.0, 0.487, 50.0, 20.0, 0.333, 3.0), -3)
    175000.0
    """
    paths = 2.0 * plate.number if plate.split else 1.0 * plate.number
    run = 0.5 * plate.length if plate.split else plate.length
    Dh = hydraulic_diameter(plate.width, plate.height)
    x_star = run * conductivity * paths * plate.width * plate.height / (Dh * Dh * specific_heat * abs(m_dot))
    return fitted_nusselt(x_star, developed, entry, exponent, blend) * conductivity / Dh
