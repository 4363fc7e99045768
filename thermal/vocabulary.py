"""Every quantity by one row: its name, symbol, SI unit, display unit, key in JSON and long name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

__all__ = ["CELSIUS", "QUANTITIES", "VOCABULARY", "Quantity"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a column of numbers means, inside (SI) and as people read it.

    Parameters
    ----------
    name : str
        Name of the column in tables and of the variable in data sets.
    symbol : str
        Symbol of the nomenclature and of the formulas.
    unit : str
        SI unit of the stored numbers.
    display_unit : str
        Unit of CSV files, JSON and text.
    scale, zero : float
        One display unit and the display unit's zero, both in SI: si = zero + scale · shown.
    key : str
        Key in ``--json`` and ``summary.json``; ends in the display unit.
    long_name : str
        What it is, in words.
    """

    name: str
    symbol: str
    unit: str
    display_unit: str
    scale: float
    zero: float
    key: str
    long_name: str

    @overload
    def shown(self, si: float) -> float: ...
    @overload
    def shown(self, si: NDArray[np.float64]) -> NDArray[np.float64]: ...
    def shown(self, si: float | NDArray[np.float64]) -> float | NDArray[np.float64]:
        """Return an SI number (or array) in the display unit.

        >>> round(VOCABULARY["volume_flow"].shown(0.002), 6)
        120.0
        """
        return (si - self.zero) / self.scale

    @property
    def heading(self) -> str:
        """Column heading with the display unit: ``volume_flow [L/min]``."""
        return f"{self.name} [{self.display_unit}]"


L_MIN = 1e-3 / 60.0
M3_H = 1.0 / 3600.0
KPA = 1e3
CELSIUS = 273.15  # [K] at 0 °C

