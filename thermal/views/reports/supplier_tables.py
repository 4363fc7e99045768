"""Tables of a suppliers' report, linked so that a price or a share changed in the workbook changes every content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from thermal.views.report import Cell, Check, Column, Linked, ReportTable
from thermal.views.reports.bills import line_name, priced_of_scope, total_name
from thermal.views.suppliers import draws_said, suppliers_in

__all__ = ["ShareNames", "case_tables", "content_name", "power_name", "racks_table", "range_table", "share_names",
           "shares_table", "supplier_content_table"]  # fmt: skip

Outlook: TypeAlias = Mapping[str, Any]
Group: TypeAlias = Sequence[Outlook]
ShareNames: TypeAlias = Mapping[tuple[str, str | None, str, str], str]
"""Names of the cells of shares by scenario, rack (None for any), class or group, and supplier."""

OTHER = "other"
_SAME_ENTRY = "*".join(f"({{{key}:all}}={{{key}}})" for key in ("scenario", "of", "rack"))
FITTING = Check(
    "share",
    f"AND({{share}}>=0,{{share}}<=1,SUMPRODUCT({_SAME_ENTRY}*{{share:all}})<=1+1E-9)",
    "A share lies from 0 to 1, and those of one class or group in one scenario sum to 1 at most: above that the part "
    "of other would be negative. Lower one of them.",
)
NEGATIVE = "A content below zero: the shares of a class or group sum to more than 1. Lower one of them."


def content_name(number: int, place: int, group: Group, supplier: str) -> str:
    """Return the name of the cell with a supplier's content, for the group's `number` and the scenario's `place`."""
    return f"content_{number}_{place}_{1 + list(suppliers_in(group)).index(supplier)}"


def power_name(group: int) -> str:
    """Return the name of the cell with the power of a group's rack [kW]."""
    return f"rack_power_{group}"


def racks_table(groups: Sequence[Group]) -> ReportTable:
    """Return each rack and price book: content, power, and content per megawatt."""
    rows: list[dict[str, Cell]] = []
    for number, group in enumerate(groups, start=1):
        first = group[0]
        rows.append(
            {
                "rack": first["rack_title"],
                "prices": first["prices"],
                "currency": first["currency"],
                "total": Linked(first["per_rack"], f"{{{total_name(number)}!}}"),
                "complete": priced_of_scope(first),
                "outside": first.get("outside_scope"),
                "power": first["rack_power_W"] / 1e3,
                "per_MW": Linked(first["per_MW"], "{total}/{power}*1000"),
                "basis": first["rack_power_basis"],
            }
        )
    columns = (
        Column("rack", "Rack"),
        Column("prices", "Price book"),
        Column("currency", "Currency"),
        Column("total", "Content per rack", "number", 0),
        Column("complete", "Everything in its scope priced"),
        Column("outside", "Things outside its scope", "number", 0),
        Column("power", "Rack power [kW]", "number", 1),
        Column("per_MW", "Content per MW", "number", 0),
        Column("basis", "Power is the"),
    )
    names = {power_name(number): (number - 1, "power") for number in range(1, len(groups) + 1)}
    title = "Cooling content by rack and price book"
    above = (Check("power", "{power}>0", "The power of a rack is above zero."),)
    return ReportTable("racks", title, columns, rows, names=names, inputs=("power",), checks=above)


def share_names(outlooks: Sequence[Outlook]) -> ShareNames:
    """Name the cell of every share that any outlook uses."""
    keys = dict.fromkeys(
        (outlook["scenario"], share["rack"], share["of"], share["supplier"])
        for outlook in outlooks
        for share in outlook["shares"]
    )
    return {key: f"share_{number}" for number, key in enumerate(keys, start=1)}


def shares_table(outlooks: Sequence[Outlook], names: ShareNames) -> ReportTable:
    """Return every share that is used, with its range and what stands behind it."""
    found: dict[str, dict[str, Cell]] = {}
    for outlook in outlooks:
        titles = {row["supplier"]: row["title"] for row in outlook["suppliers"]}
        for share in outlook["shares"]:
            name = names[outlook["scenario"], share["rack"], share["of"], share["supplier"]]
            found[name] = {
                "scenario": outlook["scenario"],
                "of": share["of"],
                "rack": share["rack"] or "any",
                "supplier": titles.get(share["supplier"], share["supplier"]),
                **{key: share[key] for key in ("share", "low", "high", "basis", "source")},
            }
    columns = (
        Column("scenario", "Scenario"),
        Column("of", "Class or group"),
        Column("rack", "In rack"),
        Column("supplier", "Supplier"),
        Column("share", "Share", "percent", 1),
        Column("low", "Low", "percent", 1),
        Column("high", "High", "percent", 1),
        Column("basis", "Basis"),
        Column("source", "Source"),
    )
    cells = {name: (row, "share") for row, name in enumerate(found)}
    note = "What the shares of one class or group in one scenario leave of 1 is other."
    table = list(found.values())
    return ReportTable("shares", "Shares", columns, table, names=cells, inputs=("share",), note=note, checks=(FITTING,))


