"""``thermal coldplate --fidelity resolved``: table, fields and closures of resolved channels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thermal.cli.faults import Faults
from thermal.cli.output import print_json

if TYPE_CHECKING:
    from thermal.rack.schema import Rack

__all__ = ["Wanted", "check_wanted", "run_resolved"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a resolved plate is asked for beside the operating points."""

    sector: bool
    out: Path | None
    closure: Path | None
    csv_file: Path | None
    as_json: bool
    quiet: bool


def check_wanted(fidelity: str, wanted: Wanted, faults: Faults) -> None:
    """Note options that do not go together, and what cannot be written, before the work and not after."""
    given = {"--sector": wanted.sector, "--out": wanted.out is not None, "--closure": wanted.closure is not None}
    if fidelity != "resolved":
        for option in (option for option, there in given.items() if there):
            faults.add(option, "it is about resolved channels; add --fidelity resolved, or leave it out.")
        return
    if wanted.out is not None:
        from thermal.results.folder import check_target
        from thermal.results.resolved_file import KIND

        with faults.noted():
            check_target(wanted.out, KIND)
    if wanted.closure is None:
        return
    for option, there in (("--out", wanted.out is not None), ("--csv", wanted.csv_file is not None)):
        if there:
            faults.add(option, "--closure fits and tabulates nothing; give one of the two.")
    from thermal.simulation.closure_file import check_closure

    with faults.noted():
        check_closure(wanted.closure)


def run_resolved(definition: Rack, plate: str, asked: dict[str, Any], wanted: Wanted) -> None:
    """Solve, store and print."""
    if wanted.closure is not None:
        _closure(definition, plate, asked, wanted, wanted.closure)
        return
    from thermal.simulation.plate_resolved import resolved_curve

    curve = resolved_curve(definition, plate, sector=wanted.sector, **asked)
    if wanted.csv_file is not None:
        from thermal.results.csv_file import write_csv

        write_csv(wanted.csv_file, curve.headings, curve.cells())
    if wanted.out is not None:
        from thermal.results.resolved_file import store_resolved
        from thermal.simulation.resolved_fields import resolved_result

        store_resolved(resolved_result(curve), wanted.out)
    if wanted.as_json:
        print_json(curve.summary())
    elif not wanted.quiet:
        from thermal.views.resolved import resolved_text

        click.echo(resolved_text(curve.summary()))
        for stored in (wanted.csv_file, wanted.out):
            if stored is not None:
                click.echo(f"  stored     {stored}")


def _closure(definition: Rack, plate: str, asked: dict[str, Any], wanted: Wanted, file: Path) -> None:
    """Fit a closure, store it, and say how good it is."""
    from thermal.simulation.closure_file import closure_name, write_closure
    from thermal.simulation.plate_resolved import resolved_closure

    closure = resolved_closure(definition, plate, closure_name(file), sector=wanted.sector, **asked)
    replaced = file.expanduser().exists()
    write_closure(file, closure)
    if wanted.as_json:
        print_json({**closure.summary(), "file": str(file), "replaced": replaced})
    elif not wanted.quiet:
        from thermal.views.resolved import closure_text

        click.echo(closure_text(closure.summary(), str(file), replaced=replaced))
