"""What a report says first: whether a rack is fine, what that rests on, and which limits are crossed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from thermal.results.summary import Band, Summary
from thermal.views.chart.model import Chart
from thermal.views.report import Cell, Column, ReportTable, Text
from thermal.views.simulate import by_severity, chain, decisive_device, verdict
from thermal.views.tables import number

__all__ = ["band_chart", "limits_table", "rests_on_table", "verdict_text"]


def verdict_text(summary: Summary, *, named: bool = False) -> Text:
    """Say whether a rack is fine, by how much, and which device decides; `named` puts the rack's title before it."""
    paragraphs = [f"{told[:1].upper()}{told[1:]}" for told in verdict(summary)]
    if named:
        paragraphs[0] = f"{summary.get('title', summary['rack'])}: {paragraphs[0]}"
    device = decisive_device(summary["devices"])
    if device is not None and device.get("junction_max_C") is not None:
        limit = device.get("limit_C")
        against = f" against a limit of {number(limit)} °C" if limit is not None else ""
        steps = chain(device, summary)
        which = "The hottest device" if limit is None else "The device with the least margin"
        reached = f"{number(device['junction_max_C'])} °C{against}: {steps}."
        paragraphs.append(f"{which}, {device['path']}, reaches {reached}")
    return Text(tuple(paragraphs), _emphasis(summary))


def _emphasis(summary: Summary) -> Literal["good", "warning", "bad"]:
    """Bad when a limit is crossed; a warning when a guideline is, or when the band reaches below zero."""
    limits, guidelines = by_severity(summary["violations"])
    if limits:
        return "bad"
    band = summary.get("band")
    return "warning" if guidelines or (band is not None and band["margin_low_K"] < 0.0) else "good"


def rests_on_table(summaries: Sequence[Summary]) -> ReportTable:
    """Return the values that each verdict rests on, with what stands behind them."""
    rows: list[dict[str, Cell]] = [
        {"rack": summary["rack"], **{key: value[key] or "–" for key in ("what", "value", "basis", "source")}}
        for summary in summaries
        for value in summary.get("rests_on", [])
    ]
    columns = (
        Column("rack", "Rack"),
        Column("what", "Value"),
        Column("value", "As used"),
        Column("basis", "Basis"),
        Column("source", "Source"),
    )
    note = "Values behind the device with the least margin. A fitted or assumed value proves nothing by itself."
    return ReportTable("rests_on", "What the verdict rests on", _for(summaries, columns), rows, note=note)


def _for(summaries: Sequence[Summary], columns: Sequence[Column]) -> Sequence[Column]:
    """Leave the column of the rack out where there is one rack."""
    return columns if len(summaries) > 1 else columns[1:]


def limits_table(summaries: Sequence[Summary]) -> ReportTable:
    """Return every limit and guideline that is crossed, limits first."""
    rows: list[dict[str, Cell]] = []
    for summary in summaries:
        for severity, violations in zip(("limit", "guideline"), by_severity(summary["violations"]), strict=True):
            for violation in violations:
                keys: tuple[Literal["path", "value", "limit", "text"], ...] = ("path", "value", "limit", "text")
                unit = violation["unit"].replace("degC", "°C")
                quantity = f"{violation['quantity'].replace('_', ' ')} [{unit}]"
                what = {"rack": summary["rack"], "severity": severity, "quantity": quantity}
                rows.append({**what, **{key: violation[key] for key in keys}})
    columns = (
        Column("rack", "Rack"),
        Column("path", "Where"),
        Column("severity", "Kind"),
        Column("quantity", "Quantity"),
        Column("value", "Value", "number", 2),
        Column("limit", "Limit", "number", 2),
        Column("text", "What it means"),
    )
    return ReportTable("limits", "Limits and guidelines exceeded", _for(summaries, columns), rows)


def band_chart(band: Band | None) -> Chart | None:
    """Return what each uncertain value does to the margin, the strongest first; None without a band."""
    if band is None or not band["values"]:
        return None
    from thermal.views.chart.of_cost import tornado

    rows = [
        {"name": value["title"], "low": value["margin_at_low_K"], "high": value["margin_at_high_K"]}
        for value in band["values"]
    ]
    return tornado(rows, band["nominal_K"], "K", "Least margin at both ends of each uncertain value", "margin_band")
