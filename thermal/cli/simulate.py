"""``thermal simulate``: the steady state of one rack."""

from __future__ import annotations

from pathlib import Path

import click

from thermal.cli import options
from thermal.cli.output import count_runs, print_json, progress

EPILOG = """\b
Examples:
  thermal simulate gb300_nvl72
  thermal simulate gb300_nvl72 --set coolant.supply_temperature="45 degC" --band
  thermal simulate gb200_nvl72 --set coolant.control.kind=flow --set coolant.control.value="130 L/min" --json
  thermal simulate my_rack.yaml --out runs/my_rack --strict
"""


@click.command("simulate", short_help="Steady state of a rack: flows, temperatures, margins.", epilog=EPILOG)
@options.rack
@click.option("--fidelity", type=click.Choice(["network", "plate"]), default="network", help="Default: network.")
@click.option("--band", is_flag=True, help="Give the margin as a range over the rack's uncertain values.")
@click.option("--strict", is_flag=True, help="Exit with status 1 when a limit is violated.")
@options.state
@options.out
@options.set_values
@options.json_output
@options.quiet
@options.debug
def command(
    rack: str,
    *,
    fidelity: str,
    band: bool,
    strict: bool,
    out: Path | None,
    state: str | None,
    set_values: dict[str, str],
    as_json: bool,
    quiet: bool,
) -> None:
    """Compute flows, temperatures, margins and the bill of RACK in steady state.

    RACK is a bundled name (see `thermal racks`) or the path of a YAML file.
    """
    if fidelity == "plate":
        message = "plate fidelity is not available in this version; use --fidelity network."
        raise click.BadParameter(message, param_hint="--fidelity")
    from thermal.rack.loader import load_rack

    definition = load_rack(rack, options.overrides_of(set_values, state))
    if out is not None:
        from thermal.results.folder import check_target

        check_target(out, "run")  # before the work, not after
    from thermal.simulation.steady import compile_notice, simulate

    if not quiet:
        progress(compile_notice())
    results = simulate(definition, band=band, progress=None if quiet else count_runs)
    if out is not None:
        from thermal.results.store import store

        store(results, out)
    if as_json:
        print_json(results.summary)
    elif not quiet:
        from thermal.views.simulate import simulate_text

        click.echo(simulate_text(results.summary))
    if out is not None and not quiet and not as_json:
        click.echo(f"  stored     {out}")
    if strict and any(v.get("severity") != "guideline" for v in results.summary["violations"]):
        raise click.exceptions.Exit(1)
