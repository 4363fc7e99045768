"""The suppliers' report: who sells what into each rack, how sure that is, what moves it, and what it all rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from thermal import __version__
from thermal.views.report import Block, Report, Section, Text
from thermal.views.reports.bills import bill_table
from thermal.views.reports.supplier_charts import content_bars, content_stack, fleet_bars, swings
from thermal.views.reports.supplier_fleet import fleet_tables, fleets_table
from thermal.views.reports.supplier_stack import stack_table
from thermal.views.reports.supplier_tables import (
    ShareNames,
    case_tables,
    racks_table,
    range_table,
    share_names,
    shares_table,
    supplier_content_table,
)
from thermal.views.suppliers import by_bill, rank_said
from thermal.views.tables import money, number

__all__ = ["suppliers_report"]

Content: TypeAlias = Mapping[str, Any]
Outlook: TypeAlias = Mapping[str, Any]


def suppliers_report(content: Content) -> Report:
    """Return the report of ``thermal suppliers``.

    Parameters
    ----------
    content : mapping
        As ``thermal suppliers --json`` prints it.
    """
    outlooks = content["outlooks"]
    groups = by_bill(outlooks)
    names = share_names(outlooks)
    racks = list(dict.fromkeys(outlook["rack_title"] for outlook in outlooks))
    sections = [
        Section("Who sells what", list(_answer(groups))),
        *(_group_section(content, group, place, names) for place, group in enumerate(groups, start=1)),
        *_fleet_section(groups),
        Section(
            "What it is counted from", [bill_table(group[0], place) for place, group in enumerate(groups, start=1)]
        ),
        Section("Shares and what they rest on", [_about_shares(content), shares_table(outlooks, names)]),
    ]
    return Report(
        title=f"Suppliers of {' and '.join(racks)}",
        subtitle=f"{content['shares']['title']}, {content['shares']['date']}",
        sections=sections,
        about={
            "racks": ", ".join(dict.fromkeys(outlook["rack"] for outlook in outlooks)),
            "price books": ", ".join(dict.fromkeys(outlook["prices"] for outlook in outlooks)),
            "shares": content["shares"]["name"],
            "scenarios": ", ".join(dict.fromkeys(outlook["scenario"] for outlook in outlooks)),
            "draws": f"{number(content['samples'], 0)}, seed {content['seed']}",
            "version": __version__,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    )


def _answer(groups: Sequence[Sequence[Outlook]]) -> Iterator[Block]:
    """Yield what one supplier comes to everywhere, as words, stacks and a table."""
    yield Text([_sentence(group) for group in groups])
    currencies = dict.fromkeys(group[0]["currency"] for group in groups)
    for currency in currencies:
        of_currency = [outlook for group in groups for outlook in group if outlook["currency"] == currency]
        name = "content_by_supplier" if len(currencies) == 1 else f"content_by_supplier_{currency}"
        stack = content_stack(of_currency, name)
        if stack is not None:
            yield stack
            yield stack_table(stack, groups)
    yield racks_table(groups)
    if groups[0][0]["total_before"] is not None:
        yield from case_tables(groups)


def _sentence(group: Sequence[Outlook]) -> str:
    """Say what the supplier in question comes to in one rack by one book."""
    first = group[0]
    currency, name = first["currency"], first["tornado"]["supplier"]
    parts = []
    title = name
    for outlook in group:
        row = next((row for row in outlook["suppliers"] if row["supplier"] == name), None)
        if row is None:
            continue
        title = row["title"]
        spread = f"{money(row['range']['p5'], currency)} to {money(row['range']['p95'], currency)}"
        said = rank_said(outlook, row)
        rank = f", {said}" if said else ""
        parts.append(
            f"{money(row['per_rack'], currency)} per rack ({spread} in nine draws of ten{rank}) and "
            f"{money(row['per_MW'], currency)} per MW in {outlook['scenario']}"
        )
    total = f"{first['rack_title']} by {first['prices']}, {money(first['per_rack'], currency)} per rack"
    return f"{total}. {title}: {'; '.join(parts)}." if parts else f"{total}. {title} has no share of it."


def _group_section(content: Content, group: Sequence[Outlook], place: int, names: ShareNames) -> Section:
    """Return one rack by one price book: contents, ranges, and what moves the supplier in question."""
    first = group[0]
    bars = content_bars(group, place)
    charts = [swings(outlook, f"swings_{place}_{index}") for index, outlook in enumerate(group, start=1)]
    remarks = list(dict.fromkeys(remark for outlook in group for remark in outlook["remarks"]))
    scenarios = [f"{outlook['scenario']}: {outlook['scenario_title']}" for outlook in group]
    blocks: list[Block] = [
        Text([f"{line}." for line in scenarios]),
        *([bars] if bars is not None else []),
        supplier_content_table(group, place, names),
        *(chart for chart in charts if chart is not None),
        range_table(group, place, content["samples"], content["seed"]),
    ]
    if remarks:
        blocks.append(Text([f"{remark[:1].upper()}{remark[1:]}." for remark in remarks], _tone(first)))
    return Section(f"{first['rack_title']}, prices of {first['prices']}", blocks)


def _tone(outlook: Outlook) -> Any:
    return "" if outlook["complete"] else "warning"


def _fleet_section(groups: Sequence[Sequence[Outlook]]) -> Iterator[Section]:
    """Yield the fleet's section where a fleet was asked for."""
    if groups[0][0]["fleet"] is None:
        return
    blocks: list[Block] = [fleets_table(groups)]
    for place, group in enumerate(groups, start=1):
        chart = fleet_bars(group, place)
        blocks += [*([chart] if chart is not None else []), *fleet_tables(group, place)]
    yield Section("The fleet", blocks)


def _about_shares(content: Content) -> Text:
    """Say where the shares come from and how little of them is published."""
    shares = content["shares"]
    bases: dict[str, int] = {}
    seen = set()
    for outlook in content["outlooks"]:
        for share in outlook["shares"]:
            key = (outlook["scenario"], share["rack"], share["of"], share["supplier"])
            if key not in seen:
                seen.add(key)
                bases[share["basis"]] = bases.get(share["basis"], 0) + 1
    counted = ", ".join(f"{count} {basis}" for basis, count in bases.items())
    note = f"{shares['note'][:1].upper()}{shares['note'][1:]}." if shares["note"] else ""
    paragraphs = [text for text in (f"Of {len(seen)} shares used: {counted}." if seen else "", note) if text]
    return Text(paragraphs or ["No share is used."], "warning" if bases.get("assumed") else "")
