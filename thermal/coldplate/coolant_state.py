"""The coolant's properties at an operating point of a plate: between inlet and outlet, which the heat alone gives."""

from __future__ import annotations

from typing import NamedTuple

from thermal.correlations.coolant import (
    CoolantTable,
    check_temperature,
    conductivity,
    density,
    enthalpy,
    specific_heat,
    temperature_of_enthalpy,
    viscosity,
)

__all__ = ["CoolantState", "coolant_state"]

LEAST_RISE = 1.0e-3  # [K] below which the specific heat is taken at the mean and not from the enthalpies


class CoolantState(NamedTuple):
    """The coolant at an operating point."""

    inlet: float  # [K]
    outlet: float  # [K]
    specific_heat: float  # mean between inlet and outlet, so that the heat is that of the enthalpies [J/(kg K)]
    density: float  # this and the following at the mean of inlet and outlet [kg/m3]
    viscosity: float  # [Pa s]
    conductivity: float  # [W/(m K)]


def coolant_state(name: str, mass_flow: float, inlet: float, heat: float, fluid: CoolantTable) -> CoolantState:
    """Return the coolant's properties; it takes up all the heat, which gives the outlet.

    Parameters
    ----------
    name : str
        Of the plate, for messages.
    mass_flow : float
        Through the plate, above zero [kg/s].
    inlet : float
        Temperature [K].
    heat : float
        [W].
    fluid : CoolantTable
        Coolant.

    Raises
    ------
    OperatingRangeError
        Coolant beyond its table at inlet or outlet.
    """
    begin = enthalpy(fluid, inlet)
    outlet = temperature_of_enthalpy(fluid, begin + heat / mass_flow)
    check_temperature(fluid, [inlet, outlet], "the coolant", [f"the inlet of {name}", "its outlet"])
    mean, rise = 0.5 * (inlet + outlet), outlet - inlet
    cp = (enthalpy(fluid, outlet) - begin) / rise if rise > LEAST_RISE else specific_heat(fluid, mean)
    return CoolantState(inlet, outlet, cp, density(fluid, mean), viscosity(fluid, mean), conductivity(fluid, mean))
