"""Racks side by side, and why one bill is larger than the other, line by line."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from thermal.results.summary import Summary
from thermal.views.cost import price, quantity, total
from thermal.views.simulate import by_severity, decisive_device
from thermal.views.tables import WIDTH, money, number, plain_table

__all__ = ["compare_text", "difference_text", "side_by_side"]


def compare_text(
    summaries: Sequence[Summary], bills: Sequence[Mapping[str, Any]], differences: Sequence[Mapping[str, Any]]
) -> str:
    """Return racks side by side, followed by each difference of two bills.

    Parameters
    ----------
    summaries : sequence of Summary
        One per rack.
    bills : sequence of mapping
        As ``thermal cost --json`` prints them; those of a price book in the order of the racks.
    differences : sequence of mapping
        ``prices, currency, rack_a, rack_b, total_a, total_b, steps, unpriced``, the steps as `cost.comparison` gives
        them, and of each rack the parts within the book's scope that it has no price for.
    """
    return "\n\n".join([side_by_side(summaries, bills), *map(difference_text, differences)])


def side_by_side(summaries: Sequence[Summary], bills: Sequence[Mapping[str, Any]]) -> str:
    """Return one column per rack."""
    rows = [(label, *(cell(summary) for summary in summaries)) for label, cell in ROWS]
    books: dict[str, list[Mapping[str, Any]]] = {}
    for bill in bills:
        books.setdefault(bill["prices"], []).append(bill)
    for book, of_book in books.items():
        by_rack = {bill["rack"]: bill for bill in of_book}
        rows.append((f"bill, {book}", *(_bill_cell(by_rack.get(summary["rack"])) for summary in summaries)))
    headings = ("", *(summary["rack"] for summary in summaries))
    return plain_table([row for row in rows if set(row[1:]) != {"–"}], headings, "l" + "r" * len(summaries))


def difference_text(difference: Mapping[str, Any]) -> str:
    """Return the steps from one bill to another as a table that adds up, and what the book does not price."""
    notes = [
        textwrap.fill(f"not priced by the book: {parts} in {rack}", WIDTH, break_on_hyphens=False)
        for rack, parts in _unpriced(difference).items()
    ]
    table = f"{_difference_head(difference)}\n\n{_steps_table(difference)}"
    return "\n".join([f"{table}\n", *notes]) if notes else table


def _unpriced(difference: Mapping[str, Any]) -> dict[str, str]:
    """Return by rack, in the order of the racks, the parts that the book covers and does not price."""
    counts: dict[str, dict[str, float]] = {}
    for entry in difference.get("unpriced", ()):
        parts = counts.setdefault(entry["rack"], {})
        parts[entry["part"]] = parts.get(entry["part"], 0) + entry["quantity"]
    return {
        rack: ", ".join(f"{quantity(count)} {part}" for part, count in parts.items()) for rack, parts in counts.items()
    }


def _difference_head(difference: Mapping[str, Any]) -> str:
    """Name both totals; a percentage only where both are complete, as it would mean nothing otherwise."""
    currency, gaps = difference["currency"], _unpriced(difference)
    before, after = difference["total_a"], difference["total_b"]
    share = f", {number(100 * (after / before - 1), signed=True)} %" if before and not gaps else ""
    ends = []
    for end in ("a", "b"):
        rack = difference[f"rack_{end}"]
        bill = {"total": difference[f"total_{end}"], "currency": currency, "complete": rack not in gaps}
        ends.append(f"{total(bill)} ({rack})")
    return f"{difference['prices']}: {' → '.join(ends)}: {money(after - before, currency, signed=True)}{share}"


def _steps_table(difference: Mapping[str, Any]) -> str:
    """Return the steps with a column per cause; what the book does not price has one only where there is any."""
    currency = difference["currency"]
    causes = [_causes(step) for step in difference["steps"]]
    gaps = any(step["kind"] == "unpriced" for step in difference["steps"])
    shown = [index for index in range(4) if index != 2 or gaps]
    rows = []
    for step, amounts in zip(difference["steps"], causes, strict=True):
        moved = (_change(step, "quantity", quantity), _change(step, "unit", lambda amount: price(amount, currency)))
        rows.append((step["item"], *moved, *(money(amounts[index], currency, signed=True) for index in shown)))
    sums = [sum(amounts[index] for amounts in causes) for index in shown]
    rows.append(("sum", "", "", *(money(amount, currency, signed=True) for amount in sums)))
    headings = [("by quantity", "by price", "no price", "change")[index] for index in shown]
    return plain_table(rows, ("item", "quantity", "unit price", *headings), "lrr" + "r" * len(shown))


def _causes(step: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """Return what a step owes to quantity, to price and to a gap in the book, and its whole change."""
    if step["kind"] == "unpriced":
        return 0.0, 0.0, step["change"], step["change"]
    return step["quantity_effect"], step["price_effect"], 0.0, step["change"]


def _change(step: Mapping[str, Any], name: str, text: Callable[[float | None], str]) -> str:
    before, after = text(step[f"{name}_a"]), text(step[f"{name}_b"])
    return before if before == after else f"{before} → {after}"


def _bill_cell(bill: Mapping[str, Any] | None) -> str:
    if bill is None or not bill["lines"]:
        return "–"
    per_kW = bill["per_kW"]
    text = total(bill)
    return text if per_kW is None else f"{text} ({money(per_kW, bill['currency'])}/kW)"


def _kilowatts(watts: float | None, digits: int = 1) -> str:
    return "–" if watts is None else number(watts / 1e3, digits)


def _coolant(summary: Summary) -> str:
    coolant = summary["coolant"]
    return f"{number(coolant['flow_L_min'])} L/min" if coolant else "air only"


def _temperatures(summary: Summary) -> str:
    coolant = summary["coolant"]
    return f"{number(coolant['supply_C'])} → {number(coolant['return_C'])}" if coolant else "–"


def _flow_per_kilowatt(summary: Summary) -> str:
    coolant = summary["coolant"]
    liquid = summary["heat_to_liquid_W"] / 1e3
    return number(coolant["flow_L_min"] / liquid, 2) if coolant and liquid > 0 else "–"


def _spread(summary: Summary) -> str:
    spread = summary["flow_spread_rel"]
    return "–" if spread is None else number(100 * spread)


def _devices(summary: Summary) -> str:
    counts: Counter[str] = Counter()
    heat: Counter[str] = Counter()
    for device in summary["devices"]:
        counts[str(device["kind"])] += 1
        heat[str(device["kind"])] += device["power_W"]
    return ", ".join(f"{counts[kind]} {kind}" for kind, _ in heat.most_common(3))


def _of_decisive(key: str) -> Callable[[Summary], str]:
    def cell(summary: Summary) -> str:
        device = decisive_device(summary["devices"])
        value = device.get(key) if device else None
        return value if isinstance(value, str) else number(value)

    return cell


ROWS: tuple[tuple[str, Callable[[Summary], str]], ...] = (
    ("devices", _devices),
    ("heat [kW]", lambda summary: _kilowatts(summary["heat_total_W"])),
    ("to liquid [kW]", lambda summary: _kilowatts(summary["heat_to_liquid_W"])),
    ("to air [kW]", lambda summary: _kilowatts(summary["heat_to_air_W"])),
    ("coolant", _coolant),
    ("flow per heat [L/min/kW]", _flow_per_kilowatt),
    ("supply → return [°C]", _temperatures),
    ("rack pressure drop [kPa]", lambda summary: number(summary["pressure_drop_kPa"])),
    ("flow spread [%]", _spread),
    ("pumps [kW]", lambda summary: _kilowatts(summary["pump_power_W"], 2)),
    ("fans [kW]", lambda summary: _kilowatts(summary.get("fan_power_W"), 2)),
    ("least margin at", _of_decisive("path")),
    ("its junction [°C]", _of_decisive("junction_max_C")),
    ("its margin [K]", _of_decisive("margin_K")),
    ("limits violated", lambda summary: number(len(by_severity(summary["violations"])[0]), 0)),
    ("guidelines exceeded", lambda summary: number(len(by_severity(summary["violations"])[1]), 0)),
)
