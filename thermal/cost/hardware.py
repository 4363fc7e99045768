"""What a rack holds, counted by class, and what a bill says of each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from thermal.cost.bill_of_materials import Bill
from thermal.cost.classes import ASSEMBLY, COUNTED, COUPLING, PAIR, PIECE, base_class, is_bought_whole
from thermal.cost.counting import NO_PRICE, Countable

__all__ = ["Cover", "coverage", "hardware", "hardware_rows", "unpriced_changes"]

Cover: TypeAlias = Literal["priced", "included", "no price", "not covered"]
"""``priced`` by a line of its own; ``included`` in the price of another; ``no price`` though the book covers the class;
``not covered`` by the book."""


def hardware(items: Sequence[Countable]) -> dict[str, Fraction]:
    """Count things by class.

    Parameters
    ----------
    items : sequence of Countable
        Everything the expanded rack holds, as `Assembly.items`.

    Returns
    -------
    dict of str to Fraction
        In the order of the classes; quick disconnects both as halves and as pairs; of a CDU this rack's share, and
        nothing of what comes with it. An assembly without a class of its own is no purchase: its parts are counted.
    """
    whole = [item.path for item in items if is_bought_whole(item.item_class)]
    counts: dict[str, Fraction] = {}
    for item in items:
        if item.item_class == ASSEMBLY or any(item.path.startswith(f"{path}/") for path in whole):
            continue
        pieces = Fraction(item.pieces).limit_denominator(1000)
        if item.item_class in COUPLING:
            counts[PIECE] = counts.get(PIECE, Fraction(0)) + pieces
            counts[PAIR] = counts.get(PAIR, Fraction(0)) + 1
        else:
            counts[item.item_class] = counts.get(item.item_class, Fraction(0)) + pieces
    order = {name: place for place, name in enumerate(COUNTED)}
    return dict(sorted(counts.items(), key=lambda entry: order.get(entry[0], len(order))))


def hardware_rows(racks: Mapping[str, Mapping[str, Fraction]]) -> list[dict[str, Any]]:
    """Return one row per class with the number in each rack, as JSON carries it.

    Parameters
    ----------
    racks : mapping of str to mapping
        What `hardware` counts, by rack.
    """
    known = {name for counts in racks.values() for name in counts}
    classes = [*(name for name in COUNTED if name in known), *sorted(known - COUNTED.keys())]
    return [
        {
            "item_class": name,
            "what": COUNTED.get(name, name),
            "counts": {rack: _plain(counts.get(name, Fraction(0))) for rack, counts in racks.items()},
        }
        for name in classes
    ]


def coverage(bill: Bill) -> dict[str, Cover]:
    """Return what a bill says of each class that its rack holds; a part without a price goes before the others."""
    found: dict[str, Cover] = {}
    for line in bill.lines:
        found[base_class(line.counted)] = "priced"
    for entry in bill.included:
        found.setdefault(base_class(entry.item), "included")
    for entry in bill.not_covered:
        found[base_class(entry.item)] = "no price" if entry.why == NO_PRICE else "not covered"
    return found


def unpriced_changes(
    a: Mapping[str, Fraction], b: Mapping[str, Fraction], cover_a: Mapping[str, Cover], cover_b: Mapping[str, Cover]
) -> list[dict[str, Any]]:
    """List the classes of which two racks hold different numbers and which the book does not cover.

    Parameters
    ----------
    a, b : mapping of str to Fraction
        What each rack holds, by class.
    cover_a, cover_b : mapping of str to Cover
        What the bill of each rack says of the classes.
    """
    out = []
    for name in dict.fromkeys((*a, *b)):
        if name == PIECE:
            continue  # its pairs stand for it
        said = {cover[base_class(name)] for cover in (cover_a, cover_b) if base_class(name) in cover}
        before, after = a.get(name, Fraction(0)), b.get(name, Fraction(0))
        if said == {"not covered"} and before != after:
            row = {"item_class": name, "what": COUNTED.get(name, name)}
            out.append({**row, "quantity_a": _plain(before), "quantity_b": _plain(after)})
    return out


def _plain(number: Fraction) -> int | float:
    return number.numerator if number.denominator == 1 else float(number)