def supplier_content_table(group: Group, number: int, names: ShareNames) -> ReportTable:
    """Return each supplier's content of one rack by scenario; it follows unit prices and shares.

    Parameters
    ----------
    group : sequence of mapping
        Outlooks of one rack and price book.
    number : int
        Of the group, from 1, and of its bill in the report.
    names : ShareNames
        As `share_names` gives them.
    """
    suppliers = suppliers_in(group)
    columns = [Column("supplier", "Supplier")]
    rows: dict[str, dict[str, Cell]] = {name: {"supplier": title} for name, title in suppliers.items()}
    cells: dict[str, tuple[int, str]] = {}
    for place, outlook in enumerate(group, start=1):
        amount, part = f"amount_{place}", f"part_{place}"
        columns += [
            Column(amount, f"{outlook['scenario']} [{outlook['currency']}]", "money", 0),
            Column(part, f"{outlook['scenario']}, part of the rack", "percent", 1),
        ]
        total = total_name(number)
        named = [row["supplier"] for row in outlook["suppliers"]]
        for row in outlook["suppliers"]:
            supplier = row["supplier"]
            if supplier == OTHER:
                formula = _what_is_left(group, number, place, named)
            else:
                formula = _content_formula(outlook, number, supplier, names)
            rows[supplier][amount] = Linked(row["per_rack"], formula)
            rows[supplier][part] = Linked(row["share"], f"IF({{{total}!}}=0,0,{{{amount}}}/{{{total}!}})")
            cells[content_name(number, place, group, supplier)] = (list(rows).index(supplier), amount)
    first = group[0]
    return ReportTable(
        name=f"content_{number}",
        title=f"Content of {first['rack_title']} by supplier, prices of {first['prices']}",
        columns=columns,
        rows=list(rows.values()),
        sums=[f"amount_{place}" for place in range(1, len(group) + 1)],
        currency=first["currency"],
        names=cells,
        note="Follows the unit prices of the bill and the shares: change those.",
        checks=[Check(f"amount_{n}", f"{{amount_{n}}}>=-0.005", NEGATIVE) for n in range(1, len(group) + 1)],
    )


def _what_is_left(group: Group, number: int, place: int, named: Sequence[str]) -> str:
    others = "".join(f"-{{{content_name(number, place, group, name)}!}}" for name in named if name != OTHER)
    return f"{{{total_name(number)}!}}{others}"


def _content_formula(outlook: Outlook, number: int, supplier: str, names: ShareNames) -> str:
    """Return a supplier's content: its share of each group of lines."""
    lines: dict[str, list[str]] = {}
    for index, line in enumerate(outlook["lines"], start=1):
        key = (outlook["scenario"], line["shares_of_rack"], line["shares_of"], supplier)
        if line["shares_of"] is not None and key in names:
            lines.setdefault(names[key], []).append(f"{{{line_name(number, index)}!}}")
    return "+".join(f"{{{share}!}}*({'+'.join(amounts)})" for share, amounts in lines.items()) or "0"


def range_table(group: Group, number: int, samples: int, seed: int) -> ReportTable:
    """Return what each supplier's content may be by draws; these numbers do not follow the workbook."""
    rows: list[dict[str, Cell]] = [
        {"scenario": outlook["scenario"], "supplier": row["title"], "given": row["per_rack"], **row["range"]}
        for outlook in group
        for row in (*outlook["suppliers"], {**outlook, "title": "total"})
    ]
    columns = (
        Column("scenario", "Scenario"),
        Column("supplier", "Supplier"),
        Column("given", "As given", "money", 0),
        Column("p5", "P5", "money", 0),
        Column("p50", "P50", "money", 0),
        Column("p95", "P95", "money", 0),
        Column("mean", "Mean", "money", 0),
        Column("deviation", "Standard deviation", "money", 0),
    )
    first = group[0]
    return ReportTable(
        name=f"ranges_{number}",
        title=f"How sure the content of {first['rack_title']} is, prices of {first['prices']}",
        columns=columns,
        rows=rows,
        currency=first["currency"],
        note=f"{samples:,} draws with seed {seed}: prices and shares triangular between low and high with the given "
        f"value as the peak; {draws_said(group)}. The given value may lie outside P5 to P95 where it is at the end of "
        "its range. "
        "Drawn when the report was made: these numbers do not follow changes in the workbook.",
    )


def case_tables(groups: Sequence[Group]) -> list[ReportTable]:
    """Return what the supplier's own prices and shares move, content and rank before and after: a table a currency."""
    numbered = list(enumerate(groups, start=1))
    currencies = list(dict.fromkeys(group[0]["currency"] for group in groups))
    return [
        _case_table([pair for pair in numbered if pair[1][0]["currency"] == currency], alone=len(currencies) == 1)
        for currency in currencies
    ]


def _case_table(groups: Sequence[tuple[int, Group]], *, alone: bool) -> ReportTable:
    """Return the own case of groups in one currency, each with its number in the report."""
    rows: list[dict[str, Cell]] = []
    for number, group in groups:
        for place, outlook in enumerate(group, start=1):
            rows += [
                {
                    "rack": outlook["rack_title"],
                    "prices": outlook["prices"],
                    "scenario": outlook["scenario"],
                    "supplier": row["title"],
                    "before": row["per_rack_before"],
                    "after": Linked(row["per_rack"], f"{{{content_name(number, place, group, row['supplier'])}!}}"),
                    "change": Linked(row["per_rack"] - row["per_rack_before"], "{after}-{before}"),
                    "rank_before": row["rank_before"],
                    "rank": row["rank"],
                }
                for row in outlook["suppliers"]
                if (row["per_rack"], row["rank"]) != (row["per_rack_before"], row["rank_before"])
            ]
    columns = (
        Column("rack", "Rack"),
        Column("prices", "Price book"),
        Column("scenario", "Scenario"),
        Column("supplier", "Supplier"),
        Column("before", "Content before", "money", 0),
        Column("after", "Content after", "money", 0),
        Column("change", "Change", "money", 0),
        Column("rank_before", "Rank before", "integer"),
        Column("rank", "Rank after", "integer"),
    )
    currency = groups[0][1][0]["currency"]
    name, title = "own_case", "Own case: before and after"
    if not alone:
        name, title = f"{name}_{currency}", f"{title}, in {currency}"
    note = "Suppliers whose content and rank stay are left out."
    return ReportTable(name, title, columns, rows, currency=currency, note=note)
