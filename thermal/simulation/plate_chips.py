"""Device temperatures at plate fidelity: from the fields where plates are solved, else as at network fidelity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields as fields_of
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thermal.errors import OperatingRangeError
from thermal.lumped.chips import Chips, solve_chips
from thermal.rack.expand import Assembly
from thermal.rack.parts import Package
from thermal.rack.schema import Rack
from thermal.simulation.plate_flow import CoupledLoop
from thermal.simulation.plate_instances import PlateInstance

if TYPE_CHECKING:
    from thermal.coldplate.field import DeviceField, PlateField

__all__ = ["DETAILS", "differences", "other_heat", "plate_chips"]

DETAILS = ("case_temperature", "junction_mean_temperature", "memory_temperature")
NOTED = 0.05  # relative difference of junctions over the supply, from field and resistances, that is worth a note
OTHER = 0.1  # [K] of the coolant's rise, by heat that does not come from the devices, that is worth a note
Floats = NDArray[np.float64]


def plate_chips(
    rack: Rack,
    assembly: Assembly,
    coupled: CoupledLoop,
    air_heat: dict[str, float],
    instances: Sequence[PlateInstance],
    fields: Sequence[PlateField],
) -> tuple[Chips, dict[str, Floats]]:
    """Read every device's temperatures.

    The steps add up to the junction as at network fidelity: from the supply to the coolant that leaves the plate,
    mixed; from there to the mean of the device's case; from there to its hottest junction. That coolant is the
    network's, which friction warms as well, and a tray's ``heat_to_liquid`` where the plate is its last element; the
    field knows neither, see `other_heat`.

    Parameters
    ----------
    rack, assembly : Rack, Assembly
        The rack.
    coupled : CoupledLoop
        The solved coolant.
    air_heat : dict of str to float
        Heat to air by tray [W].
    instances : sequence of PlateInstance
        Plates solved in 3D.
    fields : sequence of PlateField
        Theirs.

    Returns
    -------
    Chips
        One entry per device of the rack.
    dict of str to array
        The columns `DETAILS`, (devices,) float64 [K]; NaN on plates that are not solved.
    """
    solved = {d for one in instances for d in one.devices}
    others = [d for d in range(len(assembly.devices)) if d not in solved]
    left = replace(assembly, devices=tuple(assembly.devices[d] for d in others))
    rest = solve_chips(rack, left, coupled.loop, air_heat)
    count = len(assembly.devices)
    columns: dict[str, Any] = {one.name: np.full(count, np.nan) for one in fields_of(Chips) if one.type == "Floats"}
    for name, column in columns.items():
        column[others] = getattr(rest, name)
    details = {name: np.full(count, np.nan) for name in DETAILS}
    for i, (one, found) in enumerate(zip(instances, fields, strict=True)):
        for d, device in zip(one.devices, found.devices, strict=True):
            package = rack.parts[assembly.devices[d].package]
            assert isinstance(package, Package)
            for name, value in _row(coupled, i, device, package).items():
                columns[name][d] = value
            for name, value in _details(device, package).items():
                details[name][d] = value
    return replace(rest, **columns), details


def other_heat(coupled: CoupledLoop, instances: Sequence[PlateInstance], fields: Sequence[PlateField]) -> list[str]:
    """Say where the coolant leaves a plate notably warmer than its devices make it.

    Parameters
    ----------
    coupled, instances, fields
        As of `plate_chips`.

    Returns
    -------
    list of str
        A note on the plate where most is added, for each part where that is 0.1 K or more.
    """
    worst: dict[str, tuple[float, str]] = {}
    for outlet, one, field in zip(coupled.outlet.tolist(), instances, fields, strict=True):
        worst[one.part] = max(worst.get(one.part, (0.0, "")), (outlet - field.outlet, one.path))
    return [
        f"{path}: heat of friction or of heat_to_liquid warms its coolant by {more:.2f} K; the field leaves that out, "
        "and the steps count it in coolant_rise instead of plate_rise"
        for more, path in worst.values()
        if more >= OTHER
    ]


def differences(
    rack: Rack, assembly: Assembly, coupled: CoupledLoop, air_heat: dict[str, float], chips: Chips
) -> list[str]:
    """Say where the resistances of network fidelity and the field do not tell the same.

    Parameters
    ----------
    rack, assembly, coupled, air_heat
        As of `plate_chips`.
    chips : Chips
        From the fields.

    Returns
    -------
    list of str
        A note for each package on a part where junctions over the supply differ by more than 5 %.
    """
    try:
        network = solve_chips(rack, assembly, coupled.loop, air_heat)
    except OperatingRangeError:
        return []  # laws of network fidelity that cannot be say nothing about the field
    notes: dict[tuple[str, str], str] = {}
    for d, device in enumerate(assembly.devices):
        if device.element is None:
            continue
        kind = assembly.elements[device.element].part, device.package
        field, law = (float(one.junction[d]) - coupled.loop.supply for one in (chips, network))
        if kind not in notes and abs(field - law) > NOTED * law:
            notes[kind] = (
                f"{device.package} on {kind[0]}: the field puts its junction {field:.1f} K over the supply, the "
                f"resistances of network fidelity {law:.1f} K; plate fidelity uses the field"
            )
    return list(notes.values())


def _row(coupled: CoupledLoop, i: int, device: DeviceField, package: Package) -> dict[str, float]:
    """Columns of one device on plate i."""
    loop, inlet, outlet = coupled.loop, float(coupled.inlet[i]), float(coupled.outlet[i])
    limit = package.limits.slowdown or package.limits.shutdown
    return {
        "volume_flow": float(coupled.volume_flow[i]),
        "inlet": inlet,
        "outlet": outlet,
        "coolant_rise": outlet - loop.supply,
        "plate_rise": device.case_mean - outlet,
        "package_rise": device.junction_max - device.case_mean,
        "junction": device.junction_max,
        "limit": float(limit) if limit is not None else np.nan,
    }


def _details(device: DeviceField, package: Package) -> Mapping[str, float]:
    assert package.body is not None
    memory = [device.chips[chip.name][0] for chip in package.body.chips if not chip.junction]
    return {
        "case_temperature": device.case_mean,
        "junction_mean_temperature": device.junction_mean,
        "memory_temperature": max(memory, default=np.nan),
    }