# name, symbol, SI unit, display unit, display unit in SI, its zero in SI, JSON key, long name
QUANTITIES: tuple[Quantity, ...] = tuple(
    Quantity(*row)
    for row in (
        ("power", "P", "W", "W", 1.0, 0.0, "power_W", "power of the device, all of which becomes heat"),
        ("heat", "Q̇", "W", "W", 1.0, 0.0, "heat_W", "heat taken up by the coolant"),
        ("heat_total", "Q̇_tot", "W", "W", 1.0, 0.0, "heat_total_W", "heat of all devices and fans"),
        ("heat_to_liquid", "Q̇_liq", "W", "W", 1.0, 0.0, "heat_to_liquid_W", "heat carried away by the coolant"),
        ("heat_to_air", "Q̇_air", "W", "W", 1.0, 0.0, "heat_to_air_W", "heat carried away by air"),
        ("pump_power", "P_pump", "W", "W", 1.0, 0.0, "pump_power_W", "electric power of the pumps"),
        ("fan_power", "P_fan", "W", "W", 1.0, 0.0, "fan_power_W", "electric power of the fans"),
        ("mass_flow", "ṁ", "kg/s", "kg/s", 1.0, 0.0, "mass_flow_kg_s", "coolant mass flow"),
        ("volume_flow", "Q", "m3/s", "L/min", L_MIN, 0.0, "flow_L_min", "coolant volume flow"),
        ("air_flow", "Q_air", "m3/s", "m3/h", M3_H, 0.0, "air_flow_m3_h", "air volume flow"),
        ("velocity", "v", "m/s", "m/s", 1.0, 0.0, "velocity_m_s", "mean velocity over the cross-section"),
        ("reynolds_number", "Re", "1", "1", 1.0, 0.0, "reynolds_number", "Reynolds number of the hydraulic diameter"),
        ("prandtl_number", "Pr", "1", "1", 1.0, 0.0, "prandtl_number", "Prandtl number of the coolant"),
        ("thermal_distance", "x*", "1", "1", 1.0, 0.0, "thermal_distance", "length of a channel over Dh Re Pr"),
        ("apparent_friction", "f_app Re", "1", "1", 1.0, 0.0, "apparent_friction", "apparent friction factor times Re"),
        ("nusselt_number", "Nu", "1", "1", 1.0, 0.0, "nusselt_number", "mean Nusselt number of the hydraulic diameter"),
        ("pressure", "p", "Pa", "kPa", KPA, 0.0, "pressure_kPa", "absolute total pressure"),
        (
            "pressure_drop",
            "Δp",
            "Pa",
            "kPa",
            KPA,
            0.0,
            "pressure_drop_kPa",
            "pressure drop due to flow, without weight",
        ),
        ("temperature", "T", "K", "degC", 1.0, CELSIUS, "temperature_C", "coolant temperature"),
        ("inlet_temperature", "T_in", "K", "degC", 1.0, CELSIUS, "inlet_C", "coolant temperature at the inlet"),
        ("outlet_temperature", "T_out", "K", "degC", 1.0, CELSIUS, "outlet_C", "coolant temperature at the outlet"),
        ("supply_temperature", "T_sup", "K", "degC", 1.0, CELSIUS, "supply_C", "coolant temperature from the supply"),
        ("return_temperature", "T_ret", "K", "degC", 1.0, CELSIUS, "return_C", "coolant temperature to the return"),
        ("junction_temperature", "T_j", "K", "degC", 1.0, CELSIUS, "junction_max_C", "hottest junction of the device"),
        ("junction_mean_temperature", "T_j,m", "K", "degC", 1.0, CELSIUS, "junction_mean_C", "mean over the junctions"),
        (
            "memory_temperature",
            "T_mem",
            "K",
            "degC",
            1.0,
            CELSIUS,
            "memory_max_C",
            "hottest memory stack in the package",
        ),
        ("limit_temperature", "T_lim", "K", "degC", 1.0, CELSIUS, "limit_C", "junction temperature of slow-down"),
        ("margin", "ΔT_lim", "K", "K", 1.0, 0.0, "margin_K", "limit less junction temperature"),
        ("coolant_rise", "ΔT_c", "K", "K", 1.0, 0.0, "coolant_rise_K", "rise of the coolant from supply to plate"),
        ("plate_rise", "ΔT_p", "K", "K", 1.0, 0.0, "plate_rise_K", "step from coolant (or air) to package case"),
        ("package_rise", "ΔT_jc", "K", "K", 1.0, 0.0, "package_rise_K", "step from package case to junction"),
        (
            "thermal_resistance",
            "R",
            "K/W",
            "K/W",
            1.0,
            0.0,
            "resistance_K_W",
            "case above coolant inlet per device heat",
        ),
        (
            "junction_resistance",
            "R_j",
            "K/W",
            "K/W",
            1.0,
            0.0,
            "junction_resistance_K_W",
            "hottest junction above coolant inlet per device heat",
        ),
        ("case_temperature", "T_c", "K", "degC", 1.0, CELSIUS, "case_C", "case of the device on its plate"),
        ("air_temperature", "T_air", "K", "degC", 1.0, CELSIUS, "air_C", "air that cools the device, on arrival"),
        ("air_outlet_temperature", "T_air,out", "K", "degC", 1.0, CELSIUS, "air_outlet_C", "air leaving the tray"),
        ("flow_spread", "δ_Q", "1", "1", 1.0, 0.0, "flow_spread_rel", "(max − min) / mean flow over like trays"),
        (
            "channel_flow_least",
            "q_min",
            "1",
            "1",
            1.0,
            0.0,
            "channel_flow_least_rel",
            "flow of the channel that gets least over the mean",
        ),
        (
            "channel_flow_most",
            "q_max",
            "1",
            "1",
            1.0,
            0.0,
            "channel_flow_most_rel",
            "flow of the channel that gets most over the mean",
        ),
        (
            "channel_flow_spread",
            "δ_q",
            "1",
            "1",
            1.0,
            0.0,
            "channel_flow_spread_rel",
            "(max − min) / mean flow over a plate's channels",
        ),
        ("energy_imbalance", "ε_E", "1", "1", 1.0, 0.0, "energy_imbalance_rel", "energy imbalance over total heat"),
        ("mass_imbalance", "ε_m", "1", "1", 1.0, 0.0, "mass_imbalance_rel", "largest nodal mass imbalance over flow"),
        ("wall_time", "t_wall", "s", "s", 1.0, 0.0, "wall_s", "time the computation took"),
    )
)

VOCABULARY: dict[str, Quantity] = {quantity.name: quantity for quantity in QUANTITIES}
