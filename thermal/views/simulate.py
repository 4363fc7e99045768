"""One run on one screen: is it fine, what decides that, where, how much coolant, what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from thermal.results.summary import Band, BillTotal, Coolant, Evidence, PlateRun, Summary, Violation
from thermal.views.cost import total
from thermal.views.tables import block, labelled, number, span

__all__ = ["by_severity", "chain", "decisive_device", "plates_text", "simulate_text", "verdict"]

MOST_SHOWN = 3  # violations of one quantity before "and n more"


def simulate_text(summary: Summary) -> str:
    """Return the summary of a run as text, at most 110 characters wide."""
    lines = [_head(summary), labelled("verdict", *verdict(summary))]
    hottest = decisive_device(summary["devices"])
    if hottest is not None:
        lines.append(labelled("hottest", _hottest(hottest, summary)))
    if summary.get("rests_on"):
        lines.append(labelled("rests on", _rests_on(summary["rests_on"])))
    lines.append(labelled("heat", _heat(summary)))
    coolant = summary["coolant"]
    if coolant is not None:
        lines.append(labelled("coolant", _coolant(coolant, summary)))
    lines.append(labelled("power", _power(summary)))
    lines.append(_by_kind(summary["devices"]))
    if summary.get("plates"):
        lines.append(labelled("plates", plates_text(summary["plates"])))
    if summary.get("bill"):
        lines.append(labelled("bill", _bill(summary["bill"])))
    limits, guidelines = by_severity(summary["violations"])
    if limits:
        lines.append(labelled("violations", *_violations(limits)))
    if guidelines:
        lines.append(labelled("guidelines", *_violations(guidelines)))
    if summary.get("notes"):
        lines.append(labelled("notes", *summary["notes"]))
    return "\n".join(lines)


def decisive_device(devices: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the device with the least margin, or the hottest one when none has a limit."""
    with_limit = [device for device in devices if device.get("margin_K") is not None]
    if with_limit:
        return min(with_limit, key=lambda device: device["margin_K"])
    known = [device for device in devices if device.get("junction_max_C") is not None]
    return max(known, key=lambda device: device["junction_max_C"], default=None)


def by_severity(violations: Iterable[Violation]) -> tuple[list[Violation], list[Violation]]:
    """Part what breaks a limit from what only exceeds a guideline."""
    limits: list[Violation] = []
    guidelines: list[Violation] = []
    for violation in violations:
        (guidelines if violation.get("severity") == "guideline" else limits).append(violation)
    return limits, guidelines


def _head(summary: Summary) -> str:
    coolant = summary["coolant"]
    parts = [
        summary.get("title", summary["rack"]),
        f"{coolant['fluid']} at {number(coolant['supply_C'])} °C" if coolant else "air only",
        f"{summary['fidelity']} fidelity",
        f"converged in {_counted(summary['iterations'], 'iteration')}, {_duration(summary['wall_s'])}",
    ]
    state = summary.get("power_state", "tdp")
    if state != "tdp":
        parts.insert(2, f"power state {state}")
    return " · ".join(parts)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _duration(seconds: float) -> str:
    return f"{number(seconds * 1e3, 0)} ms" if seconds < 1.0 else f"{number(seconds)} s"


def verdict(summary: Summary) -> Iterator[str]:
    """Say whether it is fine and, with a band, what decides that."""
    device = decisive_device(summary["devices"])
    margin = device.get("margin_K") if device else None
    limits, guidelines = by_severity(summary["violations"])
    count = len(limits)
    if count == 0:
        spare = f": {number(margin)} K to spare" if margin is not None else ""
        good = "a guideline is" if len(guidelines) == 1 else f"{len(guidelines)} guidelines are"
        yield f"within limits{spare}" + (f"; {good} exceeded (below)" if guidelines else "")
    else:
        broken = "limit is" if count == 1 else "limits are"
        over = f"; the worst device is {number(-margin)} K over its limit" if margin is not None and margin < 0 else ""
        spare = f"; devices have {number(margin)} K to spare" if margin is not None and margin >= 0 else ""
        yield f"OVER LIMIT: {count} {broken} violated{over or spare}"
    band = summary.get("band")
    if band is not None:
        yield _band(band)


def _band(band: Band) -> str:
    """Say the margin's range, and whether one assumption alone decides."""
    low, high = band["margin_low_K"], band["margin_high_K"]
    text = f"band {number(low, signed=True)} … {number(high, signed=True)} K over the uncertain values"
    cause = band["decided_by"]
    if cause is None:
        return text
    evidence = ", ".join(part for part in (cause["basis"], cause["source"]) if part)
    text += f"; decided by {cause['title']}" + (f" ({evidence})" if evidence else "")
    unit = f" {cause['unit']}" if cause.get("unit") else ""
    ends = [(cause["low"], cause["margin_at_low_K"]), (cause["high"], cause["margin_at_high_K"])]
    shown = ", ".join(f"{number(margin, signed=True)} K at {end:.4g}{unit}" for end, margin in ends)
    fine = sum(margin >= 0 for _, margin in ends)
    return f"{text}: {shown}" + (", so it alone decides between fine and throttling" if fine == 1 else "")


def _hottest(device: Mapping[str, Any], summary: Summary) -> str:
    text = f"{device['path']}  {number(device['junction_max_C'])} °C"
    if device.get("limit_C") is not None:
        text += f"  (limit {number(device['limit_C'])} °C)"
    return f"{text}   {chain(device, summary)}"


