"""``thermal cost``: the bill of materials and the cooling content value."""

from __future__ import annotations

import json
from pathlib import Path

import click

from thermal.cli import options
from thermal.cli.output import print_json

EPILOG = """\b
Examples:
  thermal cost gb300_nvl72
  thermal cost gb300_nvl72 --prices morgan_stanley_2025
  thermal cost gb300_nvl72 vr200_nvl144_cpx --prices avc_broker_2025 --json
  thermal cost gb300_nvl72 --currency TWD
  thermal cost my_rack.yaml --prices my_prices.yaml --out bills/my_rack

With --json the object is the (first) bill; several bills are all in its key "bills".
"""


@click.command("cost", short_help="What cools a rack, counted and priced.", epilog=EPILOG)
@options.racks
@options.prices
@options.currency
@options.state
@options.out
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
    set_values: dict[str, str],
    as_json: bool,
    quiet: bool,
) -> None:
    """Count what cools each RACK and price it, by one price book or by all that were written for the rack."""
    from thermal.cost.bill_of_materials import bill_of_materials
    from thermal.cost.currency import in_currency
    from thermal.cost.prices import default_books, load_prices
    from thermal.rack.expand import expand
    from thermal.rack.loader import load_rack
    from thermal.results.folder import check_target, written_folder
    from thermal.views.cost import cost_text

    if out is not None:
        check_target(out, "bill")
    chosen = None if prices is None else (load_prices(prices),)
    bills = []
    for source in racks:
        rack = load_rack(source, options.overrides_of(set_values, state))
        assembly = expand(rack)
        for book in chosen or default_books(rack.name):
            bill = bill_of_materials(rack, assembly, book)
            bills.append(in_currency(bill, book, currency or book.currency).summary())
    content = bills[0] if len(bills) == 1 else {**bills[0], "bills": bills}
    if out is not None:
        from thermal.results.store import write_bills

        with written_folder(out, "bill", {"racks": [bill["rack"] for bill in bills]}) as draft:
            write_bills(draft / "bill.csv", bills)
            (draft / "bill.json").write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    if as_json:
        print_json(content)
    elif not quiet:
        click.echo("\n\n".join(cost_text(bill) for bill in bills))
