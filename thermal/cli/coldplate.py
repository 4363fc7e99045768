"""``thermal coldplate``: one cold plate alone, resistance and pressure drop against flow."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thermal.cli import options
from thermal.cli.coldplate_resolved import Wanted, check_wanted, run_resolved
from thermal.cli.faults import Faults
from thermal.cli.output import count_plates, print_json, progress

if TYPE_CHECKING:
    from thermal.rack.schema import Rack
    from thermal.simulation.plate_report import PlateCurve

EPILOG = """\b
Examples:
  thermal coldplate gb300_gpu_plate
  thermal coldplate gb300_gpu_plate --fluid PG25 --fluid water --flow "0.5:4:8 L/min"
  thermal coldplate cpx_plate --temperature "30,40,45 degC" --flow "4 L/min" --csv cpx_plate.csv
  thermal coldplate my_plate --rack my_rack.yaml --power "1200 W" --json
  thermal coldplate gb300_gpu_plate --fidelity plate --flow "1,2,3 L/min" --resolution 1.5
  thermal coldplate gb300_gpu_plate --fidelity plate --reduced gb300_gpu_plate_reduced.yaml
  thermal coldplate grace_plate --fidelity resolved --flow "1,2,4 L/min" --out grace_channel
  thermal coldplate grace_plate --fidelity resolved --sector --flow "2 L/min" --json
  thermal coldplate grace_plate --fidelity resolved --closure closures/my_grace.yaml

