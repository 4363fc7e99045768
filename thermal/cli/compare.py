"""``thermal compare``: racks side by side, and their bills explained."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thermal.cli import options
from thermal.cli.output import print_json, progress

if TYPE_CHECKING:
    from thermal.cost.bill_of_materials import Bill
    from thermal.cost.prices import PriceBook
    from thermal.results.dataset import Results

EPILOG = """\b
Examples:
  thermal compare gb300_nvl72 vr200_nvl144_cpx
  thermal compare gb300_nvl72 vr200_nvl72 --prices morgan_stanley_2025
  thermal compare gb200_nvl72 gb300_nvl72 --set coolant.supply_temperature="30 degC" --json
"""


@click.command("compare", short_help="Racks side by side, and why their bills differ.", epilog=EPILOG)
@options.racks
@options.prices
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
    state: str | None,
    out: Path | None,
    set_values: dict[str, str],
    as_json: bool,
    quiet: bool,
) -> None:
    """Simulate and price two or more RACKs and set them side by side; --set applies to each."""
    if len(racks) < 2:
        message = "one rack cannot be compared; name two or more."
        raise click.BadParameter(message, param_hint="RACK...")
    from thermal.cost.bill_of_materials import bill_of_materials
    from thermal.rack.expand import expand
    from thermal.rack.loader import load_rack
    from thermal.results.folder import check_target

    if out is not None:
        check_target(out, "comparison")
    definitions = [load_rack(source, options.overrides_of(set_values, state)) for source in racks]
    names = [rack.name for rack in definitions]
    if len(set(names)) < len(names):
        message = f"two racks have the name {max(names, key=names.count)!r}; give each its own `name:`."
        raise click.BadParameter(message, param_hint="RACK...")
    books = _books(names, prices)
    bills = {book.name: [bill_of_materials(rack, expand(rack), book) for rack in definitions] for book in books}
    from thermal.simulation.steady import compile_notice, simulate

    if not quiet:
        progress(compile_notice())
    runs = [simulate(rack) for rack in definitions]
    content: dict[str, Any] = {
        "racks": [run.summary for run in runs],
        "bills": [bill.summary() for of_book in bills.values() for bill in of_book],
        "differences": [_difference(a, b) for of_book in bills.values() for a, b in pairwise(of_book)],
    }
    if out is not None:
        _store(out, content, runs)
    if as_json:
        print_json(content)
    elif not quiet:
        from thermal.views.compare import compare_text

        click.echo(compare_text(content["racks"], content["bills"], content["differences"]))


def _books(names: list[str], prices: str | None) -> tuple[PriceBook, ...]:
    """Return the chosen book, or those written for every rack, or else those written for the first."""
    from thermal.cost.prices import default_books, load_prices

    if prices is not None:
        return (load_prices(prices),)
    of_first, *of_others = [default_books(name) for name in names]
    shared = [book for book in of_first if all(book.name in {other.name for other in others} for others in of_others)]
    return tuple(shared) or of_first


def _difference(bill_a: Bill, bill_b: Bill) -> dict[str, Any]:
    """Explain what leads from one bill to the next."""
    from thermal.cost.comparison import explain
    from thermal.cost.counting import NO_PRICE

    return {
        "prices": bill_a.prices,
        "currency": bill_a.currency,
        "rack_a": bill_a.rack,
        "rack_b": bill_b.rack,
        "total_a": float(bill_a.total),
        "total_b": float(bill_b.total),
        "complete": bill_a.complete and bill_b.complete,
        "steps": [step.summary() for step in explain(bill_a, bill_b)],
        "unpriced": [
            {"rack": bill["rack"], **{key: entry[key] for key in ("item", "part", "quantity")}}
            for bill in (bill_a.summary(), bill_b.summary())
            for entry in bill["not_covered"]
            if entry["why"] == NO_PRICE
        ],
    }


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
