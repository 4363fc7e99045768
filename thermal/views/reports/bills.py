"""Bills in a report: lines that a workbook adds up, content per GPU, kilowatt and PFLOP/s, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from thermal.views.chart.of_cost import class_name
from thermal.views.cost import NOTHING, quantity
from thermal.views.report import Cell, Column, Format, Linked, ReportTable, Text

__all__ = ["bill_remarks", "bill_table", "class_table", "content_table", "line_name", "priced_of_scope",
           "quantity_name", "total_name"]  # fmt: skip

MOST_SIGNS = 31  # in the name of a sheet


def total_name(number: int, end: str = "") -> str:
    """Return the name of the cell with the total of the report's bill of that number, from 1.

    With an `end`, ``low`` or ``high``, that of the amounts at those prices.
    """
    return f"total_{end}_{number}" if end else f"total_{number}"


def line_name(number: int, line: int) -> str:
    """Return the name of the cell with the amount of a line, from 1, of the report's bill of that number."""
    return f"amount_{number}_{line}"


def quantity_name(number: int, line: int) -> str:
    """Return the name of the cell with the quantity of a line, as of `line_name`."""
    return f"quantity_{number}_{line}"


def bill_table(bill: Mapping[str, Any], number: int) -> ReportTable:
    """Return a bill whose amounts and total follow its unit prices.

    Parameters
    ----------
    bill : mapping
        As ``thermal cost --json`` prints it.
    number : int
        Of the bill in the report, from 1; it makes the names of its cells unique.
    """
    rows = [_line(line) for line in bill["lines"]]
    columns = (
        Column("item", "Item"),
        Column("part", "Part"),
        Column("group", "Supplier group"),
        Column("quantity", "Quantity", "integer", 3),
        Column("unit_price", f"Unit price [{bill['currency']}]", "money", 2),
        Column("amount", f"Amount [{bill['currency']}]", "money", 0),
        Column("low", "Lowest price seen", "money", 2),
        Column("high", "Highest price seen", "money", 2),
        Column("amount_low", "Amount at the lowest", "money", 0),
        Column("amount_high", "Amount at the highest", "money", 0),
        Column("basis", "Basis"),
        Column("source", "Source"),
    )
    names = {line_name(number, row + 1): (row, "amount") for row in range(len(rows))}
    names |= {quantity_name(number, row + 1): (row, "quantity") for row in range(len(rows))}
    names |= {total_name(number, end): (-1, f"amount_{end}") for end in ("low", "high")}
    return ReportTable(
        name=f"bill_{number}_{bill['prices']}"[:MOST_SIGNS],
        title=f"Bill of {bill['rack']} by {bill['prices']}{'' if bill.get('complete', True) else ' (partial)'}",
        columns=columns,
        rows=rows,
        sums=("amount", "amount_low", "amount_high"),
        currency=bill["currency"],
        names={**names, total_name(number): (-1, "amount")},
        inputs=("unit_price", "low", "high"),
        note=f"Basket: {bill['basket']}." if bill.get("basket") else "",
    )


def _line(line: Mapping[str, Any]) -> dict[str, Cell]:
    """Return one line; amounts are to the cent, as in the bill."""
    count = line["quantity"]
    return {
        "item": line["item"],
        "part": line["part"],
        "group": line["supplier_group"],
        "quantity": count,
        "unit_price": line["unit_price"],
        "amount": Linked(line["amount"], "ROUND({quantity}*{unit_price},2)"),
        "low": line["low"],
        "high": line["high"],
        "amount_low": Linked(round(count * line["low"], 2), "ROUND({quantity}*{low},2)"),
        "amount_high": Linked(round(count * line["high"], 2), "ROUND({quantity}*{high},2)"),
        "basis": line.get("basis"),
        "source": line["source"],
    }


def bill_remarks(bill: Mapping[str, Any]) -> Text | None:
    """Return what a reader should know beside a bill's numbers; None when there is nothing."""
    paragraphs = [f"{NOTHING[:1].upper()}{NOTHING[1:]}."] if bill.get("nothing_in_scope") else []
    for key in ("included", "not_covered"):
        reasons: dict[str, dict[str, float]] = {}
        for entry in bill.get(key, ()):
            counts = reasons.setdefault(entry["why"], {})
            counts[entry["item"]] = counts.get(entry["item"], 0) + entry["quantity"]
        for why, counts in reasons.items():
            listed = ", ".join(f"{quantity(count)} {item}" for item, count in counts.items())
            paragraphs.append(f"{why[:1].upper()}{why[1:]}: {listed}.")
    paragraphs += [f"{remark[:1].upper()}{remark[1:]}." for remark in bill.get("remarks", ())]
    warned = bill.get("nothing_in_scope") or not bill.get("complete", True)
    return Text(tuple(paragraphs), "warning" if warned else "") if paragraphs else None


