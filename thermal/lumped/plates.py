"""Resistance of a cold plate at its operating point, in the form that stays right at low flow."""

from __future__ import annotations

from math import exp, log

import numpy as np

from thermal.correlations.channels import (
    ChannelPlate,
    channel_plate_resistance,
    film_conductance,
    fitted_film_conductance,
    plate_chain,
)
from thermal.errors import OperatingRangeError
from thermal.numerics.interpolation import hermite, monotone_slopes
from thermal.rack.laws import Channels, Resistance
from thermal.rack.parts import Plate
from thermal.rack.response import PlateResistance

__all__ = ["case_rise", "device_conductance", "law_range", "plate_conductance"]

SPAN = 4.0  # a power law without a stated range is used from a quarter to four times its reference flow


def law_range(law: Resistance) -> tuple[float, float]:
    """Flows that a resistance law covers [m3/s]."""
    if isinstance(law, PlateResistance) and law.response is not None:
        return float(law.response.flows[0]), float(law.response.flows[-1])
    if law.power is None:
        assert law.table is not None  # the schema asks for one of them
        return float(law.table[0][0]), float(law.table[-1][0])
    flow = float(law.power.flow)
    low, high = law.power.flow_low, law.power.flow_high
    return float(low) if low else flow / SPAN, float(high) if high else flow * SPAN


def law_resistance(law: Resistance, flow: float) -> float:
    """Resistance that a law of one resistance gives at a flow inside its range [K/W]."""
    if law.power is not None:
        return float(law.power.value) * (flow / float(law.power.flow)) ** -float(law.power.exponent)
    assert law.table is not None
    x = np.array([float(row[0]) for row in law.table])
    y = np.array([float(row[1]) for row in law.table])
    return float(hermite(x, y, monotone_slopes(x, y), 0, x.size, flow)[0])


def plate_conductance(
    path: str,
    law: Resistance,
    flow: float,
    capacity: float,
    equals: float,
    conductivity: float | None = None,
    channels: ChannelPlate | None = None,
) -> float:
    """Conductance UA from case to coolant of one device on a plate.

    A law R(Q) from case to inlet holds the coolant's own rise, R = 1/(C (1 − exp(−UA/C))). Taking UA out of it and
    holding it at the ends of the law's range keeps the answer right where the law itself would fall below 1/C.

    A power law R ∝ Q^−n that names its coolant is moved to another. Where the plate's channels are known, only their
    film changes, 1/UA + 1/G(new) − 1/G(own), G being that of `film_conductance` over the finned zone: joints and metal
    know nothing of the coolant. Else all of it counts as film, by Nu ∝ (Re Pr)^n, so UA ∝ k^(1−n) (ρ cp)^n.

    Parameters
    ----------
    path : str
        Plate, for messages.
    law : Resistance
        Case to inlet, as each device on the plate sees it.
    flow : float
        Volume flow through the plate [m3/s].
    capacity : float
        ρ cp of the coolant [J/(m3 K)].
    equals : float
        Total heat of the plate over that of its largest device: how many like devices it was rated for [-].
    conductivity : float, optional
        Of the coolant, for laws that name theirs [W/(m K)].
    channels : ChannelPlate, optional
        Geometry of the plate's channels.

    Returns
    -------
    float
        UA of one device [W/K].

    Raises
    ------
    OperatingRangeError
        When the law lies below the coolant's own rise, which no plate can do.
    """
    low, high = law_range(law)
    inside = min(max(flow, low), high)
    R = law_resistance(law, inside)
    own = _own_coolant(law) if conductivity is not None else None
    rated = own[1] if own else capacity
    C = inside * rated / equals
    if R * C <= 1.0:
        msg = (
            f"{path}: resistance {R:.4g} K/W at {inside * 6e4:.2f} L/min is below the coolant's own rise, {1 / C:.4g} "
            "K/W; no plate can do that. Correct the resistance, or raise the least flow it covers (flow_low)"
        )
        raise OperatingRangeError(msg)
    UA = -C * log(1.0 - 1.0 / (R * C))
    if own is None or conductivity is None or law.power is None:
        return UA
    if channels is not None:
        film, film_own = (
            equals / _film(channels, inside * c, k) for c, k in ((capacity, conductivity), (rated, own[0]))
        )
        if film_own < 1.0 / UA:
            return 1.0 / (1.0 / UA + film - film_own)
    n = float(law.power.exponent)
    return UA * (conductivity / own[0]) ** (1.0 - n) * (capacity / rated) ** n


