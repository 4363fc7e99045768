"""Charts of a run, from the numbers that ``--json`` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from thermal.results.summary import Summary
from thermal.views.chart.model import Chart, Series
from thermal.views.chart.text import value_text
from thermal.views.simulate import decisive_device
from thermal.views.tables import number

__all__ = ["flow_per_tray", "plate_curves", "pressure_path", "temperature_chain"]

MOST_STEPS = 14  # of a waterfall of pressure; the smallest are put together beyond
CHAIN = (
    ("coolant_rise_K", "coolant"),
    ("plate_rise_K", "plate"),
    ("package_rise_K", "package"),
)
AIR_CHAIN = (("plate_rise_K", "heat sink"), ("package_rise_K", "package"))


def flow_per_tray(summary: Summary) -> Chart | None:
    """Return coolant flow of each tray, in the order of the rack from the top; None when no tray has any.

    Parameters
    ----------
    summary : Summary
        Of a run.
    """
    trays = [tray for tray in reversed(summary["trays"]) if tray.get("flow_L_min") is not None]
    if not trays:
        return None
    kinds = list(dict.fromkeys(str(tray["kind"]) for tray in trays))
    series = [Series(kind, [tray["flow_L_min"] if tray["kind"] == kind else None for tray in trays]) for kind in kinds]
    ends = []
    for kind in kinds:
        flows = [tray["flow_L_min"] for tray in trays if tray["kind"] == kind]
        ends.append(f"{kind} {number(min(flows), 2)} to {number(max(flows), 2)} L/min")
    spread = summary["flow_spread_rel"]
    told = "" if spread is None else f"Flows of like trays differ by up to {number(100.0 * spread, 1)} %."
    return Chart(
        name=_named("flow_per_tray", summary),
        kind="bars",
        title="Coolant flow of each tray, from the top of the rack",
        unit="L/min",
        categories=[str(tray["path"]) for tray in trays],
        series=series,
        left_title="flow",
        note=told,
        description=f"Coolant flow of {len(trays)} trays: {'; '.join(ends)}.",
    )


def pressure_path(summary: Mapping[str, Any]) -> Chart | None:
    """Return where the pressure goes on the coolant's way through the deciding device's plate; None without coolant.

    Parameters
    ----------
    summary : mapping
        Of a run; its ``pressure_path`` lists ``{path, part, what, pressure_drop_kPa}`` in the direction of flow. The
        segments of a header are one step.
    """
    steps: list[tuple[str, str, float]] = []  # owner of a header's segments or path, name, drop
    for row in summary.get("pressure_path") or []:
        path, drop = str(row["path"]), float(row["pressure_drop_kPa"])
        header, _, last = path.rpartition("/")
        owner = header if last.startswith("segment[") else path
        name = str(row.get("what") or row.get("part") or path)
        if steps and steps[-1][0] == owner:
            drop += steps.pop()[2]
        steps.append((owner, name, drop))
    names, drops = _told_apart(steps), [drop for *_, drop in steps]
    if not names:
        return None
    names, drops = _largest(names, drops)
    whole = sum(drops)
    kinds: dict[str, float] = {}
    for _, name, drop in steps:
        kinds[name] = kinds.get(name, 0.0) + drop
    said = ", ".join(
        f"{name} {number(drop, 1)} kPa" + (f" ({number(100.0 * drop / whole, 0)} %)" if whole > 0.0 else "")
        for name, drop in sorted(kinds.items(), key=lambda kind: -kind[1])[:3]
    )
    return Chart(
        name=_named("pressure_path", summary),
        kind="waterfall",
        title="Where the pressure goes, through the deciding device's plate",
        unit="kPa",
        categories=[*names, "supply to return"],
        series=[Series("pressure drop", [*drops, whole])],
        totals=[len(drops)],
        left_title="pressure drop from the supply",
        description=f"Of {number(whole, 1)} kPa from supply to return, most goes to: {said}.",
    )


def temperature_chain(summary: Summary) -> Chart | None:
    """Return where the kelvins go, from supply to junction of the decisive device; None when it has no temperature.

    Parameters
    ----------
    summary : Summary
        Of a run. The device is the one with the least margin, else the hottest.
    """
    device = decisive_device(summary["devices"])
    if device is None or device.get("junction_max_C") is None:
        return None
    coolant = summary["coolant"]
    by_air = device.get("plate") is None or coolant is None
    start = device.get("air_C") if coolant is None or by_air else coolant["supply_C"]
    if start is None:
        return None
    end = float(device["junction_max_C"])
    steps = [
        (name, float(device[key])) for key, name in (AIR_CHAIN if by_air else CHAIN) if device.get(key) is not None
    ]
    rest = end - start - sum(value for _, value in steps)
    if abs(rest) > 0.05:  # what the steps leave unsaid is said
        steps.append(("other", rest))
    elif steps:
        steps[-1] = (steps[-1][0], steps[-1][1] + rest)
    named = "; ".join(f"{name} {value_text(value, 'K', 1, signed=True)}" for name, value in steps)
    limit = device.get("limit_C")
    end_text = f"{number(end)} °C" + ("" if limit is None else f", limit {number(limit)} °C")
    first = "air" if by_air else "supply"
    return Chart(
        name=_named("temperature_chain", summary),
        kind="waterfall",
        title=f"Where the kelvins go: {first} to junction of {device['path']}",
        unit="°C",
        categories=[first, *(name for name, _ in steps), "junction"],
        series=[Series("temperature", [float(start), *(value for _, value in steps), end])],
        totals=[0, len(steps) + 1],
        base=10.0 * ((start - 10.0) // 10.0),
        limit=limit,
        limit_name="limit",
        left_title="temperature",
        description=f"{device['path']}: {first} {number(start)} °C; {named}; junction {end_text}.",
    )


def plate_curves(curves: Sequence[Mapping[str, Any]]) -> Chart | None:
    """Return thermal resistance (solid, left) and pressure drop (dashed, right) of plates against flow.

    Parameters
    ----------
    curves : sequence of mapping
        ``{plate, flow_L_min: [...], resistance_K_W: [...], pressure_drop_kPa: [...], at_L_min}``; ``at_L_min``, the
        flow of the run, may be None; ``title`` is shown in place of ``plate`` where given; ``inlet_C`` is the
        temperature at which the coolant enters.
    """
    flows = sorted({float(flow) for curve in curves for flow in curve["flow_L_min"]})
    if not flows:
        return None
    resistances, drops, told = [], [], []
    for curve in curves:
        name, at = str(curve.get("title") or curve["plate"]), curve.get("at_L_min")
        resistances.append(Series(f"{name}: R", _at(flows, curve, "resistance_K_W"), mark=at))
        drops.append(Series(f"{name}: Δp", _at(flows, curve, "pressure_drop_kPa"), axis="right", mark=at))
        ends = [curve["resistance_K_W"][0], curve["resistance_K_W"][-1]]
        low, high = curve["flow_L_min"][0], curve["flow_L_min"][-1]
        told.append(f"{name}: {ends[0]:.4f} K/W at {low:.2f} L/min to {ends[1]:.4f} K/W at {high:.2f} L/min")
    marked = any(series.mark is not None for series in resistances)
    return Chart(
        name="plate_curves",
        kind="lines",
        title="Cold plates: thermal resistance and pressure drop against flow",
        unit="K/W",
        categories=(),
        series=[*resistances, *drops],
        x=flows,
        x_title="flow [L/min]",
        right_unit="kPa",
        left_title="R, case to inlet (solid)",
        right_title="Δp (dashed)",
        note=_curves_note(curves, marked=marked),
        description="; ".join(told) + ".",
    )


def _curves_note(curves: Sequence[Mapping[str, Any]], *, marked: bool) -> str:
    """Say what is marked, and for which coolant the curves hold."""
    inlets = dict.fromkeys(curve["inlet_C"] for curve in curves if curve.get("inlet_C") is not None)
    said = ["Rings: the flow of this run."] if marked else []
    if inlets:
        named = " and ".join(number(inlet) for inlet in inlets)
        said.append(
            f"The curves hold for coolant that enters at {named} °C, the rack's supply temperature; where it reaches a "
            "plate warmer, the run's own pressure drop differs."
        )
    return " ".join(said)


def _at(flows: Iterable[float], curve: Mapping[str, Any], key: str) -> list[float | None]:
    """Return a curve's values at all flows of the chart, None where it has none."""
    known = {float(flow): float(value) for flow, value in zip(curve["flow_L_min"], curve[key], strict=True)}
    return [known.get(flow) for flow in flows]


