"""Each supplier's content of a rack, scenario beside scenario: what it is, how sure it is, and what moves it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from thermal.views.cost import NOTHING, quantity
from thermal.views.tables import labelled, money, number, plain_table

__all__ = ["by_bill", "draws_said", "learning_said", "rank_said", "suppliers_in", "suppliers_text"]

Outlook: TypeAlias = Mapping[str, Any]
MOST_SWINGS = 5


def suppliers_text(content: Mapping[str, Any]) -> str:
    """Return the contents of suppliers as text.

    Parameters
    ----------
    content : mapping
        As ``thermal suppliers --json`` prints it.
    """
    shares = content["shares"]
    head = [
        f"{shares['title']} ({shares['name']}, {shares['date']})",
        labelled(
            "ranges",
            f"P5–P95: 5th to 95th percentile of {number(content['samples'], 0)} draws (seed {content['seed']}) of "
            "prices and shares between low and high, most often as given; other is what named suppliers leave",
        ),
    ]
    bodies = ("\n".join(_of_bill(group)) for group in by_bill(content["outlooks"]))
    return "\n\n".join(["\n".join(head), *bodies])


def by_bill(outlooks: Sequence[Outlook]) -> list[list[Outlook]]:
    """Return the outlooks grouped by rack and price book; those of a group differ by scenario."""
    groups = itertools.groupby(outlooks, key=lambda outlook: (outlook["rack"], outlook["prices"]))
    return [list(group) for _, group in groups]


def suppliers_in(group: Sequence[Outlook]) -> dict[str, str]:
    """Return the suppliers of several outlooks with their names for people, the largest first and ``other`` last."""
    largest: dict[str, float] = {}
    titles: dict[str, str] = {}
    for outlook in group:
        for row in outlook["suppliers"]:
            titles[row["supplier"]] = row["title"]
            largest[row["supplier"]] = max(row["per_rack"], largest.get(row["supplier"], 0.0))
    order = sorted(titles, key=lambda name: (name == "other", -largest[name], name))
    return {name: titles[name] for name in order}


def _of_bill(group: Sequence[Outlook]) -> Iterator[str]:
    """Yield the lines of one rack priced by one book."""
    first = group[0]
    currency = first["currency"]
    yield (
        f"{first['rack_title']} · {first['prices']} · {money(first['per_rack'], currency)} per rack"
        f"{'' if first['complete'] else ' (partial)'}"
    )
    yield labelled("power", f"{number(first['rack_power_W'] / 1e3)} kW a rack: {first['rack_power_basis']}")
    for outlook in group:
        yield labelled("scenario", f"{outlook['scenario']}: {outlook['scenario_title']}")
    yield ""
    yield _content_table(group)
    yield ""
    if not first["lines"]:
        said = NOTHING if first["nothing_in_scope"] else "the price book prices nothing in this rack"
        yield labelled("nothing", said)
    else:
        yield labelled("draws", draws_said(group))
    yield from _scope(first)
    if first["total_before"] is not None:
        yield from _own_case(group)
    yield from _focus(group)
    if first["fleet"] is not None:
        yield from _fleet(group)
    remarks = dict.fromkeys(remark for outlook in group for remark in outlook["remarks"])
    if remarks:
        yield labelled("remarks", *remarks)


def draws_said(group: Sequence[Outlook]) -> str:
    """Say how draws depend on each other, and in how many of them shares are scaled."""
    scaled = [f"{number(100 * outlook['scaled_draws'])} % of draws in {outlook['scenario']}" for outlook in group]
    return (
        f"shares of a class or group that exceed 1 when drawn are scaled to 1 ({', '.join(scaled)}); "
        "lines of one item and price move together, everything else is independent"
    )


def rank_said(outlook: Outlook, row: Mapping[str, Any]) -> str:
    """Return the rank of a supplier, and with whom it is shared; nothing for who has none."""
    if row["rank"] is None:
        return ""
    level = [each["title"] for each in outlook["suppliers"] if each["rank"] == row["rank"] and each is not row]
    return f"rank {row['rank']}" + (f", level with {' and '.join(level)}" if level else "")


def _scope(first: Outlook) -> Iterator[str]:
    """Yield how much of the rack the book is not about."""
    outside = first.get("outside_scope")
    if outside:
        yield labelled("scope", f"things of this rack outside the book's scope: {quantity(outside)}")


def _rows_of(outlook: Outlook) -> dict[str, Mapping[str, Any]]:
    return {row["supplier"]: row for row in outlook["suppliers"]}


def _content_table(group: Sequence[Outlook]) -> str:
    """Return the content per rack with its 90 % range, a pair of columns per scenario."""
    currency = group[0]["currency"]
    tables = [_rows_of(outlook) for outlook in group]
    rows = []
    for name in suppliers_in(group):
        cells: list[str] = []
        for table in tables:
            cells += _amount_cells(table.get(name), currency)
        rows.append((name, *cells))
    cells = []
    for outlook in group:
        cells += _amount_cells(outlook, currency)
    rows.append(("total", *cells))
    headings = [part for outlook in group for part in (outlook["scenario"], "P5–P95")]
    return plain_table(rows, ("supplier", *headings), "l" + "rr" * len(group))


def _amount_cells(row: Mapping[str, Any] | None, currency: str) -> list[str]:
    if row is None:
        return ["–", "–"]
    spread = row["range"]
    return [money(row["per_rack"], currency), f"{money(spread['p5'], currency)}–{number(spread['p95'], 0)}"]


def _own_case(group: Sequence[Outlook]) -> Iterator[str]:
    """Yield what the supplier's own prices and shares move."""
    for outlook in group:
        currency = outlook["currency"]
        moved = []
        for row in outlook["suppliers"]:
            if row["per_rack_before"] == row["per_rack"]:
                continue
            after = rank_said(outlook, row)
            rank = f", rank {row['rank_before'] or '–'} → {after.removeprefix('rank ')}" if after else ""
            amounts = f"{money(row['per_rack_before'], currency)} → {money(row['per_rack'], currency)}"
            moved.append(f"{row['supplier']} {amounts}{rank}")
        total = f"total {money(outlook['total_before'], currency)} → {money(outlook['per_rack'], currency)}"
        yield labelled("own case", f"{outlook['scenario']}: {'; '.join([total, *moved])}")