Values are lists such as "1,2,3 L/min" or ranges start:stop:count such as "0.5:4:8 L/min"; "log:" before a range
spaces it logarithmically.
"""


@click.command("coldplate", short_help="One cold plate alone: resistance and pressure drop.", epilog=EPILOG)
@click.argument("plate", metavar="PLATE")
@click.option("--rack", metavar="RACK", help="Rack that holds the plate; a bundled rack that uses it otherwise.")
@click.option("--flow", "flows", metavar="VALUES", help="Flows; ten over the range of the plate's laws otherwise.")
@click.option("--fluid", "fluids", metavar="NAME", multiple=True, help="Coolant, or its file. Repeatable.")
@click.option("--temperature", "temperatures", metavar="VALUES", multiple=True, help="At the inlet. Repeatable.")
@click.option("--power", metavar="POWER", help="Heat on the plate; what the rack puts on it otherwise, or 1 kW.")
@click.option(
    "--fidelity",
    type=click.Choice(["network", "plate", "resolved"]),
    default="network",
    help="network: by its laws; plate: its geometry as a field in 3D; resolved: the flow between its fins, in 3D. "
    "Default: network.",
)
@options.resolution
@click.option("--sector", is_flag=True, help="Resolve some channels with slot, plenums and turns, not only a channel.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), metavar="FILE", help="Write the table as CSV.")
@click.option(
    "--reduced",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Fit a model for network fidelity to the field, and write it as a file of parts that racks include.",
)
@click.option(
    "--closure",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Fit friction and film to resolved runs, and write them as a closure that plates use by name.",
)
@options.out
@options.set_values
@options.json_output
@options.quiet
@options.debug
def command(
    plate: str,
    *,
    rack: str | None,
    flows: str | None,
    fluids: tuple[str, ...],
    temperatures: tuple[str, ...],
    power: str | None,
    fidelity: str,
    resolution: float | None,
    sector: bool,
    csv_file: Path | None,
    reduced: Path | None,
    closure: Path | None,
    out: Path | None,
    set_values: dict[str, str],
    as_json: bool,
    quiet: bool,
) -> None:
    """Compute pressure drop, resistance and outlet temperature of PLATE for each coolant, temperature and flow.

    PLATE is a part of kind plate, of the bundled catalogues or of the rack given with --rack. Coolant, inlet
    temperature and power are the rack's where they are not given. With --fidelity plate the field of plate and
    packages is solved at each point: it gives the resistance to the hottest junction as well. With --reduced nothing is
    tabulated; instead the field is fitted over the range of flows, for one coolant, as the part PLATE_reduced.

    With --fidelity resolved the flow between the fins is solved with the heat in coolant and metal, in half a channel
    or with --sector in some channels with slot and plenums; heat enters evenly below the fins. With --closure friction
    and film are fitted to such runs on two grids, for plates that name the closure in `channels.closure`.
    """
    wanted = Wanted(sector, out, closure, csv_file, as_json, quiet)
    faults = Faults()
    _check_combination(fidelity, resolution, csv_file, reduced, faults)
    asked: dict[str, Any] = {
        "flows": _values("--flow", (flows,) if flows is not None else (), "flow", faults),
        "temperatures": _values("--temperature", temperatures, "temperature", faults),
        "fluids": list(dict.fromkeys(fluids)),
        "power": _power(power, faults),
    }
    check_wanted(fidelity, wanted, faults)
    _check_files(csv_file, reduced, faults)
    faults.tell()
    from thermal.rack.named_plate import load_plate

    definition = load_plate(plate, rack, set_values)
    from thermal.simulation.steady import compile_notice

    if not quiet:
        progress(compile_notice(fidelity))
    if fidelity != "network":
        asked |= {"resolution": resolution or 1.0, "progress": None if quiet else count_plates}
    if reduced is not None:
        _reduce(definition, plate, asked, reduced, as_json=as_json, quiet=quiet)
        return
    if fidelity == "resolved":
        run_resolved(definition, plate, asked, wanted)
        return
    curve = _curve_of(fidelity)(definition, plate, **asked)
    _show(curve, csv_file, as_json=as_json, quiet=quiet)


def _check_combination(
    fidelity: str, resolution: float | None, csv_file: Path | None, reduced: Path | None, faults: Faults
) -> None:
    """Note options that do not go together."""
    if fidelity == "network":
        for option, value in (("--resolution", resolution), ("--reduced", reduced)):
            if value is not None:
                faults.add(option, "it is about plates in 3D; add --fidelity plate, or leave it out.")
    if fidelity == "resolved" and reduced is not None:
        message = "it is fitted to a field of the whole plate; add --fidelity plate, or give --closure."
        faults.add("--reduced", message)
    if reduced is not None and csv_file is not None:
        faults.add("--csv", "--reduced fits and tabulates nothing; give one of the two.")


def _check_files(csv_file: Path | None, reduced: Path | None, faults: Faults) -> None:
    """Note files that cannot be written, before the work and not after."""
    if csv_file is not None:
        from thermal.results.csv_file import check_csv

        with faults.noted():
            check_csv(csv_file)
    if reduced is not None:
        from thermal.simulation.reduced_file import check_reduced

        with faults.noted():
            check_reduced(reduced)


def _show(curve: PlateCurve, csv_file: Path | None, *, as_json: bool, quiet: bool) -> None:
    """Store and print a curve."""
    if csv_file is not None:
        from thermal.results.csv_file import write_csv

        write_csv(csv_file, curve.headings, curve.cells())
    if as_json:
        print_json(curve.summary())
    elif not quiet:
        from thermal.views.coldplate import coldplate_text

        click.echo(coldplate_text(curve.summary()))
        if csv_file is not None:
            click.echo(f"  stored     {csv_file}")


def _reduce(definition: Rack, plate: str, asked: dict[str, Any], file: Path, *, as_json: bool, quiet: bool) -> None:
    """Fit a plate, store it, and say how good it is."""
    from thermal.simulation.plate_reduced import reduced_part
    from thermal.simulation.reduced_file import write_reduced

    model = reduced_part(definition, plate, **asked)
    replaced = file.expanduser().exists()
    write_reduced(file, model)
    if as_json:
        print_json({**model.summary(), "file": str(file), "replaced": replaced})
    elif not quiet:
        from thermal.views.reduced import reduced_text

        click.echo(reduced_text(model.summary(), str(file), replaced=replaced))


def _curve_of(fidelity: str) -> Callable[..., PlateCurve]:
    """Import what computes a curve at a fidelity."""
    if fidelity == "plate":
        from thermal.simulation.plate_field_curve import plate_field_curve

        return plate_field_curve
    from thermal.simulation.plate import plate_curve

    return plate_curve


def _values(option: str, texts: tuple[str, ...], dimension: str, faults: Faults) -> list[float]:
    """Read lists and ranges, each value once; note those that cannot be read."""
    from thermal.ranges import parse_values
    from thermal.units import UnitError

    values: dict[float, None] = {}
    for text in texts:
        try:
            values |= dict.fromkeys(parse_values(text, dimension))
        except UnitError as error:
            faults.add(option, f"{error}.")
    return list(values)


def _power(text: str | None, faults: Faults) -> float | None:
    """Read the heat on the plate; note what cannot be read."""
    from thermal.units import UnitError, parse_quantity

    try:
        return None if text is None else parse_quantity(text, "power")
    except UnitError as error:
        faults.add("--power", f"{error}.")
        return None
