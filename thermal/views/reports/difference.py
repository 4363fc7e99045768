"""Racks beside each other in a report: hardware, heat, coolant, margins, books, and what leads from bill to bill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from thermal.results.summary import Summary
from thermal.views.chart.of_cost import class_name
from thermal.views.report import Cell, Column, Format, Linked, ReportTable
from thermal.views.reports.bills import line_name, priced_of_scope, quantity_name
from thermal.views.simulate import by_severity, decisive_device
from thermal.views.tables import number

__all__ = [
    "books_table",
    "coverage_table",
    "difference_table",
    "hardware_table",
    "heat_table",
    "hydraulic_table",
    "margin_table",
    "unpriced_names",
]

MOST_SIGNS = 31  # in the name of a sheet
MOST_UNPRICED = 4  # steps of nothing in a waterfall
ASKED_FOR = ("fan", "plate", "qd_pair", "internal_manifold", "rack_manifold", "cdu")


def hardware_table(rows: Sequence[Mapping[str, Any]], racks: Sequence[str]) -> ReportTable:
    """Return the number of things of each class in each rack, with the change between two.

    Parameters
    ----------
    rows : sequence of mapping
        ``item_class, what, counts``, as ``thermal compare --json`` prints them.
    racks : sequence of str
        Names, in order.
    """
    keys = [f"rack_{place}" for place in range(1, len(racks) + 1)]
    two = len(racks) == 2
    cells: list[dict[str, Cell]] = []
    for row in rows:
        counts = [row["counts"][rack] for rack in racks]
        cell: dict[str, Cell] = {
            "class": row["item_class"],
            "what": row["what"],
            **dict(zip(keys, counts, strict=True)),
        }
        if two:
            cell["change"] = Linked(counts[1] - counts[0], "{rack_2}-{rack_1}")
        cells.append(cell)
    columns = [Column("class", "Class"), Column("what", "What it is")]
    columns += [Column(key, rack, "integer", 3) for key, rack in zip(keys, racks, strict=True)]
    if two:
        columns.append(Column("change", "Change", "integer", 3))
    note = "Quick disconnects are counted twice, as halves and as pairs. A CDU counts by this rack's share of it."
    return ReportTable("hardware", "Hardware per rack", columns, cells, note=note)


def heat_table(summaries: Sequence[Summary]) -> ReportTable:
    """Return where each rack's heat goes, and what moving it takes."""
    columns = (
        Column("rack", "Rack"),
        Column("devices", "Devices", "integer"),
        Column("total", "Heat [kW]", "number"),
        Column("liquid", "To coolant [kW]", "number"),
        Column("air", "To air [kW]", "number"),
        Column("share", "To coolant", "percent"),
        Column("pumps", "Pumps [kW]", "number", 2),
        Column("fans", "Fans [kW]", "number", 2),
    )
    rows: list[dict[str, Cell]] = []
    for summary in summaries:
        total, liquid = summary["heat_total_W"], summary["heat_to_liquid_W"]
        row: dict[str, Cell] = {
            "rack": summary["rack"],
            "devices": len(summary["devices"]),
            "total": total / 1e3,
            "liquid": liquid / 1e3,
            "air": summary["heat_to_air_W"] / 1e3,
            "share": Linked(liquid / total, "{liquid}/{total}") if total else None,
            "pumps": _kilowatts(summary["pump_power_W"]),
            "fans": _kilowatts(summary.get("fan_power_W")),
        }
        rows.append(row)
    return ReportTable("heat", "Heat and power", columns, rows)


def hydraulic_table(summaries: Sequence[Summary]) -> ReportTable:
    """Return each rack's coolant: flow, temperatures, pressure drop, spread."""
    columns = (
        Column("rack", "Rack"),
        Column("fluid", "Coolant"),
        Column("flow", "Flow [L/min]", "number"),
        Column("per_kW", "Flow per heat [L/min/kW]", "number", 2),
        Column("supply", "Supply [°C]", "number"),
        Column("back", "Return [°C]", "number"),
        Column("drop", "Pressure drop [kPa]", "number"),
        Column("spread", "Flow spread over like trays", "percent"),
    )
    rows: list[dict[str, Cell]] = []
    for summary in summaries:
        row: dict[str, Cell] = {"rack": summary["rack"], "fluid": "air only"}
        coolant, liquid = summary["coolant"], summary["heat_to_liquid_W"] / 1e3
        if coolant is not None:
            row = {
                "rack": summary["rack"],
                "fluid": coolant["fluid"],
                "flow": coolant["flow_L_min"],
                "per_kW": coolant["flow_L_min"] / liquid if liquid else None,
                "supply": coolant["supply_C"],
                "back": coolant["return_C"],
                "drop": summary["pressure_drop_kPa"],
                "spread": summary["flow_spread_rel"],
            }
        rows.append(row)
    return ReportTable("coolant", "Coolant", columns, rows)


