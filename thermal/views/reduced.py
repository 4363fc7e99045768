"""A reduced cold plate: what was fitted, how well, and how to use it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thermal.views.tables import labelled, number, plain_table, stored

__all__ = ["reduced_text"]

MEANING = "R and Rj: case and hottest junction of the largest device above the inlet per watt of it, all at full power"


def reduced_text(model: Mapping[str, Any], file: str, *, replaced: bool = False) -> str:
    """Return a reduced plate as text.

    Parameters
    ----------
    model : mapping
        As ``thermal coldplate --reduced FILE --json`` prints it.
    file : str
        Where it is stored.
    replaced : bool
        Whether an earlier one was there.
    """
    head = f"{model['title']} ({model['rack']}) · {number(sum(model['powers_W']), 0)} W · reduced from its field"
    keys = ("flow_L_min", "pressure_drop_kPa", "resistance_K_W", "junction_resistance_K_W")
    rows = [[number(row[key], digits) for key, digits in zip(keys, (3, 3, 5, 5), strict=True)] for row in model["rows"]]
    table = plain_table(rows, ["flow [L/min]", "Δp [kPa]", "R [K/W]", "Rj [K/W]"], "rrrr")
    names = model["packages"]
    devices = " + ".join(f"{names.count(name)} {name}" for name in dict.fromkeys(names))
    low, high = number(model["coolant_low_C"], 0), number(model["coolant_high_C"], 0)
    error = (
        f"rise of junctions and cases within {100 * model['largest_error_rel']:.2g} % of exact solves between the "
        f"flows and temperatures, worst at {number(model['largest_error_flow_L_min'], 2)} L/min; pressure drop within "
        f"{100 * model['pressure_drop_error_rel']:.1g} %"
    )
    grid = f"resolution {model['resolution']:g}, {model['cells']:,} cells, {model['solves']} points solved"
    use = f"include the file and put {model['part']} into a circuit in place of {model['plate']}"
    lines = [
        head,
        "",
        table,
        "",
        labelled("meaning", MEANING),
        labelled("devices", devices),
        labelled("coolant", f"{model['fluid']}, {low} to {high} °C on the plate"),
        labelled("fit", error),
        labelled("grid", grid),
    ]
    if model["laminar_to_L_min"] is not None:
        beyond = f"channels are laminar up to {number(model['laminar_to_L_min'], 2)} L/min, the field holds no further"
        lines.append(labelled("beyond", beyond))
    return "\n".join([*lines, labelled("use", use), stored(file, replaced=replaced)])
