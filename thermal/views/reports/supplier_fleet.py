"""Tables of a fleet, linked so that a changed power, number of racks or ramp changes racks, shares and contents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from thermal.views.report import Cell, Check, Column, Linked, ReportTable
from thermal.views.reports.supplier_tables import content_name, power_name
from thermal.views.suppliers import learning_said

__all__ = ["fleet_tables", "fleets_table"]

Outlook: TypeAlias = Mapping[str, Any]
Group: TypeAlias = Sequence[Outlook]


def _fleet_racks_name(group: int) -> str:
    return f"fleet_racks_{group}"


def _named(what: str, group: int, quarter: int) -> str:
    return f"quarter_{what}_{group}_{quarter}"


def _weight_name(group: int, quarter: int) -> str:
    return f"racks_at_book_price_{group}_{quarter}"


def fleets_table(groups: Sequence[Group]) -> ReportTable:
    """Return how many whole racks each fleet makes: as many as its power feeds, or as many as were asked for."""
    rows: list[dict[str, Cell]] = []
    for number, group in enumerate(groups, start=1):
        first, fleet = group[0], group[0]["fleet"]
        of_power = fleet["power_W"] is not None
        # the part above 1 keeps a whole number of racks whole when its power is rounded
        formula = f"INT({{power}}*1000/{{{power_name(number)}!}}*(1+1E-12))"
        rows.append(
            {
                "rack": first["rack_title"],
                "prices": first["prices"],
                "asked": fleet["asked"],
                "power": fleet["power_W"] / 1e6 if of_power else None,
                "rack_power": Linked(first["rack_power_W"] / 1e3, f"{{{power_name(number)}!}}"),
                "racks": Linked(fleet["racks"], formula) if of_power else fleet["racks"],
            }
        )
    columns = (
        Column("rack", "Rack"),
        Column("prices", "Price book"),
        Column("asked", "Fleet asked for"),
        Column("power", "Its power [MW]", "number", 1),
        Column("rack_power", "Rack power [kW]", "number", 1),
        Column("racks", "Racks", "integer"),
    )
    names = {_fleet_racks_name(number): (number - 1, "racks") for number in range(1, len(groups) + 1)}
    note = "The power of a fleet is that of its racks, without what the site adds; as many whole racks as it feeds."
    return ReportTable("fleets", "Fleets", columns, rows, names=names, inputs=("power", "racks"), note=note)


def fleet_tables(group: Group, number: int) -> Iterator[ReportTable]:
    """Yield the quarters of one rack's fleet, and each scenario's content by supplier and quarter."""
    yield _ramp_table(group, number)
    for place, outlook in enumerate(group, start=1):
        yield _fleet_table(group, outlook, number, place)


def _ramp_table(group: Group, number: int) -> ReportTable:
    """Return racks and prices by quarter: whole racks that keep up with the ramp, as the fleet is counted."""
    first, fleet = group[0], group[0]["fleet"]
    quarters = fleet["quarters"]
    rows = [_quarter(fleet, number, index) for index in range(len(quarters))]
    columns = (
        Column("quarter", "Quarter"),
        Column("ramp", "Share asked for", "percent", 1),
        Column("racks", "Racks", "integer"),
        Column("share", "Share of the fleet", "percent", 2),
        Column("factor", "Price over the book's", "number", 4),
        Column("weight", "Racks at the book's price", "number", 1),
    )
    names = {_weight_name(number, q["quarter"]): (row, "weight") for row, q in enumerate(quarters)}
    for key in ("ramp", "racks"):
        names |= {_named(key, number, q["quarter"]): (row, key) for row, q in enumerate(quarters)}
    names[_named("racks", number, 0)] = (-1, "racks")
    learning = learning_said(fleet)
    note = "Racks and shares follow the fleet and the ramp, and may be typed over; the prices over the book's do not "
    note += "follow: they are those of the racks when the report was made."
    note += f" Learning: {learning}." if learning else ""
    whole = Check("ramp", "AND({ramp}>=0,ABS(SUM({ramp:all})-1)<1E-9)", "The shares of the quarters sum to 1.")
    priced = Check("factor", "OR({racks}=0,{factor}>0)", "A quarter with racks has a price: give it over the book's.")
    return ReportTable(
        name=f"ramp_{number}",
        title=f"Fleet of {first['rack_title']}: {fleet['asked']}, prices of {first['prices']}",
        columns=columns,
        rows=rows,
        sums=("ramp", "racks", "share", "weight"),
        names=names,
        inputs=("ramp", "factor"),
        note=note,
        checks=(whole, priced),
    )


def _quarter(fleet: Mapping[str, Any], number: int, index: int) -> dict[str, Cell]:
    """Return one quarter: the racks due by its end, rounded, less those of the quarters before."""
    quarter = fleet["quarters"][index]
    known = [each["quarter"] for each in fleet["quarters"][: index + 1]]
    reached = "+".join(f"{{{_named('ramp', number, each)}!}}" for each in known)
    made = "".join(f"-{{{_named('racks', number, each)}!}}" for each in known[:-1])
    total = f"{{{_named('racks', number, 0)}!}}"
    factor = quarter["price_factor"]  # None without racks, whose price nobody knows
    priced = {} if factor is None else {"factor": factor}
    return {
        "quarter": f"Q{quarter['quarter']}",
        "ramp": quarter["share"],
        "racks": Linked(quarter["racks"], f"INT(ROUND({{{_fleet_racks_name(number)}!}}*({reached}),6)+0.5){made}"),
        "share": Linked(quarter["racks"] / fleet["racks"], f"IF({total}=0,0,{{racks}}/{total})"),
        **priced,
        "weight": Linked(quarter["racks"] * (factor or 0.0), "{racks}*{factor}"),
    }


def _fleet_table(group: Group, outlook: Outlook, number: int, place: int) -> ReportTable:
    currency = outlook["currency"]
    quarters = [quarter["quarter"] for quarter in outlook["fleet"]["quarters"]]
    rows: list[dict[str, Cell]] = []
    for row in outlook["suppliers"]:
        cell = f"{{{content_name(number, place, group, row['supplier'])}!}}"
        amounts: dict[str, Cell] = {
            f"q{quarter}": Linked(amount / 1e6, f"{cell}*{{{_weight_name(number, quarter)}!}}/1000000")
            for quarter, amount in zip(quarters, row["quarters"], strict=True)
        }
        total = Linked(row["fleet_amount"] / 1e6, "+".join(f"{{q{quarter}}}" for quarter in quarters))
        rows.append({"supplier": row["title"], **amounts, "fleet": total})
    columns = (
        Column("supplier", "Supplier"),
        *(Column(f"q{quarter}", f"Q{quarter} [million {currency}]", "number", 2) for quarter in quarters),
        Column("fleet", f"Fleet [million {currency}]", "number", 2),
    )
    return ReportTable(
        name=f"fleet_{number}_{place}",
        title=f"Fleet content by supplier: {outlook['rack_title']}, {outlook['prices']}, {outlook['scenario']}",
        columns=columns,
        rows=rows,
        sums=[column.key for column in columns[1:]],
        currency=currency,
    )