def margin_table(summaries: Sequence[Summary]) -> ReportTable:
    """Return what decides in each rack: the device with the least margin, and the limits crossed."""
    columns = (
        Column("rack", "Rack"),
        Column("path", "Least margin at"),
        Column("power", "Its power [W]", "number", 0),
        Column("junction", "Its junction [°C]", "number"),
        Column("limit", "Its limit [°C]", "number"),
        Column("margin", "Its margin [K]", "number"),
        Column("limits", "Limits violated", "integer"),
        Column("guidelines", "Guidelines exceeded", "integer"),
    )
    rows: list[dict[str, Cell]] = []
    for summary in summaries:
        device = decisive_device(summary["devices"]) or {}
        limits, guidelines = by_severity(summary["violations"])
        row: dict[str, Cell] = {
            "rack": summary["rack"],
            "path": device.get("path"),
            "power": device.get("power_W"),
            "junction": device.get("junction_max_C"),
            "limit": device.get("limit_C"),
            "margin": device.get("margin_K"),
            "limits": len(limits),
            "guidelines": len(guidelines),
        }
        rows.append(row)
    return ReportTable("margins", "Margins", columns, rows)


def _kilowatts(watts: float | None) -> float | None:
    return None if watts is None else watts / 1e3


def books_table(books: Sequence[Mapping[str, Any]]) -> ReportTable:
    """Return every price book's total of every rack, and what kind of total it is."""
    currencies = dict.fromkeys(book["currency"] for book in books)
    form: Format = "money" if len(currencies) == 1 else "number"
    rows: list[dict[str, Cell]] = []
    for book in books:
        for entry in book["racks"]:
            row: dict[str, Cell] = {
                "prices": book["prices"],
                "title": book["title"],
                "date": book["date"],
                "rack": entry["rack"],
                **{key: entry[key] for key in ("total", "total_low", "total_high", "per_gpu", "per_kW", "per_PFLOP")},
                "complete": priced_of_scope(entry),
                "outside": entry.get("outside_scope"),
                "written_for": "yes" if entry["written_for"] else "no: applied",
                "basket": book["basket"],
                "currency": book["currency"],
            }
            rows.append(row)
    columns = (
        Column("prices", "Price book"),
        Column("rack", "Rack"),
        Column("total", "Per rack", form, 0),
        Column("total_low", "Lowest prices", form, 0),
        Column("total_high", "Highest prices", form, 0),
        Column("per_gpu", "Per GPU", form, 2),
        Column("per_kW", "Per kW", form, 2),
        Column("per_PFLOP", "Per PFLOP/s", form, 2),
        Column("complete", "Everything in its scope priced"),
        Column("outside", "Things outside its scope", "number", 0),
        Column("written_for", "Written for this rack"),
        Column("basket", "What it prices"),
        Column("title", "Title"),
        Column("date", "Date"),
        Column("currency", "Currency"),
    )
    note = (
        "Baskets differ, so totals of different books do not compare with each other. A book applied to a rack it was "
        "not written for prices only the parts it knows."
    )
    return ReportTable("books", "Every price book", columns, rows, currency=next(iter(currencies), "USD"), note=note)


