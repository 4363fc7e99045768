"""A resolved cold plate's table: pressure drop, resistance, friction and film against flow; a closure's constants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thermal.views.tables import labelled, number, plain_table, stored

__all__ = ["closure_text", "resolved_text"]

MEANING = (
    "R is the mean of the base's lower face below the fins above the coolant's inlet, per heat of the plate, which "
    "enters there evenly: neither packages nor what spreads heat beside the fins are in it; f·Re is apparent, over the "
    "length of the fins, on the hydraulic diameter; Nu is the mean over the walls that give heat"
)
CELL = "friction of a channel with its entrance is computed; mouths and ports are the file's loss coefficients"
SECTOR = "slot, turns, mouths, channels and plenum are computed; ports are the file's loss coefficients"


def resolved_text(curve: Mapping[str, Any]) -> str:
    """Return a resolved curve as text.

    Parameters
    ----------
    curve : mapping
        As ``thermal coldplate --fidelity resolved --json`` prints it.
    """
    rows = curve["rows"]
    head = (
        f"{curve['title']} ({curve['rack']}) · {number(curve['power_W'], 0)} W · resolved {curve['domain']}, "
        f"{curve['cells_across_channel']} cells across a channel"
    )
    headings = ["fluid", "inlet [°C]", "flow [L/min]", "Δp [kPa]", "field [kPa]", "R [K/W]", "outlet [°C]", "Re",
                "f·Re", "Nu", "cells", "s"]  # fmt: skip
    cells = [
        [
            row["fluid"][:16], number(row["inlet_C"]), number(row["flow_L_min"], 3),
            number(row["pressure_drop_kPa"], 3),
            number(row["field_drop_kPa"], 3), number(row["resistance_K_W"], 5), number(row["outlet_C"]),
            number(row["reynolds_number"], 0), number(row["apparent_friction"], 2), number(row["nusselt_number"], 2),
            number(row["cells"], 0), number(row["seconds"], 1),
        ]
        for row in rows
    ]  # fmt: skip
    lines = [head, "", plain_table(cells, headings, "l" + "r" * 11), "", labelled("meaning", MEANING)]
    lines.append(labelled("Δp", SECTOR if curve["domain"] == "sector" else CELL))
    beyond = [row for row in rows if not row["laminar"]]
    if beyond:
        text = (
            f"{len(beyond)} point(s) have a Reynolds number above 2000, where channels turn turbulent: the field is "
            "laminar, and gives too little pressure drop and too much resistance; lower the flow"
        )
        lines.append(labelled("beyond", text))
    told = curve.get("notes", ())
    if told:
        lines.append(labelled("notes", *told))
    rests = (
        f"{value['what']} {value['value']} "
        f"({': '.join(part for part in (value['basis'] or 'no basis given', value['source']) if part)})"
        for value in curve["rests_on"]
    )
    lines.append(labelled("rests on", *rests))
    return "\n".join(lines)


def closure_text(closure: Mapping[str, Any], file: str, *, replaced: bool = False) -> str:
    """Return what a closure holds and how good it is.

    Parameters
    ----------
    closure : mapping
        As ``thermal coldplate --closure FILE --json`` prints it.
    file : str
        Where it was written.
    replaced : bool
        Whether an earlier closure was there.
    """
    cells = [
        [
            what,
            ", ".join(f"{value:.4g}" for value in closure[what]["constants"]),
            f"{100 * closure[what]['error_max_rel']:.2g} %",
            f"{100 * closure[what]['error_rms_rel']:.2g} %",
            f"{100 * closure[what]['grid_error_rel']:.2g} %",
            " to ".join(f"{value:.3g}" for value in closure[what]["range"]),
        ]
        for what in ("friction", "film", "root")
    ]
    table = plain_table(cells, ["fit", "constants", "max error", "rms", "grid", "x⁺ or x*"], "llrrrr")
    Re, flows = closure["reynolds"], closure["flows_L_min"]
    losses = closure.get("losses")
    lines = [
        f"{closure['closure']} · channels of {closure['title']} ({closure['rack']}) · {closure['coolant']}",
        "",
        table,
        "",
        labelled("runs", f"{len(flows)} flows, {flows[0]:.3g} to {flows[-1]:.3g} L/min, Re {Re[0]:.3g} to {Re[1]:.3g}"),
        *(
            [labelled("losses", f"K = {losses['constant']:.3g} + {losses['laminar']:.3g}/Re, of mouths and turns")]
            if losses
            else []
        ),
        labelled("grid", f"{closure['cells']:,} cells, {closure['cells_across_channel']} across a channel"),
        labelled("use", f"include {file} in a rack, and write closure: {closure['closure']} into the plate's channels"),
        stored(file, replaced=replaced),
    ]
    return "\n".join(lines)
