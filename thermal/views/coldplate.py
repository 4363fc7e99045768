"""A cold plate's table: pressure drop and resistance against flow, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from thermal.views.tables import labelled, number, plain_table

__all__ = ["coldplate_text"]

LONGEST_NAME = 16  # of a coolant, so that the table fits the width
MARKS = {"resistance": "R", "pressure drop": "Δp", "laminar flow": "laminar", "closure": "closure"}
SYMBOLS = {"reynolds_number": ("Re", 0), "prandtl_number": ("Pr", 1), "thermal_distance": ("x*", 4)}  # and decimals
MEANING = (
    "R is the device's case above the coolant's inlet per watt of that device, the coolant's own rise included; "
    "flow is taken at the coolant's mean temperature"
)
FIELD_MEANING = (
    "R is the mean of the device's case, and Rj its hottest junction, above the coolant's inlet per watt of that "
    "device, the coolant's own rise included; flow is taken at the coolant's mean temperature; the field parts case "
    "and package otherwise than network fidelity does, so compare Rj with its junction and not R with its case"
)


def coldplate_text(curve: Mapping[str, Any]) -> str:
    """Return the curve of a plate as text.

    Parameters
    ----------
    curve : mapping
        As ``thermal coldplate --json`` prints it.
    """
    head = f"{curve['title']} ({curve['rack']}) · {number(curve['power_W'], 0)} W · {curve['fidelity']} fidelity"
    lines = [head, "", _table(curve["rows"]), ""]
    grid = curve.get("grid")
    junctions = any(row.get("junction_resistance_K_W") is not None for row in curve["rows"])
    lines.append(labelled("meaning", FIELD_MEANING if junctions else MEANING))
    if curve["like_devices"] > 1.0:
        lines.append(labelled("shared by", _shared(curve)))
    if curve["ranges"]:
        lines.append(labelled("range", " · ".join(map(_range, curve["ranges"]))))
    beyond = _beyond(curve["rows"])
    if beyond:
        lines.append(labelled("beyond", beyond))
    channels = _channels(curve["rows"])
    if channels:
        lines.append(labelled("channels", channels))
    if grid is not None:
        lines.append(labelled("grid", _grid(grid)))
    if curve["notes"]:
        lines.append(labelled("notes", *curve["notes"]))
    lines.append(labelled("rests on", *_rests_on(curve["rests_on"])))
    return "\n".join(lines)


def _shared(curve: Mapping[str, Any]) -> str:
    """Say which devices share the plate."""
    names = " + ".join(f"{count} {name}" for name, count in curve["devices"].items())
    return (
        f"{names}: as much heat as {number(curve['like_devices'], 2)} of the largest device, whose R and case these are"
    )


def _table(rows: Iterable[Mapping[str, Any]]) -> str:
    rows = list(rows)
    channels = any(row["reynolds_number"] is not None for row in rows)
    marked = any(row["outside"] for row in rows)
    headings = ["fluid", "inlet [°C]", "flow [L/min]", "Δp [kPa]", "R [K/W]", "outlet [°C]", "case [°C]"]
    junctions = any(row.get("junction_resistance_K_W") is not None for row in rows)
    headings += ["Rj [K/W]", "junction [°C]"] * junctions
    headings += ["Re"] * channels + ["out of range"] * marked
    cells = []
    for row in rows:
        line = [
            _short(row["fluid"]),
            number(row["inlet_C"]),
            number(row["flow_L_min"], 3),
            number(row["pressure_drop_kPa"], 3),
            number(row["resistance_K_W"], 5),
            number(row["outlet_C"]),
            number(row["case_C"]),
        ]
        if junctions:
            line += [number(row["junction_resistance_K_W"], 5), number(row["junction_max_C"])]
        line += [number(row["reynolds_number"], 0)] * channels + [
            ", ".join(MARKS[law] for law in row["outside"])
        ] * marked
        cells.append(line)
    return plain_table(cells, headings, "l" + "r" * (6 + 2 * junctions + channels) + "l" * marked)


def _channels(rows: Iterable[Mapping[str, Any]]) -> str:
    """Say how unevenly the channels are fed, at the point where they are most; nothing where it is not known."""
    known = [row for row in rows if row.get("channel_flow_spread_rel") is not None]
    if not known:
        return ""
    worst = max(known, key=lambda row: row["channel_flow_spread_rel"])
    ends = "–".join(number(worst[f"channel_flow_{end}_rel"], 2) for end in ("least", "most"))
    where = f" at {number(worst['flow_L_min'], 2)} L/min, where they differ most" if len(known) > 1 else ""
    return f"{ends} × mean flow{where}"


def _grid(grid: Mapping[str, Any]) -> str:
    """Say how fine the field is, and what finer would change."""
    known = f"hot spot known to {number(grid['grid_error_K'], 2)} K at {number(grid['grid_error_flow_L_min'], 2)} L/min"
    balance = f"heat balanced to {grid['energy_imbalance_rel']:.0e}"
    return f"{number(grid['cells'], 0)} cells: {known} (Richardson); {balance}"


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _range(known: Mapping[str, Any]) -> str:
    if known["quantity"] in SYMBOLS:
        symbol, places = SYMBOLS[known["quantity"]]
        low = f"{symbol} {number(known['low'], places)}–" if known["low"] > 0.0 else f"to {symbol} "
        return f"{known['what']} {low}{number(known['high'], places)}"
    return f"{known['what']} {number(known['low'], 2)}–{number(known['high'], 2)} L/min"


def _beyond(rows: Iterable[Mapping[str, Any]]) -> str:
    """Explain what is shown outside the laws' ranges."""
    laws = {law for row in rows for law in row["outside"]}
    told = {
        "resistance": "the film of the resistance law is held at the end of its range, the coolant's rise goes on",
        "pressure drop": "the table of pressure drop goes on with the square of the flow, and to zero at rest",
        "closure": "the closure was computed for other Re, Pr or x* at the channels' end; its fits go on beyond them",
        "laminar flow": "the channels' correlations are for laminar flow and give too little pressure drop",
    }
    return "; ".join(text for law, text in told.items() if law in laws)


def _rests_on(values: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for value in values:
        evidence = ": ".join(part for part in (value["basis"] or "no basis given", value["source"]) if part)
        yield f"{value['what']} {value['value']} ({evidence})"
