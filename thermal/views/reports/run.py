"""Tables of one run for a report: key figures, devices by kind and one by one, trays, where the pressure goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from thermal.results.dataset import Results
from thermal.results.summary import PressureStep, Summary
from thermal.views.report import Cell, Column, Linked, ReportTable

__all__ = ["computed_table", "devices_table", "figures_table", "kinds_table", "pressure_table", "trays_table"]


def figures_table(summary: Summary) -> ReportTable:
    """Return the numbers that describe a rack at work."""
    known = [figure for figure in _figures(summary) if figure[1] is not None]
    rows = [{"what": what, "value": value, "unit": unit} for what, value, unit in known]
    columns = (Column("what", "Quantity"), Column("value", "Value", "number", 2), Column("unit", "Unit"))
    return ReportTable("figures", "Key figures", columns, rows)


def _figures(summary: Summary) -> list[tuple[str, float | None, str]]:
    coolant = summary["coolant"]
    facility: Any = summary.get("facility") or {}
    rows: list[tuple[str, float | None, str]] = [
        ("Heat of all devices and fans", summary["heat_total_W"] / 1e3, "kW"),
        ("Heat to the coolant", summary["heat_to_liquid_W"] / 1e3, "kW"),
        ("Heat to the air", summary["heat_to_air_W"] / 1e3, "kW"),
    ]
    if coolant is not None:
        rows += [
            (f"Flow of {coolant['fluid']}", coolant["flow_L_min"], "L/min"),
            ("Supply temperature", coolant["supply_C"], "°C"),
            ("Return temperature", coolant["return_C"], "°C"),
        ]
    spread = summary["flow_spread_rel"]
    return [
        *rows,
        ("Pressure drop of the rack", summary["pressure_drop_kPa"], "kPa"),
        ("Spread of flow over like trays", None if spread is None else 100.0 * spread, "%"),
        ("Power of the pumps", _kilowatts(summary["pump_power_W"]), "kW"),
        ("Power of the fans", _kilowatts(summary.get("fan_power_W")), "kW"),
        ("Facility water, supply", facility.get("supply_C"), "°C"),
        ("Facility water, return", facility.get("return_C"), "°C"),
        ("Facility water, flow", facility.get("flow_L_min"), "L/min"),
        ("Approach of the heat exchanger", facility.get("approach_K"), "K"),
    ]


def _kilowatts(watts: float | None) -> float | None:
    return None if watts is None else watts / 1e3


def kinds_table(summary: Summary) -> ReportTable:
    """Return one row per kind of device, most powerful kind first."""
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for device in summary["devices"]:
        kinds.setdefault(str(device["kind"]), []).append(device)
    rows: list[dict[str, Cell]] = []
    for kind, members in sorted(kinds.items(), key=lambda entry: -sum(device["power_W"] for device in entry[1])):
        on_plate = sum(device.get("plate") is not None for device in members)
        junctions = [device["junction_max_C"] for device in members if device.get("junction_max_C") is not None]
        margins = [device["margin_K"] for device in members if device.get("margin_K") is not None]
        row: dict[str, Cell] = {
            "kind": kind,
            "count": len(members),
            "power": sum(device["power_W"] for device in members) / 1e3,
            "on_plate": on_plate,
            "coolest": min(junctions, default=None),
            "hottest": max(junctions, default=None),
            "margin": min(margins, default=None),
        }
        rows.append(row)
    columns = (
        Column("kind", "Kind"),
        Column("count", "Devices", "integer"),
        Column("power", "Heat of all [kW]", "number", 2),
        Column("on_plate", "On cold plates", "integer"),
        Column("coolest", "Coolest junction [°C]", "number"),
        Column("hottest", "Hottest junction [°C]", "number"),
        Column("margin", "Least margin [K]", "number"),
    )
    return ReportTable("kinds", "Devices by kind", columns, rows, sums=("count", "power", "on_plate"))


DEVICES: tuple[tuple[Column, str], ...] = (
    (Column("path", "Device"), "path"),
    (Column("kind", "Kind"), "kind"),
    (Column("part", "Package"), "part"),
    (Column("plate", "Cold plate"), "plate"),
    (Column("power", "Power [W]", "number", 0), "power_W"),
    (Column("flow", "Coolant [L/min]", "number", 2), "flow_L_min"),
    (Column("inlet", "Inlet [°C]", "number"), "inlet_C"),
    (Column("outlet", "Outlet [°C]", "number"), "outlet_C"),
    (Column("junction", "Junction [°C]", "number"), "junction_max_C"),
    (Column("memory", "Memory [°C]", "number"), "memory_max_C"),
    (Column("limit", "Limit [°C]", "number"), "limit_C"),
    (Column("margin", "Margin [K]", "number"), "margin_K"),
    (Column("coolant_rise", "Coolant rise [K]", "number"), "coolant_rise_K"),
    (Column("plate_rise", "Plate rise [K]", "number"), "plate_rise_K"),
    (Column("package_rise", "Package rise [K]", "number"), "package_rise_K"),
)
TRAYS: tuple[tuple[Column, str], ...] = (
    (Column("path", "Tray"), "path"),
    (Column("kind", "Kind"), "kind"),
    (Column("flow", "Coolant [L/min]", "number", 2), "flow_L_min"),
    (Column("drop", "Pressure drop [kPa]", "number", 2), "pressure_drop_kPa"),
    (Column("supply", "Supply [°C]", "number"), "supply_C"),
    (Column("back", "Return [°C]", "number"), "return_C"),
    (Column("air", "Air [m³/h]", "number"), "air_flow_m3_h"),
    (Column("air_out", "Air outlet [°C]", "number"), "air_outlet_C"),
    (Column("fans", "Fans [W]", "number"), "fan_power_W"),
)


def devices_table(summary: Summary) -> ReportTable:
    """Return every device, in the order of the run."""
    return _plain("devices", "Every device", DEVICES, summary["devices"])


def trays_table(summary: Summary) -> ReportTable:
    """Return every tray, from the bottom."""
    return _plain("trays", "Every tray", TRAYS, summary["trays"])


def _plain(
    name: str, title: str, form: Sequence[tuple[Column, str]], entries: Sequence[Mapping[str, Any]]
) -> ReportTable:
    """Return a table of rows of the summary, without columns that are empty throughout."""
    used = [(column, key) for column, key in form if any(entry.get(key) is not None for entry in entries)]
    rows = [{column.key: entry.get(key) for column, key in used} for entry in entries]
    return ReportTable(name, title, [column for column, _ in used], rows)


def pressure_table(summary: Summary) -> ReportTable | None:
    """Return where the rack's pressure goes, the segments of a manifold together; None without a way."""
    steps = summary.get("pressure_path", [])
    if not steps:
        return None
    rows: list[dict[str, Cell]] = []
    for _, same in groupby(steps, key=_stretch):
        members = list(same)
        drop = sum(step["pressure_drop_kPa"] for step in members)
        rows.append({"path": _where(members), "what": members[0]["what"], "part": members[0]["part"], "drop": drop})
    total = sum(step["pressure_drop_kPa"] for step in steps)
    for row, drop in zip(rows, [float(row["drop"]) for row in rows], strict=True):  # type: ignore[arg-type]
        row["share"] = Linked(drop / total if total else 0.0, "{drop}/{rack_pressure_drop!}")
    columns = (
        Column("path", "Where"),
        Column("what", "What"),
        Column("part", "Part"),
        Column("drop", "Pressure drop [kPa]", "number", 3),
        Column("share", "Share", "percent"),
    )
    return ReportTable(
        "pressure",
        "Where the pressure goes, from the supply port through the deciding device's plate to the return port",
        columns,
        rows,
        sums=("drop", "share"),
        names={"rack_pressure_drop": (-1, "drop")},
    )


