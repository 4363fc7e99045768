"""The curves of all plates of a run, for its report: resistance and pressure drop against flow."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from thermal.errors import ThermalError
from thermal.rack.schema import Rack
from thermal.results.summary import Summary
from thermal.simulation.plate import plate_curve
from thermal.simulation.plate_conditions import L_MIN
from thermal.simulation.plate_report import PlateCurve

__all__ = ["plate_curves"]


def plate_curves(rack: Rack, summary: Summary) -> tuple[list[dict[str, Any]], list[str]]:
    """Compute resistance and pressure drop of every plate of a rack with devices over the flows that its laws cover.

    The coolant is the rack's and enters at its supply temperature. The run's own flow is a point of the curve, at which
    the laws themselves are taken; its pressure drop is still not the run's where coolant reaches the plate warmer than
    it is supplied. Curves are those of network fidelity at either fidelity of the
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
        ``{plate, title, flow_L_min: [...], resistance_K_W: [...], pressure_drop_kPa: [...], at_L_min, inlet_C}``, the
        plate with the most heat first; the flow is that of its hottest device.
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
        at = hottest[plate]["flow_L_min"]
        try:
            curve = _curve(rack, plate, at)
        except ThermalError as error:
            notes.append(f"no curve of {plate}: {error}")
            continue
        rows = [point.row() for point in curve.points]
        columns = {key: [row[key] for row in rows] for key in ("flow_L_min", "resistance_K_W", "pressure_drop_kPa")}
        own = [flow for flow in columns["flow_L_min"] if math.isclose(flow, at)]  # as the curve rounds it
        at, inlet = own[0] if own else at, rows[0]["inlet_C"]
        curves.append({"plate": plate, "title": curve.title, **columns, "at_L_min": at, "inlet_C": inlet})
    return curves, notes


def _curve(rack: Rack, plate: str, at: float) -> PlateCurve:
    """Compute the curve over the flows of its laws, and at the run's own flow [L/min] where that is none of them."""
    curve = plate_curve(rack, plate)
    if at <= 0.0 or any(math.isclose(point.volume_flow, at * L_MIN) for point in curve.points):
        return curve
    try:
        own = plate_curve(rack, plate, flows=[at * L_MIN]).points[0]
    except ThermalError:
        return curve
    points = sorted((*curve.points, own), key=lambda point: point.volume_flow)
    return replace(curve, points=tuple(points))


def _temperature(device: dict[str, Any]) -> float:
    temperature = device.get("junction_max_C")
    return float("-inf") if temperature is None else float(temperature)
