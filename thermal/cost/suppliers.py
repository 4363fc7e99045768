"""What each supplier sells into a rack: the lines of a bill divided by a scenario of shares, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from thermal.cost.bill_of_materials import Bill, Line
from thermal.cost.classes import base_class
from thermal.cost.shares import OTHER, Scenario, Share

__all__ = ["Content", "Entry", "Portion", "content_of", "divide", "entry_for", "ranks"]

Entry: TypeAlias = tuple[str | None, str]
"""An entry of a scenario: the rack it is for (None for any) and the class or group."""


@dataclass(frozen=True, slots=True)
class Portion:
    """One line of a bill and who shares it; `entry` is None, and `shares` empty, where the scenario says nothing."""

    line: Line
    entry: Entry | None
    shares: Mapping[str, Share]


@dataclass(frozen=True, slots=True)
class Content:
    """Each supplier's content of one rack.

    Parameters
    ----------
    bill : Bill
        What is divided.
    scenario : str
        By whose shares.
    portions : tuple of Portion
        One per line of the bill.
    by_supplier : dict of str to Fraction
        Amount of each supplier, the largest first and ``other`` last; they sum to the total exactly.
    by_class : dict of str to dict of str to Fraction
        The same, each supplier's by item class.
    """

    bill: Bill
    scenario: str
    portions: tuple[Portion, ...]
    by_supplier: dict[str, Fraction]
    by_class: dict[str, dict[str, Fraction]]

    @property
    def total(self) -> Fraction:
        """What is divided, in the bill's currency."""
        return Fraction(self.bill.total)

    @property
    def without_shares(self) -> tuple[str, ...]:
        """Groups of the bill that the scenario names no supplier for."""
        return tuple(dict.fromkeys(portion.line.supplier_group for portion in self.portions if portion.entry is None))


def content_of(bill: Bill, name: str, scenario: Scenario) -> Content:
    """Divide a bill among the suppliers of a scenario.

    Parameters
    ----------
    bill : Bill
        In any currency.
    name : str
        Of the scenario.
    scenario : Scenario
        Shares of the line's rack go before those of any rack, and shares of a class before those of a group.

    Returns
    -------
    Content
        With every supplier that the shares used name, even at nothing, and ``other`` for what is left.
    """
    portions = tuple(_portion(line, bill.rack, scenario) for line in bill.lines)
    by_class: dict[str, dict[str, Fraction]] = {OTHER: {}}
    for portion in portions:
        for supplier, amount in divide(portion).items():
            of_class = by_class.setdefault(supplier, {})
            key = portion.line.item_class
            of_class[key] = of_class.get(key, Fraction(0)) + amount
    sums = {supplier: sum(amounts.values(), Fraction(0)) for supplier, amounts in by_class.items()}
    order = sorted(sums, key=lambda supplier: (supplier == OTHER, -sums[supplier], supplier))
    return Content(bill, name, portions, {s: sums[s] for s in order}, {s: by_class[s] for s in order})


def divide(portion: Portion) -> dict[str, Fraction]:
    """Return each supplier's part of a line, and what is left for ``other``."""
    amount = Fraction(portion.line.amount)
    parts = {supplier: amount * Fraction(share.value) for supplier, share in portion.shares.items()}
    return {**parts, OTHER: amount - sum(parts.values(), Fraction(0))}


def ranks(content: Content) -> dict[str, int]:
    """Return the rank of each named supplier, from 1; equal amounts share the better rank."""
    amounts = {name: amount for name, amount in content.by_supplier.items() if name != OTHER}
    return {name: 1 + sum(1 for another in amounts.values() if another > amount) for name, amount in amounts.items()}


def entry_for(line: Line, rack: str, scenario: Scenario) -> Entry | None:
    """Return the entry of a scenario that holds for a line of a rack's bill, or None."""
    for place, table in ((rack, scenario.racks.get(rack, {})), (None, scenario.shares)):
        by_class = {base_class(key): key for key in table}
        for counted in (line.item_class, line.counted):
            if base_class(counted) in by_class:
                return place, by_class[base_class(counted)]
        if line.supplier_group in table:
            return place, line.supplier_group
    return None


def _portion(line: Line, rack: str, scenario: Scenario) -> Portion:
    entry = entry_for(line, rack, scenario)
    if entry is None:
        return Portion(line, None, {})
    place, key = entry
    table = scenario.shares if place is None else scenario.racks[place]
    return Portion(line, entry, table[key])