def _stretch(step: PressureStep) -> tuple[str, str]:
    """Return by what steps are taken together: the segments of one manifold, else each by itself."""
    owner, _, last = step["path"].rpartition("/")
    return (owner, "segments") if last.startswith("segment[") else (step["path"], "")


def _where(members: Sequence[PressureStep]) -> str:
    first, last = members[0]["path"], members[-1]["path"]
    if len(members) == 1:
        return first
    return f"{first} … {last.rpartition('/')[2]}"


def computed_table(runs: Sequence[Results]) -> ReportTable:
    """Return how runs came about: version, date, tolerances asked for and residuals reached, a column for each."""
    facts = [_computed(results) for results in runs]
    keys = [f"run_{place}" for place in range(1, len(runs) + 1)]
    rows: list[dict[str, Cell]] = [
        {"what": what, **{key: of.get(what) for key, of in zip(keys, facts, strict=True)}}
        for what in dict.fromkeys(what for of in facts for what in of)
    ]
    columns = [Column("what", "What")]
    columns += [Column(key, results.summary["rack"]) for key, results in zip(keys, runs, strict=True)]
    return ReportTable("computed", "How it was computed", columns, rows)


def _computed(results: Results) -> dict[str, str]:
    summary, provenance = results.summary, results.provenance
    return {
        "Version": summary["version"],
        "Date": str(provenance.get("date", "–")),
        "Fidelity": summary["fidelity"],
        "Power state": summary.get("power_state", "tdp"),
        "Iterations": str(summary["iterations"]),
        "Time [s]": f"{summary['wall_s']:.3g}",
        "Energy imbalance, relative": f"{summary['energy_imbalance_rel']:.1e}",
        "Mass imbalance, relative": f"{summary['mass_imbalance_rel']:.1e}",
        **{f"Tolerance, {_words(key)}": f"{value:.1e}" for key, value in provenance.get("tolerances", {}).items()},
        **{f"Reached, {_words(key)}": f"{value:.1e}" for key, value in provenance.get("residuals", {}).items()},
        "Hash of the definition": str(provenance.get("rack_sha256", "–")),
    }


def _words(key: str) -> str:
    name, _, unit = key.rpartition("_")
    return f"{name.replace('_', ' ')}{'' if unit == 'rel' else f' [{unit}]'}"
