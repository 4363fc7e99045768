"""The curves of all plates of a run, for its report: resistance and pressure drop against flow."""

from __future__ import annotations

from typing import Any

from thermal.errors import ThermalError
from thermal.rack.schema import Rack
from thermal.results.summary import Summary
from thermal.simulation.plate import plate_curve

__all__ = ["plate_curves"]


def plate_curves(rack: Rack, summary: Summary) -> tuple[list[dict[str, Any]], list[str]]:
    """Compute resistance and pressure drop of every plate of a rack with devices over the flows that its laws cover.

    The coolant is the rack's, at its supply temperature. Curves are those of network fidelity at either fidelity of the
    run: what the rack file states of a plate, or what its channels give.

    Parameters
    ----------
    rack : Rack
        As it was run.
    summary : Summary
        Of the run, for the flow at which each plate works.

    Returns
    -------
    list of dict
        ``{plate, title, flow_L_min: [...], resistance_K_W: [...], pressure_drop_kPa: [...], at_L_min}``, the plate with
        the most heat first; the flow is that of its hottest device.
    list of str
        Notes: plates without a curve, with the reason.
    """
    heat: dict[str, float] = {}
    hottest: dict[str, dict[str, Any]] = {}
    for device in summary["devices"]:
        plate = device.get("plate")
        if plate is None or device.get("flow_L_min") is None:
            continue
        heat[plate] = heat.get(plate, 0.0) + device["power_W"]
        known = hottest.setdefault(plate, device)
        if _temperature(device) > _temperature(known):
            hottest[plate] = device
    curves, notes = [], []
    for plate in sorted(heat, key=lambda name: -heat[name]):
        try:
            curve = plate_curve(rack, plate)
        except ThermalError as error:
            notes.append(f"no curve of {plate}: {error}")
            continue
        rows = [point.row() for point in curve.points]
        columns = {key: [row[key] for row in rows] for key in ("flow_L_min", "resistance_K_W", "pressure_drop_kPa")}
        at = hottest[plate]["flow_L_min"]
        curves.append({"plate": plate, "title": curve.title, **columns, "at_L_min": at})
    return curves, notes


def _temperature(device: dict[str, Any]) -> float:
    temperature = device.get("junction_max_C")
    return float("-inf") if temperature is None else float(temperature)
