"""``thermal suppliers``: what each supplier sells into a rack, by scenarios of shares."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thermal.cli import options
from thermal.cli.output import print_json
from thermal.cli.reports import check_reports, write_reports

if TYPE_CHECKING:
    from thermal.cost.fleet import Learning
    from thermal.cost.outlook import Question
    from thermal.cost.shares import ShareFile
    from thermal.views.report import Report

EPILOG = """\b
Examples:
  thermal suppliers gb300_nvl72
  thermal suppliers gb300_nvl72 vr200_nvl144_cpx --supplier avc --fleet "1.4 GW"
  thermal suppliers gb300_nvl72 --scenario avc_leads --price "Superchip module=700" --share plates.avc=0.6
  thermal suppliers gb300_nvl72 --fleet 5000 --ramp 0.1,0.2,0.3,0.4 --learning 0.9 --learning-from 1000
  thermal suppliers vr200_nvl144_cpx --currency TWD --seed 7 --samples 100000 --json
  thermal suppliers gb300_nvl72 vr200_nvl144_cpx --supplier avc --report suppliers.xlsx --charts charts
  thermal suppliers my_rack.yaml --shares my_shares.yaml --prices my_prices.yaml

\b
The object of --json holds shares (name, title, date, source), samples, seed, and outlooks: one per rack, price book
and scenario, with
  rack, rack_title, prices, scenario, scenario_title, currency, conversion, complete, rack_power_W, rack_power_basis
  per_rack, per_MW, range {p5, p50, p95, mean, deviation} (per rack), fleet_amount, quarters; total_before
  suppliers [{supplier, title, rank, share, by_class, per_rack_before, rank_before, and amounts as above}]
  tornado {supplier, base, rows [{name, kind, low, high, low_at, high_at}]}
  fleet {asked, power_W, racks, learning, quarters [{quarter, share, racks, price_factor (null without racks)}]}
  nothing_in_scope, outside_scope (things that the book is not about), scaled_draws (part of the draws)
  lines (as of thermal cost, with shares_of and shares_of_rack), shares, remarks
Amounts are in the outlook's currency; "other" is what the named suppliers leave.