def _film(channels: ChannelPlate, capacity_flow: float, conductivity: float) -> float:
    """Conductance from the fins' root to the coolant over the whole finned zone [W/K]."""
    area = channels.number * (channels.width + channels.wall) * channels.length
    return area * float(film_conductance(capacity_flow, channels, 1.0, conductivity))


def _own_coolant(law: Resistance) -> tuple[float, float] | None:
    """Conductivity and volumetric heat capacity of the coolant that a law names [W/(m K)], [J/(m3 K)]."""
    power = law.power
    if power is None or power.conductivity is None or power.density is None or power.specific_heat is None:
        return None
    return float(power.conductivity), float(power.density) * float(power.specific_heat)


def case_rise(power: float, conductance: float, capacity_flow: float) -> tuple[float, float]:
    """Rise of a device's case above the coolant's inlet, split into coolant and plate [K].

    (P/C) / (1 − exp(−UA/C)): a wall of one temperature along the coolant that takes up its heat.

    Parameters
    ----------
    power : float
        Heat of the device [W].
    conductance : float
        UA [W/K].
    capacity_flow : float
        ṁ cp of the coolant that the device heats [W/K].

    Returns
    -------
    tuple of float
        The coolant's rise P/C, and what the case stands above the leaving coolant.
    """
    coolant = power / capacity_flow
    units = conductance / capacity_flow
    return coolant, coolant * (exp(-units) / -np.expm1(-units) if units < 700.0 else 0.0)


def device_conductance(
    path: str, plate: Plate, flow: float, mass_flow: float, equals: float, specific_heat: float, conductivity: float
) -> tuple[float, float]:
    """Conductance UA of one device on a plate, and the resistance of its base, by the law that the plate has.

    Parameters
    ----------
    path : str
        Plate, for messages.
    plate : Plate
        A measured resistance goes before what channels would give.
    flow, mass_flow : float
        Through the plate, above zero [m3/s], [kg/s].
    equals : float
        Total heat of the plate over that of its largest device [-].
    specific_heat, conductivity : float
        Of the coolant [J/(kg K)], [W/(m K)].

    Returns
    -------
    tuple of float
        UA [W/K] and base [K/W], the base being 0 where the resistance law holds it already.

    Raises
    ------
    OperatingRangeError
        As `plate_conductance`.
    """
    if plate.resistance is not None:
        capacity = mass_flow * specific_heat / flow
        channels = None if plate.channels is None else channel_plate(plate.channels)
        return plate_conductance(path, plate.resistance, flow, capacity, equals, conductivity, channels), 0.0
    assert plate.channels is not None  # the schema asks for one of the two
    source = float(plate.channels.footprint_length), float(plate.channels.footprint_width)
    UA, base = channel_conductance(plate, mass_flow, source, specific_heat, conductivity)
    return UA / equals, base * equals


def channel_conductance(
    plate: Plate, mass_flow: float, source: tuple[float, float], specific_heat: float, conductivity: float
) -> tuple[float, float]:
    """UA and base resistance of a plate given by its channels [W/K], [K/W]."""
    assert plate.channels is not None
    geometry = channel_plate(plate.channels)
    closure = plate.channels.closure
    if closure is None:
        chain = channel_plate_resistance(mass_flow, geometry, *source, specific_heat, conductivity)
    else:
        film = fitted_film_conductance(mass_flow, geometry, specific_heat, conductivity, *closure.root)
        chain = plate_chain(film, mass_flow, geometry, *source, specific_heat)
    return 1.0 / chain.convection, chain.base


def channel_plate(c: Channels) -> ChannelPlate:
    """Return the numbers of a plate's channels."""
    return ChannelPlate(
        c.count, float(c.width), float(c.height), float(c.length), float(c.wall), float(c.base),
        float(c.conductivity), c.split == "centre",
    )  # fmt: skip
