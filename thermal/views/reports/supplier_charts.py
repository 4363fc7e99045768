"""Charts of a suppliers' report: content by supplier and scenario, what moves it, and the fleet by quarter."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from thermal.views.chart.model import Chart, Series
from thermal.views.chart.of_cost import tornado
from thermal.views.chart.text import value_text
from thermal.views.cost import price
from thermal.views.suppliers import suppliers_in
from thermal.views.tables import money, number

__all__ = ["content_bars", "content_stack", "fleet_bars", "swings"]

Outlook: TypeAlias = Mapping[str, Any]
MOST_SUPPLIERS = 6  # of a stack, by name; the colours end there
OTHER = "other"


def content_stack(outlooks: Sequence[Outlook], name: str = "content_by_supplier") -> Chart | None:
    """Return the content of each rack and scenario as stacks of suppliers; None when nothing is priced.

    Parameters
    ----------
    outlooks : sequence of mapping
        In one currency.
    name : str
        Of the chart.

    Raises
    ------
    ValueError
        The outlooks are in several currencies, or an amount in them is negative.
    """
    currencies = list(dict.fromkeys(outlook["currency"] for outlook in outlooks))
    if len(currencies) > 1:
        msg = f"contents in {', '.join(currencies)}: one chart takes one currency; convert them first"
        raise ValueError(msg)
    outlooks = [outlook for outlook in outlooks if outlook["lines"]]
    if not outlooks:
        return None
    amounts = [{row["supplier"]: row["per_rack"] for row in outlook["suppliers"]} for outlook in outlooks]
    for outlook, found in zip(outlooks, amounts, strict=True):
        if min(found.values(), default=0.0) < 0.0:
            place = f"{outlook['rack']}, scenario {outlook['scenario']}"
            msg = f"{place}: a supplier's content is negative; check that its shares sum to 1 at most"
            raise ValueError(msg)
    titles = suppliers_in(outlooks)
    shown = [supplier for supplier in titles if supplier != OTHER][:MOST_SUPPLIERS]
    series = [Series(titles[supplier], [found.get(supplier, 0.0) for found in amounts]) for supplier in shown]
    further = [math.fsum(v for k, v in found.items() if k not in shown and k != OTHER) for found in amounts]
    if any(further):
        series.append(Series("further named suppliers", further))
    series.append(Series("other", [found.get(OTHER, 0.0) for found in amounts]))
    largest = [max(outlook["suppliers"], key=lambda row: row["per_rack"]) for outlook in outlooks]
    said = "; ".join(
        f"{_place(outlook, outlooks).replace(chr(10), ', ')}: {row['title']} {money(row['per_rack'], currencies[0])}"
        for outlook, row in zip(outlooks, largest, strict=True)
    )
    return Chart(
        name=name,
        kind="stack",
        title="Cooling content of one rack by supplier and scenario",
        unit=currencies[0],
        categories=[_place(outlook, outlooks) for outlook in outlooks],
        series=series,
        left_title="content of one rack",
        description=f"The largest part goes to: {said}.",
    )


def content_bars(group: Sequence[Outlook], index: int) -> Chart | None:
    """Return each supplier's content with its range, scenario beside scenario; None when nothing is priced.

    Parameters
    ----------
    group : sequence of mapping
        Outlooks of one rack and price book.
    index : int
        Number of the chart.
    """
    first = group[0]
    if not first["lines"]:
        return None
    titles = suppliers_in(group)
    tables = [{row["supplier"]: row for row in outlook["suppliers"]} for outlook in group]
    series = [
        Series(
            outlook["scenario"],
            [table[name]["per_rack"] if name in table else None for name in titles],
            [_end(table.get(name), "p5", min) for name in titles],
            [_end(table.get(name), "p95", max) for name in titles],
        )
        for outlook, table in zip(group, tables, strict=True)
    ]
    tops = [next(row for row in outlook["suppliers"]) for outlook in group]
    said = "; ".join(
        f"{outlook['scenario']}: {top['title']} {money(top['per_rack'], first['currency'])}"
        for outlook, top in zip(group, tops, strict=True)
    )
    return Chart(
        name=f"suppliers_{index}",
        kind="bars",
        title=f"Content of {first['rack_title']} by supplier with its range, prices of {first['prices']}",
        unit=first["currency"],
        categories=list(titles.values()),
        series=series,
        left_title="content of one rack",
        note="The lines span the 5th to the 95th percentile of the draws, and the given value where it lies beyond; "
        "drawn when the report was made.",
        description=f"First in each scenario: {said}.",
    )


def _end(row: Mapping[str, Any] | None, key: str, farther: Callable[[float, float], float]) -> float | None:
    return None if row is None else farther(row["range"][key], row["per_rack"])


def swings(outlook: Outlook, name: str) -> Chart | None:
    """Return what moves one supplier's content most; None when nothing has a range."""
    found = outlook["tornado"]
    titles = {row["supplier"]: row["title"] for row in outlook["suppliers"]}
    supplier = titles.get(found["supplier"], found["supplier"])
    title = f"What moves {supplier}: {outlook['rack_title']}, {outlook['prices']}, {outlook['scenario']}"
    rows = [{**row, "name": f"{row['name']}\n{_moved(row, outlook['currency'])}"} for row in found["rows"]]
    return tornado(rows, found["base"], outlook["currency"], title, name)


def _moved(row: Mapping[str, Any], currency: str) -> str:
    """Return the range in which a price or share is moved."""
    if row["kind"] == "price":
        return f"{price(row['low_at'], currency)} to {price(row['high_at'], currency)}"
    return f"{number(100 * row['low_at'])} to {number(100 * row['high_at'])} %"


def fleet_bars(group: Sequence[Outlook], index: int) -> Chart | None:
    """Return one supplier's content of a fleet by quarter, scenario beside scenario; None without a fleet."""
    first = group[0]
    if first["fleet"] is None:
        return None
    supplier = first["tornado"]["supplier"]
    found = {
        outlook["scenario"]: row for outlook in group for row in outlook["suppliers"] if row["supplier"] == supplier
    }
    if not found:
        return None
    title = next(iter(found.values()))["title"]
    said = "; ".join(f"{name} {value_text(row['fleet_amount'], first['currency'], 0)}" for name, row in found.items())
    return Chart(
        name=f"fleet_{index}",
        kind="bars",
        title=f"{title}: content of {number(first['fleet']['racks'], 0)} {first['rack_title']} by quarter",
        unit=first["currency"],
        categories=[f"Q{quarter['quarter']}" for quarter in first["fleet"]["quarters"]],
        series=[Series(name, row["quarters"]) for name, row in found.items()],
        left_title="content of the fleet",
        note=f"Prices of {first['prices']}.",
        description=f"Over the whole fleet: {said}.",
    )


def _place(outlook: Outlook, among: Sequence[Outlook]) -> str:
    """Return what tells an outlook from the others of a chart."""
    words = [
        outlook[key]
        for key in ("rack_title", "prices", "scenario")
        if key == "scenario" or len({another[key] for another in among}) > 1
    ]
    return "\n".join(words)
