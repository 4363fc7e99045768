"""``thermal simulate``: the steady state of one rack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thermal.cli import options
from thermal.cli.output import count_plates, count_runs, print_json, progress
from thermal.cli.reports import check_reports, write_reports

if TYPE_CHECKING:
    from thermal.rack.schema import Rack
    from thermal.results.dataset import Results
    from thermal.views.report import Report

EPILOG = """\b
Examples:
  thermal simulate gb300_nvl72
  thermal simulate gb300_nvl72 --set coolant.supply_temperature="45 degC" --band
  thermal simulate gb200_nvl72 --set coolant.control.kind=flow --set coolant.control.value="130 L/min" --json
  thermal simulate my_rack.yaml --out runs/my_rack --strict
  thermal simulate gb300_nvl72 --report gb300.html --charts charts
  thermal simulate gb300_nvl72 --fidelity plate --out runs/gb300_3d
  thermal simulate gb300_nvl72 --fidelity plate --resolution 1.5 --brute-force --volumes --out runs/gb300_fine
"""


@click.command("simulate", short_help="Steady state of a rack: flows, temperatures, margins.", epilog=EPILOG)
@options.rack
@click.option(
    "--fidelity",
    type=click.Choice(["network", "plate"]),
    default="network",
    help="network: plates by their resistance; plate: each as a field in 3D. Default: network.",
)
@options.resolution
@click.option("--brute-force", is_flag=True, help="Solve every plate; otherwise like plates share what is solved.")
@click.option("--volumes", is_flag=True, help="Store every cell of the plates, not only the planes.")
@click.option("--band", is_flag=True, help="Give the margin as a range over the rack's uncertain values.")
@click.option("--strict", is_flag=True, help="Exit with status 1 when a limit is violated.")
@options.state
@options.out
@options.report
@options.charts
@options.set_values
@options.json_output
@options.quiet
@options.debug
def command(
    rack: str,
    *,
    fidelity: str,
    resolution: float | None,
    brute_force: bool,
    volumes: bool,
    band: bool,
    strict: bool,
    out: Path | None,
    report: Path | None,
    charts: Path | None,
    state: str | None,
    set_values: dict[str, str],
    as_json: bool,
    quiet: bool,
) -> None:
    """Compute flows, temperatures, margins and the bill of RACK in steady state.

    RACK is a bundled name (see `thermal racks`) or the path of a YAML file. With --fidelity plate every cold plate
    whose geometry is given is solved in 3D: junction temperatures come from the field, and --out stores its planes.
    """
    of_plates: dict[str, Any] = {"resolution": resolution, "brute_force": brute_force, "volumes": volumes}
    given = {name: value for name, value in of_plates.items() if value}
    _refuse_combinations(fidelity, given, band=band, stored=out is not None)
    from thermal.rack.loader import load_rack

    check_reports(report, charts)  # before the work, not after
    definition = load_rack(rack, options.overrides_of(set_values, state))
    if out is not None:
        from thermal.results.folder import check_target

        check_target(out, "run")
    from thermal.simulation.steady import compile_notice, simulate

    if not quiet:
        progress(compile_notice(fidelity))
    if fidelity == "plate":
        results = simulate(definition, fidelity="plate", progress=None if quiet else count_plates, **given)
    else:
        results = simulate(definition, band=band, progress=None if quiet else count_runs)
    if out is not None:
        from thermal.results.store import store

        store(results, out)
    _show(results, out, as_json=as_json, quiet=quiet)
    write_reports(lambda: _report(definition, results), report, charts, quiet=quiet, as_json=as_json)
    if strict and any(v.get("severity") != "guideline" for v in results.summary["violations"]):
        raise click.exceptions.Exit(1)


def _show(results: Results, out: Path | None, *, as_json: bool, quiet: bool) -> None:
    """Print the summary, and where the run is stored."""
    if as_json:
        print_json(results.summary)
    elif not quiet:
        from thermal.views.simulate import simulate_text

        click.echo(simulate_text(results.summary))
        if out is not None:
            click.echo(f"  stored     {out}")


def _report(definition: Rack, results: Results) -> Report:
    """Return the report of a run, with what it needs of the rack."""
    from thermal.rack.used_values import used_values
    from thermal.simulation.plate_curves import plate_curves
    from thermal.views.reports.simulate import simulate_report

    curves, notes = plate_curves(definition, results.summary)
    values = used_values(definition, fields=results.plates is not None)
    return simulate_report(results, values=values, curves=curves, notes=notes)


def _refuse_combinations(fidelity: str, given: dict[str, Any], *, band: bool, stored: bool) -> None:
    """Refuse options that would have no effect."""
    if fidelity == "network" and given:
        option = f"--{next(iter(given)).replace('_', '-')}"
        message = "it is about plates in 3D; add --fidelity plate, or leave it out."
        raise click.BadParameter(message, param_hint=option)
    if fidelity == "plate" and band:
        message = "the band moves every uncertain value, at network fidelity only; leave out --fidelity plate."
        raise click.BadParameter(message, param_hint="--band")
    if given.get("volumes") and not stored:
        message = "volumes are for a stored run; add --out DIR, or leave it out."
        raise click.BadParameter(message, param_hint="--volumes")
