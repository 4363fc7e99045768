"""Options that commands share, each defined once."""

from __future__ import annotations

import math
from pathlib import Path

import click

__all__ = ["charts", "currency", "debug", "json_output", "out", "overrides_of", "prices", "quiet", "rack", "racks",
           "report", "resolution", "set_values", "state"]  # fmt: skip


def _assignments(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Split each PATH=VALUE; a later one on the same path wins."""
    chosen = {}
    for text in values:
        path, equals, value = text.partition("=")
        if not equals or not path.strip() or not value.strip():
            message = f'{text!r} is not PATH=VALUE; write for example coolant.supply_temperature="45 degC".'
            raise click.BadParameter(message, context, option)
        chosen[path.strip()] = value.strip()
    return chosen


def _number(context: click.Context, option: click.Parameter, value: float | None) -> float | None:
    """Refuse ``nan``, which lies in every range."""
    if value is not None and math.isnan(value):
        message = "nan is not a number; give one such as 1.5."
        raise click.BadParameter(message, context, option)
    return value


def _currency(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Take three letters, in any case."""
    if value is None:
        return None
    if len(value) != 3 or not (value.isascii() and value.isalpha()):
        message = f"{value!r:.40} is not a currency; write its three letters, such as TWD."
        raise click.BadParameter(message, context, option)
    return value.upper()


def overrides_of(set_values: dict[str, str], state: str | None) -> dict[str, str]:
    """Return what `load_rack` is to change: ``--state`` is short for ``--set power_state=…``."""
    return set_values if state is None else {"power_state": state, **set_values}


rack = click.argument("rack", metavar="RACK")
racks = click.argument("racks", metavar="RACK...", nargs=-1, required=True)
set_values = click.option(
    "--set",
    "set_values",
    metavar="PATH=VALUE",
    multiple=True,
    callback=_assignments,
    help='Change one value of the rack file, e.g. coolant.supply_temperature="45 degC". Repeatable.',
)
state = click.option("--state", metavar="NAME", help="Power state of the devices: tdp, peak, idle, avc_article.")
prices = click.option("--prices", metavar="BOOK", help="Price book, a bundled name or a path; all that fit otherwise.")
currency = click.option(
    "--currency", metavar="CODE", callback=_currency, help="Convert by the price book's dated rate, such as TWD."
)
out = click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Store the result in a folder.")
report = click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a report by its ending: .html (one page that works offline), .xlsx (live formulas) or .md.",
)
charts = click.option(
    "--charts",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write every chart of the report as PNG and SVG.",
)
json_output = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout, nothing else.")
resolution = click.option(
    "--resolution",
    type=click.FloatRange(0.1, 16.0),
    callback=_number,
    metavar="NUMBER",
    help="Of the plates' grids: 2 is twice as fine in each direction. Default: 1.",
)
quiet = click.option("--quiet", is_flag=True, help="Print no progress and no summary.")
debug = click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")
