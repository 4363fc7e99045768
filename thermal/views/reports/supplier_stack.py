"""The table behind the stack of suppliers: the same numbers under the same names, following the contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from thermal.views.chart.model import Chart
from thermal.views.report import Cell, Column, Linked, ReportTable
from thermal.views.reports.supplier_charts import MOST_SUPPLIERS, OTHER
from thermal.views.reports.supplier_tables import content_name
from thermal.views.suppliers import suppliers_in

__all__ = ["stack_table"]

Outlook: TypeAlias = Mapping[str, Any]


def stack_table(chart: Chart, groups: Sequence[Sequence[Outlook]]) -> ReportTable:
    """Return the numbers of a stack, each tied to the content of the suppliers that it sums.

    Parameters
    ----------
    chart : Chart
        As `content_stack` makes it of the outlooks in `groups` that have its currency.
    groups : sequence of sequence of mapping
        All of the report, whose numbers are those of its tables of contents.
    """
    placed = [
        (number, place, group, outlook)
        for number, group in enumerate(groups, start=1)
        for place, outlook in enumerate(group, start=1)
        if outlook["currency"] == chart.unit and outlook["lines"]
    ]
    members = _members([outlook for *_, outlook in placed], len(chart.series))
    rows: list[dict[str, Cell]] = []
    for row, (number, place, group, outlook) in enumerate(placed):
        cells: dict[str, Cell] = {"place": chart.categories[row].replace("\n", ", ")}
        own = {each["supplier"] for each in outlook["suppliers"]}
        for column, (series, suppliers) in enumerate(zip(chart.series, members, strict=True), start=1):
            names = [content_name(number, place, group, name) for name in suppliers if name in own]
            formula = "+".join(f"{{{name}!}}" for name in names) or "0"
            cells[f"part_{column}"] = Linked(series.values[row] or 0.0, formula)
        parts = "+".join(f"{{part_{column}}}" for column in range(1, len(members) + 1))
        rows.append({**cells, "total": Linked(outlook["per_rack"], parts)})
    columns = [Column("place", "Rack, price book and scenario, as far as they differ")]
    columns += [
        Column(f"part_{column}", series.name, "money", 0) for column, series in enumerate(chart.series, start=1)
    ]
    columns.append(Column("total", "Content of one rack", "money", 0))
    note = "Follows the unit prices of the bills and the shares: change those."
    return ReportTable(f"stack_{chart.unit}", chart.title, columns, rows, currency=chart.unit, note=note)


def _members(outlooks: Sequence[Outlook], series: int) -> list[list[str]]:
    """Return the suppliers that each series of the stack sums."""
    named = [name for name in suppliers_in(outlooks) if name != OTHER]
    shown = [[name] for name in named[:MOST_SUPPLIERS]]
    further = [named[MOST_SUPPLIERS:]] if series > len(shown) + 1 else []
    return [*shown, *further, [OTHER]]