def coverage_table(books: Sequence[Mapping[str, Any]], hardware: Sequence[Mapping[str, Any]]) -> ReportTable:
    """Return what each book says of each class of things: priced, included, no price, not covered."""
    keys = [f"book_{place}" for place in range(1, len(books) + 1)]
    rows: list[dict[str, Cell]] = []
    for entry in hardware:
        if entry["item_class"] == "qd_piece":
            continue  # its pairs stand for it
        row: dict[str, Cell] = {"class": entry["item_class"], "what": entry["what"]}
        for key, book in zip(keys, books, strict=True):
            row[key] = _said(entry["item_class"], book["racks"])
        rows.append(row)
    columns = [Column("class", "Class"), Column("what", "What it is")]
    columns += [Column(key, book["prices"]) for key, book in zip(keys, books, strict=True)]
    note = (
        "Priced: by a line of its own. Included: in the price of another line. No price: in the book's scope, but it "
        "has no price for the part. Not covered: outside its scope. A dash: a container that is no purchase itself."
    )
    return ReportTable("coverage", "What each price book covers", columns, rows, note=note)


def _said(item_class: str, racks: Sequence[Mapping[str, Any]]) -> str | None:
    """Return what a book says of a class, rack by rack only where that differs."""
    said: dict[str, list[str]] = {}
    for entry in racks:
        if item_class in entry["coverage"]:
            said.setdefault(entry["coverage"][item_class], []).append(entry["rack"])
    if len(said) <= 1:
        return next(iter(said), None)
    return "; ".join(f"{cover} ({', '.join(of)})" for cover, of in said.items())


Change: TypeAlias = tuple[str, str]


def unpriced_names(difference: Mapping[str, Any]) -> tuple[list[Change], list[Change]]:
    """Return the changes of hardware that the book does not cover, as name and what changes.

    Returns
    -------
    shown, others : list of (str, str)
        A few that readers ask for, in the order of `ASKED_FOR`, and all the others.
    """
    changes = difference.get("not_covered", ())
    rank = {change["item_class"]: _rank(change["item_class"]) for change in changes}
    asked = sorted((change for change in changes if rank[change["item_class"]] < len(ASKED_FOR)),
                   key=lambda change: rank[change["item_class"]])[:MOST_UNPRICED]  # fmt: skip
    others = [change for change in changes if change not in asked]
    return [_named(change) for change in asked], [_named(change) for change in others]


def _rank(item_class: str) -> int:
    """Return how early readers ask for a class of item; `ASKED_FOR` has no place for the others."""
    key = "plate" if item_class.endswith("_plate") else item_class
    return ASKED_FOR.index(key) if key in ASKED_FOR else len(ASKED_FOR)


def _named(change: Mapping[str, Any]) -> Change:
    return class_name(change["item_class"]), f"{_count(change['quantity_a'])} → {_count(change['quantity_b'])}"


