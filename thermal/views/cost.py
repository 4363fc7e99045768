"""The cooling bill of one rack by one price book: its lines, its total, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from thermal.views.tables import labelled, money, number, plain_table

__all__ = ["NOTHING", "cost_text", "price", "quantity", "scope", "total"]

NOTHING = "nothing of this rack is in the book's scope"


def cost_text(bill: Mapping[str, Any]) -> str:
    """Return a bill as text.

    Parameters
    ----------
    bill : mapping
        As ``thermal cost --json`` prints it.
    """
    currency = bill["currency"]
    lines = [f"{bill['rack']} · {bill['prices']} · {currency}"]
    if bill["lines"]:
        lines += ["", _lines_table(bill), ""]
    lines.append(labelled("total", _total(bill)))
    if bill.get("nothing_in_scope"):
        lines.append(labelled("scope", NOTHING))
    elif bill.get("outside_scope") is not None:
        lines.append(labelled("scope", f"{scope(bill)}; things outside its scope: {quantity(bill['outside_scope'])}"))
    if bill.get("basket"):
        lines.append(labelled("basket", bill["basket"]))
    by_class = (f"{name} {money(amount, currency)}" for name, amount in bill.get("by_class", {}).items())
    lines.append(labelled("by class", " · ".join(by_class) or "nothing is priced"))
    for label, key in (("included", "included"), ("uncovered", "not_covered")):
        if bill.get(key):
            lines.append(labelled(label, *_reasons(bill[key])))
    if bill.get("remarks"):
        lines.append(labelled("remarks", *bill["remarks"]))
    if bill["lines"]:
        lines.append(labelled("sources", *_sources(bill["lines"])))
    return "\n".join(lines)


def quantity(count: float | None) -> str:
    """Return a count: whole where it is whole, three decimals for a shared part."""
    if count is None:
        return "–"
    return number(count, 0) if float(count).is_integer() else number(count, 3)


def price(amount: float | None, currency: str) -> str:
    """Return a unit price, with cents only where there are any."""
    if amount is None or float(amount).is_integer():
        return money(amount, currency)
    return money(amount // 1, currency) + f"{amount % 1:.2f}"[1:]


def total(bill: Mapping[str, Any]) -> str:
    """Return the total of a bill, marked when the book does not price all it covers in that rack."""
    amount = money(bill["total"], bill["currency"])
    if bill.get("nothing_in_scope"):
        return f"{amount} (nothing in scope)"
    return amount + ("" if bill.get("complete", True) else " partial")


def scope(bill: Mapping[str, Any]) -> str:
    """Say whether a book prices everything of a rack within its scope, if there is anything."""
    if bill.get("nothing_in_scope"):
        return NOTHING
    return "all in scope priced" if bill["complete"] else "partial: things in scope have no price"


def _lines_table(bill: Mapping[str, Any]) -> str:
    currency = bill["currency"]
    rows = []
    for line in bill["lines"]:
        low, high = line["low"], line["high"]
        seen = "" if low == high else f"{price(low, currency)}–{price(high, currency)}"
        counts = (
            quantity(line["quantity"]),
            price(line["unit_price"], currency),
            seen,
            money(line["amount"], currency),
        )
        rows.append((line["item"], line["part"], line["supplier_group"], *counts))
    headings = ("item", "part", "supplier group", "quantity", "unit price", "seen", "amount")
    return plain_table(rows, headings, "lllrrrr")


def _total(bill: Mapping[str, Any]) -> str:
    currency = bill["currency"]
    text = total(bill)
    if bill["total_low"] != bill["total_high"]:
        text += f"  ({money(bill['total_low'], currency)}–{money(bill['total_high'], currency)} over the prices seen)"
    if bill["per_kW"] is not None:
        text += f" · {money(bill['per_kW'], currency)} per kW of heat"
    return text


def _reasons(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Give one paragraph per reason, with what it applies to."""
    reasons: dict[str, dict[str, float]] = {}
    for entry in entries:
        counts = reasons.setdefault(entry["why"], {})
        counts[entry["item"]] = counts.get(entry["item"], 0) + entry["quantity"]
    for why, counts in reasons.items():
        yield f"{why}: " + ", ".join(f"{quantity(count)} {item}" for item, count in counts.items())


def _sources(lines: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Give each source once, with the lines that rest on it."""
    sources: dict[str, dict[str, None]] = {}
    for line in lines:
        evidence = f"{line['basis']}: {line['source']}" if line.get("basis") else str(line["source"])
        sources.setdefault(evidence, {})[line["item"]] = None
    for evidence, items in sources.items():
        yield f"{', '.join(items)} ({evidence})"
