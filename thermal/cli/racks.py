"""``thermal racks``: what is bundled."""

from __future__ import annotations

import click

from thermal.cli import options
from thermal.cli.output import print_json

EPILOG = """\b
Examples:
  thermal racks
  thermal racks --json
"""


@click.command("racks", short_help="What is bundled: racks, parts, price books, shares, coolants.", epilog=EPILOG)
@options.json_output
@options.debug
def command(*, as_json: bool) -> None:
    """List the bundled racks, parts, price books, suppliers' shares and coolants."""
    from thermal.rack.bundled import bundled
    from thermal.rack.loader import load_rack

    rows = []
    for name in bundled("racks"):
        rack = load_rack(name)
        rated = rack.rack.rated_power
        power = None if rated is None else float(rated)
        rows.append({"name": name, "title": rack.title, "status": rack.status, "rated_power_W": power})
    listing = {"racks": rows, **{kind: bundled(kind) for kind in ("parts", "prices", "shares", "coolants")}}
    if as_json:
        print_json(listing)
        return
    from thermal.views.racks import racks_text

    click.echo(racks_text(listing))