def _rests_on(values: Iterable[Evidence]) -> str:
    """Name what the hottest device's margin rests on, and how well each is known."""
    return " · ".join(f"{value['what']} {value['value']} ({value['basis'] or 'no basis given'})" for value in values)


def chain(device: Mapping[str, Any], summary: Summary) -> str:
    """Return the steps from the coolant (or air) to the junction."""
    by_air = device.get("plate") is None
    coolant = summary["coolant"]
    start = device.get("air_C") if by_air or coolant is None else coolant["supply_C"]
    steps = [] if start is None else [f"{number(start)} {'air' if by_air else 'supply'}"]
    names = (("coolant_rise_K", "coolant"), ("plate_rise_K", "heat sink" if by_air else "plate"))
    for key, name in (*names, ("package_rise_K", "package")):
        if device.get(key) is not None:
            steps.append(f"{number(device[key])} {name}")
    return " + ".join(steps)


def _heat(summary: Summary) -> str:
    total, liquid, air = (
        summary["heat_total_W"] / 1e3,
        summary["heat_to_liquid_W"] / 1e3,
        summary["heat_to_air_W"] / 1e3,
    )
    share = f" ({number(100 * liquid / total, 0)} % liquid)" if total > 0 else ""
    return f"{number(total)} kW = {number(liquid)} to liquid + {number(air)} to air{share}"


def _coolant(coolant: Coolant, summary: Summary) -> str:
    parts = [f"{number(coolant['flow_L_min'])} L/min → {number(coolant['return_C'])} °C return"]
    if summary["pressure_drop_kPa"] is not None:
        parts.append(f"rack {number(summary['pressure_drop_kPa'])} kPa")
    flows = [
        f"{group} {span([tray.get('flow_L_min') for tray in trays], 2)}"
        for group, trays in _groups(summary["trays"]).items()
        if any(tray.get("flow_L_min") is not None for tray in trays)
    ]
    if flows:
        parts.append(f"trays {', '.join(flows)} L/min")
    if summary["flow_spread_rel"] is not None:
        parts.append(f"spread {number(100 * summary['flow_spread_rel'])} %")
    return " · ".join(parts)


def _groups(trays: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Return like trays together: ``compute[1]`` … ``compute[18]``."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for tray in trays:
        groups.setdefault(str(tray["path"]).partition("[")[0], []).append(tray)
    return groups


def _power(summary: Summary) -> str:
    parts = []
    if summary["pump_power_W"] is not None:
        parts.append(f"pumps {number(summary['pump_power_W'] / 1e3, 2)} kW")
    fans = summary.get("fan_power_W")
    if fans is not None:
        parts.append(f"fans {number(fans / 1e3, 2)} kW")
    return " · ".join(parts) or "no pumps or fans in this rack file"


def _by_kind(devices: Sequence[Mapping[str, Any]]) -> str:
    """Return one line per kind of device, most powerful kind first."""
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for device in devices:
        kinds.setdefault(str(device["kind"]), []).append(device)
    rows = []
    for kind, members in sorted(kinds.items(), key=lambda item: -sum(device["power_W"] for device in item[1])):
        powers = span([device["power_W"] for device in members], 0)
        junctions = span([device.get("junction_max_C") for device in members])
        margins = [device["margin_K"] for device in members if device.get("margin_K") is not None]
        plates = [device.get("plate") is not None for device in members]
        cooled = "liquid" if all(plates) else "liquid, air" if any(plates) else "air"
        least = f"margin {number(min(margins))} K" if margins else ""
        row = (kind, f"{len(members)} × {powers} W", cooled, "" if junctions == "–" else f"{junctions} °C", least)
        rows.append(row)
    widths = [max(len(row[column]) for row in rows) for column in range(5)] if rows else []
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return block("by kind", lines or ["no devices"])


def plates_text(run: PlateRun) -> str:
    """Say how the plates' fields came about, and how far they can be trusted."""
    cells = span([count / 1e3 for count in run["cells_per_plate"].values()], 0)
    parts = [f"{_counted(run['plates'], 'plate')} of {cells} thousand cells", f"{run['solves']} solved"]
    if run["interpolated"]:
        error = run["largest_interpolation_error_K"]
        checked = "" if error is None else f", right to {number(max(error, 0.001), 3)} K where checked"
        parts[-1] += f", {run['interpolated']} between those{checked}"
    parts.append(f"grid error at the hottest {number(run['grid_error_K'], 2)} K")
    parts.append(f"heat balanced to {run['energy_imbalance_rel']:.0e}")
    return " · ".join(parts)


def _bill(bills: Sequence[BillTotal]) -> str:
    priced = [f"{total(bill)} ({bill['prices']})" for bill in bills if bill["total"] > 0]
    return " · ".join(priced) or "nothing in this rack is in a bundled price book"


def _violations(violations: Sequence[Violation]) -> Iterator[str]:
    """Give the worst of each quantity first, and count the rest."""
    ordered = sorted(violations, key=lambda item: (item["quantity"], -abs(item["value"] - item["limit"])))
    for quantity, members in groupby(ordered, key=lambda item: item["quantity"]):
        same = list(members)
        for violation in same[:MOST_SHOWN]:
            yield f"{violation['path']}: {violation['text']}"
        if len(same) > MOST_SHOWN:
            yield f"and {len(same) - MOST_SHOWN} more of {quantity}"
