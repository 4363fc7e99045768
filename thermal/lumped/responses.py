"""Devices on a plate given by responses: what each one's heat adds to every junction and case on the plate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from thermal.correlations.coolant import CoolantTable, conductivity, density, specific_heat
from thermal.correlations.response import ResponseCurves
from thermal.rack.response import Response

__all__ = ["PlateResponse", "departures"]

Floats = NDArray[np.float64]
SPAN = 15.0  # [K] to both sides over which a response of one state is taken as it was fitted
ALIKE = 0.01  # relative difference of a property below which a coolant is the one of the fit
CELSIUS = 273.15


class PlateResponse:
    """The responses of one part, ready to be asked at any flow.

    Parameters
    ----------
    law : Response
        As loaded.

    Notes
    -----
    Linear in the coolant's mean temperature between the states, held beyond them. A coolant of another heat capacity
    per volume is looked up at like heat capacity flow, so that its own rise is right; what its conductivity does to
    the film is not accounted for, see `departures`.
    """

    def __init__(self, law: Response) -> None:
        flows = [float(flow) for flow in law.flows]
        self.temperature = np.array([float(state.temperature) for state in law.states])
        self.capacity = np.array([float(state.density) * float(state.specific_heat) for state in law.states])
        self.junction = [ResponseCurves(flows, state.junction) for state in law.states]
        self.case = [ResponseCurves(flows, state.case) for state in law.states]
        self.begin = np.cumsum([0, *law.counts[:-1]])

    def rises(self, powers: Sequence[float], flow: float, capacity: float, temperature: float) -> tuple[Floats, Floats]:
        """Rise of junctions and cases over the coolant's inlet, each of shape (devices,) [K].

        Parameters
        ----------
        powers : sequence of float
            Of the devices, in the order of the response [W].
        flow : float
            Through the plate, at the coolant's mean temperature, above zero [m3/s].
        capacity : float
            ρ cp of the coolant there [J/(m3 K)].
        temperature : float
            Its mean temperature [K].
        """
        heat = np.asarray(powers, np.float64)
        alike = flow * capacity / float(self._between(self.capacity, temperature))
        spots, case = (
            self._between(np.array([curves.at(alike) @ heat for curves in all_states]), temperature)
            for all_states in (self.junction, self.case)
        )
        return np.maximum.reduceat(spots, self.begin), case

    def _between(self, values: Floats, temperature: float) -> Floats:
        """Return what holds at a temperature, from what holds at the states."""
        T = self.temperature
        if T.size == 1:
            return np.asarray(values[0])
        low = min(max(int(np.searchsorted(T, temperature)) - 1, 0), T.size - 2)
        share = min(max((temperature - T[low]) / (T[low + 1] - T[low]), 0.0), 1.0)
        return np.asarray((1.0 - share) * values[low] + share * values[low + 1])


def departures(law: Response, fluid: CoolantTable, temperature: float) -> Iterator[tuple[str, str]]:
    """Yield in what an operating point departs from the states a response was fitted at: a key, and the words.

    Parameters
    ----------
    law : Response
        As loaded.
    fluid : CoolantTable
        The rack's coolant.
    temperature : float
        Its mean on the plate [K].
    """
    low, high = float(law.states[0].temperature), float(law.states[-1].temperature)
    if len(law.states) == 1:
        low, high = low - SPAN, high + SPAN
    if not low <= temperature <= high:
        yield (
            "temperature",
            f"fitted for coolant of {low - CELSIUS:.0f} to {high - CELSIUS:.0f} °C on the plate, which here has "
            f"{temperature - CELSIUS:.1f} °C; its film is held at the end of the range",
        )
    different: dict[str, float] = {}
    for state in law.states:
        T = float(state.temperature)
        k, capacity = conductivity(fluid, T), density(fluid, T) * specific_heat(fluid, T)
        different["conducts heat"] = k / float(state.conductivity)
        different["takes up heat per volume"] = capacity / (float(state.density) * float(state.specific_heat))
        if any(abs(ratio - 1.0) > ALIKE for ratio in different.values()):
            words = " and ".join(f"{what} {ratio:.2f} times as well" for what, ratio in different.items())
            yield "coolant", f"fitted with {law.coolant}; this coolant {words}: its own rise is moved, the film is not"
            return
