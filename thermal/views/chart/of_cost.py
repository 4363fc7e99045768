"""Charts of bills: by class of item, from one rack's bill to another's, and what moves a total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from thermal.cost.classes import COUNTED
from thermal.views.chart.model import Chart, Series
from thermal.views.chart.text import digits_for, value_text
from thermal.views.tables import money, number

__all__ = ["bill_by_class", "class_name", "cost_waterfall", "tornado"]

MOST_ROWS = 15  # of a tornado
MOST_CLASSES = 8  # of a stack, as many as there are colours; the smallest are put together beyond
NAMES = {
    "module": "superchip modules",
    "power_module": "power modules",
    "cpx_module": "CPX modules",
    "gpu_plate": "GPU plates",
    "cpu_plate": "CPU plates",
    "switch_plate": "switch plates",
    "power_plate": "power plates",
    "cpx_plate": "CPX plates",
    "qd_piece": "quick disconnects (halves)",
    "qd_pair": "quick disconnects (pairs)",
    "internal_manifold": "manifolds in trays",
    "rack_manifold": "rack manifolds",
    "hose": "rack hoses",
    "tray_hose": "tray hoses",
    "cdu": "CDU share",
    "fan": "fans",
}


def class_name(item_class: str) -> str:
    """Return a class of item as a chart names it.

    >>> class_name("qd_piece"), class_name("compute_tray")
    ('quick disconnects (halves)', 'compute trays')
    """
    if item_class in NAMES:
        return NAMES[item_class]
    plain = item_class.replace("_", " ")
    return f"{plain}s" if item_class in COUNTED else plain


def bill_by_class(bills: Sequence[Mapping[str, Any]], titles: Mapping[str, str] | None = None) -> Chart | None:
    """Return bills of one currency as stacks of what they buy, one bill as a bar for each; None when nothing is priced.

    Parameters
    ----------
    bills : sequence of mapping
        As ``thermal cost --json`` and ``thermal compare --json`` print them.
    titles : mapping, optional
        Names of racks to be shown in place of theirs.

    Raises
    ------
    ValueError
        The bills are in several currencies.
    """
    _one_currency(bills)
    weights: dict[str, float] = {}
    for bill in bills:
        for item_class, amount in bill["by_class"].items():
            weights[item_class] = weights.get(item_class, 0.0) + float(amount)
    if not any(weights.values()):
        return None
    classes = sorted(weights, key=lambda item_class: -weights[item_class])
    books = list(dict.fromkeys(str(bill["prices"]) for bill in bills))
    racks = list(dict.fromkeys(str(bill["rack"]) for bill in bills))
    shown = [_bill_name(bill, titles or {}, books, racks) for bill in bills]
    totals = [sum(map(float, bill["by_class"].values())) for bill in bills]
    currency = str(bills[0]["currency"])
    said = "; ".join(
        f"{name.replace(chr(10), ', ')} {money(total, currency)}" for name, total in zip(shown, totals, strict=True)
    )
    series = [Series(class_name(c), [float(bill["by_class"].get(c, 0.0)) for bill in bills]) for c in classes]
    series, small = _folded(series)
    chart = Chart(
        name="bill_by_class" + (f"_{_word(books[0])}" if len(books) == 1 else ""),
        kind="stack",
        title="Cooling content by class of item" + (f", prices of {books[0]}" if len(books) == 1 else ""),
        unit=currency,
        categories=shown,
        series=series,
        left_title="content of one rack",
        note=f"Other classes: {', '.join(small)}." if small else "",
        description=f"Cooling content: {said}. Largest class: {class_name(classes[0])}.",
    )
    if len(bills) > 1:
        return chart
    names = [class_name(item_class) for item_class in classes]
    content = Series("content", [weights[item_class] for item_class in classes])
    return replace(
        chart, kind="bars", categories=names, series=[content], note=f"Together {money(totals[0], currency)}."
    )


def _folded(series: Sequence[Series]) -> tuple[list[Series], list[str]]:
    """Put the last series together where there are more than colours; return what is shown and what is in the last."""
    if len(series) <= MOST_CLASSES:
        return list(series), []
    kept, small = series[: MOST_CLASSES - 1], series[MOST_CLASSES - 1 :]
    sums = [sum(value or 0.0 for value in values) for values in zip(*(one.values for one in small), strict=True)]
    return [*kept, Series("other classes", sums)], [one.name for one in small]


def _one_currency(bills: Sequence[Mapping[str, Any]]) -> None:
    currencies = {str(bill["currency"]) for bill in bills}
    if len(currencies) > 1:
        msg = f"bills in {', '.join(sorted(currencies))}: one chart takes one currency; convert them first"
        raise ValueError(msg)


def cost_waterfall(
    difference: Mapping[str, Any],
    titles: Mapping[str, str] | None = None,
    unpriced: Sequence[tuple[str, str]] = (),
    further: Sequence[tuple[str, str]] = (),
) -> Chart:
    """Return the way from one rack's bill to another's, step by step.

    Parameters
    ----------
    difference : mapping
        One of ``differences`` of ``thermal compare --json``.
    titles : mapping, optional
        Names of racks to be shown in place of theirs.
    unpriced : sequence of (str, str)
        Changes of hardware that the book does not price, as name and what changes: steps of nothing, so that they are
        not forgotten.
    further : sequence of (str, str)
        More of them, which only the note tells.
    """
    names = titles or {}
    currency = str(difference["currency"])
    first, last = (str(names.get(rack, rack)) for rack in (difference["rack_a"], difference["rack_b"]))
    total_a, total_b = float(difference["total_a"]), float(difference["total_b"])
    steps = [(_step_name(step, currency), float(step["change"])) for step in difference["steps"]]
    steps = [step for step in steps if step[1] != 0.0]
    steps += [(f"{name}\n{change}, not priced", 0.0) for name, change in unpriced]
    gaps = "" if difference.get("complete", True) else "The book lacks prices for parts within its scope."
    also = ", ".join(f"{name} {change}" for name, change in further)
    also = f"{'Also not' if unpriced else 'Not'} priced by this book: {also}." if also else ""
    largest = sorted((step for step in steps if step[1]), key=lambda step: -abs(step[1]))
    said = "; ".join(f"{name.partition(chr(10))[0]} {money(value, currency, signed=True)}" for name, value in largest)
    return Chart(
        name=f"waterfall_{_word(difference['rack_a'])}_{_word(difference['rack_b'])}_{_word(difference['prices'])}",
        kind="waterfall",
        title=f"Cooling content from {first} to {last}, prices of {difference['prices']}",
        unit=currency,
        categories=[first, *(name for name, _ in steps), last],
        series=[Series("content of one rack", [total_a, *(value for _, value in steps), total_b])],
        totals=[0, len(steps) + 1],
        left_title="content of one rack",
        note=" ".join(filter(None, (gaps, also))),
        description=f"{first} {money(total_a, currency)}, {last} {money(total_b, currency)}: {said or 'no change'}.",
    )


def tornado(
    rows: Sequence[Mapping[str, Any]], base: float, unit: str, title: str, name: str = "tornado"
) -> Chart | None:
    """Return what moves a number most, the widest range on top; None without rows.

    Parameters
    ----------
    rows : sequence of mapping
        ``{name, low, high}``: the number at the low and at the high end of one input. Those that move nothing are
        left out, and beyond fifteen the narrowest.
    base : float
        The number with no input moved.
    unit, title, name : str
        As of a `Chart`.
    """
    moving = [row for row in rows if row["low"] != row["high"]]
    moving.sort(key=lambda row: -abs(row["high"] - row["low"]))
    shown = moving[:MOST_ROWS]
    if not shown:
        return None
    digits = digits_for([base, *(row[end] for row in shown for end in ("low", "high"))])
    top = shown[0]
    low, high = (value_text(float(top[end]), unit, digits) for end in ("low", "high"))
    narrower = len(moving) - len(shown)
    return Chart(
        name=name,
        kind="tornado",
        title=title,
        unit=unit,
        categories=[str(row["name"]) for row in shown],
        series=[Series("range", [base] * len(shown), [row["low"] for row in shown], [row["high"] for row in shown])],
        base=base,
        note=f"{number(narrower, 0)} narrower ranges are left out." if narrower else "",
        description=(
            f"{title}: {value_text(base, unit, digits)}; {top['name']} moves it most, from {low} at its low end to "
            f"{high} at its high end."
        ),
    )


def _step_name(step: Mapping[str, Any], currency: str) -> str:
    """Return the item, and below it what changed of it: quantity, unit price or both."""
    before, after = float(step["quantity_a"]), float(step["quantity_b"])
    counts = f"{number(after, 0)}" if before == after else f"{number(before, 0)} → {number(after, 0)}"
    units = [money(step[key], currency) for key in ("unit_a", "unit_b") if step.get(key) is not None]
    prices = " → ".join(dict.fromkeys(units))
    return f"{step['item']}\n{counts} × {prices}" if prices else f"{step['item']}\n{counts}"


def _bill_name(bill: Mapping[str, Any], titles: Mapping[str, str], books: Sequence[str], racks: Sequence[str]) -> str:
    """Return the rack, the book, or both: what tells the bills of a chart apart."""
    rack, book = str(titles.get(bill["rack"], bill["rack"])), str(bill["prices"])
    if len(books) == 1:
        return rack
    return book if len(racks) == 1 else f"{rack}\n{book}"


def _word(text: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in text)
