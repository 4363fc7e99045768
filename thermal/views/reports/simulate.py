"""The report of one run: is it fine, what decides that, where, how much coolant, what it costs, what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from thermal.rack.used_values import UsedValue
from thermal.results.dataset import Results
from thermal.results.summary import Summary
from thermal.views.chart.of_cost import bill_by_class
from thermal.views.chart.of_run import flow_per_tray, plate_curves, pressure_path, temperature_chain
from thermal.views.report import Block, Report, Section, Text
from thermal.views.reports.bills import bill_remarks, bill_table, class_table
from thermal.views.reports.run import (
    computed_table,
    devices_table,
    figures_table,
    kinds_table,
    pressure_table,
    trays_table,
)
from thermal.views.reports.scenes import heat_map
from thermal.views.reports.values import values_summary, values_table
from thermal.views.reports.verdict import band_chart, limits_table, rests_on_table, verdict_text
from thermal.views.simulate import plates_text

__all__ = ["simulate_report"]


def simulate_report(
    results: Results,
    *,
    values: Sequence[UsedValue] = (),
    curves: Sequence[Mapping[str, Any]] = (),
    notes: Sequence[str] = (),
) -> Report:
    """Return the report of one run.

    Parameters
    ----------
    results : Results
        The run.
    values : sequence of UsedValue
        Of the rack, for the record of where numbers come from.
    curves : sequence of mapping
        Of its plates: ``{plate, title, flow_L_min, resistance_K_W, pressure_drop_kPa, at_L_min}``.
    notes : sequence of str
        To be said beside those of the run.

    Returns
    -------
    Report
        The answer first.
    """
    summary = results.summary
    coolant = summary["coolant"]
    at = f"{coolant['fluid']} at {coolant['supply_C']:.1f} °C" if coolant is not None else "air only"
    sections = [
        Section("Verdict", [verdict_text(summary), *_known(temperature_chain(summary)), figures_table(summary)]),
        Section("Heat map", heat_map([results])),
        Section("What the verdict rests on", _evidence(summary)),
        Section("Limits and guidelines", list(_limits(summary))),
        Section("Devices by kind", [kinds_table(summary)]),
        *_coolant(summary),
        *_plates(summary, curves),
        *_bills(results.bills),
        Section("Every device", [devices_table(summary)]),
        *([Section("Where the numbers come from", _values(summary["rack"], values))] if values else []),
        Section("How it was computed", [*_notes([*summary.get("notes", []), *notes]), computed_table([results])]),
    ]
    return Report(
        title=f"{summary.get('title', summary['rack'])}: steady state",
        subtitle=f"{at} · {summary['fidelity']} fidelity · power state {summary.get('power_state', 'tdp')}",
        sections=sections,
        about=_about(results),
    )


def _about(results: Results) -> dict[str, str]:
    summary, provenance = results.summary, results.provenance
    return {
        "rack": summary["rack"],
        "fidelity": summary["fidelity"],
        "version": summary["version"],
        "date": str(provenance.get("date", "–")),
        "definition": str(provenance.get("rack_sha256", "–")),
    }


def _known(*blocks: Block | None) -> list[Block]:
    return [block for block in blocks if block is not None]


def _evidence(summary: Summary) -> list[Block]:
    band = summary.get("band")
    if not summary.get("rests_on"):
        return [Text(("No device of this rack has a limit, so there is no margin to rest on anything.",))]
    return _known(rests_on_table([summary]), band_chart(band))


def _limits(summary: Summary) -> Iterator[Block]:
    if summary["violations"]:
        yield limits_table([summary])
    else:
        yield Text(("No limit is violated and no guideline exceeded.",), "good")


def _coolant(summary: Summary) -> Iterator[Section]:
    """Yield the trays' flows, and where the pressure goes; only the trays of a rack in air."""
    yield Section("Trays", [*_known(flow_per_tray(summary)), trays_table(summary)])
    table = pressure_table(summary)
    if table is not None:
        yield Section("Where the pressure goes", [*_known(pressure_path(summary)), table])


def _plates(summary: Summary, curves: Sequence[Mapping[str, Any]]) -> Iterator[Section]:
    told = [Text((f"Solved in 3D: {plates_text(summary['plates'])}.",))] if "plates" in summary else []
    blocks = [*told, *_known(plate_curves(curves))]
    if blocks:
        yield Section("Cold plates", blocks)


def _bills(bills: Sequence[Mapping[str, Any]]) -> Iterator[Section]:
    """Yield one section per bill, the chart of those in one currency before them."""
    for number, bill in enumerate(bills, start=1):
        chart = bill_by_class([bill])
        classes = None if chart is None else class_table({number: bill})
        blocks = [chart, classes, bill_table(bill, number), bill_remarks(bill)]
        yield Section(f"Bill by {bill['prices']}", _known(*blocks))


def _values(rack: str, values: Sequence[UsedValue]) -> list[Block]:
    return [values_summary({rack: values}), values_table({rack: values})]


def _notes(notes: Sequence[str]) -> list[Block]:
    return [Text(tuple(f"{note[:1].upper()}{note[1:].rstrip('.')}." for note in notes))] if notes else []
