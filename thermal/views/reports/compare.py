"""The report of a comparison: hardware, heat and coolant side by side, cooling content, and why one bill is larger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from thermal.rack.used_values import UsedValue
from thermal.results.dataset import Results
from thermal.results.summary import Summary
from thermal.views.chart.of_cost import bill_by_class, cost_waterfall
from thermal.views.chart.of_run import temperature_chain
from thermal.views.report import Block, Report, Section, Text
from thermal.views.reports.bills import bill_remarks, bill_table, class_table, content_table
from thermal.views.reports.difference import (
    books_table,
    coverage_table,
    difference_table,
    hardware_table,
    heat_table,
    hydraulic_table,
    margin_table,
    unpriced_names,
)
from thermal.views.reports.run import computed_table
from thermal.views.reports.scenes import heat_map
from thermal.views.reports.values import values_summary, values_table
from thermal.views.reports.verdict import limits_table, rests_on_table, verdict_text
from thermal.views.tables import money, number

__all__ = ["compare_report"]


def compare_report(
    content: Mapping[str, Any],
    runs: Sequence[Results],
    values: Mapping[str, Sequence[UsedValue]] | None = None,
) -> Report:
    """Return the report of a comparison.

    Parameters
    ----------
    content : mapping
        What ``thermal compare --json`` prints.
    runs : sequence of Results
        In the order of the racks.
    values : mapping of str to sequence of UsedValue, optional
        By rack, for the record of where numbers come from.

    Returns
    -------
    Report
        The answer first.
    """
    summaries: Sequence[Summary] = content["racks"]
    racks = [summary["rack"] for summary in summaries]
    titles = {summary["rack"]: str(summary.get("title") or summary["rack"]) for summary in summaries}
    sections = [
        Section("In short", list(_short(content, titles))),
        Section("What differs in hardware", [hardware_table(content["hardware"], racks)]),
        Section("Heat, coolant and margins", list(_physics(summaries))),
        Section("Heat maps on one scale", heat_map(runs)),
        Section("Cooling content", list(_content(content, titles))),
        *_differences(content, titles),
        Section(
            "Every price book", [books_table(content["books"]), coverage_table(content["books"], content["hardware"])]
        ),
        *_bills(content["bills"]),
        Section("What the verdicts rest on", [rests_on_table(summaries)]),
        *_record(runs, values or {}),
    ]
    return Report(
        title=" and ".join(titles[rack] for rack in racks),
        subtitle="Hardware, heat, coolant and cooling content side by side",
        sections=sections,
        about={
            "racks": ", ".join(racks),
            "fidelity": ", ".join(dict.fromkeys(summary["fidelity"] for summary in summaries)),
            "version": ", ".join(dict.fromkeys(summary["version"] for summary in summaries)),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    )


def _record(runs: Sequence[Results], values: Mapping[str, Sequence[UsedValue]]) -> Iterator[Section]:
    """Yield where the numbers come from, and how they were computed."""
    if values:
        yield Section("Where the numbers come from", [values_summary(values), values_table(values)])
    if runs:
        yield Section("How it was computed", [computed_table(runs)])


def _short(content: Mapping[str, Any], titles: Mapping[str, str]) -> Iterator[Block]:
    """Say the difference of bills that are whole, then each rack's verdict; other bills come last, as what they are."""
    whole = [difference for difference in content["differences"] if not _lacks(content, difference)]
    rest = [difference for difference in content["differences"] if _lacks(content, difference)]
    told = [_change(difference, titles) for difference in whole]
    told += [_hardware(content, a, b, titles) for a, b in pairwise(content["racks"])]
    if told:
        yield Text(tuple(told))
    for summary in content["racks"]:
        yield verdict_text(summary, named=True)
    if rest:
        yield Text(tuple(f"{_change(each, titles)} {_lacks(content, each)}" for each in rest))


