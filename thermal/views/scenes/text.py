"""What a pointer over a part of a scene tells, and how the hottest part is labelled."""

from __future__ import annotations

from thermal.rack.layout import Box, Tube
from thermal.views.scenes.run import Row, Run
from thermal.views.tables import number

__all__ = ["box_text", "branch_text", "device_text", "to_spare"]


def device_text(row: Row) -> str:
    """Tell a device: its temperature against the limit, its heat, and the coolant or air that takes it."""
    lines = [str(row["path"]), str(row.get("title") or row.get("part") or "")]
    junction, limit, margin = (row.get(key) for key in ("junction_max_C", "limit_C", "margin_K"))
    if junction is None:
        lines.append("no junction temperature is computed for it")
    else:
        against = "no limit is given" if limit is None else f"limit {number(limit)} °C, {to_spare(margin)}"
        lines.append(f"junction {number(junction)} °C ({against})")
    if row.get("memory_max_C") is not None:
        lines.append(f"hottest memory {number(row['memory_max_C'])} °C")
    lines.append(f"{number(row.get('power_W'), 0)} W")
    if row.get("flow_L_min") is not None:
        flow, first, last = number(row["flow_L_min"], 2), number(row.get("inlet_C")), number(row.get("outlet_C"))
        lines.append(f"coolant {flow} L/min, {first} → {last} °C")
    elif row.get("air_C") is not None:
        lines.append(f"air at {number(row['air_C'])} °C")
    return "\n".join(line for line in lines if line)


def branch_text(tube: Tube, row: Row | None) -> str:
    """Tell a piece of the circuit: its flow, its temperatures and its pressure drop."""
    lines = [tube.path, tube.part]
    if row is None:
        return "\n".join([*lines, "not part of the circuit that was solved"])
    lines.append(f"{number(row.get('flow_L_min'), 2)} L/min")
    first, last = row.get("inlet_C"), row.get("outlet_C")
    if first is not None and last is not None:
        lines.append(f"{number(first, 2)} → {number(last, 2)} °C")
    if row.get("pressure_drop_kPa") is not None:
        lines.append(f"pressure drop {number(row['pressure_drop_kPa'], 2)} kPa")
    return "\n".join(lines)


def box_text(box: Box, run: Run) -> str:
    """Tell any other part: what it is, how large, and what the results say of it."""
    size = " × ".join(number(side * 1e3, 0) for side in box.size)
    lines = [box.path, f"{box.part}, {size} mm" if box.part != box.path else f"{size} mm"]
    tray, branch = run.trays.get(box.path), run.branches.get(box.path)
    if tray is not None and tray.get("flow_L_min") is not None:
        flow, first, last = (tray.get(key) for key in ("flow_L_min", "supply_C", "return_C"))
        lines.append(f"coolant {number(flow, 2)} L/min, {number(first)} → {number(last)} °C")
    if branch is not None:
        flow, first, last = (branch.get(key) for key in ("flow_L_min", "inlet_C", "outlet_C"))
        lines.append(f"coolant {number(flow, 2)} L/min, {number(first)} → {number(last)} °C")
    return "\n".join(lines)


def to_spare(margin: float | None) -> str:
    """Return a margin [K] in words."""
    if margin is None:
        return "margin unknown"
    return f"{number(margin)} K to spare" if margin >= 0.0 else f"over it by {number(-margin)} K"