def priced_of_scope(bill: Mapping[str, Any]) -> str:
    """Say whether a book prices everything of a rack within its scope; nothing may be within it."""
    if bill.get("nothing_in_scope"):
        return f"no: {NOTHING}"
    return "yes" if bill["complete"] else "no: partial"


def class_table(bills: Mapping[int, Mapping[str, Any]], titles: Mapping[str, str] | None = None) -> ReportTable:
    """Return what bills of one price book hold of each class of item, following their lines.

    Parameters
    ----------
    bills : mapping of int to mapping
        By their number in the report.
    titles : mapping, optional
        Names of racks to be shown in place of theirs.
    """
    first = next(iter(bills.values()))
    weights: dict[str, float] = {}
    for bill in bills.values():
        for item_class, amount in bill["by_class"].items():
            weights[item_class] = weights.get(item_class, 0.0) + amount
    rows = []
    for item_class in sorted(weights, key=lambda item_class: -weights[item_class]):
        row: dict[str, Cell] = {"class": class_name(item_class)}
        for number, bill in bills.items():
            lines = [place for place, line in enumerate(bill["lines"], 1) if line["item_class"] == item_class]
            formula = "+".join(f"{{{line_name(number, place)}!}}" for place in lines)
            row[f"bill_{number}"] = Linked(bill["by_class"][item_class], formula) if lines else 0.0
        rows.append(row)
    headings = {number: (titles or {}).get(bill["rack"], bill["rack"]) for number, bill in bills.items()}
    keys = [Column(f"bill_{number}", heading, "money", 0) for number, heading in headings.items()]
    return ReportTable(
        name=f"classes_{min(bills)}_{first['prices']}"[:MOST_SIGNS],
        title=f"Cooling content by class of item, prices of {first['prices']}",
        columns=[Column("class", "Class of item"), *keys],
        rows=rows,
        sums=[column.key for column in keys],
        currency=first["currency"],
    )


def content_table(bills: Sequence[Mapping[str, Any]]) -> ReportTable:
    """Return cooling content per rack, GPU, kilowatt and PFLOP/s, each following the bills' totals.

    Parameters
    ----------
    bills : sequence of mapping
        As ``thermal compare --json`` prints them, in the order of the report's bills: with ``gpus, heat_kW, PFLOP``.
    """
    currencies = list(dict.fromkeys(bill["currency"] for bill in bills))
    form: Format = "money" if len(currencies) == 1 else "number"
    rows = [_content(number, bill) for number, bill in enumerate(bills, start=1)]
    columns = (
        Column("rack", "Rack"),
        Column("prices", "Price book"),
        Column("total", "Per rack", form, 0),
        Column("low", "Lowest prices", form, 0),
        Column("high", "Highest prices", form, 0),
        Column("complete", "Everything in its scope priced"),
        Column("outside", "Things outside its scope", "number", 0),
        Column("gpus", "GPU packages", "integer"),
        Column("per_gpu", "Per GPU", form, 2),
        Column("heat", "Heat [kW]", "number"),
        Column("per_kW", "Per kW", form, 2),
        Column("PFLOP", "PFLOP/s", "number", 0),
        Column("per_PFLOP", "Per PFLOP/s", form, 2),
    )
    sources = dict.fromkeys(f"{b['rack']}: {b['PFLOP_source']}" for b in bills if b.get("PFLOP_source"))
    note = "GPU packages are those of kind gpu or asic; Rubin CPX do not count. Heat is that of all devices and fans."
    if len(currencies) > 1:
        note += f" Amounts are in the currency of their book: {', '.join(currencies)}."
    note += f" PFLOP/s as stated, at different precision: {'; '.join(sources)}." if sources else ""
    currency = currencies[0] if currencies else "USD"
    return ReportTable("content", "Cooling content", columns, rows, currency=currency, note=note)


def _content(number: int, bill: Mapping[str, Any]) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        "rack": bill["rack"],
        "prices": bill["prices"],
        "total": Linked(bill["total"], f"{{{total_name(number)}!}}"),
        "low": Linked(bill["total_low"], f"{{{total_name(number, 'low')}!}}"),
        "high": Linked(bill["total_high"], f"{{{total_name(number, 'high')}!}}"),
        "complete": priced_of_scope(bill),
        "outside": bill.get("outside_scope"),
        "gpus": bill.get("gpus"),
        "heat": bill.get("heat_kW"),
        "PFLOP": bill.get("PFLOP"),
    }
    for key, divisor in (("per_gpu", "gpus"), ("per_kW", "heat"), ("per_PFLOP", "PFLOP")):
        if bill.get(key) is not None and row[divisor]:
            row[key] = Linked(bill[key], f"{{total}}/{{{divisor}}}")
    return row
