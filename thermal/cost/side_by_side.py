"""What two or more racks hold and cost, and what leads from one bill to the next, as JSON carries it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from thermal.cost.bill_of_materials import Bill, bill_of_materials
from thermal.cost.comparison import explain
from thermal.cost.counting import NO_PRICE
from thermal.cost.currency import in_currency
from thermal.cost.hardware import coverage, hardware, hardware_rows, unpriced_changes
from thermal.cost.measures import beside_each_other, measures
from thermal.cost.prices import PriceBook, default_books, load_prices
from thermal.rack.bundled import bundled
from thermal.rack.expand import expand
from thermal.rack.schema import Rack

__all__ = ["compared"]


def compared(racks: Sequence[Rack], prices: str | None = None, currency: str | None = None) -> dict[str, Any]:
    """Count and price racks side by side.

    Parameters
    ----------
    racks : sequence of Rack
        Two or more, each of its own name.
    prices : str, optional
        Name or path of a price book; otherwise those written for every rack, or else those written for the first.
    currency : str, optional
        Of bills and differences, by the books' dated rates; the books' own by default.

    Returns
    -------
    dict
        ``bills`` (as ``thermal cost --json``, with the keys of `measures`), ``differences`` (between each rack and the
        next: ``steps`` that add up, ``unpriced`` parts in the book's scope, changes of hardware ``not_covered`` by
        it), ``hardware`` (number of things by class and rack) and ``books`` (every bundled book, and the chosen one,
        on every rack).

    Raises
    ------
    InputError
        There is no such book, or it has no rate for the currency.
    """
    assemblies = [expand(rack) for rack in racks]
    held = {rack.name: hardware(assembly.items) for rack, assembly in zip(racks, assemblies, strict=True)}
    chosen = _books([rack.name for rack in racks], prices)
    bills: list[dict[str, Any]] = []
    differences: list[dict[str, Any]] = []
    for book in chosen:
        of_book = []
        for rack, assembly in zip(racks, assemblies, strict=True):
            bill = in_currency(bill_of_materials(rack, assembly, book), book, currency or book.currency)
            bills.append({**bill.summary(), **measures(bill, rack, assembly)})
            of_book.append(bill)
        differences += [_difference(a, b, held) for a, b in pairwise(of_book)]
    known = [book for book in map(load_prices, bundled("prices")) if book.name not in {each.name for each in chosen}]
    return {
        "bills": bills,
        "differences": differences,
        "hardware": hardware_rows(held),
        "books": beside_each_other(list(racks), assemblies, (*chosen, *known), currency),
    }


def _books(names: Sequence[str], prices: str | None) -> tuple[PriceBook, ...]:
    """Return the chosen book, or those written for every rack, or else those written for the first."""
    if prices is not None:
        return (load_prices(prices),)
    of_first, *of_others = [default_books(name) for name in names]
    shared = [book for book in of_first if all(book.name in {other.name for other in others} for others in of_others)]
    return tuple(shared) or of_first


def _difference(bill_a: Bill, bill_b: Bill, held: Mapping[str, Mapping[str, Fraction]]) -> dict[str, Any]:
    """Explain what leads from one bill to the next."""
    return {
        "prices": bill_a.prices,
        "currency": bill_a.currency,
        "rack_a": bill_a.rack,
        "rack_b": bill_b.rack,
        "total_a": float(bill_a.total),
        "total_b": float(bill_b.total),
        "complete": bill_a.complete and bill_b.complete,
        "steps": [step.summary() for step in explain(bill_a, bill_b)],
        "unpriced": [
            {"rack": bill["rack"], **{key: entry[key] for key in ("item", "part", "quantity")}}
            for bill in (bill_a.summary(), bill_b.summary())
            for entry in bill["not_covered"]
            if entry["why"] == NO_PRICE
        ],
        "not_covered": unpriced_changes(held[bill_a.rack], held[bill_b.rack], coverage(bill_a), coverage(bill_b)),
    }
