"""``thermal validate``: read and check rack files, telling every problem at once."""

from __future__ import annotations

import click

from thermal.cli import options
from thermal.cli.output import print_json
from thermal.errors import InputError, Problem

EPILOG = """\b
Examples:
  thermal validate gb300_nvl72
  thermal validate racks/*.yaml
  thermal validate my_rack.yaml --json
"""


@click.command("validate", short_help="Check rack files; every problem at once, with its place.", epilog=EPILOG)
@options.racks
@options.set_values
@options.json_output
@options.quiet
@options.debug
def command(racks: tuple[str, ...], *, set_values: dict[str, str], as_json: bool, quiet: bool) -> None:
    """Read and check each RACK; every problem as file:line:column: path: what is wrong; what would be right."""
    from thermal.rack.expand import expand
    from thermal.rack.loader import load_rack
    from thermal.views.racks import valid_line

    problems: list[Problem] = []
    for rack in racks:
        try:
            assembly = expand(load_rack(rack, set_values))
        except InputError as error:
            problems.extend(error.problems)
        else:
            if not as_json and not quiet:
                click.echo(valid_line(rack, assembly.trays, assembly.devices))
    if as_json:
        keys = ("file", "line", "column", "path", "wrong", "right")
        found = [{key: getattr(problem, key) for key in keys} for problem in problems]
        print_json({"racks": list(racks), "valid": not problems, "problems": found})
    if problems:
        if not as_json:
            click.echo("\n".join(str(problem) for problem in problems), err=True)
        raise click.exceptions.Exit(InputError.exit_status)