def _told_apart(steps: Sequence[tuple[str, str, float]]) -> list[str]:
    """Return the names of steps; where one occurs several times, with its place in the tray or rack below it."""
    counts = Counter(name for _, name, _ in steps)
    shown = []
    for owner, name, _ in steps:
        first, _, last = owner.partition("/")
        place = first if first in ("supply", "return") else last.rpartition("/")[2]
        shown.append(f"{name}\n{place.replace('_', ' ')}" if counts[name] > 1 and place else name)
    return shown


def _largest(names: list[str], drops: list[float]) -> tuple[list[str], list[float]]:
    """Keep the largest steps in their order and put the rest together at the end."""
    if len(drops) <= MOST_STEPS:
        return names, drops
    kept = sorted(sorted(range(len(drops)), key=lambda at: -abs(drops[at]))[: MOST_STEPS - 1])
    rest = sum(drop for at, drop in enumerate(drops) if at not in kept)
    few = f"{len(drops) - len(kept)} smaller steps"
    return [*(names[at] for at in kept), few], [*(drops[at] for at in kept), rest]


def _named(what: str, summary: Mapping[str, Any]) -> str:
    """Return a name with the rack's, so that charts of several racks lie in one folder."""
    rack = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in str(summary["rack"]))
    return f"{what}_{rack}"