def _focus(group: Sequence[Outlook]) -> Iterator[str]:
    """Yield one supplier's content per megawatt, and what moves it most."""
    name = group[0]["tornado"]["supplier"]
    currency = group[0]["currency"]
    per_MW = [
        f"{money(row['per_MW'], currency)} in {outlook['scenario']}"
        for outlook in group
        if (row := _rows_of(outlook).get(name)) is not None
    ]
    if not per_MW:
        return
    yield labelled("per MW", f"{name}: {' · '.join(per_MW)}")
    for outlook in group:
        swings = [
            f"{row['name']} {money(row['low'], currency)}–{number(row['high'], 0)}"
            for row in outlook["tornado"]["rows"][:MOST_SWINGS]
        ]
        if swings:
            yield labelled("moved by", f"{outlook['scenario']}, {name}: {'; '.join(swings)}")


def _fleet(group: Sequence[Outlook]) -> Iterator[str]:
    """Yield the content of the fleet by supplier and scenario, and its ramp."""
    first = group[0]
    fleet, currency = first["fleet"], first["currency"]
    yield labelled("fleet", f"{fleet['asked']}: {number(fleet['racks'], 0)} racks, {_learning(fleet)}")
    racks = " · ".join(f"Q{q['quarter']} {number(q['racks'], 0)}" for q in fleet["quarters"])
    yield labelled("ramp", f"racks by quarter: {racks}")
    yield ""
    tables = [_rows_of(outlook) for outlook in group]
    rows = [
        (name, *(_millions(table[name]["fleet_amount"] if name in table else None) for table in tables))
        for name in suppliers_in(group)
    ]
    rows.append(("total", *(_millions(outlook["fleet_amount"]) for outlook in group)))
    headings = (f"million {currency}, fleet", *(outlook["scenario"] for outlook in group))
    yield plain_table(rows, headings, "l" + "r" * len(group))
    yield ""
    yield from _quarters(group)


def _quarters(group: Sequence[Outlook]) -> Iterator[str]:
    """Yield one supplier's content by quarter."""
    name, currency = group[0]["tornado"]["supplier"], group[0]["currency"]
    for outlook, row in ((outlook, _rows_of(outlook).get(name)) for outlook in group):
        if row is not None and len(row["quarters"]) > 1:
            amounts = " · ".join(f"Q{index} {_millions(amount)}" for index, amount in enumerate(row["quarters"], 1))
            yield labelled("by quarter", f"{outlook['scenario']}, {name}, million {currency}: {amounts}")


def _learning(fleet: Mapping[str, Any]) -> str:
    learning = fleet["learning"]
    if learning is None:
        return "each at the book's prices"
    last = next(q for q in reversed(fleet["quarters"]) if q["racks"])
    return (
        f"prices × {number(learning['ratio'], 2)} per doubling after {number(learning['from_racks'], 0)} racks, "
        f"so × {number(last['price_factor'], 3)} in the last quarter with racks; {learning_said(fleet)}"
    )


def learning_said(fleet: Mapping[str, Any]) -> str:
    """Say from where the learning curve of a fleet starts, and how its mean is taken; nothing without one."""
    learning = fleet["learning"]
    if learning is None:
        return ""
    return (
        f"the fleet starts after {number(learning['from_racks'], 0)} racks, the last of them at the book's price, and "
        "a quarter's price is the integral of the curve over its racks, each counted in fractions (exact for large "
        "fleets)"
    )


def _millions(amount: float | None) -> str:
    return number(None if amount is None else amount / 1e6, 2)