def _steps(difference: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the steps, then one of nothing for each change of hardware that the book does not cover."""
    yield from map(dict, difference["steps"])
    nothing = dict.fromkeys(("amount_a", "amount_b", "quantity_effect", "price_effect", "change"), 0.0)
    empty = {"kind": "not_covered", "unit_a": None, "unit_b": None, **nothing}
    for change in difference.get("not_covered", ()):
        counts = {"quantity_a": change["quantity_a"], "quantity_b": change["quantity_b"]}
        yield {"item": class_name(change["item_class"]), **counts, **empty}


def _count(quantity: float) -> str:
    return number(quantity, 0 if float(quantity).is_integer() else 3)


def difference_table(difference: Mapping[str, Any], bills: Sequence[Mapping[str, Any]], place: int = 1) -> ReportTable:
    """Return what leads from one bill to another, line by line; all of it follows the bills.

    Parameters
    ----------
    difference : mapping
        As ``thermal compare --json`` prints it.
    bills : sequence of mapping
        The report's bills, in order.
    place : int
        Of the difference in the report, from 1.
    """
    steps = list(_steps(difference))
    rows: list[dict[str, Cell]] = []
    for step in steps:
        row: dict[str, Cell] = {"item": step["item"], "why": KINDS[step["kind"]]}
        for end in ("a", "b"):
            lines = list(_lines(bills, difference["prices"], difference[f"rack_{end}"], _item(step)))
            row |= _end(step, end, lines, [other for other in steps if _item(other) == _item(step)])
        row["change"] = Linked(step["change"], "{amount_b}-{amount_a}")
        rows.append(row | _effects(step))
    a, b = difference["rack_a"], difference["rack_b"]
    columns = (
        Column("item", "Item"),
        Column("quantity_a", f"Quantity, {a}", "integer", 3),
        Column("quantity_b", f"Quantity, {b}", "integer", 3),
        Column("unit_a", f"Mean unit price, {a}", "money", 2),
        Column("unit_b", f"Mean unit price, {b}", "money", 2),
        Column("amount_a", f"Amount, {a}", "money", 0),
        Column("amount_b", f"Amount, {b}", "money", 0),
        Column("change", "Change", "money", 0),
        Column("by_quantity", "Of it by quantity", "money", 0),
        Column("by_price", "Of it by price", "money", 0),
        Column("why", "Kind"),
    )
    title = f"From {a} to {b} by {difference['prices']}"
    sums = ("amount_a", "amount_b", "change", "by_quantity", "by_price")
    name = f"difference_{place}_{difference['prices']}"[:MOST_SIGNS]
    note = "" if difference["complete"] else "The book does not price everything in its scope: the change is partial."
    return ReportTable(name, title, columns, rows, sums=sums, currency=difference["currency"], note=note)


def _item(step: Mapping[str, Any]) -> str:
    """Return the name of the lines that a step is about."""
    name: str = step["item"]
    return name.removesuffix(", not priced") if step["kind"] == "unpriced" else name


def _end(
    step: Mapping[str, Any], end: str, lines: Sequence[tuple[int, int]], steps: Sequence[Mapping[str, Any]]
) -> dict[str, Cell]:
    """Return number, amount and mean price in one of the bills, following its `lines`.

    Where the book has a gap, two of the `steps` share the lines: what the gap takes is no formula then, unless it takes
    everything.
    """
    cells: dict[str, Cell] = {f"{key}_{end}": step[f"{key}_{end}"] for key in ("quantity", "amount")}
    priced = [other for other in steps if other[f"amount_{end}"]]
    gaps = [other for other in priced if other["kind"] == "unpriced"]
    of_bill = bool(lines) and step["kind"] != "not_covered"
    if of_bill and step["kind"] != "unpriced":
        for key, name in (("quantity", quantity_name), ("amount", line_name)):
            taken = sum(gap[f"{key}_{end}"] for gap in gaps)
            formula = "+".join(f"{{{name(*line)}!}}" for line in lines) + (f"-{taken!r}" if taken else "")
            cells[f"{key}_{end}"] = Linked(step[f"{key}_{end}"], formula)
    elif of_bill and step in priced and gaps == priced:
        formula = "+".join(f"{{{line_name(*line)}!}}" for line in lines)
        cells[f"amount_{end}"] = Linked(step[f"amount_{end}"], formula)
    unit = step[f"unit_{end}"]
    cells[f"unit_{end}"] = None if unit is None else Linked(unit, f"ROUND({{amount_{end}}}/{{quantity_{end}}},2)")
    return cells


def _effects(step: Mapping[str, Any]) -> dict[str, Cell]:
    """Return what the change of number costs at the first price, and what is left: that of price at the last number."""
    by_quantity, by_price = step["quantity_effect"], step["price_effect"]
    if step["kind"] in ("unpriced", "not_covered"):
        return {"by_quantity": by_quantity, "by_price": Linked(by_price, "{change}-{by_quantity}")}
    both = step["kind"] not in ("added", "gone") and step["quantity_a"]
    formula = "ROUND({amount_a}/{quantity_a}*({quantity_b}-{quantity_a}),2)" if both else "{change}"
    return {"by_quantity": Linked(by_quantity, formula), "by_price": Linked(by_price, "{change}-{by_quantity}")}


KINDS: Mapping[str, str] = {
    "same": "same",
    "changed": "changed",
    "added": "only in the second rack",
    "gone": "only in the first rack",
    "unpriced": "gap in the book: in both racks, priced in one",
    "not_covered": "not priced by this book",
}


def _lines(bills: Sequence[Mapping[str, Any]], prices: str, rack: str, item: str) -> Iterator[tuple[int, int]]:
    """Yield bill and line, from 1, of the lines of an item in one bill."""
    for place, bill in enumerate(bills, start=1):
        if (bill["prices"], bill["rack"]) == (prices, rack):
            for row, line in enumerate(bill["lines"], start=1):
                if line["item"] == item:
                    yield place, row