def _change(difference: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """Say what one bill comes to and the next one, in a sentence."""
    currency, before, after = difference["currency"], difference["total_a"], difference["total_b"]
    ends = [f"{titles[difference[f'rack_{end}']]} {money(difference[f'total_{end}'], currency)}" for end in ("a", "b")]
    more = money(after - before, currency, signed=True)
    share = f", {number(100 * (after / before - 1), signed=True)} %" if before and difference["complete"] else ""
    return f"Cooling content by {difference['prices']}: {' → '.join(ends)} ({more}{share})."


def _lacks(content: Mapping[str, Any], difference: Mapping[str, Any]) -> str:
    """Say why the totals of a difference do not compare; empty where both bills are whole and of their own book."""
    racks = [difference[f"rack_{end}"] for end in ("a", "b")]
    bills = [bill for bill in content["bills"] if bill["prices"] == difference["prices"] and bill["rack"] in racks]
    empty = [bill["rack"] for bill in bills if bill.get("nothing_in_scope")]
    applied = [
        entry["rack"]
        for book in content.get("books", ())
        for entry in book["racks"]
        if book["prices"] == difference["prices"] and book["written_for"] and entry["rack"] in racks
        if not entry["written_for"]
    ]
    reasons = [f"Partial: the book prices nothing of {', '.join(empty)}."] if empty else []
    if not difference["complete"]:
        reasons.append("Partial: the book lacks prices for parts in its scope.")
    reasons += [f"The book was not written for {', '.join(applied)}."] if applied else []
    return " ".join(reasons)


TOLD: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("cold plates", lambda name: name.endswith("_plate")),
    ("halves of quick disconnects", lambda name: name == "qd_piece"),
    ("manifolds inside trays", lambda name: name == "internal_manifold"),
    ("fans of trays", lambda name: name == "fan"),
)


def _hardware(content: Mapping[str, Any], a: Summary, b: Summary, titles: Mapping[str, str]) -> str:
    """Say what changes of the hardware and of the heat from one rack to the next."""
    told = []
    for what, counts in TOLD:
        ends = [
            sum(row["counts"][summary["rack"]] for row in content["hardware"] if counts(row["item_class"]))
            for summary in (a, b)
        ]
        if ends[0] != ends[1]:
            told.append(f"{what} {number(ends[0], 0)} → {number(ends[1], 0)}")
    told.append("heat " + " → ".join(number(summary["heat_total_W"] / 1e3, 0) for summary in (a, b)) + " kW")
    flows = [summary["coolant"]["flow_L_min"] if summary["coolant"] else 0.0 for summary in (a, b)]
    told.append(f"coolant {number(flows[0], 0)} → {number(flows[1], 0)} L/min")
    return f"From {titles[a['rack']]} to {titles[b['rack']]}: {', '.join(told)}."


def _physics(summaries: Sequence[Summary]) -> Iterator[Block]:
    yield heat_table(summaries)
    yield hydraulic_table(summaries)
    yield margin_table(summaries)
    for summary in summaries:
        chart = temperature_chain(summary)
        if chart is not None:
            yield replace(chart, title=f"{summary.get('title', summary['rack'])}: {chart.title}")
    if any(summary["violations"] for summary in summaries):
        yield limits_table(summaries)


def _content(content: Mapping[str, Any], titles: Mapping[str, str]) -> Iterator[Block]:
    """Yield content per rack, GPU, kilowatt and PFLOP/s, and what it buys, one chart per book."""
    yield content_table(content["bills"])
    for prices in dict.fromkeys(bill["prices"] for bill in content["bills"]):
        bills = {place: bill for place, bill in enumerate(content["bills"], 1) if bill["prices"] == prices}
        chart = bill_by_class([*bills.values()], titles)
        if chart is not None:
            yield chart
            yield class_table(bills, titles)


def _differences(content: Mapping[str, Any], titles: Mapping[str, str]) -> Iterator[Section]:
    """Yield what leads from one bill to the next, step by step."""
    for place, difference in enumerate(content["differences"], start=1):
        blocks: list[Block] = [
            cost_waterfall(difference, titles, *unpriced_names(difference)),
            difference_table(difference, content["bills"], place),
        ]
        gaps = [
            f"{number(entry['quantity'], 0)} {entry['part']} in {entry['rack']}" for entry in difference["unpriced"]
        ]
        if gaps:
            blocks.append(Text((f"In the book's scope, but without a price in it: {', '.join(gaps)}.",), "warning"))
        heading = f"From {difference['rack_a']} to {difference['rack_b']}, prices of {difference['prices']}"
        yield Section(heading, blocks)


def _bills(bills: Sequence[Mapping[str, Any]]) -> Iterator[Section]:
    for place, bill in enumerate(bills, start=1):
        remarks = bill_remarks(bill)
        blocks: list[Block] = [bill_table(bill, place), *([remarks] if remarks is not None else [])]
        yield Section(f"Bill of {bill['rack']} by {bill['prices']}", blocks)