\b
Draws: prices in the book's currency, converted after. Those in which the shares of a class or group exceed 1 are
scaled to 1. Lines of one item and price move together; everything else is independent.
Learning: the fleet starts after the --learning-from racks, the last of which has the book's price. A quarter's price
is the integral of the curve over its racks, each counted in fractions: exact for large fleets.
"""


@click.command("suppliers", short_help="What each supplier sells into a rack, by share scenario.", epilog=EPILOG)
@options.racks
@click.option("--shares", metavar="FILE", default="analysts_2025", help="Shares, a bundled name or a path.")
@click.option("--scenario", "scenarios", metavar="NAME", multiple=True, help="Only these; all otherwise. Repeatable.")
@options.prices
@click.option("--supplier", metavar="NAME", help="For whom to say what moves it; the largest otherwise.")
@click.option("--fleet", metavar="SIZE", help='A power such as "1.4 GW" (of racks), or a number of racks.')
@click.option("--ramp", metavar="SHARES", help="Of the fleet by quarter, 0.1,0.2,0.3,0.4; the file's otherwise.")
@click.option("--learning", type=float, metavar="RATIO", help="Prices times this for each doubling, such as 0.9.")
@click.option(
    "--learning-from",
    type=click.IntRange(1, 100_000_000),
    metavar="RACKS",
    help="Made before the fleet, the last at the book's price.",
)
@click.option("--price", "own_prices", metavar="ITEM=PRICE", multiple=True, help="A price of your own. Repeatable.")
@click.option("--share", "own_shares", metavar="CLASS.SUPPLIER=SHARE", multiple=True, help="A share. Repeatable.")
@click.option("--samples", type=click.IntRange(100, 1_000_000), default=10_000, show_default=True, help="Draws.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True, help="Of the draws.")
@options.currency
@options.report
@options.charts
@options.state
@options.set_values
@options.json_output
@options.quiet
@options.debug
def command(
    racks: tuple[str, ...],
    *,
    shares: str,
    prices: str | None,
    report: Path | None,
    charts: Path | None,
    state: str | None,
    set_values: dict[str, str],
    as_json: bool,
    quiet: bool,
    **asked: Any,
) -> None:
    """Divide what cools each RACK among its suppliers: per rack, per MW and for a fleet, with ranges."""
    check_reports(report, charts)
    from thermal.cost.outlook import outlooks
    from thermal.cost.prices import default_books, load_prices
    from thermal.cost.shares import load_shares
    from thermal.rack.expand import expand
    from thermal.rack.loader import load_rack

    file = load_shares(shares)
    question = _question(file, **asked)
    chosen = None if prices is None else (load_prices(prices),)
    definitions = [load_rack(source, options.overrides_of(set_values, state)) for source in racks]
    names = [rack.name for rack in definitions]
    if len(set(names)) < len(names):
        message = f"two racks have the name {max(names, key=names.count)!r}; give each its own `name:`."
        raise click.BadParameter(message, param_hint="RACK...")
    priced = [(rack, expand(rack), chosen or default_books(rack.name)) for rack in definitions]
    content = {
        "shares": {"name": file.name, "title": file.title, "date": file.date, "source": file.source, "note": file.note},
        "samples": question.samples,
        "seed": question.seed,
        "outlooks": outlooks(priced, file, question),
    }
    if as_json:
        print_json(content)
    elif not quiet:
        from thermal.views.suppliers import suppliers_text

        click.echo(suppliers_text(content))
    write_reports(lambda: _report(content), report, charts, quiet=quiet, as_json=as_json)


def _report(content: dict[str, Any]) -> Report:
    from thermal.views.reports.suppliers import suppliers_report

    return suppliers_report(content)


def _question(
    file: ShareFile,
    *,
    scenarios: tuple[str, ...],
    fleet: str | None,
    ramp: str | None,
    learning: float | None,
    learning_from: int | None,
    own_prices: tuple[str, ...],
    own_shares: tuple[str, ...],
    **others: Any,
) -> Question:
    """Read what is asked; each option is checked before any rack is loaded."""
    from thermal.cost.fleet import read_ramp, read_size
    from thermal.cost.outlook import Question
    from thermal.cost.supplier_case import read_price, read_share
    from thermal.rack.problems import suggest

    for name in scenarios:
        if name not in file.scenarios:
            message = f"{file.name} has no scenario {name!r:.80}; {suggest(name, file.scenarios)}"
            raise click.BadParameter(message, param_hint="--scenario")
    if fleet is None and ramp is not None:
        message = 'a ramp is of a fleet; add --fleet "1.4 GW", or leave it out.'
        raise click.BadParameter(message, param_hint="--ramp")
    return Question(
        scenarios=tuple(dict.fromkeys(scenarios)) or tuple(file.scenarios),
        size=None if fleet is None else read_size(fleet),
        ramp=read_ramp(ramp) if ramp is not None else file.ramp,
        learning=_learning(learning, learning_from, fleet),
        prices=dict(read_price(text) for text in own_prices),
        shares=tuple(read_share(text, file) for text in own_shares),
        **others,
    )


def _learning(ratio: float | None, reference: int | None, fleet: str | None) -> Learning | None:
    """Return the learning curve, which needs both of its numbers and a fleet."""
    if ratio is None and reference is None:
        return None
    hint, message = "--learning", ""
    if ratio is None or reference is None:
        missing = "--learning 0.9" if ratio is None else "--learning-from 1000, the racks made when the prices hold"
        hint, message = ("--learning-from" if ratio is None else hint), f"it needs its other half; add {missing}."
    elif not 0.0 < ratio <= 1.0:
        message = f"{ratio:g} is no ratio of prices; give one above 0 and up to 1, such as 0.9."
    elif fleet is None:
        message = 'learning is over a fleet; add --fleet "1.4 GW", or leave it out.'
    if message or ratio is None or reference is None:
        raise click.BadParameter(message, param_hint=hint)
    from thermal.cost.fleet import Learning

    return Learning(ratio, reference)
