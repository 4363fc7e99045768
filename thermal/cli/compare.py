"""``thermal compare``: racks side by side, and their bills explained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thermal.cli import options
from thermal.cli.output import print_json, progress
from thermal.cli.reports import check_reports, write_reports

if TYPE_CHECKING:
    from thermal.rack.schema import Rack
    from thermal.results.dataset import Results
    from thermal.views.report import Report

EPILOG = """\b
Examples:
  thermal compare gb300_nvl72 vr200_nvl144_cpx
  thermal compare gb300_nvl72 vr200_nvl72 --prices morgan_stanley_2025
  thermal compare gb200_nvl72 gb300_nvl72 --set coolant.supply_temperature="30 degC" --json
  thermal compare gb300_nvl72 vr200_nvl144_cpx --report comparison.xlsx --charts charts

With --json the object holds the runs (racks), the bills with their measures (bills), what leads from one bill to the
next (differences), what each rack holds by class (hardware), and every bundled price book applied to every rack with
what it covers (books).
"""


@click.command("compare", short_help="Racks side by side, and why their bills differ.", epilog=EPILOG)
@options.racks
@options.prices
@options.currency
@options.state
@options.out
@options.report
@options.charts
@options.set_values
@options.json_output
@options.quiet
@options.debug
def command(
    racks: tuple[str, ...],
    *,
    prices: str | None,
    currency: str | None,
    state: str | None,
    out: Path | None,
    report: Path | None,
    charts: Path | None,
    set_values: dict[str, str],
    as_json: bool,
    quiet: bool,
) -> None:
    """Simulate and price two or more RACKs and set them side by side; --set applies to each."""
    if len(racks) < 2:
        message = "one rack cannot be compared; name two or more."
        raise click.BadParameter(message, param_hint="RACK...")
    from thermal.rack.loader import load_rack
    from thermal.results.folder import check_target

    check_reports(report, charts)
    if out is not None:
        check_target(out, "comparison")
    definitions = [load_rack(source, options.overrides_of(set_values, state)) for source in racks]
    names = [rack.name for rack in definitions]
    if len(set(names)) < len(names):
        message = f"two racks have the name {max(names, key=names.count)!r}; give each its own `name:`."
        raise click.BadParameter(message, param_hint="RACK...")
    from thermal.cost.side_by_side import compared

    costs = compared(definitions, prices, currency)
    from thermal.simulation.steady import compile_notice, simulate

    if not quiet:
        progress(compile_notice())
    runs = [simulate(rack) for rack in definitions]
    content: dict[str, Any] = {"racks": [run.summary for run in runs], **costs}
    if out is not None:
        _store(out, content, runs)
    if as_json:
        print_json(content)
    elif not quiet:
        from thermal.views.compare import compare_text

        click.echo(compare_text(content["racks"], content["bills"], content["differences"]))
    write_reports(lambda: _report(definitions, content, runs), report, charts, quiet=quiet, as_json=as_json)


def _report(definitions: list[Rack], content: dict[str, Any], runs: list[Results]) -> Report:
    """Return the report of a comparison, with what it needs of the racks."""
    from thermal.rack.used_values import used_values
    from thermal.views.reports.compare import compare_report

    return compare_report(content, runs, {rack.name: used_values(rack) for rack in definitions})


def _store(out: Path, content: dict[str, Any], runs: list[Results]) -> None:
    """Write the comparison, the bills, and each run in a folder of its own."""
    from thermal.results.folder import written_folder
    from thermal.results.store import store, write_bills

    with written_folder(out, "comparison", {"racks": [run.summary["rack"] for run in runs]}) as draft:
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
        (draft / "comparison.json").write_text(text + "\n", encoding="utf-8")
        write_bills(draft / "bill.csv", content["bills"])
        for run in runs:
            store(run, draft / run.summary["rack"])
