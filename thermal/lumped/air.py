"""Air through the trays: fans against impedance, air temperature rise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thermal.errors import OperatingRangeError
from thermal.numerics.interpolation import hermite, monotone_slopes
from thermal.rack.parts import Fan
from thermal.rack.schema import Air, Rack

__all__ = ["TrayAir", "air_density", "tray_air"]

GAS_CONSTANT = 287.05  # dry air [J/(kg K)]
SPECIFIC_HEAT = 1006.0  # dry air at 20 to 40 °C [J/(kg K)]
ITERATIONS = 200


@dataclass(frozen=True)
class TrayAir:
    """Air of one tray.

    Attributes
    ----------
    flow : float
        Volume flow at the entering state [m3/s].
    pressure : float
        That the fans give and the tray takes [Pa].
    fan_power : float
        Electric power of the fans, which ends in the air [W].
    outlet : float
        Air temperature leaving [K].
    """

    flow: float
    pressure: float
    fan_power: float
    outlet: float


def air_density(temperature: float, pressure: float) -> float:
    """Density of dry air as an ideal gas [kg/m3], from [K] and [Pa]."""
    return pressure / (GAS_CONSTANT * temperature)


def tray_air(rack: Rack, path: str, air: Air, heat: float) -> TrayAir:
    """Operating point of a tray's fans and the air's temperature.

    The fans' curve meets the tray's impedance a·Q + b·Q². Both scale with density alike, so the flow does not
    depend on it; the heat that the air can carry does.

    Parameters
    ----------
    rack : Rack
        For parts and the room's air.
    path : str
        Tray, for messages.
    air : Air
        Fans and impedance.
    heat : float
        Given to the air by devices [W].

    Returns
    -------
    TrayAir
        Flow, pressure, fan power, outlet temperature.

    Raises
    ------
    OperatingRangeError
        When the tray resists less than the fans' last point, so that the curve does not reach it.
    """
    fan = rack.parts[air.fans.part]
    assert isinstance(fan, Fan)  # the loader refuses others
    count = air.fans.count
    x = np.array([float(row[0]) for row in fan.curve.table])
    y = np.array([float(row[1]) for row in fan.curve.table])
    slope = monotone_slopes(x, y)
    a = float(air.impedance.linear) if air.impedance.linear else 0.0
    b = float(air.impedance.quadratic)

    def surplus(each: float) -> float:
        total = each * count
        return float(hermite(x, y, slope, 0, x.size, each)[0]) - (a + b * total) * total

    low, high = float(x[0]), float(x[-1])
    if surplus(high) > 0.0:
        msg = (
            f"{path}: the fans' curve ({air.fans.part}) does not meet the tray's impedance; it ends at "
            f"{x[-1]:.4g} m3/s per fan. Extend the curve at its last point or correct the impedance"
        )
        raise OperatingRangeError(msg)
    for _ in range(ITERATIONS):
        middle = 0.5 * (low + high)
        if surplus(middle) > 0.0:
            low = middle
        else:
            high = middle
        if high - low <= 1.0e-14 * x[-1]:
            break
    flow = 0.5 * (low + high) * count
    power = count * (float(fan.power) if fan.power else 0.0)
    entering = float(rack.ambient.temperature)
    rho = air_density(entering, float(rack.ambient.pressure))
    rise = (heat + power) / (rho * SPECIFIC_HEAT * flow)
    return TrayAir(flow, (a + b * flow) * flow, power, entering + rise)
